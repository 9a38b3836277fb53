//! A private server that gives out access tokens, for as long as a value lives: oidc-provider, a certified one for Node.
//!
//! It knows the client `tamis`, which has no secret, and `keeper`, which has one; both take the browser back on any port of 127.0.0.1
//! at `/tamis`.
//! Its page signs in whom it is opened for, without questions. Refresh tokens count once, and each brings the next.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    ground::{free_port, make_certificates, temporary_folder},
    packages,
};

/// A running server.
#[derive(Debug)]
pub struct TokenServer {
    root: PathBuf,
    child: Child,
    /// Port for plain text: for browsers, and for mail servers on this machine.
    pub port: u16,
    /// Port for TLS.
    pub tls_port: u16,
}

impl TokenServer {
    /// Starts a server whose access tokens are good for so many seconds.
    pub fn start(life: u32) -> Result<Self> {
        let modules = packages::from_npm("oidc-provider", packages::TOKEN_SERVER_VERSION)?;
        let root = temporary_folder("tokens")?;
        // The mail server's own user reads what it is told of us.
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755))?;
        fs::create_dir(root.join("tls"))?;
        make_certificates(&root.join("tls"))?;
        let script = root.join("token_server.mjs");
        fs::write(&script, include_str!("token_server.mjs"))?;
        let (port, tls_port) = (free_port()?, free_port()?);
        let mut child = Command::new("node")
            .arg(&script)
            .arg(&modules)
            .arg(root.join("tls"))
            .args([port.to_string(), tls_port.to_string(), life.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(root.join("stderr"))?)
            .spawn()
            .context("cannot start node")?;
        let stdout = child.stdout.take().context("the server of tokens has no output")?;
        let server = Self { root, child, port, tls_port };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        ensure!(line == "ready\n", "the server of tokens did not come up:\n{}", server.log());
        fs::write(server.root.join("dovecot-oauth2.conf"), server.introspection())?;
        Ok(server)
    }

    /// The page on which one signs in.
    pub fn authorize(&self) -> String {
        format!("http://127.0.0.1:{}/auth", self.port)
    }

    /// Where tokens are fetched; its certificate is of [`TokenServer::ca_file`].
    pub fn token(&self) -> String {
        format!("https://localhost:{}/token", self.tls_port)
    }

    /// Where a code for another device is fetched.
    pub fn device(&self) -> String {
        format!("http://127.0.0.1:{}/device/auth", self.port)
    }

    /// Where a token is given back.
    pub fn revoke(&self) -> String {
        format!("http://127.0.0.1:{}/token/revocation", self.port)
    }

    /// The certificate authority clients must trust.
    pub fn ca_file(&self) -> PathBuf {
        self.root.join("tls/ca.pem")
    }

    /// Lines of configuration with which a Dovecot asks us about each token.
    pub fn dovecot_lines(&self) -> String {
        format!(
            "auth_mechanisms = plain login xoauth2 oauthbearer\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 \
             oauthbearer\n  args = {}\n}}",
            self.root.join("dovecot-oauth2.conf").display()
        )
    }

    fn introspection(&self) -> String {
        format!(
            "introspection_mode = post\nintrospection_url = http://dovecot:sieve@127.0.0.1:{}/token/introspection\n\
             username_attribute = sub\nactive_attribute = active\nactive_value = true\n",
            self.port
        )
    }

    /// Does something to it: `end-access`, `end-refresh`, `down`, `up`, `refuse`, `allow`; or asks for all `tokens`
    /// there are, or how often it was `asked` for one.
    pub fn tell(&self, what: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "GET /test/{what} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200 "), "the server of tokens says {answer}");
        let (_, body) = answer.split_once("\r\n\r\n").context("an answer without an end")?;
        // What it says of itself goes in one chunk.
        Ok(body.to_owned())
    }

    /// What the server wrote about trouble.
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.join("stderr")).unwrap_or_default()
    }
}

impl Drop for TokenServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.root).ok();
    }
}
