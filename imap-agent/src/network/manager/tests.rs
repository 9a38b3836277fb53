//! Tests with a bus of their own and a NetworkManager that is only pretended.

#![expect(clippy::disallowed_types, reason = "`zbus::interface` writes a HashMap")]

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::*;

/// How long anything on the bus may take.
const PATIENCE: Duration = Duration::from_secs(10);

struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    /// A private bus, or `None` where there is no `dbus-daemon`.
    fn start() -> Option<Self> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let mut daemon = match command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() {
            Ok(daemon) => daemon,
            Err(error) => {
                println!("skipped: dbus-daemon cannot be run: {error}");
                return None;
            }
        };
        let mut address = String::new();
        BufReader::new(daemon.stdout.take()?).read_line(&mut address).ok()?;
        Some(Self { daemon, address: address.trim().to_owned() })
    }

    fn builder(&self) -> zbus::Result<Builder<'static>> {
        Builder::address(self.address.clone().as_str())
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

struct Pretended {
    metered: u32,
    connectivity: u32,
}

#[zbus::interface(name = "org.freedesktop.NetworkManager")]
impl Pretended {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.metered
    }

    #[zbus(property)]
    fn connectivity(&self) -> u32 {
        self.connectivity
    }
}

async fn wait_for(told: &mut watch::Receiver<Told>, metered: u32, connectivity: u32) {
    let want = Told { metered, connectivity };
    let found = tokio::time::timeout(PATIENCE, told.wait_for(|told| *told == want)).await;
    assert!(found.is_ok_and(|found| found.is_ok()), "never {want:?}");
}

#[tokio::test]
async fn what_the_manager_says_is_followed_from_its_start_to_its_end() {
    let Some(bus) = Bus::start() else { return };
    let (sender, mut told) = watch::channel(Told { metered: 77, connectivity: 77 });
    let builder = bus.builder();
    let follower = tokio::spawn(async move { follow_at(builder, &sender).await });
    wait_for(&mut told, 0, 0).await;

    let manager = Pretended { metered: 2, connectivity: 2 };
    let served = bus.builder().unwrap().serve_at(PATH, manager).unwrap().name(NAME).unwrap().build().await.unwrap();
    wait_for(&mut told, 2, 2).await;

    let interface = served.object_server().interface::<_, Pretended>(PATH).await.unwrap();
    interface.get_mut().await.metered = 3;
    interface.get().await.metered_changed(interface.signal_emitter()).await.unwrap();
    wait_for(&mut told, 3, 2).await;
    interface.get_mut().await.connectivity = 4;
    interface.get().await.connectivity_changed(interface.signal_emitter()).await.unwrap();
    wait_for(&mut told, 3, 4).await;

    served.close().await.unwrap();
    wait_for(&mut told, 0, 0).await;
    follower.abort();
}

#[tokio::test]
async fn when_the_bus_is_gone_nothing_is_known() {
    let Some(bus) = Bus::start() else { return };
    let (sender, mut told) = watch::channel(Told::default());
    let builder = bus.builder();
    let follower = tokio::spawn(async move { follow_at(builder, &sender).await });
    let manager = Pretended { metered: 1, connectivity: 4 };
    let served = bus.builder().unwrap().serve_at(PATH, manager).unwrap().name(NAME).unwrap().build().await.unwrap();
    wait_for(&mut told, 1, 4).await;

    drop(bus);

    wait_for(&mut told, 0, 0).await;
    assert!(tokio::time::timeout(PATIENCE, follower).await.is_ok(), "it follows a bus that is gone");
    drop(served);
}

#[tokio::test]
async fn without_a_bus_nothing_is_known() {
    let (sender, told) = watch::channel(Told::default());
    let nowhere = Builder::address("unix:path=/nowhere/at/all");
    assert!(follow_at(nowhere, &sender).await.is_err());
    assert_eq!(*told.borrow(), Told::default());
}
