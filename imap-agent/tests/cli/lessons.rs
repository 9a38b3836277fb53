//! `lessons` and `word`, with the real agent where one is running.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tamis_agent::{
    archive::{Archive, Deposit},
    clock,
    lesson_file::{write_head, write_lesson},
    paths,
    store::{Key, Store, folder::account_id, lessons::KeptLesson},
};
use tamis_core::{
    UnixTime,
    learn::{Features, Label, TokenId},
};
use tokio::runtime::Runtime;

use crate::home::{HAM, Home};

/// A start, a rebuild, a commit: each takes a moment, all together not so long.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn with_nothing_learned_that_is_one_sentence() {
    let home = Home::new();
    assert!(home.run(&["lessons"]).good().starts_with("nothing has been learned yet; "));
    assert!(home.run(&["word", "invoice"]).good().starts_with("nothing has been learned yet; "));
    assert_eq!(home.run(&["word", "--json", "invoice"]).good(), "");
    home.run(&["lessons", "export", &home.mail("out")]).failed(1, "nothing has been learned yet");
    let json: Value = serde_json::from_str(home.run(&["lessons", "--json"]).good()).unwrap();
    assert_eq!((&json["ham"], &json["ages"]["oldest"]), (&0.into(), &0.into()));
    assert!(!home.path().join("tamis.db").exists(), "looking must not write");
}

#[test]
fn lessons_tells_what_was_learned_from_what_and_when() {
    let home = Home::new();
    teach(&home);
    let text = home.run(&["lessons"]).good().to_owned();
    for part in [
        "Learned: 12 good and 11 spam messages",
        "12    11    files that you named",
        "Different words and marks: ",
        " on the disk, the model made of it ",
        "Of the last 7 days: 23, 30 days: 23, year: 23; older: 0",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("older version"), "{text}");
    let json: Value = serde_json::from_str(home.run(&["lessons", "--json"]).good()).unwrap();
    assert_eq!(json["sources"]["file"], serde_json::json!([12, 11]));
    assert!(json["tokens"].as_u64().unwrap() > 50 && json["model_bytes"].as_u64().unwrap() > 1 << 20, "{json}");
}

#[test]
fn word_tells_in_how_many_lessons_it_is_and_what_it_says() {
    let home = Home::new();
    teach(&home);
    let text = home.run(&["word", "REPLICA", "shop.example", "zanzibar"]).good().to_owned();
    let parts: Vec<&str> = text.split("\n\n").collect();
    assert!(parts[0].starts_with("Says spam  Good  Spam  Where\n"), "{text}");
    assert!(parts[0].contains("  0     11    \"replica\" in the subject"), "{text}");
    assert!(parts[1].contains("  0     11    sender domain shop.example"), "{text}");
    assert_eq!(parts[2], "no lesson has `zanzibar`\n");
    let rows = home.run(&["word", "--json", "noon", "replica watches"]).good().to_owned();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = |said: &str| rows.iter().find(|row| row["said"] == said).unwrap_or_else(|| panic!("{said} in {rows:#?}"));
    assert_eq!((&row("\"noon\"")["ham"], &row("\"noon\"")["spam"]), (&12.into(), &0.into()));
    assert!(row("\"noon\"")["probability"].as_f64().unwrap() < 0.5);
    assert!(0.5 < row("\"replica watches\"")["probability"].as_f64().unwrap());
    home.run(&["word", " "]).failed(1, "an empty word is in no message");
    home.run(&["word", "buy replica watches"]).failed(1, "`buy replica watches` is more than two words; ");
}

#[test]
fn a_file_of_lessons_makes_the_same_store_elsewhere_with_and_without_an_agent() {
    let home = Home::new();
    teach(&home);
    let file = home.mail("lessons.txt");
    assert_eq!(home.run(&["lessons", "export", &file]).good(), format!("23 lessons written to {file}\n"));
    let text = fs::read_to_string(&file).unwrap();
    nothing_but_hashes(&text);
    home.run(&["lessons", "export", &file])
        .failed(1, "is there already; name another file, or write over it with --force");
    home.run(&["lessons", "export", "--force", &file]).good();
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(fs::read_dir(home.mail("")).unwrap().count(), 3, "nothing is left beside it: ham, spam and the file");

    home.run(&["lessons", "export", &home.mail("no/such/folder")]).failed(1, "No such file or directory");
    home.run(&["lessons", "export", "--force", &home.mail("ham")]).failed(1, "cannot write ");
    home.run(&["lessons", "export", "/dev/full/x"]).failed(1, "cannot write ");

    let alone = Home::new();
    assert_eq!(alone.run(&["lessons", "import", &file]).good(), "23 lessons learned\n");
    let served = Home::new();
    let agent = Running::start(&served);
    assert_eq!(served.run(&["lessons", "import", &file]).good(), "23 lessons learned\n");
    assert_eq!(served.run(&["lessons", "import", &file]).good(), "0 lessons learned, 23 known already\n");
    let status: Value = serde_json::from_str(served.run(&["status", "--json"]).good()).unwrap();
    assert_eq!((&status["trained_ham"], &status["trained_spam"]), (&12.into(), &11.into()));
    for other in [&alone, &served] {
        let back = other.mail("back.txt");
        other.run(&["lessons", "export", &back]).good();
        assert_eq!(fs::read_to_string(back).unwrap(), text);
        let probe = home.write("probe.eml", spam(99));
        assert_eq!(other.run(&["scan", "--json", &probe]).good(), home.run(&["scan", "--json", &probe]).good());
    }
    drop(agent);
}

#[test]
fn of_a_damaged_file_nothing_is_taken_and_the_lines_are_named() {
    let home = Home::new();
    teach(&home);
    let file = home.mail("lessons.txt");
    home.run(&["lessons", "export", &file]).good();
    let text = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for n in [3, 10] {
        lines[n] = lines[n].replace("\"at\":1", "\"at\":2");
    }
    fs::write(&file, lines.join("\n")).unwrap();
    let other = Home::new();
    let said = format!("nothing was taken from {file}: lines 4 and 11 are damaged");
    other.run(&["lessons", "import", &file]).failed(1, &said);
    let agent = Running::start(&other);
    other.run(&["lessons", "import", &file]).failed(1, &said);
    fs::write(&file, text.replace("\"version\":1,", "\"version\":2,")).unwrap();
    other
        .run(&["lessons", "import", &file])
        .failed(1, "was written by a later version of Tamis; update this one first");
    other.run(&["lessons", "import", &other.mail("none")]).failed(1, "No such file or directory");
    assert!(other.run(&["lessons"]).good().starts_with("nothing has been learned yet"));
    drop(agent);
}

#[test]
fn older_lessons_are_made_anew_when_the_agent_starts_or_is_asked() {
    for by_itself in [true, false] {
        let home = Home::new();
        let file = older_lessons(&home);
        let said = "4 lessons learned; 4 were learned by an older version and do not count: teach them again";
        assert!(home.run(&["lessons", "import", &file]).good().starts_with(said));
        let json = || -> Value { serde_json::from_str(home.run(&["lessons", "--json"]).good()).unwrap() };
        assert_eq!(json()["of_older_version"], 4);
        assert!(home.run(&["lessons"]).good().contains("Learned by an older version: 4 lessons; such count no longer"));
        assert_eq!((&json()["ham"], &json()["spam"]), (&0.into(), &0.into()));
        assert!(home.run(&["word", "meet"]).good().starts_with("Learned by an older version: 4 lessons"));
        let said = if by_itself {
            let _agent = Running::start(&home);
            wait_until(|| json()["of_older_version"] == 1);
            home.run(&["lessons", "renew"]).good().to_owned()
        } else {
            assert!(home.run(&["lessons", "renew"]).good().starts_with("3 lessons made anew; 1 has no original"));
            home.run(&["lessons", "renew"]).good().to_owned()
        };
        assert!(
            said.starts_with("0 lessons made anew; 1 has no original in the archive and counts no longer"),
            "{said}"
        );
        assert!(home.run(&["word", "meet"]).good().contains("  3     0     \"meet\"\n"), "the new tokens are there");
    }
}

/// Nothing of a message can be in a file whose values are numbers, hexadecimal digits and these few words.
fn nothing_but_hashes(text: &str) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(r#"{"format":"tamis lessons","version":1,"lessons":23}"#));
    for line in lines {
        let line: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
        let keys: Vec<&str> = line.keys().map(String::as_str).collect();
        assert_eq!(keys, ["at", "check", "features", "key", "label", "source", "tokens"]);
        for (key, value) in &line {
            let is_hex = || value.as_str().unwrap().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let is_right = match key.as_str() {
                "at" | "features" => value.is_u64(),
                "label" => value == "ham" || value == "spam",
                "source" => value == "file",
                _ => is_hex(),
            };
            assert!(is_right, "{key}: {value}");
        }
    }
}

/// Twelve wanted messages and eleven others.
fn teach(home: &Home) {
    for n in 0..12 {
        home.write(&format!("ham/{n}.eml"), HAM.replace("noon", &format!("noon, in {n} days")));
    }
    for n in 0..11 {
        home.write(&format!("spam/{n}.eml"), spam(n));
    }
    home.run(&["train", "--ham", &home.mail("ham")]).good();
    home.run(&["train", "--spam", &home.mail("spam")]).good();
}

fn spam(n: u32) -> String {
    format!(
        "From: \"Best Shop\" <news@shop.example>\r\nSubject: Replica offer {n}\r\n\r\nBuy replica watches, {n} left\r\n"
    )
}

/// Gives a home an account whose archive has three messages, and a file with lessons of an older version, of these and one more.
fn older_lessons(home: &Home) -> String {
    let place = paths::Home::below(&home.path()).unwrap();
    // Nobody listens there, and nobody has to: only the archive is asked.
    let add = ["account", "add", "me@example.org", "--host", "127.0.0.1", "--port", "9", "--no-test"];
    assert_eq!(home.run(&[&add[..], &["--password-command", "true"]].concat()).code, 0);
    // Without it the key would be in the keyring of whoever runs this.
    let mut key = fs::File::options().write(true).create_new(true).mode(0o600).open(place.archive_key()).unwrap();
    writeln!(key, "{}", "5a".repeat(32)).unwrap();
    let store = Store::open(&place.database()).unwrap();
    let (archive, mut file) = (Archive::new(&place), Vec::new());
    write_head(&mut file, 4).unwrap();
    let runtime = Runtime::new().unwrap();
    for n in 0..4_u64 {
        let raw = HAM.replace("noon", &format!("noon, in {n} days")).into_bytes();
        let (key, at) = (Key::of(&raw), UnixTime(1_769_085_383));
        let tokens = Features::encode(&[TokenId(n << 40)]);
        let lesson = KeptLesson { key, label: Label::Ham, tokens, source: "review".to_owned(), at, version: 1 };
        write_lesson(&mut file, &lesson).unwrap();
        let me = "me@example.org";
        let keep = async {
            let account = store.run(|db| account_id(db, me, "127.0.0.1", me)).await.unwrap();
            let deposit = Deposit { account, key, raw, flags: Vec::new(), internal_date: at };
            archive.keep(&store, deposit, clock::now()).await.unwrap();
        };
        if n < 3 {
            runtime.block_on(keep);
        }
    }
    home.write("older.txt", file)
}

/// The agent itself, without an account.
struct Running(Child);

impl Running {
    fn start(home: &Home) -> Self {
        let agent = Command::new(env!("CARGO_BIN_EXE_tamis-agent"))
            .arg("run")
            .env("TAMIS_HOME", home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Self(agent);
        wait_until(|| home.run(&["status"]).code == 0);
        agent
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain");
        thread::sleep(Duration::from_millis(20));
    }
}
