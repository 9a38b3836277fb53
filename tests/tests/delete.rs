//! What the person deletes, against a real server, and its way back; and lessons from files, which an undo takes back, too.

use std::process::Stdio;

use anyhow::{Result, ensure};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    world::{PATIENCE, World, flags},
};
use xtask::dovecot::Options;

#[test]
fn what_the_person_deletes_is_off_the_server_and_an_undo_puts_it_back_byte_for_byte() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let (ham, spam) = (Letter::ham("going")?, Letter::spam("going-too")?);
    world.deliver(&ham)?;
    world.deliver(&spam)?;
    world.wait_judged(2)?;
    let seen = world.only_copy(&ham, "INBOX")?;
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!(r"UID STORE {} +FLAGS.SILENT (\Flagged \Seen)", seen.uid))?;
    world.eye.command("UNSELECT")?;
    let (in_inbox, in_junk) = (world.only_copy(&ham, "INBOX")?, world.only_copy(&spam, "Junk")?);
    let before = (world.eye.message("INBOX", in_inbox.uid)?, world.eye.message("Junk", in_junk.uid)?);

    let ids = [world.row(&ham)?.id.to_string(), world.row(&spam)?.id.to_string()];
    let said = world.agent.say(&["delete", &ids[0], &ids[1]])?;
    assert!(said.contains("2 messages deleted"), "{said}");
    assert!(world.places(&ham)?.is_empty() && world.places(&spam)?.is_empty());
    assert_eq!(world.status_number("trained_ham")? + world.status_number("trained_spam")?, 0, "that is no lesson");
    assert!(world.agent.say(&["history"])?.contains("deletion of 2 messages"));

    world.agent.say(&["undo"])?;
    world.wait_until_nothing_is_left()?;
    let (again, junk_again) = (world.only_copy(&ham, "INBOX")?, world.only_copy(&spam, "Junk")?);
    let after = (world.eye.message("INBOX", again.uid)?, world.eye.message("Junk", junk_again.uid)?);
    assert_eq!(after, before);
    assert_eq!(again.internal_date, in_inbox.internal_date);
    // Like all that an undo brings back to the inbox it says that it is wanted, so that another Tamis leaves it there.
    assert_eq!(flags(&in_inbox), [r"\Flagged", r"\Seen"]);
    assert_eq!(flags(&again), ["$NotJunk", r"\Flagged", r"\Seen"]);
    world.wait_for_all("last")?;
    assert_eq!(world.status_number("judged")?, 3, "what came back is not judged again");
    world.only_copy(&ham, "INBOX")?;
    Ok(())
}

#[test]
fn killed_while_the_person_deletes() -> Result<()> {
    for (words, moment) in [("UID STORE", Moment::Asked), ("UID EXPUNGE", Moment::Asked), ("UID EXPUNGE", Moment::Done)]
    {
        let mut world = World::started(Options::default())?;
        let ham = Letter::ham("going")?;
        world.deliver(&ham)?;
        world.wait_judged(1)?;
        let id = world.row(&ham)?.id.to_string();
        let uid = world.only_copy(&ham, "INBOX")?.uid;
        let before = world.eye.message("INBOX", uid)?;
        world.proxy.hold(words, moment);
        let mut command = world.agent.command();
        let mut asking = command.args(["delete", &id]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        world.proxy.wait_held(PATIENCE)?;
        world.agent.kill()?;
        world.proxy.cut();
        ensure!(!asking.wait()?.success(), "nobody can have said that it was done");
        world.agent.start()?;
        world.wait_until_nothing_is_left()?;
        assert!(world.places(&ham)?.is_empty(), "{words} {moment}");
        world.agent.say(&["undo"])?;
        world.wait_until_nothing_is_left()?;
        let seen = world.only_copy(&ham, "INBOX")?;
        assert_eq!(world.eye.message("INBOX", seen.uid)?, before, "{words} {moment}");
    }
    Ok(())
}

#[test]
fn the_source_of_a_message_is_what_lies_on_the_server() -> Result<()> {
    let world = World::started(Options::default())?;
    let ham = Letter::ham("plain")?;
    world.deliver(&ham)?;
    world.wait_judged(1)?;
    let said = world.agent.say(&["source", &world.row(&ham)?.id.to_string()])?;
    let want = String::from_utf8_lossy(&ham.raw).replace('\r', "");
    assert!(said.contains(want.trim_end()), "{said}");
    Ok(())
}

#[test]
fn lessons_from_files_are_taken_back_by_an_undo() -> Result<()> {
    let world = World::started(Options::default())?;
    let folder = world.agent.home().join("letters");
    std::fs::create_dir(&folder)?;
    for name in ["one", "two"] {
        std::fs::write(folder.join(format!("{name}.eml")), Letter::ham(name)?.raw)?;
    }
    let path = folder.to_string_lossy().into_owned();
    let said = world.agent.say(&["train", "--spam", &path])?;
    assert!(said.contains("2 messages learned as spam"), "{said}");
    world.agent.say(&["train", "--ham", &folder.join("one.eml").to_string_lossy()])?;
    let learned = || anyhow::Ok((world.status_number("trained_ham")?, world.status_number("trained_spam")?));
    assert_eq!(learned()?, (1, 1));
    world.agent.say(&["undo"])?;
    assert_eq!(learned()?, (0, 2), "the message is again what it was learned as before");
    world.agent.say(&["undo"])?;
    assert_eq!(learned()?, (0, 0));
    Ok(())
}
