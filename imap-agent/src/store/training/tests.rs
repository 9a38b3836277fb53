//! Tests of what was learned.

use super::*;
use crate::store::testing::{NOW, fresh, key, tokens};

#[test]
fn the_same_message_twice_counts_once() {
    let (mut db, _) = fresh();
    let changes = train(&mut db, &[ham(1), ham(1), ham(2)], "file", NOW).unwrap();
    assert_eq!(changes, [change(1, None, Some(Label::Ham)), change(2, None, Some(Label::Ham))]);
    assert_eq!(train(&mut db, &[ham(1)], "file", NOW).unwrap(), []);
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 2, spam: 0 });
}

#[test]
fn a_new_label_is_one_step() {
    let (mut db, _) = fresh();
    train(&mut db, &[ham(1)], "file", NOW).unwrap();
    let relabelled = TrainItem { label: Label::Spam, tokens: b"other".to_vec(), ..ham(1) };
    let changes = train(&mut db, &[relabelled], "file", NOW).unwrap();
    // With the tokens the learner has seen: it could not untrain others.
    assert_eq!(changes, [change(1, Some(Label::Ham), Some(Label::Spam))]);
    assert_eq!(known_label(&db, key(1)).unwrap(), Some(Label::Spam));
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 0, spam: 1 });
}

#[test]
fn a_lesson_taken_back_can_be_given_again_without_the_message() {
    let (mut db, _) = fresh();
    train(&mut db, &[ham(1)], "file", NOW).unwrap();
    assert_eq!(untrain(&mut db, &[key(1), key(2)], NOW).unwrap(), [change(1, Some(Label::Ham), None)]);
    assert_eq!(untrain(&mut db, &[key(1)], NOW).unwrap(), []);
    assert_eq!(known_label(&db, key(1)).unwrap(), None);

    let taught = Taught { key: key(1), lesson: Lesson::Learn(Label::Spam), tokens: None, source: "review" };
    let tx = db.transaction().unwrap();
    assert_eq!(apply(&tx, &taught, NOW).unwrap(), Some(change(1, None, Some(Label::Spam))));
    let unknown = Taught { key: key(2), ..taught };
    assert_eq!(apply(&tx, &unknown, NOW).unwrap(), None);
}

#[test]
fn the_learner_is_rebuilt_from_the_lessons_in_force() {
    let (mut db, _) = fresh();
    train(&mut db, &[ham(1), ham(2), spam(3)], "file", NOW).unwrap();
    untrain(&mut db, &[key(1)], NOW).unwrap();
    assert_eq!(in_force(&db), [(Label::Ham, tokens(key(2))), (Label::Spam, tokens(key(3)))]);
}

#[test]
fn a_lesson_of_an_older_engine_does_not_count_until_it_is_taught_again() {
    let (mut db, _) = fresh();
    train(&mut db, &[ham(1), spam(2), ham(3)], "file", NOW).unwrap();
    make_older(&db, &[1, 2]);
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 1, spam: 0 });
    assert_eq!(in_force(&db), [(Label::Ham, tokens(key(3)))]);
    assert!(!is_settled(&db, key(1), Some(Label::Ham)).unwrap(), "the same label is news");
    assert!(is_settled(&db, key(3), Some(Label::Ham)).unwrap());

    let changes = train(&mut db, &[ham(1), ham(3)], "file", NOW).unwrap();

    // There was a lesson before, so that the learner is made anew.
    assert_eq!(changes, [change(1, Some(Label::Ham), Some(Label::Ham))]);
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 2, spam: 0 });
    assert_eq!(in_force(&db), [(Label::Ham, tokens(key(1))), (Label::Ham, tokens(key(3)))]);
    assert!(is_settled(&db, key(1), Some(Label::Ham)).unwrap());
    let relabelled = train(&mut db, &[ham(2)], "file", NOW).unwrap();
    assert_eq!(relabelled, [change(2, Some(Label::Spam), Some(Label::Ham))]);
    assert_eq!(trained_counts(&db).unwrap(), Trained { ham: 3, spam: 0 });
}

#[test]
fn old_tokens_stay_old_if_the_message_is_gone() {
    let (mut db, _) = fresh();
    train(&mut db, &[ham(1)], "file", NOW).unwrap();
    make_older(&db, &[1]);
    untrain(&mut db, &[key(1)], NOW).unwrap();
    assert!(is_settled(&db, key(1), None).unwrap());
    let taught = Taught { key: key(1), lesson: Lesson::Learn(Label::Ham), tokens: None, source: "review" };
    let tx = db.transaction().unwrap();
    let change = apply(&tx, &taught, NOW).unwrap().unwrap();
    assert_eq!((change.version, change.tokens), (1, b"old".to_vec()));
    tx.commit().unwrap();
    assert_eq!(trained_counts(&db).unwrap(), Trained::default());
}

/// Gives the lessons tokens of the first engine.
fn make_older(db: &Connection, lessons: &[u32]) {
    for n in lessons {
        db.execute("UPDATE training SET tokens = x'6f6c64', version = 1 WHERE content_key = ?1", [key(*n)]).unwrap();
    }
}

fn in_force(db: &Connection) -> Vec<(Label, Vec<u8>)> {
    let mut seen = Vec::new();
    each_training(db, |label, tokens| seen.push((label, tokens.to_vec()))).unwrap();
    seen
}

fn ham(n: u32) -> TrainItem {
    TrainItem { key: key(n), tokens: tokens(key(n)), label: Label::Ham }
}

fn spam(n: u32) -> TrainItem {
    TrainItem { label: Label::Spam, ..ham(n) }
}

fn change(n: u32, before: Option<Label>, after: Option<Label>) -> LessonChange {
    LessonChange { key: key(n), before, after, tokens: tokens(key(n)), version: Features::VERSION }
}
