//! Carries out what the journal says, and nothing else: every change on the server goes through here.
//!
//! ```text
//! find      where the message is now, proved by its content
//! moving    to another folder
//! replace   another form of it in its place: marked, stripped, the original again; or nothing
//! keep      the original into the archive first
//! send      to another address
//! ```
//!
//! An intent may have been carried out already, just before a crash or a lost connection. So before anything is done
//! again we look where the message is; and a message is only taken for the one meant if its content is the same.

mod find;
mod keep;
mod moving;
mod replace;
mod send;
mod stumbles;

use std::sync::Arc;

use tamis_core::{Arrival, api::Event, learn::Features};
use tracing::{info, warn};

use self::find::wanted;
pub(super) use self::{
    find::{Wanted, fetch, is_there, locate, select},
    replace::{is_marked, marked},
};
pub(crate) use self::{send::Rests, stumbles::Stumbles};
use super::{
    desk::{Desk, InHand, Trouble},
    fault::caught,
};
use crate::{
    clock,
    mailbox::{FetchedMail, FolderName, OneMail, Session},
    pipeline::{Incoming, tokens},
    store::{
        IntentId, Key, Location,
        journal::{self, Deed, Intent, Kind, Outcome},
        mail::{self, Shape},
    },
};

/// How often something a server refuses is tried.
const MAX_REFUSALS: u32 = 5;

/// How much is carried out before the inbox is looked at again.
const MOST_AT_ONCE: usize = 100;

/// Carries out what is pending, from the intent behind `last` on, but not too much at once. Returns whether there may be more
/// behind the new `last`.
pub(super) async fn some(desk: &Desk, session: &mut Session, last: &mut IntentId) -> Result<bool, Trouble> {
    let (id, store) = (desk.id, &desk.shared.store);
    let from = *last;
    let pending = store.run(move |db| journal::pending(db, id, from, MOST_AT_ONCE)).await?;
    let is_all = pending.len() < MOST_AT_ONCE;
    for first in pending {
        *last = first;
        let stumbles = &desk.shared.stumbles;
        let is_resting = stumbles.is_resting(first, first)
            && stumbles.is_resting(first, store.run(move |db| journal::newest_of_same(db, first)).await?);
        let mut next = (!is_resting).then_some(first);
        // Intents of one message wait for each other, so finishing one may show the next.
        while let Some(intent) = next {
            one(desk, session, intent, None).await?;
            next = store.run(move |db| journal::next_of_same(db, intent)).await?;
        }
    }
    if is_all {
        *last = IntentId::default();
    }
    Ok(!is_all)
}

/// Carries out everything that is pending.
pub(super) async fn all(desk: &Desk, session: &mut Session) -> Result<(), Trouble> {
    let mut last = IntentId::default();
    while some(desk, session, &mut last).await? {}
    Ok(())
}

/// Carries out one intent, unless it has been already. `in_hand` is its message, if it has just been fetched.
pub(super) async fn one(
    desk: &Desk,
    session: &mut Session,
    id: IntentId,
    in_hand: Option<&InHand>,
) -> Result<(), Trouble> {
    let _at_work = desk.hands.lock().await;
    // What was written down before a pause waits for its end, unless the person wants something of the message.
    if desk.shared.paused_until().is_some() && desk.shared.store.run(move |db| journal::is_of_policy(db, id)).await? {
        return Ok(());
    }
    let Some(intent) = desk.shared.store.run(move |db| journal::start(db, id)).await? else { return Ok(()) };
    let outcome = conclude(desk, session, &intent, in_hand).await;
    if matches!(outcome, Err(Trouble::Imap(_))) {
        let newest = desk.shared.store.run(move |db| journal::newest_of_same(db, id)).await?;
        if desk.shared.stumbles.lost(id, newest) {
            warn!(account = desk.id.0, intent = id.0, "the connection breaks on it each time");
            let text = "the server breaks the connection each time at one message, which is left alone for a while";
            desk.shared.board.note(&desk.account.name, text);
        }
    }
    outcome?;
    desk.shared.stumbles.forget(id);
    desk.shared.announce(Event::MailChanged);
    Ok(())
}

/// Carries it out and writes down what came of it.
async fn conclude(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    in_hand: Option<&InHand>,
) -> Result<(), Trouble> {
    let id = intent.id;
    match caught(carry_out(desk, session, intent, in_hand)).await {
        Ok((outcome, tokens)) => finish(desk, intent, outcome, tokens).await?,
        Err(Trouble::Imap(error)) if error.is_for_now() => {
            let text = error.to_string();
            desk.shared.store.run(move |db| journal::postpone(db, id, &text)).await?;
        }
        Err(Trouble::Imap(error)) if error.leaves_session_usable() => {
            refused(desk, session, intent, error.to_string()).await?;
        }
        Err(Trouble::NotNow(why)) => refused(desk, session, intent, why).await?,
        Err(Trouble::Fault) => {
            refused(desk, session, intent, Trouble::Fault.to_string()).await?;
            if !session.is_usable() {
                return Err(Trouble::Fault);
            }
        }
        Err(Trouble::Wanting(why)) => {
            warn!(account = desk.id.0, intent = id.0, "what has to be there first is not");
            desk.shared.board.note(&desk.account.name, &format!("{}: {why}", not_yet(intent)));
            desk.shared.store.run(move |db| journal::postpone(db, id, &why)).await?;
        }
        Err(trouble) => {
            let text = trouble.to_string();
            desk.shared.store.run(move |db| journal::failed_attempt(db, id, &text)).await?;
            return Err(trouble);
        }
    }
    Ok(())
}

type Done = (Outcome, Option<Vec<u8>>);

async fn carry_out(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    in_hand: Option<&InHand>,
) -> Result<Done, Trouble> {
    if let Some(outcome) = replace::begun_before(desk, session, intent).await? {
        return Ok((outcome, lesson_from_archive(desk, intent).await?));
    }
    let mut place = intent.place.clone();
    let may_be_done = 1 < intent.attempts || place.uid == 0 || place.is_gone();
    let mut learned = in_hand.filter(|_| !may_be_done).and_then(|in_hand| lesson_in_hand(desk, intent, in_hand));
    if may_be_done || (intent.needs_tokens && learned.is_none()) {
        let found = match locate(desk, session, &wanted(desk, intent)).await? {
            Some(found) => Some(found),
            None => wandered(desk, session, intent).await?,
        };
        match found {
            Some(found) if was_brought_back(intent, &found) => {
                // The person's hand outweighs the policy.
                let mail = intent.mail;
                desk.shared.store.run(move |db| mail::relocate(db, mail, &found)).await?;
                return Ok((Outcome::InPlace, None));
            }
            Some(found) => place = found,
            None => return nowhere(desk, session, intent).await,
        }
    }
    if intent.needs_tokens && learned.is_none() {
        if intent.shape != Shape::Original {
            learned = lesson_from_archive(desk, intent).await?;
        }
        if learned.is_none() {
            let is_same_numbering = select(session, &place.folder, place.uid_validity).await?;
            let fetched = if is_same_numbering {
                session.message_unless_busy(place.uid, desk.limit()).await?
            } else {
                OneMail::Gone
            };
            learned = match fetched {
                OneMail::Mail(fetched) => Some(lesson_tokens(desk, *fetched)),
                OneMail::Gone => return Ok((Outcome::Gone, None)),
                OneMail::Unreadable => {
                    return Err(Trouble::NotNow("the server does not hand out the message".to_owned()));
                }
            };
        }
    }
    let outcome = match intent.deed {
        Deed::Move => moving::to_target(desk, session, intent, (&place, in_hand)).await?,
        Deed::Keyword | Deed::Unkeyword => moving::keyword(desk, session, intent, &place).await?,
        Deed::Tag | Deed::Strip => replace::with_copy(desk, session, intent, &place).await?,
        Deed::Restore => replace::with_original(desk, session, intent, Some(&place)).await?,
        Deed::Delete => replace::with_nothing(desk, session, intent, &place).await?,
        Deed::Send => send::on(desk, session, intent, (&place, in_hand)).await?,
    };
    Ok((outcome, learned))
}

/// Where the person has moved a message meanwhile that is wanted back, or must not be called removed.
async fn wandered(desk: &Desk, session: &mut Session, intent: &Intent) -> Result<Option<Location>, Trouble> {
    // What we have removed ourselves is nowhere.
    let is_removed = intent.deed == Deed::Restore && intent.place.is_gone();
    if is_removed || !is_wanted_back(intent) && intent.deed != Deed::Delete {
        return Ok(None);
    }
    if is_wanted_back(intent) {
        // If it is nowhere it comes from the archive; and all folders are not searched again and again for that.
        keep::ready(desk, intent).await?;
    }
    find::locate_anywhere(desk, session, &wanted(desk, intent)).await
}

/// The message is nowhere on the server. What was to be removed is; what the person wants back comes from the archive.
async fn nowhere(desk: &Desk, session: &mut Session, intent: &Intent) -> Result<Done, Trouble> {
    if intent.deed == Deed::Delete {
        // We remove nothing that the archive does not hold: else it was somebody else, or they have moved it.
        let is_kept = keep::is_kept(desk, intent).await?;
        return Ok((if is_kept { Outcome::Deleted } else { Outcome::Gone }, None));
    }
    if !is_wanted_back(intent) {
        return Ok((Outcome::Gone, None));
    }
    let outcome = replace::with_original(desk, session, intent, None).await?;
    let learned = if outcome == Outcome::Gone { None } else { lesson_from_archive(desk, intent).await? };
    Ok((outcome, learned))
}

/// Whether the person wants it somewhere, wherever it is now.
fn is_wanted_back(intent: &Intent) -> bool {
    matches!(intent.kind, Kind::Release | Kind::Ham | Kind::Undo) && !intent.target.is_empty()
}

/// Whether somebody has moved a message that the policy wants to file: it is under another number of the same folder, or
/// in a folder that is neither where it was nor where it is to be. Under another numbering that cannot be known.
fn was_brought_back(intent: &Intent, found: &Location) -> bool {
    let before = &intent.place;
    let is_elsewhere = found.folder != before.folder && found.folder != intent.target;
    let is_back = found.folder == before.folder && found.uid_validity == before.uid_validity && found.uid != before.uid;
    intent.kind.is_of_policy() && (is_elsewhere || is_back)
}

/// What is to be learned of a message that has just been read, at the place where it is.
fn lesson_in_hand(desk: &Desk, intent: &Intent, in_hand: &InHand) -> Option<Vec<u8>> {
    let is_it = intent.needs_tokens && Key::of(&in_hand.incoming.raw) == intent.key;
    is_it.then(|| Features::encode(&tokens(&in_hand.incoming, desk.facts())))
}

/// What is to be learned of a message is what came, not what we made of it.
async fn lesson_from_archive(desk: &Desk, intent: &Intent) -> Result<Option<Vec<u8>>, Trouble> {
    if !intent.needs_tokens {
        return Ok(None);
    }
    let kept = keep::from_archive(desk, intent).await?;
    Ok(kept.map(|(raw, original)| {
        let full_size = original.size;
        let incoming = Incoming { raw, received_at: original.internal_date.0, full_size };
        Features::encode(&tokens(&incoming, desk.facts()))
    }))
}

fn lesson_tokens(desk: &Desk, fetched: FetchedMail) -> Vec<u8> {
    let received_at = fetched.internal_date.unwrap_or_else(|| clock::now().0);
    let incoming = Incoming { raw: fetched.raw, received_at, full_size: fetched.full_size };
    Features::encode(&tokens(&incoming, desk.facts()))
}

async fn finish(desk: &Desk, intent: &Intent, outcome: Outcome, tokens: Option<Vec<u8>>) -> Result<(), Trouble> {
    let id = intent.id;
    info!(account = desk.id.0, intent = id.0, kind = intent.kind.word(), ?outcome, "done");
    let now = clock::now();
    let shared = Arc::clone(&desk.shared);
    let is_word = !intent.kind.is_of_policy();
    let finished = desk.shared.store.run(move |db| {
        let lesson = journal::finish(db, id, &outcome, tokens.as_deref(), now)?;
        shared.teacher.apply(lesson.as_slice());
        if is_word {
            shared.follow_lists(db);
        }
        Ok(lesson.is_some())
    });
    if finished.await? {
        tokio::spawn(Arc::clone(&desk.shared).follow_lessons());
    }
    Ok(())
}

/// It could not be done, for this reason. That may change, but is not waited for for ever.
async fn refused(desk: &Desk, session: &mut Session, intent: &Intent, text: String) -> Result<(), Trouble> {
    let id = intent.id;
    let refusals = intent.refusals.saturating_add(1);
    warn!(account = desk.id.0, intent = id.0, refusals, "the server refused");
    if refusals < MAX_REFUSALS {
        return Ok(desk.shared.store.run(move |db| journal::refused(db, id, &text)).await?);
    }
    desk.shared.board.note(&desk.account.name, &format!("{}: {text}", could_not(intent)));
    // Where a fault broke off a command there is nobody to ask, and the next session would end in the same way.
    let cleared = if session.is_usable() { caught(replace::clear_away(desk, session, intent)).await } else { Ok(()) };
    match cleared {
        Err(Trouble::Imap(error)) if !error.leaves_session_usable() => return Err(error.into()),
        Err(Trouble::Store(error)) => return Err(error.into()),
        // What cannot be cleared away stays beside it.
        Ok(()) | Err(_) => {}
    }
    let is_there = matches!(intent.deed, Deed::Move | Deed::Keyword | Deed::Unkeyword) && !intent.place.is_gone();
    if intent.kind == Kind::Undo && is_there {
        // The message stays where it is, but what was learned from it can still be taken back.
        return finish(desk, intent, Outcome::InPlace, None).await;
    }
    Ok(desk.shared.store.run(move |db| journal::give_up(db, id, &text, clock::now())).await?)
}

/// What did not happen, for the person.
fn could_not(intent: &Intent) -> String {
    match intent.deed {
        Deed::Move => format!("a message could not be moved to {}", FolderName::from_wire(&intent.target)),
        Deed::Keyword | Deed::Unkeyword => "the keyword of a message could not be changed".to_owned(),
        Deed::Tag => "a message could not be marked and is as it was".to_owned(),
        Deed::Strip => "what is dangerous could not be taken out of a message, which is as it was".to_owned(),
        Deed::Restore => "the original of a message could not be put back".to_owned(),
        Deed::Send => "a message could not be forwarded and stays where it was".to_owned(),
        Deed::Delete => "a message could not be removed and stays where it was".to_owned(),
    }
}

/// What has not happened yet, for the person.
fn not_yet(intent: &Intent) -> &'static str {
    match intent.deed {
        Deed::Send => "a message stays where it is until it can be forwarded",
        Deed::Restore => "a message stays as it is until its original can be had from the archive",
        Deed::Move | Deed::Keyword | Deed::Unkeyword | Deed::Tag | Deed::Strip | Deed::Delete => {
            "a message stays as it is until its original can be kept"
        }
    }
}

/// The tokens of a message on this machine, for a lesson from a file.
pub(crate) fn file_tokens(raw: &[u8]) -> Vec<u8> {
    let mail = tamis_core::Mail::parse(raw, &Arrival::default());
    Features::encode(&Features::of(&mail).ids())
}

#[cfg(test)]
pub(super) mod tests;
