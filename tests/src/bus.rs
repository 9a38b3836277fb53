//! A message bus of our own, on which no service is started.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use xtask::packages;

/// A running D-Bus daemon, gone with this value.
#[derive(Debug)]
pub struct Bus {
    daemon: Child,
    /// What `DBUS_SESSION_BUS_ADDRESS` is to be.
    pub address: String,
    _folder: TempDir,
}

impl Bus {
    /// Starts one on which everybody may do everything.
    pub fn start() -> Result<Self> {
        packages::ensure(packages::BUS)?;
        let folder = TempDir::new()?;
        let config = folder.path().join("bus.conf");
        let socket = folder.path().join("bus");
        fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>unix:path={}</listen><policy context=\"default\">\
                 <allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>",
                socket.display()
            ),
        )?;
        let mut command = Command::new("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address"]);
        let mut daemon = command.stdout(Stdio::piped()).spawn().context("cannot run dbus-daemon")?;
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().context("no output")?).read_line(&mut address)?;
        Ok(Self { daemon, address: address.trim().to_owned(), _folder: folder })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}
