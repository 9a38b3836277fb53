//! The notification of a digest: on a private D-Bus, to a desktop that is only pretended; and where there is none.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tamis_tests::{
    letter::Letter,
    wait_until,
    world::{PATIENCE, World},
};
use tempfile::TempDir;
use xtask::{dovecot::Options, packages};

#[test]
fn the_desktop_is_told_a_number_and_no_word_of_any_message() -> Result<()> {
    let bus = Bus::start()?;
    let (seen, notifications) = sync_channel(8);
    let _desktop = zbus::blocking::connection::Builder::address(bus.address.as_str())?
        .name("org.freedesktop.Notifications")?
        .serve_at("/org/freedesktop/Notifications", Desktop { seen })?
        .method_timeout(PATIENCE)
        .build()?;
    let mut world = notifying(&bus.address)?;
    filed_and_reported(&mut world, "secret-plan")?;

    let told = next(&notifications)?;

    assert_eq!(told.title, "Tamis filed 1 message");
    let all = format!("{told:?}");
    for word in ["secret-plan", "offers", "example", "robin"] {
        assert!(!all.contains(word), "{all}");
    }
    filed_and_reported(&mut world, "another")?;
    assert_eq!(next(&notifications)?.title, "Tamis filed 1 message");
    assert!(notifications.try_recv().is_err(), "one for each digest");
    Ok(())
}

#[test]
fn without_a_desktop_digests_come_all_the_same_and_that_is_logged_once() -> Result<()> {
    let folder = TempDir::new()?;
    let nowhere = format!("unix:path={}", folder.path().join("bus").display());
    let mut world = notifying(&nowhere)?;
    filed_and_reported(&mut world, "first")?;
    let line = "shows no notifications";
    wait_until("a line in the log", PATIENCE, || Ok(world.agent.log().contains(line).then_some(())))?;
    filed_and_reported(&mut world, "second")?;
    world.wait_for_all("behind")?;
    assert_eq!(world.agent.log().matches(line).count(), 1, "{}", world.agent.log());
    Ok(())
}

/// A world whose agent notifies on that bus.
fn notifying(address: &str) -> Result<World> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[digest]", "notify", &Value::Bool(true))?;
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", address);
    world.agent.start()?;
    Ok(world)
}

fn filed_and_reported(world: &mut World, name: &str) -> Result<()> {
    let spam = Letter::spam(name)?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_until_nothing_is_left()?;
    let said = world.agent.say(&["digest", "Demo"])?;
    assert!(said.contains("of 1 message"), "{said}");
    Ok(())
}

fn next(notifications: &Receiver<Told>) -> Result<Told> {
    notifications.recv_timeout(PATIENCE).context("the desktop was told nothing")
}

/// What the desktop was told.
#[derive(Debug)]
struct Told {
    title: String,
    #[expect(dead_code, reason = "read by its Debug form")]
    rest: (String, String, String),
}

/// A desktop that only remembers.
struct Desktop {
    seen: SyncSender<Told>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    #[expect(clippy::too_many_arguments, clippy::needless_pass_by_value, reason = "so the specification wants it")]
    fn notify(
        &self,
        app: String,
        _replaces: u32,
        icon: String,
        title: String,
        text: String,
        _actions: Vec<String>,
        _hints: std::collections::BTreeMap<String, zbus::zvariant::OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        self.seen.send(Told { title, rest: (app, icon, text) }).ok();
        1
    }
}

/// A message bus of our own, on which no service is started.
struct Bus {
    daemon: Child,
    address: String,
    _folder: TempDir,
}

impl Bus {
    fn start() -> Result<Self> {
        packages::ensure(packages::BUS)?;
        let folder = TempDir::new()?;
        let config = folder.path().join("bus.conf");
        let socket = folder.path().join("bus");
        fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>unix:path={}</listen><policy context=\"default\">\
                 <allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>",
                socket.display()
            ),
        )?;
        let mut command = Command::new("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address"]);
        let mut daemon = command.stdout(Stdio::piped()).spawn().context("cannot run dbus-daemon")?;
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().context("no output")?).read_line(&mut address)?;
        Ok(Self { daemon, address: address.trim().to_owned(), _folder: folder })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}
