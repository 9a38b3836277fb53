//! What was changed in the settings file, so that it can be taken back like anything else.

use rusqlite::{Connection, OptionalExtension as _, params};
use tamis_core::{UnixTime, api::BatchId};

use super::{
    StoreError, journal,
    transaction::{read, write},
};

/// A change of one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// The change that is undone.
    pub batch: BatchId,
    /// The setting, such as `judge.tag`.
    pub key: String,
    /// What the file said before, as it is written there; `None`: nothing.
    pub before: Option<String>,
    /// What it says since.
    pub after: Option<String>,
}

/// Writes down that a setting was changed. `text` is for people: `change of judge.tag to 4.0`.
pub fn note(
    db: &mut Connection,
    text: &str,
    (key, before, after): (&str, Option<&str>, Option<&str>),
    now: UnixTime,
) -> Result<BatchId, StoreError> {
    write(db, "write down a change of the settings", |tx| {
        tx.execute("INSERT INTO batch (kind, text, created_at) VALUES ('setting', ?1, ?2)", params![text, now.0])?;
        let batch = BatchId(tx.last_insert_rowid());
        tx.execute(
            "INSERT INTO setting_change (batch_id, key, before, after) VALUES (?1, ?2, ?3, ?4)",
            params![batch.0, key, before.unwrap_or_default(), after.unwrap_or_default()],
        )?;
        Ok(batch)
    })
}

/// The change of a setting that an undo of `batch`, or of the newest change of all, would take back. `None` if that is
/// none of a setting, or was taken back.
pub fn change(db: &Connection, batch: Option<BatchId>) -> Result<Option<SettingChange>, StoreError> {
    let batch = match batch {
        Some(batch) => Some(batch),
        None => super::undo::newest_id(db)?,
    };
    let Some(batch) = batch else { return Ok(None) };
    let find = "SELECT key, before, after FROM setting_change JOIN batch ON batch.id = batch_id
        WHERE batch_id = ?1 AND undone_at = 0";
    let found = db.query_row(find, [batch.0], |row| {
        let written = |text: String| (!text.is_empty()).then_some(text);
        Ok(SettingChange { batch, key: row.get(0)?, before: written(row.get(1)?), after: written(row.get(2)?) })
    });
    read("read a change of the settings", found.optional())
}

/// Says that a change can no longer be taken back, as the setting was changed by hand since.
pub fn pass_over(db: &mut Connection, batch: BatchId, now: UnixTime) -> Result<(), StoreError> {
    write(db, "pass over a change of the settings", |tx| {
        let pass = "UPDATE batch SET undone_at = ?2 WHERE id = ?1 AND undone_at = 0";
        tx.execute(pass, (batch.0, journal::finished_at(now)))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        history,
        testing::{NOW, fresh},
        undo::{begin_undo, undoable},
    };

    #[test]
    fn a_change_of_a_setting_is_the_newest_until_it_is_undone_and_is_in_the_history() {
        let (mut db, _) = fresh();
        assert_eq!(change(&db, None).unwrap(), None);
        let text = "change of judge.tag to 4.0";
        let batch = note(&mut db, text, ("judge.tag", None, Some("4.0")), NOW).unwrap();
        let want = SettingChange { batch, key: "judge.tag".to_owned(), before: None, after: Some("4.0".to_owned()) };
        assert_eq!(change(&db, None).unwrap().as_ref(), Some(&want));
        assert_eq!(change(&db, Some(batch)).unwrap(), Some(want));
        assert_eq!(undoable(&db).unwrap().as_deref(), Some(text));
        begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
        assert_eq!((change(&db, None).unwrap(), change(&db, Some(batch)).unwrap()), (None, None));
        let told: Vec<_> = history::newest(&db, 9).unwrap().into_iter().map(|one| (one.text, one.is_undone)).collect();
        assert_eq!(told, [(format!("undo of {text}"), false), (text.to_owned(), true)]);
    }
    #[test]
    fn a_change_that_was_passed_over_is_not_in_the_way_of_the_one_before() {
        let (mut db, _) = fresh();
        let first = note(&mut db, "change of a", ("a", None, Some("1")), NOW).unwrap();
        let second = note(&mut db, "change of b", ("b", None, Some("2")), NOW).unwrap();
        pass_over(&mut db, second, NOW).unwrap();
        assert_eq!(change(&db, None).unwrap().map(|change| change.batch), Some(first));
    }
}
