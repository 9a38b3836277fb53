//! What something costs, in CPU time of the thread that does it: what else the machine does counts little.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time of this thread until now.
pub(crate) fn now() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanoseconds) = (u64::try_from(now.tv_sec), u32::try_from(now.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), nanoseconds.unwrap_or_default())
}

/// What `work` returns, and its CPU time.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = now();
    let made = work();
    (made, now().saturating_sub(begun))
}
