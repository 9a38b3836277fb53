//! What the archive holds, and what it lets go of.

use tamis_core::{api::MailId, learn::Label};

use super::*;
use crate::store::{
    batch::begin_batch,
    folder::account_id,
    journal::{self, Kind},
    testing::record_and_intend,
    testing::{NOW, act, fresh, inbox, item, key, left, moved, plan, spam},
};

const RULES: config::Archive = config::Archive { keep_secs: 1000, max_bytes: 1000 };

#[test]
fn an_original_is_known_by_account_and_content() {
    let (mut db, account) = fresh();
    let other = account_id(&mut db, "other", "imap.example.net", "me@example.org").unwrap();
    for account in [account, other] {
        hold(&mut db, account, 1, 100, 0);
    }
    hold(&mut db, account, 1, 200, 5);
    let found = find(&db, account, key(1)).unwrap().unwrap();
    assert_eq!((found.stored, found.size, found.stored_at), (200, 4_000_000_000, at(5)));
    assert_eq!(found.flags, [r"\Seen", "$Label1"]);
    assert_eq!(found.internal_date, UnixTime(-1));
    assert_eq!(find(&db, account, key(2)).unwrap(), None);
    assert_eq!(totals(&db).unwrap(), (2, 300));
    assert_eq!(accounts(&db).unwrap(), [account, other]);
    assert_eq!(keys(&db).unwrap(), [(account, key(1)), (other, key(1))]);
}

#[test]
fn what_is_older_than_the_time_to_keep_goes() {
    let (mut db, account) = fresh();
    for n in 1..=3 {
        hold(&mut db, account, n, 100, i64::from(n));
    }
    assert!(gone(&mut db, account, 1001).is_empty());
    assert_eq!(gone(&mut db, account, 1003), [1, 2]);
    assert!(gone(&mut db, account, 1003).is_empty());
    assert_eq!(totals(&db).unwrap(), (1, 100));
}

#[test]
fn the_oldest_go_until_the_others_fit() {
    let (mut db, account) = fresh();
    let other = account_id(&mut db, "other", "imap.example.net", "me@example.org").unwrap();
    for n in 1..=5 {
        hold(&mut db, account, n, 300, 10 - i64::from(n));
        hold(&mut db, other, n, 200, 0);
    }
    assert_eq!(gone(&mut db, account, 10), [5, 4]);
    assert!(gone(&mut db, other, 10).is_empty(), "a thousand of a thousand fit");
}

#[test]
fn many_go_in_several_steps() {
    let (mut db, account) = fresh();
    for n in 1..=600 {
        hold(&mut db, account, n, 1, 0);
    }
    let mut step = || expire(&mut db, account, &RULES, at(2000)).unwrap().len();
    assert_eq!([step(), step(), step(), step()], [250, 250, 100, 0]);
}

#[test]
fn what_an_unfinished_intent_may_need_stays() {
    let (mut db, account) = fresh();
    record_and_intend(&mut db, &spam(account, 1), &inbox(1), "Junk", None).unwrap();
    let released = filed_before(&mut db, account, 2);
    filed_before(&mut db, account, 3);
    begin_batch(&mut db, Kind::Release, "", &[item(released, "INBOX", Label::Ham)], NOW).unwrap();
    for n in 1..=3 {
        hold(&mut db, account, n, 5000, 0);
    }
    assert_eq!(gone(&mut db, account, 5000), [3]);
    act(&mut db, account);
    assert_eq!(gone(&mut db, account, 5000), [1, 2]);
}

#[test]
fn an_intent_of_another_account_keeps_nothing() {
    let (mut db, account) = fresh();
    let other = account_id(&mut db, "other", "imap.example.net", "me@example.org").unwrap();
    record_and_intend(&mut db, &spam(other, 1), &inbox(1), "Junk", None).unwrap();
    hold(&mut db, account, 1, 100, 0);
    assert_eq!(gone(&mut db, account, 5000), [1]);
}

#[test]
fn the_original_of_a_copy_of_ours_stays_its_whole_time() {
    let (mut db, account) = fresh();
    for n in 1..=3 {
        left(&mut db, account, n);
        hold(&mut db, account, n, 5000, 0);
    }
    db.execute("UPDATE mail SET shape = 'tag' WHERE content_key = ?1", [key(2)]).unwrap();
    assert_eq!(gone(&mut db, account, 1000), [1, 3]);
    assert_eq!(gone(&mut db, account, 1001), [2]);
}

#[test]
fn the_only_copy_of_a_deleted_message_stays_its_whole_time() {
    let (mut db, account) = fresh();
    for n in 1..=2 {
        let (_, intent) = record_and_intend(&mut db, &spam(account, n), &inbox(n), "", None).unwrap();
        let intent = journal::start(&mut db, intent.unwrap()).unwrap().unwrap();
        let outcome = if n == 1 { journal::Outcome::Deleted } else { journal::Outcome::InPlace };
        journal::finish(&mut db, intent.id, &outcome, None, NOW).unwrap();
        hold(&mut db, account, n, 50_000, 0);
    }
    assert_eq!(gone(&mut db, account, 1000), [2]);
    assert_eq!(gone(&mut db, account, 1001), [1]);
}

#[test]
fn a_clock_that_went_back_removes_nothing() {
    let (mut db, account) = fresh();
    hold(&mut db, account, 1, 100, 0);
    assert!(gone(&mut db, account, -1_000_000).is_empty());
}

#[test]
fn the_oldest_are_found_without_sorting_or_reading_all_mail() {
    let (db, _) = fresh();
    let plan = plan(&db, BY_AGE, 1);
    assert!(plan.iter().any(|step| step.contains("original USING INDEX original_oldest")), "{plan:?}");
    assert!(!plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE")), "{plan:?}");
}

fn hold(db: &mut Connection, account: AccountId, n: u32, stored: u64, secs: i64) {
    let new = NewOriginal {
        account,
        key: key(n),
        flags: vec![r"\Seen".to_owned(), "$Label1".to_owned()],
        internal_date: UnixTime(-1),
        size: 4_000_000_000,
        stored,
    };
    keep(db, &new, at(secs)).unwrap();
}

/// Which of the first ten go, in the order in which they do.
fn gone(db: &mut Connection, account: AccountId, secs: i64) -> Vec<u32> {
    let gone = expire(db, account, &RULES, at(secs)).unwrap();
    gone.iter().filter_map(|original| (1..=10).find(|n| key(*n) == original.key)).collect()
}

fn filed_before(db: &mut Connection, account: AccountId, n: u32) -> MailId {
    let (mail, intent) = record_and_intend(db, &spam(account, n), &inbox(n), "Junk", None).unwrap();
    let intent = journal::start(db, intent.unwrap()).unwrap().unwrap();
    journal::finish(db, intent.id, &moved(&intent), None, NOW).unwrap();
    mail
}

fn at(secs: i64) -> UnixTime {
    UnixTime(NOW.0 + secs)
}
