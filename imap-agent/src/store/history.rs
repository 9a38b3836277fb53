//! What was changed, for the person to look back on.

use rusqlite::Connection;
use tamis_core::api::{BatchId, Change};

use super::{StoreError, transaction::read};
use crate::words::count;

/// The newest changes that came to anything, at most `limit`.
pub fn newest(db: &Connection, limit: u32) -> Result<Vec<Change>, StoreError> {
    let changes = db.prepare_cached(NEWEST).and_then(|mut find| {
        let rows = find.query_map([limit], |row| {
            let (kind, text): (String, String) = (row.get(1)?, row.get(2)?);
            let messages: u32 = row.get(5)?;
            let noun = count(usize::try_from(messages).unwrap_or(usize::MAX), "message");
            // What the policy does together is known only afterwards.
            let text = match (kind.as_str(), text.as_str()) {
                ("file", _) => format!("filing of {noun}"),
                ("undo", "undo of filing") => format!("undo of filing of {noun}"),
                _ => text,
            };
            let (id, at, is_undone) = (BatchId(row.get(0)?), row.get(3)?, row.get(4)?);
            Ok(Change { id, kind, text, at, messages, is_undone })
        })?;
        rows.collect()
    });
    read("read what was changed", changes)
}

/// The newest batches are few; of each the intents are counted by an index.
pub(super) const NEWEST: &str = "SELECT batch.id, kind, text, created_at, undone_at <> 0,
        (SELECT count(*) FROM intent WHERE intent.batch_id = batch.id)
            + (SELECT count(*) FROM learned WHERE learned.batch_id IN (batch.id, batch.undo_of))
            + (SELECT count(*) FROM file_lesson WHERE file_lesson.batch_id IN (batch.id, batch.undo_of))
            + (SELECT count(*) FROM unlearned WHERE unlearned.batch_id IN (batch.id, batch.undo_of)) AS messages
    FROM batch
    WHERE EXISTS (SELECT 1 FROM intent WHERE intent.batch_id = batch.id AND outcome NOT IN ('refused', 'cancelled'))
        OR EXISTS (SELECT 1 FROM learned WHERE learned.batch_id IN (batch.id, batch.undo_of))
        OR EXISTS (SELECT 1 FROM file_lesson WHERE file_lesson.batch_id IN (batch.id, batch.undo_of))
        OR EXISTS (SELECT 1 FROM list_change WHERE list_change.batch_id IN (batch.id, batch.undo_of))
        OR EXISTS (SELECT 1 FROM peer_forgotten WHERE peer_forgotten.batch_id IN (batch.id, batch.undo_of))
        OR EXISTS (SELECT 1 FROM unlearned WHERE unlearned.batch_id IN (batch.id, batch.undo_of))
        OR EXISTS (SELECT 1 FROM setting_change WHERE setting_change.batch_id IN (batch.id, batch.undo_of))
    ORDER BY batch.id DESC LIMIT ?1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        filing::{Filing, begin_filing, record_and_file},
        intent::Deed,
        testing::{NOW, act, fresh, inbox, plan, spam},
        undo::begin_undo,
    };

    #[test]
    fn the_history_says_what_was_done_and_what_was_taken_back() {
        let (mut db, account) = fresh();
        begin_filing(&mut db, NOW).unwrap();
        let batch = begin_filing(&mut db, NOW).unwrap();
        let filing = Filing { deed: Deed::Move, target: "Junk".to_owned(), batch: Some(batch) };
        for n in 1..=2 {
            record_and_file(&mut db, &spam(account, n), &inbox(n), &filing, None).unwrap();
        }
        act(&mut db, account);
        begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
        act(&mut db, account);
        let changes = newest(&db, 10).unwrap();
        let got: Vec<_> = changes.iter().map(|one| (one.text.as_str(), one.messages, one.is_undone)).collect();
        assert_eq!(got, [("undo of filing of 2 messages", 2, false), ("filing of 2 messages", 2, true)]);
        assert_eq!(newest(&db, 1).unwrap().len(), 1);
    }

    #[test]
    fn the_history_is_read_by_its_indexes() {
        let (db, _) = fresh();
        let steps = plan(&db, NEWEST, 1);
        assert!(steps.iter().all(|step| !step.contains("SCAN intent")), "{steps:?}");
    }
}
