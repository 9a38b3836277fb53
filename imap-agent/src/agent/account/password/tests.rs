//! Tests of how it is waited for a password.

use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::time::advance;

use super::*;
use crate::mailbox::Retry;

#[tokio::test(start_paused = true)]
async fn a_keyring_that_does_not_answer_is_named_and_not_asked_again() {
    let (keyring, ask) = keyring();
    let mut asking = Asking::default();

    let (asked, ()) = tokio::join!(asking.by(&PasswordSource::Keyring, ask), advance(PATIENCE));
    let refusal = asked.unwrap_err();
    assert_eq!(refusal.text, "the keyring does not answer: unlock it, and Tamis goes on");
    assert_eq!((refusal.retry, refusal.is_login, refusal.is_login_refused), (Retry::Later, false, false));

    for _ in 0..3 {
        let asked = asking.by(&PasswordSource::Keyring, || panic!("another prompt")).await;
        assert!(asked.is_err(), "it is still locked");
    }
    keyring.send(Ok(Secret::new("hunter2".to_owned()))).unwrap();
    tokio::time::timeout(PATIENCE, asking.answered()).await.expect("the question is no longer under way");
    let secret = asking.by(&PasswordSource::Keyring, || panic!("another prompt")).await.unwrap();
    assert_eq!(secret.expose(), "hunter2");
    assert!(!asking.is_under_way());
}

#[tokio::test(start_paused = true)]
async fn the_person_can_have_an_overdue_question_asked_anew_but_no_other() {
    let ((_first, ask), (second, ask_anew)) = (keyring(), keyring());
    let mut asking = Asking::default();
    begin(&mut asking, ask).await;
    asking.urge();
    assert!(asking.is_under_way(), "it is not overdue");

    advance(PATIENCE).await;
    asking.urge();
    second.send(Ok(Secret::new("hunter2".to_owned()))).unwrap();
    let secret = asking.by(&PasswordSource::Keyring, ask_anew).await.unwrap();
    assert_eq!(secret.expose(), "hunter2");
}

#[tokio::test]
async fn who_gives_up_waiting_finds_the_same_question_under_way() {
    let (keyring, ask) = keyring();
    let mut asking = Asking::default();
    begin(&mut asking, ask).await;
    assert!(asking.is_under_way());

    keyring.send(Err(KeyError::Locked)).unwrap();
    let refusal = asking.by(&PasswordSource::Keyring, || panic!("another prompt")).await.unwrap_err();

    assert_eq!((refusal.retry, &*refusal.text), (Retry::AfterPerson, "the keyring is locked; unlock it and try again"));
    let secret = asking.by(&PasswordSource::Keyring, || Ok(Secret::new("hunter2".to_owned()))).await.unwrap();
    assert_eq!(secret.expose(), "hunter2", "what was refused is asked for anew");
}

#[tokio::test]
async fn a_panic_over_the_password_says_nothing_of_it() {
    let refusal = Asking::default().by(&PasswordSource::Keyring, || panic!("hunter2")).await.unwrap_err();
    assert_eq!(refusal.text, "the password cannot be had because of a fault in Tamis");
}

/// A keyring that answers when told to, or when nobody is left to tell it.
fn keyring() -> (SyncSender<Answer>, impl FnOnce() -> Answer + Send + 'static) {
    let (keyring, answer) = sync_channel(1);
    (keyring, move || answer.recv().unwrap_or(Err(KeyError::NoKeyring)))
}

/// Asks, and does not wait for the answer.
async fn begin(asking: &mut Asking, ask: impl FnOnce() -> Answer + Send + 'static) {
    tokio::select! {
        biased;
        _ = asking.by(&PasswordSource::Keyring, ask) => panic!("nobody has answered"),
        () = std::future::ready(()) => {}
    }
}
