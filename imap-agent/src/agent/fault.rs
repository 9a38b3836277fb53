//! A fault in Tamis itself costs the piece of work at hand, and neither the account nor the agent.
//!
//! ```text
//! caught       one message or one intent: the panic is a trouble like others, and is counted like others
//! supervised   all else of an account: the person is told, and it begins anew after a rest
//! ```
//!
//! What a panic says may quote mail, so nobody here looks at it; where it was is in the log ([`crate::panics`]).

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};

use super::desk::Trouble;
use crate::words::count;

/// How long an account rests after a fault; twice as long after each further one.
const FIRST_REST: Duration = Duration::from_mins(1);

/// The longest rest. Whoever has worked for so long without a fault begins with the first again.
const LONGEST_REST: Duration = Duration::from_hours(1);

/// Does this work. A panic in it is [`Trouble::Fault`]; a command that it broke off leaves the session unusable.
pub(super) fn caught<T>(work: impl Future<Output = Result<T, Trouble>>) -> impl Future<Output = Result<T, Trouble>> {
    // The work of a whole message: on the heap, as it would make the tasks of all who call this large.
    let work = Box::pin(AssertUnwindSafe(work).catch_unwind());
    async { work.await.unwrap_or(Err(Trouble::Fault)) }
}

/// Lets `attend` work until it ends by itself, or `stop` says so while it rests. If it panics, `tell` says how long it
/// rests, and then it begins anew with the same orders. Those that come while it rests are put away: whoever begins looks
/// for everything there is to do, and whoever waits for an answer is told at once that there is none.
pub(super) async fn supervised<O>(
    mut orders: mpsc::Receiver<O>,
    mut stop: watch::Receiver<bool>,
    mut attend: impl for<'a> FnMut(&'a mut mpsc::Receiver<O>, watch::Receiver<bool>) -> BoxFuture<'a, ()>,
    tell: impl Fn(Duration),
) {
    let mut rest = FIRST_REST;
    loop {
        let begun = Instant::now();
        if AssertUnwindSafe(attend(&mut orders, stop.clone())).catch_unwind().await.is_ok() {
            return;
        }
        if LONGEST_REST <= begun.elapsed() {
            rest = FIRST_REST;
        }
        tell(rest);
        tokio::select! {
            biased;
            _ = stop.wait_for(|stops| *stops) => return,
            () = sleep(rest) => {}
            () = put_away(&mut orders) => return,
        }
        rest = rest.saturating_mul(2).min(LONGEST_REST);
    }
}

/// Drops every order, until nobody is left who could send one.
async fn put_away<O>(orders: &mut mpsc::Receiver<O>) {
    while orders.recv().await.is_some() {}
}

/// What the person is told of an account that rests.
pub(super) fn resting(rest: Duration) -> String {
    let minutes = count(usize::try_from(rest.as_secs() / 60).unwrap_or(usize::MAX), "minute");
    format!("Tamis made a mistake while it worked on this account, and begins anew in {minutes}")
}

#[cfg(test)]
mod tests;
