//! What the person says of a message in another mail program: by where they move it, and by its keywords.
//!
//! ```text
//! elsewhere ──▶ Junk      it is spam        Junk ──▶ elsewhere      it is wanted
//! Junk ──▶ trash          nothing           what nobody knew ──▶ Junk      nothing, unless the server is trusted
//! ```
//!
//! Where the message is, the change and what is to be learned are written in one step, and learned by the journal like any
//! other word of the person's. The person has put the message where it is: an undo takes back the lesson and leaves it there.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
    learn::Label,
};

use super::{
    AccountId, Fingerprint, IntentId, Key, Location, StoreError, batch,
    ids::{optional_label, word},
    intent::{Deed, Kind, Lesson},
    journal::{self, NewIntent},
    judged::{content_key, read_mail, select},
    mail::{self, Judged, Keywords, StoredMail, record, set_location},
    restored,
    transaction::{Fault, read, write},
    waiting,
};
use crate::words::count;

/// So many messages of one fingerprint are compared.
const SAME_PRINT: u32 = 5;

/// Which folders say what of the mail in them. All others hold wanted mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Junk, and the quarantine.
    pub junk: Vec<String>,
    /// Those that say nothing: the trash, the train folders.
    pub neutral: Vec<String>,
}

/// What a folder says of the mail in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It is spam.
    Junk,
    /// It is wanted.
    Good,
    /// Nothing.
    Neutral,
}

impl Sides {
    /// What that folder says. A message that is nowhere says nothing.
    pub fn of(&self, folder: &str) -> Side {
        let is_among = |names: &[String]| names.iter().any(|name| name == folder);
        if folder.is_empty() || is_among(&self.neutral) {
            Side::Neutral
        } else if is_among(&self.junk) {
            Side::Junk
        } else {
            Side::Good
        }
    }
}

/// How a word of the person's came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// They moved the message.
    Move,
    /// They gave it a keyword.
    Keyword,
    /// Not at all: the server has filed it, and they trust the server.
    Server,
}

impl Origin {
    /// As it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Keyword => "keyword",
            Self::Server => "server",
        }
    }

    fn text(self, label: Label, messages: u32) -> String {
        let messages = count(usize::try_from(messages).unwrap_or(usize::MAX), "message");
        match (self, label) {
            (Self::Move, Label::Spam) => format!("{messages} moved to Junk in another program"),
            (Self::Move, Label::Ham) => format!("{messages} moved out of Junk in another program"),
            (Self::Keyword, Label::Spam) => format!("{messages} marked as spam in another program"),
            (Self::Keyword, Label::Ham) => format!("{messages} marked as good in another program"),
            (Self::Server, _) => format!("{messages} put into Junk by the server"),
        }
    }
}

/// What is said at one look in the same way is one change.
#[derive(Clone, Debug, Default)]
pub struct Changes(BTreeMap<(Origin, &'static str), BatchId>);

impl Changes {
    fn of(&self, origin: Origin, label: Label) -> Option<BatchId> {
        self.0.get(&(origin, label.word())).copied()
    }

    /// What comes next in the same way belongs to the same change.
    pub fn note(&mut self, noted: &Noted) {
        self.0.insert((noted.origin, noted.label.word()), noted.batch);
    }
}

/// Something that is to be learned, and is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The change it belongs to.
    pub batch: BatchId,
    /// The intent that learns it.
    pub intent: IntentId,
    /// How the word came.
    pub origin: Origin,
    /// What the message is.
    pub label: Label,
}

/// One of our messages in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Lying {
    /// Its number.
    pub mail: MailId,
    /// What is known of it on the server.
    pub fingerprint: Fingerprint,
    /// The content as it came.
    pub key: Key,
    /// The content of what lies there.
    pub lies: Key,
    /// What its keywords said when they were last looked at.
    pub keywords: Keywords,
    /// What the person has said it is.
    pub taught: Option<Label>,
}

/// The messages that may be the one of that fingerprint, which lies `at` that place: newest first, and few. If we know of the
/// message at that place, there is nothing to find out, and none is returned.
pub fn candidates(
    db: &Connection,
    account: AccountId,
    at: &Location,
    fingerprint: Fingerprint,
) -> Result<Option<Vec<StoredMail>>, StoreError> {
    if mail::find_by_location(db, account, at)?.is_some() {
        return Ok(None);
    }
    let sql = select!("WHERE mail.account_id = ?1 AND mail.fingerprint = ?2 ORDER BY mail.id DESC LIMIT ?3");
    let rows = db
        .prepare_cached(sql)
        .and_then(|mut find| find.query_map((account, fingerprint, SAME_PRINT), read_mail)?.collect());
    read("read what has this fingerprint", rows).map(Some)
}

/// The newest of our messages in a folder, by their numbers, and at most so many. What is about to happen to one comes first:
/// those are left out.
pub fn lying(
    db: &Connection,
    account: AccountId,
    folder: &Location,
    most: u32,
) -> Result<BTreeMap<u32, Lying>, StoreError> {
    let of_row = |row: &Row<'_>| {
        let key: Key = row.get(3)?;
        let lying = Lying {
            mail: MailId(row.get(1)?),
            fingerprint: row.get(2)?,
            key,
            lies: content_key(row, 4, key)?,
            keywords: word(row, 5, Keywords::from_word)?,
            taught: word(row, 6, optional_label)?,
        };
        Ok((row.get(0)?, lying))
    };
    let rows = db.prepare_cached(LYING).and_then(|mut find| {
        find.query_map(params![account, folder.folder, folder.uid_validity, most], of_row)?.collect()
    });
    read("read what is in a folder", rows)
}

pub(super) const LYING: &str = "SELECT uid, id, fingerprint, content_key, shape_key, keywords, taught FROM mail
    WHERE account_id = ?1 AND folder = ?2 AND uid_validity = ?3 AND uid <> 0
        AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.mail_id = mail.id AND intent.finished_at = 0)
    ORDER BY uid DESC LIMIT ?4";

/// The message is at `at` now, and not by us. Writes that down, and what it says of the message, if it says something.
pub fn turned_up(
    db: &mut Connection,
    sides: &Sides,
    (mail, at, keywords): (MailId, &Location, Keywords),
    changes: &Changes,
    now: UnixTime,
) -> Result<Option<Noted>, StoreError> {
    write(db, "write down where a message was moved", |tx| {
        let said = said_by_move(tx, sides, mail, at)?;
        let is_settling = restored::is_settling(tx, account_of(tx, mail)?)?;
        waiting::moved(tx, mail, at)?;
        if !mail::place(tx, mail, at)? {
            return Err(StoreError::UnknownMail(mail).into());
        }
        set_keywords(tx, mail, keywords)?;
        let said = said.filter(|_| !is_settling);
        said.map_or(Ok(None), |label| Ok(Some(note(tx, mail, (Origin::Move, label), changes, now)?)))
    })
}

/// The keywords of the message say something else than before. `said` is what the person says by that.
pub fn keyworded(
    db: &mut Connection,
    mail: MailId,
    (keywords, said): (Keywords, Option<Label>),
    changes: &Changes,
    now: UnixTime,
) -> Result<Option<Noted>, StoreError> {
    write(db, "write down what keywords say", |tx| {
        set_keywords(tx, mail, keywords)?;
        let told = told(tx, mail)?;
        let said = if restored::is_settling(tx, account_of(tx, mail)?)? { None } else { said };
        let said = said.filter(|label| !told.is_busy && told.taught != Some(*label));
        said.map_or(Ok(None), |label| Ok(Some(note(tx, mail, (Origin::Keyword, label), changes, now)?)))
    })
}

/// Whether the person has said themselves what comes from there: by writing to its author, or in a list. That the server has
/// filed a message is not their word then.
pub fn is_of_persons_choice(judged: &Judged) -> bool {
    judged.decided_by == "peer" || judged.decided_by.starts_with("list entry")
}

/// The server has filed a message that nobody knew, and is believed. `None` if somebody did know it, or if the person has
/// said otherwise, or may have had Tamis file it before a restore; then nothing is stored.
pub fn filed_by_server(
    db: &mut Connection,
    judged: &Judged,
    at: &Location,
    changes: &Changes,
    now: UnixTime,
) -> Result<Option<Noted>, StoreError> {
    if is_of_persons_choice(judged) || restored::is_settling(db, judged.account)? {
        return Ok(None);
    }
    write(db, "write down what the server has filed", |tx| {
        // The inbox is where mail comes from, as far as we know.
        let (mail, is_new) = record(tx, judged, &Location::new("INBOX", 0, 0), None)?;
        set_location(tx, mail, at)?;
        if is_new { Ok(Some(note(tx, mail, (Origin::Server, Label::Spam), changes, now)?)) } else { Ok(None) }
    })
}

/// These messages are in that folder no more, and in no other where they were looked for.
pub fn lost(db: &mut Connection, folder: &Location, mails: &[MailId]) -> Result<(), StoreError> {
    write(db, "write down what is gone", |tx| {
        let mut lose = tx.prepare_cached(
            "UPDATE mail SET folder = '', uid_validity = 0, uid = 0 WHERE id = ?1 AND folder = ?2 AND uid_validity = ?3
             AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.mail_id = mail.id AND intent.finished_at = 0)",
        )?;
        for mail in mails {
            lose.execute(params![mail.0, folder.folder, folder.uid_validity])?;
        }
        Ok(())
    })
}

fn account_of(tx: &Transaction<'_>, mail: MailId) -> Result<AccountId, Fault> {
    let find = "SELECT account_id FROM mail WHERE id = ?1";
    let account = tx.prepare_cached(find)?.query_row([mail.0], |row| row.get(0).map(AccountId)).optional()?;
    Ok(account.ok_or(StoreError::UnknownMail(mail))?)
}

fn set_keywords(tx: &Transaction<'_>, mail: MailId, keywords: Keywords) -> rusqlite::Result<()> {
    let update = "UPDATE mail SET keywords = ?2 WHERE id = ?1 AND keywords <> ?2";
    tx.prepare_cached(update)?.execute(params![mail.0, keywords.word()]).map(drop)
}

/// What is known of a message before the person says something.
struct Told {
    folder: String,
    taught: Option<Label>,
    /// Something is about to happen to it, or just has: what that was is for the journal to find out.
    is_busy: bool,
}

fn told(tx: &Transaction<'_>, mail: MailId) -> Result<Told, Fault> {
    let find = "SELECT folder, taught,
            EXISTS (SELECT 1 FROM intent WHERE intent.mail_id = mail.id AND intent.finished_at = 0)
        FROM mail WHERE id = ?1";
    let read =
        |row: &Row<'_>| Ok(Told { folder: row.get(0)?, taught: word(row, 1, optional_label)?, is_busy: row.get(2)? });
    let told = tx.prepare_cached(find)?.query_row([mail.0], read).optional()?;
    Ok(told.ok_or(StoreError::UnknownMail(mail))?)
}

/// What the person says by having moved a message there.
fn said_by_move(tx: &Transaction<'_>, sides: &Sides, mail: MailId, at: &Location) -> Result<Option<Label>, Fault> {
    let told = told(tx, mail)?;
    let before = match sides.of(&told.folder) {
        Side::Junk => Side::Junk,
        Side::Good | Side::Neutral if was_filed_in(tx, mail, &told.folder)? => Side::Junk,
        Side::Neutral => last_side(tx, sides, mail)?,
        Side::Good => Side::Good,
    };
    let said = match (before, sides.of(&at.folder)) {
        // Whoever takes out what was put aside wants it.
        (Side::Good, Side::Good) if waiting::was_put(tx, mail, &told.folder)? => Some(Label::Ham),
        (Side::Good, Side::Junk) => Some(Label::Spam),
        (Side::Junk, Side::Good) => Some(Label::Ham),
        (_, Side::Neutral) | (Side::Neutral, _) | (Side::Good, Side::Good) | (Side::Junk, Side::Junk) => None,
    };
    Ok(said.filter(|label| !told.is_busy && told.taught != Some(*label)))
}

/// Whether it has been filed in that folder as spam. Junk may be called otherwise by now, or be another folder.
fn was_filed_in(tx: &Transaction<'_>, mail: MailId, folder: &str) -> Result<bool, Fault> {
    let find = "SELECT 1 FROM intent WHERE mail_id = ?1 AND kind IN ('file', 'spam') AND result_folder = ?2
        AND target = ?2 AND target <> ''";
    Ok(tx.prepare_cached(find)?.exists((mail.0, folder))?)
}

/// Where a message was last that has been thrown away since: where the journal has it, or else where it came from.
fn last_side(tx: &Transaction<'_>, sides: &Sides, mail: MailId) -> Result<Side, Fault> {
    let find = "SELECT result_folder, target = result_folder AND kind IN ('file', 'spam') FROM intent
        WHERE mail_id = ?1 AND result_folder <> '' ORDER BY id DESC";
    let mut find = tx.prepare_cached(find)?;
    let mut rows = find.query([mail.0])?;
    while let Some(row) = rows.next()? {
        match sides.of(row.get_ref(0)?.as_str().unwrap_or_default()) {
            Side::Good | Side::Neutral if row.get(1)? => return Ok(Side::Junk),
            Side::Neutral => {}
            side @ (Side::Junk | Side::Good) => return Ok(side),
        }
    }
    Ok(Side::Good)
}

/// Writes down that it is to be learned, where it lies.
fn note(
    tx: &Transaction<'_>,
    mail: MailId,
    (origin, label): (Origin, Label),
    changes: &Changes,
    now: UnixTime,
) -> Result<Noted, Fault> {
    let kind = if label == Label::Spam { Kind::Spam } else { Kind::Ham };
    let is_standing = "SELECT EXISTS (SELECT 1 FROM batch WHERE id = ?1 AND undone_at = 0)";
    let begun = match changes.of(origin, label) {
        Some(batch) if tx.query_row(is_standing, [batch.0], |row| row.get(0))? => Some(batch),
        Some(_) | None => None,
    };
    let batch = match begun {
        Some(batch) => batch,
        None => batch::insert(tx, kind, "", now)?,
    };
    let new = NewIntent {
        mail,
        batch: Some(batch),
        undoes: None,
        kind,
        deed: Deed::Move,
        target: "",
        lesson: Some(Lesson::Learn(label)),
    };
    let intent = journal::insert(tx, &new, now)?;
    let counted = "SELECT count(*) FROM intent WHERE batch_id = ?1";
    let messages: u32 = tx.query_row(counted, [batch.0], |row| row.get(0))?;
    tx.execute(
        "UPDATE batch SET text = ?2, origin = ?3 WHERE id = ?1",
        params![batch.0, origin.text(label, messages), origin.word()],
    )?;
    Ok(Noted { batch, intent, origin, label })
}

#[cfg(test)]
mod tests;
