//! Forwarding: the message is handed to the person's submission server, and only then moved.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tamis_core::config::Smtp;

use super::{
    super::desk::{Desk, InHand, Trouble},
    keep, moving,
};
use crate::{
    clock, keys,
    mailbox::Session,
    store::{
        AccountId, Location,
        journal::{self, Intent, Kind, Outcome},
    },
    submit::{self, Letter, Outlook},
};

/// How long the keyring may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a submission server that could not be reached is left alone at first; twice as long each time after.
const FIRST_REST: Duration = Duration::from_secs(5);

/// And at most.
const LONGEST_REST: Duration = Duration::from_mins(10);

/// Which accounts do not try their submission server now: one that does not answer would hold up all the other mail.
#[derive(Debug, Default)]
pub(crate) struct Rests(Mutex<BTreeMap<AccountId, (Instant, Duration)>>);

impl Rests {
    fn begin(&self, account: AccountId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = all.get(&account).map_or(FIRST_REST, |(_, rest)| rest.saturating_mul(2).min(LONGEST_REST));
        all.insert(account, (Instant::now() + next, next));
    }

    fn end(&self, account: AccountId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }

    fn is_resting(&self, account: AccountId) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&account).is_some_and(|(until, _)| Instant::now() < *until)
    }
}

/// Sends the message on, unless an earlier attempt has, and moves it if it is to be moved.
pub(super) async fn on(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    (place, in_hand): (&Location, Option<&InHand>),
) -> Result<Outcome, Trouble> {
    if intent.kind == Kind::File && intent.sent_at.0 == 0 {
        let whole = keep::whole(desk, session, intent, (place, in_hand)).await?;
        if let Some(why) = hand_in(desk, &whole.raw).await? {
            let note = format!("a message was not forwarded and stays where it was: {why}");
            desk.shared.board.note(&desk.account.name, &note);
            return Ok(Outcome::InPlace);
        }
        let id = intent.id;
        desk.shared.store.run(move |db| journal::has_sent(db, id, clock::now())).await?;
    }
    moving::to_target(desk, session, intent, (place, in_hand)).await
}

/// Hands it in. Returns why it never will be taken, if so.
async fn hand_in(desk: &Desk, raw: &[u8]) -> Result<Option<String>, Trouble> {
    let account = &desk.account;
    let (Some(smtp), Some(to)) = (&account.smtp, &account.forward_to) else {
        return Ok(Some("the settings no longer say where to".to_owned()));
    };
    if desk.shared.rests.is_resting(desk.id) {
        return Err(Trouble::Wanting("the server that sends mail was not to be had a moment ago".to_owned()));
    }
    let secret = secret(desk, smtp).await?;
    let letter = Letter { raw, to, at: clock::now() };
    match submit::forward(account, smtp, &secret, &desk.shared.tls, &letter).await {
        Ok(()) => {
            desk.shared.rests.end(desk.id);
            Ok(None)
        }
        Err(error) if error.outlook() == Outlook::Never => Ok(Some(error.to_string())),
        Err(error) if error.outlook() == Outlook::MaybeSent => Err(Trouble::NotNow(error.to_string())),
        Err(error) => {
            desk.shared.rests.begin(desk.id);
            Err(Trouble::Wanting(error.to_string()))
        }
    }
}

async fn secret(desk: &Desk, smtp: &Smtp) -> Result<crate::secret::Secret, Trouble> {
    let (account, smtp) = (desk.account.clone(), smtp.clone());
    let asked = tokio::task::spawn_blocking(move || keys::smtp_password(&account, &smtp));
    let why = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(Ok(secret))) => return Ok(secret),
        Ok(Ok(Err(error))) => error.to_string(),
        Ok(Err(_)) => Trouble::Fault.to_string(),
        Err(_) => "the password for sending cannot be had: the keyring does not answer".to_owned(),
    };
    desk.shared.rests.begin(desk.id);
    Err(Trouble::Wanting(why))
}

#[cfg(test)]
mod tests;
