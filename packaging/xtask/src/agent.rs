//! The agent as any script sees it: its command line.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::{
    dovecot::{Dovecot, temporary_folder},
    stop,
};

/// A running agent in a home of its own, both gone with this value.
#[derive(Debug)]
pub struct Agent {
    program: PathBuf,
    home: PathBuf,
    child: Option<Child>,
}

/// What the agent says about one message: `tamis-agent junk --all --json`.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its folder as people call it.
    pub folder: String,
    /// Its number there.
    pub uid: u64,
    /// `ham`, `unsure` or `spam`.
    pub class: String,
    /// Points.
    pub score: f64,
    /// The main reasons.
    pub reasons: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
}

impl Agent {
    /// Prepares a home with one account on `server`.
    pub fn prepare(program: PathBuf, server: &Dovecot, user: &str, password: &str) -> Result<Self> {
        let home = temporary_folder("home")?;
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700))?;
        let agent = Self { program, home, child: None };
        let password_file = agent.home.join("password");
        fs::write(&password_file, password)?;
        fs::set_permissions(&password_file, fs::Permissions::from_mode(0o600))?;
        let mut add = agent.command();
        add.args(["account", "add", &format!("{user}@example.org"), "--name", "Demo", "--host", "localhost"]);
        add.args(["--port", &server.tls_port.to_string(), "--user", user]);
        add.arg("--password-file").arg(password_file).arg("--ca-file").arg(server.ca_file());
        said(&mut add)?;
        Ok(agent)
    }

    /// The folder it keeps everything in.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Teaches files before it runs.
    pub fn train(&self, label: &str, paths: &[PathBuf]) -> Result<String> {
        said(self.command().args(["train", &format!("--{label}")]).args(paths))
    }

    /// Starts watching, and returns once the inbox is being watched.
    pub fn start(&mut self) -> Result<()> {
        let log = fs::File::create(self.home.join("stderr"))?;
        self.child = Some(self.command().arg("run").stdout(Stdio::null()).stderr(log).spawn()?);
        self.wait_for("watch the inbox", Duration::from_secs(30), |status| {
            let accounts = status.get("accounts")?.as_array()?;
            let watching = |account: &Value| account.get("state").is_some_and(|state| state == "Watching");
            (!accounts.is_empty() && accounts.iter().all(watching)).then_some(())
        })
    }

    /// Asks for the status until `ready` finds what it looks for.
    pub fn wait_for<T>(&self, what: &str, limit: Duration, ready: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + limit;
        loop {
            let status = said(self.command().args(["status", "--json"])).ok();
            let status: Option<Value> = status.and_then(|text| serde_json::from_str(&text).ok());
            if let Some(found) = status.as_ref().and_then(&ready) {
                return Ok(found);
            }
            ensure!(!stop::asked(), "stopped");
            if deadline < Instant::now() {
                let log = fs::read_to_string(self.home.join("stderr")).unwrap_or_default();
                bail!("the agent did not {what} within {} s. It said:\n{status:#?}\n{log}", limit.as_secs());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Everything judged.
    pub fn rows(&self) -> Result<Vec<Row>> {
        let text = said(self.command().args(["junk", "--all", "--json"]))?;
        text.lines().map(|line| row(line).with_context(|| format!("the agent wrote {line}"))).collect()
    }

    /// The agent's command line in its home.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--home").arg(&self.home).stdin(Stdio::null());
        command
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            Command::new("kill").arg(child.id().to_string()).status().ok();
            let deadline = Instant::now() + Duration::from_secs(10);
            while child.try_wait().is_ok_and(|status| status.is_none()) && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(20));
            }
            child.kill().ok();
            child.wait().ok();
        }
        fs::remove_dir_all(&self.home).ok();
    }
}

fn row(line: &str) -> Option<Row> {
    let row: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| Some(row.get(name)?.as_str()?.to_owned());
    let reasons = row.get("reasons")?.as_array()?.iter().filter_map(|reason| reason.as_str().map(str::to_owned));
    Some(Row {
        folder: text("folder")?,
        uid: row.get("uid")?.as_u64()?,
        class: text("class")?,
        score: row.get("score")?.as_f64()?,
        reasons: reasons.collect(),
        subject: text("subject")?,
    })
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
