//! What the issuer is asked, and what its answers mean, against a server of one answer.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use tamis_core::mail::Address;

use super::*;
use crate::secret::Secret;

fn oauth(port: u16) -> OAuth {
    OAuth {
        issuer: "Issuer".to_owned(),
        client_id: "tamis".to_owned(),
        authorize: "https://id.example/auth?tenant=a".to_owned(),
        token: format!("http://127.0.0.1:{port}/token"),
        device: Some(format!("http://127.0.0.1:{port}/device")),
        revoke: None,
        scopes: vec!["imap".to_owned(), "offline_access".to_owned()],
        redirect: "http://127.0.0.1/tamis".to_owned(),
        extra: vec![("prompt".to_owned(), "consent".to_owned())],
    }
}

fn account(port: u16) -> Account {
    let usual = Account::usual(Address::parse("me@example.org").unwrap(), "imap.example.org");
    Account { password: PasswordSource::OAuth(Box::new(oauth(port))), ..usual }
}

/// Answers one request, and returns what was asked.
fn answering(status: u16, body: &str) -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let serve = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut all = Vec::new();
        let mut part = [0; 4096];
        loop {
            let read = stream.read(&mut part).unwrap();
            all.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&all).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length =
                    head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if length.unwrap_or(0) <= body.len() {
                    stream.write_all(answer.as_bytes()).unwrap();
                    return text;
                }
            }
        }
    };
    let heard = thread::Builder::new().name("answering".to_owned()).spawn(serve).unwrap();
    (port, heard)
}

fn renew(status: u16, body: &str) -> (Result<Granted, TokenError>, String) {
    let (port, heard) = answering(status, body);
    let client = endpoint::Client { oauth: oauth(port), secret: Some(Secret::new("s&1".to_owned())), ca_file: None };
    let asked = client.ask(&client.oauth.token, &[("refresh_token", "r1")]);
    let outcome = asked.and_then(|said| match said {
        endpoint::Said::Yes(answer) => answer.granted("Issuer"),
        endpoint::Said::No(said) => Err(client.not_renewed(said)),
    });
    (outcome, heard.join().unwrap())
}

#[test]
fn what_is_granted_is_read_and_what_is_asked_is_a_form() {
    let body = r#"{"access_token":"a1","refresh_token":"r2","expires_in":"3600","token_type":"Bearer","x":[1]}"#;
    let (granted, heard) = renew(200, body);
    let granted = granted.unwrap();
    assert_eq!((granted.access.expose(), granted.expires_in), ("a1", 3600));
    assert_eq!(granted.refresh.as_ref().unwrap().expose(), "r2");
    assert!(heard.ends_with("client_id=tamis&client_secret=s%261&refresh_token=r1"), "{heard}");
    assert!(!format!("{granted:?}").contains("a1"));
}

#[test]
fn only_an_answer_of_the_issuer_that_says_so_is_the_end_of_a_sign_in() {
    let issuer = || "Issuer".to_owned();
    for (status, body, want) in [
        (400, r#"{"error":"invalid_grant","error_description":"r1"}"#, TokenError::Revoked { issuer: issuer() }),
        (
            401,
            r#"{"error":"invalid_client"}"#,
            TokenError::Client { issuer: issuer(), said: "invalid_client".to_owned() },
        ),
        (
            400,
            r#"{"error":"inva\nlid r1 <x>"}"#,
            TokenError::Refused { issuer: issuer(), said: "invalidr1<x>".to_owned() },
        ),
        (200, "{}", TokenError::NotUnderstood { issuer: issuer() }),
        (200, "<html>", TokenError::NotUnderstood { issuer: issuer() }),
        (302, "", TokenError::NotUnderstood { issuer: issuer() }),
        (200, r#"{"access_token":"a b"}"#, TokenError::NotUnderstood { issuer: issuer() }),
    ] {
        let (got, _) = renew(status, body);
        assert_eq!(got.unwrap_err(), want, "{body}");
    }
    for (status, body) in [
        (500, r#"{"error":"invalid_grant"}"#),
        (503, "down"),
        (429, r#"{"error":"slow_down"}"#),
        (400, r#"{"error":"temporarily_unavailable"}"#),
    ] {
        let (got, _) = renew(status, body);
        assert!(got.unwrap_err().passes_by_itself(), "{status}");
    }
    let long = format!("{{\"access_token\":\"{}\"}}", "x".repeat(100_000));
    assert!(renew(200, &long).0.unwrap_err().passes_by_itself(), "it is not read to its end");
}

#[test]
fn a_network_that_is_gone_ends_no_sign_in() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = endpoint::Client { oauth: oauth(port), secret: None, ca_file: None };
    let error = client.ask(&client.oauth.token, &[("refresh_token", "r1-secret")]).err().unwrap();
    assert!(error.passes_by_itself());
    assert!(!error.to_string().contains("r1-secret"), "{error}");
}

#[tokio::test]
async fn the_page_is_asked_for_a_code_with_a_proof() {
    let begun = SignIn::begin(&account(9), None, false).await.unwrap();
    let (address, query) = begun.url.split_once('?').unwrap();
    assert_eq!(address, "https://id.example/auth");
    let value = |name: &str| form::value(query, name).unwrap_or_default();
    assert_eq!((value("tenant").as_str(), value("prompt").as_str()), ("a", "consent"));
    assert_eq!((value("response_type").as_str(), value("code_challenge_method").as_str()), ("code", "S256"));
    assert_eq!((value("scope").as_str(), value("login_hint").as_str()), ("imap offline_access", "me@example.org"));
    assert!(value("redirect_uri").starts_with("http://127.0.0.1:") && value("redirect_uri").ends_with("/tamis"));
    assert_eq!((value("state").len(), value("code_challenge").len()), (43, 43));
    assert!(!format!("{begun:?}").contains(&format!("Secret({}", value("state"))), "{begun:?}");
}

#[tokio::test]
async fn a_code_is_shown_only_with_a_page_that_can_be_opened() {
    let page =
        r#"{"device_code":"d","user_code":"ABCD-EFGH","verification_uri":"https://id.example/device","interval":1}"#;
    let (port, _heard) = answering(200, page);
    let begun = SignIn::begin(&account(port), None, true).await.unwrap();
    assert_eq!((begun.url.as_str(), begun.code.as_str()), ("https://id.example/device", "ABCD-EFGH"));
    let (port, _heard) = answering(200, &page.replace("https://id.example/device", "file:///etc/passwd"));
    let error = SignIn::begin(&account(port), None, true).await.unwrap_err();
    assert!(matches!(error, TokenError::NotUnderstood { .. }), "{error:?}");
}
