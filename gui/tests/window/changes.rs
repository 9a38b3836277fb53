//! What waits for the person, older mail, the history, rarer deeds, and links.

use std::sync::Arc;

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::client::{Job, Lesson, Link, Outcome, Snapshot, Wish};
use tamis_core::api::{
    AccountStatus, BackfillStatus, BatchId, Change, ListEntry, ListQuery, MailId, MailRow, NewListEntry, Steer,
};

use crate::bench::{Window, check_names, detail, name, opened, row, rows, window};

#[test]
fn held_mail_is_said_calmly_and_answered_by_a_button() {
    for (button, file) in [("File what waits in work", true), ("Leave what waits in work", false)] {
        let mut window = window(rows(4));
        hold(&mut window, 31);
        window.harness.get_by_label("31 messages in work wait for you");
        let why = "Tamis would have filed 31 of 33 messages that arrived within an hour. They are still in the inbox";
        window.harness.get_by_label(why);
        check_names(&window);
        press(&mut window, button);
        // Before the agent has answered, a second press is not a second wish.
        press(&mut window, button);
        assert_eq!(window.jobs(), [Job::Held("work".to_owned(), file)]);
        window.finish(Job::Held("work".to_owned(), file), Outcome::Done("31 messages filed".to_owned(), None));
        press(&mut window, button);
        assert_eq!(window.jobs().len(), 1);
    }
}

#[test]
fn rows_that_wait_are_marked_and_can_be_chosen_together() {
    let held = |index| MailRow { is_held: true, folder: "Inbox".to_owned(), ..row(index) };
    let elsewhere = MailRow { account: "home".to_owned(), ..held(5) };
    let mut window = window(vec![row(0), held(1), row(2), held(3), elsewhere]);
    hold(&mut window, 2);
    window.harness.get_by_role_and_label(Role::ListBoxOption, &format!("{}, waits for you", name(1)));
    press(&mut window, "Show what waits in work");
    window.harness.run();
    window.harness.get_by_label("2 chosen");
    let wishes = window.wishes();
    assert!(wishes.contains(&Wish::Open(Some(MailId(2)))), "{wishes:?}");
    window.key(Key::R);
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Release, vec![MailId(2), MailId(4)])]);
}

#[test]
fn what_waits_is_shown_from_another_list_once_its_own_has_come() {
    let held = |index| MailRow { is_held: true, ..row(index) };
    let mut window = window(vec![row(0), held(1)]);
    hold(&mut window, 1);
    press(&mut window, "Junk");
    window.wishes();
    press(&mut window, "Show what waits in work");
    let asked = window.wishes();
    assert!(asked.contains(&Wish::List(ListQuery::default())), "{asked:?}");
    assert!(asked.contains(&Wish::Open(Some(MailId(2)))), "{asked:?}");
}

#[test]
fn older_mail_is_offered_in_three_spans() {
    for days in [7, 30, 90] {
        let mut window = accounts(None);
        press(&mut window, "Look at older mail of work too…");
        check_names(&window);
        press(&mut window, &format!("The last {days} days"));
        assert_eq!(window.jobs(), [Job::Backfill("work".to_owned(), days)]);
    }
}

#[test]
fn a_look_at_older_mail_shows_how_far_it_is_and_is_steered() {
    let running = BackfillStatus { days: 30, total: 1204, done: 602, found: 41, is_paused: false, is_ended: false };
    for (status, words, button, steer) in [
        (running.clone(), "Looking at the last 30 days: 602 of 1,204 messages, 41 spam found", "Pause", Steer::Pause),
        (
            BackfillStatus { is_paused: true, ..running.clone() },
            "Paused looking at the last 30 days: 602 of 1,204 messages, 41 spam found",
            "Resume",
            Steer::Resume,
        ),
        (
            BackfillStatus { total: 0, done: 0, found: 0, ..running },
            "Looking at the last 30 days: 0 of 0 messages, 0 spam found",
            "Stop",
            Steer::Stop,
        ),
    ] {
        let mut window = accounts(Some(status.clone()));
        window.harness.get_by_label(words);
        let bar = window.harness.get_by_role_and_label(Role::ProgressIndicator, "Older mail of work");
        let want = if status.total == 0 { 0.0 } else { 50.0 };
        assert_eq!(bar.accesskit_node().numeric_value(), Some(want));
        check_names(&window);
        press(&mut window, &format!("{button} the look at older mail of work"));
        assert_eq!(window.jobs(), [Job::Steer("work".to_owned(), steer)]);
        assert!(window.harness.query_by_label("Look at older mail of work too…").is_none());
    }
}

#[test]
fn after_a_look_at_older_mail_another_can_be_begun() {
    let ended = BackfillStatus { days: 1, total: 1, done: 1, found: 0, is_paused: false, is_ended: true };
    let stopped = BackfillStatus { days: 7, total: 90, done: 10, ..ended };
    for (status, words) in [
        (ended, "Looked at the last 1 day: 1 message, 0 spam found"),
        (stopped, "Stopped looking at the last 7 days: 10 of 90 messages, 0 spam found"),
    ] {
        let window = accounts(Some(status));
        window.harness.get_by_label(words);
        window.harness.get_by_label("Look at older mail of work too…");
    }
}

#[test]
fn a_digest_is_sent_by_a_button() {
    let mut window = accounts(None);
    press(&mut window, "Send a digest to work now");
    assert_eq!(window.jobs(), [Job::SendDigest("work".to_owned())]);
}

#[test]
fn every_change_in_the_history_can_be_taken_back_once() {
    let mut window = window(rows(2));
    press(&mut window, "History");
    assert_eq!(window.wishes(), [Wish::History(true)]);
    window.remote.update(|snapshot| {
        snapshot.history = Some(Arc::new(changes()));
        true
    });
    window.harness.run();
    for words in ["Filing of 3 messages", "by Tamis", "Release of 1 message", "taken back", "Undo of something"] {
        window.harness.get_by_label(words);
    }
    check_names(&window);
    let buttons = window.harness.get_all_by_role(Role::Button);
    let undo: Vec<_> = buttons.filter_map(|node| node.accesskit_node().label()).collect();
    let undo: Vec<_> = undo.iter().filter(|label| label.starts_with("Undo ")).collect();
    assert_eq!(undo, ["Undo filing of 3 messages, 3 Oct 2020"]);
    press(&mut window, "Undo filing of 3 messages, 3 Oct 2020");
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(12)))]);
    window.harness.get_by_label("working…");
    window.finish(Job::Undo(Some(BatchId(12))), Outcome::Done("Undone".to_owned(), None));
    assert!(window.harness.query_by_label("working…").is_none());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.key(Key::S);
    assert_eq!(window.jobs(), [Job::Undo(None)], "where there is no list, letters teach nothing");
    press(&mut window, "Accounts");
    assert_eq!(window.wishes(), [Wish::History(false)]);
}

#[test]
fn a_long_history_is_drawn_where_it_is_seen() {
    let mut window = window(rows(2));
    press(&mut window, "History");
    window.remote.update(|snapshot| {
        let change =
            |id| Change { id: BatchId(id), text: "\u{202E}x".repeat(500), at: i64::MAX, ..changes().remove(0) };
        snapshot.history = Some(Arc::new((0..500).map(change).collect()));
        true
    });
    window.harness.run();
    let drawn = window.harness.query_all_by_label("by Tamis").count();
    assert!((5..40).contains(&drawn), "{drawn}");
}

#[test]
fn an_empty_history_is_said() {
    let mut window = window(rows(2));
    press(&mut window, "History");
    window.remote.update(|snapshot| {
        snapshot.history = Some(Arc::default());
        true
    });
    window.harness.run();
    window.harness.get_by_label("Nothing has been changed yet");
}

#[test]
fn what_was_done_is_said_in_words_if_it_is_no_plain_move() {
    let gone = |index, action: &str| MailRow {
        action: action.to_owned(),
        folder: String::new(),
        is_archived: true,
        ..row(index)
    };
    let with = |index, action: &str| MailRow { action: action.to_owned(), ..row(index) };
    let deeds = ["tag", "quarantine", "forward", "strip"];
    let listed = (0..).zip(deeds).map(|(index, action)| with(index, action));
    let mut window = window(listed.chain([gone(4, "delete"), gone(5, "junk")]).collect());
    for (index, words) in
        (0..).zip(["tagged", "quarantined", "forwarded", "stripped", "deleted, in the archive", "in the archive"])
    {
        let label = format!("{}, {words}", name(index));
        window.harness.get_by_role_and_label(Role::ListBoxOption, &label);
    }
    let label = format!("{}, deleted, in the archive", name(4));
    window.harness.get_by_role_and_label(Role::ListBoxOption, &label).click();
    window.harness.run();
    let mut mail = detail();
    mail.row = gone(4, "delete");
    window.open(mail);
    let says = "from the archive: Release puts the original back in the inbox · deleted from the server";
    let pane = window.harness.get_all_by_role(Role::Label);
    let labels: Vec<String> = pane.filter_map(|node| node.accesskit_node().value()).collect();
    assert!(labels.iter().any(|label| label.contains(says)), "{labels:?}");
    press(&mut window, "Release");
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Release, vec![MailId(5)])]);
}

#[test]
fn the_archive_is_mentioned_if_there_is_one() {
    let mut window = window(rows(2));
    assert!(window.harness.query_by_label_contains("Archive").is_none());
    window.remote.update(|snapshot| {
        let status = Arc::make_mut(snapshot.status.as_mut().unwrap());
        (status.archived, status.archive_bytes) = (41, 3_049_999);
        true
    });
    window.harness.run();
    window.harness.get_by_label("Archive: 41 originals, 3.0 MB");
}

#[test]
fn a_link_is_followed_once_when_the_agent_is_there_and_its_note_stays() {
    let link = "tamis:release/17-x".to_owned();
    let mut window = opened(Some(&link));
    assert_eq!(window.jobs(), []);
    for _ in 0..2 {
        window.remote.update(|snapshot| {
            *snapshot = Snapshot { link: Link::Online { agent: "0.1.0".to_owned() }, ..Snapshot::default() };
            true
        });
        window.harness.run();
    }
    assert_eq!(window.jobs(), [Job::Follow(link.clone())]);
    let outcome = Outcome::Done("1 message released".to_owned(), Some(BatchId(7)));
    window.finish(Job::Follow(link), outcome);
    window.harness.input_mut().time = Some(3_600.0);
    window.harness.run();
    window.harness.get_by_label("1 message released");
    press(&mut window, "Undo this");
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(7)))]);
}

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

fn change_account(window: &mut Window, change: impl FnOnce(&mut AccountStatus)) {
    window.remote.update(|snapshot| {
        change(Arc::make_mut(snapshot.status.as_mut().unwrap()).accounts.first_mut().unwrap());
        true
    });
    window.harness.run();
}

fn hold(window: &mut Window, held: u32) {
    change_account(window, |account| {
        account.held = held;
        account.held_why = "Tamis would have filed 31 of 33 messages that arrived within an hour.".into();
    });
}

fn accounts(backfill: Option<BackfillStatus>) -> Window {
    let mut window = window(rows(2));
    press(&mut window, "Accounts");
    change_account(&mut window, |account| account.backfill = backfill);
    window
}

fn changes() -> Vec<Change> {
    let change = |id, kind: &str, text: &str, is_undone| Change {
        id: BatchId(id),
        kind: kind.to_owned(),
        text: text.to_owned(),
        at: 1_601_722_800,
        messages: 3,
        is_undone,
    };
    vec![
        change(12, "file", "filing of 3 messages", false),
        change(11, "undo", "undo of something", false),
        change(9, "release", "release of 1 message", true),
    ]
}

#[test]
fn an_entry_of_the_lists_is_added_switched_off_and_only_then_removed() {
    let mut window = window(rows(1));
    press(&mut window, "Lists");
    assert_eq!(window.wishes(), [Wish::Lists(true)]);
    let entry = |id, is_on| ListEntry {
        id,
        side: "block".to_owned(),
        kind: "domain".to_owned(),
        value: format!("shop{id}.example"),
        is_on,
        why_off: if is_on {
            String::new()
        } else {
            "You said of message 7, which it had blocked, that it is good".to_owned()
        },
        hits: 3,
        ..ListEntry::default()
    };
    list(&mut window, vec![entry(1, true), entry(2, false)]);
    check_names(&window);
    assert!(window.harness.query_by_label("Remove shop1.example from the lists").is_none(), "it counts still");
    window.harness.get_by_label_contains("You said of message 7, which it had blocked, that it is good");
    press(&mut window, "Switch off shop1.example");
    press(&mut window, "Remove shop2.example from the lists");
    assert_eq!(window.jobs(), [Job::SwitchEntry(1, false), Job::RemoveEntry(2)]);

    // Nothing is no entry.
    press(&mut window, "Add");
    assert!(window.jobs().is_empty());
    window.type_into("Address", " ann@example.org ");
    press(&mut window, "Add");
    let (side, kind, value) = ("block".to_owned(), "address".to_owned(), "ann@example.org".to_owned());
    let job = Job::PutOnList(NewListEntry { side, kind, value, ..NewListEntry::default() });
    assert_eq!(window.jobs(), std::slice::from_ref(&job));
    window.finish(job.clone(), Outcome::Refused("that is no address".to_owned()));
    press(&mut window, "Add");
    assert_eq!(window.jobs(), std::slice::from_ref(&job), "what was refused can be put right");
    window.finish(job, Outcome::Done("from now on you always block ann@example.org".to_owned(), Some(BatchId(3))));
    press(&mut window, "Add");
    assert!(window.jobs().is_empty(), "what was added is not there to be added again");
}

#[test]
fn the_lists_are_searched_and_hostile_entries_are_drawn_without_harm() {
    let mut window = window(rows(1));
    press(&mut window, "Lists");
    let entry = |id, value: &str| ListEntry { id, value: value.to_owned(), is_on: true, ..ListEntry::default() };
    let long = "x".repeat(500);
    list(&mut window, vec![entry(1, "shop.example"), entry(2, "\u{202e}gpj.exe"), entry(3, &long)]);
    window.type_into("Search the lists", "SHOP");
    window.harness.get_by_label("Switch off shop.example");
    assert!(window.harness.query_by_label(&format!("Switch off {long}")).is_none());
    window.type_into("Search the lists", "nothing");
    window.harness.get_by_label("No entry has that");
}

fn list(window: &mut Window, entries: Vec<ListEntry>) {
    window.remote.update(|snapshot| {
        snapshot.entries = Some(Arc::new(entries));
        true
    });
    window.harness.run();
}
