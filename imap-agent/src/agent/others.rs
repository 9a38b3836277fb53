//! Looks at the other folders of an account, now and then.
//!
//! ```text
//! keywords        what they say of mail in the inbox and in Junk is learned
//! read            what has been in the inbox for a week, and was read, speaks for its sender
//! train folders   what the person has put there is learned and moved on
//! junk            what others have put there: the person, and then it is learned; else it is remembered, and left alone
//!                 if the person takes it out again
//! elsewhere       where the person has taken what was in Junk, from which is learned
//! ```
//!
//! A folder is only opened if the server says that something in it has changed, and one that is neither of these only if
//! something is missing in Junk.

mod elsewhere;
mod junk;
mod keywords;
mod read;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tamis_core::{
    Action,
    api::{BatchId, Event},
    learn::Label,
};
use tracing::info;

use super::{
    desk::{Desk, InHand, Trouble},
    look::{Looked, Unreadable, is_of_message},
    perform,
    verdict::judged,
};
use crate::{
    clock,
    mailbox::{FolderFigures, FolderName, Mode, OneMail, Selected, Session, Summary, has_flag},
    store::{
        Key, Location,
        dropped::{self, Dropped, TrainFolder, What},
        folder, mail,
        moves::Changes,
        restored,
    },
};

/// How many messages of a train folder are one change. Whoever drops more waits for the next look.
const MOST_AT_ONCE: usize = 1000;

/// Figures of a folder do not tell that a flag has changed: for that, it is opened at every so manieth look.
const FLAGS_EVERY: u32 = 5;

/// What is remembered about the other folders while the agent runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    looked_at: Option<Instant>,
    is_asked: bool,
    /// The next number of the inbox at the last look.
    uid_next: u32,
    /// How the folders were when everything in them was dealt with.
    known: BTreeMap<FolderName, FolderFigures>,
    unreadable: BTreeMap<FolderName, Unreadable>,
    /// [`Selected::modseq`] of the folders in which all keywords are known.
    modseq: BTreeMap<FolderName, u64>,
    /// How many looks there were, and how many of them at which a folder could not be opened.
    rounds: u32,
    refused: u32,
    swept_at: Option<Instant>,
    /// When it was asked last what was read.
    read_at: Option<Instant>,
    /// An older state was restored, and not everything has been looked at since.
    is_settling: bool,
}

impl Others {
    /// The person wants them looked at.
    pub(super) fn ask(&mut self) {
        self.is_asked = true;
    }

    /// Whether it is time to look.
    fn is_due(&mut self, looked: &Looked, poll: Duration) -> bool {
        // Somebody was quicker than we, so something new may be in Junk.
        let has_missed = looked.judged < looked.uid_next.saturating_sub(self.uid_next);
        self.uid_next = looked.uid_next;
        let is_time = self.looked_at.is_none_or(|at| poll <= at.elapsed());
        std::mem::take(&mut self.is_asked) || is_time || has_missed
    }

    /// Whether flags are looked at that may have changed without the server's saying so.
    fn is_turn_of_flags(&self) -> bool {
        self.is_settling || self.rounds.is_multiple_of(FLAGS_EVERY)
    }
}

/// Looks at them, if it is time. `looked` is the look at the inbox just before.
pub(super) async fn look_around(
    desk: &Desk,
    session: &mut Session,
    looked: &Looked,
    others: &mut Others,
) -> Result<(), Trouble> {
    if !others.is_due(looked, Duration::from_secs(desk.config.poll_secs())) {
        return Ok(());
    }
    others.looked_at = Some(Instant::now());
    others.rounds = others.rounds.wrapping_add(1);
    let id = desk.id;
    others.is_settling = desk.shared.store.run(move |db| restored::is_settling(db, id)).await?;
    let mut changes = Changes::default();
    passing_over_refusals(desk, keywords::in_inbox(desk, session, looked, (others, &mut changes)).await)?;
    passing_over_refusals(desk, read::in_inbox(desk, session, looked, others).await)?;
    if let Some(train) = &desk.train {
        for (folder, label) in [(&train.spam, Label::Spam), (&train.good, Label::Ham)] {
            passing_over_refusals(desk, visit(desk, session, others, (folder, label)).await)?;
        }
    }
    junk::look(desk, session, others, &mut changes).await
}

/// A folder that the server does not open now may be open at the next look.
fn passing_over_refusals<T: Default>(desk: &Desk, visited: Result<T, Trouble>) -> Result<T, Trouble> {
    match visited {
        Err(Trouble::Imap(error)) if error.leaves_session_usable() => {
            info!(account = desk.id.0, "a folder could not be looked at");
            Ok(T::default())
        }
        outcome => outcome,
    }
}

/// Looks at one train folder, if it has changed.
async fn visit(
    desk: &Desk,
    session: &mut Session,
    others: &mut Others,
    (name, label): (&FolderName, Label),
) -> Result<(), Trouble> {
    let figures = session.figures(name).await?;
    if figures.uid_next.is_some() && others.known.get(name) == Some(&figures) {
        return Ok(());
    }
    others.known.remove(name);
    let selected = session.select(name, Mode::ReadOnly).await?;
    let unreadable = others.unreadable.entry(name.clone()).or_default();
    if learn(desk, session, &selected, (label, unreadable)).await? {
        others.known.insert(name.clone(), figures);
    }
    Ok(())
}

/// Learns what is in a train folder and moves it on. Returns whether everything in it is dealt with.
async fn learn(
    desk: &Desk,
    session: &mut Session,
    selected: &Selected,
    (label, unreadable): (Label, &mut Unreadable),
) -> Result<bool, Trouble> {
    // Whoever put something there before we came meant it, too.
    let mut mark = mark(desk, selected).await?.unwrap_or(0);
    let mut waiting = Vec::new();
    session.summaries(mark.saturating_add(1), |summary| waiting.push(summary)).await?;
    waiting.sort_by_key(|summary| summary.uid);
    waiting.dedup_by_key(|summary| summary.uid);
    let mut is_all = waiting.len() <= MOST_AT_ONCE;
    let mut dropped = Vec::new();
    for summary in waiting.iter().take(MOST_AT_ONCE) {
        let at = place_in(selected, summary.uid);
        if unreadable.try_again(&at) {
            let reading = what_is(desk, session, summary).await;
            if reading.as_ref().is_err_and(|trouble| !is_of_message(trouble)) {
                unreadable.forget(&at);
            }
            match reading? {
                Reading::Is(what) => dropped.push(Dropped { uid: summary.uid, what }),
                Reading::Gone => {}
                Reading::Unreadable => {
                    is_all = false;
                    break;
                }
            }
            unreadable.forget(&at);
        } else {
            let text = "the server does not hand out a message that is to be learned; it stays where it is";
            desk.shared.board.note(&desk.account.name, text);
        }
        mark = summary.uid;
    }
    if begin(desk, (label, place_in(selected, mark)), dropped).await?.is_some() {
        desk.shared.announce(Event::MailChanged);
        perform::all(desk, session).await?;
    }
    Ok(is_all)
}

/// Writes it down.
async fn begin(
    desk: &Desk,
    (label, mark): (Label, Location),
    dropped: Vec<Dropped>,
) -> Result<Option<BatchId>, Trouble> {
    let account = desk.id;
    let messages = dropped.len();
    let begun = desk.shared.store.run(move |db| {
        let name = FolderName::from_wire(&mark.folder);
        let folder = TrainFolder { account, label, shown: &name.shown() };
        dropped::begin(db, folder, &mark, &dropped, clock::now())
    });
    let begun = begun.await?;
    if begun.is_some() {
        info!(account = account.0, messages, label = label.word(), "mail was put into a train folder");
    }
    Ok(begun)
}

enum Reading {
    Is(What),
    Gone,
    Unreadable,
}

/// What a message in a train folder is: one we know, or one that is judged now, so that there is a verdict to show.
async fn what_is(desk: &Desk, session: &mut Session, summary: &Summary) -> Result<Reading, Trouble> {
    // What a server without UIDPLUS leaves behind after a move has been dealt with.
    if has_flag(&summary.flags, "\\Deleted") {
        return Ok(Reading::Gone);
    }
    let fetched = match session.message(summary.uid, desk.limit()).await? {
        OneMail::Mail(fetched) => fetched,
        OneMail::Gone => return Ok(Reading::Gone),
        OneMail::Unreadable => return Ok(Reading::Unreadable),
    };
    let (id, key) = (desk.id, Key::of(&fetched.raw));
    if let Some(known) = desk.shared.store.run(move |db| mail::find_by_key(db, id, key)).await? {
        return Ok(Reading::Is(What::Known(known.id)));
    }
    let judged = judged(desk, summary, &InHand::new(*fetched, summary).into()).await;
    Ok(Reading::Is(What::New(Box::new(mail::Judged { action: Action::Leave, ..judged }))))
}

/// How far a folder has been dealt with; `None` at the first contact, under a new numbering, or if the server's own counter
/// went back.
async fn mark(desk: &Desk, selected: &Selected) -> Result<Option<u32>, Trouble> {
    let (id, name) = (desk.id, selected.folder.wire().to_owned());
    let state = desk.shared.store.run(move |db| folder::folder_state(db, id, &name)).await?;
    let is_valid = |state: &folder::FolderState| {
        state.uid_validity == selected.uid_validity && state.high_water <= selected.uid_next.saturating_sub(1)
    };
    Ok(state.filter(is_valid).map(|state| state.high_water))
}

fn place_in(selected: &Selected, uid: u32) -> Location {
    Location::new(selected.folder.wire(), selected.uid_validity, uid)
}

#[cfg(test)]
mod tests;
