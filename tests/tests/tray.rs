//! The icon in the tray: on a private D-Bus, in a tray that is only pretended; and where there is none.

#![expect(
    clippy::unused_self,
    clippy::disallowed_types,
    reason = "zbus says how an object is written, and what a menu is"
)]

use std::{
    collections::BTreeMap,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tamis_tests::{
    bus::Bus,
    letter::Letter,
    wait_until,
    world::{PATIENCE, World},
};
use xtask::dovecot::Options;
use zbus::{
    blocking::{Connection, Proxy, connection::Builder},
    zvariant::{OwnedObjectPath, OwnedValue, Value as Variant},
};

#[test]
fn the_icon_says_whether_filtering_is_paused_and_its_menu_pauses_goes_on_and_quits() -> Result<()> {
    let bus = Bus::start()?;
    let tray = Tray::start(&bus.address)?;
    let mut world = World::new(Options::default())?;
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    world.agent.start()?;
    let icon = tray.icon()?;
    icon.wait_for_title("Tamis: no doubtful message waits")?;
    assert_eq!(icon.property::<String>("Status")?, "Active");

    icon.choose("Until I go on")?;
    icon.wait_for_title("Tamis: Filtering is paused until you go on; no doubtful message waits")?;
    assert_eq!(world.agent.status()?.get("paused_until"), Some(&Value::from(0)));

    icon.choose("Go on filtering")?;
    icon.wait_for_title("Tamis: no doubtful message waits")?;
    let spam = Letter::spam("secret-plan")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    assert!(!icon.property::<String>("Title")?.contains("secret"), "no word of any message");

    icon.choose("Stop filtering and quit")?;
    wait_until("the agent to end", PATIENCE, || Ok(world.agent.has_ended().then_some(())))
}

#[test]
fn a_tray_that_comes_later_shows_the_icon_too() -> Result<()> {
    let bus = Bus::start()?;
    let mut world = World::new(Options::default())?;
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    world.agent.start()?;
    let tray = Tray::start(&bus.address)?;
    tray.icon()?.wait_for_title("Tamis: no doubtful message waits")
}

#[test]
fn without_a_message_bus_there_is_no_icon_and_mail_is_filtered_all_the_same() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
    world.agent.start()?;
    let line = "there is no tray for an icon";
    wait_until("a line in the log", PATIENCE, || Ok(world.agent.log().contains(line).then_some(())))?;
    let spam = Letter::spam("without-a-tray")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    Ok(())
}

/// A tray that only remembers who has registered, for as long as its connection lives.
struct Tray {
    connection: Connection,
    registered: Receiver<String>,
}

struct Watcher(SyncSender<String>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str) {
        self.0.try_send(service.to_owned()).ok();
    }

    fn register_status_notifier_host(&self, service: &str) {
        drop(service.to_owned());
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Tray {
    fn start(address: &str) -> Result<Self> {
        let (sender, registered) = sync_channel(8);
        let connection = Builder::address(address)?
            .method_timeout(PATIENCE)
            .serve_at("/StatusNotifierWatcher", Watcher(sender))?
            .name("org.kde.StatusNotifierWatcher")?
            .build()?;
        Ok(Self { connection, registered })
    }

    /// The icon that registers next.
    fn icon(&self) -> Result<Icon> {
        let service = self.registered.recv_timeout(PATIENCE).context("no icon has come")?;
        Ok(Icon { connection: self.connection.clone(), service })
    }
}

struct Icon {
    connection: Connection,
    service: String,
}

/// A menu: its number, its properties, its entries.
type Root = (i32, BTreeMap<String, OwnedValue>, Vec<OwnedValue>);

impl Icon {
    fn property<T>(&self, name: &str) -> Result<T>
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let item = "org.kde.StatusNotifierItem";
        let proxy = Proxy::new(&self.connection, self.service.as_str(), "/StatusNotifierItem", item)?;
        // Asked anew each time: signals that say what is new may come late.
        let properties = Proxy::new(
            &self.connection,
            self.service.as_str(),
            proxy.path().to_owned(),
            "org.freedesktop.DBus.Properties",
        )?;
        let value: OwnedValue = properties.call("Get", &(item, name))?;
        value.try_into().map_err(|error: T::Error| anyhow::Error::from(error.into()))
    }

    fn wait_for_title(&self, title: &str) -> Result<()> {
        wait_until(title, PATIENCE, || Ok((self.property::<String>("Title")? == title).then_some(())))
    }

    /// Clicks the entry of that name, wherever it is in the menu.
    fn choose(&self, label: &str) -> Result<()> {
        let path: OwnedObjectPath = self.property("Menu")?;
        let menu = Proxy::new(&self.connection, self.service.clone(), path, "com.canonical.dbusmenu")?;
        let id = wait_until(label, PATIENCE, || {
            let nothing: Vec<String> = Vec::new();
            let (_, (_, _, entries)): (u32, Root) = menu.call("GetLayout", &(0_i32, -1_i32, nothing))?;
            Ok(entries.iter().find_map(|entry| find(entry, label)))
        })?;
        menu.call::<_, _, ()>("Event", &(id, "clicked", Variant::from(0_i32), 0_u32))?;
        Ok(())
    }
}

/// The number of the entry of that name, in this one or below it.
fn find(entry: &Variant<'_>, label: &str) -> Option<i32> {
    let Variant::Structure(entry) = plain(entry) else { return None };
    let [Variant::I32(id), Variant::Dict(properties), Variant::Array(below)] = entry.fields() else { return None };
    let is_it = properties.iter().any(|(name, value)| is_text(name, "label") && is_text(value, label));
    if is_it { Some(*id) } else { below.inner().iter().find_map(|entry| find(entry, label)) }
}

fn is_text(value: &Variant<'_>, text: &str) -> bool {
    matches!(plain(value), Variant::Str(found) if found.as_str() == text)
}

/// What is in a variant, if it is one.
fn plain<'a>(value: &'a Variant<'a>) -> &'a Variant<'a> {
    if let Variant::Value(inner) = value { inner } else { value }
}
