//! Every way into a real server on this machine, with the right secret and a wrong one; and compression.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    fmt::Write as _,
    future::pending,
    path::Path,
    time::{Duration, Instant},
};

use tamis_agent::{
    mailbox::{ConnectError, FolderName, Idled, Mode, Moved, OneMail, Problem, Retry, Session},
    secret::Secret,
    tls::{TlsError, TlsSettings},
};
use tamis_core::{
    config::{Account, Auth, ClientCertificate, PasswordSource, Security},
    mail::Address,
};
use tokio::sync::Notify;
use xtask::{
    cyrus::Cyrus,
    dovecot::{Dovecot, Options},
    server::Server,
};

const ALL: &str = "auth_mechanisms = plain login scram-sha-256 xoauth2 oauthbearer\n";

const COMPRESSING: &str = "mail_plugins = zlib\nprotocol imap {\n  mail_plugins = zlib imap_zlib\n}\n";

/// Clients are who their certificate says, and need no password.
const BY_CERTIFICATE: &str = "auth_mechanisms = external plain\nssl_ca = <@root@/tls/ca.pem\nssl_require_crl = no\n\
                              ssl_verify_client_cert = yes\nauth_ssl_username_from_cert = yes\n\
                              passdb {\n  driver = static\n  args = nopassword=y\n}\n";

const DATE: &str = "\"17-Jul-2026 02:44:25 +0200\"";

#[tokio::test]
async fn every_way_opens_the_door_with_the_right_secret_and_no_other() {
    let server = start(ALL);
    for (auth, step) in [
        (Auth::Plain, "Logged in as robin"),
        (Auth::Login, "Logged in as robin"),
        (Auth::ScramSha256, "Logged in as robin by SCRAM-SHA-256"),
        (Auth::Auto, "Logged in as robin by SCRAM-SHA-256"),
        (Auth::XOAuth2, "Logged in as robin by XOAUTH2"),
        (Auth::OAuthBearer, "Logged in as robin by OAUTHBEARER"),
    ] {
        for security in [Security::Tls, Security::StartTls] {
            let account = Account { auth, ..account(&server, security) };
            let session = connect(&account, "secret").await.unwrap_or_else(|error| panic!("{auth:?}: {error}"));
            assert_eq!(session.steps().get(1).unwrap(), step);
            assert!(session.can("MOVE"));
            session.logout().await;
        }
        let error = connect(&Account { auth, ..account(&server, Security::Tls) }, "hunter2").await.unwrap_err();
        let is_refused = if auth.takes_token() {
            matches!(error.problem, Problem::TokenRefused(_))
        } else {
            matches!(error.problem, Problem::LoginRefused(_))
        };
        assert!(is_refused && error.is_login_refused(), "{auth:?}: {error:?}");
        let all = format!("{error} {error:?} {}", error.advice());
        assert!(!all.contains("hunter2") && !all.contains("aHVudGVyMg"), "{all}");
    }
}

#[tokio::test]
async fn scram_takes_passwords_of_every_sort() {
    let server = start(ALL);
    let doors = [("umlaut", "pässwörd€"), ("quote", "a\"b c"), ("odd", "{5}~*%(),=")];
    for (user, password) in doors {
        server.add_user(user, password).unwrap();
    }
    for (user, password) in doors {
        let account = Account { auth: Auth::ScramSha256, user: user.to_owned(), ..account(&server, Security::Tls) };
        let session = connect(&account, password).await.unwrap_or_else(|error| panic!("{user}: {error}"));
        session.logout().await;
    }
}

#[tokio::test]
async fn a_password_that_the_server_keeps_as_a_hash_goes_in_without_scram() {
    let server = start(ALL);
    // Of `secret`.
    server.add_user_as("merlin", "{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=").unwrap();
    let merlin = Account { user: "merlin".to_owned(), ..account(&server, Security::Tls) };
    let session = connect(&merlin, "secret").await.unwrap();
    assert_eq!(session.steps().get(1).unwrap(), "Logged in as merlin");
    session.logout().await;
    let error = connect(&merlin, "hunter2").await.unwrap_err();
    assert!(matches!(error.problem, Problem::LoginRefused(_)), "{error:?}");
    let only = Account { auth: Auth::ScramSha256, ..merlin };
    assert!(connect(&only, "secret").await.unwrap_err().is_login_refused());
}

#[tokio::test]
async fn what_the_server_does_not_offer_is_told() {
    let server = start("");
    for auth in [Auth::ScramSha256, Auth::XOAuth2, Auth::OAuthBearer] {
        let error = connect(&Account { auth, ..account(&server, Security::Tls) }, "secret").await.unwrap_err();
        assert_eq!(
            (error.retry(), &error.problem),
            (Retry::AfterPerson, &Problem::NotOffered { wanted: auth, offers: vec![Auth::Plain, Auth::Login] })
        );
        assert!(error.advice().ends_with("only by \"plain\" and \"login\": change `auth`"), "{}", error.advice());
    }
}

#[tokio::test]
async fn a_client_certificate_is_enough() {
    let server = start(BY_CERTIFICATE);
    for security in [Security::Tls, Security::StartTls] {
        let session = connect(&certified(&server, &server, "robin", security), "").await.unwrap();
        assert_eq!(session.steps().get(1).unwrap(), "Logged in as robin by EXTERNAL");
        session.logout().await;
    }
    // With a password besides, as some servers want it.
    let both = Account { auth: Auth::Plain, ..certified(&server, &server, "robin", Security::Tls) };
    connect(&both, "secret").await.unwrap().logout().await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_or_person_opens_nothing() {
    let (server, stranger) = (start(BY_CERTIFICATE), start(""));
    let foreign = certified(&server, &stranger, "robin", Security::Tls);
    let error = connect(&foreign, "").await.unwrap_err();
    assert!(
        matches!(error.problem, Problem::CertificateRefused(_) | Problem::Tls(TlsError::ClientRefused(_))),
        "{error:?}"
    );
    assert_eq!(error.retry(), Retry::AfterPerson);
    assert!(error.advice().contains("your client certificate"), "{}", error.advice());

    let other = Account { user: "robin".to_owned(), ..certified(&server, &server, "marian", Security::Tls) };
    let error = connect(&other, "").await.unwrap_err();
    assert!(matches!(error.problem, Problem::CertificateRefused(_)), "{error:?}");
}

#[tokio::test]
async fn a_certificate_that_is_no_use_is_told_by_its_file() {
    let server = start(BY_CERTIFICATE);
    let good = certified(&server, &server, "robin", Security::Tls);
    let other = certified(&server, &server, "marian", Security::Tls).client_certificate.unwrap();
    let ClientCertificate { cert, key } = good.client_certificate.clone().unwrap();
    let open = cert.with_file_name("open.key");
    std::fs::copy(&key, &open).unwrap();
    close(&open, 0o644);
    for (cert, key, words) in [
        (cert.clone(), other.key, "marian.key of your client certificate for localhost does not belong to"),
        (
            cert.with_file_name("none.pem"),
            key.clone(),
            "none.pem of your client certificate for localhost cannot be read",
        ),
        (cert.clone(), cert.with_file_name("none.key"), "none.key of your client certificate for localhost cannot be"),
        (key.clone(), key.clone(), "holds no certificate in PEM form"),
        (cert.clone(), open, "can be read by others; close it with: chmod 600"),
    ] {
        let account = Account { client_certificate: Some(ClientCertificate { cert, key }), ..good.clone() };
        let error = connect(&account, "").await.unwrap_err();
        assert!(error.advice().contains(words), "{}", error.advice());
        assert_eq!(error.retry(), Retry::AfterPerson);
    }
    close(&cert, 0o600);
    let account = Account { client_certificate: Some(ClientCertificate { cert: cert.clone(), key: cert }), ..good };
    let error = connect(&account, "").await.unwrap_err();
    assert!(error.advice().contains("holds no private key in PEM form"), "{}", error.advice());
}

#[tokio::test]
async fn everything_works_through_the_compression_of_dovecot() {
    works_through_compression(&start(COMPRESSING)).await;
}

#[tokio::test]
async fn everything_works_through_the_compression_of_cyrus() {
    let server = Cyrus::start(Options::default()).unwrap();
    server.add_user("robin", "secret").unwrap();
    works_through_compression(&server).await;
}

async fn works_through_compression(server: &Server) {
    let account = account(server, Security::Tls);
    let mut session = connect(&account, "secret").await.unwrap();
    assert_eq!(session.steps().last().unwrap(), "Compression is on");

    let mut eyes = server.imap("robin", "secret").unwrap();
    let mut text = String::from("Message-ID: <1@example.org>\r\nSubject: long\r\n\r\n");
    for n in 0..40_000_u32 {
        write!(text, "{n} {:x}\r\n", n.wrapping_mul(2_654_435_761)).unwrap();
    }
    eyes.append("INBOX", "()", DATE, text.as_bytes()).unwrap();
    assert_eq!(session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap().exists, 1);
    let read = session.message(1, 4 << 20).await.unwrap();
    assert!(matches!(read, OneMail::Mail(mail) if mail.raw == text.as_bytes()), "it came through changed");

    let soon = Duration::from_millis(50);
    assert_eq!(session.idle(pending(), soon).await, Ok(Idled::Quiet));
    assert_eq!(session.idle(tokio::time::sleep(soon), Duration::from_mins(1)).await, Ok(Idled::Woken));
    let deliver = async {
        server.deliver("robin", "a@example.org", b"Subject: two\r\n\r\nHello.\r\n").unwrap();
        pending::<()>().await;
    };
    assert_eq!(session.idle(deliver, Duration::from_mins(1)).await, Ok(Idled::News));
    let moved = session.move_message(1, &FolderName::from_wire("Junk")).await.unwrap();
    assert!(matches!(moved, Moved::To { uid: 1, .. }), "{moved:?}");
    assert_eq!(session.dropped(), 0);
    session.logout().await;

    let plain = connect(&Account { compresses: false, ..account }, "secret").await.unwrap();
    assert_eq!(plain.steps().last().unwrap(), "Logged in as robin");
    plain.logout().await;
}

#[tokio::test]
async fn a_session_that_ends_while_it_waits_for_news_takes_leave() {
    let server = start(COMPRESSING);
    let mut session = connect(&account(&server, Security::Tls), "secret").await.unwrap();
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let waits = Notify::new();
    let wake = async {
        waits.notify_one();
        pending::<()>().await;
    };
    tokio::select! {
        idled = session.idle(wake, Duration::from_mins(1)) => assert_eq!(idled, Ok(Idled::Quiet), "cannot be"),
        () = waits.notified() => {}
    }
    assert!(!session.is_usable());
    session.logout().await;
    // It writes that down after it has answered.
    let deadline = Instant::now() + Duration::from_secs(10);
    while !server.log().contains("Logged out") {
        assert!(Instant::now() < deadline, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn start(extra: &str) -> Server {
    let server = Dovecot::start(Options { extra: extra.to_owned(), ..Options::default() }).unwrap();
    server.add_user("robin", "secret").unwrap();
    server
}

async fn connect(account: &Account, secret: &str) -> Result<Session, ConnectError> {
    Session::connect(account, &Secret::new(secret.to_owned()), &TlsSettings::new()).await
}

/// An account at `server` that logs in by a certificate of `authority`.
fn certified(server: &Server, authority: &Server, name: &str, security: Security) -> Account {
    let (cert, key) = authority.client_certificate(name).unwrap();
    close(&key, 0o600);
    Account {
        auth: Auth::External,
        password: PasswordSource::NotNeeded,
        client_certificate: Some(ClientCertificate { cert, key }),
        ..account(server, security)
    }
}

fn close(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn account(server: &Server, security: Security) -> Account {
    let usual = Account::usual(Address::parse("robin@example.org").unwrap(), "localhost");
    Account {
        name: "test".to_owned(),
        port: if security == Security::Tls { server.tls_port } else { server.port },
        security,
        user: "robin".to_owned(),
        ca_file: Some(server.ca_file()),
        ..usual
    }
}
