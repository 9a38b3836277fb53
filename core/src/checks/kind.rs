//! Kinds of honest mail that look like unwanted mail, told by what they are made of.
//!
//! * `abuse` are notices to who runs a network: they quote spam and list bad addresses, which are not their author's.
//! * `bounce` are reports of mail servers in their own words.
//! * `bulk` is mail of programs whose sender is known and consistent.

mod abuse;
mod bounce;
mod bulk;

use aho_corasick::AhoCorasick;

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Group, Mail},
    symbol::SymbolInfo,
};

pub(super) use abuse::is_own_form;
pub(crate) use abuse::quotes_others;
pub(super) use bounce::is_from_server;
pub(crate) use bounce::is_report;

/// Text beyond this is not read: what a message is, it says at the beginning.
const MOST_BYTES: usize = 20_000;

/// What kind of mail it is.
#[derive(Debug)]
pub(super) struct Kind;

impl Check for Kind {
    fn name(&self) -> &'static str {
        "kind"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                abuse::ABUSE_NOTICE,
                bounce::BOUNCE_WORDS,
                bounce::BOUNCE_OF_MINE,
                bulk::BULK_WANTED,
                bulk::SIGNED_OWN_LINKS,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        abuse::evaluate(mail, findings);
        bounce::evaluate(mail, findings);
        bulk::evaluate(mail, findings);
    }
}

/// Subject and texts, as far as they are shown: of several forms of one text, the page.
fn shown<'mail>(mail: &'mail Mail<'_>) -> impl Iterator<Item = &'mail str> {
    let is_choice =
        |group: &Group| matches!(group.content_type.as_str(), "multipart/alternative" | "multipart/related");
    let has_page = mail.texts().iter().any(|part| part.is_html && !part.text.trim().is_empty());
    let is_page_only = has_page && mail.groups().iter().any(is_choice);
    let texts = mail.texts().iter().filter(move |part| part.is_html || !is_page_only);
    [mail.subject()].into_iter().chain(texts.map(|part| part.text.as_str()))
}

/// The different phrases of a book in subject and text that is shown, in the order of the book.
fn said(mail: &Mail<'_>, automaton: Option<&AhoCorasick>) -> Vec<usize> {
    let texts = shown(mail);
    let mut left = MOST_BYTES;
    let mut found = Vec::new();
    for text in texts {
        let text = text.get(..text.floor_char_boundary(left)).unwrap_or_default();
        left -= text.len();
        found.extend(automaton.iter().flat_map(|book| book.find_iter(text)).map(|at| at.pattern().as_usize()));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// An automaton that finds phrases without regard to the case of ASCII letters.
fn book(phrases: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).build(phrases).ok()
}

/// Some phrases with quotes around them, for a reason.
fn quoted(phrases: &[&str], said: &[usize]) -> String {
    let some: Vec<String> =
        said.iter().filter_map(|&at| phrases.get(at)).take(3).map(|phrase| format!("\"{}\"", phrase.trim())).collect();
    some.join(", ")
}
