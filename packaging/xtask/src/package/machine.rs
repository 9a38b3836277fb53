//! A clean Debian 12 of its own: unpacked by debootstrap once, then booted in namespaces, with systemd as its first process.
//! What happens in it is in memory, and gone with the value. It shares the network of whoever starts it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{ground::checked, packages};

/// What every desktop has that a person logs in to, and the tools of this proof.
const SYSTEM: &[&str] = &[
    "ca-certificates",
    "dbus-user-session",
    "gnome-keyring",
    "libpam-gnome-keyring",
    "libpam-systemd",
    "login",
    "systemd-sysv",
];

/// A screen, which is installed after the package, so that nothing is there for the package that it does not ask for.
pub(super) const SCREEN: &[&str] = &["xvfb", "openbox", "xdotool", "imagemagick", "libgl1-mesa-dri"];

/// Where the packages of Debian are.
const MIRROR: &str = "http://deb.debian.org/debian";

/// How long a system takes to come up, and most of what is done in it.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// A running system.
#[derive(Debug)]
pub(super) struct Machine {
    child: Child,
    init: u32,
}

/// Unpacks a clean system, or takes the one that is there, and downloads into it what will be installed: the machine itself
/// has no way out. Returns the folder.
pub(super) fn prepare(deb: &Path) -> Result<PathBuf> {
    let base = packages::target_folder()?.join("debian-12");
    if !base.join("ready").exists() {
        fs::remove_dir_all(&base).ok();
        eprintln!("Unpacking a clean Debian 12");
        checked(Command::new("debootstrap").args(["--variant=minbase", "bookworm"]).arg(&base).arg(MIRROR))?;
        inside(&base, &["apt-get", "update", "-qq"])?;
        inside(&base, &[&["apt-get", "install", "-y", "-qq", "--no-install-recommends"][..], SYSTEM].concat())?;
        // As the packages of display managers do: whoever logs in with their password has their keyring open.
        let login = base.join("etc/pam.d/login");
        let text = fs::read_to_string(&login)?;
        let keyring = "auth optional pam_gnome_keyring.so\nsession optional pam_gnome_keyring.so auto_start\n";
        fs::write(&login, format!("{text}{keyring}"))?;
        fs::write(base.join("ready"), "")?;
    }
    fs::copy("/etc/resolv.conf", base.join("etc/resolv.conf"))?;
    fs::copy(deb, base.join("tamis.deb"))?;
    let download = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "--download-only", "/tamis.deb"];
    inside(&base, &[&download[..], SCREEN].concat())?;
    fs::write(base.join("etc/resolv.conf"), "nameserver 127.0.0.1\n")?;
    fs::write(base.join("etc/hostname"), "linden\n")?;
    Ok(base)
}

fn inside(base: &Path, words: &[&str]) -> Result<()> {
    let mut chroot = Command::new("chroot");
    chroot.arg(base).args(["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]).args(words);
    checked(&mut chroot)
}

impl Machine {
    /// Boots the system in that folder, which stays as it is.
    pub(super) fn boot(base: &Path) -> Result<Self> {
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "--pid", "--fork", "--ipc", "--uts", "--cgroup", "--kill-child=KILL", "sh", "-c"]);
        unshare.arg(include_str!("boot.sh")).arg("boot").arg(base);
        let log = fs::File::create(base.with_extension("log"))?;
        let child = unshare.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut machine = Self { child, init: 0 };
        wait("the system to boot", PATIENCE, || {
            let of = format!("/proc/{0}/task/{0}/children", machine.child.id());
            let init = fs::read_to_string(of).unwrap_or_default();
            machine.init = init.trim().parse().unwrap_or(0);
            Ok((machine.init != 0 && machine.says("systemctl is-system-running")?.trim() == "running").then_some(()))
        })
        .with_context(|| fs::read_to_string(base.with_extension("log")).unwrap_or_default())?;
        Ok(machine)
    }

    /// A command in the system, run by root, with nothing of the environment outside.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.init.to_string(), "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--root"]);
        command.args(["env", "-i", "--chdir=/", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]);
        command.arg("DEBIAN_FRONTEND=noninteractive").args(words);
        command
    }

    /// What a line of shell prints, and whether it succeeds is no matter.
    pub(super) fn says(&self, line: &str) -> Result<String> {
        let output = self.command(&["sh", "-c", line]).stdin(Stdio::null()).output()?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    /// What a line of shell prints, which must succeed.
    pub(super) fn done(&self, line: &str) -> Result<String> {
        let output = self.command(&["sh", "-c", line]).stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        ensure!(output.status.success(), "`{line}` failed:\n{said}");
        Ok(said)
    }

    /// Puts a file into the system.
    pub(super) fn put(&self, bytes: &[u8], path: &str) -> Result<()> {
        let mut tee = self.command(&["tee", path]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        tee.stdin.take().context("no way in")?.write_all(bytes)?;
        ensure!(tee.wait()?.success(), "cannot put {path} into the system");
        Ok(())
    }

    /// What is in a file of the system.
    pub(super) fn take(&self, path: &str) -> Result<Vec<u8>> {
        let output = self.command(&["cat", path]).stdin(Stdio::null()).output()?;
        ensure!(output.status.success(), "there is no {path} in the system");
        Ok(output.stdout)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Asks again and again until there is an answer.
pub(super) fn wait<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = ask()? {
            return Ok(found);
        }
        if deadline < Instant::now() {
            bail!("waited {} seconds for {what}", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(200));
    }
}
