//! Where the commands write: results to stdout, remarks to stderr, progress to the terminal.

use std::{
    fmt::Display,
    io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _},
    path::Path,
};

use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use crate::{
    corpus::{Corpus, Skipped},
    words::lines,
};

/// The output of one command.
pub(super) struct Out {
    results: BufWriter<StdoutLock<'static>>,
    is_terminal: bool,
    bar: Option<ProgressBar>,
}

impl Out {
    pub(super) fn new() -> Self {
        let stdout = io::stdout();
        Self { is_terminal: stdout.is_terminal(), results: BufWriter::new(stdout.lock()), bar: None }
    }

    /// Writes one line of the result as it is: made safe by whoever made it.
    pub(super) fn line(&mut self, line: impl Display) -> Result<(), Failure> {
        let written = match (&self.bar, self.is_terminal) {
            (Some(bar), true) => {
                let results = &mut self.results;
                bar.suspend(|| writeln!(results, "{line}").and_then(|()| results.flush()))
            }
            (None, true) => writeln!(self.results, "{line}").and_then(|()| self.results.flush()),
            (_, false) => writeln!(self.results, "{line}"),
        };
        written.map_err(|err| Failure::output(&err))
    }

    /// Writes a remark on stderr, made safe.
    pub(super) fn remark(&mut self, text: impl Display) {
        let text = lines(&text.to_string());
        // Without stderr there is nobody to tell.
        let say = || writeln!(io::stderr(), "{text}").ok();
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        };
    }

    /// Says what was not read and why.
    pub(super) fn skipped(&mut self, skipped: &Skipped) {
        self.remark(format_args!("not read: {skipped}"));
    }

    /// Says why the command failed.
    pub(super) fn error(&mut self, failure: &Failure) {
        self.bar = None;
        // What was already found is still worth seeing.
        self.results.flush().ok();
        if !failure.text().is_empty() {
            self.remark(format_args!("error: {}", failure.text()));
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.results.flush().map_err(|err| Failure::output(&err))
    }

    /// Shows how far the reading of `paths` is, if there are several messages and somebody is watching.
    pub(super) fn start_progress<P: AsRef<Path>>(&mut self, paths: &[P]) {
        if !io::stderr().is_terminal() {
            return;
        }
        let (files, bytes) = Corpus::extent(paths);
        if files <= 1 && bytes < WORTH_A_BAR {
            return;
        }
        self.bar = Some(bar(bytes, "{bar:30} {percent:>3} %  {msg} messages  {eta} left"));
    }

    /// Shows how many of `count` messages are done, if somebody is watching.
    pub(super) fn start_count(&mut self, count: usize) {
        if io::stderr().is_terminal() {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            self.bar = Some(bar(count, "{bar:30} {pos} of {len} messages  {eta} left"));
        }
    }

    /// One message further, in which `amount` of the whole was.
    pub(super) fn advance(&mut self, amount: usize, messages: usize) {
        if let Some(bar) = &self.bar {
            bar.inc(u64::try_from(amount).unwrap_or_default());
            bar.set_message(messages.to_string());
        }
    }

    pub(super) fn end_progress(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// One file of this many bytes is read before anybody wonders.
const WORTH_A_BAR: u64 = 4 << 20;

fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}
