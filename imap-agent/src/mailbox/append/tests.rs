//! Putting a message into a folder, and every way in which it is not put there.

use super::*;
use crate::mailbox::{
    Loss, Mode,
    script::{Exchange, Server, Step},
};

const LINE: &str = "APPEND \"Junk\" (\\Seen) \"17-Jul-1996 09:44:25 +0000\" {6}";

const DATE: i64 = 837_596_665;

type Outcome = Result<Option<(u32, u32)>, CommandError>;

#[tokio::test]
async fn the_message_is_sent_when_the_server_asks_for_it_and_its_place_is_told() {
    for (before, after, want) in [
        ("+ go\r\n", "{tag} OK [APPENDUID 8 21] done\r\n", Some((8, 21))),
        ("* 5 EXISTS\r\n* OK [ALERT] quota\r\n* 1 FETCH (FLAGS ())\r\n+ \r\n", "{tag} OK done\r\n", None),
        ("+ go\r\n", "* OK [APPENDUID 8 21] x\r\n* 6 EXISTS\r\n{tag} OK done\r\n", Some((8, 21))),
        ("+ go\r\n", "{tag} OK [APPENDUID 8 21:22] two?\r\n", None),
    ] {
        let script = [(LINE, before), ("a", ""), ("b", ""), ("", after)];
        assert_eq!(append(&[], &script, b"a\r\nb\r\n", &["\\Seen"]).await, Ok(want), "{after}");
    }
}

#[tokio::test]
async fn bare_line_feeds_get_their_carriage_returns() {
    let script = [(LINE, "+ go\r\n"), ("a", ""), ("b", ""), ("", "{tag} OK done\r\n")];
    for raw in [&b"a\nb\n"[..], b"a\r\nb\n", b"a\nb\r\n"] {
        assert_eq!(append(&[], &script, raw, &["\\Seen"]).await, Ok(None));
    }
    assert_eq!(&*with_line_ends(b"\n\r\n\r\r\n\nx"), b"\r\n\r\n\r\r\n\r\nx");
}

#[tokio::test]
async fn recent_and_what_is_no_flag_are_left_out() {
    let line = "APPEND \"Junk\" (\\seen \\Flagged $Label1) \"17-Jul-1996 09:44:25 +0000\" {1}";
    let script = [(line, "+ go\r\n"), ("x", "{tag} OK\r\n")];
    let flags =
        ["\\Recent", "\\seen", "\\Flagged", "\\recent", "\\*", "\\Odd", "$Label1", "", "a b", "x)", "ü", "y\r\nz"];
    assert_eq!(append(&[], &script, b"x", &flags).await, Ok(None));
}

#[tokio::test]
async fn keywords_the_server_does_not_want_are_given_up_and_nothing_else_is() {
    let with = "APPEND \"Junk\" (\\Seen $Label1) \"17-Jul-1996 09:44:25 +0000\" {1}";
    let without = "APPEND \"Junk\" (\\Seen) \"17-Jul-1996 09:44:25 +0000\" {1}";
    for refusal in ["{tag} NO [LIMIT] too many keywords\r\n", "{tag} BAD invalid flag\r\n", "{tag} NO no keywords\r\n"]
    {
        let script = [(with, refusal), (without, "+ go\r\n"), ("x", "{tag} OK [APPENDUID 8 21] done\r\n")];
        assert_eq!(append(&[], &script, b"x", &["\\Seen", "$Label1"]).await, Ok(Some((8, 21))), "{refusal}");
    }
    for (refusal, code) in [
        ("{tag} NO [OVERQUOTA] full\r\n", Code::OverQuota),
        ("{tag} NO [TOOBIG] too large\r\n", Code::TooBig),
        ("{tag} NO [TRYCREATE] no such folder\r\n", Code::TryCreate),
    ] {
        let outcome = append(&[], &[(with, refusal)], b"x", &["\\Seen", "$Label1"]).await;
        assert!(matches!(&outcome, Err(CommandError::No { code: Some(told), .. }) if *told == code), "{outcome:?}");
        // Some read all of it first.
        let script = [(with, "+ go\r\n"), ("x", refusal)];
        let outcome = append(&[], &script, b"x", &["\\Seen", "$Label1"]).await;
        assert!(matches!(&outcome, Err(CommandError::No { code: Some(told), .. }) if *told == code), "{outcome:?}");
    }
}

#[tokio::test]
async fn in_the_selected_folder_only_keywords_it_keeps_are_sent() {
    let open = "* 1 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen $Label1)] x\r\n* OK [UIDVALIDITY 8] x\r\n\
                * OK [UIDNEXT 3] x\r\n{tag} OK\r\n";
    let script =
        [("SELECT \"Junk\"", open), ("APPEND \"Junk\" ($label1) {1}", "+ go\r\n"), ("x", "* 2 EXISTS\r\n{tag} OK\r\n")];
    let (stream, server) = Server::start("", &script);
    let mut session = Session::over(stream, &[]);
    let junk = FolderName::from_wire("Junk");
    session.select(&junk, Mode::ReadWrite).await.unwrap();
    let flags = ["$label1", "$Label2"].map(str::to_owned);
    assert_eq!(session.append(&junk, b"x", &flags, None).await, Ok(None));
    assert_eq!(session.selected().unwrap().exists, 2, "the new message is known of");
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn a_message_beyond_the_announced_limit_is_not_offered() {
    let outcome = append(&["appendlimit=5"], &[], b"abcdef", &[]).await;
    let Err(CommandError::No { code: Some(Code::TooBig), text }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(text, "it takes no message of more than 5 bytes");
    // The line feed counts twice.
    assert!(append(&["APPENDLIMIT=5"], &[], b"abcd\n", &[]).await.is_err());
    let line = "APPEND \"Junk\" () \"17-Jul-1996 09:44:25 +0000\" {1}";
    for capability in ["APPENDLIMIT=1", "APPENDLIMIT", "APPENDLIMIT=x"] {
        let script = [(line, "+ go\r\n"), ("x", "{tag} OK\r\n")];
        assert_eq!(append(&[capability], &script, b"x", &[]).await, Ok(None), "{capability}");
    }
}

#[tokio::test]
async fn what_no_literal_can_carry_is_not_sent() {
    for raw in [&b""[..], b"a\0b"] {
        let outcome = append(&[], &[], raw, &[]).await;
        assert!(matches!(outcome, Err(CommandError::NotSent(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_ok_before_the_message_was_sent_is_no_ok() {
    let outcome = append(&[], &[(LINE, "{tag} OK [APPENDUID 8 21] done\r\n")], b"a\r\nb\r\n", &["\\Seen"]).await;
    assert!(matches!(outcome, Err(CommandError::Lost(Loss::Unreadable(_)))), "{outcome:?}");
}

#[tokio::test]
async fn a_connection_that_ends_on_the_way_is_lost_wherever_it_ends() {
    let scripts: [&[Exchange]; 5] = [
        &[(LINE, "!close")],
        &[(LINE, "+ go\r\n!close")],
        &[(LINE, "+ go\r\n"), ("a", "!close")],
        &[(LINE, "+ go\r\n"), ("a", ""), ("b", ""), ("", "!close")],
        &[(LINE, "+ go\r\n"), ("a", ""), ("b", ""), ("", "* 6 EXISTS\r\n{tag} OK [APPENDUID 8 21] do!close")],
    ];
    for script in scripts {
        let outcome = append(&[], script, b"a\r\nb\r\n", &["\\Seen"]).await;
        assert!(matches!(outcome, Err(CommandError::Lost(_))), "{script:?}: {outcome:?}");
    }
    let script = [(LINE, "+ go\r\n"), ("a", ""), ("b", ""), ("", "* BYE shutting down\r\n!close")];
    let outcome = append(&[], &script, b"a\r\nb\r\n", &["\\Seen"]).await;
    assert!(matches!(outcome, Err(CommandError::Bye { .. })), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_reading_in_the_middle_of_the_message_is_given_up() {
    let (stream, _server) = Server::start_raw(vec![Step::Hear, Step::say("+ go\r\n"), Step::Sleep]);
    let mut session = Session::over(stream, &[]);
    let raw = vec![b'x'; 1 << 20];
    let outcome = session.append(&FolderName::from_wire("Junk"), &raw, &[], None).await;
    assert_eq!(outcome, Err(CommandError::Timeout));
    assert!(!session.is_usable());
}

async fn append(capabilities: &[&str], script: &[Exchange], raw: &[u8], flags: &[&str]) -> Outcome {
    let (stream, server) = Server::start("", script);
    let mut session = Session::over(stream, capabilities);
    let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
    let outcome = session.append(&FolderName::from_wire("Junk"), raw, &flags, Some(DATE)).await;
    drop(session);
    server.finish().await;
    outcome
}
