//! Handing messages in at a real submission server on this machine.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write as _;

use tamis_agent::{
    mailbox::Problem,
    secret::Secret,
    submit::{Letter, Outlook, SubmitError, forward},
    tls::{TlsError, TlsSettings},
};
use tamis_core::{
    UnixTime,
    config::{Account, PasswordSource, Security, Smtp},
    mail::Address,
};
use xtask::smtp::{Accepted, SmtpServer};

const RAW: &[u8] = b"From: a@example.org\r\nSubject: one\r\n\r\nHello.\r\n";

#[tokio::test]
async fn a_message_arrives_by_tls_by_starttls_and_in_plain_text_on_this_machine() {
    let server = SmtpServer::start().unwrap();
    for security in [Security::Tls, Security::StartTls, Security::None] {
        let sent = send(&smtp(&server, security), "secret", RAW, "you").await;
        assert_eq!(sent, Ok(()), "{security:?} {}", server.log());
    }
    let accepted = server.accepted().unwrap();
    assert_eq!(accepted.len(), 3);
    for got in accepted {
        assert_eq!((got.from.as_str(), got.to.as_str()), ("robin@example.org", "you@elsewhere.example"));
        assert_eq!(got.options, [format!("SIZE={}", got.content.len())], "the size is told, and right");
        let text = String::from_utf8(got.content).unwrap();
        let top = "Resent-From: robin@example.org\r\nResent-To: you@elsewhere.example\r\nResent-Date: Fri, 17 Jul 2026 \
                   00:44:25 +0000\r\nResent-Message-ID: <";
        assert!(text.starts_with(top), "{text}");
        assert!(text.ends_with(&format!(".tamis@example.org>\r\n{}", String::from_utf8_lossy(RAW))), "{text}");
    }
}

#[tokio::test]
async fn the_message_arrives_byte_for_byte() {
    let server = SmtpServer::start().unwrap();
    let mut big = String::from("Subject: big\r\n\r\n");
    for number in 0..300_000 {
        write!(big, ".line {number} ............................................................\r\n").unwrap();
    }
    assert!(20 << 20 < big.len());
    let bodies: &[&[u8]] = &[
        b"A: b\r\n\r\n.\r\n..\r\n.x\r\n\r\n.\r\n",
        b"A: b\r\n\r\n.\r\nMAIL FROM:<x@example.org>\r\n",
        b"A: b\r\n\r\n\r\n\r\n",
        b"A: b\r\n",
        "Subject: Gr\u{fc}\u{df}e\r\n\r\n\u{2014}\r\n".as_bytes(),
        b"Subject: \xff\xfe\r\n\r\n\x00\x01\x80\r\n",
        big.as_bytes(),
    ];
    for security in [Security::Tls, Security::None] {
        for body in bodies {
            let sent = send(&smtp(&server, security), "secret", body, "you").await;
            assert_eq!(sent, Ok(()), "{}", server.log());
        }
    }
    let accepted = server.accepted().unwrap();
    assert_eq!(accepted.len(), 2 * bodies.len());
    for (got, want) in accepted.iter().zip(bodies.iter().chain(bodies)) {
        assert!(below_the_top(got) == *want, "{} bytes became {}", want.len(), below_the_top(got).len());
        assert_eq!(got.options.contains(&"BODY=8BITMIME".to_owned()), !want.is_ascii());
    }
}

#[tokio::test]
async fn the_same_message_has_the_same_id_each_time_and_does_not_go_round() {
    let server = SmtpServer::start().unwrap();
    let smtp = smtp(&server, Security::Tls);
    for _ in 0..2 {
        assert_eq!(send(&smtp, "secret", RAW, "you").await, Ok(()));
    }
    let accepted = server.accepted().unwrap();
    assert_eq!(accepted.len(), 2);
    let (first, second) = (accepted.first().unwrap(), accepted.last().unwrap());
    assert_eq!(first.content, second.content);
    let back = send(&smtp, "secret", &first.content, "you").await.unwrap_err();
    assert!(matches!(back, SubmitError::GoesRound(_)), "{back}");
    assert_eq!(server.accepted().unwrap().len(), 2);
}

#[tokio::test]
async fn no_for_good_not_now_and_not_known_are_told_apart() {
    let server = SmtpServer::start().unwrap();
    for security in [Security::Tls, Security::StartTls, Security::None] {
        for (to, outlook, words) in [
            ("nobody", Outlook::Never, "the server refused the recipient: 550 5.1.1 There is no nobody here"),
            ("busy", Outlook::Later, "the server does not take the recipient at the moment: 451 4.3.0 Come back later"),
            ("refused", Outlook::Never, "the server refused the message: 554 5.7.1 We do not want that"),
            (
                "full",
                Outlook::Later,
                "the server does not take the message at the moment: 452 4.2.2 The mailbox is full",
            ),
            ("cut", Outlook::Later, "the connection broke before the message was handed over: "),
            ("silent", Outlook::MaybeSent, "the connection broke after the message was handed over, so it may have "),
        ] {
            let error = send(&smtp(&server, security), "secret", RAW, to).await.unwrap_err();
            assert_eq!(error.outlook(), outlook, "{error}");
            assert!(error.to_string().starts_with(words), "{error}");
        }
    }
    let accepted = server.accepted().unwrap();
    assert!(accepted.iter().all(|got| got.to == "silent@elsewhere.example"));
    assert_eq!(accepted.len(), 3, "and it was sent indeed");
}

#[tokio::test]
async fn a_message_that_is_too_big_is_not_even_begun() {
    let server = SmtpServer::start().unwrap();
    let raw = [RAW, &vec![b'x'; 33 << 20]].concat();
    let error = send(&smtp(&server, Security::None), "secret", &raw, "you").await.unwrap_err();
    assert!(matches!(error, SubmitError::TooLarge { limit: 0x200_0000, .. }), "{error}");
    assert_eq!(error.outlook(), Outlook::Never);
}

#[tokio::test]
async fn the_wrong_password_is_for_the_person_to_put_right() {
    let server = SmtpServer::start().unwrap();
    for security in [Security::Tls, Security::StartTls, Security::None] {
        let error = send(&smtp(&server, security), "hunter2", RAW, "you").await.unwrap_err();
        assert_eq!(error.outlook(), Outlook::AfterPerson, "{error}");
        assert!(matches!(problem(&error), Some(Problem::LoginRefused(_))), "{error}");
        assert!(!error.to_string().contains("hunter2"));
    }
    assert_eq!(server.accepted().unwrap(), []);
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_is_not_trusted() {
    let server = SmtpServer::start().unwrap();
    for security in [Security::Tls, Security::StartTls] {
        let stranger = Smtp { ca_file: None, ..smtp(&server, security) };
        let error = send(&stranger, "secret", RAW, "you").await.unwrap_err();
        assert_eq!(problem(&error), Some(&Problem::Tls(TlsError::Untrusted)));
        assert_eq!(error.outlook(), Outlook::AfterPerson);
    }
    let not_offered = Smtp { security: Security::StartTls, port: server.port, ..smtp(&server, Security::None) };
    let error = send(&not_offered, "secret", RAW, "you").await.unwrap_err();
    assert!(matches!(problem(&error), Some(Problem::NoStartTls(_))), "{error}");
    let not_tls = Smtp { security: Security::Tls, ..not_offered };
    let error = send(&not_tls, "secret", RAW, "you").await.unwrap_err();
    assert_eq!(problem(&error), Some(&Problem::Tls(TlsError::NotTls)));
    assert_eq!(server.accepted().unwrap(), []);
}

fn problem(error: &SubmitError) -> Option<&Problem> {
    if let SubmitError::Connect(error) = error { Some(&error.problem) } else { None }
}

/// What arrived, without the lines that were put on top.
fn below_the_top(accepted: &Accepted) -> &[u8] {
    let end = b".tamis@example.org>\r\n";
    let at = accepted.content.windows(end.len()).position(|part| part == end).unwrap();
    accepted.content.split_at(at + end.len()).1
}

async fn send(smtp: &Smtp, password: &str, raw: &[u8], to: &str) -> Result<(), SubmitError> {
    let to = Address::parse(&format!("{to}@elsewhere.example")).unwrap();
    let letter = Letter { raw, to: &to, at: UnixTime(1_784_249_065) };
    forward(&account(smtp), smtp, &Secret::new(password.to_owned()), &TlsSettings::new(), &letter).await
}

fn smtp(server: &SmtpServer, security: Security) -> Smtp {
    Smtp {
        host: "localhost".to_owned(),
        port: match security {
            Security::Tls => server.tls_port,
            Security::StartTls => server.starttls_port,
            Security::None => server.port,
        },
        security,
        user: "robin".to_owned(),
        password: PasswordSource::Keyring,
        ca_file: Some(server.ca_file()),
    }
}

fn account(smtp: &Smtp) -> Account {
    let usual = Account::usual(Address::parse("robin@example.org").unwrap(), "localhost");
    Account { smtp: Some(smtp.clone()), ..usual }
}
