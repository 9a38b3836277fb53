//! Reading many messages, with servers as they are.

use std::{cell::RefCell, fmt::Write as _, future::ready};

use super::*;
use crate::mailbox::{
    fetch::{Mode, Peek},
    folders::FolderName,
    script::{Exchange, Server},
};

const OPEN: Exchange = (
    "SELECT \"INBOX\"",
    "* 9 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\n{tag} OK [READ-WRITE] done\r\n",
);

#[tokio::test]
async fn all_come_in_answer_to_one_question_and_what_was_not_asked_for_is_ignored() {
    let reply = "* 2 FETCH (UID 2 BODY[] {3}\r\ntwo)\r\n* 9 FETCH (FLAGS (\\Seen))\r\n* 10 EXISTS\r\n\
                 * 7 FETCH (UID 7 BODY[] {2}\r\nno)\r\n* 1 FETCH (UID 1 FLAGS () BODY[] {3}\r\none)\r\n\
                 * 1 FETCH (UID 1 BODY[] {5}\r\nagain)\r\n* 3 FETCH (UID 3 BODY[] {5}\r\nthree)\r\n{tag} OK\r\n";
    let (read, session) = read(&[("UID FETCH 1:3 (UID BODY.PEEK[])", reply)], &[1, 2, 3]).await;
    assert_eq!(read, [(2, "two".to_owned()), (1, "one".to_owned()), (3, "three".to_owned())]);
    assert!(session.has_news());
}

#[tokio::test]
async fn whatever_is_missing_is_asked_for_alone() {
    let alone = "UID FETCH 2 (UID FLAGS RFC822.SIZE INTERNALDATE)";
    let body = ("UID FETCH 2 (UID BODY.PEEK[])", "* 2 FETCH (UID 2 BODY[] {3}\r\ntwo)\r\n{tag} OK\r\n");
    let here = (alone, "* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 3)\r\n{tag} OK\r\n");
    let refused = "* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n{tag} NO Some messages could not be FETCHed\r\n";
    let answered = "* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n* 2 FETCH (UID 2 BODY[] {0}\r\n)\r\n{tag} OK\r\n";
    for reply in [refused, answered] {
        let both = ("UID FETCH 1:2 (UID BODY.PEEK[])", reply);
        let (found, _) = read(&[both, here, body], &[1, 2]).await;
        assert_eq!(found, [(1, "one".to_owned()), (2, "two".to_owned())]);
        let (found, _) = read(&[both, (alone, "{tag} OK\r\n")], &[1, 2]).await;
        assert_eq!(found, [(1, "one".to_owned()), (2, "Gone".to_owned())]);
    }
}

#[tokio::test]
async fn a_large_message_comes_alone_and_only_its_beginning() {
    let script = [
        (
            "UID FETCH 2 (UID FLAGS RFC822.SIZE INTERNALDATE)",
            "* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 900)\r\n{tag} OK\r\n",
        ),
        ("UID FETCH 2 (UID BODY.PEEK[]<0.100>)", "* 2 FETCH (UID 2 BODY[]<0> {3}\r\ntwo)\r\n{tag} OK\r\n"),
        ("UID FETCH 1 (UID BODY.PEEK[])", "* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n{tag} OK\r\n"),
    ];
    let (mut session, _server) = session(&script).await;
    let mut wanted = wanted(&[1, 2]);
    wanted.get_mut(&2).unwrap().size = Some(900);
    assert_eq!(texts(&mut session, &wanted).await.unwrap(), [(2, "two".to_owned()), (1, "one".to_owned())]);
}

#[tokio::test]
async fn exchange_a_message_shorter_than_it_is_said_to_be_is_whole() {
    let (mut session, _server) =
        session(&[("UID FETCH 1 (UID BODY.PEEK[])", "* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n{tag} OK\r\n")]).await;
    let mut wanted = wanted(&[1]);
    wanted.get_mut(&1).unwrap().size = Some(9);
    let mut sizes = Vec::new();
    let note = |_, mail| {
        sizes.extend(if let OneMail::Mail(mail) = mail { Some((mail.raw.len(), mail.full_size)) } else { None });
        ready(())
    };
    session.messages(&wanted, 100, note).await.unwrap();
    assert_eq!(sizes, [(3, 3)]);
}

#[tokio::test]
async fn until_the_server_is_known_to_be_honest_unread_mail_is_read_with_care() {
    let look = |uid| format!("UID FETCH {uid} (UID FLAGS RFC822.SIZE INTERNALDATE)");
    let here = |uid| format!("* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE 3)\r\n{{tag}} OK\r\n");
    let body = |uid| format!("* {uid} FETCH (UID {uid} BODY[] {{3}}\r\none)\r\n{{tag}} OK\r\n");
    let flags = |uid, flags| format!("* {uid} FETCH (UID {uid} FLAGS ({flags}))\r\n{{tag}} OK\r\n");
    for is_honest in [true, false] {
        let mut script = vec![
            (OPEN.0.to_owned(), OPEN.1.to_owned()),
            (look(1), here(1)),
            ("UID FETCH 1 (UID BODY.PEEK[])".to_owned(), body(1)),
            ("UID FETCH 1 (UID FLAGS)".to_owned(), flags(1, if is_honest { "" } else { "\\Seen" })),
        ];
        if !is_honest {
            script.push(("UID STORE 1 -FLAGS.SILENT (\\Seen)".to_owned(), "{tag} OK\r\n".to_owned()));
            script.push((look(2), here(2)));
        }
        script.push(("UID FETCH 2 (UID BODY.PEEK[])".to_owned(), body(2)));
        if !is_honest {
            script.push(("UID STORE 2 -FLAGS.SILENT (\\Seen)".to_owned(), "{tag} OK\r\n".to_owned()));
        }
        let (client, server) = Server::start_owned("", script);
        let mut session = Session::over(client, &[]);
        session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
        assert_eq!(texts(&mut session, &wanted(&[1, 2])).await.unwrap().len(), 2);
        drop(session);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_broken_connection_is_an_error_though_some_were_given() {
    let script = [("UID FETCH 1:2 (UID BODY.PEEK[])", "* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n!close")];
    let (mut session, _server) = session(&script).await;
    let (given, outcome) = texts_and_outcome(&mut session, &wanted(&[1, 2])).await;
    assert_eq!(given, [(1, "one".to_owned())]);
    assert!(matches!(outcome, Err(CommandError::Lost(_))), "{outcome:?}");
    assert!(!session.is_usable());
}

#[tokio::test]
async fn the_server_waits_while_a_message_is_dealt_with() {
    const BIG: usize = 1 << 20;
    let mut reply = String::new();
    for uid in 1..=8 {
        write!(reply, "* {uid} FETCH (UID {uid} BODY[] {{{BIG}}}\r\n{})\r\n", "x".repeat(BIG)).unwrap();
    }
    let script = vec![
        (OPEN.0.to_owned(), OPEN.1.to_owned()),
        ("UID FETCH 1:8 (UID BODY.PEEK[])".to_owned(), format!("{reply}{{tag}} OK\r\n")),
    ];
    let (client, _server) = Server::start_owned("", script);
    let mut session = Session::over(client, &[]);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    session.peek = Peek::Honest;
    let given = RefCell::new(0);
    let stop = |_, _| {
        *given.borrow_mut() += 1;
        std::future::pending::<()>()
    };
    let wanted = wanted(&[1, 2, 3, 4, 5, 6, 7, 8]);
    let reading = session.messages(&wanted, 2 * BIG, stop);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(200), reading).await.is_err());
    assert_eq!(*given.borrow(), 1, "the second is not even asked of the stream");
}

async fn read(script: &[Exchange], uids: &[u32]) -> (Vec<(u32, String)>, Session) {
    let (mut session, server) = session(script).await;
    let read = texts(&mut session, &wanted(uids)).await.unwrap();
    drop(server);
    (read, session)
}

async fn session(script: &[Exchange]) -> (Session, Server) {
    let script: Vec<Exchange> = [&[OPEN], script].concat();
    let (client, server) = Server::start("", &script);
    let mut session = Session::over(client, &[]);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    session.peek = Peek::Honest;
    (session, server)
}

fn wanted(uids: &[u32]) -> BTreeMap<u32, Summary> {
    uids.iter().map(|uid| (*uid, Summary { uid: *uid, size: Some(3), ..Summary::default() })).collect()
}

async fn texts(session: &mut Session, wanted: &BTreeMap<u32, Summary>) -> Result<Vec<(u32, String)>, CommandError> {
    let (given, outcome) = texts_and_outcome(session, wanted).await;
    outcome.map(|()| given)
}

async fn texts_and_outcome(
    session: &mut Session,
    wanted: &BTreeMap<u32, Summary>,
) -> (Vec<(u32, String)>, Result<(), CommandError>) {
    let mut given = Vec::new();
    let outcome = session
        .messages(wanted, 100, |uid, mail| {
            given.push((
                uid,
                match &mail {
                    OneMail::Mail(mail) => String::from_utf8(mail.raw.clone()).unwrap(),
                    OneMail::Gone | OneMail::Unreadable => format!("{mail:?}"),
                },
            ));
            ready(())
        })
        .await;
    (given, outcome)
}
