//! Links that call upon the reader to do something, and where those lead.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{
    links::{Home, clicked, host, is_everybodys, risk},
    lists::entries,
    text::{fold, has_word, short},
};

const URL_CALL_ELSEWHERE: SymbolInfo =
    SymbolInfo::new("URL_CALL_ELSEWHERE", "A link tells you to act, and leads to a site that is not the sender's");
const URL_CALL_RISKY: SymbolInfo =
    SymbolInfo::new("URL_CALL_RISKY", "A link tells you to act, and leads where nobody should trust");

/// Longer texts tell a story, not what to do. In characters.
const LONGEST_CALL: usize = 64;

static CALLS: LazyLock<Vec<String>> =
    LazyLock::new(|| entries(include_str!("../../../assets/lists/calls.txt")).map(fold).collect());

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(CALLS.iter()).ok());

/// Calls upon the reader.
#[derive(Debug)]
pub(super) struct LinkCall;

impl Check for LinkCall {
    fn name(&self) -> &'static str {
        "link_call"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[URL_CALL_ELSEWHERE, URL_CALL_RISKY] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let home = Home::of(mail);
        for outer in clicked(mail) {
            let Some(text) = outer.anchor.as_deref().filter(|text| is_call(text)) else { continue };
            let url = outer.target();
            if home.has_link(url) || home.has_link(outer) || url.domain().is_some_and(is_everybodys) {
                continue;
            }
            if let Some(risk) = risk(url) {
                findings.raise(&URL_CALL_RISKY, format!("\"{}\" leads to {}, {risk}", short(text), host(url)));
            } else {
                findings.raise(&URL_CALL_ELSEWHERE, format!("\"{}\" leads to {}", short(text), host(url)));
            }
        }
    }
}

/// Whether the text of a link calls upon the reader.
pub(super) fn is_call(text: &str) -> bool {
    if text.len() < 2 || LONGEST_CALL * 4 < text.len() || LONGEST_CALL < text.chars().count() {
        return false;
    }
    let text = fold(text);
    let Some(finder) = FINDER.as_ref() else { return false };
    let mut found = finder.find_overlapping_iter(&text).filter_map(|at| CALLS.get(at.pattern().as_usize()));
    // A script without blanks has no words to be found whole.
    found.any(|call| !call.is_ascii() && call.chars().count() <= 3 || has_word(&text, call))
}
