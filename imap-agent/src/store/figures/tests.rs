//! Tests of the figures: they say what happened, and are quick.

use std::time::Instant;

use tamis_core::{Class, Score, learn::Label};

use super::*;
use crate::store::{
    batch::begin_batch,
    journal::Kind,
    mail::{Judged, record_judged},
    testing::{NOW, act, filed, fresh, inbox, item, judged, plan, spam},
};

const DAY: i64 = 86_400;

fn span(days: Vec<i64>) -> Span {
    Span { days, is_all: false, account: String::new(), least: 1 }
}

#[test]
fn mail_is_counted_by_the_day_and_what_the_person_put_right_shows() {
    let (mut db, account) = fresh();
    // Messages of these tests arrive a second apart, from the thousandth on.
    let first = filed(&mut db, account, 1);
    filed(&mut db, account, 2);
    let ham = Judged { class: Class::Ham, received_at: UnixTime(2 * DAY), ..judged(account, 3) };
    let missed = record_judged(&mut db, &ham, &inbox(3), None).unwrap();
    let future = Judged { received_at: UnixTime(900 * DAY), ..judged(account, 4) };
    record_judged(&mut db, &future, &inbox(4), None).unwrap();
    begin_batch(&mut db, Kind::Release, "release", &[item(first, "INBOX", Label::Ham)], NOW).unwrap();
    begin_batch(&mut db, Kind::Spam, "spam", &[item(missed, "Junk", Label::Spam)], NOW).unwrap();
    act(&mut db, account);

    let got = statistics(&db, &span(vec![0, DAY, 2 * DAY])).unwrap();
    let days: Vec<_> = got.days.iter().map(|day| (day.at, day.ham, day.unsure, day.spam)).collect();
    assert_eq!(days, [(0, 0, 0, 2), (DAY, 0, 0, 0), (2 * DAY, 1, 1, 0)]);
    let want = Accuracy { judged: 4, spam: 2, unsure: 1, filed: 2, put_back: 1, wrongly_spam: 1, missed: 1 };
    assert_eq!((got.total, got.total.caught()), (want, Some(0.5)));
    assert_eq!(got.accounts, [AccountCount { name: "me".to_owned(), of: want }]);
    assert_eq!(statistics(&db, &span(vec![2 * DAY])).unwrap().total.judged, 2);
    let all = Span { is_all: true, ..span(vec![2 * DAY]) };
    let all = statistics(&db, &all).unwrap();
    assert_eq!((all.total.judged, all.days[0].spam), (4, 0), "what is older than the first day is on none");
    let other = Span { account: "somebody".to_owned(), ..span(vec![0]) };
    let other = statistics(&db, &other).unwrap();
    assert_eq!((other.total.judged, other.findings_of), (0, 0));
}

#[test]
fn findings_count_for_what_the_person_says_a_message_is() {
    let (mut db, account) = fresh();
    let first = filed(&mut db, account, 1);
    filed(&mut db, account, 2);
    let before = statistics(&db, &span(vec![0])).unwrap();
    assert_eq!(before.findings_of, 2);
    let symbol = &before.findings[0].symbol;
    assert_eq!((before.findings[0].ham, before.findings[0].spam), (0, 2));
    begin_batch(&mut db, Kind::Release, "release", &[item(first, "INBOX", Label::Ham)], NOW).unwrap();
    act(&mut db, account);
    let after = statistics(&db, &span(vec![0])).unwrap();
    let found = after.findings.iter().find(|count| count.symbol == *symbol).unwrap();
    assert_eq!((found.ham, found.spam), (1, 1));
}

#[test]
fn scores_are_counted_by_tenths_and_by_what_was_said() {
    let (mut db, account) = fresh();
    for (n, thousandths) in [(1, 4_250), (2, 4_299), (3, -1), (4, 5_000)] {
        let mail = Judged { score: Score::from_thousandths(thousandths), ..judged(account, n) };
        record_judged(&mut db, &mail, &inbox(n), None).unwrap();
    }
    let by_list = Judged { decided_by: "peer".to_owned(), ..spam(account, 5) };
    record_judged(&mut db, &by_list, &inbox(5), None).unwrap();
    let got = histogram(&db, UnixTime(0)).unwrap();
    let counts: Vec<_> = got.counts.iter().map(|count| (count.tenths, count.unsaid)).collect();
    assert_eq!((counts, got.decided), (vec![(-1, 1), (42, 2), (50, 1)], 1));
    assert_eq!(histogram(&db, UnixTime(1_004)).unwrap().counts.len(), 1);
}

#[test]
fn figures_are_counted_by_an_index_that_has_all_of_them() {
    let (db, _) = fresh();
    for sql in [COUNTED, SCORES] {
        let steps = plan(&db, sql, 1);
        assert!(steps.iter().any(|step| step.contains("COVERING INDEX mail_figures")), "{steps:?}");
    }
    let steps = plan(&db, NEWEST, 3);
    assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE FOR ORDER BY")), "{steps:?}");
}

/// Not a promise but a measurement: run it with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement: makes 200,000 rows"]
fn how_long_200_000_rows_take() {
    let (mut db, account) = fresh();
    record_judged(&mut db, &spam(account, 1), &inbox(1), None).unwrap();
    let columns =
        "account_id, message_id, from_name, from_address, to_text, subject, search_text, judged_at, size, score,
        class, action, decided_by, reasons, clues, folder, uid_validity, home, taught, reviewed_at";
    let more = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
         INSERT INTO mail (content_key, fingerprint, received_at, uid, {columns})
         SELECT randomblob(16), randomblob(16), 1000 + i * 150, i, {columns} FROM mail, n WHERE mail.id = 1"
    );
    db.execute_batch(&more).unwrap();
    let days: Vec<i64> = (0..365).map(|day| day * DAY).collect();
    for (name, span) in [("year", span(days.clone())), ("all", Span { is_all: true, ..span(days) })] {
        let start = Instant::now();
        let got = statistics(&db, &span).unwrap();
        println!("statistics, {name}: {} messages in {:?}", got.total.judged, start.elapsed());
    }
    let start = Instant::now();
    histogram(&db, UnixTime(0)).unwrap();
    println!("histogram: {:?}", start.elapsed());
}
