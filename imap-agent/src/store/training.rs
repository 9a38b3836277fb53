//! What was learned from which message, so that it counts once, can be taken back, and the learner can be rebuilt.
//!
//! A row is never deleted: a lesson taken back keeps its tokens, in case it is given again when the message is gone.
//! Lessons belong to contents, not to accounts: the same message twice is one lesson.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    learn::{Features, Label, Trained},
};

use super::{
    Key, StoreError,
    ids::{optional_label, word},
    intent::Lesson,
    transaction::{read, write},
};

/// One message to learn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainItem {
    /// Its content.
    pub key: Key,
    /// Its tokens, encoded.
    pub tokens: Vec<u8>,
    /// What it is.
    pub label: Label,
}

/// What the learner has to follow: untrain `before`, train `after`, both with `tokens`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonChange {
    /// The message's content.
    pub key: Key,
    /// What was learned before.
    pub before: Option<Label>,
    /// What is learned now.
    pub after: Option<Label>,
    /// The tokens, as they were learned the first time.
    pub tokens: Vec<u8>,
}

/// Learns messages. One that is learned already with this label is no change; with the other it is one. `source` says
/// how it came: `file`.
pub fn train(
    db: &mut Connection,
    items: &[TrainItem],
    source: &str,
    now: UnixTime,
) -> Result<Vec<LessonChange>, StoreError> {
    write(db, "store lessons", |tx| {
        let mut changes = Vec::new();
        for item in items {
            let lesson = Lesson::Learn(item.label);
            changes.extend(apply(tx, &Taught { key: item.key, lesson, tokens: Some(&item.tokens), source }, now)?);
        }
        Ok(changes)
    })
}

/// Forgets what was learned from messages. One that was not learned is no change.
pub fn untrain(db: &mut Connection, keys: &[Key], now: UnixTime) -> Result<Vec<LessonChange>, StoreError> {
    write(db, "take lessons back", |tx| {
        let mut changes = Vec::new();
        for key in keys {
            let taught = Taught { key: *key, lesson: Lesson::Forget, tokens: None, source: "untrain" };
            changes.extend(apply(tx, &taught, now)?);
        }
        Ok(changes)
    })
}

/// What was learned from the message.
pub fn known_label(db: &Connection, key: Key) -> Result<Option<Label>, StoreError> {
    read("read a lesson", label_in(db, key))
}

/// Gives every lesson in force to `visit`, oldest message first, one at a time.
pub fn each_training(db: &Connection, mut visit: impl FnMut(Label, &[u8])) -> Result<(), StoreError> {
    let mut visit_all = || {
        let mut find = db.prepare("SELECT label, tokens FROM training WHERE label <> '' ORDER BY id")?;
        let mut rows = find.query(())?;
        while let Some(row) = rows.next()? {
            visit(word(row, 0, Label::from_word)?, row.get_ref(1)?.as_blob()?);
        }
        Ok(())
    };
    read("read the lessons", visit_all())
}

/// How many lessons are in force.
pub fn trained_counts(db: &Connection) -> Result<Trained, StoreError> {
    let count = "SELECT count(*) FILTER (WHERE label = 'ham'), count(*) FILTER (WHERE label = 'spam') FROM training";
    let counts = db.query_row(count, (), |row| Ok(Trained { ham: row.get(0)?, spam: row.get(1)? }));
    read("count the lessons", counts)
}

/// A lesson about to be stored.
#[derive(Debug)]
pub(super) struct Taught<'a> {
    pub(super) key: Key,
    pub(super) lesson: Lesson,
    /// Needed if the message was never learned.
    pub(super) tokens: Option<&'a [u8]>,
    pub(super) source: &'a str,
}

/// Stores a lesson. `None` if it changes nothing, or the tokens are not known.
pub(super) fn apply(
    tx: &Transaction<'_>,
    taught: &Taught<'_>,
    now: UnixTime,
) -> rusqlite::Result<Option<LessonChange>> {
    let stored = tx
        .prepare_cached("SELECT label, tokens FROM training WHERE content_key = ?1")?
        .query_row([taught.key], |row| Ok((word(row, 0, optional_label)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    let is_stored = stored.is_some();
    // The learner has seen the first tokens and can only untrain those.
    let Some((before, tokens)) = stored.or_else(|| Some((None, taught.tokens?.to_vec()))) else { return Ok(None) };
    let after = match taught.lesson {
        Lesson::Learn(label) => Some(label),
        Lesson::Forget => None,
    };
    if before == after {
        return Ok(None);
    }
    let label = after.map_or("", Label::word);
    if is_stored {
        tx.prepare_cached("UPDATE training SET label = ?2, source = ?3, at = ?4 WHERE content_key = ?1")?
            .execute(params![taught.key, label, taught.source, now.0])?;
    } else {
        let insert =
            "INSERT INTO training (content_key, label, tokens, source, at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        tx.prepare_cached(insert)?.execute(params![
            taught.key,
            label,
            tokens,
            taught.source,
            now.0,
            Features::VERSION
        ])?;
    }
    Ok(Some(LessonChange { key: taught.key, before, after, tokens }))
}

pub(super) fn label_in(db: &Connection, key: Key) -> rusqlite::Result<Option<Label>> {
    let find = "SELECT label FROM training WHERE content_key = ?1";
    let label = db.prepare_cached(find)?.query_row([key], |row| word(row, 0, optional_label)).optional()?;
    Ok(label.flatten())
}

#[cfg(test)]
mod tests;
