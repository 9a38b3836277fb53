//! What is kept of prints: what was said of them, what it takes to be taken for filed, and how little it is.

use tamis_core::{Class, api::MailId};

use super::*;
use crate::store::{
    AccountId,
    batch::begin_batch,
    journal::Kind,
    mail::record_judged,
    testing::{NOW, act, fresh, inbox, item, judged, key, plan, record_and_intend},
    training::{self, TrainItem},
    undo::begin_undo,
};

const DAY: i64 = 86_400;

/// Texts of fifty words, of which the `n`th shares all but the first `other` with the first.
fn text(n: u32, other: u32) -> String {
    let word =
        |at: u32| if at < other { format!("other{}", letters(n * 1000 + at)) } else { format!("word{}", letters(at)) };
    (0..50).map(word).collect::<Vec<_>>().join(" ")
}

fn letters(n: u32) -> String {
    n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

fn print_of(text: &str) -> Print {
    Print { text: Sketch::of(text), recipient: 1, sender: 2, ..Print::default() }
}

/// The `n`th message, which came so many days ago.
fn arrived(account: AccountId, n: u32, (text, days): (&str, i64)) -> Judged {
    let at = UnixTime(NOW.0 - days * DAY);
    Judged { received_at: at, judged_at: at, print: print_of(text), ..judged(account, n) }
}

fn left(db: &mut Connection, account: AccountId, n: u32, what: (&str, i64)) -> MailId {
    record_judged(db, &arrived(account, n, what), &inbox(n), None).unwrap()
}

/// A message that was filed so many days ago as spam, by reasons of its own or not.
fn filed(db: &mut Connection, account: AccountId, n: u32, (days, is_plain_spam): (i64, bool)) -> MailId {
    let judged = arrived(account, n, (&text(0, 0), days));
    let judged = Judged { class: Class::Spam, is_plain_spam, ..judged };
    let (mail, _) = record_and_intend(db, &judged, &inbox(n), "Junk", None).unwrap();
    act(db, account);
    db.execute("UPDATE intent SET finished_at = ?2 WHERE mail_id = ?1", (mail.0, judged.judged_at.0)).unwrap();
    mail
}

fn fates(db: &Connection, shelf: &Mutex<Shelf>, text: &str) -> Vec<Fate> {
    let found = kin(db, shelf, (&print_of(text), key(9999)), NOW).unwrap();
    assert!(found.iter().all(|kin| kin.alike.is_text && (kin.recipient, kin.sender) == (1, 2)));
    found.into_iter().map(|kin| kin.fate).collect()
}

fn say(db: &mut Connection, account: AccountId, mail: MailId, label: Label) {
    let kind = if label == Label::Spam { Kind::Spam } else { Kind::Release };
    begin_batch(db, kind, "a word", &[item(mail, "Junk", label)], NOW).unwrap();
    act(db, account);
}

#[test]
fn the_persons_word_counts_for_the_text_in_any_dress_and_goes_with_its_undo() {
    let ((mut db, account), shelf) = (fresh(), Mutex::default());
    let mail = left(&mut db, account, 1, (&text(0, 0), 1));
    left(&mut db, account, 2, (&text(2, 50), 1));
    assert_eq!(fates(&db, &shelf, &text(3, 8)), [Fate::Open]);

    say(&mut db, account, mail, Label::Spam);
    assert_eq!(fates(&db, &shelf, &text(3, 8)), [Fate::SaidSpam]);
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!(fates(&db, &shelf, &text(3, 8)), [Fate::Open]);

    say(&mut db, account, mail, Label::Ham);
    assert_eq!(fates(&db, &shelf, &text(3, 8)), [Fate::SaidHam]);
    assert_eq!(fates(&db, &shelf, &text(4, 50)), [], "quite another text");
}

#[test]
fn lessons_from_files_are_words_too() {
    let ((mut db, _), shelf) = (fresh(), Mutex::default());
    meet(&mut db, &[(key(1), print_of(&text(0, 0)), NOW)], NOW).unwrap();
    assert_eq!(fates(&db, &shelf, &text(0, 0)), [Fate::Open]);
    let lesson = TrainItem { key: key(1), tokens: vec![1], label: Label::Spam };
    training::train(&mut db, &[lesson], "file", NOW).unwrap();
    assert_eq!(fates(&db, &shelf, &text(0, 0)), [Fate::SaidSpam]);
    training::untrain(&mut db, &[key(1)], NOW).unwrap();
    assert_eq!(fates(&db, &shelf, &text(0, 0)), [Fate::Open]);
}

#[test]
fn what_was_filed_counts_once_it_was_let_be_for_a_week_and_only_for_reasons_of_its_own() {
    for (days, is_plain_spam, want) in [(8, true, Fate::Filed), (6, true, Fate::Open), (8, false, Fate::Open)] {
        let ((mut db, account), shelf) = (fresh(), Mutex::default());
        filed(&mut db, account, 1, (days, is_plain_spam));
        assert_eq!(fates(&db, &shelf, &text(0, 0)), [want], "{days} {is_plain_spam}");
    }
}

#[test]
fn what_was_filed_counts_no_more_once_it_was_taken_out_or_the_filing_undone() {
    let ((mut db, account), shelf) = (fresh(), Mutex::default());
    let mail = filed(&mut db, account, 1, (8, true));
    db.execute("UPDATE mail SET folder = 'INBOX' WHERE id = ?1", [mail.0]).unwrap();
    assert_eq!(fates(&db, &shelf, &text(0, 0)), [Fate::Open], "it lies elsewhere");
    db.execute("UPDATE mail SET folder = '' WHERE id = ?1", [mail.0]).unwrap();
    assert_eq!(fates(&db, &shelf, &text(0, 0)), [Fate::Filed], "it was deleted in Junk");
    say(&mut db, account, mail, Label::Ham);
    assert_eq!(fates(&db, &shelf, &text(0, 0)), [Fate::SaidHam]);
}

#[test]
fn a_message_is_not_its_own_kin_and_counts_once_however_often_it_is_judged() {
    let ((mut db, account), shelf) = (fresh(), Mutex::default());
    left(&mut db, account, 1, (&text(0, 0), 1));
    left(&mut db, account, 1, (&text(0, 0), 1));
    assert_eq!(fates(&db, &shelf, &text(0, 0)).len(), 1);
    assert_eq!(kin(&db, &shelf, (&print_of(&text(0, 0)), key(1)), NOW).unwrap(), []);
}

#[test]
fn what_is_in_memory_follows_the_store_whatever_is_dropped() {
    let ((mut db, account), shelf) = (fresh(), Mutex::default());
    for n in 1..=4 {
        left(&mut db, account, n, (&text(0, 0), i64::from(n)));
    }
    assert_eq!(fates(&db, &shelf, &text(0, 0)).len(), 4);
    db.execute("DELETE FROM print WHERE content_key IN (?1, ?2)", (key(4), key(1))).unwrap();
    left(&mut db, account, 5, (&text(0, 0), 1));
    assert_eq!(fates(&db, &shelf, &text(0, 0)).len(), 3);
    assert_eq!(shelf.lock().unwrap().len(), 3);
}

#[test]
fn what_is_old_goes_and_no_more_than_that_many_stay() {
    let (mut db, account) = fresh();
    for n in 1..=4 {
        left(&mut db, account, n, (&text(n, 50), i64::from(n) * 20));
    }
    let count = |db: &Connection| db.query_row("SELECT count(*) FROM print", (), |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(count(&db), 4);
    write(&mut db, "sweep", |tx| Ok(sweep(tx, NOW)?)).unwrap();
    assert_eq!(count(&db), 1, "of 20, 40, 60 and 80 days one is younger than a month");
    let lesson = TrainItem { key: key(1), tokens: vec![1], label: Label::Spam };
    training::train(&mut db, &[lesson], "file", NOW).unwrap();
    for n in 10..(Kin::MOST_OPEN + 20) {
        let judged =
            Judged { print: Print { links: Some(u64::from(n)), ..Print::default() }, ..arrived(account, n, ("", 1)) };
        record_judged(&mut db, &judged, &inbox(n), None).unwrap();
    }
    write(&mut db, "sweep", |tx| Ok(sweep(tx, NOW)?)).unwrap();
    assert_eq!(count(&db), Kin::MOST_OPEN + 1, "what was said is not crowded out");
}

#[test]
fn nothing_walks_through_all_that_is_kept_but_in_memory() {
    let (db, _) = fresh();
    for (sql, params) in [(NEWER, 1), (LET_BE, 2)] {
        let steps = plan(&db, sql, params);
        let walks = steps.iter().filter(|step| step.starts_with("SCAN") && !step.contains("account"));
        assert_eq!(walks.count(), 0, "{steps:?}");
    }
}
