//! Networks that come and go, in a network namespace of the test's own.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tamis_tests::{
    program,
    world::{PASSWORD, PATIENCE},
};
use xtask::agent::Agent;

/// One account far away, one on this machine. Nobody answers at either; no packet leaves the namespace.
const SETTINGS: &str = "
[[account]]
name = \"Away\"
address = \"robin@example.org\"
host = \"198.51.100.7\"
password_file = \"@password_file@\"

[[account]]
name = \"Bridge\"
address = \"robin@example.net\"
host = \"127.0.0.1\"
port = 1
password_file = \"@password_file@\"
";

/// A cable with nothing at its other end.
const UP: &[&str] = &[
    "link add net0 type veth peer name end0",
    "address add 10.7.7.7/24 dev net0",
    "link set end0 up",
    "link set net0 up",
    "route add default via 10.7.7.1",
];

#[test]
fn without_a_network_it_waits_and_with_one_it_goes_on() -> Result<()> {
    if let Err(why) = can_make_namespaces() {
        println!("skipped: no network namespace can be made here ({why:#})");
        return Ok(());
    }
    let mut agent = Agent::prepare_settings(program("tamis-agent")?, PASSWORD, SETTINGS)?;
    agent.set_launcher(&["unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]);
    agent.spawn()?;

    wait_for_state(&agent, "Away", &["Offline"])?;
    wait_for_state(&agent, "Bridge", &["Retrying"])?;
    let status = agent.status()?;
    ensure!(status.get("network").is_some_and(|network| network == "offline"), "{status:#}");
    ensure!(agent.say(&["status"])?.contains("Network: offline"), "{}", agent.say(&["status"])?);

    let took = change(&agent, UP, &["Connecting", "Retrying"])?;
    println!("the network came, and {took:?} later it was connecting");
    ensure!(agent.status()?.get("network").is_some_and(|network| network == "online"));

    let took = change(&agent, &["address del 10.7.7.7/24 dev net0"], &["Offline"])?;
    println!("the address went, and {took:?} later it was waiting");

    let took = change(&agent, &["address add 10.7.7.8/24 dev net0", UP[4]], &["Connecting", "Retrying"])?;
    println!("another address came, and {took:?} later it was connecting");

    let took = change(&agent, &["link set net0 down"], &["Offline"])?;
    println!("the interface went down, and {took:?} later it was waiting");

    agent.stop()
}

/// Lets `ip` do something in the namespace of the agent, and waits until the account is in one of these states.
fn change(agent: &Agent, commands: &[&str], states: &[&str]) -> Result<Duration> {
    let start = Instant::now();
    let pid = agent.pid().context("it does not run")?.to_string();
    for command in commands {
        let mut ip = Command::new("nsenter");
        done(ip.args(["--target", &pid, "--net", "ip"]).args(command.split(' ')))?;
    }
    wait_for_state(agent, "Away", states)?;
    Ok(start.elapsed())
}

fn wait_for_state(agent: &Agent, name: &str, states: &[&str]) -> Result<()> {
    agent.wait_for(&format!("come to {states:?} with {name}"), PATIENCE, |status| {
        let mut accounts = status.get("accounts")?.as_array()?.iter();
        let account = accounts.find(|account| account.get("name").is_some_and(|found| found == name))?;
        let state = account.get("state").and_then(Value::as_str)?;
        states.contains(&state).then_some(())
    })
}

fn can_make_namespaces() -> Result<()> {
    done(Command::new("unshare").args([
        "--net",
        "sh",
        "-c",
        "ip link set lo up && ip link add net0 type veth peer name end0",
    ]))?;
    done(Command::new("nsenter").arg("--version"))
}

fn done(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}
