//! A pause: nothing is judged while it lasts, not even after a restart, and nothing that came meanwhile is missed.

use anyhow::{Context as _, Result};
use serde_json::Value;
use tamis_tests::{
    letter::Letter,
    world::{PATIENCE, World, account},
};
use xtask::dovecot::Options;

#[test]
fn nothing_is_judged_in_a_pause_and_everything_afterwards() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let said = world.agent.say(&["pause"])?;
    assert!(said.contains("paused until you go on"), "{said}");
    let spam = Letter::spam("in-the-pause")?;
    world.deliver(&spam)?;

    // After a restart the account is connected and would look at once what has come.
    world.agent.stop()?;
    world.agent.start()?;
    let paused = |status: &Value| {
        let text = account(status)?.get("text")?.as_str()?.to_owned();
        text.contains("paused").then_some(text)
    };
    let text = world.agent.wait_for("say that it rests", PATIENCE, paused)?;
    assert_eq!(text, "Filtering is paused until you go on");
    assert_eq!(world.places(&spam)?, ["INBOX"]);
    assert_eq!(world.status_number("judged")?, 0);
    let status = world.agent.say(&["status"])?;
    assert!(status.contains("Filtering is paused until you go on"), "{status}");
    let refused = world.agent.status()?.get("paused_until").cloned().context("no pause")?;
    assert_eq!(refused, 0);

    world.agent.say(&["resume"])?;
    world.wait_for_place(&spam, "Junk")?;
    let ended = world.agent.status()?.get("paused_until").cloned();
    assert_eq!(ended, Some(Value::Null));
    Ok(())
}

#[test]
fn what_the_person_asks_for_is_done_in_a_pause_too() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("before-the-pause")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_until_nothing_is_left()?;
    world.agent.say(&["pause", "--hour"])?;
    world.teach("release", &spam)?;
    world.wait_for_place(&spam, "INBOX")?;
    Ok(())
}

#[test]
fn an_account_says_when_it_was_looked_at_and_how_news_are_heard() -> Result<()> {
    for (options, hears) in
        [(Options::default(), Value::from("AtOnce")), (without_idle(), serde_json::json!({"Every": 120}))]
    {
        let world = World::started(options)?;
        let status = world.agent.status()?;
        let health = account(&status).and_then(|account| account.get("health")).context("no health")?;
        assert!(health.get("looked_at").and_then(Value::as_i64).is_some_and(|at| 0 < at), "{health}");
        assert_eq!(health.get("hears"), Some(&hears));
    }
    Ok(())
}

/// A server that cannot tell by itself what is new.
fn without_idle() -> Options {
    tamis_tests::world::capable_of(Some("IMAP4rev1 LITERAL+ NAMESPACE SPECIAL-USE UNSELECT UIDPLUS MOVE"))
}
