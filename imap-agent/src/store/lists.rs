//! The person's lists: entries, what they hit, and which of them the person has contradicted since.
//!
//! An entry that decided about a message of which the person then says the opposite is switched off and stays to be seen.
//! If that word is taken back, it is on again. What the person has said of a message is what stands in `mail.taught`, or else
//! what was learned from its content.

mod edit;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use tamis_core::{
    ListHit, UnixTime,
    api::{BatchId, MailId},
    lists::{Entry, EntryId, Kind, Side, What},
};
use tracing::error;

pub use self::edit::{remove, switch};
use super::{
    AccountId, Key, StoreError,
    ids::word,
    journal::finished_at,
    transaction::{Fault, read, write},
};

/// More entries than anybody has; each takes some memory.
pub const MOST_ENTRIES: u32 = 50_000;

/// What is said of more than that.
pub fn too_many() -> String {
    format!("the lists can have {MOST_ENTRIES} entries at most; remove some first")
}

/// An entry to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// What becomes of a message it hits.
    pub side: Side,
    /// What it goes by.
    pub what: What,
    /// The only account it is for.
    pub account: Option<AccountId>,
    /// What the person wrote beside it.
    pub note: String,
    /// Whether it counts.
    pub is_on: bool,
}

/// How an entry came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The person's word.
    Person,
    /// A file.
    Import,
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its number.
    pub id: EntryId,
    /// What becomes of a message it hits.
    pub side: Side,
    /// What it goes by.
    pub what: What,
    /// The only account it is for.
    pub account: Option<AccountId>,
    /// What the person wrote beside it.
    pub note: String,
    /// How it came.
    pub origin: Origin,
    /// Whether it counts.
    pub is_on: bool,
    /// The message of which the person said that the entry is wrong.
    pub contradicted_by: Option<MailId>,
    /// Messages it hit.
    pub hits: u32,
    /// When it hit last; 0: never.
    pub last_hit_at: UnixTime,
}

/// What came of entries that were to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Not known before.
    pub new: Vec<EntryId>,
    /// On the other list before, or off.
    pub changed: Vec<EntryId>,
    /// As they were.
    pub known: u32,
    /// What takes it back, if there is anything to take back.
    pub batch: Option<BatchId>,
}

impl Origin {
    /// `person` or `import`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Import => "import",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Person, Self::Import].into_iter().find(|origin| origin.word() == word)
    }
}

/// Keeps entries, as one change that can be undone. One with the same value and for the same account is replaced: the last
/// word counts.
pub fn add(db: &mut Connection, entries: &[NewEntry], origin: Origin, now: UnixTime) -> Result<Added, StoreError> {
    write(db, "store list entries", |tx| {
        let insert = "INSERT INTO batch (kind, text, created_at) VALUES ('list', ?1, ?2)";
        tx.execute(insert, (change_text(entries), now.0))?;
        let batch = BatchId(tx.last_insert_rowid());
        let mut added = Added { batch: Some(batch), ..Added::default() };
        for entry in entries {
            add_one(tx, entry, (origin, now), &mut added)?;
        }
        if added.new.is_empty() && added.changed.is_empty() {
            tx.execute("DELETE FROM batch WHERE id = ?1", [batch.0])?;
            added.batch = None;
        }
        let count: u32 = tx.query_row("SELECT count(*) FROM list_entry", (), |row| row.get(0))?;
        if MOST_ENTRIES < count && !added.new.is_empty() {
            let text = too_many();
            return Err(Fault::Refused(StoreError::Unread(text)));
        }
        Ok(added)
    })
}

/// What a change is, for people.
fn change_text(entries: &[NewEntry]) -> String {
    let [entry] = entries else { return format!("{} entries put on the lists", entries.len()) };
    match entry.side {
        Side::Accept => format!("{} always accepted", entry.what.value()),
        Side::Block => format!("{} always blocked", entry.what.value()),
    }
}

/// Takes back what a change did to entries. One that has been changed since by other means is put back as well.
pub(super) fn take_back(tx: &Transaction<'_>, batch: BatchId) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM list_entry WHERE id IN
             (SELECT entry_id FROM list_change WHERE batch_id = ?1 AND side_before = '')",
        [batch.0],
    )?;
    tx.execute(
        "UPDATE list_entry SET side = side_before, is_on = is_on_before, contradicted_by = 0, contradicted_at = 0
         FROM list_change WHERE batch_id = ?1 AND entry_id = list_entry.id",
        [batch.0],
    )?;
    edit::bequeath(tx, batch)?;
    edit::restore(tx, batch)
}

/// Every entry, oldest first. One that this version cannot read is left out.
pub fn all(db: &Connection) -> Result<Vec<StoredEntry>, StoreError> {
    let find = "SELECT id, side, kind, content, account_id, note, origin, is_on, contradicted_by, hits, last_hit_at
        FROM list_entry ORDER BY id";
    let rows = db.prepare_cached(find).and_then(|mut find| {
        let rows = find.query_map((), read_entry)?;
        rows.filter_map(Result::transpose).collect()
    });
    read("read the lists", rows)
}

/// The numbers of all entries that count, in order, and the side of each.
pub fn in_force(db: &Connection) -> Result<Vec<(EntryId, Side)>, StoreError> {
    let find = "SELECT id, side FROM list_entry WHERE is_on ORDER BY id";
    let rows = db.prepare_cached(find).and_then(|mut find| {
        let rows = find.query_map((), |row| Ok((EntryId(row.get(0)?), word(row, 1, Side::from_word)?)))?;
        rows.collect()
    });
    read("read the lists", rows)
}

impl StoredEntry {
    /// As the engine takes it.
    pub fn entry(&self) -> Entry {
        let account = self.account.map(|account| account.0);
        Entry { id: self.id, side: self.side, what: self.what.clone(), account }
    }
}

/// Notes which entries hit a new message. One that was removed meanwhile is passed over.
pub(super) fn note_hits(tx: &Transaction<'_>, mail: MailId, listed: &[ListHit], now: UnixTime) -> rusqlite::Result<()> {
    for hit in listed {
        let insert = "INSERT OR IGNORE INTO list_hit (mail_id, entry_id, is_followed)
            SELECT ?1, id, ?3 FROM list_entry WHERE id = ?2";
        tx.prepare_cached(insert)?.execute((mail.0, hit.entry.0, hit.is_followed))?;
        let count = "UPDATE list_entry SET hits = hits + 1, last_hit_at = ?2 WHERE id = ?1";
        tx.prepare_cached(count)?.execute((hit.entry.0, now.0))?;
    }
    Ok(())
}

/// The same for a message that is judged again: what hit it before is not counted twice.
pub(super) fn note_new_hits(
    tx: &Transaction<'_>,
    mail: MailId,
    listed: &[ListHit],
    now: UnixTime,
) -> rusqlite::Result<()> {
    let mut find = tx.prepare_cached("SELECT 1 FROM list_hit WHERE mail_id = ?1 AND entry_id = ?2")?;
    for hit in listed {
        if !find.exists((mail.0, hit.entry.0))? {
            note_hits(tx, mail, std::slice::from_ref(hit), now)?;
        }
    }
    Ok(())
}

/// The person has said something of a message, or taken it back.
pub(super) fn follow_word(tx: &Transaction<'_>, mail: MailId, now: UnixTime) -> rusqlite::Result<()> {
    tx.prepare_cached(CONTRADICTED)?.execute((mail.0, finished_at(now)))?;
    tx.prepare_cached(PASSED_ON)?.execute([mail.0])?;
    tx.prepare_cached(FREED)?.execute([mail.0]).map(drop)
}

/// A content was learned, or forgotten.
pub(super) fn follow_lesson(tx: &Transaction<'_>, key: Key, now: UnixTime) -> rusqlite::Result<()> {
    let mails: Vec<MailId> = tx
        .prepare_cached(OF_CONTENT)?
        .query_map([key], |row| row.get(0).map(MailId))?
        .collect::<rusqlite::Result<_>>()?;
    mails.into_iter().try_for_each(|mail| follow_word(tx, mail, now))
}

/// The index of contents is by account.
const OF_CONTENT: &str =
    "SELECT id FROM mail WHERE account_id IN (SELECT account.id FROM account) AND content_key = ?1";

/// Whether the person says the opposite of what `list_entry` made of the message `hit` is about.
macro_rules! is_contrary {
    () => {
        "hit.is_followed AND iif(list_entry.side = 'accept', 'spam', 'ham') =
             (SELECT coalesce(nullif(mail.taught, ''),
                 (SELECT label FROM training WHERE training.content_key = mail.content_key))
              FROM mail WHERE mail.id = hit.mail_id)"
    };
}

const CONTRADICTED: &str = concat!(
    "UPDATE list_entry SET is_on = 0, contradicted_by = ?1, contradicted_at = ?2 FROM list_hit AS hit
     WHERE hit.mail_id = ?1 AND hit.entry_id = list_entry.id AND is_on AND ",
    is_contrary!()
);

/// Another message since says so as well.
const PASSED_ON: &str = concat!(
    "UPDATE list_entry SET contradicted_by = other.mail_id
     FROM (SELECT hit.entry_id, max(hit.mail_id) AS mail_id FROM list_hit AS hit
             JOIN list_entry ON list_entry.id = hit.entry_id
                 AND list_entry.contradicted_by = ?1 AND list_entry.contradicted_by <> 0
             JOIN mail AS said ON said.id = hit.mail_id AND list_entry.contradicted_at <= said.reviewed_at
           WHERE ",
    is_contrary!(),
    " GROUP BY hit.entry_id) AS other
     WHERE other.entry_id = list_entry.id AND contradicted_by = ?1"
);

const FREED: &str = concat!(
    "UPDATE list_entry SET is_on = 1, contradicted_by = 0, contradicted_at = 0
     WHERE contradicted_by = ?1 AND contradicted_by <> 0 AND NOT EXISTS (SELECT 1 FROM list_hit AS hit
         WHERE hit.mail_id = ?1 AND hit.entry_id = list_entry.id AND ",
    is_contrary!(),
    ")"
);

fn add_one(
    tx: &Transaction<'_>,
    entry: &NewEntry,
    (origin, now): (Origin, UnixTime),
    added: &mut Added,
) -> rusqlite::Result<()> {
    let account = entry.account.map_or(0, |account| account.0);
    let (kind, content) = (entry.what.kind().word(), entry.what.value());
    let find = "SELECT id, side, is_on FROM list_entry WHERE kind = ?1 AND content = ?2 AND account_id = ?3";
    let known = tx
        .prepare_cached(find)?
        .query_row((kind, &content, account), |row| {
            Ok((EntryId(row.get(0)?), word(row, 1, Side::from_word)?, row.get::<_, bool>(2)?))
        })
        .optional()?;
    let Some((id, side, is_on)) = known else {
        let insert = "INSERT INTO list_entry (account_id, side, kind, content, note, origin, created_at, is_on)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let side = entry.side.word();
        let row = params![account, side, kind, content, entry.note, origin.word(), now.0, entry.is_on];
        tx.prepare_cached(insert)?.execute(row)?;
        let id = EntryId(tx.last_insert_rowid());
        note_change(tx, added.batch, (id, "", false))?;
        added.new.push(id);
        return Ok(());
    };
    // What a file repeats does not switch on again what was contradicted.
    let is_wanted_on = entry.is_on && (origin == Origin::Person || is_on || side != entry.side);
    if (side, is_on) == (entry.side, is_wanted_on) {
        added.known += 1;
    } else {
        note_change(tx, added.batch, (id, side.word(), is_on))?;
        added.changed.push(id);
        // What it hit on the other side says nothing about it now.
        tx.execute("DELETE FROM list_hit WHERE entry_id = ?1", [id.0])?;
    }
    let update = "UPDATE list_entry SET side = ?2, is_on = ?3, note = iif(?4 = '', note, ?4),
            contradicted_by = iif(?3, 0, contradicted_by), contradicted_at = iif(?3, 0, contradicted_at)
        WHERE id = ?1";
    tx.prepare_cached(update)?.execute(params![id.0, entry.side.word(), is_wanted_on, entry.note]).map(drop)
}

/// Of several changes at once the first says how it was before.
fn note_change(
    tx: &Transaction<'_>,
    batch: Option<BatchId>,
    (entry, side, is_on): (EntryId, &str, bool),
) -> rusqlite::Result<()> {
    let insert = "INSERT OR IGNORE INTO list_change (batch_id, entry_id, side_before, is_on_before)
        VALUES (?1, ?2, ?3, ?4)";
    tx.prepare_cached(insert)?.execute((batch.map(|batch| batch.0), entry.0, side, is_on)).map(drop)
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<Option<StoredEntry>> {
    let (kind, content): (Kind, String) = (word(row, 2, Kind::from_word)?, row.get(3)?);
    let id = EntryId(row.get(0)?);
    let Ok(what) = What::parse(kind, &content) else {
        error!(id = id.0, "an entry of the lists cannot be read and is left out");
        return Ok(None);
    };
    let some = |id: i64| Some(id).filter(|id| *id != 0);
    Ok(Some(StoredEntry {
        id,
        side: word(row, 1, Side::from_word)?,
        what,
        account: some(row.get(4)?).map(AccountId),
        note: row.get(5)?,
        origin: word(row, 6, Origin::from_word)?,
        is_on: row.get(7)?,
        contradicted_by: some(row.get(8)?).map(MailId),
        hits: row.get(9)?,
        last_hit_at: UnixTime(row.get(10)?),
    }))
}

#[cfg(test)]
mod tests;
