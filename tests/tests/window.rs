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
    wait_until("the window to draw the list", PATIENCE, || {
        let picture = screen.picture(&picture_path("window.png"))?;
        Ok((picture.colours > COLOURS_OF_TEXT).then_some(()))
    })?;

    // The first press may come before the list does: a person would press again.
    let left = wait_until("a letter to leave Junk", PATIENCE, || {
        screen.press("Down")?;
        screen.press("r")?;
        let now = world.eye.folder("Junk")?;
        Ok((now.len() < filed.len()).then_some(now))
    })?;

    let inbox = world.eye.folder("INBOX")?;
    for seen in filed.iter().filter(|seen| left.iter().all(|left| left.message_id != seen.message_id)) {
        assert!(inbox.iter().any(|now| now.message_id == seen.message_id), "{seen:?} is not in the inbox");
    }
    assert_ne!(world.status_number("trained_ham")?, 0);
    let picture = screen.picture(&picture_path("window-after-release.png"))?;
    assert!(picture.colours > COLOURS_OF_TEXT, "the window is blank: {picture:?}");
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
