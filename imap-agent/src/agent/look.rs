//! Looks for new mail in the inbox, and judges each message once.
//!
//! ```text
//! never seen ──▶ baseline: remember where we came in, act on nothing
//! same numbering ──▶ everything above the high-water mark
//! other numbering ──▶ what arrived since the last look and is not known by content
//! ```
//!
//! The mark moves past a message only in the transaction that stores what became of it.

mod again;
mod unreadable;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tamis_core::{
    Action, UnixTime,
    api::{BatchId, Event},
};
use tracing::{info, warn};

pub(super) use self::unreadable::Unreadable;
use super::{
    brake,
    desk::{Desk, InHand, Trouble},
    fault::caught,
    moves, perform, twin,
    verdict::{fingerprint, judged},
    waiting,
};
use crate::{
    clock,
    mailbox::{CommandError, FolderName, Mode, OneMail, Selected, Session, Summary, has_flag},
    store::{
        Fingerprint, Key, Location, filing,
        folder::{self, Baseline, FolderState},
        journal,
        mail::{self, Judged},
        moves::Changes,
    },
};

/// Recent mail is remembered one by one at the first contact, in case the server renumbers it: so many days.
pub(super) const REMEMBERED_SECS: i64 = 2 * 86_400;

/// INTERNALDATE comes from the server's clock, the baseline from ours.
const CLOCK_SLACK_SECS: i64 = 3600;

/// Mail dated so much before the last look has not just arrived. A day, as servers' clocks and time zones go wrong.
const OLD_SECS: i64 = 86_400;

/// Moving keeps the date and gives a new number, so mail dated so much before mail with a lower number has been moved in.
/// Ten minutes, as servers may write down when mail began to arrive, and let some of it wait to be examined.
const OUT_OF_ORDER_SECS: i64 = 600;
/// So many messages are listed in one go; more than these are counted first.
const LISTED: u32 = 1000;

/// And then so many are listed at once.
const LISTED_AT_ONCE: usize = 500;

/// What a look has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Looked {
    /// How many messages were judged.
    pub(super) judged: u32,
    /// [`Session::selections`] when the inbox was selected for it. If it was selected again since, to search it for a
    /// message, what arrived in between is no news to the session and has to be looked for.
    pub(super) selection: u64,
    /// The number that the next message in the inbox gets.
    pub(super) uid_next: u32,
    /// The numbering of the inbox.
    pub(super) uid_validity: u32,
    /// Whether messages of the inbox have keywords that say whether they are junk.
    pub(super) has_keywords: bool,
    /// [`Selected::modseq`] of the inbox.
    pub(super) modseq: Option<u64>,
}

/// Looks once.
pub(super) async fn look(desk: &Desk, session: &mut Session, unreadable: &mut Unreadable) -> Result<Looked, Trouble> {
    let inbox = FolderName::inbox();
    let selected = session.select(&inbox, Mode::ReadWrite).await?;
    let selection = session.selections();
    let judged = look_at(desk, session, &selected, unreadable).await?;
    let Selected { uid_next, uid_validity, has_junk_keywords: has_keywords, modseq, .. } = selected;
    Ok(Looked { judged, selection, uid_next, uid_validity, has_keywords, modseq })
}

async fn look_at(
    desk: &Desk,
    session: &mut Session,
    selected: &Selected,
    unreadable: &mut Unreadable,
) -> Result<u32, Trouble> {
    if 0 < selected.exists && selected.uid_next <= 1 {
        // Without it everything in the inbox would look new.
        return Err(CommandError::NotSent("the server does not say which number the next message gets").into());
    }
    let id = desk.id;
    let state = desk.shared.store.run(move |db| folder::folder_state(db, id, "INBOX")).await?;
    match state {
        None => baseline(desk, session, selected).await.map(|()| 0),
        Some(state) if state.uid_validity != selected.uid_validity => {
            renumbered(desk, session, selected, state, unreadable).await
        }
        Some(state) => {
            let mark = lowered(desk, selected, state.high_water).await?;
            let round = judge_above(desk, session, (selected, mark), &state, unreadable).await?;
            // What waits to be read is not known, and must not look as if it had been there before.
            if !round.is_held {
                desk.shared.store.run(move |db| folder::looked(db, id, "INBOX", clock::now())).await?;
            }
            Ok(round.judged)
        }
    }
}

/// Judges everything above the mark. However much that is, few messages are listed at once.
async fn judge_above(
    desk: &Desk,
    session: &mut Session,
    (selected, mark): (&Selected, u32),
    state: &FolderState,
    unreadable: &mut Unreadable,
) -> Result<Round, Trouble> {
    let mut round = Round::default();
    if selected.exists.min(selected.uid_next.saturating_sub(mark)) <= LISTED {
        let new = above(session, mark).await?;
        judge_new(desk, session, (selected, state, new), (unreadable, &mut round)).await?;
        return Ok(round);
    }
    let uids: Vec<u32> = session.uids_from(mark.saturating_add(1)).await?.into_iter().collect();
    info!(account = desk.id.0, messages = uids.len(), "much has come");
    for uids in uids.chunks(LISTED_AT_ONCE) {
        if rests(desk, &mut round) {
            break;
        }
        let new = listed(session, selected, uids).await?;
        judge_new(desk, session, (selected, state, new), (unreadable, &mut round)).await?;
    }
    Ok(round)
}

/// Judges these but for what somebody has moved into the inbox.
async fn judge_new(
    desk: &Desk,
    session: &mut Session,
    (selected, state, new): (&Selected, &FolderState, Vec<Summary>),
    (unreadable, round): (&mut Unreadable, &mut Round),
) -> Result<(), Trouble> {
    let (old, new) = if desk.config.judges_old() { (Vec::new(), new) } else { moved_in(new, state) };
    judge_all(desk, session, selected, new, (unreadable, round)).await?;
    pass_all(desk, session, selected, (old, round)).await
}

/// Lists these messages of the inbox, lowest first. What is not told of one is found out when it is read.
async fn listed(session: &mut Session, selected: &Selected, uids: &[u32]) -> Result<Vec<Summary>, Trouble> {
    // A filing before may have selected another folder.
    if !perform::select(session, "INBOX", selected.uid_validity).await? {
        return Err(Trouble::NotNow("The server is renumbering the inbox".to_owned()));
    }
    let unknown = uids.iter().map(|uid| (*uid, Summary { uid: *uid, ..Summary::default() }));
    let mut listed: BTreeMap<u32, Summary> = unknown.collect();
    session.summaries_of(uids, |summary| drop(listed.insert(summary.uid, summary))).await?;
    Ok(listed.into_values().collect())
}

/// Sorts out what is old although it is new in the inbox: moving keeps the date, so somebody has put it there on purpose.
fn moved_in(new: Vec<Summary>, state: &FolderState) -> (Vec<Summary>, Vec<Summary>) {
    let known_at = state.baseline_at.max(state.looked_at).0;
    // What is dated in the future says nothing about the order.
    let latest = clock::now().0 + CLOCK_SLACK_SECS;
    let mut newest = i64::MIN;
    new.into_iter().partition(|summary| {
        let Some(date) = summary.internal_date else { return false };
        let is_out_of_order = date < newest.saturating_sub(OUT_OF_ORDER_SECS);
        if date <= latest {
            newest = newest.max(date);
        }
        date < known_at - OLD_SECS || is_out_of_order
    })
}

/// Leaves mail alone that somebody has moved into the inbox.
async fn pass_all(
    desk: &Desk,
    session: &mut Session,
    selected: &Selected,
    (old, round): (Vec<Summary>, &mut Round),
) -> Result<(), Trouble> {
    let id = desk.id;
    if !old.is_empty() {
        info!(account = id.0, messages = old.len(), "mail with an old date came into the inbox and is left alone");
    }
    for summary in old {
        let at = Location::new("INBOX", selected.uid_validity, summary.uid);
        // It may be one that we have judged: then it is known where it is now, and what that means.
        let rows = moves::candidates(desk, &summary, &at).await?.unwrap_or_default();
        moves::recognise(desk, session, (&summary, &at), &rows, &mut round.changes).await?;
        pass(desk, &at, round.is_held).await?;
    }
    Ok(())
}

/// First contact: everything that is there is the person's, and stays as it is.
async fn baseline(desk: &Desk, session: &mut Session, selected: &Selected) -> Result<(), Trouble> {
    let now = clock::now();
    let mut fingerprints = Vec::new();
    session
        .summaries_since(now.0 - REMEMBERED_SECS, |summary| {
            // Of one that only its UID is known of, any other such one would pass for it.
            if summary.message_id.is_some() || summary.internal_date.is_some() {
                fingerprints.push(fingerprint(&summary));
            }
        })
        .await?;
    store_mark(desk, selected, fingerprints, now).await?;
    info!(account = desk.id.0, messages = selected.exists, "first contact: nothing that is there will be touched");
    Ok(())
}

async fn store_mark(
    desk: &Desk,
    selected: &Selected,
    fingerprints: Vec<Fingerprint>,
    baseline_at: UnixTime,
) -> Result<(), Trouble> {
    let (id, uid_validity, high_water) = (desk.id, selected.uid_validity, selected.uid_next.saturating_sub(1));
    let set = desk.shared.store.run(move |db| {
        let baseline = Baseline { uid_validity, high_water, fingerprints: &fingerprints };
        folder::set_baseline(db, id, "INBOX", &baseline, baseline_at)
    });
    Ok(set.await?)
}

/// The numbers mean nothing any more. What is known by its content stays judged; what came since the last look and is not
/// known is new: what was there before and is not known, somebody has moved in. The new mark is written last, so that a crash
/// on the way only means to do this again.
async fn renumbered(
    desk: &Desk,
    session: &mut Session,
    selected: &Selected,
    state: FolderState,
    unreadable: &mut Unreadable,
) -> Result<u32, Trouble> {
    warn!(account = desk.id.0, "the server has renumbered the inbox");
    let last = if desk.config.judges_old() { i64::MIN } else { state.looked_at.0 - OLD_SECS };
    let since = state.baseline_at.0.max(last) - CLOCK_SLACK_SECS;
    let uids: Vec<u32> = session.uids_since(since).await?.into_iter().collect();
    let mut round = Round::default();
    for uids in uids.chunks(LISTED_AT_ONCE) {
        if rests(desk, &mut round) {
            break;
        }
        let mut recent = listed(session, selected, uids).await?;
        // Without a date nothing says that it is new, and what is old is not ours to judge.
        recent.retain(|summary| summary.internal_date.is_some_and(|date| since <= date));
        judge_all(desk, session, selected, recent, (unreadable, &mut round)).await?;
    }
    if !round.is_held {
        store_mark(desk, selected, Vec::new(), state.baseline_at).await?;
    }
    Ok(round.judged)
}

/// The mark, lowered if the server's own counter went back, as some do.
async fn lowered(desk: &Desk, selected: &Selected, high_water: u32) -> Result<u32, Trouble> {
    let newest = selected.uid_next.saturating_sub(1);
    if selected.uid_next == 0 || high_water <= newest {
        return Ok(high_water);
    }
    let (id, at) = (desk.id, Location::new("INBOX", selected.uid_validity, newest));
    desk.shared.store.run(move |db| folder::lower(db, id, &at)).await?;
    Ok(newest)
}

/// Everything above the mark, lowest first. What the server said so that nobody could read it is found by number.
async fn above(session: &mut Session, mark: u32) -> Result<Vec<Summary>, Trouble> {
    let mut new = Vec::new();
    let swept = session.summaries(mark.saturating_add(1), |summary| new.push(summary)).await?;
    let said = usize::try_from(swept.messages).unwrap_or(usize::MAX);
    new.sort_by_key(|summary| summary.uid);
    new.dedup_by_key(|summary| summary.uid);
    // Of two messages with one number, one has another.
    if 0 < swept.dropped || new.len() < said {
        let listed: BTreeSet<u32> = new.iter().map(|summary: &Summary| summary.uid).collect();
        let all = session.uids_since(clock::now().0 - REMEMBERED_SECS).await?;
        let missed = all.into_iter().filter(|uid| mark < *uid && !listed.contains(uid));
        new.extend(missed.map(|uid| Summary { uid, ..Summary::default() }));
    }
    new.sort_by_key(|summary| summary.uid);
    new.dedup_by_key(|summary| summary.uid);
    Ok(new)
}

/// What one round of judging has come to.
#[derive(Debug, Default)]
struct Round {
    /// Messages judged.
    judged: u32,
    /// Whether the mark is held back by a message that cannot be read yet. What comes after it is known by its place.
    is_held: bool,
    /// The change that everything filed in this round belongs to.
    batch: Option<BatchId>,
    /// What the person says by what they have moved.
    changes: Changes,
}

/// Whether a pause has begun meanwhile. What is left is looked at after it.
fn rests(desk: &Desk, round: &mut Round) -> bool {
    let is_paused = desk.shared.paused_until().is_some();
    round.is_held |= is_paused;
    is_paused
}

/// Judges messages.
async fn judge_all(
    desk: &Desk,
    session: &mut Session,
    selected: &Selected,
    messages: Vec<Summary>,
    (unreadable, round): (&mut Unreadable, &mut Round),
) -> Result<(), Trouble> {
    for summary in messages {
        if rests(desk, round) {
            break;
        }
        let at = Location::new("INBOX", selected.uid_validity, summary.uid);
        if !unreadable.try_again(&at) {
            let text = "a message in the inbox cannot be read; it stays there, not judged";
            desk.shared.board.note(&desk.account.name, text);
            pass(desk, &at, round.is_held).await?;
            continue;
        }
        let mut judging = caught(judge_one(desk, session, &summary, &at, round)).await;
        if matches!(judging, Err(Trouble::Fault)) {
            warn!(account = desk.id.0, uid = at.uid, "a message in the inbox was too much for Tamis");
            // In the middle of a command it costs the session: what comes next must not be blamed for that.
            if session.is_usable() {
                judging = Ok(Judging::Unreadable);
            }
        }
        if judging.as_ref().is_err_and(|trouble| !is_of_message(trouble)) {
            unreadable.forget(&at);
        }
        match judging? {
            Judging::Done => round.judged += 1,
            Judging::Known => {}
            // The mark must not pass a message that could not be read.
            Judging::Unreadable => {
                round.is_held = true;
                continue;
            }
        }
        unreadable.forget(&at);
    }
    Ok(())
}

/// Whether a message may be to blame. It is not its fault that the disk is full, or that the server wants to be asked less.
pub(super) fn is_of_message(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Store(_) | Trouble::Wanting(_) | Trouble::NotNow(_) => false,
        Trouble::Imap(error) => !error.is_of_account(),
        Trouble::Fault => true,
    }
}

enum Judging {
    Done,
    Known,
    Unreadable,
}

async fn judge_one(
    desk: &Desk,
    session: &mut Session,
    summary: &Summary,
    at: &Location,
    round: &mut Round,
) -> Result<Judging, Trouble> {
    let is_held = round.is_held;
    let store = &desk.shared.store;
    let (id, place, print) = (desk.id, at.clone(), fingerprint(summary));
    let is_deleted = has_flag(&summary.flags, "\\Deleted");
    // What was there at the first contact is the person's, also when it has been away and comes back.
    let (is_seen, is_known) = store
        .run(move |db| {
            let is_here = mail::find_by_location(db, id, &place)?.is_some();
            let is_seen = folder::is_seen(db, id, print)?;
            Ok((is_seen, is_here || is_seen && mail::find_by_fingerprint(db, id, print)?.is_none()))
        })
        .await?;
    if is_deleted || is_known {
        return pass(desk, at, is_held).await.map(|()| Judging::Known);
    }
    // A filing before may have selected another folder.
    if !perform::select(session, &at.folder, at.uid_validity).await? {
        // Renumbered in this moment: the next look sorts it out.
        return Ok(Judging::Unreadable);
    }
    let fetched = match session.message(summary.uid, desk.limit()).await? {
        OneMail::Mail(fetched) => fetched,
        OneMail::Gone => return pass(desk, at, is_held).await.map(|()| Judging::Known),
        OneMail::Unreadable => return Ok(Judging::Unreadable),
    };
    let in_hand = Arc::new(InHand::new(*fetched, summary));
    let raw = &in_hand.incoming.raw;
    let key = Key::of(raw);
    if twin::is_dealt_with(desk, session, (summary, at), (raw, key)).await? {
        return pass(desk, at, is_held).await.map(|()| Judging::Known);
    }
    let known = store.run(move |db| mail::find_by_key(db, id, key)).await?;
    let is_made = store.run(move |db| journal::is_of_our_making(db, id, key)).await?;
    // What we are about to put in the place of another message is not in its place before that is done.
    let known = known.filter(|known| !is_made || known.shape_key == key);
    if let Some(known) = known {
        // The person or another program brought it here: it has been judged, and is left alone for good.
        moves::turned_up(desk, session, (&known, at), &in_hand, &mut round.changes).await?;
        return pass(desk, at, is_held).await.map(|()| Judging::Known);
    }
    if is_made || is_seen {
        return pass(desk, at, is_held).await.map(|()| Judging::Known);
    }
    let mut judged = judged(desk, summary, &in_hand).await;
    // Registered with IANA for wanted mail (RFC 5788).
    if has_flag(&summary.flags, "$NotJunk") && judged.action != Action::Leave {
        // Another Tamis on this mailbox, or the person in another program, has said so.
        judged.action = Action::Leave;
    }
    if again::is_replacing(judged.action) && !again::reads_the_same(session, at, (desk.limit(), &in_hand)).await? {
        return Ok(Judging::Unreadable);
    }
    record(desk, session, judged, at, (round, &in_hand)).await?;
    Ok(Judging::Done)
}

/// Moves the mark past a message that needs nothing.
async fn pass(desk: &Desk, at: &Location, is_held: bool) -> Result<(), Trouble> {
    if !is_held {
        let (id, at) = (desk.id, at.clone());
        desk.shared.store.run(move |db| folder::advance(db, id, &at)).await?;
    }
    Ok(())
}

/// Stores the verdict and, in the same step, what is to happen; then lets it happen.
async fn record(
    desk: &Desk,
    session: &mut Session,
    judged: Judged,
    at: &Location,
    (round, in_hand): (&mut Round, &InHand),
) -> Result<(), Trouble> {
    let advance_to = (!round.is_held).then_some(at.uid);
    if let Some(wait) = waiting::wait_for(desk, &judged, &in_hand.flags) {
        let judged = Judged { action: Action::Leave, ..judged };
        return waiting::begin(desk, session, judged, (at, wait, advance_to), in_hand).await;
    }
    let (class, score, action, received_at) = (judged.class, judged.score, judged.action, judged.received_at);
    let store = &desk.shared.store;
    let reserve = brake::reserve(desk, action).await?;
    if action != Action::Leave && round.batch.is_none() {
        round.batch = Some(store.run(|db| filing::begin_filing(db, clock::now())).await?);
    }
    let (place, batch) = (at.clone(), round.batch);
    let recorded = store.run(move |db| {
        if let Some(reserve) = reserve {
            return filing::record_and_hold(db, &judged, &place, reserve, advance_to).map(|mail| (mail, None));
        }
        match filing::filing_of(db, judged.account, action, batch)? {
            Some(filing) => filing::record_and_file(db, &judged, &place, &filing, advance_to),
            None => mail::record_judged(db, &judged, &place, advance_to).map(|mail| (mail, None)),
        }
    });
    let (mail, intent) = recorded.await?;
    info!(account = desk.id.0, uid = at.uid, class = class.word(), %score, action = action.word(), "judged");
    if let Some(intent) = intent {
        perform::one(desk, session, intent, Some(in_hand)).await?;
    }
    desk.shared.has_come(mail, class, received_at);
    desk.shared.announce(Event::MailChanged);
    Ok(())
}

#[cfg(test)]
mod tests;
