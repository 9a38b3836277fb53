//! Why there is no session.

use crate::mailbox::{ConnectError, Retry};

/// Why there is no session, for the person.
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
