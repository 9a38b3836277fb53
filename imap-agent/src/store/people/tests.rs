//! What is promised of the list of people.

use tamis_core::{
    api::{BatchId, MailId},
    learn::Label,
    lists::{EntryId, Side, What},
    reputation::Track,
};

use super::*;
use crate::store::{
    AccountId, Location,
    lists::{self, NewEntry, Origin},
    mail::{Judged, record_judged},
    reputation::note_read,
    testing::{NOW, fresh, judged, plan},
    undo::begin_undo,
};

const DAY: i64 = 86_400;

/// The `n`th message, from that address so many days ago.
fn mail(db: &mut Connection, account: AccountId, n: u32, from: &str, days: i64) -> MailId {
    let address = from.to_ascii_lowercase();
    let judged = Judged {
        from_name: "Kim".to_owned(),
        from_address: from.to_owned(),
        received_at: UnixTime(NOW.0 - days * DAY),
        track: Track { sender: Some(Subject::Address(address)), relay: None },
        ..judged(account, n)
    };
    record_judged(db, &judged, &Location::new("INBOX", 7, n), None).unwrap()
}

fn written(db: &Connection, account: AccountId, address: &str, times: u32) {
    let insert = "INSERT INTO peer (account_id, address, written, last_written) VALUES (?1, ?2, ?3, ?4)";
    db.execute(insert, params![account, address, times, NOW.0]).unwrap();
}

/// The person says of messages of an address what they are.
fn say(db: &mut Connection, address: &str, label: Label) {
    let find = "UPDATE mail SET taught = ?2, reviewed_at = 9 WHERE lower(from_address) = ?1 RETURNING content_key";
    let keys: Vec<crate::store::Key> = {
        let mut find = db.prepare(find).unwrap();
        let rows = find.query_map((address, label.word()), |row| row.get(0)).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    };
    note_read(db, &keys, NOW).unwrap();
}

fn listed(db: &Connection, wanted: &Wanted) -> (Vec<PersonRow>, u32) {
    list(db, &Wanted { limit: if wanted.limit == 0 { 100 } else { wanted.limit }, ..wanted.clone() }, NOW).unwrap()
}

fn addresses(db: &Connection, wanted: &Wanted) -> Vec<String> {
    listed(db, wanted).0.into_iter().map(|row| row.address).collect()
}

#[test]
fn everybody_is_counted_once_in_the_order_that_is_wanted() {
    let (mut db, account) = fresh();
    for (n, from, days) in [(1, "Kim@Kim.example", 30), (2, "kim@kim.example", 20), (3, "lee@lee.example", 1)] {
        mail(&mut db, account, n, from, days);
    }
    for n in 4..=7 {
        mail(&mut db, account, n, "shop@shop.example", 5);
    }
    say(&mut db, "shop@shop.example", Label::Spam);
    written(&db, account, "friend@friend.example", 2);
    let order = |order| Wanted { order, ..Wanted::default() };
    let [kim, lee, shop, friend] = ["kim@kim.example", "lee@lee.example", "shop@shop.example", "friend@friend.example"];
    assert_eq!(addresses(&db, &order(PeopleOrder::Newest)), [friend, lee, shop, kim]);
    assert_eq!(addresses(&db, &order(PeopleOrder::Mail)), [shop, kim, lee, friend]);
    assert_eq!(addresses(&db, &order(PeopleOrder::Spam))[0], shop);
    let standing = addresses(&db, &order(PeopleOrder::Standing));
    assert_eq!((standing[0].as_str(), standing[3].as_str()), (friend, shop));
    let (rows, total) = listed(&db, &Wanted { offset: 1, limit: 2, ..order(PeopleOrder::Mail) });
    assert_eq!((rows.len(), rows[0].address.as_str(), total), (2, kim, 4));
    assert_eq!(addresses(&db, &Wanted { search: " LEE@ ".to_owned(), ..Wanted::default() }), [lee]);
    assert_eq!(addresses(&db, &Wanted { search: "KIM".to_owned(), ..Wanted::default() }).len(), 3, "by name, too");
    let own = vec![kim.to_owned()];
    assert!(!addresses(&db, &Wanted { own, ..Wanted::default() }).contains(&kim.to_owned()));
}

#[test]
fn the_mail_of_each_week_is_split_into_spam_and_what_is_not() {
    let (mut db, account) = fresh();
    for (n, days) in [(1, 0), (2, 6), (3, 8), (4, 80), (5, 90)] {
        mail(&mut db, account, n, "kim@kim.example", days);
    }
    db.execute("UPDATE mail SET taught = 'spam' WHERE received_at < ?1", [NOW.0 - 7 * DAY]).unwrap();
    let row = listed(&db, &Wanted::default()).0.remove(0);
    assert_eq!((row.mail, row.spam, row.doubtful), (5, 3, 2));
    let mut want = vec![[0, 0]; PERSON_WEEKS];
    (want[PERSON_WEEKS - 1], want[PERSON_WEEKS - 2], want[0]) = ([2, 0], [0, 1], [0, 1]);
    assert_eq!(row.weeks, want);
}

#[test]
fn the_nearest_entry_of_the_lists_says_how_somebody_stands() {
    let (mut db, account) = fresh();
    mail(&mut db, account, 1, "kim@news.kim.example", 1);
    written(&db, account, "kim@news.kim.example", 3);
    let row = |db: &Connection| listed(db, &Wanted::default()).0.remove(0);
    assert_eq!(row(&db).grade, PersonGrade::Peer);
    let add = |db: &mut Connection, side, kind: &str, value: &str| -> (EntryId, BatchId) {
        let what = What::parse(tamis_core::lists::Kind::from_word(kind).unwrap(), value).unwrap();
        let entry = NewEntry { side, what, account: None, note: String::new(), is_on: true };
        let added = lists::add(db, &[entry], Origin::Person, NOW).unwrap();
        (added.new[0], added.batch.unwrap())
    };
    let (domain, _) = add(&mut db, Side::Block, "domain", "kim.example");
    let blocked = row(&db);
    assert_eq!((blocked.grade, blocked.entry, blocked.is_own_entry), (PersonGrade::Blocked, domain.0, false));
    let (address, batch) = add(&mut db, Side::Accept, "address", "Kim@News.kim.example");
    let accepted = row(&db);
    assert_eq!((accepted.grade, accepted.entry, accepted.is_own_entry), (PersonGrade::Accepted, address.0, true));
    assert!((accepted.standing - 1.0).abs() < f64::EPSILON);
    begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
    assert_eq!(row(&db), blocked);

    // Removed, and back with its number.
    let removed = lists::remove(&mut db, domain, NOW).unwrap().unwrap();
    assert_eq!(row(&db).grade, PersonGrade::Peer);
    begin_undo(&mut db, Some(removed), NOW).unwrap().unwrap();
    assert_eq!(row(&db), blocked);
    let off = lists::switch(&mut db, domain, false, NOW).unwrap().unwrap();
    assert_eq!(row(&db).grade, PersonGrade::Peer);
    begin_undo(&mut db, Some(off), NOW).unwrap().unwrap();
    assert_eq!(row(&db), blocked);
    assert!(lists::remove(&mut db, EntryId(99), NOW).unwrap().is_none());
}

#[test]
fn what_the_person_says_decides_how_a_stranger_stands() {
    let (mut db, account) = fresh();
    for (n, from) in [(1, "good@good.example"), (11, "bad@bad.example"), (21, "new@new.example")] {
        for n in n..n + 8 {
            mail(&mut db, account, n, from, 3);
        }
    }
    say(&mut db, "good@good.example", Label::Ham);
    say(&mut db, "bad@bad.example", Label::Spam);
    let standing = |address: &str| {
        let (detail, last) = person(&db, address, NOW).unwrap().unwrap();
        assert_eq!((last.len(), detail.row.mail, detail.is_proven), (8, 8, true));
        (detail.row.grade, detail.row.standing, detail.said_good, detail.said_spam)
    };
    let (grade, worth, said_good, _) = standing("good@good.example");
    assert!((grade, said_good) == (PersonGrade::Good, 8) && 0.5 < worth, "{grade:?} {worth}");
    let (grade, worth, _, said_spam) = standing("bad@bad.example");
    assert!((grade, said_spam) == (PersonGrade::Bad, 8) && worth < -0.5, "{grade:?} {worth}");
    let (grade, worth, ..) = standing("new@new.example");
    assert!(grade == PersonGrade::Open && worth.abs() < f64::EPSILON, "{grade:?} {worth}");
    assert!(person(&db, "nobody@new.example", NOW).unwrap().is_none());
}

#[test]
fn a_peer_that_was_forgotten_is_remembered_when_that_is_undone() {
    let (mut db, account) = fresh();
    written(&db, account, "kim@kim.example", 3);
    db.execute("INSERT INTO contact (address, listed_at) VALUES ('kim@kim.example', 5)", ()).unwrap();
    let kim = Address::parse("Kim@kim.example").unwrap();
    let before = peers::known_anywhere(&db, "kim@kim.example").unwrap();
    let batch = peers::forget(&mut db, &kim, NOW).unwrap().unwrap();
    assert_eq!(peers::known_anywhere(&db, "kim@kim.example").unwrap(), None);
    assert!(peers::forget(&mut db, &kim, NOW).unwrap().is_none(), "it is none any more");
    begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
    assert_eq!(peers::known_anywhere(&db, "kim@kim.example").unwrap(), before);
}

#[test]
fn senders_are_counted_from_an_index_alone() {
    let (db, _) = fresh();
    let steps = plan(&db, SENDERS, 0);
    assert_eq!(steps, ["SCAN mail USING COVERING INDEX mail_from"]);
    let steps = plan(&db, reputation::OF_ADDRESS, 3);
    assert!(steps.iter().all(|step| !step.contains("SCAN reputation")), "{steps:?}");
}

/// `cargo test -p tamis-agent --lib store::people -- --ignored --nocapture` says how long lists of 20,000 senders take.
#[test]
#[ignore = "measures, and proves nothing"]
fn how_long_twenty_thousand_senders_take() {
    let (db, account) = fresh();
    db.execute(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
         INSERT INTO mail (account_id, content_key, fingerprint, from_name, from_address, received_at, class, reasons)
         SELECT ?1, randomblob(16), randomblob(16), 'Name ' || (n % 20000),
             'sender' || (n % 20000) || '@d' || (n % 5000) || '.example', ?2 - n * 600, iif(n % 3 = 0, 'spam', 'ham'), hex(randomblob(500)) FROM n",
        params![account, NOW.0],
    )
    .unwrap();
    db.execute(
        "INSERT INTO reputation (kind, name, week, said_ham, first_at, last_at)
         SELECT 'address', lower(from_address), received_at / 604800, 1, min(received_at), max(received_at)
         FROM mail GROUP BY 2, 3",
        (),
    )
    .unwrap();
    for order in [PeopleOrder::Newest, PeopleOrder::Mail, PeopleOrder::Spam, PeopleOrder::Standing] {
        let start = std::time::Instant::now();
        let (rows, total) = listed(&db, &Wanted { order, ..Wanted::default() });
        println!("{order:?}: {} rows of {total} in {:?}", rows.len(), start.elapsed());
    }
    let start = std::time::Instant::now();
    let found = listed(&db, &Wanted { search: "r1999".to_owned(), ..Wanted::default() });
    println!("search: {} in {:?}", found.1, start.elapsed());
}
