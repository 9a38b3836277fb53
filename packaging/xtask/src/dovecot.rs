//! A private Dovecot on loopback, for as long as a value lives.
//!
//! Works as root (mail then belongs to `nobody`) and as an ordinary user. It listens on 127.0.0.1 only, on ports of its own
//! choice, with a certificate from a CA made for it. Mail comes in by LMTP, as from a relay, or straight into a Maildir
//! with a date of one's own.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{imap::Imap, packages};

/// What differs from an ordinary server.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Replaces the announced capabilities, to hide some: `IMAP4rev1 IDLE`.
    pub capability: Option<String>,
    /// Connections allowed per user; 0 for plenty.
    pub max_connections: u32,
    /// The hierarchy separator; empty for `/`.
    pub separator: String,
    /// Whether Junk, Sent and Trash are left out.
    pub without_folders: bool,
    /// Further lines of configuration. `@root@` stands for the server's folder.
    pub extra: String,
}

/// A running server.
#[derive(Debug)]
pub struct Dovecot {
    root: PathBuf,
    child: Option<Child>,
    options: Options,
    /// Port for plain text and STARTTLS.
    pub port: u16,
    /// Port for TLS.
    pub tls_port: u16,
}

impl Dovecot {
    /// Starts a server without users.
    pub fn start(options: Options) -> Result<Self> {
        let root = temporary_folder("dovecot")?;
        let mut server = Self { root, child: None, options, port: free_port()?, tls_port: free_port()? };
        for folder in ["run", "state", "mail", "tls", "log"] {
            fs::create_dir_all(server.root.join(folder))?;
        }
        if packages::is_root() {
            checked(Command::new("chown").arg("nobody:").arg(server.root.join("mail")))?;
        }
        make_certificates(&server.root.join("tls"))?;
        fs::write(server.root.join("users"), "")?;
        // Between asking for a port and taking it, somebody else may have taken it.
        for _ in 0..4 {
            server.write_config()?;
            if server.launch().is_ok() {
                return Ok(server);
            }
            server.stop();
            (server.port, server.tls_port) = (free_port()?, free_port()?);
        }
        server.write_config()?;
        server.launch()?;
        Ok(server)
    }

    /// Starts again after [`Dovecot::stop`], with the same mail, users and ports, under new options.
    pub fn restart(&mut self, options: Options) -> Result<()> {
        self.stop();
        self.options = options;
        self.write_config()?;
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

    /// Adds a user; valid at once.
    pub fn add_user(&self, name: &str, password: &str) -> Result<()> {
        self.add_user_as(name, &format!("{{PLAIN}}{password}"))
    }

    /// Adds a user whose password is kept in some other form: `{SHA256}…`.
    pub fn add_user_as(&self, name: &str, password: &str) -> Result<()> {
        let mut users = fs::OpenOptions::new().append(true).open(self.root.join("users"))?;
        writeln!(users, "{name}:{password}::::::")?;
        Ok(())
    }

    /// Makes a client certificate of that name, signed by the server's authority. Returns the certificate and its key.
    pub fn client_certificate(&self, name: &str) -> Result<(PathBuf, PathBuf)> {
        let folder = self.root.join("tls");
        let files = [".csr", ".key", ".pem"].map(|ending| format!("{name}{ending}"));
        let [request, key, certificate] = &files;
        // Without any extension it would be of version 1, which is not taken everywhere.
        fs::write(folder.join("client"), "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n")?;
        openssl(&folder, &format!("req {NEW_KEY} -subj /CN={name} -keyout {key} -out {request}"))?;
        openssl(
            &folder,
            &format!(
                "x509 -req -in {request} -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile client -out {certificate}"
            ),
        )?;
        Ok((folder.join(certificate), folder.join(key)))
    }

    /// The certificate authority clients must trust; the server's name is `localhost`.
    pub fn ca_file(&self) -> PathBuf {
        self.root.join("tls/ca.pem")
    }

    /// Delivers by LMTP, as a relay would: the server adds Return-Path, Delivered-To and Received.
    pub fn deliver(&self, user: &str, sender: &str, raw: &[u8]) -> Result<()> {
        let mut lmtp = Lmtp::connect(&self.root.join("run/lmtp"))?;
        lmtp.say(format!("MAIL FROM:<{sender}>\r\n").as_bytes())?;
        lmtp.say(format!("RCPT TO:<{user}>\r\n").as_bytes())?;
        lmtp.say(b"DATA\r\n")?;
        let mut data = Vec::with_capacity(raw.len() + 64);
        for line in raw.split(|byte| *byte == b'\n') {
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

    /// Puts the bytes into the inbox as they are, dated `received_at` (Unix seconds; INTERNALDATE), without any header added.
    pub fn place(&self, user: &str, raw: &[u8], received_at: u64) -> Result<()> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let maildir = self.root.join("mail").join(user);
        ensure!(maildir.join("new").is_dir(), "{user} has no mailbox yet: log in first");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{received_at}.{}_{number}.demo", std::process::id());
        let temporary = maildir.join("tmp").join(&name);
        fs::write(&temporary, raw)?;
        let file = fs::File::options().write(true).open(&temporary)?;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(received_at))?;
        if packages::is_root() {
            checked(Command::new("chown").arg("nobody:").arg(&temporary))?;
        }
        fs::rename(&temporary, maildir.join("new").join(&name))?;
        Ok(())
    }

    /// Gives a folder another UIDVALIDITY, as a server does that was rebuilt from a backup.
    pub fn renumber(&self, user: &str, folder: &str, uid_validity: u32) -> Result<()> {
        let mut doveadm = Command::new("doveadm");
        doveadm.arg("-c").arg(self.root.join("dovecot.conf")).args(["mailbox", "update", "-u", user]);
        checked(doveadm.args(["--uid-validity", &uid_validity.to_string(), folder]))
    }

    /// An IMAP connection of the harness itself, logged in.
    pub fn imap(&self, user: &str, password: &str) -> Result<Imap> {
        let mut imap = Imap::connect(self.port).with_context(|| format!("the server says\n{}", self.log()))?;
        imap.command(&format!("LOGIN {user} {password}"))?;
        Ok(imap)
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.join("log/dovecot.log")).unwrap_or_default()
    }

    fn launch(&mut self) -> Result<()> {
        let stderr = fs::File::create(self.root.join("log/stderr"))?;
        let child = Command::new(program())
            .arg("-F")
            .arg("-c")
            .arg(self.root.join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .context("cannot start dovecot")?;
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.is_up() {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten());
            if ended.is_some() || deadline < Instant::now() {
                let stderr = fs::read_to_string(self.root.join("log/stderr")).unwrap_or_default();
                bail!("dovecot did not come up:\n{stderr}{}", self.log());
            }
            thread::sleep(Duration::from_millis(20));
        }
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
        self.root.join("run/lmtp").exists()
            && greeting().is_some_and(|line| line.contains(&*self.root.to_string_lossy()))
    }

    fn write_config(&self) -> Result<()> {
        fs::write(self.root.join("dovecot.conf"), self.config()?).context("cannot write dovecot.conf")
    }

    fn config(&self) -> Result<String> {
        let is_root = packages::is_root();
        let me = said_by(Command::new("id").arg("-un"))?;
        let my_group = said_by(Command::new("id").arg("-gn"))?;
        let (login, internal, group) =
            if is_root { ("dovenull", "dovecot", "dovecot") } else { (&*me, &*me, &*my_group) };
        let mail = if is_root { "nobody" } else { &*me };
        let mail_group = said_by(Command::new("id").args(["-gn", mail]))?;
        let separator = if self.options.separator.is_empty() { "/" } else { &self.options.separator };
        let connections = if self.options.max_connections == 0 { 50 } else { self.options.max_connections };
        let capability =
            self.options.capability.as_ref().map(|list| format!("imap_capability = {list}")).unwrap_or_default();
        let mut folders = String::new();
        for name in if self.options.without_folders { &[][..] } else { &["Junk", "Trash", "Sent"] } {
            writeln!(folders, "  mailbox {name} {{\n    special_use = \\{name}\n    auto = subscribe\n  }}")?;
        }
        let mut config = include_str!("dovecot.conf").to_owned();
        for (word, value) in [
            ("extra", &*self.options.extra),
            ("root", &*self.root.to_string_lossy()),
            ("login", login),
            ("internal", internal),
            ("group", group),
            ("mail", mail),
            ("mail_group", &mail_group),
            ("separator", separator),
            ("connections", &connections.to_string()),
            ("capability", &capability),
            ("folders", &folders),
            ("port", &self.port.to_string()),
            ("tls_port", &self.tls_port.to_string()),
        ] {
            config = config.replace(&format!("@{word}@"), value);
        }
        Ok(config)
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
        fs::remove_dir_all(&self.root).ok();
    }
}

/// Makes a folder of one's own in the system's temporary folder, open to the server's users, with a short path: Unix
/// sockets inside must stay below 108 bytes.
pub fn temporary_folder(what: &str) -> Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("tamis-{what}-{}-{number}-{:x}", std::process::id(), nanos);
    let path = std::env::temp_dir().join(name);
    fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// A loopback port nobody uses at the moment. Below those that systems give to whoever asks for any, so that none of these
/// takes it before we do.
pub fn free_port() -> Result<u16> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    for _ in 0..100 {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dice =
            (nanos / 1000).wrapping_mul(31).wrapping_add(std::process::id()).wrapping_add(number.wrapping_mul(7919));
        let port = u16::try_from(20_000 + dice % 12_000)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("there is no free port on this machine")
}

fn program() -> &'static Path {
    let here = Path::new("/usr/sbin/dovecot");
    if here.exists() { here } else { Path::new("dovecot") }
}

const NEW_KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

fn openssl(folder: &Path, words: &str) -> Result<()> {
    checked(Command::new("openssl").args(words.split(' ')).current_dir(folder)).context("cannot make certificates")
}

fn make_certificates(folder: &Path) -> Result<()> {
    openssl(
        folder,
        &format!(
            "req -x509 {NEW_KEY} -days 3650 -subj /CN=Tamis-Test-CA -addext basicConstraints=critical,CA:TRUE \
             -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem"
        ),
    )?;
    openssl(folder, &format!("req {NEW_KEY} -subj /CN=localhost -keyout server.key -out server.csr"))?;
    let extensions =
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n";
    fs::write(folder.join("ext"), extensions)?;
    openssl(
        folder,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile ext -out server.pem",
    )
}

fn checked(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn said_by(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
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
