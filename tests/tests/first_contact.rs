//! What is doubtful and from a new sender waits and is judged again, and whatever the person does meanwhile stands.

use std::{fs, thread, time::Duration};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    wait_until,
    world::{PATIENCE, USER, WITHOUT_MOVE, World, account, capable_of},
};

/// What decides is the person's word, or the end of the test.
const LATER: &str = "[\"1 hour\", \"2 hours\"]";
const ASIDE: &str = "Tamis/Held";
const KIM: &str = "Kim <kim@kim.example>";

#[test]
fn what_is_doubtful_and_new_waits_and_is_filed_once_more_is_known() -> Result<()> {
    let mut world = started(LATER, None)?;
    let doubtful = doubt(&mut world, "offer", KIM)?;
    world.only_copy(&doubtful, "INBOX")?;
    let said = world.agent.say(&["waiting"])?;
    ensure!(said.contains("1 message waits, it is judged again at") && said.contains("About offer"), "{said}");
    ensure!(world.agent.say(&["status"])?.contains("Waiting in Demo: 1 message waits"), "the status does not say so");
    ensure!(shown(&world)?.contains("\"waits_until\":1"), "{}", shown(&world)?);

    block(&world, "kim.example")?;
    decide(&world)?;
    world.wait_for_place(&doubtful, "Junk")?;
    world.wait_until_nothing_is_left()?;
    assert_eq!((world.row(&doubtful)?.class.as_str(), world.status_number("judged")?), ("spam", 1));
    // As whatever is filed: in the history, and to be undone.
    undo_filing(&world)?;
    world.wait_for_place(&doubtful, "INBOX")?;
    Ok(())
}

#[test]
fn what_was_learned_meanwhile_counts() -> Result<()> {
    let mut world = started(LATER, None)?;
    let doubtful = doubt(&mut world, "offer", KIM)?;
    let folder = world.agent.home().join("lessons");
    for label in ["spam", "ham"] {
        let folder = folder.join(label);
        fs::create_dir_all(&folder)?;
        for number in 0..40 {
            let name = format!("{label}-{number}");
            let letter = if label == "spam" { dubious(&name, KIM)? } else { Letter::ham(&name)? };
            fs::write(folder.join(format!("{number}.eml")), &letter.raw)?;
        }
        world.agent.train(label, &[folder])?;
    }
    decide(&world)?;
    world.wait_for_place(&doubtful, "Junk")?;
    Ok(())
}

#[test]
fn what_is_wanted_by_then_is_free_and_its_sender_never_waits_again() -> Result<()> {
    let mut world = started(LATER, None)?;
    let first = doubt(&mut world, "first", KIM)?;
    rule(&world, 0.0)?;
    world.agent.stop()?;
    world.agent.start()?;
    decide(&world)?;
    nothing_waits(&world)?;
    assert_eq!(world.row(&first)?.class, "ham");
    world.only_copy(&first, "INBOX")?;

    rule(&world, 4.0)?;
    world.agent.stop()?;
    world.agent.start()?;
    let known = dubious("known", KIM)?;
    let other = dubious("other", "Lee <lee@lee.example>")?;
    world.deliver(&known)?;
    world.deliver(&other)?;
    world.wait_judged(3)?;
    assert_eq!((world.row(&known)?.class.as_str(), world.row(&other)?.class.as_str()), ("unsure", "unsure"));
    assert_eq!(waiting(&world)?, 1, "only the one from a sender that is new");
    Ok(())
}

#[test]
fn the_persons_word_makes_a_sender_known_and_ends_the_waiting() -> Result<()> {
    let mut world = started(LATER, None)?;
    let first = doubt(&mut world, "first", KIM)?;
    world.teach("ham", &first)?;
    nothing_waits(&world)?;
    let next = dubious("next", KIM)?;
    world.deliver(&next)?;
    world.wait_judged(2)?;
    assert_eq!(waiting(&world)?, 0);
    // And another word takes it back: the next one waits.
    world.teach("spam", &next)?;
    let last = dubious("last", KIM)?;
    world.deliver(&last)?;
    world.wait_judged(3)?;
    assert_eq!((world.row(&last)?.class.as_str(), waiting(&world)?), ("unsure", 1));
    Ok(())
}

#[test]
fn it_is_judged_at_each_time_and_left_doubtful_in_the_end() -> Result<()> {
    let mut world = started("[\"1 second\", \"2 seconds\"]", None)?;
    let doubtful = doubt(&mut world, "offer", KIM)?;
    nothing_waits(&world)?;
    assert_eq!(judged_again(&world), 2, "{}", world.agent.log());
    assert_eq!(world.row(&doubtful)?.class, "unsure");
    world.only_copy(&doubtful, "INBOX")?;
    assert_eq!(world.status_number("to_review")?, 1);
    Ok(())
}

#[test]
fn after_a_long_absence_it_is_judged_once() -> Result<()> {
    for folder in [None, Some(ASIDE)] {
        let mut world = started("[\"2 seconds\", \"3 seconds\"]", folder)?;
        let doubtful = doubt(&mut world, "offer", KIM)?;
        world.agent.kill()?;
        let before = judged_again(&world);
        rule(&world, 9.0)?;
        thread::sleep(Duration::from_secs(4));
        world.agent.start()?;
        world.wait_for_place(&doubtful, "Junk")?;
        nothing_waits(&world)?;
        assert_eq!(judged_again(&world) - before, 1, "{}", world.agent.log());
        assert_eq!(world.status_number("judged")?, 1);
    }
    Ok(())
}

#[test]
fn what_the_person_touches_meanwhile_is_theirs() -> Result<()> {
    for touch in [r"+FLAGS.SILENT (\Seen)", r"+FLAGS.SILENT (\Flagged)", r"+FLAGS.SILENT (\Answered)"] {
        let mut world = started(LATER, None)?;
        let doubtful = doubt(&mut world, "offer", KIM)?;
        let seen = world.only_copy(&doubtful, "INBOX")?;
        world.eye.command("SELECT INBOX")?;
        world.eye.command(&format!("UID STORE {} {touch}", seen.uid))?;
        world.eye.command("UNSELECT")?;
        block(&world, "kim.example")?;
        decide(&world)?;
        nothing_waits(&world)?;
        world.wait_for_all("behind")?;
        world.only_copy(&doubtful, "INBOX")?;
        assert_eq!(world.row(&doubtful)?.class, "unsure", "{touch}");
    }
    Ok(())
}

#[test]
fn what_the_person_has_moved_or_deleted_stays_as_they_left_it() -> Result<()> {
    let mut world = started(LATER, None)?;
    world.eye.command("CREATE Projects")?;
    let (moved, deleted) = (doubt(&mut world, "moved", KIM)?, doubt(&mut world, "deleted", "lee@lee.example")?);
    let uid = world.only_copy(&moved, "INBOX")?.uid;
    world.eye.carry("INBOX", uid, "Projects")?;
    let uid = world.only_copy(&deleted, "INBOX")?.uid;
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!(r"UID STORE {uid} +FLAGS.SILENT (\Deleted)"))?;
    world.eye.command(&format!("UID EXPUNGE {uid}"))?;
    world.eye.command("UNSELECT")?;
    block(&world, "kim.example")?;
    block(&world, "lee.example")?;
    decide(&world)?;
    nothing_waits(&world)?;
    world.wait_for_all("behind")?;
    world.only_copy(&moved, "Projects")?;
    assert_eq!(world.places(&deleted)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn new_numbers_of_the_folder_change_nothing() -> Result<()> {
    for folder in [None, Some(ASIDE)] {
        let mut world = started(LATER, folder)?;
        let doubtful = doubt(&mut world, "offer", KIM)?;
        let place = folder.unwrap_or("INBOX");
        world.wait_for_place(&doubtful, place)?;
        world.agent.stop()?;
        world.server.renumber(USER, place, 4_000_000_000)?;
        world.agent.start()?;
        world.wait_for_all("between")?;
        assert_eq!(waiting(&world)?, 1);
        block(&world, "kim.example")?;
        decide(&world)?;
        world.wait_for_place(&doubtful, "Junk")?;
        nothing_waits(&world)?;
    }
    Ok(())
}

#[test]
fn new_mail_does_not_wait_behind_it() -> Result<()> {
    let mut world = started(LATER, Some(ASIDE))?;
    for number in 0..5 {
        doubt(&mut world, &format!("doubt-{number}"), &format!("kim@kim{number}.example"))?;
    }
    world.proxy.hold("BODY.PEEK[]", Moment::Asked);
    decide(&world)?;
    world.proxy.wait_held(PATIENCE)?;
    let spam = Letter::spam("new")?;
    world.deliver(&spam)?;
    world.proxy.let_go();
    world.wait_for_place(&spam, "Junk")?;
    nothing_waits(&world)?;
    Ok(())
}

#[test]
fn what_is_put_aside_comes_back_or_is_filed_and_undo_brings_it_to_the_inbox() -> Result<()> {
    let mut world = started(LATER, Some(ASIDE))?;
    let (stays, goes) = (doubt(&mut world, "stays", "lee@lee.example")?, doubt(&mut world, "goes", KIM)?);
    world.wait_for_place(&stays, ASIDE)?;
    world.wait_for_place(&goes, ASIDE)?;
    block(&world, "kim.example")?;
    decide(&world)?;
    world.wait_for_place(&stays, "INBOX")?;
    world.wait_for_place(&goes, "Junk")?;
    nothing_waits(&world)?;
    undo_filing(&world)?;
    world.wait_for_place(&goes, "INBOX")?;
    world.wait_for_all("behind")?;
    world.only_copy(&stays, "INBOX")?;
    world.only_copy(&goes, "INBOX")?;
    assert_eq!((world.status_number("trained_ham")?, world.status_number("judged")?), (0, 3));
    Ok(())
}

#[test]
fn who_takes_it_out_again_says_that_it_is_wanted_and_who_throws_it_into_junk_that_it_is_not() -> Result<()> {
    let mut world = started(LATER, Some(ASIDE))?;
    for (name, target, word) in [("back", "INBOX", "ham"), ("out", "Junk", "spam")] {
        let doubtful = doubt(&mut world, name, &format!("kim@{name}.example"))?;
        world.wait_for_place(&doubtful, ASIDE)?;
        let uid = world.only_copy(&doubtful, ASIDE)?.uid;
        world.eye.carry(ASIDE, uid, target)?;
        wait_until("the word", PATIENCE, || Ok((world.row(&doubtful)?.taught.as_deref() == Some(word)).then_some(())))?;
        world.only_copy(&doubtful, target)?;
        nothing_waits(&world)?;
    }
    // By a command it comes home, too.
    let doubtful = doubt(&mut world, "third", "kim@third.example")?;
    world.wait_for_place(&doubtful, ASIDE)?;
    world.teach("ham", &doubtful)?;
    world.wait_for_place(&doubtful, "INBOX")?;
    nothing_waits(&world)
}

#[test]
fn killed_while_it_is_put_aside() -> Result<()> {
    for (capability, words, moment) in worst_moments() {
        let mut world = started_on(capability, LATER, Some(ASIDE))?;
        world.proxy.hold(words, moment);
        let doubtful = dubious("offer", KIM)?;
        world.deliver(&doubtful)?;
        kill_when_held(&mut world)?;
        world.agent.start()?;
        world.wait_for_place(&doubtful, ASIDE)?;
        world.wait_until_nothing_is_left()?;
        assert_eq!(waiting(&world)?, 1, "{words} {moment:?}");
        decide(&world)?;
        ended_in(&mut world, &doubtful, "INBOX")?;
    }
    Ok(())
}

#[test]
fn killed_while_it_comes_back() -> Result<()> {
    for (capability, words, moment) in worst_moments() {
        let mut world = started_on(capability, LATER, Some(ASIDE))?;
        let doubtful = doubt(&mut world, "offer", KIM)?;
        world.wait_for_place(&doubtful, ASIDE)?;
        world.proxy.hold(words, moment);
        decide(&world)?;
        kill_when_held(&mut world)?;
        world.agent.start()?;
        ended_in(&mut world, &doubtful, "INBOX")?;
    }
    Ok(())
}

#[test]
fn killed_while_it_is_filed_from_there() -> Result<()> {
    for (capability, words, moment) in worst_moments() {
        let mut world = started_on(capability, LATER, Some(ASIDE))?;
        let doubtful = doubt(&mut world, "offer", KIM)?;
        world.wait_for_place(&doubtful, ASIDE)?;
        block(&world, "kim.example")?;
        world.proxy.hold(words, moment);
        decide(&world)?;
        kill_when_held(&mut world)?;
        world.agent.start()?;
        ended_in(&mut world, &doubtful, "Junk")?;
    }
    Ok(())
}

#[test]
fn killed_while_it_is_read_again() -> Result<()> {
    let mut world = started(LATER, None)?;
    let doubtful = doubt(&mut world, "offer", KIM)?;
    block(&world, "kim.example")?;
    world.proxy.hold("BODY.PEEK[]", Moment::Done);
    decide(&world)?;
    kill_when_held(&mut world)?;
    world.agent.start()?;
    ended_in(&mut world, &doubtful, "Junk")
}

/// Each way of moving, and its own worst moments.
fn worst_moments() -> [(Option<&'static str>, &'static str, Moment); 5] {
    [
        (None, "UID MOVE", Moment::Asked),
        (None, "UID MOVE", Moment::Done),
        (Some(WITHOUT_MOVE), "UID COPY", Moment::Done),
        (Some(WITHOUT_MOVE), "UID STORE", Moment::Asked),
        (Some(WITHOUT_MOVE), "UID EXPUNGE", Moment::Done),
    ]
}

fn kill_when_held(world: &mut World) -> Result<()> {
    let held = world.proxy.wait_held(PATIENCE);
    world.agent.kill()?;
    world.proxy.cut();
    held
}

/// It is there once and known to be there, and nothing is left to do, also after another start.
fn ended_in(world: &mut World, letter: &Letter, folder: &str) -> Result<()> {
    world.wait_for_place(letter, folder)?;
    nothing_waits(world)?;
    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("behind")?;
    let seen = world.only_copy(letter, folder)?;
    ensure!(!seen.flags.contains("Deleted"), "{seen:?}");
    assert_eq!(world.row(letter)?.uid, u64::from(seen.uid));
    assert_eq!(world.status_number("judged")?, 2);
    Ok(())
}

fn started(again: &str, folder: Option<&str>) -> Result<World> {
    started_on(None, again, folder)
}

/// An agent whose only knowledge of what is dubious is a rule, so that tests can change it.
fn started_on(capability: Option<&str>, again: &str, folder: Option<&str>) -> Result<World> {
    let mut world = World::new(capable_of(capability))?;
    rule(&world, 4.0)?;
    world.agent.set("[rules]", "paths", &json!(["own.cf"]))?;
    let folder = folder.map(|folder| format!("\nfolder = \"{folder}\"")).unwrap_or_default();
    // How soon it is seen what the person does in other folders.
    world.agent.set("[watch]", "poll", &json!("5 seconds"))?;
    world.agent.append_settings(&format!("[account.hold]\nagain = {again}{folder}"))?;
    world.agent.start()?;
    Ok(world)
}

/// How many points what is dubious has from now on, for an agent that starts.
fn rule(world: &World, points: f64) -> Result<()> {
    let text = format!(
        "body OWN_DUBIOUS /rather dubious matter/\ndescribe OWN_DUBIOUS It is dubious\nscore OWN_DUBIOUS {points}\n"
    );
    Ok(fs::write(world.agent.home().join("own.cf"), text)?)
}

fn dubious(name: &str, from: &str) -> Result<Letter> {
    let text = "Hello Robin,\r\n\r\nthis is about a rather dubious matter that we should talk over on Thursday.\r\n\r\nKim\r\n";
    Letter::write(name, from, text)
}

/// A doubtful letter that has come and waits.
fn doubt(world: &mut World, name: &str, from: &str) -> Result<Letter> {
    let before = waiting(world)?;
    let letter = dubious(name, from)?;
    world.deliver(&letter)?;
    world.agent.wait_for("let a message wait", PATIENCE, |status| {
        (number(status) == before + 1 && status.get("pending").and_then(Value::as_u64) == Some(0)).then_some(())
    })?;
    let row = world.row(&letter)?;
    ensure!(row.class == "unsure", "{row:?}");
    Ok(letter)
}

fn nothing_waits(world: &World) -> Result<()> {
    world.agent.wait_for("judge all again", PATIENCE, |status| {
        (number(status) == 0 && status.get("pending").and_then(Value::as_u64) == Some(0)).then_some(())
    })
}

fn waiting(world: &World) -> Result<u64> {
    Ok(number(&world.agent.status()?))
}

fn number(status: &Value) -> u64 {
    account(status).and_then(|account| account.get("waiting")?.as_u64()).unwrap_or(0)
}

fn decide(world: &World) -> Result<()> {
    world.agent.say(&["waiting", "--now"]).map(drop)
}

fn block(world: &World, domain: &str) -> Result<()> {
    world.agent.say(&["list", "add", "block", "domain", domain]).map(drop)
}

fn judged_again(world: &World) -> usize {
    world.agent.log().matches("judged again account").count()
}

fn shown(world: &World) -> Result<String> {
    world.agent.say(&["junk", "--all", "--json"])
}

/// Takes back the newest filing.
fn undo_filing(world: &World) -> Result<()> {
    let said = world.agent.say(&["history", "--json"])?;
    let changes: Vec<Value> = said.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let filing = changes.iter().find(|change| change["kind"] == "file");
    let id = filing.and_then(|change| change["id"].as_u64());
    ensure!(id.is_some(), "{said}");
    world.agent.say(&["undo", &id.unwrap_or_default().to_string()]).map(drop)
}
