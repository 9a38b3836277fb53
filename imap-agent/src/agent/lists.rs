//! The person's lists: kept in the store, made ready in memory, changed by windows and commands.

mod files;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use tamis_core::{
    api::{BatchId, Event, ListEntry, MailId, NewListEntry, RefusedKind, Reply},
    lists::{Countries, Draft, Entry, EntryId, Kind, Lists, Side, What, tidy_note},
};
use tracing::warn;

pub(super) use self::files::{export, import};
use super::{Agent, Shared, held};
use crate::{
    clock, countries,
    store::{
        AccountId, Db, StoreError,
        lists::{self, Added, NewEntry, Origin, StoredEntry},
    },
};

/// Stands for an account that is no longer in the settings.
const GONE: &str = "an account that is gone";

/// What fits into one answer, however long values and notes are.
const AT_ONCE: usize = 2_000;

/// Where countries are, as it was read last.
#[derive(Debug, Default)]
pub(super) struct Known {
    file: Option<PathBuf>,
    /// `None` before anybody has asked.
    countries: Option<Result<Arc<Countries>, String>>,
}

impl Shared {
    /// Where countries are, read if that has not been done.
    fn countries(&self) -> Result<Arc<Countries>, String> {
        let file = self.countries_file();
        let mut known = self.atlas.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(countries)) = known.countries.as_ref().filter(|_| known.file == file) {
            return Ok(Arc::clone(countries));
        }
        let read = countries::read(file.as_deref()).map(Arc::new);
        *known = Known { file, countries: Some(read.clone()) };
        read
    }

    fn countries_file(&self) -> Option<PathBuf> {
        let settings = self.home.settings();
        self.config().countries().map(|file| settings.with_file_name("").join(file))
    }

    /// Whether the countries in force are those of the settings, or could not be read.
    fn has_current_atlas(&self) -> bool {
        let known = self.atlas.lock().unwrap_or_else(PoisonError::into_inner);
        known.file == self.countries_file() && known.countries.is_some()
    }

    /// Why entries by country hit nothing, if there are such and they do not. One sentence without full stop.
    pub(super) fn lists_problem(&self) -> Option<String> {
        let known = self.atlas.lock().unwrap_or_else(PoisonError::into_inner);
        let why = known.countries.as_ref()?.as_ref().err()?;
        self.lists().asks_for_countries().then(|| format!("entries by country hit nothing: {why}"))
    }

    /// The entries that count.
    pub(crate) fn lists(&self) -> Arc<Lists> {
        Arc::clone(&self.lists.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the lists over from the store if they have changed. To be called in the job that changed them or stored what
    /// the person said of a message: the next message is judged by what holds then.
    pub(super) fn follow_lists(&self, db: &Db) {
        let known = self.lists();
        let is_current = |in_force| known.entries().iter().map(|entry| (entry.id, entry.side)).eq::<Vec<_>>(in_force);
        let read = match lists::in_force(db).map(is_current) {
            Ok(true) if !known.asks_for_countries() || self.has_current_atlas() => return,
            Ok(_) => lists::all(db),
            Err(err) => Err(err),
        };
        match read {
            Ok(entries) => {
                let entries = entries.iter().filter(|entry| entry.is_on).map(StoredEntry::entry).collect();
                let mut lists = Lists::compile(entries);
                if lists.asks_for_countries() {
                    // What is wrong is told with the agent's status.
                    lists = lists.with_atlas(self.countries().ok());
                }
                *self.lists.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(lists);
            }
            Err(err) => warn!(%err, "the lists could not be read; those from before hold"),
        }
    }
}

/// Takes over what is stored, as the settings in force want it.
pub(super) async fn catch_up(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let following = Arc::clone(shared);
    let follow = shared.store.run(move |db| {
        following.follow_lists(db);
        Ok(())
    });
    follow.await
}

/// Entries whose number is higher than `after`.
pub(super) async fn entries(agent: &Agent, after: i64) -> Result<Reply, StoreError> {
    let stored = agent.shared.store.run(|db| lists::all(db)).await?;
    let names = agent.shared.numbers();
    let name = |id: AccountId| names.iter().find(|(_, known)| **known == id).map(|(name, _)| name.clone());
    let entries = stored.into_iter().filter(|entry| after < entry.id.0).take(AT_ONCE).map(|entry| ListEntry {
        id: entry.id.0,
        side: entry.side.word().to_owned(),
        kind: entry.what.kind().word().to_owned(),
        value: entry.what.value(),
        account: entry.account.map(|id| name(id).unwrap_or_else(|| GONE.to_owned())).unwrap_or_default(),
        why_off: entry.contradicted_by.map(|mail| why_off(entry.side, mail)).unwrap_or_default(),
        note: entry.note,
        origin: entry.origin.word().to_owned(),
        is_on: entry.is_on,
        hits: entry.hits,
        last_hit_at: entry.last_hit_at.0,
    });
    Ok(Reply::Entries(entries.collect()))
}

fn why_off(side: Side, MailId(mail): MailId) -> String {
    match side {
        Side::Accept => format!("You said of message {mail}, which it had accepted, that it is spam"),
        Side::Block => format!("You said of message {mail}, which it had blocked, that it is good"),
    }
}

/// Keeps new entries.
pub(super) async fn add(agent: &Agent, entries: Vec<NewListEntry>, is_import: bool) -> Result<Reply, StoreError> {
    if AT_ONCE < entries.len() {
        return Ok(no(format!("at most {AT_ONCE} entries can be added at once")));
    }
    let read: Result<Vec<NewEntry>, String> = entries.iter().map(|entry| read(agent, entry)).collect();
    let new = match read {
        Ok(new) => new,
        Err(why) => return Ok(no(why)),
    };
    if !is_import && new.iter().any(|entry| entry.what.kind() == Kind::Country) {
        let shared = Arc::clone(&agent.shared);
        let known = tokio::task::spawn_blocking(move || shared.countries().map(drop)).await;
        if let Ok(Err(why)) = known {
            return Ok(no(why));
        }
    }
    let one = match new.as_slice() {
        [NewEntry { side, what, .. }] if !is_import => {
            Some(Entry { id: EntryId(0), side: *side, what: what.clone(), account: None })
        }
        _ => None,
    };
    let origin = if is_import { Origin::Import } else { Origin::Person };
    let added = match changed(agent, move |db| lists::add(db, &new, origin, clock::now())).await {
        Ok(added) => added,
        // There are too many.
        Err(StoreError::Unread(why)) => return Ok(no(why)),
        Err(err) => return Err(err),
    };
    Ok(Reply::Done { text: said(one, &added), undo: added.batch })
}

/// What came of it. `one` is the entry, if it is a single one.
fn said(one: Option<Entry>, added: &Added) -> String {
    let Some(entry) = one else {
        return format!("{} new, {} changed, {} known already", added.new.len(), added.changed.len(), added.known);
    };
    let sentence = entry.sentence();
    match added.new.iter().chain(&added.changed).next() {
        Some(EntryId(id)) => format!("from now on {sentence} (entry {id})"),
        None => format!("{sentence} already"),
    }
}

fn read(agent: &Agent, entry: &NewListEntry) -> Result<NewEntry, String> {
    let side = Side::from_word(&entry.side).ok_or_else(|| format!("`{}` is neither accept nor block", entry.side))?;
    let kind = Kind::from_word(&entry.kind).ok_or_else(|| format!("there is no kind `{}`", entry.kind))?;
    let what = What::parse(kind, &entry.value)?;
    let (account, note) = (entry.account.clone(), entry.note.clone());
    read_draft(agent, &Draft { account, note, is_on: !entry.is_off, ..Draft::new(side, what) })
}

fn read_draft(agent: &Agent, draft: &Draft) -> Result<NewEntry, String> {
    let Draft { side, what, account, note, is_on } = draft;
    what.check(*side)?;
    let account = match account.trim() {
        "" => None,
        name => Some(held::number(agent, name).ok_or_else(|| format!("there is no account `{name}`"))?),
    };
    Ok(NewEntry { side: *side, what: what.clone(), account, note: tidy_note(note), is_on: *is_on })
}

/// An entry for a file.
fn stored_draft(entry: &StoredEntry, names: &BTreeMap<String, AccountId>) -> Draft {
    let name = |id: AccountId| names.iter().find(|(_, known)| **known == id).map(|(name, _)| name.clone());
    let account = entry.account.map(|id| name(id).unwrap_or_else(|| GONE.to_owned())).unwrap_or_default();
    let (note, is_on) = (entry.note.clone(), entry.is_on);
    Draft { account, note, is_on, ..Draft::new(entry.side, entry.what.clone()) }
}

/// Removes an entry.
pub(super) async fn remove(agent: &Agent, id: i64) -> Result<Reply, StoreError> {
    let batch = changed(agent, move |db| lists::remove(db, EntryId(id), clock::now())).await?;
    Ok(settled(id, batch, "removed"))
}

/// Switches an entry on or off.
pub(super) async fn switch(agent: &Agent, id: i64, is_on: bool) -> Result<Reply, StoreError> {
    let batch = changed(agent, move |db| lists::switch(db, EntryId(id), is_on, clock::now())).await?;
    Ok(settled(id, batch, if is_on { "on" } else { "off" }))
}

fn settled(id: i64, batch: Option<BatchId>, how: &str) -> Reply {
    if batch.is_none() {
        return no(format!("there is no entry {id}; see `tamis-agent list show`"));
    }
    Reply::Done { text: format!("entry {id} is {how}"), undo: batch }
}

/// Changes the lists, which hold as soon as they are stored.
async fn changed<T: Send + 'static>(
    agent: &Agent,
    change: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let shared = Arc::clone(&agent.shared);
    let store = &agent.shared.store;
    let done = store.run(move |db| {
        let done = change(db)?;
        shared.follow_lists(db);
        Ok(done)
    });
    let done = done.await?;
    // The history has it, too.
    agent.shared.announce(Event::MailChanged);
    Ok(done)
}

fn no(text: String) -> Reply {
    Reply::Refused { text, kind: RefusedKind::Person }
}
