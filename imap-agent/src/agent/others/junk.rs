//! Junk and the quarantine: what others have put there, and what somebody has taken out.

use std::time::{Duration, Instant};

use tamis_core::Action;

use super::{
    super::{
        desk::{Desk, InHand, Trouble},
        look,
        moves::{self, Recognised},
        twin,
        verdict::{fingerprint, judged},
    },
    Others, elsewhere, keywords, mark, passing_over_refusals, place_in,
};
use crate::{
    clock,
    mailbox::{FolderName, Mode, OneMail, Selected, Session, Summary, has_flag},
    store::{
        Fingerprint, Key, Location, folder,
        mail::{self, Judged},
        moves::{Changes, Side, filed_by_server, is_of_persons_choice},
        restored, seen,
    },
};

/// How often the figures of all folders are taken down, so that what is new in them can be told later.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// So many new messages are listed at once.
const LISTED_AT_ONCE: usize = 500;

/// After so many that have to be read, whatever else there is to do comes first.
const MOST_READ: u32 = 200;

/// After so many looks everything has been seen that can be seen after a restore.
const SETTLED_AFTER: u32 = 20;

/// Looks at what holds spam.
pub(super) async fn look(
    desk: &Desk,
    session: &mut Session,
    others: &mut Others,
    changes: &mut Changes,
) -> Result<(), Trouble> {
    let is_sweep_due = others.swept_at.is_none_or(|at| SWEEP_EVERY <= at.elapsed());
    // Taken before Junk is looked at: what is moved out of it after that is new to these figures.
    let figures = if is_sweep_due { elsewhere::figures(desk, session).await.map(Some) } else { Ok(None) };
    let figures = passing_over_refusals(desk, figures)?;
    let (mut is_known, mut is_all, mut is_refused) = (true, true, false);
    for name in &desk.sides.junk {
        let name = FolderName::from_wire(name);
        let visited = visit(desk, session, (others, is_sweep_due), &name, changes).await;
        is_refused |= visited.is_err();
        let visited = passing_over_refusals(desk, visited)?;
        is_known &= visited == Visited::NothingMissing;
        is_all &= visited != Visited::Partly;
    }
    // A folder that the server never opens does not keep all others from being learned from.
    others.refused += u32::from(is_refused);
    if is_all || SETTLED_AFTER <= others.refused {
        let id = desk.id;
        desk.shared.store.run(move |db| restored::settle(db, id)).await?;
    }
    if is_sweep_due {
        others.swept_at = Some(Instant::now());
    }
    match figures {
        Some(figures) if is_known => elsewhere::take_down(desk, figures).await,
        Some(_) | None => Ok(()),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Visited {
    NothingMissing,
    /// Something was missing and was looked for.
    Searched,
    /// Not all of it was looked at.
    #[default]
    Partly,
}

/// Looks at one of them, if it may have changed.
async fn visit(
    desk: &Desk,
    session: &mut Session,
    (others, is_due): (&mut Others, bool),
    name: &FolderName,
    changes: &mut Changes,
) -> Result<Visited, Trouble> {
    let figures = session.figures(name).await?;
    let is_as_it_was = figures.uid_next.is_some() && others.known.get(name) == Some(&figures);
    if is_as_it_was && !is_due && !others.is_turn_of_flags() {
        return Ok(Visited::NothingMissing);
    }
    let selected = session.select(name, Mode::ReadOnly).await?;
    let has_same_flags = selected.modseq.is_some() && others.modseq.get(name).copied() == selected.modseq;
    if is_as_it_was && !is_due && (has_same_flags || !selected.has_junk_keywords) {
        return Ok(Visited::NothingMissing);
    }
    others.known.remove(name);
    let is_all = remember(desk, session, &selected, (others, changes)).await?;
    let missing = keywords::look(desk, session, &place_in(&selected, 0), changes).await?;
    let is_missing = !missing.is_empty();
    if is_missing {
        elsewhere::find(desk, session, &place_in(&selected, 0), (missing, changes)).await?;
    }
    if is_all {
        others.known.insert(name.clone(), figures);
        others.modseq.extend(selected.modseq.map(|modseq| (name.clone(), modseq)));
    }
    Ok(match (is_all, is_missing) {
        (false, _) => Visited::Partly,
        (true, true) => Visited::Searched,
        (true, false) => Visited::NothingMissing,
    })
}

/// What one way through new mail has come to.
struct Reading<'a> {
    others: &'a mut Others,
    changes: &'a mut Changes,
    /// Whether mail came since the last look: all of it, but for the first contact and a new numbering.
    is_new: bool,
    read: u32,
}

/// Deals with what is new in Junk; at the first contact, with what is not old. Returns whether that is all.
async fn remember(
    desk: &Desk,
    session: &mut Session,
    selected: &Selected,
    (others, changes): (&mut Others, &mut Changes),
) -> Result<bool, Trouble> {
    let mark = mark(desk, selected).await?;
    let since = clock::now().0 - look::REMEMBERED_SECS;
    let newest = selected.uid_next.saturating_sub(1);
    let uids: Vec<u32> = match mark {
        None => session.uids_since(since).await?.into_iter().collect(),
        Some(mark) if usize::try_from(newest.saturating_sub(mark)).is_ok_and(|new| new <= LISTED_AT_ONCE) => {
            (mark.saturating_add(1)..=newest).collect()
        }
        Some(mark) => session.uids_from(mark.saturating_add(1)).await?.into_iter().collect(),
    };
    let at_once = if mark.is_some() { LISTED_AT_ONCE } else { uids.len().max(1) };
    let mut reading = Reading { others, changes, is_new: mark.is_some(), read: 0 };
    for uids in uids.chunks(at_once) {
        let mut listed = Vec::new();
        moves::open(session, &place_in(selected, 0)).await?;
        session.summaries_of(uids, |summary| listed.push(summary)).await?;
        listed.retain(|summary| mark.is_some() || summary.internal_date.is_none_or(|date| since <= date));
        listed.sort_by_key(|summary| summary.uid);
        listed.dedup_by_key(|summary| summary.uid);
        let last = uids.last().copied().unwrap_or_default();
        if !deal_with(desk, session, (selected, last), &listed, &mut reading).await? {
            return Ok(false);
        }
    }
    deal_with(desk, session, (selected, newest), &[], &mut reading).await
}

/// Deals with these, and then everything up to `last` is known. Returns false if some have to wait.
async fn deal_with(
    desk: &Desk,
    session: &mut Session,
    (selected, last): (&Selected, u32),
    listed: &[Summary],
    reading: &mut Reading<'_>,
) -> Result<bool, Trouble> {
    let mut last = last;
    let mut strangers: Vec<(u32, Fingerprint)> = Vec::new();
    for summary in listed {
        // Of one that only its UID is known of, any other such one would pass for it.
        if summary.message_id.is_none() && summary.internal_date.is_none() {
            continue;
        }
        let at = place_in(selected, summary.uid);
        match one(desk, session, (summary, &at), reading).await? {
            Dealt::Stranger => strangers.push((summary.uid, fingerprint(summary))),
            Dealt::Later if reading.is_new => {
                last = summary.uid.saturating_sub(1);
                break;
            }
            Dealt::Known | Dealt::Later => {}
        }
    }
    let is_all = listed.last().is_none_or(|highest| highest.uid <= last);
    let (id, place, known, now) = (desk.id, place_in(selected, last), strangers.clone(), clock::now());
    desk.shared.store.run(move |db| seen::remember(db, id, &place, &known, now)).await?;
    twin::clear_doubles(desk, session, selected, strangers).await?;
    Ok(is_all)
}

/// What has become of a message that is new in Junk.
enum Dealt {
    /// Nobody here knows it.
    Stranger,
    Known,
    /// It is looked at again the next time.
    Later,
}

async fn one(
    desk: &Desk,
    session: &mut Session,
    (summary, at): (&Summary, &Location),
    reading: &mut Reading<'_>,
) -> Result<Dealt, Trouble> {
    let Some(rows) = moves::candidates(desk, summary, at).await? else { return Ok(Dealt::Known) };
    let is_trusted = desk.config.trusts_server_junk() && reading.is_new;
    if has_flag(&summary.flags, "\\Deleted") || (rows.is_empty() && !is_trusted) {
        return Ok(Dealt::Stranger);
    }
    // Something else may have to be done in the meantime, and more than so much is not done in one go.
    if reading.is_new && MOST_READ <= reading.read {
        reading.others.ask();
        return Ok(Dealt::Later);
    }
    reading.read = reading.read.saturating_add(1);
    if rows.is_empty() {
        return by_server(desk, session, (summary, at), reading.changes).await;
    }
    let (mut moved, mut is_copy) = (Vec::new(), false);
    for row in rows {
        if moves::is_still_there(session, &row.location).await? {
            // Of what is twice in Junk, `twin` knows more.
            is_copy |= desk.sides.of(&row.location.folder) != Side::Junk;
        } else {
            moved.push(row);
        }
    }
    if moved.is_empty() {
        return Ok(if is_copy { waiting(reading, at) } else { Dealt::Stranger });
    }
    match moves::recognise(desk, session, (summary, at), &moved, reading.changes).await? {
        Recognised::Known => Ok(Dealt::Known),
        Recognised::Stranger => Ok(Dealt::Stranger),
        Recognised::Unreadable => Ok(waiting(reading, at)),
    }
}

/// What is copied may be about to be removed where it was. That is waited for, but not for ever.
fn waiting(reading: &mut Reading<'_>, at: &Location) -> Dealt {
    let name = FolderName::from_wire(&at.folder);
    let patience = reading.others.unreadable.entry(name).or_default();
    if patience.try_again(at) {
        return Dealt::Later;
    }
    patience.forget(at);
    Dealt::Stranger
}

/// What the server's filter has put there is learned, as the person wants it.
async fn by_server(
    desk: &Desk,
    session: &mut Session,
    (summary, at): (&Summary, &Location),
    changes: &mut Changes,
) -> Result<Dealt, Trouble> {
    let (id, print) = (desk.id, fingerprint(summary));
    let is_seen = desk.shared.store.run(move |db| folder::is_seen(db, id, print)).await?;
    if is_seen || !moves::open(session, at).await? {
        return Ok(Dealt::Stranger);
    }
    let OneMail::Mail(fetched) = session.message_unless_busy(at.uid, desk.limit()).await? else {
        return Ok(Dealt::Stranger);
    };
    let key = Key::of(&fetched.raw);
    let in_hand = std::sync::Arc::new(InHand::new(*fetched, summary));
    let known = desk.shared.store.run(move |db| mail::find_by_key(db, id, key)).await?;
    if let Some(known) = known {
        if !moves::is_still_there(session, &known.location).await? {
            moves::turned_up(desk, session, (&known, at), &in_hand, changes).await?;
        }
        return Ok(Dealt::Known);
    }
    let judged = Judged { action: Action::Leave, ..judged(desk, summary, &in_hand).await };
    if is_of_persons_choice(&judged) {
        return Ok(Dealt::Stranger);
    }
    let (place, so_far) = (at.clone(), changes.clone());
    let filed = move |db: &mut _| filed_by_server(db, &judged, &place, &so_far, clock::now());
    let Some(noted) = desk.shared.store.run(filed).await? else {
        // It is at least known again, wherever the person takes it.
        return Ok(Dealt::Stranger);
    };
    moves::learn(desk, session, Some(noted), (Some(&in_hand), changes)).await?;
    Ok(Dealt::Known)
}
