//! Folders on the server into which the person drops what is to be learned, with any mail program.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    wait_until,
    world::{PATIENCE, WITHOUT_MOVE, World, account, capable_of},
};
use xtask::dovecot::Options;

const SPAM: &str = "Tamis/Spam";
const GOOD: &str = "Tamis/Good";

/// Each look at the other folders begins with this.
const POLL: &str = "STATUS \"Junk\"";

#[test]
fn what_is_dropped_is_learned_and_moved_on_once_and_an_undo_takes_it_back() -> Result<()> {
    let mut world = started(Options::default())?;
    let (tiresome, wanted) = (Letter::ham("tiresome")?, Letter::spam("wanted")?);
    world.deliver(&tiresome)?;
    world.deliver(&wanted)?;
    world.wait_judged(2)?;
    carry(&mut world, &tiresome, "INBOX", SPAM)?;
    world.wait_for_place(&tiresome, "Junk")?;
    carry(&mut world, &wanted, "Junk", GOOD)?;
    world.wait_for_place(&wanted, "INBOX")?;

    polls(&world, 3)?;
    world.only_copy(&tiresome, "Junk")?;
    world.only_copy(&wanted, "INBOX")?;
    assert_eq!((learned(&world)?, world.status_number("judged")?), ((1, 1), 2));
    assert_eq!(texts(&world)?, ["1 message put into Tamis/Good", "1 message put into Tamis/Spam"]);

    world.agent.say(&["undo"])?;
    world.wait_for_place(&wanted, "Junk")?;
    world.agent.say(&["undo"])?;
    world.wait_for_place(&tiresome, "INBOX")?;
    polls(&world, 3)?;
    world.only_copy(&wanted, "Junk")?;
    world.only_copy(&tiresome, "INBOX")?;
    assert_eq!(learned(&world)?, (0, 0));
    Ok(())
}

#[test]
fn a_message_never_seen_before_is_learned_too() -> Result<()> {
    let mut world = started(Options::default())?;
    let (spam, ham) = (Letter::ham("from-elsewhere")?, Letter::spam("also-from-elsewhere")?);
    let date = "\"17-Jul-2024 02:44:25 +0200\"";
    world.eye.append(SPAM, r"(\Seen)", date, &spam.raw)?;
    world.eye.append(GOOD, r"(\Seen)", date, &ham.raw)?;

    world.wait_for_place(&spam, "Junk")?;
    world.wait_for_place(&ham, "INBOX")?;

    polls(&world, 3)?;
    assert_eq!(world.row(&spam)?.uid, u64::from(world.only_copy(&spam, "Junk")?.uid));
    assert_eq!(world.row(&ham)?.uid, u64::from(world.only_copy(&ham, "INBOX")?.uid), "it is not filed again");
    assert_eq!(learned(&world)?, (1, 1));
    world.agent.say(&["undo"])?;
    world.agent.say(&["undo"])?;
    world.only_copy(&spam, "INBOX")?;
    assert_eq!(learned(&world)?, (0, 0));
    Ok(())
}

#[test]
fn thirty_at_once_are_one_change() -> Result<()> {
    let mut world = started(Options::default())?;
    let mut letters = Vec::new();
    for number in 0..30 {
        letters.push(Letter::ham(&format!("bulk-{number}"))?);
    }
    for letter in &letters {
        world.deliver(letter)?;
    }
    world.wait_judged(30)?;
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!("MOVE 1:30 {SPAM}"))?;
    world.eye.command("UNSELECT")?;

    wait_until("all to be in Junk", PATIENCE * 2, || Ok((world.eye.folder("Junk")?.len() == 30).then_some(())))?;
    world.wait_until_nothing_is_left()?;

    assert_eq!(texts(&world)?, ["30 messages put into Tamis/Spam"]);
    assert_eq!(learned(&world)?, (30, 0));
    world.agent.say(&["undo"])?;
    wait_until("all to be back", PATIENCE * 2, || Ok((world.eye.folder("INBOX")?.len() == 30).then_some(())))?;
    world.wait_until_nothing_is_left()?;
    assert_eq!((learned(&world)?, world.eye.folder(SPAM)?.len()), ((0, 0), 0));
    Ok(())
}

#[test]
fn killed_on_the_way_it_is_learned_and_moved_on_once() -> Result<()> {
    for (capability, words, moment) in [
        (None, "BODY.PEEK[]", Moment::Done),
        (None, "UID MOVE", Moment::Asked),
        (None, "UID MOVE", Moment::Done),
        (Some(WITHOUT_MOVE), "UID COPY", Moment::Done),
        (Some(WITHOUT_MOVE), "UID EXPUNGE", Moment::Asked),
    ] {
        let mut world = started(capable_of(capability))?;
        let letter = Letter::ham("cut-off")?;
        world.deliver(&letter)?;
        world.wait_judged(1)?;
        world.proxy.hold(words, moment);
        carry(&mut world, &letter, "INBOX", SPAM)?;
        world.proxy.wait_held(PATIENCE).with_context(|| format!("{words} {moment}"))?;
        world.agent.kill()?;
        world.proxy.cut();
        world.agent.start()?;

        world.wait_for_place(&letter, "Junk").with_context(|| format!("{words} {moment}"))?;
        polls(&world, 3)?;
        world.only_copy(&letter, "Junk")?;
        assert_eq!((learned(&world)?, texts(&world)?.len()), ((1, 0), 1), "{words} {moment}");
        world.agent.say(&["undo"])?;
        world.wait_for_place(&letter, "INBOX").with_context(|| format!("undone after {words} {moment}"))?;
        assert_eq!(learned(&world)?, (0, 0), "{words} {moment}");
    }
    Ok(())
}

#[test]
fn a_marked_copy_that_is_dropped_comes_back_as_it_was() -> Result<()> {
    let world = World::new(Options::default())?;
    world.agent.append_settings("[account.policy]\nspam = \"tag\"")?;
    let mut world = start(world)?;
    let spam = Letter::spam("marked")?;
    world.eye.append("INBOX", "()", &now()?, &spam.raw)?;
    world.wait_judged(1)?;
    carry(&mut world, &spam, "INBOX", GOOD)?;

    let is_back = |world: &mut World| {
        let places = world.copies(&spam)?;
        let [(folder, seen)] = &places[..] else { return Ok(None) };
        let is_original = folder == "INBOX" && world.eye.message("INBOX", seen.uid)? == spam.raw;
        Ok(is_original.then_some(()))
    };
    wait_until("the original to be back", PATIENCE, || is_back(&mut world))?;
    polls(&world, 3)?;
    ensure!(is_back(&mut world)?.is_some(), "it was taken away again");
    assert_eq!(learned(&world)?, (0, 1));
    Ok(())
}

#[test]
fn the_folders_are_named_as_the_servers_own_are() -> Result<()> {
    for (junk, want) in [
        ("Spamverdacht", ["Tamis/Erw&APw-nscht", "Tamis/Spam"]),
        ("Ind&AOk-sirables", ["Tamis/Ind&AOk-sirables", "Tamis/L&AOk-gitimes"]),
        ("Junk", [GOOD, SPAM]),
    ] {
        let mut world = World::new(Options { without_folders: true, ..Options::default() })?;
        world.eye.command(&format!("CREATE {junk}"))?;
        let mut world = start(world)?;
        let mut made: Vec<String> =
            world.eye.folders()?.into_iter().filter(|name| name.starts_with("Tamis/")).collect();
        made.sort();
        assert_eq!(made, want, "beside {junk}");
        // And they are known again.
        world.agent.stop()?;
        world.agent.start()?;
        assert_eq!(world.eye.folders()?.into_iter().filter(|name| name.starts_with("Tamis/")).count(), 2);
    }
    Ok(())
}

#[test]
fn below_the_inbox_they_are_below_the_inbox() -> Result<()> {
    let options = Options { separator: ".".to_owned(), prefix: "INBOX.".to_owned(), ..Options::default() };
    let mut world = started(options)?;
    let letter = Letter::ham("below")?;
    world.eye.append("INBOX.Tamis.Spam", "()", &now()?, &letter.raw)?;
    world.wait_for_place(&letter, "INBOX.Junk")?;
    Ok(())
}

#[test]
fn a_server_that_makes_no_folders_is_worked_with_all_the_same_and_the_person_is_told_once() -> Result<()> {
    let world = World::new(Options::default())?;
    world.proxy.refuse("CREATE", "[CANNOT] There are enough folders");
    let mut world = start(world)?;
    world.wait_for_all("still-filed")?;
    world.proxy.cut();
    world.proxy.refuse("CREATE", "[CANNOT] There are enough folders");
    world.wait_for_all("filed-after-the-cut")?;

    assert_eq!(world.proxy.count("CREATE"), 2, "it was asked for at each connection");
    let status = world.agent.status()?;
    let problems = status.get("problems").and_then(Value::as_array).context("no problems")?;
    let of_account: Vec<&str> =
        problems.iter().filter_map(Value::as_str).filter(|text| text.starts_with("Demo")).collect();
    let [text] = of_account[..] else { anyhow::bail!("{problems:?}") };
    ensure!(text.contains("There are enough folders") && text.contains("train_folders = false"), "{text}");
    Ok(())
}

#[test]
fn who_wants_none_has_none() -> Result<()> {
    let world = World::new(Options::default())?;
    world.agent.append_settings("train_folders = false")?;
    let mut world = start(world)?;
    world.wait_for_all("filed")?;
    let folders = world.eye.folders()?;
    assert!(!folders.iter().any(|name| name.starts_with("Tamis")), "{folders:?}");
    Ok(())
}

#[test]
fn of_two_junk_folders_the_fuller_one_is_taken_and_the_person_is_told() -> Result<()> {
    let mut world = World::new(Options { without_folders: true, ..Options::default() })?;
    world.eye.command("CREATE Junk")?;
    world.eye.command("CREATE Spam")?;
    world.eye.append("Spam", "()", &now()?, &Letter::spam("older")?.raw)?;
    let tested = world.agent.say(&["account", "test", "Demo"])?;
    ensure!(tested.contains("Junk folder: Spam") && tested.contains("“Junk” could be it, too"), "{tested}");
    let mut world = start(world)?;
    let spam = Letter::spam("filed")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Spam")?;

    let status = world.agent.status()?;
    assert_eq!(account(&status).and_then(|account| account.get("junk_folder")?.as_str()), Some("Spam"));
    let problems = status.get("problems").context("no problems")?.to_string();
    ensure!(
        problems.contains("“Spam” is taken for the Junk folder") && problems.contains("`junk_folder`"),
        "{problems}"
    );
    // It stays the one, even when the other has more mail by now.
    for name in ["more-1", "more-2", "more-3"] {
        world.eye.append("Junk", "()", &now()?, &Letter::spam(name)?.raw)?;
    }
    world.agent.stop()?;
    world.agent.start()?;
    let next = Letter::spam("next")?;
    world.deliver(&next)?;
    world.wait_for_place(&next, "Spam")?;
    Ok(())
}

fn started(options: Options) -> Result<World> {
    start(World::new(options)?)
}

fn start(mut world: World) -> Result<World> {
    world.agent.set("[watch]", "poll", &json!("1 second"))?;
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        world.agent.set_variable(name, "C");
    }
    world.agent.start()?;
    Ok(world)
}

fn carry(world: &mut World, letter: &Letter, from: &str, to: &str) -> Result<()> {
    let uid = world.only_copy(letter, from)?.uid;
    world.eye.carry(from, uid, to)
}

/// Lets the agent look around so many times, and waits until it has nothing left to do.
fn polls(world: &World, count: usize) -> Result<()> {
    let before = world.proxy.count(POLL);
    let limit = PATIENCE + Duration::from_secs(5);
    wait_until("looks at the other folders", limit, || Ok((before + count <= world.proxy.count(POLL)).then_some(())))?;
    world.wait_until_nothing_is_left()
}

/// How much was learned as spam and as wanted.
fn learned(world: &World) -> Result<(u64, u64)> {
    Ok((world.status_number("trained_spam")?, world.status_number("trained_ham")?))
}

/// What the person did, newest first.
fn texts(world: &World) -> Result<Vec<String>> {
    let text = world.agent.say(&["history", "--json"])?;
    let mut texts = Vec::new();
    for line in text.lines() {
        let change: Value = serde_json::from_str(line)?;
        let word = |name: &str| change.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        if word("kind") != "file" {
            texts.push(word("text"));
        }
    }
    Ok(texts)
}

fn now() -> Result<String> {
    let output = std::process::Command::new("date").arg("+%d-%b-%Y %H:%M:%S %z").env("LC_ALL", "C").output()?;
    Ok(format!("\"{}\"", String::from_utf8_lossy(&output.stdout).trim()))
}
