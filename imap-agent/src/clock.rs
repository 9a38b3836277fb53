//! The one place that asks what time it is.

use std::time::{Duration, Instant, SystemTime};

use tamis_core::UnixTime;

/// Connections survive a shorter sleep.
const SLEEP: Duration = Duration::from_mins(1);

/// Now, by the system's clock.
pub fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// A time as part of a file's name: `2026-11-27-232045`, in UTC.
pub fn stamp(at: UnixTime) -> String {
    let at = jiff::Timestamp::from_second(at.0).unwrap_or_default();
    at.strftime("%Y-%m-%d-%H%M%S").to_string()
}

/// The nanoseconds of the present second: enough chance to spread waits.
pub fn subsec_nanos() -> u32 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().subsec_nanos()
}

/// Both clocks of the system: one stands still while the machine sleeps.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    running: Instant,
    wall: SystemTime,
    asleep: Option<Duration>,
}

impl Clocks {
    /// Reads them.
    pub fn read() -> Self {
        Self { running: Instant::now(), wall: SystemTime::now(), asleep: asleep() }
    }

    /// Whether the machine has slept since then, for long enough that connections are dead.
    pub fn have_slept(&self) -> bool {
        let slept = match (self.asleep, asleep()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            // Somebody may have set the clock: a new connection does no harm.
            _ => self.wall.elapsed().unwrap_or_default().saturating_sub(self.running.elapsed()),
        };
        SLEEP < slept
    }
}

/// How long the machine has slept since it was started, if the system says so.
#[cfg(target_os = "linux")]
fn asleep() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    // In this order, so that the time between the two readings is not taken for sleep.
    let (all, running) = (clock_gettime(ClockId::Boottime), clock_gettime(ClockId::Monotonic));
    Some(Duration::try_from(all).ok()?.saturating_sub(Duration::try_from(running).ok()?))
}

#[cfg(not(target_os = "linux"))]
fn asleep() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_longer_sleep_is_sleep() {
        let awake = Clocks::read();
        assert!(!awake.have_slept());
        if let Some(asleep) = awake.asleep {
            // As if it had been read before the machine slept for as long as it ever did.
            let fresh = Clocks { asleep: Some(Duration::ZERO), ..awake };
            assert_eq!(fresh.have_slept(), SLEEP < asleep);
        }
        let earlier = SystemTime::now() - Duration::from_mins(2);
        assert!(Clocks { wall: earlier, asleep: None, ..awake }.have_slept());
        let nearly = SystemTime::now() - Duration::from_secs(50);
        assert!(!Clocks { wall: nearly, asleep: None, ..awake }.have_slept());
    }
}
