//! What the window shows.

use rusqlite::{Connection, Row, params_from_iter, types::Value};
use tamis_core::{
    Score, UnixTime,
    api::{ListOrder, ListQuery, MailId, MailRow, Show},
};

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

/// Which mail is wanted, in the store's own terms.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// As it was asked for.
    pub query: ListQuery,
    /// The earliest arrival.
    pub since: Option<UnixTime>,
    /// From where on mail is spam.
    pub junk_threshold: Score,
}

impl Wanted {
    fn statement<'a>(&self, of: &[[&'a str; 2]; 3]) -> &'a str {
        let [review, junk, all] = of;
        let [newest, most_doubtful] = match self.query.show {
            Show::Review => review,
            Show::Junk => junk,
            Show::All => all,
        };
        match self.query.order {
            ListOrder::Newest => newest,
            ListOrder::MostDoubtful => most_doubtful,
        }
    }

    /// What each statement takes first: `?1` to `?6`.
    fn values(&self) -> Result<[Value; 6], StoreError> {
        let also = numbers(&self.query.also)?;
        Ok([
            search_form(self.query.search.trim()).into(),
            also.into(),
            self.query.class.clone().into(),
            self.query.account.clone().into(),
            self.since.map_or(i64::MIN, |since| since.0).into(),
            self.junk_threshold.thousandths().into(),
        ])
    }
}

/// A page of judged mail, and how much there is in all. A message is found if its sender or subject contains what is searched
/// for, in any case; an empty search finds all.
pub fn list(db: &Connection, wanted: &Wanted, offset: u32, limit: u32) -> Result<(Vec<RowView>, u32), StoreError> {
    let values = wanted.values()?;
    let find = || {
        let total =
            db.prepare_cached(wanted.statement(&TOTALS))?.query_row(params_from_iter(&values), |row| row.get(0))?;
        let mut find = db.prepare_cached(wanted.statement(&ROWS))?;
        let page = [limit.into(), offset.into()];
        let rows = find.query_map(params_from_iter(values.iter().chain(&page)), read_row)?;
        Ok((rows.collect::<rusqlite::Result<_>>()?, total))
    };
    read("list mail", find())
}

/// The rows of those messages, in the order of their numbers.
pub fn rows(db: &Connection, ids: &[MailId]) -> Result<Vec<RowView>, StoreError> {
    let ids = numbers(ids)?;
    let find = || db.prepare_cached(OF_NUMBERS)?.query_map([&ids], read_row)?.collect();
    read("read mail", find())
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<RowView> {
    let mail = read_mail(row)?;
    Ok(RowView { account: mail.judged.account, row: mail.row() })
}

/// Numbers as one value of a statement.
fn numbers(ids: &[MailId]) -> Result<String, StoreError> {
    serde_json::to_string(ids).map_err(|err| StoreError::Unread(format!("cannot write numbers down: {err}")))
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

/// Doubtful messages that wait for the person.
pub fn doubtful(db: &Connection) -> Result<u32, StoreError> {
    read("count doubtful mail", db.prepare_cached(DOUBTFUL).and_then(|mut find| find.query_row((), |row| row.get(0))))
}

/// Those of these messages that are doubtful and wait for the person.
pub fn doubtful_of(db: &Connection, ids: &[MailId]) -> Result<Vec<RowView>, StoreError> {
    let ids = numbers(ids)?;
    let find = || db.prepare_cached(DOUBTFUL_OF)?.query_map([&ids], read_row)?.collect();
    read("read doubtful mail", find())
}

/// What waits for the person: doubtful or filed, not dealt with, still somewhere. What the person has just decided does
/// not wait, even while the server cannot be reached. The first line must read as in the index `mail_to_review`.
macro_rules! waits {
    () => {
        "reviewed_at = 0 AND folder <> '' AND (class = 'unsure' OR (class = 'spam' AND action <> 'leave'))
         AND NOT EXISTS (SELECT 1 FROM intent
             WHERE intent.mail_id = mail.id AND intent.finished_at = 0 AND intent.kind NOT IN ('file', 'hold', 'free'))"
    };
}

macro_rules! in_junk {
    () => {
        "folder <> '' AND EXISTS (SELECT 1 FROM account WHERE account.id = mail.account_id
             AND mail.folder IN (junk_folder, quarantine_folder))"
    };
}

/// Every statement takes every value, whether its order needs it or not.
macro_rules! found {
    () => {
        " AND (?1 = '' OR instr(search_text, ?1) > 0 OR mail.id IN (SELECT value FROM json_each(?2)))
          AND (?3 = '' OR class = ?3) AND (?4 = '' OR account_id IN (SELECT id FROM account WHERE name = ?4)) AND ?5 <= received_at AND ?6 IS NOT NULL "
    };
}

macro_rules! newest_first {
    () => {
        "ORDER BY received_at DESC, mail.id DESC "
    };
}

macro_rules! most_doubtful_first {
    () => {
        "ORDER BY abs(score - ?6), received_at DESC, mail.id DESC "
    };
}

/// One statement for each list and each order.
macro_rules! statements {
    ($statement:ident) => {
        [
            [$statement!(waits!(), newest_first!()), $statement!(waits!(), most_doubtful_first!())],
            [$statement!(in_junk!(), newest_first!()), $statement!(in_junk!(), most_doubtful_first!())],
            [$statement!("TRUE", newest_first!()), $statement!("TRUE", most_doubtful_first!())],
        ]
    };
}
macro_rules! rows {
    ($which:expr, $order:expr) => {
        select!("WHERE ", $which, found!(), $order, "LIMIT ?7 OFFSET ?8")
    };
}

macro_rules! total {
    ($which:expr, $order:expr) => {
        concat!("SELECT count(*) FROM mail WHERE ", $which, found!())
    };
}

const TO_REVIEW: &str = concat!("SELECT count(*) FROM mail WHERE ", waits!());
const DOUBTFUL: &str = concat!("SELECT count(*) FROM mail WHERE class = 'unsure' AND ", waits!());
const ROWS: [[&str; 2]; 3] = statements!(rows);
const TOTALS: [[&str; 2]; 3] = statements!(total);
const DOUBTFUL_OF: &str = select!(
    "WHERE mail.id IN (SELECT value FROM json_each(?1)) AND class = 'unsure' AND ",
    waits!(),
    " ORDER BY mail.id"
);
const OF_NUMBERS: &str = select!("WHERE mail.id IN (SELECT value FROM json_each(?1)) ORDER BY mail.id");

mod outline;

pub use outline::{Place, outline, places, senders};

#[cfg(test)]
mod tests;
