//! How far changes have got.

use rusqlite::Connection;
use tamis_core::api::BatchId;

use super::{AccountId, StoreError, transaction::read};

/// How far one change has got, in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Still to be carried out.
    pub open: usize,
    /// Carried out.
    pub done: usize,
    /// Not found on the server any more.
    pub gone: usize,
    /// Given up, because the server refuses.
    pub refused: usize,
    /// What one of these was refused with.
    pub error: Option<String>,
    /// Still to be carried out, and refused at least once.
    pub delayed: usize,
    /// What one of these was refused with.
    pub delay: Option<String>,
}

/// How far `batch` has got.
pub fn of_batch(db: &Connection, batch: BatchId) -> Result<Progress, StoreError> {
    let sql = "SELECT count(*) FILTER (WHERE finished_at = 0),
            count(*) FILTER (WHERE finished_at <> 0 AND outcome NOT IN ('gone', 'refused')),
            count(*) FILTER (WHERE outcome = 'gone'), count(*) FILTER (WHERE outcome = 'refused'),
            max(last_error) FILTER (WHERE outcome = 'refused'),
            count(*) FILTER (WHERE finished_at = 0 AND last_error <> ''),
            max(last_error) FILTER (WHERE finished_at = 0 AND last_error <> '')
        FROM intent WHERE batch_id = ?1";
    let progress = db.query_row(sql, [batch.0], |row| {
        let count = |column| row.get::<_, u32>(column).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        Ok(Progress {
            open: count(0)?,
            done: count(1)?,
            gone: count(2)?,
            refused: count(3)?,
            error: row.get(4)?,
            delayed: count(5)?,
            delay: row.get(6)?,
        })
    });
    read("read how far a change has got", progress)
}

/// The same in one account.
pub fn pending_in(db: &Connection, account: AccountId) -> Result<u32, StoreError> {
    let find = "SELECT count(*) FROM intent JOIN mail ON mail.id = intent.mail_id
        WHERE intent.finished_at = 0 AND mail.account_id = ?1";
    read("count what is pending", db.query_row(find, [account], |row| row.get(0)))
}

/// How many messages wait for something to be done with them, in all accounts.
pub fn pending_count(db: &Connection) -> Result<u32, StoreError> {
    let count = db.query_row("SELECT count(*) FROM intent WHERE finished_at = 0", (), |row| row.get(0));
    read("count what is pending", count)
}
