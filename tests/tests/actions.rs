//! Everything the policy can do to a message besides moving it to Junk, against a real server, and its way back.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    wait_until,
    world::{PATIENCE, USER, WITHOUT_MOVE_AND_UIDPLUS, World, account, capable_of, flags, seconds_now},
};
use xtask::{dovecot::Options, smtp::SmtpServer};

const TAG: &str = "[account.policy]\nspam = \"tag\"";

#[test]
fn a_tagged_message_is_there_once_with_its_flags_and_date_and_comes_back_as_it_was() -> Result<()> {
    let mut world = started(Options::default(), TAG)?;
    let spam = placed(&mut world, "tagged")?;
    let tagged = wait_for_shape(&mut world, &spam, "X-Spam-Flag: YES")?;
    another_comes(&mut world, 2)?;

    let text = String::from_utf8_lossy(&tagged).into_owned();
    assert!(text.contains("Subject: [SPAM?] About tagged\r\n"), "{text}");
    assert!(tagged.ends_with(body_of(&spam)), "the body is another one");
    world.only_copy(&spam, "INBOX")?;
    undo_newest_filing(&world, 1)?;
    another_comes(&mut world, 3)?;

    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw);
    assert_eq!(world.status_number("judged")?, 3, "it is not judged again");
    Ok(())
}

#[test]
fn a_tagged_message_keeps_what_the_person_did_to_it() -> Result<()> {
    let mut world = started(Options::default(), TAG)?;
    let spam = Letter::spam("flagged")?;
    world.eye.append("INBOX", r"(\Flagged)", &now()?, &spam.raw)?;
    wait_for_shape(&mut world, &spam, "X-Spam-Flag: YES")?;
    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(flags(&seen), [r"\Flagged"]);
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!(r"UID STORE {} +FLAGS.SILENT (\Seen)", seen.uid))?;
    world.eye.command("UNSELECT")?;

    world.teach("release", &spam)?;

    let released = world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", released.uid)?, spam.raw);
    assert_eq!(released.internal_date, seen.internal_date);
    assert_eq!(flags(&released), ["$NotJunk", r"\Flagged", r"\Seen"]);
    assert_eq!(world.status_number("trained_ham")?, 1);
    // And back: the person's change is taken back, too.
    world.agent.say(&["undo"])?;
    wait_for_shape(&mut world, &spam, "X-Spam-Flag: YES")?;
    world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.status_number("trained_ham")?, 0);
    Ok(())
}

#[test]
fn without_uidplus_a_tagged_message_loses_nothing() -> Result<()> {
    let mut world = started(capable_of(Some(WITHOUT_MOVE_AND_UIDPLUS)), TAG)?;
    let spam = placed(&mut world, "marked")?;
    world.wait_judged(1)?;

    let copies = world.copies(&spam)?;
    let whole = copies.iter().filter(|(_, seen)| !seen.flags.contains("Deleted")).count();
    assert_eq!(whole, 1, "{copies:?}");
    let commands = world.proxy.commands();
    assert!(!commands.iter().any(|line| line.contains("EXPUNGE")), "{commands:#?}");
    Ok(())
}

#[test]
fn the_original_of_a_tagged_message_goes_to_the_folder_the_person_names() -> Result<()> {
    let settings = format!("archive_folder = \"Tamis/Originals\"\n{TAG}");
    let mut world = started(Options::default(), &settings)?;
    let spam = placed(&mut world, "kept")?;
    wait_for_shape(&mut world, &spam, "X-Spam-Flag: YES")?;
    world.wait_judged(1)?;

    assert_eq!(world.places(&spam)?, ["INBOX", "Tamis/Originals"]);
    let original = world.eye.folder("Tamis/Originals")?;
    assert_eq!(world.eye.message("Tamis/Originals", original.first().context("no original")?.uid)?, spam.raw);
    Ok(())
}

#[test]
fn a_stripped_message_has_lost_its_program_and_comes_back_as_it_was() -> Result<()> {
    let mut world = started(Options::default(), "[account.policy]\nspam = \"strip\"")?;
    let spam = with_program(&Letter::spam("dangerous")?);
    world.server.place(USER, &spam.raw, seconds_now()?)?;

    let stripped = wait_for_shape(&mut world, &spam, "Tamis removed a part of this message")?;
    assert!(!String::from_utf8_lossy(&stripped).contains("TVqQAAMAAAAEAAAA"));
    world.only_copy(&spam, "INBOX")?;
    world.wait_judged(1)?;
    undo_newest_filing(&world, 1)?;
    world.wait_until_nothing_is_left()?;
    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw);
    Ok(())
}

#[test]
fn a_keyword_is_set_and_taken_away_again() -> Result<()> {
    let mut world = started(Options::default(), "[account.policy]\nspam = \"keyword\"\nham = \"keyword\"")?;
    let spam = placed(&mut world, "keyed")?;
    let ham = Letter::ham("wanted")?;
    world.deliver(&ham)?;
    world.wait_judged(2)?;
    assert_eq!(flags(&world.only_copy(&spam, "INBOX")?), ["$Junk"]);
    assert_eq!(flags(&world.only_copy(&ham, "INBOX")?), ["$NotJunk"]);

    for change in history(&world)? {
        world.agent.say(&["undo", &number(&change, "id")?.to_string()])?;
    }
    world.wait_until_nothing_is_left()?;
    assert!(flags(&world.only_copy(&spam, "INBOX")?).is_empty());
    assert!(flags(&world.only_copy(&ham, "INBOX")?).is_empty());
    Ok(())
}

#[test]
fn quarantine_has_a_folder_of_its_own_and_release_leads_out_of_it() -> Result<()> {
    let mut world = started(Options::default(), "[account.policy]\nspam = \"quarantine\"")?;
    let spam = placed(&mut world, "held")?;
    world.wait_for_place(&spam, "Tamis/Quarantine")?;
    world.wait_judged(1)?;
    assert!(world.agent.say(&["junk"])?.contains("About held"));

    world.teach("ham", &spam)?;
    world.wait_for_place(&spam, "INBOX")?;
    Ok(())
}

#[test]
fn a_deleted_message_is_off_the_server_and_comes_back_by_undo_and_by_release() -> Result<()> {
    let mut world = started(Options::default(), "[account.policy]\nspam = \"delete\"")?;
    let one = placed(&mut world, "removed-1")?;
    world.wait_judged(1)?;
    let two = placed(&mut world, "removed-2")?;
    world.wait_judged(2)?;
    assert!(world.places(&one)?.is_empty() && world.places(&two)?.is_empty());

    undo_newest_filing(&world, 1)?;
    world.wait_until_nothing_is_left()?;
    assert!(world.places(&one)?.is_empty());
    let seen = world.only_copy(&two, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, two.raw);
    world.teach("release", &one)?;
    let seen = world.only_copy(&one, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, one.raw);
    another_comes(&mut world, 3)?;
    world.only_copy(&one, "INBOX")?;
    world.only_copy(&two, "INBOX")?;
    Ok(())
}

#[test]
fn what_somebody_has_deleted_from_junk_is_released_from_the_archive() -> Result<()> {
    let mut world = started(Options::default(), "")?;
    let spam = placed(&mut world, "thrown-away")?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(1)?;
    world.eye.command("SELECT Junk")?;
    world.eye.command(r"STORE 1:* +FLAGS.SILENT (\Deleted)")?;
    world.eye.command("EXPUNGE")?;
    world.eye.command("UNSELECT")?;

    world.teach("release", &spam)?;

    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw);
    assert_eq!(flags(&seen), ["$NotJunk"]);
    assert_eq!(world.status_number("trained_ham")?, 1);
    world.wait_for_all("behind")?;
    world.only_copy(&spam, "INBOX")?;
    Ok(())
}

#[test]
fn a_forwarded_message_reaches_the_other_address_once_and_moves_to_junk() -> Result<()> {
    let smtp = SmtpServer::start()?;
    let mut world = forwarding(&smtp, "forward", "friend")?;
    let spam = placed(&mut world, "passed-on")?;
    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(1)?;
    let accepted = smtp.accepted()?;
    assert_eq!(accepted.len(), 1, "{}", smtp.log());
    let content = String::from_utf8_lossy(&accepted[0].content).into_owned();
    assert!(content.contains("Resent-Message-ID:") && content.contains("About passed-on"), "{content}");

    undo_newest_filing(&world, 1)?;
    world.wait_for_place(&spam, "INBOX")?;
    assert_eq!(smtp.accepted()?.len(), 1);
    Ok(())
}

#[test]
fn a_message_that_cannot_be_forwarded_stays_in_the_inbox_and_the_person_is_told() -> Result<()> {
    let smtp = SmtpServer::start()?;
    let mut world = forwarding(&smtp, "forward", "nobody")?;
    let spam = placed(&mut world, "refused")?;
    world.wait_judged(1)?;
    world.only_copy(&spam, "INBOX")?;
    let problems = world.agent.status()?.get("problems").cloned().unwrap_or_default().to_string();
    assert!(problems.contains("not forwarded"), "{problems}");
    Ok(())
}

#[test]
fn large_mail_can_be_an_exception() -> Result<()> {
    let settings = "[[account.policy.size]]\nabove = \"100 KB\"\nspam = \"leave\"";
    let mut world = started(Options::default(), settings)?;
    let (large, small) = (Letter::spam("large")?.with_attachment(200 << 10), Letter::spam("small")?);
    world.deliver(&large)?;
    world.deliver(&small)?;
    world.wait_judged(2)?;
    world.only_copy(&small, "Junk")?;
    world.only_copy(&large, "INBOX")?;
    Ok(())
}

#[test]
fn the_brake_keeps_a_flood_in_the_inbox_and_asks() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[brake]", "messages", &Value::from(3))?;
    world.agent.start()?;
    let letters = (0..6).map(|n| Letter::spam(&format!("flood-{n}"))).collect::<Result<Vec<_>>>()?;
    for letter in &letters {
        world.deliver(letter)?;
    }
    world.wait_judged(6)?;
    assert_eq!((world.eye.folder("Junk")?.len(), world.eye.folder("INBOX")?.len()), (3, 3));
    let status = world.agent.status()?;
    let held = account(&status).and_then(|account| account.get("held")?.as_u64());
    assert_eq!(held, Some(3), "{status:#}");

    println!("{}", world.agent.say(&["held"])?);
    world.agent.say(&["held", "Demo", "--file"])?;
    wait_until("all to be filed", PATIENCE, || Ok((world.eye.folder("Junk")?.len() == 6).then_some(())))?;
    undo_newest_filing(&world, 3)?;
    world.wait_until_nothing_is_left()?;
    assert_eq!((world.eye.folder("Junk")?.len(), world.eye.folder("INBOX")?.len()), (3, 3));
    Ok(())
}

#[test]
fn what_is_left_by_the_persons_word_stays_and_what_comes_next_is_asked_about_again() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[brake]", "messages", &Value::from(1))?;
    world.agent.start()?;
    for n in 0..3 {
        world.deliver(&Letter::spam(&format!("flood-{n}"))?)?;
    }
    world.wait_judged(3)?;
    world.agent.say(&["held", "Demo", "--leave"])?;
    world.deliver(&Letter::spam("one-more")?)?;
    world.wait_judged(4)?;
    assert_eq!((world.eye.folder("Junk")?.len(), world.eye.folder("INBOX")?.len()), (1, 3));
    Ok(())
}

#[test]
fn killed_while_a_copy_is_being_put_in_place() -> Result<()> {
    tagging_survives(" APPEND ", Moment::Asked)
}

#[test]
fn killed_before_the_answer_to_a_copy_that_is_in_place() -> Result<()> {
    tagging_survives(" APPEND ", Moment::Done)
}

#[test]
fn killed_before_the_original_is_marked() -> Result<()> {
    tagging_survives("UID STORE", Moment::Asked)
}

#[test]
fn killed_before_the_original_is_removed() -> Result<()> {
    tagging_survives("UID EXPUNGE", Moment::Asked)
}

#[test]
fn killed_before_the_answer_to_the_removal_of_the_original() -> Result<()> {
    tagging_survives("UID EXPUNGE", Moment::Done)
}

#[test]
fn killed_while_the_original_comes_back() -> Result<()> {
    for (words, moment) in [
        (" APPEND ", Moment::Asked),
        (" APPEND ", Moment::Done),
        ("UID EXPUNGE", Moment::Asked),
        ("UID EXPUNGE", Moment::Done),
    ] {
        let mut world = started(Options::default(), TAG)?;
        let spam = placed(&mut world, "there-and-back")?;
        wait_for_shape(&mut world, &spam, "X-Spam-Flag: YES")?;
        world.wait_judged(1)?;
        let id = world.row(&spam)?.id.to_string();
        world.proxy.hold(words, moment);
        let mut release = world.agent.command().args(["release", &id]).stderr(Stdio::null()).spawn()?;
        let held = world.proxy.wait_held(PATIENCE);
        world.agent.kill()?;
        world.proxy.cut();
        release.wait()?;
        held?;
        world.agent.start()?;
        world.wait_until_nothing_is_left()?;
        let seen = world.only_copy(&spam, "INBOX").with_context(|| format!("{words} {moment}"))?;
        assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw, "{words} {moment}");
        assert_eq!(world.status_number("trained_ham")?, 1, "{words} {moment}");
    }
    Ok(())
}

#[test]
fn killed_while_a_message_is_deleted() -> Result<()> {
    for (words, moment) in [("UID STORE", Moment::Asked), ("UID EXPUNGE", Moment::Asked), ("UID EXPUNGE", Moment::Done)]
    {
        let mut world = started(Options::default(), "[account.policy]\nspam = \"delete\"")?;
        world.proxy.hold(words, moment);
        let spam = placed(&mut world, "going")?;
        world.proxy.wait_held(PATIENCE)?;
        world.agent.kill()?;
        world.proxy.cut();
        world.agent.start()?;
        world.wait_judged(1)?;
        assert!(world.places(&spam)?.is_empty(), "{words} {moment}");
        world.teach("release", &spam)?;
        let seen = world.only_copy(&spam, "INBOX")?;
        assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw, "{words} {moment}");
    }
    Ok(())
}

#[test]
fn an_account_that_is_left_in_the_middle_has_every_message_once() -> Result<()> {
    let mut world = started(Options::default(), TAG)?;
    world.proxy.hold("UID STORE", Moment::Asked);
    let spam = placed(&mut world, "left-behind")?;
    world.proxy.wait_held(PATIENCE)?;
    let name = account(&world.agent.status()?).context("no account")?["name"].as_str().unwrap_or_default().to_owned();
    let mut leaving = world.agent.command().args(["account", "remove", &name]).stdout(Stdio::null()).spawn()?;
    let settings = world.agent.home().join("tamis.toml");
    let is_left = || Ok((!std::fs::read_to_string(&settings)?.contains("\n[[account]]")).then_some(()));
    wait_until("the account is gone from the settings", PATIENCE, is_left)?;
    world.proxy.let_go();
    ensure!(leaving.wait()?.success(), "it could not be left");

    let seen = world.only_copy(&spam, "INBOX")?;
    let marked = world.eye.message("INBOX", seen.uid)?;
    assert!(marked.ends_with(body_of(&spam)), "{}", String::from_utf8_lossy(&marked));
    Ok(())
}

#[test]
fn a_server_that_refuses_the_copy_leaves_the_message_as_it_was() -> Result<()> {
    let mut world = started(Options::default(), TAG)?;
    world.proxy.refuse(" APPEND ", "[OVERQUOTA] The mailbox is full");
    let spam = placed(&mut world, "no-room")?;
    wait_until("the refusal", PATIENCE, || Ok((0 < world.proxy.count(" APPEND ")).then_some(())))?;
    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw);
    world.proxy.let_go();
    world.agent.stop()?;
    world.agent.start()?;
    wait_for_shape(&mut world, &spam, "X-Spam-Flag: YES")?;
    world.only_copy(&spam, "INBOX")?;
    Ok(())
}

/// Kills the agent when it puts a marked copy in the place of a message and has got as far as `words`.
fn tagging_survives(words: &str, moment: Moment) -> Result<()> {
    let mut world = started(Options::default(), TAG)?;
    world.proxy.hold(words, moment);
    let spam = placed(&mut world, "half-way")?;
    world.proxy.wait_held(PATIENCE)?;
    ensure!(!world.places(&spam)?.is_empty(), "it is nowhere");
    world.agent.kill()?;
    world.proxy.cut();

    world.agent.start()?;
    let tagged = wait_for_shape(&mut world, &spam, "X-Spam-Flag: YES")?;
    assert!(tagged.ends_with(body_of(&spam)));
    world.wait_judged(1)?;
    world.only_copy(&spam, "INBOX")?;
    undo_newest_filing(&world, 1)?;
    world.wait_until_nothing_is_left()?;
    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw);
    Ok(())
}

/// A world at work, whose account has these settings besides.
fn started(options: Options, settings: &str) -> Result<World> {
    let mut world = World::new(options)?;
    world.agent.append_settings(settings)?;
    world.agent.start()?;
    Ok(world)
}

fn forwarding(smtp: &SmtpServer, action: &str, recipient: &str) -> Result<World> {
    let mut world = World::new(Options::default())?;
    let folder = world.agent.home().join("smtp-password");
    std::fs::write(&folder, "secret")?;
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    world.agent.append_settings(&format!(
        "forward_to = \"{recipient}@elsewhere.example\"\n[account.smtp]\nhost = \"localhost\"\nport = {}\nuser = \"robin\"\n\
         password_file = \"{}\"\nca_file = \"{}\"\n[account.policy]\nspam = \"{action}\"",
        smtp.tls_port,
        folder.display(),
        smtp.ca_file().display()
    ))?;
    world.agent.start()?;
    Ok(world)
}

/// A letter of spam that has just come, byte for byte as it was written.
fn placed(world: &mut World, name: &str) -> Result<Letter> {
    let spam = Letter::spam(name)?;
    world.server.place(USER, &spam.raw, seconds_now()?)?;
    Ok(spam)
}

/// Waits until the agent has judged one more letter: whatever came before has been looked at by then.
fn another_comes(world: &mut World, judged: u64) -> Result<()> {
    world.deliver(&Letter::ham(&format!("behind-{judged}"))?)?;
    world.wait_judged(judged)
}

/// Waits until the only copy of a letter, in the inbox, contains `words`, and returns it.
fn wait_for_shape(world: &mut World, letter: &Letter, words: &str) -> Result<Vec<u8>> {
    let found = wait_until(words, PATIENCE, || {
        let copies = world.copies(letter)?;
        let inbox = copies.iter().filter(|(folder, seen)| folder == "INBOX" && !seen.flags.contains("Deleted"));
        let uids: Vec<u32> = inbox.map(|(_, seen)| seen.uid).collect();
        let [uid] = uids[..] else { return Ok(None) };
        // It may have been replaced in this moment.
        let Ok(raw) = world.eye.message("INBOX", uid) else { return Ok(None) };
        Ok(String::from_utf8_lossy(&raw).contains(words).then_some(raw))
    });
    found.with_context(|| format!("the agent says\n{}", world.agent.log()))
}

fn body_of(letter: &Letter) -> &[u8] {
    let at = letter.raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or_default();
    letter.raw.get(at..).unwrap_or_default()
}

fn with_program(letter: &Letter) -> Letter {
    let text = String::from_utf8_lossy(&letter.raw).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    let head = head.replace("text/plain; charset=utf-8", "multipart/mixed; boundary=\"part\"");
    let raw = format!(
        "{head}\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--part\r\n\
         Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"invoice.pdf.exe\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA\r\n--part--\r\n"
    );
    Letter { raw: raw.into_bytes(), ..letter.clone() }
}

/// Takes back the newest filing, which is of so many messages.
fn undo_newest_filing(world: &World, messages: u64) -> Result<()> {
    let changes = history(world)?;
    let filing = changes.iter().find(|change| change.get("kind").is_some_and(|kind| kind == "file"));
    let filing = filing.with_context(|| format!("there is no filing in {changes:?}"))?;
    let found = number(filing, "messages")?;
    ensure!(found <= messages, "the newest filing is of {found} messages: {changes:?}");
    // Messages that come one by one may be filed in one look or in several.
    let mut left = messages;
    for change in changes.iter().filter(|change| change.get("kind").is_some_and(|kind| kind == "file")) {
        if left == 0 {
            break;
        }
        left = left.saturating_sub(number(change, "messages")?);
        world.agent.say(&["undo", &number(change, "id")?.to_string()])?;
    }
    Ok(())
}

fn history(world: &World) -> Result<Vec<Value>> {
    let text = world.agent.say(&["history", "--json"])?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("the agent wrote {line}"))).collect()
}

fn number(change: &Value, name: &str) -> Result<u64> {
    change.get(name).and_then(Value::as_u64).with_context(|| format!("there is no number `{name}` in {change}"))
}

fn now() -> Result<String> {
    let output = std::process::Command::new("date").arg("+%d-%b-%Y %H:%M:%S %z").env("LC_ALL", "C").output()?;
    Ok(format!("\"{}\"", String::from_utf8_lossy(&output.stdout).trim()))
}
