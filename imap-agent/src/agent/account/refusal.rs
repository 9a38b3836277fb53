//! Why there is no session, or no longer.

use tamis_core::{api::AccountState, config::Account};

use super::super::desk::Trouble;
use crate::mailbox::{Code, CommandError, ConnectError, Problem, Retry, machine::Event};

/// Why there is no session, for the person.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) retry: Retry,
    pub(super) is_login_refused: bool,
    /// Whether the provider counts it as a login.
    pub(super) is_login: bool,
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn of_person(text: String) -> Self {
        Self { retry: Retry::AfterPerson, is_login_refused: false, is_login: false, text }
    }

    /// Whoever keeps the password says nothing, so nobody logs in.
    pub(super) fn unanswered(text: String) -> Self {
        Self { is_login: false, ..Self::later(text) }
    }

    pub(super) fn later(text: String) -> Self {
        Self { retry: Retry::Later, is_login_refused: false, is_login: true, text }
    }
}

impl From<ConnectError> for Refusal {
    fn from(error: ConnectError) -> Self {
        Self {
            retry: error.retry(),
            is_login_refused: error.is_login_refused(),
            is_login: error.was_heard(),
            text: error.advice(),
        }
    }
}

/// What it means that a session was given up: what comes next, and what the person is told.
pub(super) fn given_up(account: &Account, trouble: &Trouble) -> (Event, AccountState, String) {
    let text = match trouble {
        Trouble::Imap(error) => {
            let meant = ConnectError::after_login(account, error.clone());
            // Some let everybody in, and say only to a later command that it is for nothing.
            if matches!(meant.problem, Problem::UnsafeLogin(_)) {
                let event = Event::NotConnected { retry: meant.retry(), is_login_refused: false };
                return (event, AccountState::NeedsYou, meant.advice());
            }
            // Servers end their words with a full stop or without.
            let why = error.to_string();
            format!("The connection to {} broke ({}). Trying again", account.host, why.trim_end_matches('.'))
        }
        Trouble::Store(error) => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
            format!("The store failed ({error}{cause}). Trying again")
        }
        Trouble::Wanting(why) | Trouble::NotNow(why) => format!("{why}. Trying again"),
        Trouble::Fault => "Tamis made a mistake while it worked on a message. Trying again".to_owned(),
    };
    let is_limit = matches!(trouble, Trouble::Imap(CommandError::Bye { code: Some(Code::Limit), .. }));
    let retry = Event::NotConnected { retry: Retry::AfterPause, is_login_refused: false };
    (if is_limit { retry } else { Event::Lost }, AccountState::Retrying, text)
}
