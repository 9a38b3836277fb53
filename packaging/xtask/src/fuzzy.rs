//! Private servers on loopback that count what others have reported, for as long as a value lives: pyzord, and rspamd with
//! its fuzzy storage. With them come their own clients, to be asked the same.

use std::{
    fs,
    io::Write as _,
    net::UdpSocket,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    ground::{free_port, temporary_folder},
    packages::is_root,
};

/// rspamd looks at thousands of top level domains first, on a busy machine for some time.
const PATIENCE: Duration = Duration::from_mins(2);

/// Pyzor's server.
#[derive(Debug)]
pub struct Pyzord {
    root: PathBuf,
    child: Child,
    /// Its UDP port.
    pub port: u16,
}

impl Pyzord {
    /// Starts a server that anybody may ask and report to.
    pub fn start() -> Result<Self> {
        let root = temporary_folder("pyzord")?;
        let port = free_udp_port()?;
        fs::write(root.join("access"), "check report ping pong info whitelist : anonymous : allow\n")?;
        fs::write(root.join("servers"), format!("127.0.0.1:{port}\n"))?;
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "--", "/usr/bin/python3"])
            .args(["/usr/bin/pyzord", "-a", "127.0.0.1", "-e", "gdbm", "--access-file", "access", "-p"])
            .arg(port.to_string())
            .arg("--homedir")
            .arg(&root)
            .arg("--dsn")
            .arg(root.join("db"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(root.join("stderr"))?)
            .spawn()
            .context("cannot start pyzord")?;
        let server = Self { root, child, port };
        let begun = Instant::now();
        while !server.client("ping", b"").is_ok_and(|said| said.contains("200")) {
            let log = fs::read_to_string(server.root.join("stderr")).unwrap_or_default();
            ensure!(begun.elapsed() < PATIENCE, "pyzord did not come up:\n{log}");
            thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// What pyzor's own client prints for a message: `check`, `report`, `digest` and so on.
    pub fn client(&self, operation: &str, raw: &[u8]) -> Result<String> {
        let mut command = Command::new("/usr/bin/python3");
        command.args(["/usr/bin/pyzor", "--homedir"]).arg(&self.root).arg(operation);
        said(&mut command, raw)
    }

    /// What pyzor's own digester makes of each of these messages; empty where it breaks off.
    pub fn digests(messages: &[Vec<u8>]) -> Result<Vec<String>> {
        let mut input = Vec::new();
        for raw in messages {
            input.extend_from_slice(&u32::try_from(raw.len())?.to_be_bytes());
            input.extend_from_slice(raw);
        }
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-c", include_str!("pyzor_digests.py")]);
        Ok(said(&mut command, &input)?.lines().map(str::to_owned).collect())
    }
}

impl Drop for Pyzord {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.root).ok();
    }
}

/// rspamd with a fuzzy storage, a worker that asks it about messages, and one that reports to it.
#[derive(Debug)]
pub struct FuzzyStorage {
    root: PathBuf,
    child: Child,
    /// The storage's UDP port.
    pub port: u16,
    /// The storage's public key.
    pub key: String,
    controller: u16,
    scanner: u16,
}

impl FuzzyStorage {
    /// The flag under which its client knows spam.
    pub const FLAG: u8 = 11;

    /// Starts one that takes reports from this machine.
    pub fn start() -> Result<Self> {
        let root = temporary_folder("fuzzy")?;
        let (port, controller, scanner) = (free_udp_port()?, free_port()?, free_port()?);
        let pair = said(Command::new("/usr/bin/rspamadm").arg("keypair"), b"")?;
        let value = |name: &str| {
            let line = pair.lines().find(|line| line.trim_start().starts_with(name))?;
            line.split('"').nth(1).map(str::to_owned)
        };
        let key = value("pubkey").context("rspamadm made no key")?;
        let private = value("privkey").context("rspamadm made no key")?;
        let mut configuration = include_str!("fuzzy.conf").to_owned();
        for (name, value) in [
            ("@root@", root.display().to_string()),
            ("@fuzzy@", port.to_string()),
            ("@controller@", controller.to_string()),
            ("@scanner@", scanner.to_string()),
            ("@public@", key.clone()),
            ("@private@", private),
        ] {
            configuration = configuration.replace(name, &value);
        }
        fs::write(root.join("rspamd.conf"), configuration)?;
        let child = launch(&root)?;
        let storage = Self { root, child, port, key, controller, scanner };
        let begun = Instant::now();
        while storage.scan(b"Subject: x\r\n\r\nHello.\r\n").is_err() {
            let log = fs::read_to_string(storage.root.join("log")).unwrap_or_default();
            ensure!(begun.elapsed() < PATIENCE, "rspamd did not come up:\n{log}");
            thread::sleep(Duration::from_millis(200));
        }
        Ok(storage)
    }

    /// Reports a message as its own client does. Returns the digests it tells of.
    pub fn report(&self, raw: &[u8]) -> Result<Vec<String>> {
        let flag = Self::FLAG.to_string();
        let mut command = rspamc(self.controller);
        let said = said(command.args(["-f", &flag, "-w", "10", "fuzzy_add"]), raw)?;
        ensure!(said.contains("success = true"), "rspamc did not report it:\n{said}");
        let digest = |word: &str| (word.len() == 128).then(|| word.to_owned());
        Ok(said.split('"').filter_map(digest).collect())
    }

    /// What its own client says of a message.
    pub fn scan(&self, raw: &[u8]) -> Result<String> {
        let said = said(&mut rspamc(self.scanner), raw)?;
        ensure!(said.contains("Action:"), "rspamc did not judge it:\n{said}");
        Ok(said)
    }
}

impl Drop for FuzzyStorage {
    fn drop(&mut self) {
        // Its end is the end of its workers, if it has the time for that.
        Command::new("kill").arg(self.child.id().to_string()).status().ok();
        for _ in 0..100 {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.child.kill().ok();
        self.child.wait().ok();
        // Some workers do not mind that their main process is gone.
        Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.child.id())])
            .stderr(Stdio::null())
            .status()
            .ok();
        fs::remove_dir_all(&self.root).ok();
    }
}

fn launch(root: &Path) -> Result<Child> {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--", "/usr/bin/rspamd", "-f", "-c"]).arg(root.join("rspamd.conf"));
    if is_root() {
        let status = Command::new("chown").args(["-R", "_rspamd:_rspamd"]).arg(root).status();
        ensure!(status.is_ok_and(|status| status.success()), "rspamd's user cannot be given a folder");
        command.args(["-u", "_rspamd", "-g", "_rspamd"]);
    }
    for name in ["DBDIR", "RUNDIR", "LOGDIR", "LOCAL_CONFDIR"] {
        command.arg(format!("--var={name}={}", root.display()));
    }
    // A group of its own, so that none of its processes is left.
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().context("cannot start rspamd")
}

fn rspamc(port: u16) -> Command {
    let mut command = Command::new("/usr/bin/rspamc");
    command.arg("-h").arg(format!("127.0.0.1:{port}"));
    command
}

/// What a program prints when it is given that.
fn said(command: &mut Command, input: &[u8]) -> Result<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let mut stdin = child.stdin.take().context("a program without input")?;
    let input = input.to_vec();
    let give = thread::Builder::new().name("give".to_owned()).spawn(move || stdin.write_all(&input).ok())?;
    let output = child.wait_with_output()?;
    give.join().ok();
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn free_udp_port() -> Result<u16> {
    for _ in 0..100 {
        let port = free_port()?;
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("there is no free port on this machine")
}
