//! Tests of `tune` that need no command line: what is made of findings.

use tamis_core::{DecidedBy, Finding, Score, ScoredFinding, SymbolInfo, Words};

use tamis_core::learn::Label;

use super::*;

#[test]
fn bounds_are_two_numbers_around_nothing() {
    assert_eq!(bounds("-1.5..4"), Ok((-1.5, 4.0)));
    assert_eq!(bounds("0..0"), Ok((0.0, 0.0)));
    for wrong in ["", "4", "1..4", "-1..-2", "-1..", "a..b", "NaN..4", "-1..inf"] {
        assert!(bounds(wrong).is_err(), "{wrong}");
    }
    for wrong in ["0", "-1", "NaN", "inf", "x"] {
        assert!(positive(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_learner_and_what_decides_alone_are_counted_but_not_fitted() {
    let mut sample = Sample::default();
    let verdict = verdict(&[("BAYES_99", 5400), ("GTUBE", 1_000_000), ("MISSING_DATE", 1000), ("MISSING_MID", 600)]);
    let (terms, rest) = sample.terms_of(&verdict);
    assert_eq!(terms, [0, 1]);
    assert!((rest - 1005.4).abs() < 1e-9, "{rest}");
    let names: Vec<&str> = sample.terms.iter().map(|term| term.name.as_str()).collect();
    assert_eq!(names, ["MISSING_DATE", "MISSING_MID"]);
    let mut rules_only = Sample { are_checks_fixed: true, ..Sample::default() };
    let (terms, rest) = rules_only.terms_of(&verdict);
    assert!(terms.is_empty() && (rest - 1007.0).abs() < 1e-9, "{terms:?} {rest}");
    assert!((sample.terms[1].given - 0.6).abs() < 1e-9, "{:?}", sample.terms);
}

#[test]
fn a_rule_worth_nothing_still_runs() {
    for (score, given, want) in [(0.0, 0.5, "0.001"), (0.0, -0.5, "-0.001"), (-0.0, 0.5, "0.001"), (1.25, 1.0, "1.25")]
    {
        assert_eq!(of_rule(score, given).to_string(), want, "{score} {given}");
    }
}

#[test]
fn figures_are_shown_for_each_pack_and_kind() {
    let judged = |pack, label, points: [f64; 3], later| {
        let [before, fitted, unseen] = points.map(Some);
        Judged { pack, label, points: [before, fitted, unseen, later] }
    };
    let judged = [
        judged(0, Label::Ham, [5.0, 3.0, 4.9996], None),
        judged(0, Label::Ham, [0.0; 3], Some(3.0)),
        judged(1, Label::Spam, [2.9, 6.0, 3.0], None),
    ];
    let lines = table(&["old".to_owned(), "new".to_owned()], &judged, &Config::default());
    assert_eq!(
        lines,
        [
            "pack        n  before 5.0  3.0  fitted 5.0  3.0  cross-validated 5.0  3.0  later half  5.0  3.0",
            "old   ham   2  1           1    0           1    1                    1    1           0    1",
            "new   spam  1  0           0    1           1    0                    1    0           0    0",
        ]
    );
}

#[test]
fn the_first_half_of_each_pack_is_the_earlier() {
    let sample = Sample { packs: vec![0, 1, 0, 0, 1, 2], ..Sample::default() };
    assert_eq!(sample.is_earlier(), [true, true, false, false, false, false]);
}

#[test]
fn afresh_nothing_but_the_sign_is_known() {
    let points = [2.75, 0.001, 0.0, -0.001, -1.5].map(|given| afresh(given).to_string());
    assert_eq!(points, ["0.5", "0.5", "0", "-0.5", "-0.5"]);
}

fn verdict(of: &[(&'static str, i32)]) -> Verdict {
    let findings = of.iter().map(|(name, points)| ScoredFinding {
        finding: Finding { symbol: SymbolInfo::new(name, "").symbol(), about: Words::new(""), why: String::new() },
        score: Score::from_thousandths(*points),
    });
    Verdict {
        score: Score::ZERO,
        class: tamis_core::Class::Ham,
        probability: None,
        clues: Vec::new(),
        decided_by: DecidedBy::Score,
        findings: findings.collect(),
        listed: Vec::new(),
        exhausted: Vec::new(),
        asked: Vec::new(),
    }
}
