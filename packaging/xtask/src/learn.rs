//! How fast the agent learns from the mail that is there, and what it costs, measured on a private mail server.

use std::{
    process::ExitCode,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use xtask::{
    agent::Agent,
    dovecot::{self, Dovecot, Options},
    packages, stop,
};

use crate::{demo, demo::Labelled, letters, load::Memory};

const USER: &str = "user0";
const PASSWORD: &str = "learn-password";

/// The mail is spread over so much time.
const SECONDS: u64 = 300 * 86_400;

/// No step may take longer.
const LONG: Duration = Duration::from_hours(2);

/// What is to be measured.
#[derive(Debug)]
pub(crate) struct Learn {
    /// How many messages there are.
    pub(crate) messages: u64,
    /// Every second one is one of these.
    pub(crate) corpus: Vec<Labelled>,
}

impl Default for Learn {
    fn default() -> Self {
        Self { messages: 20_000, corpus: Vec::new() }
    }
}

/// Runs it and prints what came of it.
pub(crate) fn run(learn: &Learn) -> Result<ExitCode> {
    packages::ensure(packages::MAIL_SERVER)?;
    let program = demo::build(true)?;
    let server = Dovecot::start(Options::default())?;
    server.add_user(USER, PASSWORD)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let step = SECONDS / learn.messages.max(1);
    let raws: Vec<Vec<u8>> = learn.corpus.iter().map(|mail| mail.raw.clone()).collect();
    for (folder, is_junk) in [("", false), ("Junk", true)] {
        let of_folder = (0..learn.messages).filter(|number| is_spam(*number, &learn.corpus) == is_junk);
        let mail =
            of_folder.map(|number| (letters::older(number, &raws), now - 3600 - (learn.messages - 1 - number) * step));
        dovecot::fill_read(&server, (USER, folder), mail)?;
    }
    let mut agent = Agent::prepare(program.join("tamis-agent"), &server, USER, PASSWORD)?;
    // As many as are there.
    agent.set("[learn]", "most", &json!(learn.messages.clamp(10, 200_000)))?;
    agent.start()?;
    let memory = Memory::watch(agent.pid().context("the agent does not run")?)?;
    println!("before             resident {}", memory.now_and_peak()?);

    let begun = Instant::now();
    agent.say(&["learn", "Demo", "--start"])?;
    let mut counted = None;
    let learning = loop {
        ensure!(!stop::asked(), "stopped");
        let status = agent.status()?;
        let learning = status.pointer("/accounts/0/learning").cloned().unwrap_or_default();
        if learning.get("is_planned") == Some(&json!(true)) {
            counted.get_or_insert_with(|| begun.elapsed());
        }
        if learning.get("is_ended") == Some(&json!(true)) {
            break learning;
        }
        ensure!(begun.elapsed() < LONG, "it does not end: {learning}");
        thread::sleep(Duration::from_millis(100));
    };
    let seconds = begun.elapsed().as_secs_f64();
    let done = learning.get("done").and_then(Value::as_f64).unwrap_or_default();
    println!("counted after      {:8.1} s", counted.unwrap_or_default().as_secs_f64());
    println!("learned            {seconds:8.1} s   resident {}", memory.now_and_peak()?);
    println!("                   {done} messages, {:.0} a second", done / seconds);
    println!("{}", agent.say(&["learn", "Demo"])?);

    let begun = Instant::now();
    agent.say(&["undo"])?;
    println!("taken back after   {:8.1} s   resident {}", begun.elapsed().as_secs_f64(), memory.now_and_peak()?);
    agent.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// Whether that message of [`letters::older`] lies in Junk.
fn is_spam(number: u64, corpus: &[Labelled]) -> bool {
    let index = usize::try_from(number / 2).unwrap_or(0).checked_rem(corpus.len());
    match index.and_then(|index| corpus.get(index)).filter(|_| number % 2 == 1) {
        Some(mail) => mail.is_spam,
        None => number.is_multiple_of(4),
    }
}
