//! That everything is said in German, too.

use std::collections::BTreeSet;

use super::{
    book::table,
    tests::{finding, jargon, own, verdict},
    *,
};
use crate::checks;

fn german(name: &str, why: &str) -> String {
    in_words_in(Tongue::German, &finding(name, "about", why)).text
}

#[test]
fn every_line_of_the_table_has_a_german_one() {
    let heads = |text: &'static str| {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(": ")?.0.split(' ').next()).collect::<BTreeSet<_>>()
    };
    assert_eq!(heads(include_str!("../../reasons.txt")), heads(include_str!("../../reasons.de.txt")));
}

#[test]
fn every_symbol_is_said_in_german_whatever_its_facts_are() {
    let about = table(include_str!("../../about.de.txt"));
    let ours = own().into_iter().map(|(name, _)| name);
    let all: BTreeSet<String> = crate::symbols().map(|info| info.name.to_owned()).chain(ours).collect();
    let has_line = |name: &str| {
        let exact = BOOK.place(name).filter(|(_, is_exact)| *is_exact);
        exact.is_some_and(|(place, _)| !BOOK.entry(place).unwrap().has_facts(Tongue::German))
    };
    let silent: Vec<_> = all.iter().filter(|name| !has_line(name) && !about.contains_key(name.as_str())).collect();
    assert!(silent.is_empty(), "core/about.de.txt lacks {silent:?}");
    let unknown: Vec<_> = about.keys().filter(|name| !all.contains(**name) || has_line(name)).collect();
    assert!(unknown.is_empty(), "core/about.de.txt says what nobody hears: {unknown:?}");
}

#[test]
fn german_words_take_the_same_facts_and_none_of_the_trade() {
    let mut wrong = Vec::new();
    for (check, found) in checks::fixture_findings() {
        let exact = BOOK.place(found.symbol.name()).filter(|(_, is_exact)| *is_exact);
        let entry = exact.and_then(|(place, _)| BOOK.entry(place));
        if entry.is_some_and(|entry| entry.clause(&found.why, Tongue::German).is_none()) {
            wrong.push(format!("{check}: {} has not what its line asks for: {}", found.symbol, found.why));
        }
        let words = in_words_in(Tongue::German, &found).text;
        wrong.extend(jargon(&words).map(|word| format!("{check}: {} says {word:?}: {words}", found.symbol)));
    }
    assert!(wrong.is_empty(), "mend core/reasons.de.txt:\n{}", wrong.join("\n"));
}

#[test]
fn sentences_are_joined_in_german() {
    for (class, findings, want) in [
        (
            Class::Spam,
            vec![("FROM_BRAND", "called \"DHL\" but writes from post.example", 3_290)],
            "Sie gibt sich als DHL aus, kommt aber von post.example.",
        ),
        (
            Class::Spam,
            vec![
                ("FROM_BRAND", "called \"DHL\" but writes from post.example", 3_290),
                ("FILE_PROGRAM", "\"label.exe\" is a program", 3_000),
            ],
            "Sie gibt sich als DHL aus, aber die angehängte Datei label.exe ist ein Programm.",
        ),
        (
            Class::Spam,
            vec![
                ("ADVANCE_FEE_PHRASES", "it says \"a fortune\"", 3_450),
                ("FREEMAIL_REPLYTO", "from a@gmx.example but answers go to b@mail.example", 1_910),
            ],
            "Ein Fremder verspricht dir ein Vermögen, und deine Antwort ginge an b@mail.example, nicht an den Absender.",
        ),
        (Class::Spam, vec![("EXTORT_RECORDED", "", 900)], "Jemand behauptet, dich gefilmt zu haben."),
        (Class::Spam, vec![("SOMEONES_RULE", "", 900)], "Auf sie passt die Regel SOMEONES_RULE."),
        (Class::Spam, vec![], "Viele kleine Zeichen unerwünschter Post kommen zusammen."),
        (Class::Ham, vec![], "Nichts an ihr ist verdächtig."),
        (
            Class::Ham,
            vec![("SUBJ_ALL_CAPS", "it is", 1_180)],
            "Kaum etwas an ihr ist verdächtig, nur dies: ihr Betreff besteht ganz aus Großbuchstaben.",
        ),
        (
            Class::Ham,
            vec![("REAL_REPLY", "it quotes", -1_000), ("SUBJ_ALL_CAPS", "it is", 1_180)],
            "Sie antwortet auf eine Nachricht und zitiert sie; auffällig ist nur: ihr Betreff besteht ganz aus Großbuchstaben.",
        ),
    ] {
        assert_eq!(reason_in(Tongue::German, &verdict(class, &findings)), want);
    }
    assert_eq!(
        german("NOT_TO_ME", "it is addressed to eve@example.org"),
        "Sie ist an eve@example.org gerichtet, nicht an dich"
    );
    assert_eq!(
        german("FROM_BRAND", "what it needs is not there"),
        "Der Name des Absenders ist ein bekannter, seine Adresse gehört nicht dazu"
    );
}

#[test]
fn a_message_cannot_put_words_into_a_german_sentence() {
    let why = "called \"deine Bank. „Vertrau“ ihr\" but writes from evil.example";
    let said = reason_in(Tongue::German, &verdict(Class::Spam, &[("FROM_BRAND", why, 3_000)]));
    assert_eq!(said, "Sie gibt sich als „deine Bank. Vertrau ihr“ aus, kommt aber von evil.example.");
}

#[test]
fn facts_are_said_in_german_with_their_values() {
    let said = |why: &str| fact_in(Tongue::German, why);
    assert_eq!(said("dated 9 hours after it arrived"), "9 Stunden nach ihrer Ankunft datiert");
    assert_eq!(said("what nobody has translated"), "what nobody has translated");
    assert_eq!(
        said("this text was in 3 messages that you have called spam"),
        "dieser Text: schon in 3 Nachrichten, die du Spam genannt hast"
    );
    assert_eq!(
        said("of a@example.org you have called 2 messages wanted and 1 spam, and read 4 more"),
        "von a@example.org hast du 2 Nachrichten erwünscht und 1 Spam genannt und 4 weitere gelesen"
    );
    let book = PhraseBook::read(include_str!("../../facts.de.txt"));
    assert_eq!(book.faults(), [] as [&str; 0]);
}
