//! A private submission server on loopback, for as long as a value lives: Debian's aiosmtpd.
//!
//! It knows one person, `robin` with the password `secret`, and keeps what it accepts. The first part of a recipient's
//! address says what it does with it: `nobody` is refused, `busy` put off, at `cut` it closes the connection; and after the
//! message `refused` is refused, `full` put off, and at `silent` it keeps the message and closes the connection. It takes at
//! most 32 MiB.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::ground::{free_port, make_certificates, temporary_folder};

/// A running server.
#[derive(Debug)]
pub struct SmtpServer {
    root: PathBuf,
    child: Child,
    /// Port for plain text.
    pub port: u16,
    /// Port for STARTTLS, without which it takes no mail.
    pub starttls_port: u16,
    /// Port for TLS.
    pub tls_port: u16,
}

/// A message that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The sender of the envelope.
    pub from: String,
    /// The recipient of the envelope.
    pub to: String,
    /// What the command MAIL said besides: `SIZE=100`, `BODY=8BITMIME`.
    pub options: Vec<String>,
    /// The message, byte for byte.
    pub content: Vec<u8>,
}

impl SmtpServer {
    /// Starts a server.
    pub fn start() -> Result<Self> {
        let root = temporary_folder("smtp")?;
        for folder in ["mail", "tls"] {
            fs::create_dir(root.join(folder))?;
        }
        make_certificates(&root.join("tls"))?;
        let script = root.join("smtp_server.py");
        fs::write(&script, include_str!("smtp_server.py"))?;
        let ports = [free_port()?, free_port()?, free_port()?];
        // Debian's own Python, which knows Debian's packages: another may come first in the path.
        let mut child = Command::new("/usr/bin/python3")
            .arg(&script)
            .arg(&root)
            .args(ports.map(|port| port.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(root.join("stderr"))?)
            .spawn()
            .context("cannot start /usr/bin/python3")?;
        let stdout = child.stdout.take().context("the SMTP server has no output")?;
        let [port, starttls_port, tls_port] = ports;
        let server = Self { root, child, port, starttls_port, tls_port };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        ensure!(line == "ready\n", "the SMTP server did not come up:\n{}", server.log());
        Ok(server)
    }

    /// The certificate authority clients must trust; the server's name is `localhost`.
    pub fn ca_file(&self) -> PathBuf {
        self.root.join("tls/ca.pem")
    }

    /// What has been accepted so far, in order.
    pub fn accepted(&self) -> Result<Vec<Accepted>> {
        let mut accepted = Vec::new();
        for number in 1.. {
            let name = self.root.join("mail").join(number.to_string());
            let Ok(envelope) = fs::read_to_string(name.with_extension("envelope")) else { break };
            let mut lines = envelope.lines().map(str::to_owned);
            accepted.push(Accepted {
                from: lines.next().context("an envelope without a sender")?,
                to: lines.next().context("an envelope without a recipient")?,
                options: lines.collect(),
                content: fs::read(name.with_extension("eml"))?,
            });
        }
        Ok(accepted)
    }

    /// What the server wrote about trouble.
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.join("stderr")).unwrap_or_default()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.root).ok();
    }
}
