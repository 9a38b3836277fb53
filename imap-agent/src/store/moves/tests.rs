//! What a move says, to the journal and back.

use super::*;
use crate::store::{
    batch::begin_batch,
    history,
    mail::{mail, relocate},
    seen,
    testing::{NOW, VALIDITY, act, filed, fresh, inbox, item, judged, junk, left, pending, place, plan, spam, taught},
    training::{self, trained_counts},
    undo::begin_undo,
};

fn sides() -> Sides {
    Sides { junk: vec!["Junk".to_owned(), "Held".to_owned()], neutral: vec!["Trash".to_owned()] }
}

fn at(folder: &str, uid: u32) -> Location {
    Location::new(folder, VALIDITY, uid)
}

/// Moves it there as the person does, and learns from that. Returns what was learned.
fn carry(db: &mut Connection, account: AccountId, id: MailId, to: &Location) -> Option<Label> {
    let noted = turned_up(db, &sides(), (id, to, Keywords::None), &Changes::default(), NOW).unwrap();
    act(db, account);
    assert_eq!(place(db, id), *to, "the person's placing stands");
    noted.map(|noted| noted.label)
}

fn learned(db: &Connection) -> (u32, u32) {
    let trained = trained_counts(db).unwrap();
    (trained.spam, trained.ham)
}

#[test]
fn what_is_carried_between_junk_and_elsewhere_is_learned_and_the_trash_says_nothing() {
    use Label::{Ham, Spam};
    for (is_filed, way, want) in [
        (false, &["Junk"][..], &[Some(Spam)][..]),
        (false, &["Held"], &[Some(Spam)]),
        (false, &["Projects", "INBOX"], &[None, None]),
        (false, &["Projects", "Junk", "INBOX", "Junk"], &[None, Some(Spam), Some(Ham), Some(Spam)]),
        (false, &["Trash", "INBOX"], &[None, None]),
        (false, &["Trash", "Junk"], &[None, Some(Spam)]),
        (false, &["Junk", "Trash", "Projects"], &[Some(Spam), None, Some(Ham)]),
        (true, &["INBOX"], &[Some(Ham)]),
        (true, &["Projects"], &[Some(Ham)]),
        (true, &["Held"], &[None]),
        (true, &["Trash"], &[None]),
        (true, &["Trash", "Junk"], &[None, None]),
        (true, &["Trash", "INBOX"], &[None, Some(Ham)]),
    ] {
        let (mut db, account) = fresh();
        let id = if is_filed { filed(&mut db, account, 1) } else { left(&mut db, account, 1) };
        let steps = (200..).zip(way);
        let got: Vec<_> = steps.map(|(uid, folder)| carry(&mut db, account, id, &at(folder, uid))).collect();
        assert_eq!(got, want, "{is_filed} {way:?}");
        let last = want.iter().rev().find_map(|label| *label);
        assert_eq!((taught(&db, id), learned(&db).0 + learned(&db).1), (last, u32::from(last.is_some())), "{way:?}");
    }
}

#[test]
fn what_is_gone_and_comes_back_is_known_by_the_journal() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let from = place(&db, id);
    lost(&mut db, &from, &[id]).unwrap();
    assert!(place(&db, id).is_gone());
    assert_eq!(carry(&mut db, account, id, &at("Projects", 9)), Some(Label::Ham));
    // Only from where it was missed.
    lost(&mut db, &from, &[id]).unwrap();
    assert_eq!(place(&db, id), at("Projects", 9));
}

#[test]
fn an_undo_takes_the_lesson_back_and_leaves_the_message_where_the_person_put_it() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    carry(&mut db, account, id, &junk(50));
    assert_eq!((learned(&db), mail(&db, id).unwrap().unwrap().reviewed_at), ((1, 0), NOW));
    let undo = begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!(undo.text, "1 message moved to Junk in another program");
    act(&mut db, account);
    assert_eq!((learned(&db), taught(&db, id), place(&db, id)), ((0, 0), None, junk(50)));
    // And it can be said again.
    assert_eq!(carry(&mut db, account, id, &inbox(60)), Some(Label::Ham));
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!((learned(&db), place(&db, id)), ((0, 0), inbox(60)));
    // Where nothing was moved, no keyword was set.
    assert_eq!(mail(&db, id).unwrap().unwrap().judged.keywords, Keywords::None);
}

#[test]
fn a_filing_and_the_move_that_undid_it_are_taken_back_in_any_order() {
    for (first, second) in [(0, 1), (1, 0)] {
        let (mut db, account) = fresh();
        let id = left(&mut db, account, 1);
        let spam = begin_batch(&mut db, Kind::Spam, "spam", &[item(id, "Junk", Label::Spam)], NOW).unwrap();
        act(&mut db, account);
        let noted = turned_up(&mut db, &sides(), (id, &inbox(70), Keywords::None), &Changes::default(), NOW);
        act(&mut db, account);
        assert_eq!((learned(&db), place(&db, id)), ((0, 1), inbox(70)));
        let changes = [spam, noted.unwrap().unwrap().batch];
        for change in [changes[first], changes[second]] {
            begin_undo(&mut db, Some(change), NOW).unwrap();
            act(&mut db, account);
        }
        assert_eq!((learned(&db), taught(&db, id), place(&db, id)), ((0, 0), None, inbox(70)));
    }
}

#[test]
fn many_at_one_look_are_one_change_and_an_undone_one_is_over() {
    let (mut db, account) = fresh();
    let mut changes = Changes::default();
    for n in 1..=3 {
        let id = left(&mut db, account, n);
        let noted = turned_up(&mut db, &sides(), (id, &junk(100 + n), Keywords::None), &changes, NOW).unwrap();
        changes.note(&noted.unwrap());
        act(&mut db, account);
    }
    let texts = |db: &Connection| -> Vec<String> {
        history::newest(db, 10).unwrap().into_iter().map(|change| change.text).collect()
    };
    assert_eq!(texts(&db), ["3 messages moved to Junk in another program"]);
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!(learned(&db), (0, 0));
    let id = left(&mut db, account, 4);
    turned_up(&mut db, &sides(), (id, &junk(104), Keywords::None), &changes, NOW).unwrap().unwrap();
    assert_eq!(texts(&db).first().map(String::as_str), Some("1 message moved to Junk in another program"));
}

#[test]
fn what_is_about_to_happen_comes_first() {
    let (mut db, account) = fresh();
    let (id, _) =
        crate::store::testing::record_and_intend(&mut db, &spam(account, 1), &inbox(1), "Junk", None).unwrap();
    // A crash came between the move and the note of it.
    assert_eq!(turned_up(&mut db, &sides(), (id, &junk(5), Keywords::None), &Changes::default(), NOW).unwrap(), None);
    assert_eq!(lying(&db, account, &junk(0), 10).unwrap().len(), 0);
    act(&mut db, account);
    assert_eq!((place(&db, id), learned(&db), taught(&db, id)), (junk(5), (0, 0), None));
    assert_eq!(lying(&db, account, &junk(0), 10).unwrap().len(), 1);
}

#[test]
fn a_keyword_and_a_move_are_one_lesson() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let said = (Keywords::Junk, Some(Label::Spam));
    let noted = keyworded(&mut db, id, said, &Changes::default(), NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!((learned(&db), noted.origin), ((1, 0), Origin::Keyword));
    assert_eq!(turned_up(&mut db, &sides(), (id, &junk(9), Keywords::Junk), &Changes::default(), NOW).unwrap(), None);
    assert_eq!(keyworded(&mut db, id, said, &Changes::default(), NOW).unwrap(), None, "it counts once");
    assert_eq!((place(&db, id), learned(&db)), (junk(9), (1, 0)));
    let changes = history::newest(&db, 10).unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].text, "1 message marked as spam in another program");
}

#[test]
fn keywords_say_what_is_new_in_them() {
    use Keywords::{Both, Junk, None, NotJunk, Unknown};
    for (before, after, want) in [
        (None, Junk, Some(Label::Spam)),
        (None, NotJunk, Some(Label::Ham)),
        (None, Both, Option::None),
        (Junk, Both, Some(Label::Ham)),
        (NotJunk, Both, Some(Label::Spam)),
        (Both, Junk, Some(Label::Spam)),
        (Both, NotJunk, Some(Label::Ham)),
        (Junk, NotJunk, Some(Label::Ham)),
        (Junk, Junk, Option::None),
        (Junk, None, Option::None),
        (Both, Both, Option::None),
        (Unknown, Junk, Option::None),
        (Unknown, NotJunk, Option::None),
        (Unknown, Both, Option::None),
    ] {
        assert_eq!(after.said_since(before), want, "{before:?} {after:?}");
        for keywords in [before, after] {
            assert_eq!(Keywords::from_word(keywords.word()), Some(keywords));
        }
    }
}

#[test]
fn what_we_have_the_keywords_say_is_not_the_persons_word() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let keywords = |db: &Connection| mail(db, id).unwrap().unwrap().judged.keywords;
    let said = |db: &mut Connection, kind, target: &str, label| {
        begin_batch(db, kind, "said", &[item(id, target, label)], NOW).unwrap();
        act(db, account);
    };
    said(&mut db, Kind::Release, "INBOX", Label::Ham);
    assert_eq!(keywords(&db), Keywords::NotJunk);
    said(&mut db, Kind::Spam, "Junk", Label::Spam);
    assert_eq!(keywords(&db), Keywords::None);
    said(&mut db, Kind::Ham, "", Label::Ham);
    assert_eq!(keywords(&db), Keywords::None, "nothing is said of what stays where it is");
}

#[test]
fn what_the_server_filed_is_learned_once_if_it_is_believed() {
    let (mut db, account) = fresh();
    let stranger = judged(account, 1);
    let noted = filed_by_server(&mut db, &stranger, &junk(4), &Changes::default(), NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!((learned(&db), noted.label), ((1, 0), Label::Spam));
    assert_eq!(filed_by_server(&mut db, &stranger, &junk(4), &Changes::default(), NOW).unwrap(), None);
    let row = mail::find_by_key(&db, account, stranger.key).unwrap().unwrap();
    assert_eq!((row.location, row.home.as_str()), (junk(4), "INBOX"));
    assert_eq!(carry(&mut db, account, row.id, &inbox(8)), Some(Label::Ham));
}

#[test]
fn the_server_is_not_believed_about_those_of_whom_the_person_has_said_what_comes_from_them() {
    let (mut db, account) = fresh();
    for decided_by in ["peer", "list entry 3"] {
        let known = Judged { decided_by: decided_by.to_owned(), ..judged(account, 1) };
        assert_eq!(filed_by_server(&mut db, &known, &junk(4), &Changes::default(), NOW).unwrap(), None);
        assert_eq!(mail::find_by_key(&db, account, known.key).unwrap(), None, "{decided_by}");
    }
    assert!(filed_by_server(&mut db, &judged(account, 1), &junk(4), &Changes::default(), NOW).unwrap().is_some());
}

#[test]
fn what_was_filed_in_a_folder_that_was_junk_then_is_not_wanted_for_that_now() {
    let renamed = Sides { junk: vec!["Spam".to_owned()], neutral: vec!["Trash".to_owned()] };
    let beside = Sides { junk: vec!["Spam".to_owned()], neutral: vec!["Trash".to_owned(), "Junk".to_owned()] };
    for sides in [renamed, beside] {
        let (mut db, account) = fresh();
        let (id, other) = (filed(&mut db, account, 1), left(&mut db, account, 2));
        let mut said = |mail, to: &Location| {
            let noted = turned_up(&mut db, &sides, (mail, to, Keywords::None), &Changes::default(), NOW).unwrap();
            noted.map(|noted| noted.label)
        };
        assert_eq!(said(id, &at("Spam", 9)), None);
        assert_eq!(said(id, &at("Trash", 10)), None);
        assert_eq!(said(id, &at("Spam", 11)), None, "from the trash, too");
        assert_eq!(said(id, &at("Projects", 13)), Some(Label::Ham));
        assert_eq!(said(other, &at("Spam", 14)), Some(Label::Spam), "what was not filed is");
    }
}

#[test]
fn the_lesson_says_how_it_came() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    carry(&mut db, account, id, &junk(2));
    let source =
        |db: &Connection| -> String { db.query_row("SELECT source FROM training", (), |row| row.get(0)).unwrap() };
    assert_eq!(source(&db), "move");
    begin_batch(&mut db, Kind::Ham, "said", &[item(id, "", Label::Ham)], NOW).unwrap();
    act(&mut db, account);
    assert_eq!(source(&db), "review");
}

#[test]
fn only_what_is_not_known_at_its_place_has_candidates() {
    let (mut db, account) = fresh();
    let print = judged(account, 1).fingerprint;
    assert_eq!(candidates(&db, account, &junk(1), print).unwrap(), Some(vec![]));
    let id = left(&mut db, account, 1);
    assert_eq!(candidates(&db, account, &inbox(1), print).unwrap(), None);
    let ids: Vec<_> = candidates(&db, account, &junk(1), print).unwrap().unwrap().iter().map(|row| row.id).collect();
    assert_eq!(ids, [id]);
    // What we know is not remembered as somebody else's.
    seen::remember(&mut db, account, &junk(1), &[(1, print)], NOW).unwrap();
    assert!(!crate::store::folder::is_seen(&db, account, print).unwrap());
    relocate(&mut db, id, &junk(1)).unwrap();
    assert_eq!(candidates(&db, account, &junk(1), print).unwrap(), None);
}

#[test]
fn what_lies_in_a_folder_is_read_by_its_index() {
    let (db, _) = fresh();
    let steps = plan(&db, LYING, 4);
    assert!(steps.iter().any(|step| step.contains("mail_location")), "{steps:?}");
    assert!(steps.iter().all(|step| !step.starts_with("SCAN") && !step.contains("TEMP B-TREE")), "{steps:?}");
}

#[test]
fn a_lesson_and_the_end_of_its_deed_are_one_step() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let noted =
        turned_up(&mut db, &sides(), (id, &junk(2), Keywords::None), &Changes::default(), NOW).unwrap().unwrap();
    // Killed before it was carried out: it is still to be done, once.
    let waiting: Vec<_> = pending(&db, account).unwrap().into_iter().map(|intent| intent.id).collect();
    assert_eq!((waiting, learned(&db)), (vec![noted.intent], (0, 0)));
    act(&mut db, account);
    assert_eq!(learned(&db), (1, 0));
    assert!(journal::start(&mut db, noted.intent).unwrap().is_none());
    let key = judged(account, 1).key;
    assert!(training::is_settled(&db, key, Some(Label::Spam)).unwrap());
}
