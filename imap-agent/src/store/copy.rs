//! The database as one file that can be taken elsewhere, whatever is being written to it meanwhile.

use std::{fs::File, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::{
    StoreError, migrate,
    open::{lock, private_file},
    transaction::read,
};

/// Copies the database as it is at this moment to a file that is not there yet. Says its version.
pub fn copy_to(database: &Path, to: &Path) -> Result<u32, StoreError> {
    let db = look(database)?;
    migrate::check_version(&db)?;
    let version = migrate::version(&db)?;
    // `VACUUM INTO` takes an empty file, and this way it is private from the first byte.
    let failed = |source| StoreError::Prepare { path: to.to_path_buf(), source };
    let file = private_file(to).map_err(failed)?;
    read("copy the database", db.execute("VACUUM INTO ?1", [to.to_string_lossy()]))?;
    file.sync_all().map_err(failed)?;
    Ok(version)
}

/// Whether a database is whole, and not of a newer release. Says its version, and writes nothing.
pub fn check(database: &Path) -> Result<u32, StoreError> {
    let db = look(database)?;
    migrate::check_version(&db)?;
    let found: String = read("test the database", db.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0)))?;
    if found != "ok" {
        return Err(StoreError::Unread(format!("its database is damaged ({found})")));
    }
    Ok(migrate::version(&db)?)
}

/// Keeps the database for as long as the returned file stays open. Fails if an agent is using it.
pub fn hold(database: &Path) -> Result<File, StoreError> {
    lock(database)
}

fn look(database: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |source| StoreError::Open { path: database.to_path_buf(), source };
    let db = Connection::open_with_flags(database, flags).map_err(failed)?;
    db.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    Ok(db)
}
