//! A look at the lessons from beside, while an agent may be using the store. Writes nothing.

use std::{ops::ControlFlow, path::Path};

use rusqlite::{Connection, OpenFlags};
use tamis_core::learn::{Label, Trained};

use super::{
    StoreError,
    lessons::{self, KeptLesson},
    migrate, training,
    transaction::read,
};

/// The lessons as they were when it was opened, whatever is learned meanwhile.
#[derive(Debug)]
pub struct Glimpse {
    db: Connection,
    /// An older store says of no lesson by which version it was made.
    has_versions: bool,
}

impl Glimpse {
    /// Opens the store at `path`, which must be there.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let failed = |source| StoreError::Open { path: path.to_path_buf(), source };
        let db = Connection::open_with_flags(path, flags).map_err(failed)?;
        db.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
        migrate::check_version(&db)?;
        read("look at the lessons", db.execute_batch("BEGIN"))?;
        // From the first read on nothing changes any more.
        let has_versions = migrate::lessons_have_versions(&db)?;
        Ok(Self { db, has_versions })
    }

    /// How many lessons are in force and count.
    pub fn trained(&self) -> Result<Trained, StoreError> {
        if self.has_versions { training::trained_counts(&self.db) } else { Ok(Trained::default()) }
    }

    /// Gives every lesson in force, of whatever version, to `visit`, in the order in which the learner learns them, until it
    /// breaks off.
    pub fn each(&self, visit: &mut dyn FnMut(KeptLesson) -> ControlFlow<()>) -> Result<(), StoreError> {
        lessons::each(&self.db, self.has_versions, visit)
    }
}

/// Gives every lesson in force that counts of the store at `path` to `visit`.
pub fn each_lesson(path: &Path, visit: impl FnMut(Label, &[u8])) -> Result<(), StoreError> {
    let glimpse = Glimpse::open(path)?;
    // Where no version is said it is an older one.
    if glimpse.has_versions { training::each_training(&glimpse.db, visit) } else { Ok(()) }
}
