//! Entries kept, what they hit, and what the person says against them.

use tamis_core::learn::Label;

use super::*;
use crate::store::{
    batch::begin_batch,
    history,
    journal::Kind as Change,
    mail::{Judged, record_judged},
    testing::{NOW, act, fresh, inbox, item, judged, key, plan, tokens},
    training::{self, TrainItem},
    undo::begin_undo,
};

#[test]
fn entries_are_kept_once_and_the_last_word_counts() {
    let (mut db, account) = fresh();
    let ann = new(Side::Accept, Kind::Address, "Ann@Example.org");
    let ours = NewEntry { account: Some(account), note: "a friend".to_owned(), ..ann.clone() };
    let added = add(&mut db, &[ann.clone(), ours, ann.clone()], Origin::Person, NOW).unwrap();
    assert_eq!((added.new.len(), added.changed.len(), added.known), (2, 0, 1));
    let blocked = add(&mut db, &[NewEntry { side: Side::Block, ..ann }], Origin::Import, NOW).unwrap();
    assert_eq!(blocked.changed, [added.new[0]]);
    let kept = all(&db).unwrap();
    let said: Vec<_> = kept.iter().map(|one| (one.side, one.what.value(), one.account, one.note.as_str())).collect();
    let address = "ann@example.org".to_owned();
    assert_eq!(said, [(Side::Block, address.clone(), None, ""), (Side::Accept, address, Some(account), "a friend")]);
    assert!(remove(&mut db, added.new[0], NOW).unwrap().is_some());
    assert!(remove(&mut db, added.new[0], NOW).unwrap().is_none());
    assert!(switch(&mut db, added.new[1], false, NOW).unwrap().is_some());
    assert!(switch(&mut db, added.new[0], false, NOW).unwrap().is_none());
    assert_eq!(in_force(&db).unwrap(), []);
    assert_eq!(all(&db).unwrap().len(), 1);
}

#[test]
fn hits_are_counted_once_a_message_and_a_removed_entry_holds_nothing_up() {
    let (mut db, account, id) = with(Side::Block, "example.net");
    let gone = EntryId(id.0 + 1);
    let listed = [id, gone].map(|entry| ListHit { entry, is_followed: true }).to_vec();
    for n in [1, 2, 2] {
        record_judged(&mut db, &Judged { listed: listed.clone(), ..judged(account, n) }, &inbox(n), None).unwrap();
    }
    let entry = only(&db);
    assert_eq!((entry.hits, entry.last_hit_at), (2, NOW));
    assert!(remove(&mut db, id, NOW).unwrap().is_some());
    let left: u32 = db.query_row("SELECT count(*) FROM list_hit", (), |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn the_opposite_word_switches_an_entry_off_and_its_undo_on_again() {
    for (side, word, label) in [(Side::Block, Change::Ham, Label::Ham), (Side::Accept, Change::Spam, Label::Spam)] {
        let (mut db, account, id) = with(side, "example.net");
        let mail = hit(&mut db, account, 1, id, true);
        begin_batch(&mut db, word, "a word", &[item(mail, "", label)], NOW).unwrap();
        assert!(only(&db).is_on, "before it has happened");
        act(&mut db, account);
        let entry = only(&db);
        assert_eq!((entry.is_on, entry.contradicted_by), (false, Some(mail)), "{side:?}");
        assert_eq!(in_force(&db).unwrap(), []);
        begin_undo(&mut db, None, NOW).unwrap().unwrap();
        act(&mut db, account);
        let entry = only(&db);
        assert_eq!((entry.is_on, entry.contradicted_by), (true, None), "{side:?}");
    }
}

#[test]
fn agreement_and_what_was_not_followed_switch_nothing_off() {
    for (is_followed, word, label) in [(true, Change::Spam, Label::Spam), (false, Change::Ham, Label::Ham)] {
        let (mut db, account, id) = with(Side::Block, "example.net");
        let mail = hit(&mut db, account, 1, id, is_followed);
        begin_batch(&mut db, word, "a word", &[item(mail, "", label)], NOW).unwrap();
        act(&mut db, account);
        assert!(only(&db).is_on, "{is_followed} {label:?}");
    }
}

#[test]
fn it_stays_off_while_another_message_says_so() {
    let (mut db, account, id) = with(Side::Block, "example.net");
    let (first, second) = (hit(&mut db, account, 1, id, true), hit(&mut db, account, 2, id, true));
    let mut batches = Vec::new();
    for mail in [first, second] {
        batches.push(begin_batch(&mut db, Change::Ham, "a word", &[item(mail, "", Label::Ham)], NOW).unwrap());
        act(&mut db, account);
    }
    begin_undo(&mut db, Some(batches[0]), NOW).unwrap().unwrap();
    act(&mut db, account);
    let entry = only(&db);
    assert_eq!((entry.is_on, entry.contradicted_by), (false, Some(second)));
    begin_undo(&mut db, Some(batches[1]), NOW).unwrap().unwrap();
    act(&mut db, account);
    assert!(only(&db).is_on);
}

#[test]
fn a_lesson_from_a_file_counts_as_well_until_it_is_taken_back() {
    let (mut db, account, id) = with(Side::Block, "example.net");
    let mail = hit(&mut db, account, 1, id, true);
    let lesson = TrainItem { key: key(1), tokens: tokens(key(1)), label: Label::Ham };
    training::train(&mut db, &[lesson], "file", NOW).unwrap();
    assert_eq!(only(&db).contradicted_by, Some(mail));
    training::untrain(&mut db, &[key(1)], NOW).unwrap();
    assert!(only(&db).is_on);
}

#[test]
fn what_the_person_switches_stays_so() {
    let (mut db, account, id) = with(Side::Block, "example.net");
    let mail = hit(&mut db, account, 1, id, true);
    switch(&mut db, id, false, NOW).unwrap();
    let said = item(mail, "", Label::Ham);
    begin_batch(&mut db, Change::Ham, "a word", std::slice::from_ref(&said), NOW).unwrap();
    act(&mut db, account);
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert!(!only(&db).is_on, "an undo does not switch on what the person has switched off");

    switch(&mut db, id, true, NOW).unwrap();
    begin_batch(&mut db, Change::Ham, "a word", &[said], NOW).unwrap();
    act(&mut db, account);
    assert!(!only(&db).is_on);
    let again = new(Side::Block, Kind::Domain, "example.net");
    add(&mut db, std::slice::from_ref(&again), Origin::Import, NOW).unwrap();
    assert!(!only(&db).is_on, "a file that is imported again does not either");
    add(&mut db, &[again], Origin::Person, NOW).unwrap();
    assert!(only(&db).is_on, "the person's own word does");
}

#[test]
fn what_was_added_is_taken_back_by_an_undo() {
    let (mut db, _) = fresh();
    let entry = |side| new(side, Kind::Domain, "example.net");
    let first = add(&mut db, &[entry(Side::Accept)], Origin::Person, NOW).unwrap().batch.unwrap();
    add(&mut db, &[entry(Side::Block)], Origin::Person, NOW).unwrap();
    assert_eq!(add(&mut db, &[entry(Side::Block)], Origin::Person, NOW).unwrap().batch, None);
    let texts: Vec<String> = history::newest(&db, 9).unwrap().into_iter().map(|change| change.text).collect();
    assert_eq!(texts, ["example.net always blocked", "example.net always accepted"]);

    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!(only(&db).side, Side::Accept);
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!(all(&db).unwrap(), []);
    assert!(matches!(begin_undo(&mut db, Some(first), NOW), Err(StoreError::AlreadyUndone(_))));
    assert!(begin_undo(&mut db, None, NOW).unwrap().is_none());
    assert_eq!(history::newest(&db, 9).unwrap().len(), 4);
}

#[test]
fn an_entry_whose_adding_is_undone_does_not_come_back_with_its_removal() {
    let (mut db, _) = fresh();
    let added = add(&mut db, &[new(Side::Accept, Kind::Domain, "example.net")], Origin::Person, NOW).unwrap();
    let removed = remove(&mut db, added.new[0], NOW).unwrap().unwrap();
    begin_undo(&mut db, added.batch, NOW).unwrap().unwrap();
    begin_undo(&mut db, Some(removed), NOW).unwrap().unwrap();
    assert_eq!(all(&db).unwrap(), []);

    let added = add(&mut db, &[new(Side::Accept, Kind::Domain, "example.org")], Origin::Person, NOW).unwrap();
    let switched = switch(&mut db, added.new[0], false, NOW).unwrap();
    let removed = remove(&mut db, added.new[0], NOW).unwrap().unwrap();
    begin_undo(&mut db, switched, NOW).unwrap().unwrap();
    begin_undo(&mut db, Some(removed), NOW).unwrap().unwrap();
    assert!(only(&db).is_on, "it is put back as it was before it was switched");
}

#[test]
fn following_a_word_reads_neither_all_mail_nor_all_entries() {
    let (db, _) = fresh();
    for (sql, params) in [(OF_CONTENT, 1), (CONTRADICTED, 2), (PASSED_ON, 1), (FREED, 1)] {
        let steps = plan(&db, sql, params);
        let scans = |step: &String| step.starts_with("SCAN mail") || step.starts_with("SCAN list_");
        assert!(!steps.iter().any(scans), "{steps:#?}");
    }
}

fn new(side: Side, kind: Kind, value: &str) -> NewEntry {
    NewEntry { side, what: What::parse(kind, value).unwrap(), account: None, note: String::new(), is_on: true }
}

/// A store with an account and one entry.
fn with(side: Side, domain: &str) -> (Connection, AccountId, EntryId) {
    let (mut db, account) = fresh();
    let added = add(&mut db, &[new(side, Kind::Domain, domain)], Origin::Person, NOW).unwrap();
    (db, account, added.new[0])
}

/// The `n`th message, which the entry hit.
fn hit(db: &mut Connection, account: AccountId, n: u32, entry: EntryId, is_followed: bool) -> MailId {
    let listed = vec![ListHit { entry, is_followed }];
    record_judged(db, &Judged { listed, ..judged(account, n) }, &inbox(n), None).unwrap()
}

fn only(db: &Connection) -> StoredEntry {
    let mut entries = all(db).unwrap();
    assert_eq!(entries.len(), 1);
    entries.remove(0)
}
