//! A simulated year of mail, by a fixed clock.

use std::collections::BTreeMap;

use super::{Estimate, Fate, Grade, Network, Record, Standing, Standings, Subject, Track, WEEK_SECS};
use crate::{learn::Label, mail::UnixTime};

const DAY: i64 = 86_400;
const START: i64 = 1_790_000_000;

const HAM: Fate = Fate::Said(Label::Ham);
const SPAM: Fate = Fate::Said(Label::Spam);

fn day(day: i64) -> UnixTime {
    UnixTime(START + day * DAY)
}

/// Everything that is known of everybody.
#[derive(Default)]
struct World(BTreeMap<Subject, Record>);

impl World {
    fn add(&mut self, track: &Track, at: UnixTime, fate: Fate) {
        for subject in track.subjects() {
            self.0.entry(subject).or_default().add(at, fate);
        }
    }

    fn take(&mut self, track: &Track, at: UnixTime, fate: Fate) {
        for subject in track.subjects() {
            self.0.entry(subject).or_default().take(at, fate);
        }
    }

    fn seen(&self, track: &Track, now: UnixTime) -> Standings {
        Standings::of(track, &self.0, now)
    }

    fn sender(&self, track: &Track, now: UnixTime) -> Grade {
        self.seen(track, now).sender.unwrap().grade
    }

    fn relay(&self, track: &Track, now: UnixTime) -> Grade {
        self.seen(track, now).relay.unwrap().grade
    }
}

fn track(address: &str, ip: &str) -> Track {
    Track { sender: Some(Subject::Address(address.to_owned())), relay: Some(Network::of_relay(ip.parse().unwrap())) }
}

fn news() -> Track {
    track("news@shop.example", "192.0.2.7")
}

/// What one subject is after so many words of each kind, all of today.
fn told(ham: u32, spam: u32) -> Standing {
    let mut record = Record::default();
    (0..ham).for_each(|_| record.add(day(0), HAM));
    (0..spam).for_each(|_| record.add(day(0), SPAM));
    Standing::of(Subject::Relay(news().relay.unwrap()), Some(&record), None, day(0))
}

fn hundredths(estimate: &Estimate) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "-100 to 100")]
    let whole = (estimate.firmness() * 100.0).round() as i64;
    whole
}

#[test]
fn what_is_said_more_often_is_surer_and_both_ways_alike() {
    let firm = [0, 1, 2, 3, 5, 7, 20, 1000].map(|n| hundredths(&told(0, n).estimate));
    assert_eq!(firm, [0, 0, 29, 45, 62, 71, 89, 100]);
    let firm = [0, 1, 2, 3, 5, 7, 20, 1000].map(|n| hundredths(&told(n, 0).estimate));
    assert_eq!(firm, [0, 0, -29, -45, -62, -71, -89, -100]);
    for (ham, spam, want) in [
        (0, 1, Grade::Open),
        (0, 2, Grade::Doubted),
        (0, 7, Grade::Bad),
        (2, 0, Grade::Fair),
        (7, 0, Grade::Good),
        (20, 20, Grade::Open),
        (1, 30, Grade::Bad),
        (300, 30, Grade::Good),
    ] {
        assert_eq!(told(ham, spam).grade, want, "{ham} {spam}");
    }
}

#[test]
fn of_whom_nothing_is_known_nothing_is_said_however_bad_the_neighbours() {
    let mut world = World::default();
    let bad = track("a@spam.example", "192.0.9.1");
    (0..200).for_each(|n| world.add(&bad, day(n % 30), SPAM));
    let cold = world.seen(&track("b@spam.example", "192.0.2.1"), day(31));
    assert_eq!(cold.relay.unwrap().grade, Grade::Cold);
    assert_eq!(cold.sender.unwrap().grade, Grade::Cold);
    // That is said of the neighbours, by itself.
    assert_eq!(cold.network.unwrap().grade, Grade::Bad);
    assert_eq!(cold.domain.unwrap().grade, Grade::Bad);
    assert_eq!(world.relay(&bad, day(31)), Grade::Bad);
}

#[test]
fn among_bad_neighbours_one_word_weighs_more_but_good_mail_is_known_as_good() {
    let mut world = World::default();
    (0..50).for_each(|n| world.add(&track("a@spam.example", &format!("192.0.9.{n}")), day(0), SPAM));
    let own = track("kim@kim.example", "192.0.2.1");
    world.add(&own, day(1), SPAM);
    assert_eq!(world.relay(&own, day(1)), Grade::Doubted);
    let other = track("lee@lee.example", "192.0.3.1");
    (0..40).for_each(|_| world.add(&other, day(1), HAM));
    assert_eq!(world.relay(&other, day(1)), Grade::Good);
}

#[test]
fn the_age_of_a_word_halves_it_each_season_and_after_two_years_nothing_is_left() {
    let mut world = World::default();
    (0..20).for_each(|_| world.add(&news(), day(0), SPAM));
    let after = [0, 90, 180, 360, 540, 720].map(|days| world.sender(&news(), day(days)));
    assert_eq!(after, [Grade::Bad, Grade::Bad, Grade::Doubted, Grade::Open, Grade::Open, Grade::Open]);
    let shares = [0, 90, 180].map(|days| world.0.values().next().unwrap().shares(day(days)).spam.round());
    assert_eq!(shares.map(|share| format!("{share}")), ["20", "10", "5"]);
    const { assert!(720 / 7 < Record::FORGOTTEN_WEEKS) };
}

#[test]
fn a_clock_that_went_back_and_mail_from_the_future_count_no_more_than_today() {
    let mut world = World::default();
    (0..3).for_each(|_| world.add(&news(), day(3000), SPAM));
    assert_eq!(world.sender(&news(), day(0)), Grade::Doubted);
    let mut record = Record::default();
    for at in [i64::MIN, -1, i64::MAX] {
        record.add(UnixTime(at), SPAM);
    }
    for now in [i64::MIN, 0, i64::MAX] {
        assert!(record.shares(UnixTime(now)).spam.is_finite());
    }
}

/// We take a newsletter for spam, all year long, and nobody notices: nobody looks into Junk.
#[test]
fn a_wrong_verdict_of_ours_locks_nobody_in() {
    let mut world = World::default();
    for week in 0..52 {
        let now = day(week * 7);
        let seen = world.seen(&news(), now);
        for standing in [seen.sender, seen.domain, seen.relay, seen.network].into_iter().flatten() {
            let want = if week == 0 { Grade::Cold } else { Grade::Open };
            assert_eq!((standing.grade, hundredths(&standing.estimate)), (want, 0), "week {week}: {standing:?}");
        }
        world.add(&news(), now, Fate::JudgedSpam);
    }
    // Two of them taken out of Junk tell more than all our verdicts.
    for week in [50, 51] {
        world.take(&news(), day(week * 7), Fate::JudgedSpam);
        world.add(&news(), day(week * 7), HAM);
    }
    assert_eq!(world.sender(&news(), day(364)), Grade::Fair);
}

/// A relay of all sorts: what is read came by it, and what we filed, rightly or wrongly.
#[test]
fn what_we_filed_takes_a_good_name_from_a_relay_and_gives_it_no_bad_one() {
    let mut world = World::default();
    (0..20).for_each(|n| world.add(&news(), day(n), HAM));
    assert_eq!(world.relay(&news(), day(20)), Grade::Good);
    let other = track("offers@other.example", "192.0.2.9");
    for (filed, want) in [(1, Grade::Good), (20, Grade::Open), (1000, Grade::Open)] {
        (0..filed).for_each(|n| world.add(&other, day(n % 20), Fate::JudgedSpam));
        assert_eq!(world.relay(&news(), day(20)), want, "{filed}");
        assert_eq!((world.sender(&news(), day(20)), world.sender(&other, day(20))), (Grade::Good, Grade::Open));
    }
}

/// We let a spammer pass all year long. That makes no friend of it.
#[test]
fn what_we_let_pass_by_mistake_earns_no_trust() {
    let mut world = World::default();
    (0..365).for_each(|n| world.add(&news(), day(n), Fate::JudgedHam));
    assert_eq!(world.sender(&news(), day(365)), Grade::Open);
    (0..3).for_each(|_| world.add(&news(), day(365), SPAM));
    assert_eq!(world.sender(&news(), day(365)), Grade::Doubted);
}

#[test]
fn who_is_read_for_weeks_earns_trust_and_loses_it_with_the_first_that_is_called_spam() {
    let mut world = World::default();
    let mut is_read = Vec::new();
    for week in 0..52 {
        world.add(&news(), day(week * 7), Fate::Read);
        is_read.push(world.seen(&news(), day(week * 7)).sender.unwrap().is_read);
    }
    assert_eq!(is_read.iter().filter(|is_read| !**is_read).count(), 3, "{is_read:?}");
    assert!(is_read[3..].iter().all(|is_read| *is_read));
    assert_eq!(world.sender(&news(), day(364)), Grade::Good);
    world.take(&news(), day(51 * 7), Fate::Read);
    world.add(&news(), day(51 * 7), SPAM);
    let seen = world.seen(&news(), day(364)).sender.unwrap();
    assert!(!seen.is_read && seen.grade == Grade::Open, "{seen:?}");
    // Of the others that send by the same relay it says little.
    assert_eq!(world.relay(&news(), day(364)), Grade::Fair);
    // Many at once are not weeks.
    let mut world = World::default();
    (0..30).for_each(|_| world.add(&news(), day(0), Fate::Read));
    assert!(!world.seen(&news(), day(1)).sender.unwrap().is_read);
}

#[test]
fn a_correction_takes_the_wrong_count_back_to_the_last_bit() {
    let mut right = World::default();
    let mut wrong = World::default();
    for n in 0..40 {
        let (at, fate) = (day(n * 9), if n % 7 == 0 { SPAM } else { HAM });
        right.add(&news(), at, fate);
        for mistake in [Fate::JudgedSpam, SPAM, Fate::Read] {
            wrong.add(&news(), at, mistake);
            wrong.take(&news(), at, mistake);
        }
        wrong.add(&news(), at, fate);
    }
    assert_eq!(right.0, wrong.0);
    assert_eq!(right.seen(&news(), day(365)), wrong.seen(&news(), day(365)));
}

#[test]
fn a_sender_that_changes_is_known_as_what_it_is_now() {
    let mut world = World::default();
    // Sold in the middle of the year; the person takes it for spam from then on.
    for week in 0..26 {
        world.add(&news(), day(week * 7), HAM);
    }
    assert_eq!(world.sender(&news(), day(26 * 7)), Grade::Good);
    let turned = (26..52).find(|week| {
        world.add(&news(), day(week * 7), SPAM);
        world.sender(&news(), day(week * 7)) >= Grade::Doubted
    });
    assert!(turned.is_some_and(|week| week < 26 + 6), "{turned:?}");
    const { assert!(WEEK_SECS == 7 * DAY) };
}
