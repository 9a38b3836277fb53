//! Digests in a real inbox: what they list, what their links do, and that each comes once, whatever happens meanwhile.

use std::{
    process::Stdio,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::{Arrival, Mail};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    wait_until,
    world::{PATIENCE, World, flags},
};
use xtask::{dovecot::Options, imap::Seen};

#[test]
fn a_digest_lists_what_was_filed_and_is_no_mail_to_be_judged() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.deliver(&Letter::ham("wanted")?)?;
    world.deliver(&Letter::spam("unwanted")?)?;
    world.wait_judged(2)?;

    let said = send(&world)?;

    assert_eq!(said, "a digest of 1 message is in the inbox of Demo");
    let digest = only_digest(&mut world)?;
    assert_eq!(flags(&digest), ["$NotJunk"], "unread, and said to be wanted");
    let raw = world.eye.message("INBOX", digest.uid)?;
    let mail = Mail::parse(&raw, &Arrival::default());
    assert!(mail.subject().starts_with("Tamis: 1 message filed since "), "{}", mail.subject());
    assert!(mail.has_header("X-Tamis-Digest") && mail.header("Auto-Submitted") == Some("auto-generated"));
    for text in mail.texts() {
        for part in ["About unwanted", "Offers <offers[at]example[.]net>", "now in Junk", "Why: "] {
            assert!(text.text.contains(part), "`{part}` is missing in {}", text.text);
        }
        assert!(!text.text.contains("About wanted"), "{}", text.text);
    }

    world.wait_for_all("behind")?;
    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("behind-again")?;
    assert_eq!(world.status_number("judged")?, 4, "the digest was not judged");
    assert_eq!(world.agent.rows()?.len(), 4);
    only_digest(&mut world)?;
    assert_eq!(send(&world)?, "a digest of 2 messages is in the inbox of Demo");
    assert_eq!(send(&world)?, "nothing was filed in Demo since the last digest");
    assert_eq!(digests(&mut world)?.len(), 2);
    Ok(())
}

#[test]
fn the_link_of_a_digest_releases_and_a_changed_one_does_nothing() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("wanted-after-all")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    send(&world)?;
    let link = link(&mut world)?;
    let other_mail = link.replacen("release/1-", "release/2-", 1);
    let other_end = if link.ends_with('0') { "1" } else { "0" };
    let other_proof = format!("{}{other_end}", link.get(..link.len() - 1).unwrap_or_default());
    for wrong in [other_mail, other_proof, "tamis:release/1".to_owned(), "tamis:".to_owned()] {
        let output = world.agent.command().args(["open", &wrong]).output()?;
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{wrong}: {complaint}");
        assert!(complaint.contains("not a link from a digest of this Tamis"), "{wrong}: {complaint}");
    }
    world.only_copy(&spam, "Junk")?;

    world.agent.say(&["open", &link])?;

    world.wait_for_place(&spam, "INBOX")?;
    assert_eq!(world.status_number("trained_ham")?, 1);
    world.wait_for_all("behind")?;
    world.only_copy(&spam, "INBOX")?;
    Ok(())
}

#[test]
fn what_was_moved_back_by_hand_stays_and_is_not_listed_again() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("rescued")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    let uid = world.only_copy(&spam, "Junk")?.uid;

    world.eye.carry("Junk", uid, "INBOX")?;

    world.wait_for_all("behind")?;
    world.only_copy(&spam, "INBOX")?;
    assert_eq!(send(&world)?, "a digest of 1 message is in the inbox of Demo");
    let text = text(&mut world)?;
    assert!(text.contains("About behind") && !text.contains("About rescued"), "{text}");
    Ok(())
}

#[test]
fn a_digest_is_sent_once_although_killed_before_the_server_had_it() -> Result<()> {
    survives(Moment::Asked, 0)
}

#[test]
fn a_digest_is_sent_once_although_killed_before_the_answer_of_the_server() -> Result<()> {
    survives(Moment::Done, 1)
}

#[test]
fn a_machine_that_was_off_at_the_set_time_sends_the_digest_when_it_is_on() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.deliver(&Letter::spam("at-night")?)?;
    world.wait_judged(1)?;
    world.agent.stop()?;
    world.agent.set("[digest]", "every", &"day".into())?;
    let met = now()?;
    wait_until("the next second", PATIENCE, || Ok((met + 1 < now().unwrap_or(0)).then_some(())))?;
    // A time zone in which it is just past eight.
    let east = (8 * 3600 + 86_400 - now()? % 86_400) % 86_400;
    let zone = format!("<HERE>-{}:{:02}:{:02}", east / 3600, east / 60 % 60, east % 60);
    world.agent.set_variable("TZ", &zone);

    world.agent.start()?;

    wait_for_digest(&mut world)?;
    world.wait_for_all("in-the-morning")?;
    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("at-noon")?;
    let text = text(&mut world)?;
    assert!(text.contains("About at-night") && !text.contains("About in-the-morning"), "{text}");
    Ok(())
}

#[test]
fn a_refused_digest_is_said_to_be_refused_and_comes_when_it_can() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.deliver(&Letter::spam("unwanted")?)?;
    world.wait_judged(1)?;
    world.proxy.refuse(" APPEND ", "[OVERQUOTA] The mailbox is full");
    let refused = send(&world).expect_err("the mailbox is full");
    assert!(refused.to_string().contains("The mailbox is full"), "{refused}");
    assert!(digests(&mut world)?.is_empty());
    world.proxy.let_go();

    assert_eq!(send(&world)?, "a digest of 1 message is in the inbox of Demo");
    only_digest(&mut world)?;
    Ok(())
}

/// Kills the agent when a digest of which `there` copies are in the inbox is on its way.
fn survives(moment: Moment, there: usize) -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.deliver(&Letter::spam("unwanted")?)?;
    world.wait_judged(1)?;
    world.proxy.hold(" APPEND ", moment);
    let mut asking = world.agent.command().args(["digest", "Demo"]).stderr(Stdio::null()).spawn()?;
    let held = world.proxy.wait_held(PATIENCE);
    let found = digests(&mut world);
    world.agent.kill()?;
    world.proxy.cut();
    asking.wait()?;
    held?;
    assert_eq!(found?.len(), there, "the command was held at another moment than meant");

    world.agent.start()?;
    wait_for_digest(&mut world)?;
    world.wait_for_all("behind")?;

    only_digest(&mut world)?;
    assert!(text(&mut world)?.contains("About unwanted"));
    assert_eq!(world.status_number("judged")?, 2, "the digest was not judged");
    assert_eq!(send(&world)?, "a digest of 1 message is in the inbox of Demo", "of what came later");
    Ok(())
}

/// Has a digest sent. What the agent says to that.
fn send(world: &World) -> Result<String> {
    let said = world.agent.say(&["digest", "Demo"])?;
    Ok(said.trim().to_owned())
}

/// Every digest in any folder.
fn digests(world: &mut World) -> Result<Vec<Seen>> {
    let mut found = Vec::new();
    for folder in world.eye.folders()? {
        let seen = world.eye.folder(&folder)?;
        found.extend(seen.into_iter().filter(|seen| seen.message_id.ends_with(".tamis@example.org>")));
    }
    Ok(found)
}

fn wait_for_digest(world: &mut World) -> Result<()> {
    wait_until("a digest", PATIENCE, || Ok((!digests(world)?.is_empty()).then_some(())))
}

fn only_digest(world: &mut World) -> Result<Seen> {
    let mut found = digests(world)?;
    ensure!(found.len() == 1, "there are {} digests. The agent says\n{}", found.len(), world.agent.log());
    Ok(found.remove(0))
}

/// The plain text of the only digest.
fn text(world: &mut World) -> Result<String> {
    let uid = only_digest(world)?.uid;
    let raw = world.eye.message("INBOX", uid)?;
    let mail = Mail::parse(&raw, &Arrival::default());
    Ok(mail.texts().first().context("a digest without text")?.text.clone())
}

/// The first link of the only digest.
fn link(world: &mut World) -> Result<String> {
    let text = text(world)?;
    let link = text.split_whitespace().find(|word| word.starts_with("tamis:release/"));
    Ok(link.with_context(|| format!("no link in {text}"))?.to_owned())
}

fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
