//! A look at the lessons from beside, while an agent may be using the store. Writes nothing.

use std::{collections::BTreeMap, ops::ControlFlow, path::Path};

use rusqlite::{Connection, OpenFlags};
use tamis_core::{
    UnixTime,
    api::{Histogram, LessonsPage, PersonDetail, PersonRow, Statistics},
    learn::{Label, Trained},
    reputation::{Record, Subject},
};

use super::{
    StoreError,
    figures::{self, Span},
    lessons::{self, KeptLesson},
    migrate,
    peers::{self, Listed},
    people, reputation, training,
    transaction::read,
    unlearned::{self, InForce},
    views,
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

    /// All peers. An older store knows of none.
    pub fn peers(&self) -> Result<Vec<Listed>, StoreError> {
        if migrate::knows_peers(&self.db)? { peers::all(&self.db) } else { Ok(Vec::new()) }
    }

    /// How the mail of all senders and relays of these kinds has turned out. An older store knows nothing.
    pub fn reputations(&self, kinds: &[&str]) -> Result<BTreeMap<Subject, Record>, StoreError> {
        if migrate::knows_reputation(&self.db)? { reputation::all(&self.db, kinds) } else { Ok(BTreeMap::new()) }
    }

    /// The people that are wanted, and how many there are without the limit.
    pub fn people(&self, wanted: &people::Wanted, now: UnixTime) -> Result<(Vec<PersonRow>, u32), StoreError> {
        people::list(&self.db, wanted, now)
    }

    /// Everything about whoever has that address, in lower case, with the newest messages.
    pub fn person(
        &self,
        address: &str,
        now: UnixTime,
    ) -> Result<Option<(PersonDetail, Vec<views::RowView>)>, StoreError> {
        people::person(&self.db, address, now)
    }

    /// How the scores of mail since then are spread.
    pub fn histogram(&self, since: UnixTime) -> Result<Histogram, StoreError> {
        figures::histogram(&self.db, since)
    }

    /// When the oldest mail arrived; `None` if there is none.
    pub fn oldest(&self) -> Result<Option<UnixTime>, StoreError> {
        figures::oldest(&self.db)
    }

    /// What happened in that time.
    pub fn statistics(&self, span: &Span) -> Result<Statistics, StoreError> {
        figures::statistics(&self.db, span)
    }

    /// Lessons in force, newest first.
    pub fn lessons(&self, source: &str, offset: u32, limit: u32) -> Result<LessonsPage, StoreError> {
        unlearned::page(&self.db, source, offset, limit)
    }

    /// By what it is seen whether lessons have changed.
    pub fn lessons_in_force(&self) -> Result<InForce, StoreError> {
        unlearned::in_force(&self.db)
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
