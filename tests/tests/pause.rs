//! A pause: nothing is judged while it lasts, not even after a restart, and nothing that came meanwhile is missed.

use std::{fs, thread, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tamis_agent::{
    clock,
    paths::Home,
    store::{Store, pause},
};
use tamis_tests::{
    letter::Letter,
    wait_until,
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

#[test]
fn a_pause_ends_by_itself_and_what_came_meanwhile_is_judged_then() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.agent.say(&["pause", "--hour"])?;
    let spam = Letter::spam("before-the-end")?;
    world.deliver(&spam)?;
    world.agent.stop()?;
    // An hour later, as good as that.
    let end = clock::now().0 + 6;
    let home = Home::find(Some(world.agent.home()))?;
    let store = Store::open(&home.database())?;
    tokio::runtime::Runtime::new()?.block_on(store.run(move |db| pause::keep_pause(db, Some(end))))?;
    drop(store);
    world.agent.start()?;
    assert_eq!(world.agent.status()?.get("paused_until"), Some(&Value::from(end)));
    assert_eq!(world.places(&spam)?, ["INBOX"]);

    world.wait_for_place(&spam, "Junk")?;
    assert!(end <= clock::now().0, "not before its end");
    assert_eq!(world.agent.status()?.get("paused_until"), Some(&Value::Null));
    assert!(world.agent.log().contains("the pause has ended"));
    Ok(())
}

#[test]
fn doubtful_mail_that_waits_is_not_judged_again_in_a_pause_but_after_it() -> Result<()> {
    let mut world = World::new(Options::default())?;
    fs::write(
        world.agent.home().join("doubt.cf"),
        "header KIM_WRITES From =~ /kim@kim\\.example/\nscore KIM_WRITES 4.0\n",
    )?;
    world.agent.set("[rules]", "paths", &json!(["doubt.cf"]))?;
    world.agent.set("[hold]", "again", &json!(["8 seconds"]))?;
    world.agent.start()?;
    let letter = Letter::write("waiting", "Kim <kim@kim.example>", "Hello Robin,\r\n\r\nwould you look at this?\r\n")?;
    world.deliver(&letter)?;
    world.wait_judged(1)?;
    let waits = |world: &World| -> Result<u64> {
        let status = world.agent.status()?;
        account(&status).and_then(|account| account.get("waiting")?.as_u64()).context("no number of those that wait")
    };
    assert_eq!(waits(&world)?, 1);
    world.agent.say(&["pause"])?;
    thread::sleep(Duration::from_secs(11));
    assert_eq!(waits(&world)?, 1, "it rests");
    world.only_copy(&letter, "INBOX")?;
    world.agent.say(&["resume"])?;
    wait_until("judge it again", PATIENCE, || Ok((waits(&world)? == 0).then_some(())))
}
