//! What servers were seen to do, one test each. The names say which server is known for it.

use std::time::Duration;

use super::scene::{Part, account, play};
use crate::mailbox::{
    Code, CommandError, ConnectError, FolderName, Folders, Loss, Mode, Moved, OneMail, Problem, Retry, Role, Session,
    Summary,
    machine::{self, Machine},
    script::{Exchange, Server},
};

const OPEN: Exchange = (
    "SELECT \"INBOX\"",
    "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\n* OK [PERMANENTFLAGS (\\Seen)] x\r\n{tag} OK\r\n",
);

const ITEMS: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";

const LOOK: &str = "UID FETCH 5 (UID FLAGS RFC822.SIZE INTERNALDATE)";

const READ: &str = "UID FETCH 5 (UID BODY.PEEK[])";

/// The inbox is open, and this comes next.
async fn opened(capabilities: &[&str], script: &[(&str, &str)]) -> (Session, Server) {
    let owned = [OPEN].iter().chain(script).map(|(want, reply)| ((*want).to_owned(), (*reply).to_owned())).collect();
    let (stream, server) = Server::start_owned("", owned);
    let mut session = Session::over(stream, capabilities);
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    (session, server)
}

async fn summaries(script: &[(&str, &str)]) -> (Vec<Summary>, bool) {
    let (mut session, server) = opened(&[], script).await;
    let mut summaries = Vec::new();
    let swept = session.summaries(5, |summary| summaries.push(summary)).await;
    summaries.sort_by_key(|summary| summary.uid);
    drop(session);
    server.finish().await;
    (summaries, swept.is_ok())
}

#[tokio::test]
async fn exchange_authenticated_but_not_connected_is_no_wrong_password_and_waits_longer_each_time() {
    let text = "User is authenticated but not connected.";
    let reply = format!("{{tag}} BAD {text}\r\n");
    let (stream, _server) = Server::start_owned("", vec![("LIST \"\" \"*\"".to_owned(), reply)]);
    let error = Session::over(stream, &[]).folders().await.unwrap_err();
    assert!(error.is_of_account());
    let error = ConnectError::after_login(&account(), error);
    assert_eq!(error.problem, Problem::NotConnected(text.to_owned()));
    assert!(error.advice().contains("the password is right"), "{}", error.advice());
    assert_eq!((error.retry(), error.is_login_refused()), (Retry::Later, false));
    let mut machine = Machine::new(Duration::from_mins(2));
    let waits: Vec<_> = (0..3).map(|_| machine.step(machine::Event::from(&error), 0)).collect();
    assert_eq!(waits, [5, 10, 20].map(|seconds| machine::Command::Wait(Duration::from_secs(seconds))));
}

#[tokio::test]
async fn exchange_not_connected_in_the_middle_is_not_the_fault_of_a_message() {
    let (mut session, _server) = opened(&[], &[(LOOK, "{tag} BAD User is authenticated but not connected.\r\n")]).await;
    let outcome = session.message(5, 100).await;
    assert!(matches!(&outcome, Err(error @ CommandError::Bad { .. }) if error.is_of_account()), "{outcome:?}");
}

#[tokio::test]
async fn gmail_messages_that_could_not_be_fetched_are_named_all_the_same() {
    let some = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 9)\r\n\
                {tag} NO Some messages could not be FETCHed (Failure)\r\n";
    let numbers = "* 1 FETCH (UID 5)\r\n* 2 FETCH (UID 6)\r\n* 3 FETCH (UID 9)\r\n{tag} OK\r\n";
    let fetch = format!("UID FETCH 5:* {ITEMS}");
    let (found, is_ok) = summaries(&[(&fetch, some), ("UID FETCH 5:* (UID)", numbers)]).await;
    assert!(is_ok);
    assert_eq!(
        found.iter().map(|summary| (summary.uid, summary.size)).collect::<Vec<_>>(),
        [(5, Some(9)), (6, None), (9, None)]
    );
}

#[tokio::test]
async fn yahoo_server_error_in_a_listing_still_leads_to_every_uid() {
    let bug = "{tag} NO [SERVERBUG] FETCH Server error - Please try again later\r\n";
    let fetch = format!("UID FETCH 5:* {ITEMS}");
    let search = ("UID SEARCH UID 5:*", "* SEARCH 5 6 9 4\r\n{tag} OK\r\n");
    let (found, is_ok) = summaries(&[(&fetch, bug), ("UID FETCH 5:* (UID)", bug), search]).await;
    assert!(is_ok);
    assert_eq!(found.iter().map(|summary| summary.uid).collect::<Vec<_>>(), [5, 6, 9], "and not what is below");
    let script = [(&*fetch, bug), ("UID FETCH 5:* (UID)", bug), ("UID SEARCH UID 5:*", bug)];
    assert_eq!(summaries(&script).await, (vec![], false), "if nothing helps it is an error, and not an empty folder");
}

#[tokio::test]
async fn yahoo_server_error_for_one_message_makes_it_unreadable_and_the_session_goes_on() {
    for reply in [
        "{tag} NO [UNAVAILABLE] UID FETCH Server error\r\n",
        "{tag} NO [SERVERBUG] oops\r\n",
        "* 1 FETCH (UID 5 BODY[] {4}\r\nhalf)\r\n{tag} NO Some messages could not be FETCHed (Failure)\r\n",
    ] {
        let about = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 4)\r\n{tag} OK\r\n";
        let script = [
            (LOOK, reply),
            (LOOK, about),
            (READ, reply),
            (LOOK, about),
            (READ, "* 1 FETCH (UID 5 BODY[] {4}\r\nhere)\r\n{tag} OK\r\n"),
        ];
        let (mut session, _server) = opened(&[], &script).await;
        assert_eq!(session.message(5, 100).await, Ok(OneMail::Unreadable), "{reply}");
        assert_eq!(session.message(5, 100).await, Ok(OneMail::Unreadable), "{reply}");
        let OneMail::Mail(mail) = session.message(5, 100).await.unwrap() else { panic!("{reply}") };
        assert_eq!(mail.raw, b"here");
    }
}

#[tokio::test]
async fn gmail_throttling_is_not_the_fault_of_a_message() {
    for reply in [
        "{tag} NO [THROTTLED] slow down\r\n",
        "{tag} NO [LIMIT] slow down\r\n",
        "{tag} NO [OVERQUOTA] Account exceeded command or bandwidth limits.\r\n",
        "{tag} NO Request is throttled. Suggested Backoff Time: 29 seconds\r\n",
    ] {
        let (mut session, _server) = opened(&[], &[(LOOK, reply)]).await;
        let outcome = session.message(5, 100).await;
        assert!(matches!(&outcome, Err(error) if error.is_of_account()), "{reply}: {outcome:?}");
    }
}

#[tokio::test]
async fn after_the_login_no_refusal_is_called_a_wrong_password() {
    for (reply, retry) in [
        ("NO [THROTTLED] slow down", Retry::AfterPause),
        ("NO [LIMIT] slow down", Retry::AfterPause),
        ("NO [OVERQUOTA] Account exceeded command or bandwidth limits.", Retry::AfterPause),
        ("NO Request is throttled.", Retry::AfterPause),
        ("NO LIST failed", Retry::Later),
        ("NO [AUTHENTICATIONFAILED] what?", Retry::Later),
        ("BAD what?", Retry::Later),
        ("BAD [AUTHENTICATIONFAILED] what?", Retry::Later),
    ] {
        let (stream, _server) =
            Server::start_owned("", vec![("LIST \"\" \"*\"".to_owned(), format!("{{tag}} {reply}\r\n"))]);
        let error = Session::over(stream, &[]).folders().await.unwrap_err();
        let error = ConnectError::after_login(&account(), error);
        assert_eq!((error.retry(), error.is_login_refused()), (retry, false), "{reply}: {error:?}");
        assert!(!error.advice().contains("password"), "{}", error.advice());
    }
}

#[tokio::test]
async fn gmail_unsolicited_fetch_without_uid_is_ignored() {
    let noise = "* 3 FETCH (FLAGS (\\Seen \\Deleted))\r\n";
    let look = format!("{noise}* 1 FETCH (UID 5 FLAGS () RFC822.SIZE 4)\r\n{noise}{{tag}} OK\r\n");
    let read = format!("{noise}* 1 FETCH (UID 5 BODY[] {{4}}\r\nhere)\r\n{noise}{{tag}} OK\r\n");
    let flags = format!("{noise}* 1 FETCH (UID 5 FLAGS ())\r\n{noise}{{tag}} OK\r\n");
    let script = [(LOOK, &*look), (READ, &*read), ("UID FETCH 5 (UID FLAGS)", &*flags)];
    let (mut session, server) = opened(&[], &script).await;
    let OneMail::Mail(mail) = session.message(5, 100).await.unwrap() else { panic!("no mail") };
    assert_eq!((mail.raw, mail.flags), (b"here".to_vec(), vec![]));
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn icloud_empty_body_is_not_taken_for_an_empty_message() {
    let about = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 400)\r\n{tag} OK\r\n";
    for body in ["BODY[] {0}\r\n", "BODY[] NIL", "BODY[] \"\""] {
        let read = format!("* 1 FETCH (UID 5 {body})\r\n{{tag}} OK\r\n");
        let (mut session, _server) = opened(&[], &[(LOOK, about), (READ, &read)]).await;
        assert_eq!(session.message(5, 1000).await, Ok(OneMail::Unreadable), "{body}");
    }
}

#[tokio::test]
async fn a_message_whose_flags_nobody_can_read_keeps_them() {
    // The parser makes nothing of such a size, and then of nothing else in the response.
    let about = "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE ~4)\r\n{tag} OK\r\n";
    let read = ("UID FETCH 5 (UID BODY.PEEK[]<0.100>)", "* 1 FETCH (UID 5 BODY[] {4}\r\nhere)\r\n{tag} OK\r\n");
    let (mut session, server) = opened(&[], &[(LOOK, about), read]).await;
    let OneMail::Mail(mail) = session.message(5, 100).await.unwrap() else { panic!("no mail") };
    assert_eq!(mail.raw, b"here");
    drop(session);
    assert_eq!(server.heard().len(), 3, "nothing is stored: {:?}", server.heard());
    server.finish().await;
}

#[tokio::test]
async fn stalwart_no_to_the_move_of_a_message_that_is_gone_means_gone() {
    let script = [("UID MOVE 5 \"Junk\"", "{tag} NO [NONEXISTENT] no such message\r\n"), GONE];
    assert_eq!(moved(&script).await, Ok(Moved::Gone));
}

#[tokio::test]
async fn stalwart_no_to_a_move_that_was_done_is_never_called_done() {
    // Where it went is for the journal to find out, by content.
    let reply = "* OK [COPYUID 8 5 21] x\r\n* 1 EXPUNGE\r\n{tag} NO internal error\r\n";
    assert_eq!(moved(&[("UID MOVE 5 \"Junk\"", reply), GONE]).await, Ok(Moved::Gone));
}

#[tokio::test]
async fn overquota_at_a_move_is_told_and_the_message_stays() {
    let here = ("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS ())\r\n{tag} OK\r\n");
    for (word, code) in [("OVERQUOTA", Code::OverQuota), ("TRYCREATE", Code::TryCreate), ("LIMIT", Code::Limit)] {
        let reply = format!("{{tag}} NO [{word}] x\r\n");
        let outcome = moved(&[("UID MOVE 5 \"Junk\"", &reply), here]).await;
        assert!(matches!(&outcome, Err(CommandError::No { code: Some(told), .. }) if *told == code), "{outcome:?}");
    }
}

const GONE: (&str, &str) = ("UID FETCH 5 (UID FLAGS)", "{tag} OK\r\n");

async fn moved(script: &[(&str, &str)]) -> Result<Moved, CommandError> {
    let (mut session, server) = opened(&["MOVE", "UIDPLUS"], script).await;
    let moved = session.move_message(5, &FolderName::from_wire("Junk")).await;
    drop(session);
    server.finish().await;
    moved
}

#[tokio::test]
async fn netease_empty_status_leads_to_the_last_message() {
    let script = [
        ("SELECT \"INBOX\"", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK\r\n"),
        ("STATUS \"INBOX\" (UIDNEXT UIDVALIDITY)", "* STATUS \"INBOX\" ()\r\n{tag} OK\r\n"),
        ("UID FETCH * (UID)", "* 3 FETCH (UID 44)\r\n{tag} OK\r\n"),
    ];
    assert_eq!(select(&script).await.uid_next, 45);
}

#[tokio::test]
async fn status_of_the_inbox_in_another_case_is_that_of_the_inbox() {
    for name in ["inbox", "Inbox", "\"iNBOX\""] {
        let status = format!("* STATUS {name} (UIDNEXT 45 UIDVALIDITY 9)\r\n{{tag}} OK\r\n");
        let script =
            [("SELECT \"INBOX\"", "* 3 EXISTS\r\n{tag} OK\r\n"), ("STATUS \"INBOX\" (UIDNEXT UIDVALIDITY)", &*status)];
        let selected = select(&script).await;
        assert_eq!((selected.uid_next, selected.uid_validity), (45, 9), "{name}");
    }
}

#[tokio::test]
async fn codes_nobody_knows_do_not_spoil_a_select() {
    let open = "* FLAGS (\\Seen $Forwarded)\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] x\r\n\
                * OK [HIGHESTMODSEQ 0] x\r\n* OK [NOMODSEQ] x\r\n* OK [MAILBOXID (F2212ea87-6097)] x\r\n\
                * NO [UIDNOTSTICKY] x\r\n* OK [UNSEEN 0] x\r\n* NO [ALERT] 93% full\r\n* OK [UIDNEXT 10] x\r\n\
                * OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* VANISHED (EARLIER) 1:5\r\n* XYZZY\r\n{tag} OK [X] done\r\n";
    let selected = select(&[("SELECT \"INBOX\"", open)]).await;
    assert_eq!((selected.exists, selected.uid_next, selected.uid_validity), (3, 10, 7));
    assert!(selected.permanent_flags.contains("$Forwarded"), "a keyword in use where any can be set");
}

async fn select(script: &[(&str, &str)]) -> crate::mailbox::Selected {
    let owned = script.iter().map(|(want, reply)| ((*want).to_owned(), (*reply).to_owned())).collect();
    let (stream, _server) = Server::start_owned("", owned);
    Session::over(stream, &[]).select(&FolderName::from_wire("inbox"), Mode::ReadWrite).await.unwrap()
}

#[tokio::test]
async fn exists_that_goes_down_and_up_again_is_news() {
    use crate::mailbox::Idled;
    let (mut session, _server) =
        opened(&["IDLE"], &[("NOOP", "* 1 EXPUNGE\r\n* 2 EXISTS\r\n* 3 EXISTS\r\n{tag} OK\r\n")]).await;
    session.noop().await.unwrap();
    assert_eq!(session.selected().unwrap().exists, 3);
    assert_eq!(session.idle(std::future::pending(), Duration::from_secs(1)).await, Ok(Idled::News));
}

#[tokio::test]
async fn uidvalidity_that_changes_in_passing_is_noticed_before_the_next_action() {
    let (mut session, _server) = opened(&[], &[("NOOP", "* OK [UIDVALIDITY 8] renumbered\r\n{tag} OK\r\n")]).await;
    assert_eq!(session.selected().unwrap().uid_validity, 7);
    session.noop().await.unwrap();
    assert_eq!(session.selected().unwrap().uid_validity, 8);
}

#[tokio::test]
async fn hundreds_of_expunges_in_one_answer_all_count() {
    let noise = "* 1 EXPUNGE\r\n".repeat(300);
    let reply = format!("* 300 EXISTS\r\n{noise}* 2 EXISTS\r\n* 1 EXPUNGE\r\n{{tag}} OK\r\n");
    let (mut session, _server) = opened(&[], &[("NOOP", &reply)]).await;
    session.noop().await.unwrap();
    assert_eq!(session.selected().unwrap().exists, 1);
}

#[tokio::test]
async fn yahoo_sequence_numbers_that_do_not_move_hide_no_recent_mail() {
    // After an EXPUNGE we count two messages where the server still counts to three: the star is its own.
    let script =
        [("NOOP", "* 2 EXPUNGE\r\n{tag} OK\r\n"), ("UID SEARCH 1:* SINCE 30-Jun-1996", "* SEARCH 5 9\r\n{tag} OK\r\n")];
    let (mut session, _server) = opened(&[], &script).await;
    session.noop().await.unwrap();
    let found = session.uids_since(836_200_000).await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [5, 9]);
}

#[tokio::test]
async fn capabilities_are_known_in_any_case() {
    let (stream, _server) = Server::start("", &[]);
    let session = Session::over(stream, &["Move", "uidplus"]);
    assert!(session.can("MOVE") && session.can("move") && session.can("UIDPLUS"));
}

#[tokio::test]
async fn list_with_childinfo_or_oldname_loses_no_folder() {
    let listed = "* LIST (\\Subscribed) \"/\" \"Junk\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n\
                  * LIST () \"/\" \"q\\\"(u\" (\"OLDNAME\" (\"old name\"))\r\n\
                  * LIST () NIL INBOX (\"CHILDINFO\" ())\r\n\
                  * LIST () \"/\" {5}\r\na \"b) (\"OLDNAME\" ({1}\r\nx))\r\n\
                  * LIST () \"/\" broken\" (\r\n{tag} OK\r\n";
    let folders = folders(listed).await;
    let names: Vec<_> = folders.all().iter().map(|folder| folder.name.wire()).collect();
    assert_eq!(names, ["Junk", "q\"(u", "INBOX", "a \"b)"]);
}

#[tokio::test]
async fn of_two_junk_folders_the_one_the_server_means_is_taken() {
    for (listed, want) in [
        ("* LIST () \"/\" \"Spam\"\r\n* LIST (\\Junk) \"/\" \"Junk E-mail\"\r\n", "Junk E-mail"),
        ("* LIST () \"/\" \"Bulk\"\r\n* LIST () \"/\" \"Sent\"\r\n", "Bulk"),
        ("* LIST () \"/\" \"Bulk Mail\"\r\n* LIST (\\Noselect) \"/\" \"Junk\"\r\n", "Bulk Mail"),
        ("* LIST () \".\" \"INBOX.Courrier ind&AOk-sirable\"\r\n", "INBOX.Courrier ind&AOk-sirable"),
        ("* LIST () \"/\" \"Work/Spam\"\r\n* LIST () \"/\" \"spam\"\r\n", "spam"),
    ] {
        let folders = folders(&format!("{listed}{{tag}} OK\r\n")).await;
        assert_eq!(folders.find(Role::Junk).unwrap().name.wire(), want, "{listed}");
    }
}

async fn folders(reply: &str) -> Folders {
    let (stream, _server) = Server::start_owned("", vec![("LIST \"\" \"*\"".to_owned(), reply.to_owned())]);
    Session::over(stream, &[]).folders().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_switched_on_that_servers_are_known_to_do_badly() {
    let mut part = Part::good();
    let offered = "{tag} OK [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE UTF8=ACCEPT CONDSTORE QRESYNC \
                   ESEARCH BINARY LITERAL+ NAMESPACE ID MOVE UIDPLUS SPECIAL-USE LIST-EXTENDED NOTIFY] in\r\n";
    part.set("AHJvYmlu", offered.into());
    let (stream, log, _task) = part.start();
    let story = play(stream).await;
    assert!(matches!(story.moved, Some(Ok(Moved::To { .. }))), "{story:?}");
    let log = log.lock().unwrap();
    let heard: Vec<&str> = log.iter().map(|(heard, _)| &**heard).collect();
    for word in ["ENABLE", "UTF8", "CONDSTORE", "QRESYNC", "HEADER.FIELDS.NOT", "RFC822)", "CHILDREN", "+}"] {
        assert!(heard.iter().all(|line| !line.contains(word)), "{word}: {heard:?}");
    }
    // Sent right after the login, where some providers want it.
    assert!(heard[3].starts_with("T2 ID ("), "{heard:?}");
    // EXPUNGE without a UID, SEARCH for a header and BODY without PEEK are never sent.
    assert!(heard.iter().all(|line| !line.contains("SEARCH") && !line.contains(" BODY[")), "{heard:?}");
}

#[tokio::test]
async fn the_copy_of_the_answer_to_a_command_before_is_passed_over() {
    let script =
        [("NOOP", "{tag} OK\r\n{tag} NO again?\r\n"), ("UID MOVE 5 \"Junk\"", "{tag} OK [COPYUID 8 5 21] x\r\n")];
    let (mut session, _server) = opened(&["MOVE"], &script).await;
    session.noop().await.unwrap();
    let moved = session.move_message(5, &FolderName::from_wire("Junk")).await;
    assert_eq!(moved, Ok(Moved::To { uid_validity: 8, uid: 21 }));
}

#[tokio::test]
async fn a_session_that_was_left_in_the_middle_of_a_listing_is_of_no_use_any_more() {
    let fetch = format!("UID FETCH 5:* {ITEMS}");
    let (mut session, _server) = opened(&[], &[(&fetch, "* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n")]).await;
    let listing = session.summaries(5, drop);
    assert!(tokio::time::timeout(Duration::from_millis(1), listing).await.is_err());
    let outcome = session.message(5, 100).await;
    assert_eq!(outcome, Err(CommandError::Lost(Loss::GivenUp)), "its rest must not pass for the next answer");
}
