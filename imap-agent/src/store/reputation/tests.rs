//! What counts for whom, and that it is counted once and taken back.

use tamis_core::{api::MailId, reputation::Habit};

use super::*;
use crate::store::{
    batch::begin_batch,
    journal::Kind,
    mail::record_judged,
    testing::{NOW, VALIDITY, act, filed, fresh, inbox, item, judged, key, plan, tokens},
    training::{TrainItem, train, untrain},
    undo::begin_undo,
};

const DAY: i64 = 86_400;

fn kim() -> Subject {
    Subject::Address("kim@kim.example".to_owned())
}

fn track(sender: Subject, ip: &str) -> Track {
    Track { sender: Some(sender), relay: Some(Network::of_relay(ip.parse().unwrap())) }
}

/// The `n`th message, of Kim, of that class, as old as said.
fn arrives(db: &mut Connection, account: AccountId, n: u32, (class, days): (Class, i64)) -> MailId {
    let judged = Judged {
        class,
        received_at: UnixTime(NOW.0 - days * DAY),
        track: track(kim(), "192.0.2.7"),
        ..judged(account, n)
    };
    record_judged(db, &judged, &inbox(n), None).unwrap()
}

fn tally(db: &Connection, subject: &Subject) -> [u32; 6] {
    let known = known(db, std::slice::from_ref(subject)).unwrap();
    let Tally { said_ham, said_spam, read, judged_ham, judged_unsure, judged_spam } =
        known.get(subject).map(Record::total).unwrap_or_default();
    [said_ham, said_spam, read, judged_ham, judged_unsure, judged_spam]
}

#[test]
fn a_verdict_counts_once_for_each_of_its_subjects() {
    let (mut db, account) = fresh();
    for class in [Class::Ham, Class::Spam] {
        // The second time it is known, and its first verdict stands.
        arrives(&mut db, account, 1, (class, 1));
    }
    arrives(&mut db, account, 2, (Class::Unsure, 30));
    let subjects = track(kim(), "192.0.2.7").subjects();
    assert_eq!(subjects.len(), 4);
    for subject in &subjects {
        assert_eq!(tally(&db, subject), [0, 0, 0, 1, 1, 0], "{subject:?}");
    }
    let known = all(&db, &Subject::KINDS).unwrap();
    assert_eq!(
        known.keys().collect::<Vec<_>>(),
        { subjects.iter().collect::<std::collections::BTreeSet<_>>() }.into_iter().collect::<Vec<_>>()
    );
    let record = &known[&kim()];
    assert_eq!((record.first_seen, record.last_seen), (Some(UnixTime(NOW.0 - 30 * DAY)), Some(UnixTime(NOW.0 - DAY))));
    assert_eq!(record.weeks.len(), 2);
}

#[test]
fn a_word_takes_the_place_of_the_verdict_and_its_undo_gives_it_back() {
    let (mut db, account) = fresh();
    let mail = arrives(&mut db, account, 1, (Class::Spam, 1));
    assert_eq!(tally(&db, &kim()), [0, 0, 0, 0, 0, 1]);
    begin_batch(&mut db, Kind::Ham, "a word", &[item(mail, "", Label::Ham)], NOW).unwrap();
    assert_eq!(tally(&db, &kim()), [0, 0, 0, 0, 0, 1], "before it has happened");
    act(&mut db, account);
    assert_eq!(tally(&db, &kim()), [1, 0, 0, 0, 0, 0]);
    begin_batch(&mut db, Kind::Spam, "another", &[item(mail, "", Label::Spam)], NOW).unwrap();
    act(&mut db, account);
    assert_eq!(tally(&db, &kim()), [0, 1, 0, 0, 0, 0]);
    for want in [[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]] {
        begin_undo(&mut db, None, NOW).unwrap().unwrap();
        act(&mut db, account);
        assert_eq!(tally(&db, &kim()), want);
    }
}

#[test]
fn lessons_from_files_count_and_are_forgotten() {
    let (mut db, account) = fresh();
    let lesson = |label| [TrainItem { key: key(1), tokens: tokens(key(1)), label }];
    let met = [(key(1), track(kim(), "192.0.2.7"), UnixTime(NOW.0 - DAY))];
    meet(&mut db, &met, NOW).unwrap();
    assert_eq!(tally(&db, &kim()), [0; 6], "nobody has said anything");
    for _ in 0..2 {
        meet(&mut db, &met, NOW).unwrap();
        train(&mut db, &lesson(Label::Spam), "file", NOW).unwrap();
        assert_eq!(tally(&db, &kim()), [0, 1, 0, 0, 0, 0]);
    }
    train(&mut db, &lesson(Label::Ham), "file", NOW).unwrap();
    assert_eq!(tally(&db, &kim()), [1, 0, 0, 0, 0, 0]);
    untrain(&mut db, &[key(1)], NOW).unwrap();
    assert_eq!(known(&db, &[kim()]).unwrap(), BTreeMap::new(), "nothing of it is left");
    // The same content arrives: it is one message.
    train(&mut db, &lesson(Label::Ham), "file", NOW).unwrap();
    arrives(&mut db, account, 1, (Class::Spam, 1));
    assert_eq!(tally(&db, &kim()), [1, 0, 0, 0, 0, 0]);
    untrain(&mut db, &[key(1)], NOW).unwrap();
    assert_eq!(tally(&db, &kim()), [0, 0, 0, 0, 0, 1]);
}

#[test]
fn what_was_read_counts_instead_of_the_verdict_until_the_person_says_more() {
    let (mut db, account) = fresh();
    for (n, class, days) in
        [(1, Class::Ham, 8), (2, Class::Ham, 1), (3, Class::Spam, 9), (4, Class::Unsure, 10), (5, Class::Ham, 90)]
    {
        arrives(&mut db, account, n, (class, days));
    }
    filed(&mut db, account, 6);
    let folder = inbox(0);
    let ages = (UnixTime(NOW.0 - 35 * DAY), UnixTime(NOW.0 - 7 * DAY));
    let waiting = perhaps_read(&db, account, &folder, ages).unwrap();
    assert_eq!(waiting, BTreeMap::from([(1, key(1)), (4, key(4))]));
    let other = Location::new("INBOX", VALIDITY + 1, 0);
    assert_eq!(perhaps_read(&db, account, &other, ages).unwrap(), BTreeMap::new());
    for _ in 0..2 {
        note_read(&mut db, &[key(1), key(4), key(99)], NOW).unwrap();
        assert_eq!(tally(&db, &kim()), [0, 0, 2, 2, 0, 1]);
    }
    assert_eq!(perhaps_read(&db, account, &folder, ages).unwrap(), BTreeMap::new());
    train(&mut db, &[TrainItem { key: key(1), tokens: tokens(key(1)), label: Label::Spam }], "file", NOW).unwrap();
    assert_eq!(tally(&db, &kim()), [0, 1, 1, 2, 0, 1]);
    untrain(&mut db, &[key(1)], NOW).unwrap();
    assert_eq!(tally(&db, &kim()), [0, 0, 2, 2, 0, 1]);
}

#[test]
fn an_unproven_name_and_its_owner_do_not_share_a_reputation() {
    let (mut db, account) = fresh();
    let forger = Subject::Habit("kim@kim.example".to_owned(), Habit(u64::MAX));
    let of = |sender| track(sender, "198.51.100.1");
    let message = |n, sender| Judged { class: Class::Spam, received_at: NOW, track: of(sender), ..judged(account, n) };
    record_judged(&mut db, &message(1, forger.clone()), &inbox(1), None).unwrap();
    train(&mut db, &[TrainItem { key: key(1), tokens: tokens(key(1)), label: Label::Spam }], "file", NOW).unwrap();
    assert_eq!(tally(&db, &forger), [0, 1, 0, 0, 0, 0]);
    assert_eq!(tally(&db, &kim()), [0; 6]);
    assert_eq!(tally(&db, &Subject::Domain("kim.example".to_owned())), [0; 6]);
}

#[test]
fn what_is_too_old_to_count_is_dropped_and_what_never_counted_is_not_kept() {
    let (mut db, account) = fresh();
    arrives(&mut db, account, 1, (Class::Ham, 700));
    arrives(&mut db, account, 2, (Class::Ham, 800));
    assert_eq!(tally(&db, &kim()), [0, 0, 0, 1, 0, 0]);
    let later = Judged {
        received_at: UnixTime(NOW.0 + 100 * DAY),
        judged_at: UnixTime(NOW.0 + 100 * DAY),
        track: track(kim(), "192.0.2.7"),
        class: Class::Ham,
        ..judged(account, 3)
    };
    record_judged(&mut db, &later, &inbox(3), None).unwrap();
    assert_eq!(known(&db, &[kim()]).unwrap()[&kim()].weeks.len(), 1);
    let rows = |table: &str| -> u32 {
        let sql = format!("SELECT count(*) FROM {table}");
        db.query_row(&sql, (), |row| row.get(0)).unwrap()
    };
    assert_eq!((rows("counted"), rows("reputation")), (1, 4));
}

#[test]
fn a_date_in_the_future_is_that_of_today() {
    let (mut db, account) = fresh();
    arrives(&mut db, account, 1, (Class::Ham, -4000));
    assert_eq!(known(&db, &[kim()]).unwrap()[&kim()].last_seen, Some(NOW));
}

#[test]
fn after_any_changes_the_counts_are_those_of_the_rows() {
    let (mut db, account) = fresh();
    for n in 0..60_u32 {
        let class = [Class::Ham, Class::Unsure, Class::Spam][(n % 3) as usize];
        let mail = arrives(&mut db, account, n, (class, i64::from(n % 7) * 9));
        let label = if n % 2 == 0 { Label::Spam } else { Label::Ham };
        match n % 5 {
            0 => drop(begin_batch(&mut db, Kind::Spam, "a word", &[item(mail, "", label)], NOW).unwrap()),
            1 => {
                train(&mut db, &[TrainItem { key: key(n), tokens: tokens(key(n)), label }], "file", NOW).unwrap();
            }
            2 => note_read(&mut db, &[key(n)], NOW).unwrap(),
            3 if n % 10 == 3 => drop(begin_undo(&mut db, None, NOW).unwrap()),
            4 if n % 10 == 4 => drop(untrain(&mut db, &[key(n - 3)], NOW).unwrap()),
            _ => {}
        }
        act(&mut db, account);
    }
    let count = "SELECT count(*) FILTER (WHERE fate = 'said_ham'), count(*) FILTER (WHERE fate = 'said_spam'),
        count(*) FILTER (WHERE fate = 'was_read'), count(*) FILTER (WHERE fate = 'judged_ham'),
        count(*) FILTER (WHERE fate = 'judged_unsure'), count(*) FILTER (WHERE fate = 'judged_spam') FROM counted";
    let rows: [u32; 6] = db
        .query_row(count, (), |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?]))
        .unwrap();
    assert_eq!(rows.iter().sum::<u32>(), 60);
    assert!(rows.iter().all(|count| 0 < *count), "{rows:?}");
    for subject in track(kim(), "192.0.2.7").subjects() {
        assert_eq!(tally(&db, &subject), rows, "{subject:?}");
    }
}

#[test]
fn nothing_walks_through_all_that_is_kept() {
    let (db, _) = fresh();
    for (sql, params) in [(OF_SUBJECT, 2), (SAID, 1), (PERHAPS_READ, 6)] {
        let steps = plan(&db, sql, params);
        let is_scan =
            |step: &&String| step.starts_with("SCAN") && !step.contains("CONSTANT ROW") && !step.contains("account");
        assert_eq!(steps.iter().find(is_scan), None, "{steps:?}");
    }
}
