//! Many accounts, of which one hangs: the others do not notice.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tamis_tests::{
    letter::Letter,
    program,
    proxy::{Moment, Proxy},
    wait_until,
    world::{PASSWORD, PATIENCE},
};
use xtask::{
    agent::Agent,
    dovecot::{Dovecot, Options},
};

/// The first of them hangs.
const USERS: [&str; 5] = ["robin", "dana", "kim", "noor", "sasha"];

/// How soon the agent answers, whatever its accounts do.
const ANSWER: Duration = Duration::from_secs(2);

/// An account that cannot take leave of its server is left alone after three seconds.
const END: Duration = Duration::from_secs(5);

#[test]
fn while_one_account_hangs_the_others_go_on_and_all_end_in_time() -> Result<()> {
    let server = Dovecot::start(Options::default())?;
    for user in USERS {
        server.add_user(user, PASSWORD)?;
    }
    let proxy = Proxy::start(server.port)?;
    let [hanging, others @ ..] = USERS;
    let mut agent = Agent::prepare_plain(program("tamis-agent")?, proxy.port(), hanging, PASSWORD)?;
    for user in others {
        agent.add_plain_account(user, user, server.port)?;
    }
    agent.start()?;
    proxy.hold("BODY.PEEK[]", Moment::Done);
    let held = Letter::spam("held")?;
    server.deliver(hanging, "bounce@example.net", &held.raw)?;
    // From here on no answer of the server comes through.
    proxy.wait_held(PATIENCE)?;

    let letters = others.map(|user| (user, Letter::spam(&format!("to-{user}"))));
    let start = Instant::now();
    for (user, letter) in &letters {
        let letter = letter.as_ref().ok().context("a letter cannot be written")?;
        server.deliver(user, "bounce@example.net", &letter.raw)?;
    }
    wait_until("the other accounts to file their spam", Duration::from_secs(5), || {
        let rows = agent.rows()?;
        Ok((rows.iter().filter(|row| row.folder == "Junk").count() == others.len()).then_some(()))
    })
    .with_context(|| agent.log())?;
    println!("four accounts filed their spam {:?} after its delivery began", start.elapsed());

    let asked = Instant::now();
    let status = agent.status()?;
    ensure!(asked.elapsed() < ANSWER, "the status took {:?}", asked.elapsed());
    ensure!(status.get("judged").and_then(serde_json::Value::as_u64) == Some(4), "{status:#}");

    let asked = Instant::now();
    agent.stop()?;
    println!("it ended {:?} after it was asked to", asked.elapsed());
    ensure!(asked.elapsed() < END, "it ended only after {:?}", asked.elapsed());

    let most = most_sessions(&server.log());
    println!("the most sessions at the same time: {most:?}");
    ensure!(most.len() == USERS.len(), "not every account logged in: {most:?}");
    ensure!(most.values().all(|most| *most <= 2), "more than two connections of one account: {most:?}");
    for (user, letter) in letters {
        let letter = letter?;
        let mut eye = server.imap(user, PASSWORD)?;
        let is_there = |seen: &xtask::imap::Seen| seen.message_id == letter.id;
        ensure!(eye.folder("Junk")?.iter().any(is_there), "the spam of {user} is not in Junk");
        ensure!(!eye.folder("INBOX")?.iter().any(is_there), "the spam of {user} is still in the inbox");
    }
    Ok(())
}

/// The most sessions that each user had at the same time, by the server's log.
fn most_sessions(log: &str) -> BTreeMap<String, i32> {
    let (mut open, mut most) = (BTreeMap::<String, i32>::new(), BTreeMap::<String, i32>::new());
    for line in log.lines() {
        for user in USERS {
            let sessions = open.entry(user.to_owned()).or_default();
            if line.contains(&format!("Login: user=<{user}>")) {
                *sessions += 1;
                let most = most.entry(user.to_owned()).or_default();
                *most = (*most).max(*sessions);
            } else if line.contains(&format!("imap({user})")) && line.contains("Disconnected") {
                *sessions -= 1;
            }
        }
    }
    most
}
