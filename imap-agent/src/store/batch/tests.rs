//! Tests of changes by the person.

use super::*;
use crate::store::{
    folder::set_junk_folder,
    mail::mail,
    testing::{NOW, act, filed, fresh, inbox, item, left, move_from, pending, place, record_and_intend, spam, taught},
    undo::undoable,
};

#[test]
fn a_selection_is_one_change() {
    let (mut db, account) = fresh();
    let (one, two) = (filed(&mut db, account, 1), filed(&mut db, account, 2));
    let items = [item(one, "INBOX", Label::Ham), item(two, "INBOX", Label::Ham), item(one, "Junk", Label::Spam)];
    begin_batch(&mut db, Kind::Release, "release of 2 messages", &items, NOW).unwrap();
    assert_eq!(act(&mut db, account), 2, "each message once");
    for id in [one, two] {
        assert_eq!((place(&db, id).folder.as_str(), taught(&db, id)), ("INBOX", Some(Label::Ham)));
    }
    assert_eq!(undoable(&db).unwrap().as_deref(), Some("release of 2 messages"));
}

#[test]
fn a_message_called_good_on_its_way_to_junk_comes_back() {
    let (mut db, account) = fresh();
    set_junk_folder(&mut db, account, "Junk").unwrap();
    let id = left(&mut db, account, 1);
    for kind in [Kind::Spam, Kind::Ham] {
        let item = item_for(&db, kind, &mail(&db, id).unwrap().unwrap()).unwrap();
        begin_batch(&mut db, kind, kind.word(), &[item], NOW).unwrap();
    }
    act(&mut db, account);
    assert_eq!((place(&db, id).folder.as_str(), taught(&db, id)), ("INBOX", Some(Label::Ham)));

    let (filing, _) = record_and_intend(&mut db, &spam(account, 2), &inbox(2), "Junk", None).unwrap();
    let item = item_for(&db, Kind::Ham, &mail(&db, filing).unwrap().unwrap()).unwrap();
    begin_batch(&mut db, Kind::Ham, "ham", &[item], NOW).unwrap();
    act(&mut db, account);
    assert_eq!((place(&db, filing).folder.as_str(), taught(&db, filing)), ("INBOX", Some(Label::Ham)));
}

#[test]
fn what_is_there_already_is_only_learned() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    begin_batch(&mut db, Kind::Ham, "ham", &[item(id, "INBOX", Label::Ham)], NOW).unwrap();
    assert_eq!(move_from(&pending(&db, account).unwrap()[0]), None);
    let here = place(&db, id);
    act(&mut db, account);
    assert_eq!((place(&db, id), taught(&db, id)), (here, Some(Label::Ham)));
}

#[test]
fn all_of_a_change_is_written_or_nothing() {
    let (mut db, account) = fresh();
    let id = left(&mut db, account, 1);
    let items = [item(id, "Junk", Label::Spam), item(MailId(99), "Junk", Label::Spam)];
    let err = begin_batch(&mut db, Kind::Spam, "spam", &items, NOW).unwrap_err();
    assert_eq!(err.to_string(), "there is no message 99");
    assert_eq!(pending(&db, account).unwrap(), []);
    assert_eq!(undoable(&db).unwrap(), None);
    let err = begin_batch(&mut db, Kind::Spam, "spam", &[], NOW).unwrap_err();
    assert_eq!(err.to_string(), "there is nothing to change");
}
