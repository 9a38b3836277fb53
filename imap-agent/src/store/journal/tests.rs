//! Tests of the journal.

use tamis_core::{api::Show, learn::Features};

use super::*;
use crate::store::{
    batch::begin_batch,
    mail::relocate,
    testing::{NOW, act, filed, fresh, inbox, item, junk, key, left, list, move_from, pending, place, taught, tokens},
    training::{TrainItem, known_label, train},
};

#[test]
fn finishing_moves_the_message_and_learns_in_one_step() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let intent = spam_intent(&mut db, id);
    assert!(intent.needs_tokens);
    assert_eq!(move_from(&intent), Some(&inbox(1)));
    let got = finish(&mut db, intent.id, &Outcome::Moved(junk(5)), Some(&tokens(key(1))), NOW).unwrap();
    let (key, version) = (key(1), Features::VERSION);
    let want = LessonChange { key, before: None, after: Some(Label::Spam), tokens: tokens(key), version };
    assert_eq!(got, Some(want));
    let stored = mail::mail(&db, id).unwrap().unwrap();
    assert_eq!((stored.location, stored.taught, stored.reviewed_at), (junk(5), Some(Label::Spam), NOW));
    assert_eq!(pending(&db, account).unwrap(), []);
}

#[test]
fn finishing_twice_does_nothing_the_second_time() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let intent = spam_intent(&mut db, id);
    finish(&mut db, intent.id, &Outcome::Moved(junk(5)), Some(&tokens(key(1))), NOW).unwrap();
    let again = finish(&mut db, intent.id, &Outcome::Moved(junk(6)), Some(&tokens(key(1))), NOW).unwrap();
    assert_eq!((again, place(&db, id)), (None, junk(5)));
    assert_eq!(start(&mut db, intent.id).unwrap(), None);
    let nobody = finish(&mut db, IntentId(99), &Outcome::Gone, None, NOW).unwrap_err();
    assert_eq!(nobody.to_string(), "there is no intent 99");
}

#[test]
fn attempts_that_came_to_nothing_here_are_not_counted() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let intent = spam_intent(&mut db, id);
    for _ in 0..9 {
        let started = start(&mut db, intent.id).unwrap().unwrap();
        assert!(started.attempts <= 2, "{}", started.attempts);
        postpone(&mut db, intent.id, "the disk is full").unwrap();
    }
    let waiting = pending(&db, account).unwrap();
    assert_eq!((waiting[0].attempts, &*waiting[0].last_error), (1, "the disk is full"));
}

#[test]
fn filing_by_the_policy_is_not_the_persons_word() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let stored = mail::mail(&db, id).unwrap().unwrap();
    assert_eq!((stored.location.folder.as_str(), stored.taught, stored.reviewed_at), ("Junk", None, UnixTime(0)));
    assert_eq!(known_label(&db, key(1)).unwrap(), None);
}

#[test]
fn a_message_that_is_gone_is_dealt_with_but_not_learned_without_tokens() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let intent = spam_intent(&mut db, id);
    assert_eq!(finish(&mut db, intent.id, &Outcome::Gone, None, NOW).unwrap(), None);
    let stored = mail::mail(&db, id).unwrap().unwrap();
    assert!(stored.location.is_gone());
    assert_eq!((stored.taught, stored.reviewed_at), (Some(Label::Spam), NOW));
    assert_eq!(known_label(&db, key(1)).unwrap(), None);
}

#[test]
fn known_tokens_need_not_be_fetched() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    train(&mut db, &[TrainItem { key: key(1), tokens: tokens(key(1)), label: Label::Ham }], "file", NOW).unwrap();
    let intent = spam_intent(&mut db, id);
    assert!(!intent.needs_tokens);
    let change = finish(&mut db, intent.id, &Outcome::Moved(junk(5)), None, NOW).unwrap().unwrap();
    assert_eq!((change.before, change.after), (Some(Label::Ham), Some(Label::Spam)));
}

#[test]
fn tokens_of_an_older_engine_are_fetched_anew() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    train(&mut db, &[TrainItem { key: key(1), tokens: b"old".to_vec(), label: Label::Spam }], "file", NOW).unwrap();
    db.execute("UPDATE training SET version = 1", ()).unwrap();
    let intent = spam_intent(&mut db, id);
    assert!(intent.needs_tokens);
    let change = finish(&mut db, intent.id, &Outcome::Moved(junk(5)), Some(&tokens(key(1))), NOW).unwrap().unwrap();
    assert_eq!((change.before, change.after), (Some(Label::Spam), Some(Label::Spam)));
    assert_eq!((change.tokens, change.version), (tokens(key(1)), Features::VERSION));
}

#[test]
fn intents_of_one_message_come_one_after_the_other() {
    let (mut db, account) = fresh();
    let (one, two) = (left(&mut db, account, 1), left(&mut db, account, 2));
    begin_batch(&mut db, Kind::Spam, "spam", &[item(one, "Junk", Label::Spam), item(two, "Junk", Label::Spam)], NOW)
        .unwrap();
    begin_batch(&mut db, Kind::Ham, "ham", &[item(one, "INBOX", Label::Ham)], NOW).unwrap();
    let first = pending(&db, account).unwrap();
    assert_eq!(
        first.iter().map(|intent| (intent.mail, intent.kind)).collect::<Vec<_>>(),
        [(one, Kind::Spam), (two, Kind::Spam)]
    );
    let ham = IntentId(first[1].id.0 + 1);
    assert_eq!(start(&mut db, ham).unwrap(), None, "an older one comes first");

    finish(&mut db, first[0].id, &Outcome::Moved(junk(5)), None, NOW).unwrap();
    let ham = start(&mut db, ham).unwrap().unwrap();
    assert_eq!((&ham.source, move_from(&ham)), (&junk(5), Some(&junk(5))), "it starts where the first one ended");
}

#[test]
fn a_wish_made_while_filing_is_pending_is_not_forgotten() {
    let (mut db, account) = fresh();
    let spam = crate::store::testing::spam(account, 1);
    let (id, file) = crate::store::testing::record_and_intend(&mut db, &spam, &inbox(1), "Junk", None).unwrap();
    begin_batch(&mut db, Kind::Release, "release", &[item(id, "INBOX", Label::Ham)], NOW).unwrap();
    assert_eq!(pending(&db, account).unwrap()[0].id, file.unwrap());
    act(&mut db, account);
    assert_eq!((place(&db, id).folder.as_str(), taught(&db, id)), ("INBOX", Some(Label::Ham)));
}

#[test]
fn failed_attempts_are_counted_and_the_last_error_kept() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let intent = spam_intent(&mut db, id);
    assert_eq!(intent.attempts, 1);
    failed_attempt(&mut db, intent.id, "connection lost").unwrap();
    let again = start(&mut db, intent.id).unwrap().unwrap();
    assert_eq!((again.attempts, again.last_error.as_str()), (2, "connection lost"));
}

#[test]
fn what_was_given_up_waits_for_review_as_before() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let intent = spam_intent(&mut db, id);
    assert_eq!(list(&db, Show::Review, "", 9).1, 0);
    give_up(&mut db, intent.id, "no permission", NOW).unwrap();
    assert_eq!(pending(&db, account).unwrap(), []);
    assert_eq!((place(&db, id), taught(&db, id)), (inbox(1), None));
    assert_eq!(list(&db, Show::Review, "", 9).1, 1);
    assert_eq!(finish(&mut db, intent.id, &Outcome::Moved(junk(1)), None, NOW).unwrap(), None);
    assert_eq!(place(&db, id), inbox(1));
}

#[test]
fn a_move_that_a_crash_left_unnoted_counts_as_a_move() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let intent = spam_intent(&mut db, id);
    relocate(&mut db, id, &junk(5)).unwrap();
    let intent = start(&mut db, intent.id).unwrap().unwrap();
    assert_eq!(move_from(&intent), None);
    finish(&mut db, intent.id, &Outcome::InPlace, Some(&tokens(key(1))), NOW).unwrap();
    undo::begin_undo(&mut db, None, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!(place(&db, id).folder, "INBOX");
}

#[test]
fn what_was_filed_just_before_a_crash_counts_as_filed() {
    let (mut db, account) = fresh();
    let spam = crate::store::testing::spam(account, 1);
    let (id, intent) = crate::store::testing::record_and_intend(&mut db, &spam, &inbox(1), "Junk", None).unwrap();
    relocate(&mut db, id, &junk(5)).unwrap();
    finish(&mut db, intent.unwrap(), &Outcome::InPlace, None, NOW).unwrap();
    assert_eq!(crate::store::views::counts(&db).unwrap().filed, 1);
}

#[test]
fn pending_reads_only_what_is_pending() {
    let (db, _) = fresh();
    let plan = crate::store::testing::plan(&db, PENDING, 3);
    assert_eq!(plan[0], "SCAN intent USING COVERING INDEX intent_pending", "{plan:#?}");
    assert!(plan.iter().any(|step| step.contains("older USING COVERING INDEX intent_pending (mail_id=?")), "{plan:#?}");
    assert!(plan.iter().any(|step| step.contains("mail USING INTEGER PRIMARY KEY")), "{plan:#?}");
}

#[test]
fn what_is_pending_can_be_asked_for_in_pieces() {
    let (mut db, account) = fresh();
    let mails: Vec<_> = (1..=5).map(|n| left(&mut db, account, n)).collect();
    for mail in &mails {
        begin_batch(&mut db, Kind::Spam, "spam", &[item(*mail, "Junk", Label::Spam)], NOW).unwrap();
    }
    begin_batch(&mut db, Kind::Ham, "ham", &[item(mails[0], "INBOX", Label::Ham)], NOW).unwrap();
    let all = super::pending(&db, account, IntentId::default(), 99).unwrap();
    assert_eq!(all.len(), 5, "the second wish for a message waits for the first");

    assert_eq!(super::pending(&db, account, IntentId::default(), 3).unwrap(), all[..3]);
    assert_eq!(super::pending(&db, account, all[2], 3).unwrap(), all[3..]);

    assert_eq!(next_of_same(&db, all[0]).unwrap(), None, "the first is not done");
    finish(&mut db, all[0], &Outcome::Moved(junk(5)), None, NOW).unwrap();
    assert_eq!(next_of_same(&db, all[0]).unwrap(), Some(IntentId(all[4].0 + 1)));
    assert_eq!(next_of_same(&db, all[1]).unwrap(), None);
}

/// The person calls the message spam, and the intent is started.
fn spam_intent(db: &mut Connection, mail: MailId) -> Intent {
    begin_batch(db, Kind::Spam, "spam", &[item(mail, "Junk", Label::Spam)], NOW).unwrap();
    let account = mail::mail(db, mail).unwrap().unwrap().judged.account;
    let pending = pending(db, account).unwrap();
    start(db, pending[0].id).unwrap().unwrap()
}
