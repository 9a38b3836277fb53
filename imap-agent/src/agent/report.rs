//! Telling others of spam, when the person asks for it, and never otherwise.

use tamis_core::api::{MailId, RefusedKind, Reply};
use tracing::info;

use super::{Agent, requests};
use crate::store::{
    StoreError,
    mail::{self, Shape, StoredMail},
};

/// What a report of this message would tell whom, of which `raw` lies on the server; empty if there is nobody to tell.
pub(super) async fn shown(agent: &Agent, found: &StoredMail, raw: &[u8]) -> Vec<String> {
    let world = agent.shared.world();
    if !world.takes_reports() {
        return Vec::new();
    }
    if found.shape == Shape::Original {
        return world.report_shown(raw);
    }
    kept(agent, found).await.map(|raw| world.report_shown(&raw)).unwrap_or_default()
}

/// Reports a message as spam.
pub(super) async fn report(agent: &Agent, id: MailId) -> Result<Reply, StoreError> {
    let found = agent.shared.store.run(move |db| mail::mail(db, id)?.ok_or(StoreError::UnknownMail(id))).await?;
    let world = agent.shared.world();
    let person = |text: &str| Ok(Reply::Refused { text: text.to_owned(), kind: RefusedKind::Person });
    if !world.takes_reports() {
        return person(
            "nobody takes reports: name a server of pyzor or rspamd in [fingerprints] of the settings first, and let [network] be on",
        );
    }
    let raw = match original(agent, &found).await {
        Ok(raw) => raw,
        Err(text) => return Ok(Reply::Refused { text, kind: RefusedKind::Outside }),
    };
    let told = world.report_shown(&raw);
    if told.is_empty() {
        return person("there is nothing in this message that others would know it by");
    }
    let faults = world.report(&raw).await;
    info!(account = found.judged.account.0, is_done = faults.is_empty(), "a message was to be reported");
    if faults.is_empty() {
        return Ok(Reply::Done { text: format!("reported as spam {}", told.join("; ")), undo: None });
    }
    Ok(Reply::Refused { text: faults.join("; "), kind: RefusedKind::Outside })
}

/// The message as it came: what we have marked or stripped is nothing to tell of.
async fn original(agent: &Agent, found: &StoredMail) -> Result<Vec<u8>, String> {
    if found.shape == Shape::Original {
        return requests::whole(agent, found.judged.account, found.id).await;
    }
    kept(agent, found).await.ok_or_else(|| "The archive no longer has the message as it came".to_owned())
}

async fn kept(agent: &Agent, found: &StoredMail) -> Option<Vec<u8>> {
    let shared = &agent.shared;
    let fetched = shared.archive.fetch(&shared.store, found.judged.account, found.judged.key).await;
    fetched.ok().flatten().map(|(raw, _)| raw)
}
