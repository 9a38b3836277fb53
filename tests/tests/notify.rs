//! Notifications, of a digest and of doubtful mail: on a private D-Bus, to a desktop that is only pretended; and where there is none.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    sync::mpsc::{Receiver, sync_channel},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tamis_agent::{client::Client, paths::Home};
use tamis_core::api::Request;
use tamis_tests::{
    bus::Bus,
    letter::Letter,
    program, wait_until,
    world::{PATIENCE, USER, World},
};
use tempfile::TempDir;
use xtask::dovecot::Options;
use zbus::{
    blocking::{Connection, MessageIterator, connection::Builder},
    zvariant::OwnedValue,
};

#[test]
fn the_desktop_is_told_a_number_and_no_word_of_any_message() -> Result<()> {
    let bus = Bus::start()?;
    let notifications = desktop(&bus.address)?;
    let mut world = notifying(&bus.address)?;
    filed_and_reported(&mut world, "secret-plan")?;

    let told = next(&notifications)?;

    assert_eq!((told.0.as_str(), told.3.as_str()), ("Tamis", "Tamis filed 1 message"));
    let all = format!("{told:?}");
    for word in ["secret-plan", "offers", "example", "robin"] {
        assert!(!all.contains(word), "{all}");
    }
    filed_and_reported(&mut world, "another")?;
    assert_eq!(next(&notifications)?.3, "Tamis filed 1 message");
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

#[test]
fn doubtful_mail_that_has_just_come_is_told_once_and_a_click_opens_the_window_there() -> Result<()> {
    let bus = Bus::start()?;
    let desktop = Desktop::start(&bus.address)?;
    let mut world = World::new(Options::default())?;
    world.server.deliver(USER, "bounce@example.net", &dubious("long-there")?.raw)?;
    let opened = stand_in_for_the_window(&mut world)?;
    doubting(&mut world, &bus.address)?;
    let first = dubious("offer")?;
    world.deliver(&first)?;
    let told = next(&desktop.told)?;
    assert_eq!((told.1, told.3.as_str(), told.4.as_str()), (0, "Doubtful: Kim", "About offer"));
    assert!(told.5.starts_with(&["default".to_owned()]), "{told:?}");

    // What comes soon after is not told at once; a click leads to what was told.
    world.deliver(&dubious("second")?)?;
    world.wait_judged(2)?;
    desktop.click()?;
    let id = world.row(&first)?.id;
    let said = wait_until("the window to be opened", PATIENCE, || Ok(fs::read_to_string(&opened).ok()))?;
    assert!(said.contains(&format!("tamis:show/{id} with a-word")), "{said}");
    assert!(desktop.told.try_recv().is_err(), "once in some minutes");
    assert!(!world.agent.log().contains("offer"), "no word of a message is logged");
    Ok(())
}

#[test]
fn several_are_told_as_a_number_and_of_what_is_read_in_the_window_nothing_is_told() -> Result<()> {
    let bus = Bus::start()?;
    let desktop = Desktop::start(&bus.address)?;
    let mut world = World::new(Options::default())?;
    world.agent.set("[notify]", "doubtful", &Value::from("number"))?;
    doubting(&mut world, &bus.address)?;
    // The window says for as long as it is connected that it is looked at.
    let home = Home::find(Some(world.agent.home()))?;
    let (seen, ended) = sync_channel(1);
    let mut window = Client::connect(&home)?;
    thread::Builder::new().spawn(move || seen.send(window.call(Request::Looks(true)).is_ok()).ok())?;
    thread::sleep(Duration::from_millis(500));
    world.deliver(&dubious("looked-at")?)?;
    world.wait_judged(1)?;
    assert!(desktop.told.recv_timeout(GATHERED).is_err(), "the person looks at the window");

    Client::connect(&home)?.call(Request::Looks(false))?;
    assert!(ended.recv_timeout(PATIENCE)?, "the window is answered once it is no longer looked at");
    for name in ["one", "two"] {
        world.deliver(&dubious(name)?)?;
    }
    let told = next(&desktop.told)?;
    assert_eq!((told.3.as_str(), told.4.as_str()), ("2 doubtful messages", "Click to look at them"));
    Ok(())
}

/// Longer than what comes together is gathered.
const GATHERED: Duration = Duration::from_secs(7);

/// Starts an agent that finds every message of Kim's doubtful, and tells that bus.
fn doubting(world: &mut World, address: &str) -> Result<()> {
    let rules = world.agent.home().join("doubt.cf");
    fs::write(rules, "header KIM_WRITES From =~ /kim@kim\\.example/\nscore KIM_WRITES 4.0\n")?;
    world.agent.set("[rules]", "paths", &Value::from(vec!["doubt.cf"]))?;
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", address);
    world.agent.set_variable("LC_ALL", "C");
    world.agent.start()
}

fn dubious(name: &str) -> Result<Letter> {
    Letter::write(name, "Kim <kim@kim.example>", "Hello Robin,\r\n\r\nwould you look at this?\r\n\r\nKim\r\n")
}

/// A program by the name of the window, found before the real one, that writes down how it was opened.
fn stand_in_for_the_window(world: &mut World) -> Result<PathBuf> {
    let folder = world.agent.home().join("bin");
    fs::create_dir_all(&folder)?;
    let (window, opened) = (folder.join("tamis"), folder.join("opened"));
    fs::write(&window, format!("#!/bin/sh\necho \"$* with $XDG_ACTIVATION_TOKEN\" > '{}'\n", opened.display()))?;
    fs::set_permissions(&window, fs::Permissions::from_mode(0o755))?;
    let agent = folder.join("tamis-agent");
    fs::copy(program("tamis-agent")?, &agent)?;
    world.agent.run_instead(agent);
    Ok(opened)
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

fn next(notifications: &Receiver<Notification>) -> Result<Notification> {
    notifications.recv_timeout(PATIENCE).context("the desktop was told nothing")
}

/// What the desktop was told, in the order of the specification.
type Notification = (String, u32, String, String, String, Vec<String>, BTreeMap<String, OwnedValue>, i32);

/// A desktop that only remembers, for as long as the bus lives.
fn desktop(address: &str) -> Result<Receiver<Notification>> {
    Ok(Desktop::start(address)?.told)
}

/// The interface of notifications, and its name on the bus.
const NAME: &str = "org.freedesktop.Notifications";

/// The number that every notification gets here.
const NUMBER: u32 = 1;

struct Desktop {
    bus: Connection,
    told: Receiver<Notification>,
}

impl Desktop {
    fn start(address: &str) -> Result<Self> {
        let bus = Builder::address(address)?.method_timeout(PATIENCE).build()?;
        let calls = MessageIterator::from(&bus);
        bus.request_name(NAME)?;
        let (seen, told) = sync_channel(8);
        let answering = bus.clone();
        let remember = move || {
            for call in calls {
                let Ok(call) = call else { return };
                let header = call.header();
                if header.interface().is_none_or(|name| name != NAME) {
                    continue;
                }
                let member = header.member().map(|member| member.as_str().to_owned()).unwrap_or_default();
                if member == "GetCapabilities" {
                    answering.reply(&header, &vec!["body", "body-markup", "actions"]).ok();
                } else if member == "CloseNotification" {
                    answering.reply(&header, &()).ok();
                } else if member == "Notify"
                    && let Ok(notification) = call.body().deserialize::<Notification>()
                {
                    answering.reply(&header, &NUMBER).ok();
                    seen.send(notification).ok();
                }
            }
        };
        thread::Builder::new().name("desktop".to_owned()).spawn(remember)?;
        Ok(Self { bus, told })
    }

    /// Clicks the notification, as a desktop does that lets the window come to the front.
    fn click(&self) -> Result<()> {
        let path = "/org/freedesktop/Notifications";
        for (signal, word) in [("ActivationToken", "a-word"), ("ActionInvoked", "default")] {
            self.bus.emit_signal(None::<&str>, path, NAME, signal, &(NUMBER, word))?;
        }
        Ok(())
    }
}
