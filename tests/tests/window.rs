//! The real window on a real screen, with a real agent and a real server behind it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use tamis_tests::{
    program,
    repository::root,
    screen::{Running, Screen},
    wait_until,
    world::{PATIENCE, USER, World},
};
use xtask::dovecot::Options;

/// So many of the demo letters are delivered.
const LETTERS: usize = 12;

/// A blank window has a handful of colours; text with soft edges has hundreds.
const COLOURS_OF_TEXT: u64 = 200;

#[test]
fn the_window_shows_what_was_filed_and_a_key_brings_it_back() -> Result<()> {
    let mut world = World::over_tls(Options::default())?;
    world.agent.start()?;
    deliver_demo(&world)?;
    let filed = world.eye.folder("Junk")?;
    assert!(!filed.is_empty(), "none of the demo letters was filed: {:#?}", world.agent.rows()?);

    let screen = Screen::start()?;
    let mut window = Running::start(screen.command(program("tamis")?).arg("--home").arg(world.agent.home()))?;
    let number = screen.wait_for_window("Tamis", PATIENCE)?;
    screen.focus(&number)?;
    let empty = screen.picture_at_rest(&picture_path("window.png"), PATIENCE)?;
    let chosen = wait_until("the window to show the chosen letter", PATIENCE, || {
        screen.press("Down")?;
        let picture = screen.picture_at_rest(&picture_path("window.png"), PATIENCE)?;
        Ok((picture != empty).then_some(picture))
    })?;
    assert!(chosen.colours > COLOURS_OF_TEXT, "the window is blank: {chosen:?}");

    screen.press("r")?;
    let left = wait_until("a letter to leave Junk", PATIENCE, || {
        let now = world.eye.folder("Junk")?;
        Ok((now.len() < filed.len()).then_some(now))
    })?;

    let released: Vec<_> = filed.iter().filter(|was| left.iter().all(|is| is.message_id != was.message_id)).collect();
    let inbox = world.eye.folder("INBOX")?;
    assert_eq!(released.len(), 1, "{released:?} were released by one key");
    for was in released {
        assert!(inbox.iter().any(|is| is.message_id == was.message_id), "{was:?} is not in the inbox");
    }
    world.agent.wait_for("learn", PATIENCE, |status| (status.get("trained_ham")? == 1).then_some(()))?;

    let after = screen.picture_at_rest(&picture_path("window-after-release.png"), PATIENCE)?;
    assert_ne!(after, chosen, "the window does not show what the key did");
    screen.press("ctrl+z")?;
    wait_until("the letter to be filed again", PATIENCE, || {
        Ok((world.eye.folder("Junk")?.len() == filed.len()).then_some(()))
    })?;
    assert!(!window.has_ended()?, "the window has ended by itself");
    println!("see {}", picture_path("window.png").display());
    Ok(())
}

fn deliver_demo(world: &World) -> Result<()> {
    let folder = root().join("assets/demo");
    let index = fs::read_to_string(folder.join("demo.index"))?;
    for line in index.lines().take(LETTERS) {
        let (_, name) = line.split_once(' ').context("a line of demo.index")?;
        world.server.deliver(USER, "bounce@example.net", &fs::read(folder.join(name))?)?;
    }
    world.wait_judged(u64::try_from(LETTERS)?)
}

fn picture_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}
