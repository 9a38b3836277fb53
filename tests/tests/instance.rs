//! One window for each home, with real programs on a real screen; and what it remembers from one start to the next.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tamis_tests::{
    program,
    screen::{Running, Screen},
    wait_until,
    world::{PATIENCE, World},
};
use xtask::dovecot::Options;

#[test]
fn a_second_start_raises_the_first_window_and_ends_also_after_a_crash() -> Result<()> {
    let world = World::started(Options::default())?;
    let home = world.agent.home();
    let screen = Screen::start()?;
    let first = open(&screen, home)?;
    let number = screen.wait_for_window("Tamis", PATIENCE)?;
    screen.hide(&number)?;
    wait_until("the window to be hidden", PATIENCE, || Ok(screen.windows("Tamis")?.is_empty().then_some(())))?;

    let second = start(&screen, home)?.status()?;
    ensure!(second.success(), "the second ended with {second}");
    wait_until("the first window to come back", PATIENCE, || {
        Ok((screen.windows("Tamis")? == [number.clone()]).then_some(()))
    })?;

    // Killed: its socket stays behind.
    drop(first);
    ensure!(home.join("window.sock").exists(), "nothing is left behind");
    let mut third = open(&screen, home)?;
    screen.wait_for_window("Tamis", PATIENCE)?;
    let fourth = start(&screen, home)?.status()?;
    ensure!(fourth.success() && !third.has_ended()?, "{fourth}");
    assert_eq!(screen.windows("Tamis")?.len(), 1);
    Ok(())
}

#[test]
fn the_window_comes_back_where_it_was_and_as_large() -> Result<()> {
    let world = World::started(Options::default())?;
    let home = world.agent.home();
    let screen = Screen::start()?;
    let first = open(&screen, home)?;
    let number = screen.wait_for_window("Tamis", PATIENCE)?;
    screen.place(&number, [1000, 600], [60, 70])?;
    let size = |wanted: [i64; 2]| {
        wait_until("its size to be kept", PATIENCE, || {
            let kept = fs::read(home.join("window.json")).ok();
            let kept: Option<Value> = kept.and_then(|kept| serde_json::from_slice(&kept).ok());
            let size = kept.as_ref().and_then(|kept| kept.get("place")?.get("size"));
            Ok((size == Some(&serde_json::json!(wanted))).then_some(()))
        })
    };
    size([1000, 600])?;
    let before = screen.geometry(&number)?;
    drop(first);
    let _second = open(&screen, home)?;
    let number = screen.wait_for_window("Tamis", PATIENCE)?;
    wait_until("the window to be where it was", PATIENCE, || Ok((screen.geometry(&number)? == before).then_some(())))?;
    size([1000, 600])
}

fn start(screen: &Screen, home: &Path) -> Result<Command> {
    let mut command = screen.command(program("tamis")?);
    command.arg("--home").arg(home);
    Ok(command)
}

fn open(screen: &Screen, home: &Path) -> Result<Running> {
    Running::start(&mut start(screen, home)?).context("the window")
}
