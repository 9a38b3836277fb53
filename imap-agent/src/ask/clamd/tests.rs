//! What is made of a scanner that is slow, gone, broken or none, each a small one of our own. The real one is asked in the
//! tests of the whole.

use std::path::PathBuf;

use tamis_core::{Arrival, Config};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, UnixListener},
};

use super::*;

const WHO: &[u8] = b"ClamAV 1.4.6/27123/Mon Nov 20 08:00:00 2023| COMMANDS: SCAN PING VERSIONCOMMANDS INSTREAM\0";

/// A scanner that answers the first connections with these, one after the other, and then always with the last.
fn scanner(answers: &[&'static [u8]]) -> (tempfile::TempDir, Clamd) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clamd.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let answers = answers.to_vec();
    tokio::spawn(async move {
        for count in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            let answer = answers.get(count).or(answers.last()).copied().unwrap_or_default();
            tokio::spawn(serve(stream, answer));
        }
    });
    (folder, at(path))
}

/// Reads what it is asked; an empty answer is none, and it never hangs up.
async fn serve(mut stream: UnixStream, answer: &[u8]) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"COMMANDS\0") && !asked.ends_with(&[0, 0, 0, 0]) {
        let Ok(byte) = stream.read_u8().await else { return };
        asked.push(byte);
    }
    if answer.is_empty() {
        std::future::pending::<()>().await;
    }
    stream.write_all(answer).await.ok();
}

fn at(path: PathBuf) -> Clamd {
    let setting = config::Clamd { place: ScannerPlace::Socket(path), ..config::Clamd::default() };
    Clamd::of(&setting, 8).unwrap()
}

async fn scan_text(clamd: &Clamd) -> Answer {
    clamd.scan(&Mail::parse(b"Subject: hi\n\nhello", &Arrival::default())).await
}

#[tokio::test]
async fn what_it_finds_is_named_and_what_it_does_not_find_is_not_there() {
    let (_folder, clamd) = scanner(&[WHO, b"stream: Own.Marker FOUND\0", b"stream: OK\0"]);
    assert_eq!(scan_text(&clamd).await, Answer::Infected("Own.Marker".to_owned()));
    assert_eq!(scan_text(&clamd).await, Answer::Absent);
    assert_eq!(clamd.problem(), None);
}

#[tokio::test]
async fn of_the_beginning_of_a_message_only_what_is_found_counts() {
    let (_folder, clamd) = scanner(&[WHO, b"stream: OK\0", b"stream: Own.Marker FOUND\0"]);
    let mail = Mail::parse(b"Subject: hi\n\nhello", &Arrival { full_size: Some(1_000_000), ..Arrival::default() });
    let want = Answer::Unknown("nothing is in its beginning, and the rest was not fetched".to_owned());
    assert_eq!(clamd.scan(&mail).await, want);
    assert_eq!(clamd.scan(&mail).await, Answer::Infected("Own.Marker".to_owned()));
}

#[tokio::test]
async fn whatever_goes_wrong_is_unknown_and_told_with_what_to_do() {
    for (answers, why, told) in [
        (vec![&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]], "broke off", "raise StreamMaxLength"),
        (vec![&b"220 mail.example.org ESMTP\0"[..]], "no virus scanner", "See socket below [clamd]"),
        (vec![&b"ClamAV 0.90| COMMANDS: SCAN PING\0"[..]], "no virus scanner", "See socket below [clamd]"),
        (vec![WHO, &[b'x'; 9000]], "no virus scanner", "See socket below [clamd]"),
        (vec![WHO, b"stream: OK"], "broke off", "raise StreamMaxLength"),
        (vec![WHO, b"stream: Can't allocate memory ERROR\0"], "(Can't allocate memory)", "its own log may say why"),
        (vec![WHO, b"INSTREAM size limit exceeded. ERROR\0"], "longer than", "raise StreamMaxLength"),
    ] {
        let (_folder, clamd) = scanner(&answers);
        let Answer::Unknown(said) = scan_text(&clamd).await else { panic!("{why}: an answer was made up") };
        assert!(said.contains(why), "{why}: {said}");
        let problem = clamd.problem().unwrap_or_default();
        assert!(problem.contains(told) && problem.contains("clamd.sock"), "{why}: {problem}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_one_is_waited_for_twice_and_then_left_alone_until_it_answers() {
    let (_folder, clamd) = scanner(&[WHO, b"", b"", WHO, b"stream: OK\0"]);
    let slow = Answer::Unknown("the virus scanner was too slow".to_owned());
    assert_eq!(scan_text(&clamd).await, slow);
    assert_eq!(scan_text(&clamd).await, slow);
    let rests = Answer::Unknown("the virus scanner did not answer a moment ago".to_owned());
    assert_eq!(scan_text(&clamd).await, rests);
    assert!(clamd.problem().unwrap().contains("took more than 7 seconds"));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(scan_text(&clamd).await, Answer::Absent);
    assert_eq!(clamd.problem(), None);
}

#[tokio::test]
async fn one_that_is_not_there_is_said_how_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let clamd = at(folder.path().join("clamd.sock"));
    assert_eq!(
        scan_text(&clamd).await,
        Answer::Unknown("the virus scanner cannot be reached (there is no such socket)".to_owned())
    );
    assert!(clamd.problem().unwrap().contains("systemctl start clamav-daemon"));
    // A socket that nobody has taken away.
    let path = folder.path().join("left.sock");
    drop(UnixListener::bind(&path).unwrap());
    let clamd = at(path);
    let want = Answer::Unknown("the virus scanner cannot be reached (nobody listens there)".to_owned());
    assert_eq!(scan_text(&clamd).await, want);
}

#[tokio::test]
async fn a_message_is_not_sent_to_another_machine_by_a_name_that_leads_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tcp = |host: &str| config::Clamd {
        place: ScannerPlace::Tcp { host: host.to_owned(), port },
        ..config::Clamd::default()
    };
    // A documentation address stands for what a name may lead to.
    let clamd = Clamd::of(&tcp("192.0.2.1"), 8).unwrap();
    assert_eq!(scan_text(&clamd).await, Answer::Unknown("the virus scanner is on another machine".to_owned()));
    assert!(clamd.problem().unwrap().contains("remote = true"));
}

#[test]
fn new_settings_make_a_new_scanner_and_the_same_ones_keep_it() {
    let of = |text: &str| Config::parse(text).unwrap();
    let first = crate::ask::World::of(&of("[clamd]\nsocket = \"/tmp/a\""));
    let same = first.with(&of("[clamd]\nsocket = \"/tmp/a\"\n[judge]\ntag = 2.0"));
    let other = first.with(&of("[clamd]\nsocket = \"/tmp/b\""));
    let is_kept = |world: &crate::ask::World| {
        std::sync::Arc::ptr_eq(first.clamd.as_ref().unwrap(), world.clamd.as_ref().unwrap())
    };
    assert!(is_kept(&same) && !is_kept(&other));
    let remote = "[clamd]\nsocket = \"192.0.2.1:3310\"\nremote = true\n";
    for (text, want) in [
        ("[clamd]\nsocket = \"off\"", false),
        (remote, true),
        (&format!("{remote}[network]\nenabled = false"), false),
        ("[clamd]\nsocket = \"/tmp/a\"\n[network]\nenabled = false", true),
    ] {
        assert_eq!(crate::ask::World::of(&of(text)).clamd.is_some(), want, "{text}");
    }
}
