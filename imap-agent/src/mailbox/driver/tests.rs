//! Every way in which a library call reported success or hung, played against ours.

use std::future::pending;

use imap_proto::Response;

use super::*;
use crate::mailbox::{
    response::{Code, CopyUid, Listed, MessageData},
    script::{self, Server},
};

const LIMIT: Duration = Duration::from_mins(1);

async fn run(script: &[script::Exchange], line: &str) -> (Result<Completed, CommandError>, Vec<Untagged>, Connection) {
    let (stream, _server) = Server::start("", script);
    let mut connection = Connection::new(Box::new(stream));
    let mut untagged = Vec::new();
    let outcome = connection.command(line, None, LIMIT, |said| untagged.push(said)).await;
    (outcome, untagged, connection)
}

fn done(text: &str) -> Completed {
    Completed { code: None, text: text.to_owned() }
}

fn no(code: Code, text: &str) -> CommandError {
    CommandError::No { code: Some(code), text: text.to_owned() }
}

#[tokio::test]
async fn no_and_bad_are_not_success() {
    for line in
        ["UID FETCH 1:2 (FLAGS)", "UID STORE 1 +FLAGS (x)", "LIST \"\" *", "NOOP", "UID EXPUNGE 1", "CAPABILITY"]
    {
        let (stream, _server) = Server::start(
            "",
            &[(line, "{tag} NO [UNAVAILABLE] busy\r\n"), (line, "{tag} BAD what?\r\n"), ("NOOP", "{tag} OK\r\n")]
                .map(|(want, reply)| (want, reply)),
        );
        let mut connection = Connection::new(Box::new(stream));
        assert_eq!(connection.command(line, None, LIMIT, drop).await, Err(no(Code::Unavailable, "busy")));
        let bad = connection.command(line, None, LIMIT, drop).await;
        assert_eq!(bad, Err(CommandError::Bad { code: None, text: "what?".to_owned() }));
        assert_eq!(connection.command("NOOP", None, LIMIT, drop).await, Ok(done("")), "the session goes on");
    }
}

#[tokio::test]
async fn an_end_of_the_connection_is_not_success_and_nothing_works_after_it() {
    for reply in ["!close", "* 1 FETCH (UID 1 FLAGS ())\r\n!close", "* 1 FETCH (UID 1 BODY[] {100}\r\nabc!close"] {
        let (outcome, _, mut connection) = run(&[("NOOP", reply)], "NOOP").await;
        assert!(matches!(outcome, Err(CommandError::Lost(Loss::Closed | Loss::Unreadable(_)))), "{reply}: {outcome:?}");
        assert!(!connection.is_usable());
        let next = connection.command("NOOP", None, LIMIT, drop).await;
        assert_eq!(next, Err(CommandError::Lost(Loss::GivenUp)));
    }
}

#[tokio::test]
async fn bye_ends_the_session_except_at_logout() {
    let (outcome, _, connection) = run(&[("NOOP", "* BYE autologout\r\n!close")], "NOOP").await;
    assert_eq!(outcome, Err(CommandError::Bye { code: None, text: "autologout".to_owned() }));
    assert!(!connection.is_usable());
    let (outcome, ..) = run(&[("LOGOUT", "* BYE see you\r\n{tag} OK done\r\n!close")], "LOGOUT").await;
    assert_eq!(outcome, Ok(done("done")));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_in_a_timeout_and_the_session_with_it() {
    let (outcome, _, connection) = run(&[("NOOP", "* 1 EXISTS\r\n")], "NOOP").await;
    assert_eq!(outcome, Err(CommandError::Timeout));
    assert!(!connection.is_usable());
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_that_keeps_talking_is_waited_for() {
    let (stream, mut server) = tokio::io::duplex(1 << 16);
    let talk = tokio::spawn(async move {
        for _ in 0..5 {
            tokio::time::sleep(LIMIT * 9 / 10).await;
            server.write_all(b"* 1 EXISTS\r\n").await.unwrap();
        }
        server.write_all(b"T1 OK at last\r\n").await.unwrap();
        server
    });
    let mut connection = Connection::new(Box::new(stream));
    assert_eq!(connection.command("NOOP", None, LIMIT, drop).await, Ok(done("at last")));
    talk.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drips_for_ever_is_left_in_the_end() {
    let (stream, mut server) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move {
        while server.write_all(b"* 1 EXISTS\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut connection = Connection::new(Box::new(stream));
    assert_eq!(connection.command("NOOP", None, LIMIT, drop).await, Err(CommandError::Timeout));
}

#[tokio::test]
async fn a_command_given_up_halfway_leaves_the_connection_unusable() {
    let (stream, _server) = Server::start("", &[("UID MOVE 1 x", ""), ("NOOP", "{tag} OK\r\n")]);
    let mut connection = Connection::new(Box::new(stream));
    let given_up = timeout(Duration::from_millis(1), connection.command("UID MOVE 1 x", None, LIMIT, drop)).await;
    assert!(given_up.is_err());
    assert_eq!(connection.command("NOOP", None, LIMIT, drop).await, Err(CommandError::Lost(Loss::GivenUp)));
}

#[tokio::test]
async fn a_late_answer_to_another_command_is_passed_over() {
    let (outcome, ..) = run(&[("NOOP", "T0 NO too late\r\nA0001 BAD who?\r\n{tag} OK mine\r\n")], "NOOP").await;
    assert_eq!(outcome, Ok(done("mine")));
}

#[tokio::test]
async fn an_unknown_or_panicking_line_does_not_end_the_session() {
    let reply = "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* ESEARCH (TAG \"x\") UID ALL 1:3\r\n\
                 * 4 FETCH (UID 9 INTERNALDATE NIL)\r\n* XYZZY\r\n{tag} OK fine\r\n";
    let (outcome, untagged, connection) = run(&[("NOOP", reply)], "NOOP").await;
    assert_eq!(outcome, Ok(done("fine")));
    let data = MessageData { uid: Some(9), ..MessageData::default() };
    assert_eq!(untagged, [Untagged::Fetch(Box::new(data))]);
    assert_eq!(connection.dropped(), 3);
}

#[tokio::test]
async fn a_literal_waits_for_the_go_ahead_whatever_comes_before_it() {
    let script =
        [("AUTHENTICATE PLAIN", "* 5 EXISTS\r\n* OK [ALERT] quota\r\n+ \r\n"), ("c2VjcmV0", "{tag} OK in\r\n")];
    let (stream, server) = Server::start("", &script);
    let mut connection = Connection::new(Box::new(stream));
    let outcome = connection.command("AUTHENTICATE PLAIN", Some(b"c2VjcmV0"), LIMIT, drop).await;
    assert_eq!(outcome, Ok(done("in")));
    drop(connection);
    server.finish().await;
}

#[tokio::test]
async fn a_refused_literal_is_never_sent() {
    let script = [("X {3}", "{tag} NO [OVERQUOTA] full\r\n"), ("NOOP", "{tag} OK\r\n")];
    let (stream, _server) = Server::start("", &script);
    let mut connection = Connection::new(Box::new(stream));
    assert_eq!(connection.command("X {3}", Some(b"abc"), LIMIT, drop).await, Err(no(Code::OverQuota, "full")));
    assert_eq!(connection.command("NOOP", None, LIMIT, drop).await, Ok(done("")));
}

#[tokio::test]
async fn a_go_ahead_nobody_asked_for_is_cancelled() {
    let (outcome, ..) =
        run(&[("AUTHENTICATE PLAIN", "+ more\r\n"), ("*", "{tag} BAD cancelled\r\n")], "AUTHENTICATE PLAIN").await;
    assert!(matches!(outcome, Err(CommandError::Bad { .. })));
}

#[tokio::test]
async fn a_line_break_in_a_command_is_never_sent() {
    let (stream, server) = Server::start("", &[]);
    let mut connection = Connection::new(Box::new(stream));
    for line in ["NOOP\r\nT9 DELETE x", "a\nb", "a\0b"] {
        let outcome = connection.command(line, None, LIMIT, drop).await;
        assert!(matches!(outcome, Err(CommandError::NotSent(_))), "{line:?}");
    }
    assert!(connection.is_usable());
    drop(connection);
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn copyuid_is_seen_with_and_without_a_tag() {
    let reply = "* OK [COPYUID 7 3:5 11:13] moved\r\n* 1 EXPUNGE\r\n{tag} OK [COPYUID 8 9 20] done\r\n";
    let (outcome, untagged, _) = run(&[("UID MOVE 3:5 x", reply)], "UID MOVE 3:5 x").await;
    let with = CopyUid { uid_validity: 8, from: vec![9..=9], to: vec![20..=20] };
    assert_eq!(outcome.unwrap().code, Some(Code::CopyUid(with)));
    let without = CopyUid { uid_validity: 7, from: vec![3..=5], to: vec![11..=13] };
    assert_eq!(untagged, [Untagged::Code(Code::CopyUid(without)), Untagged::Expunge(1)]);
}

#[tokio::test]
async fn folder_names_lose_their_backslashes_whether_quoted_or_literal() {
    let reply = "* LIST (\\HasNoChildren \\Junk) \"\\\\\" \"a\\\\b\"\r\n* LIST () NIL {4}\r\nq\"\\u\r\n\
                 * LIST (\\Noselect) \"/\" \"Entw&APw-rfe\"\r\n{tag} OK\r\n";
    let (_, untagged, _) = run(&[("LIST \"\" *", reply)], "LIST \"\" *").await;
    let listed = |attributes: &[&str], delimiter, name: &str| {
        let attributes = attributes.iter().map(|&text| text.to_owned()).collect();
        Untagged::List(Listed { attributes, delimiter, name: name.to_owned() })
    };
    let want = [
        listed(&["\\hasnochildren", "\\junk"], Some('\\'), "a\\b"),
        listed(&[], None, "q\"\\u"),
        listed(&["\\noselect"], Some('/'), "Entw&APw-rfe"),
    ];
    assert_eq!(untagged, want);
}

#[tokio::test]
async fn words_of_the_server_are_kept_short_and_plain() {
    let long = format!("{{tag}} NO {}\r\n", "x\u{1b}\u{7}".repeat(1000));
    let (stream, _server) = Server::start_owned("", vec![("NOOP".to_owned(), long)]);
    let outcome = Connection::new(Box::new(stream)).command("NOOP", None, LIMIT, drop).await;
    assert_eq!(outcome, Err(CommandError::No { code: None, text: "x".repeat(300) }));
}

async fn idle(script: &[script::Exchange], limit: Duration) -> (Result<Idled, CommandError>, Connection) {
    let (stream, _server) = Server::start("", script);
    let mut connection = Connection::new(Box::new(stream));
    let idled = connection.idle(pending(), limit, LIMIT).await;
    (idled, connection)
}

#[tokio::test(start_paused = true)]
async fn idle_ends_at_news_and_takes_leave_properly() {
    let done = ("DONE", "* 4 FETCH (FLAGS (\\Seen))\r\n{tag} OK\r\n");
    let (idled, connection) = idle(&[("IDLE", "+ idling\r\n* OK Still here\r\n* 5 EXISTS\r\n"), done], LIMIT).await;
    assert_eq!(idled, Ok(Idled::News));
    assert!(connection.is_usable());
}

#[tokio::test(start_paused = true)]
async fn news_before_the_go_ahead_ends_idle_at_once() {
    let (idled, _) = idle(&[("IDLE", "* 5 EXISTS\r\n+ idling\r\n"), ("DONE", "{tag} OK\r\n")], LIMIT).await;
    assert_eq!(idled, Ok(Idled::News));
}

#[tokio::test(start_paused = true)]
async fn idle_ends_after_its_limit_and_a_greeting_now_and_then_does_not_prolong_it() {
    let (idled, connection) = idle(&[("IDLE", "+\r\n* OK Still here\r\n"), ("DONE", "{tag} OK\r\n")], LIMIT).await;
    assert_eq!(idled, Ok(Idled::Quiet));
    assert!(connection.is_usable());
}

#[tokio::test(start_paused = true)]
async fn idle_ends_when_woken() {
    let (stream, _server) = Server::start("", &[("IDLE", "+ \r\n"), ("DONE", "{tag} OK\r\n")]);
    let mut connection = Connection::new(Box::new(stream));
    let wake = tokio::time::sleep(Duration::from_secs(3));
    assert_eq!(connection.idle(wake, LIMIT, LIMIT).await, Ok(Idled::Woken));
    assert!(connection.is_usable());
}

#[tokio::test(start_paused = true)]
async fn a_refused_idle_means_that_there_is_none() {
    for reply in ["{tag} NO not now\r\n", "{tag} BAD unknown\r\n", "{tag} BAD\r\n"] {
        let (idled, connection) = idle(&[("IDLE", reply)], LIMIT).await;
        assert_eq!(idled, Ok(Idled::NotOffered), "{reply}");
        assert!(connection.is_usable());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_may_end_idle_by_itself() {
    let (idled, connection) = idle(&[("IDLE", "+ \r\n{tag} OK idle ended by server\r\n")], LIMIT).await;
    assert_eq!(idled, Ok(Idled::EndedByServer));
    assert!(connection.is_usable());
}

#[tokio::test(start_paused = true)]
async fn an_end_of_the_connection_during_idle_is_seen() {
    let (idled, connection) = idle(&[("IDLE", "+ \r\n!close")], LIMIT).await;
    assert_eq!(idled, Err(CommandError::Lost(Loss::Closed)));
    assert!(!connection.is_usable());
    let (idled, _) = idle(&[("IDLE", "+ \r\n* BYE shutting down\r\n!close")], LIMIT).await;
    assert!(matches!(idled, Err(CommandError::Bye { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_done_is_given_up_after_fifteen_seconds() {
    let started = Instant::now();
    let (idled, connection) = idle(&[("IDLE", "+ \r\n* 5 EXISTS\r\n"), ("DONE", "")], LIMIT).await;
    assert_eq!(idled, Err(CommandError::Timeout));
    assert_eq!(started.elapsed().as_secs(), 15);
    assert!(!connection.is_usable());
}

#[tokio::test]
async fn a_greeting_is_ok_preauth_or_bye_or_not_imap() {
    for (said, want) in [
        (
            "* OK [CAPABILITY IMAP4rev1 IDLE] hi\r\n",
            Some(Greeting::Ok(Some(Code::Capability(vec!["IMAP4rev1".to_owned(), "IDLE".to_owned()])))),
        ),
        ("* OK hi\r\n", Some(Greeting::Ok(None))),
        ("* PREAUTH hi\r\n", Some(Greeting::PreAuth)),
        ("* BYE [LIMIT] full\r\n", Some(Greeting::Bye { code: Some(Code::Limit), text: "full".to_owned() })),
        ("220 mail.example.org ESMTP\r\n", None),
        ("HTTP/1.1 400 Bad Request\r\n", None),
        ("T1 OK hi\r\n", None),
    ] {
        let (stream, _server) = Server::start(said, &[]);
        let greeting = Connection::new(Box::new(stream)).greeting(LIMIT).await;
        match want {
            Some(want) => assert_eq!(greeting, Ok(want), "{said}"),
            None => assert!(matches!(greeting, Err(CommandError::Lost(Loss::Unreadable(_)))), "{said}: {greeting:?}"),
        }
    }
}

#[test]
fn a_session_of_a_server_of_the_second_revision_alone_is_understood() {
    assert!(!parses(b"* CAPABILITY IMAP4rev2 IDLE MOVE\r\n"), "the library wants the first revision");
    assert!(parses(b"* OK [CAPABILITY IMAP4rev2 IDLE MOVE] -\r\n"), "so the guard says it like this");
    let (_, response) = Response::parse(b"* OK [CAPABILITY IMAP4rev2 IDLE] -\r\n").unwrap();
    let want = Code::Capability(vec!["IMAP4rev2".to_owned(), "IDLE".to_owned()]);
    assert!(matches!(understand(&response), Said::Untagged(Untagged::Code(code)) if code == want));
}

#[tokio::test]
async fn a_server_that_never_has_enough_is_left() {
    let script: Vec<(String, String)> = std::iter::once("AUTHENTICATE PLAIN".to_owned())
        .chain(std::iter::repeat_n("*".to_owned(), 20))
        .map(|want| (want, "+ more\r\n".to_owned()))
        .collect();
    let (stream, server) = Server::start_owned("", script);
    let mut connection = Connection::new(Box::new(stream));
    let outcome = connection.command("AUTHENTICATE PLAIN", None, LIMIT, drop).await;
    assert!(matches!(outcome, Err(CommandError::Lost(Loss::Unreadable(_)))), "{outcome:?}");
    assert!(!connection.is_usable());
    assert_eq!(server.heard().len(), 17);
}

#[tokio::test]
async fn the_words_with_which_a_server_asks_are_handed_on_as_they_are() {
    for (reply, want) in [("+ cj1yT3ByTkc=\r\n", "cj1yT3ByTkc="), ("+ \r\n", ""), ("+\r\n", ""), ("+cj1y\r\n", "cj1y")]
    {
        let (stream, _server) = Server::start("", &[("AUTHENTICATE X", reply)]);
        let mut connection = Connection::new(Box::new(stream));
        let mut exchange = connection.begin("AUTHENTICATE X", 0, LIMIT).await.unwrap();
        let turn = exchange.next(&mut |_| ready(())).await.unwrap();
        assert!(matches!(&turn, Turn::GoOn(words) if words == want), "{reply:?}: {turn:?}");
        drop(exchange);
        assert!(!connection.is_usable(), "in the middle of a command");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_waiting_for_news_can_still_take_leave() {
    let script = [
        ("IDLE", "* 1 RECENT\r\n+ idling\r\n"),
        ("DONE", "* 2 EXISTS\r\n{tag} OK done\r\n"),
        ("LOGOUT", "* BYE\r\n{tag} OK\r\n"),
    ];
    let (stream, server) = Server::start("", &script);
    let mut connection = Connection::new(Box::new(stream));
    let idle = connection.idle(pending(), LIMIT, LIMIT);
    assert!(timeout(Duration::from_millis(50), idle).await.is_err(), "given up");
    let next = connection.command("NOOP", None, LIMIT, drop).await;
    assert_eq!(next, Err(CommandError::Lost(Loss::GivenUp)), "and good for nothing else");
    connection.leave(LIMIT).await;
    assert_eq!(server.heard(), ["T1 IDLE", "DONE", "T2 LOGOUT"]);
    drop(connection);
    server.finish().await;

    // In the middle of a command nothing more is said.
    let (stream, server) = Server::start("", &[("NOOP", "")]);
    let mut connection = Connection::new(Box::new(stream));
    assert!(timeout(Duration::from_millis(50), connection.command("NOOP", None, LIMIT, drop)).await.is_err());
    connection.leave(LIMIT).await;
    assert_eq!(server.heard(), ["T1 NOOP"]);
}
