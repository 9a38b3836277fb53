//! Tests of taking changes back.

use super::*;
use crate::store::{
    batch::begin_batch,
    journal::{Outcome, finish, give_up, start},
    mail::{mail, relocate},
    testing::{NOW, act, filed, fresh, inbox, item, junk, key, left, pending, place, taught, tokens},
    training::{TrainItem, known_label, train},
};

#[test]
fn a_release_goes_back_to_junk_and_is_unlearned() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let release = release(&mut db, &[id]);
    act(&mut db, account);
    let undo = begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!((undo.undone, undo.text.as_str()), (release, "release"));
    assert_eq!(undo.accounts, BTreeSet::from([account]));
    act(&mut db, account);
    assert_eq!(state(&db, id, 1), ("Junk".to_owned(), None, None));
    assert_eq!(mail(&db, id).unwrap().unwrap().reviewed_at, UnixTime(0), "it waits for review again");
}

#[test]
fn undo_gives_back_the_label_there_was() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    train(&mut db, &[TrainItem { key: key(1), tokens: tokens(key(1)), label: Label::Spam }], "file", NOW).unwrap();
    release(&mut db, &[id]);
    act(&mut db, account);
    assert_eq!(known_label(&db, key(1)).unwrap(), Some(Label::Ham));
    begin_undo(&mut db, None, NOW).unwrap();
    act(&mut db, account);
    assert_eq!(known_label(&db, key(1)).unwrap(), Some(Label::Spam));
}

#[test]
fn an_undo_that_was_given_up_can_be_tried_again() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let batch = release(&mut db, &[id]);
    act(&mut db, account);
    begin_undo(&mut db, Some(batch), NOW).unwrap();
    let intent = pending(&db, account).unwrap().remove(0);
    start(&mut db, intent.id).unwrap();
    give_up(&mut db, intent.id, "no", NOW).unwrap();
    assert_eq!(place(&db, id).folder, "INBOX");

    begin_undo(&mut db, Some(batch), NOW).unwrap();
    act(&mut db, account);

    assert_eq!(place(&db, id).folder, "Junk");
}

#[test]
fn undoing_twice_is_refused() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let batch = release(&mut db, &[id]);
    act(&mut db, account);
    let undo = begin_undo(&mut db, Some(batch), NOW).unwrap().unwrap();
    let again = begin_undo(&mut db, Some(batch), NOW).unwrap_err();
    assert_eq!(again.to_string(), "change 1 has already been undone");
    let undo_of_undo = begin_undo(&mut db, Some(undo.batch), NOW).unwrap_err();
    assert_eq!(undo_of_undo.to_string(), "there is no change 2 to undo");
    assert_eq!(begin_undo(&mut db, None, NOW).unwrap(), None);
    assert_eq!(undoable(&db).unwrap(), None);
}

#[test]
fn what_has_not_been_started_is_only_cancelled() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    spam(&mut db, &[id]);
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!(pending(&db, account).unwrap(), []);
    assert_eq!(state(&db, id, 1), ("INBOX".to_owned(), None, None));
}

#[test]
fn what_was_started_may_have_happened_and_is_brought_back() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    spam(&mut db, &[id]);
    let intent = pending(&db, account).unwrap()[0].id;
    start(&mut db, intent).unwrap().unwrap();
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    let change = finish(&mut db, intent, &Outcome::Moved(junk(5)), Some(&tokens(key(1))), NOW).unwrap();
    assert_eq!(change, None, "it is not learned any more");
    act(&mut db, account);
    assert_eq!(state(&db, id, 1), ("INBOX".to_owned(), None, None));
    assert_eq!(mail(&db, id).unwrap().unwrap().reviewed_at, UnixTime(0));
}

#[test]
fn what_the_server_refused_has_nothing_to_undo() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    spam(&mut db, &[id]);
    let intent = pending(&db, account).unwrap()[0].id;
    give_up(&mut db, intent, "no permission", NOW).unwrap();
    assert_eq!(undoable(&db).unwrap(), None);
}

#[test]
fn changes_are_undone_newest_first() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    release(&mut db, &[id]);
    act(&mut db, account);
    spam(&mut db, &[id]);
    act(&mut db, account);
    for (want_text, want) in [
        ("spam", ("INBOX".to_owned(), Some(Label::Ham), Some(Label::Ham))),
        ("release", ("Junk".to_owned(), None, None)),
    ] {
        assert_eq!(begin_undo(&mut db, None, NOW).unwrap().unwrap().text, want_text);
        act(&mut db, account);
        assert_eq!(state(&db, id, 1), want);
    }
}

#[test]
fn a_later_word_stands_when_an_earlier_one_is_undone() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    let first = release(&mut db, &[id]);
    act(&mut db, account);
    spam(&mut db, &[id]);
    act(&mut db, account);
    begin_undo(&mut db, Some(first), NOW).unwrap();
    act(&mut db, account);
    assert_eq!(state(&db, id, 1), ("Junk".to_owned(), Some(Label::Spam), Some(Label::Spam)));
    begin_undo(&mut db, None, NOW).unwrap();
    act(&mut db, account);
    assert_eq!(state(&db, id, 1), ("Junk".to_owned(), None, None), "both undone ends where it began");
}

#[test]
fn a_later_word_keeps_the_message_where_it_found_it() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let first = spam(&mut db, &[id]);
    act(&mut db, account);
    spam(&mut db, &[id]);
    act(&mut db, account);
    begin_undo(&mut db, Some(first), NOW).unwrap();
    act(&mut db, account);
    assert_eq!(state(&db, id, 1), ("Junk".to_owned(), Some(Label::Spam), Some(Label::Spam)));
    begin_undo(&mut db, None, NOW).unwrap();
    act(&mut db, account);
    assert_eq!(state(&db, id, 1), ("INBOX".to_owned(), None, None));
}

#[test]
fn a_message_the_person_has_moved_since_stays_there() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    release(&mut db, &[id]);
    act(&mut db, account);
    relocate(&mut db, id, &crate::store::Location::new("Work", 3, 1)).unwrap();
    begin_undo(&mut db, None, NOW).unwrap();
    act(&mut db, account);
    assert_eq!(state(&db, id, 1), ("Work".to_owned(), None, None));
}

#[test]
fn a_label_given_since_by_other_means_stands() {
    let (mut db, account) = fresh();
    let id = filed(&mut db, account, 1);
    release(&mut db, &[id]);
    act(&mut db, account);
    train(&mut db, &[TrainItem { key: key(1), tokens: Vec::new(), label: Label::Spam }], "file", NOW).unwrap();
    begin_undo(&mut db, None, NOW).unwrap();
    act(&mut db, account);
    assert_eq!(known_label(&db, key(1)).unwrap(), Some(Label::Spam));
}

#[test]
fn what_was_forgotten_since_is_not_given_back_as_what_was_undone() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let said = spam(&mut db, &[id]);
    act(&mut db, account);
    let forgotten = unlearned::unlearn(&mut db, &[key(1)], NOW).unwrap().unwrap().batch;
    begin_undo(&mut db, Some(said), NOW).unwrap().unwrap();
    act(&mut db, account);
    begin_undo(&mut db, Some(forgotten), NOW).unwrap().unwrap();
    assert_eq!(state(&db, id, 1), ("INBOX".to_owned(), None, None));
}

#[test]
fn a_selection_is_undone_whole() {
    let (mut db, account) = fresh();
    let (one, two, three) = (left(&mut db, account, 1), left(&mut db, account, 2), left(&mut db, account, 3));
    spam(&mut db, &[one, two, three]);
    let intents = pending(&db, account).unwrap();
    finish(&mut db, intents[0].id, &Outcome::Moved(junk(5)), Some(&tokens(key(1))), NOW).unwrap();
    give_up(&mut db, intents[1].id, "refused", NOW).unwrap();
    begin_undo(&mut db, None, NOW).unwrap();
    assert_eq!(act(&mut db, account), 1);
    for (id, n) in [(one, 1), (two, 2), (three, 3)] {
        assert_eq!(state(&db, id, n), ("INBOX".to_owned(), None, None), "message {n}");
        assert_eq!(place(&db, id) == inbox(n), n != 1, "only the first had moved");
    }
}

fn state(db: &Connection, id: MailId, n: u32) -> (String, Option<Label>, Option<Label>) {
    (place(db, id).folder, taught(db, id), known_label(db, key(n)).unwrap())
}

fn release(db: &mut Connection, mails: &[MailId]) -> BatchId {
    let items: Vec<_> = mails.iter().map(|mail| item(*mail, "INBOX", Label::Ham)).collect();
    begin_batch(db, Kind::Release, "release", &items, NOW).unwrap()
}

fn spam(db: &mut Connection, mails: &[MailId]) -> BatchId {
    let items: Vec<_> = mails.iter().map(|mail| item(*mail, "Junk", Label::Spam)).collect();
    begin_batch(db, Kind::Spam, "spam", &items, NOW).unwrap()
}
