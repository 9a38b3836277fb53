//! One slice of what is learned: read with few questions, made tokens of and judged on both cores, learned in one step.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures_util::{StreamExt as _, stream};
use tamis_core::{
    learn::{Features, Label},
    mail::AccountFacts,
};
use tokio::{sync::mpsc, time::Instant};
use tracing::{debug, error};

use super::{
    super::desk::{Desk, Trouble},
    plan,
};
use crate::{
    clock,
    mailbox::{FolderName, Mode, OneMail, Session, Summary},
    pipeline::{Incoming, Study, study},
    store::{
        Key,
        bootstrap::{self, Bootstrap, Doubt, Lesson, Next, Outcome, Skip},
    },
    teach::Teacher,
};

/// So much is read before anybody else has a turn, in bytes: a few seconds on a slow line.
const SLICE_BYTES: u64 = 4 << 20;

/// Messages of one account that are worked on at once. More would only wait for each other.
const AT_ONCE: usize = 2;

/// What is so sure of the contrary may lie in the wrong folder, once so much of each kind was learned. Of a hundred messages
/// that were put into Junk by mistake 94 were found by that, and one other was (`MEASUREMENTS.md`).
const DOUBTFUL: f64 = 0.95;
const DOUBTFUL_AFTER: u32 = 50;

/// What a slice has come to.
pub(super) enum Sliced {
    /// So many messages are dealt with.
    Done(usize),
    /// The server has renumbered a folder, of which messages were chosen anew.
    Renumbered,
    /// The server does not open a folder just now.
    Busy,
}

/// Deals with these messages, or with as many of them as fit into a slice. It counts as begun at `since`. If the first is
/// not `is_readable` it is passed over, and only it.
pub(super) async fn slice(
    desk: &Desk,
    session: &mut Session,
    task: &Bootstrap,
    (next, since, is_readable): (Vec<Next>, Instant, bool),
) -> Result<Sliced, Trouble> {
    let mut outcomes: BTreeMap<(i64, u32), Outcome> = BTreeMap::new();
    let mut next = next;
    if is_readable {
        let mut room = SLICE_BYTES;
        for part in by_folder(&next) {
            match read(desk, session, task, (&part, &mut room, &mut outcomes)).await? {
                Opened::Read => {}
                Opened::Renumbered => return Ok(Sliced::Renumbered),
                Opened::Busy => return Ok(Sliced::Busy),
            }
        }
        // What has found no room is read the next time.
        next.retain(|next| outcomes.contains_key(&super::place(next)));
    } else {
        next.truncate(1);
    }
    let dealt: Vec<(Next, Outcome)> = next
        .into_iter()
        .map(|next| {
            let outcome = outcomes.remove(&super::place(&next));
            (next, outcome.unwrap_or(Outcome::Passed(Skip::Unreadable)))
        })
        .collect();
    let messages = dealt.len();
    let (id, task, teacher) = (desk.id, task.clone(), Arc::clone(&desk.shared.teacher));
    let took_ms = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
    let learned = desk.shared.store.run(move |db| {
        let changes = bootstrap::record(db, id, &task, (&dealt, took_ms), clock::now())?;
        teacher.apply(&changes);
        Ok(changes.len())
    });
    let learned = learned.await?;
    Arc::clone(&desk.shared).follow_lessons().await;
    debug!(account = id.0, messages, learned, "a slice of what is there was learned");
    Ok(Sliced::Done(messages))
}

/// The same, those of one folder together, the folder of the first one first.
fn by_folder(next: &[Next]) -> Vec<Vec<Next>> {
    let mut parts: Vec<Vec<Next>> = Vec::new();
    for one in next {
        match parts.iter_mut().find(|part| part.first().is_some_and(|first| first.folder_id == one.folder_id)) {
            Some(part) => part.push(one.clone()),
            None => parts.push(vec![one.clone()]),
        }
    }
    parts
}

enum Opened {
    Read,
    Renumbered,
    Busy,
}

/// Reads those of one folder, as far as there is room.
async fn read(
    desk: &Desk,
    session: &mut Session,
    task: &Bootstrap,
    (part, room, outcomes): (&[Next], &mut u64, &mut BTreeMap<(i64, u32), Outcome>),
) -> Result<Opened, Trouble> {
    let Some(Next { folder_id, folder, uid_validity, label, .. }) = part.first().cloned() else {
        return Ok(Opened::Read);
    };
    let name = FolderName::from_wire(&folder);
    let mut pass = |uid: u32, skip: Skip| drop(outcomes.insert((folder_id, uid), Outcome::Passed(skip)));
    match session.select(&name, Mode::ReadOnly).await {
        Ok(selected) if selected.uid_validity == uid_validity => {}
        Ok(_) => {
            plan::again(desk, session, task, (folder_id, &name, label)).await?;
            return Ok(Opened::Renumbered);
        }
        Err(error) if error.is_for_now() && error.leaves_session_usable() => return Ok(Opened::Busy),
        // Somebody has removed it.
        Err(error) if error.leaves_session_usable() => {
            for next in part {
                pass(next.uid, Skip::Gone);
            }
            return Ok(Opened::Read);
        }
        Err(error) => return Err(error.into()),
    }
    let mut summaries = BTreeMap::new();
    let uids: Vec<u32> = part.iter().map(|next| next.uid).collect();
    session.outlines_of(&uids, |summary| drop(summaries.insert(summary.uid, summary))).await?;
    let limit = desk.config.max_bytes();
    let mut wanted = BTreeMap::new();
    for uid in uids {
        let Some(summary) = summaries.remove(&uid) else {
            pass(uid, Skip::Gone);
            continue;
        };
        if let Some(skip) = plan::why_not(&summary, label, task.started_at.0) {
            pass(uid, skip);
            continue;
        }
        let size = summary.size.unwrap_or(limit).min(limit);
        // The first one fits, however large it is.
        if *room < size && *room != SLICE_BYTES {
            break;
        }
        *room = room.saturating_sub(size);
        wanted.insert(uid, summary);
    }
    let lessons = lessons(desk, session, (&wanted, label)).await?;
    let read: BTreeSet<u32> = lessons.iter().map(|(uid, _)| *uid).collect();
    for uid in wanted.keys().filter(|uid| !read.contains(uid)) {
        pass(*uid, Skip::Gone);
    }
    outcomes.extend(lessons.into_iter().map(|(uid, outcome)| ((folder_id, uid), outcome)));
    Ok(Opened::Read)
}

/// Reads them and makes lessons of them. Only a few messages are in memory at any time.
async fn lessons(
    desk: &Desk,
    session: &mut Session,
    (wanted, label): (&BTreeMap<u32, Summary>, Label),
) -> Result<Vec<(u32, Outcome)>, Trouble> {
    let (read, mut to_study) = mpsc::channel::<(u32, OneMail)>(AT_ONCE);
    let give = move |uid, mail| {
        let read = read.clone();
        async move {
            // Nobody stops listening before the end.
            read.send((uid, mail)).await.ok();
        }
    };
    let facts = desk.facts();
    let reading = session.messages(wanted, desk.limit(), give);
    let studying = stream::poll_fn(|cx| to_study.poll_recv(cx))
        .map(|(uid, mail)| lesson(desk, (uid, wanted.get(&uid), mail), (facts.clone(), label)))
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>();
    let (read, lessons) = tokio::join!(reading, studying);
    read?;
    Ok(lessons)
}

async fn lesson(
    desk: &Desk,
    (uid, summary, mail): (u32, Option<&Summary>, OneMail),
    (facts, label): (AccountFacts, Label),
) -> (u32, Outcome) {
    let fetched = match mail {
        OneMail::Mail(fetched) => *fetched,
        OneMail::Gone => return (uid, Outcome::Passed(Skip::Gone)),
        OneMail::Unreadable => return (uid, Outcome::Passed(Skip::Unreadable)),
    };
    let date = fetched.internal_date.or_else(|| summary?.internal_date);
    let received_at = date.unwrap_or_else(|| clock::now().0);
    let incoming = Incoming { raw: fetched.raw, received_at, full_size: fetched.full_size };
    let teacher = Arc::clone(&desk.shared.teacher);
    // All accounts take turns, so that new mail never waits behind what is old.
    let turn = desk.shared.older.acquire().await;
    // In a task of its own: a message that breaks the engine must not break the agent.
    let made = tokio::spawn(async move { made_of(&incoming, facts, (&teacher, label)) }).await;
    drop(turn);
    match made {
        Ok(lesson) => (uid, Outcome::Read(Box::new(lesson))),
        Err(err) => {
            error!(account = desk.id.0, uid, is_panic = err.is_panic(), "the engine failed on a message");
            (uid, Outcome::Passed(Skip::Unreadable))
        }
    }
}

fn made_of(incoming: &Incoming, facts: AccountFacts, (teacher, label): (&Teacher, Label)) -> Lesson {
    let Study { features, track, print, seen } = study(incoming, facts);
    let trained = teacher.trained();
    let probability = teacher.opinion(&features).map(|opinion| opinion.probability);
    let is_doubtful = |probability: f64| match label {
        Label::Ham => DOUBTFUL <= probability,
        Label::Spam => probability <= 1.0 - DOUBTFUL,
    };
    let has_learned = DOUBTFUL_AFTER <= trained.ham.min(trained.spam);
    let doubt = probability.filter(|probability| has_learned && is_doubtful(*probability));
    Lesson {
        key: Key::of(&incoming.raw),
        tokens: Features::encode(&features.ids()),
        track,
        print,
        probability,
        doubt: doubt.map(|_| Doubt { from: seen.from, subject: seen.subject }),
    }
}
