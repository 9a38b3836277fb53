//! The way of mail against a real name server, unbound, and the way of a message that a real server delivered.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tamis_tests::{letter::Letter, program, world::World};
use xtask::{dovecot::Options, ground::temporary_folder, zone::Zone};

const RECORDS: &[&str] = &[
    "home.test. 300 IN MX 20 mx2.spare.test.",
    "home.test. 300 IN MX 10 mx1.home.test.",
    "home.test. 300 IN TXT \"v=spf1 mx -all\"",
    "_dmarc.home.test. 300 IN TXT \"v=DMARC1; p=none\"",
    "s1._domainkey.home.test. 300 IN TXT \"v=DKIM1; k=rsa; p=MIIB\"",
    "mx1.home.test. 300 IN A 192.0.2.1",
    "mx1.home.test. 300 IN AAAA 2001:db8::1",
    "mx2.spare.test. 300 IN A 192.0.2.2",
    "_25._tcp.mx1.home.test. 300 IN TLSA 3 1 1 0000000000000000000000000000000000000000000000000000000000000000",
    "1.2.0.192.in-addr.arpa. 300 IN PTR mx1.home.test.",
];

/// What `route` says of an account with that address.
fn route(address: &str, network: &str, words: &[&str]) -> Result<String> {
    let home = temporary_folder("home")?;
    let settings = format!("[network]\n{network}\n[[account]]\naddress = \"{address}\"\nhost = \"imap.home.test\"\n");
    fs::write(home.join("tamis.toml"), settings)?;
    let output = Command::new(program("tamis-agent")?).arg("--home").arg(&home).arg("route").args(words).output()?;
    fs::remove_dir_all(&home)?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[test]
fn the_servers_of_the_persons_domain_are_shown_in_order_with_what_could_be_better() -> Result<()> {
    let names = Zone::with([], RECORDS)?;
    let network = format!("servers = [\"127.0.0.1:{}\"]", names.port);
    let said = route("robin@home.test", &network, &["--json", "--selector", "s1", "--selector", "gone"])?;
    let report: Value = serde_json::from_str(&said)?;
    let hosts: Vec<_> =
        report["servers"].as_array().context("servers")?.iter().map(|one| one["host"].as_str()).collect();
    assert_eq!(hosts, [Some("mx1.home.test"), Some("mx2.spare.test")]);
    assert_eq!(report["servers"][0]["addresses"][0]["name"], "mx1.home.test");
    assert_eq!((&report["servers"][0]["is_backup"], &report["servers"][1]["is_backup"]), (&false.into(), &true.into()));
    let states: Vec<String> = report["advice"]
        .as_array()
        .context("advice")?
        .iter()
        .map(|one| {
            format!("{} {}", one["topic"].as_str().unwrap_or_default(), one["state"].as_str().unwrap_or_default())
        })
        .collect();
    for want in ["SPF good", "DMARC note", "DKIM good", "DKIM bad", "Encryption on the way note"] {
        assert!(states.iter().any(|state| state == want), "{want} is not in {states:?}");
    }
    let text = route("robin@home.test", &network, &[])?;
    assert!(text.contains("mx2.spare.test  192.0.2.2") && text.contains("stands in"), "{text}");
    assert!(text.contains("✓ SPF:") && text.contains("· DMARC: The record only watches"), "{text}");
    Ok(())
}

#[test]
fn nothing_is_looked_up_where_nobody_is_to_be_asked_or_where_it_is_not_the_persons_business() -> Result<()> {
    let off = route("robin@home.test", "enabled = false", &[])?;
    assert!(off.contains("nobody is to be asked"), "{off}");
    // Nobody answers at that port, so an answer that comes at once was not asked for.
    let free = route("robin@gmail.com", "servers = [\"127.0.0.1:9\"]", &[])?;
    assert!(free.contains("provider's business"), "{free}");
    let silent = route("robin@home.test", "servers = [\"127.0.0.1:9\"]", &[])?;
    assert!(silent.contains("? Mail servers: Nobody could say who takes mail for home.test"), "{silent}");
    Ok(())
}

#[test]
fn the_way_of_a_message_is_drawn_from_its_sender_to_the_mailbox() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[network]", "enabled", &Value::from(false))?;
    world.agent.start()?;
    let letter = Letter::ham("way")?;
    let trace = b"Received: from a.example (a.example [203.0.113.7])\r\n\tby mx1.example.org with ESMTPS id 7\r\n\t\
        for <robin@example.org>; Tue, 14 Nov 2023 22:13:20 +0000\r\n";
    let letter = Letter { raw: [&trace[..], &letter.raw].concat(), ..letter };
    world.deliver(&letter)?;
    world.wait_judged(1)?;
    let id = world.row(&letter)?.id.to_string();
    let said = world.agent.say(&["route", "--message", &id])?;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.first(), Some(&"● a.example [203.0.113.7]"), "{said}");
    assert!(lines.get(1).is_some_and(|line| line.starts_with("│   to mx1.example.org, encrypted")), "{said}");
    assert_eq!(lines.get(2), Some(&"│   ▲ here your provider took it from outside"), "{said}");
    assert!(lines.last().is_some_and(|line| line.starts_with("■ ") && line.ends_with(": your mailbox")), "{said}");

    let file = temporary_folder("way")?.join("a.eml");
    fs::write(&file, &letter.raw)?;
    let of_file = world.agent.say(&["route", "--message", &file.to_string_lossy()])?;
    assert!(of_file.starts_with("● a.example [203.0.113.7]\n"), "{of_file}");
    fs::remove_dir_all(file.parent().context("the file has a folder")?)?;
    Ok(())
}
