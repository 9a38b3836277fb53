//! Servers that say odd things, nothing, or go away.

use std::sync::{Arc, Mutex};

use tamis_core::{UnixTime, mail::Address};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, duplex},
    time::Instant,
};

use super::*;
use crate::mailbox::Loss;

const RAW: &[u8] = b"Subject: one\r\n\r\nHello.\r\n";

const EIGHT_BIT: &[u8] = b"Subject: one\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n";

const GREETING: &str = "220 mail.example.org ESMTP\r\n";

/// To which line is said what. `!close` at the end closes the connection.
type Step = (&'static str, &'static str);

const HELLO: Step = ("EHLO [127.0.0.1]", "250-hi\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n");

/// `\0me\0secret`
const LOGIN: Step = ("AUTH PLAIN AG1lAHNlY3JldA==", "235 ok\r\n");

const SENDER: Step = ("MAIL FROM:<me@example.org>", "250 ok\r\n");

const RECIPIENT: Step = ("RCPT TO:<you@elsewhere.example>", "250 ok\r\n");

const DATA: Step = ("DATA", "354 go on\r\n");

const END: Step = (".", "250 2.0.0 queued\r\n");

#[tokio::test]
async fn a_message_is_taken_by_the_word_at_its_end() {
    let (sent, heard) = send(RAW, &[HELLO, LOGIN, SENDER, RECIPIENT, DATA, END]).await;
    assert_eq!(sent, Ok(()));
    let size: usize = heard.iter().skip_while(|line| *line != "DATA").skip(1).map(|line| line.len() + 2).sum();
    // Without the final dot.
    assert_eq!(heard[2], format!("MAIL FROM:<me@example.org> SIZE={}", size - 3));
}

#[tokio::test]
async fn no_for_good_and_not_now_are_told_apart_and_quoted() {
    for (script, want, outlook) in [
        (
            &[HELLO, LOGIN, ("MAIL", "550 5.7.1 not you\r\n")][..],
            "the server refused the sender: 550 5.7.1 not you",
            Outlook::Never,
        ),
        (
            &[HELLO, LOGIN, SENDER, ("RCPT", "550-5.1.1 nobody\r\n550 5.1.1 here\u{1b}[2J\r\n")],
            "the server refused the recipient: 550 5.1.1 nobody here[2J",
            Outlook::Never,
        ),
        (
            &[HELLO, LOGIN, SENDER, ("RCPT", "451 later\r\n")],
            "the server does not take the recipient at the moment: 451 later",
            Outlook::Later,
        ),
        (
            &[HELLO, LOGIN, SENDER, RECIPIENT, ("DATA", "452 full\r\n")],
            "the server does not take the message at the moment: 452 full",
            Outlook::Later,
        ),
        (
            &[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "554 I know the word secret\r\n")],
            "the server refused the message: 554 I know the word «secret»",
            Outlook::Never,
        ),
        (
            &[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "421 bye\r\n!close")],
            "the server does not take the message at the moment: 421 bye",
            Outlook::Later,
        ),
        (
            &[HELLO, LOGIN, ("MAIL", "530 5.7.0 log in first\r\n")],
            "cannot open a session with localhost:465: login refused: 5.7.0 log in first",
            Outlook::AfterPerson,
        ),
    ] {
        let error = send(RAW, script).await.0.unwrap_err();
        assert_eq!((error.to_string().as_str(), error.outlook()), (want, outlook));
    }
}

#[test]
fn long_words_are_cut() {
    let reply = Reply::new(550, &"ü".repeat(500));
    assert_eq!((reply.words.chars().count(), reply.code), (300, 550));
}

#[tokio::test]
async fn a_lost_connection_says_whether_the_message_may_have_been_sent() {
    let closed = io::ErrorKind::UnexpectedEof;
    let unreadable = io::ErrorKind::InvalidData;
    for (script, want) in [
        (&[HELLO, LOGIN, ("MAIL", "!close")][..], SubmitError::Lost(closed)),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, ("DATA", "!close")], SubmitError::Lost(closed)),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, ("DATA", "250 what?\r\n")], SubmitError::Lost(unreadable)),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "!close")], SubmitError::MaybeSent(closed)),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "250 2.0.0 qu!close")], SubmitError::MaybeSent(closed)),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "whatever\r\n")], SubmitError::MaybeSent(unreadable)),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "354 go on\r\n")], SubmitError::MaybeSent(unreadable)),
    ] {
        assert_eq!(send(RAW, script).await.0, Err(want), "{:?}", script.last());
    }
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_the_message_has_not_sent_it() {
    let script: &[Step] = &[HELLO, LOGIN, SENDER, RECIPIENT, DATA, ("line 20", "!close")];
    let body: Vec<String> = (0..20_000).map(|number| format!("line {number}\r\n")).collect();
    let script: Vec<_> = script.iter().map(|(line, reply)| (*line, reply.replace("1000", "1000000"))).collect();
    let sent = send_owned(format!("A: b\r\n\r\n{}", body.concat()).as_bytes(), script).await.0;
    assert!(matches!(sent, Err(SubmitError::Lost(_))), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn silence_has_an_end() {
    let quiet: &[(&[Step], Outlook)] = &[
        (&[HELLO, LOGIN, ("MAIL", "")], Outlook::Later),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, ("DATA", "")], Outlook::Later),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "")], Outlook::MaybeSent),
        (&[HELLO, LOGIN, SENDER, RECIPIENT, DATA, (".", "250-slow\r\n")], Outlook::MaybeSent),
    ];
    for (script, outlook) in quiet {
        let begin = Instant::now();
        let error = send(RAW, script).await.0.unwrap_err();
        assert_eq!(error.outlook(), *outlook, "{error}");
        assert_eq!(begin.elapsed().as_secs(), 120, "{error}");
    }
    let (client, _server) = duplex(1 << 16);
    let begin = Instant::now();
    assert_eq!(Talk::over(Box::new(client), PATIENCE).greeting().await, Err(Problem::Silent));
    assert_eq!(begin.elapsed().as_secs(), 120);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_dribbles_does_not_get_more_time() {
    let (client, mut server) = duplex(1 << 16);
    let dribble = tokio::spawn(async move {
        while server.write_all(b"220-x\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(50)).await;
        }
    });
    let begin = Instant::now();
    assert_eq!(Talk::over(Box::new(client), PATIENCE).greeting().await, Err(Problem::Silent));
    assert_eq!(begin.elapsed().as_secs(), 120);
    dribble.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_reading_is_left() {
    let (client, server) = duplex(256);
    let script: &[Step] = &[("EHLO", "250 hi\r\n"), SENDER, RECIPIENT, DATA, ("Resent-From: me@example.org", "!stop")];
    let server = tokio::spawn(play(server, script.iter().map(|(line, reply)| (*line, (*reply).to_owned())).collect()));
    let mut talk = Talk::over(Box::new(client), PATIENCE);
    talk.greeting().await.unwrap();
    talk.hello().await.unwrap();
    let raw = [RAW, &vec![b'x'; 1000]].concat();
    let begin = Instant::now();
    let sent = talk.hand_over(&letter(&raw).seal(&account().address).unwrap()).await;
    assert_eq!(sent, Err(SubmitError::Lost(io::ErrorKind::TimedOut)));
    assert_eq!(begin.elapsed().as_secs(), 120);
    server.abort();
}

#[tokio::test]
async fn a_server_that_talks_without_end_is_left() {
    let (client, mut server) = duplex(1 << 16);
    let flood = tokio::spawn(async move { while server.write_all(b"220\r\r\r\r\r\r\r\r\r\r\r\r\r").await.is_ok() {} });
    let problem = Talk::over(Box::new(client), PATIENCE).greeting().await.unwrap_err();
    assert!(matches!(problem, Problem::Lost(Loss::Unreadable(_))), "{problem:?}");
    flood.await.unwrap();
}

#[tokio::test]
async fn what_the_server_cannot_take_is_not_sent_to_it() {
    let bare = ("EHLO", "250-hi\r\n250 AUTH PLAIN\r\n");
    let small = ("EHLO", "250-hi\r\n250-SIZE 100\r\n250 AUTH PLAIN\r\n");
    let (sent, heard) = send(EIGHT_BIT, &[bare, LOGIN]).await;
    assert_eq!((sent, heard.len()), (Err(SubmitError::NeedsEightBit), 2));
    let (sent, heard) = send(RAW, &[small, LOGIN]).await;
    assert!(matches!(sent, Err(SubmitError::TooLarge { limit: 100, .. })), "{sent:?}");
    assert_eq!(heard.len(), 2);

    let (sent, heard) = send(EIGHT_BIT, &[HELLO, LOGIN, SENDER, RECIPIENT, DATA, END]).await;
    assert_eq!(sent, Ok(()));
    assert!(heard[2].ends_with(" BODY=8BITMIME"), "{heard:?}");
}

#[tokio::test]
async fn addresses_with_letters_need_a_server_that_knows_them() {
    let to = Address::parse("jürgen@example.org").unwrap();
    let sealed = Letter { to: &to, ..letter(RAW) }.seal(&account().address).unwrap();
    for (offers, want) in [
        ("250-hi\r\n250 8BITMIME\r\n", Err(SubmitError::NeedsUtf8("jürgen@example.org".to_owned()))),
        ("250-hi\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n", Ok(())),
    ] {
        let (client, server) = duplex(1 << 16);
        let script = [("EHLO", offers), SENDER, ("RCPT TO:<jürgen@example.org>", "250 ok\r\n"), DATA, END];
        let server = tokio::spawn(play(server, script.map(|(line, reply)| (line, reply.to_owned())).to_vec()));
        let mut talk = Talk::over(Box::new(client), PATIENCE);
        talk.greeting().await.unwrap();
        talk.hello().await.unwrap();
        assert_eq!(talk.hand_over(&sealed).await, want);
        drop(talk);
        let heard = server.await.unwrap();
        if want.is_ok() {
            assert!(heard[1].ends_with(" BODY=8BITMIME SMTPUTF8"), "{heard:?}");
        }
    }
}

#[tokio::test]
async fn the_login_takes_what_is_offered_and_goes_through_with_it() {
    let only_login = ("EHLO", "250-hi\r\n250 AUTH CRAM-MD5 GSSAPI LOGIN\r\n");
    let steps = [("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"), ("bWU=", "334 UGFzc3dvcmQ6\r\n"), ("c2VjcmV0", "235 ok\r\n")];
    let [first, second, third] = steps;
    assert_eq!(login(&[only_login, first, second, third]).await.0, Ok(()));

    for (script, want) in [
        (&[HELLO, ("AUTH", "535 5.7.8 no secret\r\n")][..], Problem::LoginRefused("535 5.7.8 no «secret»".to_owned())),
        (
            &[HELLO, ("AUTH", "454 busy\r\n"), ("AUTH LOGIN", "454 busy\r\n")],
            Problem::Unavailable("454 busy".to_owned()),
        ),
        (&[("EHLO", "250-hi\r\n250 AUTH CRAM-MD5\r\n")], Problem::LoginDisabled),
        (&[("EHLO", "250 hi\r\n")], Problem::LoginDisabled),
        (&[("EHLO", "554 go away\r\n")], Problem::TurnedAway("554 go away".to_owned())),
    ] {
        let (got, heard) = login(script).await;
        assert_eq!(got, Err(want));
        assert_eq!(heard.len(), script.len(), "{heard:?}");
    }
}

#[tokio::test]
async fn a_token_of_a_sign_in_is_sent_as_a_token_and_never_as_a_password() {
    let oauth = tamis_core::config::OAuth {
        issuer: "Issuer".to_owned(),
        client_id: "tamis".to_owned(),
        authorize: String::new(),
        token: String::new(),
        device: None,
        revoke: None,
        scopes: Vec::new(),
        redirect: String::new(),
        extra: Vec::new(),
    };
    let smtp = Smtp { password: PasswordSource::OAuth(Box::new(oauth)), ..smtp() };
    // user=me^Aauth=Bearer secret^A^A, for the user `me`.
    let sent = "AUTH XOAUTH2 dXNlcj1tZQFhdXRoPUJlYXJlciBzZWNyZXQBAQ==";
    for (offers, steps, want) in [
        ("PLAIN XOAUTH2", vec![(sent, "235 ok\r\n".to_owned())], Ok(())),
        (
            "PLAIN LOGIN",
            Vec::new(),
            Err(Problem::NotOffered { wanted: tamis_core::config::Auth::XOAuth2, offers: Vec::new() }),
        ),
    ] {
        let (client, server) = duplex(1 << 16);
        let hello = vec![("EHLO", format!("250-hi\r\n250 AUTH {offers}\r\n"))];
        let server = tokio::spawn(play(server, [hello, steps].concat()));
        let mut talk = Talk::over(Box::new(client), PATIENCE);
        talk.greeting().await.unwrap();
        talk.hello().await.unwrap();
        assert_eq!(log_in(&mut talk, &smtp, &secret()).await, want);
        drop(talk);
        server.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_on_this_machine_may_do_without_a_login() {
    let (client, server) = duplex(1 << 16);
    let server = tokio::spawn(play(server, vec![("EHLO", "250 hi\r\n".to_owned())]));
    let mut talk = Talk::over(Box::new(client), PATIENCE);
    talk.greeting().await.unwrap();
    talk.hello().await.unwrap();
    assert_eq!(log_in(&mut talk, &Smtp { security: Security::None, ..smtp() }, &secret()).await, Ok(()));
    drop(talk);
    assert_eq!(server.await.unwrap(), ["EHLO [127.0.0.1]"]);
}

#[tokio::test]
async fn starttls_must_succeed_and_nothing_may_come_before_it() {
    let offered = ("EHLO", "250-hi\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n");
    for (script, want) in [
        (&[HELLO][..], Problem::NoStartTls("it is not offered".to_owned())),
        (&[offered, ("STARTTLS", "454 not now\r\n")], Problem::NoStartTls("454 not now".to_owned())),
        (&[offered, ("STARTTLS", "220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n")], Problem::Injected),
        (&[offered, ("STARTTLS", "220 go\r\n2")], Problem::Injected),
        (&[offered, ("STARTTLS", "220 !close")], Problem::Lost(Loss::Closed)),
    ] {
        let (client, server) = duplex(1 << 16);
        let owned = script.iter().map(|(line, reply)| (*line, (*reply).to_owned())).collect();
        let server = tokio::spawn(play(server, owned));
        assert_eq!(start_tls(Box::new(client)).await.unwrap_err(), want);
        assert_eq!(server.await.unwrap().len(), script.len(), "and no password");
    }
}

#[tokio::test]
async fn what_goes_round_is_refused_before_anything_is_opened() {
    let back = letter(RAW).seal(&account().address).unwrap().content;
    // Nothing listens at that port: it is not even tried.
    let nowhere = Smtp { port: 1, ..smtp() };
    let sent = forward(&account(), &nowhere, &secret(), &TlsSettings::new(), &letter(&back)).await;
    assert_eq!(sent.unwrap_err().outlook(), Outlook::Never);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_later() {
    let nowhere = Smtp { port: 1, host: "127.0.0.1".to_owned(), ..smtp() };
    let error = forward(&account(), &nowhere, &secret(), &TlsSettings::new(), &letter(RAW)).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open a session with 127.0.0.1:1: connection refused");
    assert_eq!(error.outlook(), Outlook::Later);
}

/// All after the connection: greeting, login, message. Returns what the server heard as well.
async fn send(raw: &[u8], script: &[Step]) -> (Result<(), SubmitError>, Vec<String>) {
    send_owned(raw, script.iter().map(|(line, reply)| (*line, (*reply).to_owned())).collect()).await
}

async fn send_owned(raw: &[u8], script: Vec<(&'static str, String)>) -> (Result<(), SubmitError>, Vec<String>) {
    let (client, server) = duplex(1 << 16);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let server = tokio::spawn(play_into(server, script, Arc::clone(&heard)));
    let mut talk = Talk::over(Box::new(client), PATIENCE);
    talk.greeting().await.unwrap();
    talk.hello().await.unwrap();
    log_in(&mut talk, &smtp(), &secret()).await.unwrap();
    let sealed = letter(raw).seal(&account().address).unwrap();
    let sent = hand_over(&mut talk, &smtp(), &secret(), &sealed).await;
    drop(talk);
    server.await.unwrap();
    let heard = heard.lock().unwrap().clone();
    (sent, heard)
}

async fn login(script: &[Step]) -> (Result<(), Problem>, Vec<String>) {
    let (client, server) = duplex(1 << 16);
    let owned = script.iter().map(|(line, reply)| (*line, (*reply).to_owned())).collect();
    let server = tokio::spawn(play(server, owned));
    let mut talk = Talk::over(Box::new(client), PATIENCE);
    talk.greeting().await.unwrap();
    let outcome = match talk.hello().await {
        Ok(()) => log_in(&mut talk, &smtp(), &secret()).await,
        Err(problem) => Err(problem),
    };
    drop(talk);
    (outcome, server.await.unwrap())
}

async fn play(stream: DuplexStream, script: Vec<(&'static str, String)>) -> Vec<String> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    play_into(stream, script, Arc::clone(&heard)).await;
    let heard = heard.lock().unwrap();
    heard.clone()
}

/// Greets, then for each step hears lines until one begins as it says, and answers. Between DATA and the dot that may be
/// any number, else it must be the next.
async fn play_into(stream: DuplexStream, script: Vec<(&'static str, String)>, heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    stream.write_all(GREETING.as_bytes()).await.unwrap();
    let mut is_content = false;
    for (want, reply) in script {
        loop {
            let mut line = String::new();
            // The client may have gone before: what it came to is what the test looks at.
            if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
                return;
            }
            let line = line.strip_suffix("\r\n").unwrap().to_owned();
            heard.lock().unwrap().push(line.clone());
            let is_wanted = if want == "." { line == want } else { line.starts_with(want) };
            if is_wanted {
                break;
            }
            assert!(is_content, "the client sent {line:?} and not {want:?}");
        }
        is_content = want == "DATA";
        if reply == "!stop" {
            std::future::pending::<()>().await;
        }
        let (reply, is_last) = reply.strip_suffix("!close").map_or((&*reply, false), |reply| (reply, true));
        if stream.write_all(reply.as_bytes()).await.is_err() || is_last {
            return;
        }
    }
    let mut rest = String::new();
    while stream.read_line(&mut rest).await.is_ok_and(|length| 0 < length) {
        heard.lock().unwrap().push(std::mem::take(&mut rest).trim_end().to_owned());
    }
}

fn letter(raw: &[u8]) -> Letter<'_> {
    static YOU: std::sync::LazyLock<Address> =
        std::sync::LazyLock::new(|| Address::parse("you@elsewhere.example").unwrap());
    Letter { raw, to: &YOU, at: UnixTime(1_784_249_065) }
}

fn secret() -> Secret {
    Secret::new("secret".to_owned())
}

fn smtp() -> Smtp {
    Smtp {
        host: "localhost".to_owned(),
        port: 465,
        security: Security::Tls,
        user: "me".to_owned(),
        password: PasswordSource::Keyring,
        ca_file: None,
    }
}

fn account() -> Account {
    let usual = Account::usual(Address::parse("me@example.org").unwrap(), "localhost");
    Account { forward_to: Address::parse("you@elsewhere.example"), smtp: Some(smtp()), ..usual }
}
