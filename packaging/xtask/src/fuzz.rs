//! Random input, guided by what it reaches: libFuzzer through cargo-fuzz, on the compiler that builds everything else.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use xtask::{index, parity::DEBIANS_RULES};

/// Longer input is slower and finds no more. Bytes.
const LONGEST: usize = 32 << 10;

/// A piece of a rule file, in bytes: small enough to be changed thousands of times a second.
const PIECE: usize = 1500;

/// What the person asked for.
#[derive(Clone, Debug)]
pub(crate) struct Fuzz {
    /// Which program of `tests/fuzz`.
    pub(crate) target: Target,
    /// How long.
    pub(crate) minutes: u64,
    /// Which random numbers.
    pub(crate) seed: u64,
    /// Mail to begin with, besides the demo's.
    pub(crate) corpora: Vec<PathBuf>,
}

/// What gets the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A message is parsed and judged.
    Parse,
    /// All rules are run on a message.
    Messages,
    /// A rule file is read, compiled and run.
    Rules,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Messages => "messages",
            Self::Rules => "rules",
        }
    }

    /// Reads its name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Parse, Self::Messages, Self::Rules].into_iter().find(|target| target.name() == name)
    }
}

/// Builds and runs it, and names the inputs that failed.
pub(crate) fn run(fuzz: &Fuzz) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let is_there =
        Command::new("cargo").args(["fuzz", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    ensure!(
        is_there.context("cannot run cargo")?.success(),
        "cargo-fuzz is not installed; please run: cargo install cargo-fuzz"
    );
    let work = root.join("target/fuzz").join(fuzz.target.name());
    let [grown, seeds, found] = ["grown", "seeds", "found"].map(|name| work.join(name));
    for folder in [&grown, &seeds, &found] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    plant(fuzz, &root, &seeds)?;
    let before = files(&found)?;
    let mut cargo = Command::new("cargo");
    // The compiler is the one of everything else; this only lets it take the options of libFuzzer.
    cargo.env("RUSTC_BOOTSTRAP", "1").current_dir(&root);
    if Path::new(DEBIANS_RULES).is_dir() {
        cargo.env("TAMIS_FUZZ_RULES", DEBIANS_RULES);
    }
    // There is no unsafe code of ours, so there is nothing for a sanitizer to find.
    cargo.args(["fuzz", "run", "--fuzz-dir", "tests/fuzz", "--sanitizer", "none", fuzz.target.name()]);
    cargo.args([&grown, &seeds]).args(["--", "-fork=1", "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1"]);
    // By the clock, so long that only what never ends takes it: the targets themselves count what they take of the CPU.
    cargo.args(["-timeout=60", "-rss_limit_mb=1024", "-malloc_limit_mb=512"]).arg(format!("-max_len={LONGEST}"));
    cargo.arg(format!("-max_total_time={}", fuzz.minutes * 60)).arg(format!("-seed={}", fuzz.seed));
    cargo.arg(format!("-artifact_prefix={}/", found.display()));
    if fuzz.target == Target::Rules {
        cargo.arg(format!("-dict={}", root.join("tests/fuzz/rules.dict").display()));
    }
    let status = cargo.status().context("cannot run cargo")?;
    let bad: Vec<PathBuf> = files(&found)?.into_iter().filter(|path| !before.contains(path)).collect();
    if bad.is_empty() {
        ensure!(status.success(), "the fuzzer failed, {status}");
        println!("nothing was found in {} minutes", fuzz.minutes);
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "these inputs make it panic or take over a second of CPU (crash-), over a minute (timeout-) or over a gigabyte (oom-):"
    );
    for path in &bad {
        println!("  {}", path.display());
    }
    println!(
        "run one alone: RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none {} FILE",
        fuzz.target.name()
    );
    Ok(ExitCode::from(1))
}

/// Leaves what the fuzzer begins with: mail, or pieces of rule files.
fn plant(fuzz: &Fuzz, root: &Path, seeds: &Path) -> Result<()> {
    let mut number = 0;
    let mut leave = |content: &[u8]| -> Result<()> {
        number += 1;
        fs::write(seeds.join(format!("{number:06}")), content).context("cannot write a seed")
    };
    if fuzz.target == Target::Rules {
        for folder in [root.join("assets/rules"), PathBuf::from(DEBIANS_RULES)] {
            for file in
                files(&folder).unwrap_or_default().iter().filter(|file| file.extension().is_some_and(|end| end == "cf"))
            {
                pieces(&fs::read(file)?).iter().try_for_each(|piece| leave(piece))?;
            }
        }
        return Ok(());
    }
    for corpus in [root.join("assets/demo/demo.index")].iter().chain(&fuzz.corpora) {
        for line in index::read(corpus)? {
            let raw = fs::read(&line.path).with_context(|| format!("cannot read {}", line.path.display()))?;
            if raw.len() <= LONGEST {
                leave(&raw)?;
            }
        }
    }
    Ok(())
}

/// Cuts a rule file where lines end.
fn pieces(text: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = vec![Vec::new()];
    for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#")) {
        if pieces.last().is_none_or(|piece| PIECE < piece.len() + line.len()) {
            pieces.push(Vec::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.extend_from_slice(line);
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// Reads the options behind `cargo xtask fuzz`.
pub(crate) fn options(mut words: impl Iterator<Item = String>) -> Result<Fuzz> {
    let name = words.next().context("fuzz needs a target: parse, messages or rules")?;
    let Some(target) = Target::from_name(&name) else {
        bail!("`{name}` is no target; there are parse, messages and rules")
    };
    let mut fuzz = Fuzz { target, minutes: 10, seed: 1, corpora: Vec::new() };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--minutes" => fuzz.minutes = crate::number(&mut words, "--minutes")?,
            "--seed" => fuzz.seed = crate::number(&mut words, "--seed")?,
            "--corpus" => fuzz.corpora.push(crate::path(&mut words, "--corpus")?),
            other => bail!("`{other}` is no option of fuzz; see cargo xtask --help"),
        }
    }
    ensure!(fuzz.minutes != 0, "--minutes must be at least 1");
    Ok(fuzz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_files_are_cut_where_lines_end() {
        let line = format!("body A /{}/\n", "a".repeat(PIECE / 2));
        let text = format!("# about\n{line}{line}{line}score A 1\n");

        let pieces = pieces(text.as_bytes());

        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces.concat(), text.strip_prefix("# about\n").unwrap().as_bytes());
        assert!(super::pieces(b"").is_empty());
    }

    #[test]
    fn a_target_is_read_by_its_name() {
        let words = |text: &str| options(text.split(' ').map(str::to_owned));
        let fuzz = words("rules --minutes 30 --seed 7").unwrap();
        assert_eq!((fuzz.target, fuzz.minutes, fuzz.seed), (Target::Rules, 30, 7));
        assert!(words("rule").is_err() && words("parse --minutes 0").is_err() && words("parse --x").is_err());
    }
}
