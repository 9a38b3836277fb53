//! The agent is killed while the window is open: the window starts another and does what was asked for meanwhile.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;
use tamis_tests::{
    letter::Letter,
    program,
    screen::{Running, Screen},
    wait_until,
    world::{PATIENCE, World},
};
use xtask::dovecot::Options;

#[test]
fn the_window_brings_a_killed_agent_back_and_loses_no_key() -> Result<()> {
    let mut world = World::over_tls(Options::default())?;
    world.agent.start()?;
    let spam = Letter::spam("while-it-was-away")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_until_nothing_is_left()?;
    let orphans = Orphans(world.agent.home().to_path_buf());

    let screen = Screen::start()?;
    let mut window = Running::start(screen.command(program("tamis")?).arg("--home").arg(world.agent.home()))?;
    let number = screen.wait_for_window("Tamis", PATIENCE)?;
    screen.focus(&number)?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let before = screen.picture_at_rest(&folder.join("agent-there.png"), PATIENCE)?;
    screen.press("Down")?;
    wait_until("the letter to be chosen", PATIENCE, || {
        Ok((screen.picture_at_rest(&folder.join("agent-there.png"), PATIENCE)? != before).then_some(()))
    })?;

    world.agent.kill()?;
    screen.press("r")?;
    world.wait_for_place(&spam, "INBOX")?;
    assert!(!orphans.pids()?.is_empty(), "the window has started no agent");
    assert!(!window.has_ended()?, "the window has ended");
    screen.picture_at_rest(&folder.join("agent-back.png"), PATIENCE)?;
    Ok(())
}

/// The agents that the window has started for that home, ended with this value.
struct Orphans(PathBuf);

impl Orphans {
    fn pids(&self) -> Result<Vec<String>> {
        let wanted = format!("TAMIS_HOME={}", self.0.display()).into_bytes();
        let mut pids = Vec::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            let is_agent = fs::read(entry.path().join("comm")).is_ok_and(|name| name.starts_with(b"tamis-agent"));
            let variables = fs::read(entry.path().join("environ")).unwrap_or_default();
            if is_agent && variables.split(|byte| *byte == 0).any(|variable| variable == wanted) {
                pids.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(pids)
    }
}

impl Drop for Orphans {
    fn drop(&mut self) {
        for pid in self.pids().unwrap_or_default() {
            Command::new("kill").arg(pid).status().ok();
        }
    }
}
