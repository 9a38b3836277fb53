//! The login session of the person, and its end.
//!
//! What a session starts may outlive it (`KillUserProcesses=no` in logind.conf(5) is Debian's default), but its screen and often
//! its keyring are gone: an agent that stays behind is one that nobody sees, and it keeps the next one out.

use std::{
    env,
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::sleep;

/// So often it is looked whether the session is still there.
const LOOK: Duration = Duration::from_secs(2);

/// Where logind keeps what it knows of each session: a line `STATE=` among others, which sd_session_get_state(3) reads.
const SESSIONS: &str = "/run/systemd/sessions";

/// The session that this process belongs to.
#[derive(Debug)]
pub(crate) struct Session {
    /// `$XDG_RUNTIME_DIR`, which is made at the first login and removed after the last logout (XDG Base Directory
    /// Specification). It is held open so that its number is not given to the next one, which has the same name.
    folder: Option<(PathBuf, File)>,
    /// What logind knows of the one that pam_systemd(8) has named in `$XDG_SESSION_ID`. Without a systemd of the person's, the
    /// folder stays for as long as anything of the session runs: this tells earlier.
    state: Option<PathBuf>,
}

impl Session {
    /// Where nothing tells of a session it never ends.
    pub(crate) fn current() -> Self {
        let state = env::var_os("XDG_SESSION_ID").map(|id| Path::new(SESSIONS).join(id));
        Self::known_by(env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from), state)
    }

    fn known_by(folder: Option<PathBuf>, state: Option<PathBuf>) -> Self {
        let folder = folder.and_then(|path| Some((path.clone(), File::open(path).ok()?)));
        // What outlived an earlier session and starts programs in this one (tmux, screen) still names that one.
        let state = state.filter(|path| path.is_file() && !is_closing(path));
        Self { folder, state }
    }

    /// Waits until it is over.
    pub(crate) async fn over(&self) {
        while !self.is_over() {
            sleep(LOOK).await;
        }
    }

    fn is_over(&self) -> bool {
        let is_gone = self.folder.as_ref().is_some_and(|(path, held)| match (held.metadata(), fs::metadata(path)) {
            (Ok(held), Ok(now)) => (held.dev(), held.ino()) != (now.dev(), now.ino()),
            (_, Err(err)) => err.kind() == io::ErrorKind::NotFound,
            (Err(_), Ok(_)) => false,
        });
        is_gone || self.state.as_deref().is_some_and(is_closing)
    }
}

/// Whether logind closes the session of that file, or has forgotten it.
fn is_closing(state: &Path) -> bool {
    match fs::read_to_string(state) {
        Ok(text) => text.lines().any(|line| line == "STATE=closing"),
        Err(err) => err.kind() == io::ErrorKind::NotFound,
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
        let session = Session::known_by(Some(folder.clone()), None);
        assert!(!session.is_over());
        fs::remove_dir(&folder).unwrap();
        tokio::time::timeout(LOOK * 10, session.over()).await.unwrap();
        fs::create_dir(&folder).unwrap();
        tokio::time::timeout(LOOK * 10, session.over()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_over_when_logind_closes_it_or_forgets_it() {
        let place = tempfile::tempdir().unwrap();
        let state = place.path().join("7");
        fs::write(&state, "UID=1000\nSTATE=active\n").unwrap();
        let session = Session::known_by(Some(place.path().to_path_buf()), Some(state.clone()));
        assert!(!session.is_over());
        fs::write(&state, "UID=1000\nSTATE=online\n").unwrap();
        assert!(!session.is_over());
        fs::write(&state, "UID=1000\nSTATE=closing\n").unwrap();
        tokio::time::timeout(LOOK * 10, session.over()).await.unwrap();
        let survivor = Session::known_by(None, Some(state.clone()));
        fs::remove_file(&state).unwrap();
        assert!(session.is_over());
        assert!(!survivor.is_over(), "it began when that session was over already");
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_tells_of_it_a_session_never_ends() {
        let nowhere = Some(PathBuf::from("/nowhere/at/all"));
        for session in [Session::known_by(None, None), Session::known_by(nowhere.clone(), nowhere)] {
            tokio::time::timeout(LOOK * 10, session.over()).await.unwrap_err();
        }
    }
}
