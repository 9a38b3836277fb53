//! Whole reports.

use super::*;
use crate::{
    learn::Clue,
    mail::Arrival,
    symbol::{SymbolInfo, Words},
};

const HTML: SymbolInfo = SymbolInfo::new("X_HTML_MESSAGE", "");
const BAYES: SymbolInfo = SymbolInfo::new("X_BAYES_99", "");
const REPLY: SymbolInfo = SymbolInfo::new("X_REPLY", "");

fn report(raw: &str, verdict: &Verdict) -> String {
    explain(&Mail::parse(raw.replace('\n', "\r\n").as_bytes(), &Arrival::default()), verdict, &Config::default())
}

fn verdict(class: Class, findings: &[(&SymbolInfo, &str, i32)]) -> Verdict {
    let found = findings.iter().map(|(info, why, points)| {
        (Finding { symbol: info.symbol(), about: Words::new(info.about), why: (*why).to_owned() }, *points)
    });
    Verdict::of(class, found)
}

#[test]
fn spam_is_explained_with_everything_that_spoke() {
    let raw = "Received: from mail.shop.example (unknown [192.0.2.9]) by mx.example.org with ESMTP; Mon, 1 Jan 2024 00:00:00 +0000\n\
               From: Shop <news@shop.example>\nSubject: Cheap \x1B[31mpills\nMIME-Version: 1.0\n\
               Content-Type: multipart/mixed; boundary=b1\n\n--b1\nContent-Type: text/html\n\n\
               <a href=\"http://pay.example/a\">one</a> <a href=\"http://pay.example/b\">two</a>\n\
               --b1\nContent-Type: application/zip\nContent-Disposition: attachment; filename=\"a.zip\"\n\nPK\n--b1--\n";
    let verdict = Verdict {
        probability: Some(0.987),
        clues: vec![Clue { word: "\"pills\" in the subject".to_owned(), probability: 0.99 }],
        asked: vec![Asked {
            question: "DNS: A of pay.example.dbl.spamhaus.org".to_owned(),
            answer: "127.0.1.2".to_owned(),
            millis: 21,
        }],
        ..verdict(Class::Spam, &[(&HTML, "one HTML part", 100), (&BAYES, "98.7 % by what you taught", 5250)])
    };
    insta::assert_snapshot!(report(raw, &verdict), @r#"
    It matches the rule X_BAYES_99.

    Spam: 5.35 points. Mail is doubtful from 3.0 points on, and spam from 5.0.
    Decided by the sum of the points below.

    From:    Shop <news@shop.example>
    Subject: Cheap �[31mpills

    Reasons, heaviest first
       +5.25  X_BAYES_99: 98.7 % by what you taught
       +0.10  X_HTML_MESSAGE: one HTML part

    Learner: spam with a probability of 98.7 %, by these words
        99 %  "pills" in the subject

    Route, newest first; → is where it came in from outside, what is below may be invented
      → by mx.example.org from mail.shop.example [192.0.2.9]

    Links and remote things
      pay.example (2 times)

    Files
      a.zip, application/zip, 2 bytes

    Asked of others
         21 ms  DNS: A of pay.example.dbl.spamhaus.org: 127.0.1.2

    What would change it
      More than 0.35 points less would make it doubtful.
      More than 2.35 points less would make it wanted.
      Without X_BAYES_99 it would be wanted.

    Headers
      X-Spam-Checker-Version: Tamis 0.1.0
      X-Spam-Flag: YES
      X-Spam-Level: *****
      X-Spam-Status: Yes, score=5.3 required=5.0 tests=X_BAYES_99,X_HTML_MESSAGE
              autolearn=no version=0.1.0
    "#);
}

#[test]
fn wanted_mail_is_explained_too() {
    let raw = "From: Ann <ann@example.org>\nSubject: Lunch?\n\nAt noon.\n";
    let verdict = verdict(Class::Ham, &[(&HTML, "one HTML part", 3200), (&REPLY, "answers your mail", -1500)]);
    insta::assert_snapshot!(report(raw, &verdict), @"
    It matches the rule X_REPLY, although it matches the rule X_HTML_MESSAGE.

    Wanted: 1.7 points. Mail is doubtful from 3.0 points on, and spam from 5.0.
    Decided by the sum of the points below.

    From:    Ann <ann@example.org>
    Subject: Lunch?

    Reasons, heaviest first
       +3.20  X_HTML_MESSAGE: one HTML part
       -1.50  X_REPLY: answers your mail

    Learner
      It says nothing: it was not asked, or has not been taught enough.

    What would change it
      1.3 points more would make it doubtful.
      3.3 points more would make it spam.
      Without X_REPLY it would be doubtful.

    Headers
      X-Spam-Checker-Version: Tamis 0.1.0
      X-Spam-Level: *
      X-Spam-Status: No, score=1.7 required=5.0 tests=X_HTML_MESSAGE,X_REPLY
              autolearn=no version=0.1.0
    ");
}

#[test]
fn nothing_is_explained_as_nothing() {
    insta::assert_snapshot!(report("", &verdict(Class::Ham, &[])), @"
    Nothing in it is suspicious.

    Wanted: 0.0 points. Mail is doubtful from 3.0 points on, and spam from 5.0.
    Decided by the sum of the points below.

    From:    nobody
    Subject: none

    Nothing was found that speaks for or against it.

    Learner
      It says nothing: it was not asked, or has not been taught enough.

    What would change it
      3.0 points more would make it doubtful.
      5.0 points more would make it spam.

    Headers
      X-Spam-Checker-Version: Tamis 0.1.0
      X-Spam-Level:
      X-Spam-Status: No, score=0.0 required=5.0 tests=none autolearn=no
              version=0.1.0
    ");
}

#[test]
fn a_message_cannot_write_to_the_terminal() {
    let raw = "From: \"\x1B]0;owned\x07\" <a@example.org>\nSubject: \u{202E}gpj.exe\x08\x08\n\nhello\n";
    let text = report(raw, &verdict(Class::Ham, &[(&REPLY, "answers \x1B[2J\nmail", -1500)]));
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202E}'), "{text:?}");
    assert_eq!(harmless(&"x".repeat(1000)).chars().count(), MAX_CHARS + 1);
}
