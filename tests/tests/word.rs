//! The person's word against the filter's: release, spam, undo, and a hand in another mail program.

use anyhow::Result;
use tamis_tests::{
    letter::Letter,
    world::{World, flags, seconds},
};
use xtask::dovecot::Options;

#[test]
fn a_released_message_is_back_and_learned_and_never_judged_again() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.judge_old_mail()?;
    world.agent.start()?;
    let spam = Letter::spam("wanted-after-all")?;
    world.eye.append("INBOX", r"(\Flagged)", "\"17-Jul-2026 02:44:25 +0200\"", &spam.raw)?;
    world.wait_judged(1)?;
    world.wait_for_place(&spam, "Junk")?;
    assert_eq!(world.status_number("trained_ham")?, 0);

    world.teach("release", &spam)?;

    world.wait_for_place(&spam, "INBOX")?;
    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(flags(&seen), ["$NotJunk", r"\Flagged"]);
    assert_eq!(seconds(&seen.internal_date)?, seconds("17-Jul-2026 02:44:25 +0200")?);
    assert_eq!(world.status_number("trained_ham")?, 1);

    world.wait_for_all("after-release")?;
    world.only_copy(&spam, "INBOX")?;
    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("after-restart")?;
    world.only_copy(&spam, "INBOX")?;
    let row = world.row(&spam)?;
    assert_eq!((row.class.as_str(), row.folder.as_str()), ("spam", "Inbox"));
    assert_eq!(world.status_number("judged")?, 3);
    assert_eq!(world.status_number("trained_ham")?, 1);
    Ok(())
}

#[test]
fn a_message_called_spam_is_filed_and_learned_and_undo_takes_back_both() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let ham = Letter::ham("not-wanted")?;
    world.deliver(&ham)?;
    world.wait_judged(1)?;

    world.teach("spam", &ham)?;
    world.wait_for_place(&ham, "Junk")?;
    assert_eq!(world.status_number("trained_spam")?, 1);

    world.agent.say(&["undo"])?;
    world.wait_for_place(&ham, "INBOX")?;
    assert_eq!(world.status_number("trained_spam")?, 0);
    assert_eq!(world.status_number("trained_ham")?, 0);

    world.wait_for_all("after-undo")?;
    world.only_copy(&ham, "INBOX")?;
    assert_eq!(world.row(&ham)?.folder, "Inbox");
    Ok(())
}

#[test]
fn undo_of_a_release_files_the_message_again_and_forgets_the_lesson() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("back-and-forth")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    world.teach("release", &spam)?;
    world.wait_for_place(&spam, "INBOX")?;

    world.agent.say(&["undo"])?;

    world.wait_for_place(&spam, "Junk")?;
    assert_eq!(world.status_number("trained_ham")?, 0);
    assert_eq!(world.row(&spam)?.folder, "Junk");
    Ok(())
}

#[test]
fn a_whole_selection_is_released_and_undone_as_one() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let letters = ["one", "two", "three"].map(Letter::spam).into_iter().collect::<Result<Vec<_>>>()?;
    for letter in &letters {
        world.deliver(letter)?;
    }
    world.wait_judged(3)?;
    let ids = letters.iter().map(|letter| Ok(world.row(letter)?.id.to_string())).collect::<Result<Vec<_>>>()?;

    let words: Vec<&str> = std::iter::once("release").chain(ids.iter().map(String::as_str)).collect();
    world.agent.say(&words)?;
    for letter in &letters {
        world.wait_for_place(letter, "INBOX")?;
    }
    assert_eq!(world.status_number("trained_ham")?, 3);

    world.agent.say(&["undo"])?;
    for letter in &letters {
        world.wait_for_place(letter, "Junk")?;
    }
    assert_eq!(world.status_number("trained_ham")?, 0);
    Ok(())
}

#[test]
fn a_lesson_changes_its_side_and_is_not_counted_twice() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let ham = Letter::ham("changed-my-mind")?;
    world.deliver(&ham)?;
    world.wait_judged(1)?;

    for (word, folder, lessons) in
        [("spam", "Junk", (0, 1)), ("spam", "Junk", (0, 1)), ("ham", "INBOX", (1, 0)), ("ham", "INBOX", (1, 0))]
    {
        world.teach(word, &ham)?;
        world.wait_for_place(&ham, folder)?;
        let trained = (world.status_number("trained_ham")?, world.status_number("trained_spam")?);
        assert_eq!(trained, lessons, "after `{word}`");
    }
    Ok(())
}

#[test]
fn a_message_the_person_takes_out_of_junk_stays_out() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("rescued")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    let uid = world.only_copy(&spam, "Junk")?.uid;

    world.eye.carry("Junk", uid, "INBOX")?;

    world.wait_for_all("behind-1")?;
    world.only_copy(&spam, "INBOX")?;
    world.agent.stop()?;
    world.agent.start()?;
    world.wait_for_all("behind-2")?;
    world.only_copy(&spam, "INBOX")?;
    world.row(&spam)?;
    assert_eq!(world.status_number("judged")?, 3);
    Ok(())
}

#[test]
fn a_message_that_is_gone_is_said_to_be_gone() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("deleted-meanwhile")?;
    world.deliver(&spam)?;
    world.wait_judged(1)?;
    let uid = world.only_copy(&spam, "Junk")?.uid;
    world.eye.command("SELECT Junk")?;
    world.eye.command(&format!(r"UID STORE {uid} +FLAGS.SILENT (\Deleted)"))?;
    world.eye.command(&format!("UID EXPUNGE {uid}"))?;
    world.eye.command("UNSELECT")?;

    let refused = world.teach("spam", &spam).expect_err("it is not there");

    assert!(refused.to_string().contains("not found any more"), "{refused}");
    assert!(world.places(&spam)?.is_empty());
    assert_eq!(world.row(&spam)?.folder, "");
    world.wait_for_all("behind")?;
    Ok(())
}

#[test]
fn an_unknown_number_is_the_persons_error_and_changes_nothing() -> Result<()> {
    let world = World::started(Options::default())?;
    for words in [["release", "4711"], ["spam", "4711"], ["ham", "4711"], ["undo", "4711"]] {
        let output = world.agent.command().args(words).output()?;
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {complaint}");
        assert!(!complaint.trim().is_empty(), "{words:?} says nothing");
    }
    Ok(())
}
