//! Filters that judge and learn one message at a time, and how they are taught.

use std::{
    fmt,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::{Class, learn::Label, metrics::Outcome};

use super::{Engine, results::Results, stream::Stream};
use crate::stop;

/// Somebody else's filter.
pub trait Filter: fmt::Debug + Sync {
    /// What this filter is called when it is taught so, in tables and in the names of files.
    fn names(&self, teaching: Teaching) -> (&'static str, &'static str);
    /// Whether this filter is unsure enough of what it got right to be taught it all the same.
    fn is_unsure(&self, judged: &Judged) -> bool;
    /// Makes an empty database in a folder.
    fn prepare(&self, folder: &Path) -> Result<()>;
    /// What the database in the folder says of a message.
    fn judge(&self, folder: &Path, mail: &Path) -> Result<Judged>;
    /// Adds a message to the database in the folder.
    fn train(&self, folder: &Path, mail: &Path, label: Label) -> Result<()>;
}

/// What a filter says of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// What it calls it, by its own cut-offs.
    pub class: Class,
    /// How much it looks like spam to it; only the order counts.
    pub score: f64,
}

/// Which messages a filter is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Teaching {
    /// All.
    Everything,
    /// Those that it got wrong, and those of which it was unsure.
    Mistakes,
}

/// A filter that is taught in one of these ways.
#[derive(Clone, Debug)]
pub struct Online<F> {
    /// The filter.
    pub filter: F,
    /// The way.
    pub teaching: Teaching,
}

impl<F: Filter> Engine for Online<F> {
    fn name(&self) -> &'static str {
        self.filter.names(self.teaching).0
    }

    fn stem(&self) -> &'static str {
        self.filter.names(self.teaching).1
    }

    fn is_peer(&self) -> bool {
        true
    }

    fn run(&self, stream: &Stream, folder: &Path, result: &Path) -> Result<()> {
        self.filter.prepare(folder)?;
        let mut results = Results::create(result)?;
        for line in &stream.mail {
            ensure!(!stop::asked(), "stopped");
            let judged = self.filter.judge(folder, &line.path)?;
            let Judged { class, score } = judged;
            results.write(&Outcome { label: line.label, class, score, probability: None }, &line.path)?;
            let is_right = class.word() == line.label.word();
            if self.teaching == Teaching::Everything || !is_right || self.filter.is_unsure(&judged) {
                self.filter.train(folder, &line.path, line.label)?;
            }
        }
        results.finish()
    }
}

/// Runs a peer to its end. That it ended well is for the caller to see: some say by the exit code what they found.
pub(super) fn output(command: &mut Command) -> Result<Output> {
    let program = Path::new(command.get_program()).display().to_string();
    command.output().with_context(|| format!("cannot run {program}"))
}

/// What a program complained of, in one line.
pub(super) fn complaint(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}: {words}", output.status)
}
