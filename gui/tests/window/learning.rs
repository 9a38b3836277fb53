//! Learning from the mail that is there: offered, followed, steered, and taken back.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::client::{Job, Outcome};
use tamis_core::api::{AccountState, BatchId, LearningDoubt, LearningSkip, LearningStatus, Steer};

use crate::bench::{Window, check_names, rows, window};

#[test]
fn it_is_offered_once_an_account_is_watched_and_begun_only_by_a_button() {
    for (button, has_junk) in [("Learn from it in work", true), ("Learn, but not from Junk in work", false)] {
        let mut window = accounts(None, AccountState::Watching);
        window.harness.get_by_label("Tamis can learn from the mail that is there");
        assert!(window.harness.query_by_label_contains("right or wrong").is_some(), "it says what is in Junk");
        check_names(&window);
        assert_eq!(window.jobs(), []);
        press(&mut window, button);
        // Before the agent has answered, a second press is not a second wish.
        press(&mut window, button);
        assert_eq!(window.jobs(), [Job::Learn("work".to_owned(), has_junk)]);
        window.finish(Job::Learn("work".to_owned(), has_junk), Outcome::Done("learning".to_owned(), None));
    }
    let window = accounts(None, AccountState::NeedsYou);
    assert!(window.harness.query_by_label("Tamis can learn from the mail that is there").is_none());
}

#[test]
fn it_shows_how_far_it_is_and_is_steered() {
    let running = running();
    let words = "from the mail that is there: 602 of 1,204 messages, 500 good and 90 spam";
    for (status, words, button, steer) in [
        (running.clone(), format!("Learning {words}, about 40 seconds left"), "Pause", Steer::Pause),
        (
            LearningStatus { is_paused: true, ..running.clone() },
            format!("Paused learning {words}"),
            "Resume",
            Steer::Resume,
        ),
        (
            LearningStatus { is_planned: false, total: 0, done: 0, ..running },
            "Counting the mail to learn from".to_owned(),
            "Stop",
            Steer::Stop,
        ),
    ] {
        let mut window = accounts(Some(status.clone()), AccountState::Watching);
        window.harness.get_by_label(&words);
        let bar = window.harness.get_by_role_and_label(Role::ProgressIndicator, "Learning from the mail of work");
        let want = if status.total == 0 { 0.0 } else { 50.0 };
        assert_eq!(bar.accesskit_node().numeric_value(), Some(want));
        check_names(&window);
        press(&mut window, &format!("{button} learning from the mail of work"));
        assert_eq!(window.jobs(), [Job::SteerLearning("work".to_owned(), steer)]);
        assert!(window.harness.query_by_label("Tamis can learn from the mail that is there").is_none());
    }
}

#[test]
fn the_report_says_what_came_of_it_and_all_of_it_is_taken_back_by_a_button() {
    let mut window = accounts(Some(ended()), AccountState::Watching);
    for words in [
        "Learned from the mail that was there: 1,000 good and 200 spam",
        "Tried on 1,100 messages before each was learned: 99.0 % right, 1 good taken for spam, 10 spam missed",
        "You write to 42 people: their mail is never filed",
        "Not learned: 4 new and not yet read",
        "12 messages in Junk look good",
    ] {
        window.harness.get_by_label(words);
    }
    check_names(&window);
    press(&mut window, "Which messages may lie in the wrong folder of work");
    window.harness.get_by_label("Junk: Sports club, Your membership: looks good");
    press(&mut window, "Take back what was learned from the mail of work");
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(7)))]);

    let undone = LearningStatus { is_undone: true, ..ended() };
    let mut window = accounts(Some(undone), AccountState::Watching);
    window.harness.get_by_label("What was learned from the mail that was there is taken back: 1,000 good and 200 spam");
    assert!(window.harness.query_by_label("Take back what was learned from the mail of work").is_none());
    press(&mut window, "Learn again from the mail of work…");
    press(&mut window, "Not from Junk");
    assert_eq!(window.jobs(), [Job::Learn("work".to_owned(), false)]);
}

fn running() -> LearningStatus {
    LearningStatus {
        is_planned: true,
        has_junk: true,
        total: 1204,
        done: 602,
        seconds_left: Some(40),
        ham: 500,
        spam: 90,
        ..LearningStatus::default()
    }
}

fn ended() -> LearningStatus {
    LearningStatus {
        is_ended: true,
        done: 1204,
        seconds_left: None,
        ham: 1000,
        spam: 200,
        skipped: vec![LearningSkip { why: "new and not yet read".to_owned(), messages: 4 }],
        judged: 1100,
        good_called_spam: 1,
        spam_missed: 10,
        good_in_junk: 12,
        doubts: vec![LearningDoubt {
            folder: "Junk".to_owned(),
            label: "spam".to_owned(),
            from: "Sports club".to_owned(),
            subject: "Your membership".to_owned(),
            received_at: 1_601_722_800,
            probability: 0.02,
        }],
        peers: 42,
        undo: Some(BatchId(7)),
        ..running()
    }
}

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

fn accounts(learning: Option<LearningStatus>, state: AccountState) -> Window {
    let mut window = window(rows(2));
    press(&mut window, "Accounts");
    window.remote.update(|snapshot| {
        let account = Arc::make_mut(snapshot.status.as_mut().unwrap()).accounts.first_mut().unwrap();
        (account.learning, account.state) = (learning, state);
        true
    });
    window.harness.run();
    window
}
