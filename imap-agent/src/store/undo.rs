//! Taking a change back: messages return to where they were, lessons and words to what they were.
//!
//! What has not been started is cancelled. Everything else gets an intent of its own that waits its turn behind what is
//! pending for the message, because what was started may have happened just before a crash.
//!
//! A change can be undone although a later one of the same message stands. Then the later one keeps its effect, and
//! inherits what it would return to: undoing both, in any order, ends where all began.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
    learn::Label,
};

use super::{
    AccountId, IntentId, StoreError,
    ids::word,
    intent::{Intent, Kind, Lesson},
    journal::{self, NewIntent},
    mail::optional_label,
    training::{self, LessonChange, Taught},
    transaction::{Fault, read, write},
};

/// A change that is being taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The change that takes it back.
    pub batch: BatchId,
    /// The change that is taken back.
    pub undone: BatchId,
    /// What that was, such as `release of 2 messages`.
    pub text: String,
    /// Whose mail is affected.
    pub accounts: BTreeSet<AccountId>,
}

/// Begins to take back `batch`, or the newest change that is not undone. `None` if there is none.
pub fn begin_undo(db: &mut Connection, batch: Option<BatchId>, now: UnixTime) -> Result<Option<Undo>, StoreError> {
    write(db, "write down an undo", |tx| {
        let undone = match batch {
            Some(batch) => checked(tx, batch)?,
            None => match newest(tx)? {
                Some(newest) => newest,
                None => return Ok(None),
            },
        };
        tx.execute("UPDATE batch SET undone_at = ?2 WHERE id = ?1", (undone.id.0, journal::finished_at(now)))?;
        tx.execute(
            "INSERT INTO batch (kind, text, created_at, undo_of) VALUES ('undo', ?1, ?2, ?3)",
            params![format!("undo of {}", undone.text), now.0, undone.id.0],
        )?;
        let undo = BatchId(tx.last_insert_rowid());
        let mut accounts = BTreeSet::new();
        for change in changes(tx, undone.id)? {
            accounts.insert(change.account);
            reverse(tx, undo, &change, now)?;
        }
        Ok(Some(Undo { batch: undo, undone: undone.id, text: undone.text, accounts }))
    })
}

/// What an undo without a number would take back, such as `release of 2 messages`.
pub fn undoable(db: &Connection) -> Result<Option<String>, StoreError> {
    Ok(read("read the newest change", newest(db))?.map(|batch| batch.text))
}

/// Finishes an undo: gives back what the person had said and the learner had learned before the change.
pub(super) fn restore(tx: &Transaction<'_>, undo: &Intent, now: UnixTime) -> Result<Option<LessonChange>, Fault> {
    let Some(undone) = undo.undoes else { return Ok(None) };
    let change = tx.query_row(change_sql!("WHERE intent.id = ?1"), [undone], read_change)?;
    if matches!(change.outcome.as_str(), "refused" | "cancelled") {
        return Ok(None);
    }
    let later = standing_after(tx, &change)?;
    match &later {
        Some(later) => bequeath(tx, &change, later.id)?,
        None => {
            tx.execute(
                "UPDATE mail SET (taught, reviewed_at) =
                     (SELECT taught_before, reviewed_before FROM intent WHERE intent.id = ?2)
                 WHERE id = ?1",
                (undo.mail.0, change.id),
            )?;
        }
    }
    let before = training::label_in(tx, undo.key)?;
    let is_inherited = later.is_some_and(|later| later.has_lesson && later.label_before == change.label_after);
    // A label that is not the one this change gave has been given since, and stands.
    if !change.changed_label() || is_inherited || before != change.label_after {
        return Ok(None);
    }
    let lesson = change.label_before.map_or(Lesson::Forget, Lesson::Learn);
    let lesson = training::apply(tx, &Taught { key: undo.key, lesson, tokens: None, source: "undo" }, now)?;
    journal::log_labels(tx, undo.id, before, change.label_before)?;
    Ok(lesson)
}

#[derive(Debug)]
struct Batch {
    id: BatchId,
    text: String,
}

/// One message's part in a change.
#[derive(Debug)]
struct Change {
    id: IntentId,
    mail: MailId,
    account: AccountId,
    is_finished: bool,
    attempts: u32,
    outcome: String,
    source_folder: String,
    target: String,
    result_folder: String,
    label_before: Option<Label>,
    label_after: Option<Label>,
}

impl Change {
    fn changed_label(&self) -> bool {
        self.label_before != self.label_after
    }
}

/// A later change of the same message.
#[derive(Debug)]
struct Later {
    id: IntentId,
    has_lesson: bool,
    label_before: Option<Label>,
}

/// Every column of a change, in the order [`read_change`] wants them, and what follows `FROM`.
macro_rules! change_sql {
    ($rest:literal) => {
        concat!(
            "SELECT intent.id, intent.mail_id, mail.account_id, intent.finished_at <> 0, attempts, outcome, \
             source_folder, target, result_folder, label_before, label_after \
             FROM intent JOIN mail ON mail.id = intent.mail_id ",
            $rest
        )
    };
}
use change_sql;

fn checked(tx: &Transaction<'_>, batch: BatchId) -> Result<Batch, Fault> {
    let find = "SELECT text, undone_at <> 0 FROM batch WHERE id = ?1 AND kind <> 'undo'";
    let found = tx.query_row(find, [batch.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match found {
        None => Err(StoreError::UnknownBatch(batch).into()),
        Some((_, true)) => Err(StoreError::AlreadyUndone(batch).into()),
        Some((text, false)) => Ok(Batch { id: batch, text }),
    }
}

fn newest(db: &Connection) -> rusqlite::Result<Option<Batch>> {
    // A change the server refused altogether has left nothing to undo.
    let find = "SELECT id, text FROM batch WHERE undone_at = 0 AND kind <> 'undo'
        AND EXISTS (SELECT 1 FROM intent WHERE batch_id = batch.id AND outcome NOT IN ('refused', 'cancelled'))
        ORDER BY id DESC LIMIT 1";
    db.query_row(find, (), |row| Ok(Batch { id: BatchId(row.get(0)?), text: row.get(1)? })).optional()
}

fn changes(tx: &Transaction<'_>, batch: BatchId) -> rusqlite::Result<Vec<Change>> {
    let sql = change_sql!("WHERE intent.batch_id = ?1 ORDER BY intent.id");
    tx.prepare(sql)?.query_map([batch.0], read_change)?.collect()
}

fn reverse(tx: &Transaction<'_>, undo: BatchId, change: &Change, now: UnixTime) -> Result<(), Fault> {
    if !change.is_finished && change.attempts == 0 {
        let cancel = "UPDATE intent SET finished_at = ?2, outcome = 'cancelled' WHERE id = ?1";
        tx.execute(cancel, (change.id, journal::finished_at(now)))?;
        return Ok(());
    }
    let has_moved = match change.outcome.as_str() {
        "refused" | "cancelled" => return Ok(()),
        "moved" | "copied" => journal::expected_folder(tx, change.mail)? == change.result_folder,
        // Started: whether it moves is known when it ends. If it does, it is brought back.
        "" => !change.target.is_empty() && change.target != change.source_folder,
        _ => false,
    };
    if !change.is_finished {
        tx.execute("UPDATE intent SET lesson = '' WHERE id = ?1", [change.id])?;
    }
    let new = NewIntent {
        mail: change.mail,
        batch: Some(undo),
        undoes: Some(change.id),
        kind: Kind::Undo,
        target: if has_moved { &change.source_folder } else { "" },
        lesson: change.changed_label().then(|| change.label_before.map_or(Lesson::Forget, Lesson::Learn)),
    };
    journal::insert(tx, &new, now)?;
    Ok(())
}

/// The next change of the same message that has happened and has not been taken back.
fn standing_after(tx: &Transaction<'_>, change: &Change) -> rusqlite::Result<Option<Later>> {
    tx.query_row(
        "SELECT id, lesson <> '', label_before FROM intent AS later
         WHERE mail_id = ?1 AND ?2 < id AND kind <> 'undo' AND batch_id IS NOT NULL
             AND finished_at <> 0 AND outcome NOT IN ('refused', 'cancelled')
             AND NOT EXISTS (SELECT 1 FROM intent AS undo WHERE undo.mail_id = later.mail_id
                 AND undo.undoes = later.id AND undo.finished_at <> 0)
         ORDER BY id LIMIT 1",
        (change.mail.0, change.id),
        |row| {
            let label_before = word(row, 2, optional_label)?;
            Ok(Later { id: IntentId(row.get(0)?), has_lesson: row.get(1)?, label_before })
        },
    )
    .optional()
}

/// Lets a later change return to where this one came from.
fn bequeath(tx: &Transaction<'_>, change: &Change, later: IntentId) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE intent SET
             taught_before = undone.taught_before,
             reviewed_before = undone.reviewed_before,
             source_folder = iif(intent.source_folder = undone.result_folder,
                 undone.source_folder, intent.source_folder),
             label_before = iif(intent.label_before = undone.label_after,
                 undone.label_before, intent.label_before)
         FROM intent AS undone WHERE intent.id = ?1 AND undone.id = ?2",
        (later, change.id),
    )?;
    // The later change may be on its way back already.
    tx.execute(
        "UPDATE intent SET target = ?2 WHERE undoes = ?1 AND finished_at = 0 AND target = ?3",
        params![later, change.source_folder, change.result_folder],
    )?;
    Ok(())
}

fn read_change(row: &rusqlite::Row<'_>) -> rusqlite::Result<Change> {
    Ok(Change {
        id: IntentId(row.get(0)?),
        mail: MailId(row.get(1)?),
        account: AccountId(row.get(2)?),
        is_finished: row.get(3)?,
        attempts: row.get(4)?,
        outcome: row.get(5)?,
        source_folder: row.get(6)?,
        target: row.get(7)?,
        result_folder: row.get(8)?,
        label_before: word(row, 9, optional_label)?,
        label_after: word(row, 10, optional_label)?,
    })
}

#[cfg(test)]
mod tests;
