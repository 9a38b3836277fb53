//! Tests of what is known of peers and of the person's addresses.

use tamis_core::{
    Class,
    learn::Label,
    reputation::{Origin, Proof},
};

use super::*;
use crate::store::{
    batch, journal,
    mail::{Judged, record_judged},
    sent::{Mark, SentMail, record},
    testing::{NOW, VALIDITY, act, fresh, inbox, item, judged, plan},
};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn mark() -> Mark {
    Mark { folder: "Sent".to_owned(), uid_validity: VALIDITY, high_water: 9, low_water: 0 }
}

fn sent(n: u32, to: &str, answers: Option<&str>) -> SentMail {
    let key = Key::of(format!("{n}@sent.example").as_bytes());
    let at = UnixTime(NOW.0 + i64::from(n));
    SentMail {
        key,
        answers: answers.map(str::to_owned),
        from: Some(address("Me@example.org")),
        to: vec![address(to)],
        at,
    }
}

/// The `n`th message that came, from Kim.
fn received(account: AccountId, n: u32, proof: Proof) -> Judged {
    let origin = Origin { proof, habits: [Habit(u64::from(n))].into() };
    let message_id = format!("{n}@kim.example");
    Judged { from_address: "Kim@kim.example".to_owned(), message_id, origin, ..judged(account, n) }
}

fn kim(db: &Connection, account: AccountId) -> Peer {
    peer(db, account, "kim@kim.example").unwrap().unwrap()
}

#[test]
fn a_peer_is_who_was_written_to_or_is_in_the_address_book_and_nobody_else() {
    let (mut db, account) = fresh();
    record_judged(&mut db, &received(account, 1, Proof::Given), &inbox(1), None).unwrap();
    assert_eq!(peer(&db, account, "kim@kim.example").unwrap(), None);
    record(&mut db, account, &mark(), &[sent(1, "Kim@KIM.example", None), sent(5, "kim@kim.example", None)], NOW)
        .unwrap();
    let want = Peer { written: 2, last_written: Some(UnixTime(NOW.0 + 5)), proven: 1, ..Peer::default() };
    assert_eq!(kim(&db, account), want);

    assert_eq!(list(&mut db, &[address("Lee@lee.example"), address("kim@kim.example")], NOW).unwrap(), 2);
    assert_eq!(list(&mut db, &[address("lee@lee.example")], UnixTime(NOW.0 + 9)).unwrap(), 0);
    let want = Peer { listed_at: Some(UnixTime(NOW.0 + 9)), ..Peer::default() };
    assert_eq!(peer(&db, account, "lee@lee.example").unwrap(), Some(want));
    record(&mut db, account, &mark(), &[sent(7, "me@example.org", None)], NOW).unwrap();
    let names: Vec<String> = all(&db).unwrap().into_iter().map(|listed| listed.address).collect();
    assert_eq!(names, ["kim@kim.example", "lee@lee.example"]);

    assert!(forget(&mut db, &address("KIM@kim.example"), NOW).unwrap().is_some());
    assert!(forget(&mut db, &address("kim@kim.example"), NOW).unwrap().is_none());
    assert_eq!(peer(&db, account, "kim@kim.example").unwrap(), None);
}

#[test]
fn an_answer_is_matched_to_what_came_before_it_or_is_judged_after() {
    let (mut db, account) = fresh();
    record_judged(&mut db, &received(account, 1, Proof::Missing), &inbox(1), None).unwrap();
    record_judged(&mut db, &received(account, 2, Proof::Missing), &inbox(2), None).unwrap();
    // It went to another address of Kim's.
    let answers =
        [sent(1, "other@kim.example", Some("1@kim.example")), sent(2, "kim@kim.example", Some("3@kim.example"))];
    record(&mut db, account, &mark(), &answers, NOW).unwrap();
    let known = kim(&db, account);
    assert_eq!(
        (known.written, known.replied, known.unproven),
        (2, 1, 1),
        "of doubtful mail only what was answered is theirs"
    );
    assert_eq!(known.habits, [Habit(1)].into(), "only what was answered vouches for the way it came");
    // Older mail that is looked at later.
    record_judged(&mut db, &received(account, 3, Proof::Unsaid), &inbox(3), None).unwrap();
    let known = kim(&db, account);
    assert_eq!((known.replied, known.habits), (2, [Habit(1), Habit(3)].into()));
}

#[test]
fn what_was_proven_or_refuted_is_not_known_again_by_its_habits() {
    let (mut db, account) = fresh();
    for (n, proof) in [(1, Proof::Given), (2, Proof::Refuted)] {
        record_judged(&mut db, &received(account, n, proof), &inbox(n), None).unwrap();
        let answer = sent(n, "kim@kim.example", Some(&format!("{n}@kim.example")));
        record(&mut db, account, &mark(), &[answer], NOW).unwrap();
    }
    let known = kim(&db, account);
    assert_eq!((known.replied, known.proven, known.unproven, known.habits.len()), (2, 1, 1, 0));
}

#[test]
fn what_was_let_through_and_called_spam_is_held_against_the_peer() {
    let (mut db, account) = fresh();
    record(&mut db, account, &mark(), &[sent(1, "kim@kim.example", None)], NOW).unwrap();
    let mut called = |n: u32, decided_by: &str| {
        let judged = Judged { decided_by: decided_by.to_owned(), ..received(account, n, Proof::Given) };
        let mail = record_judged(&mut db, &judged, &inbox(n), None).unwrap();
        batch::begin_batch(&mut db, journal::Kind::Spam, "", &[item(mail, "Junk", Label::Spam)], NOW).unwrap();
        act(&mut db, account);
        kim(&db, account)
    };
    let known = called(1, "score");
    assert_eq!((known.refused_at, known.proven), (None, 0), "in whose name it was is not known");
    assert_eq!(called(2, "peer").refused_at, Some(NOW));
}

#[test]
fn who_was_refused_and_is_named_again_is_a_peer_again() {
    let (mut db, account) = fresh();
    let later = UnixTime(NOW.0 + 1);
    list(&mut db, &[address("kim@kim.example")], UnixTime(NOW.0 - 1)).unwrap();
    let judged = Judged { decided_by: "peer".to_owned(), ..received(account, 1, Proof::Given) };
    let mail = record_judged(&mut db, &judged, &inbox(1), None).unwrap();
    batch::begin_batch(&mut db, journal::Kind::Spam, "", &[item(mail, "Junk", Label::Spam)], NOW).unwrap();
    act(&mut db, account);
    assert!(kim(&db, account).standing(later) < Peer::DECIDES);
    assert_eq!(list(&mut db, &[address("kim@kim.example")], later).unwrap(), 0);
    assert!(Peer::DECIDES <= kim(&db, account).standing(later));
}

/// The `n`th message, of which each says that it is the first one of Kim's.
fn claiming(account: AccountId, n: u32, from: &str, class: Class) -> Judged {
    let message_id = "1@kim.example".to_owned();
    Judged { from_address: from.to_owned(), message_id, class, ..received(account, n, Proof::Missing) }
}

#[test]
fn spam_with_the_number_of_an_answered_message_makes_nobody_a_peer() {
    for (is_alone, class) in [(false, Class::Unsure), (false, Class::Spam), (true, Class::Spam)] {
        let (mut db, account) = fresh();
        if !is_alone {
            let list = claiming(account, 1, "kim@kim.example", Class::Ham);
            record_judged(&mut db, &list, &inbox(1), None).unwrap();
        }
        record_judged(&mut db, &claiming(account, 2, "spam@bad.example", class), &inbox(2), None).unwrap();
        record(&mut db, account, &mark(), &[sent(1, "kim@kim.example", Some("1@kim.example"))], NOW).unwrap();
        assert_eq!(peer(&db, account, "spam@bad.example").unwrap(), None, "{is_alone} {class:?}");
        let known = kim(&db, account);
        assert_eq!((known.written, known.replied), (1, u32::from(!is_alone)));
    }
}

#[test]
fn what_comes_after_the_answer_or_beside_what_was_answered_says_nothing_of_the_peer() {
    let (mut db, account) = fresh();
    record(&mut db, account, &mark(), &[sent(1, "kim@kim.example", Some("1@kim.example"))], NOW).unwrap();
    let late = Judged { received_at: UnixTime(NOW.0 + 2), ..claiming(account, 2, "kim@kim.example", Class::Ham) };
    record_judged(&mut db, &late, &inbox(2), None).unwrap();
    record_judged(&mut db, &claiming(account, 3, "kim@kim.example", Class::Ham), &inbox(3), None).unwrap();
    let known = kim(&db, account);
    assert_eq!((known.replied, known.habits.len()), (0, 0));
}

#[test]
fn what_the_person_calls_spam_says_nothing_of_how_a_peer_writes() {
    let (mut db, account) = fresh();
    let mails = [(1, Class::Spam), (2, Class::Ham)].map(|(n, class)| {
        let judged = Judged { class, ..received(account, n, Proof::Missing) };
        let mail = record_judged(&mut db, &judged, &inbox(n), None).unwrap();
        let answer = sent(n, "kim@kim.example", Some(&format!("{n}@kim.example")));
        record(&mut db, account, &mark(), &[answer], NOW).unwrap();
        mail
    });
    assert_eq!(kim(&db, account).habits, [Habit(1), Habit(2)].into(), "both were answered, whatever they looked like");
    batch::begin_batch(&mut db, journal::Kind::Spam, "", &[item(mails[1], "", Label::Spam)], NOW).unwrap();
    act(&mut db, account);
    assert_eq!(kim(&db, account).habits, [Habit(1)].into(), "the person knows better");
}

#[test]
fn the_person_sent_what_is_in_sent() {
    let (mut db, account) = fresh();
    record(&mut db, account, &mark(), &[sent(1, "kim@kim.example", None)], NOW).unwrap();
    let is_of_us = |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        is_sent(&db, account, &ids).unwrap()
    };
    assert!(is_of_us(&["9@elsewhere.example", "1@sent.example"]));
    assert!(!is_of_us(&["9@elsewhere.example"]) && !is_of_us(&[]));
}

#[test]
fn an_address_is_the_persons_if_it_sends_or_is_often_delivered_to() {
    let (mut db, account) = fresh();
    record(&mut db, account, &mark(), &[sent(1, "kim@kim.example", None)], NOW).unwrap();
    let told = |db: &Connection| identities(db).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    for want in [1, 1, 2, 2] {
        delivered(&mut db, account, &address("Alias@example.org")).unwrap();
        assert_eq!(told(&db).len(), want);
    }
    assert_eq!(told(&db), ["alias@example.org", "me@example.org"]);
    let deliveries: u32 =
        db.query_row("SELECT delivered FROM identity WHERE address LIKE 'alias%'", [], |row| row.get(0)).unwrap();
    assert_eq!(deliveries, DELIVERIES, "then nothing is written any more");
}

#[test]
fn a_peer_is_found_without_reading_all_mail() {
    let (db, _) = fresh();
    for sql in [
        "SELECT count(*) FROM mail WHERE lower(from_address) = ?1",
        "SELECT id FROM mail WHERE account_id = ?1 AND message_id = ?2 AND message_id <> ''",
        "SELECT sum(written) FROM peer WHERE address = ?1",
    ] {
        let plan = plan(&db, sql, sql.matches('?').count());
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{sql}: {plan:?}");
    }
}
