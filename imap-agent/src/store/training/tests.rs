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
    let mut seen = Vec::new();
    each_training(&db, |label, tokens| seen.push((label, tokens.to_vec()))).unwrap();
    assert_eq!(seen, [(Label::Ham, tokens(key(2))), (Label::Spam, tokens(key(3)))]);
}

fn ham(n: u32) -> TrainItem {
    TrainItem { key: key(n), tokens: tokens(key(n)), label: Label::Ham }
}

fn spam(n: u32) -> TrainItem {
    TrainItem { label: Label::Spam, ..ham(n) }
}

fn change(n: u32, before: Option<Label>, after: Option<Label>) -> LessonChange {
    LessonChange { key: key(n), before, after, tokens: tokens(key(n)) }
}
