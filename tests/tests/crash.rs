//! The agent is killed at the worst moments. Whatever was begun is then ended once: one copy, in the right place.

use anyhow::Result;
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    world::{PATIENCE, WITHOUT_MOVE, World, capable_of},
};
use xtask::dovecot::Options;

#[test]
fn killed_after_the_content_was_read() -> Result<()> {
    filing_survives(Options::default(), "BODY.PEEK[]", Moment::Done)
}

#[test]
fn killed_between_the_intention_and_the_move() -> Result<()> {
    filing_survives(Options::default(), "UID MOVE", Moment::Asked)
}

#[test]
fn killed_between_the_move_and_its_answer() -> Result<()> {
    filing_survives(Options::default(), "UID MOVE", Moment::Done)
}

#[test]
fn killed_between_the_intention_and_the_copy() -> Result<()> {
    filing_survives(capable_of(WITHOUT_MOVE), "UID COPY", Moment::Asked)
}

#[test]
fn killed_between_the_copy_and_its_answer() -> Result<()> {
    filing_survives(capable_of(WITHOUT_MOVE), "UID COPY", Moment::Done)
}

#[test]
fn killed_between_the_copy_and_the_mark() -> Result<()> {
    filing_survives(capable_of(WITHOUT_MOVE), "UID STORE", Moment::Asked)
}

#[test]
fn killed_between_the_copy_and_the_expunge() -> Result<()> {
    filing_survives(capable_of(WITHOUT_MOVE), "UID EXPUNGE", Moment::Asked)
}

#[test]
fn killed_between_the_expunge_and_its_answer() -> Result<()> {
    filing_survives(capable_of(WITHOUT_MOVE), "UID EXPUNGE", Moment::Done)
}

#[test]
fn a_release_is_done_although_killed_before_the_move() -> Result<()> {
    release_survives(Options::default(), "UID MOVE", Moment::Asked)
}

#[test]
fn a_release_is_done_although_killed_before_the_answer_to_the_move() -> Result<()> {
    release_survives(Options::default(), "UID MOVE", Moment::Done)
}

#[test]
fn a_release_is_done_although_killed_between_the_copy_and_its_answer() -> Result<()> {
    release_survives(capable_of(WITHOUT_MOVE), "UID COPY", Moment::Done)
}

#[test]
fn a_release_is_done_although_killed_between_the_copy_and_the_expunge() -> Result<()> {
    release_survives(capable_of(WITHOUT_MOVE), "UID EXPUNGE", Moment::Asked)
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

/// Kills the agent when it files a message and has got as far as `words`.
fn filing_survives(options: Options, words: &str, moment: Moment) -> Result<()> {
    let mut world = World::started(options)?;
    let (spam, ham) = (Letter::spam("unwanted")?, Letter::ham("wanted")?);
    world.deliver(&ham)?;
    world.wait_judged(1)?;
    world.proxy.hold(words, moment);
    world.deliver(&spam)?;
    world.proxy.wait_held(PATIENCE)?;
    world.agent.kill()?;
    world.proxy.cut();

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

/// Kills the agent when it releases a message and has got as far as `words`.
fn release_survives(options: Options, words: &str, moment: Moment) -> Result<()> {
    let mut world = World::started(options)?;
    let spam = Letter::spam("wanted-after-all")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    world.wait_for_place(&spam, "Junk")?;
    let id = world.row(&spam)?.id.to_string();
    world.proxy.hold(words, moment);
    let mut release = world.agent.command().args(["release", &id]).spawn()?;
    let held = world.proxy.wait_held(PATIENCE);
    world.agent.kill()?;
    world.proxy.cut();
    release.wait()?;
    held?;

    world.agent.start()?;
    world.wait_for_place(&spam, "INBOX")?;
    world.wait_for_all("behind")?;

    one_in_place(&mut world, &spam, "INBOX")?;
    assert_eq!(world.status_number("trained_ham")?, 1);
    assert_eq!(world.status_number("judged")?, 2);
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
