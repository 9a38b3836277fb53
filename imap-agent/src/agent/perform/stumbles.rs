//! Intents on which the connection breaks again and again. Some servers hang up on a message they cannot cope with, and one
//! such message must not keep all the others waiting.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::store::IntentId;

/// So often in a row it may be the network's fault.
const SUSPICIOUS: u32 = 3;

/// How long one is left alone then; twice as long each time after.
const FIRST_REST: Duration = Duration::from_mins(10);

/// And at most.
const LONGEST_REST: Duration = Duration::from_hours(6);

/// How often the connection broke on which intent since the agent runs, and until when that one rests.
#[derive(Debug, Default)]
pub(crate) struct Stumbles(Mutex<BTreeMap<IntentId, Stumble>>);

#[derive(Clone, Copy, Debug, Default)]
struct Stumble {
    times: u32,
    until: Option<Instant>,
    /// The newest wish for the same message in that moment.
    newest: IntentId,
}

impl Stumbles {
    /// The connection broke on this one, while `newest` was the newest wish for its message. Returns whether it rests now.
    pub(super) fn lost(&self, intent: IntentId, newest: IntentId) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stumble = all.entry(intent).or_default();
        let times = stumble.times.saturating_add(1);
        let until = times.checked_sub(SUSPICIOUS).map(|times| Instant::now() + rest(times));
        *stumble = Stumble { times, until, newest };
        until.is_some()
    }

    /// The server has answered.
    pub(super) fn forget(&self, intent: IntentId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&intent);
    }

    /// Whether it rests. A wish that has come since is worth another try, but one only.
    pub(super) fn is_resting(&self, intent: IntentId, newest: IntentId) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&intent).is_some_and(|stumble| {
            newest <= stumble.newest && stumble.until.is_some_and(|until| Instant::now() < until)
        })
    }
}

fn rest(times: u32) -> Duration {
    FIRST_REST.saturating_mul(2_u32.saturating_pow(times)).min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_breaks_the_connection_again_and_again_rests_and_ever_longer() {
        let (stumbles, one, other) = (Stumbles::default(), IntentId(1), IntentId(2));
        assert_eq!([(); 3].map(|()| stumbles.lost(one, one)), [false, false, true]);
        assert!(stumbles.is_resting(one, one) && !stumbles.is_resting(other, other));
        let newest = IntentId(3);
        assert!(!stumbles.is_resting(one, newest), "the person wants something of it");
        stumbles.lost(one, newest);
        assert!(stumbles.is_resting(one, newest), "once");
        stumbles.forget(one);
        assert!(!stumbles.is_resting(one, one) && !stumbles.lost(one, one));

        assert_eq!([0, 1, 5, u32::MAX].map(|times| rest(times).as_secs() / 60), [10, 20, 320, 360]);
    }
}
