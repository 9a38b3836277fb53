//! What is promised of lessons that are forgotten.

use std::ops::ControlFlow;

use super::*;
use crate::store::{
    AccountId, history,
    lessons::{self, Imported, KeptLesson},
    testing::{NOW, fresh, key, left, plan},
    training::{TrainItem, each_training, train},
    undo::begin_undo,
};

fn tokens(n: u32) -> Vec<u8> {
    Features::encode(&[tamis_core::learn::TokenId(u64::from(n) << 40)])
}

/// Lessons of so many messages, every third spam.
fn taught(db: &mut Connection, numbers: std::ops::RangeInclusive<u32>, source: &str) {
    for n in numbers {
        let label = if n % 3 == 0 { Label::Spam } else { Label::Ham };
        train(db, &[TrainItem { key: key(n), tokens: tokens(n), label }], source, UnixTime(NOW.0 + i64::from(n)))
            .unwrap();
    }
}

/// What the learner is made of, in its order.
fn course(db: &Connection) -> Vec<(Label, Vec<u8>)> {
    let mut all = Vec::new();
    each_training(db, |label, tokens| all.push((label, tokens.to_vec()))).unwrap();
    all
}

fn kept(db: &Connection) -> Vec<KeptLesson> {
    let mut all = Vec::new();
    lessons::each(db, true, &mut |lesson| {
        all.push(lesson);
        ControlFlow::Continue(())
    })
    .unwrap();
    all
}

fn said(db: &Connection, account: AccountId, n: u32) -> String {
    let find = "SELECT taught FROM mail WHERE account_id = ?1 AND content_key = ?2";
    db.query_row(find, params![account, key(n)], |row| row.get(0)).unwrap()
}

#[test]
fn lessons_are_shown_newest_first_with_what_is_known_of_their_messages() {
    let (mut db, account) = fresh();
    left(&mut db, account, 2);
    taught(&mut db, 1..=3, "file");
    taught(&mut db, 4..=4, "review");
    let all = page(&db, "", 0, 10).unwrap();
    let rows: Vec<_> = all.rows.iter().map(|row| (row.key.clone(), row.label.as_str(), row.from.as_str())).collect();
    let want = [(4, "ham", ""), (3, "spam", ""), (2, "ham", "Zoë Größe"), (1, "ham", "")];
    assert_eq!(rows, want.map(|(n, label, from)| (hex(key(n)), label, from)));
    assert_eq!((all.total, all.outdated), (4, 0));
    let source = |source: &str, ham, spam| LessonSource { source: source.to_owned(), ham, spam };
    assert_eq!(all.sources, [source("file", 2, 1), source("review", 1, 0)]);
    let some = page(&db, "file", 1, 1).unwrap();
    assert_eq!((some.rows[0].key.clone(), some.rows.len(), some.total), (hex(key(2)), 1, 3));
}

#[test]
fn lessons_are_found_by_their_index() {
    let (db, _) = fresh();
    let steps = plan(&db, NEWEST, 3);
    assert!(steps.iter().all(|step| step.contains("COVERING INDEX training_newest")), "{steps:?}");
}

#[test]
fn a_forgotten_lesson_was_never_given_and_undone_it_stands_where_it_stood() {
    let (mut db, account) = fresh();
    let mail = left(&mut db, account, 3);
    taught(&mut db, 1..=5, "review");
    db.execute("UPDATE mail SET taught = 'spam', reviewed_at = 9 WHERE id = ?1", [mail.0]).unwrap();
    let before = kept(&db);
    let forgotten = unlearn(&mut db, &[key(3), key(9)], NOW).unwrap().unwrap();
    assert_eq!((forgotten.lessons, said(&db, account, 3)), (1, String::new()));
    let (mut without, _) = fresh();
    for n in [1, 2, 4, 5] {
        taught(&mut without, n..=n, "review");
    }
    assert_eq!(course(&db), course(&without));
    assert!(unlearn(&mut db, &[key(3)], NOW).unwrap().is_none(), "it is forgotten already");
    let changes = history::newest(&db, 5).unwrap();
    assert_eq!((changes[0].text.as_str(), changes[0].messages), ("1 lesson forgotten", 1));

    let undo = begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!((undo.undone, undo.lessons), (forgotten.batch, 1));
    assert_eq!((kept(&db), said(&db, account, 3).as_str()), (before, "spam"));
}

#[test]
fn what_was_learned_since_stands_when_it_is_given_back() {
    let (mut db, _) = fresh();
    taught(&mut db, 1..=3, "review");
    let forgotten = unlearn(&mut db, &[key(3)], NOW).unwrap().unwrap();
    let item = TrainItem { key: key(3), tokens: tokens(3), label: Label::Ham };
    train(&mut db, &[item], "review", NOW).unwrap();
    assert_eq!(begin_undo(&mut db, Some(forgotten.batch), NOW).unwrap().unwrap().lessons, 0);
    assert_eq!(course(&db).last(), Some(&(Label::Ham, tokens(3))));
}

#[test]
fn all_are_forgotten_and_come_back_from_a_file_or_by_an_undo_in_the_same_order() {
    let (mut db, account) = fresh();
    left(&mut db, account, 2);
    taught(&mut db, 1..=20, "file");
    db.execute("UPDATE mail SET taught = 'ham', reviewed_at = 9", ()).unwrap();
    let (before, file, known) = (course(&db), kept(&db), in_force(&db).unwrap());
    let forgotten = unlearn_all(&mut db, NOW).unwrap().unwrap();
    assert_eq!((forgotten.lessons, course(&db).len()), (20, 0));
    assert_eq!(said(&db, account, 2), "ham", "the person's word of a message stands");
    assert!(unlearn_all(&mut db, NOW).unwrap().is_none());
    assert_ne!(in_force(&db).unwrap(), known);
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!((course(&db), kept(&db)), (before.clone(), file.clone()));
    assert_eq!(in_force(&db).unwrap(), known);

    unlearn_all(&mut db, NOW).unwrap().unwrap();
    let imported = lessons::import(&mut db, file.into_iter().map(Ok)).unwrap();
    assert_eq!(imported, Imported { learned: 20, ..Imported::default() });
    assert_eq!(course(&db), before);
}

#[test]
fn a_key_is_read_back_as_it_is_written() {
    assert_eq!(key_of(&hex(key(7))), Some(key(7)));
    for text in ["", "0g", "00", &"0".repeat(31), &"0".repeat(34), "ÄÄÄÄÄÄÄÄ"] {
        assert_eq!(key_of(text), None, "{text}");
    }
}
