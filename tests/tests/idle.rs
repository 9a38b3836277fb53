//! What watching costs when nothing happens.

use std::{thread, time::Duration};

use anyhow::{Context as _, Result};
use tamis_tests::{
    letter::Letter,
    process::{can_be_measured, cpu_time, resident_kib},
    world::World,
};
use xtask::dovecot::Options;

#[test]
fn an_idle_agent_is_small_and_does_nothing() -> Result<()> {
    if !can_be_measured() {
        println!("skipped: this system does not say what a process costs");
        return Ok(());
    }
    let mut world = World::over_tls(Options::default())?;
    world.agent.start()?;
    world.wait_for_all("warm-up")?;
    let pid = world.agent.pid().context("the agent is not running")?;

    // Time itself is what is measured here, so this test has to let it pass.
    thread::sleep(Duration::from_secs(1));
    let before = cpu_time(pid)?;
    thread::sleep(Duration::from_secs(15));
    let used = cpu_time(pid)?.saturating_sub(before);
    let resident = resident_kib(pid)?;

    println!("idle for 15 s with one account over TLS: {resident} KiB resident, {used:?} of processor time");
    // An unoptimised build; what is promised to people is measured on a release.
    assert!(resident < 80 * 1024, "{resident} KiB resident");
    assert!(used < Duration::from_millis(100), "{used:?} of processor time in 15 s");

    // And it was only resting.
    let spam = Letter::spam("after-the-rest")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    Ok(())
}
