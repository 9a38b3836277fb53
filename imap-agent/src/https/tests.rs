//! Posts to a real server on this machine, and the ones that are never made.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    process::Command,
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::Instant,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};

use super::*;

/// One address for every name.
#[derive(Debug)]
pub(super) struct Fixed(pub(super) SocketAddr);

impl Resolver for Fixed {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut one = self.empty();
        one.push(self.0);
        Ok(one)
    }
}

const NAME: &str = "leave.shop.example";
const FORM: &str = "List-Unsubscribe=One-Click";

/// A server that answers each call with `answer`, and the calls it had.
pub(crate) struct Server {
    address: SocketAddr,
    ca: Vec<u8>,
    calls: mpsc::Receiver<String>,
    _folder: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start(answer: Vec<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_certificate(folder.path());
        let chain = vec![CertificateDer::from_pem_file(folder.path().join("cert.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(folder.path().join("cert.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, calls) = mpsc::sync_channel(16);
        let config = Arc::new(config);
        std::thread::Builder::new()
            .name("https".to_owned())
            .spawn(move || {
                for stream in listener.incoming() {
                    let mut stream =
                        StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream.unwrap());
                    let mut call = Vec::new();
                    let mut byte = [0];
                    while !call.ends_with(FORM.as_bytes()) && stream.read_exact(&mut byte).is_ok() {
                        call.extend(byte);
                    }
                    if !call.is_empty() {
                        sender.send(String::from_utf8(call).unwrap()).ok();
                    }
                    stream.write_all(&answer).and_then(|()| stream.flush()).ok();
                }
            })
            .unwrap();
        let ca = std::fs::read(folder.path().join("ca.pem")).unwrap();
        Self { address, ca, calls, _folder: folder }
    }

    /// The way to it, whatever name is asked for.
    pub(crate) fn reach(&self) -> Reach {
        Reach::Only(self.address, self.ca.clone())
    }

    fn post(&self, host: &str) -> Result<u16, String> {
        post(&format!("https://{host}/leave?u=1"), FORM, &self.reach()).map_err(|error| error.to_string())
    }
}

fn make_certificate(folder: &Path) {
    for words in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem".to_owned(),
        format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={NAME} -CA ca.pem -CAkey ca.key \
             -addext subjectAltName=DNS:{NAME} -addext basicConstraints=critical,CA:FALSE -keyout cert.key -out cert.pem"
        ),
    ] {
        let made = Command::new("openssl").args(words.split_whitespace()).current_dir(folder).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}

#[test]
fn a_post_says_just_what_it_has_to_and_hears_the_answer() {
    let server = Server::start(b"HTTP/1.1 202 Accepted\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok".to_vec());
    assert_eq!(server.post(NAME), Ok(202));
    assert_eq!(server.post(NAME), Ok(202));
    for call in [server.calls.recv().unwrap(), server.calls.recv().unwrap()] {
        let (head, body) = call.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /leave?u=1 HTTP/1.1\r\n"), "{head}");
        assert_eq!(body, FORM);
        let head = head.to_lowercase();
        assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
        assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
    }
}

#[test]
fn no_redirect_is_followed_and_an_endless_answer_is_not_read() {
    let location = "HTTP/1.1 307 Moved\r\nLocation: https://leave.shop.example/other\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(location.into());
    assert_eq!(server.post(NAME), Ok(307));
    assert!(server.calls.recv().unwrap().starts_with("POST /leave"));
    assert!(server.calls.try_recv().is_err());

    let body = [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec(), vec![b'x'; 1 << 20]].concat();
    let start = Instant::now();
    assert_eq!(Server::start(body).post(NAME), Ok(200));
    let head = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat();
    Server::start(head).post(NAME).unwrap_err();
    assert!(start.elapsed() < POST_PATIENCE);
}

#[test]
fn another_name_or_another_authority_is_not_trusted() {
    let server = Server::start(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec());
    server.post("other.shop.example").unwrap_err();
    let other = Server::start(Vec::new());
    let reach = Reach::Only(server.address, other.ca);
    post(&format!("https://{NAME}/"), FORM, &reach).unwrap_err();
    post(&format!("http://{NAME}/"), FORM, &Reach::Only(server.address, server.ca.clone())).unwrap_err();
    assert!(server.calls.try_recv().is_err(), "something was said all the same");
}

#[test]
fn a_name_that_leads_into_a_private_network_is_not_asked() {
    let server = Server::start(b"HTTP/1.1 200 OK\r\n\r\n".to_vec());
    let config = Agent::config_builder().proxy(None).tls_config(tls(RootCerts::PlatformVerifier)).build();
    let agent = Agent::with_parts(config, DefaultConnector::new(), Only(is_public, Fixed(server.address)));
    let posted = submit(&agent, &format!("https://{NAME}/"), FORM);
    assert!(matches!(posted, Err(HttpsError::Private)), "{posted:?}");
    for address in ["https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/"] {
        assert!(matches!(post(address, FORM, &Reach::Public), Err(HttpsError::Private)), "{address}");
    }
    assert!(server.calls.try_recv().is_err());
}

/// Leads to one address when it is first asked, and to others beside and after it.
#[derive(Debug)]
struct Wavering {
    first: SocketAddr,
    other: SocketAddr,
    asked: Arc<AtomicU32>,
}

impl Resolver for Wavering {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut found = self.empty();
        found.push(self.other);
        if self.asked.fetch_add(1, Ordering::Relaxed) == 0 {
            found.push(self.first);
        }
        Ok(found)
    }
}

#[test]
fn the_address_that_was_looked_at_is_the_one_that_is_asked() {
    let allowed = TcpListener::bind("127.0.0.2:0").unwrap();
    let forbidden = TcpListener::bind("127.0.0.3:0").unwrap();
    forbidden.set_nonblocking(true).unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let (first, other) = (allowed.local_addr().unwrap(), forbidden.local_addr().unwrap());
    let resolver = Wavering { first, other, asked: Arc::clone(&asked) };
    let config = Agent::config_builder().proxy(None).tls_config(tls(RootCerts::PlatformVerifier)).build();
    let only_it = |ip: IpAddr| ip == IpAddr::from([127, 0, 0, 2]);
    let agent = Agent::with_parts(config, DefaultConnector::new(), Only(only_it, resolver));
    let (knock, knocked) = mpsc::sync_channel(1);
    // It hangs up at once, as nothing is to be said here.
    let listen = move || knock.send(allowed.accept().unwrap().1).unwrap();
    std::thread::Builder::new().name("allowed".to_owned()).spawn(listen).unwrap();
    submit(&agent, &format!("https://{NAME}/"), FORM).unwrap_err();
    knocked.recv_timeout(POST_PATIENCE).expect("nobody came to the allowed address");
    assert_eq!(asked.load(Ordering::Relaxed), 1, "a second answer would be another one");
    assert!(forbidden.accept().is_err(), "somebody has knocked at the forbidden address");
    // The second answer has no allowed address at all.
    assert!(matches!(submit(&agent, &format!("https://{NAME}/"), FORM), Err(HttpsError::Private)));
    assert!(forbidden.accept().is_err());
}

/// What the child of [`no_proxy_of_the_environment_is_asked`] does: a post that succeeds only if it goes straight.
#[test]
fn a_post_goes_straight() {
    let server = Server::start(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec());
    assert_eq!(server.post(NAME), Ok(200));
    let posted = post("https://localhost/", FORM, &Reach::Public);
    assert!(matches!(posted, Err(HttpsError::Private)), "{posted:?}");
}

#[test]
fn no_proxy_of_the_environment_is_asked() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = proxy.local_addr().unwrap();
    for (name, scheme) in
        [("ALL_PROXY", "http"), ("all_proxy", "socks5h"), ("HTTPS_PROXY", "http"), ("http_proxy", "http")]
    {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "https::tests::a_post_goes_straight"]).env(name, format!("{scheme}://{address}"));
        let done = child.output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{name}: {said}");
        assert!(proxy.accept().is_err(), "{name} was followed");
    }
}

#[test]
fn public_addresses_are_told_from_others() {
    for ip in
        ["9.9.9.9", "100.63.0.1", "172.32.0.1", "2620:fe::fe", "2a00:1450::1", "::ffff:9.9.9.9", "2002:909:909::1"]
    {
        assert!(is_public(ip.parse().unwrap()), "{ip}");
    }
    for ip in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "ff02::1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "2001:db8::1",
        "2001::1",
        "3fff::1",
        "64:ff9b:1:808:808::1",
    ] {
        assert!(!is_public(ip.parse().unwrap()), "{ip}");
    }
}
