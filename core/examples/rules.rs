//! What the rules cost, without anything beside: for whoever makes the engine quicker.
//!
//! ```text
//! cargo run --release -p tamis-core --example rules -- [--dump FILE] [--rounds N] [--every N] RULES INDEX...
//! ```
//!
//! RULES is a folder of rule files, which are run together with ours. INDEX has lines `ham PATH` or `spam PATH`, paths
//! relative to it. All messages are judged once, and then N rounds are timed. `--dump` writes what hit each message, asked
//! both ways, so that two versions of the engine can be compared.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "it does the reading for core, which does none")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tamis_core::{
    Arrival, Mail,
    rules::{CompileSettings, Hits, LoadSettings, Program, RuleFile, load, own_files},
};

const SETTINGS: CompileSettings = CompileSettings { has_network: false, has_learner: true };

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What is wanted.
#[derive(Default)]
struct Options {
    dump: Option<PathBuf>,
    rounds: usize,
    every: usize,
    paths: Vec<PathBuf>,
}

impl Options {
    fn read() -> Result<Self> {
        let mut options = Self { rounds: 3, every: 1, ..Self::default() };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut next = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--dump" => options.dump = Some(next()?.into()),
                "--rounds" => options.rounds = next()?.parse().context("rounds are a number")?,
                "--every" => options.every = next()?.parse().context("every how many is a number")?,
                _ => options.paths.push(word.into()),
            }
        }
        Ok(options)
    }
}

fn run() -> Result<()> {
    let options = Options::read()?;
    let [rules, indexes @ ..] = options.paths.as_slice() else { bail!("say a folder of rules") };
    let book = load(&files(rules)?, &LoadSettings::default());
    let (bytes, cold) = timed(|| Program::to_bytes(&book, SETTINGS));
    let (program, kept) = timed(|| Program::from_bytes(&bytes));
    let program = program.context("the rules cannot be kept")?;
    println!("compiled in {:.0} ms, loaded in {:.0} ms", millis(cold), millis(kept));
    let mut mail = Vec::new();
    for index in indexes {
        mail.extend(messages(index)?);
    }
    let mail: Vec<Vec<u8>> = mail.into_iter().step_by(options.every.max(1)).collect();
    if let Some(path) = &options.dump {
        fs::write(path, dump(&mail, &program))?;
    }
    for round in 0..=options.rounds {
        let (hits, cost) = timed(|| mail.iter().map(|raw| judged(raw, &program)).sum::<usize>());
        let (_, parsing) =
            timed(|| mail.iter().map(|raw| Mail::parse(raw, &Arrival::default()).raw.len()).sum::<usize>());
        let each = |cost: Duration| millis(cost) / f64::from(u32::try_from(mail.len()).unwrap_or(u32::MAX));
        println!("round {round}: {:.4} ms a message, of which {:.4} parsing; {hits} hits", each(cost), each(parsing));
    }
    println!("{} bytes of patterns", program.rules().memory());
    Ok(())
}

fn judged(raw: &[u8], program: &Program) -> usize {
    program.run_told(&Mail::parse(raw, &Arrival::default()), None).hits.len()
}

fn dump(mail: &[Vec<u8>], program: &Program) -> String {
    let mut all = String::new();
    for (number, raw) in mail.iter().enumerate() {
        let mail = Mail::parse(raw, &Arrival::default());
        for (way, hits) in [("told", program.run_told(&mail, None)), ("all", program.run(&mail, None))] {
            describe(&mut all, number, way, &hits);
        }
    }
    all
}

fn describe(all: &mut String, number: usize, way: &str, hits: &Hits) {
    for hit in &hits.hits {
        let text = hit.text.as_deref().map(<[u8]>::escape_ascii).map(|text| text.to_string()).unwrap_or_default();
        writeln!(all, "{number} {way} {} {} {} {text}", hit.name, hit.count, hit.points).unwrap_or_default();
    }
    for name in &hits.exhausted {
        writeln!(all, "{number} {way} {name} exhausted").unwrap_or_default();
    }
}

fn files(folder: &Path) -> Result<Vec<RuleFile>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        paths.push(entry?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "cf"));
    paths.sort();
    let mut files = own_files();
    for path in paths {
        files.push(RuleFile { name: path.display().to_string(), text: fs::read(&path)?, is_only_included: false });
    }
    Ok(files)
}

fn messages(index: &Path) -> Result<Vec<Vec<u8>>> {
    let text = fs::read_to_string(index).with_context(|| format!("cannot read {}", index.display()))?;
    let paths = text.lines().filter_map(|line| line.split_once(' '));
    let beside = index.parent().unwrap_or(Path::new(""));
    paths.map(|(_, path)| fs::read(beside.join(path)).with_context(|| format!("cannot read {path}"))).collect()
}

/// What it gives, and the CPU time that this thread needed, which Linux counts in nanoseconds.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let now = || {
        let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        text.split(' ').next().and_then(|first| first.parse().ok()).map_or(Duration::ZERO, Duration::from_nanos)
    };
    let begun = now();
    let made = work();
    (made, now().saturating_sub(begun))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
