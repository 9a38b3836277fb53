//! How fast Tamis runs rules, beside SpamAssassin itself and rspamd in the same minutes, what it takes to have the rules
//! ready, and what memory they need.
//!
//! Every filter is one process that has been warmed up, gets the same messages one after the other, and does nothing in
//! between. It is warmed up with one message, or with `--warm` with as many others as are measured: Tamis compiles a pattern
//! when it is first needed, SpamAssassin all of them when it starts. What counts is the CPU time that the system counted for
//! that process meanwhile, the person's and the system's, with all its threads, so that what else the machine does counts little. Nothing is asked of a network, and
//! nothing is learned: SpamAssassin has `local_tests_only` and no Bayes, rspamd is as [`rspamd`] says. Messages are taken in
//! even steps from all that there are; a third of them is a round, in which all filters take turns, and none is judged
//! twice. The table has all rounds together, and the ratio of each round. SpamAssassin and Tamis read the file of a message
//! themselves; rspamd gets its bytes from this program.
//!
//! SpamAssassin is measured twice: with its own rules, and with those and ours, which are written in its language, so that
//! both can be compared with the same rules. That a filter really judges is seen from how many rules hit a message on average:
//! with the same rules SpamAssassin and Tamis must say nearly the same.
//!
//! Then a process of its own that judges with everything is told all messages there are, and what is resident of it is read.
//!
//! ```text
//! cargo bench -p tamis-tests --bench rules [-- [--warm] [--messages N] INDEX...]
//! ```
//!
//! Lines of an INDEX are `ham PATH` or `spam PATH`, paths relative to it. Without one it is the demo mail. Of N messages (300
//! if it is not said) SpamAssassin judges about eight a second. `taskset -c 0` before the command keeps all on one core.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod contender;
mod ours;
mod process;
mod rspamd;
mod sample;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::rules::{RuleFile, own_files};
use tempfile::TempDir;
use xtask::{index, parity::DEBIANS_RULES, peers::speed::megabytes};

use crate::{
    contender::{Contender, table},
    ours::{Part, Task, is_kept},
    process::{Engine as _, Lines, memory},
    rspamd::Rspamd,
    sample::{ROUNDS, rounds, warm_up},
};

/// So many messages are measured if nothing is said.
const MESSAGES: usize = 300;

/// How often a start is measured. The median counts.
const STARTS: usize = 5;

const SPAMASSASSIN: &str = "SpamAssassin";

/// What each filter judges first.
const WARM_UP: &str = "../assets/demo/demo.index";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    // Cargo tells every bench that it is one.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(task) = Task::read(&words) {
        return task.run();
    }
    let is_warm = words.first().is_some_and(|word| word == "--warm");
    let (wanted, indexes) = match words.get(usize::from(is_warm)..).unwrap_or_default() {
        [option, number, indexes @ ..] if option == "--messages" => {
            (number.parse().with_context(|| format!("{number} is no number of messages"))?, indexes)
        }
        indexes => (MESSAGES, indexes),
    };
    let demo = paths(&Path::new(env!("CARGO_MANIFEST_DIR")).join(WARM_UP))?;
    let mut mail = Vec::new();
    for index in indexes {
        mail.extend(paths(Path::new(index))?);
    }
    let warm_up = if is_warm { warm_up(&mail, wanted) } else { Vec::new() };
    let mut bench = Bench::new(if mail.is_empty() { demo.clone() } else { mail }, demo)?;
    bench.warm_up.extend(warm_up);
    bench.run(wanted)
}

fn paths(index: &Path) -> Result<Vec<PathBuf>> {
    let lines = index::read(index)?;
    lines
        .into_iter()
        .map(|line| line.path.canonicalize().with_context(|| format!("no {}", line.path.display())))
        .collect()
}

/// What is measured with.
struct Bench {
    mail: Vec<PathBuf>,
    warm_up: Vec<PathBuf>,
    /// The rules of SpamAssassin, if they are there.
    rules: Option<PathBuf>,
    folder: TempDir,
}

impl Bench {
    fn new(mail: Vec<PathBuf>, demo: Vec<PathBuf>) -> Result<Self> {
        let warm_up: Vec<PathBuf> = demo.into_iter().take(1).collect();
        let rules = Some(PathBuf::from(DEBIANS_RULES)).filter(|rules| rules.is_dir());
        Ok(Self { mail, warm_up, rules, folder: tempfile::tempdir()? })
    }

    fn run(&self, wanted: usize) -> Result<()> {
        let rounds = rounds(&self.mail, wanted);
        let measured: usize = rounds.iter().map(Vec::len).sum();
        let (all, warm) = (self.mail.len(), self.warm_up.len());
        println!("{measured} of {all} messages, in {ROUNDS} rounds; warmed up with {warm}\n");
        ensure!(rounds.iter().all(|round| !round.is_empty()), "these are too few messages");
        let mut all = self.contenders()?;
        for round in &rounds {
            for contender in &mut all {
                contender.round(round)?;
            }
        }
        println!("\n{}", table(&all, SPAMASSASSIN)?);
        drop(all);
        self.starts()?;
        self.resident()
    }

    /// Everybody who can be measured here. Who cannot is named.
    fn contenders(&self) -> Result<Vec<Contender>> {
        let mut all = Vec::new();
        for (name, is_with_ours) in [("its rules", false), ("its rules and ours", true)] {
            match self.spamassassin(is_with_ours) {
                Ok(lines) => {
                    let name = format!("{SPAMASSASSIN} {}, {name}", lines.said);
                    all.push(Contender::new(&name, Box::new(lines), &self.warm_up)?);
                }
                Err(error) => println!("{SPAMASSASSIN} with {name} is not measured: {error:#}"),
            }
        }
        if self.rules.is_some() {
            let lines = self.task(Part::Theirs, "home").start()?;
            all.push(Contender::new("Tamis, its rules", Box::new(lines), &self.warm_up)?);
        }
        let packs = if self.rules.is_some() { "its rules and ours" } else { "our rules" };
        for (part, name) in [(Part::Packs, format!("Tamis, {packs}")), (Part::Whole, format!("Tamis, {packs}, checks"))]
        {
            let lines = self.task(part, "home").start()?;
            all.push(Contender::new(&name, Box::new(lines), &self.warm_up)?);
        }
        match Rspamd::start() {
            Ok(rspamd) => {
                let name = format!("rspamd {}, its own rules", Rspamd::version());
                all.push(Contender::new(&name, Box::new(rspamd), &self.warm_up)?);
            }
            Err(error) => println!("rspamd is not measured: {error:#}"),
        }
        Ok(all)
    }

    /// SpamAssassin with its own rules, or with those and ours, which it reads like its own.
    fn spamassassin(&self, is_with_ours: bool) -> Result<Lines> {
        let mut perl = Command::new("perl");
        perl.args(["-MMail::SpamAssassin", "-e", "1"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let is_there = perl.status().is_ok_and(|status| status.success());
        let rules = self.rules.as_ref().filter(|_| is_there);
        let rules = rules.context("it is not installed; please run: apt-get install spamassassin")?;
        let rules = if is_with_ours { self.with_ours(rules)? } else { rules.clone() };
        let script = self.folder.path().join("spamassassin.pl");
        fs::write(&script, include_str!("spamassassin.pl"))?;
        Lines::start(Command::new("perl").arg(script).arg(rules).stderr(Stdio::null()))
    }

    /// A folder of its rules and ours, for SpamAssassin to read.
    fn with_ours(&self, rules: &Path) -> Result<PathBuf> {
        let both = self.folder.path().join("both");
        fs::create_dir(&both)?;
        for entry in fs::read_dir(rules)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), both.join(entry.file_name()))?;
            }
        }
        for RuleFile { name, text, .. } in own_files() {
            let place = both.join(&name);
            ensure!(!place.exists(), "both have a file {name}");
            fs::write(place, text)?;
        }
        Ok(both)
    }

    fn task(&self, part: Part, home: &str) -> Task {
        Task { part, home: self.folder.path().join(home), rules: self.rules.clone() }
    }

    /// What it takes until the rules are ready: compiled, and as they were kept.
    fn starts(&self) -> Result<()> {
        if self.rules.is_none() {
            println!("Starts are not measured: there are no rules but ours, and those are not kept");
            return Ok(());
        }
        let (mut cold, mut kept) = (Vec::new(), Vec::new());
        for number in 0..STARTS {
            let task = self.task(Part::Packs, &format!("start-{number}"));
            cold.push(task.start()?.start);
            ensure!(is_kept(&task.home)?, "the compiled rules were not kept");
            kept.push(task.start()?.start);
        }
        println!("CPU of a process until its rules and ours are ready, median of {STARTS}, and the most:");
        println!("compiled and kept: {}", times(cold));
        println!("as they were kept: {}", times(kept));
        Ok(())
    }

    /// What a process that judges with everything has resident when it has seen all messages.
    fn resident(&self) -> Result<()> {
        let mut lines = self.task(Part::Whole, "home").start()?;
        let figures = |lines: &Lines| -> Result<String> {
            let figure = |name| memory(lines.pid(), name).map(megabytes);
            let [now, own, most] = [figure("VmRSS")?, figure("RssAnon")?, figure("VmHWM")?];
            Ok(format!("{now:.1} MB resident ({own:.1} of it not files), {most:.1} at most"))
        };
        println!("\nA process that judges with everything, its rules loaded as they were kept: {}", figures(&lines)?);
        for path in &self.mail {
            lines.judge(path)?;
        }
        println!("After all {} messages, one at a time: {}", self.mail.len(), figures(&lines)?);
        Ok(())
    }
}

/// The median of some times and the longest, in milliseconds.
fn times(mut all: Vec<Duration>) -> String {
    all.sort_unstable();
    let millis = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    format!("{:.0} ms, {:.0} ms", millis(all.get(all.len() / 2)), millis(all.last()))
}
