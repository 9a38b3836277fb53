//! Digests: how far the person has been told what was filed, and which digest is on its way to the inbox.
//!
//! ```text
//! filed ──▶ will_send ──▶ APPEND ──▶ has_sent
//!               └── cut off: still pending, looked for by its Message-ID before it is sent again
//! ```
//!
//! Filings end in another order than they were begun. What was still pending when a digest was made is remembered, and
//! reported by a later one.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use tamis_core::UnixTime;

use super::{
    AccountId, Fingerprint, StoreError,
    judged::{StoredMail, read_mail, select},
    transaction::{read, write},
};

/// The key that makes release links unguessable: bytes.
pub const KEY_BYTES: usize = 32;

/// How things are with the digests of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What was filed before this time was reported; without any digest yet, when the inbox was met first. 0: not met yet.
    pub since: UnixTime,
    /// The number of the next digest, from 0.
    pub serial: u32,
    /// The digest that is on its way, and may be in the inbox already.
    pub pending: Option<Pending>,
    /// After a refusal of the server: when to try again.
    pub retry_at: UnixTime,
}

/// A digest on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Its `Message-ID`, with angle brackets.
    pub message_id: String,
    /// When it was made, Unix seconds.
    pub at: i64,
    /// It reports what was filed by intents up to this one ...
    up_to: i64,
    /// ... but for these, which were still to be done.
    late: Vec<i64>,
}

/// What was filed and not reported yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Filed {
    /// The most doubtful messages: lowest score first.
    pub mails: Vec<StoredMail>,
    /// How many there are.
    pub total: u32,
    up_to: i64,
    late: Vec<i64>,
}

impl Filed {
    /// The digest that reports these, made at `at`.
    pub fn into_pending(self, message_id: String, at: UnixTime) -> Pending {
        Pending { message_id, at: at.0, up_to: self.up_to, late: self.late }
    }
}

/// What is kept of an account's digests besides the table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Notes {
    serial: u32,
    late: Vec<i64>,
    pending: Option<Pending>,
    retry_at: i64,
}

/// How things are.
pub fn standing(db: &Connection, account: AccountId) -> Result<Standing, StoreError> {
    let find = || {
        let (_, sent_at) = reported(db, account)?;
        let met = "SELECT baseline_at FROM folder WHERE account_id = ?1 AND name = 'INBOX'";
        let met_at: i64 = db.query_row(met, [account], |row| row.get(0)).optional()?.unwrap_or(0);
        let Notes { serial, pending, retry_at, .. } = notes(db, account)?;
        Ok(Standing { since: UnixTime(sent_at.max(met_at)), serial, pending, retry_at: UnixTime(retry_at) })
    };
    read("read what was reported", find())
}

/// What was filed and not reported yet, at most `most` messages of it. Left out is what the person has dealt with, and what
/// is back where it came from or was taken away by somebody.
pub fn filed(db: &Connection, account: AccountId, most: u32) -> Result<Filed, StoreError> {
    let find = || {
        let (reported_to, _) = reported(db, account)?;
        let late = to_json(&notes(db, account)?.late)?;
        let total = db.prepare_cached(FILED_TOTAL)?.query_row((account, reported_to, &late), |row| row.get(0))?;
        let mut rows = db.prepare_cached(FILED)?;
        let mails = rows.query_map((account, reported_to, &late, most), read_mail)?.collect::<rusqlite::Result<_>>()?;
        let up_to = db.query_row("SELECT coalesce(max(id), 0) FROM intent", (), |row| row.get(0))?;
        let mut unfinished = db.prepare_cached(UNFINISHED)?;
        let late = unfinished.query_map([account], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(Filed { mails, total, up_to, late })
    };
    read("read what was filed", find())
}

/// A digest is about to be put into the inbox. `print` is what it will be known by there: it is not mail to be judged.
pub fn will_send(
    db: &mut Connection,
    account: AccountId,
    pending: &Pending,
    print: Fingerprint,
) -> Result<(), StoreError> {
    write(db, "write down a digest", |tx| {
        know(tx, account, print)?;
        let notes = notes(tx, account)?;
        Ok(put(tx, account, &Notes { pending: Some(pending.clone()), ..notes })?)
    })
}

/// The pending digest is in the inbox, where the server shows it as `print`. Without one nothing changes.
pub fn has_sent(db: &mut Connection, account: AccountId, print: Option<Fingerprint>) -> Result<(), StoreError> {
    write(db, "write down that a digest was sent", |tx| {
        if let Some(print) = print {
            know(tx, account, print)?;
        }
        let notes = notes(tx, account)?;
        let Some(pending) = notes.pending else { return Ok(()) };
        report(tx, account, pending.up_to, UnixTime(pending.at))?;
        let serial = notes.serial.saturating_add(1);
        Ok(put(tx, account, &Notes { serial, late: pending.late, pending: None, retry_at: 0 })?)
    })
}

/// The server refused the digest, which is not in the inbox. It will be made again, not before `retry_at`.
pub fn was_refused(db: &mut Connection, account: AccountId, retry_at: UnixTime) -> Result<(), StoreError> {
    write(db, "write down that a digest was refused", |tx| {
        let notes = notes(tx, account)?;
        Ok(put(tx, account, &Notes { pending: None, retry_at: retry_at.0, ..notes })?)
    })
}

/// There was nothing to report at `now`.
pub fn was_quiet(db: &mut Connection, account: AccountId, now: UnixTime) -> Result<(), StoreError> {
    write(db, "write down that there was nothing to report", |tx| {
        let (reported_to, _) = reported(tx, account)?;
        report(tx, account, reported_to, now)?;
        let notes = notes(tx, account)?;
        Ok(put(tx, account, &Notes { pending: None, retry_at: 0, ..notes })?)
    })
}

/// The key that makes release links unguessable. It becomes `candidate` if there is none yet.
pub fn link_key(db: &mut Connection, candidate: &[u8; KEY_BYTES]) -> Result<[u8; KEY_BYTES], StoreError> {
    write(db, "read the key of release links", |tx| {
        tx.execute("INSERT OR IGNORE INTO value (name, content) VALUES (?1, ?2)", params![LINK_KEY, candidate])?;
        Ok(tx.query_row("SELECT content FROM value WHERE name = ?1", [LINK_KEY], |row| row.get(0))?)
    })
}

/// What was filed in an account that is no longer followed is not reported if it comes back.
pub(super) fn forget(tx: &Transaction<'_>, account: AccountId) -> rusqlite::Result<()> {
    let (_, sent_at) = reported(tx, account)?;
    let newest = tx.query_row("SELECT coalesce(max(id), 0) FROM intent", (), |row| row.get(0))?;
    report(tx, account, newest, UnixTime(sent_at))?;
    let Notes { serial, .. } = notes(tx, account)?;
    put(tx, account, &Notes { serial, ..Notes::default() })
}

/// Still to be done, so that it is reported by a later digest.
const UNFINISHED: &str = "SELECT intent.id FROM intent JOIN mail ON mail.id = intent.mail_id
    WHERE intent.finished_at = 0 AND intent.kind = 'file' AND mail.account_id = ?1 ORDER BY intent.id";

macro_rules! unreported {
    () => {
        "WHERE mail.account_id = ?1 AND reviewed_at = 0 AND (folder <> home OR shape <> '')
         AND (folder <> '' OR action = 'delete')
         AND mail.id IN (SELECT mail_id FROM intent
             WHERE (intent.id > ?2 OR intent.id IN (SELECT value FROM json_each(?3)))
             AND kind = 'file' AND outcome IN ('moved', 'copied', 'replaced', 'deleted'))"
    };
}

pub(super) const FILED: &str = select!(unreported!(), " ORDER BY score, mail.id LIMIT ?4");
const FILED_TOTAL: &str = concat!("SELECT count(*) FROM mail ", unreported!());

const LINK_KEY: &str = "release key";

/// The newest intent that was reported, and when.
fn reported(db: &Connection, account: AccountId) -> rusqlite::Result<(i64, i64)> {
    let find = "SELECT reported_to, sent_at FROM digest WHERE account_id = ?1";
    Ok(db.query_row(find, [account], |row| Ok((row.get(0)?, row.get(1)?))).optional()?.unwrap_or_default())
}

fn report(tx: &Transaction<'_>, account: AccountId, reported_to: i64, at: UnixTime) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO digest (account_id, reported_to, sent_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (account_id) DO UPDATE SET reported_to = excluded.reported_to, sent_at = excluded.sent_at",
        (account, reported_to, at.0),
    )?;
    Ok(())
}

/// The inbox takes it for something that has always been there.
fn know(tx: &Transaction<'_>, account: AccountId, print: Fingerprint) -> rusqlite::Result<()> {
    tx.execute("INSERT OR IGNORE INTO seen (account_id, fingerprint) VALUES (?1, ?2)", (account, print))?;
    Ok(())
}

fn name(account: AccountId) -> String {
    format!("digest of account {}", account.0)
}

fn notes(db: &Connection, account: AccountId) -> rusqlite::Result<Notes> {
    let find = "SELECT content FROM value WHERE name = ?1";
    let content: Option<Vec<u8>> = db.query_row(find, [name(account)], |row| row.get(0)).optional()?;
    let Some(content) = content else { return Ok(Notes::default()) };
    serde_json::from_slice(&content)
        .map_err(|err| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, err.into()))
}

fn put(tx: &Transaction<'_>, account: AccountId, notes: &Notes) -> rusqlite::Result<()> {
    let set = "INSERT INTO value (name, content) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET content = excluded.content";
    tx.execute(set, params![name(account), to_json(notes)?.into_bytes()])?;
    Ok(())
}

fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|err| rusqlite::Error::ToSqlConversionFailure(err.into()))
}

#[cfg(test)]
mod tests;
