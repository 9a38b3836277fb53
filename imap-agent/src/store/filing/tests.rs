//! Tests of what the policy does by itself.

use super::*;
use crate::store::mail::Shape;
use crate::store::{
    batch::begin_batch,
    folder::{account_id, leave_account, set_junk_folder, set_quarantine_folder},
    intent::Outcome,
    journal::{finish, start},
    mail::{find_by_key, mail, relocate},
    testing::{NOW, act, fresh, inbox, item, judged, junk, key, pending, place, spam},
    undo::begin_undo,
    views,
};
use tamis_core::learn::Label;

#[test]
fn every_action_has_its_deed_and_its_folder() {
    let (mut db, account) = fresh();
    let filing = |db: &Connection, action| {
        filing_of(db, account, action, None).unwrap().map(|filing| (filing.deed, filing.target))
    };
    assert_eq!(filing(&db, Action::MoveToJunk), None, "no Junk folder is known yet");
    set_junk_folder(&mut db, account, "Junk").unwrap();
    assert_eq!(filing(&db, Action::Quarantine), Some((Deed::Move, "Junk".to_owned())));
    set_quarantine_folder(&mut db, account, "Tamis/Quarantine").unwrap();
    for (action, want) in [
        (Action::Leave, None),
        (Action::Keyword, Some((Deed::Keyword, ""))),
        (Action::Tag, Some((Deed::Tag, ""))),
        (Action::Strip, Some((Deed::Strip, ""))),
        (Action::MoveToJunk, Some((Deed::Move, "Junk"))),
        (Action::Quarantine, Some((Deed::Move, "Tamis/Quarantine"))),
        (Action::Forward, Some((Deed::Send, "Junk"))),
        (Action::ForwardAndDeliver, Some((Deed::Send, ""))),
        (Action::Delete, Some((Deed::Delete, ""))),
    ] {
        assert_eq!(filing(&db, action), want.map(|(deed, target)| (deed, target.to_owned())), "{action:?}");
    }
}

#[test]
fn a_replaced_message_is_known_by_both_contents_and_comes_back_by_undo() {
    let (mut db, account) = fresh();
    let batch = begin_filing(&mut db, NOW).unwrap();
    let filing = Filing { deed: Deed::Tag, target: String::new(), batch: Some(batch) };
    let (id, intent) = record_and_file(&mut db, &spam(account, 1), &inbox(1), &filing, None).unwrap();
    start(&mut db, intent.unwrap()).unwrap().unwrap();
    let tagged = Outcome::Replaced { at: inbox(2), key: key(2), shape: Shape::Tagged };
    finish(&mut db, intent.unwrap(), &tagged, None, NOW).unwrap();
    for content in [key(1), key(2)] {
        assert_eq!(find_by_key(&db, account, content).unwrap().unwrap().id, id);
    }
    let stored = mail(&db, id).unwrap().unwrap();
    assert_eq!((stored.shape, stored.shape_key, stored.location), (Shape::Tagged, key(2), inbox(2)));

    begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
    let undo = pending(&db, account).unwrap()[0].id;
    let undo = start(&mut db, undo).unwrap().unwrap();
    assert_eq!((undo.deed, undo.target.as_str(), undo.lies), (Deed::Restore, "", key(2)));
    let restored = Outcome::Replaced { at: inbox(3), key: key(1), shape: Shape::Original };
    finish(&mut db, undo.id, &restored, None, NOW).unwrap();
    let stored = mail(&db, id).unwrap().unwrap();
    assert_eq!((stored.shape, stored.shape_key, stored.location), (Shape::Original, key(1), inbox(3)));
    assert!(stored.reviewed_at.0 > 0, "whoever takes a filing back has seen the message");
}

#[test]
fn a_deleted_message_is_restored_where_it_was() {
    let (mut db, account) = fresh();
    let filing = Filing { deed: Deed::Delete, target: String::new(), batch: Some(begin_filing(&mut db, NOW).unwrap()) };
    let (id, intent) = record_and_file(&mut db, &spam(account, 1), &inbox(1), &filing, None).unwrap();
    start(&mut db, intent.unwrap()).unwrap().unwrap();
    finish(&mut db, intent.unwrap(), &Outcome::Deleted, None, NOW).unwrap();
    assert!(place(&db, id).is_gone());
    begin_undo(&mut db, filing.batch, NOW).unwrap().unwrap();
    let undo = pending(&db, account).unwrap()[0].id;
    let undo = start(&mut db, undo).unwrap().unwrap();
    assert_eq!((undo.deed, undo.target.as_str()), (Deed::Restore, "INBOX"));
}

#[test]
fn a_whole_batch_of_filings_is_undone_and_the_persons_own_changes_come_first_with_undo() {
    let (mut db, account) = fresh();
    let batch = begin_filing(&mut db, NOW).unwrap();
    let filing = Filing { deed: Deed::Move, target: "Junk".to_owned(), batch: Some(batch) };
    let ids: Vec<_> =
        (1..=3).map(|n| record_and_file(&mut db, &spam(account, n), &inbox(n), &filing, None).unwrap().0).collect();
    act(&mut db, account);
    assert_eq!(crate::store::undo::undoable(&db).unwrap(), None, "a filing is not what the person did last");
    begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
    act(&mut db, account);
    assert!(ids.iter().all(|id| place(&db, *id).folder == "INBOX"));
    assert_eq!(views::counts(&db).unwrap().to_review, 0);
}

#[test]
fn what_is_held_waits_and_is_filed_as_one_change() {
    let (mut db, account) = fresh();
    set_junk_folder(&mut db, account, "Junk").unwrap();
    let [one, two] =
        [1, 2].map(|n| record_and_hold(&mut db, &spam(account, n), &inbox(n), Reserve::Brake, None).unwrap());
    record_and_hold(&mut db, &spam(account, 3), &inbox(3), Reserve::Backfill, None).unwrap();
    assert_eq!(held(&db, account).unwrap(), Held { by_brake: 2, by_backfill: 1 });
    assert_eq!(pending(&db, account).unwrap(), []);
    // About one of them the person has decided already.
    begin_batch(&mut db, Kind::Ham, "ham", &[item(two, "", Label::Ham)], NOW).unwrap();
    act(&mut db, account);
    let (batch, count) = file_held(&mut db, account, NOW).unwrap().unwrap();
    assert_eq!((count, held(&db, account).unwrap().count()), (2, 0));
    act(&mut db, account);
    assert_eq!((place(&db, one), place(&db, two)), (junk(101), inbox(2)));
    begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!(place(&db, one).folder, "INBOX");
    assert_eq!(file_held(&mut db, account, NOW).unwrap(), None);
}

#[test]
fn what_waits_but_can_no_longer_be_filed_does_not_keep_the_brake_on() {
    let (mut db, account) = fresh();
    set_junk_folder(&mut db, account, "Junk").unwrap();
    let [gone, wanted] =
        [1, 2].map(|n| record_and_hold(&mut db, &spam(account, n), &inbox(n), Reserve::Brake, None).unwrap());
    relocate(&mut db, gone, &Location::default()).unwrap();
    begin_batch(&mut db, Kind::Ham, "ham", &[item(wanted, "", Label::Ham)], NOW).unwrap();
    assert_eq!(held(&db, account).unwrap().by_brake, 2);

    assert_eq!(file_held(&mut db, account, NOW).unwrap(), None, "of one nothing is left, the other is good");

    assert_eq!(held(&db, account).unwrap(), Held::default());
}

#[test]
fn what_waits_in_an_account_that_is_removed_does_not_keep_the_brake_on_when_it_comes_back() {
    let (mut db, account) = fresh();
    record_and_hold(&mut db, &spam(account, 1), &inbox(1), Reserve::Brake, None).unwrap();
    record_and_hold(&mut db, &spam(account, 2), &inbox(2), Reserve::Backfill, None).unwrap();
    leave_account(&mut db, account, NOW).unwrap();
    assert_eq!(account_id(&mut db, "me", "imap.example.org", "me@example.org").unwrap(), account);
    assert_eq!(held(&db, account).unwrap(), Held::default());
    assert_eq!(file_held(&mut db, account, NOW).unwrap(), None);
}

#[test]
fn what_is_left_waits_no_more_and_does_not_count_as_filed() {
    let (mut db, account) = fresh();
    record_and_hold(&mut db, &spam(account, 1), &inbox(1), Reserve::Brake, None).unwrap();
    assert_eq!(leave_held(&mut db, account, NOW).unwrap(), 1);
    assert_eq!(held(&db, account).unwrap(), Held::default());
    assert_eq!(since(&db, account, UnixTime(NOW.0 - 3600)).unwrap(), Hour { arrived: 1, filed: 0 });
    assert_eq!(views::counts(&db).unwrap().to_review, 0);
}

#[test]
fn an_hour_counts_what_arrived_and_what_was_filed_of_it() {
    let (mut db, account) = fresh();
    record_and_hold(&mut db, &spam(account, 1), &inbox(1), Reserve::Brake, None).unwrap();
    record_and_hold(&mut db, &spam(account, 2), &inbox(2), Reserve::Backfill, None).unwrap();
    crate::store::mail::record_judged(&mut db, &judged(account, 3), &inbox(3), None).unwrap();
    assert_eq!(since(&db, account, UnixTime(NOW.0 - 1)).unwrap(), Hour { arrived: 2, filed: 1 });
    assert_eq!(since(&db, account, NOW).unwrap(), Hour::default());
    assert_eq!(since(&db, AccountId(9), UnixTime(0)).unwrap(), Hour::default());
}
