//! A private site over TLS for as long as a value lives: Python's own HTTP server on port 443 of every address, so that it
//! can only be had in a network namespace.
//!
//! It keeps every call. What begins with `/moved` leads on to `/leave`, at `/drop` it closes the connection without an
//! answer, what was published is there, and everything else is well.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::ground::{make_certificates, make_site_certificate, temporary_folder};

/// A running site.
#[derive(Debug)]
pub struct WebServer {
    root: PathBuf,
    child: Child,
}

impl WebServer {
    /// Starts a site that is known by these names.
    pub fn start(names: &[&str]) -> Result<Self> {
        let root = temporary_folder("web")?;
        for folder in ["calls", "tls"] {
            fs::create_dir(root.join(folder))?;
        }
        make_certificates(&root.join("tls"))?;
        make_site_certificate(&root.join("tls"), names)?;
        let script = root.join("web_server.py");
        fs::write(&script, include_str!("web_server.py"))?;
        let mut child = Command::new("/usr/bin/python3")
            .arg(&script)
            .arg(&root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(root.join("stderr"))?)
            .spawn()
            .context("cannot start /usr/bin/python3")?;
        let stdout = child.stdout.take().context("the site has no output")?;
        let server = Self { root, child };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        ensure!(line == "ready\n", "the site did not come up:\n{}", server.log());
        Ok(server)
    }

    /// The certificate authority clients must trust.
    pub fn ca_file(&self) -> PathBuf {
        self.root.join("tls/ca.pem")
    }

    /// Its certificate, for all its names, and the key of that.
    pub fn certificate(&self) -> (PathBuf, PathBuf) {
        (self.root.join("tls/site.pem"), self.root.join("tls/site.key"))
    }

    /// Puts a text where that path, without its first stroke, leads.
    pub fn publish(&self, path: &str, text: &str) -> Result<()> {
        let file = self.root.join("pages").join(path);
        fs::create_dir_all(file.parent().context("a page lies in a folder")?)?;
        Ok(fs::write(file, text)?)
    }

    /// What has been asked so far, in order: the first line, the header, an empty line, and what was sent with it.
    pub fn calls(&self) -> Result<Vec<String>> {
        let numbers = 1..=fs::read_dir(self.root.join("calls"))?.count();
        let read = |number: usize| Ok(fs::read_to_string(self.root.join("calls").join(number.to_string()))?);
        numbers.map(read).collect()
    }

    /// How many connections there were, with a call or without.
    pub fn knocks(&self) -> usize {
        fs::read_to_string(self.root.join("knocks")).unwrap_or_default().lines().count()
    }

    /// What the server wrote about trouble.
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.join("stderr")).unwrap_or_default()
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.root).ok();
    }
}
