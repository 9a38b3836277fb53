//! Tests of how fast a look at older mail goes, and what it does where it cannot go on.

use super::*;

#[test]
fn a_limit_for_each_minute_is_kept() {
    for (rate, slice, rest) in [(0, 200, None), (600, 100, Some(10_000)), (6, 1, Some(10_000)), (1, 1, Some(60_000))] {
        let mut older = Older::default();
        assert_eq!(older.most(rate), slice, "at {rate} a minute");
        let now = Instant::now();
        older.get_on(slice, rate, now);
        assert_eq!(older.not_before.map(|then| then - now), rest.map(Duration::from_millis), "at {rate} a minute");
    }
    assert_eq!(Older::default().most(usize::MAX), SLICE);
}

#[test]
fn a_message_on_which_the_connection_breaks_is_found_and_passed_over() {
    let mut older = Older::default();
    let is_passed_over = |older: &Older| older.stumbled == (9, MAX_STUMBLES);
    older.stumble(9);
    assert_eq!(older.most(0), 1, "it is read alone");
    for _ in 0..MAX_STUMBLES {
        assert!(!is_passed_over(&older));
        older.stumble(9);
    }
    assert!(is_passed_over(&older));
    let mut slices = Vec::new();
    for _ in 0..10 {
        older.get_on(1, 0, Instant::now());
        slices.push(older.most(0));
    }
    assert_eq!(slices, [2, 4, 8, 16, 32, 64, 128, 200, 200, 200]);
}

#[test]
fn a_connection_that_breaks_here_and_there_blames_no_message() {
    let mut older = Older::default();
    for newest in [9, 7, 9, 7, 9] {
        older.stumble(newest);
        assert!(older.stumbled.1 < MAX_STUMBLES);
    }
}
