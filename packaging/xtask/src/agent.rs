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

use crate::{ground::temporary_folder, server::Server, stop};

/// An agent in a home of its own, both gone with this value.
#[derive(Debug)]
pub struct Agent {
    program: PathBuf,
    /// What belongs to the harness: the password file and what the agent said, and in it the agent's home.
    folder: PathBuf,
    home: PathBuf,
    environment: Vec<(String, String)>,
    launcher: Vec<String>,
    child: Option<Child>,
}

/// What the agent says about one message: `tamis-agent junk --all --json`.
#[derive(Clone, Debug)]
pub struct Row {
    /// What `release`, `spam` and `ham` call it.
    pub id: u64,
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
    /// What the policy said: `leave`, `junk`, `tag` and so on.
    pub action: String,
    /// `ham` or `spam` if the person has said so.
    pub taught: Option<String>,
}

impl Agent {
    /// Prepares a home with one account on `server`, over TLS. As in all these homes, nobody else is asked anything.
    pub fn prepare(program: PathBuf, server: &Server, user: &str, password: &str) -> Result<Self> {
        let agent = Self::without_account(program, password)?;
        let ca_file = server.ca_file();
        let ca_file = ca_file.to_string_lossy();
        agent.add_account("Demo", user, &["--host", "localhost", "--ca-file", &ca_file], server.tls_port)?;
        Ok(agent)
    }

    /// Prepares a home with one account on a port of this machine, in plain text: what stands between can then read along.
    pub fn prepare_plain(program: PathBuf, port: u16, user: &str, password: &str) -> Result<Self> {
        let agent = Self::without_account(program, password)?;
        agent.add_plain_account("Demo", user, port)?;
        Ok(agent)
    }

    /// Prepares a home with these settings; `@password_file@` in them is where the password is.
    pub fn prepare_settings(program: PathBuf, password: &str, settings: &str) -> Result<Self> {
        let agent = Self::without_account(program, password)?;
        fs::create_dir(&agent.home)?;
        fs::set_permissions(&agent.home, fs::Permissions::from_mode(0o700))?;
        let nobody = if settings.contains("[network]") { "" } else { "\n[network]\nenabled = false\n" };
        let settings = settings.replace("@password_file@", &agent.password_file().to_string_lossy()) + nobody;
        fs::write(agent.home.join("tamis.toml"), settings)?;
        Ok(agent)
    }

    /// One more account like that of [`Agent::prepare_plain`], with the same password. To be called before it runs.
    pub fn add_plain_account(&self, name: &str, user: &str, port: u16) -> Result<()> {
        self.add_account(name, user, &["--host", "127.0.0.1", "--security", "none"], port)?;
        // What stands between reads lines.
        let path = self.home.join("tamis.toml");
        let settings = fs::read_to_string(&path)?;
        let (before, after) = settings.rsplit_once("\nsecurity = \"none\"\n").context("the account is not written")?;
        fs::write(&path, format!("{before}\nsecurity = \"none\"\ncompress = false\n{after}"))?;
        Ok(())
    }

    fn without_account(program: PathBuf, password: &str) -> Result<Self> {
        let folder = temporary_folder("home")?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        let home = folder.join("home");
        let agent = Self { program, folder, home, environment: Vec::new(), launcher: Vec::new(), child: None };
        agent.set_password(password)?;
        Ok(agent)
    }

    fn add_account(&self, name: &str, user: &str, server: &[&str], port: u16) -> Result<()> {
        let mut add = self.command();
        add.args(["account", "add", &format!("{user}@example.org"), "--name", name, "--user", user]);
        add.args(server).args(["--port", &port.to_string()]);
        add.arg("--password-file").arg(self.password_file());
        said(&mut add)?;
        self.set("[network]", "enabled", &Value::from(false))
    }

    /// Lets others be asked, by these settings below `[network]`. To be called before it runs.
    pub fn ask_by(&self, settings: &str) -> Result<()> {
        let path = self.home.join("tamis.toml");
        let text = fs::read_to_string(&path)?;
        ensure!(text.contains("\nenabled = false\n"), "the settings file does not say that nobody is asked");
        fs::write(&path, text.replace("\nenabled = false\n", &format!("\n{settings}\n")))?;
        Ok(())
    }

    /// Lets it judge mail with an old date too, as the mail of the demo and of corpora is. To be called before it runs.
    pub fn judge_old_mail(&self) -> Result<()> {
        let path = self.home.join("tamis.toml");
        let settings = fs::read_to_string(&path)?;
        ensure!(settings.contains("#judge_old = false"), "the settings file does not know `judge_old`");
        fs::write(&path, settings.replace("#judge_old = false", "judge_old = true"))?;
        Ok(())
    }

    /// Writes a setting below the first heading of that name, such as `[watch]`, instead of what was written there before.
    /// To be called before it runs.
    pub fn set(&self, heading: &str, name: &str, value: &Value) -> Result<()> {
        let path = self.home.join("tamis.toml");
        let settings = fs::read_to_string(&path)?;
        let (before, after) = settings
            .split_once(&format!("\n{heading}\n"))
            .with_context(|| format!("the settings file has no {heading}"))?;
        let is_other = |line: &&str| !line.starts_with(&format!("{name} = "));
        let after: Vec<&str> = after.lines().filter(is_other).collect();
        fs::write(&path, format!("{before}\n{heading}\n{name} = {value}\n{}\n", after.join("\n")))?;
        Ok(())
    }

    /// Writes more settings behind those there are: what stands there first belongs to the account.
    pub fn append_settings(&self, text: &str) -> Result<()> {
        let path = self.home.join("tamis.toml");
        let settings = fs::read_to_string(&path)?;
        fs::write(&path, format!("{settings}\n{text}\n"))?;
        Ok(())
    }

    /// Changes what the password file says.
    pub fn set_password(&self, password: &str) -> Result<()> {
        fs::write(self.password_file(), password)?;
        fs::set_permissions(self.password_file(), fs::Permissions::from_mode(0o600))?;
        Ok(())
    }

    fn password_file(&self) -> PathBuf {
        self.folder.join("password")
    }

    /// Sets a variable of its environment, and of the commands.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs that program, which is the agent too, from now on.
    pub fn run_instead(&mut self, program: PathBuf) {
        self.program = program;
    }

    /// Lets these words start it; they get its command line.
    pub fn set_launcher(&mut self, words: &[&str]) {
        self.launcher = words.iter().map(|word| (*word).to_owned()).collect();
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
        self.spawn()?;
        self.wait_for("watch the inbox", Duration::from_secs(30), |status| {
            let accounts = status.get("accounts")?.as_array()?;
            let watching = |account: &Value| account.get("state").is_some_and(|state| state == "Watching");
            (!accounts.is_empty() && accounts.iter().all(watching)).then_some(())
        })
    }

    /// Starts it and does not wait.
    pub fn spawn(&mut self) -> Result<()> {
        let log = fs::File::options().create(true).append(true).open(self.folder.join("stderr"))?;
        let mut command = self.command();
        command.arg("run");
        if let Some((program, words)) = self.launcher.split_first() {
            let mut launcher = Command::new(program);
            launcher.args(words).arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
            launcher.envs(self.environment.iter().map(|(name, value)| (name, value)));
            command = launcher;
        }
        let child = command.stdout(Stdio::null()).stderr(log).spawn();
        self.child = Some(child.with_context(|| format!("cannot run {}", self.program.display()))?);
        Ok(())
    }

    /// Ends it as a service manager does. An agent that does not end within ten seconds is killed, and that is an error.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        Command::new("kill").arg(child.id().to_string()).status()?;
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = child.try_wait()? {
                ensure!(status.success(), "the agent ended with {status}:\n{}", self.log());
                return Ok(());
            }
            if deadline < Instant::now() {
                child.kill()?;
                child.wait()?;
                bail!("the agent did not end when asked to:\n{}", self.log());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it without giving it a chance to do anything (SIGKILL).
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Whether it was started and has ended by itself, or was killed by somebody else.
    pub fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().is_ok_and(|status| status.is_some()))
    }

    /// Its process, if it was started.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// What it wrote to its standard error since the home was made.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.folder.join("stderr")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What a command prints: `say(&["release", "3"])`. An exit code other than 0 is an error with what it complained of.
    pub fn say(&self, words: &[&str]) -> Result<String> {
        said(self.command().args(words))
    }

    /// How it says it is.
    pub fn status(&self) -> Result<Value> {
        let text = self.say(&["status", "--json"])?;
        serde_json::from_str(&text).with_context(|| format!("the agent wrote {text}"))
    }

    /// Asks for the status until `ready` finds what it looks for.
    pub fn wait_for<T>(&self, what: &str, limit: Duration, ready: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + limit;
        loop {
            let status = self.status();
            if let Some(found) = status.as_ref().ok().and_then(&ready) {
                return Ok(found);
            }
            ensure!(!stop::asked(), "stopped");
            if deadline < Instant::now() {
                bail!("the agent did not {what} within {limit:?}. It said:\n{status:#?}\n{}", self.log());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Everything judged.
    pub fn rows(&self) -> Result<Vec<Row>> {
        let text = self.say(&["junk", "--all", "--json"])?;
        text.lines().map(|line| row(line).with_context(|| format!("the agent wrote {line}"))).collect()
    }

    /// The agent's command line in its home.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--home").arg(&self.home).stdin(Stdio::null());
        // The keyring of whoever runs this is none of its business.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.stop().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn row(line: &str) -> Option<Row> {
    let row: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| Some(row.get(name)?.as_str()?.to_owned());
    let reasons = row.get("reasons")?.as_array()?.iter().filter_map(|reason| reason.as_str().map(str::to_owned));
    Some(Row {
        id: row.get("id")?.as_u64()?,
        folder: text("folder")?,
        uid: row.get("uid")?.as_u64()?,
        class: text("class")?,
        score: row.get("score")?.as_f64()?,
        reasons: reasons.collect(),
        subject: text("subject")?,
        action: text("action")?,
        taught: text("taught"),
    })
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
