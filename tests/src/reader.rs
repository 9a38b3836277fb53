//! A screen reader: what the window says of itself over AT-SPI, by name and place.
//!
//! The protocol: <https://gnome.pages.gitlab.gnome.org/at-spi2-core/devel-docs/>, and the interfaces beside it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use zbus::{
    blocking::{Connection, Proxy, connection::Builder, proxy},
    proxy::CacheProperties,
    zvariant::OwnedObjectPath,
};

use crate::wait_until;

/// Deeper than this no window nests what it shows.
const DEEPEST: usize = 40;

/// The bus on which programs say what they show.
#[derive(Debug)]
pub struct Reader {
    bus: Connection,
}

/// Something on the screen that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// What it is: `button`, `field`, `row`, `tab`, `label` or another.
    pub role: &'static str,
    /// What it is called.
    pub name: String,
    /// Its left upper corner within the window, its width and its height, in pixels.
    pub place: (i32, i32, i32, i32),
    /// What is typed into it, if it is a field.
    pub text: String,
}

impl Thing {
    /// Its middle.
    pub const fn middle(&self) -> (i32, i32) {
        let (x, y, width, height) = self.place;
        (x + width / 2, y + height / 2)
    }
}

impl Reader {
    /// Tells the session that somebody reads the screen, and listens.
    pub fn on(session: &str) -> Result<Self> {
        let session = Builder::address(session)?.build()?;
        let at = |interface: &'static str| Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", interface);
        at("org.a11y.Status")?.set_property("IsEnabled", true).context("nobody brings screen readers together here")?;
        let address: String = at("org.a11y.Bus")?.call("GetAddress", &())?;
        Ok(Self { bus: Builder::address(address.as_str())?.build()? })
    }

    /// Everything that programs show now and that has a name, in the order in which it is read.
    pub fn things(&self) -> Result<Vec<Thing>> {
        let mut found = Vec::new();
        let root = ("org.a11y.atspi.Registry".to_owned(), "/org/a11y/atspi/accessible/root".to_owned());
        self.read(&root, 0, &mut found)?;
        Ok(found)
    }

    /// Waits for the first thing whose name is as `is_wanted` says.
    pub fn wait_for(&self, what: &str, limit: Duration, is_wanted: impl Fn(&Thing) -> bool) -> Result<Thing> {
        let mut last = Vec::new();
        let found = wait_until(what, limit, || {
            last = self.things().unwrap_or_default();
            Ok(last.iter().find(|thing| is_wanted(thing)).cloned())
        });
        found.with_context(|| {
            let lines: Vec<String> = last
                .iter()
                .map(|thing| format!("{}: {} {:?} {}", thing.role, thing.name, thing.place, thing.text))
                .collect();
            format!("the window says\n{}", lines.join("\n"))
        })
    }

    fn read(&self, (name, path): &(String, String), depth: usize, found: &mut Vec<Thing>) -> Result<()> {
        let at = |interface: &'static str| -> zbus::Result<Proxy<'_>> {
            let to = proxy::Builder::new(&self.bus).destination(name.clone())?.path(path.clone())?;
            // The registry does not tell all its properties at once.
            to.interface(interface)?.cache_properties(CacheProperties::No).build()
        };
        let accessible = at("org.a11y.atspi.Accessible")?;
        // What is gone before it was read is not there.
        let Ok(called) = accessible.get_property::<String>("Name") else { return Ok(()) };
        if !called.is_empty() && 0 < depth {
            let role = role(accessible.call("GetRole", &()).unwrap_or_default());
            // 1: within the window.
            let place = at("org.a11y.atspi.Component")?.call("GetExtents", &(1_u32,)).unwrap_or_default();
            let text = if role == "field" {
                at("org.a11y.atspi.Text")?.call("GetText", &(0_i32, -1_i32)).unwrap_or_default()
            } else {
                String::new()
            };
            found.push(Thing { role, name: called, place, text });
        }
        let children: Vec<(String, OwnedObjectPath)> = accessible.call("GetChildren", &()).unwrap_or_default();
        if depth < DEEPEST {
            for (name, path) in children {
                self.read(&(name, path.as_str().to_owned()), depth + 1, found)?;
            }
        }
        Ok(())
    }
}

/// A role by its number in `AtspiRole`.
const fn role(number: u32) -> &'static str {
    match number {
        29 => "label",
        32 => "row",
        37 => "tab",
        7 | 43 | 62 => "button",
        61 | 79 => "field",
        _ => "other",
    }
}
