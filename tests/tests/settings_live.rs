//! Settings changed while the agent runs: the next message is judged by them, the file stays the person's, and all of it can
//! be taken back.

use std::fs;

use anyhow::{Result, ensure};
use serde_json::json;
use tamis_tests::{letter::Letter, world::World};
use xtask::dovecot::Options;

/// A letter without a date, which these tests give so many points that it is doubtful.
fn doubtful(name: &str) -> Result<Letter> {
    let letter = Letter::ham(name)?;
    let text = String::from_utf8_lossy(&letter.raw);
    let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.starts_with("Date: ")).collect();
    Ok(Letter { raw: lines.join("\r\n").into_bytes(), ..letter })
}

fn file(world: &World) -> Result<String> {
    Ok(fs::read_to_string(world.agent.home().join("tamis.toml"))?)
}

/// A world in which such a letter is doubtful, and what the settings file says.
fn world() -> Result<(World, String)> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[scores]", "MISSING_DATE", &json!(4.5))?;
    let path = world.agent.home().join("tamis.toml");
    let text = fs::read_to_string(&path)?;
    fs::write(&path, format!("# Mine: do not touch.\n{text}\n# The end.\n"))?;
    world.agent.start()?;
    let before = file(&world)?;
    Ok((world, before))
}

#[test]
fn a_changed_threshold_decides_the_next_message_and_an_undo_the_one_after_that() -> Result<()> {
    let (mut world, before) = world()?;
    let (first, second, third) = (doubtful("first")?, doubtful("second")?, doubtful("third")?);
    world.deliver(&first)?;
    world.wait_judged(1)?;
    let row = world.row(&first)?;
    ensure!(row.class == "unsure" && 3.1 < row.score, "the letter is {} with {} points", row.class, row.score);
    world.only_copy(&first, "INBOX")?;

    let said = world.agent.say(&["setting", "judge.junk", "3.1"])?;
    assert!(said.contains("judge.junk is 3.1 from now on"), "{said}");
    world.deliver(&second)?;
    world.wait_for_place(&second, "Junk")?;
    world.wait_judged(2)?;
    assert_eq!(world.row(&second)?.class, "spam");
    let after = file(&world)?;
    assert!(after.starts_with("# Mine: do not touch.\n") && after.trim_end().ends_with("# The end."), "{after}");
    assert!(after.contains("junk = 3.1"), "{after}");

    let said = world.agent.say(&["undo"])?;
    assert!(said.contains("undone: change of judge.junk to 3.1"), "{said}");
    world.deliver(&third)?;
    world.wait_judged(3)?;
    assert_eq!(world.row(&third)?.class, "unsure");
    world.only_copy(&third, "INBOX")?;
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&file(&world)?), lines(&before), "every line that says something is as it was");
    Ok(())
}

#[test]
fn a_wrong_value_changes_nothing_and_the_reason_is_said() -> Result<()> {
    let (world, before) = world()?;
    for (words, want) in [
        (&["setting", "judge.junk", "1"][..], "must not be below `tag`"),
        (&["setting", "policy.spam", "burn"], "not \"burn\""),
        (&["setting", "no.such", "1"], "there is no setting `no.such`"),
        (&["setting", "log.days", "0"], "must be a whole number from 1 to 365"),
        (&["setting", "log.days", "soon"], "must be a number"),
    ] {
        let output = world.agent.command().args(words).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words:?}: {said}");
        assert!(said.contains(want), "{words:?}: {said}");
        assert_eq!(file(&world)?, before, "{words:?}");
    }
    let status = world.agent.status()?;
    assert!(!status.to_string().contains("tamis.toml"), "the file is called wrong: {status}");
    Ok(())
}

#[test]
fn a_setting_that_was_changed_again_is_not_undone_behind_that() -> Result<()> {
    let (world, _) = world()?;
    world.agent.say(&["setting", "learn.most", "500"])?;
    world.agent.say(&["setting", "learn.most", "600"])?;
    let history = world.agent.say(&["history", "--json"])?;
    let first = history.lines().last().and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let first = first.and_then(|change| change.get("id")?.as_i64()).map(|id| id.to_string()).unwrap_or_default();
    let output = world.agent.command().args(["undo", &first]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("was changed again since then"), "{said}");
    world.agent.say(&["undo"])?;
    assert!(world.agent.say(&["setting", "learn.most"])?.starts_with("learn.most is 500;"));
    world.agent.say(&["undo"])?;
    assert!(world.agent.say(&["setting", "learn.most"])?.starts_with("learn.most is 20000;"));
    Ok(())
}

#[test]
fn accounts_go_on_over_a_change_that_is_not_about_them() -> Result<()> {
    let (mut world, _) = world()?;
    let letter = Letter::spam("before")?;
    world.deliver(&letter)?;
    world.wait_for_place(&letter, "Junk")?;
    let connections = |world: &World| world.agent.log().matches("connected").count();
    let before = connections(&world);
    assert!(0 < before, "{}", world.agent.log());
    world.agent.say(&["setting", "judge.tag", "2.5"])?;
    let letter = Letter::spam("after")?;
    world.deliver(&letter)?;
    world.wait_for_place(&letter, "Junk")?;
    assert_eq!(connections(&world), before);
    Ok(())
}
