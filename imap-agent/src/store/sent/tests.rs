//! Tests of what is kept of sent mail.

use super::*;
use crate::store::{
    peers::{identities, peer},
    testing::{NOW, VALIDITY, fresh},
};

fn to(n: usize, people: usize) -> SentMail {
    let to = (0..people).map(|person| Address::parse(&format!("{person}@kim.example")).unwrap()).collect();
    SentMail {
        key: Key::of(format!("{n}@sent.example").as_bytes()),
        answers: None,
        from: Address::parse("me@example.org"),
        to,
        at: NOW,
    }
}

fn at(high_water: u32, low_water: u32) -> Mark {
    Mark { folder: "Sent".to_owned(), uid_validity: VALIDITY, high_water, low_water }
}

#[test]
fn what_was_counted_is_not_counted_again_whatever_its_number() {
    let (mut db, account) = fresh();
    assert_eq!(mark(&db, account, "Sent").unwrap(), None);
    for (high, low) in [(9, 8), (9, 0)] {
        record(&mut db, account, &at(high, low), &[to(1, 1), to(1, 1)], NOW).unwrap();
        assert_eq!(mark(&db, account, "Sent").unwrap(), Some(at(high, low)));
    }
    assert_eq!(peer(&db, account, "0@kim.example").unwrap().unwrap().written, 1);
    record(&mut db, account, &at(10, 0), &[to(2, 1)], NOW).unwrap();
    assert_eq!(peer(&db, account, "0@kim.example").unwrap().unwrap().written, 2);
    assert_eq!(identities(&db).unwrap().len(), 1);
}

#[test]
fn a_mailing_to_many_makes_no_peers() {
    let (mut db, account) = fresh();
    record(&mut db, account, &at(1, 0), &[to(1, MOST_RECIPIENTS + 1)], NOW).unwrap();
    assert_eq!(peer(&db, account, "0@kim.example").unwrap(), None);
    record(&mut db, account, &at(2, 0), &[to(2, MOST_RECIPIENTS)], NOW).unwrap();
    assert!(peer(&db, account, "49@kim.example").unwrap().is_some());
}

#[test]
fn only_the_newest_messages_are_remembered() {
    let (mut db, account) = fresh();
    let count =
        |db: &Connection| db.query_row("SELECT count(*), min(at) FROM sent", [], |row| Ok((row.get(0)?, row.get(1)?)));
    let fill = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
        INSERT INTO sent (account_id, message_key, at) SELECT ?1, randomblob(16), i FROM n";
    db.execute(fill, params![account, MOST]).unwrap();
    assert!(is_full(&db, account).unwrap());
    record(&mut db, account, &at(1, 0), &[to(1, 1)], NOW).unwrap();
    let (left, oldest): (u32, i64) = count(&db).unwrap();
    assert_eq!((left, oldest), (MOST, 2));
}
