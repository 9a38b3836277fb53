//! One person's world: a server, the agent that watches the inbox there, and eyes of our own.

use std::{
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use xtask::{
    agent::{Agent, Row},
    dovecot::{Dovecot, Options},
    imap::{Imap, Seen},
    server::Server,
};

use crate::{letter::Letter, program, proxy::Proxy, wait_until};

/// The person's user name.
pub const USER: &str = "robin";

/// The person's password.
pub const PASSWORD: &str = "fine-mesh-9174";

/// How long a thing may take that has no promise of its own.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A server that cannot move, but can expunge a single message.
pub const WITHOUT_MOVE: &str = "IMAP4rev1 LITERAL+ IDLE NAMESPACE SPECIAL-USE UNSELECT UIDPLUS";

/// A server that can do neither.
pub const WITHOUT_MOVE_AND_UIDPLUS: &str = "IMAP4rev1 LITERAL+ IDLE NAMESPACE SPECIAL-USE UNSELECT";

/// A server that says it is capable of just this, or says the truth.
pub fn capable_of(capability: Option<&str>) -> Options {
    Options { capability: capability.map(str::to_owned), ..Options::default() }
}

/// A server and an agent. Fields end in this order.
#[derive(Debug)]
pub struct World {
    /// The agent, not yet started.
    pub agent: Agent,
    /// What stands between the two. Nothing comes through it in a world over TLS.
    pub proxy: Proxy,
    /// Our own connection.
    pub eye: Imap,
    /// The server.
    pub server: Server,
    /// The Junk folder, as its name goes over the wire.
    pub junk: String,
}

impl World {
    /// The agent speaks plain text, through the proxy, to a Dovecot.
    pub fn new(options: Options) -> Result<Self> {
        Self::on(Dovecot::start(options)?)
    }

    /// The agent speaks TLS, as people have it, to a Dovecot.
    pub fn over_tls(options: Options) -> Result<Self> {
        Self::over_tls_on(Dovecot::start(options)?)
    }

    /// The agent speaks plain text, through the proxy, to a server that has no users yet.
    pub fn on(server: Server) -> Result<Self> {
        Self::build(server, |proxy, _| Agent::prepare_plain(program("tamis-agent")?, proxy.port(), USER, PASSWORD))
    }

    /// The agent speaks TLS to a server that has no users yet.
    pub fn over_tls_on(server: Server) -> Result<Self> {
        Self::build(server, |_, server| Agent::prepare(program("tamis-agent")?, server, USER, PASSWORD))
    }

    fn build(server: Server, agent: impl FnOnce(&Proxy, &Server) -> Result<Agent>) -> Result<Self> {
        server.add_user(USER, PASSWORD)?;
        let eye = server.imap(USER, PASSWORD)?;
        let proxy = Proxy::start(server.port)?;
        let agent = agent(&proxy, &server)?;
        // Nobody is asked about mail but in tests that say so.
        agent.set("[network]", "enabled", &Value::Bool(false))?;
        // Whatever else this machine has must not have a say.
        agent.set("[clamd]", "socket", &json!("off"))?;
        // The letters of most tests are written after one pattern, and are not to be known again by it.
        agent.set("[fingerprints]", "local", &Value::Bool(false))?;
        let junk = format!("{}Junk", server.options.prefix);
        Ok(Self { agent, proxy, eye, server, junk })
    }

    /// A world whose agent is at work.
    pub fn started(options: Options) -> Result<Self> {
        let mut world = Self::new(options)?;
        world.agent.start()?;
        Ok(world)
    }

    /// Brings a letter by LMTP.
    pub fn deliver(&self, letter: &Letter) -> Result<()> {
        self.server.deliver(USER, "bounce@example.net", &letter.raw)
    }

    /// Every copy of a letter, by folder: its name, and how the letter is seen there.
    pub fn copies(&mut self, letter: &Letter) -> Result<Vec<(String, Seen)>> {
        let mut found = Vec::new();
        let mut folders = self.eye.folders()?;
        folders.sort();
        for folder in folders {
            let seen = self.eye.folder(&folder)?.into_iter().filter(|seen| seen.message_id == letter.id);
            found.extend(seen.map(|seen| (folder.clone(), seen)));
        }
        Ok(found)
    }

    /// The folder of every copy of a letter.
    pub fn places(&mut self, letter: &Letter) -> Result<Vec<String>> {
        Ok(self.copies(letter)?.into_iter().map(|(folder, _)| folder).collect())
    }

    /// The only copy of a letter, which must be in `folder`.
    pub fn only_copy(&mut self, letter: &Letter, folder: &str) -> Result<Seen> {
        let mut copies = self.copies(letter)?;
        let places: Vec<&str> = copies.iter().map(|(folder, _)| folder.as_str()).collect();
        ensure!(
            places == [folder],
            "`{}` is in {places:?}, not once in {folder}. The agent says\n{}\nand\n{}",
            letter.subject,
            self.agent.say(&["junk", "--all", "--json"]).unwrap_or_default(),
            self.agent.log()
        );
        Ok(copies.remove(0).1)
    }

    /// Waits until a letter is in `folder` and nowhere else. Says how long that took.
    pub fn wait_for_place(&mut self, letter: &Letter, folder: &str) -> Result<Duration> {
        let start = Instant::now();
        let found = wait_until(folder, PATIENCE, || Ok((self.places(letter)? == [folder]).then(|| start.elapsed())));
        found.or_else(|_| self.only_copy(letter, folder).map(|_| start.elapsed()))
    }

    /// Waits until the agent has judged as many letters in its life and has nothing left to do.
    pub fn wait_judged(&self, count: u64) -> Result<()> {
        self.agent.wait_for(&format!("judge {count} messages and finish"), PATIENCE, |status| {
            (number(status, "judged") == Some(count) && number(status, "pending") == Some(0)).then_some(())
        })
    }

    /// Waits until everything that has arrived is dealt with: a last letter is delivered and filed behind it.
    pub fn wait_for_all(&mut self, name: &str) -> Result<()> {
        let last = Letter::spam(name)?;
        self.deliver(&last)?;
        let junk = self.junk.clone();
        self.wait_for_place(&last, &junk)?;
        self.wait_until_nothing_is_left()
    }

    /// Waits until the agent has nothing left to do of what it has begun.
    pub fn wait_until_nothing_is_left(&self) -> Result<()> {
        // What the server has refused is tried again with the next look, which may be that of the usual times.
        self.agent.wait_for("finish", 5 * PATIENCE, |status| (number(status, "pending") == Some(0)).then_some(()))
    }

    /// What the agent has about a letter: exactly one row.
    pub fn row(&self, letter: &Letter) -> Result<Row> {
        let mut rows = self.rows(letter)?;
        ensure!(rows.len() == 1, "the agent has {} rows about `{}`: {rows:#?}", rows.len(), letter.subject);
        Ok(rows.remove(0))
    }

    /// Everything the agent has about a letter.
    pub fn rows(&self, letter: &Letter) -> Result<Vec<Row>> {
        Ok(self.agent.rows()?.into_iter().filter(|row| row.subject == letter.subject).collect())
    }

    /// A number of the agent's status, such as `judged`.
    pub fn status_number(&self, name: &str) -> Result<u64> {
        number(&self.agent.status()?, name).with_context(|| format!("the status has no number `{name}`"))
    }

    /// Does `release`, `spam` or `ham` to a letter.
    pub fn teach(&self, word: &str, letter: &Letter) -> Result<String> {
        self.agent.say(&[word, &self.row(letter)?.id.to_string()])
    }
}

fn number(status: &Value, name: &str) -> Option<u64> {
    status.get(name)?.as_u64()
}

/// Now, in Unix seconds.
pub fn seconds_now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// The first account of a status.
pub fn account(status: &Value) -> Option<&Value> {
    status.get("accounts")?.as_array()?.first()
}

/// The flags of a message in alphabetical order, without the one that only says who looked first.
pub fn flags(seen: &Seen) -> Vec<&str> {
    let mut flags: Vec<&str> = seen.flags.split_whitespace().filter(|flag| *flag != r"\Recent").collect();
    flags.sort_unstable();
    flags
}

/// A date as IMAP writes it, in Unix seconds: servers tell it in their own time zone.
pub fn seconds(date: &str) -> Result<u64> {
    let spaced = date.replacen('-', " ", 2);
    let output = Command::new("date").args(["-d", &spaced, "+%s"]).output().context("cannot run date")?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().with_context(|| format!("{date} is no date"))
}
