//! Tests of the thread and the file.

use std::fs;

use super::*;
use crate::store::{
    folder::account_id,
    testing::{inbox, spam},
    testing::{pending, record_and_intend},
    views::counts,
};

#[tokio::test]
async fn jobs_run_in_the_order_they_were_given() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("tamis.db")).unwrap();
    let me = store.run(|db| account_id(db, "me", "imap.example.org", "me")).await.unwrap();
    let again = store.run(|db| account_id(db, "me", "imap.example.org", "me")).await.unwrap();
    assert_eq!(me, again);
}

#[test]
fn a_thread_without_a_runtime_can_ask_too() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("tamis.db")).unwrap();
    assert_eq!(store.run_blocking(|db| counts(db)).unwrap().judged, 0);
}

#[test]
fn a_job_that_panics_changes_nothing_and_stops_nothing() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("tamis.db")).unwrap();
    let err = store
        .run_blocking(|db| {
            let half = db.transaction().unwrap();
            half.execute("INSERT INTO account (name) VALUES ('half')", ()).unwrap();
            assert!(half.is_autocommit(), "this is what fails");
            Ok(())
        })
        .unwrap_err();
    assert_eq!(err.to_string(), "a job of the database failed");
    let accounts = store
        .run_blocking(|db| Ok(db.query_row("SELECT count(*) FROM account", (), |row| row.get::<_, u32>(0)).unwrap()));
    assert_eq!(accounts.unwrap(), 0);
}

#[test]
fn one_agent_at_a_time() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    let first = Store::open(&path).unwrap();
    let second = Store::open(&path).unwrap_err();
    assert!(second.to_string().starts_with(&format!("another Tamis agent is using {}: ", path.display())));
    drop(first);
    Store::open(&path).unwrap();
}

#[test]
fn what_is_pending_survives_closing_the_file() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    let store = Store::open(&path).unwrap();
    let account = store.run_blocking(|db| account_id(db, "me", "imap.example.org", "me")).unwrap();
    store.run_blocking(move |db| record_and_intend(db, &spam(account, 1), &inbox(1), "Junk", None)).unwrap();
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.run_blocking(move |db| pending(db, account)).unwrap().len(), 1);
}

#[test]
fn commits_reach_the_disk_and_references_hold() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("tamis.db")).unwrap();
    let pragma = |name: &'static str| {
        store
            .run_blocking(move |db| {
                Ok(db.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap())
            })
            .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
    assert_eq!(pragma("synchronous"), 2.into());
    assert_eq!(pragma("foreign_keys"), 1.into());
    assert_eq!(pragma("cache_size"), (-1024).into());
}

#[cfg(unix)]
#[test]
fn no_other_user_can_read_any_of_the_files() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    // A file from a backup, say.
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Store::open(&path).unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(home.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["tamis.db", "tamis.db-shm", "tamis.db-wal", "tamis.lock"]);
}

#[test]
fn a_database_from_the_future_is_not_touched() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    let db = Connection::open(&path).unwrap();
    db.execute_batch("CREATE TABLE news (id INTEGER); PRAGMA user_version = 99;").unwrap();
    drop(db);
    let before = fs::read(&path).unwrap();
    let err = Store::open(&path).unwrap_err();
    assert!(matches!(err, StoreError::Migrate(migrate::MigrateError::TooNew { found: 99, .. })), "{err}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_not_touched() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    let letter = "Dear Tamis, this is not a database. ".repeat(100);
    fs::write(&path, &letter).unwrap();
    Store::open(&path).unwrap_err();
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("nowhere").join("tamis.db");
    let err = Store::open(&path).unwrap_err();
    assert_eq!(err.to_string(), format!("cannot prepare {}", path.with_extension("lock").display()));
}
