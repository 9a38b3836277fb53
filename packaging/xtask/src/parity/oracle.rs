//! What SpamAssassin says, kept below the target folder: it takes a tenth of a second for a message.
//!
//! What was kept counts only for the same version, rules and question (`oracle.pl`), and for the same bytes of a message.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::{compare::Said, rule_files};
use crate::{ground::Work, packages, stop};

const SCRIPT: &str = include_str!("oracle.pl");

/// So many are asked at once; a process uses one processor.
const AT_ONCE: usize = 2;

/// The system's own SpamAssassin with rules of our choice.
#[derive(Debug)]
pub struct Oracle {
    work: Work,
    rules: PathBuf,
    version: String,
    run: BTreeSet<String>,
    kept: PathBuf,
}

impl Oracle {
    /// With the rules in a folder or file. Asks it which of them it runs.
    pub fn new(rules: &Path) -> Result<Self> {
        let work = Work::new("parity")?;
        fs::write(work.path().join("oracle.pl"), SCRIPT)?;
        let mut oracle = Self {
            work,
            rules: rules.to_path_buf(),
            version: String::new(),
            run: BTreeSet::new(),
            kept: packages::target_folder()?.join("parity"),
        };
        ensure!(is_installed()?, "SpamAssassin is not installed; please run: apt-get install spamassassin");
        let output = oracle.command().arg("--list").stdin(Stdio::null()).stderr(Stdio::null()).output();
        let output = output.context("cannot run perl")?;
        ensure!(output.status.success(), "SpamAssassin cannot use the rules in {}", rules.display());
        let list: Value = serde_json::from_slice(&output.stdout).context("SpamAssassin's list of rules is no JSON")?;
        let names = list.get("rules").and_then(Value::as_object).context("SpamAssassin lists no rules")?;
        ensure!(!names.is_empty(), "SpamAssassin runs none of the rules in {}", rules.display());
        oracle.run = names.keys().cloned().collect();
        oracle.version = list.get("version").and_then(Value::as_str).map_or_else(String::new, str::to_owned);
        let mut key = Xxh3::new();
        key.update(SCRIPT.as_bytes());
        key.update(&output.stdout);
        for file in rule_files(rules)? {
            key.update(&file.text);
        }
        oracle.kept = oracle.kept.join(format!("{:032x}.jsonl", key.digest128()));
        Ok(oracle)
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The rules that it runs without network and learner, sub-rules too.
    pub fn rules(&self) -> &BTreeSet<String> {
        &self.run
    }

    /// What it says of each message, by [`fingerprint`]. What is not known yet is asked, which takes its time.
    pub fn said(&self, mail: &[PathBuf]) -> Result<BTreeMap<String, Said>> {
        let mut known = self.kept()?;
        let mut wanted = BTreeMap::new();
        for path in mail {
            let raw = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let print = fingerprint(&raw);
            if !known.contains_key(&print) {
                wanted.insert(path.display().to_string(), print);
            }
        }
        if !wanted.is_empty() {
            known.extend(self.ask(&wanted)?);
        }
        Ok(known)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("perl");
        command.arg(self.work.path().join("oracle.pl")).arg("--rules").arg(&self.rules);
        command
    }

    /// Lines that an earlier run has left. The last may be half a line.
    fn kept(&self) -> Result<BTreeMap<String, Said>> {
        if !self.kept.exists() {
            return Ok(BTreeMap::new());
        }
        let text = fs::read(&self.kept).with_context(|| format!("cannot read {}", self.kept.display()))?;
        let lines = text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        Ok(lines.filter_map(|line| Some((line.get("message")?.as_str()?.to_owned(), said(&line)))).collect())
    }

    fn ask(&self, wanted: &BTreeMap<String, String>) -> Result<BTreeMap<String, Said>> {
        if let Some(folder) = self.kept.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&self.kept);
        let file = file.with_context(|| format!("cannot write {}", self.kept.display()))?;
        let all = Mutex::new(Answers { file, all: BTreeMap::new(), wanted: wanted.len() });
        let answers = &all;
        thread::scope(|scope| -> Result<()> {
            let mut askers = Vec::new();
            for number in 0..AT_ONCE {
                let paths: Vec<&String> = wanted.keys().skip(number).step_by(AT_ONCE).collect();
                let ask = move || self.ask_one(number, &paths, wanted, answers);
                let asker = thread::Builder::new().name("oracle".to_owned());
                askers.push(asker.spawn_scoped(scope, ask)?);
            }
            for asker in askers {
                let Ok(ended) = asker.join() else { bail!("asking SpamAssassin broke off") };
                ended?;
            }
            Ok(())
        })?;
        eprintln!();
        Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner).all)
    }

    /// One process. It reads its list from a file, so that neither waits for the other.
    fn ask_one(
        &self,
        number: usize,
        paths: &[&String],
        prints: &BTreeMap<String, String>,
        answers: &Mutex<Answers>,
    ) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        let list = self.work.path().join(format!("list-{number}"));
        let lines: Vec<String> = paths.iter().map(|path| format!("{path}\n")).collect();
        fs::write(&list, lines.concat())?;
        let mut child = self
            .command()
            .stdin(File::open(&list)?)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run perl")?;
        let Some(output) = child.stdout.take() else { bail!("perl has no output") };
        let mut count = 0;
        for line in BufReader::new(output).lines() {
            let line: Value = serde_json::from_str(&line?).context("SpamAssassin's answer is no JSON")?;
            let path = line.get("path").and_then(Value::as_str).context("SpamAssassin names no message")?;
            let print = prints.get(path).with_context(|| format!("SpamAssassin was not asked about {path}"))?;
            answers.lock().unwrap_or_else(PoisonError::into_inner).add(print, said(&line))?;
            count += 1;
            if stop::asked() {
                child.kill().ok();
                break;
            }
        }
        let status = child.wait()?;
        ensure!(!stop::asked(), "stopped");
        ensure!(status.success(), "SpamAssassin failed, {status}");
        ensure!(count == paths.len(), "SpamAssassin judged {count} of {} messages", paths.len());
        Ok(())
    }
}

/// Answers as they come.
#[derive(Debug)]
struct Answers {
    file: File,
    all: BTreeMap<String, Said>,
    wanted: usize,
}

impl Answers {
    fn add(&mut self, print: &str, said: Said) -> Result<()> {
        let line = json!({"message": print, "hits": said.hits, "scores": said.scores});
        writeln!(self.file, "{line}").context("cannot write what SpamAssassin said")?;
        self.all.insert(print.to_owned(), said);
        eprint!("\rSpamAssassin: {} of {} messages", self.all.len(), self.wanted);
        Ok(())
    }
}

/// The same for the same bytes.
pub fn fingerprint(raw: &[u8]) -> String {
    format!("{:032x}", xxh3_128(raw))
}

fn is_installed() -> Result<bool> {
    let mut perl = Command::new("perl");
    perl.args(["-MMail::SpamAssassin", "-e", "1"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(perl.status().context("cannot run perl; please run: apt-get install spamassassin")?.success())
}

fn said(line: &Value) -> Said {
    let entries = |key| line.get(key).and_then(Value::as_object).into_iter().flatten();
    let count = |value: &Value| value.as_u64().and_then(|count| u32::try_from(count).ok());
    Said {
        hits: entries("hits").filter_map(|(name, value)| Some((name.clone(), count(value)?))).collect(),
        scores: entries("scores").filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back() {
        let line = json!({"path": "a", "hits": {"A": 1, "__B": 7}, "scores": {"A": -0.5}});

        let got = said(&line);

        assert_eq!(got.hits.get("__B"), Some(&7));
        assert_eq!(got.scores.get("A"), Some(&-0.5));
        assert_eq!(said(&json!({"hits": got.hits, "scores": got.scores})), got);
        assert_eq!(said(&json!([])), Said::default());
    }

    #[test]
    fn the_same_bytes_have_the_same_fingerprint() {
        assert_eq!(fingerprint(b"one"), fingerprint(b"one"));
        assert_ne!(fingerprint(b"one"), fingerprint(b"two"));
        assert_eq!(fingerprint(b"").len(), 32);
    }
}
