//! What a package is called and when it is from: the same for the same commit, on whatever machine.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use crate::ground::said_by;

/// Whom to write to, and where more is to be read. Whoever publishes packages puts their own here and into
/// `tamis.metainfo.xml`: these names belong to nobody (RFC 2606).
pub(super) const MAINTAINER: &str = "The Tamis developers <maintainers@tamis.example>";
pub(super) const HOME_PAGE: &str = "https://tamis.example";

/// What every package says of itself.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The top of the source.
    pub(super) root: PathBuf,
    /// The version of the programs: `0.1.0`.
    pub(super) version: String,
    /// When the newest commit was made, in Unix seconds: every file in the package is from then.
    pub(super) epoch: u64,
    /// The kind of machine in Debian's words: `amd64`.
    pub(super) architecture: String,
}

impl Facts {
    /// Asks cargo, git and dpkg.
    pub(super) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("no source")?.to_path_buf();
        // An archive of the source has no history; then whoever unpacked it says when it is from.
        let given = std::env::var("SOURCE_DATE_EPOCH").ok();
        let epoch = match given {
            Some(given) => given,
            None => said_by(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(&root))
                .context("cannot tell when the source is from; say so in SOURCE_DATE_EPOCH")?,
        };
        Ok(Self {
            root,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            epoch: epoch.parse().context("SOURCE_DATE_EPOCH is no number of seconds")?,
            architecture: said_by(Command::new("dpkg").arg("--print-architecture"))?,
        })
    }

    /// Debian's version: the programs', and which package of them it is.
    pub(super) fn debian_version(&self) -> String {
        format!("{}-1", self.version)
    }

    /// The time of the commit as changelogs write it.
    pub(super) fn date(&self) -> Result<String> {
        let at = format!("@{}", self.epoch);
        said_by(Command::new("date").env("LC_ALL", "C").args(["--utc", "--rfc-email", "--date", &at]))
    }
}
