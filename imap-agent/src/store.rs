//! The agent's database: one SQLite file, one thread that owns the connection, nobody else.
//!
//! ```text
//! run(job) ──bounded queue──▶ thread "store" ──▶ job(&mut Connection) ──▶ reply
//! ```
//!
//! A job calls the functions of the modules below; each is one transaction, so after a crash at any point it has
//! happened or it has not. Commits reach the disk before they return (`synchronous = FULL`): an act on the server must
//! never be older than the intention that explains it, not even after a power cut.

pub mod backfill;
pub mod batch;
pub mod bootstrap;
pub mod copy;
pub mod digest;
pub mod dropped;
pub mod figures;
pub mod file_lessons;
pub mod filing;
pub mod fingerprints;
pub mod folder;
pub mod glimpse;
pub mod history;
pub mod ids;
mod intent;
pub mod journal;
mod judged;
mod learned;
pub mod lessons;
pub mod lists;
pub mod mail;
pub mod migrate;
pub mod moves;
mod open;
pub mod original;
pub mod pause;
pub mod peers;
pub mod people;
pub mod progress;
pub mod reputation;
pub(crate) mod restored;
mod said;
pub mod seen;
pub mod sent;
pub mod servers;
pub mod settings;
pub mod training;
mod transaction;
pub mod undo;
pub mod unlearned;
pub mod views;
pub mod waiting;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
pub(crate) mod testing;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;
use tamis_core::api::{BatchId, MailId};
use tokio::sync::{mpsc, oneshot};

use fingerprints::Shelf;
pub use ids::{AccountId, Fingerprint, IntentId, Key, Location};

use crate::tongue;

/// Why something was not read or written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// One agent at a time.
    #[error("another Tamis agent is using {}: stop it first, or give this one a --home of its own", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// A file beside the database, or the database's own file, could not be made.
    #[error("cannot prepare {}", path.display())]
    Prepare {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is there but SQLite cannot use it.
    #[error("cannot open the database {}", path.display())]
    Open {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] migrate::MigrateError),
    /// SQLite failed: the disk is full, the file damaged.
    #[error("cannot {operation}")]
    Database {
        /// What did not happen.
        operation: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// No judged message has that number.
    #[error("there is no message {}", .0.0)]
    UnknownMail(MailId),
    /// No intent has that number.
    #[error("there is no intent {}", .0.0)]
    UnknownIntent(IntentId),
    /// No change that can be undone has that number.
    #[error("there is no change {} to undo", .0.0)]
    UnknownBatch(BatchId),
    /// It has been taken back before.
    #[error("change {} has already been undone", .0.0)]
    AlreadyUndone(BatchId),
    /// A change of no messages.
    #[error("there is nothing to change")]
    EmptyBatch,
    /// What was to be stored could not be read to its end.
    #[error("{0}")]
    Unread(String),
    /// The job panicked; its transaction was rolled back.
    #[error("a job of the database failed")]
    Panicked,
    /// The thread has ended.
    #[error("the database is closed")]
    Closed,
}

/// The connection that jobs are given. Only the functions of this module's parts know what to do with it.
pub type Db = Connection;

/// The open database. Dropping it finishes what is queued and closes the file.
#[derive(Debug)]
pub struct Store {
    jobs: Option<mpsc::Sender<Job>>,
    shelf: Arc<Mutex<Shelf>>,
    thread: Option<JoinHandle<()>>,
}

impl Store {
    /// Opens or creates the database at `path`, migrates it and starts the thread.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (mut connection, lock) = open::open(path)?;
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                while let Some(job) = queue.blocking_recv() {
                    job(&mut connection);
                }
                // The next agent may start once the file is closed, not before.
                drop(connection);
                drop(lock);
            })
            .map_err(|source| StoreError::Prepare { path: path.to_path_buf(), source })?;
        Ok(Self { jobs: Some(jobs), shelf: Arc::default(), thread: Some(thread) })
    }

    /// Runs `job` on the database's thread. A job that has been queued runs even if nobody waits for it any more.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, reply) = packed(job);
        self.queue()?.send(job).await.ok().ok_or(StoreError::Closed)?;
        reply.await.unwrap_or(Err(StoreError::Closed))
    }

    /// [`run`](Self::run) for threads outside the async runtime; inside it would block the others.
    pub fn run_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, reply) = packed(job);
        self.queue()?.blocking_send(job).ok().ok_or(StoreError::Closed)?;
        reply.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }

    /// The prints of messages that are held in memory.
    pub fn shelf(&self) -> Arc<Mutex<Shelf>> {
        Arc::clone(&self.shelf)
    }

    fn queue(&self) -> Result<&mpsc::Sender<Job>, StoreError> {
        self.jobs.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.jobs = None;
        let Some(thread) = self.thread.take() else { return };
        // A job may hold the last reference to the store; a thread cannot wait for itself.
        if thread.thread().id() != thread::current().id() {
            // It cannot have panicked: jobs are caught.
            thread.join().ok();
        }
    }
}

/// Enough for a burst; beyond it whoever asks waits.
const QUEUE: usize = 64;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

fn packed<T: Send + 'static>(
    job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
) -> (Job, oneshot::Receiver<Result<T, StoreError>>) {
    let (reply, answer) = oneshot::channel();
    let language = tongue::asked();
    let job = move |connection: &mut Connection| {
        let job = AssertUnwindSafe(|| tongue::on_thread(language, || job(connection)));
        let result = catch_unwind(job).unwrap_or(Err(StoreError::Panicked));
        // Whoever asked may have stopped waiting.
        reply.send(result).ok();
    };
    (Box::new(job), answer)
}

#[cfg(test)]
mod tests;
