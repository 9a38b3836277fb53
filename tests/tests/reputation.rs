//! What the person says of mail is remembered of its sender and of the relay it came by, and whom they read is trusted.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    wait_until,
    world::{PATIENCE, World, seconds_now},
};
use xtask::dovecot::Options;

const SHOP: &str = "news@shop.example";
const SIGNED: &str = "dkim=pass header.d=shop.example";
const HOST: &str = "out1.shop.example [203.0.113.5]";

#[test]
fn whose_mail_is_moved_to_junk_again_and_again_is_known_for_it_and_a_kill_forgets_nothing() -> Result<()> {
    let mut world = started()?;
    for number in 0..3 {
        let tiresome = letter(&format!("tiresome-{number}"), SHOP, SIGNED, HOST)?;
        world.deliver(&tiresome)?;
        world.wait_judged(number + 1)?;
        let uid = world.only_copy(&tiresome, "INBOX")?.uid;
        world.eye.carry("INBOX", uid, "Junk")?;
        world.agent.wait_for("learn it", PATIENCE, |status| {
            (status.get("trained_spam")?.as_u64() == Some(number + 1)).then_some(())
        })?;
    }
    let known = one(&world, SHOP, "address")?;
    assert_eq!((number(&known, "said_spam"), text(&known, "grade")), (3, "doubted"), "{known}");
    assert_eq!(number(&one(&world, "203.0.113.9", "relay")?, "said_spam"), 3);
    assert_eq!(number(&one(&world, "shop.example", "domain")?, "said_spam"), 3);

    world.agent.kill()?;
    world.agent.start()?;
    assert_eq!(one(&world, SHOP, "address")?, known);
    let next = letter("next", SHOP, SIGNED, HOST)?;
    world.deliver(&next)?;
    world.wait_judged(4)?;
    let said = detail(&world, &next)?;
    ensure!(said.contains("of news@shop.example you have called 3 messages spam and none wanted"), "{said}");

    // Whoever takes the name gets none of it, neither good nor bad; the relay it comes by is another.
    let forged = letter("forged", SHOP, "dkim=fail header.d=shop.example", "host.bot.example [198.51.100.9]")?;
    world.deliver(&forged)?;
    world.wait_judged(5)?;
    let said = detail(&world, &forged)?;
    ensure!(!said.contains("you have called"), "{said}");
    assert_eq!(number(&one(&world, SHOP, "address")?, "messages"), 4);

    // A correction takes the count back.
    let text_out = world.agent.say(&["undo"])?;
    wait_until("the count to be taken back", PATIENCE, || {
        Ok((number(&one(&world, SHOP, "address")?, "said_spam") == 2).then_some(()))
    })
    .with_context(|| text_out)?;
    Ok(())
}

#[test]
fn what_is_read_for_weeks_and_never_called_spam_is_trusted() -> Result<()> {
    let mut world = started()?;
    // In four weeks, whatever day is today; and one is not read.
    for (days, flags) in [(8, r"(\Seen)"), (15, r"(\Seen)"), (16, ""), (22, r"(\Seen)"), (29, r"(\Seen)")] {
        let news = letter(&format!("news-{days}"), SHOP, SIGNED, HOST)?;
        world.eye.append("INBOX", flags, &date(days)?, &news.raw)?;
    }
    world.wait_judged(5)?;
    // It asks once a day, and when it starts.
    world.agent.stop()?;
    world.agent.start()?;
    wait_until("what was read to be counted", PATIENCE, || {
        Ok((number(&one(&world, SHOP, "address")?, "read") == 4).then_some(()))
    })?;
    let said = world.agent.say(&["senders", SHOP])?;
    ensure!(said.contains("you read what it sends"), "{said}");
    let next = letter("next", SHOP, SIGNED, HOST)?;
    world.deliver(&next)?;
    world.wait_judged(6)?;
    let said = detail(&world, &next)?;
    ensure!(said.contains("of news@shop.example you have read 4 messages"), "{said}");
    Ok(())
}

#[test]
fn the_best_and_the_worst_are_listed_and_strangers_are_told_from_the_bad() -> Result<()> {
    let world = started()?;
    let folder = world.agent.home().join("mail");
    for (label, from, ip) in [("spam", "a@spam.example", "198.51.100.7"), ("ham", SHOP, "203.0.113.5")] {
        std::fs::create_dir_all(folder.join(label))?;
        for n in 0..12 {
            let one = letter(&format!("{label}-{n}"), from, "none", &format!("h.example [{ip}]"))?;
            std::fs::write(folder.join(label).join(format!("{n}.eml")), &one.raw)?;
        }
        world.agent.train(label, &[folder.join(label)])?;
    }
    let listed = world.agent.say(&["senders", "--relays", "--min-messages", "10"])?;
    let (good, bad) = listed.split_once("bad relays").context("two lists")?;
    ensure!(good.contains("203.0.113.0/24") && bad.contains("198.51.100.0/24"), "{listed}");
    ensure!(!good.contains("198.51.100.0/24") && !bad.contains("203.0.113.0/24"), "{listed}");
    ensure!(world.agent.say(&["senders", "--relays"])?.contains("no relays are that good yet: at least 50"), "limits");
    ensure!(world.agent.say(&["senders", "--min-messages", "10"])?.contains("a@spam.example (not proven)"), "senders");
    ensure!(world.agent.say(&["senders", "198.51.100.1"])?.contains("the relays in 198.51.100.0/24: bad"), "bad");
    ensure!(world.agent.say(&["senders", "192.0.2.1"])?.contains("never seen, which says nothing"), "cold");
    Ok(())
}

fn started() -> Result<World> {
    let mut world = World::new(Options::default())?;
    world.agent.judge_old_mail()?;
    // So that these are among the first reasons.
    for (symbol, points) in [("SENDER_DOUBTED", 2), ("READ_REGULARLY", -2)] {
        world.agent.set("[scores]", symbol, &json!(points))?;
    }
    world.agent.set("[watch]", "poll", &json!("1 second"))?;
    world.agent.start()?;
    Ok(world)
}

/// A letter as the provider hands it on, with what it found out.
fn letter(name: &str, from: &str, results: &str, host: &str) -> Result<Letter> {
    let plain = Letter::write(name, from, "Have a look at this.\r\n")?;
    let (host, ip) = host.split_once(' ').unwrap_or((host, ""));
    let now = said_by_date(seconds_now()?, "+%a, %d %b %Y %H:%M:%S +0000")?;
    let mut raw = format!(
        "Authentication-Results: mx.example.org; {results}\r\nReceived: from {host} ({host} {ip})\r\n\tby \
         mx.example.org with ESMTPS; {now}\r\n"
    )
    .into_bytes();
    raw.extend_from_slice(&plain.raw);
    Ok(Letter { raw, ..plain })
}

/// So many days ago, as IMAP writes it.
fn date(days: u64) -> Result<String> {
    let at = seconds_now()?.saturating_sub(days * 86_400);
    Ok(format!("\"{}\"", said_by_date(at, "+%d-%b-%Y %H:%M:%S +0000")?))
}

fn said_by_date(at: u64, form: &str) -> Result<String> {
    let output = Command::new("date").args(["-u", "-d", &format!("@{at}"), form]).env("LC_ALL", "C").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What is known of one of that kind.
fn one(world: &World, who: &str, kind: &str) -> Result<Value> {
    let said = world.agent.say(&["senders", "--json", who])?;
    let rows = said.lines().map(serde_json::from_str::<Value>).collect::<Result<Vec<Value>, _>>()?;
    rows.into_iter().find(|row| text(row, "kind") == kind).with_context(|| format!("no {kind} in {said}"))
}

fn number(row: &Value, name: &str) -> u64 {
    row.get(name).and_then(Value::as_u64).unwrap_or(u64::MAX)
}

fn text<'row>(row: &'row Value, name: &str) -> &'row str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What the agent says about a letter, every word of it.
fn detail(world: &World, letter: &Letter) -> Result<String> {
    let text = world.agent.say(&["junk", "--all", "--json"])?;
    text.lines().find(|line| line.contains(&letter.subject)).map(str::to_owned).context("nothing is said about it")
}
