//! Servers that hang up, go away, or want another password.

use std::{thread, time::Duration};

use anyhow::Result;
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    world::{PASSWORD, PATIENCE, USER, World, account},
};
use xtask::dovecot::Options;

#[test]
fn after_a_cut_in_mid_air_the_agent_comes_back_and_misses_nothing() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let letters = ["cut-1", "cut-2", "cut-3"].map(Letter::spam).into_iter().collect::<Result<Vec<_>>>()?;
    world.proxy.hold("BODY.PEEK[]", Moment::Done);
    for letter in &letters {
        world.deliver(letter)?;
    }
    world.proxy.wait_held(PATIENCE)?;
    world.proxy.cut();

    for letter in &letters {
        world.wait_for_place(letter, "Junk")?;
    }
    world.wait_judged(3)?;
    for letter in &letters {
        world.row(letter)?;
    }
    Ok(())
}

#[test]
fn a_cut_before_a_move_leaves_one_copy() -> Result<()> {
    a_cut_leaves_one_copy(Moment::Asked)
}

#[test]
fn a_cut_after_a_move_leaves_one_copy() -> Result<()> {
    a_cut_leaves_one_copy(Moment::Done)
}

#[test]
fn a_server_that_is_gone_for_a_while_is_found_again() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.server.stop();
    let text = world.agent.wait_for("notice that the server is gone", PATIENCE, |status| {
        let account = account(status)?;
        (account.get("state")? == "Retrying").then_some(account.get("text")?.as_str()?.to_owned())
    })?;
    println!("{text}");

    world.server.restart(Options::default())?;
    world.eye = world.server.imap(USER, PASSWORD)?;
    let spam = Letter::spam("welcome-back")?;
    world.deliver(&spam)?;

    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(1)
}

#[test]
fn a_wrong_password_asks_for_the_person_and_knocks_no_more_than_twice() -> Result<()> {
    let mut world = World::new(Options::default())?;
    let logins = |world: &World| world.proxy.count(" LOGIN ") + world.proxy.count(" AUTHENTICATE ");
    let before = logins(&world);
    world.agent.set_password("not-the-password")?;
    world.agent.spawn()?;

    let needs_you = |status: &serde_json::Value| {
        let account = account(status)?;
        (account.get("state")? == "NeedsYou").then_some(account.get("text")?.as_str()?.to_owned())
    };
    let text = world.agent.wait_for("ask for the person", PATIENCE, needs_you)?;

    println!("{text}");
    assert!(text.to_lowercase().contains("password"), "{text}");
    assert!(!text.contains("not-the-password"), "{text}");
    // What must not happen can only be waited for.
    thread::sleep(Duration::from_secs(4));
    let attempts = logins(&world) - before;
    assert!((1..=2).contains(&attempts), "{attempts} attempts:\n{}", world.server.log());
    assert!(needs_you(&world.agent.status()?).is_some());
    Ok(())
}

fn a_cut_leaves_one_copy(moment: Moment) -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("half-way")?;
    world.proxy.hold("UID MOVE", moment);
    world.deliver(&spam)?;
    world.proxy.wait_held(PATIENCE)?;
    world.proxy.cut();

    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(1)?;
    world.wait_for_all("behind")?;
    let seen = world.only_copy(&spam, "Junk")?;
    let row = world.row(&spam)?;
    assert_eq!((row.folder.as_str(), row.uid), ("Junk", u64::from(seen.uid)));
    Ok(())
}
