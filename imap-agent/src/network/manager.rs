//! What NetworkManager says about the network, over D-Bus; the only file that names `zbus` outside of tests.
//!
//! Where there is no NetworkManager, or no bus, nothing is known, and that is not worth a word.

use futures_util::StreamExt as _;
use tokio::sync::watch;
use zbus::{
    Connection,
    connection::Builder,
    fdo::{DBusProxy, PropertiesProxy},
    names::InterfaceName,
    proxy::CacheProperties,
};

use super::tracker::Told;

const NAME: &str = "org.freedesktop.NetworkManager";
const PATH: &str = "/org/freedesktop/NetworkManager";

/// Follows NetworkManager until the system's bus is gone, and then nothing is known.
pub(super) async fn follow(told: &watch::Sender<Told>) -> zbus::Result<()> {
    follow_at(Builder::system(), told).await
}

async fn follow_at(bus: zbus::Result<Builder<'static>>, told: &watch::Sender<Told>) -> zbus::Result<()> {
    let bus = bus?.build().await?;
    let followed = follow_on(&bus, told).await;
    told.send_replace(Told::default());
    followed
}

async fn follow_on(bus: &Connection, told: &watch::Sender<Told>) -> zbus::Result<()> {
    let names = DBusProxy::new(bus).await?;
    let mut owners = names.receive_name_owner_changed_with_args(&[(0, NAME)]).await?;
    let manager = PropertiesProxy::builder(bus)
        .destination(NAME)?
        .path(PATH)?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let mut changes = manager.receive_properties_changed().await?;
    loop {
        // To ask for a service that does not run would start it.
        let is_there = names.name_has_owner(NAME.try_into()?).await?;
        let now = if is_there { ask(&manager).await } else { Told::default() };
        told.send_if_modified(|told| std::mem::replace(told, now) != now);
        let goes_on = tokio::select! {
            owner = owners.next() => owner.is_some(),
            change = changes.next() => change.is_some(),
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// What it does not say, or in another way than it has for ten years, is unknown.
async fn ask(manager: &PropertiesProxy<'_>) -> Told {
    let number = async |property: &str| {
        let interface = InterfaceName::try_from(NAME).ok()?;
        u32::try_from(manager.get(interface, property).await.ok()?).ok()
    };
    Told {
        metered: number("Metered").await.unwrap_or_default(),
        connectivity: number("Connectivity").await.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
