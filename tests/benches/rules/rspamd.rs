//! rspamd with one worker, which is what is measured, in a temporary folder and without any network.
//!
//! It runs in an empty network namespace and listens on a Unix socket. Its modules that only ask the network (lists of
//! addresses, SPF, DKIM, DMARC, ARC, fuzzy hashes) are off, as are SpamAssassin's tests of that kind: their answers would all
//! be missing, and asking costs time. Those that need Redis switch themselves off, Bayes among them.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use xtask::{ground::temporary_folder, packages::is_root};

use crate::process::Engine;

const PROGRAM: &str = "/usr/bin/rspamd";

const CONFIGURATION: &str = include_str!("rspamd.conf");

/// Modules whose whole work is to ask the network.
const OF_NETWORK: [&str; 7] = ["arc", "asn", "dkim", "dmarc", "fuzzy_check", "rbl", "spf"];

/// It first compiles its expressions with Hyperscan, which takes it half a minute of a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);

/// One message, whatever it is.
const ANSWER: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(crate) struct Rspamd {
    main: Child,
    worker: u32,
    root: PathBuf,
}

impl Rspamd {
    /// Starts it and waits until its expressions are compiled.
    pub(crate) fn start() -> Result<Self> {
        ensure!(Path::new(PROGRAM).exists(), "it is not installed; please run: apt-get install rspamd");
        let root = temporary_folder("rspamd")?;
        let main = configure(&root).and_then(|()| launch(&root)).inspect_err(|_| drop(fs::remove_dir_all(&root)))?;
        let mut rspamd = Self { main, worker: 0, root };
        rspamd.wait()?;
        rspamd.worker = rspamd.child("normal process")?;
        Ok(rspamd)
    }

    /// What it calls itself.
    pub(crate) fn version() -> String {
        let said = Command::new(PROGRAM).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let version = said.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        version.unwrap_or_default().to_owned()
    }

    /// Until the worker has its expressions: before that it tries them one by one, which is not how it is meant to run.
    fn wait(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let is_ready = |line: &str| line.contains("(normal)") && line.contains("hyperscan database");
        while Instant::now() < deadline {
            let log = fs::read(self.root.join("log")).unwrap_or_default();
            if String::from_utf8_lossy(&log).lines().any(is_ready) {
                return Ok(());
            }
            if let Some(status) = self.main.try_wait()? {
                bail!("it ended, {status}");
            }
            thread::sleep(Duration::from_millis(200));
        }
        bail!("it was not ready within {} seconds", PATIENCE.as_secs())
    }

    /// The process that it has started for that.
    fn child(&self, what: &str) -> Result<u32> {
        let main = self.main.id();
        let children = format!("/proc/{main}/task/{main}/children");
        let children = fs::read_to_string(&children).with_context(|| format!("cannot read {children}"))?;
        let is_meant = |pid: &u32| {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&words).contains(what)
        };
        let mut pids = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        pids.find(is_meant).with_context(|| format!("it has no {what}"))
    }
}

impl Engine for Rspamd {
    fn pid(&self) -> u32 {
        self.worker
    }

    fn judge(&mut self, path: &Path) -> Result<usize> {
        let raw = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut stream = UnixStream::connect(self.root.join("worker")).context("rspamd does not answer")?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.write_all(format!("POST /checkv2 HTTP/1.0\r\nContent-Length: {}\r\n\r\n", raw.len()).as_bytes())?;
        stream.write_all(&raw)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("rspamd's answer has no end")?;
        let said: Value = serde_json::from_slice(answer.get(end + 4..).unwrap_or_default())
            .with_context(|| format!("rspamd's answer about {} is no JSON", path.display()))?;
        let symbols = said.get("symbols").and_then(Value::as_object);
        Ok(symbols.with_context(|| format!("rspamd did not judge {}", path.display()))?.len())
    }
}

impl Drop for Rspamd {
    fn drop(&mut self) {
        Command::new("kill").arg(self.main.id().to_string()).status().ok();
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline && self.main.try_wait().is_ok_and(|status| status.is_none()) {
            thread::sleep(Duration::from_millis(50));
        }
        self.main.kill().ok();
        self.main.wait().ok();
        fs::remove_dir_all(&self.root).ok();
    }
}

fn configure(root: &Path) -> Result<()> {
    for folder in ["db", "local.d"] {
        fs::create_dir(root.join(folder))?;
    }
    for module in OF_NETWORK {
        fs::write(root.join("local.d").join(module).with_extension("conf"), "enabled = false;\n")?;
    }
    fs::write(root.join("rspamd.conf"), CONFIGURATION.replace("@root@", &root.display().to_string()))?;
    if is_root() {
        let status = Command::new("chown").args(["-R", "_rspamd:_rspamd"]).arg(root).status();
        ensure!(status.is_ok_and(|status| status.success()), "its user cannot be given a folder");
    }
    Ok(())
}

/// Its end is the end of all it started, and it ends with this program.
fn launch(root: &Path) -> Result<Child> {
    let mut command = Command::new("unshare");
    if !is_root() {
        command.arg("--map-current-user");
    }
    command.args(["--net", "--", "setpriv", "--pdeathsig", "TERM", "--", PROGRAM, "-f"]);
    if is_root() {
        command.args(["-u", "_rspamd", "-g", "_rspamd"]);
    }
    command.arg("-c").arg(root.join("rspamd.conf"));
    for (name, folder) in [("DBDIR", "db"), ("RUNDIR", ""), ("LOGDIR", ""), ("LOCAL_CONFDIR", "")] {
        command.arg(format!("--var={name}={}", root.join(folder).display()));
    }
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().context("cannot run unshare")
}
