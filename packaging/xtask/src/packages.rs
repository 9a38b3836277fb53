//! Debian packages a chore needs.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The private mail server of the demo and the tests.
pub const MAIL_SERVER: &[&str] = &["dovecot-imapd", "dovecot-lmtpd", "openssl"];

/// What the window loads at run time on X11 and Wayland.
pub const WINDOW: &[&str] =
    &["libgl1", "libegl1", "libgl1-mesa-dri", "libxkbcommon-x11-0", "libxcursor1", "libxi6", "libxrandr2"];

/// A screen, a window manager, and hands and eyes for the tests of the real window.
pub const SCREEN: &[&str] = &["xvfb", "openbox", "xdotool", "imagemagick"];

/// A keyring of its own, on a bus of its own.
pub const KEYRING: &[&str] = &["gnome-keyring", "dbus-daemon", "dbus-bin"];

/// Installs what is missing of `wanted`, as root or through sudo without a password; otherwise says the one line to run.
pub fn ensure(wanted: &[&str]) -> Result<()> {
    let missing: Vec<&str> = wanted.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install --no-install-recommends --yes {}", missing.join(" "));
    let prefix: &[&str] = if is_root() {
        &[]
    } else if quietly(Command::new("sudo").args(["-n", "true"])) {
        &["sudo", "-n"]
    } else {
        bail!("some Debian packages are missing. Please run this, then try again:\n\n  sudo {line}\n");
    };
    eprintln!("Installing {}", missing.join(", "));
    // A fresh machine has no package lists yet; an old list may name files that are gone.
    run(prefix, &["apt-get", "update", "-qq"]).ok();
    let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive"];
    words.extend(line.split(' '));
    run(prefix, &words).with_context(|| format!("cannot install packages; please run: sudo {line}"))
}

fn is_installed(package: &str) -> bool {
    let output = Command::new("dpkg-query").args(["-W", "-f", "${Status}", package]).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout) == "install ok installed")
}

/// Whether this process is root.
pub fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}

fn quietly(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn run(prefix: &[&str], words: &[&str]) -> Result<()> {
    let mut all = prefix.iter().chain(words);
    let program = all.next().context("an empty command")?;
    let output = Command::new(program)
        .args(all)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        bail!("{} failed:\n{}", words.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
