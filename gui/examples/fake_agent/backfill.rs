//! A pretended look at older mail, which gets on with the clock.

use std::time::Instant;

use tamis_core::api::{BackfillStatus, Steer};

/// Messages a day of the pretended inbox, and how many of them are looked at in a second.
const A_DAY: u32 = 40;
const A_SECOND: f64 = 25.0;

/// One look.
pub(crate) struct Backfill {
    days: u32,
    /// Messages looked at until `since`.
    done: u32,
    /// Since when it runs; `None` while it does not.
    since: Option<Instant>,
    is_ended: bool,
}

impl Backfill {
    pub(crate) fn start(days: u32) -> Self {
        Self { days, done: 0, since: Some(Instant::now()), is_ended: false }
    }

    pub(crate) fn steer(&mut self, steer: Steer) {
        self.done = self.status().done;
        self.since = (steer == Steer::Resume).then(Instant::now);
        self.is_ended = steer == Steer::Stop;
    }

    pub(crate) fn status(&self) -> BackfillStatus {
        let total = self.days * A_DAY;
        let steps = self.since.map_or(0.0, |since| since.elapsed().as_secs_f64() * A_SECOND);
        // A number of steps is small and positive.
        let steps = (0..total).take_while(|&step| f64::from(step) < steps).count();
        let done = (self.done + u32::try_from(steps).unwrap()).min(total);
        let is_ended = self.is_ended || done == total;
        BackfillStatus {
            days: self.days,
            total,
            done,
            found: done / 9,
            is_paused: self.since.is_none() && !is_ended,
            is_ended,
        }
    }
}
