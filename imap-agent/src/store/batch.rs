//! What the person does to one message or a whole selection, as one change that can be undone.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
};

use super::{
    StoreError,
    intent::{Kind, Lesson},
    journal::{self, NewIntent},
    transaction::write,
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
        tx.execute(
            "INSERT INTO batch (kind, text, created_at) VALUES (?1, ?2, ?3)",
            params![kind.word(), text, now.0],
        )?;
        let batch = BatchId(tx.last_insert_rowid());
        let mut taken = BTreeSet::new();
        for item in items.iter().filter(|item| taken.insert(item.mail)) {
            let BatchItem { mail, ref target, lesson } = *item;
            journal::insert(tx, &NewIntent { mail, batch: Some(batch), undoes: None, kind, target, lesson }, now)?;
        }
        Ok(batch)
    })
}

#[cfg(test)]
mod tests;
