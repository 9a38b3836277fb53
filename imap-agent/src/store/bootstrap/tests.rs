//! Tests of what is learned from, what came of it, and how it is taken back.

use tamis_core::{
    fuzzy::Print,
    learn::Trained,
    reputation::{Subject, Track},
};

use super::*;
use crate::store::{
    Key, history, reputation,
    testing::{NOW, VALIDITY, act, filed, fresh, item, judged, key, left, plan, tokens},
    training::{self, TrainItem, trained_counts},
    undo::{begin_undo, undoable},
};

const WISH: Wish = Wish { has_junk: true, is_rehearsal: false, most: 100 };

#[test]
fn nothing_is_begun_while_something_is_under_way() {
    let (mut db, account) = fresh();
    assert!(start(&mut db, account, WISH, NOW).unwrap());
    assert!(!start(&mut db, account, WISH, NOW).unwrap());
    steer(&mut db, account, Steer::Pause, NOW).unwrap();
    assert!(!start(&mut db, account, WISH, NOW).unwrap());
    steer(&mut db, account, Steer::Stop, NOW).unwrap();
    assert!(!steer(&mut db, account, Steer::Resume, NOW).unwrap(), "what has ended has ended");
    assert!(start(&mut db, account, WISH, NOW).unwrap());
}

#[test]
fn a_rehearsal_counts_and_ends() {
    let (mut db, account) = fresh();
    start(&mut db, account, Wish { is_rehearsal: true, ..WISH }, NOW).unwrap();
    choose(&mut db, account, NOW, (&folders(), &[(Skip::Unread, 4), (Skip::Over, 0)]), NOW).unwrap();
    let status = report(&db, account).unwrap().unwrap().status;
    assert_eq!((status.ham, status.spam, status.total, status.is_ended), (2, 1, 3, true));
    assert_eq!(status.skipped.iter().map(|skip| skip.messages).collect::<Vec<_>>(), [4]);
    assert_eq!(next(&db, account, 10).unwrap(), []);
}

#[test]
fn messages_come_in_the_order_of_their_arrival_and_each_once() {
    let (mut db, account) = fresh();
    let task = begun(&mut db, account);
    let places = |db: &Connection| -> Vec<_> {
        next(db, account, 10).unwrap().into_iter().map(|next| (next.folder, next.uid)).collect()
    };
    let [inbox, junk] = ["INBOX", "Junk"].map(str::to_owned);
    assert_eq!(places(&db), [(inbox.clone(), 1), (junk, 9), (inbox.clone(), 2)]);
    let slice = slice(&db, account, 2);
    let changes = record(&mut db, account, &task, (&slice, 40), NOW).unwrap();
    assert_eq!(changes.iter().map(|change| change.after).collect::<Vec<_>>(), [Some(Label::Ham), Some(Label::Spam)]);
    assert_eq!(places(&db), [(inbox, 2)]);
    // What was cut off before it was told of comes a second time, and changes nothing.
    let again = record(&mut db, account, &task, (&slice, 0), NOW).unwrap();
    assert_eq!(again, []);
    let status = report(&db, account).unwrap().unwrap();
    assert_eq!((status.status.ham, status.status.spam, status.ms_each), (1, 1, Some(10)));
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 1, spam: 1 });
}

#[test]
fn it_ends_with_the_last_message_and_says_how_well_each_was_judged_before() {
    let (mut db, account) = fresh();
    let task = begun(&mut db, account);
    let mut slice = slice(&db, account, 3);
    for ((_, outcome), (probability, is_sure)) in slice.iter_mut().zip([(0.97, true), (0.01, true), (0.2, false)]) {
        let Outcome::Read(lesson) = outcome else { panic!("{outcome:?}") };
        lesson.probability = Some(probability);
        let doubt = Doubt { from: "Zoë".to_owned(), subject: "Äpfel".to_owned() };
        lesson.doubt = is_sure.then_some(doubt);
    }
    record(&mut db, account, &task, (&slice, 30), NOW).unwrap();
    let status = report(&db, account).unwrap().unwrap().status;
    assert!(status.is_ended);
    assert_eq!((status.judged, status.good_called_spam, status.spam_missed), (3, 1, 1));
    assert_eq!((status.good_in_junk, status.spam_elsewhere), (1, 1));
    let doubts: Vec<_> = status.doubts.iter().map(|doubt| (doubt.folder.as_str(), doubt.probability)).collect();
    assert_eq!(doubts, [("Junk", 0.01), ("INBOX", 0.97)]);
    assert_eq!(undoable(&db).unwrap().unwrap(), "learning from 3 messages that were there");
}

#[test]
fn what_the_person_has_said_and_what_tamis_did_is_not_learned_over() {
    let (mut db, account) = fresh();
    // Taught the other way; forgotten at the person's word; known; filed by us; said in the journal.
    let item = |n, label| TrainItem { key: key(n), tokens: tokens(key(n)), label };
    training::train(&mut db, &[item(1, Label::Spam), item(2, Label::Ham), item(3, Label::Ham)], "file", NOW).unwrap();
    training::untrain(&mut db, &[key(2)], NOW).unwrap();
    filed(&mut db, account, 9);
    let said = left(&mut db, account, 4);
    batch_of(&mut db, account, said);
    let chosen = Chosen { mail: (1..=4).map(|n| (i64::from(n), n)).collect(), ..folders().remove(0) };
    let junk = Chosen { mail: vec![(9, 9)], ..folders().remove(1) };
    start(&mut db, account, WISH, NOW).unwrap();
    choose(&mut db, account, NOW, (&[chosen, junk], &[]), NOW).unwrap();
    let task = bootstrap(&db, account).unwrap().unwrap();
    let slice = slice(&db, account, 9);
    assert_eq!(record(&mut db, account, &task, (&slice, 0), NOW).unwrap(), []);
    let status = report(&db, account).unwrap().unwrap().status;
    let skipped: Vec<_> = status.skipped.iter().map(|skip| (skip.messages, skip.why.as_str())).collect();
    let own = "filed or made by Tamis, with no word of yours yet";
    assert_eq!(skipped, [(1, "learned before"), (3, "taught otherwise by you"), (1, own)]);
    assert_eq!((status.undo, status.is_ended), (None, true));
}

#[test]
fn taken_back_as_a_whole_only_what_the_person_has_not_said_themselves_goes() {
    let (mut db, account) = fresh();
    let task = begun(&mut db, account);
    let slice = slice(&db, account, 2);
    record(&mut db, account, &task, (&slice, 0), NOW).unwrap();
    // Since then the person has said the same of the one in the inbox.
    let mail = left(&mut db, account, 1);
    let batch = crate::store::batch::begin_batch(
        &mut db,
        crate::store::journal::Kind::Ham,
        "x",
        &[item(mail, "", Label::Ham)],
        NOW,
    );
    batch.unwrap();
    act(&mut db, account);
    let learned = bootstrap(&db, account).unwrap().unwrap().batch;
    let undo = begin_undo(&mut db, learned, NOW).unwrap().unwrap();
    assert_eq!((undo.lessons, undo.text.as_str()), (1, "learning from 2 messages that were there"));
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 1, spam: 0 });
    let status = report(&db, account).unwrap().unwrap().status;
    assert!(status.is_ended && status.is_undone, "and it does not go on");
    assert_eq!(record(&mut db, account, &task, (&slice, 0), NOW).unwrap(), []);
    let changes = history::newest(&db, 9).unwrap();
    let texts: Vec<_> = changes.iter().map(|one| (one.text.as_str(), one.messages, one.is_undone)).collect();
    let text = "learning from 2 messages that were there";
    assert_eq!(texts, [(&*format!("undo of {text}"), 2, false), ("x", 1, false), (text, 2, true)]);
}

#[test]
fn in_another_numbering_what_is_known_is_not_counted_again() {
    let (mut db, account) = fresh();
    let task = begun(&mut db, account);
    let slice = slice(&db, account, 1);
    record(&mut db, account, &task, (&slice, 0), NOW).unwrap();
    let folder = slice[0].0.folder_id;
    assert_eq!(chosen_of(&db, folder).unwrap(), 2);
    choose_anew(&mut db, account, folder, (VALIDITY + 1, &[(1, 31), (3, 32)]), NOW).unwrap();
    let now = bootstrap(&db, account).unwrap().unwrap();
    assert_eq!((now.total, now.done), (4, 1));
    let left = next(&db, account, 9).unwrap();
    assert_eq!(
        left.iter().map(|next| (next.uid, next.uid_validity)).collect::<Vec<_>>(),
        [(31, VALIDITY + 1), (9, VALIDITY), (32, VALIDITY + 1)]
    );
    let first = vec![(left[0].clone(), slice[0].1.clone())];
    assert_eq!(record(&mut db, account, &now, (&first, 0), NOW).unwrap(), []);
    let status = report(&db, account).unwrap().unwrap().status;
    assert_eq!((status.ham, status.skipped.len()), (1, 0));
}

#[test]
fn what_is_learned_counts_for_the_sender_until_it_is_taken_back() {
    let (mut db, account) = fresh();
    start(&mut db, account, WISH, NOW).unwrap();
    let chosen = folders().into_iter().map(|folder| {
        let mail = folder.mail.iter().map(|(at, uid)| (NOW.0 - 1000 + at, *uid)).collect();
        Chosen { mail, ..folder }
    });
    choose(&mut db, account, NOW, (&chosen.collect::<Vec<_>>(), &[]), NOW).unwrap();
    let task = bootstrap(&db, account).unwrap().unwrap();
    let slice = slice(&db, account, 3);
    record(&mut db, account, &task, (&slice, 30), NOW).unwrap();

    let ann = Subject::parse("address", "ann@example.org").unwrap();
    let said = |db: &Connection| -> (u32, u32) {
        let known = reputation::known(db, std::slice::from_ref(&ann)).unwrap();
        let weeks = known.get(&ann).into_iter().flat_map(|record| record.weeks.values());
        weeks.fold((0, 0), |(ham, spam), week| (ham + week.said_ham, spam + week.said_spam))
    };
    assert_eq!(said(&db), (2, 1));
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!(said(&db), (0, 0));
}

#[test]
fn what_the_person_teaches_from_a_file_as_well_stays_when_the_learning_is_taken_back() {
    let (mut db, account) = fresh();
    let task = begun(&mut db, account);
    let slice = slice(&db, account, 3);
    record(&mut db, account, &task, (&slice, 30), NOW).unwrap();
    let (one, label) = (key(1), Label::Ham);
    assert!(!training::is_settled(&db, one, Some(label)).unwrap());
    let changes = training::train(&mut db, &[TrainItem { key: one, tokens: tokens(one), label }], "file", NOW).unwrap();
    assert_eq!(changes, [], "the learner knows it");
    assert!(training::is_settled(&db, one, Some(label)).unwrap());
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 1, spam: 0 });
}

#[test]
fn what_waits_to_be_judged_again_is_no_lesson() {
    let (mut db, account) = fresh();
    let task = begun(&mut db, account);
    let mail = left(&mut db, account, 1);
    db.execute("INSERT INTO waiting (mail_id, since, due_at) VALUES (?1, 1, 1)", [mail.0]).unwrap();
    let slice = slice(&db, account, 3);
    record(&mut db, account, &task, (&slice, 30), NOW).unwrap();
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 1, spam: 1 });
}

#[test]
fn what_is_next_and_what_is_taken_back_is_found_by_index() {
    let (db, _) = fresh();
    for (sql, params) in [(NEXT, 2), (crate::store::learned::STILL_LEARNED, 2)] {
        let steps = plan(&db, sql, params);
        let scans = |step: &String| step.contains("SCAN") && !step.contains("account");
        assert!(!steps.iter().any(scans) && !steps.iter().any(|step| step.contains("TEMP")), "{steps:?}");
    }
}

/// Two messages in the inbox, and between them one in Junk.
fn folders() -> Vec<Chosen> {
    let folder = |name: &str, label, mail| Chosen { name: name.to_owned(), label, uid_validity: VALIDITY, mail };
    vec![folder("INBOX", Label::Ham, vec![(1, 1), (3, 2)]), folder("Junk", Label::Spam, vec![(2, 9)])]
}

fn begun(db: &mut Connection, account: AccountId) -> Bootstrap {
    start(db, account, WISH, NOW).unwrap();
    choose(db, account, NOW, (&folders(), &[]), NOW).unwrap();
    let task = bootstrap(db, account).unwrap().unwrap();
    assert_eq!((task.state, task.total), (State::Running, 3));
    task
}

/// The next messages, read.
fn slice(db: &Connection, account: AccountId, most: usize) -> Vec<(Next, Outcome)> {
    let read = |next: Next| {
        let key: Key = key(next.uid);
        let track = Track { sender: Subject::parse("address", "ann@example.org"), relay: None };
        let lesson =
            Lesson { key, tokens: tokens(key), track, print: Print::default(), probability: None, doubt: None };
        (next, Outcome::Read(Box::new(lesson)))
    };
    next(db, account, most).unwrap().into_iter().map(read).collect()
}

/// The person says of a message that it is spam.
fn batch_of(db: &mut Connection, account: AccountId, mail: tamis_core::api::MailId) {
    use crate::store::{batch::begin_batch, journal::Kind};
    assert_eq!(judged(account, 4).key, key(4));
    begin_batch(db, Kind::Spam, "x", &[item(mail, "", Label::Spam)], NOW).unwrap();
    act(db, account);
}
