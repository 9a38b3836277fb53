//! A notification of the desktop, over D-Bus (Desktop Notifications Specification 1.2).
//!
//! A locked screen shows it to anybody, so it has numbers and nothing else. A desktop without notifications is none the
//! worse.

use std::{collections::BTreeMap, sync::Once, time::Duration};

use tracing::info;
use zbus::{blocking::connection::Builder, zvariant::Value};

use crate::words::count;

/// The name, the interface and the path of what shows notifications.
const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A desktop that does not answer must not keep a thread for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// The desktop decides how long it is shown.
const AS_THE_DESKTOP_LIKES: i32 = -1;

/// A number to replace an earlier notification; 0: it replaces none.
const A_NEW_ONE: u32 = 0;

/// Tells that a digest of so many messages is in the inbox, without waiting for the desktop. That there is none is logged
/// once.
pub(crate) fn of_digest(messages: u32) {
    static NONE: Once = Once::new();
    let many = usize::try_from(messages).unwrap_or(usize::MAX);
    let title = format!("Tamis filed {}", count(many, "message"));
    // Nobody waits for it.
    drop(tokio::task::spawn_blocking(move || {
        if let Err(err) = show(&title, "The digest in your inbox lists what was filed, and how to get it back.") {
            NONE.call_once(|| info!(%err, "this desktop shows no notifications"));
        }
    }));
}

fn show(title: &str, text: &str) -> zbus::Result<()> {
    let desktop = Builder::session()?.method_timeout(PATIENCE).build()?;
    let hints = BTreeMap::from([("desktop-entry", Value::from("tamis")), ("category", Value::from("email"))]);
    let actions: [&str; 0] = [];
    let notification = ("Tamis", A_NEW_ONE, "tamis", title, text, actions.as_slice(), hints, AS_THE_DESKTOP_LIKES);
    desktop.call_method(Some(NAME), PATH, Some(NAME), "Notify", &notification)?;
    Ok(())
}
