//! Tests of what is reported: each filed message once, whatever happens in between.

use tamis_core::{Score, api::MailId};

use super::*;
use crate::store::{
    Location,
    batch::begin_batch,
    folder::{self, Baseline, is_seen, leave_account, set_baseline},
    intent::Kind,
    journal::{self, Outcome},
    judged::Shape,
    mail::Judged,
    testing::{NOW, VALIDITY, act, fresh, inbox, item, judged, junk, key, left, plan, record_and_intend, spam},
};

const MOST: u32 = 200;

fn filed_with(db: &mut Connection, account: AccountId, n: u32, thousandths: i32) -> MailId {
    let judged = Judged { score: Score::from_thousandths(thousandths), ..spam(account, n) };
    let (mail, _) = record_and_intend(db, &judged, &inbox(n), "Junk", None).unwrap();
    act(db, account);
    mail
}

fn ids(filed: &Filed) -> Vec<MailId> {
    filed.mails.iter().map(|mail| mail.id).collect()
}

fn print(n: u32) -> Fingerprint {
    Fingerprint::of("<digest@example.org>", "1790000000", n)
}

/// Makes a digest and puts it into the inbox.
fn send(db: &mut Connection, account: AccountId) -> Vec<MailId> {
    let filed = filed(db, account, MOST).unwrap();
    let reported = ids(&filed);
    will_send(db, account, &filed.into_pending("<digest@example.org>".to_owned(), NOW), print(1)).unwrap();
    has_sent(db, account, Some(print(2))).unwrap();
    reported
}

#[test]
fn each_message_is_reported_once_and_the_most_doubtful_stands_first() {
    let (mut db, account) = fresh();
    left(&mut db, account, 1);
    let sure = filed_with(&mut db, account, 2, 12_000);
    let doubtful = filed_with(&mut db, account, 3, 5_100);
    let some = filed(&db, account, 1).unwrap();
    assert_eq!((ids(&some), some.total), (vec![doubtful], 2));
    assert_eq!(send(&mut db, account), [doubtful, sure]);
    assert_eq!(filed(&db, account, MOST).unwrap().total, 0);
    let next = filed_with(&mut db, account, 4, 9_000);
    assert_eq!(send(&mut db, account), [next]);
}

#[test]
fn what_was_filed_in_another_account_is_not_reported() {
    let (mut db, account) = fresh();
    let other = folder::account_id(&mut db, "other", "imap.example.net", "me@example.net").unwrap();
    filed_with(&mut db, other, 1, 9_000);
    assert_eq!(filed(&db, account, MOST).unwrap().total, 0);
}

#[test]
fn a_filing_that_ends_after_a_later_one_was_reported_is_reported_next() {
    let (mut db, account) = fresh();
    let (slow, intent) = record_and_intend(&mut db, &spam(account, 1), &inbox(1), "Junk", None).unwrap();
    let intent = intent.unwrap();
    let (quick, second) = record_and_intend(&mut db, &spam(account, 2), &inbox(2), "Junk", None).unwrap();
    journal::start(&mut db, second.unwrap()).unwrap();
    journal::finish(&mut db, second.unwrap(), &Outcome::Moved(junk(102)), None, NOW).unwrap();
    assert_eq!(send(&mut db, account), [quick]);
    assert_eq!(send(&mut db, account), [], "it is still in the inbox");
    journal::start(&mut db, intent).unwrap();
    journal::finish(&mut db, intent, &Outcome::Moved(junk(101)), None, NOW).unwrap();
    assert_eq!(send(&mut db, account), [slow]);
    assert_eq!(send(&mut db, account), []);
}

#[test]
fn what_the_person_has_dealt_with_or_taken_away_is_not_reported() {
    let (mut db, account) = fresh();
    let [released, carried, thrown, waits] = [1, 2, 3, 4].map(|n| filed_with(&mut db, account, n, 9_000));
    let item = item(released, "INBOX", tamis_core::learn::Label::Ham);
    begin_batch(&mut db, Kind::Release, "release", &[item], NOW).unwrap();
    act(&mut db, account);
    crate::store::mail::relocate(&mut db, carried, &inbox(300)).unwrap();
    crate::store::mail::relocate(&mut db, thrown, &Location::default()).unwrap();
    let filed = filed(&db, account, MOST).unwrap();
    assert_eq!((ids(&filed), filed.total), (vec![waits], 1));
}

#[test]
fn what_was_marked_in_place_or_removed_is_reported_too() {
    let (mut db, account) = fresh();
    let removed = Judged { action: tamis_core::Action::Delete, ..spam(account, 2) };
    let mut end = |judged: &Judged, n: u32, outcome: &Outcome| {
        let (mail, intent) = record_and_intend(&mut db, judged, &inbox(n), "", None).unwrap();
        journal::start(&mut db, intent.unwrap()).unwrap();
        journal::finish(&mut db, intent.unwrap(), outcome, None, NOW).unwrap();
        mail
    };
    let copy = Outcome::Replaced { at: inbox(9), key: key(9), shape: Shape::Tagged };
    let marked = end(&judged(account, 1), 1, &copy);
    let removed = end(&removed, 2, &Outcome::Deleted);
    end(&judged(account, 3), 3, &Outcome::InPlace);
    end(&judged(account, 4), 4, &Outcome::Gone);
    assert_eq!(ids(&filed(&db, account, MOST).unwrap()), [marked, removed]);
}

#[test]
fn a_digest_that_was_cut_off_is_known_and_can_be_ended_or_made_again() {
    let (mut db, account) = fresh();
    filed_with(&mut db, account, 1, 9_000);
    let pending = filed(&db, account, MOST).unwrap().into_pending("<digest@example.org>".to_owned(), NOW);
    will_send(&mut db, account, &pending, print(1)).unwrap();
    assert!(is_seen(&db, account, print(1)).unwrap(), "it is no mail to be judged");
    assert_eq!(standing(&db, account).unwrap().pending, Some(pending));
    assert_eq!(filed(&db, account, MOST).unwrap().total, 1, "nothing is reported yet");
    let late = filed_with(&mut db, account, 2, 9_000);

    has_sent(&mut db, account, Some(print(2))).unwrap();

    assert!(is_seen(&db, account, print(2)).unwrap());
    let after = standing(&db, account).unwrap();
    assert_eq!((after.since, after.serial, after.pending), (NOW, 1, None));
    assert_eq!(ids(&filed(&db, account, MOST).unwrap()), [late], "what came later is for the next");
    has_sent(&mut db, account, None).unwrap();
    assert_eq!(standing(&db, account).unwrap().serial, 1, "there is none to be ended");
}

#[test]
fn a_refused_digest_is_not_forgotten_and_a_quiet_day_is_noted() {
    let (mut db, account) = fresh();
    let baseline = Baseline { uid_validity: VALIDITY, high_water: 0, fingerprints: &[] };
    set_baseline(&mut db, account, "INBOX", &baseline, UnixTime(5_000)).unwrap();
    assert_eq!(standing(&db, account).unwrap().since, UnixTime(5_000));
    filed_with(&mut db, account, 1, 9_000);
    let pending = filed(&db, account, MOST).unwrap().into_pending("<digest@example.org>".to_owned(), NOW);
    will_send(&mut db, account, &pending, print(1)).unwrap();
    was_refused(&mut db, account, UnixTime(NOW.0 + 60)).unwrap();
    let after = standing(&db, account).unwrap();
    assert_eq!((after.since.0, after.serial, after.pending, after.retry_at.0), (5_000, 0, None, NOW.0 + 60));
    assert_eq!(send(&mut db, account).len(), 1);
    was_quiet(&mut db, account, UnixTime(NOW.0 + 90)).unwrap();
    let after = standing(&db, account).unwrap();
    assert_eq!((after.since.0, after.serial, after.retry_at.0), (NOW.0 + 90, 1, 0));
}

#[test]
fn an_account_that_was_left_has_nothing_to_report_when_it_comes_back() {
    let (mut db, account) = fresh();
    filed_with(&mut db, account, 1, 9_000);
    let pending = filed(&db, account, MOST).unwrap().into_pending("<digest@example.org>".to_owned(), NOW);
    will_send(&mut db, account, &pending, print(1)).unwrap();
    leave_account(&mut db, account, NOW).unwrap();
    assert_eq!(standing(&db, account).unwrap().pending, None);
    let filed = filed(&db, account, MOST).unwrap();
    assert_eq!((filed.total, filed.late), (0, Vec::new()));
}

#[test]
fn the_key_of_links_is_made_once() {
    let (mut db, _) = fresh();
    assert_eq!(link_key(&mut db, &[1; KEY_BYTES]).unwrap(), [1; KEY_BYTES]);
    assert_eq!(link_key(&mut db, &[2; KEY_BYTES]).unwrap(), [1; KEY_BYTES]);
}

#[test]
fn the_unreported_are_found_without_reading_the_whole_journal() {
    let (db, _) = fresh();
    let steps = plan(&db, FILED, 4);
    assert!(!steps.iter().any(|step| step == "SCAN intent"), "{steps:?}");
}
