//! What the policy does by itself: written down together with the verdict, or held back until the person has been asked.

use rusqlite::{Connection, Transaction, params};
use tamis_core::{
    Action, UnixTime,
    api::{BatchId, MailId},
};

use super::{
    AccountId, IntentId, Location, StoreError, folder,
    intent::{Deed, Kind},
    journal::{self, NewIntent},
    mail::{Judged, record},
    transaction::{Fault, read, write},
};

/// Nothing waits any longer.
const FREE: &str = "UPDATE mail SET held_at = 0 WHERE account_id = ?1 AND held_at <> 0";

/// What the policy wants done to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// What, besides moving it.
    pub deed: Deed,
    /// The folder it is to be in; empty if it stays.
    pub target: String,
    /// The change it belongs to, if it is to be undone together with others.
    pub batch: Option<BatchId>,
}

/// Why a filing waits for the person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserve {
    /// So much is filed at once that something may be wrong.
    Brake,
    /// It was there before Tamis came.
    Backfill,
}

/// What happened in one account within an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// Messages judged.
    pub arrived: u32,
    /// Of these, filed or to be filed.
    pub filed: u32,
}

/// What waits for the person's word in one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Because so much was to be filed at once.
    pub by_brake: u32,
    /// Because it was there before Tamis came.
    pub by_backfill: u32,
}

impl Reserve {
    const fn word(self) -> &'static str {
        match self {
            Self::Brake => "brake",
            Self::Backfill => "backfill",
        }
    }
}

impl Held {
    /// All of it.
    pub fn count(self) -> u32 {
        self.by_brake.saturating_add(self.by_backfill)
    }
}

/// What `action` means in an account; `None` if nothing is to be done. A folder that is not known yet is nobody's target.
pub fn filing_of(
    db: &Connection,
    account: AccountId,
    action: Action,
    batch: Option<BatchId>,
) -> Result<Option<Filing>, StoreError> {
    let junk = || Ok::<_, StoreError>(folder::junk_folder(db, account)?.unwrap_or_default());
    let (deed, target) = match action {
        Action::Keyword => (Deed::Keyword, String::new()),
        Action::Tag => (Deed::Tag, String::new()),
        Action::Strip => (Deed::Strip, String::new()),
        Action::MoveToJunk => (Deed::Move, junk()?),
        Action::Quarantine => match folder::quarantine_folder(db, account)? {
            Some(folder) => (Deed::Move, folder),
            None => (Deed::Move, junk()?),
        },
        Action::Forward => (Deed::Send, junk()?),
        Action::ForwardAndDeliver => (Deed::Send, String::new()),
        Action::Delete => (Deed::Delete, String::new()),
        Action::Leave | _ => return Ok(None),
    };
    let is_idle = deed == Deed::Move && target.is_empty();
    Ok((!is_idle).then_some(Filing { deed, target, batch }))
}

/// Begins a change of the policy's, which what is filed next belongs to.
pub fn begin_filing(db: &mut Connection, now: UnixTime) -> Result<BatchId, StoreError> {
    write(db, "write down a change", |tx| Ok(insert_batch(tx, now)?))
}

/// Stores a message and the intention to file it, in one step.
///
/// A message that is known by its key is not filed again, and there is no intent: wherever it came from, the first
/// verdict and the person's word stand.
pub fn record_and_file(
    db: &mut Connection,
    judged: &Judged,
    at: &Location,
    filing: &Filing,
    advance_to: Option<u32>,
) -> Result<(MailId, Option<IntentId>), StoreError> {
    write(db, "store a judged message", |tx| {
        let (mail, is_new) = record(tx, judged, at, advance_to)?;
        if !is_new {
            return Ok((mail, None));
        }
        Ok((mail, Some(insert(tx, mail, filing, judged.judged_at)?)))
    })
}

/// Stores a message whose filing waits for the person's word.
pub fn record_and_hold(
    db: &mut Connection,
    judged: &Judged,
    at: &Location,
    reserve: Reserve,
    advance_to: Option<u32>,
) -> Result<MailId, StoreError> {
    write(db, "store a judged message", |tx| {
        let (mail, is_new) = record(tx, judged, at, advance_to)?;
        if is_new {
            hold(tx, mail, reserve, Some(judged.judged_at))?;
        }
        Ok(mail)
    })
}

/// Marks a message as one the policy does not act on by itself. If there is something to be done, it waits from then on.
pub(super) fn hold(
    tx: &Transaction<'_>,
    mail: MailId,
    reserve: Reserve,
    waits_since: Option<UnixTime>,
) -> rusqlite::Result<()> {
    let held_at = waits_since.map_or(0, journal::finished_at);
    let hold = "UPDATE mail SET held_at = ?2, held_for = ?3 WHERE id = ?1";
    tx.prepare_cached(hold)?.execute(params![mail.0, held_at, reserve.word()])?;
    Ok(())
}

/// What was judged and filed in an account since `since`, older mail that the person has had looked at left out.
pub fn since(db: &Connection, account: AccountId, since: UnixTime) -> Result<Hour, StoreError> {
    let count = "SELECT count(*), count(*) FILTER (WHERE action NOT IN ('leave', 'keyword', 'forward-and-deliver'))
        FROM mail WHERE account_id = ?1 AND ?2 < judged_at AND held_for <> 'backfill'";
    let hour = db.prepare_cached(count).and_then(|mut count| {
        count.query_row((account, since.0), |row| Ok(Hour { arrived: row.get(0)?, filed: row.get(1)? }))
    });
    read("count what was filed", hour)
}

/// What waits for the person's word.
pub fn held(db: &Connection, account: AccountId) -> Result<Held, StoreError> {
    let count = "SELECT count(*) FILTER (WHERE held_for <> 'backfill'), count(*) FILTER (WHERE held_for = 'backfill')
        FROM mail WHERE account_id = ?1 AND held_at <> 0";
    let held = db.query_row(count, [account], |row| Ok(Held { by_brake: row.get(0)?, by_backfill: row.get(1)? }));
    read("count what waits", held)
}

/// The person wants it filed, as one change. Returns it and how many messages it concerns; `None` if nothing waits.
pub fn file_held(
    db: &mut Connection,
    account: AccountId,
    now: UnixTime,
) -> Result<Option<(BatchId, usize)>, StoreError> {
    let waiting = waiting(db, account)?;
    let mut filings = Vec::new();
    for (mail, action) in waiting {
        filings.push((mail, filing_of(db, account, action, None)?));
    }
    write(db, "file what waits", |tx| {
        if filings.is_empty() {
            tx.execute(FREE, [account])?;
            return Ok(None);
        }
        let batch = insert_batch(tx, now)?;
        for (mail, filing) in &filings {
            if let Some(filing) = filing {
                insert(tx, *mail, &Filing { batch: Some(batch), ..filing.clone() }, now)?;
            }
        }
        tx.execute(FREE, [account])?;
        Ok(Some((batch, filings.len())))
    })
}

/// The person wants it left where it is. Returns how many messages.
pub fn leave_held(db: &mut Connection, account: AccountId, now: UnixTime) -> Result<usize, StoreError> {
    write(db, "leave what waits", |tx| {
        Ok(tx.execute(
            "UPDATE mail SET held_at = 0, action = 'leave', reviewed_at = ?2 WHERE account_id = ?1 AND held_at <> 0",
            (account, journal::finished_at(now)),
        )?)
    })
}

fn waiting(db: &Connection, account: AccountId) -> Result<Vec<(MailId, Action)>, StoreError> {
    let mut find = read(
        "read what waits",
        // Whoever is in doubt about a message says so before: that word stands.
        db.prepare(
            "SELECT id, action FROM mail WHERE account_id = ?1 AND held_at <> 0 AND reviewed_at = 0 AND folder <> ''
             AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.mail_id = mail.id AND intent.finished_at = 0)
             ORDER BY id",
        ),
    )?;
    let rows = find.query_map([account], |row| Ok((MailId(row.get(0)?), super::ids::word(row, 1, Action::from_word)?)));
    read("read what waits", rows.and_then(Iterator::collect))
}

fn insert_batch(tx: &Transaction<'_>, now: UnixTime) -> rusqlite::Result<BatchId> {
    tx.execute("INSERT INTO batch (kind, text, created_at) VALUES (?1, 'filing', ?2)", (Kind::File.word(), now.0))?;
    Ok(BatchId(tx.last_insert_rowid()))
}

pub(super) fn insert(tx: &Transaction<'_>, mail: MailId, filing: &Filing, now: UnixTime) -> Result<IntentId, Fault> {
    let Filing { deed, ref target, batch } = *filing;
    journal::insert(tx, &NewIntent { mail, batch, undoes: None, kind: Kind::File, deed, target, lesson: None }, now)
}

#[cfg(test)]
mod tests;
