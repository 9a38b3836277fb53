//! A private mail server on loopback, for as long as a value lives.
//!
//! What makes it a Dovecot or a Cyrus is a [`Kind`], one file each. All else is here: it listens on 127.0.0.1 only, on
//! ports of its own choice, with a certificate from a CA made for it, and takes mail by LMTP, as from a relay. All it
//! writes is below one temporary folder. It works as root and as an ordinary user.

use std::{
    fmt::Debug,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    ground::{free_port, is_known_by, make_certificates, make_client_certificate, temporary_folder},
    imap::Imap,
};

/// What differs from an ordinary server. A server that cannot be made so does not start.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Replaces the announced capabilities, to hide some: `IMAP4rev1 IDLE`.
    pub capability: Option<String>,
    /// Connections allowed per user; 0 for plenty.
    pub max_connections: u32,
    /// The hierarchy separator; empty for `/`.
    pub separator: String,
    /// What the names of all folders but the inbox begin with: `INBOX.`, or nothing.
    pub prefix: String,
    /// Whether Junk, Sent and Trash are left out.
    pub without_folders: bool,
    /// Further lines of configuration, in the server's own words. `@root@` stands for the server's folder.
    pub extra: String,
}

impl Options {
    /// The hierarchy separator.
    pub fn separator(&self) -> &str {
        if self.separator.is_empty() { "/" } else { &self.separator }
    }
}

/// What makes a server the one it is.
pub trait Kind: Debug + Send + Sync {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// What it does not let into the name of a folder, of the characters that IMAP allows.
    fn refuses_in_names(&self) -> &'static str;

    /// Writes its configuration and makes its folders. Called before each start.
    fn configure(&self, server: &Server) -> Result<()>;

    /// The command that runs it in the foreground, until it is sent SIGTERM. Its end must be the end of all it started.
    fn command(&self, server: &Server) -> Result<Command>;

    /// Where it takes mail by LMTP.
    fn lmtp_socket(&self, server: &Server) -> PathBuf;

    /// Adds a user to the running server.
    fn add_user(&self, server: &Server, name: &str, password: &str) -> Result<()>;

    /// Adds a user whose password is kept in some other form.
    fn add_user_as(&self, _server: &Server, _name: &str, _password: &str) -> Result<()> {
        bail!("{} keeps passwords in its own form", self.name())
    }

    /// What it wrote to a log, besides its standard error.
    fn log(&self, server: &Server) -> String;

    /// Puts the bytes into the inbox as they are.
    fn place(&self, _server: &Server, _user: &str, _raw: &[u8], _received_at: u64) -> Result<()> {
        bail!("{} takes no mail but by LMTP and IMAP", self.name())
    }

    /// Gives a folder another UIDVALIDITY.
    fn renumber(&self, _server: &Server, _user: &str, _folder: &str, _uid_validity: u32) -> Result<()> {
        bail!("{} does not let its folders be renumbered", self.name())
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    kind: &'static dyn Kind,
    child: Option<Child>,
    /// The folder that has all of it.
    pub root: PathBuf,
    /// What it was started with.
    pub options: Options,
    /// Port for plain text and STARTTLS.
    pub port: u16,
    /// Port for TLS.
    pub tls_port: u16,
}

impl Server {
    /// Starts a server without users.
    pub fn start(kind: &'static dyn Kind, options: Options) -> Result<Self> {
        let root = temporary_folder(&kind.name().to_lowercase())?;
        let mut server = Self { kind, child: None, root, options, port: free_port()?, tls_port: free_port()? };
        for folder in ["tls", "log"] {
            fs::create_dir_all(server.root.join(folder))?;
        }
        make_certificates(&server.root.join("tls"))?;
        // Between asking for a port and taking it, somebody else may have taken it.
        for _ in 0..4 {
            kind.configure(&server)?;
            if server.launch().is_ok() {
                return Ok(server);
            }
            server.stop();
            (server.port, server.tls_port) = (free_port()?, free_port()?);
        }
        kind.configure(&server)?;
        server.launch()?;
        Ok(server)
    }

    /// Starts again after [`Server::stop`], with the same mail, users and ports, under new options.
    pub fn restart(&mut self, options: Options) -> Result<()> {
        self.stop();
        self.options = options;
        self.kind.configure(self)?;
        self.launch()
    }

    /// Stops the server. Mail and users stay until the value is dropped.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        Command::new("kill").arg(child.id().to_string()).status().ok();
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            if child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        child.kill().ok();
        child.wait().ok();
    }

    /// What people call this server.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// What it does not let into the name of a folder, of the characters that IMAP allows.
    pub fn refuses_in_names(&self) -> &'static str {
        self.kind.refuses_in_names()
    }

    /// Its main process, if it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Adds a user; valid at once.
    pub fn add_user(&self, name: &str, password: &str) -> Result<()> {
        self.kind.add_user(self, name, password).with_context(|| format!("the server says\n{}", self.log()))
    }

    /// Adds a user whose password is kept in some other form: `{SHA256}…`. Valid at once. Not every server can.
    pub fn add_user_as(&self, name: &str, password: &str) -> Result<()> {
        self.kind.add_user_as(self, name, password)
    }

    /// Makes a client certificate of that name, signed by the server's authority. Returns the certificate and its key.
    pub fn client_certificate(&self, name: &str) -> Result<(PathBuf, PathBuf)> {
        make_client_certificate(&self.root.join("tls"), name)
    }

    /// The certificate authority clients must trust; the server's name is `localhost`.
    pub fn ca_file(&self) -> PathBuf {
        self.root.join("tls/ca.pem")
    }

    /// Delivers by LMTP, as a relay would: the server adds Return-Path, Delivered-To and Received.
    pub fn deliver(&self, user: &str, sender: &str, raw: &[u8]) -> Result<()> {
        let mut lmtp = Lmtp::connect(&self.kind.lmtp_socket(self))?;
        lmtp.say(format!("MAIL FROM:<{sender}>\r\n").as_bytes())?;
        lmtp.say(format!("RCPT TO:<{user}>\r\n").as_bytes())?;
        lmtp.say(b"DATA\r\n")?;
        let mut data = Vec::with_capacity(raw.len() + 64);
        for line in raw.strip_suffix(b"\n").unwrap_or(raw).split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.starts_with(b".") {
                data.push(b'.');
            }
            data.extend_from_slice(line);
            data.extend_from_slice(b"\r\n");
        }
        data.extend_from_slice(b".\r\n");
        lmtp.say(&data)
    }

    /// Puts the bytes into the inbox as they are, dated `received_at` (Unix seconds; INTERNALDATE), without any header
    /// added. Not every server can.
    pub fn place(&self, user: &str, raw: &[u8], received_at: u64) -> Result<()> {
        self.kind.place(self, user, raw, received_at)
    }

    /// Gives a folder another UIDVALIDITY, as a server does that was rebuilt from a backup. Not every server can.
    pub fn renumber(&self, user: &str, folder: &str, uid_validity: u32) -> Result<()> {
        self.kind.renumber(self, user, folder, uid_validity)
    }

    /// An IMAP connection of the harness itself, logged in.
    pub fn imap(&self, user: &str, password: &str) -> Result<Imap> {
        let mut imap = Imap::connect(self.port).with_context(|| format!("the server says\n{}", self.log()))?;
        imap.command(&format!("LOGIN {user} {password}"))?;
        Ok(imap)
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        let stderr = fs::read(self.root.join("log/stderr")).unwrap_or_default();
        format!("{}{}", String::from_utf8_lossy(&stderr), self.kind.log(self))
    }

    /// What its greeting must contain, so that it is known from others: different for each server there is.
    pub fn mark(&self) -> String {
        self.root.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn launch(&mut self) -> Result<()> {
        let stderr = fs::File::create(self.root.join("log/stderr"))?;
        let mut command = self.kind.command(self)?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr).spawn();
        self.child = Some(child.with_context(|| format!("cannot start {}", self.name()))?);
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.is_up() {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten());
            if ended.is_some() || deadline < Instant::now() {
                bail!("{} did not come up:\n{}", self.name(), self.log());
            }
            thread::sleep(Duration::from_millis(20));
        }
        ensure!(is_known_by(self.tls_port, &self.ca_file()), "{} has no TLS:\n{}", self.name(), self.log());
        Ok(())
    }

    /// Whether it is this server that greets on our port: another one could have been quicker.
    fn is_up(&self) -> bool {
        let greeting = || {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
            stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).ok()?;
            Some(line)
        };
        self.kind.lmtp_socket(self).exists() && greeting().is_some_and(|line| line.contains(&self.mark()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        fs::remove_dir_all(&self.root).ok();
    }
}

struct Lmtp {
    reader: BufReader<UnixStream>,
}

impl Lmtp {
    fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket).context("cannot reach the LMTP socket")?;
        let mut lmtp = Self { reader: BufReader::new(stream) };
        lmtp.hear()?;
        lmtp.say(b"LHLO localhost\r\n")?;
        Ok(lmtp)
    }

    fn say(&mut self, bytes: &[u8]) -> Result<()> {
        self.reader.get_mut().write_all(bytes)?;
        self.hear()
    }

    fn hear(&mut self) -> Result<()> {
        loop {
            let mut line = String::new();
            ensure!(self.reader.read_line(&mut line)? != 0, "the LMTP server hung up");
            if line.as_bytes().get(3) != Some(&b'-') {
                ensure!(line.starts_with(['2', '3']), "the LMTP server said: {}", line.trim());
                return Ok(());
            }
        }
    }
}
