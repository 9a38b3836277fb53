//! What the window shows.

use rusqlite::{Connection, ToSql};
use tamis_core::api::{MailRow, Show};

use super::{
    AccountId, StoreError,
    judged::{read_mail, select},
    mail::search_form,
    transaction::read,
};

/// A row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct RowView {
    /// Whose folders the row's folder is one of.
    pub account: AccountId,
    /// The row. Its folder is named as the server spells it.
    pub row: MailRow,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Judged since the beginning.
    pub judged: u32,
    /// Of these, filed by us: moved, replaced or removed.
    pub filed: u32,
    /// Waiting for review.
    pub to_review: u32,
}

/// Judged mail, newest first, at most `limit` rows, and how many there are without the limit. A message is found if its
/// sender or subject contains `search` in any case; an empty one finds all.
pub fn list(db: &Connection, show: Show, search: &str, limit: u32) -> Result<(Vec<RowView>, u32), StoreError> {
    let (rows, total) = match show {
        Show::Review => (REVIEW, REVIEW_TOTAL),
        Show::Junk => (JUNK, JUNK_TOTAL),
        Show::All => (ALL, ALL_TOTAL),
    };
    let search = search_form(search);
    let find = || {
        let total = db.prepare_cached(total)?.query_row([&search], |row| row.get(0))?;
        let mut find = db.prepare_cached(rows)?;
        let params: [&dyn ToSql; 2] = [&search, &limit];
        let rows = find.query_map(params.as_slice(), |row| {
            let mail = read_mail(row)?;
            Ok(RowView { account: mail.judged.account, row: mail.row() })
        })?;
        Ok((rows.collect::<rusqlite::Result<_>>()?, total))
    };
    read("list mail", find())
}

/// How much there is.
pub fn counts(db: &Connection) -> Result<Counts, StoreError> {
    let count = |sql: &str| db.prepare_cached(sql)?.query_row((), |row| row.get(0));
    let find = || {
        Ok(Counts {
            judged: count("SELECT count(*) FROM mail")?,
            filed: count(
                "SELECT count(*) FROM intent WHERE kind = 'file' AND outcome IN ('moved', 'copied', 'replaced', 'deleted')",
            )?,
            to_review: count(TO_REVIEW)?,
        })
    };
    read("count mail", find())
}

/// What waits for the person: doubtful or filed, not dealt with, still somewhere. What the person has just decided does
/// not wait, even while the server cannot be reached. The first line must read as in the index `mail_to_review`.
macro_rules! waits {
    () => {
        "reviewed_at = 0 AND folder <> '' AND (class = 'unsure' OR (class = 'spam' AND action <> 'leave'))
         AND NOT EXISTS (SELECT 1 FROM intent
             WHERE intent.mail_id = mail.id AND intent.finished_at = 0 AND intent.kind <> 'file')"
    };
}

macro_rules! in_junk {
    () => {
        "folder <> '' AND EXISTS (SELECT 1 FROM account WHERE account.id = mail.account_id
             AND mail.folder IN (junk_folder, quarantine_folder))"
    };
}

macro_rules! found {
    () => {
        " AND instr(search_text, ?1) > 0 "
    };
}

macro_rules! newest_first {
    () => {
        "ORDER BY received_at DESC, mail.id DESC LIMIT ?2"
    };
}

const TO_REVIEW: &str = concat!("SELECT count(*) FROM mail WHERE ", waits!());
const REVIEW: &str = select!("WHERE ", waits!(), found!(), newest_first!());
const REVIEW_TOTAL: &str = concat!("SELECT count(*) FROM mail WHERE ", waits!(), found!());
const JUNK: &str = select!("WHERE ", in_junk!(), found!(), newest_first!());
const JUNK_TOTAL: &str = concat!("SELECT count(*) FROM mail WHERE ", in_junk!(), found!());
const ALL: &str = select!("WHERE TRUE", found!(), newest_first!());
const ALL_TOTAL: &str = concat!("SELECT count(*) FROM mail WHERE TRUE", found!());

#[cfg(test)]
mod tests;
