//! How far it has got and what came of it, as it is told to the person.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use tamis_core::api::{BatchId, LearningDoubt, LearningFolder, LearningSkip, LearningStatus};

use super::{
    super::{AccountId, StoreError, backfill::State, peers, transaction::read},
    Bootstrap, Skip, bootstrap,
};

/// What the store knows of it. Folders are named as they go over the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// For the person, but for how long the rest takes.
    pub status: LearningStatus,
    /// How long a message took so far, in milliseconds; `None` before the first.
    pub ms_each: Option<i64>,
}

/// How far it has got; `None` if it was never asked for.
pub fn report(db: &Connection, account: AccountId) -> Result<Option<Report>, StoreError> {
    let Some(task) = bootstrap(db, account)? else { return Ok(None) };
    let tallies = read("read what came of learning", tallies(db, account))?;
    let folders = read("read what was learned from", folders(db, account))?;
    let doubts = read("read what looked strange", doubts(db, account))?;
    let is_undone = read("read whether it was taken back", is_undone(db, task.batch))?;
    let of = |what: &str| tallies.get(what).copied().unwrap_or(0);
    let chosen =
        |label: &str| folders.iter().filter(|folder| folder.label == label).map(|folder| folder.messages).sum();
    let (ham, spam) = if task.is_rehearsal { (chosen("ham"), chosen("spam")) } else { (of("ham"), of("spam")) };
    let skipped = Skip::ALL.into_iter().map(|skip| LearningSkip { why: why(skip, &task), messages: of(skip.word()) });
    let ms_each = task.worked_ms.checked_div(i64::from(task.done));
    let status = LearningStatus {
        is_rehearsal: task.is_rehearsal,
        has_junk: task.has_junk,
        is_planned: task.is_planned,
        total: task.total,
        done: task.done,
        seconds_left: None,
        is_paused: task.state == State::Paused,
        is_ended: task.state == State::Ended,
        ham,
        spam,
        skipped: skipped.filter(|skip| 0 < skip.messages).collect(),
        judged: of("judged"),
        good_called_spam: of("good_called_spam"),
        spam_missed: of("spam_missed"),
        good_in_junk: of("good_in_junk"),
        spam_elsewhere: of("spam_elsewhere"),
        peers: peers::count(db, account)?,
        undo: task.batch,
        folders,
        doubts,
        is_undone,
    };
    Ok(Some(Report { status, ms_each }))
}

fn why(skip: Skip, task: &Bootstrap) -> String {
    match skip {
        Skip::Unread => "new and not yet read".to_owned(),
        Skip::Marked => "drafts, about to be removed, or marked as the opposite".to_owned(),
        Skip::Known => "learned before".to_owned(),
        Skip::Otherwise => "taught otherwise by you".to_owned(),
        Skip::Own => "filed or made by Tamis, with no word of yours yet".to_owned(),
        Skip::Gone => "gone meanwhile".to_owned(),
        Skip::Unreadable => "not handed out by the server".to_owned(),
        Skip::Over => format!("older than the newest {} that are learned from at most", task.most),
    }
}

fn tallies(db: &Connection, account: AccountId) -> rusqlite::Result<BTreeMap<String, u32>> {
    let mut find = db.prepare_cached("SELECT what, messages FROM bootstrap_tally WHERE account_id = ?1")?;
    find.query_map([account], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn folders(db: &Connection, account: AccountId) -> rusqlite::Result<Vec<LearningFolder>> {
    let find = "SELECT name, label, chosen FROM bootstrap_folder WHERE account_id = ?1 AND chosen <> 0 ORDER BY id";
    let mut find = db.prepare_cached(find)?;
    let rows = find.query_map([account], |row| {
        Ok(LearningFolder { name: row.get(0)?, label: row.get(1)?, messages: row.get(2)? })
    })?;
    rows.collect()
}

fn doubts(db: &Connection, account: AccountId) -> rusqlite::Result<Vec<LearningDoubt>> {
    let find = "SELECT folder, label, from_text, subject, received_at, probability FROM bootstrap_doubt
        WHERE account_id = ?1 ORDER BY label DESC, id DESC";
    let mut find = db.prepare_cached(find)?;
    let rows = find.query_map(params![account], |row| {
        Ok(LearningDoubt {
            folder: row.get(0)?,
            label: row.get(1)?,
            from: row.get(2)?,
            subject: row.get(3)?,
            received_at: row.get(4)?,
            probability: row.get(5)?,
        })
    })?;
    rows.collect()
}

fn is_undone(db: &Connection, batch: Option<BatchId>) -> rusqlite::Result<bool> {
    let Some(batch) = batch else { return Ok(false) };
    db.prepare_cached("SELECT 1 FROM batch WHERE id = ?1 AND undone_at <> 0")?.exists([batch.0])
}
