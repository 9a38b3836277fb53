//! The first time: somebody opens the window, connects a mailbox, and makes friends with the filter. Every step is done with
//! the mouse and the keyboard on a real screen, by the names that a screen reader reads, and has its picture.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use tamis_tests::{
    program,
    reader::{Reader, Thing},
    repository::root,
    screen::{Running, Screen},
    session::Keyring,
    wait_until,
    world::{PASSWORD, PATIENCE, USER},
};
use tempfile::TempDir;
use xtask::{
    dovecot::{Dovecot, Options},
    imap::Imap,
    server::Server,
};

/// Some things a person waits for: learning, a first connection.
const LONG: Duration = Duration::from_mins(1);

/// So many of the demo letters are there before Tamis is.
const OLD: usize = 40;

/// Spam of the demo that a filter lets through: a word of its subject or sender, and its identifier.
const LET_THROUGH: [(&str, &str); 2] = [
    ("supplier account", "LO2Pa236288604a0@mail.kestreiworks.test"),
    ("article pour", "5ACB53BD-9ECE-3446-E3A0-79745CDA7FC8@plume-et-reseau.example"),
];

/// A letter that somebody wants, and that looks like spam.
const WANTED: &str = "\
Return-Path: <jitka.treasurer@example.com>
From: \"Jitka from the allotment club\" <jitka.treasurer@example.com>
To: undisclosed-recipients:;
Subject: FW: FINAL NOTICE - YOUR PAYMENT IS OVERDUE, CLICK HERE
Date: Fri, 27 Nov 2026 09:12:00 +0100
Message-ID: <club-fees@example.com>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body><p>Dear member,</p>
<p>Please verify your payment of 40 euros for the allotment within 24 hours, or your account will be suspended and
your plot is given to the next on the list!!!</p>
<p>Act now: <a href=\"https://example.com/club\">example.com/club</a></p>
<p>Congratulations to Ema, who has won the prize for the largest pumpkin. 100% FREE seeds for everybody who comes on
Saturday.</p>
<p>Jitka, treasurer</p></body></html>
";

/// So long a screen may take to come to rest for its picture.
const REST: Duration = Duration::from_secs(5);

#[test]
fn a_first_time_from_opening_the_window_to_reading_the_figures() -> Result<()> {
    let mut walk = Walk::start()?;
    walk.opens()?;
    walk.connects()?;
    walk.learns()?;
    walk.sees_the_first_junk()?;
    walk.releases_what_is_none()?;
    walk.drags_two_to_spam_and_takes_one_back()?;
    walk.accepts_a_sender()?;
    walk.reads_the_figures()?;
    ensure!(!walk.window.has_ended()?, "the window has ended by itself");
    Ok(())
}

/// A person before a screen. Fields end in this order.
struct Walk {
    window: Running,
    number: String,
    reader: Reader,
    screen: Screen,
    _keyring: Keyring,
    eye: Imap,
    server: Server,
    home: TempDir,
    pictures: u32,
}

impl Walk {
    fn start() -> Result<Self> {
        let server = Dovecot::start(Options::default())?;
        server.add_user(USER, PASSWORD)?;
        let mut eye = server.imap(USER, PASSWORD)?;
        old_mail(&mut eye)?;
        let home = TempDir::new()?;
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700))?;
        // Whatever else this machine has must not have a say.
        let settings = "[network]\nenabled = false\n\n[watch]\njudge_old = true\n\n[clamd]\nsocket = \"off\"\n\n[fingerprints]\nlocal = false\n";
        fs::write(home.path().join("tamis.toml"), settings)?;
        let keyring = Keyring::unlocked(&home.path().join("keyring"))?;
        let reader = Reader::on(keyring.address())?;
        let screen = Screen::start()?;
        let mut window = screen.command(program("tamis")?);
        window.arg("--home").arg(home.path()).env("DBUS_SESSION_BUS_ADDRESS", keyring.address());
        let window = Running::start(&mut window)?;
        let number = screen.wait_for_window("Tamis", PATIENCE)?;
        screen.focus(&number)?;
        Ok(Self { window, number, reader, screen, _keyring: keyring, eye, server, home, pictures: 0 })
    }

    /// The window opens, starts the agent by itself, and says what to do.
    fn opens(&mut self) -> Result<()> {
        self.see("button", "Add account…")?;
        self.picture("welcome")
    }

    /// An address, a password, and the server, as this one is on no list.
    fn connects(&mut self) -> Result<()> {
        self.click("button", "Add account…")?;
        self.fill("Address", "robin@example.org")?;
        self.fill("Password", PASSWORD)?;
        self.fill("Server", "localhost")?;
        self.click_any("More settings")?;
        let port = self.server.tls_port.to_string();
        let ca_file = self.server.ca_file().display().to_string();
        self.fill("Port", &port)?;
        self.fill("User", USER)?;
        self.fill("CA file", &ca_file)?;
        self.picture("account")?;
        self.click("button", "Add")?;
        self.wait("the account to be connected", LONG, |thing| thing.name.starts_with("Step 1 of 4"))?;
        self.picture("folders")?;
        self.click("button", "Next")?;
        self.wait("what becomes of junk", PATIENCE, |thing| thing.name.starts_with("Step 2 of 4"))?;
        self.picture("treatment")?;
        self.click("button", "Next")
    }

    /// The mail that is there already is learned from: it is counted first, then the person agrees.
    fn learns(&mut self) -> Result<()> {
        self.wait("what there is to learn from", LONG, |thing| thing.name.contains("as spam from Junk"))?;
        self.picture("to-learn")?;
        self.click_in_front("Learn from it in")?;
        self.wait("learning to end", LONG, |thing| thing.name.starts_with("Learned from the mail that was there"))?;
        self.picture("learned")?;
        self.click("button", "Next")?;
        self.wait("what happens now", PATIENCE, |thing| thing.name.starts_with("Step 4 of 4"))?;
        // Nothing of this machine is to start the agent of a test.
        self.click_in_front("Start Tamis when I log in")?;
        self.picture("done")?;
        self.click("button", "Finish")?;
        self.wait("the account to be watched", LONG, |thing| thing.name == "Watching")?;
        self.picture("connected")
    }

    /// New mail comes, and some of it is filed.
    fn sees_the_first_junk(&mut self) -> Result<()> {
        for raw in demo()?.into_iter().skip(OLD).map(|(_, raw)| raw).chain([WANTED.replace('\n', "\r\n").into_bytes()])
        {
            self.server.deliver(USER, "bounce@example.net", &raw)?;
        }
        self.screen.press("Escape")?;
        self.click_any("To review")?;
        self.wait("what was filed", LONG, |thing| is_row(thing, "allotment"))?;
        self.picture("junk")
    }

    /// One of it is wanted, and a key brings it back.
    fn releases_what_is_none(&mut self) -> Result<()> {
        self.click_row("allotment")?;
        self.picture("wanted")?;
        self.screen.press("r")?;
        self.wait_for_folder("INBOX", "club-fees@example.com", true)?;
        self.picture("released")
    }

    /// Two that were let through are dragged onto the well, one after the other; the second was a mistake.
    fn drags_two_to_spam_and_takes_one_back(&mut self) -> Result<()> {
        self.click_any("All mail")?;
        for (word, id) in LET_THROUGH {
            self.fill("Search sender, subject and text", word)?;
            let row = self.only_row(word)?;
            let well = self.wait("the well", PATIENCE, |thing| thing.name == "Drop here to teach: Spam")?;
            self.screen.drag(&self.number, row.middle(), well.middle())?;
            self.picture(&format!("dropped-{}", word.split(' ').next().unwrap_or_default()))?;
            self.wait_for_folder("Junk", id, true)?;
        }
        self.picture("dragged")?;
        self.screen.press("Escape")?;
        self.screen.press("ctrl+z")?;
        self.wait_for_folder("INBOX", LET_THROUGH[1].1, true)?;
        self.wait_for_folder("Junk", LET_THROUGH[0].1, true)?;
        self.picture("undone")
    }

    /// Somebody who is wanted is always accepted, by a key.
    fn accepts_a_sender(&mut self) -> Result<()> {
        self.fill("Search sender, subject and text", "allotment")?;
        let row = self.only_row("allotment")?;
        self.screen.click(&self.number, row.middle())?;
        self.screen.press("a")?;
        let mut list = Command::new(program("tamis-agent")?);
        list.arg("--home").arg(self.home.path()).args(["list", "show"]);
        wait_until("the sender to be on the list", PATIENCE, || {
            let said = String::from_utf8_lossy(&list.output()?.stdout).into_owned();
            Ok(said.contains("jitka.treasurer@example.com").then_some(()))
        })?;
        self.picture("accepted")
    }

    /// What came of it all, in figures.
    fn reads_the_figures(&mut self) -> Result<()> {
        self.click_any("Statistics")?;
        self.wait("the figures", PATIENCE, |thing| thing.name.contains("put back"))?;
        self.picture("statistics")
    }

    fn row(&self, word: &str) -> Result<Thing> {
        self.wait(&format!("a row about {word}"), PATIENCE, |thing| is_row(thing, word))
    }

    /// The row of a list that has no other.
    fn only_row(&self, word: &str) -> Result<Thing> {
        wait_until(&format!("only a row about {word}"), PATIENCE, || {
            let rows: Vec<Thing> = self.reader.things()?.into_iter().filter(|thing| thing.role == "row").collect();
            Ok(rows.first().filter(|row| rows.len() == 1 && is_row(row, word)).cloned())
        })
    }

    fn click_row(&self, word: &str) -> Result<()> {
        self.screen.click(&self.number, self.row(word)?.middle())
    }

    fn wait_for_folder(&mut self, folder: &str, id: &str, is_there: bool) -> Result<()> {
        let id = format!("<{id}>");
        wait_until(&format!("{id} in {folder}"), PATIENCE, || {
            let has = self.eye.folder(folder)?.iter().any(|seen| seen.message_id == id);
            Ok((has == is_there).then_some(()))
        })
    }

    fn see(&self, role: &str, name: &str) -> Result<Thing> {
        self.wait(&format!("a {role} called {name}"), PATIENCE, |thing| thing.role == role && thing.name == name)
    }

    fn wait(&self, what: &str, limit: Duration, is_wanted: impl Fn(&Thing) -> bool) -> Result<Thing> {
        self.reader.wait_for(what, limit, is_wanted)
    }

    fn click(&self, role: &str, name: &str) -> Result<()> {
        let thing = self.see(role, name)?;
        self.screen.click(&self.number, thing.middle())
    }

    fn click_any(&self, name: &str) -> Result<()> {
        let thing = self.wait(&format!("something called {name}"), PATIENCE, |thing| thing.name.starts_with(name))?;
        self.screen.click(&self.number, thing.middle())
    }

    /// What is in a dialog and on the page behind it is in the dialog last.
    fn click_in_front(&self, name: &str) -> Result<()> {
        let is_it = |thing: &Thing| thing.name.starts_with(name) && thing.role != "label";
        let thing = self.reader.things()?.into_iter().rfind(is_it).with_context(|| format!("nothing called {name}"))?;
        self.screen.click(&self.number, thing.middle())
    }

    /// Types into a field what it is to hold.
    fn fill(&self, field: &str, text: &str) -> Result<()> {
        let is_field = |thing: &Thing| thing.name == field && thing.role != "label";
        // What is above it may have grown meanwhile: then it was missed, and is tried again.
        wait_until(&format!("`{text}` to be in the field {field}"), LONG, || {
            let thing = self.wait(&format!("a field called {field}"), PATIENCE, is_field)?;
            self.screen.click(&self.number, thing.middle())?;
            self.screen.press("ctrl+a")?;
            self.screen.type_text(text)?;
            let typed = |thing: &Thing| is_field(thing) && (thing.role != "field" || thing.text == text);
            Ok(self.wait("what was typed", Duration::from_secs(5), typed).ok())
        })
        .map(|_| ())
    }

    /// Keeps what is on the screen once it has come to rest.
    fn picture(&mut self, name: &str) -> Result<()> {
        self.pictures += 1;
        let path = folder()?.join(format!("{:02}-{name}.png", self.pictures));
        // Where the cursor blinks in a field, nothing comes to rest.
        self.screen.picture_at_rest(&path, REST).or_else(|_| self.screen.picture(&path)).map(|_| ())
    }
}

impl Drop for Walk {
    /// The window leaves the agent running, as it should: here somebody has to end it.
    fn drop(&mut self) {
        let home = format!("TAMIS_HOME={}\0", self.home.path().display());
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            if name.trim() == "tamis-agent" && String::from_utf8_lossy(&environment).contains(&home) {
                Command::new("kill").arg(entry.file_name()).status().ok();
            }
        }
    }
}

fn is_row(thing: &Thing, word: &str) -> bool {
    thing.role == "row" && thing.name.contains(word)
}

/// Where the pictures are kept.
fn folder() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("walk");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The mailbox before Tamis came: what was read in the inbox, and what the provider had put into Junk.
fn old_mail(eye: &mut Imap) -> Result<()> {
    for (label, raw) in demo()?.into_iter().take(OLD) {
        let (folder, flags) = if label == "ham" { ("INBOX", r"(\Seen)") } else { ("Junk", "()") };
        eye.append(folder, flags, "\"20-Nov-2025 10:00:00 +0000\"", &raw)?;
    }
    Ok(())
}

/// The letters of the demo, each with what it is.
fn demo() -> Result<Vec<(String, Vec<u8>)>> {
    let folder = root().join("assets/demo");
    let index = fs::read_to_string(folder.join("demo.index"))?;
    index
        .lines()
        .map(|line| {
            let (label, name) = line.split_once(' ').context("a line of demo.index")?;
            Ok((label.to_owned(), fs::read(folder.join(name))?))
        })
        .collect()
}
