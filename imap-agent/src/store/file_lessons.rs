//! Lessons from files, as one change that can be taken back: each message gets the label again that it had before.

use rusqlite::{Connection, Row, Transaction, params};
use tamis_core::{UnixTime, api::BatchId, learn::Label};

use super::{
    Key, StoreError,
    ids::{optional_label, word},
    intent::Lesson,
    lists, reputation,
    training::{self, LessonChange, Taught, TrainItem},
    transaction::write,
    unlearned,
};

/// How such a lesson came.
const SOURCE: &str = "file";

/// Some of what is to be learned from files and to be forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pile {
    /// To be learned.
    pub learned: Vec<TrainItem>,
    /// To be forgotten.
    pub forgotten: Vec<Key>,
}

/// Learns and forgets, as part of the change `batch`; of one that begins with it if that is `None`. Returns the change, if
/// there is one, and what the learner has to follow. What is known already is no change.
pub fn teach(
    db: &mut Connection,
    batch: Option<BatchId>,
    pile: &Pile,
    now: UnixTime,
) -> Result<(Option<BatchId>, Vec<LessonChange>), StoreError> {
    write(db, "store lessons", |tx| {
        let mut changes = Vec::new();
        for item in &pile.learned {
            let lesson = Lesson::Learn(item.label);
            let taught = Taught { key: item.key, lesson, tokens: Some(&item.tokens), source: SOURCE };
            changes.extend(training::apply(tx, &taught, now)?);
        }
        for key in &pile.forgotten {
            let taught = Taught { key: *key, lesson: Lesson::Forget, tokens: None, source: "untrain" };
            changes.extend(training::apply(tx, &taught, now)?);
        }
        for key in pile.learned.iter().map(|item| item.key).chain(pile.forgotten.iter().copied()) {
            lists::follow_lesson(tx, key, now)?;
            reputation::follow(tx, key)?;
        }
        let batch = match batch {
            None if changes.is_empty() => None,
            None => Some(insert(tx, now)?),
            batch => batch,
        };
        if let Some(batch) = batch {
            for change in &changes {
                note(tx, batch, change)?;
            }
        }
        Ok((batch, changes))
    })
}

/// Says what the change was, once that is known: `2 messages learned as spam from files`.
pub fn name(db: &mut Connection, batch: BatchId, text: &str) -> Result<(), StoreError> {
    write(db, "write down a change", |tx| {
        tx.execute("UPDATE batch SET text = ?2 WHERE id = ?1", (batch.0, text))?;
        Ok(())
    })
}

fn insert(tx: &Transaction<'_>, now: UnixTime) -> rusqlite::Result<BatchId> {
    let insert = "INSERT INTO batch (kind, text, created_at) VALUES ('train', 'lessons from files', ?1)";
    tx.execute(insert, [now.0])?;
    Ok(BatchId(tx.last_insert_rowid()))
}

fn note(tx: &Transaction<'_>, batch: BatchId, change: &LessonChange) -> rusqlite::Result<()> {
    let label = |label: Option<Label>| label.map_or("", Label::word);
    // A message that stands in two files had its label from before the first.
    let insert = "INSERT INTO file_lesson (batch_id, content_key, label_before, label_after) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET label_after = excluded.label_after";
    let values = params![batch.0, change.key, label(change.before), label(change.after)];
    tx.prepare_cached(insert)?.execute(values).map(drop)
}

/// Gives every message the label again that it had before that change. What the person has said since stands. Returns how
/// many lessons changed; the learner has to be made anew.
pub(super) fn take_back(tx: &Transaction<'_>, batch: BatchId, now: UnixTime) -> rusqlite::Result<usize> {
    let find = "SELECT file_lesson.content_key, label_before FROM file_lesson
        JOIN training ON training.content_key = file_lesson.content_key
        WHERE batch_id = ?1 AND training.label = label_after AND label_before <> label_after
            AND training.source IN ('file', 'untrain', 'undo')";
    let read = |row: &Row<'_>| Ok((row.get::<_, Key>(0)?, word(row, 1, optional_label)?));
    let lessons: Vec<(Key, Option<Label>)> = {
        let mut find = tx.prepare(find)?;
        find.query_map([batch.0], read)?.collect::<rusqlite::Result<_>>()?
    };
    for (key, before) in &lessons {
        let lesson = before.map_or(Lesson::Forget, Lesson::Learn);
        training::apply(tx, &Taught { key: *key, lesson, tokens: None, source: "undo" }, now)?;
        lists::follow_lesson(tx, *key, now)?;
        reputation::follow(tx, *key)?;
    }
    for (key, before, after) in forgotten(tx, batch)? {
        unlearned::bequeath(tx, (batch, key), (before, after))?;
    }
    Ok(lessons.len())
}

/// A message, what it was before a change, and what the change made of it.
type Relabelled = (Key, Option<Label>, Option<Label>);

/// What that change taught that is not known any more.
fn forgotten(tx: &Transaction<'_>, batch: BatchId) -> rusqlite::Result<Vec<Relabelled>> {
    let find = "SELECT file_lesson.content_key, label_before, label_after FROM file_lesson
        JOIN training ON training.content_key = file_lesson.content_key
        WHERE batch_id = ?1 AND training.label = '' AND label_after <> '' AND label_before <> label_after";
    let mut find = tx.prepare(find)?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, word(row, 1, optional_label)?, word(row, 2, optional_label)?));
    find.query_map([batch.0], read)?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        history,
        testing::{NOW, fresh, key, tokens},
        undo,
    };

    fn item(n: u32, label: Label) -> TrainItem {
        TrainItem { key: key(n), tokens: tokens(key(n)), label }
    }

    fn taught(db: &mut Connection, learned: Vec<TrainItem>, forgotten: Vec<Key>) -> Option<BatchId> {
        teach(db, None, &Pile { learned, forgotten }, NOW).unwrap().0
    }

    fn label(db: &Connection, n: u32) -> Option<Label> {
        training::known_label(db, key(n)).unwrap()
    }

    #[test]
    fn lessons_from_files_are_one_change_and_taken_back_as_one() {
        let (mut db, _) = fresh();
        taught(&mut db, vec![item(1, Label::Ham)], vec![]).unwrap();
        let batch = taught(&mut db, vec![item(1, Label::Spam), item(2, Label::Spam)], vec![]).unwrap();
        name(&mut db, batch, "2 messages learned as spam from files").unwrap();
        assert_eq!(undo::undoable(&db).unwrap().unwrap(), "2 messages learned as spam from files");
        assert_eq!(history::newest(&db, 1).unwrap()[0].messages, 2);
        let undo = undo::begin_undo(&mut db, None, NOW).unwrap().unwrap();
        assert_eq!((undo.undone, undo.lessons), (batch, 2));
        assert_eq!((label(&db, 1), label(&db, 2)), (Some(Label::Ham), None), "what was known before is known again");
    }

    #[test]
    fn forgetting_is_taken_back_too_and_what_is_said_since_stands() {
        let (mut db, _) = fresh();
        taught(&mut db, vec![item(1, Label::Spam), item(2, Label::Spam)], vec![]);
        let batch = taught(&mut db, vec![], vec![key(1), key(2)]).unwrap();
        taught(&mut db, vec![item(2, Label::Ham)], vec![]).unwrap();
        undo::begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
        assert_eq!((label(&db, 1), label(&db, 2)), (Some(Label::Spam), Some(Label::Ham)));
    }

    #[test]
    fn one_after_the_other_is_taken_back() {
        let (mut db, _) = fresh();
        for label in [Label::Spam, Label::Ham] {
            taught(&mut db, vec![item(1, label)], vec![]).unwrap();
        }
        undo::begin_undo(&mut db, None, NOW).unwrap().unwrap();
        assert_eq!(label(&db, 1), Some(Label::Spam));
        undo::begin_undo(&mut db, None, NOW).unwrap().unwrap();
        assert_eq!(label(&db, 1), None);
    }

    #[test]
    fn what_was_forgotten_since_is_given_back_as_it_was_before_in_any_order() {
        let (mut db, _) = fresh();
        taught(&mut db, vec![item(1, Label::Ham)], vec![]).unwrap();
        let batch = taught(&mut db, vec![item(1, Label::Spam), item(2, Label::Spam)], vec![]).unwrap();
        let reset = unlearned::unlearn_all(&mut db, NOW).unwrap().unwrap().batch;
        undo::begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
        assert_eq!((label(&db, 1), label(&db, 2)), (None, None));
        undo::begin_undo(&mut db, Some(reset), NOW).unwrap().unwrap();
        assert_eq!((label(&db, 1), label(&db, 2)), (Some(Label::Ham), None), "the change is not there again");
    }

    #[test]
    fn what_is_known_already_is_no_change() {
        let (mut db, _) = fresh();
        taught(&mut db, vec![item(1, Label::Spam)], vec![]).unwrap();
        assert_eq!(taught(&mut db, vec![item(1, Label::Spam)], vec![key(2)]), None);
    }
}
