//! Lessons given in no change that could be taken back: what tests begin with.

use rusqlite::Connection;
use tamis_core::UnixTime;

use super::{LessonChange, Taught, TrainItem, apply};
use crate::store::{Key, StoreError, intent::Lesson, lists, reputation, transaction::write};

/// Learns messages, in no change that could be taken back: for tests. One that is learned already with this label is no change; with the other it is one. `source` says
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
            lists::follow_lesson(tx, item.key, now)?;
            reputation::follow(tx, item.key)?;
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
            lists::follow_lesson(tx, *key, now)?;
            reputation::follow(tx, *key)?;
        }
        Ok(changes)
    })
}
