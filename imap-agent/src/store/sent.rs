//! What the person has sent: to whom, in answer to what, and how far the folder has been read.
//!
//! The folder is read from where it was met first, upwards as it grows, and down to its beginning. What was counted is
//! remembered by a hash, so that a new numbering has nothing counted twice.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{UnixTime, mail::Address};

use super::{
    AccountId, Key, StoreError,
    peers::lower,
    transaction::{read, write},
};

/// So many of the newest messages are remembered of an account. Twenty a day for seven years.
const MOST: u32 = 50_000;

/// Who writes to more people at once sends them something, and has no exchange with them.
const MOST_RECIPIENTS: usize = 50;

/// One sent message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMail {
    /// Names it: of its Message-ID, or of what else there is.
    pub key: Key,
    /// The Message-ID of what it answers, without brackets.
    pub answers: Option<String>,
    /// From which address.
    pub from: Option<Address>,
    /// To whom.
    pub to: Vec<Address>,
    /// When.
    pub at: UnixTime,
}

/// How far a folder of sent mail has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its name as the server spells it.
    pub folder: String,
    /// The numbering of the others.
    pub uid_validity: u32,
    /// Everything up to this UID…
    pub high_water: u32,
    /// …and from this UID on is dealt with; 0: everything below, too.
    pub low_water: u32,
}

/// How far the folder has been read, if it has been met.
pub fn mark(db: &Connection, account: AccountId, folder: &str) -> Result<Option<Mark>, StoreError> {
    let find = "SELECT uid_validity, high_water, low_water FROM folder WHERE account_id = ?1 AND name = ?2";
    let found = db.query_row(find, (account, folder), |row| {
        let folder = folder.to_owned();
        Ok(Mark { folder, uid_validity: row.get(0)?, high_water: row.get(1)?, low_water: row.get(2)? })
    });
    read("read how far the sent mail was read", found.optional())
}

/// Whether there is no room for older messages of the account.
pub fn is_full(db: &Connection, account: AccountId) -> Result<bool, StoreError> {
    let count = db.query_row("SELECT count(*) FROM sent WHERE account_id = ?1", [account], |row| row.get::<_, u32>(0));
    Ok(MOST <= read("count the sent mail", count)?)
}

/// Counts what was sent, and moves the mark, in one step. What was counted before is not counted again.
pub fn record(
    db: &mut Connection,
    account: AccountId,
    mark: &Mark,
    messages: &[SentMail],
    now: UnixTime,
) -> Result<(), StoreError> {
    write(db, "store what was sent", |tx| {
        for message in messages {
            count(tx, account, message)?;
        }
        tx.execute(
            "DELETE FROM sent WHERE account_id = ?1 AND at <
                 (SELECT at FROM sent WHERE account_id = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)",
            params![account, MOST - 1],
        )?;
        tx.execute(
            "INSERT INTO folder (account_id, name, uid_validity, high_water, low_water, baseline_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account_id, name) DO UPDATE SET uid_validity = excluded.uid_validity,
                 high_water = excluded.high_water, low_water = excluded.low_water",
            params![account, mark.folder, mark.uid_validity, mark.high_water, mark.low_water, now.0],
        )?;
        Ok(())
    })
}

fn count(tx: &Transaction<'_>, account: AccountId, message: &SentMail) -> rusqlite::Result<()> {
    let answers = message.answers.as_deref();
    let answers_key = answers.map(|id| Key::of(id.as_bytes()).0.to_vec()).unwrap_or_default();
    let new = tx
        .prepare_cached("INSERT OR IGNORE INTO sent (account_id, message_key, answers, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![account, message.key, answers_key, message.at.0])?;
    if new == 0 {
        return Ok(());
    }
    if let Some(from) = &message.from {
        tx.prepare_cached(
            "INSERT INTO identity (account_id, address, sent) VALUES (?1, ?2, 1)
             ON CONFLICT DO UPDATE SET sent = sent + 1",
        )?
        .execute(params![account, lower(from)])?;
    }
    let mut to: Vec<String> = message.to.iter().map(lower).collect();
    if MOST_RECIPIENTS < to.len() {
        to.clear();
    }
    if let Some(id) = answers {
        to.extend(answer(tx, account, id, message)?);
    }
    to.sort_unstable();
    to.dedup();
    let mut written = tx.prepare_cached(
        "INSERT INTO peer (account_id, address, written, first_written, last_written) VALUES (?1, ?2, 1, ?3, ?3)
         ON CONFLICT DO UPDATE SET written = written + 1, first_written = min(first_written, excluded.first_written),
             last_written = max(last_written, excluded.last_written)",
    )?;
    for address in to.iter().filter(|address| !address.is_empty()) {
        written.execute(params![account, address, message.at.0])?;
    }
    Ok(())
}

/// Notes that what bears that Message-ID was answered, and returns by whom it is. Anybody can give a message the number of
/// another: what is not of somebody the answer went to is only what was answered if there is no other, and if it is no spam.
fn answer(tx: &Transaction<'_>, account: AccountId, id: &str, message: &SentMail) -> rusqlite::Result<Vec<String>> {
    let find = "SELECT id, lower(from_address), taught = 'spam' OR (taught = '' AND class = 'spam') FROM mail
        WHERE account_id = ?1 AND message_id = ?2 AND message_id <> ''";
    let mut find = tx.prepare_cached(find)?;
    let rows = find.query_map(params![account, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let rows: Vec<(i64, String, bool)> = rows.collect::<rusqlite::Result<_>>()?;
    let is_alone = rows.len() == 1;
    let mut answered = tx.prepare_cached("UPDATE mail SET answered_at = max(answered_at, ?2) WHERE id = ?1")?;
    let mut authors = Vec::new();
    for (mail, author, is_spam) in rows {
        let has_got_it = message.to.iter().any(|to| lower(to) == author);
        if has_got_it || (is_alone && !is_spam) {
            answered.execute((mail, message.at.0))?;
            // The answer may have gone to another address of theirs.
            authors.extend(Some(author).filter(|_| !is_spam));
        }
    }
    Ok(authors)
}

#[cfg(test)]
mod tests;
