//! Debian packages a chore needs.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result, bail};

use crate::ground::{checked, said_by, temporary_folder};

/// The private mail server of the demo and the tests.
pub const MAIL_SERVER: &[&str] = &["dovecot-imapd", "dovecot-lmtpd", "openssl"];

/// The private submission server of the tests.
pub const SMTP_SERVER: &[&str] = &["python3-aiosmtpd", "openssl"];

/// The private name servers of the tests.
pub const NAME_SERVERS: &[&str] = &["rbldnsd", "unbound", "openssl"];

/// Another mail server, for the tests. It and Dovecot exclude each other as packages, so it is unpacked and not installed.
pub const CYRUS: &[&str] = &["cyrus-imapd", "cyrus-common", "sasl2-bin", "libsasl2-modules", "libsasl2-modules-db"];

/// Other filters of spam, to be measured beside ours. Unpacked and not installed: nothing on the system is to use them.
pub const PEERS: &[&str] = &["bogofilter-bdb", "bogofilter-common", "crm114"];

/// A private name server, and somebody who signs mail and is not us.
pub const SIGNING: &[&str] = &["unbound", "python3-dkim", "python3-nacl", "python3-authres", "openssl"];

/// The private message bus of the test of notifications.
pub const BUS: &[&str] = &["dbus-daemon"];

/// The private virus scanner of the tests, without its own signatures.
pub const VIRUS_SCANNER: &[&str] = &["clamav-daemon"];

/// What the window loads at run time on X11 and Wayland.
pub const WINDOW: &[&str] =
    &["libgl1", "libegl1", "libgl1-mesa-dri", "libxkbcommon-x11-0", "libxcursor1", "libxi6", "libxrandr2"];

/// A screen, a window manager, and hands and eyes for the tests of the real window.
pub const SCREEN: &[&str] = &["xvfb", "openbox", "xdotool", "imagemagick"];

/// What a screen reader and the window meet over.
pub const READER: &[&str] = &["at-spi2-core", "dbus-daemon"];

/// Those who count what others have reported, and their clients.
pub const FINGERPRINTS: &[&str] = &["pyzor", "python3-gdbm", "rspamd"];

/// A keyring of its own, on a bus of its own.
pub const KEYRING: &[&str] = &["gnome-keyring", "dbus-daemon", "dbus-bin"];

/// What runs the private server that gives out access tokens.
pub const TOKEN_SERVER: &[&str] = &["nodejs", "npm", "openssl"];

/// That server, from npm: it is no package of Debian. Version 9 wants a newer Node than Debian 12 has.
pub(crate) const TOKEN_SERVER_VERSION: &str = "8.8.1";

/// What reads the files by which the agent starts at login.
pub const LOGIN: &[&str] = &["systemd", "desktop-file-utils", "dex"];

/// What packs and reads a package for Debian.
pub const PACKING: &[&str] = &["dpkg-dev", "binutils", "xz-utils", "gzip", "lintian"];

/// What reads the files for desktops, and the recipes for other systems.
pub const RECIPES: &[&str] =
    &["desktop-file-utils", "appstream", "mandoc", "rpm", "libplist-utils", "libxml2-utils", "python3-minimal"];

/// A clean Debian of its own, and around it a mail server, name servers and a site.
pub const CLEAN_MACHINE: &[&str] = &[
    "debootstrap",
    "debian-archive-keyring",
    "util-linux",
    "iproute2",
    "dovecot-imapd",
    "dovecot-lmtpd",
    "unbound",
    "openssl",
    "python3-minimal",
];

/// Installs what is missing of `wanted`, as root or through sudo without a password; otherwise says the one line to run.
pub fn ensure(wanted: &[&str]) -> Result<()> {
    let missing: Vec<&str> = wanted.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install --no-install-recommends --yes {}", missing.join(" "));
    let Some(prefix) = powers() else {
        bail!("some Debian packages are missing. Please run this, then try again:\n\n  sudo {line}\n");
    };
    eprintln!("Installing {}", missing.join(", "));
    // A fresh machine has no package lists yet; an old list may name files that are gone.
    run(prefix, &["apt-get", "update", "-qq"]).ok();
    let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive"];
    words.extend(line.split(' '));
    run(prefix, &words).with_context(|| format!("cannot install packages; please run: sudo {line}"))
}

/// The folder in the build's target folder where packages lie that are used without being installed. Downloads and unpacks
/// them, and the libraries they need and this system does not have, if that was not done yet.
pub fn unpacked(name: &str, wanted: &[&str]) -> Result<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let servers = target_folder()?.join("servers");
    let place = servers.join(name);
    if place.exists() {
        return Ok(place);
    }
    eprintln!("Unpacking {}", wanted.join(", "));
    fs::create_dir_all(&servers)?;
    let work = temporary_folder("packages")?;
    let unpacked = servers.join(format!("{name}-{}", std::process::id()));
    let outcome = download(wanted, &work).and_then(|()| unpack(&work, &unpacked));
    fs::remove_dir_all(&work).ok();
    // Somebody else may have been quicker; then theirs is as good.
    let outcome = outcome.and_then(|()| match fs::rename(&unpacked, &place) {
        Err(error) if !place.exists() => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    });
    fs::remove_dir_all(&unpacked).ok();
    outcome.with_context(|| format!("cannot unpack {}", wanted.join(", ")))?;
    Ok(place)
}

/// The folder of the modules of that version of a package from npm, in the build's target folder. Installs it there, without
/// running anything of it, if that was not done yet.
pub(crate) fn from_npm(name: &str, version: &str) -> Result<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let servers = target_folder()?.join("servers");
    let place = servers.join(format!("{name}-{version}"));
    if !place.exists() {
        eprintln!("Installing {name}");
        let unpacked = servers.join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&unpacked)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(&unpacked);
        let outcome = checked(npm.arg(format!("{name}@{version}")).current_dir(&unpacked));
        // Somebody else may have been quicker; then theirs is as good.
        let outcome = outcome.and_then(|()| match fs::rename(&unpacked, &place) {
            Err(error) if !place.exists() => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        });
        fs::remove_dir_all(&unpacked).ok();
        outcome.with_context(|| format!("cannot install {name} from npm"))?;
    }
    Ok(place.join("node_modules"))
}

/// The build's target folder, in which this program lies.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot tell where this program lies")?;
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    Ok(target.context("this program does not lie in a target folder")?.to_path_buf())
}

/// Where unpacked packages have their libraries: the folder of this kind of machine, such as `usr/lib/x86_64-linux-gnu`.
pub(crate) fn libraries(unpacked: &Path) -> Result<PathBuf> {
    let folder = unpacked.join("usr/lib");
    let mut folders = fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    folders
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains("-linux-gnu")))
        .with_context(|| format!("there are no libraries in {}", folder.display()))
}

/// Downloads packages, and the libraries they need and this system does not have, into a folder.
fn download(wanted: &[&str], folder: &Path) -> Result<()> {
    let fetch = || {
        let mut names: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let mut plan = Command::new("apt-get");
        plan.args(["install", "--simulate", "--no-install-recommends", "--yes"]).args(wanted);
        // Inst libical3 (3.0.16-1+b1 Debian:12 [amd64])
        for line in said_by(plan.env("LC_ALL", "C"))?.lines() {
            let name = line.strip_prefix("Inst ").and_then(|rest| rest.split(' ').next());
            names.extend(name.filter(|name| name.starts_with("lib") && !wanted.contains(name)).map(str::to_owned));
        }
        let mut download = Command::new("apt-get");
        // The user that apt likes to download as cannot write here.
        download.args(["-o", "APT::Sandbox::User=", "download"]).args(names).current_dir(folder);
        checked(&mut download)
    };
    let Err(first) = fetch() else { return Ok(()) };
    // A fresh machine has no package lists yet; an old list may name files that are gone.
    let powers = powers().with_context(|| format!("{first:#}\nPlease run `sudo apt-get update`, then try again"))?;
    run(powers, &["apt-get", "update", "-qq"])?;
    fetch()
}

/// Unpacks all packages of a folder into another, without the documentation.
fn unpack(packages: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(packages)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            checked(Command::new("dpkg").arg("-x").arg(path).arg(to))?;
        }
    }
    for folder in ["usr/share", "etc", "var"] {
        let folder = to.join(folder);
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}

/// The user that private servers run as: root is too much of a good thing.
pub(crate) fn server_user() -> Result<String> {
    if is_root() { Ok("nobody".to_owned()) } else { said_by(Command::new("id").arg("-un")) }
}

/// The beginning of a command that is run as the user of private servers, and that ends when the thread that started it
/// does, even if that was killed.
pub(crate) fn as_server() -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "TERM", "--"]);
    command
}

/// What must stand before a command so that root runs it; `None` if that would need a password.
fn powers() -> Option<&'static [&'static str]> {
    if is_root() {
        Some(&[])
    } else if quietly(Command::new("sudo").args(["-n", "true"])) {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

/// Whether a program of that name can be run.
pub fn is_command(name: &str) -> bool {
    quietly(Command::new(name).arg("--version").stdin(Stdio::null()))
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
