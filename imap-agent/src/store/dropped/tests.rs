//! What is dropped into a train folder makes one change, whatever is cut off.

use super::*;
use crate::store::{
    folder::{folder_state, set_junk_folder},
    journal::{failed_attempt, give_up, start},
    mail::mail,
    testing::{NOW, VALIDITY, act, filed, fresh, judged, left, pending, place, taught},
    training::trained_counts,
    undo::begin_undo,
};

const SPAM: &str = "Tamis/Spam";
const GOOD: &str = "Tamis/Good";

fn bench() -> (Connection, AccountId) {
    let (mut db, account) = fresh();
    set_junk_folder(&mut db, account, "Junk").unwrap();
    (db, account)
}

fn at(folder: &str, uid: u32) -> Location {
    Location::new(folder, VALIDITY, uid)
}

fn new(account: AccountId, uid: u32) -> Dropped {
    Dropped { uid, what: What::New(Box::new(judged(account, uid))) }
}

fn known(id: MailId, uid: u32) -> Dropped {
    Dropped { uid, what: What::Known(id) }
}

fn drop_into(db: &mut Connection, account: AccountId, mark: &Location, dropped: &[Dropped]) -> Option<BatchId> {
    let label = if mark.folder == SPAM { Label::Spam } else { Label::Ham };
    begin(db, TrainFolder { account, label, shown: &mark.folder }, mark, dropped, NOW).unwrap()
}

fn mark(db: &Connection, account: AccountId, folder: &str) -> u32 {
    folder_state(db, account, folder).unwrap().unwrap().high_water
}

#[test]
fn what_was_never_seen_is_learned_moved_on_and_comes_back_to_the_inbox_by_an_undo() {
    let (mut db, account) = bench();
    let batch = drop_into(&mut db, account, &at(SPAM, 2), &[new(account, 1), new(account, 2)]).unwrap();
    let intents = pending(&db, account).unwrap();
    assert_eq!(intents.iter().map(|one| one.place.clone()).collect::<Vec<_>>(), [at(SPAM, 1), at(SPAM, 2)]);
    assert_eq!(act(&mut db, account), 2);
    let id = intents[0].mail;
    assert_eq!((place(&db, id).folder.as_str(), taught(&db, id)), ("Junk", Some(Label::Spam)));
    assert_eq!(trained_counts(&db).unwrap().spam, 2);
    let undo = begin_undo(&mut db, None, NOW).unwrap().unwrap();
    assert_eq!((undo.undone, undo.text.as_str()), (batch, "2 messages put into Tamis/Spam"));
    act(&mut db, account);
    assert_eq!((place(&db, id).folder.as_str(), taught(&db, id)), ("INBOX", None));
    assert_eq!(trained_counts(&db).unwrap().spam, 0);
}

#[test]
fn wanted_mail_goes_back_to_where_it_came_from_and_by_an_undo_to_where_it_was() {
    let (mut db, account) = bench();
    let id = filed(&mut db, account, 1);
    assert_eq!(place(&db, id).folder, "Junk");
    drop_into(&mut db, account, &at(GOOD, 7), &[known(id, 7)]).unwrap();
    act(&mut db, account);
    assert_eq!((place(&db, id).folder.as_str(), taught(&db, id)), ("INBOX", Some(Label::Ham)));
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!((place(&db, id).folder.as_str(), taught(&db, id)), ("Junk", None));
}

#[test]
fn a_message_found_again_while_its_change_is_pending_makes_no_second_one() {
    let (mut db, account) = bench();
    let id = left(&mut db, account, 1);
    drop_into(&mut db, account, &at(SPAM, 3), &[known(id, 3)]).unwrap();
    // The server has renumbered the folder.
    let renumbered = Location { uid_validity: VALIDITY + 1, ..at(SPAM, 1) };
    assert_eq!(drop_into(&mut db, account, &renumbered, &[known(id, 1)]), None);
    let intents = pending(&db, account).unwrap();
    assert_eq!(intents.iter().map(|one| one.place.clone()).collect::<Vec<_>>(), [renumbered]);
    assert_eq!(act(&mut db, account), 1);
    begin_undo(&mut db, None, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!(place(&db, id).folder, "INBOX", "where it was before");
}

#[test]
fn a_second_copy_waits_for_the_first() {
    let (mut db, account) = bench();
    let id = left(&mut db, account, 1);
    drop_into(&mut db, account, &at(SPAM, 4), &[known(id, 2), known(id, 3), new(account, 4)]).unwrap();
    assert_eq!(mark(&db, account, SPAM), 2, "the second copy is looked at again");
    assert_eq!(pending(&db, account).unwrap().len(), 2);
    assert_eq!(drop_into(&mut db, account, &at(SPAM, 4), &[known(id, 3), new(account, 4)]), None);
    assert_eq!(mark(&db, account, SPAM), 2);
    act(&mut db, account);
    assert!(drop_into(&mut db, account, &at(SPAM, 3), &[known(id, 3)]).is_some());
    assert_eq!((act(&mut db, account), mark(&db, account, SPAM)), (1, 3));
    assert_eq!(trained_counts(&db).unwrap().spam, 2, "the same message twice is one lesson");
}

#[test]
fn what_the_server_does_not_let_go_is_not_begun_again_and_again() {
    let (mut db, account) = bench();
    drop_into(&mut db, account, &at(SPAM, 1), &[new(account, 1)]).unwrap();
    let intent = pending(&db, account).unwrap().remove(0);
    start(&mut db, intent.id).unwrap().unwrap();
    failed_attempt(&mut db, intent.id, "no").unwrap();
    give_up(&mut db, intent.id, "no", NOW).unwrap();
    assert_eq!(mark(&db, account, SPAM), 1, "it is not looked at again");
    assert_eq!(place(&db, intent.mail), at(SPAM, 1));
    // The person drops it once more.
    drop_into(&mut db, account, &at(SPAM, 2), &[known(intent.mail, 2)]).unwrap();
    act(&mut db, account);
    assert_eq!(place(&db, intent.mail).folder, "Junk");
    assert_eq!(mail(&db, intent.mail).unwrap().unwrap().home, "INBOX");
}
