//! What the person does with mail in any mail program, on a telephone too, is learned from: here by a second IMAP client,
//! while the agent is watching and while it is off.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    wait_until,
    world::{PATIENCE, USER, WITHOUT_MOVE, WITHOUT_MOVE_AND_UIDPLUS, World, capable_of, flags, seconds_now},
};
use xtask::dovecot::Options;

/// Each look at the other folders asks this.
const POLL: &str = "STATUS \"Junk\"";

/// Flags are looked at in every so manieth look.
const POLLS_UNTIL_FLAGS: usize = 6;

/// Whether the agent is watching while the person does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Agent {
    Watches,
    IsOff,
}

use Agent::{IsOff, Watches};

#[test]
fn what_is_moved_to_junk_is_learned_as_spam_and_an_undo_only_takes_the_lesson_back() -> Result<()> {
    for agent in [Watches, IsOff] {
        let mut world = started(Options::default(), "")?;
        let tiresome = Letter::ham("tiresome")?;
        arrive(&mut world, &[&tiresome])?;
        act(&mut world, agent, |world| carry(world, &tiresome, "INBOX", "Junk"))?;
        wait_learned(&world, (1, 0)).with_context(|| format!("{agent:?}"))?;

        polls(&world, POLLS_UNTIL_FLAGS)?;
        let uid = u64::from(world.only_copy(&tiresome, "Junk")?.uid);
        let row = world.row(&tiresome)?;
        assert_eq!((row.folder.as_str(), row.uid, row.taught.as_deref()), ("Junk", uid, Some("spam")));
        assert_eq!(texts(&world)?, ["1 message moved to Junk in another program"]);
        assert_eq!(lessons(&world)?.iter().map(|lesson| lesson.source.as_str()).collect::<Vec<_>>(), ["move"]);
        assert_eq!((learned(&world)?, world.status_number("judged")?), ((1, 0), 1));

        world.agent.say(&["undo"])?;
        polls(&world, POLLS_UNTIL_FLAGS)?;
        assert_eq!((learned(&world)?, world.row(&tiresome)?.taught), ((0, 0), None), "{agent:?}");
        world.only_copy(&tiresome, "Junk")?;
    }
    Ok(())
}

#[test]
fn what_is_taken_out_of_junk_is_learned_as_good_wherever_it_is_put_and_is_not_filed_again() -> Result<()> {
    for (agent, folder) in [
        (Watches, "INBOX"),
        (IsOff, "INBOX"),
        (Watches, "Projects"),
        (IsOff, "Projects"),
        (Watches, "New"),
        (IsOff, "Projects/Deeper &- more"),
    ] {
        let mut world = World::new(Options::default())?;
        for name in ["Projects", "Projects/Deeper &- more"] {
            world.eye.command(&format!("CREATE \"{name}\""))?;
        }
        let mut world = start(world, "")?;
        let (wanted, other) = (Letter::spam("wanted")?, Letter::spam("not-wanted")?);
        arrive(&mut world, &[&wanted, &other])?;
        polls(&world, 1)?;
        act(&mut world, agent, |world| {
            if folder == "New" {
                world.eye.command("CREATE New")?;
            }
            carry(world, &wanted, "Junk", folder)
        })?;
        wait_learned(&world, (0, 1)).with_context(|| format!("{agent:?} {folder}"))?;

        polls(&world, 3)?;
        let uid = u64::from(world.only_copy(&wanted, folder)?.uid);
        let row = world.row(&wanted)?;
        let shown = if folder == "INBOX" { "Inbox" } else { folder }.replace("&-", "&");
        assert_eq!((row.folder, row.uid, row.taught.as_deref()), (shown, uid, Some("ham")));
        assert_eq!(texts(&world)?, ["1 message moved out of Junk in another program"]);
        assert_eq!((learned(&world)?, world.row(&other)?.folder.as_str()), ((0, 1), "Junk"));
        world.agent.say(&["undo"])?;
        wait_learned(&world, (0, 0)).with_context(|| format!("{agent:?} {folder}"))?;
        polls(&world, 3)?;
        assert_eq!(learned(&world)?, (0, 0), "{agent:?} {folder}");
        world.only_copy(&wanted, folder)?;
    }
    Ok(())
}

#[test]
fn what_is_taken_out_of_junk_among_newer_mail_is_learned_from_too() -> Result<()> {
    let mut world = started(Options::default(), "")?;
    let (wanted, newer) = (Letter::spam("wanted")?, Letter::ham("newer")?);
    world.server.place(USER, &wanted.raw, seconds_now()? - 3600)?;
    world.wait_for_place(&wanted, "Junk")?;
    polls(&world, 1)?;
    act(&mut world, IsOff, |world| {
        world.deliver(&newer)?;
        carry(world, &wanted, "Junk", "INBOX")
    })?;
    wait_learned(&world, (0, 1))?;
    polls(&world, 2)?;
    let uid = u64::from(world.only_copy(&wanted, "INBOX")?.uid);
    assert_eq!((world.row(&wanted)?.uid, world.status_number("judged")?), (uid, 2));
    Ok(())
}

#[test]
fn what_is_thrown_away_out_of_junk_says_nothing_until_it_is_fetched_back() -> Result<()> {
    for agent in [Watches, IsOff] {
        let mut world = started(Options::default(), "")?;
        let (thrown, removed) = (Letter::spam("thrown-away")?, Letter::spam("removed")?);
        arrive(&mut world, &[&thrown, &removed])?;
        polls(&world, 1)?;
        act(&mut world, agent, |world| {
            let uid = world.only_copy(&removed, "Junk")?.uid;
            carry(world, &thrown, "Junk", "Trash")?;
            world.eye.command("SELECT Junk")?;
            world.eye.command(&format!(r"UID STORE {uid} +FLAGS.SILENT (\Deleted)"))?;
            world.eye.command("CLOSE").map(drop)
        })?;
        let is_known = |world: &World| {
            let places = [world.row(&thrown)?.folder, world.row(&removed)?.folder];
            Ok((places == ["Trash".to_owned(), String::new()]).then_some(()))
        };
        wait_until("the places to be known", PATIENCE, || is_known(&world)).with_context(|| format!("{agent:?}"))?;
        polls(&world, 3)?;
        assert_eq!((learned(&world)?, texts(&world)?.len()), ((0, 0), 0), "{agent:?}");
        world.only_copy(&thrown, "Trash")?;

        act(&mut world, agent, |world| carry(world, &thrown, "Trash", "INBOX"))?;
        wait_learned(&world, (0, 1))?;
        world.only_copy(&thrown, "INBOX")?;
    }
    Ok(())
}

#[test]
fn what_the_server_files_is_not_learned_and_neither_is_what_only_bears_the_same_name() -> Result<()> {
    let mut world = started(Options::default(), "")?;
    let known = Letter::ham("known")?;
    let date = now()?;
    world.eye.append("INBOX", "()", &date, &known.raw)?;
    world.wait_judged(1)?;
    let stranger = Letter::spam("filed-by-the-server")?;
    let alike = Letter { raw: [b"X-Way: another\r\n", &*known.raw].concat(), ..known.clone() };
    for letter in [&stranger, &alike] {
        world.eye.append("Junk", "()", &date, &letter.raw)?;
    }
    polls(&world, POLLS_UNTIL_FLAGS)?;
    // Fetched back by the person, it is left alone, and nothing is known of it from which to learn.
    carry(&mut world, &stranger, "Junk", "INBOX")?;
    polls(&world, 3)?;
    assert_eq!((learned(&world)?, world.status_number("judged")?), ((0, 0), 1));
    assert_eq!(world.row(&known)?.folder, "Inbox");
    world.only_copy(&stranger, "INBOX")?;
    Ok(())
}

#[test]
fn whoever_trusts_the_server_learns_what_it_files_from_then_on() -> Result<()> {
    let world = World::new(Options::default())?;
    world.agent.set("[learn]", "trust_server_junk", &json!(true))?;
    let mut world = world;
    let before = Letter::spam("there-before")?;
    world.eye.append("Junk", "()", &now()?, &before.raw)?;
    let mut world = start(world, "")?;
    polls(&world, 1)?;
    let (filed, ours) = (Letter::ham("filed-by-the-server")?, Letter::spam("filed-by-us")?);
    world.deliver(&ours)?;
    world.wait_for_place(&ours, "Junk")?;
    for agent in [Watches, IsOff] {
        let filed = Letter::ham(&format!("filed-while-{agent:?}").to_lowercase())?;
        act(&mut world, agent, |world| world.eye.append("Junk", "()", &now()?, &filed.raw))?;
    }
    world.eye.append("Junk", "()", &now()?, &filed.raw)?;
    wait_learned(&world, (3, 0))?;
    polls(&world, 3)?;
    assert_eq!(learned(&world)?, (3, 0), "only what the server filed since");
    let newest = texts(&world)?;
    assert_eq!(newest.first().map(String::as_str), Some("1 message put into Junk by the server"));
    assert!(lessons(&world)?.iter().all(|lesson| lesson.source == "server"));

    carry(&mut world, &filed, "Junk", "INBOX")?;
    wait_learned(&world, (2, 1))?;
    world.only_copy(&filed, "INBOX")?;
    Ok(())
}

#[test]
fn keywords_of_other_programs_count_once() -> Result<()> {
    for (agent, word, letter, folder, want) in [
        (Watches, "$Junk", Letter::ham("one")?, "INBOX", (1, 0)),
        (IsOff, "$Junk", Letter::ham("two")?, "INBOX", (1, 0)),
        (Watches, "Junk", Letter::ham("three")?, "INBOX", (1, 0)),
        (Watches, "$NotJunk", Letter::ham("four")?, "INBOX", (0, 1)),
        (Watches, "$NotJunk", Letter::spam("five")?, "Junk", (0, 1)),
        (IsOff, "NonJunk", Letter::spam("six")?, "Junk", (0, 1)),
    ] {
        let mut world = started(Options::default(), "")?;
        arrive(&mut world, &[&letter])?;
        polls(&world, 1)?;
        act(&mut world, agent, |world| mark(world, &letter, folder, word))?;
        wait_learned(&world, want).with_context(|| format!("{agent:?} {word} in {folder}"))?;

        polls(&world, POLLS_UNTIL_FLAGS)?;
        world.only_copy(&letter, folder)?;
        let label = if want.0 == 1 { "spam" } else { "good" };
        assert_eq!(texts(&world)?, [format!("1 message marked as {label} in another program")]);
        assert_eq!(lessons(&world)?.iter().map(|lesson| lesson.source.as_str()).collect::<Vec<_>>(), ["keyword"]);
        world.agent.say(&["undo"])?;
        polls(&world, POLLS_UNTIL_FLAGS)?;
        assert_eq!(
            (learned(&world)?, texts(&world)?.len()),
            ((0, 0), 2),
            "{word}: what was taken back is not learned again"
        );
        assert_eq!(flags(&world.only_copy(&letter, folder)?), [word]);
    }
    Ok(())
}

#[test]
fn a_keyword_that_says_what_is_the_case_anyway_is_no_lesson() -> Result<()> {
    let mut world = started(Options::default(), "")?;
    let (ham, spam, marked) = (Letter::ham("wanted")?, Letter::spam("filed")?, Letter::ham("came-marked")?);
    arrive(&mut world, &[&ham, &spam])?;
    polls(&world, 1)?;
    // As Thunderbird does by itself with all that its filter lets pass, and servers with what is moved to Junk.
    mark(&mut world, &ham, "INBOX", "NonJunk")?;
    mark(&mut world, &spam, "Junk", "$Junk")?;
    world.eye.append("INBOX", "($Junk)", &now()?, &marked.raw)?;
    world.wait_judged(3)?;
    polls(&world, POLLS_UNTIL_FLAGS)?;
    assert_eq!((learned(&world)?, texts(&world)?.len()), ((0, 0), 0));
    Ok(())
}

#[test]
fn keywords_that_we_set_are_nobodys_word() -> Result<()> {
    let policy = "[account.policy]\nspam = \"keyword\"\nham = \"keyword\"";
    let mut world = started(Options::default(), policy)?;
    let (ham, spam) = (Letter::ham("wanted")?, Letter::spam("marked")?);
    arrive(&mut world, &[&ham, &spam])?;
    polls(&world, POLLS_UNTIL_FLAGS)?;
    assert_eq!(flags(&world.only_copy(&spam, "INBOX")?), ["$Junk"]);
    assert_eq!(learned(&world)?, (0, 0));
    // But the other one is the person's.
    world.eye.command("SELECT INBOX")?;
    let uid = world.only_copy(&spam, "INBOX")?.uid;
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!("UID STORE {uid} -FLAGS.SILENT ($Junk)"))?;
    world.eye.command(&format!("UID STORE {uid} +FLAGS.SILENT ($NotJunk)"))?;
    world.eye.command("UNSELECT")?;
    wait_learned(&world, (0, 1))?;
    polls(&world, POLLS_UNTIL_FLAGS)?;
    assert_eq!(learned(&world)?, (0, 1));

    // Taking back what we did to a message sets a keyword as well.
    let mut world = started(Options::default(), "")?;
    let spam = Letter::spam("filed")?;
    arrive(&mut world, &[&spam])?;
    world.agent.say(&["undo", &filing(&world)?])?;
    world.wait_for_place(&spam, "INBOX")?;
    polls(&world, POLLS_UNTIL_FLAGS)?;
    assert_eq!(flags(&world.only_copy(&spam, "INBOX")?), ["$NotJunk"]);
    assert_eq!(learned(&world)?, (0, 0));
    Ok(())
}

#[test]
fn a_keyword_and_a_move_are_one_lesson_in_whatever_order() -> Result<()> {
    for agent in [Watches, IsOff] {
        let mut world = started(Options::default(), "")?;
        let (both, first, wanted) =
            (Letter::ham("both-at-once")?, Letter::ham("keyword-first")?, Letter::spam("wanted")?);
        arrive(&mut world, &[&both, &first, &wanted])?;
        polls(&world, 1)?;
        act(&mut world, agent, |world| {
            mark(world, &first, "INBOX", "Junk")?;
            mark(world, &both, "INBOX", "$Junk")?;
            carry(world, &both, "INBOX", "Junk")?;
            mark(world, &wanted, "Junk", "$NotJunk")?;
            carry(world, &wanted, "Junk", "INBOX")
        })?;
        wait_learned(&world, (2, 1)).with_context(|| format!("{agent:?}"))?;
        act(&mut world, agent, |world| carry(world, &first, "INBOX", "Junk"))?;
        polls(&world, POLLS_UNTIL_FLAGS)?;

        assert_eq!((learned(&world)?, world.row(&first)?.folder.as_str()), ((2, 1), "Junk"), "{agent:?}");
        let changes = changes(&world)?;
        let messages: u64 = changes.iter().filter_map(|change| change.get("messages")?.as_u64()).sum();
        assert_eq!(messages, 3, "{changes:?}");
    }
    Ok(())
}

#[test]
fn a_folder_that_shows_all_mail_says_nothing_and_an_archive_does() -> Result<()> {
    let extra = "namespace inbox {\n  mailbox \"All Mail\" {\n    special_use = \\All\n    auto = create\n  }\n  \
                 mailbox Archive {\n    special_use = \\Archive\n    auto = create\n  }\n}\n";
    for (agent, folder, want) in [
        (Watches, "All Mail", (0, 0)),
        (IsOff, "All Mail", (0, 0)),
        (Watches, "Archive", (0, 1)),
        (IsOff, "Archive", (0, 1)),
    ] {
        let mut world = started(Options { extra: extra.to_owned(), ..Options::default() }, "")?;
        let spam = Letter::spam("filed")?;
        arrive(&mut world, &[&spam])?;
        polls(&world, 1)?;
        act(&mut world, agent, |world| carry(world, &spam, "Junk", folder))?;
        wait_learned(&world, want)?;
        polls(&world, 3)?;
        assert_eq!(learned(&world)?, want, "{agent:?} {folder}");
    }
    Ok(())
}

#[test]
fn a_copy_is_no_move_until_the_original_is_gone() -> Result<()> {
    let mut world = started(Options::default(), "")?;
    let (copied, moved) = (Letter::ham("copied")?, Letter::ham("moved-in-two-steps")?);
    arrive(&mut world, &[&copied, &moved])?;
    let uids = [world.only_copy(&copied, "INBOX")?.uid, world.only_copy(&moved, "INBOX")?.uid];
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!("UID COPY {},{} Junk", uids[0], uids[1]))?;
    polls(&world, 1)?;
    world.eye.command(&format!(r"UID STORE {} +FLAGS.SILENT (\Deleted)", uids[1]))?;
    wait_learned(&world, (1, 0))?;
    world.eye.command("CLOSE")?;
    polls(&world, POLLS_UNTIL_FLAGS)?;
    assert_eq!(learned(&world)?, (1, 0));
    assert_eq!([world.row(&copied)?.folder, world.row(&moved)?.folder], ["Inbox", "Junk"]);
    Ok(())
}

#[test]
fn thirty_at_once_are_one_change() -> Result<()> {
    for agent in [Watches, IsOff] {
        let mut world = started(Options::default(), "")?;
        let mut letters = Vec::new();
        for number in 0..30 {
            letters.push(Letter::ham(&format!("bulk-{number}"))?);
        }
        arrive(&mut world, &letters.iter().collect::<Vec<_>>())?;
        let carry_all = |world: &mut World, from: &str, to: &str| -> Result<()> {
            world.eye.command(&format!("SELECT {from}"))?;
            world.eye.command(&format!("MOVE 1:30 {to}"))?;
            world.eye.command("UNSELECT").map(drop)
        };
        act(&mut world, agent, |world| carry_all(world, "INBOX", "Junk"))?;
        wait_learned(&world, (30, 0))?;
        act(&mut world, agent, |world| carry_all(world, "Junk", "INBOX"))?;
        wait_learned(&world, (0, 30))?;
        polls(&world, 2)?;
        let (out, into) =
            ("30 messages moved out of Junk in another program", "30 messages moved to Junk in another program");
        assert_eq!(texts(&world)?, [out, into], "{agent:?}");
        world.agent.say(&["undo"])?;
        world.agent.say(&["undo"])?;
        // The learner is made anew beside everything else.
        wait_learned(&world, (0, 0))?;
        assert_eq!(world.eye.folder("INBOX")?.len(), 30);
    }
    Ok(())
}

#[test]
fn killed_on_the_way_it_is_learned_once() -> Result<()> {
    for (words, moment) in [("UID FETCH", Moment::Asked), ("BODY.PEEK[]", Moment::Asked), ("BODY.PEEK[]", Moment::Done)]
    {
        for (from, to, want) in [("INBOX", "Junk", (1, 0)), ("Junk", "INBOX", (0, 1)), ("Junk", "Projects", (0, 1))] {
            let mut world = World::new(Options::default())?;
            world.eye.command("CREATE Projects")?;
            let mut world = start(world, "")?;
            let letter = if from == "INBOX" { Letter::ham("cut-off")? } else { Letter::spam("cut-off")? };
            arrive(&mut world, &[&letter])?;
            polls(&world, 1)?;
            world.proxy.hold(words, moment);
            carry(&mut world, &letter, from, to)?;
            world.proxy.wait_held(PATIENCE).with_context(|| format!("{words} {moment} {to}"))?;
            world.agent.kill()?;
            world.proxy.cut();
            world.agent.start()?;

            wait_learned(&world, want).with_context(|| format!("{words} {moment} {to}"))?;
            polls(&world, 3)?;
            world.only_copy(&letter, to)?;
            assert_eq!((learned(&world)?, texts(&world)?.len()), (want, 1), "{words} {moment} {to}");
        }
    }
    Ok(())
}

#[test]
fn what_was_quarantined_or_marked_is_learned_from_too() -> Result<()> {
    let mut world = started(Options::default(), "[account.policy]\nspam = \"quarantine\"")?;
    let spam = Letter::spam("held")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Tamis/Quarantine")?;
    world.wait_judged(1)?;
    polls(&world, 1)?;
    world.eye.command("CREATE Projects")?;
    carry(&mut world, &spam, "Tamis/Quarantine", "Projects")?;
    wait_learned(&world, (0, 1))?;
    polls(&world, 2)?;
    assert_eq!(world.row(&spam)?.folder, "Projects");

    let mut world = started(Options::default(), "[account.policy]\nspam = \"tag\"")?;
    let spam = Letter::spam("marked")?;
    world.eye.append("INBOX", "()", &now()?, &spam.raw)?;
    world.wait_judged(1)?;
    carry(&mut world, &spam, "INBOX", "Junk")?;
    wait_learned(&world, (1, 0))?;
    polls(&world, 2)?;
    carry(&mut world, &spam, "Junk", "INBOX")?;
    wait_learned(&world, (0, 1))?;
    // What the person wants back is wanted as it came.
    polls(&world, 2)?;
    let seen = world.only_copy(&spam, "INBOX")?;
    assert_eq!(world.eye.message("INBOX", seen.uid)?, spam.raw);
    Ok(())
}

#[test]
fn on_servers_that_can_do_little_it_is_the_same() -> Result<()> {
    for capability in [WITHOUT_MOVE, WITHOUT_MOVE_AND_UIDPLUS] {
        let mut world = started(capable_of(Some(capability)), "")?;
        let (tiresome, wanted) = (Letter::ham("tiresome")?, Letter::spam("wanted")?);
        arrive(&mut world, &[&tiresome])?;
        world.eye.append("INBOX", "()", &now()?, &wanted.raw)?;
        world.wait_judged(2)?;
        polls(&world, 1)?;
        carry(&mut world, &tiresome, "INBOX", "Junk")?;
        wait_learned(&world, (1, 0)).context(capability)?;
        let uid = world.eye.folder("Junk")?.iter().find(|seen| seen.message_id == wanted.id).context("not filed")?.uid;
        world.eye.command("CREATE Projects")?;
        world.eye.carry("Junk", uid, "Projects")?;
        wait_learned(&world, (1, 1)).context(capability)?;
        mark(&mut world, &tiresome, "Junk", "NonJunk")?;
        wait_learned(&world, (0, 2)).context(capability)?;
    }
    Ok(())
}

#[test]
fn moves_teach_exactly_what_commands_teach() -> Result<()> {
    let spam_first = |number: usize| number.is_multiple_of(2);
    let mut letters = Vec::new();
    for number in 0..12 {
        let name = format!("lesson-{number}");
        letters.push(if spam_first(number) { Letter::ham(&name)? } else { Letter::spam(&name)? });
    }

    let mut by_moves = placed(&letters)?;
    for (number, letter) in letters.iter().enumerate() {
        let (from, to) = if spam_first(number) { ("INBOX", "Junk") } else { ("Junk", "INBOX") };
        carry(&mut by_moves, letter, from, to)?;
        let spam = u64::try_from(number / 2 + 1)?;
        wait_learned(&by_moves, (spam, u64::try_from(number.div_ceil(2))?))?;
    }
    // And one word taken back.
    by_moves.agent.say(&["undo"])?;

    let by_command = placed(&letters)?;
    for (number, letter) in letters.iter().enumerate() {
        by_command.teach(if spam_first(number) { "spam" } else { "ham" }, letter)?;
    }
    by_command.agent.say(&["undo"])?;

    let (moved, said) = (lessons(&by_moves)?, lessons(&by_command)?);
    assert_eq!(moved.len(), 11);
    assert!(moved.iter().map(Lesson::content).eq(said.iter().map(Lesson::content)), "{moved:#?}\n{said:#?}");

    // From files the same messages are learned in the same order; only what names the account is not in the tokens.
    let folder = by_command.agent.home().with_file_name("letters");
    fs::create_dir(&folder)?;
    let from_files = World::new(Options::default())?;
    for (number, letter) in letters.iter().enumerate().take(11) {
        let path: PathBuf = folder.join(format!("{number}.eml"));
        fs::write(&path, &letter.raw)?;
        from_files.agent.train(if spam_first(number) { "spam" } else { "ham" }, &[path])?;
    }
    let read = lessons(&from_files)?;
    let names = |lessons: &[Lesson]| -> Vec<(String, String)> {
        lessons.iter().map(|lesson| (lesson.key.clone(), lesson.label.clone())).collect()
    };
    assert_eq!(names(&moved), names(&read));
    Ok(())
}

#[test]
fn folders_are_only_read_if_something_is_missing_and_then_only_what_is_new() -> Result<()> {
    let mut world = World::new(Options::default())?;
    for name in ["Large", "Projects", "Other"] {
        world.eye.command(&format!("CREATE {name}"))?;
    }
    for number in 0..40 {
        let letter = Letter::ham(&format!("old-{number}"))?;
        world.eye.append("Large", r"(\Seen)", &now()?, &letter.raw)?;
        world.eye.append("Junk", r"(\Seen)", &now()?, &letter.raw)?;
    }
    let mut world = start(world, "")?;
    let spam = Letter::spam("filed")?;
    arrive(&mut world, &[&spam])?;
    polls(&world, POLLS_UNTIL_FLAGS)?;
    let before = world.proxy.commands().len();

    // Much goes on in folders that are not ours.
    for number in 0..5 {
        world.eye.append("Large", r"(\Seen)", &now()?, &Letter::ham(&format!("new-{number}"))?.raw)?;
    }
    polls(&world, POLLS_UNTIL_FLAGS)?;
    let quiet = world.proxy.commands().split_off(before);
    let reads = |line: &String| line.contains("FETCH") || line.contains("SEARCH");
    ensure!(!quiet.iter().any(reads), "{quiet:#?}");
    ensure!(!quiet.iter().any(|line| line.contains("Large") || line.contains("LIST")), "{quiet:#?}");

    let before = world.proxy.commands().len();
    carry(&mut world, &spam, "Junk", "Projects")?;
    wait_learned(&world, (0, 1))?;
    polls(&world, 2)?;
    let told = world.proxy.commands().split_off(before);
    ensure!(!told.iter().any(|line| line.contains("EXAMINE \"Other\"")), "{told:#?}");
    ensure!(!told.iter().any(|line| line.contains("FETCH 1:*") && line.contains("Large")), "{told:#?}");
    let large = told.iter().position(|line| line.contains("EXAMINE \"Large\""));
    if let Some(next) = large.and_then(|at| told.get(at + 1)) {
        ensure!(next.contains("UID FETCH 41:*"), "{next}");
    }
    let listed = told.iter().filter(|line| line.contains("LIST ")).count();
    ensure!(listed <= 4, "{told:#?}");
    Ok(())
}

/// A world in which these have arrived, in this order, at the same times in every such world.
fn placed(letters: &[Letter]) -> Result<World> {
    let world = World::new(Options::default())?;
    world.agent.set("[watch]", "judge_old", &json!(true))?;
    let mut world = start(world, "")?;
    for (number, letter) in letters.iter().enumerate() {
        let date = format!("\"27-Nov-2025 10:{number:02}:00 +0000\"");
        world.eye.append("INBOX", "()", &date, &letter.raw)?;
        world.wait_judged(u64::try_from(number + 1)?)?;
    }
    polls(&world, 1)?;
    Ok(world)
}

fn started(options: Options, settings: &str) -> Result<World> {
    start(World::new(options)?, settings)
}

fn start(mut world: World, settings: &str) -> Result<World> {
    world.agent.set("[watch]", "poll", &json!("1 second"))?;
    world.agent.append_settings(settings)?;
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        world.agent.set_variable(name, "C");
    }
    world.agent.start()?;
    Ok(world)
}

/// Delivers these, and waits until each is where it belongs.
fn arrive(world: &mut World, letters: &[&Letter]) -> Result<()> {
    let before = world.status_number("judged")?;
    for letter in letters {
        world.deliver(letter)?;
    }
    world.wait_judged(before + u64::try_from(letters.len())?)
}

/// Lets the person do something.
fn act(world: &mut World, agent: Agent, what: impl FnOnce(&mut World) -> Result<()>) -> Result<()> {
    if agent == Watches {
        return what(world);
    }
    world.agent.stop()?;
    what(world)?;
    world.agent.start()
}

fn carry(world: &mut World, letter: &Letter, from: &str, to: &str) -> Result<()> {
    let uid = world.only_copy(letter, from)?.uid;
    world.eye.carry(from, uid, to)
}

/// Gives a message a keyword.
fn mark(world: &mut World, letter: &Letter, folder: &str, word: &str) -> Result<()> {
    let seen = world.eye.folder(folder)?;
    let uid = seen.iter().find(|seen| seen.message_id == letter.id).context("no such letter")?.uid;
    world.eye.command(&format!("SELECT {folder}"))?;
    world.eye.command(&format!("UID STORE {uid} +FLAGS.SILENT ({word})"))?;
    world.eye.command("UNSELECT").map(drop)
}

/// Lets the agent look around so many times, and waits until it has nothing left to do.
fn polls(world: &World, count: usize) -> Result<()> {
    let before = world.proxy.count(POLL);
    let limit = PATIENCE + Duration::from_secs(5);
    wait_until("looks at the other folders", limit, || Ok((before + count <= world.proxy.count(POLL)).then_some(())))?;
    world.wait_until_nothing_is_left()
}

/// How much was learned as spam and as wanted.
fn learned(world: &World) -> Result<(u64, u64)> {
    Ok((world.status_number("trained_spam")?, world.status_number("trained_ham")?))
}

fn wait_learned(world: &World, want: (u64, u64)) -> Result<()> {
    let outcome =
        wait_until(&format!("{want:?} to be learned"), PATIENCE, || Ok((learned(world)? == want).then_some(())));
    outcome.with_context(|| format!("learned {:?}; {}", learned(world), world.agent.log()))?;
    world.wait_until_nothing_is_left()
}

/// A lesson as it is exported.
#[derive(Debug)]
struct Lesson {
    key: String,
    label: String,
    source: String,
    tokens: String,
}

impl Lesson {
    /// What the learner makes of it.
    fn content(&self) -> (&str, &str, &str) {
        (&self.key, &self.label, &self.tokens)
    }
}

/// Everything learned, in the order in which it was.
fn lessons(world: &World) -> Result<Vec<Lesson>> {
    let path = world.agent.home().with_file_name("lessons.txt");
    world.agent.say(&["lessons", "export", "--force", &path.to_string_lossy()])?;
    let mut lessons = Vec::new();
    for line in fs::read_to_string(&path)?.lines().skip(1) {
        let lesson: Value = serde_json::from_str(line)?;
        let word = |name: &str| Ok(lesson.get(name).and_then(Value::as_str).context("not a lesson")?.to_owned());
        let word = |name: &str| -> Result<String> { word(name) };
        lessons.push(Lesson {
            key: word("key")?,
            label: word("label")?,
            source: word("source")?,
            tokens: word("tokens")?,
        });
    }
    Ok(lessons)
}

/// What the person did, newest first.
fn changes(world: &World) -> Result<Vec<Value>> {
    let text = world.agent.say(&["history", "--json"])?;
    let all: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|change| change.get("kind").is_some_and(|kind| kind != "file")).collect())
}

fn texts(world: &World) -> Result<Vec<String>> {
    let text = |change: &Value| change.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(changes(world)?.iter().map(text).collect())
}

/// The number of the newest change of the policy's.
fn filing(world: &World) -> Result<String> {
    let text = world.agent.say(&["history", "--json"])?;
    for line in text.lines() {
        let change: Value = serde_json::from_str(line)?;
        if change.get("kind").is_some_and(|kind| kind == "file") {
            return Ok(change.get("id").context("no number")?.to_string());
        }
    }
    anyhow::bail!("nothing was filed: {text}")
}

fn now() -> Result<String> {
    let output = std::process::Command::new("date").arg("+%d-%b-%Y %H:%M:%S %z").env("LC_ALL", "C").output()?;
    Ok(format!("\"{}\"", String::from_utf8_lossy(&output.stdout).trim()))
}
