//! One session: letters arrive, the agent files them, the person changes her mind, and meanwhile something goes wrong.
//!
//! Whatever it is, the agent is started again if it was killed or has lost its connection, and the session goes on. In the
//! end the wire is sound, the agent is started once more, and when nothing is left to do everything is compared.

use std::{
    fs,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use xtask::{
    agent::{Agent, Row},
    dovecot::{Dovecot, Options},
    imap::Imap,
    server::Server,
};

use super::{
    Extent, Fault, Harm,
    ledger::{Entry, Findings, Ledger, POLICY, Sort, Words, inventory, row_of},
    proxy::Faulty,
};
use crate::{
    letter::Letter,
    program, wait_until,
    world::{account, seconds_now},
};

const PASSWORD: &str = "fine-mesh-9174";

/// How long the agent may take until nothing is left to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// After so long in a silence that leads nowhere a person starts the agent again.
const STUCK: Duration = Duration::from_millis(3_500);

/// The same while every byte comes alone.
const STUCK_SPLIT: Duration = Duration::from_secs(20);

/// Between two looks at the agent.
const LOOK: Duration = Duration::from_millis(100);

/// How often a wish is said again of which nothing is known afterwards.
const TRIES: u32 = 4;

/// A server that knows everybody: a user that is added is not known within the same second.
pub fn server() -> Result<Server> {
    let extra = format!("passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}");
    Dovecot::start(Options { extra, ..Options::default() })
}

/// What happens in a session, whatever goes wrong. Letters are named by their number in `entries`.
#[derive(Clone, Debug)]
pub struct Script {
    /// Everything that arrives.
    pub entries: Vec<Entry>,
    /// Released, as one change.
    release: Vec<usize>,
    /// Called spam, as one change.
    spam: Vec<usize>,
    /// Released, and that is taken back.
    release_undone: Vec<usize>,
    /// Called spam, and that is taken back.
    spam_undone: Vec<usize>,
    /// What is learned from files: wanted, unwanted.
    files: [Letter; 2],
}

/// How a session ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is wrong.
    pub findings: Findings,
    /// In which line it happened; `None` if the session was over before.
    pub struck: Option<String>,
    /// How long the session was, until the wire was sound again.
    pub extent: Extent,
    /// The commands that change something, and their numbers, from 1.
    pub changing: Vec<(u64, String)>,
    /// What the agent said, if anything is wrong.
    pub log: String,
}

impl Script {
    /// Fifty letters.
    pub fn large() -> Result<Self> {
        let script =
            Self::of(&[(Sort::Ham, 20), (Sort::Junk, 12), (Sort::Tag, 6), (Sort::Strip, 6), (Sort::Delete, 6)])?;
        Ok(Self {
            release: vec![20, 21, 22, 23, 32, 38, 44],
            spam: vec![0, 1, 2, 3],
            release_undone: vec![24, 25, 33],
            spam_undone: vec![4, 5],
            ..script
        })
    }

    /// Six letters, one of each sort and a wanted one more.
    pub fn small() -> Result<Self> {
        let script = Self::of(&[(Sort::Ham, 2), (Sort::Junk, 1), (Sort::Tag, 1), (Sort::Strip, 1), (Sort::Delete, 1)])?;
        Ok(Self { release: vec![4, 5], spam: vec![0], release_undone: vec![2, 3], ..script })
    }

    fn of(sorts: &[(Sort, usize)]) -> Result<Self> {
        let all = sorts.iter().flat_map(|(sort, count)| (0..*count).map(move |number| Entry::new(*sort, number)));
        Ok(Self {
            entries: all.collect::<Result<_>>()?,
            release: Vec::new(),
            spam: Vec::new(),
            release_undone: Vec::new(),
            spam_undone: Vec::new(),
            files: [Letter::ham("from-a-file")?, Letter::spam("from-a-file-too")?],
        })
    }

    /// Goes through the session on a server, as a user of its own, with these faults one after the other.
    pub fn play(&self, server: &Server, faults: &[Fault]) -> Result<Report> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let user = format!("robin{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut scene = Scene::new(self, server, &user, faults)?;
        let played = scene.play();
        if let Err(error) = played {
            scene.findings.confused.push(format!("the session could not be played: {error:#}"));
        }
        let log = if scene.findings.is_empty() { String::new() } else { scene.agent.log() };
        let report = Report {
            findings: scene.findings.clone(),
            struck: scene.struck.clone(),
            extent: scene.extent,
            changing: scene.changing.clone(),
            log,
        };
        drop(scene);
        fs::remove_dir_all(server.root.join("mail").join(&user)).ok();
        Ok(report)
    }
}

struct Scene<'a> {
    script: &'a Script,
    server: &'a Server,
    user: &'a str,
    agent: Agent,
    proxy: Faulty,
    eye: Imap,
    /// What is still to happen.
    faults: std::slice::Iter<'a, Fault>,
    /// What happens now.
    fault: Option<Fault>,
    struck: Option<String>,
    extent: Extent,
    changing: Vec<(u64, String)>,
    /// Whether the agent was started again since.
    is_dealt_with: bool,
    is_corrupt: bool,
    /// Whether one letter was never judged.
    is_one_passed: bool,
    words: Words,
    findings: Findings,
}

impl<'a> Scene<'a> {
    fn new(script: &'a Script, server: &'a Server, user: &'a str, faults: &'a [Fault]) -> Result<Self> {
        let eye = server.imap(user, PASSWORD)?;
        let proxy = Faulty::start(server.port)?;
        let agent = Agent::prepare_plain(program("tamis-agent")?, proxy.port(), user, PASSWORD)?;
        agent.append_settings(POLICY)?;
        agent.set("[brake]", "messages", &json!(100_000))?;
        agent.set("[brake]", "percent", &json!(100))?;
        agent.set("[watch]", "poll", &json!("1 second"))?;
        let is_corrupt = faults.iter().any(|fault| fault.harm.is_corruption());
        Ok(Self {
            script,
            server,
            user,
            agent,
            proxy,
            eye,
            faults: faults.iter(),
            fault: None,
            struck: None,
            extent: Extent::default(),
            changing: Vec::new(),
            is_dealt_with: true,
            is_corrupt,
            is_one_passed: false,
            words: Words::new(),
            findings: Findings::default(),
        })
    }

    fn play(&mut self) -> Result<()> {
        let all = u64::try_from(self.script.entries.len())?;
        self.start()?;
        self.settle(0)?;
        let now = seconds_now()?;
        for entry in &self.script.entries {
            self.server.place(self.user, &entry.letter.raw, now)?;
        }
        self.settle(all)?;
        self.wishes(all)?;
        self.end_of_faults()?;
        self.settle(all)?;
        self.compare()?;
        if self.findings.is_empty() {
            self.return_originals(all)?;
        }
        Ok(())
    }

    fn wishes(&mut self, all: u64) -> Result<()> {
        let Script { release, spam, release_undone, spam_undone, files, .. } = self.script;
        self.wish("release", release, all)?;
        self.wish("spam", spam, all)?;
        self.wish("release", release_undone, all)?;
        self.take_back("release", release_undone, all)?;
        self.wish("spam", spam_undone, all)?;
        self.take_back("spam", spam_undone, all)?;
        for (label, letter) in ["ham", "spam"].into_iter().zip(files) {
            let path = self.agent.home().join(label);
            fs::write(&path, &letter.raw)?;
            let counted = format!("trained_{label}");
            let before = if label == "ham" { release.len() } else { spam.len() };
            for _ in 0..TRIES {
                if self.number(&counted)? != u64::try_from(before)? {
                    break;
                }
                self.say(&["train".to_owned(), format!("--{label}"), path.to_string_lossy().into_owned()])?;
            }
        }
        Ok(())
    }

    /// Whatever the policy has made of a letter, a release gives it back as it was.
    fn return_originals(&mut self, all: u64) -> Result<()> {
        let is_changed = |sort| matches!(sort, Sort::Tag | Sort::Strip | Sort::Delete);
        let numbered = self.script.entries.iter().enumerate();
        let changed =
            numbered.filter(|(_, entry)| is_changed(entry.sort) && !self.words.contains_key(&entry.letter.subject));
        let changed: Vec<usize> = changed.map(|(number, _)| number).collect();
        self.wish("release", &changed, all)?;
        self.compare()?;
        if self.is_one_passed {
            return Ok(());
        }
        let learned = [self.script.release.len() + changed.len() + 1, self.script.spam.len() + 1];
        for (label, learned) in ["trained_ham", "trained_spam"].into_iter().zip(learned) {
            let number = self.number(label)?;
            if number != u64::try_from(learned)? && self.findings.is_empty() {
                self.findings.confused.push(format!("{label} is {number} and not {learned}"));
            }
        }
        Ok(())
    }

    fn compare(&mut self) -> Result<()> {
        let rows = self.rows()?;
        let copies = inventory(&mut self.eye)?;
        let ledger = Ledger {
            entries: &self.script.entries,
            words: &self.words,
            is_corrupt: self.is_corrupt,
            is_one_passed: self.is_one_passed,
        };
        ledger.check(&copies, &rows, &mut self.findings);
        Ok(())
    }

    /// Says something about letters, until the agent knows.
    fn wish(&mut self, word: &str, numbers: &[usize], all: u64) -> Result<()> {
        let (label, folder) = if word == "spam" { ("spam", "Junk") } else { ("ham", "INBOX") };
        let letters: Vec<&Letter> =
            numbers.iter().filter_map(|number| Some(&self.script.entries.get(*number)?.letter)).collect();
        for letter in &letters {
            self.words.insert(letter.subject.clone(), folder);
        }
        for _ in 0..TRIES {
            let (rows, copies) = (self.rows()?, inventory(&mut self.eye)?);
            let known = letters.iter().filter_map(|letter| row_of(letter, &rows, &copies));
            let untold = known.filter(|row| row.taught.as_deref() != Some(label));
            let ids: Vec<String> = untold.map(|row| row.id.to_string()).collect();
            if ids.is_empty() {
                return Ok(());
            }
            self.say(&[vec![word.to_owned()], ids].concat())?;
            self.settle(all)?;
        }
        self.findings.confused.push(format!("`{word}` of {numbers:?} was not heard"));
        Ok(())
    }

    /// Takes back what was said last.
    fn take_back(&mut self, kind: &str, numbers: &[usize], all: u64) -> Result<()> {
        if numbers.is_empty() {
            return Ok(());
        }
        for number in numbers {
            if let Some(entry) = self.script.entries.get(*number) {
                self.words.remove(&entry.letter.subject);
            }
        }
        for _ in 0..TRIES {
            let text = self.ask(&["history", "--json"])?;
            let changes = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let newest = changes.into_iter().find(|change| change.get("kind").is_some_and(|found| found == kind));
            let newest = newest.context("the change is not in the history")?;
            if newest.get("is_undone") == Some(&json!(true)) {
                return Ok(());
            }
            let id = newest.get("id").and_then(Value::as_u64).context("a change without a number")?;
            self.say(&["undo".to_owned(), id.to_string()])?;
            self.settle(all)?;
        }
        self.findings.confused.push(format!("the undo of `{kind}` of {numbers:?} was not heard"));
        Ok(())
    }

    /// Waits until so many letters were judged and nothing is left to do.
    fn settle(&mut self, judged: u64) -> Result<()> {
        let judged = judged.saturating_sub(u64::from(self.is_one_passed));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = self.agent.status();
            if status.as_ref().is_ok_and(|status| is_settled(status, judged)) {
                return Ok(());
            }
            if deadline < Instant::now() {
                // A date that was read wrong is an old one, and old mail is left alone.
                let is_passed = |status: &Value| is_settled(status, judged.saturating_sub(1));
                if self.is_corrupt && !self.is_one_passed && status.as_ref().is_ok_and(is_passed) {
                    self.is_one_passed = true;
                    return Ok(());
                }
                self.findings.confused.push(format!("it did not end all of {judged}: {status:?}"));
                return Ok(());
            }
            self.attend(status.ok().as_ref())?;
            thread::sleep(LOOK);
        }
    }

    /// A command to the agent. What is known of it afterwards has to be asked.
    fn say(&mut self, words: &[String]) -> Result<()> {
        let mut command = self.agent.command();
        let mut child = command.args(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let deadline = Instant::now() + PATIENCE;
        let mut looked = Instant::now();
        while child.try_wait()?.is_none() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
            if LOOK < looked.elapsed() {
                self.attend(None)?;
                looked = Instant::now();
            }
        }
        child.kill().ok();
        child.wait()?;
        Ok(())
    }

    /// What a command prints, as soon as there is an agent to print it.
    fn ask(&mut self, words: &[&str]) -> Result<String> {
        self.again(|agent| agent.say(words))
    }

    fn again<T>(&mut self, ask: impl Fn(&Agent) -> Result<T>) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match ask(&self.agent) {
                Err(error) if deadline < Instant::now() => return Err(error),
                Err(_) => thread::sleep(LOOK),
                Ok(answer) => return Ok(answer),
            }
            self.attend(None)?;
        }
    }

    fn rows(&mut self) -> Result<Vec<Row>> {
        self.again(Agent::rows)
    }

    fn number(&mut self, name: &str) -> Result<u64> {
        let status: Value = serde_json::from_str(&self.ask(&["status", "--json"])?)?;
        status.get(name).and_then(Value::as_u64).with_context(|| format!("the status has no {name}"))
    }

    /// Starts the agent again where a person would. `status` is what it has just said.
    fn attend(&mut self, status: Option<&Value>) -> Result<()> {
        if self.proxy.struck_at().is_some() {
            self.struck.get_or_insert_with(|| self.proxy.line());
        }
        if self.agent.has_ended() {
            self.agent.kill()?;
            self.is_dealt_with = true;
            return self.start();
        }
        let Some(at) = self.proxy.struck_at() else { return Ok(()) };
        let patience = match self.fault.map(|fault| fault.harm) {
            Some(Harm::Kill(_)) | None => return Ok(()),
            Some(Harm::Split) => STUCK_SPLIT,
            Some(_) => STUCK,
        };
        let is_stuck = !self.is_dealt_with && patience < at.elapsed();
        let own = if status.is_none() && !self.is_dealt_with { self.agent.status().ok() } else { None };
        let state = status.or(own.as_ref()).and_then(account).and_then(|account| account.get("state"));
        if is_stuck || state.is_some_and(|state| state == "Retrying" || state == "NeedsYou") {
            self.is_dealt_with = true;
            self.agent.stop()?;
            return self.start();
        }
        Ok(())
    }

    /// Starts the agent, and lets the next fault happen to it.
    fn start(&mut self) -> Result<()> {
        let next = if self.fault.is_none() || self.proxy.struck_at().is_some() { self.faults.next() } else { None };
        if let Some(fault) = next {
            self.is_dealt_with = false;
            self.fault = Some(*fault);
            self.proxy.arm(*fault);
        }
        self.agent.spawn()?;
        if let Some(Fault { harm: Harm::Kill(after), .. }) = next
            && let Some(pid) = self.agent.pid()
        {
            let after = Duration::from_micros(u64::from(*after));
            self.proxy.when_struck(move || {
                thread::sleep(after);
                Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status().ok();
            })?;
        }
        Ok(())
    }

    /// From here on the wire is sound.
    fn end_of_faults(&mut self) -> Result<()> {
        self.extent = self.proxy.extent();
        self.changing = self.proxy.changing();
        self.proxy.disarm();
        let is_dying = matches!(self.fault, Some(Fault { harm: Harm::Kill(_), .. }))
            && self.proxy.struck_at().is_some()
            && !self.is_dealt_with;
        if self.proxy.struck_at().is_some() {
            self.struck.get_or_insert_with(|| self.proxy.line());
        }
        self.faults = [].iter();
        self.fault = None;
        if is_dying {
            let agent = &mut self.agent;
            wait_until("the agent to be killed", Duration::from_secs(5), || Ok(agent.has_ended().then_some(())))?;
            self.agent.kill()?;
        }
        self.agent.stop()?;
        self.agent.spawn()
    }
}

fn is_settled(status: &Value, judged: u64) -> bool {
    let number = |name: &str| status.get(name).and_then(Value::as_u64);
    let state = account(status).and_then(|account| account.get("state"));
    number("judged") == Some(judged) && number("pending") == Some(0) && state.is_some_and(|state| state == "Watching")
}
