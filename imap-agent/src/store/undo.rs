//! Taking a change back: messages return to where they were, lessons and words to what they were.
//!
//! What has not been started is cancelled. Everything else gets an intent of its own that waits its turn behind what is
//! pending for the message, because what was started may have happened just before a crash. Where that intent takes the
//! message is decided when its turn has come and everything before it is known.
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
    AccountId, IntentId, StoreError, file_lessons,
    ids::{optional_label, word},
    intent::{Deed, Intent, Kind, Lesson},
    journal::{self, NewIntent},
    judged::Shape,
    learned, lists, peers, reputation,
    training::{self, LessonChange, Taught},
    transaction::{Fault, read, write},
    unlearned, waiting,
};

/// Every column of a change, in the order [`read_change`] wants them, and what follows `FROM`.
macro_rules! change_sql {
    ($rest:literal) => {
        concat!(
            "SELECT intent.id, intent.mail_id, mail.account_id, intent.finished_at <> 0, attempts, outcome, \
             source_folder, result_folder, label_before, label_after, kind, deed, shape_before, batch_id \
             FROM intent JOIN mail ON mail.id = intent.mail_id ",
            $rest
        )
    };
}

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
    /// How many lessons were taken back, or given again, at once; the learner has to be made anew.
    pub lessons: usize,
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
        lists::take_back(tx, undone.id)?;
        peers::take_back(tx, undone.id)?;
        let lessons = learned::take_back(tx, undone.id, now)?
            + file_lessons::take_back(tx, undone.id, now)?
            + unlearned::take_back(tx, undone.id, now)?;
        Ok(Some(Undo { batch: undo, undone: undone.id, text: undone.text, accounts, lessons }))
    })
}

/// What an undo without a number would take back, such as `release of 2 messages`.
pub fn undoable(db: &Connection) -> Result<Option<String>, StoreError> {
    Ok(read("read the newest change", newest(db))?.map(|batch| batch.text))
}

/// What an undo without a number would take back.
pub(super) fn newest_id(db: &Connection) -> Result<Option<BatchId>, StoreError> {
    Ok(read("read the newest change", newest(db))?.map(|batch| batch.id))
}

/// What an undo whose turn has come does: the folder it takes the message to, empty if it stays, and what else.
pub(super) fn aim(tx: &Transaction<'_>, undo: &Intent) -> rusqlite::Result<(String, Deed)> {
    let nothing = (String::new(), Deed::Move);
    let Some(change) = undone_by(tx, undo)? else { return Ok(nothing) };
    // A later change of it stands.
    if standing_after(tx, &change)?.is_some() {
        return Ok(nothing);
    }
    Ok(match change.deed {
        Deed::Keyword => (String::new(), Deed::Unkeyword),
        Deed::Unkeyword => (String::new(), Deed::Keyword),
        Deed::Delete if change.outcome == "deleted" => (change.source_folder, Deed::Restore),
        // It is made anew, and lies where it lay.
        Deed::Tag | Deed::Strip | Deed::Restore if undo.shape != change.shape_before => {
            let target =
                if change.source_folder == change.result_folder { String::new() } else { change.source_folder };
            (target, Deed::shaping(change.shape_before))
        }
        // Nothing had been done: somebody else had moved it, or taken it off the server.
        _ if change.outcome == "gone" => nothing,
        // Somebody has taken it off the server since: it comes back if the archive has it.
        Deed::Move | Deed::Send if undo.place.is_gone() && change.kind == Kind::File => {
            (change.source_folder, Deed::Move)
        }
        // Somebody has moved the message since.
        _ if change.result_folder != undo.place.folder => nothing,
        Deed::Move | Deed::Send | Deed::Tag | Deed::Strip | Deed::Restore | Deed::Delete => {
            (place_of_old(tx, undo, change.source_folder)?, Deed::Move)
        }
    })
}

/// Where the message goes back to. What had been put aside comes home, as nobody would bring it back from there.
fn place_of_old(tx: &Transaction<'_>, undo: &Intent, before: String) -> rusqlite::Result<String> {
    if !waiting::was_put(tx, undo.mail, &before)? {
        return Ok(before);
    }
    tx.query_row("SELECT home FROM mail WHERE id = ?1", [undo.mail.0], |row| row.get(0))
}

/// Finishes an undo: gives back what the person had said and the learner had learned before the change.
pub(super) fn restore(tx: &Transaction<'_>, undo: &Intent, now: UnixTime) -> rusqlite::Result<Option<LessonChange>> {
    let Some(change) = undone_by(tx, undo)? else { return Ok(None) };
    if let Some(later) = standing_after(tx, &change)? {
        bequeath(tx, &change, later)?;
        return Ok(None);
    }
    if change.kind == Kind::File {
        // Whoever takes a filing back has seen the message.
        tx.execute("UPDATE mail SET reviewed_at = ?2 WHERE id = ?1", (undo.mail.0, journal::finished_at(now)))?;
        return Ok(None);
    }
    tx.execute(
        "UPDATE mail SET (taught, reviewed_at) =
             (SELECT taught_before, reviewed_before FROM intent WHERE intent.id = ?2)
         WHERE id = ?1",
        (undo.mail.0, change.id),
    )?;
    let unlearned = unlearn(tx, undo, &change, now)?;
    lists::follow_word(tx, undo.mail, now)?;
    reputation::follow(tx, undo.key)?;
    Ok(unlearned)
}

/// Gives back what the learner had learned before the change.
fn unlearn(
    tx: &Transaction<'_>,
    undo: &Intent,
    change: &Change,
    now: UnixTime,
) -> rusqlite::Result<Option<LessonChange>> {
    // A label that is not the one this change gave has been given since by other means, and stands.
    if training::label_in(tx, undo.key)? != change.label_after {
        if let Some(batch) = change.batch {
            unlearned::bequeath(tx, (batch, undo.key), (change.label_before, change.label_after))?;
        }
        return Ok(None);
    }
    journal::log_labels(tx, undo.id, change.label_after, change.label_before)?;
    let lesson = change.label_before.map_or(Lesson::Forget, Lesson::Learn);
    training::apply(tx, &Taught { key: undo.key, lesson, tokens: None, source: "undo" }, now)
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
    result_folder: String,
    label_before: Option<Label>,
    label_after: Option<Label>,
    kind: Kind,
    deed: Deed,
    shape_before: Shape,
    batch: Option<BatchId>,
}

impl Change {
    fn is_without_effect(&self) -> bool {
        matches!(self.outcome.as_str(), "refused" | "cancelled")
    }
}

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
    let find = "SELECT id, text FROM batch WHERE undone_at = 0 AND kind NOT IN ('undo', 'file')
        AND (kind IN ('list', 'learn', 'train', 'setting')
            OR EXISTS (SELECT 1 FROM intent WHERE batch_id = batch.id AND outcome NOT IN ('refused', 'cancelled')))
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
    if change.is_without_effect() {
        return Ok(());
    }
    if !change.is_finished {
        tx.execute("UPDATE intent SET lesson = '' WHERE id = ?1", [change.id])?;
    }
    let new = NewIntent {
        mail: change.mail,
        batch: Some(undo),
        undoes: Some(change.id),
        kind: Kind::Undo,
        deed: Deed::Move,
        target: "",
        lesson: (change.label_before != change.label_after)
            .then(|| change.label_before.map_or(Lesson::Forget, Lesson::Learn)),
    };
    journal::insert(tx, &new, now)?;
    Ok(())
}

/// The change an undo takes back, unless there is nothing to take back.
fn undone_by(tx: &Transaction<'_>, undo: &Intent) -> rusqlite::Result<Option<Change>> {
    let change = tx.query_row(change_sql!("WHERE intent.id = ?1"), [undo.undoes], read_change).optional()?;
    Ok(change.filter(|change| !change.is_without_effect()))
}

/// The next change of the same message that has happened and has not been taken back.
fn standing_after(tx: &Transaction<'_>, change: &Change) -> rusqlite::Result<Option<IntentId>> {
    tx.query_row(
        "SELECT id FROM intent AS later
         WHERE mail_id = ?1 AND ?2 < id AND kind NOT IN ('undo', 'file', 'hold', 'free')
             AND finished_at <> 0 AND outcome NOT IN ('refused', 'cancelled')
             AND NOT EXISTS (SELECT 1 FROM intent AS undo WHERE undo.mail_id = later.mail_id
                 AND undo.undoes = later.id AND undo.finished_at <> 0)
         ORDER BY id LIMIT 1",
        (change.mail.0, change.id),
        |row| row.get(0).map(IntentId),
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
        result_folder: row.get(7)?,
        label_before: word(row, 8, optional_label)?,
        label_after: word(row, 9, optional_label)?,
        kind: word(row, 10, Kind::from_word)?,
        deed: word(row, 11, Deed::from_word)?,
        shape_before: word(row, 12, Shape::from_word)?,
        batch: row.get::<_, Option<i64>>(13)?.map(BatchId),
    })
}

#[cfg(test)]
mod tests;
