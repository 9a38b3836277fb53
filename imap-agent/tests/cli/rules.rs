//! `rules check` on rule files.

use serde_json::Value;

use crate::home::Home;

const RULES: &str = "body ONE /one/\nbody OFF /two/\nscore OFF 0\nheader BROKEN To /x/\nfrobnicate \u{1b}[2J\n\
    header LISTED eval:check_rbl('a','example.org')\nmeta SUM ONE && GONE\ninclude more.cf\n\
    ifplugin Mail::SpamAssassin::Plugin::PDFInfo\nbody PDF /x/\nendif\n";

#[test]
fn rules_check_counts_each_kind_and_says_where_the_faults_are() {
    let home = Home::new();
    let path = home.write("rules/a.cf", RULES);
    home.write("rules/more.cf", "uri MORE /x/\n");
    let done = home.run(&["rules", "check", &path]);
    let lines: Vec<&str> = done.good().lines().collect();
    assert_eq!(lines[0], "5 rules in 2 files; 83.3 % are not skipped");
    assert_eq!(lines[1], "Kind    Read  Run  Ask the network  Need Bayes  0 points  Skipped");
    assert_eq!(lines[2], "body    2     1    0                0           1         0");
    assert_eq!(lines[3], "eval    1     0    1                0           0         0");
    assert!(lines.iter().any(|line| line.starts_with("  ") && line.ends_with("a.cf:4 BROKEN")), "{done:?}");
    assert!(lines.iter().any(|line| line.ends_with("a.cf:7 SUM: GONE")), "{done:?}");
    assert!(!done.stdout.contains('\u{1b}'));
    assert!(home.run(&["rules", "check", "--plugin", "PDFInfo", &path]).good().starts_with("6 rules in 2 files"));
}

#[test]
fn rules_check_json_has_the_promised_shape() {
    let home = Home::new();
    home.write("rules/a.cf", RULES);
    let done = home.run(&["rules", "check", "--json", &home.mail("rules")]);
    let value: Value = serde_json::from_str(done.good().trim_end()).unwrap();
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["files", "kinds", "notes", "rules", "share", "skipped"]);
    assert_eq!((&value["files"], &value["rules"]), (&1.into(), &4.into()));
    assert_eq!(value["kinds"]["body"]["runs"], 1);
    let all: Vec<&Value> =
        value["skipped"].as_array().unwrap().iter().flat_map(|group| group["places"].as_array().unwrap()).collect();
    let place = |line: usize| format!("{}:{line}", home.mail("rules/a.cf"));
    assert!(all.iter().any(|found| found["place"] == place(4) && found["rule"] == "BROKEN"), "{value}");
    assert!(all.iter().any(|found| found["place"] == place(8) && found["rule"].is_null()), "{value}");
}

#[test]
fn rules_that_cannot_be_read_are_said_once_and_clearly() {
    let home = Home::new();
    home.run(&["rules", "check", &home.mail("none.cf")]).failed(1, "none.cf: No such file or directory");
    let path = home.write("a.cf", RULES);
    home.run(&["rules", "check", "--plugin", "Strange", &path]).failed(1, "there is no plugin `Strange`");
}

#[test]
fn a_pattern_that_does_not_compile_is_counted_and_named() {
    let home = Home::new();
    let path = home.write("a.cf", "body GOOD /one/\nbody BAD /(?<=a+)b/\n\nheader WORSE Subject =~ /(?{1})/\n");
    let done = home.run(&["rules", "check", &path]);
    let lines: Vec<&str> = done.good().lines().collect();
    assert_eq!(lines[0], "3 rules in 1 file; 33.3 % are not skipped");
    for place in ["a.cf:2 BAD", "a.cf:4 WORSE"] {
        assert!(lines.iter().any(|line| line.contains(place)), "{done:?}");
    }
}

#[test]
fn points_for_a_rule_count_and_a_slip_in_its_name_is_said() {
    let home = Home::new();
    let rules = home.write("mine.cf", "body MINE_GOLD /gold/\n");
    let mail = home.write("a.eml", "Subject: x\n\nWe have 250 kg of gold dust and two hundred gold bars to sell.\n");
    let index = home.write("index", "spam a.eml\n");
    home.write("../home/tamis.toml", "[scores]\nMINE_GOLD = 8.5\nFEE_GOLD = 0.25\nMINE_GOLDD = 1\n");
    let slip = "line 4: no check and no rule in use is named `MINE_GOLDD`; did you mean `MINE_GOLD`?";
    let done = home.run(&["scan", "--json", "--no-network", "--rules", &rules, &mail]);
    let verdict: Value = serde_json::from_str(done.stdout.trim_end()).unwrap();
    assert!(done.stderr.contains(slip), "{done:?}");
    let points = |name: &str| {
        let all = verdict["symbols"].as_array().unwrap();
        all.iter().find(|found| found["symbol"] == name).map(|found| found["score"].as_f64().unwrap())
    };
    assert_eq!((points("MINE_GOLD"), points("FEE_GOLD")), (Some(8.5), Some(0.25)));
    let done = home.run(&["eval", &index, "--rules-only", "--rules", &rules]);
    assert!(done.code == 0 && done.stderr.contains(slip), "{done:?}");
    let done = home.run(&["eval", &index, "--rules-only"]);
    assert!(done.code == 0 && done.stderr.contains("is named `MINE_GOLD`"), "{done:?}");
}
