//! Lessons to be looked through, and forgotten one by one or all together, each time as one change that can be undone.
//!
//! A lesson that is forgotten keeps its place in the order of all: given back, it makes the learner that it made before.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, LessonRow, LessonSource, LessonsPage, MailId},
    learn::{Features, Label},
};

use super::{
    Key, StoreError,
    ids::word,
    intent::Lesson,
    lists, reputation,
    training::{self, Taught},
    transaction::{Fault, read, write},
};
use crate::words::count;

/// When a lesson was forgotten together with all others: longer ago than any that comes from a file.
pub(super) const LONG_AGO: i64 = 0;

/// How a lesson that was forgotten with all others came: not as the person's word about its message.
const RESET: &str = "reset";

/// What was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// The change.
    pub batch: BatchId,
    /// How many lessons.
    pub lessons: usize,
}

/// By what it is seen whether lessons have changed: how many there are, how many of spam, when the newest came and the
/// number of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    lessons: u32,
    spam: u32,
    newest_at: i64,
    last: i64,
}

/// What is in force.
pub fn in_force(db: &Connection) -> Result<InForce, StoreError> {
    let find = "SELECT count(*), count(*) FILTER (WHERE label = 'spam'), coalesce(max(at), 0), coalesce(max(id), 0)
        FROM training INDEXED BY training_newest WHERE label <> ''";
    let found = db.query_row(find, (), |row| {
        Ok(InForce { lessons: row.get(0)?, spam: row.get(1)?, newest_at: row.get(2)?, last: row.get(3)? })
    });
    read("count the lessons", found)
}

/// Lessons in force, newest first: those that came in that way, or all if it is empty.
pub fn page(db: &Connection, source: &str, offset: u32, limit: u32) -> Result<LessonsPage, StoreError> {
    let find = || {
        let sources = sources(db)?;
        let of = |one: &&LessonSource| source.is_empty() || one.source == source;
        let total = sources.iter().filter(of).fold(0_u32, |sum, one| sum.saturating_add(one.ham + one.spam));
        let mut find = db.prepare_cached(NEWEST)?;
        let rows = find.query_map(params![source, limit, offset], |row| {
            let label = word(row, 1, Label::from_word)?.word().to_owned();
            Ok((row.get::<_, Key>(0)?, label, row.get(2)?, row.get(3)?))
        })?;
        let rows = rows.map(|row| row.and_then(|row| described(db, row))).collect::<rusqlite::Result<_>>()?;
        let outdated = "SELECT count(*) FROM training INDEXED BY training_version WHERE version < ?1 AND label <> ''";
        let outdated = db.query_row(outdated, [Features::VERSION], |row| row.get(0))?;
        Ok(LessonsPage { rows, total, sources, outdated })
    };
    read("read the lessons", find())
}

pub(super) const NEWEST: &str = "SELECT content_key, label, source, at FROM training
    WHERE label <> '' AND (?1 = '' OR source = ?1) ORDER BY at DESC, id DESC LIMIT ?2 OFFSET ?3";

fn sources(db: &Connection) -> rusqlite::Result<Vec<LessonSource>> {
    let find = "SELECT source, count(*) FILTER (WHERE label = 'ham'), count(*) FILTER (WHERE label = 'spam')
        FROM training INDEXED BY training_newest WHERE label <> '' GROUP BY source ORDER BY count(*) DESC";
    let mut find = db.prepare_cached(find)?;
    find.query_map((), |row| Ok(LessonSource { source: row.get(0)?, ham: row.get(1)?, spam: row.get(2)? }))?.collect()
}

/// A lesson with what is known of its message.
fn described(db: &Connection, (key, label, source, at): (Key, String, String, i64)) -> rusqlite::Result<LessonRow> {
    let row = LessonRow { key: hex(key), label, source, at, ..LessonRow::default() };
    let find = "SELECT id, coalesce(nullif(from_name, ''), from_address), subject FROM mail
        WHERE account_id IN (SELECT account.id FROM account) AND content_key = ?1 LIMIT 1";
    let mail = db.prepare_cached(find)?.query_row([key], |row| Ok((MailId(row.get(0)?), row.get(1)?, row.get(2)?)));
    if let Some((mail, from, subject)) = mail.optional()? {
        return Ok(LessonRow { mail: Some(mail), from, subject, ..row });
    }
    let find = "SELECT sender FROM counted WHERE content_key = ?1";
    let sender: Option<String> = db.prepare_cached(find)?.query_row([key], |row| row.get(0)).optional()?;
    // Behind the address stands the number of a habit.
    let from = sender.and_then(|sender| sender.split(' ').next().map(str::to_owned)).unwrap_or_default();
    Ok(LessonRow { from, ..row })
}

/// Forgets lessons, and what the person has said of their messages. `None` if none of them is in force.
pub fn unlearn(db: &mut Connection, keys: &[Key], now: UnixTime) -> Result<Option<Forgotten>, StoreError> {
    write(db, "forget lessons", |tx| {
        let batch = begin(tx, now)?;
        let mut lessons = 0;
        for key in keys {
            lessons += forget(tx, batch, *key, now)?;
        }
        end(tx, batch, lessons)
    })
}

/// Forgets all lessons. `None` if there is none.
pub fn unlearn_all(db: &mut Connection, now: UnixTime) -> Result<Option<Forgotten>, StoreError> {
    write(db, "forget all lessons", |tx| {
        let batch = begin(tx, now)?;
        let lessons = tx.execute(
            "INSERT INTO unlearned (batch_id, content_key, label, source, at)
             SELECT ?1, content_key, label, source, at FROM training WHERE label <> ''",
            [batch.0],
        )?;
        let forget = "UPDATE training SET label = '', source = ?1, at = ?2 WHERE label <> ''";
        tx.execute(forget, (RESET, LONG_AGO))?;
        for key in keys_of(tx, batch)? {
            lists::follow_lesson(tx, key, now)?;
            reputation::follow(tx, key)?;
        }
        end(tx, batch, lessons)
    })
}

fn begin(tx: &Transaction<'_>, now: UnixTime) -> rusqlite::Result<BatchId> {
    tx.execute("INSERT INTO batch (kind, created_at) VALUES ('learn', ?1)", [now.0])?;
    Ok(BatchId(tx.last_insert_rowid()))
}

fn end(tx: &Transaction<'_>, batch: BatchId, lessons: usize) -> Result<Option<Forgotten>, Fault> {
    if lessons == 0 {
        tx.execute("DELETE FROM batch WHERE id = ?1", [batch.0])?;
        return Ok(None);
    }
    let text = format!("{} forgotten", count(lessons, "lesson"));
    tx.execute("UPDATE batch SET text = ?2 WHERE id = ?1", (batch.0, text))?;
    Ok(Some(Forgotten { batch, lessons }))
}

fn forget(tx: &Transaction<'_>, batch: BatchId, key: Key, now: UnixTime) -> rusqlite::Result<usize> {
    let insert = "INSERT OR IGNORE INTO unlearned (batch_id, content_key, label, source, at, said)
        SELECT ?1, content_key, label, source, at, coalesce((SELECT taught FROM mail
            WHERE account_id IN (SELECT account.id FROM account) AND mail.content_key = ?2 AND taught <> '' LIMIT 1), '')
        FROM training WHERE content_key = ?2 AND label <> ''";
    if tx.prepare_cached(insert)?.execute(params![batch.0, key])? == 0 {
        return Ok(0);
    }
    let unsay = "UPDATE mail SET taught = ''
        WHERE account_id IN (SELECT account.id FROM account) AND content_key = ?1 AND taught <> ''";
    tx.prepare_cached(unsay)?.execute([key])?;
    training::apply(tx, &Taught { key, lesson: Lesson::Forget, tokens: None, source: "untrain" }, now)?;
    lists::follow_lesson(tx, key, now)?;
    reputation::follow(tx, key)?;
    Ok(1)
}

fn keys_of(tx: &Transaction<'_>, batch: BatchId) -> rusqlite::Result<Vec<Key>> {
    let mut find = tx.prepare("SELECT content_key FROM unlearned WHERE batch_id = ?1")?;
    find.query_map([batch.0], |row| row.get(0))?.collect()
}

/// Gives back the lessons that a change has forgotten. What was learned of one of the messages since stands. Returns how
/// many; the learner has to be made anew.
pub(super) fn take_back(tx: &Transaction<'_>, batch: BatchId, now: UnixTime) -> rusqlite::Result<usize> {
    let mut lessons = 0;
    for key in keys_of(tx, batch)? {
        let give_back = "UPDATE training SET label = unlearned.label, source = unlearned.source, at = unlearned.at
            FROM unlearned WHERE unlearned.batch_id = ?1 AND unlearned.content_key = ?2
                AND training.content_key = ?2 AND training.label = ''";
        if tx.prepare_cached(give_back)?.execute(params![batch.0, key])? == 0 {
            continue;
        }
        lessons += 1;
        let say = "UPDATE mail SET taught = unlearned.said
            FROM unlearned WHERE unlearned.batch_id = ?1 AND unlearned.content_key = ?2 AND unlearned.said <> ''
                AND mail.account_id IN (SELECT account.id FROM account) AND mail.content_key = ?2
                AND mail.taught = '' AND mail.reviewed_at <> 0";
        tx.prepare_cached(say)?.execute(params![batch.0, key])?;
        lists::follow_lesson(tx, key, now)?;
        reputation::follow(tx, key)?;
    }
    Ok(lessons)
}

/// A lesson that the change `undone` gave and a later one forgot is taken back: given back later, it is what it was before
/// `undone`. Nothing is said of the message then.
pub(super) fn bequeath(
    tx: &Transaction<'_>,
    (undone, key): (BatchId, Key),
    (before, after): (Option<Label>, Option<Label>),
) -> rusqlite::Result<()> {
    let find = "SELECT min(batch_id) FROM unlearned JOIN batch ON batch.id = batch_id
        WHERE content_key = ?1 AND ?2 < batch_id AND undone_at = 0 AND label = ?3
            AND NOT EXISTS (SELECT 1 FROM file_lesson JOIN batch AS other ON other.id = file_lesson.batch_id
                WHERE file_lesson.content_key = ?1 AND ?2 < other.id AND other.id < unlearned.batch_id
                    AND other.undone_at = 0)";
    let label = after.map_or("", Label::word);
    let later: Option<i64> = tx.prepare_cached(find)?.query_row(params![key, undone.0, label], |row| row.get(0))?;
    let Some(later) = later else { return Ok(()) };
    match before {
        None => tx.execute("DELETE FROM unlearned WHERE batch_id = ?1 AND content_key = ?2", params![later, key])?,
        Some(before) => tx.execute(
            "UPDATE unlearned SET label = ?3, source = 'undo', said = '' WHERE batch_id = ?1 AND content_key = ?2",
            params![later, key, before.word()],
        )?,
    };
    Ok(())
}

/// A key as [`LessonRow::key`] names it.
pub fn hex(key: Key) -> String {
    use std::fmt::Write as _;
    key.0.iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// Reads [`hex`] back.
pub fn key_of(text: &str) -> Option<Key> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes = pairs.iter().map(|[high, low]| Some((nibble(*high)? << 4) | nibble(*low)?));
    Some(Key(bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()?))
}

#[cfg(test)]
mod tests;
