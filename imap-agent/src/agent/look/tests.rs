//! What is left alone when a server says little or mail wanders.

use super::*;
use crate::{
    agent::perform::tests::{Bench, exchange},
    mailbox::script::Server,
};

const DATE: &str = "21-Nov-2026 10:00:00 +0000";

#[tokio::test]
async fn a_server_that_does_not_say_which_number_comes_next_has_no_baseline_and_nothing_is_touched() {
    let bench = Bench::new("Junk").await;
    let script = vec![
        exchange("SELECT \"INBOX\"", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"),
        ("STATUS \"INBOX\" (UIDNEXT UIDVALIDITY)".to_owned(), "{tag} NO not now\r\n".to_owned()),
        exchange("UID FETCH * (UID)", ""),
    ];

    let looked = play(&bench, script).await;

    assert!(matches!(looked, Err(Trouble::Imap(CommandError::NotSent(_)))), "{looked:?}");
    let id = bench.desk.id;
    assert_eq!(bench.run(move |db| folder::folder_state(db, id, "INBOX")).await, None);
}

#[tokio::test]
async fn mail_from_before_the_first_contact_is_left_alone_when_it_comes_back_under_another_number() {
    let bench = Bench::new("Junk").await;
    let id = bench.desk.id;
    let seen = Summary {
        internal_date: Some(1_795_255_200),
        message_id: Some("<1@example.org>".to_owned()),
        ..Summary::default()
    };
    bench
        .run(move |db| {
            let baseline = Baseline { uid_validity: 7, high_water: 10, fingerprints: &[fingerprint(&seen)] };
            folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))
        })
        .await;
    let header = "Message-ID: <1@example.org>\r\n\r\n";
    let listed = format!(
        "* 1 FETCH (UID 11 FLAGS () INTERNALDATE \"{DATE}\" RFC822.SIZE 9 BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n",
        header.len()
    );
    let script = vec![
        exchange("SELECT \"INBOX\"", "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n"),
        exchange("UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", &listed),
    ];

    let looked = play(&bench, script).await;

    assert_eq!(looked.unwrap(), 0, "it was not even read");
    let state = bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap();
    assert_eq!(state.high_water, 11);
}

#[tokio::test]
async fn after_a_long_absence_few_messages_are_listed_at_once() {
    let bench = Bench::new("Junk").await;
    let id = bench.desk.id;
    bench
        .run(move |db| {
            let baseline = Baseline { uid_validity: 7, high_water: 10, fingerprints: &[] };
            folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))
        })
        .await;
    let uids: Vec<u32> = (11..=1210).collect();
    let said = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let mut script = vec![
        exchange("SELECT \"INBOX\"", "* 1200 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1211] x\r\n"),
        exchange("UID SEARCH 1:* UID 11:*", &format!("* SEARCH {said}\r\n")),
    ];
    for some in uids.chunks(LISTED_AT_ONCE) {
        let (first, last) = (some[0], some[some.len() - 1]);
        let items = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]";
        // Old mail that somebody has moved here: it is passed without being read.
        let line = |uid| {
            format!("* 1 FETCH (UID {uid} FLAGS () INTERNALDATE \"01-Jan-2020 10:00:00 +0000\" RFC822.SIZE 9)\r\n")
        };
        let listed = some.iter().map(line).collect::<Vec<_>>().concat();
        script.push(exchange(&format!("UID FETCH {first}:{last} ({items})"), &listed));
    }

    let looked = play(&bench, script).await;

    assert_eq!(looked.unwrap(), 0);
    let state = bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap();
    assert_eq!(state.high_water, 1210);
}

async fn play(bench: &Bench, script: Vec<(String, String)>) -> Result<u32, Trouble> {
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);
    let looked = look(&bench.desk, &mut session, &mut Unreadable::default()).await;
    drop(session);
    server.finish().await;
    looked
}
