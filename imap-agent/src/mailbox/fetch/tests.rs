//! Looking at folders and messages, with servers as they are.

use super::*;
use crate::mailbox::script::{Exchange, Server};

const OPEN: Exchange = (
    "SELECT \"INBOX\"",
    "* FLAGS (\\Seen $Junk)\r\n* 3 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* OK [UIDVALIDITY 7] x\r\n\
     * OK [UIDNEXT 10] x\r\n{tag} OK [READ-WRITE] done\r\n",
);

const ITEMS: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";

#[tokio::test]
async fn selecting_tells_what_is_needed() {
    let (mut session, _server) = session(&[OPEN]);
    let selected = session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    assert_eq!((selected.uid_validity, selected.uid_next, selected.exists, selected.is_read_only), (7, 10, 3, false));
    assert!(selected.permanent_flags.contains("\\*"));
    assert_eq!(session.selected(), Some(&selected));
}

#[tokio::test]
async fn a_folder_opened_to_look_or_shared_is_read_only() {
    let quiet = "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n{tag} OK done\r\n";
    let (mut session, _server) = session(&[
        ("EXAMINE \"INBOX\"", quiet),
        (
            "SELECT \"INBOX\"",
            "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n{tag} OK [READ-ONLY] x\r\n",
        ),
    ]);
    for mode in [Mode::ReadOnly, Mode::ReadWrite] {
        assert!(session.select(&FolderName::inbox(), mode).await.unwrap().is_read_only);
    }
}

#[tokio::test]
async fn without_uidnext_status_is_asked_and_then_the_last_message() {
    for (status, want) in [
        ("* STATUS INBOX (UIDNEXT 12)\r\n{tag} OK\r\n", 12),
        ("* STATUS INBOX ()\r\n{tag} OK\r\n", 9),
        ("{tag} NO selected\r\n", 9),
    ] {
        let mut script = vec![
            ("SELECT \"INBOX\"", "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK done\r\n"),
            ("STATUS \"INBOX\" (UIDNEXT UIDVALIDITY)", status),
        ];
        if want == 9 {
            script.push(("UID FETCH * (UID)", "* 2 FETCH (UID 8)\r\n{tag} OK\r\n"));
        }
        let (mut session, _server) = session(&script);
        assert_eq!(session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap().uid_next, want);
    }
}

#[tokio::test]
async fn an_untagged_warning_does_not_spoil_a_select() {
    let reply = "* NO [ALERT] quota nearly full\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n{tag} OK x\r\n";
    let (mut session, _server) = session(&[("SELECT \"INBOX\"", reply), ("NOOP", "{tag} OK\r\n")]);
    assert_eq!(session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap().exists, 1);
    session.noop().await.unwrap();
}

#[tokio::test]
async fn after_a_failed_select_nothing_is_selected() {
    let (mut session, _server) = session(&[OPEN, ("SELECT \"x\"", "{tag} NO [NONEXISTENT] no such folder\r\n")]);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    assert!(session.select(&FolderName::from_wire("x"), Mode::ReadWrite).await.is_err());
    assert_eq!(session.selected(), None);
    assert_eq!(session.message(1, 100).await, Err(NOTHING_SELECTED));
    assert_eq!(session.summaries(1, drop).await, Err(NOTHING_SELECTED));
}

#[tokio::test]
async fn only_uids_from_the_mark_on_are_reported_though_the_server_names_the_last() {
    let reply = "* 3 FETCH (UID 3 RFC822.SIZE 10)\r\n{tag} OK\r\n";
    let (summaries, outcome) = sweep(1000, reply).await;
    assert_eq!(summaries, []);
    assert_eq!(outcome, Ok(Swept { messages: 1, dropped: 0 }));
}

#[tokio::test]
async fn summaries_tell_size_date_flags_and_message_id() {
    let reply = "* 1 FETCH (UID 5 FLAGS (\\Seen $Junk) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 \
                 BODY[HEADER.FIELDS (MESSAGE-ID)] {33}\r\nmessage-id:\r\n <a@example.org>\r\n\r\n)\r\n{tag} OK\r\n";
    let want = Summary {
        uid: 5,
        size: Some(4286),
        internal_date: Some(837_596_665),
        flags: vec!["\\Seen".to_owned(), "$Junk".to_owned()],
        message_id: Some("<a@example.org>".to_owned()),
    };
    assert_eq!(sweep(1, reply).await.0, [want]);
}

#[tokio::test]
async fn what_the_server_sends_unasked_is_not_a_summary() {
    let reply = "* 2 FETCH (FLAGS (\\Seen))\r\n* 3 FETCH (UID 6 FLAGS (\\Seen))\r\n* 4 EXISTS\r\n* 1 EXPUNGE\r\n\
                 * 1 FETCH (UID 5 RFC822.SIZE 9)\r\n{tag} OK\r\n";
    let (summaries, _) = sweep(1, reply).await;
    assert_eq!(summaries.iter().map(|summary| summary.uid).collect::<Vec<_>>(), [5]);
}

#[tokio::test]
async fn a_message_the_parser_cannot_bear_is_reported_all_the_same() {
    let reply = "* 1 FETCH (UID 5 INTERNALDATE NIL RFC822.SIZE 9)\r\n* 2 FETCH (UID 6 FLAGS (\\Seen (odd)) RFC822.SIZE 9)\r\n{tag} OK\r\n";
    let (summaries, _) = sweep(1, reply).await;
    assert_eq!(
        summaries.iter().map(|summary| (summary.uid, summary.size)).collect::<Vec<_>>(),
        [(5, Some(9)), (6, None)]
    );
}

#[tokio::test]
async fn a_lost_connection_halfway_is_an_error_though_some_were_reported() {
    let (summaries, outcome) = sweep(1, "* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n!close").await;
    assert_eq!(summaries.len(), 1);
    assert!(matches!(outcome, Err(CommandError::Lost(_))));
}

#[tokio::test]
async fn many_messages_pass_one_by_one() {
    const COUNT: u32 = 10_000;
    let (client, server) = tokio::io::duplex(1 << 14);
    tokio::spawn(async move {
        use std::fmt::Write as _;
        use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
        let mut server = tokio::io::BufReader::new(server);
        let mut line = String::new();
        server.read_line(&mut line).await.unwrap();
        for block in 0..COUNT / 1000 {
            let mut text = String::new();
            for uid in block * 1000 + 1..=block * 1000 + 1000 {
                write!(
                    text,
                    "* {uid} FETCH (UID {uid} FLAGS () INTERNALDATE \"17-Jul-2026 02:44:25 +0000\" RFC822.SIZE 4286 "
                )
                .unwrap();
                write!(text, "BODY[HEADER.FIELDS (MESSAGE-ID)] {{29}}\r\nMessage-ID: <x@y.example>\r\n\r\n)\r\n")
                    .unwrap();
            }
            server.write_all(text.as_bytes()).await.unwrap();
        }
        server.write_all(b"T1 OK done\r\n").await.unwrap();
        server
    });
    let mut session = Session::over(client, &[]);
    session.selected = Some(selected(COUNT));
    let mut next = 1;
    let outcome = session
        .summaries(1, |summary| {
            assert_eq!(summary.uid, next);
            next += 1;
        })
        .await;
    assert_eq!(outcome, Ok(Swept { messages: COUNT, dropped: 0 }));
}

#[tokio::test]
async fn uids_are_asked_for_in_short_lines() {
    let uids: Vec<u32> = (1..4000).step_by(2).chain(9000..9500).collect();
    let wanted: BTreeSet<u32> = uids.iter().copied().collect();
    let sets = uid_sets(&wanted);
    assert!(sets.iter().all(|set| set.len() <= MAX_SET && !set.is_empty()));
    assert!(sets.last().unwrap().ends_with(",9000:9499"));
    let count = |part: &str| match part.split_once(':') {
        Some((first, last)) => last.parse::<u32>().unwrap() - first.parse::<u32>().unwrap() + 1,
        None => 1,
    };
    let all: u32 = sets.iter().flat_map(|set| set.split(',')).map(count).sum();
    assert_eq!(usize::try_from(all).unwrap(), uids.len());
    assert!(uid_sets(&BTreeSet::new()).is_empty());
    assert_eq!(uid_sets(&BTreeSet::from([u32::MAX - 1, u32::MAX])), ["4294967294:4294967295"]);
}

#[tokio::test]
async fn mail_since_a_day_is_searched_from_the_newest_down() {
    let (mut session, server) = session(&[
        ("UID SEARCH 25001:* SINCE 31-Dec-2023", "* SEARCH 70 71\r\n{tag} OK\r\n"),
        ("UID SEARCH 5001:25001 SINCE 31-Dec-2023", "* SEARCH 60 70\r\n{tag} OK\r\n"),
        ("UID SEARCH 1:5001 SINCE 31-Dec-2023", "* SEARCH\r\n{tag} OK\r\n"),
        (
            "UID FETCH 60,70:71 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])",
            "* 1 FETCH (UID 60 INTERNALDATE \"31-Dec-2023 12:00:00 +0000\")\r\n\
             * 2 FETCH (UID 70 INTERNALDATE \"01-Jan-2024 12:00:00 +0000\")\r\n\
             * 3 FETCH (UID 71 INTERNALDATE NIL RFC822.SIZE 3)\r\n* 9 FETCH (UID 99 RFC822.SIZE 3)\r\n{tag} OK\r\n",
        ),
    ]);
    session.selected = Some(selected(45_000));
    let mut uids = Vec::new();
    session.summaries_since(1_704_067_200, |summary| uids.push(summary.uid)).await.unwrap();
    assert_eq!(uids, [70, 71], "not those before, nor those not asked for");
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn what_is_above_a_number_is_counted_in_windows_though_the_server_names_the_last() {
    let (mut session, server) = session(&[
        ("UID SEARCH 25001:* UID 61:*", "* SEARCH 71 70\r\n{tag} OK\r\n"),
        ("UID SEARCH 5001:25001 UID 61:*", "* SEARCH 60\r\n* SEARCH 61\r\n{tag} OK\r\n"),
        ("UID SEARCH 1:5001 UID 61:*", "* SEARCH\r\n{tag} OK\r\n"),
    ]);
    session.selected = Some(selected(45_000));
    assert_eq!(session.uids_from(61).await, Ok(BTreeSet::from([61, 70, 71])));
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn an_empty_folder_is_not_searched() {
    let (mut session, _server) = session(&[]);
    session.selected = Some(selected(0));
    assert!(session.uids_since(0).await.unwrap().is_empty());
    assert_eq!(session.summaries(1, drop).await, Ok(Swept::default()));
}

const LOOK: &str = "UID FETCH 5 (UID FLAGS RFC822.SIZE INTERNALDATE)";
const SMALL: &str = "* 1 FETCH (UID 5 FLAGS () RFC822.SIZE 6)\r\n{tag} OK\r\n";
const READ: &str = "UID FETCH 5 (UID BODY.PEEK[])";
const BODY: &str = "* 1 FETCH (UID 5 BODY[] {6}\r\nabc\r\n\n)\r\n{tag} OK\r\n";

#[tokio::test]
async fn reading_leaves_the_message_unread_and_tests_that_once() {
    let flags = ("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS ())\r\n{tag} OK\r\n");
    let (mut session, server) = session(&[(LOOK, SMALL), (READ, BODY), flags, (LOOK, SMALL), (READ, BODY)]);
    session.selected = Some(selected(1));
    for _ in 0..2 {
        let OneMail::Mail(mail) = session.message(5, 100).await.unwrap() else { panic!("no mail") };
        assert_eq!((&*mail.raw, mail.full_size, mail.flags.len()), (&b"abc\r\n\n"[..], 6, 0));
    }
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_marks_it_read_all_the_same_is_put_right_each_time() {
    let seen = "* 1 FETCH (UID 5 BODY[] {6}\r\nabc\r\n\n FLAGS (\\Seen))\r\n{tag} OK\r\n";
    let put_right = ("UID STORE 5 -FLAGS.SILENT (\\Seen)", "{tag} OK\r\n");
    let (mut session, server) =
        session(&[(LOOK, SMALL), (READ, seen), put_right, (LOOK, SMALL), (READ, BODY), put_right]);
    session.selected = Some(selected(1));
    for _ in 0..2 {
        assert!(matches!(session.message(5, 100).await, Ok(OneMail::Mail(_))));
    }
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn a_message_the_person_has_read_stays_read() {
    let read = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 6)\r\n{tag} OK\r\n";
    let (mut session, server) = session(&[(LOOK, read), (READ, BODY)]);
    session.selected = Some(selected(1));
    assert!(matches!(session.message(5, 100).await, Ok(OneMail::Mail(_))));
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn of_a_long_message_the_beginning_is_read() {
    let big = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 5000000)\r\n{tag} OK\r\n";
    let part = "* 1 FETCH (UID 5 BODY[]<0> {4}\r\nabcd)\r\n{tag} OK\r\n";
    let whole = "* 1 FETCH (UID 5 BODY[] {8}\r\nabcdefgh)\r\n{tag} OK\r\n";
    for reply in [part, whole] {
        let (mut session, _server) = session(&[(LOOK, big), ("UID FETCH 5 (UID BODY.PEEK[]<0.4>)", reply)]);
        session.selected = Some(selected(1));
        let OneMail::Mail(mail) = session.message(5, 4).await.unwrap() else { panic!("no mail") };
        assert_eq!((&*mail.raw, mail.full_size), (&b"abcd"[..], 5_000_000), "also if the server knows no parts");
    }
}

#[tokio::test]
async fn a_server_that_is_wrong_about_a_size_does_not_break_the_session() {
    let body = "x".repeat(6_000_000);
    let script = vec![
        (LOOK.to_owned(), "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 10)\r\n{tag} OK\r\n".to_owned()),
        (READ.to_owned(), format!("* 1 FETCH (UID 5 BODY[] {{{}}}\r\n{body})\r\n{{tag}} OK\r\n", body.len())),
    ];
    let (stream, _server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &[]);
    session.selected = Some(selected(1));
    let OneMail::Mail(mail) = session.message(5, 100).await.unwrap() else { panic!("no mail") };
    assert_eq!((mail.raw.len(), mail.full_size), (100, 6_000_000));
}

#[tokio::test]
async fn a_message_of_unknown_size_is_read_in_part() {
    let unknown = "* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n{tag} OK\r\n";
    let part = "* 1 FETCH (UID 5 BODY[]<0> {4}\r\nabcd)\r\n{tag} OK\r\n";
    let (mut session, _server) = session(&[(LOOK, unknown), ("UID FETCH 5 (UID BODY.PEEK[]<0.9>)", part)]);
    session.selected = Some(selected(1));
    let OneMail::Mail(mail) = session.message(5, 9).await.unwrap() else { panic!("no mail") };
    assert_eq!(mail.full_size, 4);
}

#[tokio::test]
async fn of_unknown_size_and_as_long_as_was_asked_for_it_may_be_longer() {
    let unknown = "* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n{tag} OK\r\n";
    let part = "* 1 FETCH (UID 5 BODY[]<0> {4}\r\nabcd)\r\n{tag} OK\r\n";
    let (mut session, _server) = session(&[(LOOK, unknown), ("UID FETCH 5 (UID BODY.PEEK[]<0.4>)", part)]);
    session.selected = Some(selected(1));
    let OneMail::Mail(mail) = session.message(5, 4).await.unwrap() else { panic!("no mail") };
    assert_eq!((&*mail.raw, mail.full_size), (&b"abcd"[..], 5));
}

#[tokio::test]
async fn exchange_a_message_shorter_than_it_is_said_to_be_is_whole() {
    let stated = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 19189)\r\n{tag} OK\r\n";
    let part = "* 1 FETCH (UID 5 BODY[]<0> {6}\r\nabc\r\n\n)\r\n{tag} OK\r\n";
    for (limit, read) in [(100_000, (READ, BODY)), (100, ("UID FETCH 5 (UID BODY.PEEK[]<0.100>)", part))] {
        let (mut session, _server) = session(&[(LOOK, stated), read]);
        session.selected = Some(selected(1));
        let OneMail::Mail(mail) = session.message(5, limit).await.unwrap() else { panic!("no mail") };
        assert_eq!((&*mail.raw, mail.full_size), (&b"abc\r\n\n"[..], 6), "asked for {limit} bytes");
    }
}

#[tokio::test]
async fn a_message_of_which_bytes_are_lost_on_the_way_is_no_short_message() {
    let stated = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 6)\r\n{tag} OK\r\n";
    for spoilt in [
        "* 1 FETCH (UID 5 BODY[] {6}\r\nabc!close",
        "* 1 FETCH (UID 5 BODY[] {6}\r\nabc)\r\n{tag} OK\r\n",
        "* 1 FETCH (UID 5 BODY[] {6}\r\nabc)\r\n{tag} OK\r\n!close",
        "* 1 FETCH (UID 5 BODY[] {3}\r\nabc\r\n\n)\r\n{tag} OK\r\n!close",
    ] {
        let (stream, _server) = Server::start_owned(
            "",
            [(LOOK, stated), (READ, spoilt)].map(|(want, said)| (want.into(), said.into())).into(),
        );
        let mut session = Session::over(stream, &[]);
        session.selected = Some(selected(1));
        tokio::time::pause();
        let outcome = session.message(5, 100).await;
        tokio::time::resume();
        assert!(!matches!(outcome, Ok(OneMail::Mail(_))), "{spoilt}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_vanished_message_is_gone_and_an_empty_one_unreadable() {
    let (mut session, _server) = session(&[
        // Somebody reads another one in this moment.
        (LOOK, "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 6 FLAGS ())\r\n{tag} OK\r\n"),
        (LOOK, "{tag} OK\r\n"),
        (LOOK, "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 6)\r\n{tag} OK\r\n"),
        (READ, "* 1 EXPUNGE\r\n{tag} OK\r\n"),
        (LOOK, "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 6)\r\n{tag} OK\r\n"),
        (READ, "* 1 FETCH (UID 5 BODY[] NIL)\r\n{tag} OK\r\n"),
        (LOOK, "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 6)\r\n{tag} OK\r\n"),
        (READ, "* 1 FETCH (UID 5 BODY[] \"\")\r\n{tag} OK\r\n"),
    ]);
    session.selected = Some(selected(1));
    for want in [OneMail::Gone, OneMail::Gone, OneMail::Unreadable, OneMail::Unreadable] {
        assert_eq!(session.message(5, 100).await, Ok(want));
    }
}

#[tokio::test]
async fn what_cannot_be_read_or_has_another_number_is_asked_again_and_is_not_gone() {
    const HERE: &str = "UID FETCH 5 (UID FLAGS)";
    let good = "* 1 FETCH (UID 5 FLAGS ())\r\n{tag} OK\r\n";
    let garbled = "* 1 FEXCH (UID 5 FLAGS ())\r\n{tag} OK\r\n";
    for spoilt in [garbled, "* 1 FETCH (UID 7 FLAGS ())\r\n{tag} OK\r\n"] {
        let (mut session, _server) = session(&[(HERE, spoilt), (HERE, good)]);
        session.selected = Some(selected(1));
        assert_eq!(session.is_here(5).await, Ok(true), "{spoilt:?}");
    }
    let (mut session, _server) = session(&[(LOOK, garbled), (LOOK, garbled)]);
    session.selected = Some(selected(1));
    assert_eq!(session.message(5, 100).await, Ok(OneMail::Unreadable));
}

#[tokio::test]
async fn news_that_came_before_idling_is_not_slept_over() {
    use crate::mailbox::Idled;
    let (stream, _server) = Server::start("", &[("NOOP", "* 4 EXISTS\r\n{tag} OK\r\n"), ("IDLE", "{tag} BAD no\r\n")]);
    let mut session = Session::over(stream, &["IDLE"]);
    session.selected = Some(selected(3));
    session.noop().await.unwrap();
    let limit = std::time::Duration::from_secs(9);
    assert_eq!(session.idle(std::future::pending(), limit).await, Ok(Idled::News));
    assert_eq!(session.idle(std::future::pending(), limit).await, Ok(Idled::NotOffered));
    assert_eq!(session.idle(std::future::pending(), limit).await, Ok(Idled::NotOffered), "and is not asked again");
}

#[test]
fn message_ids_are_read_folded_missing_or_odd() {
    for (header, want) in [
        ("Message-ID: <a@b>\r\n\r\n", Some("<a@b>")),
        ("MESSAGE-id:\r\n\t<a@b>\r\n", Some("<a@b>")),
        ("X: y\r\nMessage-Id: <a\r\n b>\r\nZ: z\r\n", Some("<ab>")),
        ("Message-ID: \r\n\r\n", None),
        ("\r\n", None),
        ("Message-\u{e9}D: x\r\n", None),
        ("", None),
    ] {
        assert_eq!(message_id(header.as_bytes()).as_deref(), want, "{header:?}");
    }
}

fn session(script: &[Exchange]) -> (Session, Server) {
    let (stream, server) = Server::start("", script);
    (Session::over(stream, &[]), server)
}

async fn sweep(from: u32, reply: &str) -> (Vec<Summary>, Result<Swept, CommandError>) {
    let (stream, _server) = Server::start_owned("", vec![(format!("UID FETCH {from}:* {ITEMS}"), reply.to_owned())]);
    let mut session = Session::over(stream, &[]);
    session.selected = Some(selected(3));
    let mut summaries = Vec::new();
    let outcome = session.summaries(from, |summary| summaries.push(summary)).await;
    (summaries, outcome)
}

fn selected(exists: u32) -> Selected {
    Selected {
        folder: FolderName::inbox(),
        uid_validity: 7,
        uid_next: 10,
        exists,
        permanent_flags: BTreeSet::new(),
        is_read_only: false,
        has_junk_keywords: false,
        modseq: None,
    }
}
