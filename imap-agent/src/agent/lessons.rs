//! Lessons from files on this machine.

use std::{path::PathBuf, sync::Arc};

use tamis_core::{
    api::{Event, RefusedKind, Reply},
    learn::Label,
};

use super::{Agent, perform::file_tokens};
use crate::{
    clock,
    corpus::Corpus,
    store::{
        Key, Store, StoreError,
        training::{self, TrainItem},
    },
    teach::Teacher,
    words::count,
};

/// So many messages are one transaction: each alone would wait for the disk.
const AT_ONCE: usize = 200;

/// What became of a pile of files.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    messages: usize,
    changed: usize,
    skipped: usize,
}

/// What is done with them.
#[derive(Clone, Copy, Debug)]
enum Task {
    Train(Label),
    Untrain,
}

/// Learns every message in `paths`.
pub(super) async fn train(agent: &Agent, label: &str, paths: Vec<String>) -> Result<Reply, StoreError> {
    let Some(label) = Label::from_word(label) else {
        return Ok(Reply::Refused { text: format!("`{label}` is neither ham nor spam"), kind: RefusedKind::Person });
    };
    let tally = work(agent, paths, Task::Train(label)).await?;
    let kind = if label == Label::Ham { "good" } else { "spam" };
    Ok(said(tally, &format!("learned as {kind}"), "learned before"))
}

/// Forgets every message in `paths`.
pub(super) async fn untrain(agent: &Agent, paths: Vec<String>) -> Result<Reply, StoreError> {
    let tally = work(agent, paths, Task::Untrain).await?;
    Ok(said(tally, "forgotten", "not learned before"))
}

/// Goes through the files on a thread of its own: reading and parsing must hold up neither accounts nor windows.
async fn work(agent: &Agent, paths: Vec<String>, task: Task) -> Result<Tally, StoreError> {
    let shared = Arc::clone(&agent.shared);
    let worked = tokio::task::spawn_blocking(move || {
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        go_through(&shared.store, &shared.teacher, &paths, task)
    });
    let tally = worked.await.map_err(|_panic| StoreError::Panicked)?;
    agent.shared.announce(Event::StatusChanged);
    tally
}

fn go_through(store: &Store, teacher: &Teacher, paths: &[PathBuf], task: Task) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    let mut pile = Vec::new();
    for message in Corpus::of(paths) {
        let Ok(message) = message else {
            tally.skipped += 1;
            continue;
        };
        let tokens = if matches!(task, Task::Train(_)) { file_tokens(&message.raw) } else { Vec::new() };
        pile.push((Key::of(&message.raw), tokens));
        if AT_ONCE <= pile.len() {
            settle(store, teacher, std::mem::take(&mut pile), task, &mut tally)?;
        }
    }
    settle(store, teacher, pile, task, &mut tally)?;
    Ok(tally)
}

fn settle(
    store: &Store,
    teacher: &Teacher,
    pile: Vec<(Key, Vec<u8>)>,
    task: Task,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    if pile.is_empty() {
        return Ok(());
    }
    tally.messages += pile.len();
    let lessons = store.run_blocking(move |db| match task {
        Task::Train(label) => {
            let items: Vec<TrainItem> =
                pile.into_iter().map(|(key, tokens)| TrainItem { key, tokens, label }).collect();
            training::train(db, &items, "file", clock::now())
        }
        Task::Untrain => {
            let keys: Vec<Key> = pile.into_iter().map(|(key, _)| key).collect();
            training::untrain(db, &keys, clock::now())
        }
    })?;
    tally.changed += lessons.len();
    teacher.apply(&lessons);
    Ok(())
}

fn said(tally: Tally, done: &str, known: &str) -> Reply {
    if tally.messages == 0 {
        let text = "there is no message in what was given".to_owned();
        return Reply::Refused { text, kind: RefusedKind::Person };
    }
    let mut text = format!("{} {done}", count(tally.changed, "message"));
    if tally.changed < tally.messages {
        text += &format!(", {} {known}", tally.messages - tally.changed);
    }
    if 0 < tally.skipped {
        text += &format!(", {} could not be read", count(tally.skipped, "file"));
    }
    Reply::Done { text, undo: None }
}
