//! `scan`: a verdict on every message of some files.

use std::path::PathBuf;

use serde::Serialize;
use tamis_core::{Class, Verdict};

use super::{
    Backend, Failure,
    judging::{Judge, Reach},
    out::{Out, Skips},
};
use crate::{
    corpus::{Corpus, Message},
    paths::Home,
    words::{count, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent scan strange.eml
  tamis-agent scan --json ~/Mail/Archive 2024.mbox | jq -r 'select(.class == \"spam\") | .path'

A message of an mbox is named FILE#1, FILE#2 and so on. With --json each message is one line:
  {\"path\",\"class\":\"ham|unsure|spam\",\"score\",\"probability\",\"reason\",
   \"symbols\":[{\"symbol\",\"score\",\"why\"}]}
The score is in points, the reason one sentence. The probability of spam is what your lessons
say, or null while there are too few. Files that cannot be read, are empty or larger than 64 MB
are named on stderr, and the exit code is 1. Others are asked as the settings say ([network]), but
not about mail that is older than two days: see `tamis-agent explain`.";

#[derive(Debug, clap::Args)]
pub(super) struct ScanArgs {
    /// One JSON object a line instead of text
    #[arg(long)]
    json: bool,

    /// Ask the network nothing
    #[arg(long)]
    no_network: bool,

    /// Run the rules of this file or folder, too; may be repeated
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,

    /// Files or folders of messages
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn scan(home: &Home, args: &ScanArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let reach = if args.no_network { Reach::Nobody } else { Reach::OfFreshMail };
    let judge = Judge::of(home, backend, reach, &args.rules, out)?;
    let mut tally = Tally::default();
    let mut skips = Skips::default();
    out.start_progress(&args.paths);
    for found in Corpus::of(&args.paths) {
        match found {
            Ok(message) => {
                let verdict = judge.verdict(&mut judge.read(&message.raw));
                tally.add(verdict.class);
                out.line(if args.json { json(&message, &verdict)? } else { text(&message, &verdict) })?;
                out.advance(message.raw.len(), tally.all());
            }
            Err(what) => skips.add(what, out),
        }
    }
    out.end_progress();
    judge.remark_troubles(out);
    if !args.json && 0 < tally.all() {
        out.line(tally.sentence())?;
    }
    skips.finish()?;
    if tally.all() == 0 {
        let names: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::person(format!("there is no message in {}", names.join(", "))));
    }
    Ok(())
}

/// How many there were of each class.
#[derive(Debug, Default)]
struct Tally {
    ham: usize,
    unsure: usize,
    spam: usize,
}

impl Tally {
    fn add(&mut self, class: Class) {
        match class {
            Class::Ham => self.ham += 1,
            Class::Unsure => self.unsure += 1,
            Class::Spam => self.spam += 1,
        }
    }

    fn all(&self) -> usize {
        self.ham + self.unsure + self.spam
    }

    fn sentence(&self) -> String {
        let Self { ham, unsure, spam } = self;
        format!("{}: {ham} ham, {unsure} unsure, {spam} spam", count(self.all(), "message"))
    }
}

fn text(message: &Message, verdict: &Verdict) -> String {
    let probability = verdict.probability.map_or_else(String::new, |p| format!("{:.0} %", p * 100.0));
    format!("{:<6} {:>6} {probability:>5}  {}", verdict.class.word(), verdict.score, one_line(&message.name))
}

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    class: &'static str,
    score: f64,
    probability: Option<f64>,
    reason: String,
    symbols: Vec<SymbolLine<'a>>,
}

#[derive(Serialize)]
struct SymbolLine<'a> {
    symbol: &'a str,
    score: f64,
    why: &'a str,
}

fn json(message: &Message, verdict: &Verdict) -> Result<String, Failure> {
    let symbols = verdict.findings.iter().map(|found| SymbolLine {
        symbol: found.finding.symbol.name(),
        score: found.score.points(),
        why: &found.finding.why,
    });
    let line = Line {
        path: &message.name,
        class: verdict.class.word(),
        score: verdict.score.points(),
        probability: verdict.probability,
        reason: tamis_core::reason(verdict),
        symbols: symbols.collect(),
    };
    serde_json::to_string(&line).map_err(|err| Failure::outside(format!("cannot write JSON: {err}")))
}
