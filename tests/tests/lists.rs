//! The person's lists against a real server: what is blocked is filed, what is accepted stays, and who changes their mind is
//! followed.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{letter::Letter, world::World};
use xtask::dovecot::Options;

#[test]
fn a_blocked_sender_is_filed_and_an_accepted_one_stays_whatever_they_write() -> Result<()> {
    let mut world = started()?;
    world.agent.say(&["list", "add", "block", "domain", "example.info", "--note", "no more"])?;
    world.agent.say(&["list", "add", "accept", "address", "Ann@Example.com"])?;
    let blocked = letter("blocked", "Kim <kim@news.example.info>", "See you on Thursday.", "")?;
    let accepted = letter("accepted", "Ann <ann@example.com>", SPAMMY, "")?;
    let other = letter("other", "Bob <bob@example.com>", SPAMMY, "")?;
    for letter in [&blocked, &accepted, &other] {
        world.deliver(letter)?;
    }
    world.wait_judged(3)?;

    world.only_copy(&blocked, "Junk")?;
    world.only_copy(&accepted, "INBOX")?;
    world.only_copy(&other, "Junk")?;
    assert_eq!(world.row(&blocked)?.class, "spam");
    assert_eq!(world.row(&accepted)?.class, "ham");
    let shown = world.agent.say(&["junk", "--all", "--json"])?;
    ensure!(shown.contains("\"You always block mail from example.info.\""), "{shown}");
    ensure!(shown.contains("\"You always accept mail from ann@example.com.\""), "{shown}");
    for entry in entries(&world)? {
        assert_eq!((number(&entry, "hits"), flag(&entry, "is_on")), (Some(1), Some(true)), "{entry}");
    }
    Ok(())
}

#[test]
fn a_forged_sender_is_not_excused() -> Result<()> {
    let mut world = started()?;
    world.agent.say(&["list", "add", "accept", "domain", "example.com"])?;
    let forged = letter("forged", "Ann <ann@example.com>", SPAMMY, &results("fail"))?;
    let genuine = letter("genuine", "Ann <ann@example.com>", SPAMMY, &results("pass"))?;
    world.deliver(&forged)?;
    world.deliver(&genuine)?;
    world.wait_judged(2)?;

    world.only_copy(&forged, "Junk")?;
    world.only_copy(&genuine, "INBOX")?;
    // The person's word about the forgery says nothing against the one who was forged.
    world.teach("spam", &forged)?;
    world.wait_until_nothing_is_left()?;
    assert_eq!(flag(&entries(&world)?[0], "is_on"), Some(true));
    Ok(())
}

#[test]
fn the_opposite_word_switches_an_entry_off_and_undo_and_restart_know_it() -> Result<()> {
    let mut world = started()?;
    world.agent.say(&["list", "add", "block", "domain", "example.info"])?;
    let first = letter("first", "Kim <kim@example.info>", "See you on Thursday.", "")?;
    world.deliver(&first)?;
    world.wait_for_place(&first, "Junk")?;
    world.wait_judged(1)?;

    world.teach("release", &first)?;
    world.wait_for_place(&first, "INBOX")?;
    world.wait_until_nothing_is_left()?;
    let entry = entries(&world)?.remove(0);
    assert_eq!(flag(&entry, "is_on"), Some(false));
    let why = entry.get("why_off").and_then(Value::as_str).context("no reason")?;
    ensure!(why.contains("which it had blocked, that it is good"), "{why}");
    let second = letter("second", "Kim <kim@example.info>", "See you on Thursday.", "")?;
    world.deliver(&second)?;
    world.wait_judged(2)?;
    world.only_copy(&second, "INBOX")?;

    world.agent.say(&["undo"])?;
    world.wait_for_place(&first, "Junk")?;
    world.wait_until_nothing_is_left()?;
    assert_eq!(flag(&entries(&world)?[0], "is_on"), Some(true));
    world.agent.stop()?;
    world.agent.start()?;
    let third = letter("third", "Kim <kim@example.info>", "See you on Thursday.", "")?;
    world.deliver(&third)?;
    world.wait_for_place(&third, "Junk")?;
    Ok(())
}

#[test]
fn what_is_exported_comes_back_and_files_of_others_are_taken() -> Result<()> {
    let world = started()?;
    let file = world.agent.home().join("local.cf");
    std::fs::write(&file, "whitelist_from *@example.com ann@example.org\nblacklist_from *@*.example.biz\nscore X 1\n")?;
    let file = file.to_string_lossy().into_owned();
    ensure!(world.agent.say(&["list", "import", &file])?.contains("3 new, 0 changed, 0 known already"));
    world.agent.say(&["list", "disable", "2"])?;
    let lists = world.agent.home().join("lists.csv").to_string_lossy().into_owned();
    world.agent.say(&["list", "export", &lists])?;
    let before = said(&world)?;
    for id in ["1", "2", "3"] {
        world.agent.say(&["list", "remove", id])?;
    }
    assert!(entries(&world)?.is_empty());
    world.agent.say(&["list", "import", &lists])?;
    assert_eq!(said(&world)?, before);
    ensure!(world.agent.say(&["list", "export", &lists]).is_err(), "it wrote over a file");
    ensure!(world.agent.say(&["list", "add", "accept", "domain", "com"]).is_err(), "everybody is accepted");
    ensure!(world.agent.say(&["list", "remove", "1"]).is_err(), "a number is used again");
    Ok(())
}

#[test]
fn a_country_and_a_language_can_be_blocked_and_a_missing_file_is_named() -> Result<()> {
    let mut world = World::new(Options::default())?;
    let file = world.agent.home().join("geoip");
    world.agent.set("[lists]", "countries", &json!(file))?;
    world.agent.start()?;
    let refused = world.agent.say(&["list", "add", "block", "country", "Czechia"]);
    let why = refused.err().context("where nothing says where countries are, they cannot be blocked")?.to_string();
    ensure!(why.contains(&format!("cannot read {}", file.display())), "{why}");

    std::fs::write(&file, "# first, last, country\n3405803776,3405804031,CZ\n")?;
    let said = world.agent.say(&["list", "add", "block", "country", "Czechia"])?;
    ensure!(said.contains("from now on you always block mail that comes in from Czechia"), "{said}");
    world.agent.say(&["list", "add", "block", "language", "de"])?;
    let from_there = letter("there", "Kim <kim@example.info>", "See you on Thursday.", &results("pass"))?;
    let from_elsewhere = letter("elsewhere", "Kim <kim@example.info>", "See you on Thursday.", "")?;
    let german = letter("german", "Kim <kim@example.info>", GERMAN, "")?;
    for letter in [&from_there, &from_elsewhere, &german] {
        world.deliver(letter)?;
    }
    world.wait_judged(3)?;
    world.only_copy(&from_there, "Junk")?;
    world.only_copy(&from_elsewhere, "INBOX")?;
    world.only_copy(&german, "Junk")?;

    // A file that is gone when Tamis starts makes the entry idle, and that is said.
    std::fs::remove_file(&file)?;
    world.agent.stop()?;
    world.agent.start()?;
    let later = letter("later", "Kim <kim@example.info>", "See you on Friday.", &results("pass"))?;
    world.deliver(&later)?;
    world.wait_judged(4)?;
    world.only_copy(&later, "INBOX")?;
    let status = world.agent.say(&["status"])?;
    ensure!(status.contains("entries by country hit nothing"), "{status}");
    Ok(())
}

const GERMAN: &str = "Sehr geehrte Damen und Herren, mit diesem Schreiben erhalten Sie wie besprochen die Unterlagen\r\n\
    zu unserem Angebot. Bitte teilen Sie uns bis Ende der Woche mit, ob Sie damit einverstanden sind.";

/// What is spam in this world, by the settings.
const SPAMMY: &str = "You will stand as the next of kin of my late client.";

fn started() -> Result<World> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[scores]", "FEE_NEXT_OF_KIN", &json!(50.0))?;
    world.agent.start()?;
    Ok(world)
}

/// A letter with some lines above its own header.
fn letter(name: &str, from: &str, text: &str, above: &str) -> Result<Letter> {
    let letter = Letter::write(name, from, &format!("{text}\r\n"))?;
    Ok(Letter { raw: [above.as_bytes(), &letter.raw].concat(), ..letter })
}

/// What the person's provider writes.
fn results(dmarc: &str) -> String {
    format!(
        "Authentication-Results: mx.example.org; dmarc={dmarc} header.from=example.com\r\n\
         Received: from mail.example.info (mail.example.info [203.0.113.5]) by mx.example.org with ESMTPS;\r\n \
         Tue, 14 Nov 2023 22:13:20 +0000\r\n"
    )
}

fn entries(world: &World) -> Result<Vec<Value>> {
    let shown = world.agent.say(&["list", "show", "--json"])?;
    let read = |line: &str| serde_json::from_str(line).with_context(|| line.to_owned());
    shown.lines().filter(|line| line.starts_with('{')).map(read).collect()
}

fn said(world: &World) -> Result<Vec<String>> {
    let word = |entry: &Value, name: &str| entry.get(name).map(Value::to_string).unwrap_or_default();
    let said = |entry: &Value| ["side", "kind", "value", "account", "is_on"].map(|name| word(entry, name)).join(" ");
    Ok(entries(world)?.iter().map(said).collect())
}

fn number(entry: &Value, name: &str) -> Option<u64> {
    entry.get(name)?.as_u64()
}

fn flag(entry: &Value, name: &str) -> Option<bool> {
    entry.get(name)?.as_bool()
}
