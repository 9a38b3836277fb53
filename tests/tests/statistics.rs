//! Figures of what really happened: filed by the agent, put back and called spam by the person.

use anyhow::{Context as _, Result};
use serde_json::Value;
use tamis_tests::{letter::Letter, world::World};
use xtask::dovecot::Options;

fn figures(world: &World, words: &[&str]) -> Result<Value> {
    let words = [&["statistics", "--json"][..], words].concat();
    Ok(serde_json::from_str(&world.agent.say(&words)?)?)
}

fn number(figures: &Value, way: &str) -> Result<u64> {
    figures.pointer(way).and_then(Value::as_u64).with_context(|| format!("no {way} in {figures}"))
}

#[test]
fn figures_count_what_was_filed_and_what_the_person_put_right() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let (spam, offer) = (Letter::spam("one")?, Letter::spam("two")?);
    let (ham, missed) = (Letter::ham("three")?, Letter::ham("four")?);
    for letter in [&spam, &offer, &ham, &missed] {
        world.deliver(letter)?;
    }
    world.wait_judged(4)?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_for_place(&offer, "Junk")?;
    world.teach("release", &spam)?;
    world.teach("spam", &missed)?;
    world.wait_until_nothing_is_left()?;

    for words in [&["--days", "7"][..], &["--days", "0"], &["--days", "7", "--account", "Demo"]] {
        let got = figures(&world, words)?;
        let of = |name: &str| number(&got, &format!("/total/{name}"));
        assert_eq!((of("judged")?, of("spam")?, of("filed")?), (4, 2, 2), "{got}");
        assert_eq!((of("put_back")?, of("wrongly_spam")?, of("missed")?), (1, 1, 1), "{got}");
        let days = got.pointer("/days").and_then(Value::as_array).context("no days")?;
        let sum = |name: &str| days.iter().filter_map(|day| day.get(name)?.as_u64()).sum::<u64>();
        assert_eq!((sum("ham") + sum("unsure"), sum("spam")), (2, 2), "{got}");
        assert_eq!(number(&got, "/findings_of")?, 4);
    }
    let said = world.agent.say(&["statistics"])?;
    assert!(
        said.contains("Tamis judged 4 messages in the last 30 days and filed 2; you called 1 of these good"),
        "{said}"
    );

    world.agent.say(&["undo"])?;
    world.wait_until_nothing_is_left()?;
    let got = figures(&world, &["--days", "7"])?;
    assert_eq!(number(&got, "/total/missed")?, 0, "what is taken back no longer counts: {got}");
    let output = world.agent.command().args(["statistics", "--account", "nobody"]).output()?;
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}
