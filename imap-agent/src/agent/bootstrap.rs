//! Learns from the mail that is there, if the person wants that: what lies in Junk is spam, what they have read, answered or
//! left lying for a week elsewhere is wanted, and whoever they have written to is a peer.
//!
//! ```text
//! plan    which messages, folder by folder: only lists them        ─▶ a rehearsal ends here
//! sent    whom the person writes to, by the way of agent/sent
//! slice   the next ones, in the order in which they arrived: read, judged by what was learned before, learned
//! ```
//!
//! It works whenever an account has nothing else to do, and after each slice the inbox is looked at. What became of a slice
//! is stored in one step, so it goes on after whatever interrupts it.

mod plan;
mod slice;

use std::{collections::BTreeMap, time::Duration};

use tamis_core::{
    api::{Event, LearningStatus, RefusedKind, Reply, Steer},
    config::Account,
};
use tokio::time::Instant;
use tracing::info;

use self::plan::Draft;
use super::{
    Agent, Shared,
    account::Order,
    backfill::Turn,
    desk::{Desk, Trouble},
    fault::caught,
    held,
    look::is_of_message,
    sent::{self, SentFolder},
};
use crate::{
    clock,
    mailbox::{FolderName, Session},
    network,
    store::{
        AccountId, StoreError,
        backfill::State,
        bootstrap::{self, Bootstrap, Next, Wish},
    },
};

/// The most messages of a slice. Before so many are learned, a slice has as many as were: a message is judged by what was
/// learned before its slice.
const SLICE: usize = 200;

/// The least, unless the connection broke.
const LEAST: usize = 10;

/// With a limit for each minute, a slice is this part of it.
const SLICES_A_MINUTE: usize = 6;

/// A message or a folder on which the connection breaks so often is passed over.
const MAX_STUMBLES: u32 = 3;

/// How often the windows are told how far it has got.
const TELL: Duration = Duration::from_secs(1);

/// How long it rests if the server is too busy for it.
const BUSY: Duration = Duration::from_mins(1);

/// So long nothing is read after a folder got new numbers.
const ANOTHER_NUMBERING: Duration = Duration::from_secs(5);

/// A pause between two slices that is longer than this is none that the next one will have, too.
const LONGEST_GAP: Duration = Duration::from_secs(30);

/// What is known of it in one account while the agent runs.
#[derive(Debug, Default)]
pub(super) struct Learning {
    draft: Option<Draft>,
    /// How many messages the next slice may have; 0: as many as usual. After a broken connection it starts with one.
    stride: usize,
    /// The message on which the connection broke last, and how often.
    stumbled: (Option<(i64, u32)>, u32),
    /// How often the connection broke while a folder was listed.
    broken: BTreeMap<FolderName, u32>,
    /// When the next slice may begin.
    not_before: Option<Instant>,
    /// When the last slice ended.
    worked_at: Option<Instant>,
    told_at: Option<Instant>,
}

/// The person wants to learn from what is there, or to know what that would be.
pub(super) async fn begin(agent: &Agent, name: &str, wish: Wish) -> Result<Reply, StoreError> {
    let Some(id) = held::number(agent, name) else { return Ok(held::no_account(name)) };
    if !agent.shared.store.run(move |db| bootstrap::start(db, id, wish, clock::now())).await? {
        let text = format!("learning from the mail of `{name}` is under way already: stop it before you begin anew");
        return Ok(Reply::Refused { text, kind: RefusedKind::Person });
    }
    wake(agent, id);
    let text = if wish.is_rehearsal {
        format!("counting what there is to learn from in `{name}`; nothing is learned by that")
    } else {
        format!("learning from the mail that is there in `{name}`; nothing is moved or marked by that")
    };
    Ok(Reply::Done { text, undo: None })
}

/// The person wants it to pause, go on, or end.
pub(super) async fn steer(agent: &Agent, name: &str, steer: Steer) -> Result<Reply, StoreError> {
    let Some(id) = held::number(agent, name) else { return Ok(held::no_account(name)) };
    if !agent.shared.store.run(move |db| bootstrap::steer(db, id, steer, clock::now())).await? {
        let text = format!("no learning from the mail of `{name}` is under way");
        return Ok(Reply::Refused { text, kind: RefusedKind::Person });
    }
    wake(agent, id);
    let what = match steer {
        Steer::Pause => "pauses",
        Steer::Resume => "goes on",
        Steer::Stop => "has ended; what was learned so far stays learned",
    };
    Ok(Reply::Done { text: format!("learning from the mail of `{name}` {what}"), undo: None })
}

/// How far it has got, for the person; `None` if it was never asked for.
pub(super) async fn status(
    shared: &Shared,
    account: Option<&Account>,
    id: AccountId,
) -> Result<Option<LearningStatus>, StoreError> {
    let Some(report) = shared.store.run(move |db| bootstrap::report(db, id)).await? else { return Ok(None) };
    let mut status = report.status;
    let shown = |wire: &str| match wire {
        "INBOX" => crate::tongue::inbox().to_owned(),
        wire => FolderName::from_wire(wire).shown().into_owned(),
    };
    for folder in &mut status.folders {
        folder.name = shown(&folder.name);
    }
    for doubt in &mut status.doubts {
        doubt.folder = shown(&doubt.folder);
    }
    // So many a minute are not exceeded, however fast the first ones went.
    let rate = account.map_or(0, |account| rate_of(shared, account));
    let ms_by_rate = 60_000_i64.checked_div(i64::try_from(rate).unwrap_or(0)).unwrap_or(0);
    let is_under_way = !status.is_ended && status.is_planned;
    if let Some(ms_each) = report.ms_each.filter(|_| is_under_way) {
        let left = i64::from(status.total.saturating_sub(status.done));
        let ms = left.saturating_mul(ms_each.max(ms_by_rate));
        status.seconds_left = u32::try_from(ms.saturating_add(999) / 1000).ok();
    }
    Ok(Some(status))
}

/// Messages a minute; 0: as fast as it goes. A server on this machine has no provider that minds.
fn rate_of(shared: &Shared, account: &Account) -> usize {
    if network::is_this_machine(&account.host) {
        return 0;
    }
    usize::try_from(shared.config().backfill_rate()).unwrap_or(usize::MAX)
}

/// Lets the account see what has changed.
fn wake(agent: &Agent, id: AccountId) {
    if let Some((_, orders)) = agent.shared.orders_of(id) {
        // A full queue means that the account is about to look anyway.
        orders.try_send(Order::Perform).ok();
    }
    agent.shared.announce(Event::StatusChanged);
}

/// Does the next piece, if there is one and it is time.
pub(super) async fn turn(
    desk: &Desk,
    session: &mut Session,
    (learning, sent): (&mut Learning, &mut SentFolder),
) -> Result<Turn, Trouble> {
    let id = desk.id;
    let task = desk.shared.store.run(move |db| bootstrap::bootstrap(db, id)).await?;
    let Some(task) = task.filter(|task| task.state == State::Running) else {
        *learning = Learning::default();
        return Ok(Turn::Idle);
    };
    if desk.shared.is_metered() && !network::is_this_machine(&desk.account.host) {
        // It goes on by itself where the network costs nothing.
        return Ok(Turn::Idle);
    }
    let pause = learning.not_before.and_then(|then| then.checked_duration_since(Instant::now()));
    if let Some(pause) = pause.filter(|pause| !pause.is_zero()) {
        return Ok(Turn::Rest(pause));
    }
    let worked = if !task.is_planned {
        caught(plan::advance(desk, session, (&task, learning))).await
    } else if sent::has_more(desk, sent) {
        caught(sent::look_back(desk, session, sent)).await.map(|()| Turn::Worked)
    } else {
        caught(next_slice(desk, session, (&task, learning))).await
    };
    tell(desk, learning).await?;
    worked
}

/// Reads and learns the next slice.
async fn next_slice(
    desk: &Desk,
    session: &mut Session,
    (task, learning): (&Bootstrap, &mut Learning),
) -> Result<Turn, Trouble> {
    let (id, begun) = (desk.id, Instant::now());
    let rate = rate_of(&desk.shared, &desk.account);
    let most = learning.most(usize::try_from(task.done).unwrap_or(usize::MAX), rate);
    let next = desk.shared.store.run(move |db| bootstrap::next(db, id, most)).await?;
    let Some(first) = next.first().map(place) else { return Ok(Turn::Idle) };
    let is_readable = learning.stumbled.0 != Some(first) || learning.stumbled.1 < MAX_STUMBLES;
    let since = learning.worked_at.filter(|at| begun.duration_since(*at) <= LONGEST_GAP).unwrap_or(begun);
    let sliced = caught(slice::slice(desk, session, task, (next, since, is_readable))).await;
    match sliced {
        Ok(slice::Sliced::Done(messages)) => {
            learning.get_on(messages, rate, begun);
            Ok(Turn::Worked)
        }
        // A server that does so each time must not keep both sides busy.
        Ok(slice::Sliced::Renumbered) => {
            learning.not_before = Some(Instant::now() + ANOTHER_NUMBERING);
            Ok(Turn::Rest(ANOTHER_NUMBERING))
        }
        Ok(slice::Sliced::Busy) => {
            learning.not_before = Some(Instant::now() + BUSY);
            Ok(Turn::Rest(BUSY))
        }
        Err(trouble) => {
            if is_of_message(&trouble) {
                learning.stumble(first);
            }
            Err(trouble)
        }
    }
}

fn place(next: &Next) -> (i64, u32) {
    (next.folder_id, next.uid)
}

impl Learning {
    /// How many messages the next slice may have, with so many done, at so many a minute.
    fn most(&self, done: usize, rate: usize) -> usize {
        let usual = done.clamp(LEAST, SLICE);
        let slice = if rate == 0 { usual } else { usual.min(rate.div_ceil(SLICES_A_MINUTE)) };
        if self.stride == 0 { slice } else { slice.min(self.stride) }
    }

    /// The connection broke while the slice with this first message was read.
    fn stumble(&mut self, first: (i64, u32)) {
        // Whether it was this message is known only if it was read alone.
        let is_alone = self.stride == 1;
        let times = if self.stumbled.0 == Some(first) && is_alone { self.stumbled.1.saturating_add(1) } else { 0 };
        self.stumbled = (Some(first), times);
        self.stride = 1;
    }

    /// A slice of so many messages is dealt with.
    fn get_on(&mut self, messages: usize, rate: usize, begun: Instant) {
        self.stride = if SLICE / 2 < self.stride { 0 } else { self.stride.saturating_mul(2) };
        let messages = u64::try_from(messages).unwrap_or(u64::MAX);
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        let rest = messages.saturating_mul(60_000).checked_div(rate);
        self.not_before = rest.map(|rest| begun + Duration::from_millis(rest));
        self.worked_at = Some(Instant::now());
    }
}

/// Says how far it has got, now and then.
async fn tell(desk: &Desk, learning: &mut Learning) -> Result<(), Trouble> {
    let id = desk.id;
    let task = desk.shared.store.run(move |db| bootstrap::bootstrap(db, id)).await?;
    let is_over = task.as_ref().is_some_and(|task| task.state == State::Ended);
    if let Some(task) = task.filter(|_| is_over) {
        info!(
            account = id.0,
            messages = task.done,
            is_rehearsal = task.is_rehearsal,
            "learning from what is there is over"
        );
    }
    if is_over || learning.told_at.is_none_or(|told_at| TELL <= told_at.elapsed()) {
        learning.told_at = Some(Instant::now());
        desk.shared.announce(Event::StatusChanged);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
