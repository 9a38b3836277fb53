//! Tests of what the window shows.

use tamis_core::{Action, Class, learn::Label};

use super::*;
use crate::store::{
    batch::begin_batch,
    folder::set_junk_folder,
    journal::Kind,
    mail::{BY_LOCATION, Judged, record_judged, relocate},
    testing::{NOW, act, filed, fresh, inbox, item, judged, left, plan, record_and_intend, spam},
};

#[test]
fn review_shows_what_is_doubtful_or_filed_and_still_somewhere() {
    let (mut db, account) = fresh();
    left(&mut db, account, 1);
    filed(&mut db, account, 2);
    let wanted = Judged { class: Class::Ham, ..judged(account, 3) };
    record_judged(&mut db, &wanted, &inbox(3), None).unwrap();
    let left_alone = Judged { class: Class::Spam, action: Action::Leave, ..judged(account, 4) };
    record_judged(&mut db, &left_alone, &inbox(4), None).unwrap();
    let gone = left(&mut db, account, 5);
    relocate(&mut db, gone, &crate::store::Location::default()).unwrap();
    assert_eq!(subjects(&db, Show::Review, ""), ["100% of ÄPFEL_2", "100% of ÄPFEL_1"]);
    assert_eq!(counts(&db).unwrap(), Counts { judged: 5, filed: 1, to_review: 2 });
    assert_eq!(list(&db, Show::All, "", 100).unwrap().1, 5);
}

#[test]
fn what_the_person_decided_does_not_wait_even_while_the_server_is_away() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    begin_batch(&mut db, Kind::Release, "release", &[item(id, "INBOX", Label::Ham)], NOW).unwrap();
    assert_eq!((subjects(&db, Show::Review, "").len(), counts(&db).unwrap().to_review), (0, 0));
    act(&mut db, account);
    assert_eq!((subjects(&db, Show::Review, "").len(), counts(&db).unwrap().to_review), (0, 0));
}

#[test]
fn what_is_to_be_filed_waits_before_it_is_filed() {
    let (mut db, account) = fresh();
    record_and_intend(&mut db, &spam(account, 1), &inbox(1), "Junk", None).unwrap();
    assert_eq!(counts(&db).unwrap(), Counts { judged: 1, filed: 0, to_review: 1 });
}

#[test]
fn junk_shows_what_is_in_the_junk_folder_now() {
    let (mut db, account) = fresh();
    filed(&mut db, account, 1);
    let by_word = left(&mut db, account, 2);
    left(&mut db, account, 3);
    assert_eq!(subjects(&db, Show::Junk, "").len(), 0, "no Junk folder is known yet");
    set_junk_folder(&mut db, account, "Junk").unwrap();
    begin_batch(&mut db, Kind::Spam, "spam", &[item(by_word, "Junk", Label::Spam)], NOW).unwrap();
    act(&mut db, account);
    assert_eq!(subjects(&db, Show::Junk, ""), ["100% of ÄPFEL_2", "100% of ÄPFEL_1"]);
}

#[test]
fn a_limit_cuts_the_oldest_and_the_total_counts_all() {
    let (mut db, account) = fresh();
    for n in 1..=5 {
        left(&mut db, account, n);
    }
    let (rows, total) = list(&db, Show::All, "", 2).unwrap();
    let subjects: Vec<_> = rows.iter().map(|row| row.row.subject.as_str()).collect();
    assert_eq!((subjects, total), (vec!["100% of ÄPFEL_5", "100% of ÄPFEL_4"], 5));
    assert_eq!((rows[0].account, rows[0].row.account.as_str()), (account, "me"));
}

#[test]
fn a_search_takes_every_character_as_it_is_in_any_case() {
    let (mut db, account) = fresh();
    left(&mut db, account, 1);
    left(&mut db, account, 2);
    for (search, want) in [
        ("äpfel_1", 1),
        ("ZOË GRÖSSE", 0),
        ("zoë größe", 2),
        ("ZOE2@EXAMPLE", 1),
        ("100% of", 2),
        ("100_", 0),
        ("%", 2),
        ("apfel%", 0),
        ("\\", 0),
        ("'; DROP TABLE mail; --", 0),
        ("", 2),
    ] {
        assert_eq!(list(&db, Show::All, search, 9).unwrap().1, want, "{search}");
    }
    assert_eq!(list(&db, Show::All, &"x".repeat(1 << 20), 9).unwrap().1, 0);
}

#[test]
fn hot_queries_use_an_index() {
    let (db, _) = fresh();
    for (sql, params, index) in [
        (REVIEW, 2, "mail USING INDEX mail_to_review"),
        (TO_REVIEW, 0, "mail USING INDEX mail_to_review"),
        (ALL, 2, "mail USING INDEX mail_newest"),
        (BY_LOCATION, 4, "mail USING INDEX mail_location (account_id=? AND folder=? AND uid_validity=? AND uid=?)"),
    ] {
        let steps = plan(&db, sql, params);
        assert!(steps[0].contains(index), "{sql}: {steps:#?}");
        let is_walked = |step: &String| step.contains("SCAN intent") || step.contains("TEMP B-TREE");
        assert!(!steps.iter().any(is_walked), "{sql}: {steps:#?}");
    }
}

fn subjects(db: &Connection, show: Show, search: &str) -> Vec<String> {
    let (rows, total) = list(db, show, search, 100).unwrap();
    assert_eq!(u32::try_from(rows.len()).unwrap(), total);
    rows.into_iter().map(|row| row.row.subject).collect()
}
