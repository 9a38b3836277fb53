//! A keyring of its own: GNOME's, on a session bus that nobody else is on.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result};

use crate::wait_until;

/// What the keyring is unlocked with.
const PASSPHRASE: &str = "sieve-1907";

/// A session bus with a keyring on it. Both end with this value; what the keyring holds stays in its folder.
#[derive(Debug)]
pub struct Keyring {
    bus: Child,
    daemon: Option<Child>,
    address: String,
}

impl Keyring {
    /// Starts an unlocked keyring that keeps its things in `folder`.
    pub fn unlocked(folder: &Path) -> Result<Self> {
        Self::start(folder, Some(PASSPHRASE))
    }

    /// Starts a keyring that was not unlocked. There is no screen on which anybody could do that.
    pub fn locked(folder: &Path) -> Result<Self> {
        Self::start(folder, None)
    }

    fn start(folder: &Path, passphrase: Option<&str>) -> Result<Self> {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run dbus-daemon")?;
        let said = bus.stdout.take().context("the bus has no output")?;
        let mut keyring = Self { bus, daemon: None, address: String::new() };
        BufReader::new(said).read_line(&mut keyring.address)?;
        keyring.address.truncate(keyring.address.trim_end().len());
        keyring.launch(folder, passphrase)?;
        Ok(keyring)
    }

    fn launch(&mut self, folder: &Path, passphrase: Option<&str>) -> Result<()> {
        let control = folder.join("control");
        fs::create_dir_all(&control)?;
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets", "--control-directory"]).arg(&control);
        command.args(passphrase.map(|_| "--unlock"));
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("HOME", folder).env("XDG_DATA_HOME", folder);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let daemon = self.daemon.insert(command.spawn().context("cannot run gnome-keyring-daemon")?);
        let mut input = daemon.stdin.take().context("the keyring has no input")?;
        input.write_all(passphrase.unwrap_or_default().as_bytes())?;
        drop(input);
        wait_until("the keyring is on the bus", Duration::from_secs(15), || Ok(self.is_there()?.then_some(())))
    }

    fn is_there(&self) -> Result<bool> {
        let output = Command::new("dbus-send")
            .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"])
            .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .context("cannot run dbus-send")?;
        Ok(String::from_utf8_lossy(&output.stdout).contains("boolean true"))
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` has to be for those who are to find it.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in self.daemon.iter_mut().chain([&mut self.bus]) {
            child.kill().ok();
            child.wait().ok();
        }
    }
}
