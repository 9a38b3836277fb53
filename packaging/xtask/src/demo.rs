//! The main job for real: mail arrives on a real IMAP server, the agent files it, the window shows it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::learn::Label;
use xtask::{
    agent::Agent,
    dovecot::{Dovecot, Options},
    index::{self, Line},
    packages,
    server::Server,
    stop,
};

use crate::{cargo, date, report};

const USER: &str = "robin";
const PASSWORD: &str = "demo-password";

/// What the person asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Demo {
    /// No window; a table and an exit code instead.
    pub(crate) is_headless: bool,
    /// Mail to deliver in place of the demo mail.
    pub(crate) corpus: Option<PathBuf>,
    /// Mail to teach first.
    pub(crate) train: Option<PathBuf>,
}

/// One message of an index.
#[derive(Clone, Debug)]
pub(crate) struct Labelled {
    /// Whether the index calls it spam.
    pub(crate) is_spam: bool,
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Its bytes, without an mbox `From ` line.
    pub(crate) raw: Vec<u8>,
}

/// Runs the demo.
pub(crate) fn run(demo: &Demo) -> Result<ExitCode> {
    let mut wanted = packages::MAIL_SERVER.to_vec();
    if !demo.is_headless {
        wanted.extend(packages::WINDOW);
    }
    packages::ensure(&wanted)?;
    let index = demo.corpus.clone().unwrap_or_else(|| root().join("assets/demo/demo.index"));
    let mail = read_index(&index)?;
    let lessons = demo.train.as_deref().map(read_index).transpose()?;
    let program = build(demo.is_headless)?;

    let server = Dovecot::start(Options::default())?;
    server.add_user(USER, PASSWORD)?;
    let mut agent = Agent::prepare(program.join("tamis-agent"), &server, USER, PASSWORD)?;
    agent.judge_old_mail()?;
    if let Some(lessons) = &lessons {
        for (label, is_spam) in [("ham", false), ("spam", true)] {
            let paths: Vec<PathBuf> =
                lessons.iter().filter(|mail| mail.is_spam == is_spam).map(|mail| mail.path.clone()).collect();
            if !paths.is_empty() {
                print!("{}", agent.train(label, &paths)?);
            }
        }
    }
    agent.start()?;
    for mail in &mail {
        ensure!(!stop::asked(), "stopped");
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        server.place(USER, &mail.raw, date::arrival(&mail.raw).unwrap_or(now))?;
    }
    if demo.is_headless {
        let table = judged(&agent, &server, &mail)?;
        print!("{table}");
        return Ok(if table.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    show(&program, &agent)
}

/// Waits until everything is judged and filed, then looks at what is really on the server.
fn judged(agent: &Agent, server: &Server, mail: &[Labelled]) -> Result<report::Table> {
    let limit = Duration::from_secs(30) + Duration::from_millis(200) * u32::try_from(mail.len())?;
    let wanted = u64::try_from(mail.len())?;
    agent.wait_for("judge all mail", limit, |status| {
        let judged = status.get("judged")?.as_u64()?;
        let pending = status.get("pending")?.as_u64()?;
        (wanted <= judged && pending == 0).then_some(())
    })?;
    report::Table::read(mail, &agent.rows()?, &mut server.imap(USER, PASSWORD)?)
}

fn show(program: &Path, agent: &Agent) -> Result<ExitCode> {
    println!("The window is open. Close it, or press Ctrl-C here, to end the demo.");
    let mut window = Command::new(program.join("tamis")).arg("--home").arg(agent.home()).spawn()?;
    loop {
        if let Some(status) = window.try_wait()? {
            ensure!(status.success(), "the window ended with {status}");
            return Ok(ExitCode::SUCCESS);
        }
        if stop::asked() {
            window.kill().ok();
            window.wait().ok();
            return Ok(ExitCode::SUCCESS);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Builds the programs and returns the folder they are in.
pub(crate) fn build(is_headless: bool) -> Result<PathBuf> {
    let mut words = vec!["build", "--release", "--locked", "-p", "tamis-agent"];
    if !is_headless {
        words.extend(["-p", "tamis"]);
    }
    cargo(&words)?;
    let output = Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata made no sense")?;
    let target = metadata.get("target_directory").and_then(|path| path.as_str()).context("no target directory")?;
    Ok(Path::new(target).join("release"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

pub(crate) fn read_index(index: &Path) -> Result<Vec<Labelled>> {
    let mut mail = Vec::new();
    for Line { label, path } in index::read(index)? {
        let raw = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        mail.push(Labelled { is_spam: label == Label::Spam, path, raw: without_from_line(raw) });
    }
    Ok(mail)
}

fn without_from_line(raw: Vec<u8>) -> Vec<u8> {
    if !raw.starts_with(b"From ") {
        return raw;
    }
    let end = raw.iter().position(|byte| *byte == b'\n').map_or(raw.len(), |end| end + 1);
    raw.get(end..).unwrap_or_default().to_vec()
}
