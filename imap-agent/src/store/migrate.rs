//! Brings a database to the newest schema, one numbered file at a time.
//!
//! A migration is a file in `migrations/` and never changes once released: people have run it. Each runs in its own
//! transaction together with its version number, so a crash or a full disk leaves the database at one version or the
//! next, never between. Before the first one a copy of the database is put beside it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::Connection;

use super::open::private_file;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// A newer release wrote it, and may have used it in ways we would break.
    #[error("the database has version {found}, this program knows up to {known}; start the newer Tamis again")]
    TooNew {
        /// The database's version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// One migration failed; the database is as it was before it.
    #[error("cannot migrate the database to version {version}")]
    Failed {
        /// The version that was not reached.
        version: u32,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The version could not be read.
    #[error("cannot read the version of the database")]
    Version(#[source] rusqlite::Error),
    /// No copy could be made, so nothing was migrated.
    #[error("cannot copy the database to {}", path.display())]
    Copy {
        /// Where to.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// No file could be made for the copy, so nothing was migrated.
    #[error("cannot create {}", path.display())]
    CopyFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Runs what has not been run. Does nothing on a current database.
pub fn migrate(db: &mut Connection) -> Result<(), MigrateError> {
    migrate_to(db, NEWEST)
}

/// Fails if a newer release wrote the database. Writes nothing.
pub fn check_version(db: &Connection) -> Result<(), MigrateError> {
    let found = version(db)?;
    if NEWEST < found { Err(MigrateError::TooNew { found, known: NEWEST }) } else { Ok(()) }
}

/// Whether lessons say by which version their tokens were made. A database that is only looked at may be an older one.
pub(super) fn lessons_have_versions(db: &Connection) -> Result<bool, MigrateError> {
    version(db).map(|found| LESSONS_HAVE_VERSIONS <= found)
}

/// Whether whom the person writes to is kept. A database that is only looked at may be an older one.
pub(super) fn knows_peers(db: &Connection) -> Result<bool, MigrateError> {
    version(db).map(|found| PEERS <= found)
}

/// Whether it is kept how mail has turned out. A database that is only looked at may be an older one.
pub(super) fn knows_reputation(db: &Connection) -> Result<bool, MigrateError> {
    version(db).map(|found| REPUTATION <= found)
}

/// Copies the database at `path` to a file beside it if a migration is due, such as `tamis.db.before-2`.
pub fn copy_aside(db: &Connection, path: &Path) -> Result<(), MigrateError> {
    let found = version(db)?;
    if 0 < found && found < NEWEST { copy_for(db, path, NEWEST).map(drop) } else { Ok(()) }
}

/// Removes copies that were put aside before a migration so long ago that nobody goes back any more.
pub fn forget_copies(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else { return };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let start = format!("{name}.before-");
    for entry in entries.flatten() {
        let age = entry.metadata().and_then(|found| found.modified()).map(|at| at.elapsed().unwrap_or_default());
        let is_copy = entry.file_name().to_str().is_some_and(|name| name.starts_with(&start));
        if is_copy && age.is_ok_and(|age| COPIES_KEPT < age) {
            // The next start tries again.
            std::fs::remove_file(entry.path()).ok();
        }
    }
}

/// How long the copy from before a migration is kept. Whoever misses something in a new release does so within days.
const COPIES_KEPT: Duration = Duration::from_hours(30 * 24);

/// The files, in order, with the version each one leads to.
const MIGRATIONS: &[(u32, &str)] = &[
    (1, include_str!("../../migrations/0001_first.sql")),
    (2, include_str!("../../migrations/0002_actions.sql")),
    (3, include_str!("../../migrations/0003_seen.sql")),
    (4, include_str!("../../migrations/0004_refusals.sql")),
    (LESSONS_HAVE_VERSIONS, include_str!("../../migrations/0005_lesson_version.sql")),
    (6, include_str!("../../migrations/0006_reason.sql")),
    (7, include_str!("../../migrations/0007_moves.sql")),
    (8, include_str!("../../migrations/0008_lists.sql")),
    (PEERS, include_str!("../../migrations/0009_peers.sql")),
    (REPUTATION, include_str!("../../migrations/0010_reputation.sql")),
    (11, include_str!("../../migrations/0011_bootstrap.sql")),
    (WAITING, include_str!("../../migrations/0012_waiting.sql")),
    (13, include_str!("../../migrations/0013_asked.sql")),
    (14, include_str!("../../migrations/0014_servers.sql")),
    (15, include_str!("../../migrations/0015_fingerprints.sql")),
    (16, include_str!("../../migrations/0016_main_reason.sql")),
    (17, include_str!("../../migrations/0017_files.sql")),
    (PEOPLE, include_str!("../../migrations/0018_people.sql")),
    (19, include_str!("../../migrations/0019_figures.sql")),
];

/// The version this program was written for.
const NEWEST: u32 = 19;

/// From this version on each lesson says by which version its tokens were made.
const LESSONS_HAVE_VERSIONS: u32 = 5;

/// From this version on there are peers.
const PEERS: u32 = 9;

/// From this version on there are reputations.
const REPUTATION: u32 = 10;

/// From this version on who writes can be read from an index.
const PEOPLE: u32 = 18;

/// From this version on mail can wait to be judged again.
const WAITING: u32 = 12;

fn copy_for(db: &Connection, path: &Path, newest: u32) -> Result<PathBuf, MigrateError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{newest}"));
    let copy = PathBuf::from(name);
    let failed = |source| MigrateError::CopyFile { path: copy.clone(), source };
    // A copy that is there already is of a try that failed, so it holds nothing the database does not. `VACUUM INTO`
    // wants an empty file, and this way it is private from the first byte.
    let file = private_file(&copy).map_err(failed)?;
    file.set_len(0).map_err(failed)?;
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()])
        .map_err(|source| MigrateError::Copy { path: copy.clone(), source })?;
    file.sync_all().map_err(failed)?;
    Ok(copy)
}

fn migrate_to(db: &mut Connection, target: u32) -> Result<(), MigrateError> {
    check_version(db)?;
    let found = version(db)?;
    for (version, sql) in MIGRATIONS {
        if found < *version && *version <= target {
            run(db, *version, sql).map_err(|source| MigrateError::Failed { version: *version, source })?;
        }
    }
    Ok(())
}

fn run(db: &mut Connection, version: u32, sql: &str) -> rusqlite::Result<()> {
    let transaction = db.transaction()?;
    transaction.execute_batch(sql)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

pub(super) fn version(db: &Connection) -> Result<u32, MigrateError> {
    db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(MigrateError::Version)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod upgrade_tests;
