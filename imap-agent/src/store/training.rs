//! What was learned from which message, so that it counts once, can be taken back, and the learner can be rebuilt.
//!
//! Nothing learned is thrown away: a lesson taken back keeps its tokens, in case it is given again when the message is gone.
//! Lessons belong to contents, not to accounts: the same message twice is one lesson. One whose tokens an older engine made
//! does not count, as none of them is in any mail that this one reads; it waits for new ones.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use tamis_core::{
    UnixTime,
    learn::{Features, Label, Trained},
};

#[cfg(test)]
mod given;

#[cfg(test)]
pub use self::given::{train, untrain};
use super::{
    Key, StoreError,
    ids::{optional_label, word},
    intent::Lesson,
    learned,
    transaction::read,
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
    /// The tokens, as they are in the store now.
    pub tokens: Vec<u8>,
    /// [`Features::VERSION`] of the engine that made them.
    pub version: u32,
}

/// Whether teaching `label` (`None`: forgetting the message) would change nothing, the tokens of this engine being at hand.
pub fn is_settled(db: &Connection, key: Key, label: Option<Label>) -> Result<bool, StoreError> {
    let stored = read("read a lesson", stored(db, key))?;
    // Who says what was learned from where a message lay makes the lesson their own.
    let is_current = |row: &Stored| label.is_none() || (Features::VERSION <= row.version && !row.is_of_bootstrap);
    Ok(stored.as_ref().is_none_or(is_current) && stored.and_then(|row| row.label) == label)
}

/// What was learned from the message.
pub fn known_label(db: &Connection, key: Key) -> Result<Option<Label>, StoreError> {
    read("read a lesson", label_in(db, key))
}

/// Gives every lesson in force that counts to `visit`, oldest message first, one at a time.
pub fn each_training(db: &Connection, mut visit: impl FnMut(Label, &[u8])) -> Result<(), StoreError> {
    let mut visit_all = || {
        // In the order of the table itself: whatever an index finds would have to be sorted.
        let select = "SELECT label, tokens FROM training NOT INDEXED WHERE label <> '' AND version = ?1 ORDER BY id";
        let mut find = db.prepare(select)?;
        let mut rows = find.query([Features::VERSION])?;
        while let Some(row) = rows.next()? {
            visit(word(row, 0, Label::from_word)?, row.get_ref(1)?.as_blob()?);
        }
        Ok(())
    };
    read("read the lessons", visit_all())
}

/// How many lessons are in force and count.
pub fn trained_counts(db: &Connection) -> Result<Trained, StoreError> {
    let count = "SELECT count(*) FILTER (WHERE label = 'ham'), count(*) FILTER (WHERE label = 'spam')
        FROM training WHERE version = ?1";
    let counts = db.query_row(count, [Features::VERSION], |row| Ok(Trained { ham: row.get(0)?, spam: row.get(1)? }));
    read("count the lessons", counts)
}

/// A lesson about to be stored.
#[derive(Debug)]
pub(super) struct Taught<'a> {
    pub(super) key: Key,
    pub(super) lesson: Lesson,
    /// Needed if the message was never learned, or by an older engine.
    pub(super) tokens: Option<&'a [u8]>,
    pub(super) source: &'a str,
}

/// A lesson as it is in the store, in force or taken back.
struct Stored {
    label: Option<Label>,
    tokens: Vec<u8>,
    version: u32,
    is_of_bootstrap: bool,
}

fn stored(db: &Connection, key: Key) -> rusqlite::Result<Option<Stored>> {
    let find = "SELECT label, tokens, version, source FROM training WHERE content_key = ?1";
    let read = |row: &Row<'_>| {
        let (label, is_of_bootstrap) = (word(row, 0, optional_label)?, row.get_ref(3)?.as_str()? == learned::SOURCE);
        Ok(Stored { label, tokens: row.get(1)?, version: row.get(2)?, is_of_bootstrap })
    };
    db.prepare_cached(find)?.query_row([key], read).optional()
}

/// Stores a lesson. `None` if it changes nothing, or the tokens are not known.
pub(super) fn apply(
    tx: &Transaction<'_>,
    taught: &Taught<'_>,
    now: UnixTime,
) -> rusqlite::Result<Option<LessonChange>> {
    let stored = stored(tx, taught.key)?;
    let after = match taught.lesson {
        Lesson::Learn(label) => Some(label),
        Lesson::Forget => None,
    };
    let before = stored.as_ref().and_then(|row| row.label);
    let (is_stored, is_in_force) = (stored.is_some(), before.is_some());
    // The learner has seen the first tokens; only those of an older engine are worth nothing.
    let is_outdated = stored.as_ref().is_none_or(|row| row.version < Features::VERSION);
    let made = taught.tokens.filter(|_| after.is_some() && (is_outdated || !is_in_force));
    if before == after && !(is_outdated && made.is_some()) {
        confirm(tx, taught)?;
        return Ok(None);
    }
    let made = made.map(|tokens| (tokens.to_vec(), Features::VERSION));
    let Some((tokens, version)) = made.or_else(|| stored.map(|row| (row.tokens, row.version))) else {
        return Ok(None);
    };
    let sql = if is_stored {
        if !is_in_force {
            move_behind(tx, taught.key)?;
        }
        "UPDATE training SET label = ?2, tokens = ?3, source = ?4, at = ?5, version = ?6 WHERE content_key = ?1"
    } else {
        "INSERT INTO training (content_key, label, tokens, source, at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    };
    let label = after.map_or("", Label::word);
    tx.prepare_cached(sql)?.execute(params![taught.key, label, tokens, taught.source, now.0, version])?;
    Ok(Some(LessonChange { key: taught.key, before, after, tokens, version }))
}

/// Who says what was learned from where a message lay says it themselves: it does not go when that learning is taken back.
fn confirm(tx: &Transaction<'_>, taught: &Taught<'_>) -> rusqlite::Result<()> {
    if taught.source == "undo" {
        return Ok(());
    }
    let update = "UPDATE training SET source = ?2 WHERE content_key = ?1 AND source = ?3 AND ?2 <> ?3";
    tx.prepare_cached(update)?.execute((taught.key, taught.source, learned::SOURCE)).map(drop)
}

/// Makes a lesson the last of all, where the learner learns it if it was taken back and is given again.
pub(super) fn move_behind(tx: &Transaction<'_>, key: Key) -> rusqlite::Result<()> {
    let update = "UPDATE training SET id = (SELECT max(id) + 1 FROM training) WHERE content_key = ?1";
    tx.prepare_cached(update)?.execute([key]).map(drop)
}

pub(super) fn label_in(db: &Connection, key: Key) -> rusqlite::Result<Option<Label>> {
    let find = "SELECT label FROM training WHERE content_key = ?1";
    let label = db.prepare_cached(find)?.query_row([key], |row| word(row, 0, optional_label)).optional()?;
    Ok(label.flatten())
}

#[cfg(test)]
mod tests;
