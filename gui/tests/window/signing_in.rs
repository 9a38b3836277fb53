//! What comes late of a sign-in that was given up is not taken for the next one.

use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;
use tamis::client::{Job, Outcome};
use tamis_core::api::{AccountState, Request, SignInFor, SignInRequest, SignInStage, SignInView};

use crate::bench::{Window, rows, window};

#[test]
fn an_answer_to_an_attempt_that_was_given_up_is_not_the_next_ones() {
    let mut window = asked();
    begin(&mut window);
    assert_eq!(window.jobs(), [attempt(1)]);
    press(&mut window, "Cancel");
    begin(&mut window);
    assert_eq!(window.jobs(), [attempt(2)]);
    window.finish(attempt(1), Outcome::SignIn(Box::new(waiting(7, "https://login.example/first"))));
    assert!(window.harness.query_by_label("https://login.example/first").is_none());
    assert_eq!(window.jobs(), [Job::Say(Box::new(Request::SignIn(SignInRequest::Cancel(7))))]);
    window.finish(attempt(2), Outcome::SignIn(Box::new(waiting(8, "https://login.example/second"))));
    window.harness.get_by_label("https://login.example/second");
    assert_eq!(window.jobs(), [follow(8)]);
    // What becomes of the first one, however it ends, says nothing of the second.
    window.finish(follow(7), Outcome::Refused("the sign-in was given up".to_owned()));
    assert!(window.harness.query_by_label("the sign-in was given up").is_none());
    window.harness.get_by_label("https://login.example/second");
}

#[test]
fn a_refusal_of_an_attempt_that_was_given_up_is_not_the_next_ones() {
    let mut window = asked();
    begin(&mut window);
    press(&mut window, "Cancel");
    begin(&mut window);
    window.finish(attempt(1), Outcome::Refused("login.example does not answer".to_owned()));
    assert!(window.harness.query_by_label("login.example does not answer").is_none());
    window.finish(attempt(2), Outcome::Refused("login.example is tired".to_owned()));
    window.harness.get_by_label("login.example is tired");
}

/// A window in which an account asks to be signed in for.
fn asked() -> Window {
    let mut window = window(rows(1));
    window.remote.update(|snapshot| {
        let mut status = snapshot.status.as_deref().unwrap().clone();
        let account = status.accounts.first_mut().unwrap();
        (account.state, account.issuer) = (AccountState::NeedsYou, "Example".to_owned());
        snapshot.status = Some(Arc::new(status));
        true
    });
    window.harness.run();
    press(&mut window, "Accounts");
    window.wishes();
    window
}

fn begin(window: &mut Window) {
    press(window, "Sign in again with Example for work");
}

fn attempt(number: u64) -> Job {
    Job::SignIn(Box::new(SignInFor::Account("work".to_owned())), false, number)
}

fn follow(id: u64) -> Job {
    Job::FollowSignIn(id, Box::new(SignInStage::Waiting))
}

fn waiting(id: u64, url: &str) -> SignInView {
    SignInView { id, issuer: "Example".to_owned(), url: url.to_owned(), ..SignInView::default() }
}

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}
