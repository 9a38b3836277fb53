//! Forwarding: the message is handed to the person's submission server, and only then moved.

use tamis_core::config::Smtp;

use super::{
    super::desk::{Desk, InHand, Trouble},
    keep, moving,
};
use crate::{
    clock, keys,
    mailbox::Session,
    store::{
        Location,
        journal::{self, Intent, Kind, Outcome},
    },
    submit::{self, Letter, Outlook},
};

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
    let secret = secret(desk, smtp).await?;
    let letter = Letter { raw, to, at: clock::now() };
    match submit::forward(account, smtp, &secret, &desk.shared.tls, &letter).await {
        Ok(()) => Ok(None),
        Err(error) if error.outlook() == Outlook::Never => Ok(Some(error.to_string())),
        Err(error) => Err(Trouble::NotNow(error.to_string())),
    }
}

async fn secret(desk: &Desk, smtp: &Smtp) -> Result<crate::secret::Secret, Trouble> {
    let (account, smtp) = (desk.account.clone(), smtp.clone());
    let asked = tokio::task::spawn_blocking(move || keys::smtp_password(&account, &smtp)).await;
    match asked {
        Ok(Ok(secret)) => Ok(secret),
        Ok(Err(error)) => Err(Trouble::NotNow(error.to_string())),
        Err(error) => Err(Trouble::NotNow(error.to_string())),
    }
}
