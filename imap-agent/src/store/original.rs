//! What the archive holds. The contents are files beside the database; a row is there only while its file is.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tamis_core::{UnixTime, config};

use super::{
    AccountId, Key, StoreError,
    transaction::{read, write},
};

/// An original that has just been kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOriginal {
    /// Whose mail it is.
    pub account: AccountId,
    /// Its content.
    pub key: Key,
    /// Its flags on the server.
    pub flags: Vec<String>,
    /// Its INTERNALDATE.
    pub internal_date: UnixTime,
    /// Bytes of the message.
    pub size: u64,
    /// Bytes on the disk.
    pub stored: u64,
}

/// An original that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its number.
    pub id: i64,
    /// Whose mail it is.
    pub account: AccountId,
    /// Its content.
    pub key: Key,
    /// Its flags on the server when it was kept.
    pub flags: Vec<String>,
    /// Its INTERNALDATE.
    pub internal_date: UnixTime,
    /// Bytes of the message.
    pub size: u64,
    /// Bytes on the disk.
    pub stored: u64,
    /// Since when it is kept.
    pub stored_at: UnixTime,
}

/// How many go in one step: less than a second's work for the disk (a thousand took one to three).
const MOST_AT_ONCE: usize = 250;

/// Stores that an original is kept, from now on. It is known by its account and content, and one that is known is kept
/// from now on anew.
pub fn keep(db: &mut Connection, new: &NewOriginal, now: UnixTime) -> Result<(), StoreError> {
    write(db, "store what the archive holds", |tx| {
        tx.execute(
            "INSERT INTO original (account_id, content_key, flags, internal_date, size, stored, stored_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (account_id, content_key) DO UPDATE SET flags = excluded.flags,
                 internal_date = excluded.internal_date, size = excluded.size, stored = excluded.stored,
                 stored_at = excluded.stored_at",
            params![
                new.account,
                new.key,
                new.flags.join(" "),
                new.internal_date.0,
                column(new.size),
                column(new.stored),
                now.0
            ],
        )?;
        Ok(())
    })
}

/// The original of that content, if it is kept.
pub fn find(db: &Connection, account: AccountId, key: Key) -> Result<Option<Original>, StoreError> {
    let sql = "SELECT id, account_id, content_key, flags, internal_date, size, stored, stored_at FROM original
        WHERE account_id = ?1 AND content_key = ?2";
    read("read what the archive holds", db.query_row(sql, (account, key), read_original).optional())
}

/// Forgets the originals of `account` that are to go by its `rules`, in one step, and returns them: now their files can be
/// removed. At most 250 go at once, so that nobody waits long: ask again until none do. First those go that are older than the time to keep, then the oldest until the others fit into the size.
///
/// None goes that an unfinished intent may need. Of mail that lies on the server only as a copy of ours, the original is
/// kept for its whole time, also if it does not fit.
pub fn expire(
    db: &mut Connection,
    account: AccountId,
    rules: &config::Archive,
    now: UnixTime,
) -> Result<Vec<Original>, StoreError> {
    write(db, "forget what the archive held", |tx| {
        let gone = due(tx, account, rules, now)?;
        let mut forget = tx.prepare("DELETE FROM original WHERE id = ?1")?;
        for original in &gone {
            forget.execute([original.id])?;
        }
        Ok(gone)
    })
}

/// How many originals are kept, and their bytes on the disk.
pub fn totals(db: &Connection) -> Result<(u64, u64), StoreError> {
    let totals = db.query_row("SELECT count(*), coalesce(sum(stored), 0) FROM original", (), |row| {
        Ok((bytes(row, 0)?, bytes(row, 1)?))
    });
    read("count what the archive holds", totals)
}

/// Every account of which originals are kept, also those nobody watches any more.
pub fn accounts(db: &Connection) -> Result<Vec<AccountId>, StoreError> {
    let all = db
        .prepare("SELECT id FROM account WHERE id IN (SELECT account_id FROM original) ORDER BY id")
        .and_then(|mut find| find.query_map((), |row| row.get(0).map(AccountId))?.collect::<rusqlite::Result<_>>());
    read("read what the archive holds", all)
}

/// Every original.
pub fn keys(db: &Connection) -> Result<Vec<(AccountId, Key)>, StoreError> {
    let all = db.prepare("SELECT account_id, content_key FROM original ORDER BY id").and_then(|mut find| {
        find.query_map((), |row| Ok((AccountId(row.get(0)?), row.get(1)?)))?.collect::<rusqlite::Result<_>>()
    });
    read("read what the archive holds", all)
}

/// The oldest first. Columns 8 and 9 say whether it is needed by an intent, and whether the server has only our copy or, as
/// far as we know, nothing.
pub(super) const BY_AGE: &str = "SELECT id, account_id, content_key, flags, internal_date, size, stored, stored_at,
    EXISTS (SELECT 1 FROM mail JOIN intent ON intent.mail_id = mail.id AND intent.finished_at = 0
        WHERE mail.account_id = original.account_id AND mail.content_key = original.content_key),
    EXISTS (SELECT 1 FROM mail WHERE mail.account_id = original.account_id
        AND mail.content_key = original.content_key AND (mail.shape <> '' OR mail.folder = ''))
    FROM original WHERE account_id = ?1 ORDER BY stored_at, id";

fn due(db: &Connection, account: AccountId, rules: &config::Archive, now: UnixTime) -> rusqlite::Result<Vec<Original>> {
    let sum = "SELECT coalesce(sum(stored), 0) FROM original WHERE account_id = ?1";
    let mut held = db.query_row(sum, [account], |row| bytes(row, 0))?;
    let keep_secs = i64::try_from(rules.keep_secs).unwrap_or(i64::MAX);
    let mut by_age = db.prepare(BY_AGE)?;
    let mut rows = by_age.query([account])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let original = read_original(row)?;
        let is_old = keep_secs < now.0.saturating_sub(original.stored_at.0);
        // Those after it are younger.
        if (!is_old && held <= rules.max_bytes) || due.len() == MOST_AT_ONCE {
            break;
        }
        let (is_needed, is_elsewhere): (bool, bool) = (row.get(8)?, !row.get::<_, bool>(9)?);
        if !is_needed && (is_old || is_elsewhere) {
            held = held.saturating_sub(original.stored);
            due.push(original);
        }
    }
    Ok(due)
}

fn read_original(row: &Row<'_>) -> rusqlite::Result<Original> {
    let flags: String = row.get(3)?;
    Ok(Original {
        id: row.get(0)?,
        account: AccountId(row.get(1)?),
        key: row.get(2)?,
        flags: flags.split_whitespace().map(str::to_owned).collect(),
        internal_date: UnixTime(row.get(4)?),
        size: bytes(row, 5)?,
        stored: bytes(row, 6)?,
        stored_at: UnixTime(row.get(7)?),
    })
}

/// Numbers of bytes are never negative.
fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| u64::try_from(number).unwrap_or_default())
}

fn column(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
