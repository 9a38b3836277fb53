//! bogofilter: words weighed by Robinson's formula and joined by Fisher's.

use std::{
    fs::File,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::{Class, learn::Label};

use super::{
    filter::{Filter, Judged, Teaching, complaint, output},
    programs::Programs,
};

/// bogofilter on Berkeley DB, the faster of its databases.
#[derive(Clone, Debug)]
pub struct Bogofilter {
    programs: Programs,
}

impl Bogofilter {
    /// The one of these programs.
    pub const fn new(programs: Programs) -> Self {
        Self { programs }
    }

    /// A command on the database in a folder, by what bogofilter has built in: Debian's settings file changes none of it.
    pub(super) fn command(&self, folder: &Path) -> Command {
        let mut command = self.programs.command("bogofilter-bdb");
        command.args(["-C", "-d"]).arg(folder);
        command
    }
}

impl Filter for Bogofilter {
    fn names(&self, teaching: Teaching) -> (&'static str, &'static str) {
        match teaching {
            Teaching::Everything => ("bogofilter, everything", "bogofilter-everything"),
            Teaching::Mistakes => ("bogofilter, error or unsure", "bogofilter-mistakes"),
        }
    }

    /// Being unsure is a class of its own, and so never right.
    fn is_unsure(&self, _: &Judged) -> bool {
        false
    }

    /// Without a database it refuses to judge. An empty list of words makes one, in which no message is counted.
    fn prepare(&self, folder: &Path) -> Result<()> {
        let mut command = self.programs.command("bogoutil-bdb");
        command.args(["-C", "-l"]).arg(folder.join("wordlist.db")).stdin(Stdio::null());
        let output = output(&mut command)?;
        ensure!(output.status.success(), "bogoutil failed, {}", complaint(&output));
        Ok(())
    }

    fn judge(&self, folder: &Path, mail: &Path) -> Result<Judged> {
        // Twice terse: the spamicity alone, with 16 decimals.
        let output = output(self.command(folder).arg("-TT").stdin(open(mail)?))?;
        let class = match output.status.code() {
            Some(0) => Some(Class::Spam),
            Some(1) => Some(Class::Ham),
            Some(2) => Some(Class::Unsure),
            Some(_) | None => None,
        };
        let score = String::from_utf8_lossy(&output.stdout).trim().parse().ok();
        let judged = class.zip(score).map(|(class, score)| Judged { class, score });
        judged.with_context(|| format!("bogofilter failed on {}, {}", mail.display(), complaint(&output)))
    }

    fn train(&self, folder: &Path, mail: &Path, label: Label) -> Result<()> {
        let output = output(self.command(folder).arg(register(label)).stdin(open(mail)?))?;
        ensure!(output.status.success(), "bogofilter failed on {}, {}", mail.display(), complaint(&output));
        Ok(())
    }
}

/// The option that registers what it is given.
pub(super) const fn register(label: Label) -> &'static str {
    match label {
        Label::Ham => "-n",
        Label::Spam => "-s",
    }
}

pub(super) fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| format!("cannot read {}", path.display()))
}
