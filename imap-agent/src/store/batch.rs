//! What the person does to one message or a whole selection, as one change that can be undone.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
    learn::Label,
};

use super::{
    StoreError, folder,
    intent::{Deed, Kind, Lesson},
    journal::{self, NewIntent},
    mail::StoredMail,
    transaction::{read, write},
    waiting,
};

/// What is to happen to one message of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchItem {
    /// The message.
    pub mail: MailId,
    /// The folder it is to be in; empty if that does not matter. If it is there already, nothing moves.
    pub target: String,
    /// What to learn once it is there.
    pub lesson: Option<Lesson>,
}

/// What the person's word means for a message: where it is to be, and what to learn.
pub fn item_for(db: &Connection, kind: Kind, mail: &StoredMail) -> Result<BatchItem, StoreError> {
    let junk = folder::junk_folder(db, mail.judged.account)?.unwrap_or_default();
    let quarantine = folder::quarantine_folder(db, mail.judged.account)?.unwrap_or_default();
    let is_in = |folder: &String| !folder.is_empty() && mail.location.folder == *folder;
    // What was taken off the server comes back from the archive.
    let is_in_junk = is_in(&junk)
        || is_in(&quarantine)
        || (mail.location.is_gone() && mail.is_archived)
        || read("read what was put aside", waiting::was_put(db, mail.id, &mail.location.folder))?;
    let (target, label) = match kind {
        Kind::Spam => (junk, Label::Spam),
        Kind::Release => (mail.home.clone(), Label::Ham),
        // What is pending happens first, and may still take it to Junk.
        Kind::Ham | Kind::File | Kind::Undo | Kind::Hold | Kind::Free | Kind::Delete
            if is_in_junk || is_pending(db, mail.id)? =>
        {
            (mail.home.clone(), Label::Ham)
        }
        Kind::Ham | Kind::File | Kind::Undo | Kind::Hold | Kind::Free | Kind::Delete => (String::new(), Label::Ham),
    };
    Ok(BatchItem { mail: mail.id, target, lesson: Some(Lesson::Learn(label)) })
}

fn is_pending(db: &Connection, mail: MailId) -> Result<bool, StoreError> {
    let find = "SELECT EXISTS (SELECT 1 FROM intent WHERE mail_id = ?1 AND finished_at = 0)";
    read("read what is pending for a message", db.query_row(find, [mail.0], |row| row.get(0)))
}

/// Writes down a change of one or more messages: one pending intent for each. `text` says what it is, such as
/// `release of 2 messages`. All of it is written, or on error nothing.
pub fn begin_batch(
    db: &mut Connection,
    kind: Kind,
    text: &str,
    items: &[BatchItem],
    now: UnixTime,
) -> Result<BatchId, StoreError> {
    if items.is_empty() {
        return Err(StoreError::EmptyBatch);
    }
    write(db, "write down a change", |tx| {
        let batch = insert(tx, kind, text, now)?;
        let deed = if kind == Kind::Delete { Deed::Delete } else { Deed::Move };
        let mut taken = BTreeSet::new();
        for item in items.iter().filter(|item| taken.insert(item.mail)) {
            let BatchItem { mail, ref target, lesson } = *item;
            journal::insert(
                tx,
                &NewIntent { mail, batch: Some(batch), undoes: None, kind, deed, target, lesson },
                now,
            )?;
        }
        Ok(batch)
    })
}

pub(super) fn insert(tx: &Transaction<'_>, kind: Kind, text: &str, now: UnixTime) -> rusqlite::Result<BatchId> {
    tx.execute("INSERT INTO batch (kind, text, created_at) VALUES (?1, ?2, ?3)", params![kind.word(), text, now.0])?;
    Ok(BatchId(tx.last_insert_rowid()))
}

/// A change that learns from many messages at once, and moves none.
pub(super) fn insert_learning(tx: &Transaction<'_>, now: UnixTime) -> rusqlite::Result<BatchId> {
    tx.execute("INSERT INTO batch (kind, created_at) VALUES ('learn', ?1)", [now.0])?;
    Ok(BatchId(tx.last_insert_rowid()))
}

#[cfg(test)]
mod tests;
