//! `eval`: what is learned when, in which order, and what is printed of it.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use crate::home::{HAM, Home};

/// `count` ham and as many spam in turn, ham first, which only their words tell apart: no rule speaks. Returns the index.
fn stream(home: &Home, name: &str, count: usize) -> String {
    let mut index = String::new();
    for i in 0..count {
        for (label, words) in [("ham", "for the meeting about roses"), ("spam", "zebra lantern under the plum tree")] {
            home.write(&format!("{name}/{label}{i}"), HAM.replace("noon", &format!("noon {words} number {i}")));
            writeln!(index, "{label} {name}/{label}{i}").unwrap();
        }
    }
    home.write(&format!("{name}.index"), index)
}

/// A line of a file of results.
struct Row {
    label: String,
    class: String,
    score: String,
    name: String,
}

impl Row {
    fn points(&self) -> f64 {
        self.score.parse().unwrap()
    }
}

fn rows(path: &str) -> Vec<Row> {
    let row = |line: &str| {
        let mut cells = line.splitn(4, ' ').map(str::to_owned);
        let mut cell = || cells.next().unwrap();
        Row { label: cell(), class: cell(), score: cell(), name: cell() }
    };
    fs::read_to_string(path).unwrap().lines().map(row).collect()
}

/// A row of the table, counted out pair by pair from the definitions.
fn counted(name: &str, rows: &[Row]) -> String {
    let (ham, spam): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.label == "ham");
    let of = |rows: &[&Row], class: &str| rows.iter().filter(|row| row.class == class).count();
    let (fp, fn_) = (of(&ham, "spam"), spam.len() - of(&spam, "spam"));
    let (hams, spams) = (float(ham.len()), float(spam.len()));
    let logit = |errors: usize, all: f64| {
        let share = (float(errors).max(0.5) / all).min(1.0 - 0.5 / all);
        (share / (1.0 - share)).ln()
    };
    let lam = 100.0 / (1.0 + (-(logit(fp, hams) + logit(fn_, spams)) / 2.0).exp());
    let mut wrong = 0.0;
    for h in &ham {
        for s in &spam {
            wrong += if h.points() > s.points() { 1.0 } else { f64::from(h.score == s.score) / 2.0 };
        }
    }
    // The least share of missed spam among all thresholds that call no more ham than this spam.
    let missed = |most: f64| {
        let thresholds = rows.iter().map(Row::points);
        let fits = thresholds.filter(|t| float(ham.iter().filter(|h| *t < h.points()).count()) <= most * hams);
        let missed = fits.map(|t| spam.iter().filter(|s| s.points() <= t).count());
        100.0 * float(missed.min().unwrap()) / spams
    };
    format!(
        "{name:<42} {:6} {fp:4}/{:4} {fn_:4}/{:5} {:6.2} {:6.2} {lam:5.2} {:7.4} {:9.2} {:8.2} {}/{}",
        rows.len(),
        ham.len(),
        spam.len(),
        100.0 * float(fp) / hams,
        100.0 * float(fn_) / spams,
        100.0 * wrong / (hams * spams),
        missed(0.001),
        missed(0.0),
        of(&ham, "unsure"),
        of(&spam, "unsure"),
    )
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

#[test]
fn the_table_is_what_can_be_counted_in_the_results() {
    let home = Home::new();
    let index = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/demo/demo.index");
    let result = home.mail("result");
    for flags in [
        &["--online"][..],
        &["--rules-only"],
        &["--online", "--learner-only", "--shuffle", "3"],
        &["--train", index, "--shuffle", "1"],
    ] {
        let done = home.run(&[&["eval", index, "--out", &result], flags].concat());
        let printed: Vec<&str> = done.good().lines().collect();
        let rows = rows(&result);
        assert_eq!(rows.len(), 82);
        assert_eq!(printed[1], counted("demo.index", &rows), "{flags:?}");
        assert_eq!(printed[2], counted("second half", &rows[41..]), "{flags:?}");
    }
}

#[test]
fn an_order_belongs_to_its_number() {
    let home = Home::new();
    let index = stream(&home, "mail", 5);
    let result = home.mail("result");
    let order = |seed: &[&str]| {
        home.run(&[&["eval", &index, "--out", &result], seed].concat()).good();
        rows(&result).into_iter().map(|row| row.name).collect::<Vec<String>>()
    };
    let written = order(&[]);
    let other = order(&["--shuffle", "1"]);
    assert_eq!(other, [4, 2, 8, 1, 9, 3, 0, 6, 7, 5].map(|place: usize| written[place].clone()));
    assert_eq!(other, order(&["--shuffle", "1"]));
    assert_ne!(other, order(&["--shuffle", "2"]));
    assert_eq!(written.into_iter().collect::<BTreeSet<_>>(), other.into_iter().collect());
}

#[test]
fn what_is_only_put_right_never_teaches_ham_while_nothing_is_filed() {
    let home = Home::new();
    let index = stream(&home, "mail", 40);
    for when in [&["errors"][..], &["evening", "--day", "20"]] {
        let done = home.run(&[&["eval", &index, "--online", "--feedback"], when].concat());
        let lines: Vec<&str> = done.good().lines().collect();
        assert!(lines[1].contains("    80    0/  40   40/   40"), "{lines:?}");
        assert_eq!(lines[4], "learned 0 ham and 40 spam put right");
        assert_eq!(lines[6], "calibration error not measured: the learner had no opinion");
    }
}

#[test]
fn what_is_put_right_is_known_from_the_next_message_or_from_the_next_day_on() {
    let home = Home::new();
    let taught = stream(&home, "taught", 30);
    // What is spam here was ham there, and no rule speaks: all is filed wrong until it is put right.
    let turned = fs::read_to_string(stream(&home, "turned", 60)).unwrap();
    let turned = turned.replace("ham ", "was ham ").replace("spam ", "ham ").replace("was ham ", "spam ");
    let turned = home.write("turned.index", turned);
    let result = home.mail("result");
    let learned = |flags: &[&str]| {
        let args = ["eval", &turned, "--online", "--learner-only", "--train", &taught, "--out", &result];
        let done = home.run(&[&args[..], flags].concat());
        let scores: Vec<String> = rows(&result).into_iter().map(|row| row.score).collect();
        (done.good().lines().nth(4).unwrap().to_owned(), scores)
    };
    let (_, everything) = learned(&[]);
    let (at_once, errors) = learned(&["--feedback", "errors"]);
    let (late, evening) = learned(&["--feedback", "evening", "--day", "30"]);
    let (never, endless) = learned(&["--feedback", "evening", "--day", "1000"]);
    // The first message is spam and looks like ham. Only then is there a difference.
    assert!(everything[0] == errors[0] && errors[0] == evening[0]);
    assert_eq!(everything[1], errors[1]);
    assert_ne!(errors[1], evening[1]);
    assert_eq!(evening[..30], endless[..30]);
    assert_ne!(evening[30], endless[30]);
    assert!(at_once.starts_with("learned ") && late.starts_with("learned "), "{at_once} {late}");
    assert_ne!(at_once, late);
    assert_eq!(never, "learned 0 ham and 0 spam put right");
}

#[test]
fn what_is_learned_as_filed_makes_up_for_ham_that_nobody_speaks_of() {
    let home = Home::new();
    let index = stream(&home, "mail", 40);
    let done = home.run(&["eval", &index, "--online", "--feedback", "evening", "--day", "20", "--autolearn"]);
    let lines: Vec<&str> = done.good().lines().collect();
    // After the first evening ten of each are known, which is enough for an opinion.
    assert!(lines[4].starts_with("learned 0 ham and "), "{lines:?}");
    assert!(lines[4].contains(" put right, ") && !lines[4].contains(", 0 ham"), "{lines:?}");
    assert!(lines[6].ends_with(" of 60 opinions"), "{lines:?}");
}

#[test]
fn another_list_is_learned_first_and_not_judged() {
    let home = Home::new();
    let (taught, judged) = (stream(&home, "taught", 30), stream(&home, "judged", 5));
    let result = home.mail("result");
    let spread = |flags: &[&str]| {
        let done = home.run(&[&["eval", &judged, "--out", &result], flags].concat());
        assert!(done.good().lines().nth(1).unwrap().contains("    10 "), "{done:?}");
        let rows = rows(&result);
        rows[9].points() - rows[8].points()
    };
    assert!(spread(&[]).abs() < 1e-9);
    let frozen = spread(&["--train", &taught]);
    let twice = spread(&["--train", &taught, "--train", &taught]);
    let online = spread(&["--train", &taught, "--online"]);
    assert!(1.0 < frozen, "{frozen}");
    // Results have nine decimals.
    assert!(1e-8 < (frozen - twice).abs() && 1e-8 < (frozen - online).abs(), "{frozen} {twice} {online}");
    home.run(&["eval", &judged, "--train", &home.mail("none")]).failed(1, "cannot read the index");
    let gone = home.write("gone.index", "ham gone\n");
    home.run(&["eval", &judged, "--train", &gone]).failed(1, "gone: No such file or directory");
}

/// The rates in a row of a table.
fn rates(row: &str) -> Vec<f64> {
    row.split_whitespace().skip_while(|cell| !cell.contains('.')).map_while(|cell| cell.parse().ok()).collect()
}

#[test]
fn the_curve_judges_what_it_did_not_learn_and_never_learns_more_than_there_is() {
    let home = Home::new();
    let index = stream(&home, "mail", 20);
    let done = home.run(&["eval", &index, "--curve"]);
    let lines: Vec<&str> = done.good().lines().collect();
    assert!(lines[0].starts_with("run ") && lines[0].contains("1-ROCA%"), "{lines:?}");
    assert!(lines[1].starts_with("after 10 ") && lines[1].contains("     30    0/  15 "), "{lines:?}");
    assert!(lines[2].starts_with("after 30 ") && lines[2].contains("     10    0/   5 "), "{lines:?}");
    assert_eq!(lines[3..], ["", "not measured after more than 30: there are 20 ham and 20 spam"]);
    let few = stream(&home, "few", 4);
    home.run(&["eval", &few, "--curve"]).failed(1, "needs 5 ham and 5 spam that can be read, and there are 4 and 4");
}

#[test]
fn the_mean_curve_is_the_mean_of_the_curves() {
    let home = Home::new();
    let index = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/demo/demo.index");
    let done = home.run(&["eval", index, "--curve", "--shuffles", "2"]);
    let means: Vec<&str> = done.good().lines().collect();
    assert!(means[0].starts_with("mean ") && means[0].ends_with(" opinions%"), "{means:?}");
    assert_eq!(means[4], "means over 2 orders of 82 messages");
    let curve = |seed: &str| {
        let done = home.run(&["eval", index, "--curve", "--shuffle", seed]);
        done.good().lines().skip(1).take(2).map(str::to_owned).collect::<Vec<String>>()
    };
    let (first, second) = (curve("1"), curve("2"));
    assert_ne!(first, second);
    for (row, name) in ["after 10", "after 30"].into_iter().enumerate() {
        assert!(means[row + 1].starts_with(name), "{means:?}");
        let mean = rates(means[row + 1]);
        let (first, second) = (rates(&first[row]), rates(&second[row]));
        for column in 0..5 {
            let want = f64::midpoint(first[column], second[column]);
            assert!((mean[column] - want).abs() < 0.011, "{name}: {mean:?}, {first:?}, {second:?}");
        }
        assert!((mean[5] - 100.0).abs() < 1e-9, "{mean:?}");
    }
}

#[test]
fn a_curve_goes_on_without_what_it_cannot_read_and_says_so_once() {
    let home = Home::new();
    let index = stream(&home, "mail", 8);
    fs::remove_file(home.mail("mail/ham3")).unwrap();
    let done = home.run(&["eval", &index, "--curve", "--shuffles", "3"]);
    done.failed(1, "mail/ham3: No such file or directory");
    assert!(done.stdout.contains("means over 3 orders of 15 messages"), "{done:?}");
}

#[test]
fn the_bins_of_the_calibration_hold_each_opinion_once() {
    let home = Home::new();
    let index = stream(&home, "mail", 40);
    let done = home.run(&["eval", &index, "--online", "--calibration"]);
    let lines: Vec<&str> = done.good().lines().collect();
    // The learner speaks after five of each.
    assert!(lines[4].starts_with("calibration error ") && lines[4].ends_with(" of 70 opinions"), "{lines:?}");
    assert!(lines[5].starts_with("second half ") && lines[5].ends_with(" of 40 opinions"), "{lines:?}");
    for name in ["equal bins", "equal counts"] {
        let bins = lines.iter().skip_while(|line| !line.starts_with(name)).skip(1).take_while(|line| !line.is_empty());
        let counts = bins.map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap());
        assert_eq!(counts.sum::<usize>(), 70, "{name}: {lines:?}");
    }
    assert!(!home.run(&["eval", &index, "--online"]).good().contains("equal counts  "));
    assert!(!home.run(&["eval", &index, "--rules-only"]).good().contains("calibration"));
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let home = Home::new();
    let index = stream(&home, "mail", 1);
    for (flags, text) in [
        (
            &["--online", "--feedback", "everything", "--autolearn"][..],
            "--autolearn goes with --feedback errors or evening",
        ),
        (&["--online", "--feedback", "errors", "--day", "9"], "--day goes with --feedback evening"),
    ] {
        home.run(&[&["eval", &index], flags].concat()).failed(1, text);
    }
    for (flags, text) in [
        (&["--feedback", "errors"][..], "--online"),
        (&["--online", "--feedback", "now"], "evening"),
        (&["--online", "--autolearn"], "--feedback"),
        (&["--online", "--day", "9"], "--feedback"),
        (&["--online", "--feedback", "evening", "--day", "0"], "--day"),
        (&["--online", "--rules-only", "--feedback", "errors"], "--rules-only"),
        (&["--online", "--learner-only", "--feedback", "errors", "--autolearn"], "--learner-only"),
        (&["--rules-only", "--train", "x"], "--rules-only"),
        (&["--rules-only", "--calibration"], "--rules-only"),
        (&["--shuffles", "3"], "--curve"),
        (&["--curve", "--online"], "--online"),
        (&["--curve", "--rules-only"], "--rules-only"),
        (&["--curve", "--shuffle", "1", "--shuffles", "3"], "--shuffle"),
        (&["--curve", "--shuffles", "0"], "--shuffles"),
    ] {
        let done = home.run(&[&["eval", &index], flags].concat());
        assert!(done.code == 2 && done.stderr.contains(text), "{flags:?}: {done:?}");
    }
}
