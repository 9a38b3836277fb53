//! Lessons of a change that is not about single messages, so that it can be taken back as a whole.

use rusqlite::{Transaction, params};
use tamis_core::{UnixTime, api::BatchId, learn::Label};

use super::{
    Key,
    intent::Lesson,
    reputation,
    training::{self, Taught},
};

/// How such a lesson came.
pub(super) const SOURCE: &str = "bootstrap";

/// Notes that a lesson came by that change.
pub(super) fn note(tx: &Transaction<'_>, batch: BatchId, key: Key, label: Label) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO learned (batch_id, content_key, label) VALUES (?1, ?2, ?3)")?
        .execute(params![batch.0, key, label.word()])?;
    Ok(())
}

/// Whether the message was learned by that change.
pub(super) fn is_of(tx: &Transaction<'_>, batch: BatchId, key: Key) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM learned WHERE batch_id = ?1 AND content_key = ?2")?.exists(params![batch.0, key])
}

/// Forgets what was learned by that change, and ends it if it goes on. What the person has said of one of the messages
/// themselves, before or since, stands. Returns how many lessons were forgotten; the learner has to be made anew.
pub(super) fn take_back(tx: &Transaction<'_>, batch: BatchId, now: UnixTime) -> rusqlite::Result<usize> {
    tx.execute(
        "UPDATE bootstrap SET state = 'ended', ended_at = ?2 WHERE batch_id = ?1 AND state <> 'ended'",
        params![batch.0, now.0.max(1)],
    )?;
    tx.execute(
        "DELETE FROM bootstrap_mail WHERE account_id IN (SELECT account_id FROM bootstrap WHERE batch_id = ?1)",
        [batch.0],
    )?;
    let keys: Vec<Key> = {
        let mut find = tx.prepare(STILL_LEARNED)?;
        find.query_map(params![batch.0, SOURCE], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
    };
    for key in &keys {
        training::apply(tx, &Taught { key: *key, lesson: Lesson::Forget, tokens: None, source: "undo" }, now)?;
        reputation::follow(tx, *key)?;
    }
    // What was forgotten since is not to be given back.
    let drop = "DELETE FROM unlearned WHERE ?1 < batch_id AND source = ?2 AND said = ''
        AND batch_id IN (SELECT id FROM batch WHERE undone_at = 0)
        AND (content_key, label) IN (SELECT content_key, label FROM learned WHERE batch_id = ?1)";
    tx.execute(drop, params![batch.0, SOURCE])?;
    Ok(keys.len())
}

/// Lessons of that change that no other has confirmed or contradicted. Accounts are few, so the messages are found by index.
pub(super) const STILL_LEARNED: &str = "SELECT learned.content_key FROM learned
    CROSS JOIN training ON training.content_key = learned.content_key
    WHERE learned.batch_id = ?1 AND training.label = learned.label AND training.source = ?2
        AND NOT EXISTS (SELECT 1 FROM account CROSS JOIN mail
            ON mail.account_id = account.id AND mail.content_key = learned.content_key AND mail.taught = learned.label)";
