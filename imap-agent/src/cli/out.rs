//! Where the commands write: results to stdout, remarks to stderr, progress to the terminal.

use std::{
    fmt::Display,
    io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _},
    path::Path,
};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Failure;
use crate::{
    corpus::{Corpus, Skipped},
    words::{count, lines},
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

    /// Writes one line of JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let line = serde_json::to_string(value);
        self.line(line.map_err(|err| Failure::outside(format!("cannot write JSON: {err}")))?)
    }

    /// Writes a remark on stderr, made safe.
    pub(super) fn remark(&mut self, text: impl Display) {
        // So that remarks stand where they belong when both go to the same place. If it fails, the next line says so.
        self.results.flush().ok();
        let text = lines(&text.to_string());
        // Without stderr there is nobody to tell.
        let say = || writeln!(io::stderr(), "{text}").ok();
        self.bar.as_ref().map_or_else(say, |bar| bar.suspend(say));
    }

    /// Says why the command failed.
    pub(super) fn error(&mut self, failure: &Failure) {
        self.bar = None;
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

/// What was not read, said as it happens; but a single failure is the whole answer, and said once.
#[derive(Default)]
pub(super) struct Skips {
    first: Option<Skipped>,
    count: usize,
}

impl Skips {
    pub(super) fn add(&mut self, skipped: Skipped, out: &mut Out) {
        self.count += 1;
        match &self.first {
            None => return self.first = Some(skipped),
            Some(first) if self.count == 2 => out.remark(format_args!("not read: {first}")),
            Some(_) => {}
        }
        out.remark(format_args!("not read: {skipped}"));
    }

    /// Fails if anything was not read, when everything else is done.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match (self.first, self.count) {
            (None, _) => Ok(()),
            (Some(only), 1) => Err(Failure::person(format!("cannot read {only}"))),
            (Some(_), n) => Err(Failure::person(format!("{} could not be read; see above", count(n, "file")))),
        }
    }
}

/// One file of this many bytes is read before anybody wonders.
const WORTH_A_BAR: u64 = 4 << 20;

fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}
