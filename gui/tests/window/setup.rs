//! The steps behind a new account: each changes something only when it is confirmed, and can be left at any time.

use std::sync::Arc;

use egui::{Key, accesskit::Role, vec2};
use egui_kittest::kittest::Queryable as _;
use tamis::client::{Job, Outcome};
use tamis_core::api::{AccountForm, AccountReport, Arrangement, LearningFolder, LearningStatus, Request, Treatment};

use crate::bench::{Window, check_names, rows, window};

#[test]
fn a_new_account_is_led_through_four_steps() {
    let mut window = added();
    window.harness.get_by_label("Step 1 of 4 · work is connected");
    window.harness.get_by_label("Sent Items");
    window.harness.get_by_label("none");
    check_names(&window);
    press(&mut window, "Next");
    assert_eq!(window.jobs(), [], "nothing was changed");

    window.harness.get_by_label("Step 2 of 4 · work is connected");
    check_names(&window);
    press(&mut window, "Only mark: nothing is moved until I say so");
    press(&mut window, "Next");
    let marks = arrange(Arrangement { junk_folder: None, treatment: Some(Treatment::Mark) });
    assert_eq!(window.jobs(), std::slice::from_ref(&marks));
    window.finish(marks, Outcome::Done("so it is".to_owned(), None));

    window.harness.get_by_label("Step 3 of 4 · work is connected");
    let count = Job::Say(Box::new(Request::Learn { account: "work".to_owned(), junk: true, is_rehearsal: true }));
    assert_eq!(window.jobs(), std::slice::from_ref(&count), "what there is to learn from is counted once");
    window.finish(count, Outcome::Done("counting".to_owned(), None));
    learning(&mut window, counted());
    window.harness.get_by_label("900 messages as good from Inbox");
    window.harness.get_by_label("120 messages as spam from Junk");
    check_names(&window);
    press(&mut window, "What lies in Junk is spam");
    assert!(window.harness.query_by_label("120 messages as spam from Junk").is_none());
    press_in_dialog(&mut window, "Learn from it in work");
    assert_eq!(window.jobs(), [Job::Learn("work".to_owned(), false)]);
    learning(&mut window, LearningStatus { is_rehearsal: false, is_ended: false, done: 510, ..counted() });
    window.harness.get_by_label("You need not wait: it goes on by itself, also when this window is closed");
    press(&mut window, "Next");

    window.harness.get_by_label("Step 4 of 4 · work is connected");
    check_names(&window);
    press(&mut window, "Back");
    press(&mut window, "Next");
    press(&mut window, "Finish");
    assert_eq!(window.jobs(), [Job::Autostart(true)]);
    assert!(window.harness.query_by_label("Finish").is_none());
}

#[test]
fn enter_takes_what_is_proposed_and_escape_leaves_the_account_as_it_is() {
    let mut window = added();
    window.key(Key::Enter);
    window.harness.get_by_label("Step 2 of 4 · work is connected");
    window.key(Key::Escape);
    assert!(window.harness.query_by_label("Step 2 of 4 · work is connected").is_none());
    assert_eq!(window.jobs(), []);
}

#[test]
fn another_junk_folder_is_asked_for_and_a_refusal_stays_on_its_step() {
    let mut window = added();
    window.harness.get_by_role_and_label(Role::ComboBox, "Junk folder").click();
    window.harness.run();
    press(&mut window, "Club");
    press(&mut window, "Next");
    let other = arrange(Arrangement { junk_folder: Some("Club".to_owned()), treatment: None });
    assert_eq!(window.jobs(), std::slice::from_ref(&other));
    window.finish(other, Outcome::Refused("cannot write the settings: no space".to_owned()));
    window.harness.get_by_label("cannot write the settings: no space");
    window.harness.get_by_label("Step 1 of 4 · work is connected");
}

#[test]
fn what_is_chosen_before_going_back_is_asked_for_all_the_same() {
    let mut window = added();
    press(&mut window, "Next");
    press(&mut window, "Only mark: nothing is moved until I say so");
    press(&mut window, "Back");
    window.harness.get_by_role_and_label(Role::ComboBox, "Junk folder").click();
    window.harness.run();
    assert_eq!(window.harness.query_all_by_role_and_label(Role::Button, "Sent Items").count(), 0, "no place for junk");
    press(&mut window, "Club");
    press(&mut window, "Next");
    let other = arrange(Arrangement { junk_folder: Some("Club".to_owned()), treatment: None });
    assert_eq!(window.jobs(), std::slice::from_ref(&other));
    window.finish(other, Outcome::Done("so it is".to_owned(), None));
    press(&mut window, "Next");
    assert_eq!(window.jobs(), [arrange(Arrangement { junk_folder: None, treatment: Some(Treatment::Mark) })]);
}

#[test]
fn the_steps_are_opened_again_from_the_card_and_lead_to_the_review() {
    let mut window = window(rows(2));
    press(&mut window, "Accounts");
    press(&mut window, "Set up work…");
    let look = Job::Say(Box::new(Request::LookAtAccount { account: "work".to_owned() }));
    assert_eq!(window.jobs(), std::slice::from_ref(&look));
    window.harness.get_by_label("Connecting and looking at the folders…");
    window.finish(look, Outcome::Refused("imap.example.org does not answer".to_owned()));
    window.harness.get_by_label("imap.example.org does not answer");
    press(&mut window, "Next");
    press(&mut window, "Next");
    press(&mut window, "Not now");
    window.wishes();
    press(&mut window, "Show what is to review");
    assert_eq!(window.jobs(), [], "starting at login stays as it is");
    assert!(window.harness.query_by_label("Step 4 of 4 · work is connected").is_none());
}

#[test]
fn an_account_that_was_not_reached_is_not_called_connected() {
    let mut window = window(rows(2));
    press(&mut window, "Accounts");
    press(&mut window, "Set up work…");
    window.harness.get_by_label("Step 1 of 4 · work");
    let look = Job::Say(Box::new(Request::LookAtAccount { account: "work".to_owned() }));
    window.finish(look.clone(), Outcome::Refused("imap.example.org does not answer".to_owned()));
    window.harness.get_by_label("Step 1 of 4 · work");
    let own =
        AccountReport { name: "work".to_owned(), junk_folder: Some("Spam".to_owned()), ..AccountReport::default() };
    window.finish(look, Outcome::Tested(own));
    window.harness.get_by_label("Step 1 of 4 · work is connected");
    for next in ["Next", "Next", "Not now"] {
        press(&mut window, next);
    }
    window.harness.get_by_label_contains("as the settings of this account say");
}

#[test]
fn the_last_step_names_the_folder_that_junk_goes_to() {
    let mut window = added();
    for next in ["Next", "Next", "Not now"] {
        press(&mut window, next);
    }
    window.harness.get_by_label_contains("goes to the folder Junk by itself");
}

#[test]
fn whoever_waits_for_a_count_that_does_not_come_has_another_way_on() {
    let mut window = added();
    press(&mut window, "Next");
    press(&mut window, "Next");
    let count = Job::Say(Box::new(Request::Learn { account: "work".to_owned(), junk: true, is_rehearsal: true }));
    assert_eq!(window.jobs(), std::slice::from_ref(&count));
    window.harness.get_by_label("Counting the mail to learn from");
    window.finish(count.clone(), Outcome::Refused("the connection broke off".to_owned()));
    window.harness.get_by_label("the connection broke off");
    assert!(window.harness.query_by_label("Counting the mail to learn from").is_none());
    press(&mut window, "Count again");
    assert_eq!(window.jobs(), std::slice::from_ref(&count));
    window.harness.get_by_label("Counting the mail to learn from");
    // No answer at all.
    let later = window.harness.ctx.input(|input| input.time) + 60.0;
    window.harness.input_mut().time = Some(later);
    window.harness.run();
    check_names(&window);
    press_in_dialog(&mut window, "Learn from it in work");
    assert_eq!(window.jobs(), [Job::Learn("work".to_owned(), true)]);
    // And once it is known, it is shown as ever.
    learning(&mut window, counted());
    window.harness.get_by_label("900 messages as good from Inbox");
}

#[test]
fn every_step_fits_into_the_smallest_window_at_twice_the_size() {
    for size in [vec2(980.0, 560.0), vec2(490.0, 280.0)] {
        let mut window = added();
        window.harness.set_size(size);
        window.harness.run();
        learning(&mut window, counted());
        for next in ["Next", "Next", "Not now", "Finish"] {
            for label in [next, if next == "Finish" { "Back" } else { "Later" }] {
                let place = window.harness.get_by_label(label).rect();
                let is_inside =
                    0.0 <= place.min.x && 0.0 <= place.min.y && place.max.x <= size.x && place.max.y <= size.y;
                assert!(is_inside, "{label} at {place:?} in {size:?}");
            }
            press(&mut window, next);
        }
    }
}

/// A window in which an account was just added.
fn added() -> Window {
    let mut window = window(rows(2));
    press(&mut window, "Accounts");
    press(&mut window, "Add account…");
    let report = AccountReport {
        name: "work".to_owned(),
        junk_folder: Some("Junk".to_owned()),
        sent_folder: Some("Sent Items".to_owned()),
        folders: ["Junk", "Sent Items", "Club"].map(str::to_owned).into(),
        treatment: Some(Treatment::File),
        ..AccountReport::default()
    };
    window.finish(Job::AddAccount(Box::<AccountForm>::default()), Outcome::Tested(report));
    window.wishes();
    window
}

fn arrange(arrangement: Arrangement) -> Job {
    Job::Say(Box::new(Request::Arrange { account: "work".to_owned(), arrangement }))
}

fn counted() -> LearningStatus {
    let folder =
        |name: &str, label: &str, messages| LearningFolder { name: name.to_owned(), label: label.to_owned(), messages };
    LearningStatus {
        is_rehearsal: true,
        has_junk: true,
        is_planned: true,
        is_ended: true,
        total: 1020,
        ham: 900,
        spam: 120,
        folders: vec![folder("Inbox", "ham", 900), folder("Junk", "spam", 120)],
        ..LearningStatus::default()
    }
}

fn learning(window: &mut Window, learning: LearningStatus) {
    window.remote.update(|snapshot| {
        let mut status = snapshot.status.as_deref().unwrap().clone();
        status.accounts.first_mut().unwrap().learning = Some(learning);
        snapshot.status = Some(Arc::new(status));
        true
    });
    window.harness.run();
}

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

/// The card behind the dialog may have a button of the same name.
fn press_in_dialog(window: &mut Window, label: &str) {
    let last = window.harness.query_all_by_label(label).last();
    last.unwrap().click();
    window.harness.run();
}
