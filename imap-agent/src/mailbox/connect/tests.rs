//! Connections to servers of every sort on this machine, with certificates of every sort.

use std::{path::PathBuf, sync::Arc};

use rustls::{
    RootCertStore,
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tamis_core::{config::Auth, mail::Address};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{
    mailbox::{ConnectError, Retry, ScramFault, Session, script::Server},
    secret::Secret,
};

const GREETING: &str = "* OK [CAPABILITY IMAP4rev1] hi\r\n";

#[tokio::test]
async fn a_trusted_server_is_connected_to_with_tls() {
    let port = tls_server("good.pem", true).await;
    for host in ["127.0.0.1", "localhost", "localhost.", " [127.0.0.1]"] {
        let session = connect(&account(host, port, Some("ca.pem"))).await.unwrap();
        let shown = host.trim().trim_matches(['[', ']', '.']);
        assert_eq!(session.steps(), [&*format!("Connected to {shown} with TLS 1.3"), "Logged in as me@example.org"]);
    }
}

#[tokio::test]
async fn a_certificate_is_refused_for_a_reason_the_person_understands() {
    for (certificate, ca_file, problem, words) in [
        ("good.pem", None, TlsError::Untrusted, "if this is your own server, give its CA file"),
        ("self_signed.pem", None, TlsError::Untrusted, "not signed by anyone this system trusts"),
        ("self_signed.pem", Some("ca.pem"), TlsError::Untrusted, "not signed by anyone this system trusts"),
        ("other_name.pem", Some("ca.pem"), TlsError::WrongName, "belongs to another name"),
        ("expired.pem", Some("ca.pem"), TlsError::Expired, "has expired"),
        ("future.pem", Some("ca.pem"), TlsError::NotYetValid, "is not valid yet"),
    ] {
        let port = tls_server(certificate, true).await;
        let error = connect(&account("127.0.0.1", port, ca_file)).await.unwrap_err();
        assert_eq!(error.problem, Problem::Tls(problem), "{certificate}");
        assert_eq!(error.retry(), Retry::AfterPerson);
        let advice = error.advice();
        assert!(advice.contains("127.0.0.1") && advice.contains(words), "{advice}");
    }
}

#[tokio::test]
async fn the_very_certificate_the_person_has_named_is_trusted() {
    let port = tls_server("self_signed.pem", true).await;
    assert!(connect(&account("127.0.0.1", port, Some("self_signed.pem"))).await.is_ok());
}

#[tokio::test]
async fn a_certificate_file_that_is_no_use_is_an_error_and_not_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let port = tls_server("good.pem", true).await;
    for (content, words) in [
        (None, "cannot be read"),
        (Some("hello"), "holds no certificate in PEM form"),
        (Some("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"), "is not in PEM form"),
        (Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "is of no use"),
        (Some(include_str!("fixtures/key.pem")), "holds no certificate in PEM form"),
    ] {
        let path = folder.path().join("ca.pem");
        std::fs::remove_file(&path).ok();
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let mut account = account("127.0.0.1", port, None);
        account.ca_file = Some(path.clone());
        let error = connect(&account).await.unwrap_err();
        let advice = error.advice();
        assert!(advice.contains(words) && advice.contains(&*path.to_string_lossy()), "{advice}");
        assert_eq!(error.retry(), Retry::AfterPerson);
    }
}

#[tokio::test]
async fn tls_on_a_plain_port_is_told_as_such() {
    let port = plain_server(GREETING).await;
    let error = connect(&account("127.0.0.1", port, None)).await.unwrap_err();
    assert_eq!(error.problem, Problem::Tls(TlsError::NotTls));
    let want = "does not speak TLS on port";
    assert!(error.advice().contains(want), "{}", error.advice());
}

#[tokio::test]
async fn starttls_protects_a_plain_connection_and_forgets_what_was_said_before() {
    let port = tls_server("good.pem", false).await;
    let mut account = account("127.0.0.1", port, Some("ca.pem"));
    account.security = Security::StartTls;
    let session = connect(&account).await.unwrap();
    assert_eq!(session.steps().first().unwrap(), "Connected to 127.0.0.1 with TLS 1.3 (STARTTLS)");
    assert!(session.can("INSIDE") && !session.can("OUTSIDE"));
}

#[tokio::test]
async fn starttls_must_succeed() {
    for reply in ["{tag} NO not today\r\n", "{tag} BAD what?\r\n"] {
        let (stream, server) = Server::start(GREETING, &[("STARTTLS", reply)]);
        let problem = start_tls(Box::new(stream)).await.unwrap_err();
        assert!(matches!(problem, Problem::NoStartTls(_)), "{problem:?}");
        assert_eq!(server.heard(), ["T1 STARTTLS"], "and no password");
    }
}

#[tokio::test]
async fn data_injected_before_tls_is_noticed() {
    for injected in ["* OK [CAPABILITY IMAP4rev1] trust me\r\n", "T2 OK logged in\r\n", "* 1 EX"] {
        let reply = format!("{{tag}} OK begin\r\n{injected}");
        let (stream, _server) = Server::start_owned(GREETING, vec![("STARTTLS".to_owned(), reply)]);
        assert_eq!(start_tls(Box::new(stream)).await.unwrap_err(), Problem::Injected, "{injected}");
    }
}

#[tokio::test]
async fn a_server_logged_in_before_tls_is_refused() {
    let (stream, server) = Server::start("* PREAUTH welcome\r\n", &[]);
    assert_eq!(start_tls(Box::new(stream)).await.unwrap_err(), Problem::PreAuth);
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn without_tls_only_this_machine_is_talked_to() {
    for (address, is_here) in [
        ("127.0.0.1", true),
        ("127.8.8.8", true),
        ("::1", true),
        ("::ffff:127.0.0.1", true),
        ("192.0.2.1", false),
        ("10.0.0.1", false),
        ("::ffff:192.0.2.1", false),
        ("fe80::1", false),
    ] {
        assert_eq!(is_this_machine(address.parse::<IpAddr>().unwrap()), is_here, "{address}");
    }
    let port = plain_server("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n").await;
    let mut account = account("127.0.0.1", port, None);
    account.security = Security::None;
    assert_eq!(connect(&account).await.unwrap_err().problem, Problem::LoginDisabled, "so far it went");
}

#[tokio::test]
async fn what_is_not_imap_is_told_as_such() {
    for said in ["220 mail.example.org ESMTP\r\n", "+OK POP3\r\n", "HTTP/1.1 400 Bad Request\r\n"] {
        let mut account = account("127.0.0.1", plain_server(said).await, None);
        account.security = Security::StartTls;
        let error = connect(&account).await.unwrap_err();
        assert_eq!(error.problem, Problem::NotImap, "{said}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_and_a_name_without_address_are_told_apart() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = connect(&account("127.0.0.1", port, None)).await.unwrap_err();
    assert_eq!(error.problem, Problem::Refused);
    assert_eq!(error.advice(), format!("127.0.0.1 refused the connection on port {port}: check server and port"));

    // Longer than a name may be, so that no name server is asked.
    let error = connect(&account(&"x".repeat(300), 993, None)).await.unwrap_err();
    assert_eq!((error.retry(), &error.problem), (Retry::Later, &Problem::UnknownHost));
    assert!(error.advice().starts_with("Cannot find xxx"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_greets_is_told_as_such() {
    let (stream, _server) = Server::start("", &[]);
    assert_eq!(start_tls(Box::new(stream)).await.unwrap_err(), Problem::Silent);
}

#[test]
fn every_problem_has_a_sentence_that_names_the_server() {
    let text = || "Go away.".to_owned();
    for problem in [
        Problem::UnknownHost,
        Problem::Refused,
        Problem::Unreachable(io::ErrorKind::NetworkUnreachable),
        Problem::NoAnswer,
        Problem::Silent,
        Problem::Tls(TlsError::NoRoots(text())),
        Problem::Tls(TlsError::BadName),
        Problem::Tls(TlsError::Refused(text())),
        Problem::Tls(TlsError::Network(io::ErrorKind::ConnectionReset)),
        Problem::Tls(TlsError::Failed(text())),
        Problem::NotImap,
        Problem::TurnedAway(text()),
        Problem::NoStartTls(text()),
        Problem::PreAuth,
        Problem::Injected,
        Problem::Unprotected,
        Problem::LoginDisabled,
        Problem::UnusablePassword,
        Problem::Tls(TlsError::ClientFile { path: "/c.pem".into(), why: "is of no use".to_owned() }),
        Problem::Tls(TlsError::ClientRefused("it has expired")),
        Problem::Tls(TlsError::ClientWanted),
        Problem::NotOffered { wanted: Auth::External, offers: vec![Auth::Plain] },
        Problem::NotOffered { wanted: Auth::Auto, offers: vec![Auth::XOAuth2] },
        Problem::NotForScram,
        Problem::Scram(ScramFault::WrongSignature),
        Problem::Scram(ScramFault::TooFewRounds(1)),
        Problem::Scram(ScramFault::NoRandom),
        Problem::TokenRefused(text()),
        Problem::CertificateRefused(text()),
        Problem::UnsafeLogin(text()),
        Problem::Compression,
        Problem::LoginRefused(text()),
        Problem::ImapOff(text()),
        Problem::AccountOff(text()),
        Problem::TooMany(text()),
        Problem::Throttled(text()),
        Problem::Unavailable(String::new()),
        Problem::NotConnected(text()),
        Problem::Lost(Loss::Closed),
    ] {
        let error = ConnectError { host: "imap.example.org".to_owned(), port: 993, problem };
        let advice = error.advice();
        assert!(advice.contains("imap.example.org"), "{advice}");
        assert!(!advice.ends_with('.') && !advice.contains(".”") && !advice.contains("  "), "{advice}");
    }
}

#[tokio::test]
async fn a_server_that_fails_at_compression_is_talked_to_without() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = async {
        for is_first in [true, false] {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(GREETING.as_bytes()).await.unwrap();
            hear(&mut stream, "T1 LOGIN \"me@example.org\" \"secret\"\r\n").await;
            stream.write_all(b"T1 OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] in\r\n").await.unwrap();
            if is_first {
                hear(&mut stream, "T2 COMPRESS DEFLATE\r\n").await;
                // The letter begins no block of any kind.
                stream.write_all(b"T2 OK compressing\r\nOOPS\r\n").await.unwrap();
                stream.read_to_end(&mut Vec::new()).await.ok();
            } else {
                hear(&mut stream, "T2 LOGOUT\r\n").await;
                stream.write_all(b"* BYE\r\nT2 OK\r\n").await.unwrap();
            }
        }
    };
    let visit = async {
        let account = Account { security: Security::None, ..account("127.0.0.1", port, None) };
        let session = connect(&account).await.unwrap();
        let want = ["Logged in as me@example.org", "Compression is off, as the server fails at it"];
        assert_eq!(session.steps().get(1..).unwrap(), want);
        session.logout().await;
    };
    tokio::join!(serve, visit);
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_is_told_from_one_that_refuses_ours() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::copy(fixture("key.pem"), &key).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let port = tls_server_for(clients, "good.pem", true).await;
    let stranger = ClientCertificate { cert: fixture("self_signed.pem"), key };
    for (client_certificate, words) in [
        (None, "lets in only those who show a client certificate"),
        (Some(stranger), "refused your client certificate (it does not hold)"),
    ] {
        let account = Account { client_certificate, ..account("127.0.0.1", port, Some("ca.pem")) };
        let error = connect(&account).await.unwrap_err();
        assert!(error.advice().contains(words), "{error:?}");
        assert_eq!(error.retry(), Retry::AfterPerson);
    }
}

async fn connect(account: &Account) -> Result<Session, ConnectError> {
    Session::connect(account, &Secret::new("secret".to_owned()), &TlsSettings::new()).await
}

fn account(host: &str, port: u16, ca_file: Option<&str>) -> Account {
    let usual = Account::usual(Address::parse("me@example.org").unwrap(), host);
    Account { port, ca_file: ca_file.map(fixture), ..usual }
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/mailbox/connect/fixtures").join(name)
}

/// A server that says one thing and then listens.
async fn plain_server(said: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                stream.write_all(said.as_bytes()).await.ok();
                stream.read_to_end(&mut Vec::new()).await.ok();
            });
        }
    });
    port
}

/// A server that lets everyone in, after TLS or STARTTLS.
async fn tls_server(certificate: &str, is_implicit: bool) -> u16 {
    tls_server_for(WebPkiClientVerifier::no_client_auth(), certificate, is_implicit).await
}

/// The same, for those alone whom `clients` accepts.
async fn tls_server_for(clients: Arc<dyn ClientCertVerifier>, certificate: &str, is_implicit: bool) -> u16 {
    let chain = CertificateDer::pem_file_iter(fixture(certificate)).unwrap().collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("key.pem")).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, acceptor.clone(), is_implicit));
        }
    });
    port
}

async fn serve(mut stream: TcpStream, acceptor: TlsAcceptor, is_implicit: bool) {
    if !is_implicit {
        stream.write_all(b"* OK [CAPABILITY IMAP4rev1 STARTTLS OUTSIDE AUTH=PLAIN] hi\r\n").await.unwrap();
        hear(&mut stream, "T1 STARTTLS\r\n").await;
        stream.write_all(b"T1 OK begin\r\n").await.unwrap();
    }
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    if is_implicit {
        stream.write_all(GREETING.as_bytes()).await.unwrap();
    } else {
        hear(&mut stream, "T1 CAPABILITY\r\n").await;
        stream.write_all(b"* CAPABILITY IMAP4rev1 INSIDE\r\nT1 OK\r\n").await.unwrap();
    }
    let tag = if is_implicit { "T1" } else { "T2" };
    hear(&mut stream, &format!("{tag} LOGIN \"me@example.org\" \"secret\"\r\n")).await;
    stream.write_all(format!("{tag} OK [CAPABILITY IMAP4rev1 INSIDE] in\r\n").as_bytes()).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.ok();
}

async fn hear(stream: &mut (impl tokio::io::AsyncRead + Unpin), want: &str) {
    let mut heard = vec![0; want.len()];
    stream.read_exact(&mut heard).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&heard), want);
}
