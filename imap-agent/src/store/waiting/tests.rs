//! Tests of what waits, and of which contacts are known.

use tamis_core::{Action, Class, api::Show};

use super::*;
use crate::store::{
    filing::Held,
    folder,
    journal::{finish, start},
    mail::{Keywords, mail, record_judged},
    moves::{Changes, Sides, turned_up},
    testing::{NOW, VALIDITY, act, fresh, inbox, item, judged, key, list, pending, place, plan, spam},
    undo::begin_undo,
    views,
};

const CONTACT: Contact = Contact(77);

fn of(contact: Contact, judged: Judged) -> Judged {
    Judged { contact: Some(contact), is_first_contact: true, ..judged }
}

/// Stores the `n`th message, which waits for ten minutes, and puts it aside if there is a folder for that.
fn waits(db: &mut Connection, account: AccountId, n: u32, folder: Option<&str>) -> MailId {
    folder::set_junk_folder(db, account, "Junk").unwrap();
    let wait = Wait { due_at: UnixTime(NOW.0 + 600), folder: folder.map(str::to_owned), was_read: false };
    let (mail, intent) = record_and_wait(db, &of(CONTACT, judged(account, n)), &inbox(n), &wait, None).unwrap();
    assert_eq!(intent.is_some(), folder.is_some());
    act(db, account);
    mail
}

fn again(judged: Judged, next_at: Option<UnixTime>) -> Again {
    let filing = (judged.action == Action::MoveToJunk).then(|| Filing {
        deed: Deed::Move,
        target: "Junk".to_owned(),
        batch: None,
    });
    Again { judged, next_at, filing, reserve: None }
}

fn how_much(db: &Connection, account: AccountId) -> u32 {
    waiting(db, account).unwrap().messages
}

#[test]
fn a_contact_is_known_by_wanted_mail_for_36_days() {
    let (mut db, account) = fresh();
    let known = |db: &Connection, later: i64| is_known(db, account, CONTACT, UnixTime(NOW.0 + later)).unwrap();
    record_judged(&mut db, &of(CONTACT, judged(account, 1)), &inbox(1), None).unwrap();
    record_judged(&mut db, &of(CONTACT, spam(account, 2)), &inbox(2), None).unwrap();
    assert!(!known(&db, 1), "neither doubt nor spam makes it known");
    let ham = Judged { class: Class::Ham, ..judged(account, 3) };
    record_judged(&mut db, &of(Contact(78), ham.clone()), &inbox(3), None).unwrap();
    assert!(!known(&db, 1), "that was another");
    record_judged(&mut db, &of(CONTACT, Judged { key: key(4), ..ham }), &inbox(4), None).unwrap();
    assert!(known(&db, 1));
    assert!(known(&db, Contact::KEPT_SECS - 1));
    assert!(!known(&db, Contact::KEPT_SECS));
}

#[test]
fn the_persons_word_makes_a_contact_known_and_unknown_and_an_undo_takes_that_back() {
    let (mut db, account) = fresh();
    let known = |db: &Connection| is_known(db, account, CONTACT, NOW).unwrap();
    let mail = waits(&mut db, account, 1, None);
    let say = |db: &mut Connection, kind, label| {
        let batch = super::super::batch::begin_batch(db, kind, "", &[item(mail, "", label)], NOW).unwrap();
        act(db, account);
        batch
    };
    say(&mut db, Kind::Ham, tamis_core::learn::Label::Ham);
    assert!(known(&db));
    assert_eq!(how_much(&db, account), 0, "and it waits no longer");
    let said = say(&mut db, Kind::Spam, tamis_core::learn::Label::Spam);
    assert!(!known(&db));
    begin_undo(&mut db, Some(said), NOW).unwrap();
    act(&mut db, account);
    assert!(known(&db));
}

#[test]
fn asking_for_a_contact_reads_only_its_own_mail() {
    let (db, _) = fresh();
    let plan = plan(&db, KNOWN, 3);
    assert!(plan.iter().any(|step| step.contains("mail_contact")), "{plan:?}");
}

#[test]
fn it_waits_is_judged_again_and_is_filed() {
    let (mut db, account) = fresh();
    let mail_id = waits(&mut db, account, 1, None);
    assert_eq!(next(&db, account).unwrap(), Some((mail_id, UnixTime(NOW.0 + 600))));
    assert_eq!(mail(&db, mail_id).unwrap().unwrap().row().waits_until, NOW.0 + 600);
    let due = begin(&mut db, mail_id).unwrap().unwrap();
    assert_eq!((due.tries, due.since, due.was_read), (1, NOW, false));

    let once_more = UnixTime(NOW.0 + 3600);
    assert_eq!(settle(&mut db, mail_id, &again(judged(account, 1), Some(once_more)), NOW).unwrap(), Some(Vec::new()));
    assert_eq!(next(&db, account).unwrap(), Some((mail_id, once_more)));
    assert_eq!(begin(&mut db, mail_id).unwrap().unwrap().tries, 1, "it is counted anew");

    let intents = settle(&mut db, mail_id, &again(spam(account, 1), None), NOW).unwrap().unwrap();
    assert_eq!(intents.len(), 1);
    act(&mut db, account);
    let stored = mail(&db, mail_id).unwrap().unwrap();
    assert_eq!((stored.judged.class, stored.location.folder.as_str()), (Class::Spam, "Junk"));
    assert_eq!((how_much(&db, account), stored.waits_until), (0, UnixTime(0)));
    assert_eq!(settle(&mut db, mail_id, &again(judged(account, 1), None), NOW).unwrap(), None, "once is enough");
}

#[test]
fn what_was_put_aside_comes_back_and_a_filing_from_there_is_undone_to_the_inbox() {
    let (mut db, account) = fresh();
    let (back, filed) = (waits(&mut db, account, 1, Some("Held")), waits(&mut db, account, 2, Some("Held")));
    assert_eq!((place(&db, back).folder, place(&db, filed).folder), ("Held".to_owned(), "Held".to_owned()));
    assert_eq!(views::counts(&db).unwrap().filed, 0, "nothing is filed yet");
    settle(&mut db, back, &again(judged(account, 1), None), NOW).unwrap().unwrap();
    let batch = filing::begin_filing(&mut db, NOW).unwrap();
    let mut decided = again(spam(account, 2), None);
    decided.filing = decided.filing.map(|filing| Filing { batch: Some(batch), ..filing });
    settle(&mut db, filed, &decided, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!((place(&db, back).folder, place(&db, filed).folder), ("INBOX".to_owned(), "Junk".to_owned()));
    begin_undo(&mut db, Some(batch), NOW).unwrap();
    act(&mut db, account);
    assert_eq!(place(&db, filed).folder, "INBOX");
}

#[test]
fn what_the_brake_stops_comes_back_and_waits_for_the_person() {
    let (mut db, account) = fresh();
    let mail_id = waits(&mut db, account, 1, Some("Held"));
    let stopped = Again { reserve: Some(Reserve::Brake), ..again(spam(account, 1), None) };
    settle(&mut db, mail_id, &stopped, NOW).unwrap().unwrap();
    act(&mut db, account);
    assert_eq!(place(&db, mail_id).folder, "INBOX");
    assert_eq!(filing::held(&db, account).unwrap(), Held { by_brake: 1, by_backfill: 0 });
}

#[test]
fn whatever_somebody_else_does_to_it_ends_the_waiting() {
    let sides = Sides { junk: vec!["Junk".to_owned()], ..Sides::default() };
    for (to, is_over) in [
        (Location::new("Projects", VALIDITY, 9), true),
        (Location::new("INBOX", VALIDITY, 9), true),
        (Location::new("INBOX", VALIDITY + 1, 9), false),
    ] {
        let (mut db, account) = fresh();
        let mail_id = waits(&mut db, account, 1, None);
        turned_up(&mut db, &sides, (mail_id, &to, Keywords::None), &Changes::default(), NOW).unwrap();
        assert_eq!(how_much(&db, account) == 0, is_over, "{to:?}");
    }
}

#[test]
fn who_takes_out_what_was_put_aside_wants_it_and_who_throws_it_away_says_nothing() {
    use tamis_core::learn::Label;
    let sides = Sides { junk: vec!["Junk".to_owned()], neutral: vec!["Trash".to_owned()] };
    for (to, want) in [("INBOX", Some(Label::Ham)), ("Junk", Some(Label::Spam)), ("Trash", None)] {
        let (mut db, account) = fresh();
        let mail_id = waits(&mut db, account, 1, Some("Held"));
        let at = Location::new(to, VALIDITY, 9);
        let noted = turned_up(&mut db, &sides, (mail_id, &at, Keywords::None), &Changes::default(), NOW).unwrap();
        assert_eq!(noted.map(|noted| noted.label), want, "{to}");
        act(&mut db, account);
        assert_eq!((how_much(&db, account), place(&db, mail_id)), (0, at));
    }
}

#[test]
fn a_message_that_somebody_was_quicker_to_take_is_not_waited_for() {
    let (mut db, account) = fresh();
    let wait = Wait { due_at: NOW, folder: Some("Held".to_owned()), was_read: false };
    let (_, intent) = record_and_wait(&mut db, &judged(account, 1), &inbox(1), &wait, None).unwrap();
    assert_eq!(next(&db, account).unwrap(), None, "it is put aside first");
    start(&mut db, intent.unwrap()).unwrap();
    finish(&mut db, intent.unwrap(), &Outcome::InPlace, None, NOW).unwrap();
    assert_eq!(how_much(&db, account), 0);
}

#[test]
fn the_person_can_have_it_decided_now_and_leaving_an_account_ends_it() {
    let (mut db, account) = fresh();
    let other = folder::account_id(&mut db, "you", "imap.example.net", "you").unwrap();
    let mail_id = waits(&mut db, account, 1, None);
    assert_eq!(hurry(&mut db, Some(other), NOW).unwrap(), []);
    assert_eq!(hurry(&mut db, None, NOW).unwrap(), [account]);
    assert_eq!(next(&db, account).unwrap(), Some((mail_id, NOW)));
    assert_eq!(begin(&mut db, mail_id).unwrap().unwrap().since, UnixTime(0));
    folder::leave_account(&mut db, account, NOW).unwrap();
    assert_eq!(how_much(&db, account), 0);
}

#[test]
fn it_is_to_be_reviewed_while_it_waits_and_what_cannot_be_read_is_left() {
    let (mut db, account) = fresh();
    let mail_id = waits(&mut db, account, 1, Some("Held"));
    let (rows, _) = list(&db, Show::Review, "", 9);
    assert_eq!(rows.len(), 1);
    postpone(&mut db, mail_id, UnixTime(NOW.0 + 60)).unwrap();
    assert_eq!(begin(&mut db, mail_id).unwrap().unwrap().tries, 1);
    assert!(leave(&mut db, mail_id, NOW).unwrap().is_some(), "it comes back");
    act(&mut db, account);
    assert_eq!((place(&db, mail_id).folder, pending(&db, account).unwrap().len()), ("INBOX".to_owned(), 0));
}

#[test]
fn whatever_takes_it_out_is_undone_to_the_inbox_and_never_puts_it_aside_again() {
    use tamis_core::learn::Label;
    for (kind, target, label) in [(Kind::Ham, "", Label::Ham), (Kind::Spam, "Junk", Label::Spam)] {
        let (mut db, account) = fresh();
        let mail_id = waits(&mut db, account, 1, Some("Held"));
        let said = item(mail_id, target, label);
        let batch = super::super::batch::begin_batch(&mut db, kind, "", &[said], NOW).unwrap();
        act(&mut db, account);
        begin_undo(&mut db, Some(batch), NOW).unwrap();
        act(&mut db, account);
        assert_eq!(place(&db, mail_id).folder, "INBOX", "{label:?}");
    }
}

#[test]
fn what_lies_aside_and_waits_no_more_comes_home_however_that_came() {
    let (mut db, account) = fresh();
    let later = |secs: i64| UnixTime(NOW.0 + secs);
    let flagged = waits(&mut db, account, 1, Some("Held"));
    let waiting = waits(&mut db, account, 2, Some("Held"));
    assert_eq!(bring_strays(&mut db, account, NOW).unwrap(), []);
    give_over(&mut db, flagged).unwrap();
    let refused = bring_strays(&mut db, account, NOW).unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(bring_strays(&mut db, account, NOW).unwrap(), [], "it is on its way");
    journal::give_up(&mut db, refused[0], "over quota", NOW).unwrap();
    assert_eq!(bring_strays(&mut db, account, later(3599)).unwrap(), [], "not over and over");
    assert_eq!(bring_strays(&mut db, account, later(3601)).unwrap().len(), 1);
    act(&mut db, account);
    assert_eq!((place(&db, flagged).folder, place(&db, waiting).folder), ("INBOX".to_owned(), "Held".to_owned()));
    // What the person has put there since is theirs.
    let sides = Sides { junk: vec!["Junk".to_owned()], ..Sides::default() };
    let there = Location::new("Held", VALIDITY, 77);
    turned_up(&mut db, &sides, (flagged, &there, Keywords::None), &Changes::default(), NOW).unwrap();
    assert_eq!(bring_strays(&mut db, account, later(9000)).unwrap(), []);
    let plan = plan(&db, STRAYS, 2);
    assert!(plan.iter().any(|step| step.contains("intent_hold")), "{plan:?}");
}

#[test]
fn what_it_is_by_then_is_what_counts_for_its_sender() {
    use tamis_core::reputation::{Subject, Track};
    let (mut db, account) = fresh();
    let ann = Subject::parse("address", "ann@example.org").unwrap();
    let track = Track { sender: Some(ann.clone()), relay: None };
    let wait = Wait { due_at: NOW, folder: None, was_read: false };
    let first = Judged { track: track.clone(), received_at: NOW, ..of(CONTACT, judged(account, 1)) };
    let (mail, _) = record_and_wait(&mut db, &first, &inbox(1), &wait, None).unwrap();
    let told = |db: &Connection| {
        let known = super::super::reputation::known(db, std::slice::from_ref(&ann)).unwrap();
        let week = known.get(&ann).and_then(|record| record.weeks.values().next().copied()).unwrap_or_default();
        (week.judged_unsure, week.judged_spam)
    };
    assert_eq!(told(&db), (1, 0));
    let by_then = Judged { track, received_at: NOW, ..spam(account, 1) };
    settle(&mut db, mail, &again(by_then, None), NOW).unwrap().unwrap();
    assert_eq!(told(&db), (0, 1));
}
