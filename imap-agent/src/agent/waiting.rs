//! Doubtful mail of new contacts is judged again, when more may be known.
//!
//! It goes on whenever an account has nothing else to do, one message at a time, so that new mail never waits behind it. What
//! the person has dealt with meanwhile is left to them. The verdict that settles a message and what follows from it are stored
//! in one step; before that nothing has happened, and after it the journal does the rest.

use std::{sync::Arc, time::Duration};

use tamis_core::{
    Action, Class, UnixTime,
    api::{Event, MailId, RefusedKind, Reply},
    config::Hold,
};
use tracing::{info, warn};

use super::{
    Agent,
    account::Order,
    backfill::{Turn, is_touched},
    brake,
    desk::{Desk, InHand, Trouble},
    fault::caught,
    held, perform,
    verdict::judged_again,
};
use crate::{
    clock,
    mailbox::{FetchedMail, OneMail, Session, Summary, has_flag},
    store::{
        Key, Location, StoreError, filing,
        mail::{Judged, Shape},
        moves,
        waiting::{self, Again, Due, Wait},
    },
    words::count,
};

/// So often it is tried to read a message that the server does not hand out, or on which the connection breaks.
const MOST_TRIES: u32 = 3;

/// How long that is let be in between.
const REST_SECS: i64 = 60;

/// How a message waits that has just been judged, if it does.
pub(super) fn wait_for(desk: &Desk, judged: &Judged, flags: &[String]) -> Option<Wait> {
    let is_doubtful = judged.class == Class::Unsure && judged.is_first_contact && judged.decided_by == "score";
    if !is_doubtful || is_dealt_with(flags, true) {
        return None;
    }
    let due_at = next_time(&desk.account.hold, judged.judged_at, judged.judged_at)?;
    let folder = desk.held.as_ref().map(|folder| folder.wire().to_owned());
    Some(Wait { due_at, folder, was_read: has_flag(flags, "\\Seen") })
}

/// Stores a message that waits, and puts it aside if the person wants it so.
pub(super) async fn begin(
    desk: &Desk,
    session: &mut Session,
    judged: Judged,
    (at, wait, advance_to): (&Location, Wait, Option<u32>),
    in_hand: &InHand,
) -> Result<(), Trouble> {
    let (place, until, score) = (at.clone(), wait.due_at.0, judged.score);
    let (class, received_at) = (judged.class, judged.received_at);
    let stored = move |db: &mut _| waiting::record_and_wait(db, &judged, &place, &wait, advance_to);
    let (mail, intent) = desk.shared.store.run(stored).await?;
    info!(account = desk.id.0, uid = at.uid, %score, until, "doubtful and new, so it waits");
    if let Some(intent) = intent {
        perform::one(desk, session, intent, Some(in_hand)).await?;
    }
    desk.shared.has_come(mail, class, received_at);
    desk.shared.announce(Event::MailChanged);
    desk.shared.announce(Event::StatusChanged);
    Ok(())
}

/// When what was judged first at `since` is judged next.
fn next_time(hold: &Hold, since: UnixTime, now: UnixTime) -> Option<UnixTime> {
    let times = hold.again.iter().map(|secs| since.0.saturating_add(i64::try_from(*secs).unwrap_or(i64::MAX)));
    times.filter(|at| now.0 < *at).min().map(UnixTime)
}

/// Whether these flags say that the person has dealt with it; that it was read counts only if it was not before.
fn is_dealt_with(flags: &[String], was_read: bool) -> bool {
    let told: Vec<String> =
        flags.iter().filter(|flag| !(was_read && flag.eq_ignore_ascii_case("\\Seen"))).cloned().collect();
    is_touched(&told)
}

/// Judges the next message again, if it is time. The inbox must be selected and everything new in it known.
pub(super) async fn turn(desk: &Desk, session: &mut Session) -> Result<Turn, Trouble> {
    let id = desk.id;
    if bring_strays(desk, session).await? {
        return Ok(Turn::Worked);
    }
    let Some((mail, due_at)) = desk.shared.store.run(move |db| waiting::next(db, id)).await? else {
        return Ok(Turn::Idle);
    };
    let now = clock::now();
    if now < due_at {
        let secs = u64::try_from(due_at.0.saturating_sub(now.0)).unwrap_or(0);
        return Ok(Turn::Rest(Duration::from_secs(secs)));
    }
    let Some(due) = desk.shared.store.run(move |db| waiting::begin(db, mail)).await? else {
        desk.shared.store.run(move |db| waiting::give_over(db, mail)).await?;
        desk.shared.announce(Event::StatusChanged);
        return Ok(Turn::Worked);
    };
    match caught(again(desk, session, &due)).await {
        Err(Trouble::Fault) if session.is_usable() => warn!(account = id.0, "a waiting message was too much for Tamis"),
        // Its folder may be there again later.
        Err(Trouble::Imap(error)) if error.leaves_session_usable() => postpone(desk, mail).await?,
        outcome => outcome?,
    }
    desk.shared.announce(Event::MailChanged);
    desk.shared.announce(Event::StatusChanged);
    Ok(Turn::Worked)
}

/// Brings back what lies aside although nothing will be judged there. Whether there was something.
async fn bring_strays(desk: &Desk, session: &mut Session) -> Result<bool, Trouble> {
    let id = desk.id;
    let strays = desk.shared.store.run(move |db| waiting::bring_strays(db, id, clock::now())).await?;
    let has_some = !strays.is_empty();
    for intent in strays {
        perform::one(desk, session, intent, None).await?;
    }
    Ok(has_some)
}

async fn postpone(desk: &Desk, mail: MailId) -> Result<(), Trouble> {
    let due_at = UnixTime(clock::now().0 + REST_SECS);
    Ok(desk.shared.store.run(move |db| waiting::postpone(db, mail, due_at)).await?)
}

async fn again(desk: &Desk, session: &mut Session, due: &Due) -> Result<(), Trouble> {
    let mail = due.mail.id;
    if MOST_TRIES < due.tries {
        let text = "a doubtful message could not be read again; it stays doubtful";
        desk.shared.board.note(&desk.account.name, text);
        return leave(desk, session, due).await;
    }
    let Some(place) = place_of(desk, session, due).await? else {
        info!(account = desk.id.0, "a waiting message was moved or removed, and is left to the person");
        return Ok(desk.shared.store.run(move |db| waiting::give_over(db, mail)).await?);
    };
    match read(session, &place, desk.limit()).await? {
        Reading::Gone => Ok(desk.shared.store.run(move |db| waiting::give_over(db, mail)).await?),
        Reading::Unreadable => postpone(desk, mail).await,
        Reading::Mail(summary, fetched) => {
            let is_aside = place.folder != due.mail.home;
            if is_dealt_with(&fetched.flags, due.was_read || is_aside) {
                info!(account = desk.id.0, "a waiting message was dealt with, and is left to the person");
                return Ok(desk.shared.store.run(move |db| waiting::give_over(db, mail)).await?);
            }
            if Key::of(&fetched.raw) != due.mail.judged.key {
                // So much of it is read as was not when it was judged first, or it is another one.
                return leave(desk, session, due).await;
            }
            settle(desk, session, due, (&summary, InHand::new(*fetched, &summary))).await
        }
    }
}

/// Where it is; `None` if the person has moved it. What only has a new number, as the server has renumbered its folder, is
/// where it was.
async fn place_of(desk: &Desk, session: &mut Session, due: &Due) -> Result<Option<Location>, Trouble> {
    let stored = &due.mail;
    let wanted = perform::Wanted {
        key: stored.shape_key,
        message_id: &stored.judged.message_id,
        size: stored.judged.size,
        place: &stored.location,
        folders: vec![stored.location.folder.clone()],
        is_any_size: stored.shape != Shape::Original,
    };
    let found = perform::locate(desk, session, &wanted).await?;
    let (id, folder) = (stored.id, stored.location.clone());
    let Some(found) = found else {
        // If it was put aside, nobody else looks where it is gone.
        if stored.location.folder != stored.home {
            desk.shared.store.run(move |db| moves::lost(db, &folder, &[id])).await?;
        }
        return Ok(None);
    };
    let is_same = found.uid_validity != folder.uid_validity || found.uid == folder.uid || folder.uid == 0;
    if is_same && found != folder {
        let at = found.clone();
        desk.shared.store.run(move |db| crate::store::mail::relocate(db, id, &at)).await?;
    }
    Ok(is_same.then_some(found))
}

enum Reading {
    Mail(Summary, Box<FetchedMail>),
    Gone,
    Unreadable,
}

async fn read(session: &mut Session, place: &Location, limit: usize) -> Result<Reading, Trouble> {
    if !perform::select(session, &place.folder, place.uid_validity).await? {
        return Ok(Reading::Unreadable);
    }
    let mut summary = Summary { uid: place.uid, ..Summary::default() };
    session.summaries_of(&[place.uid], |found| summary = found).await?;
    Ok(match session.message(place.uid, limit).await? {
        OneMail::Mail(fetched) => Reading::Mail(summary, fetched),
        OneMail::Gone => Reading::Gone,
        OneMail::Unreadable => Reading::Unreadable,
    })
}

/// Judges it, stores what follows, and lets that happen.
async fn settle(
    desk: &Desk,
    session: &mut Session,
    due: &Due,
    (summary, in_hand): (&Summary, InHand),
) -> Result<(), Trouble> {
    let (mail, in_hand, now) = (due.mail.id, Arc::new(in_hand), clock::now());
    let Some(judged) = judged_again(desk, summary, &in_hand).await else { return leave(desk, session, due).await };
    let next_at = next_time(&desk.account.hold, due.since, now).filter(|_| judged.class == Class::Unsure);
    let judged = Judged { action: if next_at.is_some() { Action::Leave } else { judged.action }, ..judged };
    let (class, score, action) = (judged.class, judged.score, judged.action);
    let reserve = brake::reserve(desk, action).await?;
    let settled = desk.shared.store.run(move |db| {
        let batch = if action == Action::Leave { None } else { Some(filing::begin_filing(db, now)?) };
        let filing = filing::filing_of(db, judged.account, action, batch)?;
        waiting::settle(db, mail, &Again { judged, next_at, filing, reserve }, now)
    });
    let settled = settled.await?;
    let waits = next_at.is_some();
    info!(account = desk.id.0, class = class.word(), %score, action = action.word(), waits, "judged again");
    for intent in settled.into_iter().flatten() {
        perform::one(desk, session, intent, Some(&in_hand)).await?;
    }
    Ok(())
}

/// It is left doubtful as it is.
async fn leave(desk: &Desk, session: &mut Session, due: &Due) -> Result<(), Trouble> {
    let mail = due.mail.id;
    let intent = desk.shared.store.run(move |db| waiting::leave(db, mail, clock::now())).await?;
    match intent {
        Some(intent) => perform::one(desk, session, intent, None).await,
        None => Ok(()),
    }
}

/// The person wants what waits decided now, in an account or, without a name, in all.
pub(super) async fn hurry(agent: &Agent, name: &str) -> Result<Reply, StoreError> {
    let account = if name.is_empty() { None } else { held::number(agent, name) };
    if account.is_none() && !name.is_empty() {
        return Ok(held::no_account(name));
    }
    let hurried = agent.shared.store.run(move |db| waiting::hurry(db, account, clock::now())).await?;
    if hurried.is_empty() {
        let text = "no message waits to be judged again".to_owned();
        return Ok(Reply::Refused { text, kind: RefusedKind::Person });
    }
    let text = format!("{} judged again now", count(hurried.len(), "message"));
    let accounts: std::collections::BTreeSet<_> = hurried.into_iter().collect();
    for (_, orders) in accounts.into_iter().filter_map(|account| agent.shared.orders_of(account)) {
        // A full queue means that the account is about to look anyway.
        orders.try_send(Order::Perform).ok();
    }
    agent.shared.announce(Event::StatusChanged);
    Ok(Reply::Done { text, undo: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_judged_again_at_each_time_that_is_not_over() {
        let hold = Hold::default();
        for (since, now, want) in [
            (1_000, 1_000, Some(1_600)),
            (1_000, 1_599, Some(1_600)),
            (1_000, 1_600, Some(4_600)),
            (1_000, 4_600, None),
            (1_000, 90_000, None),
            (0, 90_000, None),
        ] {
            assert_eq!(next_time(&hold, UnixTime(since), UnixTime(now)), want.map(UnixTime), "{now}");
        }
        assert_eq!(next_time(&Hold { again: Vec::new(), folder: None }, UnixTime(1), UnixTime(1)), None);
    }

    #[test]
    fn what_was_read_flagged_or_answered_meanwhile_is_the_persons() {
        for (flags, was_read, want) in [
            (&[][..], false, false),
            (&["\\Recent", "$Junk"][..], false, false),
            (&["\\Seen"][..], false, true),
            (&["\\seen"][..], true, false),
            (&["\\Seen", "\\Answered"][..], true, true),
            (&["\\Flagged"][..], false, true),
            (&["\\Deleted"][..], true, true),
            (&["$NotJunk"][..], true, true),
        ] {
            let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
            assert_eq!(is_dealt_with(&flags, was_read), want, "{flags:?} {was_read}");
        }
    }
}
