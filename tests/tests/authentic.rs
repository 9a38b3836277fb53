//! Where the provider says nothing of who sent a message, we look ourselves: by a real name server, on mail that another
//! implementation has signed.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    wait_until,
    world::{PATIENCE, USER, World},
};
use xtask::{dovecot::Options, signer::Signer, zone::Zone};

const KIM: &str = "kim@kim.example";
const HOST: &str = "out1.kim.example [203.0.113.5]";
const BOT: &str = "host.bot.example [198.51.100.9]";

/// A person's world with a name server, in which every letter is spam by its points: none has a date.
struct Scene {
    world: World,
    zone: Option<Zone>,
    signer: Signer,
}

impl Scene {
    fn start(settings: &[(&str, Value)]) -> Result<Self> {
        let signer = Signer::new()?;
        let records = signer.records()?;
        let policies =
            [("kim.example", "v=spf1 ip4:203.0.113.0/24 -all"), ("_dmarc.kim.example", "v=DMARC1; p=reject")];
        let keys = records.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let zone = Zone::start(keys.chain(policies))?;
        let world = World::new(Options::default())?;
        for (symbol, points) in [("MISSING_DATE", 80), ("PEER_FORGED", 40)] {
            world.agent.set("[scores]", symbol, &json!(points))?;
        }
        world.agent.set("[watch]", "poll", &json!("1 second"))?;
        world.agent.set("[network]", "enabled", &json!(true))?;
        world.agent.set("[network]", "servers", &json!([format!("127.0.0.1:{}", zone.port)]))?;
        for (name, value) in settings {
            world.agent.set("[checks]", name, value)?;
        }
        let mut scene = Self { world, zone: Some(zone), signer };
        scene.world.agent.start()?;
        Ok(scene)
    }

    /// Makes the author of [`KIM`] somebody the person writes to.
    fn write_to_kim(&mut self) -> Result<()> {
        let output = std::process::Command::new("date").arg("+%d-%b-%Y %H:%M:%S %z").env("LC_ALL", "C").output()?;
        let date = format!("\"{}\"", String::from_utf8_lossy(&output.stdout).trim());
        let raw = format!(
            "From: robin@example.org\r\nTo: {KIM}\r\nMessage-ID: <q@robin.example>\r\nSubject: Hello\r\n\r\nHello.\r\n"
        );
        self.world.eye.append("Sent", r"(\Seen)", &date, raw.as_bytes())?;
        let is_known = || Ok(self.world.agent.say(&["peers", "--json"])?.contains(KIM).then_some(()));
        wait_until("the peer to be known", PATIENCE, is_known)
    }

    /// Delivers a letter from Kim as it was handed in by that host, signed or not.
    fn deliver(&self, name: &str, (host, envelope): (&str, &str), is_signed: bool, more: &str) -> Result<Letter> {
        let plain = Letter::write(name, KIM, "Have a look at this.\r\n")?;
        let text = String::from_utf8(plain.raw.clone())?;
        let undated: String = text.split_inclusive('\n').filter(|line| !line.starts_with("Date: ")).collect();
        let text = if is_signed { self.signer.sign(undated.as_bytes(), "kim.example")? } else { undated.into_bytes() };
        let (helo, ip) = host.split_once(' ').context("a host has a name and an address")?;
        let head = format!(
            "Received: from {helo} ({helo} {ip})\r\n\tby mx.example.org with ESMTPS; Fri, 27 Nov 2026 10:00:00 +0000\r\n{more}"
        );
        let letter = Letter { raw: [head.into_bytes(), text].concat(), ..plain };
        self.world.server.deliver(USER, envelope, &letter.raw)?;
        Ok(letter)
    }

    fn detail(&self, letter: &Letter) -> Result<String> {
        let text = self.world.agent.say(&["junk", "--all", "--json"])?;
        text.lines().find(|line| line.contains(&letter.subject)).map(str::to_owned).context("nothing is said about it")
    }
}

#[test]
fn the_signed_message_of_a_peer_is_accepted_and_a_forged_one_is_not() -> Result<()> {
    let mut scene = Scene::start(&[])?;
    scene.write_to_kim()?;
    for name in ["first", "second"] {
        // The signature alone proves it: it comes from a host that may not send.
        let signed = scene.deliver(name, (BOT, "bounce@example.net"), true, "")?;
        wait_until("it to be judged", PATIENCE, || Ok((scene.world.rows(&signed)?.len() == 1).then_some(())))?;
        scene.world.only_copy(&signed, "INBOX")?;
        assert_eq!(scene.world.row(&signed)?.class, "ham", "{}", scene.detail(&signed)?);
    }
    let by_host = scene.deliver("by-host", (HOST, KIM), false, "")?;
    wait_until("it to be judged", PATIENCE, || Ok((scene.world.rows(&by_host)?.len() == 1).then_some(())))?;
    scene.world.only_copy(&by_host, "INBOX")?;

    let forged = scene.deliver("forged", (BOT, KIM), false, "")?;
    scene.world.wait_for_place(&forged, "Junk")?;
    ensure!(scene.detail(&forged)?.contains("lacks the proof"), "{}", scene.detail(&forged)?);
    Ok(())
}

#[test]
fn what_the_sender_says_of_itself_proves_nothing() -> Result<()> {
    let mut scene = Scene::start(&[])?;
    scene.write_to_kim()?;
    let below = "Authentication-Results: mx.bot.example; dkim=pass header.d=kim.example\r\nReturn-Path: <kim@kim.example>\r\n\
                 Received: from out1.kim.example (out1.kim.example [203.0.113.5]) by mx.example.org; Fri, 27 Nov 2026 09:00:00 +0000\r\n";
    let forged = scene.deliver("forged", (BOT, "bounce@example.net"), false, below)?;
    scene.world.wait_for_place(&forged, "Junk")?;
    ensure!(!scene.detail(&forged)?.contains("you wrote to this person once, in"), "{}", scene.detail(&forged)?);
    Ok(())
}

#[test]
fn when_nobody_can_be_asked_nothing_is_held_against_a_message_and_nothing_is_proven() -> Result<()> {
    let mut scene = Scene::start(&[])?;
    scene.write_to_kim()?;
    for name in ["first", "second"] {
        let signed = scene.deliver(name, (HOST, KIM), true, "")?;
        wait_until("it to be judged", PATIENCE, || Ok((scene.world.rows(&signed)?.len() == 1).then_some(())))?;
        scene.world.only_copy(&signed, "INBOX")?;
    }
    // What was answered is kept for a while. An agent that begins anew has nothing, and nobody to ask.
    scene.world.agent.stop()?;
    scene.zone = None;
    scene.world.agent.start()?;
    let signed = scene.deliver("later", (HOST, KIM), true, "")?;
    scene.world.wait_for_place(&signed, "Junk")?;
    ensure!(!scene.detail(&signed)?.contains("lacks the proof"), "{}", scene.detail(&signed)?);
    Ok(())
}

#[test]
fn servers_that_the_mail_of_many_shows_are_believed_and_named() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.start()?;
    for number in 0..10 {
        let plain = Letter::ham(&format!("from-{number}"))?;
        let text =
            String::from_utf8(plain.raw.clone())?.replace("dana@example.org", &format!("dana@a{number}.example"));
        let head = "Received: from out.example (out.example [203.0.113.5])\r\n\tby mx3.hoster.example with ESMTPS; \
                    Fri, 27 Nov 2026 10:00:00 +0000\r\n";
        world.server.deliver(USER, "bounce@example.net", format!("{head}{text}").as_bytes())?;
    }
    world.wait_judged(10)?;
    let learned = || {
        let status = world.agent.status()?;
        let account = tamis_tests::world::account(&status).context("an account")?;
        let learned = account.get("servers_learned").and_then(Value::as_array).context("servers")?;
        Ok((*learned == [json!("hoster.example")]).then_some(()))
    };
    wait_until("the servers to be known", PATIENCE, learned)?;
    let said = world.agent.say(&["status"])?;
    ensure!(said.contains("; and of hoster.example, as the mail shows"), "{said}");
    Ok(())
}

#[test]
fn who_has_switched_it_off_asks_nobody() -> Result<()> {
    let mut scene = Scene::start(&[("verify", json!(false))])?;
    scene.write_to_kim()?;
    let signed = scene.deliver("signed", (HOST, KIM), true, "")?;
    scene.world.wait_for_place(&signed, "Junk")?;
    Ok(())
}
