//! Doubtful mail of new contacts: it waits, where it is or put aside, and is judged again.
//!
//! ```text
//! record_and_wait ──▶ waiting ──due──▶ begin ──▶ settle ──┬─▶ waiting, until the next time
//!                        │                                ├─▶ filed, as whatever is filed
//!                        │                                └─▶ free: it stays, or comes back
//!                        └─ the person deals with it ──▶ it is theirs
//! ```
//!
//! Whether a contact is known is counted when it is asked: by what became of the mail of it.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{UnixTime, api::MailId, reputation::Contact};

use super::{
    AccountId, IntentId, Location, StoreError,
    filing::{self, Filing, Reserve},
    intent::{Deed, Intent, Kind, Outcome},
    journal::{self, NewIntent},
    judged::{read_mail, select},
    mail::{Judged, StoredMail, record, set_verdict},
    transaction::{Fault, read, write},
};

/// How a message waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When it is judged again.
    pub due_at: UnixTime,
    /// The folder it is put into until then; `None` if it stays where it is.
    pub folder: Option<String>,
    /// Whether it has been read already.
    pub was_read: bool,
}

/// A message that is about to be judged again.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// The message.
    pub mail: StoredMail,
    /// When it was judged first; 0 if the person wants it decided now.
    pub since: UnixTime,
    /// How often this was begun in vain, this time included.
    pub tries: u32,
    /// Whether it was read when it was judged first.
    pub was_read: bool,
}

/// What was found when it was judged again.
#[derive(Clone, Debug)]
pub struct Again {
    /// The new verdict.
    pub judged: Judged,
    /// When it is judged once more; `None` if this is the last word.
    pub next_at: Option<UnixTime>,
    /// What is done with it, if this is the last word.
    pub filing: Option<Filing>,
    /// Why the person is asked first, if so.
    pub reserve: Option<Reserve>,
}

/// How much waits in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// So many messages.
    pub messages: u32,
    /// When the first of them is judged again; 0 if none waits.
    pub until: UnixTime,
}

/// Whether something wanted has come of that contact lately, and the person has not called the newest of it spam.
pub fn is_known(db: &Connection, account: AccountId, contact: Contact, now: UnixTime) -> Result<bool, StoreError> {
    let since = now.0.saturating_sub(Contact::KEPT_SECS);
    let found = db
        .prepare_cached(KNOWN)
        .and_then(|mut find| find.query_row(params![account, to_blob(contact), since], |row| row.get(0)));
    read("read what has come from a sender before", found)
}

pub(super) const KNOWN: &str = "SELECT coalesce(max(judged_at) FILTER
        (WHERE taught = 'ham' OR (taught = '' AND (class = 'ham' OR answered_at <> 0))), 0)
        > max(?3, coalesce(max(judged_at) FILTER (WHERE taught = 'spam'), 0))
    FROM mail WHERE account_id = ?1 AND contact = ?2 AND contact <> x''";

/// Stores a doubtful message, that it waits, and the intention to put it aside, in one step. What is known by its key does
/// not wait.
pub fn record_and_wait(
    db: &mut Connection,
    judged: &Judged,
    at: &Location,
    wait: &Wait,
    advance_to: Option<u32>,
) -> Result<(MailId, Option<IntentId>), StoreError> {
    write(db, "store a judged message", |tx| {
        let (mail, is_new) = record(tx, judged, at, advance_to)?;
        if !is_new {
            return Ok((mail, None));
        }
        let insert = "INSERT INTO waiting (mail_id, since, due_at, was_read) VALUES (?1, ?2, ?3, ?4)";
        tx.execute(insert, params![mail.0, judged.judged_at.0.max(1), wait.due_at.0.max(1), wait.was_read])?;
        let put = |folder| move_to(tx, mail, Kind::Hold, folder, judged.judged_at);
        Ok((mail, wait.folder.as_deref().map(put).transpose()?))
    })
}

/// The message of an account that is judged again next, and when. What is about to happen to one comes first.
pub fn next(db: &Connection, account: AccountId) -> Result<Option<(MailId, UnixTime)>, StoreError> {
    let find = "SELECT waiting.mail_id, due_at FROM waiting CROSS JOIN mail ON mail.id = waiting.mail_id
        WHERE mail.account_id = ?1
            AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.mail_id = mail.id AND intent.finished_at = 0)
        ORDER BY due_at, waiting.mail_id LIMIT 1";
    let found = db.prepare_cached(find).and_then(|mut find| {
        find.query_row([account], |row| Ok((MailId(row.get(0)?), UnixTime(row.get(1)?)))).optional()
    });
    read("read what waits to be judged again", found)
}

/// Says that a message is about to be judged again. `None` if the person has dealt with it meanwhile: it is theirs.
pub fn begin(db: &mut Connection, mail: MailId) -> Result<Option<Due>, StoreError> {
    write(db, "begin to judge a message again", |tx| {
        if !is_open(tx, mail)? {
            return Ok(None);
        }
        tx.execute("UPDATE waiting SET tries = tries + 1 WHERE mail_id = ?1", [mail.0])?;
        let stored = tx.query_row(select!("WHERE mail.id = ?1"), [mail.0], read_mail)?;
        let find = "SELECT since, tries, was_read FROM waiting WHERE mail_id = ?1";
        Ok(Some(tx.query_row(find, [mail.0], |row| {
            Ok(Due { mail: stored, since: UnixTime(row.get(0)?), tries: row.get(1)?, was_read: row.get(2)? })
        })?))
    })
}

/// It could not be read; it is tried again then.
pub fn postpone(db: &mut Connection, mail: MailId, due_at: UnixTime) -> Result<(), StoreError> {
    write(db, "let a message wait", |tx| {
        tx.execute("UPDATE waiting SET due_at = ?2 WHERE mail_id = ?1", (mail.0, due_at.0.max(1)))?;
        Ok(())
    })
}

/// It has been judged again. Stores the new verdict and what follows from it in one step: that it waits on, or what is to
/// happen to it. `None` if the person was quicker, and then nothing is stored.
pub fn settle(
    db: &mut Connection,
    mail: MailId,
    again: &Again,
    now: UnixTime,
) -> Result<Option<Vec<IntentId>>, StoreError> {
    write(db, "store what a message is by now", |tx| {
        if !is_open(tx, mail)? {
            return Ok(None);
        }
        set_verdict(tx, mail, &again.judged)?;
        if let Some(next_at) = again.next_at {
            let update = "UPDATE waiting SET due_at = ?2, tries = 0 WHERE mail_id = ?1";
            tx.execute(update, (mail.0, next_at.0.max(1)))?;
            return Ok(Some(Vec::new()));
        }
        end(tx, mail)?;
        let filing = again.filing.as_ref().filter(|_| again.reserve.is_none());
        let mut intents = Vec::new();
        match filing {
            Some(filing) if !filing.target.is_empty() => {
                let intent = filing::insert(tx, mail, filing, now)?;
                // Whoever takes that back wants it in the inbox, and not where it was put aside.
                let from_home = "UPDATE intent SET source_folder = mail.home, source_uid_validity = 0, source_uid = 0
                    FROM mail WHERE intent.id = ?1 AND mail.id = intent.mail_id AND mail.folder <> mail.home";
                tx.execute(from_home, [intent])?;
                intents.push(intent);
            }
            filing => {
                intents.extend(bring_home(tx, mail, now)?);
                if let Some(filing) = filing {
                    intents.push(filing::insert(tx, mail, filing, now)?);
                }
            }
        }
        if let Some(reserve) = again.reserve {
            filing::hold(tx, mail, reserve, Some(now))?;
        }
        Ok(Some(intents))
    })
}

/// It is not judged again: it stays what it is. What was put aside comes back. `None` as in [`settle`].
pub fn leave(db: &mut Connection, mail: MailId, now: UnixTime) -> Result<Option<IntentId>, StoreError> {
    write(db, "leave a message as it is", |tx| {
        let is_open = is_open(tx, mail)?;
        end(tx, mail)?;
        if is_open { bring_home(tx, mail, now) } else { Ok(None) }
    })
}

/// The person has dealt with it: it is theirs, where it is.
pub fn give_over(db: &mut Connection, mail: MailId) -> Result<(), StoreError> {
    write(db, "leave a message to the person", |tx| Ok(end(tx, mail)?))
}

/// What was put aside, waits no more and still lies there: something went wrong with its coming back, or the person has taken
/// back what had taken it away. It is to come home. Nothing that the person has put there is among it.
pub fn bring_strays(db: &mut Connection, account: AccountId, now: UnixTime) -> Result<Vec<IntentId>, StoreError> {
    // Hardly ever is there one, and it is asked often.
    if read("look for what was put aside", strays(db, account, now))?.is_empty() {
        return Ok(Vec::new());
    }
    write(db, "bring back what was put aside", |tx| {
        let mut intents = Vec::new();
        for mail in strays(tx, account, now)? {
            intents.extend(bring_home(tx, mail, now)?);
        }
        Ok(intents)
    })
}

fn strays(db: &Connection, account: AccountId, now: UnixTime) -> rusqlite::Result<Vec<MailId>> {
    let mut find = db.prepare_cached(STRAYS)?;
    let since = now.0.saturating_sub(TRY_AGAIN_SECS);
    find.query_map((account, since), |row| row.get(0).map(MailId))?.collect()
}

/// What did not come back is tried again after so many seconds.
const TRY_AGAIN_SECS: i64 = 3600;

pub(super) const STRAYS: &str = "SELECT DISTINCT mail.id FROM intent AS put CROSS JOIN mail ON mail.id = put.mail_id
    WHERE put.kind = 'hold' AND mail.account_id = ?1 AND mail.folder <> mail.home
        AND put.result_folder = mail.folder AND put.result_folder <> ''
        AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.mail_id = mail.id)
        AND NOT EXISTS (SELECT 1 FROM intent AS other WHERE other.mail_id = mail.id
            AND (other.finished_at = 0 OR ((other.kind = 'free' OR other.outcome = 'refused') AND ?2 < other.finished_at)))
        AND (SELECT last.result_folder FROM intent AS last WHERE last.mail_id = mail.id AND last.result_folder <> ''
             ORDER BY last.id DESC LIMIT 1) = mail.folder";

/// The person wants it decided now what waits in an account, or in all. Returns how much that is, by account.
pub fn hurry(db: &mut Connection, account: Option<AccountId>, now: UnixTime) -> Result<Vec<AccountId>, StoreError> {
    write(db, "judge what waits now", |tx| {
        let update = "UPDATE waiting SET since = 0, due_at = ?2, tries = 0
            WHERE mail_id IN (SELECT id FROM mail WHERE ?1 IS NULL OR account_id = ?1)
            RETURNING (SELECT account_id FROM mail WHERE mail.id = waiting.mail_id)";
        let mut update = tx.prepare(update)?;
        let rows = update.query_map(params![account, now.0.max(1)], |row| row.get(0).map(AccountId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// How much waits in an account.
pub fn waiting(db: &Connection, account: AccountId) -> Result<Waiting, StoreError> {
    let count = "SELECT count(*), coalesce(min(due_at), 0) FROM waiting CROSS JOIN mail ON mail.id = waiting.mail_id
        WHERE mail.account_id = ?1";
    let found =
        db.query_row(count, [account], |row| Ok(Waiting { messages: row.get(0)?, until: UnixTime(row.get(1)?) }));
    read("count what waits to be judged again", found)
}

/// Notes of what contact a message is.
pub(super) fn note(tx: &Transaction<'_>, mail: MailId, contact: Option<Contact>) -> rusqlite::Result<()> {
    let Some(contact) = contact else { return Ok(()) };
    tx.prepare_cached("UPDATE mail SET contact = ?2 WHERE id = ?1")?
        .execute(params![mail.0, to_blob(contact)])
        .map(drop)
}

/// It waits no longer.
pub(super) fn end(tx: &Transaction<'_>, mail: MailId) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM waiting WHERE mail_id = ?1")?.execute([mail.0]).map(drop)
}

/// Somebody has moved it there. If that was not the server, which has given its folder new numbers, nor we, it is theirs.
pub(super) fn moved(tx: &Transaction<'_>, mail: MailId, at: &Location) -> rusqlite::Result<()> {
    let end = "DELETE FROM waiting WHERE mail_id = ?1
        AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.mail_id = ?1 AND intent.finished_at = 0)
        AND NOT EXISTS (SELECT 1 FROM mail WHERE id = ?1 AND folder = ?2 AND uid_validity <> ?3)";
    tx.prepare_cached(end)?.execute(params![mail.0, at.folder, at.uid_validity]).map(drop)
}

/// It has been put aside, or has come back. If somebody else had it in their hands, it is theirs.
pub(super) fn carried_out(tx: &Transaction<'_>, intent: &Intent, outcome: &Outcome) -> rusqlite::Result<()> {
    match outcome {
        Outcome::InPlace | Outcome::Gone | Outcome::Deleted => end(tx, intent.mail),
        Outcome::Moved(_) | Outcome::Copied(_) | Outcome::Replaced { .. } => Ok(()),
    }
}

/// Whether it was put aside into that folder.
pub(super) fn was_put(db: &Connection, mail: MailId, folder: &str) -> rusqlite::Result<bool> {
    let find =
        "SELECT 1 FROM intent WHERE mail_id = ?1 AND kind = 'hold' AND result_folder = ?2 AND result_folder <> ''
        AND result_folder = target";
    db.prepare_cached(find)?.exists((mail.0, folder))
}

/// Whether it waits, and nobody has dealt with it or is about to.
fn is_open(tx: &Transaction<'_>, mail: MailId) -> rusqlite::Result<bool> {
    let find = "SELECT 1 FROM waiting CROSS JOIN mail ON mail.id = waiting.mail_id
        WHERE waiting.mail_id = ?1 AND reviewed_at = 0 AND taught = '' AND answered_at = 0 AND folder <> ''
            AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.mail_id = mail.id AND intent.finished_at = 0)";
    tx.prepare_cached(find)?.exists([mail.0])
}

/// What was put aside is to come back.
fn bring_home(tx: &Transaction<'_>, mail: MailId, now: UnixTime) -> Result<Option<IntentId>, Fault> {
    let find = "SELECT folder, home FROM mail WHERE id = ?1";
    let (folder, home): (String, String) = tx.query_row(find, [mail.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if folder == home || !was_put(tx, mail, &folder)? {
        return Ok(None);
    }
    move_to(tx, mail, Kind::Free, &home, now).map(Some)
}

fn move_to(tx: &Transaction<'_>, mail: MailId, kind: Kind, target: &str, now: UnixTime) -> Result<IntentId, Fault> {
    let new = NewIntent { mail, batch: None, undoes: None, kind, deed: Deed::Move, target, lesson: None };
    journal::insert(tx, &new, now)
}

fn to_blob(contact: Contact) -> [u8; 8] {
    contact.0.to_be_bytes()
}

#[cfg(test)]
mod tests;
