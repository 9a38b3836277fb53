//! Tests of searching for text.

use std::time::Duration;

use super::*;
use crate::mailbox::{
    FolderName, Selected,
    script::{Exchange, Server},
};

fn session(script: &[Exchange]) -> (Session, Server) {
    let (stream, server) = Server::start("", script);
    let mut session = Session::over(stream, &["IMAP4rev1"]);
    session.selected = Some(Selected {
        folder: FolderName::inbox(),
        uid_validity: 7,
        uid_next: 2_000,
        exists: 1_200,
        is_read_only: true,
        has_junk_keywords: false,
        modseq: None,
        permanent_flags: BTreeSet::new(),
    });
    (session, server)
}

fn later() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

#[tokio::test]
async fn only_those_messages_are_asked_about_and_only_they_are_found() {
    let uids = BTreeSet::from([3, 4, 9]);
    let script = [(r#"UID SEARCH UID 3:4,9 TEXT "say \"hi\"""#, "* SEARCH 4 5 9\r\n{tag} OK\r\n")];
    let (mut session, server) = session(&script);
    let found = session.uids_with_text(&uids, "say \"hi\"", later()).await.unwrap();
    assert_eq!(found, (BTreeSet::from([4, 9]), 0));
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn a_text_that_is_not_ascii_goes_as_a_literal_with_its_charset() {
    let script = [
        ("UID SEARCH CHARSET UTF-8 UID 3 TEXT {7}", "+ go\r\n"),
        ("Größe", "* SEARCH 3\r\n{tag} OK\r\n"),
        ("UID SEARCH CHARSET UTF-8 UID 3 TEXT {4}", "{tag} NO [BADCHARSET (US-ASCII)] no\r\n"),
    ];
    let (mut session, server) = session(&script);
    let one = BTreeSet::from([3]);
    assert_eq!(session.uids_with_text(&one, "Größe", later()).await.unwrap(), (one.clone(), 0));
    let refused = session.uids_with_text(&one, "Öl!", later()).await.unwrap_err();
    assert!(refused.leaves_session_usable(), "{refused}");
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn the_newest_are_searched_first_and_what_is_left_when_time_is_up_is_counted() {
    let uids: BTreeSet<u32> = (1..=1_200).collect();
    let script = [
        ("UID SEARCH UID 701:1200 TEXT \"x\"", "* SEARCH 1200\r\n{tag} OK\r\n"),
        ("UID SEARCH UID 201:700 TEXT \"x\"", "* SEARCH\r\n{tag} OK\r\n"),
        ("UID SEARCH UID 1:200 TEXT \"x\"", "* SEARCH 1\r\n{tag} OK\r\n"),
    ];
    let (mut all, server) = session(&script);
    assert_eq!(all.uids_with_text(&uids, "x", later()).await.unwrap(), (BTreeSet::from([1, 1_200]), 0));
    drop(all);
    server.finish().await;
    let (mut late, server) = session(&[]);
    assert_eq!(late.uids_with_text(&uids, "x", Instant::now()).await.unwrap(), (BTreeSet::new(), 1_200));
    drop(late);
    server.finish().await;
}
