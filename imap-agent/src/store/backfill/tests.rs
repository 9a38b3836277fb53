//! Tests of how far a look at older mail gets, and what is kept of it.

use super::*;
use crate::store::{
    filing::{self, Held, Hour},
    folder,
    mail::mail,
    testing::{NOW, VALIDITY, fresh, inbox, judged, key, left, list, pending, spam},
};
use tamis_core::{Score, api::Show};

#[test]
fn it_goes_from_the_top_down_and_ends() {
    let (mut db, account) = fresh();
    assert_eq!(progress(&db, account).unwrap(), None);
    let look = begun(&mut db, account, 4);
    assert_eq!(look.since, UnixTime(NOW.0 - 30 * DAY_SECS));
    let first = Slice { found: vec![new(account, 9, true), new(account, 8, false)], low_water: 8, is_last: false };
    record_slice(&mut db, account, &look, &first, NOW).unwrap();
    let look = backfill(&db, account).unwrap().unwrap();
    assert_eq!((look.low_water, look.total, look.done, look.found, look.state), (8, 4, 2, 1, State::Running));
    // Of the other two, one has vanished.
    let last = Slice { found: vec![new(account, 7, true), Found::Passed], low_water: 6, is_last: true };
    record_slice(&mut db, account, &look, &last, NOW).unwrap();
    let status = progress(&db, account).unwrap().unwrap();
    assert_eq!((status.total, status.done, status.found, status.is_ended), (4, 4, 2, true));
}

#[test]
fn what_would_be_filed_waits_and_nothing_is_to_be_done() {
    let (mut db, account) = fresh();
    folder::set_junk_folder(&mut db, account, "Junk").unwrap();
    let look = begun(&mut db, account, 3);
    let read = Judged { action: Action::Leave, ..spam(account, 8) };
    let found = vec![
        new(account, 9, true),
        Found::Settled(Box::new(read), inbox(8)),
        Found::Judged(Box::new(judged(account, 7)), inbox(7)),
    ];
    record_slice(&mut db, account, &look, &Slice { found, low_water: 7, is_last: true }, NOW).unwrap();

    assert_eq!(pending(&db, account).unwrap(), []);
    assert_eq!(filing::held(&db, account).unwrap(), Held { by_brake: 0, by_backfill: 1 });
    assert_eq!(filing::since(&db, account, UnixTime(NOW.0 - 3600)).unwrap(), Hour::default(), "it is not what arrived");
    let (rows, _) = list(&db, Show::Review, "", 9);
    let rows: Vec<_> = rows.into_iter().map(|view| (view.uid, view.is_held)).collect();
    assert_eq!(rows, [(9, true), (7, false)], "what the person has read is not to be reviewed");
    filing::file_held(&mut db, account, NOW).unwrap().unwrap();
    assert_eq!(pending(&db, account).unwrap().len(), 1);
}

#[test]
fn what_is_known_keeps_its_verdict_and_is_found_at_its_new_place() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 5);
    let look = begun(&mut db, account, 1);
    let again = Judged { score: Score::ZERO, ..spam(account, 5) };
    let slice = Slice { found: vec![Found::Judged(Box::new(again), inbox(9))], low_water: 9, is_last: false };
    record_slice(&mut db, account, &look, &slice, NOW).unwrap();

    let known = mail(&db, id).unwrap().unwrap();
    assert_eq!((known.judged, known.location, known.held_at), (judged(account, 5), inbox(9), UnixTime(0)));
    assert_eq!(backfill(&db, account).unwrap().unwrap().found, 0);
}

#[test]
fn in_another_numbering_it_begins_anew_and_knows_what_it_knew() {
    let (mut db, account) = fresh();
    let look = begun(&mut db, account, 4);
    let slice = Slice { found: vec![new(account, 9, true), new(account, 8, false)], low_water: 8, is_last: false };
    record_slice(&mut db, account, &look, &slice, NOW).unwrap();

    let look = backfill(&db, account).unwrap().unwrap();
    let again = count(&mut db, account, &look, (VALIDITY + 1, 31, 4)).unwrap().unwrap();
    assert_eq!((again.low_water, again.total, again.done, again.found), (31, 4, 0, 0));
    let prints = BTreeMap::from([(30, judged(account, 9).fingerprint), (29, judged(account, 7).fingerprint)]);
    let known = renumbered(&db, account, VALIDITY + 1, &prints).unwrap();
    assert_eq!(known.keys().collect::<Vec<_>>(), [&30]);
    assert_eq!(renumbered(&db, account, VALIDITY, &prints).unwrap(), BTreeMap::new(), "there may be two of one");
    let at = Location::new("INBOX", VALIDITY + 1, 30);
    let found = known.values().map(|id| Found::Known(*id, at.clone())).collect();
    record_slice(&mut db, account, &again, &Slice { found, low_water: 30, is_last: false }, NOW).unwrap();
    assert_eq!(backfill(&db, account).unwrap().unwrap().found, 1);
    assert_eq!(find_by_key(&db, account, key(9)).unwrap().unwrap().location, at);
    assert_eq!(filing::held(&db, account).unwrap().by_backfill, 1);
}

#[test]
fn after_a_restart_what_is_left_is_counted_again() {
    let (mut db, account) = fresh();
    let look = begun(&mut db, account, 4);
    let slice = Slice { found: vec![new(account, 9, false)], low_water: 9, is_last: false };
    record_slice(&mut db, account, &look, &slice, NOW).unwrap();
    let look = backfill(&db, account).unwrap().unwrap();
    let look = count(&mut db, account, &look, (VALIDITY, 9, 2)).unwrap().unwrap();
    assert_eq!((look.total, look.done, look.state), (3, 1, State::Running));
    let look = count(&mut db, account, &look, (VALIDITY, 9, 0)).unwrap().unwrap();
    assert_eq!((look.total, look.done, look.state), (1, 1, State::Ended), "nothing is left");
}

#[test]
fn the_person_steers_it_while_a_slice_is_read() {
    let (mut db, account) = fresh();
    assert!(!steer(&mut db, account, Steer::Pause).unwrap());
    for (wish, want) in [(Steer::Pause, State::Paused), (Steer::Stop, State::Ended)] {
        let look = begun(&mut db, account, 4);
        assert!(steer(&mut db, account, wish).unwrap());
        let slice = Slice { found: vec![new(account, 9, true)], low_water: 9, is_last: false };
        record_slice(&mut db, account, &look, &slice, NOW).unwrap();
        let now = backfill(&db, account).unwrap().unwrap();
        assert_eq!((now.state, now.done), (want, 1));
    }
    assert!(!steer(&mut db, account, Steer::Resume).unwrap(), "what has ended has ended");
    let look = backfill(&db, account).unwrap().unwrap();
    count(&mut db, account, &look, (VALIDITY, 9, 2)).unwrap();
    assert_eq!(backfill(&db, account).unwrap().unwrap().total, 4);
}

#[test]
fn a_slice_of_a_look_before_does_not_move_the_one_that_was_begun_since() {
    let (mut db, account) = fresh();
    let before = begun(&mut db, account, 4);
    start(&mut db, account, 60, NOW).unwrap();
    let slice = Slice { found: vec![new(account, 9, true)], low_water: 9, is_last: true };
    record_slice(&mut db, account, &before, &slice, NOW).unwrap();
    let now = backfill(&db, account).unwrap().unwrap();
    assert_eq!((now.low_water, now.done, now.state), (0, 0, State::Running));
    assert!(find_by_key(&db, account, key(9)).unwrap().is_some(), "what was judged is known all the same");
    assert_eq!(count(&mut db, account, &before, (VALIDITY, 9, 4)).unwrap(), None);
}

#[test]
fn what_was_judged_in_the_inbox_is_not_counted() {
    let (mut db, account) = fresh();
    left(&mut db, account, 5);
    let uids = BTreeSet::from([4, 5, 6]);
    assert_eq!(not_judged(&db, account, VALIDITY, &uids).unwrap(), [4, 6]);
    assert_eq!(not_judged(&db, account, VALIDITY + 1, &uids).unwrap(), [4, 5, 6]);
}

/// A look at the last thirty days, counted.
fn begun(db: &mut Connection, account: AccountId, messages: u32) -> Backfill {
    start(db, account, 30, NOW).unwrap();
    let look = backfill(db, account).unwrap().unwrap();
    count(db, account, &look, (VALIDITY, 10, messages)).unwrap().unwrap()
}

/// The `n`th message, judged now.
fn new(account: AccountId, n: u32, is_spam: bool) -> Found {
    let judged = if is_spam { spam(account, n) } else { Judged { class: Class::Ham, ..judged(account, n) } };
    Found::Judged(Box::new(judged), inbox(n))
}
