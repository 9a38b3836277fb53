//! What others have reported, asked of the real servers, beside their own clients.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{env, fmt::Write as _, fs, path::Path, process::Child};

use tamis_agent::ask::{World, pyzor::digest_of};
use tamis_core::{Answer, Arrival, Config, FuzzyHit, Mail, Query};
use xtask::fuzzy::{FuzzyStorage, Pyzord};

/// Under 64 words, and more than 256 bytes.
const SHORT: &str = "Subject: =?utf-8?q?Gro=C3=9Fes_Angebot?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
    Kaufen Sie jetzt die schönsten Uhren der Stadt zum halben Preis,\r\n  bevor alle weg sind.\r\n\r\n\r\nEs gibt <nur\r\n\
    noch wenige>, und morgen kosten sie wieder das Doppelte. Bestellen Sie heute in unserem Geschäft,\r\n\
    denn wer zuerst kommt, bekommt noch eine kleine Uhr als Geschenk dazu, solange der Vorrat reicht.\r\n";

fn settings(lines: &str) -> World {
    World::of(&Config::parse(&format!("[fingerprints]\n{lines}")).unwrap())
}

async fn ask(world: &World, query: Query, raw: &[u8]) -> Answer {
    world.ask(&query, &Mail::parse(raw, &Arrival::default())).await
}

#[tokio::test]
async fn pyzord_counts_what_we_report_and_we_are_told_what_its_own_client_reports() {
    let server = Pyzord::start().unwrap();
    let world = settings(&format!("pyzor = \"127.0.0.1:{}\"\n", server.port));
    let raw = SHORT.as_bytes();
    let counted = |reports| Answer::Pyzor { reports, welcomes: 0 };
    assert_eq!(ask(&world, Query::Pyzor, raw).await, counted(0));
    assert_eq!(server.client("check", raw).unwrap().trim_end(), told(&server, 0));

    assert_eq!(world.report(raw).await, [] as [&str; 0]);
    assert_eq!(server.client("check", raw).unwrap().trim_end(), told(&server, 1));
    assert_eq!(ask(&world, Query::Pyzor, raw).await, counted(1));

    server.client("report", raw).unwrap();
    assert_eq!(ask(&world, Query::Pyzor, raw).await, counted(2));
    server.client("whitelist", raw).unwrap();
    assert_eq!(ask(&world, Query::Pyzor, raw).await, Answer::Pyzor { reports: 2, welcomes: 1 });
    let digest = digest_of(raw).unwrap();
    assert_eq!(world.report_shown(raw).len(), 1);
    assert!(world.report_shown(raw)[0].contains(&digest), "what is shown is what is told");
    assert_eq!(server.client("digest", raw).unwrap().trim_end(), digest);
}

/// What pyzor's client prints.
fn told(server: &Pyzord, count: u32) -> String {
    format!("127.0.0.1:{}\t(200, 'OK')\t{count}\t0", server.port)
}

#[tokio::test]
async fn a_fuzzy_storage_finds_what_we_report_and_we_what_its_own_client_reports() {
    let storage = FuzzyStorage::start().unwrap();
    let address = format!("rspamd = \"127.0.0.1:{}\"\n", storage.port);
    let plain = settings(&address);
    let sealed = settings(&format!("{address}rspamd_key = \"{}\"\n", storage.key));
    for (world, number) in [(&plain, 1), (&sealed, 2)] {
        let ours = with_file(number, SHORT);
        assert_eq!(ask(world, Query::RspamdFuzzy, &ours).await, Answer::Absent);
        assert!(!storage.scan(&ours).unwrap().contains("FUZZY_DENIED"));
        assert_eq!(world.report(&ours).await, [] as [&str; 0]);
        let said = until(|| storage.scan(&ours).ok().filter(|said| said.contains("FUZZY_DENIED")));
        assert!(said.contains("[11:"), "{said}");

        let theirs = with_file(number + 10, &SHORT.replace("schönsten", &format!("{number} schönsten")));
        let digests = storage.report(&theirs).unwrap();
        assert_eq!(digests.len(), 2, "of the text and of the file");
        let mut answer = Answer::Absent;
        for _ in 0..100 {
            answer = ask(world, Query::RspamdFuzzy, &theirs).await;
            if matches!(&answer, Answer::Fuzzy(hits) if hits.len() == 2) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        let hit = FuzzyHit { flag: 11, value: 10, likeness: 1.0 };
        assert_eq!(answer, Answer::Fuzzy(vec![hit, hit]));
    }
}

#[tokio::test]
async fn a_long_english_text_is_known_to_the_storage_also_with_other_words_in_it() {
    let storage = FuzzyStorage::start().unwrap();
    let world = settings(&format!("rspamd = \"127.0.0.1:{}\"\nrspamd_key = \"{}\"\n", storage.port, storage.key));
    let head = "From: a@b.example\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\n";
    let letter = |text: &str| format!("{head}{text}").into_bytes();
    let ours = letter(LONG);
    assert_eq!(world.report(&ours).await, [] as [&str; 0]);
    until(|| storage.scan(&ours).ok().filter(|said| said.contains("FUZZY_DENIED")));
    let changed = letter(&LONG.replace("Barrister Johnson", "Doctor Miller").replace("telephone", "cellular"));
    let said = storage.scan(&changed).unwrap();
    assert!(said.contains("FUZZY_DENIED"), "{said}");

    let theirs = letter(&LONG.replace("compensation", "inheritance").replace("courier", "messenger"));
    let theirs_changed = letter(&LONG.replace("compensation", "inheritance").replace("courier", "carrier"));
    storage.report(&theirs).unwrap();
    let likeness = |answer: Answer| {
        let Answer::Fuzzy(hits) = answer else { return 0.0 };
        hits.iter().map(|hit| hit.likeness).fold(0.0, f32::max)
    };
    let mut found = 0.0;
    for _ in 0..100 {
        found = likeness(ask(&world, Query::RspamdFuzzy, &theirs).await);
        if 0.99 < found {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(0.99 < found, "{found}");
    let found = likeness(ask(&world, Query::RspamdFuzzy, &theirs_changed).await);
    assert!((0.5..0.99).contains(&found), "{found}");
}

const LONG: &str = "The department of foreign payments has approved your outstanding compensation after many years of\r\n\
    waiting. Kindly reconfirm your telephone number and private address, so that the certified cheque may be sent by\r\n\
    courier without further delay. You are advised to keep this approval strictly confidential until the money reaches\r\n\
    your hands. Barrister Johnson will guide you through every formality of the transfer. Remember that nobody else\r\n\
    may learn of these payments, neither your bank nor your family, before the courier has left the country.\r\n";

/// What `look` finds, as soon as it does.
fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let mut found = None;
    for _ in 0..100 {
        found = look();
        if found.is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    found.unwrap()
}

/// That text, with a file of its own.
fn with_file(number: u32, text: &str) -> Vec<u8> {
    let (subject, rest) = text.split_once("\r\n").unwrap();
    let mut file = String::new();
    for line in 0..40 {
        write!(file, "line {line} of the file {number}, which nobody has seen before\r\n").unwrap();
    }
    // A text of its own, too.
    let rest = rest.replace("halben Preis", &format!("halben Preis von {number} Euro"));
    format!(
        "From: a@b.example\r\n{subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         {rest}\r\n--b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Disposition: attachment;
         --filename=a.bin\r\n\r\n\
         {file}\r\n--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn our_digests_are_those_of_pyzors_own_client() {
    let mut messages = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for entry in fs::read_dir(root.join("core/fixtures")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = fs::read_to_string(path).unwrap();
            messages
                .extend(text.split("\n---\n").filter_map(|case| Some(case.split_once("\n\n")?.1.as_bytes().to_vec())));
        }
    }
    for entry in fs::read_dir(root.join("assets/demo")).unwrap() {
        messages.push(fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(600 < messages.len(), "{}", messages.len());
    assert_eq!(differing(&messages), [] as [String; 0]);
}

/// The whole, for whoever has more mail: `TAMIS_INDEXES=a.index:b.index cargo test -p tamis-agent --test fingerprints -- \
/// --ignored --nocapture`.
#[test]
#[ignore = "needs mail that is not here"]
fn our_digests_are_those_of_pyzors_own_client_on_any_mail() {
    let mut messages = Vec::new();
    for index in env::var("TAMIS_INDEXES").unwrap().split(':') {
        let folder = Path::new(index).parent().unwrap();
        for line in fs::read_to_string(index).unwrap().lines() {
            messages.push(fs::read(folder.join(line.split_once(' ').unwrap().1)).unwrap());
        }
    }
    let differing = differing(&messages);
    println!("{} messages, {} differ", messages.len(), differing.len());
    assert_eq!(differing, [] as [String; 0]);
}

/// Beginnings of the messages of which our digest is another.
fn differing(messages: &[Vec<u8>]) -> Vec<String> {
    let theirs = Pyzord::digests(messages).unwrap();
    assert_eq!(theirs.len(), messages.len());
    let both = messages.iter().zip(theirs);
    let differ = both.filter(|(raw, theirs)| digest_of(raw).unwrap_or_default() != *theirs);
    differ.map(|(raw, _)| String::from_utf8_lossy(raw.get(..300).unwrap_or(raw)).into_owned()).collect()
}

#[tokio::test]
async fn who_does_not_answer_is_unknown_and_told_of_once_it_is_left_alone() {
    // Nobody listens there: a port that was free a moment ago.
    let port = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = settings(&format!("pyzor = \"127.0.0.1:{port}\"\nrspamd = \"127.0.0.1:{port}\"\n"));
    let raw = with_file(1, SHORT);
    for _ in 0..3 {
        assert_eq!(world.troubles(), [] as [String; 0]);
        for query in [Query::Pyzor, Query::RspamdFuzzy] {
            assert!(matches!(ask(&world, query, &raw).await, Answer::Unknown(_)));
        }
    }
    assert_eq!(world.troubles().len(), 2);
    let Answer::Unknown(why) = ask(&world, Query::Pyzor, &raw).await else { panic!("nobody was there") };
    assert_eq!(why, "the server has not answered lately");
    let same = world.with(&Config::parse(&format!("[fingerprints]\npyzor = \"127.0.0.1:{port}\"\n")).unwrap());
    assert_eq!(same.troubles().len(), 1, "what the settings do not change goes on as it is");
}

/// A process that speaks dccifd's protocol over a socket, or as dccproc does, as the manual pages say: DCC itself is in no
/// release of Debian.
struct DccStandIn {
    child: Option<Child>,
    folder: tempfile::TempDir,
}

impl DccStandIn {
    fn start(answer: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("dccifd.py");
        fs::write(&script, include_str!("dccifd.py")).unwrap();
        let mut command = std::process::Command::new("/usr/bin/python3");
        command.arg(&script).arg(folder.path()).arg(answer);
        let child = command.spawn().unwrap();
        let socket = folder.path().join("dccifd");
        until(|| socket.exists().then_some(()));
        Self { child: Some(child), folder }
    }
}

impl Drop for DccStandIn {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

#[tokio::test]
async fn dccifd_is_asked_as_its_manual_says_and_told_to_count_nothing() {
    let dcc = DccStandIn::start("Body=many Fuz1=7 Fuz2=0");
    let world = settings(&format!("dcc = \"{}\"\n", dcc.folder.path().join("dccifd").display()));
    let raw = b"Return-Path: <a@b.example>\r\nSubject: x\r\n\r\nHello.\r\n";
    let want = [("body", 999_999), ("fuz1", 7), ("fuz2", 0)].map(|(name, count)| (name.to_owned(), count)).to_vec();
    assert_eq!(ask(&world, Query::Dcc, raw).await, Answer::Dcc(want.clone()));
    let asked = fs::read(dcc.folder.path().join("asked")).unwrap();
    assert_eq!(
        String::from_utf8(asked).unwrap(),
        format!("header query\n\n\na@b.example\n\n\n{}", str::from_utf8(raw).unwrap())
    );
}
