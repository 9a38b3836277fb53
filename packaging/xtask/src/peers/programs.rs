//! The peers' programs, unpacked below the target folder.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::packages;

/// Where they are.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
    libraries: PathBuf,
}

impl Programs {
    /// Downloads and unpacks them, if that was not done yet.
    pub fn unpacked() -> Result<Self> {
        let unpacked = packages::unpacked("peers", packages::PEERS)?;
        Ok(Self { folder: unpacked.join("usr/bin"), libraries: packages::libraries(&unpacked)? })
    }

    /// A command that runs one of them. It finds its libraries, and no settings of the person who runs it.
    pub(super) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join(name));
        command.env_clear().env("LD_LIBRARY_PATH", &self.libraries).env("LC_ALL", "C");
        command
    }
}
