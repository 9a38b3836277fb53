//! Two Tamis on one mailbox, as on a laptop and a desktop computer: no fight, no double lesson, no ping-pong.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    program,
    proxy::{Moment, Proxy},
    wait_until,
    world::{PASSWORD, PATIENCE, USER, World, flags},
};
use xtask::{
    agent::{Agent, Row},
    dovecot::Options,
};

const TAG: &str = "[account.policy]\nspam = \"tag\"";

/// Each look at the other folders begins with this.
const POLL: &str = "STATUS \"Junk\"";

/// How often both look around while nothing may happen.
const POLLS: usize = 10;

/// The agent of the world is the laptop's.
struct Pair {
    desktop: Agent,
    wire: Proxy,
    world: World,
}

#[test]
fn both_know_where_the_only_copy_is_when_one_was_quicker() -> Result<()> {
    let mut pair = Pair::started("")?;
    let spam = Letter::spam("raced-for")?;
    pair.deliver_and_hold_both(&spam, "UID MOVE")?;
    pair.wire.let_go();
    wait(&pair.desktop, 1, "judged")?;
    pair.world.proxy.let_go();
    wait(&pair.world.agent, 1, "judged")?;

    pair.rest()?;
    let uid = u64::from(pair.world.only_copy(&spam, "Junk")?.uid);
    for agent in [&pair.world.agent, &pair.desktop] {
        let row = row(agent, &spam)?.context("no row")?;
        assert_eq!((row.folder.as_str(), row.uid), ("Junk", uid));
    }
    Ok(())
}

#[test]
fn whoever_is_quicker_each_message_is_in_its_place_once() -> Result<()> {
    let mut pair = Pair::started("")?;
    let (mut spam, mut ham) = (Vec::new(), Vec::new());
    for number in 0..8 {
        spam.push(Letter::spam(&format!("spam-{number}"))?);
        ham.push(Letter::ham(&format!("ham-{number}"))?);
    }
    for letter in spam.iter().chain(&ham) {
        pair.world.deliver(letter)?;
    }
    for letter in &spam {
        pair.world.wait_for_place(letter, "Junk")?;
    }

    pair.rest()?;
    for (folder, letters) in [("Junk", &spam), ("INBOX", &ham)] {
        for letter in letters {
            let uid = u64::from(pair.world.only_copy(letter, folder)?.uid);
            for row in [row(&pair.world.agent, letter)?, row(&pair.desktop, letter)?].into_iter().flatten() {
                let name = if folder == "INBOX" { "Inbox" } else { folder };
                ensure!(
                    row.folder.is_empty() || (row.folder == name && row.uid == uid),
                    "{row:?} is not {uid} in {folder}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn what_one_released_while_the_other_was_off_stays_in_the_inbox() -> Result<()> {
    released_while_the_desktop_was_off(false)
}

#[test]
fn what_one_released_while_the_other_was_off_stays_although_the_server_keeps_no_keywords() -> Result<()> {
    released_while_the_desktop_was_off(true)
}

#[test]
fn what_the_person_takes_out_of_junk_stays_out_although_only_the_other_had_filed_it() -> Result<()> {
    let mut pair = Pair::started("")?;
    pair.rest()?;
    pair.desktop.stop()?;
    let spam = Letter::spam("filed-by-one")?;
    pair.world.deliver(&spam)?;
    pair.world.wait_for_place(&spam, "Junk")?;
    pair.world.wait_judged(1)?;
    pair.desktop.start()?;

    let uid = pair.world.only_copy(&spam, "Junk")?.uid;
    pair.world.eye.carry("Junk", uid, "INBOX")?;

    pair.rest()?;
    pair.world.only_copy(&spam, "INBOX")?;
    assert!(row(&pair.desktop, &spam)?.is_none(), "it is not even judged");
    Ok(())
}

#[test]
fn what_the_person_takes_out_of_junk_stays_out_although_the_server_had_filed_it() -> Result<()> {
    let mut pair = Pair::started("")?;
    pair.rest()?;
    let spam = Letter::spam("filed-by-the-server")?;
    pair.world.eye.append("Junk", "()", &now()?, &spam.raw)?;
    pair.rest()?;

    let uid = pair.world.only_copy(&spam, "Junk")?.uid;
    pair.world.eye.carry("Junk", uid, "INBOX")?;

    pair.rest()?;
    pair.world.only_copy(&spam, "INBOX")?;
    assert_eq!(number(&pair.world.agent, "judged")?, 0);
    Ok(())
}

#[test]
fn what_was_filed_here_does_not_let_the_same_message_through_when_it_comes_again() -> Result<()> {
    let mut pair = Pair::started("")?;
    let spam = Letter::spam("again-and-again")?;
    let at = seconds_now()?;
    pair.desktop.stop()?;
    pair.world.server.place(USER, &spam.raw, at)?;
    pair.world.wait_for_place(&spam, "Junk")?;
    wait_for_polls(&[&pair.world.proxy], 2)?;

    let again = [b"X-Way: another\r\n", &*spam.raw].concat();
    pair.world.server.place(USER, &again, at)?;

    wait_until("both to be filed", PATIENCE, || Ok((pair.world.places(&spam)? == ["Junk", "Junk"]).then_some(())))
}

#[test]
fn what_the_person_marks_on_one_is_left_to_it_by_the_other() -> Result<()> {
    let mut pair = Pair::started("")?;
    let letter = Letter::ham("tiresome")?;
    pair.world.deliver(&letter)?;
    wait(&pair.world.agent, 1, "judged")?;
    wait(&pair.desktop, 1, "judged")?;

    teach(&pair.desktop, "spam", &letter)?;

    pair.world.wait_for_place(&letter, "Junk")?;
    pair.rest()?;
    pair.world.only_copy(&letter, "Junk")?;
    let learned =
        |agent: &Agent| Ok::<_, anyhow::Error>((number(agent, "trained_spam")?, number(agent, "trained_ham")?));
    // The other one sees that it was moved to Junk: the person has said so, once.
    assert_eq!((learned(&pair.desktop)?, learned(&pair.world.agent)?), ((1, 0), (1, 0)));
    Ok(())
}

#[test]
fn what_both_have_marked_in_the_same_moment_is_there_once() -> Result<()> {
    for slower_says in [" APPEND ", "UID STORE", "UID EXPUNGE"] {
        let mut pair = Pair::started(TAG)?;
        let spam = Letter::spam("marked-twice")?;
        pair.deliver_and_hold_both(&spam, " APPEND ")?;
        if slower_says != " APPEND " {
            pair.world.proxy.hold(slower_says, Moment::Asked);
            pair.world.proxy.wait_held(PATIENCE)?;
        }
        pair.wire.let_go();
        wait(&pair.desktop, 1, "judged")?;
        pair.world.proxy.let_go();

        pair.is_marked_once_for_good(&spam).with_context(|| format!("held before {slower_says}"))?;
    }
    Ok(())
}

#[test]
fn whoever_is_quicker_a_message_is_marked_once_and_comes_back_as_it_was() -> Result<()> {
    let mut pair = Pair::started(TAG)?;
    let mut all = Vec::new();
    for number in 0..4 {
        let spam = Letter::spam(&format!("marked-{number}"))?;
        pair.world.server.place(USER, &spam.raw, seconds_now()?)?;
        pair.is_marked_once_for_good(&spam)?;
        all.push(spam);
    }
    let spam = all.remove(0);
    let is_back = released_as_it_was(&mut pair, true, &spam)? || released_as_it_was(&mut pair, false, &spam)?;
    ensure!(is_back, "nobody can give it back");
    Ok(())
}

#[test]
fn each_learns_once_what_it_is_told() -> Result<()> {
    let mut pair = Pair::started("")?;
    let (spam, dropped) = (Letter::spam("released")?, Letter::ham("dropped")?);
    pair.world.deliver(&spam)?;
    pair.world.deliver(&dropped)?;
    pair.world.wait_for_place(&spam, "Junk")?;
    wait(&pair.world.agent, 2, "judged")?;
    pair.world.teach("release", &spam)?;
    pair.rest()?;
    // The other one has learned from it if it knew the message.
    let learned = [number(&pair.world.agent, "trained_ham")?, number(&pair.desktop, "trained_ham")?];
    ensure!(learned[0] == 1 && learned[1] <= 1, "{learned:?}");

    let uid = pair.world.only_copy(&dropped, "INBOX")?.uid;
    pair.world.eye.carry("INBOX", uid, "Tamis/Spam")?;
    pair.world.wait_for_place(&dropped, "Junk")?;
    pair.rest()?;

    pair.world.only_copy(&dropped, "Junk")?;
    pair.world.only_copy(&spam, "INBOX")?;
    let learned = [number(&pair.world.agent, "trained_spam")?, number(&pair.desktop, "trained_spam")?];
    assert!(learned.iter().all(|times| *times <= 1) && learned.contains(&1), "{learned:?}");
    Ok(())
}

fn released_while_the_desktop_was_off(has_no_keywords: bool) -> Result<()> {
    let mut pair = Pair::started("")?;
    pair.desktop.stop()?;
    if has_no_keywords {
        pair.world.proxy.refuse("$NotJunk", "No keywords here");
        pair.wire.refuse("$NotJunk", "No keywords here");
    }
    let (spam, other) = (Letter::spam("wanted-after-all")?, Letter::ham("meanwhile")?);
    pair.world.server.place(USER, &spam.raw, seconds_now()? - 3600)?;
    pair.world.wait_for_place(&spam, "Junk")?;
    pair.world.wait_judged(1)?;
    pair.world.deliver(&other)?;
    pair.world.wait_judged(2)?;
    pair.world.teach("release", &spam)?;
    let seen = pair.world.only_copy(&spam, "INBOX")?;
    assert_eq!(flags(&seen).contains(&"$NotJunk"), !has_no_keywords, "{seen:?}");

    pair.desktop.start()?;
    pair.rest()?;

    assert_eq!(pair.world.only_copy(&spam, "INBOX")?.uid, seen.uid, "it was not moved away and back");
    pair.world.only_copy(&other, "INBOX")?;
    assert_eq!(number(&pair.world.agent, "trained_ham")?, 1);
    assert_eq!(number(&pair.desktop, "trained_ham")?, 0);
    Ok(())
}

/// Waits until an agent has done something so many times and has nothing left to do.
fn wait(agent: &Agent, count: u64, what: &str) -> Result<()> {
    let is_done = |status: &Value| {
        let number = |name: &str| status.get(name).and_then(Value::as_u64);
        (number(what) >= Some(count) && number("pending") == Some(0)).then_some(())
    };
    agent.wait_for(&format!("say that {count} are {what}"), PATIENCE, is_done)
}

impl Pair {
    /// Both watch, each with these settings besides.
    fn started(settings: &str) -> Result<Self> {
        let world = World::new(Options::default())?;
        let wire = Proxy::start(world.server.port)?;
        let desktop = Agent::prepare_plain(program("tamis-agent")?, wire.port(), USER, PASSWORD)?;
        let mut pair = Self { desktop, wire, world };
        for agent in [&mut pair.world.agent, &mut pair.desktop] {
            agent.set("[watch]", "poll", &json!("1 second"))?;
            agent.append_settings(settings)?;
        }
        // So that what the one writes into a mark is not what the other writes.
        pair.desktop.set("[judge]", "junk", &json!(6.0))?;
        pair.world.agent.start()?;
        pair.desktop.start()?;
        Ok(pair)
    }

    /// Delivers it, and holds both when they are about to say `words`: each has made up its mind, neither has acted.
    fn deliver_and_hold_both(&self, letter: &Letter, words: &str) -> Result<()> {
        let wires = [&self.world.proxy, &self.wire];
        for wire in wires {
            wire.hold(words, Moment::Asked);
        }
        self.world.deliver(letter)?;
        wires.iter().try_for_each(|wire| wire.wait_held(PATIENCE))
    }

    /// Lets both look around several times: whatever they had against each other would happen now.
    fn rest(&self) -> Result<()> {
        wait_for_polls(&[&self.world.proxy, &self.wire], POLLS)?;
        wait(&self.world.agent, 0, "judged")?;
        wait(&self.desktop, 0, "judged")
    }

    /// Waits until one marked copy of it is in the inbox, and nothing else; and that this stays so.
    fn is_marked_once_for_good(&mut self, letter: &Letter) -> Result<()> {
        let appended = |pair: &Self| pair.world.proxy.count(" APPEND ") + pair.wire.count(" APPEND ");
        self.rest()?;
        let (seen, before) = (self.world.only_copy(letter, "INBOX")?, appended(self));
        let raw = self.world.eye.message("INBOX", seen.uid)?;
        ensure!(raw.starts_with(b"X-Spam-Checker-Version: Tamis "), "{}", String::from_utf8_lossy(&raw));
        self.rest()?;
        ensure!(self.world.only_copy(letter, "INBOX")? == seen, "it was replaced again");
        ensure!(appended(self) == before, "copies were made and taken away");
        Ok(())
    }
}

/// Whether a release by one of the two brings back the original. Only one that has kept it can.
fn released_as_it_was(pair: &mut Pair, by_laptop: bool, letter: &Letter) -> Result<bool> {
    let agent = if by_laptop { &pair.world.agent } else { &pair.desktop };
    let rows: Vec<Row> = agent.rows()?.into_iter().filter(|row| row.subject == letter.subject).collect();
    let Some(known) = rows.iter().find(|row| row.folder == "Inbox") else { return Ok(false) };
    agent.say(&["release", &known.id.to_string()])?;
    pair.rest()?;
    let seen = pair.world.only_copy(letter, "INBOX")?;
    Ok(pair.world.eye.message("INBOX", seen.uid)? == letter.raw)
}

fn wait_for_polls(proxies: &[&Proxy], polls: usize) -> Result<()> {
    let before: Vec<usize> = proxies.iter().map(|proxy| proxy.count(POLL)).collect();
    let is_enough = || proxies.iter().zip(&before).all(|(proxy, before)| before + polls <= proxy.count(POLL));
    wait_until("looks at the other folders", PATIENCE * 4, || Ok(is_enough().then_some(())))
}

fn row(agent: &Agent, letter: &Letter) -> Result<Option<Row>> {
    Ok(agent.rows()?.into_iter().find(|row| row.subject == letter.subject))
}

fn teach(agent: &Agent, word: &str, letter: &Letter) -> Result<()> {
    let row = row(agent, letter)?.context("no row")?;
    agent.say(&[word, &row.id.to_string()]).map(|_| ())
}

fn number(agent: &Agent, name: &str) -> Result<u64> {
    agent.status()?.get(name).and_then(Value::as_u64).with_context(|| format!("the status has no number `{name}`"))
}

fn seconds_now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

fn now() -> Result<String> {
    let output = std::process::Command::new("date").arg("+%d-%b-%Y %H:%M:%S %z").env("LC_ALL", "C").output()?;
    Ok(format!("\"{}\"", String::from_utf8_lossy(&output.stdout).trim()))
}
