//! `scan`, `explain`, `eval` and `train` on files.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::Value;

use crate::home::{HAM, Home, gtube};

#[test]
fn scan_judges_every_message_in_order_and_sums_up() {
    let home = Home::new();
    home.write("a.eml", HAM);
    home.write("b.eml", gtube());
    let mbox =
        format!("From a@example.org Thu Jan 22 12:36:23 2026\n{HAM}\nFrom b Thu Jan 22 12:36:23 2026\n{}", gtube());
    home.write("c.mbox", mbox);
    let done = home.run(&["scan", &home.mail("")]);
    let lines: Vec<&str> = done.good().lines().collect();
    let seen: Vec<(&str, &str)> =
        lines[..4].iter().map(|line| (line.split(' ').next().unwrap(), line.rsplit('/').next().unwrap())).collect();
    assert_eq!(seen, [("ham", "a.eml"), ("spam", "b.eml"), ("ham", "c.mbox#1"), ("spam", "c.mbox#2")]);
    assert_eq!(lines[4], "4 messages: 2 ham, 0 unsure, 2 spam");
    let path_column = |line: &str| line.find('/').unwrap();
    assert_eq!(path_column(lines[0]), path_column(lines[1]));
    assert!(!home.path().join("tamis.toml").exists(), "reading must not write");
}

#[test]
fn scan_json_has_the_promised_shape() {
    let home = Home::new();
    let path = home.write("b.eml", gtube());
    let done = home.run(&["scan", "--json", "--no-network", &path]);
    let value: Value = serde_json::from_str(done.good().trim_end()).unwrap();
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    let mut want = ["path", "class", "score", "probability", "reason", "symbols"];
    want.sort_unstable();
    assert_eq!(keys, want);
    assert_eq!(value["path"], path.as_str());
    assert_eq!(value["class"], "spam");
    assert!(value["score"].is_f64() && value["probability"].is_null(), "{value}");
    let symbol = value["symbols"].as_array().unwrap().iter().find(|s| s["symbol"] == "GTUBE").unwrap();
    assert!(symbol["score"].is_f64() && symbol["why"].is_string(), "{symbol}");
}

#[test]
fn scan_obeys_the_settings() {
    let home = Home::new();
    let path = home.write("a.eml", HAM.replace("Subject: lunch\r\n", ""));
    fs::write(home.path().join("tamis.toml"), "[judge]\ntag = 0.001\njunk = 0.001\n").unwrap();
    assert!(home.run(&["scan", &path]).good().starts_with("spam"));
    fs::write(home.path().join("tamis.toml"), "[judge]\ntaag = 1\n").unwrap();
    home.run(&["scan", &path]).failed(1, "tamis.toml, line 2: ");
}

#[test]
fn scan_judges_whatever_is_in_a_file() {
    let home = Home::new();
    let junk: Vec<u8> = (0..=255_u8).cycle().take(100_000).collect();
    let names = [
        home.write("binary", junk),
        home.write("newline", "\n"),
        home.write("cr", "\r\r\r"),
        home.write("deep", "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(2_000)),
        home.write("\u{1b}[2J\u{202e}.eml", HAM),
    ];
    for name in &names {
        let done = home.run(&["scan", name]);
        assert_eq!(done.code, 0, "{name}: {done:?}");
        assert!(!done.stdout.contains(['\u{1b}', '\u{202e}']), "{done:?}");
        serde_json::from_str::<Value>(home.run(&["scan", "--json", name]).good().trim_end()).unwrap();
        assert_eq!(home.run(&["explain", name]).code, 0, "{name}");
    }
}

#[test]
fn what_cannot_be_scanned_is_said_once_and_clearly() {
    let home = Home::new();
    home.run(&["scan", &home.mail("none")]).failed(1, "none: No such file or directory");
    home.run(&["scan", &home.write("empty", "")]).failed(1, "empty: it is empty");
    fs::remove_file(home.mail("empty")).unwrap();
    home.run(&["scan", &home.mail("")]).failed(1, "there is no message in ");
    home.run(&["scan", "/dev/null"]).failed(1, "/dev/null: it is not a file");
}

#[test]
fn scan_goes_on_after_what_it_cannot_read_and_still_fails() {
    let home = Home::new();
    let good = home.write("a.eml", HAM);
    let done = home.run(&["scan", &home.mail("x"), &good, &home.mail("y")]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.starts_with("ham"), "{done:?}");
    let lines: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{done:?}");
    assert_eq!(lines[2], "error: 2 files could not be read; see above");
}

#[test]
fn explain_is_about_one_message() {
    let home = Home::new();
    let path = home.write("a.eml", gtube());
    assert!(home.run(&["explain", &path]).good().contains("GTUBE"));
    home.run(&["explain", &home.mail("")]).failed(1, "is a folder; name one file");
    home.run(&["explain", &home.mail("none")]).failed(1, "none: No such file or directory");
    home.run(&["explain", &home.write("empty", "")]).failed(1, "it is empty");
}

#[test]
fn eval_measures_and_writes_what_became_of_each_message() {
    let home = Home::new();
    home.write("one", HAM);
    home.write("two words", gtube());
    let index = home.write("index", "ham one\nspam two words\n");
    let result = home.mail("result");
    for flags in [&["--online"][..], &["--rules-only"], &["--online", "--rules-only"], &[]] {
        let done = home.run(&[&["eval", &index, "--out", &result], flags].concat());
        let lines: Vec<&str> = done.good().lines().collect();
        assert!(lines[0].starts_with("run ") && lines[0].contains("1-ROCA%"), "{lines:?}");
        assert!(lines[1].starts_with("index ") && lines[1].contains("     2    0/   1    0/    1"), "{lines:?}");
        assert!(lines[2].starts_with("second half "), "{lines:?}");
        assert!(done.stdout.contains("messages per second"), "{done:?}");
        let written = fs::read_to_string(&result).unwrap();
        let rows: Vec<Vec<&str>> = written.lines().map(|line| line.splitn(4, ' ').collect()).collect();
        assert_eq!((rows[0][0], rows[0][1], rows[0][3]), ("ham", "ham", "one"));
        assert_eq!((rows[1][0], rows[1][1], rows[1][3]), ("spam", "spam", "two words"));
        assert!(rows[0][2].parse::<f64>().unwrap() < rows[1][2].parse::<f64>().unwrap());
    }
}

#[test]
fn eval_with_the_learner_alone_hears_no_other_check() {
    let home = Home::new();
    home.write("two", gtube());
    let index = home.write("index", "spam two\n");
    let result = home.mail("result");
    home.run(&["eval", &index, "--online", "--learner-only", "--out", &result]).good();
    assert_eq!(fs::read_to_string(&result).unwrap(), "spam ham 0.000000000 two\n");
}

#[test]
fn eval_learns_only_when_it_is_told_to() {
    let home = Home::new();
    let mut index = String::new();
    for i in 0..40 {
        home.write(&format!("h{i}"), HAM.replace("noon", &format!("noon for the meeting about roses number {i}")));
        home.write(&format!("s{i}"), HAM.replace("noon", &format!("zebra lantern under the plum tree number {i}")));
        writeln!(index, "ham h{i}\nspam s{i}").unwrap();
    }
    let index = home.write("index", index);
    let spread = |flag: &str| {
        let result = home.mail("result");
        home.run(&["eval", &index, flag, "--out", &result]).good();
        let written = fs::read_to_string(&result).unwrap();
        let score = |start: &str| {
            let row = written.lines().rfind(|line| line.starts_with(start)).unwrap();
            row.split(' ').nth(2).unwrap().parse::<f64>().unwrap()
        };
        score("spam") - score("ham")
    };
    assert!(spread("--online") > 1.0);
    assert!(spread("--rules-only").abs() < 1e-9);
}

#[test]
fn eval_names_what_is_wrong_with_its_index() {
    let home = Home::new();
    home.run(&["eval", &home.mail("none")]).failed(1, "cannot read the index");
    home.run(&["eval", &home.write("index", "ham a\nmaybe b\n")]).failed(1, "line 2: expected `ham PATH`");
    home.run(&["eval", &home.write("index", "")]).failed(1, "names no message");
    home.run(&["eval", &home.write("index", "ham gone\n")]).failed(1, "gone: No such file or directory");
    home.write("one", HAM);
    let index = home.write("index", "ham one\nham gone\n");
    let done = home.run(&["eval", &index]);
    done.failed(1, "gone");
    assert!(done.stdout.contains("   1    0/   1"), "{done:?}");
    home.run(&["eval", &index, "--out", &home.mail("no/where")]).failed(1, "cannot write the results");
}

#[test]
fn lessons_from_files_are_heard_in_the_next_scan_and_can_be_taken_back() {
    let home = Home::new();
    for i in 0..60 {
        home.write(&format!("ham/{i}"), HAM.replace("noon", &format!("noon for the meeting about roses number {i}")));
        home.write(&format!("spam/{i}"), HAM.replace("noon", &format!("zebra lantern under the plum tree number {i}")));
    }
    let (ham, spam) = (home.mail("ham"), home.mail("spam"));
    assert!(home.run(&["train", "--ham", &ham]).good().starts_with("60 messages learned as "));
    assert_eq!(home.run(&["train", "--spam", &spam]).good(), "60 messages learned as spam\n");
    assert_eq!(home.run(&["train", "--spam", &spam]).good(), "0 messages learned as spam, 60 known already\n");
    let probability = |name: &str| {
        let done = home.run(&["scan", "--json", name]);
        serde_json::from_str::<Value>(done.good().lines().next().unwrap()).unwrap()["probability"].as_f64()
    };
    assert!(probability(&ham).unwrap() < 0.5 && 0.5 < probability(&spam).unwrap());
    assert_eq!(home.run(&["untrain", &ham, &spam]).good(), "120 messages forgotten\n");
    assert_eq!(probability(&spam), None);
}

#[test]
fn train_without_mail_is_the_persons_mistake() {
    let home = Home::new();
    home.run(&["train", "--spam", &home.mail("none")]).failed(1, "none: No such file or directory");
    home.run(&["untrain", &home.mail("none")]).failed(1, "none: No such file or directory");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    for i in 0..2_000 {
        home.write(&format!("{i}"), "Subject: x\n\n");
    }
    let script = format!(
        "{} scan --json {} | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_tamis-agent"),
        home.mail("")
    );
    let output = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!((String::from_utf8(output.stdout).unwrap().trim(), output.stderr.len()), ("0", 0));
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let home = Home::new();
    let commands = [
        "",
        "run",
        "scan",
        "explain",
        "train",
        "untrain",
        "lessons",
        "lessons export",
        "lessons import",
        "lessons renew",
        "lessons reset",
        "word",
        "eval",
        "account",
        "account add",
        "account list",
        "account test",
        "account remove",
        "status",
        "junk",
        "release",
        "undo",
        "spam",
        "ham",
        "unsubscribe",
        "history",
        "held",
        "backfill",
        "learn",
        "digest",
        "open",
    ];
    for command in commands {
        let args: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let done = home.run(&args);
        let help = done.good();
        assert!(help.contains("Example") && help.contains(&format!("tamis-agent {command}")), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    assert!(home.run(&["--version"]).good().starts_with("tamis-agent 0."));
}

#[test]
fn what_is_not_understood_is_exit_code_2() {
    let home = Home::new();
    for args in [
        &[][..],
        &["scam"],
        &["scan"],
        &["scan", "--jsn", "x"],
        &["train", "x"],
        &["train", "--spam", "--ham", "x"],
        &["eval", "x", "--rules-only", "--learner-only"],
        &["release"],
        &["release", "0"],
        &["release", "one"],
        &["undo", "-1"],
        &["lessons", "export"],
        &["word"],
    ] {
        let done = home.run(args);
        assert_eq!(done.code, 2, "{args:?}: {done:?}");
        assert!(done.stdout.is_empty() && !done.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn the_home_on_the_command_line_wins_and_may_be_relative() {
    let home = Home::new();
    let path = home.write("a.eml", HAM);
    let other = home.mail("other");
    fs::create_dir(&other).unwrap();
    fs::write(Path::new(&other).join("tamis.toml"), "nonsense").unwrap();
    home.run(&["--home", &other, "scan", &path]).failed(1, "other/tamis.toml, line 1: ");
    home.run(&["scan", "--home", &other, &path]).failed(1, "other/tamis.toml, line 1: ");
}
