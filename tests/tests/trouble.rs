//! Servers that hang up, go away, or want another password.

use std::{process::Stdio, thread, time::Duration};

use anyhow::Result;
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    wait_until,
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
fn a_cut_before_the_move_of_a_release_leaves_one_copy() -> Result<()> {
    a_cut_in_a_release_leaves_one_copy(Moment::Asked)
}

#[test]
fn a_cut_after_the_move_of_a_release_leaves_one_copy() -> Result<()> {
    a_cut_in_a_release_leaves_one_copy(Moment::Done)
}

#[test]
fn a_release_without_a_server_says_so_and_ends_in_one_place() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = filed(&mut world)?;
    let id = world.row(&spam)?.id.to_string();
    world.server.stop();

    let output = world.agent.command().args(["release", &id]).output()?;

    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    println!("{said}");
    assert!(!said.trim().is_empty(), "it says nothing");
    world.server.restart(Options::default())?;
    world.eye = world.server.imap(USER, PASSWORD)?;
    world.wait_for_all("behind")?;
    ends_in_one_place(&mut world, &spam)?;
    if !output.status.success() {
        assert_eq!(output.status.code(), Some(3), "a server that is gone is nobody's wrong argument: {said}");
    }
    Ok(())
}

#[test]
fn a_move_that_is_refused_once_is_done_at_the_next_look() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("not-now")?;
    world.proxy.refuse("UID MOVE", "[INUSE] The folder is locked, try again later");
    world.deliver(&spam)?;
    wait_until("the move to be refused", PATIENCE, || Ok((world.proxy.count("UID MOVE") > 0).then_some(())))?;
    world.proxy.let_go();

    world.wait_for_all("behind")?;

    world.only_copy(&spam, "Junk")?;
    assert_eq!(world.row(&spam)?.folder, "Junk");
    Ok(())
}

#[test]
fn a_release_the_server_refuses_is_not_called_done() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = filed(&mut world)?;
    world.proxy.refuse("UID MOVE", "[OVERQUOTA] The mailbox is full");

    let said = world.teach("release", &spam);

    println!("{said:?}");
    world.only_copy(&spam, "Junk")?;
    assert!(said.as_ref().map_or(true, |said| !said.contains("released")), "{said:?}");
    world.proxy.let_go();
    world.wait_for_all("behind")?;
    ends_in_one_place(&mut world, &spam)
}

#[test]
fn a_second_agent_in_the_same_home_is_refused_and_the_first_goes_on() -> Result<()> {
    let mut world = World::started(Options::default())?;

    let output = world.agent.command().arg("run").output()?;

    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{said}");
    assert!(!output.status.success() && said.contains("another"), "{said}");
    world.wait_for_all("still-here")
}

#[test]
fn a_server_that_is_gone_for_a_while_is_found_again() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.server.stop();
    // Dovecot lets a client stay for ten seconds after its last word, and a word within them begins others.
    let text = world.agent.wait_for("notice that the server is gone", 2 * PATIENCE, |status| {
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

fn a_cut_in_a_release_leaves_one_copy(moment: Moment) -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = filed(&mut world)?;
    let id = world.row(&spam)?.id.to_string();
    world.proxy.hold("UID MOVE", moment);
    let mut release = world.agent.command().args(["release", &id]).stderr(Stdio::null()).spawn()?;
    let held = world.proxy.wait_held(PATIENCE);
    world.proxy.cut();
    release.wait()?;
    held?;

    world.wait_for_all("behind")?;
    ends_in_one_place(&mut world, &spam)
}

/// A letter that was judged and is in Junk.
fn filed(world: &mut World) -> Result<Letter> {
    let spam = Letter::spam("wanted-after-all")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    world.wait_for_place(&spam, "Junk")?;
    Ok(spam)
}

/// After a release in trouble: it is in the inbox and learned, or it is in Junk and not learned, and the agent knows.
fn ends_in_one_place(world: &mut World, letter: &Letter) -> Result<()> {
    let places = world.places(letter)?;
    let is_released = places == ["INBOX"];
    assert!(is_released || places == ["Junk"], "{places:?}");
    assert_eq!(world.row(letter)?.folder, if is_released { "Inbox" } else { "Junk" });
    assert_eq!(world.status_number("trained_ham")?, u64::from(is_released));
    Ok(())
}
