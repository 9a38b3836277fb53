//! The password of the account, from wherever it is kept. Whoever keeps it may wait for a person, and the account waits for
//! them with patience, but not in silence.

use std::{future::pending, path::Path, time::SystemTime};

use tamis_core::config::{Account, PasswordSource};
use tokio::{
    task::{JoinError, JoinHandle, spawn_blocking},
    time::{Duration, Instant, timeout_at},
};
use tracing::debug;

use super::{Attendant, Refusal};
use crate::{
    keys::{self, KeyError},
    mailbox::{
        Session,
        machine::{Event, Wake},
    },
    oauth,
    secret::Secret,
};

/// How long it is waited for the password before the person is told.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// How often the password file is looked at after the server has refused the password.
pub(super) const PASSWORD_LOOK: Duration = Duration::from_secs(30);

type Answer = Result<Secret, KeyError>;

/// At most one question for the password is under way, however often the account connects meanwhile: the keyring shows the
/// person a prompt for each.
#[derive(Debug, Default)]
pub(super) struct Asking {
    under_way: Option<(JoinHandle<Answer>, Instant)>,
    /// An answer that came while nobody connected.
    answer: Option<Result<Secret, Refusal>>,
}

impl Asking {
    /// The password. Asks for it unless that is under way already. It may be given up at any time without losing anything.
    pub(super) async fn password(&mut self, account: &Account) -> Result<Secret, Refusal> {
        let asked = account.clone();
        self.by(&account.password, move || keys::password(&asked)).await
    }

    async fn by(
        &mut self,
        source: &PasswordSource,
        ask: impl FnOnce() -> Answer + Send + 'static,
    ) -> Result<Secret, Refusal> {
        if let Some(answer) = self.answer.take() {
            return answer;
        }
        let (asked, since) = self.under_way.get_or_insert_with(|| (spawn_blocking(ask), Instant::now()));
        match timeout_at(*since + PATIENCE, asked).await {
            Ok(answer) => {
                self.under_way = None;
                understood(answer)
            }
            Err(_elapsed) => Err(Refusal::unanswered(not_answered(source))),
        }
    }

    /// The person wants it now: a question that is overdue is asked anew, as its prompt may have gone with a keyring that
    /// was started anew.
    pub(super) fn urge(&mut self) {
        self.under_way.take_if(|(_, since)| PATIENCE <= since.elapsed());
    }

    /// Whether somebody is still to answer.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Waits for the answer to a question under way; for ever if there is none.
    pub(super) async fn answered(&mut self) {
        let Some((asked, _)) = &mut self.under_way else { return pending().await };
        let answer = asked.await;
        self.under_way = None;
        self.answer = Some(understood(answer));
    }
}

fn understood(answer: Result<Answer, JoinError>) -> Result<Secret, Refusal> {
    match answer {
        Ok(Ok(secret)) => Ok(secret),
        // Whether somebody was let in is only known once the network says so.
        Ok(Err(err)) if err.passes_by_itself() => Err(Refusal::unanswered(err.to_string())),
        Ok(Err(err)) => Err(Refusal::of_person(err.to_string())),
        // What a panic says is nobody's business: it may hold the password.
        Err(_) => Err(Refusal::of_person("the password cannot be had because of a fault in Tamis".to_owned())),
    }
}

/// What the person is told when nobody answers.
fn not_answered(source: &PasswordSource) -> String {
    match source {
        PasswordSource::Keyring | PasswordSource::OAuth(_) => {
            "the keyring does not answer: unlock it, and Tamis goes on".to_owned()
        }
        PasswordSource::File(path) => {
            format!("the password file {} cannot be read: its disk does not answer", path.display())
        }
        PasswordSource::Command(_) | PasswordSource::NotNeeded => "the password command does not end".to_owned(),
    }
}

impl Attendant<'_> {
    /// Connects and logs in. A token that the server does not take may have been ended before its time: it is renewed, once.
    pub(super) async fn session(&mut self) -> Result<Session, Refusal> {
        let secret = self.asking.password(&self.account).await?;
        let refused = match Session::connect(&self.account, &secret, &self.shared.tls).await {
            Err(error) if oauth::advice(&self.account, &error).is_some() => error,
            connected => return Ok(connected?),
        };
        debug!(retry = ?refused.retry(), "the access token is renewed before its time");
        // Whoever renews at this moment may wait for the keyring.
        let (account, token) = (self.account.clone(), secret.clone());
        spawn_blocking(move || oauth::discard(&account, &token)).await.ok();
        let secret = self.asking.password(&self.account).await?;
        Session::connect(&self.account, &secret, &self.shared.tls).await.map_err(|error| {
            let advice = oauth::advice(&self.account, &error);
            let refusal = Refusal::from(error);
            Refusal { text: advice.unwrap_or_else(|| refusal.text.clone()), ..refusal }
        })
    }

    /// Waits for the person. A password file that was written anew is as good as their word.
    pub(super) async fn ask_person(&mut self, limit: Option<Duration>) -> Event {
        let PasswordSource::File(path) = self.account.password.clone() else { return self.wait(limit).await };
        if limit.is_some() {
            return self.wait(limit).await;
        }
        let before = written_at(&path);
        loop {
            let event = self.wait(Some(PASSWORD_LOOK)).await;
            if event != Event::Waited {
                return event;
            }
            if written_at(&path) != before {
                self.is_urged = true;
                return Event::Woken(Wake::PersonActed);
            }
        }
    }
}

fn written_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|found| found.modified()).ok()
}

#[cfg(test)]
mod tests;
