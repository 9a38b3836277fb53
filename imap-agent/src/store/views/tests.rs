//! Tests of what the window shows.

use tamis_core::{Action, Class, api::Grouping, learn::Label};

use super::*;
use crate::store::{
    batch::begin_batch,
    folder::{account_id, set_junk_folder},
    journal::Kind,
    mail::{BY_LOCATION, Judged, record_judged, relocate},
    testing::{NOW, act, filed, fresh, inbox, item, judged, left, list, plan, reason, record_and_intend, spam},
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
    assert_eq!(list(&db, Show::All, "", 100).1, 5);
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
    let (rows, total) = list(&db, Show::All, "", 2);
    let subjects: Vec<_> = rows.iter().map(|row| row.subject.as_str()).collect();
    assert_eq!((subjects, total), (vec!["100% of ÄPFEL_5", "100% of ÄPFEL_4"], 5));
    assert_eq!(rows[0].account, "me");
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
        assert_eq!(list(&db, Show::All, search, 9).1, want, "{search}");
    }
    assert_eq!(list(&db, Show::All, &"x".repeat(1 << 20), 9).1, 0);
}

#[test]
fn hot_queries_use_an_index() {
    let (db, _) = fresh();
    for (sql, params, index) in [
        (ROWS[0][0], 8, "mail USING INDEX mail_to_review (received_at>?)"),
        (outline::IDS[0][0], 6, "mail USING INDEX mail_to_review (received_at>?)"),
        (TO_REVIEW, 0, "mail USING INDEX mail_to_review"),
        (ROWS[2][0], 8, "mail USING INDEX mail_newest (received_at>?)"),
        (outline::IDS[2][0], 6, "mail USING INDEX mail_newest (received_at>?)"),
        (BY_LOCATION, 4, "mail USING INDEX mail_location (account_id=? AND folder=? AND uid_validity=? AND uid=?)"),
    ] {
        let steps = plan(&db, sql, params);
        assert!(steps[0].contains(index), "{sql}: {steps:#?}");
        let is_walked = |step: &String| step.contains("SCAN intent") || step.contains("TEMP B-TREE");
        assert!(!steps.iter().any(is_walked), "{sql}: {steps:#?}");
    }
    // Nearness to a threshold is in no index: what the list shows is found by one, and then sorted.
    let steps = plan(&db, outline::IDS[0][1], 6);
    assert!(steps[0].contains("mail USING INDEX mail_to_review (received_at>?)"), "{steps:#?}");
}

#[test]
fn a_list_is_filtered_and_put_in_order() {
    let (mut db, account) = fresh();
    let other = account_id(&mut db, "other", "imap.example.net", "me@example.net").unwrap();
    for (account, n, class, points) in [
        (account, 1, Class::Spam, 9_000),
        (account, 2, Class::Unsure, 4_900),
        (other, 3, Class::Spam, 5_200),
        (account, 4, Class::Unsure, 3_100),
    ] {
        let score = Score::from_thousandths(points);
        let judged = Judged { class, score, action: Action::MoveToJunk, ..judged(account, n) };
        record_judged(&mut db, &judged, &inbox(n), None).unwrap();
    }
    let query = ListQuery::default;
    let unsure = ListQuery { class: "unsure".to_owned(), ..query() };
    let of_other = ListQuery { account: "other".to_owned(), ..query() };
    let doubtful = ListQuery { order: ListOrder::MostDoubtful, ..query() };
    let both = ListQuery { class: "spam".to_owned(), order: ListOrder::MostDoubtful, ..query() };
    let also = ListQuery { search: "äpfel_1".to_owned(), also: vec![MailId(4), MailId(99)], ..query() };
    for (query, want) in [
        (query(), &[4, 3, 2, 1][..]),
        (unsure, &[4, 2]),
        (of_other, &[3]),
        (doubtful, &[2, 3, 4, 1]),
        (both, &[3, 1]),
        (also, &[4, 1]),
    ] {
        let wanted = Wanted { junk_threshold: Score::from_thousandths(5_000), ..wanted(query) };
        let ids: Vec<i64> = outline(&db, &wanted).unwrap().ids.iter().map(|id| id.0).collect();
        assert_eq!(ids, want, "{wanted:?}");
        let (rows, total) = super::list(&db, &wanted, 0, 9).unwrap();
        assert_eq!(rows.iter().map(|view| view.row.id.0).collect::<Vec<_>>(), ids, "{wanted:?}");
        assert_eq!(usize::try_from(total).unwrap(), ids.len());
    }
    let since = Wanted { since: Some(UnixTime(1_003)), ..wanted(query()) };
    assert_eq!(outline(&db, &since).unwrap().ids, [MailId(4), MailId(3)]);
    let (page, total) = super::list(&db, &wanted(query()), 1, 2).unwrap();
    let page: Vec<i64> = page.iter().map(|view| view.row.id.0).collect();
    assert_eq!((page, total), (vec![3, 2], 4));
}

#[test]
fn groups_stand_in_the_order_of_their_first_messages() {
    let (mut db, account) = fresh();
    for (n, from, symbols) in [
        (1, "A@shop.example", &[("MUCH", 3_000), ("GOOD", -9_000)][..]),
        (2, "b@bank.example", &[("SOME", 500), ("OTHER", 900)]),
        (3, "a@shop.example", &[("OTHER", 700)]),
        (4, "b@bank.example", &[("GOOD", -1_000)]),
    ] {
        let reasons = symbols.iter().map(|(symbol, points)| reason(symbol, *points)).collect();
        let judged = Judged { from_address: from.to_owned(), reasons, ..judged(account, n) };
        record_judged(&mut db, &judged, &inbox(n), None).unwrap();
    }
    let heads = |grouping| {
        let found = outline(&db, &wanted(ListQuery { grouping, ..ListQuery::default() })).unwrap();
        let heads = found.groups.into_iter().map(|group| (group.key, group.title, group.count)).collect::<Vec<_>>();
        (found.ids.iter().map(|id| id.0).collect::<Vec<_>>(), heads)
    };
    let head = |key: &str, title: &str, count| (key.to_owned(), title.to_owned(), count);
    let senders = vec![head("b@bank.example", "Zoë Größe", 2), head("a@shop.example", "Zoë Größe", 2)];
    assert_eq!(heads(Grouping::Sender), (vec![4, 2, 3, 1], senders));
    let reasons = vec![
        head("", "", 1),
        head("OTHER", "It matches the rule “about OTHER”", 2),
        head("MUCH", "It matches the rule “about MUCH”", 1),
    ];
    assert_eq!(heads(Grouping::Reason), (vec![4, 3, 2, 1], reasons));
    assert_eq!(heads(Grouping::None), (vec![4, 3, 2, 1], vec![]));
    let senders: Vec<String> = senders_of(&db, &[1, 3, 4]);
    assert_eq!(senders, ["a@shop.example", "b@bank.example"]);
}

/// How long a list of 100,000 takes; its figures are in MEASUREMENTS.md.
#[test]
#[ignore = "takes a while, and measures"]
fn a_hundred_thousand_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tamis.db");
    let mut db = Connection::open(&path).unwrap();
    crate::store::open::prepare(&db).unwrap();
    crate::store::migrate::migrate(&mut db).unwrap();
    let account = account_id(&mut db, "me", "imap.example.org", "me@example.org").unwrap();
    left(&mut db, account, 1);
    db.execute_batch(
        "UPDATE mail SET reasons = json_array(json_object('symbol', 'MUCH', 'about', 'x', 'why', hex(randomblob(700)),
             'thousandths', 900)), clues = json_array(json_array(hex(randomblob(500)), 0.9));
         WITH RECURSIVE n(n) AS (VALUES (2) UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
         INSERT INTO mail (account_id, content_key, fingerprint, from_name, from_address, subject, search_text, received_at,
             score, class, action, reasons, clues, folder, uid_validity, uid, main_reason)
         SELECT account_id, randomblob(16), randomblob(16), from_name, 'a' || (n % 3000) || '@example.org', subject || n,
             search_text || n, received_at + n * 7919 % 100000, n * 31 % 15000, 'unsure', action, reasons, clues, 'INBOX', 7,
             n, 'R' || (n % 20) FROM mail, n",
    )
    .unwrap();
    let time = |what: &str, query: ListQuery| {
        let start = std::time::Instant::now();
        let found = outline(&db, &wanted(query)).unwrap();
        println!("{what}: {:?} for {} messages in {} groups", start.elapsed(), found.ids.len(), found.groups.len());
    };
    for round in ["cold", "warm"] {
        println!("{round}");
        time("newest first", ListQuery::default());
        time("most doubtful first", ListQuery { order: ListOrder::MostDoubtful, ..ListQuery::default() });
        time("a search", ListQuery { search: "äpfel_199".to_owned(), ..ListQuery::default() });
        time("by sender", ListQuery { grouping: Grouping::Sender, ..ListQuery::default() });
        time("by reason", ListQuery { grouping: Grouping::Reason, ..ListQuery::default() });
        time("all", ListQuery { show: Show::All, ..ListQuery::default() });
        let start = std::time::Instant::now();
        let found = rows(&db, &(50_000..50_200).map(MailId).collect::<Vec<_>>()).unwrap();
        println!("rows: {:?} for {}", start.elapsed(), found.len());
        let start = std::time::Instant::now();
        let count = super::list(&db, &wanted(ListQuery::default()), 99_000, 100).unwrap().0.len();
        println!("a page at the end: {:?} for {count}", start.elapsed());
    }
}

fn wanted(query: ListQuery) -> Wanted {
    Wanted { query, ..Wanted::default() }
}

fn senders_of(db: &Connection, ids: &[i64]) -> Vec<String> {
    senders(db, &ids.iter().copied().map(MailId).collect::<Vec<_>>()).unwrap().into_iter().collect()
}

fn subjects(db: &Connection, show: Show, search: &str) -> Vec<String> {
    let (rows, total) = list(db, show, search, 100);
    assert_eq!(u32::try_from(rows.len()).unwrap(), total);
    rows.into_iter().map(|row| row.subject).collect()
}
