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

    assert_eq!(looked.unwrap().judged, 0, "it was not even read");
    let state = bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap();
    assert_eq!(state.high_water, 11);
}

#[test]
fn mail_that_is_older_than_mail_with_a_lower_number_was_moved_in() {
    let now = clock::now().0;
    let (baseline_at, looked_at) = (UnixTime(now - 30 * 86_400), UnixTime(now - 3600));
    let state = FolderState { uid_validity: 7, high_water: 10, baseline_at, looked_at };
    for (ages, want) in [
        (&[Some(60), Some(0)][..], &[][..]),
        (&[Some(0), Some(OUT_OF_ORDER_SECS), Some(OUT_OF_ORDER_SECS + 60)], &[3]),
        (&[Some(0), None, Some(3600), Some(0), Some(7200)], &[3, 5]),
        // Dated in the future, it says nothing about the others.
        (&[Some(-86_400), Some(0), Some(60)], &[]),
        (&[Some(2 * 86_400)], &[1]),
    ] {
        let dated = |(uid, age): (u32, &Option<i64>)| Summary {
            uid,
            internal_date: age.map(|age: i64| now - age),
            ..Summary::default()
        };
        let (old, new) = moved_in((1..).zip(ages).map(dated).collect(), &state);
        let uids: Vec<u32> = old.iter().map(|summary| summary.uid).collect();
        assert_eq!((uids.as_slice(), old.len() + new.len()), (want, ages.len()), "{ages:?}");
    }
}

const GMAIL: &str = "[Gmail]/Correo no deseado";

#[tokio::test]
async fn in_gmail_spam_is_moved_to_the_folder_gmail_names_and_nothing_is_expunged() {
    let bench = Bench::new(GMAIL).await;
    let id = bench.desk.id;
    bench
        .run(move |db| {
            folder::set_junk_folder(db, id, GMAIL)?;
            let baseline = Baseline { uid_validity: 7, high_water: 10, fingerprints: &[] };
            folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))
        })
        .await;
    // In pieces, so that no filter takes these sources for spam.
    let gtube = ["XJS*C4JDBQADN1", ".NSBN3*2IDNEN*", "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL", "*C.34X"].concat();
    let raw = format!("From: a@example.net\r\nMessage-ID: <2@example.org>\r\n\r\n{gtube}\r\n");
    let about = format!("UID 11 FLAGS () INTERNALDATE \"{DATE}\" RFC822.SIZE {}", raw.len());
    let header = "Message-ID: <2@example.org>\r\n\r\n";
    let listed = format!("* 1 FETCH ({about} BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n", header.len());
    let script = vec![
        exchange("SELECT \"INBOX\"", "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n"),
        exchange("UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", &listed),
        exchange("UID FETCH 11 (UID FLAGS RFC822.SIZE INTERNALDATE)", &format!("* 1 FETCH ({about})\r\n")),
        exchange(
            "UID FETCH 11 (UID BODY.PEEK[])",
            &format!("* 1 FETCH (UID 11 FLAGS () BODY[] {{{}}}\r\n{raw})\r\n", raw.len()),
        ),
        exchange("UID FETCH 11 (UID FLAGS)", "* 1 FETCH (UID 11 FLAGS ())\r\n"),
        exchange(&format!("UID MOVE 11 \"{GMAIL}\""), "* OK [COPYUID 9 11 3] x\r\n* 1 EXPUNGE\r\n"),
    ];
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS", "X-GM-EXT-1"]);

    let looked = look(&bench.desk, &mut session, &mut Unreadable::default()).await;

    drop(session);
    assert_eq!(looked.unwrap().judged, 1);
    assert!(server.heard().iter().all(|line| !line.contains("UID EXPUNGE") && !line.contains("Deleted")));
    server.finish().await;
    let there = Location::new(GMAIL, 9, 3);
    assert!(bench.run(move |db| mail::find_by_location(db, id, &there)).await.is_some());
}

async fn play(bench: &Bench, script: Vec<(String, String)>) -> Result<Looked, Trouble> {
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);
    let looked = look(&bench.desk, &mut session, &mut Unreadable::default()).await;
    drop(session);
    server.finish().await;
    looked
}
