//! Removing an entry and switching it, each a change that can be undone.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    api::BatchId,
    lists::{EntryId, Kind, Side, What},
};

use super::note_change;
use crate::store::{
    StoreError,
    ids::word,
    transaction::{Fault, write},
};

/// Removes an entry. `None` if there is none.
pub fn remove(db: &mut Connection, id: EntryId, now: UnixTime) -> Result<Option<BatchId>, StoreError> {
    write(db, "remove a list entry", |tx| {
        let Some(batch) = begin(tx, id, "removed from the lists", now)? else { return Ok(None) };
        tx.execute(
            "INSERT INTO list_removed (batch_id, entry_id, account_id, kind, content, note, origin, created_at, hits,
                 last_hit_at)
             SELECT ?2, id, account_id, kind, content, note, origin, created_at, hits, last_hit_at
             FROM list_entry WHERE id = ?1",
            (id.0, batch.0),
        )?;
        tx.execute("DELETE FROM list_entry WHERE id = ?1", [id.0])?;
        Ok(Some(batch))
    })
}

/// Switches an entry on or off. `None` if there is none.
pub fn switch(db: &mut Connection, id: EntryId, is_on: bool, now: UnixTime) -> Result<Option<BatchId>, StoreError> {
    write(db, "switch a list entry", |tx| {
        let how = if is_on { "switched on" } else { "switched off" };
        let Some(batch) = begin(tx, id, how, now)? else { return Ok(None) };
        let update = "UPDATE list_entry SET is_on = ?2, contradicted_by = 0, contradicted_at = 0 WHERE id = ?1";
        tx.execute(update, (id.0, is_on))?;
        Ok(Some(batch))
    })
}

/// Writes down a change of an entry as it is before it.
fn begin(tx: &Transaction<'_>, id: EntryId, how: &str, now: UnixTime) -> Result<Option<BatchId>, Fault> {
    let find = "SELECT side, is_on, kind, content FROM list_entry WHERE id = ?1";
    let found = tx.query_row(find, [id.0], |row| {
        let (kind, content): (Kind, String) = (word(row, 2, Kind::from_word)?, row.get(3)?);
        Ok((word(row, 0, Side::from_word)?, row.get::<_, bool>(1)?, kind, content))
    });
    let Some((side, is_on, kind, content)) = found.optional()? else { return Ok(None) };
    // In the form in which people write it.
    let value = What::parse(kind, &content).map_or(content, |what| what.value());
    let insert = "INSERT INTO batch (kind, text, created_at) VALUES ('list', ?1, ?2)";
    tx.execute(insert, (format!("{value} {how}"), now.0))?;
    let batch = BatchId(tx.last_insert_rowid());
    note_change(tx, Some(batch), (id, side.word(), is_on))?;
    Ok(Some(batch))
}

/// Entries that a change has added or switched and a later one has removed: what is put back later is as before the first.
pub(super) fn bequeath(tx: &Transaction<'_>, batch: BatchId) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM list_removed WHERE ?1 < batch_id AND entry_id IN
             (SELECT entry_id FROM list_change WHERE batch_id = ?1 AND side_before = '')",
        [batch.0],
    )?;
    tx.execute(
        "UPDATE list_change SET side_before = undone.side_before, is_on_before = undone.is_on_before
         FROM list_change AS undone
         WHERE undone.batch_id = ?1 AND undone.side_before <> '' AND list_change.entry_id = undone.entry_id
             AND ?1 < list_change.batch_id
             AND (list_change.batch_id, list_change.entry_id) IN (SELECT batch_id, entry_id FROM list_removed)",
        [batch.0],
    )?;
    Ok(())
}

/// Puts back what a change has removed, unless there is such an entry again. What it hit before is only a number now.
pub(super) fn restore(tx: &Transaction<'_>, batch: BatchId) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO list_entry (id, account_id, side, kind, content, note, origin, created_at, is_on, hits,
             last_hit_at)
         SELECT entry_id, account_id, side_before, kind, content, note, origin, created_at, is_on_before, hits, last_hit_at
         FROM list_removed JOIN list_change USING (batch_id, entry_id) WHERE batch_id = ?1",
        params![batch.0],
    )?;
    Ok(())
}
