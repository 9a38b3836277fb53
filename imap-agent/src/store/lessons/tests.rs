//! Tests of lessons that come from elsewhere or are made anew.

use super::*;
use crate::store::{
    original::{self, NewOriginal},
    testing::{NOW, fresh, key, tokens},
    training::{TrainItem, known_label},
};

#[test]
fn lessons_come_out_as_they_went_in_and_in_their_order() {
    let (mut db, _) = fresh();
    let mut lessons = vec![lesson(3, Label::Spam), lesson(1, Label::Ham), lesson(2, Label::Ham)];
    let imported = import(&mut db, lessons.clone().into_iter().map(Ok)).unwrap();
    assert_eq!(imported, Imported { learned: 3, ..Imported::default() });
    assert_eq!(all(&db), lessons);
    assert_eq!(
        import(&mut db, lessons.clone().into_iter().map(Ok)).unwrap(),
        Imported { known: 3, ..Imported::default() }
    );
    training::untrain(&mut db, &[key(1)], NOW).unwrap();
    lessons.remove(1);
    assert_eq!(all(&db), lessons);
}

#[test]
fn of_two_that_differ_the_newer_holds() {
    let (mut db, _) = fresh();
    let here = [lesson(1, Label::Ham), lesson(2, Label::Ham), lesson(3, Label::Ham), lesson(4, Label::Ham)];
    import(&mut db, here.into_iter().map(Ok)).unwrap();
    // Number 3 is taken back, later than it was learned.
    training::untrain(&mut db, &[key(3)], UnixTime(NOW.0 + 5)).unwrap();
    let at = |n, label, secs| KeptLesson { at: UnixTime(NOW.0 + secs), ..lesson(n, label) };
    let there = [at(1, Label::Spam, 1), at(2, Label::Spam, -1), at(3, Label::Ham, 4), at(4, Label::Spam, 0)];
    let imported = import(&mut db, there.into_iter().map(Ok)).unwrap();
    assert_eq!(imported, Imported { newer: 1, older: 3, ..Imported::default() });
    let labels = [1, 2, 3, 4].map(|n| known_label(&db, key(n)).unwrap());
    assert_eq!(labels, [Some(Label::Spam), Some(Label::Ham), None, Some(Label::Ham)]);
    let again = import(&mut db, [at(3, Label::Ham, 6)].into_iter().map(Ok)).unwrap();
    assert_eq!((again.newer, known_label(&db, key(3)).unwrap()), (1, Some(Label::Ham)));
}

#[test]
fn a_fault_among_them_takes_all_back() {
    let (mut db, _) = fresh();
    let lessons = [Ok(lesson(1, Label::Ham)), Err("line 3 is damaged".to_owned()), Ok(lesson(2, Label::Ham))];
    assert_eq!(import(&mut db, lessons.into_iter()).unwrap_err().to_string(), "line 3 is damaged");
    assert_eq!(all(&db), []);
}

#[test]
fn tokens_of_a_newer_engine_stay() {
    let (mut db, _) = fresh();
    import(&mut db, [Ok(lesson(1, Label::Ham))].into_iter()).unwrap();
    let old = KeptLesson { tokens: b"old".to_vec(), version: 1, at: UnixTime(NOW.0 + 1), ..lesson(1, Label::Spam) };
    import(&mut db, [Ok(old.clone())].into_iter()).unwrap();
    let want = KeptLesson { tokens: tokens(key(1)), version: Features::VERSION, ..old };
    assert_eq!(all(&db), [want]);
}

#[test]
fn older_lessons_are_found_with_their_originals_and_renewed_once() {
    let (mut db, account) = fresh();
    let old = |n| KeptLesson { version: 1, ..lesson(n, Label::Spam) };
    let lessons = [old(1), old(2), lesson(3, Label::Ham), old(4)];
    import(&mut db, lessons.into_iter().map(Ok)).unwrap();
    training::untrain(&mut db, &[key(4)], NOW).unwrap();
    for n in [2, 3, 4] {
        let (flags, internal_date) = (Vec::new(), NOW);
        let new = NewOriginal { account, key: key(n), flags, internal_date, size: 1, stored: 1 };
        original::keep(&mut db, &new, NOW).unwrap();
    }
    assert_eq!(outdated(&db).unwrap(), Outdated { kept: vec![(key(2), account)], without: 1 });

    let made = [(key(2), b"new".to_vec())];
    assert_eq!(renew(&mut db, &made).unwrap(), 1);
    assert_eq!(renew(&mut db, &made).unwrap(), 0);

    assert_eq!(outdated(&db).unwrap(), Outdated { kept: Vec::new(), without: 1 });
    let renewed = KeptLesson { tokens: b"new".to_vec(), version: Features::VERSION, ..old(2) };
    assert_eq!(all(&db), [old(1), renewed, lesson(3, Label::Ham)]);
}

#[test]
fn what_is_learned_now_is_of_this_version() {
    let (mut db, _) = fresh();
    let item = TrainItem { key: key(1), tokens: tokens(key(1)), label: Label::Ham };
    training::train(&mut db, &[item], "file", NOW).unwrap();
    assert_eq!(all(&db), [KeptLesson { source: "file".to_owned(), ..lesson(1, Label::Ham) }]);
}

#[test]
fn a_store_from_before_versions_is_looked_at_all_the_same() {
    let (mut db, _) = fresh();
    import(&mut db, [Ok(lesson(1, Label::Ham))].into_iter()).unwrap();
    db.execute_batch("DROP INDEX training_version; ALTER TABLE training DROP COLUMN version;").unwrap();
    let mut seen = Vec::new();
    each(&db, false, &mut |lesson| {
        seen.push(lesson);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(seen, [KeptLesson { version: 1, ..lesson(1, Label::Ham) }]);
}

#[test]
fn a_known_lesson_of_an_older_engine_gets_the_new_tokens() {
    let (mut db, _) = fresh();
    let old = |n| KeptLesson { version: 1, tokens: b"old".to_vec(), ..lesson(n, Label::Ham) };
    let imported = import(&mut db, [1, 2, 3].map(old).into_iter().map(Ok)).unwrap();
    assert_eq!(imported, Imported { learned: 3, outdated: 3, ..Imported::default() });
    // Number 2 was taught here later, number 3 is not of this version there either.
    let there = [lesson(1, Label::Ham), KeptLesson { at: UnixTime(NOW.0 - 1), ..lesson(2, Label::Spam) }, old(3)];
    let imported = import(&mut db, there.into_iter().map(Ok)).unwrap();
    assert_eq!(imported, Imported { renewed: 2, known: 1, older: 1, ..Imported::default() });
    assert!(imported.has_changed());
    assert_eq!(all(&db), [lesson(1, Label::Ham), lesson(2, Label::Ham), old(3)]);
}

#[test]
fn what_was_taken_back_and_comes_again_stands_behind_all_others() {
    let (mut db, _) = fresh();
    import(&mut db, [1, 2].map(|n| Ok(lesson(n, Label::Ham))).into_iter()).unwrap();
    training::untrain(&mut db, &[key(1)], NOW).unwrap();
    let again = KeptLesson { at: UnixTime(NOW.0 + 1), ..lesson(1, Label::Spam) };
    import(&mut db, [again.clone(), lesson(3, Label::Ham)].into_iter().map(Ok)).unwrap();
    assert_eq!(all(&db), [lesson(2, Label::Ham), again, lesson(3, Label::Ham)]);
}

fn lesson(n: u32, label: Label) -> KeptLesson {
    let (key, source) = (key(n), "review".to_owned());
    KeptLesson { key, label, tokens: tokens(key), source, at: NOW, version: Features::VERSION }
}

fn all(db: &Connection) -> Vec<KeptLesson> {
    let mut lessons = Vec::new();
    each(db, true, &mut |lesson| {
        lessons.push(lesson);
        ControlFlow::Continue(())
    })
    .unwrap();
    lessons
}
