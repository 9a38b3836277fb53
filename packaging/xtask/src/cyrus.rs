//! A private Cyrus, from packages that are unpacked and not installed: it cannot be on one system with Dovecot. As root, it
//! runs as `nobody`.

use std::{
    fs,
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    ground::{checked, said_by},
    packages,
    server::{Kind, Options, Server},
};

/// The kind of server it is.
#[derive(Debug)]
pub struct Cyrus;

/// Who may make the inboxes of users.
const ADMIN: (&str, &str) = ("admin", "admin-9174");

/// The master of all its processes.
const MASTER: &str = "usr/lib/cyrus/bin/master";

impl Cyrus {
    /// Starts one without users. Downloads it first, if that was not done yet.
    pub fn start(options: Options) -> Result<Server> {
        Server::start(&Self, options)
    }
}

impl Kind for Cyrus {
    fn name(&self) -> &'static str {
        "Cyrus"
    }

    fn refuses_in_names(&self) -> &'static str {
        "\"\\"
    }

    fn configure(&self, server: &Server) -> Result<()> {
        let program = program(server)?;
        // It looks for conf/socket by itself: without that folder nobody is told of new mail.
        for folder in ["conf/socket", "spool", "proc", "sasl"] {
            fs::create_dir_all(server.root.join(folder))?;
        }
        fs::write(server.root.join("imapd.conf"), settings(server)?)?;
        let processes = include_str!("cyrus.conf")
            .replace("@bin@", &program.join("usr/lib/cyrus/bin").to_string_lossy())
            .replace("@root@", &server.root.to_string_lossy())
            .replace("@port@", &server.port.to_string())
            .replace("@tls_port@", &server.tls_port.to_string());
        fs::write(server.root.join("cyrus.conf"), processes)?;
        if packages::is_root() {
            checked(Command::new("chown").args(["-R", "nobody:"]).arg(&server.root))?;
        }
        set_password(server, ADMIN.0, ADMIN.1)
    }

    fn command(&self, server: &Server) -> Result<Command> {
        let mut command = runs(server, MASTER)?;
        command.arg("-C").arg(server.root.join("imapd.conf")).arg("-M").arg(server.root.join("cyrus.conf"));
        command.arg("-p").arg(server.root.join("master.pid")).arg("-D");
        // When it ends, it sends SIGTERM to its whole process group.
        command.process_group(0);
        Ok(command)
    }

    fn lmtp_socket(&self, server: &Server) -> PathBuf {
        server.root.join("conf/socket/lmtp")
    }

    fn add_user(&self, server: &Server, name: &str, password: &str) -> Result<()> {
        set_password(server, name, password)?;
        let mut admin = server.imap(ADMIN.0, ADMIN.1)?;
        admin.command(&format!("CREATE user{}{name}", server.options.separator()))?;
        let mut user = server.imap(name, password)?;
        for folder in if server.options.without_folders { &[][..] } else { &["Junk", "Trash", "Sent"] } {
            let full = format!("{}{folder}", server.options.prefix);
            user.command(&format!("CREATE {full} (USE (\\{folder}))"))?;
            user.command(&format!("SUBSCRIBE {full}"))?;
        }
        Ok(())
    }

    /// It tells the system's log, which is not ours to read.
    fn log(&self, _server: &Server) -> String {
        String::new()
    }
}

/// The unpacked packages, in a folder where the user of the server may go.
fn program(server: &Server) -> Result<PathBuf> {
    let unpacked = packages::unpacked("cyrus", packages::CYRUS)?;
    let mut test = packages::as_server();
    if checked(test.arg("test").arg("-x").arg(unpacked.join(MASTER))).is_ok() {
        return Ok(unpacked);
    }
    let own = server.root.join("program");
    if !own.exists() {
        checked(Command::new("cp").arg("-a").arg(&unpacked).arg(&own))?;
    }
    Ok(own)
}

/// A program of the unpacked packages, as the user of the server.
fn runs(server: &Server, name: &str) -> Result<Command> {
    let program = program(server)?;
    let libraries = packages::libraries(&program)?;
    let places = [libraries.clone(), program.join("lib").join(libraries.file_name().unwrap_or_default())];
    let places: Vec<_> = places.iter().map(|path| path.to_string_lossy()).collect();
    let mut command = packages::as_server();
    command.arg(program.join(name)).current_dir(&server.root);
    command.env("LD_LIBRARY_PATH", places.join(":")).env("SASL_PATH", libraries.join("sasl2"));
    command.env("CYRUS_USER", packages::server_user()?).env("CYRUS_VERBOSE", "1");
    Ok(command)
}

fn set_password(server: &Server, name: &str, password: &str) -> Result<()> {
    let mut command = runs(server, "usr/sbin/saslpasswd2")?;
    command.args(["-p", "-c", "-u", &server.mark(), "-f"]).arg(server.root.join("sasl/sasldb2")).arg(name);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("saslpasswd2 does not listen")?.write_all(password.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "saslpasswd2 failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn settings(server: &Server) -> Result<String> {
    let options = &server.options;
    ensure!(options.capability.is_none(), "Cyrus hides capabilities by `suppress_capabilities` in Options::extra");
    let slash = match options.separator() {
        "/" => "yes",
        "." => "no",
        other => bail!("Cyrus cannot separate folders by {other}"),
    };
    let beside = match options.prefix.strip_prefix("INBOX") {
        None if options.prefix.is_empty() => "yes",
        Some(rest) if rest == options.separator() => "no",
        Some(_) | None => bail!("Cyrus cannot begin the names of folders with {}", options.prefix),
    };
    let user = packages::server_user()?;
    let group = said_by(Command::new("id").args(["-gn", &user]))?;
    let mut settings = include_str!("cyrus_imapd.conf").to_owned();
    for (word, value) in [
        ("extra", &*options.extra),
        ("root", &*server.root.to_string_lossy()),
        ("greeting", &server.mark()),
        ("user", &user),
        ("group", &group),
        ("slash", slash),
        ("beside", beside),
        ("connections", &options.max_connections.to_string()),
    ] {
        settings = settings.replace(&format!("@{word}@"), value);
    }
    Ok(settings)
}
