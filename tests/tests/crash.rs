//! The agent is killed at the worst moments. Whatever was begun is then ended once: one copy, in the right place.

use std::process::Stdio;

use anyhow::Result;
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    world::{PATIENCE, WITHOUT_MOVE, World, capable_of},
};
use xtask::dovecot::Options;

/// Servers differ in how a message is moved; each way has its own worst moments.
const BY_MOVE: Option<&str> = None;
const BY_COPY: Option<&str> = Some(WITHOUT_MOVE);

#[test]
fn killed_after_the_content_was_read() -> Result<()> {
    filing_survives(BY_MOVE, "BODY.PEEK[]", Moment::Done, &["INBOX"])
}

#[test]
fn killed_between_the_intention_and_the_move() -> Result<()> {
    filing_survives(BY_MOVE, "UID MOVE", Moment::Asked, &["INBOX"])
}

#[test]
fn killed_between_the_move_and_its_answer() -> Result<()> {
    filing_survives(BY_MOVE, "UID MOVE", Moment::Done, &["Junk"])
}

#[test]
fn killed_between_the_intention_and_the_copy() -> Result<()> {
    filing_survives(BY_COPY, "UID COPY", Moment::Asked, &["INBOX"])
}

#[test]
fn killed_between_the_copy_and_its_answer() -> Result<()> {
    filing_survives(BY_COPY, "UID COPY", Moment::Done, &["INBOX", "Junk"])
}

#[test]
fn killed_between_the_copy_and_the_mark() -> Result<()> {
    filing_survives(BY_COPY, "UID STORE", Moment::Asked, &["INBOX", "Junk"])
}

#[test]
fn killed_between_the_copy_and_the_expunge() -> Result<()> {
    filing_survives(BY_COPY, "UID EXPUNGE", Moment::Asked, &["INBOX", "Junk"])
}

#[test]
fn killed_between_the_expunge_and_its_answer() -> Result<()> {
    filing_survives(BY_COPY, "UID EXPUNGE", Moment::Done, &["Junk"])
}

#[test]
fn a_release_is_done_although_killed_before_the_move() -> Result<()> {
    release_survives(BY_MOVE, "UID MOVE", Moment::Asked, &["Junk"])
}

#[test]
fn a_release_is_done_although_killed_before_the_answer_to_the_move() -> Result<()> {
    release_survives(BY_MOVE, "UID MOVE", Moment::Done, &["INBOX"])
}

#[test]
fn a_release_is_done_although_killed_between_the_copy_and_its_answer() -> Result<()> {
    release_survives(BY_COPY, "UID COPY", Moment::Done, &["INBOX", "Junk"])
}

#[test]
fn a_release_is_done_although_killed_between_the_copy_and_the_expunge() -> Result<()> {
    release_survives(BY_COPY, "UID EXPUNGE", Moment::Asked, &["INBOX", "Junk"])
}

#[test]
fn an_undo_is_done_although_killed_before_the_move() -> Result<()> {
    undo_survives(Moment::Asked, &["INBOX"])
}

#[test]
fn an_undo_is_done_although_killed_before_the_answer_to_the_move() -> Result<()> {
    undo_survives(Moment::Done, &["Junk"])
}

#[test]
fn an_agent_that_is_asked_to_stop_in_the_middle_of_a_move_stops_and_goes_on_later() -> Result<()> {
    for moment in [Moment::Asked, Moment::Done] {
        let mut world = World::started(Options::default())?;
        let spam = Letter::spam("interrupted")?;
        world.proxy.hold("UID MOVE", moment);
        world.deliver(&spam)?;
        world.proxy.wait_held(PATIENCE)?;
        world.agent.stop()?;
        world.proxy.cut();

        world.agent.start()?;
        world.wait_for_place(&spam, "Junk")?;
        world.wait_judged(1)?;
        one_in_place(&mut world, &spam, "Junk")?;
    }
    Ok(())
}

#[test]
fn killed_again_and_again_during_a_burst() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let (mut spam, mut ham) = (Vec::new(), Vec::new());
    let moments = [("UID MOVE", Moment::Done), ("BODY.PEEK[]", Moment::Done), ("UID MOVE", Moment::Asked)];
    for (round, (words, moment)) in moments.into_iter().enumerate() {
        world.proxy.hold(words, moment);
        for number in 0..4 {
            spam.push(Letter::spam(&format!("spam-{round}-{number}"))?);
            ham.push(Letter::ham(&format!("ham-{round}-{number}"))?);
        }
        for letter in ham.iter().rev().take(4).chain(spam.iter().rev().take(4)) {
            world.deliver(letter)?;
        }
        world.proxy.wait_held(PATIENCE)?;
        world.agent.kill()?;
        world.proxy.cut();
        world.agent.start()?;
    }
    world.wait_judged(24)?;

    for (folder, letters) in [("Junk", &spam), ("INBOX", &ham)] {
        assert_eq!(world.eye.folder(folder)?.len(), letters.len(), "messages in {folder}");
        for letter in letters {
            world.only_copy(letter, folder)?;
            world.row(letter)?;
        }
    }
    Ok(())
}

/// Kills the agent when it files a message, has got as far as `words`, and copies of it are in `places`.
fn filing_survives(capability: Option<&str>, words: &str, moment: Moment, places: &[&str]) -> Result<()> {
    let mut world = World::started(capable_of(capability))?;
    let (spam, ham) = (Letter::spam("unwanted")?, Letter::ham("wanted")?);
    world.deliver(&ham)?;
    world.wait_judged(1)?;
    world.proxy.hold(words, moment);
    world.deliver(&spam)?;
    kill_when_held(&mut world, &spam, places)?;

    world.agent.start()?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(2)?;

    one_in_place(&mut world, &spam, "Junk")?;
    one_in_place(&mut world, &ham, "INBOX")?;
    // And it is over: the next start has nothing left to do.
    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("behind")?;
    one_in_place(&mut world, &spam, "Junk")?;
    one_in_place(&mut world, &ham, "INBOX")?;
    assert_eq!(world.status_number("judged")?, 3);
    Ok(())
}

/// The same when it releases a message.
fn release_survives(capability: Option<&str>, words: &str, moment: Moment, places: &[&str]) -> Result<()> {
    let mut world = World::started(capable_of(capability))?;
    let spam = filed(&mut world)?;
    let id = world.row(&spam)?.id.to_string();
    world.proxy.hold(words, moment);
    let mut release = world.agent.command().args(["release", &id]).stderr(Stdio::null()).spawn()?;
    let killed = kill_when_held(&mut world, &spam, places);
    release.wait()?;
    killed?;

    world.agent.start()?;
    world.wait_for_place(&spam, "INBOX")?;
    world.wait_for_all("behind")?;

    one_in_place(&mut world, &spam, "INBOX")?;
    assert_eq!(world.status_number("trained_ham")?, 1);
    assert_eq!(world.status_number("judged")?, 2);
    Ok(())
}

/// The same when it takes a release back.
fn undo_survives(moment: Moment, places: &[&str]) -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = filed(&mut world)?;
    world.teach("release", &spam)?;
    world.wait_for_place(&spam, "INBOX")?;
    world.proxy.hold("UID MOVE", moment);
    let mut undo = world.agent.command().arg("undo").stderr(Stdio::null()).spawn()?;
    let killed = kill_when_held(&mut world, &spam, places);
    undo.wait()?;
    killed?;

    world.agent.start()?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_for_all("behind")?;

    one_in_place(&mut world, &spam, "Junk")?;
    assert_eq!(world.status_number("trained_ham")?, 0);
    Ok(())
}

/// A letter that was judged and is in Junk.
fn filed(world: &mut World) -> Result<Letter> {
    let spam = Letter::spam("wanted-after-all")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    world.wait_for_place(&spam, "Junk")?;
    Ok(spam)
}

fn kill_when_held(world: &mut World, letter: &Letter, places: &[&str]) -> Result<()> {
    let held = world.proxy.wait_held(PATIENCE);
    let found = world.places(letter);
    world.agent.kill()?;
    world.proxy.cut();
    held?;
    assert_eq!(found?, places, "the command was held at another moment than meant");
    Ok(())
}

/// One copy on the server, one row, and the row knows the copy.
fn one_in_place(world: &mut World, letter: &Letter, folder: &str) -> Result<()> {
    let seen = world.only_copy(letter, folder)?;
    assert!(!seen.flags.contains("Deleted"), "{seen:?}");
    let row = world.row(letter)?;
    let name = if folder == "INBOX" { "Inbox" } else { folder };
    assert_eq!((row.folder.as_str(), row.uid), (name, u64::from(seen.uid)), "{row:?}");
    assert_eq!(world.status_number("pending")?, 0);
    Ok(())
}
