//! The login session of the person, and its end.
//!
//! What a session starts may outlive it (`KillUserProcesses=no` in logind.conf(5) is Debian's default), but the folder of its
//! sockets goes and the keyring is locked: an agent that stays behind is one that nobody reaches, and it keeps the next one out.

use std::{env, fs, os::unix::fs::MetadataExt as _, path::PathBuf, time::Duration};

use tokio::time::sleep;

/// So often it is looked whether the session is still there.
const LOOK: Duration = Duration::from_secs(2);

/// The session that this process belongs to, known by its folder `$XDG_RUNTIME_DIR`, which is made at the first login and
/// removed after the last logout (XDG Base Directory Specification).
#[derive(Debug)]
pub(crate) struct Session {
    folder: Option<(PathBuf, u64, u64)>,
}

impl Session {
    /// Where there is no such folder the session never ends.
    pub(crate) fn current() -> Self {
        Self::known_by(env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from))
    }

    fn known_by(folder: Option<PathBuf>) -> Self {
        let folder = folder.and_then(|path| {
            let found = fs::metadata(&path).ok()?;
            Some((path, found.dev(), found.ino()))
        });
        Self { folder }
    }

    /// Waits until it is over.
    pub(crate) async fn over(&self) {
        let Some((path, dev, ino)) = &self.folder else { return std::future::pending().await };
        // The folder of the next session has the same name.
        while fs::metadata(path).is_ok_and(|found| (found.dev(), found.ino()) == (*dev, *ino)) {
            sleep(LOOK).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_session_is_over_when_its_folder_is_gone_or_is_another_one() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("1000");
        fs::create_dir(&folder).unwrap();
        let session = Session::known_by(Some(folder.clone()));
        tokio::time::timeout(LOOK * 10, session.over()).await.unwrap_err();
        // Beside the old one, so that it cannot be given the same number again.
        fs::create_dir(place.path().join("next")).unwrap();
        fs::remove_dir(&folder).unwrap();
        tokio::time::timeout(LOOK * 10, session.over()).await.unwrap();
        fs::rename(place.path().join("next"), &folder).unwrap();
        tokio::time::timeout(LOOK * 10, session.over()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn where_no_folder_tells_a_session_never_ends() {
        for folder in [None, Some(PathBuf::from("/nowhere/at/all"))] {
            tokio::time::timeout(LOOK * 10, Session::known_by(folder).over()).await.unwrap_err();
        }
    }
}
