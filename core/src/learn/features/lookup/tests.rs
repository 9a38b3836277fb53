//! Every token of a message is found again by its word.

use proptest::prelude::*;

use super::*;
use crate::{
    learn::Features,
    mail::{AccountFacts, Arrival, Domain, Lessons, Mail, TextPart},
};

/// Messages of every kind there is a check for.
const FIXTURES: &[&str] = &[
    include_str!("../../../../fixtures/auth.txt"),
    include_str!("../../../../fixtures/brand.txt"),
    include_str!("../../../../fixtures/encoding.txt"),
    include_str!("../../../../fixtures/files.txt"),
    include_str!("../../../../fixtures/from.txt"),
    include_str!("../../../../fixtures/html.txt"),
    include_str!("../../../../fixtures/link_target.txt"),
    include_str!("../../../../fixtures/mailing_list.txt"),
    include_str!("../../../../fixtures/phrases.txt"),
    include_str!("../../../../fixtures/reply_to.txt"),
    include_str!("../../../../fixtures/route.txt"),
    include_str!("../../../../fixtures/subject.txt"),
];

#[test]
fn every_token_of_real_messages_is_found_by_its_word() {
    let mut tokens = BTreeSet::new();
    for case in FIXTURES.iter().flat_map(|text| text.split("\n---\n")) {
        let (_, mail) = case.split_once("\n\n").unwrap();
        let account = AccountFacts { provider: vec![Domain::parse("example.org").unwrap()], ..AccountFacts::default() };
        let mail = mail.replace('\n', "\r\n");
        let features = Features::of(&Mail::parse(mail.as_bytes(), &Arrival { account, ..Arrival::default() }));
        for (id, token) in features.iter().filter(|(id, _)| tokens.insert(*id)) {
            assert!(finds(&word_of(&token), id), "{token:?} is not found by {:?}", word_of(&token));
        }
    }
    assert!(1500 < tokens.len(), "{} tokens are too few to prove anything", tokens.len());
}

#[test]
fn what_the_person_types_is_found_however_it_was_written() {
    let raw = "Received: from relay.shop.example (relay.shop.example [192.0.2.7]) by mx.example.org with ESMTP\r\n\
               From: \"The SHOP\" <News@shop.example>\r\nTo: \"Zoe\" <me@example.org>\r\n\
               Subject: Your ACCOUNT is now suspended\r\nX-Mailer: Mass Mailer 2.0\r\nX-Odd-Line: spring sale\r\n\
               Content-Type: text/html\r\n\r\n<html><title>Pills</title><p>A wire transfer, inv\u{43E}ice</p>\
               <span style=\"display:none\">weather</span><a href=\"http://pay.shop.example/verify\">x</a></html>";
    let features = Features::of(&Mail::parse(raw.as_bytes(), &Arrival::default()));
    for (word, token) in [
        ("INVOICE", "invoice"),
        ("invoice", "disguised:invoice"),
        ("Wire Transfer", "wire transfer"),
        ("weather", "hidden:weather"),
        ("pills", "title:pills"),
        ("account", "subject:caps:account"),
        ("Account", "in:subject account"),
        ("account suspended", "in:subject account _ _ suspended"),
        ("shop", "from:shop"),
        ("zoe", "to:zoe"),
        ("news@shop.example", "sender:news@shop.example"),
        ("shop.example", "domain:shop.example"),
        ("shop.example", "domain-in:received shop.example"),
        ("shop.example", "domain-in:from shop.example"),
        ("shop.example", "domain-in:any shop.example"),
        ("shop.example", "link:shop.example"),
        ("example", "link:.example"),
        (".example", "link:.example"),
        ("verify", "path:verify"),
        ("relay.shop.example", "in:received relay.shop.example"),
        ("192.0.2", "net-in:received 192.0.2"),
        ("esmtp", "with:ESMTP"),
        ("X-Mailer", "has:x-mailer"),
        ("mass mailer", "in:x-mailer mass mailer"),
        ("X-Odd-Line: Spring Sale", "in:x-odd-line spring sale"),
        ("count:HTML links 1", "count:HTML links 1"),
    ] {
        let (id, _) = features.iter().find(|(_, text)| *text == token).unwrap_or_else(|| panic!("no token {token}"));
        assert!(finds(word, id), "{token:?} is not found by {word:?}");
    }
}

#[test]
fn a_sigma_at_the_end_is_a_sigma() {
    let raw = "Subject: \u{39F}\u{394}\u{39F}\u{3A3} now\r\n\r\nx\r\n";
    let features = Features::of(&Mail::parse(raw.as_bytes(), &Arrival::default()));
    let in_line = features.iter().find(|(_, text)| *text == "in:subject \u{3BF}\u{3B4}\u{3BF}\u{3C3}");
    let (id, _) = in_line.unwrap();
    assert!(finds("\u{39F}\u{394}\u{39F}\u{3A3}", id));
}

#[test]
fn what_an_account_learns_by_itself_is_found_by_its_name() {
    let account = AccountFacts { lessons: Lessons::Apart("me@example.org".to_owned()), ..AccountFacts::default() };
    let arrival = Arrival { account, ..Arrival::default() };
    let features = Features::of(&Mail::parse(b"Subject: x\r\n\r\ninvoice\r\n", &arrival));
    let found = |name: &str| candidates("invoice").iter().any(|one| features.ids().contains(&one.id.in_account(name)));
    assert!(found("me@example.org") && !found("you@example.org") && !finds_any("invoice", &features.ids()));
}

#[test]
fn a_candidate_is_said_as_a_clue_is() {
    let said: BTreeSet<String> = candidates("invoice").into_iter().map(|candidate| candidate.said).collect();
    for want in ["\"invoice\"", "\"invoice\" in the subject", "\"INVOICE\" in capitals", "\"invoice\" in a file name"] {
        assert!(said.contains(want), "{want} in {said:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_token_of_any_text_is_found(text in "\\PC{0,80}", subject in "\\PC{0,40}") {
        let part = TextPart { text, encoding: "7bit".to_owned(), ..TextPart::default() };
        let features = Features::of(&Mail::of_texts(subject, vec![part]));
        for (id, token) in features.iter() {
            prop_assert!(finds(&word_of(&token), id), "{:?} is not found by {:?}", token, word_of(&token));
        }
    }

    #[test]
    fn any_word_has_each_candidate_once(word in "\\PC{0,40}") {
        let found = candidates(&word);
        let ids: BTreeSet<TokenId> = found.iter().map(|candidate| candidate.id).collect();
        prop_assert_eq!(ids.len(), found.len());
    }
}

fn finds_any(word: &str, ids: &[TokenId]) -> bool {
    ids.iter().any(|id| finds(word, *id))
}

fn finds(word: &str, id: TokenId) -> bool {
    candidates(word).iter().any(|candidate| candidate.id == id)
}

/// What a person has to type to find a token.
fn word_of(token: &str) -> String {
    let is_without_word = ["count:", "shape-in:", "after:", "words in:"].iter().any(|kind| token.starts_with(kind));
    if is_without_word {
        return token.to_owned();
    }
    for kind in ["in:", "domain-in:", "net-in:"] {
        if let Some((name, what)) = token.strip_prefix(kind).and_then(|rest| rest.split_once(' ')) {
            let words = match what.split(' ').collect::<Vec<_>>().as_slice() {
                [word] => (*word).to_owned(),
                [one, gap @ .., other] if gap.iter().all(|word| *word == "_") => format!("{one} {other}"),
                _ => return token.to_owned(),
            };
            return if LINES.contains(&name) { words } else { format!("{name}: {words}") };
        }
    }
    let mut prefixes = WHOLE.iter().chain(OF_TEXT).map(|(prefix, _)| *prefix).filter(|prefix| !prefix.is_empty());
    let word = prefixes.find_map(|prefix| token.strip_prefix(prefix)).unwrap_or(token);
    let shaped = ["caps:", "disguised:"].iter().find_map(|shape| word.strip_prefix(shape));
    shaped.unwrap_or(word).to_owned()
}
