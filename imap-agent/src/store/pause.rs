//! Until when nothing is judged or filed.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{StoreError, transaction::read};

const NAME: &str = "paused until";

/// Until when, Unix seconds; 0: until the person says so; `None`: all goes on.
pub fn paused_until(db: &Connection) -> Result<Option<i64>, StoreError> {
    let find = "SELECT CAST(content AS TEXT) FROM value WHERE name = ?1";
    let found = db.query_row(find, [NAME], |row| row.get::<_, String>(0)).optional();
    Ok(read("look up the pause", found)?.and_then(|content| content.parse().ok()))
}

/// Keeps that, or that there is no pause.
pub fn keep_pause(db: &Connection, until: Option<i64>) -> Result<(), StoreError> {
    let kept = match until {
        None => db.execute("DELETE FROM value WHERE name = ?1", [NAME]),
        Some(until) => db.execute(
            "INSERT INTO value (name, content) VALUES (?1, CAST(?2 AS BLOB))
             ON CONFLICT (name) DO UPDATE SET content = excluded.content",
            params![NAME, until.to_string()],
        ),
    };
    read("keep the pause", kept).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    #[test]
    fn a_pause_is_kept_until_it_is_ended() {
        let db = testing::fresh().0;
        assert_eq!(paused_until(&db).unwrap(), None);
        for until in [Some(1_700_000_000), Some(0), None] {
            keep_pause(&db, until).unwrap();
            assert_eq!(paused_until(&db).unwrap(), until);
        }
    }
}
