//! A pause: nothing is judged or filed, what the person asks for is done, and afterwards all that came is looked at.
//!
//! How far an account was looked at stays as it is meanwhile, so nothing that comes is missed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use tamis_core::api::{Event, PauseFor, Reply};
use tokio::sync::Notify;
use tracing::{info, warn};

use super::{Agent, Shared, account::Order};
use crate::{
    clock,
    store::{StoreError, pause},
};

/// How long a pause is slept through at most: the machine may sleep meanwhile.
const NAP: Duration = Duration::from_secs(20);

/// When the next day begins for who says "until tomorrow".
const MORNING: i8 = 6;

/// Seconds in an hour.
const HOUR: i64 = 3_600;

/// Until when there is a pause.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    until: Mutex<Option<i64>>,
    is_changed: Notify,
}

impl Shared {
    /// Until when nothing is judged, Unix seconds; 0: until the person says so; `None`: all goes on.
    pub(crate) fn paused_until(&self) -> Option<i64> {
        let until = *self.pause.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|&until| until == 0 || clock::now().0 < until)
    }

    /// Takes up what was kept.
    pub(super) async fn remember_pause(&self) -> Result<(), StoreError> {
        let until = self.store.run(|db| pause::paused_until(db)).await?;
        self.set_pause(until);
        Ok(())
    }

    fn set_pause(&self, until: Option<i64>) {
        *self.pause.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        self.pause.is_changed.notify_one();
    }

    /// Everything is looked at, or rests, from now on.
    fn tell_accounts(&self) {
        for orders in self.all_orders() {
            // An account whose queue is full looks anyway.
            orders.try_send(Order::Look).ok();
        }
        self.announce(Event::StatusChanged);
    }
}

/// Begins a pause.
pub(crate) async fn begin(agent: &Agent, wanted: PauseFor) -> Result<Reply, StoreError> {
    let now = clock::now().0;
    let (until, text) = match wanted {
        PauseFor::Hour => (now + HOUR, "Filtering is paused for an hour".to_owned()),
        PauseFor::Tomorrow => (tomorrow(now), "Filtering is paused until tomorrow morning".to_owned()),
        PauseFor::Told => (0, "Filtering is paused until you go on".to_owned()),
    };
    set(agent, Some(until)).await?;
    info!("paused");
    Ok(Reply::Done { text, undo: None })
}

/// Ends it.
pub(crate) async fn end(agent: &Agent) -> Result<Reply, StoreError> {
    set(agent, None).await?;
    info!("the pause is over");
    let text = "Filtering goes on, with what has come meanwhile".to_owned();
    Ok(Reply::Done { text, undo: None })
}

async fn set(agent: &Agent, until: Option<i64>) -> Result<(), StoreError> {
    agent.shared.store.run(move |db| pause::keep_pause(db, until)).await?;
    agent.shared.set_pause(until);
    agent.shared.tell_accounts();
    Ok(())
}

/// Ends a pause when its time has come.
#[expect(clippy::infinite_loop, reason = "it follows until it is aborted")]
pub(super) async fn ends_by_itself(shared: Arc<Shared>) {
    loop {
        let until = *shared.pause.until.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.filter(|&until| until != 0).map(|until| until - clock::now().0);
        match left {
            None => shared.pause.is_changed.notified().await,
            Some(left) if 0 < left => {
                let left = Duration::from_secs(left.unsigned_abs()).min(NAP);
                // A pause that is changed meanwhile is looked at anew.
                tokio::time::timeout(left, shared.pause.is_changed.notified()).await.ok();
            }
            Some(_) => {
                shared.set_pause(None);
                if let Err(err) = shared.store.run(|db| pause::keep_pause(db, None)).await {
                    warn!(%err, "the end of the pause could not be kept");
                }
                info!("the pause has ended");
                shared.tell_accounts();
            }
        }
    }
}

/// The next six o'clock in the morning that is not of today.
fn tomorrow(now: i64) -> i64 {
    let zone = TimeZone::system();
    let today = Timestamp::from_second(now).map(|now| now.to_zoned(zone.clone()).date());
    let morning =
        today.and_then(|today| today.checked_add(1.day())).and_then(|day| day.at(MORNING, 0, 0, 0).to_zoned(zone));
    morning.map_or(now + 24 * HOUR, |morning| morning.timestamp().as_second())
}

/// What the status says of a pause: `until 14:05`, `until you go on`.
pub(crate) fn words(until: i64) -> String {
    if until == 0 {
        return "until you go on".to_owned();
    }
    let zone = TimeZone::system();
    let time = Timestamp::from_second(until).map(|until| until.to_zoned(zone.clone()));
    let today = clock::now().0;
    let today = Timestamp::from_second(today).map(|now| now.to_zoned(zone).date());
    match (time, today) {
        (Ok(time), Ok(today)) if time.date() == today => format!("until {}", time.strftime("%H:%M")),
        (Ok(time), _) => format!("until {}", time.strftime("%A, %H:%M")),
        (Err(_), _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tomorrow_is_the_next_morning_and_not_this_one() {
        let now = clock::now().0;
        let morning = Timestamp::from_second(tomorrow(now)).unwrap().to_zoned(TimeZone::system());
        let today = Timestamp::from_second(now).unwrap().to_zoned(TimeZone::system()).date();
        assert_eq!(morning.date(), today.tomorrow().unwrap());
        assert_eq!(morning.hour(), MORNING);
    }
}
