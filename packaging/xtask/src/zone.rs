//! A private name server on loopback, for as long as a value lives: Debian's unbound, with a zone of one's own.
//!
//! It knows what it is told and nothing else: of everything else it says that there is no such name. It asks nobody.

use std::{
    fs,
    net::UdpSocket,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use crate::ground::{free_port, temporary_folder};

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running name server.
#[derive(Debug)]
pub struct Zone {
    root: PathBuf,
    child: Child,
    /// Where it listens, by UDP and TCP.
    pub port: u16,
}

impl Zone {
    /// Starts a server that knows these text records, each a name and a text.
    pub fn start<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        Self::with(texts, &[])
    }

    /// Starts a server that knows these text records, and these others in the words of a zone file: `kim.example. A 192.0.2.1`.
    pub fn with<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>, others: &[&str]) -> Result<Self> {
        Self::at(free_port()?, texts, others)
    }

    /// The same on a port of one's choice: 53 is where systems ask, and can be had in a network namespace.
    pub fn at<'a>(port: u16, texts: impl IntoIterator<Item = (&'a str, &'a str)>, others: &[&str]) -> Result<Self> {
        let root = temporary_folder("zone")?;
        let texts = texts.into_iter().map(|(name, text)| format!("{name}. 300 IN TXT {}", quoted(text)));
        let data: Vec<String> = texts.chain(others.iter().map(|&other| other.to_owned())).collect();
        let data = data.iter().map(|line| format!("  local-data: '{line}'\n")).collect::<Vec<_>>().concat();
        let file = root.join("unbound.conf");
        fs::write(
            &file,
            format!(
                "server:\n  interface: 127.0.0.1@{port}\n  port: {port}\n  do-daemonize: no\n  username: \"\"\n  chroot: \"\"\n  \
                 directory: \"{root}\"\n  pidfile: \"\"\n  use-syslog: no\n  logfile: \"\"\n  access-control: 127.0.0.0/8 allow\n  \
                 module-config: \"iterator\"\n  local-zone: \".\" static\n{data}remote-control:\n  control-enable: no\n",
                root = root.display()
            ),
        )?;
        // Where it is when a person's path does not have the folder of such programs.
        let child = Command::new("/usr/sbin/unbound")
            .args(["-d", "-p", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(root.join("stderr"))?)
            .spawn()
            .context("cannot start /usr/sbin/unbound")?;
        let mut zone = Self { root, child, port };
        zone.wait_until_it_answers()?;
        Ok(zone)
    }

    /// The settings of an agent that asks it, and nobody else.
    pub fn settings(&self) -> String {
        format!("[network]\nservers = [\"127.0.0.1:{}\"]\n", self.port)
    }

    fn wait_until_it_answers(&mut self) -> Result<()> {
        // The name server of the root zone, asked for by hand.
        const QUESTION: [u8; 17] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            socket.send_to(&QUESTION, ("127.0.0.1", self.port)).ok();
            if socket.recv(&mut [0; 512]).is_ok() {
                return Ok(());
            }
            let has_ended = self.child.try_wait()?.is_some();
            let log = || fs::read_to_string(self.root.join("stderr")).unwrap_or_default();
            ensure!(!has_ended && Instant::now() < deadline, "the name server did not come up:\n{}", log());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.root).ok();
    }
}

/// A text in pieces that fit, in quotation marks.
fn quoted(text: &str) -> String {
    const PIECE: usize = 200;
    let pieces = text.as_bytes().chunks(PIECE).map(|piece| format!("\"{}\"", String::from_utf8_lossy(piece)));
    pieces.collect::<Vec<_>>().join(" ")
}
