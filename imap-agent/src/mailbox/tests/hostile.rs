//! A server that wants to break us. It may waste its own time, and nothing else.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::scene::account;
use crate::{
    mailbox::{
        CommandError, ConnectError, FolderName, Idled, Loss, Mode, Moved, OneMail, Problem, Selected, Session, connect,
        driver::Connection,
        response::Untagged,
        script::{Server, Step},
    },
    secret::Secret,
};

const LIMIT: Duration = Duration::from_mins(1);

type Outcome = Result<(), CommandError>;

/// What becomes of a command that is answered with these steps, and how long it takes.
async fn answered(steps: Vec<Step>) -> (Outcome, Vec<Untagged>, Duration) {
    let (stream, _server) = Server::start_raw([vec![Step::Hear], steps].concat());
    let mut connection = Connection::new(Box::new(stream));
    let started = Instant::now();
    let mut untagged = Vec::new();
    let note = |said| {
        if untagged.len() < 10 {
            untagged.push(said);
        }
    };
    let outcome = timeout(Duration::from_hours(2), connection.command("NOOP", None, LIMIT, note)).await;
    let outcome = outcome.expect("the command must end").map(drop);
    assert_eq!(connection.is_usable(), outcome.as_ref().map_or_else(CommandError::leaves_session_usable, |()| true));
    (outcome, untagged, started.elapsed())
}

fn is_unreadable(outcome: &Outcome) -> bool {
    matches!(outcome, Err(CommandError::Lost(Loss::Unreadable(_))))
}

#[tokio::test(start_paused = true)]
async fn a_line_or_literal_without_end_ends_the_connection() {
    for steps in [
        vec![Step::Repeat(b"x".repeat(1000), 2000)],
        vec![Step::say("* OK "), Step::Repeat(b"x".repeat(1000), 2000)],
        vec![Step::say("T1 OK "), Step::Repeat(b"x".repeat(1000), 2000)],
        vec![Step::say("* 1 FETCH (BODY[] {4294967296}\r\n"), Step::Repeat(b"x".repeat(1000), 100)],
        vec![Step::say("* 1 FETCH (BODY[] {99999999999999999999999}\r\n")],
        vec![Step::say("* 1 FETCH (BODY[] {5000000}\r\n"), Step::Repeat(b"x".repeat(1000), 100)],
        vec![Step::Repeat(b"* 1 FETCH (BODY[1] {0}\r\n BODY[2] {0}\r\n".to_vec(), 1000)],
        vec![Step::say("* 1 FETCH ("), Step::Repeat(b"BODY[1] {0}\r\n ".to_vec(), 1000)],
        vec![Step::say("* LIST ("), Step::Repeat(b"(".to_vec(), 100_000), Step::say("\r\n")],
        vec![Step::say("* 1 FETCH (BODYSTRUCTURE "), Step::Repeat(b"(".to_vec(), 100_000), Step::say("\n")],
    ] {
        let what = format!("{:?}", &steps[0]);
        let (outcome, _, elapsed) = answered(steps).await;
        assert!(is_unreadable(&outcome), "{what}: {outcome:?}");
        assert_eq!(elapsed, Duration::ZERO, "{what}: at once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_literal_that_is_announced_and_never_sent_is_waited_for_in_vain() {
    let (outcome, ..) = answered(vec![Step::say("* 1 FETCH (UID 5 BODY[] {4000000}\r\nabc")]).await;
    assert_eq!(outcome, Err(CommandError::Timeout));
    let (outcome, ..) = answered(vec![Step::say("* 1 FETCH (UID 5 BODY[] {4000}\r\nabc"), Step::Close]).await;
    assert!(matches!(outcome, Err(CommandError::Lost(_))), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn deep_nesting_in_an_answer_does_not_overflow_the_stack() {
    let deep = format!("* 1 FETCH (UID 5 BODYSTRUCTURE {}{})\r\nT1 OK\r\n", "(".repeat(100_000), ")".repeat(100_000));
    let (outcome, ..) = answered(vec![Step::say(&deep)]).await;
    assert!(is_unreadable(&outcome), "{outcome:?}");
    // In quotes and in words it is only text.
    let text = format!("* OK {}\r\nT1 OK {}\r\n", "(".repeat(100_000), "(".repeat(1000));
    assert_eq!(answered(vec![Step::say(&text)]).await.0, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_untagged_responses_is_passed_over_and_then_the_answer_counts() {
    for line in
        ["* 1 EXPUNGE\r\n", "* 7 EXISTS\r\n", "* 9 FETCH (UID 9 FLAGS ())\r\n", "* XYZZY\r\n", "T0 OK\r\n", "\r\n"]
    {
        let block = line.repeat(100).into_bytes();
        let (outcome, ..) = answered(vec![Step::Repeat(block, 500), Step::say("T1 OK\r\n")]).await;
        assert_eq!(outcome, Ok(()), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_of_more_numbers_than_asked_for_ends_the_connection() {
    let numbers = (100_000..400_000).map(|uid| format!(" {uid}")).collect::<Vec<_>>().concat();
    let (outcome, ..) = answered(vec![Step::say(&format!("* SEARCH{numbers}\r\nT1 OK\r\n"))]).await;
    assert!(is_unreadable(&outcome), "{outcome:?}");
    // The longest line there may be.
    let numbers = (100_000..240_000).map(|uid| format!(" {uid}")).collect::<Vec<_>>().concat();
    let (outcome, untagged, _) = answered(vec![Step::say(&format!("* SEARCH{numbers}\r\nT1 OK\r\n"))]).await;
    assert_eq!(outcome, Ok(()));
    assert!(matches!(&*untagged, [Untagged::Search(found)] if found.len() == 140_000));
}

#[tokio::test(start_paused = true)]
async fn more_messages_than_there_can_be_are_not_kept() {
    let open = "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\nT1 OK\r\n";
    let lines: Vec<u8> =
        (1..=5000).flat_map(|uid| format!("* 1 FETCH (UID {uid} RFC822.SIZE 9)\r\n").into_bytes()).collect();
    let steps = [open.as_bytes(), &[&*lines, b"T2 OK\r\n"].concat()].map(|said| [Step::Hear, Step::Say(said.to_vec())]);
    let (stream, _server) = Server::start_raw(steps.concat());
    let mut session = Session::over(stream, &[]);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let mut kept = 0;
    let outcome = session.summaries(1, |_| kept += 1).await;
    assert!(matches!(outcome, Err(CommandError::Lost(Loss::Unreadable(_)))), "{outcome:?}");
    assert!(kept <= 1005, "{kept}");
    assert!(!session.is_usable());

    let found = (1..=5000).map(|uid| format!("* SEARCH {uid}\r\n")).collect::<Vec<_>>().concat();
    let steps = [open, &*format!("{found}T2 OK\r\n")].map(|said| [Step::Hear, Step::say(said)]);
    let (stream, _server) = Server::start_raw(steps.concat());
    let mut session = Session::over(stream, &[]);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let outcome = session.uids_since(0).await;
    assert!(matches!(outcome, Err(CommandError::Lost(Loss::Unreadable(_)))), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn nul_bytes_spoil_a_line_and_nothing_else() {
    let said = b"* 1 EX\0ISTS\r\n* 2 EXISTS\r\n* OK [UIDV\0ALIDITY 1] x\r\n\0\r\nT1 O";
    let (outcome, ..) = answered(vec![Step::Say(said.to_vec())]).await;
    assert!(is_unreadable(&outcome), "a line of NUL is not IMAP: {outcome:?}");
    let (outcome, untagged, _) = answered(vec![Step::say("* 1 EX\0ISTS\r\n* 2 EXISTS\r\nT1 OK a\0b\r\n")]).await;
    assert_eq!((outcome, &*untagged), (Ok(()), &[Untagged::Exists(2)][..]));
}

#[tokio::test(start_paused = true)]
async fn an_ok_to_another_tag_is_no_ok() {
    for said in [
        "T2 OK\r\n",
        "t1 OK\r\n",
        "T01 OK\r\n",
        "T1OK\r\n",
        "* OK T1 OK\r\n",
        "T11 OK\r\n",
        " T1 OK\r\n",
        "* T1 OK\r\n",
    ] {
        let (outcome, ..) = answered(vec![Step::say(said)]).await;
        assert!(outcome.is_err(), "{said}");
        assert!(!outcome.unwrap_err().leaves_session_usable(), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_ok_before_the_password_was_sent_is_no_ok() {
    let (stream, server) = Server::start_raw(vec![Step::Hear, Step::say("T1 OK in\r\n")]);
    let mut connection = Connection::new(Box::new(stream));
    let outcome = connection.command("AUTHENTICATE PLAIN", Some(b"c2VjcmV0"), LIMIT, drop).await;
    assert!(matches!(outcome, Err(CommandError::Lost(Loss::Unreadable(_)))), "{outcome:?}");
    drop(connection);
    assert_eq!(server.heard(), ["T1 AUTHENTICATE PLAIN"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_only_says_go_on_gets_the_message_once_and_is_left_in_the_end() {
    let asks = vec![Step::say("+ \r\n"); 1000];
    let steps = std::iter::once(Step::Hear).chain(asks.into_iter().flat_map(|ask| [ask, Step::Hear]));
    let (stream, server) = Server::start_raw(steps.collect());
    let mut connection = Connection::new(Box::new(stream));
    let outcome = connection.command("AUTHENTICATE PLAIN", Some(b"c2VjcmV0"), LIMIT, drop).await;
    assert!(outcome.is_err());
    assert_eq!(server.heard().iter().filter(|line| line.contains("c2VjcmV0")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_neither_reads_nor_speaks_is_left() {
    let (stream, _server) = Server::start_raw(vec![Step::Sleep]);
    let mut session = Session::over(stream, &[]);
    let folder = FolderName::from_wire(&"x".repeat(200_000));
    let started = Instant::now();
    assert_eq!(session.create(&folder, None).await, Err(CommandError::Timeout));
    assert!(started.elapsed() < Duration::from_mins(5), "{:?}", started.elapsed());
    let (outcome, _, elapsed) = answered(vec![Step::Sleep]).await;
    assert_eq!((outcome, elapsed), (Err(CommandError::Timeout), LIMIT));
}

#[tokio::test(start_paused = true)]
async fn one_byte_every_few_seconds_is_understood_but_not_waited_for_beyond_all_measure() {
    let drip = |text: &str| Step::Drip(text.as_bytes().to_vec(), Duration::from_secs(5));
    let (outcome, untagged, _) = answered(vec![drip("* 2 EXISTS\r\nT1 OK\r\n")]).await;
    assert_eq!((outcome, &*untagged), (Ok(()), &[Untagged::Exists(2)][..]));
    let (outcome, _, elapsed) = answered(vec![drip(&"* 2 EXISTS\r\n".repeat(1000))]).await;
    assert_eq!(outcome, Err(CommandError::Timeout));
    assert!(elapsed <= Duration::from_mins(31), "{elapsed:?}");
    let (outcome, _, elapsed) = answered(vec![drip(&"x".repeat(10_000))]).await;
    assert_eq!(outcome, Err(CommandError::Timeout));
    assert!(elapsed <= Duration::from_mins(31), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn idle_ends_however_much_a_server_chatters() {
    let still = Step::Drip(b"* OK Still here\r\n".to_vec(), Duration::from_millis(1));
    let steps = [vec![Step::Hear, Step::say("+ idling\r\n")], vec![still; 100_000]].concat();
    let (stream, _server) = Server::start_raw(steps);
    let mut session = Session::over(stream, &["IDLE"]);
    let started = Instant::now();
    let idled = session.idle(std::future::pending(), Duration::from_mins(2)).await;
    assert_eq!(idled, Err(CommandError::Timeout), "it does not answer DONE either");
    assert!(started.elapsed() <= Duration::from_secs(136), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn idle_answered_with_an_ok_at_once_is_not_asked_for_again_and_again() {
    let (stream, _server) = Server::start_raw(vec![Step::Hear, Step::say("T1 OK\r\n")]);
    let mut session = Session::over(stream, &["IDLE"]);
    assert_eq!(session.idle(std::future::pending(), LIMIT).await, Ok(Idled::EndedByServer));
}

#[tokio::test(start_paused = true)]
async fn counts_beyond_all_measure_do_not_overflow() {
    let open = "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 4294967295] x\r\n* OK [UIDNEXT 4294967295] x\r\nT1 OK\r\n";
    let news = "* 4294967295 EXPUNGE\r\n* VANISHED 1:4294967295\r\n* VANISHED 9:3\r\n* 0 EXPUNGE\r\n* 0 EXISTS\r\n\
                * 99999999999 EXISTS\r\n* 5 FETCH (UID 0 FLAGS ())\r\n* 1 EXPUNGE\r\nT2 OK\r\n";
    let steps = [open, news].map(|said| [Step::Hear, Step::say(said)]).concat();
    let (stream, _server) = Server::start_raw(steps);
    let mut session = Session::over(stream, &[]);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    session.noop().await.unwrap();
    assert_eq!(session.selected().unwrap().exists, 0);
}

#[tokio::test(start_paused = true)]
async fn copyuid_that_does_not_add_up_is_no_place() {
    for code in ["[COPYUID 8 5 4294967295:1]", "[COPYUID 8 6 21]", "[COPYUID 8 1:4294967295 3]"] {
        let here = "* 1 FETCH (UID 5 FLAGS ())\r\nT2 OK\r\n";
        let steps = [format!("T1 OK {code} x\r\n"), here.to_owned()].map(|said| [Step::Hear, Step::Say(said.into())]);
        let (stream, _server) = Server::start_raw(steps.concat());
        let mut session = Session::over(stream, &["MOVE"]);
        session.selected = Some(inbox());
        let moved = session.move_message(5, &FolderName::from_wire("Junk")).await;
        assert!(!matches!(moved, Ok(Moved::To { .. } | Moved::ToUnknownUid)), "{code}: {moved:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_of_another_message_is_not_taken_for_the_one_asked_for() {
    let about = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 4)\r\nT1 OK\r\n";
    let other = "* 2 FETCH (UID 6 BODY[] {4}\r\nevil)\r\n* 1 FETCH (BODY[] {4}\r\nevil)\r\nT2 OK\r\n";
    let again = other.replace("T2", "T3");
    let (stream, _server) =
        Server::start_raw([about, other, &again].map(|said| [Step::Hear, Step::say(said)]).concat());
    let mut session = Session::over(stream, &[]);
    session.selected = Some(inbox());
    assert_eq!(session.message(5, 100).await, Ok(OneMail::Gone));
}

#[tokio::test(start_paused = true)]
async fn starttls_stripped_injected_or_skipped_is_refused_before_any_password() {
    let hello = "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n";
    for (greeting, answer, is_expected) in [
        (hello, "T1 BAD unknown command\r\n", (|problem| matches!(problem, Problem::NoStartTls(_))) as fn(&_) -> bool),
        (hello, "T1 NO not now\r\n", |problem| matches!(problem, Problem::NoStartTls(_))),
        (hello, "T1 OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", |problem| *problem == Problem::Injected),
        (hello, "T1 OK go\r\nT2 OK logged in\r\n", |problem| *problem == Problem::Injected),
        (hello, "T1 OK go\r\n* ", |problem| *problem == Problem::Injected),
        (hello, "T1 OK go\r\n\r\n", |problem| *problem == Problem::Injected),
        (hello, "* BYE no\r\n", |problem| matches!(problem, Problem::TurnedAway(_))),
        (hello, "T2 OK go\r\n", |problem| *problem == Problem::Silent),
        ("* PREAUTH welcome\r\n", "", |problem| *problem == Problem::PreAuth),
        ("* BYE full\r\n", "", |problem| matches!(problem, Problem::TurnedAway(_))),
        ("T1 OK go\r\n", "", |problem| *problem == Problem::NotImap),
    ] {
        let (stream, server) = Server::start_raw(vec![Step::say(greeting), Step::Hear, Step::say(answer)]);
        let problem = connect::start_tls(Box::new(stream)).await.expect_err(answer);
        assert!(is_expected(&problem), "{greeting} {answer}: {problem:?}");
        assert!(server.heard().iter().all(|line| line == "T1 STARTTLS" || line.is_empty()), "{:?}", server.heard());
    }
    // The line ends where TLS begins: not a byte of it is taken.
    let (stream, _server) = Server::start_raw(vec![Step::say(hello), Step::Hear, Step::say("T1 OK go\r\n")]);
    connect::start_tls(Box::new(stream)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_preauth_greeting_over_tls_gets_no_password_either() {
    let (stream, server) = Server::start_raw(vec![Step::say("* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n")]);
    let error = Session::log_in(stream, &account(), &Secret::new("secret".to_owned())).await.unwrap_err();
    assert!(matches!(error, ConnectError { problem: Problem::PreAuth, .. }), "{error:?}");
    assert!(server.heard().is_empty());
}

fn inbox() -> Selected {
    Selected {
        folder: FolderName::inbox(),
        uid_validity: 7,
        uid_next: 10,
        exists: 1,
        permanent_flags: std::collections::BTreeSet::new(),
        is_read_only: false,
        has_junk_keywords: false,
        modseq: None,
    }
}
