//! Learning from the mail that is there, at the person's command: what was chosen, how far it has got, what came of it.
//!
//! ```text
//! start ──▶ running, nothing chosen ──choose──▶ running ──record, slice by slice──▶ ended
//! ```
//!
//! Every message that was chosen is a row until it is dealt with, and that row goes in the transaction that stores what
//! became of the message. So nothing is learned twice and nothing is left out, whatever is cut off.

mod record;
mod report;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, Steer},
    learn::Label,
};

pub use self::{
    record::{Doubt, Lesson, Outcome, Skip, record},
    report::{Report, report},
};
use super::{
    AccountId, StoreError,
    backfill::State,
    ids::word,
    transaction::{read, write},
};

/// What the person wants learned, and how far it has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// Whether it goes on.
    pub state: State,
    /// Whether it only counts.
    pub is_rehearsal: bool,
    /// Whether what is in Junk is learned as spam.
    pub has_junk: bool,
    /// So many messages are chosen at most.
    pub most: u32,
    /// Whether the messages are chosen.
    pub is_planned: bool,
    /// Messages chosen.
    pub total: u32,
    /// Of these, dealt with.
    pub done: u32,
    /// How long that took, in milliseconds.
    pub worked_ms: i64,
    /// The change that takes it back.
    pub batch: Option<BatchId>,
    /// When the person asked for it.
    pub started_at: UnixTime,
}

/// What the person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whether what is in Junk is learned as spam.
    pub has_junk: bool,
    /// Whether only to count.
    pub is_rehearsal: bool,
    /// So many messages are chosen at most.
    pub most: u32,
}

/// A folder and those of its messages that are chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Its name on the wire.
    pub name: String,
    /// What the messages in it are.
    pub label: Label,
    /// Its numbering.
    pub uid_validity: u32,
    /// When they arrived, Unix seconds, and their UIDs.
    pub mail: Vec<(i64, u32)>,
}

/// A message whose turn has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The number of its folder among those that are learned from.
    pub folder_id: i64,
    /// The folder's name on the wire.
    pub folder: String,
    /// The numbering in which it was chosen.
    pub uid_validity: u32,
    /// What the folder says it is.
    pub label: Label,
    /// When it arrived, Unix seconds.
    pub at: i64,
    /// Its UID.
    pub uid: u32,
}

/// The person wants it. Returns false, and changes nothing, if something of the kind is under way.
pub fn start(db: &mut Connection, account: AccountId, wish: Wish, now: UnixTime) -> Result<bool, StoreError> {
    write(db, "begin to learn from the mail that is there", |tx| {
        let find = "SELECT 1 FROM bootstrap WHERE account_id = ?1 AND state <> 'ended'";
        if tx.prepare(find)?.exists([account])? {
            return Ok(false);
        }
        forget(tx, account)?;
        tx.execute(
            "INSERT INTO bootstrap (account_id, state, is_rehearsal, has_junk, most, started_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![account, State::Running.word(), wish.is_rehearsal, wish.has_junk, wish.most, now.0],
        )?;
        Ok(true)
    })
}

/// The person wants it to pause, go on or end. Whether there is one that has not ended.
pub fn steer(db: &mut Connection, account: AccountId, steer: Steer, now: UnixTime) -> Result<bool, StoreError> {
    let (state, ended_at) = match steer {
        Steer::Pause => (State::Paused, 0),
        Steer::Resume => (State::Running, 0),
        Steer::Stop => (State::Ended, now.0.max(1)),
    };
    write(db, "steer learning from the mail that is there", |tx| {
        let change = "UPDATE bootstrap SET state = ?2, ended_at = ?3 WHERE account_id = ?1 AND state <> 'ended'";
        let is_any = tx.execute(change, (account, state.word(), ended_at))? != 0;
        if steer == Steer::Stop {
            tx.execute("DELETE FROM bootstrap_mail WHERE account_id = ?1", [account])?;
        }
        Ok(is_any)
    })
}

/// Forgets how far it has got and what came of it, but nothing that was learned.
pub(super) fn forget(tx: &Transaction<'_>, account: AccountId) -> rusqlite::Result<()> {
    for delete in [
        "DELETE FROM bootstrap_mail WHERE account_id = ?1",
        "DELETE FROM bootstrap_folder WHERE account_id = ?1",
        "DELETE FROM bootstrap_tally WHERE account_id = ?1",
        "DELETE FROM bootstrap_doubt WHERE account_id = ?1",
        "DELETE FROM bootstrap WHERE account_id = ?1",
    ] {
        tx.execute(delete, [account])?;
    }
    Ok(())
}

/// What was asked for last.
pub fn bootstrap(db: &Connection, account: AccountId) -> Result<Option<Bootstrap>, StoreError> {
    let find = "SELECT state, is_rehearsal, has_junk, most, is_planned, total, done, worked_ms, batch_id, started_at
        FROM bootstrap WHERE account_id = ?1";
    let found = db.prepare_cached(find).and_then(|mut find| find.query_row([account], read_bootstrap).optional());
    read("read how far learning has got", found)
}

fn read_bootstrap(row: &Row<'_>) -> rusqlite::Result<Bootstrap> {
    Ok(Bootstrap {
        state: word(row, 0, State::from_word)?,
        is_rehearsal: row.get(1)?,
        has_junk: row.get(2)?,
        most: row.get(3)?,
        is_planned: row.get(4)?,
        total: row.get(5)?,
        done: row.get(6)?,
        worked_ms: row.get(7)?,
        batch: row.get::<_, Option<i64>>(8)?.map(BatchId),
        started_at: UnixTime(row.get(9)?),
    })
}

/// These messages are chosen, and so many others are not, each for its reason. A rehearsal is over with that, and so is
/// learning if there is nothing to learn from.
pub fn choose(
    db: &mut Connection,
    account: AccountId,
    started_at: UnixTime,
    (folders, skipped): (&[Chosen], &[(Skip, u32)]),
    now: UnixTime,
) -> Result<(), StoreError> {
    write(db, "store what is to be learned from", |tx| {
        let find = "SELECT is_rehearsal FROM bootstrap
            WHERE account_id = ?1 AND started_at = ?2 AND is_planned = 0 AND state <> 'ended'";
        let is_rehearsal: Option<bool> = tx.query_row(find, (account, started_at.0), |row| row.get(0)).optional()?;
        let Some(is_rehearsal) = is_rehearsal else { return Ok(()) };
        let mut total = 0;
        for folder in folders {
            let messages = u32::try_from(folder.mail.len()).unwrap_or(u32::MAX);
            total += messages;
            tx.execute(
                "INSERT INTO bootstrap_folder (account_id, name, label, uid_validity, chosen) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![account, folder.name, folder.label.word(), folder.uid_validity, messages],
            )?;
            let id = tx.last_insert_rowid();
            if !is_rehearsal {
                insert(tx, account, id, &folder.mail)?;
            }
        }
        for (skip, messages) in skipped {
            record::tally(tx, account, skip.word(), *messages)?;
        }
        let is_over = is_rehearsal || total == 0;
        tx.execute(
            "UPDATE bootstrap SET is_planned = 1, total = ?2, state = iif(?3, 'ended', state), ended_at = iif(?3, ?4, 0)
             WHERE account_id = ?1",
            params![account, total, is_over, now.0.max(1)],
        )?;
        Ok(())
    })
}

fn insert(tx: &Transaction<'_>, account: AccountId, folder: i64, mail: &[(i64, u32)]) -> rusqlite::Result<()> {
    let insert = "INSERT OR IGNORE INTO bootstrap_mail (account_id, at, folder_id, uid) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = tx.prepare_cached(insert)?;
    for (at, uid) in mail {
        insert.execute(params![account, at, folder, uid])?;
    }
    Ok(())
}

/// The messages whose turn is next, at most so many, in the order in which they arrived.
pub fn next(db: &Connection, account: AccountId, most: usize) -> Result<Vec<Next>, StoreError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found = db.prepare_cached(NEXT).and_then(|mut find| {
        let rows = find.query_map((account, most), |row| {
            Ok(Next {
                folder_id: row.get(0)?,
                folder: row.get(1)?,
                uid_validity: row.get(2)?,
                label: word(row, 3, Label::from_word)?,
                at: row.get(4)?,
                uid: row.get(5)?,
            })
        })?;
        rows.collect()
    });
    read("read what is to be learned next", found)
}

/// The key of the table is the order.
const NEXT: &str = "SELECT folder.id, folder.name, folder.uid_validity, folder.label, chosen.at, chosen.uid
    FROM bootstrap_mail AS chosen CROSS JOIN bootstrap_folder AS folder ON folder.id = chosen.folder_id
    WHERE chosen.account_id = ?1 ORDER BY chosen.at, chosen.folder_id, chosen.uid LIMIT ?2";

/// How many messages of a folder were chosen at first.
pub fn chosen_of(db: &Connection, folder: i64) -> Result<usize, StoreError> {
    let find = "SELECT chosen FROM bootstrap_folder WHERE id = ?1";
    let found: rusqlite::Result<Option<u32>> = db.query_row(find, [folder], |row| row.get(0)).optional();
    Ok(read("read what was chosen", found)?.and_then(|chosen| usize::try_from(chosen).ok()).unwrap_or(0))
}

/// The server has renumbered a folder: these messages take the place of those that were chosen in it and are not dealt with.
/// Those that are known by their content are not learned again.
pub fn choose_anew(
    db: &mut Connection,
    account: AccountId,
    folder: i64,
    (uid_validity, mail): (u32, &[(i64, u32)]),
    now: UnixTime,
) -> Result<(), StoreError> {
    write(db, "store what is to be learned from", |tx| {
        tx.execute("DELETE FROM bootstrap_mail WHERE account_id = ?1 AND folder_id = ?2", (account, folder))?;
        let is_there = "SELECT 1 FROM bootstrap WHERE account_id = ?1 AND state <> 'ended'";
        if !tx.prepare(is_there)?.exists([account])? {
            return Ok(());
        }
        tx.execute("UPDATE bootstrap_folder SET uid_validity = ?2 WHERE id = ?1", (folder, uid_validity))?;
        insert(tx, account, folder, mail)?;
        tx.execute(
            "UPDATE bootstrap SET total = done + (SELECT count(*) FROM bootstrap_mail WHERE account_id = ?1)
             WHERE account_id = ?1",
            [account],
        )?;
        record::end_if_done(tx, account, now)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests;
