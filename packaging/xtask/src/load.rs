//! What the agent costs and how quick it is with large mailboxes, measured on a private mail server.

use std::{
    fmt, fs,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, Receiver},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use xtask::{
    agent::Agent,
    dovecot::{self, Dovecot, Options},
    imap::Imap,
    packages,
    server::Server,
    stop,
};

use crate::{demo, letters};

const PASSWORD: &str = "load-password";

/// The mail of each account is spread over so many days, and so many are looked at.
const DAYS: u64 = 30;

/// No step may take longer.
const LONG: Duration = Duration::from_hours(2);

/// How many announcements of a server are remembered until the next delivery.
const ANNOUNCED: usize = 64;

/// How often the memory of the agent is looked at.
const SAMPLE: Duration = Duration::from_millis(50);

/// How often the server is asked whether a message is in Junk.
const LOOK: Duration = Duration::from_millis(5);

/// What is to be measured.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// How many accounts.
    pub(crate) accounts: usize,
    /// How many messages lie in each inbox before the first contact.
    pub(crate) messages: u64,
    /// How many pieces of spam arrive at rest, and as many at most during the look at older mail.
    pub(crate) deliveries: u64,
    /// Whether older mail is looked at as fast as it goes; else at the usual rate.
    pub(crate) is_unlimited: bool,
}

impl Default for Load {
    fn default() -> Self {
        Self { accounts: 10, messages: 20_000, deliveries: 200, is_unlimited: true }
    }
}

/// Runs it and prints a table.
pub(crate) fn run(load: &Load, corpus: &[Vec<u8>]) -> Result<ExitCode> {
    packages::ensure(packages::MAIL_SERVER)?;
    let program = demo::build(true)?;
    // Each connection of the agent and of ours is a process of this server.
    let extra = "default_process_limit = 2000\ndefault_client_limit = 8000".to_owned();
    let server = Dovecot::start(Options { extra, ..Options::default() })?;
    let users: Vec<String> = (0..load.accounts).map(|number| format!("user{number}")).collect();
    fill(&server, &users, load.messages, corpus)?;
    let mut agent = prepared(&program.join("tamis-agent"), &server, &users, load)?;

    let begun = Instant::now();
    agent.spawn()?;
    let memory = Memory::watch(agent.pid().context("the agent does not run")?)?;
    agent.wait_for("meet the inboxes", LONG, |status| {
        let accounts = status.get("accounts")?.as_array()?;
        let is_met =
            accounts.len() == users.len() && accounts.iter().all(|one| one.get("state") == Some(&json!("Watching")));
        is_met.then_some(())
    })?;
    println!("first contact      {:8.1} s   resident {}", begun.elapsed().as_secs_f64(), memory.now_and_peak()?);

    let mut eyes = users.iter().map(|user| Eyes::open(&server, user)).collect::<Result<Vec<_>>>()?;
    let all = load.messages * u64::try_from(users.len())?;
    let begun = Instant::now();
    for name in names(&users) {
        agent.say(&["backfill", &name, "--days", &DAYS.to_string()])?;
    }
    let mut busy = Latency::default();
    while !is_over(&agent.status()?) {
        ensure!(!stop::asked(), "stopped");
        if busy.count() < load.deliveries {
            let number = usize::try_from(busy.count())? % eyes.len();
            if let (Some(eye), Some(user)) = (eyes.get_mut(number), users.get(number)) {
                busy.note(eye.time(&server, user, &format!("busy-{}", busy.count()))?);
            }
        } else {
            thread::sleep(Duration::from_millis(100));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let judged = agent.status()?.get("judged").and_then(Value::as_u64).unwrap_or(0).saturating_sub(busy.count());
    println!("older mail         {seconds:8.1} s   resident {}", memory.now_and_peak()?);
    println!("                   {judged} of {all} messages, {:.0} a second", per_second(judged, seconds));
    println!("spam during that   {busy}");

    let mut quiet = Latency::default();
    while quiet.count() < load.deliveries {
        ensure!(!stop::asked(), "stopped");
        let number = usize::try_from(quiet.count())? % eyes.len();
        if let (Some(eye), Some(user)) = (eyes.get_mut(number), users.get(number)) {
            quiet.note(eye.time(&server, user, &format!("quiet-{}", quiet.count()))?);
        }
    }
    println!("spam at rest       {quiet}");
    println!("at the end                      resident {}", memory.now_and_peak()?);
    agent.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// Puts the mail into every inbox: written once, and linked into the others.
fn fill(server: &Server, users: &[String], messages: u64, corpus: &[Vec<u8>]) -> Result<()> {
    // It looks at its list of users at most once a second.
    for user in users {
        server.add_user(user, PASSWORD)?;
    }
    for user in users {
        // The server makes the mailbox.
        server.imap(user, PASSWORD)?.command("SELECT INBOX")?;
    }
    let Some((first, others)) = users.split_first() else { return Ok(()) };
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let step = (DAYS - 1) * 86_400 / messages.max(1);
    let mail = (0..messages).map(|number| {
        let raw = letters::older(number, corpus);
        (raw, now - 3600 - (messages - 1 - number) * step)
    });
    dovecot::fill(server, first, mail)?;
    for other in others {
        dovecot::fill_alike(server, first, other)?;
    }
    Ok(())
}

fn prepared(program: &std::path::Path, server: &Server, users: &[String], load: &Load) -> Result<Agent> {
    let first = users.first().context("no account")?;
    let agent = Agent::prepare(program.to_owned(), server, first, PASSWORD)?;
    let ca_file = server.ca_file();
    for user in users.iter().skip(1) {
        let (address, port) = (format!("{user}@example.org"), server.tls_port.to_string());
        let password = format!("echo {PASSWORD}");
        let place = ["--host", "localhost", "--port", &port, "--ca-file", &ca_file.to_string_lossy()];
        let rest = ["--user", user, "--name", user, "--password-command", &password];
        agent.say(&[&["account", "add", &*address], &place[..], &rest[..]].concat())?;
    }
    // All of this is spam at once, and meant to be.
    agent.set("[brake]", "messages", &json!(100_000))?;
    agent.set("[brake]", "percent", &json!(100))?;
    if load.is_unlimited {
        agent.set("[watch]", "backfill_rate", &json!(0))?;
    }
    Ok(agent)
}

/// What the agent calls the accounts.
fn names(users: &[String]) -> Vec<String> {
    users.iter().enumerate().map(|(number, user)| if number == 0 { "Demo".to_owned() } else { user.clone() }).collect()
}

fn is_over(status: &Value) -> bool {
    let accounts = status.get("accounts").and_then(Value::as_array);
    let is_ended = |account: &Value| account.pointer("/backfill/is_ended") == Some(&json!(true));
    accounts.is_some_and(|accounts| accounts.iter().all(is_ended))
}

#[expect(clippy::cast_precision_loss, reason = "no inbox has so many messages")]
fn per_second(messages: u64, seconds: f64) -> f64 {
    messages as f64 / seconds
}

/// What we see of one account ourselves.
#[derive(Debug)]
struct Eyes {
    /// Has Junk selected.
    junk: Imap,
    filed: u64,
    /// When the server announced something new in the inbox.
    announced: Receiver<Instant>,
}

impl Eyes {
    fn open(server: &Server, user: &str) -> Result<Self> {
        let mut inbox = server.imap(user, PASSWORD)?;
        inbox.command("EXAMINE INBOX")?;
        let (tell, announced) = mpsc::sync_channel(ANNOUNCED);
        thread::Builder::new().name(user.to_owned()).spawn(move || {
            // It ends with the server.
            inbox
                .idle(|line| {
                    if line.trim_end().ends_with(" EXISTS") {
                        // Only the first counts.
                        tell.try_send(Instant::now()).ok();
                    }
                })
                .ok();
        })?;
        let mut junk = server.imap(user, PASSWORD)?;
        let filed = exists(&junk.command("EXAMINE Junk")?).unwrap_or(0);
        Ok(Self { junk, filed, announced })
    }

    /// Delivers a piece of spam. Says how long it took from there until it was in Junk, and from the server's announcement.
    fn time(&mut self, server: &Server, user: &str, name: &str) -> Result<(Duration, Duration)> {
        while self.announced.try_recv().is_ok() {}
        let spam = letters::spam(name);
        let begun = Instant::now();
        server.deliver(user, "bounce@example.net", &spam)?;
        let filed_at = loop {
            let now = exists(&self.junk.command("NOOP")?).unwrap_or(self.filed);
            if self.filed < now {
                self.filed = now;
                break Instant::now();
            }
            ensure!(begun.elapsed() < Duration::from_mins(5), "spam that was delivered is not in Junk");
            thread::sleep(LOOK);
        };
        // Whoever was quicker than the announcement has not waited for it.
        let announced_at = self.announced.try_recv().unwrap_or(filed_at);
        Ok((filed_at.duration_since(begun), filed_at.saturating_duration_since(announced_at)))
    }
}

/// How many messages the folder has, if the server says so.
fn exists(responses: &[Vec<u8>]) -> Option<u64> {
    let mut counts = responses.iter().filter_map(|response| {
        let text = String::from_utf8_lossy(response);
        text.trim().strip_prefix("* ")?.strip_suffix(" EXISTS")?.parse().ok()
    });
    counts.next_back()
}

/// How long pieces of spam took.
#[derive(Debug, Default)]
struct Latency {
    from_delivery: Vec<Duration>,
    from_announcement: Vec<Duration>,
}

impl Latency {
    fn note(&mut self, (from_delivery, from_announcement): (Duration, Duration)) {
        self.from_delivery.push(from_delivery);
        self.from_announcement.push(from_announcement);
    }

    fn count(&self) -> u64 {
        u64::try_from(self.from_delivery.len()).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} messages", self.count())?;
        for (what, times) in [("delivery", &self.from_delivery), ("announcement", &self.from_announcement)] {
            let mut times = times.clone();
            times.sort_unstable();
            let at = |percent: usize| {
                let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
                times.get(index).map_or(0, Duration::as_millis)
            };
            write!(f, "; from {what} to Junk: median {} ms, 99 % {} ms", at(50), at(99))?;
        }
        Ok(())
    }
}

/// The memory of a process, watched by a thread.
#[derive(Debug)]
pub(crate) struct Memory {
    pid: u32,
    peak_kib: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Memory {
    pub(crate) fn watch(pid: u32) -> Result<Self> {
        let (peak_kib, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (peak, end) = (Arc::clone(&peak_kib), Arc::clone(&is_over));
        let thread = thread::Builder::new().name("memory".to_owned()).spawn(move || {
            while !end.load(Ordering::Relaxed) {
                peak.fetch_max(resident_kib(pid).unwrap_or(0), Ordering::Relaxed);
                thread::sleep(SAMPLE);
            }
        })?;
        Ok(Self { pid, peak_kib, is_over, thread: Some(thread) })
    }

    /// Now, and the most since this was asked last.
    pub(crate) fn now_and_peak(&self) -> Result<String> {
        let now = resident_kib(self.pid)?;
        let peak = self.peak_kib.swap(now, Ordering::Relaxed).max(now);
        Ok(format!("{} MiB, at most {} MiB", now / 1024, peak / 1024))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn resident_kib(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the agent is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches(" kB").trim().parse().context("VmRSS is no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_tail_are_those_of_the_sorted_times() {
        let mut latency = Latency::default();
        for ms in (1..=200).rev() {
            latency.note((Duration::from_millis(ms), Duration::from_millis(2 * ms)));
        }
        assert_eq!(
            latency.to_string(),
            "200 messages; from delivery to Junk: median 100 ms, 99 % 198 ms; from announcement to Junk: median 200 ms, \
             99 % 396 ms"
        );
        assert!(Latency::default().to_string().starts_with("0 messages"));
    }

    #[test]
    fn a_folder_has_as_many_messages_as_the_server_said_last() {
        let said = |lines: &[&str]| lines.iter().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>();
        assert_eq!(exists(&said(&["* 3 EXISTS\r\n", "* 1 RECENT\r\n", "* 4 EXISTS\r\n"])), Some(4));
        assert_eq!(exists(&said(&["* OK done\r\n"])), None);
    }
}
