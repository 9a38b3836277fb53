//! Opens the file: alone, private, current.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    time::Duration,
};

use rusqlite::Connection;

use super::{StoreError, migrate};

/// Opens or creates the database at `path`. It is ours for as long as the returned lock file stays open.
pub(super) fn open(path: &Path) -> Result<(Connection, File), StoreError> {
    let lock = lock(path)?;
    private_file(path).map_err(|source| StoreError::Prepare { path: path.to_path_buf(), source })?;
    let failed = |source| StoreError::Open { path: path.to_path_buf(), source };
    let mut db = Connection::open(path).map_err(failed)?;
    migrate::check_version(&db)?;
    prepare(&db).map_err(failed)?;
    migrate::copy_aside(&db, path)?;
    migrate::migrate(&mut db)?;
    migrate::forget_copies(path);
    Ok((db, lock))
}

/// Opens a file for writing, creating it if need be, so that only this user can read it.
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let file = options.mode(0o600).open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let lock_path = path.with_extension("lock");
    let failed = |source| StoreError::Prepare { path: lock_path.clone(), source };
    let file = private_file(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_path_buf() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Settings of the connection, which SQLite does not keep in the file.
pub(super) fn prepare(db: &Connection) -> rusqlite::Result<()> {
    // Somebody may look with the `sqlite3` program.
    db.busy_timeout(Duration::from_secs(5))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    // The agent is small at rest: 1 MiB of pages, and the log shrinks again after a big import.
    db.pragma_update(None, "cache_size", -1024)?;
    db.pragma_update(None, "journal_size_limit", 4 << 20)
}
