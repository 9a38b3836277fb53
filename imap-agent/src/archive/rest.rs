//! How long the archive is left alone after it could not be had. Of many messages that wait for it, each would otherwise wait
//! for a keyring that says nothing, or be fetched only to find no room.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::ArchiveError;

/// Short enough that nobody notices it once the keyring is unlocked or there is room again.
pub(super) const REST: Duration = Duration::from_secs(5);

/// What could not be had a moment ago.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<Troubles>);

#[derive(Debug, Default)]
struct Troubles {
    /// When somebody has last waited for the keyring in vain.
    unanswered: Option<Instant>,
    unwritten: Option<Unwritten>,
}

/// A message that could not be written.
#[derive(Debug)]
struct Unwritten {
    at: Instant,
    /// Its bytes.
    size: u64,
    folder: PathBuf,
    source: io::Error,
}

impl Rest {
    /// Somebody has waited for the keyring in vain.
    pub(super) fn note_unanswered(&self) {
        self.troubles().unanswered = Some(Instant::now());
    }

    /// Whether somebody has waited for it in vain a moment ago.
    pub(super) fn is_unanswered(&self) -> bool {
        self.troubles().unanswered.is_some_and(|at| at.elapsed() < REST)
    }

    /// A message of so many bytes could not be kept. Counts if it could not be written.
    pub(super) fn note_unkept(&self, size: u64, error: &ArchiveError) {
        let ArchiveError::Write { folder, source } = error else { return };
        let (folder, source) = (folder.clone(), same(source));
        self.troubles().unwritten = Some(Unwritten { at: Instant::now(), size, folder, source });
    }

    /// Why a message of so many bytes would not be written. What is shorter than one that found no room may find some.
    pub(super) fn refusal(&self, size: u64) -> Option<ArchiveError> {
        let troubles = self.troubles();
        let Unwritten { at, size: before, folder, source } = troubles.unwritten.as_ref()?;
        let is_of_size = matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        );
        let may_fit = is_of_size && size < *before;
        let is_over = REST <= at.elapsed();
        (!may_fit && !is_over).then(|| ArchiveError::Write { folder: folder.clone(), source: same(source) })
    }

    fn troubles(&self) -> MutexGuard<'_, Troubles> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn same(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_shorter_than_what_found_no_room_may_find_some() {
        // No space left, and no permission.
        for (number, may_shorter) in [(28, true), (13, false)] {
            let rest = Rest::default();
            let refused = |size| rest.refusal(size).map(|error| error.to_string());
            assert_eq!(refused(100), None);
            let (folder, source) = (PathBuf::from("/archive"), io::Error::from_raw_os_error(number));
            let error = ArchiveError::Write { folder, source };
            rest.note_unkept(100, &error);
            assert_eq!((refused(100), refused(200)), (Some(error.to_string()), Some(error.to_string())));
            assert_eq!(refused(99).is_none(), may_shorter, "{error}");
            tokio::time::advance(REST).await;
            assert_eq!(refused(200), None);
        }
    }
}
