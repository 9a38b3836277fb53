//! What was learned, through the real agent: every lesson shows with how it came, one is taken back to the bit, all are
//! forgotten only once they are in a file, and come back from it or by an undo as they were.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other answer fails the test")]

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};
use tamis_agent::{client::Client, paths::Home};
use tamis_core::api::{BatchId, LessonRow, LessonsPage, Reply, Request, WordReport};
use tamis_tests::{letter::Letter, world::World};
use xtask::dovecot::Options;

#[test]
fn one_lesson_is_taken_back_as_if_it_had_never_been_given_and_stands_again_when_that_is_undone() -> Result<()> {
    let mut world = taught()?;
    let before = state(&world, "before")?;
    let letter = Letter::write("invoice", "Ann <ann@a.example>", "Your invoice for the lottery is here.\r\n")?;
    world.deliver(&letter)?;
    world.wait_judged(1)?;
    world.teach("spam", &letter)?;
    world.wait_until_nothing_is_left()?;
    let after = state(&world, "after")?;
    assert_ne!(before, after);

    let newest = newest(&world)?;
    assert_eq!((newest.label.as_str(), newest.source.as_str()), ("spam", "review"));
    assert_eq!((newest.from.as_str(), newest.subject.as_str()), ("Ann", letter.subject.as_str()));
    let undo = done(&world, Request::Unlearn(vec![newest.key.clone()]))?.context("nothing to undo")?;
    assert_eq!(state(&world, "forgotten")?, before);
    world.only_copy(&letter, "Junk")?;
    let row = world.agent.rows()?.into_iter().find(|row| row.subject == letter.subject).context("no row")?;
    assert_eq!(row.folder, "Junk", "the message stays where it is");
    let refused = ask(&world, Request::Unlearn(vec![newest.key]))?;
    ensure!(matches!(refused, Reply::Refused { .. }), "{refused:?}");

    done(&world, Request::Undo(Some(undo)))?;
    assert_eq!(state(&world, "again")?, after);
    // And after a start as well, where the learner is made of what is stored.
    world.agent.stop()?;
    world.agent.start()?;
    assert_eq!(state(&world, "started")?, after);
    Ok(())
}

#[test]
fn everything_is_forgotten_once_it_is_in_a_file_and_comes_back_from_it_or_by_an_undo() -> Result<()> {
    let world = taught()?;
    let before = state(&world, "before")?;
    let said = world.agent.say(&["lessons", "reset"])?;
    let file = said.split("they are in ").nth(1).context("no file is named")?.trim().to_owned();
    ensure!(said.starts_with("12 lessons forgotten"), "{said}");
    assert_eq!(fs::read(&file)?, before.0, "what is written is what was learned");
    assert_eq!(page(&world)?.sources, []);
    let empty = word(&world)?;
    assert_eq!((empty.lessons, empty.places.len()), (0, 0));
    let refused = ask(&world, Request::ResetLearning)?;
    ensure!(
        matches!(&refused, Reply::Refused { text, .. } if text.contains("nothing has been learned")),
        "{refused:?}"
    );

    let said = world.agent.say(&["lessons", "import", &file])?;
    assert_eq!(said.trim(), "12 lessons learned");
    assert_eq!(state(&world, "imported")?, before);

    let Reply::Done { text, undo } = ask(&world, Request::ResetLearning)? else { bail!("refused") };
    let other = text.split("they are in ").nth(1).context("no file is named")?;
    ensure!(other != file && Path::new(other).is_file(), "{text}");
    done(&world, Request::Undo(undo))?;
    assert_eq!(state(&world, "undone")?, before);
    Ok(())
}

#[test]
fn lessons_are_counted_by_how_they_came_and_found_page_by_page() -> Result<()> {
    let world = taught()?;
    let all = page(&world)?;
    let of_files = all.sources.first().context("no source")?;
    assert_eq!((all.total, of_files.source.as_str(), of_files.ham, of_files.spam), (12, "file", 8, 4));
    let some = Request::Lessons { source: "file".to_owned(), offset: 10, limit: 5 };
    let Reply::Lessons(some) = ask(&world, some)? else { bail!("no lessons") };
    assert_eq!((some.rows.as_slice(), some.total), (&all.rows[10..], 12));
    let found = word(&world)?;
    let in_subject = found.places.iter().find(|place| place.said == "\"lottery\"").context("it is in no text")?;
    assert_eq!((found.lessons, in_subject.ham, in_subject.spam), (12, 0, 4));
    ensure!(0.5 < in_subject.probability, "{in_subject:?}");
    let refused = ask(&world, Request::Word("a word too many".to_owned()))?;
    ensure!(matches!(refused, Reply::Refused { .. }), "{refused:?}");
    Ok(())
}

/// A running agent that was taught eight good messages and four that are spam.
fn taught() -> Result<World> {
    let world = World::started(Options::default())?;
    for number in 0..12 {
        let (label, text) =
            if number % 3 == 0 { ("spam", "You have won the lottery") } else { ("ham", "The notes of lunch") };
        let letter = Letter::write(&format!("n{number}"), "Kim <kim@kim.example>", &format!("{text} {number}.\r\n"))?;
        let file = world.agent.home().join(format!("{number}.eml"));
        fs::write(&file, &letter.raw)?;
        done(&world, Request::Train { label: label.to_owned(), paths: vec![file.to_string_lossy().into_owned()] })?;
    }
    Ok(world)
}

/// All lessons as they are stored, in their order, and what the learner in the agent makes of them.
fn state(world: &World, name: &str) -> Result<(Vec<u8>, WordReport)> {
    let file = world.agent.home().join(format!("state-{name}.txt"));
    done(world, Request::ExportLessons { path: file.to_string_lossy().into_owned() })?;
    Ok((fs::read(file)?, word(world)?))
}

fn word(world: &World) -> Result<WordReport> {
    match ask(world, Request::Word("lottery".to_owned()))? {
        Reply::Word(report) => Ok(*report),
        other => bail!("{other:?}"),
    }
}

fn page(world: &World) -> Result<LessonsPage> {
    match ask(world, Request::Lessons { source: String::new(), offset: 0, limit: 100 })? {
        Reply::Lessons(page) => Ok(*page),
        other => bail!("{other:?}"),
    }
}

fn newest(world: &World) -> Result<LessonRow> {
    page(world)?.rows.into_iter().next().context("there is no lesson")
}

fn ask(world: &World, request: Request) -> Result<Reply> {
    let home = Home::below(world.agent.home())?;
    Ok(Client::connect(&home)?.call(request)?)
}

/// Has something done. What takes it back.
fn done(world: &World, request: Request) -> Result<Option<BatchId>> {
    match ask(world, request)? {
        Reply::Done { undo, .. } => Ok(undo),
        other => bail!("{other:?}"),
    }
}
