//! The key of the archive is in the keyring, and the archive opens with it and with nothing else.

use std::{env, fs, path::Path, process::Command};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tamis_agent::{
    archive::{Archive, Deposit},
    clock,
    paths::Home,
    store::{AccountId, Key, Store},
};
use tamis_core::UnixTime;
use tamis_tests::{
    session::Keyring,
    world::{PATIENCE, World},
};
use xtask::dovecot::Options;

const LETTER: &[u8] = b"Subject: Quincunx\r\n\r\nThe quincunx is planted.\r\n";

/// The first account of a home.
const ACCOUNT: AccountId = AccountId(1);

/// What this program does instead of the test, in an environment of its own, and in which home.
const STEP: &str = "TAMIS_TEST_STEP";
const HOME: &str = "TAMIS_TEST_HOME";

#[test]
fn the_key_is_in_the_keyring_and_nowhere_else() -> Result<()> {
    if let Ok(step) = env::var(STEP) {
        return take(&step);
    }
    let folder = tempfile::tempdir()?;
    let mut world = World::new(Options::default())?;
    world.agent.start()?;
    world.agent.stop()?;

    let keyring = Keyring::unlocked(folder.path())?;
    let home = world.agent.home().to_path_buf();
    in_session(&keyring, "keep", &home)?;
    ensure!(home.join("archive/key.id").exists(), "nothing was kept");
    ensure!(!home.join("archive.key").exists(), "there is a keyring, and yet there is a key file");
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    world.agent.start()?;
    archived(&world)?;
    world.agent.stop()?;
    drop(keyring);

    // After a new login.
    let keyring = Keyring::unlocked(folder.path())?;
    in_session(&keyring, "read", &home)?;
    drop(keyring);

    // The key is there, but nobody unlocks the keyring.
    let keyring = Keyring::locked(folder.path())?;
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    world.agent.start()?;
    complains(&world, "the keyring that holds its key is locked")?;
    world.agent.stop()?;
    drop(keyring);

    // There is no keyring any more.
    world.agent.start()?;
    complains(&world, "no keyring is running")?;
    world.agent.stop()?;
    ensure!(!home.join("archive.key").exists(), "another key was made");
    let id = fs::read(home.join("archive/key.id"))?;
    ensure!(!id.is_empty());
    Ok(())
}

/// Does one step as a program in the session of that keyring.
fn in_session(keyring: &Keyring, step: &str, home: &Path) -> Result<()> {
    let output = Command::new(env::current_exe()?)
        .args(["--exact", "the_key_is_in_the_keyring_and_nowhere_else", "--nocapture"])
        .env("DBUS_SESSION_BUS_ADDRESS", keyring.address())
        .env(STEP, step)
        .env(HOME, home)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn take(step: &str) -> Result<()> {
    let home = Home::below(Path::new(&env::var_os(HOME).context("no home")?))?;
    let store = Store::open(&home.database())?;
    let archive = Archive::new(&home);
    let key = Key::of(LETTER);
    tokio::runtime::Runtime::new()?.block_on(async {
        match step {
            "keep" => {
                let (raw, flags) = (LETTER.to_vec(), Vec::new());
                let deposit = Deposit { account: ACCOUNT, key, raw, flags, internal_date: UnixTime(0) };
                archive.keep(&store, deposit, clock::now()).await?;
            }
            "read" => {
                let (raw, _) = archive.fetch(&store, ACCOUNT, key).await?.context("nothing is kept")?;
                ensure!(raw == LETTER, "another message is kept");
            }
            other => bail!("there is no step `{other}`"),
        }
        ensure!(archive.problem().is_none(), "{:?}", archive.problem());
        Ok(())
    })
}

fn archived(world: &World) -> Result<()> {
    world.agent.wait_for("count the archive", PATIENCE, |status| {
        let problems = status.get("problems")?.as_array()?;
        (status.get("archived")?.as_u64()? == 1 && problems.is_empty()).then_some(())
    })
}

fn complains(world: &World, why: &str) -> Result<()> {
    world.agent.wait_for(why, PATIENCE, |status| {
        let problems = status.get("problems")?.as_array()?;
        problems.iter().filter_map(Value::as_str).any(|problem| problem.contains(why)).then_some(())
    })
}
