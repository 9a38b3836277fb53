//! How many logins a provider bears, as arithmetic without a clock.
//!
//! Providers lock out programs that log in again and again, also when every login succeeds: at Outlook one a minute with a
//! burst of two is known to be safe, and Delta Chat (chatmail/core, `imap.rs`) holds to that everywhere.

use std::{collections::VecDeque, time::Duration};

/// One login may be made every so often.
const EVERY: Duration = Duration::from_mins(1);

/// Logins that may be made one right after the other after a quiet time.
const BURST: u32 = 2;

/// Logins the person may ask for within [`EVERY`]. They know what they do, but a key may be stuck.
const MOST_OF_PERSON: usize = 10;

/// The logins of one account. Times are counted from any one moment in the past.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// From when on the whole burst may be made again.
    restored: Duration,
    /// The newest logins, at most [`MOST_OF_PERSON`].
    logins: VecDeque<Duration>,
}

impl Budget {
    /// How long a login at `now` has to wait; zero if it may be made. `is_of_person` if they asked for it.
    pub fn wait(&self, now: Duration, is_of_person: bool) -> Duration {
        if is_of_person {
            let full = self.logins.len() == MOST_OF_PERSON;
            return match self.logins.front() {
                Some(first) if full => first.saturating_add(EVERY).saturating_sub(now),
                Some(_) | None => Duration::ZERO,
            };
        }
        self.restored.saturating_sub(now).saturating_sub(EVERY.saturating_mul(BURST.saturating_sub(1)))
    }

    /// Counts a login at `now`, whether it succeeded or not. Times never go back.
    pub fn spend(&mut self, now: Duration) {
        // What the person asked for beyond the burst is not to be paid back.
        let most = now.saturating_add(EVERY.saturating_mul(BURST));
        self.restored = self.restored.max(now).saturating_add(EVERY).min(most);
        if self.logins.len() == MOST_OF_PERSON {
            self.logins.pop_front();
        }
        self.logins.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The times of logins wished for at these distances (in milliseconds) and by whom, each made as soon as it may be.
    fn logins(wishes: &[(u64, bool)]) -> Vec<Duration> {
        let mut budget = Budget::default();
        let mut now = Duration::ZERO;
        let mut made = Vec::new();
        for (distance, is_of_person) in wishes {
            now += Duration::from_millis(*distance);
            now += budget.wait(now, *is_of_person);
            assert_eq!(budget.wait(now, *is_of_person), Duration::ZERO, "the wait was long enough");
            budget.spend(now);
            made.push(now);
        }
        made
    }

    #[test]
    fn two_at_once_and_then_one_a_minute() {
        let times = logins(&[(0, false); 5]);
        assert_eq!(times, [0, 0, 60, 120, 180].map(secs));
    }

    #[test]
    fn after_a_quiet_time_there_are_two_again_and_not_more() {
        let times = logins(&[(0, false), (0, false), (600_000, false), (0, false), (0, false)]);
        assert_eq!(times, [0, 0, 600, 600, 660].map(secs));
    }

    #[test]
    fn the_person_does_not_wait_and_tamis_need_not_make_up_for_them() {
        let mut budget = Budget::default();
        for _ in 0..9 {
            assert_eq!(budget.wait(secs(5), true), Duration::ZERO);
            budget.spend(secs(5));
        }
        assert_eq!(budget.wait(secs(5), false), EVERY);
        budget.spend(secs(6));
        assert_eq!(budget.wait(secs(6), true), secs(59), "ten a minute are enough for anyone");
        assert_eq!(budget.wait(secs(65), true), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn by_itself_it_never_logs_in_more_often_than_providers_bear(
            distances in proptest::collection::vec(0..90_000_u64, 0..40),
        ) {
            let wishes: Vec<_> = distances.into_iter().map(|distance| (distance, false)).collect();
            let times = logins(&wishes);
            for (first, from) in times.iter().enumerate() {
                for (last, to) in times.iter().enumerate().skip(first) {
                    let most = u128::from(BURST) + to.saturating_sub(*from).as_millis() / EVERY.as_millis();
                    prop_assert!((last - first + 1) as u128 <= most, "{times:?}");
                }
            }
            for three in times.windows(3) {
                prop_assert!(three[0] + EVERY <= three[2], "a minute after the one before the last: {times:?}");
            }
        }

        #[test]
        fn whoever_wishes_there_are_at_most_ten_a_minute_and_no_wait_is_longer(
            wishes in proptest::collection::vec((0..20_000_u64, any::<bool>()), 0..60),
        ) {
            let times = logins(&wishes);
            for eleven in times.windows(MOST_OF_PERSON + 1) {
                prop_assert!(eleven[0] + EVERY <= eleven[MOST_OF_PERSON], "{times:?}");
            }
            let mut wished = Duration::ZERO;
            for ((distance, _), time) in wishes.iter().zip(&times) {
                wished += Duration::from_millis(*distance);
                prop_assert!(*time <= wished + EVERY, "{wished:?}: {times:?}");
                wished = *time;
            }
        }
    }
}
