//! Tests of judged mail.

use tamis_core::{UnixTime, learn::Label};

use super::*;
use crate::store::{
    folder::{Baseline, folder_state, set_baseline},
    journal::{self, Kind},
    testing::{
        NOW, VALIDITY, act, filed, fresh, inbox, item, judged, junk, key, left, move_from, pending, plan, reason,
        record_and_intend, spam,
    },
};

#[test]
fn what_was_recorded_is_given_back() {
    let (mut db, account) = fresh();
    let want = judged(account, 1);
    let id = record_judged(&mut db, &want, &inbox(1), None).unwrap();
    let got = mail(&db, id).unwrap().unwrap();
    assert_eq!(got.judged, want);
    assert_eq!((got.id, got.account_name.as_str()), (id, "me"));
    assert_eq!((got.location, got.home.as_str()), (inbox(1), "INBOX"));
    assert_eq!((got.taught, got.reviewed_at), (None, UnixTime(0)));
    assert_eq!(mail(&db, MailId(99)).unwrap(), None);
}

#[test]
fn the_mark_rises_with_the_record_or_not_at_all() {
    let (mut db, account) = fresh();
    let baseline = Baseline { uid_validity: VALIDITY, high_water: 10, fingerprints: &[] };
    set_baseline(&mut db, account, "INBOX", &baseline, NOW).unwrap();
    let mark = |db: &Connection| folder_state(db, account, "INBOX").unwrap().unwrap().high_water;

    record_judged(&mut db, &judged(account, 11), &inbox(11), None).unwrap();
    assert_eq!(mark(&db), 10);
    record_judged(&mut db, &judged(account, 12), &inbox(12), Some(12)).unwrap();
    assert_eq!(mark(&db), 12);
    record_and_intend(&mut db, &spam(account, 13), &inbox(13), "Junk", Some(13)).unwrap();
    assert_eq!(mark(&db), 13);
    // An account that does not exist: nothing of it may remain.
    record_judged(&mut db, &judged(AccountId(99), 14), &inbox(14), Some(14)).unwrap_err();
    assert_eq!(mark(&db), 13);
}

#[test]
fn filing_is_intended_in_the_same_step() {
    let (mut db, account) = fresh();
    let (id, intent) = record_and_intend(&mut db, &spam(account, 1), &inbox(1), "Junk", None).unwrap();
    let pending = pending(&db, account).unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!((Some(pending[0].id), pending[0].mail, pending[0].kind), (intent, id, Kind::File));
    assert_eq!((&pending[0].source, pending[0].target.as_str()), (&inbox(1), "Junk"));
    assert_eq!((pending[0].batch, pending[0].lesson), (None, None));
}

#[test]
fn a_released_message_is_never_filed_again() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let items = [item(id, "INBOX", Label::Ham)];
    crate::store::batch::begin_batch(&mut db, Kind::Release, "release", &items, NOW).unwrap();
    act(&mut db, account);

    let again = spam(account, 1);
    assert_eq!(record_and_intend(&mut db, &again, &inbox(300), "Junk", None).unwrap(), (id, None));
    assert_eq!(record_judged(&mut db, &again, &inbox(300), None).unwrap(), id);
    assert_eq!(pending(&db, account).unwrap(), []);
    let known = mail(&db, id).unwrap().unwrap();
    assert_eq!((known.location, known.taught), (inbox(300), Some(Label::Ham)));
}

#[test]
fn a_known_message_keeps_its_first_verdict() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    record_judged(&mut db, &Judged { class: Class::Spam, ..judged(account, 1) }, &inbox(2), None).unwrap();
    assert_eq!(mail(&db, id).unwrap().unwrap().judged, judged(account, 1));
}

#[test]
fn a_message_is_found_by_what_is_known_of_it() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    left(&mut db, account, 2);
    let one = |found: Option<StoredMail>| found.map(|mail| mail.id);
    assert_eq!(one(find_by_key(&db, account, key(1)).unwrap()), Some(id));
    assert_eq!(one(find_by_key(&db, AccountId(2), key(1)).unwrap()), None);
    assert_eq!(one(find_by_fingerprint(&db, account, judged(account, 1).fingerprint).unwrap()), Some(id));
    assert_eq!(one(find_by_location(&db, account, &inbox(1)).unwrap()), Some(id));
    let elsewhere = [junk(1), inbox(3), Location::new("INBOX", VALIDITY + 1, 1)];
    for at in elsewhere {
        assert_eq!(one(find_by_location(&db, account, &at).unwrap()), None, "{at:?}");
    }
    relocate(&mut db, id, &inbox(0)).unwrap();
    assert_eq!(one(find_by_location(&db, account, &inbox(0)).unwrap()), None, "no UID is no place");
}

#[test]
fn a_moved_message_is_found_at_its_new_place() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    relocate(&mut db, id, &junk(5)).unwrap();
    assert!(find_by_location(&db, account, &inbox(1)).unwrap().is_none());
    let found = find_by_location(&db, account, &junk(5)).unwrap().unwrap();
    assert_eq!((found.id, found.home.as_str()), (id, "INBOX"));
    let nobody = relocate(&mut db, MailId(99), &junk(6)).unwrap_err();
    assert_eq!(nobody.to_string(), "there is no message 99");
}

#[test]
fn what_is_pending_follows_the_message() {
    let (mut db, account) = fresh();
    let (id, _) = record_and_intend(&mut db, &spam(account, 1), &inbox(1), "Junk", None).unwrap();
    let work = Location::new("Work", 3, 9);
    relocate(&mut db, id, &work).unwrap();
    let intent = &pending(&db, account).unwrap()[0];
    assert_eq!((&intent.source, move_from(intent)), (&work, Some(&work)));
}

#[test]
fn a_message_found_where_it_was_meant_to_go_need_not_move() {
    let (mut db, account) = fresh();
    let (id, _) = record_and_intend(&mut db, &spam(account, 1), &inbox(1), "Junk", None).unwrap();
    relocate(&mut db, id, &junk(5)).unwrap();
    let intent = &pending(&db, account).unwrap()[0];
    assert_eq!((&intent.source, move_from(intent)), (&inbox(1), None));
}

#[test]
fn the_row_shows_the_three_heaviest_reasons() {
    let (mut db, account) = fresh();
    let silent = JudgedReason { why: String::new(), ..reason("SILENT", 700) };
    let mut reasons = judged(account, 1).reasons;
    reasons.extend([reason("NOTHING", 0), silent]);
    let id = record_judged(&mut db, &Judged { reasons, ..judged(account, 1) }, &inbox(1), None).unwrap();
    let stored = mail(&db, id).unwrap().unwrap();
    let row = stored.row();
    assert_eq!(row.reasons, ["why MUCH", "why SOME", "about SILENT"]);
    assert_eq!((row.score, row.class.as_str(), row.folder.as_str()), (4.25, "unsure", "INBOX"));
    let symbols: Vec<_> = stored.reasons().into_iter().map(|reason| reason.symbol).collect();
    assert_eq!(symbols, ["MUCH", "SOME", "SILENT", "LITTLE", "NOTHING"]);
}

#[test]
fn a_row_stays_small_however_long_the_headers_are() {
    let (mut db, account) = fresh();
    let endless = Judged {
        subject: "ß".repeat(1 << 20),
        message_id: "x".repeat(1 << 20),
        from_name: "\0\u{202e}".repeat(1 << 16),
        ..judged(account, 1)
    };
    let id = record_judged(&mut db, &endless, &inbox(1), None).unwrap();
    let stored = mail(&db, id).unwrap().unwrap().judged;
    assert_eq!(stored.subject, "ß".repeat(500));
    assert_eq!(stored.message_id, "");
    assert!(stored.from_name.len() <= 1000);
}

#[test]
fn a_second_copy_is_known_as_such_only_below_the_one_that_we_have_put_there() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let ours = place_of(&db, id);
    let print = judged(account, 1).fingerprint;
    let below = |db: &Connection, uid: u32| above(db, account, &junk(uid), print).unwrap().map(|found| found.id);
    assert_eq!([below(&db, ours.uid - 1), below(&db, ours.uid), below(&db, ours.uid + 1)], [Some(id), None, None]);
    assert!(journal::was_put_by_us(&db, id, &ours).unwrap());
    assert!(!journal::was_put_by_us(&db, id, &junk(ours.uid - 1)).unwrap());

    set_copy(&mut db, id, &junk(ours.uid - 1), key(1)).unwrap();
    let found = mail(&db, id).unwrap().unwrap();
    assert_eq!((found.location, found.shape_key, found.shape), (junk(ours.uid - 1), key(1), Shape::Original));
    assert!(marked(&db, account, &found.judged.message_id).unwrap().is_empty(), "it is not a marked one");
}

#[test]
fn what_was_marked_is_found_by_its_message_id() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let tx = db.transaction().unwrap();
    set_shape(&tx, id, Shape::Tagged, key(7)).unwrap();
    tx.commit().unwrap();
    let found = |db: &Connection, n: u32| marked(db, account, &judged(account, n).message_id).unwrap().len();
    assert_eq!((found(&db, 1), found(&db, 2)), (1, 0));
    set_copy(&mut db, id, &inbox(9), key(8)).unwrap();
    let stored = mail(&db, id).unwrap().unwrap();
    assert_eq!((stored.location, stored.shape_key, stored.shape), (inbox(9), key(8), Shape::Tagged));
    let steps = plan(&db, MARKED, 3);
    assert!(steps.iter().any(|step| step.contains("mail_shape")), "{steps:?}");
}

fn place_of(db: &Connection, id: MailId) -> Location {
    mail(db, id).unwrap().unwrap().location
}
