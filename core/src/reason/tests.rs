//! Sentences, and that every symbol has words a stranger to mail understands.

use super::*;
use crate::{
    checks,
    rules::{LoadSettings, load, own_files},
    symbol::{Symbol, Words},
};

/// Words of the trade. None may stand in a sentence for a person.
const JARGON: [&str; 34] = [
    "header",
    "headers",
    "message-id",
    "mime",
    "helo",
    "base64",
    "html",
    "dkim",
    "spf",
    "dmarc",
    "tld",
    "top-level",
    "charset",
    "envelope",
    "host",
    "hosts",
    "domain",
    "domains",
    "uri",
    "url",
    "ascii",
    "markup",
    "style",
    "tag",
    "tags",
    "protocol",
    "bytes",
    "relay",
    "smtp",
    "rdns",
    "boundary",
    "token",
    "token's",
    "domain's",
];

pub(super) fn finding(name: &str, about: &str, why: &str) -> Finding {
    Finding { symbol: Symbol::of_rule(name.into()), about: Words::from(about), why: why.to_owned() }
}

pub(super) fn verdict(class: Class, findings: &[(&str, &str, i32)]) -> Verdict {
    let about = |name: &str| {
        let known = crate::symbols().find(|info| info.name == name).map(|info| info.about);
        known.or_else(|| own().into_iter().find(|(rule, _)| rule == name).map(|(_, about)| about.leak() as &str))
    };
    let scored =
        |(name, why, points): &(&str, &str, i32)| (finding(name, about(name).unwrap_or_default(), why), *points);
    Verdict::of(class, findings.iter().map(scored))
}

/// Each rule of ours and what it says of itself.
pub(super) fn own() -> Vec<(String, String)> {
    let files = own_files().into_iter().map(|file| String::from_utf8(file.text).unwrap());
    let mut rules = Vec::new();
    for text in files {
        for line in text.lines().filter_map(|line| line.strip_prefix("describe ")) {
            let (name, about) = line.trim().split_once(' ').unwrap();
            rules.push((name.to_owned(), about.trim().to_owned()));
        }
    }
    rules
}

pub(super) fn jargon(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    // The name of a file or site is no word of ours.
    let words =
        lower.split(|c: char| !c.is_alphanumeric() && !"-'.".contains(c)).map(|word| word.trim_end_matches('.'));
    words.into_iter().find_map(|word| JARGON.into_iter().find(|jargon| word == *jargon))
}

#[test]
fn of_a_peer_it_says_how_often_the_person_wrote() {
    let why = "you wrote to this person 4 times, last in March 2026";
    let verdict = Verdict {
        decided_by: DecidedBy::Peer,
        ..verdict(Class::Ham, &[("MISSING_DATE", "", 9_000), ("PEER", why, -500)])
    };
    assert_eq!(reason(&verdict), "You wrote to this person 4 times, last in March 2026.");
}

#[test]
fn every_symbol_of_a_check_has_words_that_everybody_knows() {
    let mut wrong = Vec::new();
    for (check, found) in checks::fixture_findings() {
        let words = in_words(&found);
        let line = BOOK.place(found.symbol.name()).filter(|(_, is_exact)| *is_exact);
        let is_filled =
            line.is_none_or(|(place, _)| BOOK.entry(place).unwrap().clause(&found.why, Tongue::English).is_some());
        if let Some(word) = jargon(&words.text) {
            wrong.push(format!("{check}: {} says {word:?}: {}", found.symbol, words.text));
        }
        if !is_filled {
            wrong.push(format!("{check}: {} has not what its line asks for: {}", found.symbol, found.why));
        }
    }
    assert!(wrong.is_empty(), "mend core/reasons.txt:\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_of_ours_has_words_that_everybody_knows() {
    let wrong: Vec<String> = own()
        .into_iter()
        .map(|(name, about)| (in_words(&finding(&name, &about, "")).text, name))
        .filter_map(|(text, name)| Some(format!("{name} says {:?}: {text}", jargon(&text)?)))
        .collect();
    assert!(wrong.is_empty(), "mend core/reasons.txt:\n{}", wrong.join("\n"));
    assert_eq!(load(&own_files(), &LoadSettings::default()).problems, []);
}

#[test]
fn every_line_of_the_table_is_of_something_that_exists() {
    let rules = own();
    let is_known = |head: &str| {
        crate::symbols().any(|info| info.name == head)
            || rules.iter().any(|(name, _)| name == head || head.ends_with('_') && name.starts_with(head))
    };
    let unknown: Vec<&str> = BOOK.heads().filter(|head| !is_known(head)).collect();
    assert_eq!(unknown, [] as [&str; 0]);
}

#[test]
fn the_strongest_two_about_different_things_make_the_sentence() {
    let brand = ("FROM_BRAND", "called \"DHL\" but writes from post.example", 3_290);
    for (findings, want) in [
        (vec![brand], "It claims to be DHL, but comes from post.example."),
        (
            vec![brand, ("URL_CHEAP_TLD", "a link leads to pay-dhl.top", 750), ("MISSING_MID", "there is none", 900)],
            "It claims to be DHL, but comes from post.example.",
        ),
        (
            vec![brand, ("URL_TEXT_MISMATCH", "the link says dhl.com but goes to pay-dhl.example", 1_040)],
            "It claims to be DHL, but a link that says dhl.com goes to pay-dhl.example.",
        ),
        (
            vec![brand, ("FILE_PROGRAM", "\"label.exe\" is a program", 3_000)],
            "It claims to be DHL, but the attached file label.exe is a program.",
        ),
        (
            vec![
                ("ADVANCE_FEE_PHRASES", "it says \"a fortune\"", 3_450),
                ("FREEMAIL_REPLYTO", "from a@gmx.example but answers go to b@mail.example", 1_910),
            ],
            "A stranger promises you a fortune, and your answer would go to b@mail.example, not to the sender.",
        ),
        (
            vec![("EXTORT_RECORDED", "", 900), ("EXTORT_DEADLINE", "", 700)],
            "It is blackmail by somebody who claims to have spied on you.",
        ),
        (vec![("EXTORT_RECORDED", "", 900)], "Somebody claims to have filmed you."),
        (vec![("BAYES_99", "the words look 99 % like your spam", 5_400)], "It is like mail you have called spam."),
        (
            vec![("SUBJ_BRAND", "it speaks of dhl, but is from post.example", 490)],
            "It speaks for DHL, but comes from post.example.",
        ),
        (vec![], "Many small signs of unwanted mail come together."),
    ] {
        assert_eq!(reason(&verdict(Class::Spam, &findings)), want);
    }
}

#[test]
fn wanted_mail_has_its_sentence_too() {
    for (findings, want) in [
        (vec![], "Nothing in it is suspicious."),
        (vec![("SUBJ_EXCLAIM", "it ends with !", 750)], "Nothing in it is suspicious."),
        (vec![("SUBJ_EXCLAIM", "it ends with !", 750), ("MISSING_MID", "none", 400)], "Little in it is suspicious."),
        (
            vec![("SUBJ_ALL_CAPS", "it is", 1_180)],
            "Little in it is suspicious, only that its subject is all in capitals.",
        ),
        (
            vec![("BAYES_00", "the words look 0 % like your spam", -5_000)],
            "You have taught Tamis that mail like this is wanted.",
        ),
        (
            vec![("REAL_REPLY", "it quotes", -1_000), ("SUBJ_ALL_CAPS", "it is", 1_180)],
            "It answers a message and quotes it, although its subject is all in capitals.",
        ),
        (vec![("BOUNCE_REPORT", "it is", -1_500)], "It is a report about the delivery of a message."),
    ] {
        assert_eq!(reason(&verdict(Class::Ham, &findings)), want);
    }
    let test =
        Verdict { decided_by: DecidedBy::TestMessage, ..verdict(Class::Spam, &[("GTUBE", "it holds it", 1_000_000)]) };
    assert_eq!(reason(&test), "It holds the text that is agreed on for trying spam filters.");
}

#[test]
fn rules_of_others_are_quoted() {
    let of = |about: &str| in_words(&finding("SOMEONES_RULE", about, "")).text;
    assert_eq!(of("BODY: HTML and a TLD."), "It matches the rule “HTML and a TLD”");
    assert_eq!(of(""), "It matches the rule SOMEONES_RULE");
    assert_eq!(in_words(&finding("ATT_PDF_LURE", "PDF named like a bill", "")).text, "PDF named like a bill");
}

#[test]
fn a_message_cannot_put_words_into_the_sentence() {
    let name = "your bank\" but writes from bank.example. Trust it";
    let why = format!("called \"{name}\" but writes from evil.example");
    let said = reason(&verdict(Class::Spam, &[("FROM_BRAND", &why, 3_000)]));
    assert_eq!(said, "It claims to be your bank, but comes from evil.example.");
    let why = format!("called \"\u{202e}a\u{7}{}\" but writes from evil.example", "x\n".repeat(1_000));
    let said = reason(&verdict(Class::Spam, &[("FROM_BRAND", &why, 3_000)]));
    assert!(said.chars().count() < 120 && !said.chars().any(|c| c.is_control() || c == '\u{202e}'), "{said:?}");
}
