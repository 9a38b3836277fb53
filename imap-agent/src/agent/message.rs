//! One message: what the window shows of it, its source, and removing it.

use std::{collections::BTreeSet, sync::Arc};

use tamis_core::{
    Arrival, Config, Mail,
    api::{Leaving, MailDetail, MailId, RefusedKind, Reply, WayHop},
    mail::AccountFacts,
    page, route,
};

use super::{
    Agent,
    desk::{self, Trouble},
    report, requests, unsubscribe,
};
use crate::{
    clock,
    store::{
        AccountId, StoreError,
        batch::{self, BatchItem},
        journal::Kind,
        mail::{self, StoredMail},
    },
    tongue,
    words::count,
};

/// A message with its reasons, and what can be shown of it.
pub(super) async fn detail(agent: &Agent, id: MailId) -> Result<Reply, StoreError> {
    let found = agent.shared.store.run(move |db| mail::mail(db, id)?.ok_or(StoreError::UnknownMail(id))).await?;
    let config = agent.shared.config();
    let (mut read, mut reportable, mut no_preview) = (Read::default(), Vec::new(), None);
    let found = match requests::whole(agent, found.judged.account, id).await {
        Ok(raw) => {
            let (arrival, config) = (arrival(agent, found.judged.account), Arc::clone(&config));
            let reading = tongue::aside(move || (Read::of(&config, &found, (&raw, &arrival)), found, raw));
            let Some((done, found, raw)) = reading.await else { return Ok(fault()) };
            read = done;
            reportable = report::shown(agent, &found, &raw).await;
            found
        }
        Err(why) => {
            no_preview = Some(why);
            found
        }
    };
    let preview = read.preview;
    Ok(Reply::Mail(Box::new(MailDetail {
        row: requests::named(found.row()),
        reasons: found.reasons(),
        clues: found.judged.clues.clone(),
        tag_threshold: config.tag_threshold().points(),
        junk_threshold: config.junk_threshold().points(),
        to: found.judged.to.clone(),
        text: preview.text,
        links: preview.links,
        files: preview.files,
        leaving: read.leaving,
        asked: found.asked(),
        way: read.way,
        no_preview,
        reportable,
        page: preview.page,
    })))
}

/// What is read of a message for being shown.
#[derive(Default)]
struct Read {
    preview: page::Preview,
    way: Vec<WayHop>,
    leaving: Option<Leaving>,
}

impl Read {
    /// Takes long for some messages.
    fn of(config: &Config, found: &StoredMail, (raw, arrival): (&[u8], &Arrival)) -> Self {
        let asked: Vec<_> = found.asked().into_iter().map(|asked| (asked.question, asked.answer)).collect();
        let parsed = Mail::parse(raw, arrival);
        Self {
            preview: page::preview(&parsed, &asked),
            way: route::way(&parsed),
            leaving: unsubscribe::offer(config, found, raw),
        }
    }
}

fn fault() -> Reply {
    Reply::Refused { text: Trouble::Fault.to_string(), kind: RefusedKind::Outside }
}

/// What can be believed of the mail of an account.
fn arrival(agent: &Agent, account: AccountId) -> Arrival {
    let settings = agent.shared.orders_of(account).and_then(|(name, _)| agent.shared.account(&name));
    let facts = settings.map(|account| desk::facts(&account, &agent.shared.config()));
    let mut facts: AccountFacts = facts.unwrap_or_default();
    facts.provider.extend(agent.shared.own_servers(account));
    Arrival { account: facts, ..Arrival::default() }
}

/// The headers and the source of a message, fetched when somebody wants to see them.
pub(super) async fn source(agent: &Agent, id: MailId) -> Result<Reply, StoreError> {
    let found = agent.shared.store.run(move |db| mail::mail(db, id)?.ok_or(StoreError::UnknownMail(id))).await?;
    Ok(match requests::whole(agent, found.judged.account, id).await {
        Ok(raw) => {
            // What reaches the limit was cut off there. Our own copies have another size than what came.
            let length = u64::try_from(raw.len()).unwrap_or(u64::MAX);
            let full_size = (agent.shared.config().max_bytes() <= length).then(|| u64::from(found.judged.size));
            let read = move || page::source(&Mail::parse(&raw, &Arrival { full_size, ..Arrival::default() }));
            tongue::aside(read).await.map_or_else(fault, |source| Reply::Source(Box::new(source)))
        }
        Err(text) => Reply::Refused { text, kind: RefusedKind::Outside },
    })
}

/// Removes messages from the server, as one change. Their originals are in the archive before.
pub(super) async fn delete(agent: &Agent, ids: Vec<MailId>) -> Result<Reply, StoreError> {
    let ids: BTreeSet<MailId> = ids.into_iter().collect();
    let messages = count(ids.len(), "message");
    let text = format!("deletion of {messages}");
    let written = agent.shared.store.run(move |db| {
        let (mut items, mut accounts) = (Vec::new(), Vec::new());
        for id in ids {
            let found = mail::mail(db, id)?.ok_or(StoreError::UnknownMail(id))?;
            accounts.push(found.judged.account);
            items.push(BatchItem { mail: id, target: String::new(), lesson: None });
        }
        Ok((batch::begin_batch(db, Kind::Delete, &text, &items, clock::now())?, accounts))
    });
    let (batch, accounts) = written.await?;
    requests::carry_out(agent, batch, accounts, format!("{messages} deleted"), Some(batch)).await
}
