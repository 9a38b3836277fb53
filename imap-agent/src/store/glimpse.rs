//! A look at the lessons from beside, while an agent may be using the store. Writes nothing.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use tamis_core::learn::Label;

use super::{StoreError, migrate, training};

/// Gives every lesson of the store at `path` to `visit`.
pub fn each_lesson(path: &Path, visit: impl FnMut(Label, &[u8])) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |source| StoreError::Open { path: path.to_path_buf(), source };
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    db.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    migrate::check_version(&db)?;
    training::each_training(&db, visit)
}
