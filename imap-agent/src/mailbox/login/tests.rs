//! Logging in, against scripted servers.

use tamis_core::{
    config::{Account, Security},
    mail::Address,
};

use crate::{
    mailbox::{
        ConnectError, Problem, Retry, Session,
        script::{Exchange, Server},
    },
    secret::Secret,
};

#[tokio::test]
async fn plain_authentication_carries_any_password() {
    let (session, heard) = log_in(
        "* OK [CAPABILITY IMAP4rev1 auth=plain LoginDisabled] hi\r\n",
        &[
            ("AUTHENTICATE PLAIN", "+ \r\n"),
            // NUL me@example.org NUL pässwörd
            ("AG1lQGV4YW1wbGUub3JnAHDDpHNzd8O2cmQ=", "{tag} OK [CAPABILITY IMAP4rev1 Move uidPLUS] in\r\n"),
        ],
        "pässwörd",
    )
    .await;
    let session = session.unwrap();
    assert!(session.can("MOVE") && session.can("UIDPLUS") && !session.can("AUTH=PLAIN"), "read again after login");
    assert_eq!(session.steps(), ["Logged in as me@example.org"]);
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn without_it_login_quotes_what_must_be_quoted() {
    let (session, _) = log_in(
        "* OK hi\r\n",
        &[
            ("CAPABILITY", "* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n"),
            ("LOGIN \"me@example.org\" \"a\\\\b\\\"c d\"", "{tag} OK in\r\n"),
            ("CAPABILITY", "* CAPABILITY IMAP4rev1 ID LOGINDISABLED\r\n{tag} OK\r\n"),
            (ID, "* ID NIL\r\n{tag} OK\r\n"),
        ],
        "a\\b\"c d",
    )
    .await;
    assert!(session.unwrap().can("id"));
}

#[tokio::test]
async fn login_sends_a_password_beyond_ascii_as_a_literal() {
    let (session, _) = log_in(
        "* OK [CAPABILITY IMAP4rev1] hi\r\n",
        &[("LOGIN \"me@example.org\" {4}", "+ go\r\n"), ("pä1", "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK in\r\n")],
        "pä1",
    )
    .await;
    assert!(session.unwrap().can("IDLE"));
}

#[tokio::test]
async fn a_refused_id_does_not_matter() {
    let greeting = "* OK [CAPABILITY IMAP4rev1] hi\r\n";
    let login = ("LOGIN \"me@example.org\" \"p\"", "{tag} OK [CAPABILITY IMAP4rev1 ID] in\r\n");
    let (session, _) = log_in(greeting, &[login, (ID, "{tag} NO never\r\n")], "p").await;
    assert!(session.is_ok());
}

#[tokio::test]
async fn where_login_is_disabled_the_password_is_not_sent() {
    let (error, heard) = log_in("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n", &[], "p").await;
    assert_eq!(error.unwrap_err().problem, Problem::LoginDisabled);
    assert!(heard.is_empty());
}

#[tokio::test]
async fn a_password_with_a_line_break_is_not_sent() {
    for password in ["a\r\nT9 DELETE INBOX", "a\0b"] {
        let (error, heard) = log_in("* OK [CAPABILITY IMAP4rev1] hi\r\n", &[], password).await;
        assert_eq!(error.unwrap_err().problem, Problem::UnusablePassword);
        assert!(heard.is_empty());
    }
}

#[tokio::test]
async fn what_the_server_says_decides_whether_to_try_again() {
    for (reply, problem, retry) in [
        ("NO [AUTHENTICATIONFAILED] Wrong.", Problem::LoginRefused("Wrong.".to_owned()), Retry::AfterPerson),
        ("NO no", Problem::LoginRefused("no".to_owned()), Retry::AfterPerson),
        ("NO [LIMIT] Too many", Problem::TooMany("Too many".to_owned()), Retry::AfterPause),
        ("NO [UNAVAILABLE] down", Problem::Unavailable("down".to_owned()), Retry::Later),
        ("NO [SERVERBUG] oops", Problem::Unavailable("oops".to_owned()), Retry::Later),
        ("NO [INUSE] locked", Problem::Unavailable("locked".to_owned()), Retry::Later),
        ("NO [THROTTLED] slow", Problem::Throttled("slow".to_owned()), Retry::AfterPause),
        (
            "NO [OVERQUOTA] Account exceeded command or bandwidth limits.",
            Problem::Throttled("Account exceeded command or bandwidth limits.".to_owned()),
            Retry::AfterPause,
        ),
        ("NO Rate limit hit", Problem::Throttled("Rate limit hit".to_owned()), Retry::AfterPause),
        ("NO too many logins", Problem::Throttled("too many logins".to_owned()), Retry::AfterPause),
        (
            "NO [ALERT] Too many simultaneous connections. (Failure)",
            Problem::TooMany("Too many simultaneous connections. (Failure)".to_owned()),
            Retry::AfterPause,
        ),
        ("NO Try again later", Problem::Unavailable("Try again later".to_owned()), Retry::Later),
        (
            "NO Account temporarily locked",
            Problem::Throttled("Account temporarily locked".to_owned()),
            Retry::AfterPause,
        ),
        ("NO Temporary failure", Problem::Unavailable("Temporary failure".to_owned()), Retry::Later),
        ("NO [AUTHENTICATIONFAILED] too many", Problem::LoginRefused("too many".to_owned()), Retry::AfterPerson),
        ("NO [AUTHORIZATIONFAILED] no", Problem::LoginRefused("no".to_owned()), Retry::AfterPerson),
        ("NO [EXPIRED] temporary", Problem::LoginRefused("temporary".to_owned()), Retry::AfterPerson),
        ("NO [PRIVACYREQUIRED] no", Problem::LoginRefused("no".to_owned()), Retry::AfterPerson),
        ("NO [CONTACTADMIN] bandwidth", Problem::AccountOff("bandwidth".to_owned()), Retry::AfterPerson),
        (
            "NO [AUTHENTICATIONFAILED] Account disabled",
            Problem::AccountOff("Account disabled".to_owned()),
            Retry::AfterPerson,
        ),
        (
            "NO [ALERT] IMAP access is disabled",
            Problem::ImapOff("IMAP access is disabled".to_owned()),
            Retry::AfterPerson,
        ),
        (
            "BAD User is authenticated but not connected.",
            Problem::NotConnected("User is authenticated but not connected.".to_owned()),
            Retry::Later,
        ),
    ] {
        let script = vec![("LOGIN \"me@example.org\" \"hunter2\"".to_owned(), format!("{{tag}} {reply}\r\n"))];
        let (stream, _server) = Server::start_owned("* OK [CAPABILITY IMAP4rev1] hi\r\n", script);
        let error = Session::log_in(stream, &account(), &Secret::new("hunter2".to_owned())).await.unwrap_err();
        assert_eq!((error.retry(), error.problem), (retry, problem), "{reply}");
    }
}

#[tokio::test]
async fn a_server_that_turns_us_away_is_quoted() {
    let (error, _) = log_in("* BYE [LIMIT] Too many connections from your address\r\n!close", &[], "p").await;
    let error = error.unwrap_err();
    assert_eq!(
        error.advice(),
        "imap.example.org has too many connections open for you (“Too many connections from your address”); close \
         other mail programs"
    );
    assert_eq!(error.retry(), Retry::AfterPause);
}

#[tokio::test]
async fn the_password_is_in_no_error_even_if_the_server_echoes_it() {
    let greeting = "* OK [CAPABILITY IMAP4rev1] hi\r\n";
    let echo = "{tag} BAD [X hunter2] unknown command: LOGIN me hunter2\r\n";
    let (error, _) = log_in(greeting, &[("LOGIN \"me@example.org\" \"hunter2\"", echo)], "hunter2").await;
    let error = error.unwrap_err();
    let all = format!("{error} {error:?} {}", error.advice());
    assert!(!all.contains("hunter2") && all.contains("«secret»"), "{all}");
}

#[tokio::test]
async fn the_password_is_in_no_debug_output_of_a_session() {
    let greeting = "* OK [CAPABILITY IMAP4rev1] hi\r\n";
    let login = ("LOGIN \"me@example.org\" \"hunter2\"", "{tag} OK [CAPABILITY IMAP4rev1] in\r\n");
    let (session, _) = log_in(greeting, &[login], "hunter2").await;
    assert!(!format!("{:#?}", session.unwrap()).contains("hunter2"));
}

#[tokio::test]
async fn a_server_logged_in_already_gets_no_password() {
    let (error, heard) = log_in("* PREAUTH hi\r\n", &[], "p").await;
    assert_eq!(error.unwrap_err().problem, Problem::PreAuth);
    assert!(heard.is_empty());
}

pub(super) const ID: &str = concat!("ID (\"name\" \"Tamis\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\")");

async fn log_in(greeting: &str, script: &[Exchange], password: &str) -> (Result<Session, ConnectError>, Vec<String>) {
    let (stream, server) = Server::start(greeting, script);
    let session = Session::log_in(stream, &account(), &Secret::new(password.to_owned())).await;
    (session, server.heard())
}

pub(super) fn account() -> Account {
    let usual = Account::usual(Address::parse("me@example.org").unwrap(), "imap.example.org");
    Account { port: 143, security: Security::None, ..usual }
}
