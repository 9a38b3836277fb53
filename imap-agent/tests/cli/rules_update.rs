//! `rules update` with real keys and a real https server, and killed in the middle.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use minisign::KeyPair;
use serde_json::Value;
use tempfile::TempDir;

struct World {
    dir: TempDir,
    keys: KeyPair,
}

impl World {
    fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap(), keys: KeyPair::generate_unencrypted_keypair().unwrap() };
        fs::create_dir(world.path("source")).unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn offer(&self, version: u64, rules: &str) {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, text) in [("VERSION", version.to_string()), ("a.cf", rules.to_owned())] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            tar.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let archive = tar.into_inner().unwrap().finish().unwrap();
        let signature = minisign::sign(Some(&self.keys.pk), &self.keys.sk, &*archive, None, None).unwrap();
        fs::write(self.path("source/rules.tar.gz"), archive).unwrap();
        fs::write(self.path("source/rules.tar.gz.minisig"), signature.to_string()).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tamis-agent"));
        command.arg("--home").arg(self.path("home")).arg("rules").args(words).stdin(Stdio::null());
        command
    }

    fn update(&self) -> Output {
        let (source, key) = (self.path("source"), self.keys.pk.to_base64());
        self.command(&["update", "--from", source.to_str().unwrap(), "--key", &key]).output().unwrap()
    }

    /// The version of the updated rules in use, and what is wrong.
    fn in_use(&self) -> (Option<u64>, usize) {
        let output = self.command(&["list", "--json"]).output().unwrap();
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        let version = value
            .get("sets")
            .and_then(Value::as_array)
            .unwrap()
            .iter()
            .find_map(|set| set.get("version").and_then(Value::as_u64));
        (version, value.get("troubles").and_then(Value::as_array).unwrap().len())
    }
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    format!("{} {}", output.status.code().unwrap_or(-1), String::from_utf8(text).unwrap().trim_end())
}

const RULE: &str = "body PILLS /cheap pills/i\nscore PILLS 2\n";

#[test]
fn signed_rules_are_brought_listed_and_replaced() {
    let world = World::new();
    world.offer(7, RULE);
    let first = said(&world.update());
    let again = said(&world.update());
    world.offer(8, "body ALL /./\nscore ALL 9\n");
    let greedy = said(&world.update());
    world.offer(6, RULE);
    let older = said(&world.update());
    let list = world.command(&["list"]).output().unwrap();

    let takes = "An agent that is running takes them by itself.";
    assert_eq!(first, format!("0 Version 7 of the rules is in place: 1 rules in 1 file.\n{takes}"));
    assert_eq!(again, "0 Version 7 of the rules is in use already.");
    let why = "they give wanted mail 9.0 points; nothing was changed";
    assert_eq!(greedy, format!("3 error: version 8 of the rules cannot be used: {why}"));
    assert!(older.starts_with("3 error: version 6 of the rules is older than version 7"), "{older}");
    assert!(String::from_utf8_lossy(&list.stdout).lines().last().unwrap().ends_with("updated"), "{list:?}");
    assert_eq!(world.in_use(), (Some(7), 0));
}

#[test]
fn without_a_place_or_a_key_nothing_is_fetched() {
    let world = World::new();
    let nowhere = said(&world.command(&["update"]).output().unwrap());
    let no_key = said(&world.command(&["update", "--from", "/srv/rules"]).output().unwrap());
    let plain = said(&world.command(&["update", "--from", "http://localhost/"]).output().unwrap());

    assert!(nowhere.starts_with("1 error: there is nowhere to get rules from"), "{nowhere}");
    assert!(no_key.starts_with("1 error: rules are taken only with a key"), "{no_key}");
    assert_eq!(plain, "1 error: --from must begin with https:// if it is an address");
}

#[test]
fn whenever_it_is_killed_the_old_rules_or_the_new_ones_are_in_use() {
    let world = World::new();
    world.offer(1, RULE);
    let begun = Instant::now();
    world.update();
    let whole = begun.elapsed();
    for version in 2..9 {
        world.offer(version, RULE);
        let (source, key) = (world.path("source"), world.keys.pk.to_base64());
        let words = ["update", "--from", source.to_str().unwrap(), "--key", &key];
        let before = world.in_use();
        let mut child = world.command(&words).stdout(Stdio::null()).spawn().unwrap();
        // A different moment each time, from before it has begun to after it has ended; each of them is fine.
        let moment = Instant::now() + whole * u32::try_from(version).unwrap() / 8;
        while Instant::now() < moment {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let after = world.in_use();
        assert!(after == before || after == (Some(version), 0), "version {version}: {before:?} {after:?}");
    }
    world.offer(100, RULE);
    world.update();
    assert_eq!(world.in_use(), (Some(100), 0));
}

/// `openssl s_server`, which hands out the files of a folder.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    fn start(folder: &Path, certificate: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut openssl = Command::new("openssl");
        openssl.args(["s_server", "-quiet", "-WWW", "-accept", &format!("127.0.0.1:{port}"), "-cert"]);
        openssl.arg(certificate).arg("-key").arg(certificate.with_extension("key")).current_dir(folder);
        let child = openssl.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self { child, address: format!("https://localhost:{port}") };
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "openssl does not listen");
            std::thread::yield_now();
        }
        server
    }
}

fn make_certificate(folder: &Path) -> PathBuf {
    let words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost -addext \
                 subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE -keyout cert.key -out cert.pem";
    let made = Command::new("openssl").args(words.split(' ')).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    folder.join("cert.pem")
}

#[test]
fn rules_come_over_https_from_a_server_that_is_trusted() {
    let world = World::new();
    world.offer(7, RULE);
    let certificate = make_certificate(world.dir.path());
    let server = Server::start(&world.path("source"), &certificate);
    let key = world.keys.pk.to_base64();
    let words = ["update", "--from", &server.address, "--key", &key];

    let stranger = said(&world.command(&words).output().unwrap());
    let trusted = said(&world.command(&words).env("SSL_CERT_FILE", &certificate).output().unwrap());
    let elsewhere = format!("{}/none", server.address);
    let missing = world.command(&["update", "--from", &elsewhere, "--key", &key]);
    let missing = said(&{ missing }.env("SSL_CERT_FILE", &certificate).output().unwrap());

    assert!(stranger.starts_with("3 error: cannot fetch https://localhost:"), "{stranger}");
    assert!(trusted.starts_with("0 Version 7 of the rules is in place"), "{trusted}");
    assert!(missing.starts_with("3 error: "), "{missing}");
    assert_eq!(world.in_use(), (Some(7), 0));
}
