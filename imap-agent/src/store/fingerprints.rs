//! What messages are known again by, and what became of them.
//!
//! A print is stored with the first verdict on a message, or with the lesson that it was learned by. What the person says
//! of the message is followed in the transaction of the word, as reputations are, so that a release or an undo takes back
//! what it did here. What was filed counts only if it was spam for reasons of its own: our verdicts do not feed themselves.
//!
//! All prints are compared with each new one, which takes less time than to find the likely ones in an index on the disk,
//! and costs no writing. For that they are held in memory ([`Shelf`]), some two megabytes when all is full.

use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use tamis_core::{
    UnixTime,
    fuzzy::{Alike, Fate, Kin, Print, Sketch},
    learn::Label,
};

use super::{
    Key, StoreError,
    ids::{optional_label, word},
    mail::Judged,
    transaction::{read, write},
};

/// Most messages that are like another that are told of, the closest in time.
const MOST_KIN: usize = 200;

/// A number of messages after which what is too much or too old is dropped.
const SWEEP: i64 = 64;

/// The prints, in memory, as of some revision of the store. Empty until somebody asks.
#[derive(Debug, Default)]
pub struct Shelf {
    revision: i64,
    kept: Vec<Kept>,
}

/// A print as it is kept.
#[derive(Debug)]
struct Kept {
    id: i64,
    print: Print,
    at: UnixTime,
    said: Option<Label>,
    is_plain_spam: bool,
    key: Key,
}

impl Shelf {
    /// How many prints are in it.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Takes over what has changed in the store.
    fn follow(&mut self, db: &Connection) -> rusqlite::Result<()> {
        self.take_new(db)?;
        let count: i64 = db.prepare_cached("SELECT count(*) FROM print")?.query_row((), |row| row.get(0))?;
        // Something was dropped. What is new has come before that, so an equal number means the same prints.
        if usize::try_from(count).ok() != Some(self.kept.len()) {
            *self = Self::default();
            self.take_new(db)?;
        }
        Ok(())
    }

    fn take_new(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let mut find = db.prepare_cached(NEWER)?;
        let mut rows = find.query([self.revision])?;
        while let Some(row) = rows.next()? {
            let (kept, revision) = (read_kept(row)?, row.get(10)?);
            self.revision = self.revision.max(revision);
            match self.kept.binary_search_by_key(&kept.id, |known| known.id) {
                Ok(place) => self.kept.splice(place..=place, [kept]).for_each(drop),
                Err(place) => self.kept.insert(place, kept),
            }
        }
        Ok(())
    }
}

const NEWER: &str =
    "SELECT id, content_key, arrived_at, sketch, files, links, recipient, sender, is_plain_spam, said, revision
    FROM print WHERE ?1 < revision ORDER BY revision";

fn read_kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let print = Print {
        text: Sketch::from_bytes(row.get_ref(3)?.as_blob()?),
        files: numbers(row.get_ref(4)?.as_blob()?),
        links: Some(row.get::<_, i64>(5)?.cast_unsigned()).filter(|links| *links != 0),
        recipient: row.get::<_, i64>(6)?.cast_unsigned(),
        sender: row.get::<_, i64>(7)?.cast_unsigned(),
    };
    Ok(Kept {
        id: row.get(0)?,
        key: row.get(1)?,
        at: UnixTime(row.get(2)?),
        print,
        is_plain_spam: row.get(8)?,
        said: word(row, 9, optional_label)?,
    })
}

fn numbers(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().copied().map(u64::from_be_bytes).collect()
}

/// What came before that is like `print`, without the message of that content itself.
pub fn kin(
    db: &Connection,
    shelf: &Mutex<Shelf>,
    (print, own): (&Print, Key),
    now: UnixTime,
) -> Result<Vec<Kin>, StoreError> {
    let find = || {
        // Who broke off while taking something over has left it older than it is, and no worse.
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.follow(db)?;
        let mut found: Vec<(&Kept, Alike)> = shelf
            .kept
            .iter()
            .map(|kept| (kept, print.alike(&kept.print)))
            .filter(|(_, alike)| alike.is_any())
            .collect();
        // What was said is never crowded out by what nobody has spoken of, nor what is wanted by spam.
        let rank = |said: Option<Label>| match said {
            Some(Label::Ham) => 0,
            Some(Label::Spam) => 1,
            None => 2,
        };
        found.sort_by_key(|(kept, _)| (rank(kept.said), std::cmp::Reverse(kept.at)));
        let others = found.into_iter().filter(|(kept, _)| kept.key != own).take(MOST_KIN);
        others.map(|(kept, alike)| as_kin(db, kept, alike, now)).collect::<rusqlite::Result<_>>()
    };
    read("look for messages that are alike", find())
}

fn as_kin(db: &Connection, kept: &Kept, alike: Alike, now: UnixTime) -> rusqlite::Result<Kin> {
    let had_time = Kin::LET_BE_SECS <= now.0.saturating_sub(kept.at.0);
    let fate = match kept.said {
        Some(Label::Spam) => Fate::SaidSpam,
        Some(Label::Ham) => Fate::SaidHam,
        None if kept.is_plain_spam && had_time && is_let_be(db, kept.key, now)? => Fate::Filed,
        None => Fate::Open,
    };
    Ok(Kin { alike, fate, at: kept.at, recipient: kept.print.recipient, sender: kept.print.sender })
}

/// Whether a message of that content was filed, long enough ago, and is where it was filed, or deleted from there.
fn is_let_be(db: &Connection, key: Key, now: UnixTime) -> rusqlite::Result<bool> {
    let since = now.0.saturating_sub(Kin::LET_BE_SECS);
    db.prepare_cached(LET_BE)?.exists((key, since))
}

const LET_BE: &str = "SELECT 1 FROM account CROSS JOIN mail ON mail.account_id = account.id AND mail.content_key = ?1
    CROSS JOIN intent ON intent.mail_id = mail.id
    WHERE intent.kind = 'file' AND intent.outcome IN ('moved', 'copied', 'replaced', 'deleted') AND mail.taught = ''
        AND intent.finished_at BETWEEN 1 AND ?2 AND mail.folder IN ('', intent.result_folder)
        AND NOT EXISTS (SELECT 1 FROM intent AS undo WHERE undo.mail_id = mail.id AND undo.undoes = intent.id)";

/// Messages from files that are about to be learned. By itself that says nothing of them: the lesson does.
pub fn meet(db: &mut Connection, met: &[(Key, Print, UnixTime)], now: UnixTime) -> Result<(), StoreError> {
    write(db, "store what messages are known again by", |tx| {
        for (key, print, at) in met {
            note_lesson(tx, (*key, print, *at), now)?;
        }
        Ok(())
    })
}

/// A message was judged for the first time, or judged again.
pub(super) fn note_verdict(tx: &Transaction<'_>, judged: &Judged) -> rusqlite::Result<()> {
    let at = judged.received_at.min(judged.judged_at);
    insert(tx, (judged.key, &judged.print, at), Some(judged.is_plain_spam), judged.judged_at)?;
    let revision: i64 = tx.prepare_cached("SELECT revision FROM print_state")?.query_row((), |row| row.get(0))?;
    // Not where lessons are stored: what they are about is met before it is said.
    if revision % SWEEP == 0 { sweep(tx, judged.judged_at) } else { Ok(()) }
}

/// A message that was there was learned.
pub(super) fn note_lesson(
    tx: &Transaction<'_>,
    (key, print, at): (Key, &Print, UnixTime),
    now: UnixTime,
) -> rusqlite::Result<()> {
    insert(tx, (key, print, at.min(now)), None, now)?;
    follow(tx, key)
}

fn insert(
    tx: &Transaction<'_>,
    (key, print, at): (Key, &Print, UnixTime),
    is_plain_spam: Option<bool>,
    now: UnixTime,
) -> rusqlite::Result<()> {
    if print.is_blank() || at.0 < now.0.saturating_sub(Kin::SAID_SECS) {
        return Ok(());
    }
    let files: Vec<u8> = print.files.iter().flat_map(|file| file.to_be_bytes()).collect();
    let revision = next_revision(tx)?;
    let insert =
        "INSERT INTO print (content_key, arrived_at, sketch, files, links, recipient, sender, is_plain_spam, revision)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, 0), ?9)
        ON CONFLICT DO UPDATE SET is_plain_spam = coalesce(?8, is_plain_spam), revision = excluded.revision";
    tx.prepare_cached(insert)?.execute(params![
        key,
        at.0,
        print.text.as_ref().map_or(&[][..], Sketch::bytes),
        files,
        print.links.unwrap_or_default().cast_signed(),
        print.recipient.cast_signed(),
        print.sender.cast_signed(),
        is_plain_spam,
        revision,
    ])?;
    Ok(())
}

/// The person has said something of a content, or taken it back.
pub(super) fn follow(tx: &Transaction<'_>, key: Key) -> rusqlite::Result<()> {
    let before: Option<Option<Label>> = tx
        .prepare_cached("SELECT said FROM print WHERE content_key = ?1")?
        .query_row([key], |row| word(row, 0, optional_label))
        .optional()?;
    let Some(before) = before else { return Ok(()) };
    let said = super::reputation::said(tx, key)?;
    if said == before {
        return Ok(());
    }
    let revision = next_revision(tx)?;
    tx.prepare_cached("UPDATE print SET said = ?2, revision = ?3 WHERE content_key = ?1")?
        .execute((key, said.map_or("", Label::word), revision))
        .map(drop)
}

fn next_revision(tx: &Transaction<'_>) -> rusqlite::Result<i64> {
    tx.prepare_cached("UPDATE print_state SET revision = revision + 1 WHERE id = 1 RETURNING revision")?
        .query_row((), |row| row.get(0))
}

/// Drops what is too old, and of the rest the oldest if it is too much.
fn sweep(tx: &Transaction<'_>, now: UnixTime) -> rusqlite::Result<()> {
    for (is_said, secs, most) in [(false, Kin::OPEN_SECS, Kin::MOST_OPEN), (true, Kin::SAID_SECS, Kin::MOST_SAID)] {
        let since = now.0.saturating_sub(secs);
        tx.prepare_cached("DELETE FROM print WHERE (said <> '') = ?1 AND arrived_at < ?2")?
            .execute((is_said, since))?;
        tx.prepare_cached(
            "DELETE FROM print WHERE (said <> '') = ?1
             AND id NOT IN (SELECT id FROM print WHERE (said <> '') = ?1 ORDER BY arrived_at DESC LIMIT ?2)",
        )?
        .execute((is_said, most))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
