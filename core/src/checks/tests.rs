//! Rules that hold for every check, and every check against its fixture file.

use std::collections::BTreeSet;

use super::{CHECKS, symbols};
use crate::{
    Answer, Evidence, Finding, Findings, Mail, Query, UnixTime,
    learn::{Clue, Opinion},
    mail::{Address, Arrival, Domain, NamePattern},
};

#[test]
fn symbols_are_unique_and_well_formed() {
    let mut seen = BTreeSet::new();
    for info in symbols() {
        let name = info.name;
        assert!(seen.insert(name), "{name} is declared twice");
        assert!(name.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'_')), "{name} is not UPPER_SNAKE");
        assert!(!info.about.is_empty() && !info.about.ends_with('.'), "{name}: {:?}", info.about);
    }
}

#[test]
fn every_symbol_has_exactly_one_score() {
    let scores: toml::Table = include_str!("../../scores.toml").parse().unwrap();
    let scored: BTreeSet<&str> = scores.keys().map(String::as_str).collect();
    let declared: BTreeSet<&str> = symbols().map(|info| info.name).collect();
    assert_eq!(scored, declared);
    assert!(scores.values().all(|score| score.is_float() || score.is_integer()));
}

#[test]
fn checks_have_unique_names() {
    let names: BTreeSet<&str> = CHECKS.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), CHECKS.len());
}

#[test]
fn every_fixture_raises_exactly_what_it_expects() {
    let mut wrong = Vec::new();
    for check in CHECKS {
        for case in cases(check.name()) {
            let mail = Mail::parse(&case.mail, &case.arrival);
            let mut findings = Findings::default();
            check.evaluate(&mail, &case.evidence, &mut findings);
            let got: BTreeSet<String> = findings.iter().map(|found| found.symbol.to_string()).collect();
            let why_is_good = findings.iter().all(|found| !found.why.is_empty() && !found.why.ends_with('.'));
            if got != case.expect || !why_is_good {
                let (name, mail) = (check.name(), String::from_utf8_lossy(&case.mail));
                wrong.push(format!("{name}: wanted {:?}\ngot {findings:#?}\n{mail}", case.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_symbol_is_raised_by_a_fixture() {
    for check in CHECKS {
        let raised: BTreeSet<String> = cases(check.name()).into_iter().flat_map(|case| case.expect).collect();
        let missing: Vec<_> = check.symbols().iter().filter(|info| !raised.contains(info.name)).collect();
        assert!(missing.is_empty(), "{}: nothing raises {missing:?}", check.name());
    }
}

/// A near miss is the innocent thing that looks most like what a symbol is for: a case that says `near:` of the symbol, and
/// does not raise it.
#[test]
fn every_symbol_has_a_near_miss_that_does_not_raise_it() {
    let mut wrong = Vec::new();
    for check in CHECKS {
        let cases = cases(check.name());
        let near: BTreeSet<&str> = cases.iter().flat_map(|case| case.near.iter().map(String::as_str)).collect();
        let own: BTreeSet<&str> = check.symbols().iter().map(|info| info.name).collect();
        wrong.extend(own.difference(&near).map(|name| format!("{}: nothing comes near {name}", check.name())));
        wrong.extend(near.difference(&own).map(|name| format!("{}: {name} is not of it", check.name())));
        let raised = cases.iter().flat_map(|case| case.near.intersection(&case.expect));
        wrong.extend(raised.map(|name| format!("{}: {name} is said to come near and to be raised", check.name())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the fixtures raise, each with its check.
pub(crate) fn fixture_findings() -> Vec<(&'static str, Finding)> {
    let mut all = Vec::new();
    for check in CHECKS {
        for case in cases(check.name()) {
            let mut findings = Findings::default();
            check.evaluate(&Mail::parse(&case.mail, &case.arrival), &case.evidence, &mut findings);
            all.extend(findings.into_iter().map(|found| (check.name(), found)));
        }
    }
    all
}

/// Fixture files, by check. Cases are separated by `---` and headed by `expect: SYMBOLS`, by `near: SYMBOLS` where they only
/// look like these, and by what is known beside the message.
const FIXTURES: &[(&str, &str)] = &[
    ("archives", include_str!("../../fixtures/archives.txt")),
    ("auth", include_str!("../../fixtures/auth.txt")),
    ("brand", include_str!("../../fixtures/brand.txt")),
    ("calendar", include_str!("../../fixtures/calendar.txt")),
    ("date", include_str!("../../fixtures/date.txt")),
    ("documents", include_str!("../../fixtures/documents.txt")),
    ("enclosed", include_str!("../../fixtures/enclosed.txt")),
    ("encoding", include_str!("../../fixtures/encoding.txt")),
    ("file_policy", include_str!("../../fixtures/file_policy.txt")),
    ("files", include_str!("../../fixtures/files.txt")),
    ("from", include_str!("../../fixtures/from.txt")),
    ("from_form", include_str!("../../fixtures/from_form.txt")),
    ("gtube", include_str!("../../fixtures/gtube.txt")),
    ("html", include_str!("../../fixtures/html.txt")),
    ("kind", include_str!("../../fixtures/kind.txt")),
    ("learned", include_str!("../../fixtures/learned.txt")),
    ("link_call", include_str!("../../fixtures/link_call.txt")),
    ("link_host", include_str!("../../fixtures/link_host.txt")),
    ("link_name", include_str!("../../fixtures/link_name.txt")),
    ("link_path", include_str!("../../fixtures/link_path.txt")),
    ("link_spread", include_str!("../../fixtures/link_spread.txt")),
    ("link_way", include_str!("../../fixtures/link_way.txt")),
    ("link_shape", include_str!("../../fixtures/link_shape.txt")),
    ("link_target", include_str!("../../fixtures/link_target.txt")),
    ("mailing_list", include_str!("../../fixtures/mailing_list.txt")),
    ("message_id", include_str!("../../fixtures/message_id.txt")),
    ("own_house", include_str!("../../fixtures/own_house.txt")),
    ("pages", include_str!("../../fixtures/pages.txt")),
    ("pdf", include_str!("../../fixtures/pdf.txt")),
    ("phrases", include_str!("../../fixtures/phrases.txt")),
    ("qr", include_str!("../../fixtures/qr.txt")),
    ("recipients", include_str!("../../fixtures/recipients.txt")),
    ("reply", include_str!("../../fixtures/reply.txt")),
    ("reply_to", include_str!("../../fixtures/reply_to.txt")),
    ("route", include_str!("../../fixtures/route.txt")),
    ("sender_domain", include_str!("../../fixtures/sender_domain.txt")),
    ("spoken_for", include_str!("../../fixtures/spoken_for.txt")),
    ("subject", include_str!("../../fixtures/subject.txt")),
    ("vouched", include_str!("../../fixtures/vouched.txt")),
    ("blanks", include_str!("../../fixtures/blanks.txt")),
    ("greeting", include_str!("../../fixtures/greeting.txt")),
    ("html_tricks", include_str!("../../fixtures/html_tricks.txt")),
    ("text_parts", include_str!("../../fixtures/text_parts.txt")),
    ("word_salad", include_str!("../../fixtures/word_salad.txt")),
    ("provider_doubt", include_str!("../../fixtures/provider_doubt.txt")),
    ("login_look", include_str!("../../fixtures/login_look.txt")),
    ("brand_images", include_str!("../../fixtures/brand_images.txt")),
    ("two_brands", include_str!("../../fixtures/two_brands.txt")),
    ("typo_domain", include_str!("../../fixtures/typo_domain.txt")),
    ("strange_seal", include_str!("../../fixtures/strange_seal.txt")),
];

/// One message and what must be found in it.
#[derive(Default)]
struct Case {
    expect: BTreeSet<String>,
    near: BTreeSet<String>,
    arrival: Arrival,
    evidence: Evidence,
    mail: Vec<u8>,
}

fn cases(name: &str) -> Vec<Case> {
    let fixture = FIXTURES.iter().find(|(check, _)| *check == name);
    let (_, text) = fixture.unwrap_or_else(|| panic!("{name} has no fixture"));
    text.split("\n---\n").map(Case::parse).collect()
}

impl Case {
    fn parse(text: &str) -> Self {
        let mut case = Self::default();
        let (head, mail) = text.split_once("\n\n").expect("a head, a blank line, a message");
        assert!(head.starts_with("expect:"), "a case begins with expect: {head}");
        for line in head.lines() {
            let (key, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.trim();
            match key {
                "expect" => case.expect = value.split_whitespace().map(str::to_owned).collect(),
                "near" => case.near = value.split_whitespace().map(str::to_owned).collect(),
                "received-at" => case.arrival.received_at = Some(UnixTime(value.parse().unwrap())),
                "provider" => case.arrival.account.provider.push(Domain::parse(value).unwrap()),
                "identity" => case.arrival.account.identities.push(Address::parse(value).unwrap()),
                "deny" => case.arrival.account.files.deny.push(NamePattern::parse(value).unwrap()),
                "allow" => case.arrival.account.files.allow.push(NamePattern::parse(value).unwrap()),
                "learned" => case.evidence.insert(Query::Learned, Answer::Learned(opinion(value.parse().unwrap()))),
                other => panic!("unknown key {other:?}"),
            }
        }
        // A text file cannot hold bytes that are no text: `\xff` stands for one.
        for (i, piece) in mail.split("\\xff").enumerate() {
            if 0 < i {
                case.mail.push(0xff);
            }
            case.mail.extend_from_slice(piece.as_bytes());
        }
        case
    }
}

fn opinion(probability: f64) -> Opinion {
    Opinion { probability, clues: vec![Clue { word: "\"overdue\" in the subject".to_owned(), probability }] }
}
