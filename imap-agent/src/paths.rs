//! Where everything is kept.
//!
//! With `--home DIR` or `TAMIS_HOME` everything is below that one folder. Otherwise the platform's folders are used, on
//! Linux `~/.config/tamis`, `~/.local/share/tamis`, `~/.local/state/tamis` and `$XDG_RUNTIME_DIR/tamis`.
//!
//! The name of a socket may have about 100 bytes and no more, whatever the disk allows. If the folder's path is too long
//! for that, or if the platform has no folder for sockets, the socket is `tamis-HASH/agent.sock` in the folder for
//! temporary files, where HASH is the FNV-1a hash (64 bits, 16 hexadecimal digits) of the data folder's path. Everyone
//! can write there, so whoever uses that folder first makes sure that it belongs to this user alone.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use directories::{ProjectDirs, UserDirs};
use rustix::process::geteuid;
use tamis_core::api::socket_path;

use crate::words::because;

/// The folders and files of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    config: PathBuf,
    data: PathBuf,
    log: PathBuf,
    socket: PathBuf,
    given: Option<PathBuf>,
}

/// A folder that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HomeError {
    /// There is no home directory to keep anything in.
    #[error("cannot find your home directory; say where to keep things with --home DIR")]
    Nowhere,
    /// A folder could not be made.
    #[error("cannot make the folder {}: {}", path.display(), because(source))]
    Make {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder for the socket is not safe.
    #[error("the folder {} is not yours alone; remove it", path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
}

impl Home {
    /// The folder given with `--home`, else the one in `TAMIS_HOME`, else the platform's. Makes nothing yet.
    pub fn find(given: Option<&Path>) -> Result<Self, HomeError> {
        let from_environment = std::env::var_os("TAMIS_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        match given.map(Path::to_path_buf).or(from_environment) {
            Some(dir) => Self::below(&dir),
            None => Self::of_the_platform(),
        }
    }

    /// Everything below `dir`.
    pub fn below(dir: &Path) -> Result<Self, HomeError> {
        let dir = std::path::absolute(dir).map_err(|source| HomeError::Make { path: dir.to_path_buf(), source })?;
        Ok(Self {
            config: dir.clone(),
            log: dir.join("log"),
            socket: socket_path(Some(&dir), &dir, &std::env::temp_dir()),
            given: Some(dir.clone()),
            data: dir,
        })
    }

    fn of_the_platform() -> Result<Self, HomeError> {
        let dirs = ProjectDirs::from("", "", "tamis").ok_or(HomeError::Nowhere)?;
        let data = dirs.data_local_dir();
        Ok(Self {
            config: dirs.config_dir().to_path_buf(),
            log: dirs.state_dir().unwrap_or(data).join("log"),
            socket: socket_path(dirs.runtime_dir(), data, &std::env::temp_dir()),
            data: data.to_path_buf(),
            given: None,
        })
    }

    /// The one folder everything is below, if it is not in the platform's folders.
    pub fn given(&self) -> Option<&Path> {
        self.given.as_deref()
    }

    /// The settings, `tamis.toml`.
    pub fn settings(&self) -> PathBuf {
        self.config.join("tamis.toml")
    }

    /// The database, `tamis.db`.
    pub fn database(&self) -> PathBuf {
        self.data.join("tamis.db")
    }

    /// The folder of the originals.
    pub fn archive(&self) -> PathBuf {
        self.data.join("archive")
    }

    /// The folder of rules that were updated.
    pub fn rules(&self) -> PathBuf {
        self.data.join("rules")
    }

    /// Where the key of the archive is if there is no keyring, `archive.key`. Not beside the archive: who copies the data
    /// need not have the key.
    pub fn archive_key(&self) -> PathBuf {
        self.config.join("archive.key")
    }

    /// The sealed file of passwords and keys, `secrets.sealed`, if there is one.
    pub fn sealed(&self) -> PathBuf {
        self.data.join("secrets.sealed")
    }

    /// The folder of the database and the archive.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder of the settings.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The folder of the log files.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The socket on which the agent answers.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Makes every folder that is missing, for this user alone.
    pub fn create(&self) -> Result<(), HomeError> {
        for dir in [&self.config, &self.data, &self.log] {
            make_private(dir)?;
        }
        if let Some(dir) = self.socket.parent() {
            make_private(dir)?;
        }
        self.check_socket_folder()
    }

    /// Makes the folder of the socket, for this user alone, if there is a place for it.
    pub(crate) fn create_socket_folder(&self) -> Result<(), HomeError> {
        if let Some(dir) = self.socket.parent().filter(|dir| !dir.exists()) {
            let made = DirBuilder::new().mode(0o700).create(dir);
            made.map_err(|source| HomeError::Make { path: dir.to_path_buf(), source })?;
        }
        self.check_socket_folder()
    }

    /// Refuses a folder of the socket that somebody else could have put there. One that is missing is no danger.
    pub fn check_socket_folder(&self) -> Result<(), HomeError> {
        let Some(dir) = self.socket.parent() else { return Ok(()) };
        let Ok(found) = fs::symlink_metadata(dir) else { return Ok(()) };
        // A folder the person chose may be a link, and is as open as the person wants; one in the temporary folder not.
        let is_shared = dir.starts_with(std::env::temp_dir()) && dir != self.config;
        let is_closed = found.mode().trailing_zeros() >= 6;
        let is_ours = found.is_dir() && found.uid() == geteuid().as_raw() && is_closed;
        if is_shared && !is_ours { Err(HomeError::NotOurs { path: dir.to_path_buf() }) } else { Ok(()) }
    }
}

/// Where a file is that the person names: a `~` is their home, what is below no folder is in their folder of documents, and
/// so is a file of that `name` if they name none, or a folder.
pub fn of_person(written: &str, name: &str) -> Result<PathBuf, String> {
    let dirs = UserDirs::new().ok_or("cannot find your home directory; write the whole path")?;
    let home = dirs.home_dir();
    let documents = dirs.document_dir().filter(|folder| folder.is_dir()).unwrap_or(home);
    let written = written.trim();
    let path = match written.strip_prefix("~/") {
        Some(rest) => home.join(rest),
        // A file manager gives such.
        None => documents.join(written.strip_prefix("file://").unwrap_or(written)),
    };
    Ok(if path.is_dir() { path.join(name) } else { path })
}

fn make_private(dir: &Path) -> Result<(), HomeError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|source| HomeError::Make { path: dir.to_path_buf(), source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_chosen_home_holds_everything() {
        let home = Home::below(Path::new("/srv/tamis")).unwrap();
        assert_eq!(home.settings(), Path::new("/srv/tamis/tamis.toml"));
        assert_eq!(home.database(), Path::new("/srv/tamis/tamis.db"));
        assert_eq!(home.archive(), Path::new("/srv/tamis/archive"));
        assert_eq!(home.rules(), Path::new("/srv/tamis/rules"));
        assert_eq!(home.archive_key(), Path::new("/srv/tamis/archive.key"));
        assert_eq!(home.log(), Path::new("/srv/tamis/log"));
        assert_eq!(home.socket(), Path::new("/srv/tamis/agent.sock"));
    }

    #[test]
    fn a_long_path_still_gets_a_short_socket_of_its_own() {
        let one = Home::below(Path::new(&format!("/{}", "a".repeat(120)))).unwrap();
        let two = Home::below(Path::new(&format!("/{}", "b".repeat(120)))).unwrap();
        assert!(one.socket().as_os_str().len() < 100, "{}", one.socket().display());
        assert_ne!(one.socket(), two.socket());
        assert_eq!(one.settings().parent().unwrap().as_os_str().len(), 121);
    }

    #[test]
    fn folders_are_made_for_this_user_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::below(&dir.path().join("new/tamis")).unwrap();
        home.create().unwrap();
        home.create().unwrap();
        let mode = fs::metadata(home.log()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn a_socket_folder_others_can_enter_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::below(&dir.path().join("x".repeat(120))).unwrap();
        home.create().unwrap();
        let socket_dir = home.socket().parent().unwrap();
        fs::set_permissions(socket_dir, fs::Permissions::from_mode(0o755)).unwrap();
        let refused = home.check_socket_folder();
        fs::remove_dir(socket_dir).unwrap();
        assert!(matches!(refused, Err(HomeError::NotOurs { .. })), "{refused:?}");
    }
}
