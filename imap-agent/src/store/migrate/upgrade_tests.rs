//! The database and the settings of every earlier state open in the newest, and keep their meaning.

use std::{collections::BTreeMap, fs};

use tamis_core::{
    Config,
    api::{MailId, MailRow},
};

use super::*;
use crate::store::{Store, history, views};

/// Databases as the migrations up to each version made them, with rows in every table.
const DATABASES: [&str; 19] = [
    include_str!("../../../fixtures/upgrade/01.sql"),
    include_str!("../../../fixtures/upgrade/02.sql"),
    include_str!("../../../fixtures/upgrade/03.sql"),
    include_str!("../../../fixtures/upgrade/04.sql"),
    include_str!("../../../fixtures/upgrade/05.sql"),
    include_str!("../../../fixtures/upgrade/06.sql"),
    include_str!("../../../fixtures/upgrade/07.sql"),
    include_str!("../../../fixtures/upgrade/08.sql"),
    include_str!("../../../fixtures/upgrade/09.sql"),
    include_str!("../../../fixtures/upgrade/10.sql"),
    include_str!("../../../fixtures/upgrade/11.sql"),
    include_str!("../../../fixtures/upgrade/12.sql"),
    include_str!("../../../fixtures/upgrade/13.sql"),
    include_str!("../../../fixtures/upgrade/14.sql"),
    include_str!("../../../fixtures/upgrade/15.sql"),
    include_str!("../../../fixtures/upgrade/16.sql"),
    include_str!("../../../fixtures/upgrade/17.sql"),
    include_str!("../../../fixtures/upgrade/18.sql"),
    include_str!("../../../fixtures/upgrade/19.sql"),
];

/// Settings of the releases that had others, with everything written out.
const SETTINGS: [&str; 7] = [
    include_str!("../../../fixtures/upgrade/settings-01.toml"),
    include_str!("../../../fixtures/upgrade/settings-02.toml"),
    include_str!("../../../fixtures/upgrade/settings-03.toml"),
    include_str!("../../../fixtures/upgrade/settings-04.toml"),
    include_str!("../../../fixtures/upgrade/settings-05.toml"),
    include_str!("../../../fixtures/upgrade/settings-06.toml"),
    include_str!("../../../fixtures/upgrade/settings-19.toml"),
];

#[test]
fn the_database_of_every_earlier_version_opens_and_keeps_all_its_rows() {
    for (version, sql) in (1..).zip(DATABASES) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tamis.db");
        let before = stored(&path, sql);
        assert_eq!(before.0, version);
        let store = Store::open(&path).unwrap();
        let after = store.run_blocking(|db| Ok((tables(db), version_of(db)))).unwrap();
        assert_eq!(after.1, NEWEST, "from version {version}");
        for (table, rows) in &before.1 {
            let kept = after.0.get(table).unwrap_or_else(|| panic!("version {version}: {table} is gone"));
            assert_eq!(kept, rows, "version {version}: rows of {table}");
        }
        let copy = home.path().join(format!("tamis.db.before-{NEWEST}"));
        assert_eq!(copy.exists(), version < NEWEST, "the copy of version {version}");
        if copy.exists() {
            assert_eq!(tables(&Connection::open(copy).unwrap()), before.1, "the copy of version {version}");
        }
    }
}

#[test]
fn what_was_known_means_the_same_as_before() {
    for (version, sql) in (1u32..).zip(DATABASES) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tamis.db");
        stored(&path, sql);
        let store = Store::open(&path).unwrap();
        let (rows, changes, counts) = store
            .run_blocking(move |db| {
                let all: Vec<MailId> = (1..=9).map(MailId).collect();
                let rows: Vec<MailRow> = views::rows(db, &all)?.into_iter().map(|view| view.row).collect();
                Ok((rows, history::newest(db, 50)?, views::counts(db)?))
            })
            .unwrap();
        let shop = rows.iter().find(|row| row.subject == "You won a prize").unwrap();
        assert_eq!((shop.class.as_str(), shop.folder.as_str(), shop.uid), ("spam", "Junk", 7), "version {version}");
        assert!((shop.score - 8.4).abs() < 1e-9, "version {version}: {}", shop.score);
        let lunch = rows.iter().find(|row| row.subject == "Lunch on Friday?").unwrap();
        assert_eq!(lunch.taught.as_deref(), Some("ham"), "version {version}");
        assert_eq!(counts.judged, u32::try_from(rows.len()).unwrap(), "version {version}");
        let good = changes.iter().find(|change| change.text == "1 message marked as good").unwrap();
        assert!(!good.is_undone && good.messages == 1, "version {version}: {good:?}");
        drop(store);
    }
}

#[test]
fn the_settings_of_every_earlier_release_are_read() {
    for text in SETTINGS {
        let config = Config::parse(text).unwrap_or_else(|err| panic!("{}: {err}", text.lines().next().unwrap()));
        assert_eq!(config.accounts().len(), 1);
        assert_eq!(config.accounts()[0].host, "imap.example.org");
    }
}

#[test]
fn a_migration_that_is_killed_has_happened_or_not() {
    for (from, sql) in (1u32..).zip(DATABASES).filter(|(from, _)| *from < NEWEST) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tamis.db");
        let before = stored(&path, sql);
        let mut db = Connection::open(&path).unwrap();
        // So that pages are on the disk before the end of the transaction.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA cache_size = 1; PRAGMA wal_autocheckpoint = 0").unwrap();
        let next = MIGRATIONS.iter().find(|(version, _)| *version == from + 1).unwrap();
        let transaction = db.transaction().unwrap();
        transaction.execute_batch(next.1).unwrap();
        transaction.pragma_update(None, "user_version", next.0).unwrap();
        let killed = as_after_a_kill(home.path(), "middle");
        assert_eq!(version_of(&killed), from, "in the middle of {}", next.0);
        assert_eq!(tables(&killed), before.1, "in the middle of {}", next.0);
        transaction.commit().unwrap();
        assert_eq!(version_of(&as_after_a_kill(home.path(), "end")), next.0);
    }
}

#[test]
fn an_older_program_does_not_touch_a_newer_database() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    stored(&path, DATABASES[18]);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", NEWEST + 1).unwrap();
    let before = fs::read(&path).unwrap();
    let refused = Store::open(&path).unwrap_err().to_string();
    assert!(refused.ends_with("start the newer Tamis again"), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let others: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(others.iter().all(|name| name != "tamis.db-wal"), "{others:?}");
}

#[test]
fn copies_from_before_a_migration_go_after_a_month() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    for (name, days) in [("tamis.db.before-3", 40), ("tamis.db.before-4", 2), ("other.before-3", 40)] {
        let file = fs::File::create(home.path().join(name)).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_hours(24 * days)).unwrap();
    }
    drop(Store::open(&path).unwrap());
    for (name, is_there) in [("tamis.db.before-3", false), ("tamis.db.before-4", true), ("other.before-3", true)] {
        assert_eq!(home.path().join(name).exists(), is_there, "{name}");
    }
}

/// Makes the database. Its version, and how many rows each table has.
fn stored(path: &Path, sql: &str) -> (u32, BTreeMap<String, u32>) {
    let db = Connection::open(path).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF; BEGIN").unwrap();
    db.execute_batch(sql).unwrap();
    db.execute_batch("COMMIT").unwrap();
    (version_of(&db), tables(&db))
}

fn version_of(db: &Connection) -> u32 {
    version(db).unwrap()
}

fn tables(db: &Connection) -> BTreeMap<String, u32> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut statement = db.prepare(sql).unwrap();
    let names = statement.query_map((), |row| row.get::<_, String>(0)).unwrap();
    names
        .map(|name| {
            let name = name.unwrap();
            let rows = db.query_row(&format!("SELECT count(*) FROM {name}"), (), |row| row.get(0)).unwrap();
            (name, rows)
        })
        .collect()
}

/// The database as the disk has it at this moment, opened by somebody else.
fn as_after_a_kill(home: &Path, name: &str) -> Connection {
    let copy = home.join(name);
    fs::create_dir_all(&copy).unwrap();
    for name in ["tamis.db", "tamis.db-wal"] {
        fs::copy(home.join(name), copy.join(name)).unwrap();
    }
    Connection::open(copy.join("tamis.db")).unwrap()
}
