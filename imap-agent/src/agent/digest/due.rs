//! When a digest is due, by the person's calendar.

use jiff::{ToSpan as _, Zoned, civil::Weekday};
use tamis_core::{
    UnixTime,
    config::{Digest, Every},
};

/// A last digest that far in the future was sent while the clock was wrong.
const WRONG_CLOCK_SECS: i64 = 86_400;

/// Whether a digest is due at `now`, if everything was reported at `last` (0: never).
///
/// It is due at the set time of each day or Monday, and from then on until it is sent: a machine that was off sends it when
/// it is on again. A time that summer time leaves out is made up for an hour later; one that comes twice counts the first
/// time.
pub(super) fn is_due(now: &Zoned, last: UnixTime, digest: Digest) -> bool {
    let Some(set) = newest_time(now, digest) else { return false };
    let is_wrong = now.timestamp().as_second().saturating_add(WRONG_CLOCK_SECS) < last.0;
    last.0 < set || is_wrong
}

/// The newest set time that is not after `now`, Unix seconds.
fn newest_time(now: &Zoned, digest: Digest) -> Option<i64> {
    let (hour, minute) = (i8::try_from(digest.minute / 60).ok()?, i8::try_from(digest.minute % 60).ok()?);
    // Eight days back there is a Monday whose time is over.
    (0..=8).find_map(|back| {
        let date = now.date().checked_sub(back.days()).ok()?;
        let is_wanted = match digest.every {
            Every::Never => false,
            Every::Day => true,
            Every::Week => date.weekday() == Weekday::Monday,
        };
        let set = date.at(hour, minute, 0, 0).to_zoned(now.time_zone().clone()).ok()?;
        (is_wanted && set <= *now).then(|| set.timestamp().as_second())
    })
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};
    use proptest::prelude::*;

    use super::*;

    /// Rules as POSIX writes them, so that the test needs no table of the system's.
    const ZONES: [&str; 4] =
        ["CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "UTC0"];

    fn zoned(zone: &str, at: i64) -> Zoned {
        Timestamp::from_second(at).unwrap().to_zoned(TimeZone::posix(zone).unwrap())
    }

    fn at(text: &str) -> Zoned {
        let time: jiff::civil::DateTime = text.parse().unwrap();
        time.to_zoned(TimeZone::posix(ZONES[0]).unwrap()).unwrap()
    }

    fn last(text: &str) -> UnixTime {
        UnixTime(at(text).timestamp().as_second())
    }

    fn daily(minute: u16) -> Digest {
        Digest { every: Every::Day, minute, notifies: false }
    }

    #[test]
    fn a_daily_digest_is_due_once_its_time_has_come() {
        for (now, sent, want) in [
            ("2026-10-13T07:59:59", "2026-10-12T08:00:00", false),
            ("2026-10-13T08:00:00", "2026-10-12T08:00:00", true),
            ("2026-10-13T08:00:00", "2026-10-13T08:00:00", false),
            ("2026-10-13T23:00:00", "2026-10-13T07:59:00", true),
            ("2026-10-16T07:00:00", "2026-10-13T08:00:00", true),
            ("2026-10-13T07:59:58", "2026-10-13T08:00:00", false),
            ("2026-10-13T08:00:00", "2027-10-13T08:00:00", true),
        ] {
            assert_eq!(is_due(&at(now), last(sent), daily(480)), want, "{now} after {sent}");
        }
        assert!(is_due(&at("2026-10-13T08:00:00"), UnixTime(0), daily(480)));
    }

    #[test]
    fn a_weekly_digest_is_due_from_monday_on() {
        let weekly = Digest { every: Every::Week, ..daily(480) };
        for (now, sent, want) in [
            ("2026-10-12T07:59:00", "2026-10-05T08:00:00", false),
            ("2026-10-12T08:00:00", "2026-10-05T08:00:00", true),
            ("2026-10-18T07:00:00", "2026-10-12T08:00:00", false),
            ("2026-10-15T12:00:00", "2026-10-05T08:00:00", true),
        ] {
            assert_eq!(is_due(&at(now), last(sent), weekly), want, "{now} after {sent}");
        }
    }

    #[test]
    fn never_is_never() {
        assert!(!is_due(&at("2026-10-13T08:00:00"), UnixTime(0), Digest { every: Every::Never, ..daily(0) }));
    }

    #[test]
    fn summer_time_neither_swallows_nor_doubles_a_digest() {
        // 02:30 does not exist on 29 March, and comes twice on 25 October.
        let half_past_two = daily(150);
        assert!(!is_due(&at("2026-03-29T01:59:00"), last("2026-03-28T02:30:00"), half_past_two));
        assert!(is_due(&at("2026-03-29T03:30:00"), last("2026-03-28T02:30:00"), half_past_two));
        let first = last("2026-10-25T02:30:00");
        for later in [1800, 3600, 7200] {
            assert!(!is_due(&zoned(ZONES[0], first.0 + later), first, half_past_two), "{later} seconds later");
        }
    }

    proptest! {
        #[test]
        fn over_years_there_is_one_for_each_set_time_the_machine_saw(
            zone in proptest::sample::select(&ZONES[..]),
            minute in 0_u16..1440,
            is_weekly in any::<bool>(),
            steps in proptest::collection::vec(1_i64..400_000, 1..400),
        ) {
            let every = if is_weekly { Every::Week } else { Every::Day };
            let digest = Digest { every, minute, notifies: false };
            let mut clock = 1_767_225_600;
            let mut sent = clock;
            for step in steps {
                let before = newest_time(&zoned(zone, clock), digest);
                clock += step;
                let now = zoned(zone, clock);
                let set = newest_time(&now, digest);
                prop_assert!(set.is_some_and(|set| set <= clock && clock - set <= 9 * 86_400));
                let is_sent = is_due(&now, UnixTime(sent), digest);
                // Everything was reported at the step before, so it is due exactly if a set time has come since.
                prop_assert_eq!(is_sent, before != set && set > Some(sent));
                if is_sent {
                    sent = clock;
                    prop_assert!(!is_due(&now, UnixTime(sent), digest), "never twice");
                    prop_assert!(!is_due(&zoned(zone, clock + 1), UnixTime(sent), digest)
                        || newest_time(&zoned(zone, clock + 1), digest) > set);
                }
            }
        }
    }
}
