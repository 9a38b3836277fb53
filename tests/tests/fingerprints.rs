//! What was called spam is known again in another dress; and who else counts fingerprints is told nothing without the
//! person.

use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tamis_tests::{letter::Letter, world::World};
use xtask::{dovecot::Options, fuzzy::Pyzord};

const TEXT: &str = "The department of foreign payments has approved your outstanding compensation after many years of waiting. \
    Kindly reconfirm your telephone number and private address, so that the certified cheque may be sent by courier without \
    further delay. You are advised to keep this approval strictly confidential until the money reaches your hands. Barrister \
    Johnson will guide you through every formality of the transfer. Remember that nobody else may learn of these payments, \
    neither your bank nor your family, before the courier has left the country with all documents.\r\n";

/// The same in another order and with other words here and there.
const DRESSED: &str = "Remember that nobody else may learn of such payments, neither your bank nor your relatives, before the \
    courier has left the country with all documents. You are advised to keep this approval strictly confidential until the \
    cash reaches your hands. The department of foreign payments has approved your outstanding reward after many months of \
    waiting. Barrister Miller will guide you through every formality of the transfer. Kindly reconfirm your telephone number \
    and postal address, so that the certified cheque may be sent by courier without further delay.\r\n";

const SAID: &str = "this text was in 1 message that you have called spam";

#[test]
fn what_was_called_spam_is_known_again_in_another_dress_until_that_is_taken_back() -> Result<()> {
    let mut world = started(&[("local", json!(true))])?;
    let first = Letter::write("first", "Payments <pay@one.example>", TEXT)?;
    world.deliver(&first)?;
    world.wait_judged(1)?;
    ensure!(!detail(&world, &first)?.contains("this text was in"), "there was nothing before it");
    world.teach("spam", &first)?;

    let second = Letter::write("second", "Office <office@two.example>", DRESSED)?;
    world.deliver(&second)?;
    world.wait_judged(2)?;
    let said = detail(&world, &second)?;
    ensure!(said.contains(SAID) || said.contains("you have called the same text spam"), "{said}");

    // Also after a restart.
    world.agent.stop()?;
    world.agent.start()?;
    let third = Letter::write("third", "Office <office@three.example>", DRESSED)?;
    world.deliver(&third)?;
    world.wait_judged(3)?;
    let said = detail(&world, &third)?;
    ensure!(said.contains(SAID) || said.contains("you have called the same text spam"), "{said}");

    world.agent.say(&["undo"])?;
    let fourth = Letter::write("fourth", "Office <office@four.example>", DRESSED)?;
    world.deliver(&fourth)?;
    world.wait_judged(4)?;
    let said = detail(&world, &fourth)?;
    ensure!(!said.contains("called spam") && !said.contains("the same text spam"), "{said}");
    Ok(())
}

#[test]
fn pyzor_is_told_of_spam_only_at_the_persons_word_and_after_showing_what() -> Result<()> {
    let server = Pyzord::start()?;
    let world = started(&[("pyzor", json!(format!("127.0.0.1:{}", server.port)))])?;
    let letter = Letter::write("first", "Payments <pay@one.example>", TEXT)?;
    world.deliver(&letter)?;
    world.wait_judged(1)?;
    let count = || -> Result<String> {
        let said = server.client("check", &letter.raw)?;
        said.split('\t').nth(2).map(str::to_owned).with_context(|| format!("no count in {said}"))
    };
    let id = world.row(&letter)?.id.to_string();
    world.teach("spam", &letter)?;
    assert_eq!(count()?, "0", "who calls it spam reports nothing");
    let shown = world.agent.say(&["report", "--show", &id])?;
    let digest = server.client("digest", &letter.raw)?;
    ensure!(shown.contains(digest.trim_end()) && shown.contains("pyzor"), "{shown}");
    assert_eq!(count()?, "0", "nor does who looks at what a report would tell");
    let said = world.agent.say(&["report", &id])?;
    ensure!(said.contains("reported as spam to the pyzor server"), "{said}");
    assert_eq!(count()?, "1");
    Ok(())
}

#[test]
fn nothing_is_asked_about_mail_of_senders_that_are_always_accepted() -> Result<()> {
    let ear = UdpSocket::bind("127.0.0.1:0")?;
    ear.set_read_timeout(Some(Duration::from_millis(100)))?;
    let world = started(&[("pyzor", json!(ear.local_addr()?.to_string()))])?;
    world.agent.say(&["list", "add", "accept", "address", "pay@one.example"])?;
    world.deliver(&Letter::write("first", "Payments <pay@one.example>", TEXT)?)?;
    world.wait_judged(1)?;
    let mut buffer = [0; 2048];
    assert!(ear.recv(&mut buffer).is_err(), "it was asked about accepted mail");

    world.deliver(&Letter::write("second", "Office <office@two.example>", DRESSED)?)?;
    // Nobody answers, and it is judged all the same.
    let begun = Instant::now();
    let length = loop {
        match ear.recv(&mut buffer) {
            Ok(length) => break length,
            Err(error) if begun.elapsed() > Duration::from_mins(1) => return Err(error.into()),
            Err(_) => {}
        }
    };
    let asked = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned();
    ensure!(asked.starts_with("Op: check\n") && !asked.contains("example"), "{asked}");
    world.wait_judged(2)?;
    Ok(())
}

/// A world with these settings of fingerprints.
fn started(settings: &[(&str, serde_json::Value)]) -> Result<World> {
    let mut world = World::new(Options::default())?;
    for (name, value) in settings {
        world.agent.set("[fingerprints]", name, value)?;
    }
    // Others may be asked, but no name server answers.
    world.agent.set("[network]", "enabled", &json!(true))?;
    world.agent.set("[network]", "servers", &json!(["127.0.0.1:9"]))?;
    world.agent.set("[scores]", "LOCAL_FUZZY_SPAM", &json!(4.5))?;
    world.agent.start()?;
    Ok(world)
}

/// What the agent says about a letter, every word of it.
fn detail(world: &World, letter: &Letter) -> Result<String> {
    let text = world.agent.say(&["junk", "--all", "--json"])?;
    text.lines().find(|line| line.contains(&letter.subject)).map(str::to_owned).context("nothing is said about it")
}
