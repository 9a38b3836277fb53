//! A private Dovecot, from the packages of the system. As root, mail belongs to `nobody`.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};

pub use crate::server::Options;
use crate::{
    ground::{checked, said_by},
    packages,
    server::{Kind, Server},
};

/// The kind of server it is.
#[derive(Debug)]
pub struct Dovecot;

impl Dovecot {
    /// Starts one without users.
    pub fn start(options: Options) -> Result<Server> {
        Server::start(&Self, options)
    }
}

impl Kind for Dovecot {
    fn name(&self) -> &'static str {
        "Dovecot"
    }

    fn refuses_in_names(&self) -> &'static str {
        ""
    }

    fn configure(&self, server: &Server) -> Result<()> {
        for folder in ["run", "state", "mail"] {
            fs::create_dir_all(server.root.join(folder))?;
        }
        if packages::is_root() {
            checked(Command::new("chown").arg("nobody:").arg(server.root.join("mail")))?;
        }
        fs::File::options().create(true).append(true).open(server.root.join("users"))?;
        fs::write(server.root.join("dovecot.conf"), config(server)?).context("cannot write dovecot.conf")
    }

    fn command(&self, server: &Server) -> Result<Command> {
        let installed = Path::new("/usr/sbin/dovecot");
        let mut command = Command::new(if installed.exists() { installed } else { Path::new("dovecot") });
        command.arg("-F").arg("-c").arg(server.root.join("dovecot.conf"));
        Ok(command)
    }

    fn lmtp_socket(&self, server: &Server) -> PathBuf {
        server.root.join("run/lmtp")
    }

    fn add_user(&self, server: &Server, name: &str, password: &str) -> Result<()> {
        self.add_user_as(server, name, &format!("{{PLAIN}}{password}"))
    }

    fn add_user_as(&self, server: &Server, name: &str, password: &str) -> Result<()> {
        let mut users = fs::OpenOptions::new().append(true).open(server.root.join("users"))?;
        let is_first = users.metadata()?.len() == 0;
        writeln!(users, "{name}:{password}::::::")?;
        // It looks at the file once in a second of the clock (`passwd_file_sync` in db-passwd-file.c): who has logged in
        // in this one has had it looked at already.
        if !is_first {
            let part = SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_millis();
            thread::sleep(Duration::from_millis(u64::from(1_010 - part)));
        }
        Ok(())
    }

    fn log(&self, server: &Server) -> String {
        fs::read_to_string(server.root.join("log/dovecot.log")).unwrap_or_default()
    }

    fn place(&self, server: &Server, user: &str, raw: &[u8], received_at: u64) -> Result<()> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let maildir = server.root.join("mail").join(user);
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

    fn renumber(&self, server: &Server, user: &str, folder: &str, uid_validity: u32) -> Result<()> {
        let mut doveadm = Command::new("doveadm");
        doveadm.arg("-c").arg(server.root.join("dovecot.conf")).args(["mailbox", "update", "-u", user]);
        checked(doveadm.args(["--uid-validity", &uid_validity.to_string(), folder]))
    }
}

/// Fills an inbox with messages of these times (Unix seconds), in this order. Quicker than one by one, but only as long as
/// nobody has looked into the inbox.
pub fn fill(server: &Server, user: &str, mail: impl Iterator<Item = (Vec<u8>, u64)>) -> Result<()> {
    let maildir = server.root.join("mail").join(user);
    for (number, (raw, received_at)) in mail.enumerate() {
        // The server's own names say the size, and the size with line ends as on the wire; our lines end so.
        let size = raw.len();
        let path = maildir.join("new").join(format!("{received_at}.M{number:09}.load,S={size},W={size}"));
        fs::write(&path, &raw)?;
        let file = fs::File::options().write(true).open(&path)?;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(received_at))?;
    }
    if packages::is_root() {
        checked(Command::new("chown").args(["-R", "nobody:"]).arg(maildir.join("new")))?;
    }
    Ok(())
}

/// Fills a folder with messages that were read, of these times (Unix seconds), in this order. Only before anybody has looked
/// into it. `folder` is a path below the inbox, or nothing for the inbox itself.
pub fn fill_read(
    server: &Server,
    (user, folder): (&str, &str),
    mail: impl Iterator<Item = (Vec<u8>, u64)>,
) -> Result<()> {
    let maildir = server.root.join("mail").join(user).join(folder);
    for name in ["cur", "new", "tmp"] {
        fs::create_dir_all(maildir.join(name))?;
    }
    for (number, (raw, received_at)) in mail.enumerate() {
        let size = raw.len();
        let path = maildir.join("cur").join(format!("{received_at}.M{number:09}.load,S={size},W={size}:2,S"));
        fs::write(&path, &raw)?;
        let file = fs::File::options().write(true).open(&path)?;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(received_at))?;
    }
    if packages::is_root() {
        checked(Command::new("chown").args(["-R", "nobody:"]).arg(&maildir))?;
    }
    Ok(())
}

/// Fills an inbox with the messages that [`fill`] has put into another. They take no room of their own.
pub fn fill_alike(server: &Server, like: &str, user: &str) -> Result<()> {
    let mail = server.root.join("mail");
    for entry in fs::read_dir(mail.join(like).join("new"))? {
        let entry = entry?;
        fs::hard_link(entry.path(), mail.join(user).join("new").join(entry.file_name()))?;
    }
    Ok(())
}

fn config(server: &Server) -> Result<String> {
    let options = &server.options;
    let is_root = packages::is_root();
    let me = said_by(Command::new("id").arg("-un"))?;
    let my_group = said_by(Command::new("id").arg("-gn"))?;
    let (login, internal, group) = if is_root { ("dovenull", "dovecot", "dovecot") } else { (&*me, &*me, &*my_group) };
    let mail = if is_root { "nobody" } else { &*me };
    let mail_group = said_by(Command::new("id").args(["-gn", mail]))?;
    let connections = if options.max_connections == 0 { 50 } else { options.max_connections };
    let capability = options.capability.as_ref().map(|list| format!("imap_capability = {list}")).unwrap_or_default();
    let mut folders = String::new();
    for name in if options.without_folders { &[][..] } else { &["Junk", "Trash", "Sent"] } {
        writeln!(folders, "  mailbox {name} {{\n    special_use = \\{name}\n    auto = subscribe\n  }}")?;
    }
    let mut config = include_str!("dovecot.conf").to_owned();
    for (word, value) in [
        ("extra", &*options.extra),
        ("root", &*server.root.to_string_lossy()),
        ("greeting", &server.mark()),
        ("login", login),
        ("internal", internal),
        ("group", group),
        ("mail", mail),
        ("mail_group", &mail_group),
        ("separator", options.separator()),
        ("prefix", &options.prefix),
        ("connections", &connections.to_string()),
        ("capability", &capability),
        ("folders", &folders),
        ("port", &server.port.to_string()),
        ("tls_port", &server.tls_port.to_string()),
    ] {
        config = config.replace(&format!("@{word}@"), value);
    }
    Ok(config)
}
