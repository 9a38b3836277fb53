//! After a restore of an older state, mail may lie elsewhere than that state has it: Tamis itself may have filed it or brought
//! it back since, and what was not written down then looks like the person's doing. So until everything has been looked at
//! once, it is only written down where mail is, and nothing is learned from that.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use tamis_core::UnixTime;

use super::{
    AccountId, StoreError,
    transaction::{read, write},
};

/// What begins the name of the row that says so, before the account's number.
const NAME: &str = "restored account ";

/// Says in a database that nobody uses that it is brought back, now.
pub(crate) fn mark(database: &Path, now: UnixTime) -> Result<(), StoreError> {
    let failed = |source| StoreError::Open { path: database.to_path_buf(), source };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(database, flags).map_err(failed)?;
    let has_tables = "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'table' AND name IN ('value', 'account')";
    // Of the very first releases, which learned nothing from moves.
    if !read("look at a database", db.query_row(has_tables, (), |row| row.get::<_, bool>(0)))? {
        return Ok(());
    }
    let insert = "INSERT OR REPLACE INTO value (name, content) SELECT ?1 || id, CAST(?2 AS BLOB) FROM account";
    read("mark a database", db.execute(insert, params![NAME, now.0.to_string()])).map(drop)
}

/// Whether not all of that account has been looked at since.
pub(crate) fn is_settling(db: &Connection, account: AccountId) -> Result<bool, StoreError> {
    let find = "SELECT 1 FROM value WHERE name = ?1 || ?2";
    let found = db.prepare_cached(find).and_then(|mut find| find.query_row((NAME, account), |_| Ok(())).optional());
    Ok(read("look up a restore", found)?.is_some())
}

/// All of it has been looked at.
pub(crate) fn settle(db: &mut Connection, account: AccountId) -> Result<(), StoreError> {
    if !is_settling(db, account)? {
        return Ok(());
    }
    write(db, "write down that a restore is over", |tx| {
        tx.execute("DELETE FROM value WHERE name = ?1 || ?2", (NAME, account))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, testing::NOW};

    #[test]
    fn an_account_settles_once_and_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tamis.db");
        drop(Store::open(&path).unwrap());
        let mut db = Connection::open(&path).unwrap();
        let add = "INSERT INTO account (name, host, user) VALUES (?1, 'host', ?1)";
        for name in ["one", "two"] {
            db.execute(add, [name]).unwrap();
        }
        assert!(!is_settling(&db, AccountId(1)).unwrap());
        mark(&path, NOW).unwrap();
        assert!(is_settling(&db, AccountId(1)).unwrap() && is_settling(&db, AccountId(2)).unwrap());
        settle(&mut db, AccountId(1)).unwrap();
        assert!(!is_settling(&db, AccountId(1)).unwrap() && is_settling(&db, AccountId(2)).unwrap());
    }
}
