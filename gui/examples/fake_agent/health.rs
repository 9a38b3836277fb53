//! How the pretended accounts are connected, and the pretended pause.

use jiff::Timestamp;
use tamis_core::api::{AccountHealth, AccountState, Hears, PauseFor};

/// Seconds in an hour.
const HOUR: i64 = 3_600;

/// An account that was looked at a few minutes ago.
pub(crate) fn of(state: AccountState) -> AccountHealth {
    let looked_at = Timestamp::now().as_second() - 240;
    if state == AccountState::Watching {
        AccountHealth { looked_at, hears: Hears::AtOnce, pending: 0 }
    } else {
        AccountHealth { looked_at: looked_at - HOUR, hears: Hears::Nothing, pending: 2 }
    }
}

/// Until when a pause is.
pub(crate) fn until(pause: PauseFor) -> i64 {
    match pause {
        PauseFor::Hour => Timestamp::now().as_second() + HOUR,
        PauseFor::Tomorrow => Timestamp::now().as_second() + 24 * HOUR,
        PauseFor::Told => 0,
    }
}
