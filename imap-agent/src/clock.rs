//! The one place that asks what time it is.

use std::time::SystemTime;

use tamis_core::UnixTime;

/// Now, by the system's clock.
pub fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The nanoseconds of the present second: enough chance to spread waits.
pub fn subsec_nanos() -> u32 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().subsec_nanos()
}
