//! Lessons, looked through and forgotten at the person's word; and what the learner knows of a word.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tamis_core::api::{Event, RefusedKind, Reply, WordReport};
use tokio::task::spawn_blocking;

use super::{Agent, lessons::LESSONS, people::look};
use crate::{
    cli::{Failure, export_lessons},
    clock, paths,
    store::{
        StoreError,
        glimpse::Glimpse,
        unlearned::{self, Forgotten},
    },
    word::{self, Search},
    words::count,
};

/// How often all lessons are written before that is given up.
const MOST_TRIES: u32 = 5;

/// So many rows are one answer at most.
const MOST_ROWS: u32 = 500;

/// So many places of a word are shown.
const MOST_PLACES: usize = 40;

/// Lessons in force.
pub(super) async fn page(agent: &Agent, source: String, offset: u32, limit: u32) -> Result<Reply, StoreError> {
    let page = look(agent, move |glimpse| glimpse.lessons(&source, offset, limit.min(MOST_ROWS))).await?;
    Ok(Reply::Lessons(Box::new(page)))
}

/// Forgets these lessons.
pub(super) async fn unlearn(agent: &Agent, keys: &[String]) -> Result<Reply, StoreError> {
    let mut known = Vec::new();
    for text in keys {
        match unlearned::key_of(text) {
            Some(key) => known.push(key),
            None => return Ok(no(format!("{text:?} names no lesson"))),
        }
    }
    let shared = Arc::clone(&agent.shared);
    let forgotten = agent.shared.store.run(move |db| {
        let forgotten = unlearned::unlearn(db, &known, clock::now())?;
        shared.teacher.outdate();
        shared.follow_lists(db);
        Ok(forgotten)
    });
    let Some(Forgotten { batch, lessons }) = forgotten.await? else {
        return Ok(no("that is forgotten already".to_owned()));
    };
    follow(agent).await;
    Ok(Reply::Done { text: format!("{} forgotten", count(lessons, "lesson")), undo: Some(batch) })
}

/// Forgets all lessons, once they are in a file. It is written beside the store, which has more urgent things to do; what is
/// learned meanwhile has it written again.
pub(super) async fn reset(agent: &Agent) -> Result<Reply, StoreError> {
    let file = free_beside(&agent.shared.home.database());
    for _ in 0..MOST_TRIES {
        let written = file.clone();
        let kept = look(agent, move |now| {
            let known = now.lessons_in_force()?;
            let export = export_lessons(now, &written, true);
            let (lessons, _) = export.map_err(|failure| StoreError::Unread(failure.text().to_owned()))?;
            Ok((0 < lessons).then_some(known))
        });
        let Some(known) = kept.await? else { return Ok(no("nothing has been learned yet".to_owned())) };
        let shared = Arc::clone(&agent.shared);
        let forgotten = agent.shared.store.run(move |db| {
            if unlearned::in_force(db)? != known {
                return Ok(None);
            }
            let forgotten = unlearned::unlearn_all(db, clock::now())?;
            shared.teacher.outdate();
            shared.follow_lists(db);
            Ok(forgotten)
        });
        let Some(Forgotten { batch, lessons }) = forgotten.await? else { continue };
        follow(agent).await;
        let text = format!("{} forgotten; they are in {}", count(lessons, "lesson"), file.display());
        return Ok(Reply::Done { text, undo: Some(batch) });
    }
    spawn_blocking(move || fs::remove_file(file)).await.ok();
    let text = "the lessons change too fast to be written; try again later".to_owned();
    Ok(Reply::Refused { text, kind: RefusedKind::Outside })
}

/// A name beside the database that no file has.
fn free_beside(database: &Path) -> PathBuf {
    let stamp = clock::stamp(clock::now());
    let named = |end: &str| database.with_file_name(format!("lessons-before-{stamp}{end}.txt"));
    let others = (2..100).map(|number| named(&format!("-{number}")));
    let is_free = |file: &PathBuf| file.symlink_metadata().is_err();
    // With none free, writing says what is wrong.
    std::iter::once(named("")).chain(others).find(is_free).unwrap_or_else(|| named(""))
}

/// Writes all lessons to a file.
pub(super) async fn export(agent: &Agent, path: &str) -> Reply {
    let database = agent.shared.home.database();
    let written = match paths::of_person(path, LESSONS) {
        Ok(file) if file.symlink_metadata().is_ok() => {
            return no(format!("{} is there already; name another file", file.display()));
        }
        Ok(file) => spawn_blocking(move || write(&database, &file)).await,
        Err(why) => return no(why),
    };
    match written.unwrap_or_else(|_| Err(Failure::outside("the lessons were not written because of a fault in Tamis")))
    {
        Ok(text) => Reply::Done { text, undo: None },
        Err(failure) => Reply::Refused { text: failure.text().to_owned(), kind: failure.kind() },
    }
}

fn write(database: &Path, file: &Path) -> Result<String, Failure> {
    let (lessons, _) = export_lessons(&Glimpse::open(database)?, file, false)?;
    if lessons == 0 {
        return Err(Failure::person("nothing has been learned yet"));
    }
    Ok(format!("{} written to {}", count(lessons, "lesson"), file.display()))
}

/// What the learner knows of a word.
pub(super) async fn look_up(agent: &Agent, text: String) -> Result<Reply, StoreError> {
    let sought = text.trim().to_owned();
    if sought.is_empty() {
        return Ok(no("an empty word is in no message".to_owned()));
    }
    if word::is_too_long(&sought) {
        return Ok(no(format!("{sought:?} is more than two words; lessons know words and pairs of words")));
    }
    let accounts = word::names(&agent.shared.config());
    let teacher = Arc::clone(&agent.shared.teacher);
    let report = look(agent, move |glimpse| {
        let mut search = Search::of(std::slice::from_ref(&sought), &accounts);
        search.read(glimpse, None)?;
        let mut places = teacher.with(|learner| search.places_of(0, learner));
        places.truncate(MOST_PLACES);
        Ok(WordReport { lessons: u32::try_from(search.lessons).unwrap_or(u32::MAX), places })
    });
    Ok(Reply::Word(Box::new(report.await?)))
}

/// Lets the learner follow, and the windows ask again.
async fn follow(agent: &Agent) {
    // In a task of its own: whoever asked may go away meanwhile.
    tokio::spawn(Arc::clone(&agent.shared).follow_lessons()).await.ok();
    agent.shared.announce(Event::MailChanged);
}

fn no(text: String) -> Reply {
    Reply::Refused { text, kind: RefusedKind::Person }
}
