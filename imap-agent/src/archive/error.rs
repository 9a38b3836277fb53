//! Why an original was not kept, not found, or not removed.

use std::{io, path::PathBuf};

use crate::{store::StoreError, words::because};

/// Why the archive did not do what it was asked. Nothing that was kept is lost by it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The archive cannot be opened, and not long ago could not either.
    #[error("the archive of originals cannot be opened: {why}")]
    Closed {
        /// A sentence without its full stop.
        why: String,
    },
    /// The keyring says nothing.
    #[error(
        "the archive of originals is not open yet: the keyring does not answer, maybe it waits for you to unlock it"
    )]
    Waiting,
    /// It is not the key the archive was begun with.
    #[error(
        "the archive in {} was begun with another key; bring that key back, or move the folder away to begin anew",
        folder.display()
    )]
    OtherKey {
        /// The archive.
        folder: PathBuf,
    },
    /// The disk is full, or worse.
    #[error("cannot write to the archive in {}: {}", folder.display(), because(source))]
    Write {
        /// The archive.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The disk took it and gives something else.
    #[error("what was written to the archive in {} does not read back as it was; look at that disk", folder.display())]
    ReadBack {
        /// The archive.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {} in the archive: {}", path.display(), because(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is there but not what was put there.
    #[error("the original in {} is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers to seal the archive with")]
    Random,
    /// The list of originals failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread ended before its work was done.
    #[error("the work on the archive was broken off")]
    BrokenOff,
}
