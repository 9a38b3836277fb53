//! Filing against a real server: what is moved, what is left alone, and that each message is judged once.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    wait_until,
    world::{PATIENCE, USER, WITHOUT_MOVE, WITHOUT_MOVE_AND_UIDPLUS, World, account, capable_of, flags, seconds},
};
use xtask::dovecot::Options;

#[test]
fn spam_is_in_junk_within_two_seconds_of_its_arrival() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let mut times = Vec::new();
    for (count, name) in (1..).zip(["offer-1", "offer-2", "offer-3"]) {
        let spam = Letter::spam(name)?;
        world.deliver(&spam)?;
        times.push(world.wait_for_place(&spam, "Junk")?);
        world.wait_judged(count)?;
        let row = world.row(&spam)?;
        assert_eq!((row.class.as_str(), row.folder.as_str()), ("spam", "Junk"));
        assert!(!row.reasons.is_empty(), "{row:?} gives no reason");
    }
    println!("in Junk {times:?} after delivery");
    assert!(times.iter().all(|time| *time < Duration::from_secs(2)), "{times:?}");
    Ok(())
}

#[test]
fn a_filed_message_keeps_its_flags_and_its_date() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.judge_old_mail()?;
    world.agent.start()?;
    let spam = Letter::spam("kept")?;
    world.eye.append("INBOX", r"(\Flagged \Answered)", "\"17-Jul-2026 02:44:25 +0200\"", &spam.raw)?;

    world.wait_for_place(&spam, "Junk")?;

    let seen = world.only_copy(&spam, "Junk")?;
    assert_eq!(flags(&seen), [r"\Answered", r"\Flagged"]);
    assert_eq!(seconds(&seen.internal_date)?, seconds("17-Jul-2026 02:44:25 +0200")?);
    Ok(())
}

#[test]
fn ordinary_mail_stays_in_the_inbox_unread() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let ham = Letter::ham("minutes")?;
    world.deliver(&ham)?;
    world.wait_judged(1)?;

    let seen = world.only_copy(&ham, "INBOX")?;
    assert!(flags(&seen).is_empty(), "{seen:?}");
    let row = world.row(&ham)?;
    assert_eq!((row.folder.as_str(), row.uid), ("Inbox", u64::from(seen.uid)));
    assert_eq!(row.class, "ham", "{row:?}");
    Ok(())
}

#[test]
fn mail_from_before_the_first_contact_is_never_touched() -> Result<()> {
    let mut world = World::new(Options::default())?;
    let (old_spam, old_ham) = (Letter::spam("old-spam")?, Letter::ham("old-ham")?);
    world.deliver(&old_spam)?;
    world.deliver(&old_ham)?;
    let before = looks(&mut world)?;

    world.agent.start()?;
    world.wait_for_all("first")?;
    assert_eq!(looks(&mut world)?, before);

    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("second")?;
    assert_eq!(looks(&mut world)?, before);
    assert_eq!(world.status_number("judged")?, 2);
    assert!(world.rows(&old_spam)?.is_empty());
    Ok(())
}

#[test]
fn mail_that_came_while_the_agent_was_off_is_judged_once() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.wait_for_all("before")?;
    world.agent.stop()?;
    let (spam, ham) = (Letter::spam("night-spam")?, Letter::ham("night-ham")?);
    world.deliver(&spam)?;
    world.deliver(&ham)?;

    world.agent.start()?;
    world.wait_judged(3)?;
    world.only_copy(&spam, "Junk")?;
    world.only_copy(&ham, "INBOX")?;

    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("after")?;
    assert_eq!(world.status_number("judged")?, 4);
    world.row(&spam)?;
    world.row(&ham)?;
    Ok(())
}

#[test]
fn new_numbers_of_the_inbox_have_nothing_judged_twice() -> Result<()> {
    let mut world = World::new(Options::default())?;
    let ancient = Letter::spam("ancient")?;
    world.deliver(&ancient)?;
    world.agent.start()?;
    let (released, ham) = (Letter::spam("released")?, Letter::ham("known")?);
    world.deliver(&released)?;
    world.deliver(&ham)?;
    world.wait_judged(2)?;
    world.teach("release", &released)?;
    world.wait_for_place(&released, "INBOX")?;

    world.server.renumber(USER, "INBOX", 4_000_000_000)?;
    world.wait_for_all("while-watching")?;
    world.agent.stop()?;
    world.server.renumber(USER, "INBOX", 4_000_000_001)?;
    let while_off = Letter::spam("while-off")?;
    world.deliver(&while_off)?;
    world.agent.start()?;
    world.wait_for_place(&while_off, "Junk")?;
    world.wait_for_all("after-start")?;

    for letter in [&ancient, &released, &ham] {
        world.only_copy(letter, "INBOX")?;
    }
    assert_eq!(world.status_number("judged")?, 5);
    assert!(world.rows(&ancient)?.is_empty());
    world.row(&released)?;
    assert_eq!(world.row(&ham)?.uid, u64::from(world.only_copy(&ham, "INBOX")?.uid));
    // The person's word still reaches a message whose number was given anew.
    world.teach("spam", &ham)?;
    world.wait_for_place(&ham, "Junk")?;
    Ok(())
}

#[test]
fn a_server_that_cannot_move_ends_with_one_copy_in_junk() -> Result<()> {
    let mut world = World::started(capable_of(Some(WITHOUT_MOVE)))?;
    let (spam, ham) = (Letter::spam("copied")?, Letter::ham("stays")?);
    world.deliver(&ham)?;
    world.wait_judged(1)?;
    // Somebody else's wish to delete is not ours to carry out.
    let uid = world.only_copy(&ham, "INBOX")?.uid;
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!(r"UID STORE {uid} +FLAGS.SILENT (\Deleted)"))?;
    world.eye.command("UNSELECT")?;
    world.deliver(&spam)?;

    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(2)?;

    let seen = world.only_copy(&spam, "Junk")?;
    assert!(flags(&seen).is_empty(), "{seen:?}");
    let row = world.row(&spam)?;
    assert_eq!((row.folder.as_str(), row.uid), ("Junk", u64::from(seen.uid)));
    world.teach("release", &spam)?;
    world.wait_for_place(&spam, "INBOX")?;
    world.wait_for_all("behind")?;
    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(flags(&seen), ["$NotJunk"], "so that another Tamis leaves it alone");
    world.only_copy(&ham, "INBOX")?;
    assert_eq!(world.proxy.count("UID MOVE"), 0);
    Ok(())
}

#[test]
fn a_server_that_can_neither_move_nor_expunge_one_message_loses_none() -> Result<()> {
    let mut world = World::started(capable_of(Some(WITHOUT_MOVE_AND_UIDPLUS)))?;
    let (spam, other) = (Letter::spam("left-behind")?, Letter::spam("another")?);
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    world.deliver(&other)?;
    world.wait_judged(2)?;

    for letter in [&spam, &other] {
        let places = world.places(letter)?;
        let in_junk = places.iter().filter(|folder| *folder == "Junk").count();
        assert!(!places.is_empty() && in_junk <= 1, "{places:?}");
        world.row(letter)?;
    }
    let commands = world.proxy.commands();
    let expunges = commands.iter().any(|line| line.contains("EXPUNGE") || line.contains("CLOSE"));
    assert!(!expunges, "{commands:#?}");
    Ok(())
}

#[test]
fn a_junk_folder_that_is_missing_is_made() -> Result<()> {
    let mut world = World::started(Options { without_folders: true, ..Options::default() })?;
    let spam = Letter::spam("homeless")?;
    world.deliver(&spam)?;

    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(1)?;

    let status = world.agent.status()?;
    assert_eq!(account(&status).and_then(|account| account.get("junk_folder")?.as_str()), Some("Junk"));
    Ok(())
}

#[test]
fn a_junk_folder_that_is_deleted_is_made_again() -> Result<()> {
    let mut world = World::started(Options { without_folders: true, ..Options::default() })?;
    world.wait_for_all("first")?;
    world.eye.command("EXAMINE INBOX")?;
    world.eye.command("DELETE Junk")?;

    let spam = Letter::spam("second")?;
    world.deliver(&spam)?;

    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(2)
}

#[test]
fn no_junk_is_filed_to_where_other_mail_is_whatever_the_settings_say() -> Result<()> {
    let mut world = World::new(Options::default())?;
    let spam = Letter::spam("not-sent")?;
    world.deliver(&spam)?;
    for folder in ["Sent", "Trash", "INBOX/Drafts"] {
        world.agent.set("[[account]]", "junk_folder", &serde_json::json!(folder))?;
        world.agent.spawn()?;
        let text = world.agent.wait_for("ask for another folder", PATIENCE, |status| {
            let account = account(status)?;
            (account.get("state")? == "NeedsYou").then_some(account.get("text")?.as_str()?.to_owned())
        })?;
        assert!(text.starts_with(folder) && text.contains("`junk_folder`"), "{text}");
        world.agent.stop()?;
        world.only_copy(&spam, "INBOX")?;
    }
    world.agent.set("[[account]]", "junk_folder", &serde_json::json!("Junk"))?;
    world.agent.start()?;
    let spam = Letter::spam("junk")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    Ok(())
}

#[test]
fn a_message_that_is_carried_off_before_the_move_is_left_where_it_went() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("carried-off")?;
    world.proxy.hold("UID MOVE", Moment::Asked);
    world.deliver(&spam)?;
    world.proxy.wait_held(PATIENCE)?;
    let uid = world.only_copy(&spam, "INBOX")?.uid;
    world.eye.carry("INBOX", uid, "Trash")?;
    world.proxy.let_go();

    world.wait_for_all("behind")?;

    world.only_copy(&spam, "Trash")?;
    let rows = world.rows(&spam)?;
    assert!(rows.iter().all(|row| row.folder != "Junk" && row.folder != "Inbox"), "{rows:?}");
    Ok(())
}

#[test]
fn old_mail_that_is_moved_into_the_inbox_is_left_alone() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("from-the-archive")?;
    world.eye.append("INBOX", "()", "\"17-Jul-2026 02:44:25 +0200\"", &spam.raw)?;

    world.wait_for_all("behind")?;

    world.only_copy(&spam, "INBOX")?;
    assert!(world.rows(&spam)?.is_empty());
    Ok(())
}

#[test]
fn no_message_however_malformed_stops_the_agent() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let malformed = malformed();
    for raw in &malformed {
        world.server.place(USER, raw, now)?;
    }

    world.wait_judged(u64::try_from(malformed.len())?)?;

    world.wait_for_all("behind")?;
    let kept = world.eye.folder("INBOX")?.len() + world.eye.folder("Junk")?.len();
    assert_eq!(kept, malformed.len() + 1);
    Ok(())
}

#[test]
fn a_huge_message_is_judged_on_its_beginning() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("huge")?.with_attachment(30 << 20);
    let before = world.proxy.bytes_from_server();
    world.deliver(&spam)?;

    world.wait_for_place(&spam, "Junk")?;
    world.wait_judged(1)?;

    let read = world.proxy.bytes_from_server() - before;
    assert!(read < 6 << 20, "the agent read {read} bytes");
    let uid = world.only_copy(&spam, "Junk")?.uid;
    assert!(world.eye.message("Junk", uid)?.len() > 30 << 20);
    Ok(())
}

#[test]
fn a_burst_of_mail_is_filed_and_nothing_is_lost() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let (mut spam, mut ham) = (Vec::new(), Vec::new());
    for number in 0..30 {
        spam.push(Letter::spam(&format!("burst-spam-{number}"))?);
        ham.push(Letter::ham(&format!("burst-ham-{number}"))?);
    }
    let start = Instant::now();
    for letter in spam.iter().chain(&ham) {
        world.deliver(letter)?;
    }
    world.wait_judged(60)?;
    println!("60 messages were delivered and judged in {:?}", start.elapsed());

    let rows = world.agent.rows()?;
    assert_eq!(rows.len(), 60);
    for (folder, name, letters) in [("Junk", "Junk", &spam), ("INBOX", "Inbox", &ham)] {
        let seen = world.eye.folder(folder)?;
        assert_eq!(seen.len(), letters.len(), "in {folder}");
        for letter in letters {
            let uid = seen.iter().find(|seen| seen.message_id == letter.id).map(|seen| u64::from(seen.uid));
            let row = rows.iter().find(|row| row.subject == letter.subject).context("no row")?;
            ensure!((row.folder.as_str(), Some(row.uid)) == (name, uid), "{row:?} is not {uid:?} in {folder}");
        }
    }
    Ok(())
}

#[test]
fn the_same_message_sent_twice_is_two_messages() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("again")?;
    world.deliver(&spam)?;
    world.deliver(&spam)?;
    wait_until("both to be filed", PATIENCE, || Ok((world.places(&spam)? == ["Junk", "Junk"]).then_some(())))?;
    Ok(())
}

/// What the inbox looks like: every number, date and flag.
fn looks(world: &mut World) -> Result<Vec<String>> {
    let seen = world.eye.folder("INBOX")?;
    Ok(seen.iter().map(|seen| format!("{} {} {:?}", seen.uid, seen.internal_date, flags(seen))).collect())
}

fn malformed() -> Vec<Vec<u8>> {
    let part = |depth: usize| format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n");
    let nested_parts = (0..3000).map(part).collect::<Vec<_>>().concat();
    let nested_messages = "Content-Type: message/rfc822\r\n\r\n".repeat(20_000);
    let texts = [
        String::new(),
        "\r\n".to_owned(),
        "no header at all".to_owned(),
        "Subject: no end of the header".to_owned(),
        "\0\0\0: \0\r\n\r\n\0".to_owned(),
        format!("Subject: {}\r\n\r\nlong", "a long line ".repeat(50_000)),
        format!("Message-ID: <{}>\r\nSubject: x\r\n\r\nx", "i".repeat(60_000)),
        format!("Subject: many\r\n{}\r\nx", "X-Header: y\r\n".repeat(20_000)),
        format!("Subject: parts\r\n{nested_parts}text"),
        format!("Subject: messages\r\n{nested_messages}text"),
        format!("Subject: tags\r\nContent-Type: text/html\r\n\r\n{}", "<div><b>".repeat(30_000)),
        "Subject: =?utf-8?B?=ff=?= =?x?Q?=\r\nDate: yesterday\r\nFrom: @@<>;,\r\n\r\n=3D=\r\n".to_owned(),
        "Content-Type: text/plain; charset=utf-7\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!=\r\n".to_owned(),
    ];
    let mut all: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    all.push((0..=255).cycle().take(100_000).collect());
    all
}
