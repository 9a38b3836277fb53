//! The look at mail from before the first contact, which the person can ask for.
//!
//! It goes from the newest message down, slice by slice, whenever an account has nothing else to do, and rests between
//! slices so that a provider does not mind. Nothing is filed by it: what the policy would file is held until the person has
//! been asked. How far it has got is stored with what was judged, so it goes on after whatever interrupts it.

mod slice;

pub(super) use slice::is_touched;

use std::{collections::BTreeSet, time::Duration};

use tamis_core::{
    UnixTime,
    api::{AccountState, Event, RefusedKind, Reply, Steer},
};
use tokio::time::Instant;
use tracing::info;

use super::{
    Agent,
    account::Order,
    desk::{Desk, Trouble},
    fault::caught,
    held, look,
};
use crate::{
    clock,
    mailbox::{FolderName, Session},
    network,
    store::{
        StoreError,
        backfill::{self, Backfill, State},
        folder,
    },
    words::{count, grouped},
};

/// The most messages that are dealt with before anybody else has a turn.
const SLICE: usize = 200;

/// With a limit for each minute, a slice is this part of it.
const SLICES_A_MINUTE: usize = 6;

/// How often the windows are told how far it has got.
const TELL: Duration = Duration::from_secs(1);

/// A message on which the connection breaks so often is passed over.
const MAX_STUMBLES: u32 = 3;

/// A server takes the day of a search in a time zone of its own, and means the day before or after.
const DAY_SECS: i64 = 86_400;

/// What is known of the look of one account between two slices, while the agent runs.
#[derive(Debug, Default)]
pub(super) struct Older {
    plan: Option<Plan>,
    /// How many messages the next slice may have; 0: as many as usual. After a broken connection it starts with one.
    stride: usize,
    /// The message on which the connection broke last, and how often.
    stumbled: (u32, u32),
    /// When the next slice may begin.
    not_before: Option<Instant>,
    told_at: Option<Instant>,
}

/// What is left to look at.
#[derive(Debug)]
struct Plan {
    since: UnixTime,
    started_at: UnixTime,
    uid_validity: u32,
    /// Lowest first; the last is the next.
    uids: Vec<u32>,
}

/// What a turn has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// There is nothing to look at.
    Idle,
    /// Not before so much time has passed.
    Rest(Duration),
    /// A slice was dealt with.
    Worked,
}

impl Turn {
    /// The same, if there is something else to do after so much time.
    pub(super) fn or(self, rest: Duration) -> Self {
        match self {
            Self::Idle => Self::Rest(rest),
            Self::Rest(other) => Self::Rest(other.min(rest)),
            Self::Worked => Self::Worked,
        }
    }
}

impl Plan {
    fn is_of(&self, look: &Backfill, uid_validity: u32) -> bool {
        let is_same = (self.since, self.started_at) == (look.since, look.started_at);
        is_same && self.uid_validity == uid_validity && look.uid_validity == uid_validity
    }
}

/// The person wants mail of the last days looked at.
pub(super) async fn begin(agent: &Agent, name: &str, days: u32) -> Result<Reply, StoreError> {
    let Some(id) = held::number(agent, name) else { return Ok(held::no_account(name)) };
    if days == 0 {
        let text = "a look at older mail goes back at least one day".to_owned();
        return Ok(Reply::Refused { text, kind: RefusedKind::Person });
    }
    agent.shared.store.run(move |db| backfill::start(db, id, days, clock::now())).await?;
    wake(agent, id);
    let span = count(usize::try_from(days).unwrap_or(usize::MAX), "day");
    let text =
        format!("looking at mail of the last {span} in `{name}`; what looks like spam stays until you have been asked");
    Ok(Reply::Done { text, undo: None })
}

/// The person wants it to pause, go on, or end.
pub(super) async fn steer(agent: &Agent, name: &str, steer: Steer) -> Result<Reply, StoreError> {
    let Some(id) = held::number(agent, name) else { return Ok(held::no_account(name)) };
    if !agent.shared.store.run(move |db| backfill::steer(db, id, steer)).await? {
        let text = format!("no look at older mail of `{name}` is under way");
        return Ok(Reply::Refused { text, kind: RefusedKind::Person });
    }
    wake(agent, id);
    let what = match steer {
        Steer::Pause => "pauses",
        Steer::Resume => "goes on",
        Steer::Stop => "has ended; what was found stays known",
    };
    Ok(Reply::Done { text: format!("the look at older mail of `{name}` {what}"), undo: None })
}

/// Lets the account see what has changed.
fn wake(agent: &Agent, id: crate::store::AccountId) {
    if let Some((_, orders)) = agent.shared.orders_of(id) {
        // A full queue means that the account is about to look anyway.
        orders.try_send(Order::Perform).ok();
    }
    agent.shared.announce(Event::StatusChanged);
}

/// Does the next slice, if there is one and it is time. The inbox must be selected and everything new in it known.
pub(super) async fn turn(desk: &Desk, session: &mut Session, older: &mut Older) -> Result<Turn, Trouble> {
    let id = desk.id;
    let look = desk.shared.store.run(move |db| backfill::backfill(db, id)).await?;
    let Some(look) = look.filter(is_due) else {
        older.plan = None;
        return Ok(Turn::Idle);
    };
    if desk.shared.is_metered() && !network::is_this_machine(&desk.account.host) {
        // It goes on by itself where the network costs nothing.
        return Ok(Turn::Idle);
    }
    let now = Instant::now();
    if let Some(pause) =
        older.not_before.and_then(|then| then.checked_duration_since(now)).filter(|pause| !pause.is_zero())
    {
        return Ok(Turn::Rest(pause));
    }
    let Some(look) = planned(desk, session, older, look).await? else { return Ok(Turn::Idle) };
    let rate = usize::try_from(desk.config.backfill_rate()).unwrap_or(usize::MAX);
    let Some(plan) = older.plan.as_ref() else { return Ok(Turn::Idle) };
    let newest = plan.uids.last().copied().unwrap_or(0);
    let uids = plan.uids.get(plan.uids.len().saturating_sub(older.most(rate))..).unwrap_or_default();
    let is_readable = older.stumbled.0 != newest || older.stumbled.1 < MAX_STUMBLES;
    let worked = caught(slice::slice(desk, session, &look, (uids, plan.uids.len(), is_readable))).await;
    let dealt_with = match worked {
        Ok(dealt_with) => dealt_with,
        Err(trouble) => {
            if look::is_of_message(&trouble) {
                older.stumble(newest);
            }
            return Err(trouble);
        }
    };
    older.get_on(dealt_with, rate, now);
    let is_over = older.plan.as_ref().is_none_or(|plan| plan.uids.is_empty());
    tell(desk, older, &look, is_over).await?;
    Ok(Turn::Worked)
}

/// Whether the look may go on at present.
fn is_due(look: &Backfill) -> bool {
    look.state == State::Running
}

impl Older {
    /// How many messages the next slice may have, at so many a minute.
    fn most(&self, rate: usize) -> usize {
        let slice = if rate == 0 { SLICE } else { rate.div_ceil(SLICES_A_MINUTE).min(SLICE) };
        if self.stride == 0 { slice } else { slice.min(self.stride) }
    }

    /// The connection broke while the slice with this newest message was read.
    fn stumble(&mut self, newest: u32) {
        // Whether it was this message is known only if it was read alone.
        let is_alone = self.stride == 1;
        let times = if self.stumbled.0 == newest && is_alone { self.stumbled.1.saturating_add(1) } else { 0 };
        self.stumbled = (newest, times);
        self.stride = 1;
    }

    /// So many messages of the plan are dealt with.
    fn get_on(&mut self, messages: usize, rate: usize, begun: Instant) {
        if let Some(plan) = &mut self.plan {
            plan.uids.truncate(plan.uids.len().saturating_sub(messages));
        }
        self.stride = if SLICE / 2 < self.stride { 0 } else { self.stride.saturating_mul(2) };
        let messages = u64::try_from(messages).unwrap_or(u64::MAX);
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        self.not_before =
            messages.saturating_mul(60_000).checked_div(rate).map(|rest| begun + Duration::from_millis(rest));
    }
}

/// The look, with a plan for it. `None` if there is nothing to look at, or not in this numbering yet.
async fn planned(
    desk: &Desk,
    session: &mut Session,
    older: &mut Older,
    look: Backfill,
) -> Result<Option<Backfill>, Trouble> {
    let id = desk.id;
    let Some(selected) = session.selected().filter(|selected| selected.folder == FolderName::inbox()) else {
        return Ok(None);
    };
    let uid_validity = selected.uid_validity;
    if older.plan.as_ref().is_some_and(|plan| plan.is_of(&look, uid_validity)) {
        return Ok(Some(look));
    }
    older.plan = None;
    let state = desk.shared.store.run(move |db| folder::folder_state(db, id, "INBOX")).await?;
    let Some(state) = state.filter(|state| state.uid_validity == uid_validity) else { return Ok(None) };
    let is_begun = look.uid_validity == uid_validity && look.low_water != 0;
    let below = if is_begun { look.low_water } else { state.high_water.saturating_add(1) };
    let mut found = arrived_since(session, look.since.0).await?;
    // What is newer is looked at by itself.
    found.split_off(&below);
    let asked = look.clone();
    let counted = desk.shared.store.run(move |db| {
        let uids = backfill::not_judged(db, id, uid_validity, &found)?;
        let left = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        Ok((backfill::count(db, id, &asked, (uid_validity, below, left))?, uids))
    });
    let (Some(counted), uids) = counted.await? else { return Ok(None) };
    info!(account = id.0, messages = uids.len(), "older mail is looked at");
    if uids.is_empty() {
        tell(desk, older, &counted, true).await?;
        return Ok(None);
    }
    older.plan = Some(Plan { since: look.since, started_at: look.started_at, uid_validity, uids });
    Ok(Some(counted))
}

/// The UIDs of what arrived at that time (Unix seconds) or later.
async fn arrived_since(session: &mut Session, since: i64) -> Result<BTreeSet<u32>, Trouble> {
    let mut found = session.uids_since(since).await?;
    let certain = session.uids_since(since.saturating_add(2 * DAY_SECS)).await?;
    let doubtful: Vec<u32> = found.difference(&certain).copied().collect();
    drop(certain);
    let mut older = Vec::new();
    session
        .summaries_of(&doubtful, |summary| {
            older.extend(summary.internal_date.filter(|date| *date < since).map(|_| summary.uid));
        })
        .await?;
    for uid in older {
        found.remove(&uid);
    }
    Ok(found)
}

/// Says how far it has got, now and then.
async fn tell(desk: &Desk, older: &mut Older, look: &Backfill, is_over: bool) -> Result<(), Trouble> {
    if older.told_at.is_some_and(|told_at| told_at.elapsed() < TELL) && !is_over {
        return Ok(());
    }
    older.told_at = Some(Instant::now());
    let id = desk.id;
    let now = desk.shared.store.run(move |db| backfill::backfill(db, id)).await?;
    let now = now.as_ref().unwrap_or(look);
    let text = if now.state == State::Running {
        format!("Looking at older mail: {} of {}", grouped(now.done), grouped(now.total))
    } else {
        info!(account = id.0, looked_at = now.done, spam = now.found, "the look at older mail is over");
        "Watching the inbox".to_owned()
    };
    desk.shared.state(&desk.account.name, AccountState::Watching, &text);
    desk.shared.announce(Event::StatusChanged);
    desk.shared.announce(Event::MailChanged);
    Ok(())
}

#[cfg(test)]
mod tests;
