//! Where the agent's socket and the window's own settings are.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use directories::ProjectDirs;
use tamis_core::api::socket_path;

/// The folder everything is kept under, or the platform's usual folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home(Option<PathBuf>);

impl Home {
    /// `given` is what `--home` says; without it `TAMIS_HOME` counts.
    pub fn find(given: Option<PathBuf>) -> Result<Self> {
        let folder = given.or_else(|| env::var_os("TAMIS_HOME").filter(|value| !value.is_empty()).map(PathBuf::from));
        // The agent is started from elsewhere, so that a relative folder would be another one there.
        let folder = folder.map(std::path::absolute).transpose().context("cannot tell where the home folder is")?;
        Ok(Self(folder))
    }

    /// The folder, if one was given.
    pub fn folder(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// The agent's local socket.
    pub fn socket(&self) -> Result<PathBuf> {
        let temporary = env::temp_dir();
        if let Some(folder) = &self.0 {
            return Ok(socket_path(Some(folder), folder, &temporary));
        }
        let dirs = platform_dirs()?;
        Ok(socket_path(dirs.runtime_dir(), dirs.data_local_dir(), &temporary))
    }

    /// The folder of the agent's data.
    pub fn data_folder(&self) -> Result<PathBuf> {
        match &self.0 {
            Some(folder) => Ok(folder.clone()),
            None => Ok(platform_dirs()?.data_local_dir().to_path_buf()),
        }
    }

    /// What the window remembers.
    pub fn settings_file(&self) -> Result<PathBuf> {
        let folder = match &self.0 {
            Some(folder) => folder.clone(),
            None => platform_dirs()?.config_dir().to_path_buf(),
        };
        Ok(folder.join("window.json"))
    }
}

fn platform_dirs() -> Result<ProjectDirs> {
    ProjectDirs::from("", "", "tamis").context("this account has no home folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_home_holds_the_socket_and_the_settings() {
        let home = Home::find(Some(PathBuf::from("/srv/tamis"))).unwrap();
        assert_eq!(home.socket().unwrap(), Path::new("/srv/tamis/agent.sock"));
        assert_eq!(home.settings_file().unwrap(), Path::new("/srv/tamis/window.json"));
        assert_eq!(home.data_folder().unwrap(), Path::new("/srv/tamis"));
    }

    #[test]
    fn a_relative_home_becomes_absolute() {
        let home = Home::find(Some(PathBuf::from("here"))).unwrap();
        assert!(home.folder().unwrap().is_absolute());
    }
}
