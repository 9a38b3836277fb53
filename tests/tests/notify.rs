//! The notification of a digest: on a private D-Bus, to a desktop that is only pretended; and where there is none.

use std::{
    collections::BTreeMap,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tamis_tests::{
    bus::Bus,
    letter::Letter,
    wait_until,
    world::{PATIENCE, World},
};
use tempfile::TempDir;
use xtask::dovecot::Options;
use zbus::{
    blocking::{MessageIterator, connection::Builder},
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
    const NAME: &str = "org.freedesktop.Notifications";
    let bus = Builder::address(address)?.method_timeout(PATIENCE).build()?;
    let calls = MessageIterator::from(&bus);
    bus.request_name(NAME)?;
    let (seen, notifications) = sync_channel(8);
    let remember = move || {
        for call in calls {
            let Ok(call) = call else { return };
            let header = call.header();
            if header.interface().is_some_and(|name| name == NAME)
                && header.member().is_some_and(|name| name == "Notify")
                && let Ok(notification) = call.body().deserialize::<Notification>()
            {
                bus.reply(&header, &1_u32).ok();
                seen.send(notification).ok();
            }
        }
    };
    thread::Builder::new().name("desktop".to_owned()).spawn(remember)?;
    Ok(notifications)
}
