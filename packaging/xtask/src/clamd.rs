//! A private virus scanner on loopback, for as long as a value lives: Debian's clamd with signatures of our own. Nothing is
//! downloaded.

use std::{
    fmt::Write as _,
    fs,
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    ground::{checked, free_port, temporary_folder},
    packages, stop,
};

/// What it knows: a name, and the text that is a sign of it wherever it stands.
pub const SIGNATURES: [(&str, &str); 3] = [
    ("Own.Marker", "tamis-sign-of-a-virus-4711"),
    ("PUA.Own.Tool", "tamis-sign-of-a-tool-4711"),
    ("Own.Spam.Letter", "tamis-sign-of-a-spam-4711"),
];

/// The most bytes it takes at once.
pub const LONGEST: usize = 1 << 20;

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A scanner that can be killed and started again.
#[derive(Debug)]
pub struct Clamd {
    root: PathBuf,
    child: Option<Child>,
    /// Its TCP port.
    pub port: u16,
}

impl Clamd {
    /// Starts a scanner.
    pub fn start() -> Result<Self> {
        let root = temporary_folder("clamd")?;
        let mut scanner = Self { root, child: None, port: free_port()? };
        let folder = scanner.root.join("signatures");
        fs::create_dir(&folder)?;
        let mut signatures = String::new();
        for (name, text) in SIGNATURES {
            let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            writeln!(signatures, "{name}:0:*:{hex}")?;
        }
        fs::write(folder.join("own.ndb"), signatures)?;
        let config = format!(
            "LocalSocket {}\nTCPSocket {}\nTCPAddr 127.0.0.1\nDatabaseDirectory {}\nForeground yes\nStreamMaxLength {LONGEST}\n\
             AlertEncrypted yes\nAlertOLE2Macros yes\nPhishingScanURLs yes\n",
            scanner.socket().display(),
            scanner.port,
            folder.display()
        );
        fs::write(scanner.root.join("clamd.conf"), config)?;
        if packages::is_root() {
            checked(Command::new("chown").args(["-R", "nobody:"]).arg(&scanner.root))?;
        }
        scanner.restart()?;
        Ok(scanner)
    }

    /// Starts it again after [`Clamd::kill`].
    pub fn restart(&mut self) -> Result<()> {
        let log = fs::File::options().create(true).append(true).open(self.root.join("log"))?;
        let mut command = packages::as_server();
        command.arg("clamd").arg("-c").arg(self.root.join("clamd.conf"));
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.child = Some(command.spawn().context("cannot start clamd")?);
        let start = Instant::now();
        while UnixStream::connect(self.socket()).is_err() {
            ensure!(!stop::asked() && start.elapsed() < PATIENCE, "clamd did not come up:\n{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Kills it as the system does when there is no memory left: its socket stays behind.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("clamd does not run")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Its Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.root.join("clamd.sock")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.root.join("log")).unwrap_or_default()
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        self.kill().ok();
        fs::remove_dir_all(&self.root).ok();
    }
}
