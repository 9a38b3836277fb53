//! Tests of how fast a look at older mail goes, and what it does where it cannot go on.

use std::sync::Arc;

use tamis_core::Config;

use super::*;
use crate::{
    agent::perform::tests::{Bench, exchange},
    mailbox::{Mode, script::Server},
    store::{
        Key,
        folder::{Baseline, set_baseline},
        mail::find_by_key,
    },
};

const ITEMS: &str = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]";
const RAW: &str = "Subject: a\r\n\r\nb\r\n";

#[tokio::test]
async fn what_the_server_does_not_hand_out_is_passed_over_and_all_questions_are_few() {
    let bench = with_look().await;
    let id = bench.desk.id;
    let body = format!("* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{RAW})\r\n", RAW.len());
    let script = [
        opened(),
        vec![
            exchange(
                &format!("UID FETCH 1:4 ({ITEMS})"),
                &[listed(1, r"\Seen"), listed(2, r"\Seen"), listed(4, r"\Seen")].concat(),
            ),
            // The third is gone, the second cannot be had.
            exchange("UID FETCH 1:2,4 (UID BODY.PEEK[])", &body),
            exchange("UID FETCH 2 (UID FLAGS RFC822.SIZE INTERNALDATE)", &listed(2, r"\Seen")),
            ("UID FETCH 2 (UID BODY.PEEK[])".to_owned(), "{tag} NO not now\r\n".to_owned()),
            exchange("UID FETCH 4 (UID FLAGS RFC822.SIZE INTERNALDATE)", ""),
        ],
    ];
    let mut older = Older::default();

    let (turn, mut session, server) = play(&bench, script.concat(), &mut older).await;

    assert_eq!(turn.unwrap(), Turn::Worked);
    let look = bench.run(move |db| backfill::backfill(db, id)).await.unwrap();
    assert_eq!((look.total, look.done, look.state), (4, 4, State::Ended));
    assert!(bench.run(move |db| find_by_key(db, id, Key::of(RAW.as_bytes()))).await.is_some());
    assert_eq!(turn_again(&bench, &mut session, &mut older).await, Turn::Idle);
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn nothing_is_asked_of_the_server_while_the_look_rests_or_is_paused() {
    let bench = with_look().await;
    let id = bench.desk.id;
    let mut older = Older { not_before: Some(Instant::now() + Duration::from_mins(1)), ..Older::default() };
    let (turn, mut session, server) = play(&bench, vec![opened()[0].clone()], &mut older).await;
    assert!(matches!(turn, Ok(Turn::Rest(rest)) if Duration::from_secs(50) < rest));
    bench.run(move |db| backfill::steer(db, id, Steer::Pause)).await;
    assert_eq!(turn_again(&bench, &mut session, &mut older).await, Turn::Idle);
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn a_look_waits_until_everything_new_in_the_numbering_is_known() {
    let bench = with_look().await;
    let opening = "* 4 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 5] x\r\n";
    let mut older = Older::default();
    let (turn, session, server) = play(&bench, vec![exchange("SELECT \"INBOX\"", opening)], &mut older).await;
    assert_eq!(turn.unwrap(), Turn::Idle);
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_breaks_on_one_message_keeps_nobody_from_the_others() {
    let bench = with_look().await;
    let id = bench.desk.id;
    let mut older = Older::default();
    let list = |set: &str| format!("UID FETCH {set} ({ITEMS})");
    let breaks = |set: &str| (list(set), "!close".to_owned());
    for (tries, set) in [(1, "1:4"), (MAX_STUMBLES, "4")] {
        for _ in 0..tries {
            let opening = if set == "4" { vec![opened()[0].clone()] } else { opened() };
            let (turn, _session, _server) = play(&bench, [opening, vec![breaks(set)]].concat(), &mut older).await;
            assert!(matches!(turn, Err(Trouble::Imap(_))), "{turn:?}");
        }
    }
    // The fourth is passed over without a question, and the next is read alone.
    let script = vec![opened()[0].clone(), exchange(&list("2:3"), "")];
    let (turn, mut session, server) = play(&bench, script, &mut older).await;
    assert_eq!(turn.unwrap(), Turn::Worked);
    assert_eq!(turn_again(&bench, &mut session, &mut older).await, Turn::Worked);
    drop(session);
    server.finish().await;
    let look = bench.run(move |db| backfill::backfill(db, id)).await.unwrap();
    assert_eq!((look.low_water, look.done, look.state), (2, 3, State::Running));
}

/// A bench whose inbox has four older messages, which are to be looked at.
async fn with_look() -> Bench {
    let mut bench = Bench::new("Junk").await;
    let id = bench.desk.id;
    bench
        .run(move |db| {
            set_baseline(
                db,
                id,
                "INBOX",
                &Baseline { uid_validity: 7, high_water: 4, fingerprints: &[] },
                clock::now(),
            )?;
            backfill::start(db, id, 30, UnixTime(1_704_067_200 + 30 * DAY_SECS))
        })
        .await;
    bench.desk.config = Arc::new(Config::parse("[watch]\nbackfill_rate = 0").unwrap());
    bench
}

/// What opens the inbox, and finds out what is in it.
fn opened() -> Vec<(String, String)> {
    vec![
        exchange("SELECT \"INBOX\"", "* 4 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 5] x\r\n"),
        exchange("UID SEARCH 1:* SINCE 31-Dec-2023", "* SEARCH 1 2 3 4\r\n"),
        exchange("UID SEARCH 1:* SINCE 2-Jan-2024", "* SEARCH 1 2 3 4\r\n"),
    ]
}

fn listed(uid: u32, flags: &str) -> String {
    let size = RAW.len();
    format!("* 1 FETCH (UID {uid} FLAGS ({flags}) INTERNALDATE \"01-Jan-2024 10:00:00 +0000\" RFC822.SIZE {size})\r\n")
}

/// A turn on a connection of its own.
async fn play(
    bench: &Bench,
    script: Vec<(String, String)>,
    older: &mut Older,
) -> (Result<Turn, Trouble>, Session, Server) {
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["IDLE"]);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let turn = turn(&bench.desk, &mut session, older).await;
    (turn, session, server)
}

async fn turn_again(bench: &Bench, session: &mut Session, older: &mut Older) -> Turn {
    turn(&bench.desk, session, older).await.unwrap()
}

#[test]
fn a_limit_for_each_minute_is_kept() {
    for (rate, slice, rest) in [(0, 200, None), (600, 100, Some(10_000)), (6, 1, Some(10_000)), (1, 1, Some(60_000))] {
        let mut older = Older::default();
        assert_eq!(older.most(rate), slice, "at {rate} a minute");
        let now = Instant::now();
        older.get_on(slice, rate, now);
        assert_eq!(older.not_before.map(|then| then - now), rest.map(Duration::from_millis), "at {rate} a minute");
    }
    assert_eq!(Older::default().most(usize::MAX), SLICE);
}

#[test]
fn a_message_on_which_the_connection_breaks_is_found_and_passed_over() {
    let mut older = Older::default();
    let is_passed_over = |older: &Older| older.stumbled == (9, MAX_STUMBLES);
    older.stumble(9);
    assert_eq!(older.most(0), 1, "it is read alone");
    for _ in 0..MAX_STUMBLES {
        assert!(!is_passed_over(&older));
        older.stumble(9);
    }
    assert!(is_passed_over(&older));
    let mut slices = Vec::new();
    for _ in 0..10 {
        older.get_on(1, 0, Instant::now());
        slices.push(older.most(0));
    }
    assert_eq!(slices, [2, 4, 8, 16, 32, 64, 128, 200, 200, 200]);
}

#[test]
fn a_connection_that_breaks_here_and_there_blames_no_message() {
    let mut older = Older::default();
    for newest in [9, 7, 9, 7, 9] {
        older.stumble(newest);
        assert!(older.stumbled.1 < MAX_STUMBLES);
    }
}
