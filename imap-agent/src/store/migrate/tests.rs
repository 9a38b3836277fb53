//! Tests of the schema and the way to it.

use super::*;

#[test]
fn versions_count_up_to_the_newest() {
    let versions: Vec<u32> = MIGRATIONS.iter().map(|(version, _)| *version).collect();
    let counted: Vec<u32> = (1..=NEWEST).collect();
    assert_eq!(versions, counted);
}

#[test]
fn every_older_version_reaches_the_same_schema() {
    let fresh = fresh();
    for start in 0..NEWEST {
        let mut old = Connection::open_in_memory().unwrap();
        migrate_to(&mut old, start).unwrap();
        migrate(&mut old).unwrap();
        assert_eq!(schema(&old), schema(&fresh), "from version {start}");
    }
}

#[test]
fn a_current_database_is_left_alone() {
    let mut db = fresh();
    let before = schema(&db);
    migrate(&mut db).unwrap();
    assert_eq!(schema(&db), before);
}

#[test]
fn lessons_from_before_versions_are_of_the_first() {
    let mut db = Connection::open_in_memory().unwrap();
    migrate_to(&mut db, LESSONS_HAVE_VERSIONS - 1).unwrap();
    assert!(!lessons_have_versions(&db).unwrap());
    db.execute("INSERT INTO training (content_key, label, tokens) VALUES (x'01', 'ham', x'02')", ()).unwrap();
    migrate(&mut db).unwrap();
    assert!(lessons_have_versions(&db).unwrap());
    let kept: (u32, String) =
        db.query_row("SELECT version, label FROM training", (), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(kept, (1, "ham".to_owned()));
}

#[test]
fn of_what_was_dealt_with_before_nobody_knows_what_the_keywords_were_made_to_say() {
    let mut db = Connection::open_in_memory().unwrap();
    migrate_to(&mut db, 6).unwrap();
    db.execute_batch(
        "INSERT INTO account (id) VALUES (1);
         INSERT INTO mail (id, account_id, content_key, fingerprint, class)
             VALUES (1, 1, x'01', x'01', 'spam'), (2, 1, x'02', x'02', 'spam');
         INSERT INTO intent (mail_id, kind, deed, finished_at, outcome) VALUES (1, 'file', 'keyword', 9, 'stayed');",
    )
    .unwrap();
    migrate(&mut db).unwrap();
    let mut find = db.prepare("SELECT keywords FROM mail ORDER BY id").unwrap();
    let rows = find.query_map((), |row| row.get(0)).unwrap();
    assert_eq!(rows.collect::<rusqlite::Result<Vec<String>>>().unwrap(), ["unknown", ""]);
}

#[test]
fn a_failed_migration_changes_nothing() {
    let mut db = fresh();
    let before = schema(&db);
    run(&mut db, NEWEST + 1, "CREATE TABLE half (done INTEGER) STRICT; ALTER TABLE nowhere;").unwrap_err();
    assert_eq!(schema(&db), before);
    assert_eq!(version(&db).unwrap(), NEWEST);
}

#[test]
fn what_weighed_most_is_found_in_old_verdicts() {
    let mut db = Connection::open_in_memory().unwrap();
    migrate_to(&mut db, 15).unwrap();
    db.execute_batch(
        r#"INSERT INTO account (id) VALUES (1);
         INSERT INTO mail (id, account_id, content_key, fingerprint, class, reasons) VALUES
             (1, 1, x'01', x'01', 'spam', '[{"symbol":"GOOD","thousandths":-9000},{"symbol":"LITTLE","thousandths":100},
                 {"symbol":"MUCH","thousandths":4000}]'),
             (2, 1, x'02', x'02', 'ham', '[{"symbol":"GOOD","thousandths":-9000},{"symbol":"MUCH","thousandths":4000}]'),
             (3, 1, x'03', x'03', 'unsure', '[{"symbol":"GOOD","thousandths":-9000},{"symbol":"NONE","thousandths":0}]'),
             (4, 1, x'04', x'04', 'ham', '[]');"#,
    )
    .unwrap();
    migrate(&mut db).unwrap();
    let mut find = db.prepare("SELECT main_reason FROM mail ORDER BY id").unwrap();
    let rows = find.query_map((), |row| row.get(0)).unwrap();
    assert_eq!(rows.collect::<rusqlite::Result<Vec<String>>>().unwrap(), ["MUCH", "GOOD", "", ""]);
}

#[test]
fn a_database_from_the_future_is_refused() {
    let mut db = Connection::open_in_memory().unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    let want = "the database has version 99, this program knows up to 19; start the newer Tamis again";
    assert_eq!(check_version(&db).unwrap_err().to_string(), want);
    assert_eq!(migrate(&mut db).unwrap_err().to_string(), want);
    assert_eq!(schema(&db), Vec::<String>::new());
}

#[test]
fn the_copy_aside_is_whole_and_private() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    let mut db = Connection::open(&path).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    migrate(&mut db).unwrap();
    for name in ["first", "second"] {
        db.execute("INSERT INTO account (name) VALUES (?1)", [name]).unwrap();
        // The second time a copy is there already, from a try that failed.
        let copy = copy_for(&db, &path, NEWEST + 1).unwrap();
        assert_eq!(copy, home.path().join(format!("tamis.db.before-{}", NEWEST + 1)));
        let copied = Connection::open(&copy).unwrap();
        assert_eq!(schema(&copied), schema(&db));
        assert_eq!(version(&copied).unwrap(), NEWEST);
        let last: String =
            copied.query_row("SELECT name FROM account ORDER BY id DESC LIMIT 1", (), |row| row.get(0)).unwrap();
        assert_eq!(last, name);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn nothing_is_copied_without_a_migration() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tamis.db");
    let mut db = Connection::open(&path).unwrap();
    copy_aside(&db, &path).unwrap();
    migrate(&mut db).unwrap();
    copy_aside(&db, &path).unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn the_schema_for_people_is_the_real_one() {
    let told = Connection::open_in_memory().unwrap();
    told.execute_batch(SCHEMA).unwrap();
    assert_eq!(schema(&told), schema(&fresh()));
}

#[test]
fn every_table_and_column_is_explained() {
    let mut before = "";
    for line in SCHEMA.lines() {
        let is_table = line.starts_with("CREATE TABLE");
        let is_column = line.starts_with("    ") && line.trim_start().starts_with(|c: char| c.is_ascii_lowercase());
        assert!(!is_table || before.starts_with("-- "), "no comment above: {line}");
        assert!(!is_column || line.contains(" -- "), "no comment beside: {line}");
        before = line;
    }
}

#[test]
fn every_table_is_strict() {
    let db = fresh();
    let sql =
        "SELECT count(*) FROM pragma_table_list WHERE strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite_%'";
    let loose: u32 = db.query_row(sql, (), |row| row.get(0)).unwrap();
    assert_eq!(loose, 0);
}

const SCHEMA: &str = include_str!("../../../schema.sql");

fn fresh() -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    migrate(&mut db).unwrap();
    db
}

/// What SQLite keeps of the schema, without comments and spaces.
fn schema(db: &Connection) -> Vec<String> {
    let mut statement = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    let rows = statement.query_map((), |row| row.get::<_, String>(0)).unwrap();
    rows.map(|sql| {
        let sql = sql.unwrap();
        let lines = sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code));
        lines.flat_map(str::split_whitespace).collect()
    })
    .collect()
}
