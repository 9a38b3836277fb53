//! What a person does with the package, from the first installation to the last removal, on a clean system.

use std::{
    env, fs,
    io::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{
    domain::{DOMAIN, Domain},
    machine::{Machine, PATIENCE, SCREEN, prepare, wait},
    person::{NAME, PASSWORD, Person},
};
use crate::{
    ground::{checked, said_by, temporary_folder},
    packages,
};

/// Says that the network namespace is there.
const INSIDE: &str = "TAMIS_PACKAGE_INSIDE";

/// A letter that nobody wants, and one that somebody does.
const SPAM: &str = include_str!("../../../../assets/demo/06-pills-spaced.eml");
const HAM: &str = include_str!("../../../../assets/demo/03-weekend-camille.eml");

/// Installs from what was downloaded before: there is no network.
const INSTALL: &str = "apt-get install -y -qq --no-install-recommends";

/// Runs the proof with that package. It needs root, as namespaces and other systems do.
pub(super) fn run(deb: &Path, out: &mut dyn Write) -> Result<()> {
    if env::var_os(INSIDE).is_some() {
        return story(deb, out);
    }
    ensure!(packages::is_root(), "cargo xtask package test boots a system of its own: run it as root");
    prepare(deb)?;
    // The mail server, the site and the name server have a network of their own, and the machine has no other.
    let mut again = Command::new("unshare");
    again.args(["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]).arg(env::current_exe()?);
    again.args(["package", "story"]).arg(deb).env(INSIDE, "yes");
    ensure!(again.status().context("cannot run unshare")?.success(), "the package does not do what it is to do");
    Ok(())
}

/// One step after the other, each said with the seconds it took.
struct Story<'a> {
    out: &'a mut dyn Write,
    began: Instant,
}

impl Story<'_> {
    fn tell(&mut self, what: &str) -> Result<()> {
        writeln!(self.out, "{:4} s  {what}", self.began.elapsed().as_secs())?;
        Ok(self.out.flush()?)
    }
}

fn story(deb: &Path, out: &mut dyn Write) -> Result<()> {
    let mut story = Story { out, began: Instant::now() };
    let domain = Domain::start()?;
    domain.mail.add_user(NAME, PASSWORD)?;
    domain.mail.imap(NAME, PASSWORD)?;
    let machine = Machine::boot(&packages::target_folder()?.join("debian-12"))?;
    trust(&machine, &domain)?;
    story.tell("a clean Debian 12 is booted, with its own mail domain: IMAP, autoconfig over https, SRV in DNS")?;

    machine.done(&format!("{INSTALL} /tamis.deb"))?;
    machine.done(&format!("{INSTALL} {}", SCREEN.join(" ")))?;
    machine.done(&format!("useradd --create-home --shell /bin/bash {NAME} && echo {NAME}:{PASSWORD} | chpasswd"))?;
    story.tell("apt installed the package with the libraries it needs; a new user is made")?;

    // The first login of all makes the keyring, and this one is not seen by the daemon that is there already.
    let mut person = Person::log_in(&machine)?;
    person.in_session("setsid tamis-agent --home ~/apart run --until-logout >/dev/null 2>&1 &")?;
    wait("an agent of the session", PATIENCE, || Ok(person.done("tamis-agent --home ~/apart status").ok()))?;
    person.log_out()?;
    ensure!(machine.says("pidof tamis-agent")?.trim().is_empty(), "what a session has started is still there after it");
    story.tell("logged in and out: an agent that the session had started ended with it")?;

    let person = Person::log_in(&machine)?;
    add_account(&person)?;
    story.tell(
        "logged in; `tamis-agent account add` found the server by the address, took the password, and asked the rest",
    )?;

    person.log_out()?;
    let person = Person::log_in(&machine)?;
    let first = watching(&person)?;
    ensure!(person.done(&format!("readlink /proc/{first}/exe"))?.trim() == "/usr/bin/tamis-agent");
    story.tell("logged out and in: systemd started the agent at login, with the password from the keyring")?;

    filed(&domain, 1)?;
    story.tell("the first junk is in Junk on the server, the letter of a friend in the inbox")?;

    person.done("systemctl --user stop tamis-agent.service")?;
    window(&machine, &person)?;
    let first = watching(&person)?;
    story.tell(
        "the window opened and had systemd start the agent; its picture is packages/window.png in the target folder",
    )?;

    person.done(&format!("kill -KILL {first}"))?;
    let second = restarted(&person, &first)?;
    story.tell("the agent was killed, and came back")?;

    machine.put(&newer(deb)?, "/newer.deb")?;
    machine.done(&format!("{INSTALL} /newer.deb"))?;
    restarted(&person, &second)?;
    story.tell("a newer version was installed: the running agent was started anew")?;

    removal(&machine, person, &domain, &mut story)
}

/// Removes the package, installs it again, and purges it.
fn removal(machine: &Machine, person: Person<'_>, domain: &Domain, story: &mut Story<'_>) -> Result<()> {
    person.done("printf 'Subject: x\\n\\nzanzibar quincunx\\n' >lesson.eml; tamis-agent train --spam lesson.eml")?;
    let lessons = lessons(&person)?;
    ensure!(lessons.contains("\"spam\":1"), "nothing was learned: {lessons}");
    let kept = ["~/.config/tamis/tamis.toml", "~/.local/share/tamis/tamis.db"];
    let is_kept =
        |person: &Person<'_>| kept.iter().try_for_each(|name| person.done(&format!("test -s {name}")).map(|_| ()));
    let said = machine.done("apt-get remove -y -qq tamis")?;
    ensure!(said.contains("Mail stays where it is") && said.contains("~/.local/share/tamis"), "{said}");
    ensure!(person.says("systemctl --user is-active tamis-agent.service")?.trim() != "active", "the agent still runs");
    ensure!(person.says("command -v tamis tamis-agent")?.is_empty(), "the programs are still there");
    is_kept(&person)?;
    ensure!(in_junk(domain)? == 1, "mail is gone from Junk");
    story.tell("the package was removed: the agent ended; mail, settings and lessons stay, and it said where")?;

    machine.done(&format!("{INSTALL} /tamis.deb"))?;
    person.log_out()?;
    let person = Person::log_in(machine)?;
    watching(&person)?;
    let again = self::lessons(&person)?;
    ensure!(again == lessons, "the lessons are not what they were:\n{lessons}\n{again}");
    let accounts = person.done("tamis-agent account list")?;
    ensure!(accounts.contains(&format!("{NAME}@{DOMAIN}")), "{accounts}");
    filed(domain, 2)?;
    story.tell("installed again: it started at login with the same account and lessons, and filed more junk")?;

    let said = machine.done("apt-get purge -y -qq tamis")?;
    ensure!(said.contains("~/.config/tamis"), "{said}");
    is_kept(&person)?;
    ensure!(machine.says("dpkg --status tamis")?.contains("not installed"), "something of the package is left");
    story.tell("purged: nothing of the package is left, and everything of the person's")?;
    person.log_out()
}

/// Has the machine trust the authority that made the certificates of the domain.
fn trust(machine: &Machine, domain: &Domain) -> Result<()> {
    machine.put(&fs::read(domain.mail.ca_file())?, "/usr/local/share/ca-certificates/linden.crt")?;
    machine.done("update-ca-certificates").map(|_| ())
}

fn add_account(person: &Person<'_>) -> Result<()> {
    let mut terminal = person.types(&format!("tamis-agent account add {NAME}@{DOMAIN}"))?;
    terminal.answer("the right server?", "y")?;
    terminal.answer("Password of", PASSWORD)?;
    terminal.answer("Which folder is for junk?", "")?;
    terminal.answer("1, 2 or 3?", "")?;
    terminal.answer("Learn from the mail that is there?", "")?;
    terminal.answer("Start Tamis when you log in?", "y")?;
    let said = terminal.end()?;
    ensure!(said.contains(&format!("{DOMAIN} says so at https://autoconfig.{DOMAIN}")), "{said}");
    ensure!(said.contains(&format!("account {NAME}@{DOMAIN} added")), "{said}");
    ensure!(said.contains("again if it should crash"), "{said}");
    Ok(())
}

/// Waits until the service runs and watches the mailbox. Returns its process.
fn watching(person: &Person<'_>) -> Result<String> {
    let ready = || {
        let status = person.says("tamis-agent status --json")?;
        let status: Option<Value> = serde_json::from_str(&status).ok();
        let states = status.as_ref().and_then(|status| status.get("accounts")?.as_array());
        let is_watching = |account: &Value| account.get("state").is_some_and(|state| state == "Watching");
        Ok(states.filter(|all| !all.is_empty() && all.iter().all(is_watching)).map(|_| ()))
    };
    wait("the agent to watch the mailbox", PATIENCE, ready).with_context(|| {
        person.says("systemctl --user status tamis-agent.service; journalctl --user --lines=40 --no-pager; cat ~/.local/state/tamis/*.log | tail -20; tamis-agent status").unwrap_or_default()
    })?;
    Ok(person.done("systemctl --user show --value --property=MainPID tamis-agent.service")?.trim().to_owned())
}

/// Waits until the service is another process, and watches.
fn restarted(person: &Person<'_>, before: &str) -> Result<String> {
    wait("the agent to be started anew", PATIENCE, || {
        let now = person.says("systemctl --user show --value --property=MainPID tamis-agent.service")?;
        Ok((now.trim() != before && now.trim() != "0").then_some(()))
    })?;
    watching(person)
}

/// Delivers spam and a letter, and waits until there is so much in Junk, and as much in the inbox.
fn filed(domain: &Domain, wanted: usize) -> Result<()> {
    for letter in [HAM, SPAM] {
        domain.mail.deliver(NAME, "someone@example.net", dated(letter)?.as_bytes())?;
    }
    wait("the junk to be filed", PATIENCE, || Ok((in_junk(domain)? == wanted).then_some(())))?;
    let left = domain.mail.imap(NAME, PASSWORD)?.folder("INBOX")?.len();
    ensure!(left == wanted, "there are {left} letters in the inbox");
    Ok(())
}

fn in_junk(domain: &Domain) -> Result<usize> {
    Ok(domain.mail.imap(NAME, PASSWORD)?.folder("Junk")?.len())
}

/// A letter of today that was never there before.
fn dated(letter: &str) -> Result<String> {
    let now = said_by(Command::new("date").env("LC_ALL", "C").arg("--rfc-email"))?;
    let nanos = said_by(Command::new("date").arg("+%s%N"))?;
    let line = |line: &str| match line.split_once(':') {
        Some(("Date", _)) => format!("Date: {now}"),
        Some(("Message-ID", _)) => format!("Message-ID: <{nanos}@example.net>"),
        Some(_) | None => line.to_owned(),
    };
    Ok(letter.lines().map(line).collect::<Vec<_>>().join("\r\n") + "\r\n")
}

fn lessons(person: &Person<'_>) -> Result<String> {
    person.done("tamis-agent lessons --json")
}

/// Opens the window on a screen, hands it a file by a second start, and takes a picture.
fn window(machine: &Machine, person: &Person<'_>) -> Result<()> {
    person.starts("Xvfb :7 -screen 0 1280x800x24 -noreset")?;
    wait("the screen", PATIENCE, || Ok(machine.says("ls /tmp/.X11-unix")?.contains("X7").then_some(())))?;
    person.starts("DISPLAY=:7 openbox")?;
    person.starts("DISPLAY=:7 tamis")?;
    wait("the window", PATIENCE, || {
        Ok(person
            .says("DISPLAY=:7 xdotool search --name Tamis")?
            .lines()
            .any(|line| line.parse::<u64>().is_ok())
            .then_some(()))
    })
    .with_context(|| person.says("cat ~/said").unwrap_or_default())?;
    std::thread::sleep(Duration::from_secs(4));
    let folder = packages::target_folder()?.join("packages");
    fs::create_dir_all(&folder)?;
    person.done("DISPLAY=:7 import -window root window.png")?;
    person.done("printf 'Subject: x\\n\\nzanzibar quincunx\\n' >'a letter.eml'; DISPLAY=:7 tamis \"file://$PWD/a%20letter.eml\"")?;
    std::thread::sleep(Duration::from_secs(3));
    person.done("DISPLAY=:7 import -window root file.png")?;
    for name in ["window.png", "file.png"] {
        let path = person.done(&format!("realpath {name}"))?;
        fs::write(folder.join(name), machine.take(path.trim())?)?;
    }
    Ok(())
}

/// The same package under a newer version.
fn newer(deb: &Path) -> Result<Vec<u8>> {
    let work = temporary_folder("newer")?;
    let tree = work.join("tree");
    checked(Command::new("dpkg-deb").arg("--raw-extract").arg(deb).arg(&tree))?;
    let control = tree.join("DEBIAN/control");
    let text = fs::read_to_string(&control)?;
    let line = |line: &str| if line.starts_with("Version: ") { format!("{line}+1") } else { line.to_owned() };
    fs::write(&control, text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n")?;
    let file = work.join("newer.deb");
    checked(Command::new("dpkg-deb").args(["--root-owner-group", "-Zgzip", "-z1", "--build"]).arg(&tree).arg(&file))?;
    let bytes = fs::read(&file)?;
    fs::remove_dir_all(&work).ok();
    Ok(bytes)
}
