//! Words and letters that say nothing, put there for filters.

use std::collections::BTreeSet;

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::text::short;

const SALAD_LIST_END: SymbolInfo =
    SymbolInfo::new("SALAD_LIST_END", "It ends in a list of single words that belong to nothing");
const SALAD_HIDDEN: SymbolInfo = SymbolInfo::new("SALAD_HIDDEN", "What is hidden are words in no order");
const SALAD_CODE_END: SymbolInfo = SymbolInfo::new("SALAD_CODE_END", "It ends in a long row of random letters");

/// Words of a list from which on nobody would write it in a row.
const LONG_LIST: usize = 10;

/// Lines at the end that are looked at.
const LAST_LINES: usize = 4;

/// Words of hidden text that are looked at.
const MOST_WORDS: usize = 200;

/// Words without sense.
#[derive(Debug)]
pub(super) struct WordSalad;

impl Check for WordSalad {
    fn name(&self) -> &'static str {
        "word_salad"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[SALAD_LIST_END, SALAD_HIDDEN, SALAD_CODE_END] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        for part in mail.texts() {
            let last = part.text.lines().rev().map(str::trim).filter(|line| !line.is_empty()).take(LAST_LINES);
            for line in last {
                if is_list(line) {
                    findings.raise(&SALAD_LIST_END, format!("it ends in \"{}\"", short(line)));
                }
                if let Some(code) = code(line) {
                    findings.raise(&SALAD_CODE_END, format!("it ends in \"{}\"", short(code)));
                }
            }
        }
        let hidden = mail.html().map(|html| html.hidden_text.as_str()).unwrap_or_default();
        if let Some(words) = without_order(hidden) {
            findings.raise(&SALAD_HIDDEN, format!("{words} hidden words in no order: \"{}\"", short(hidden)));
        }
    }
}

/// `golden, pale, mirror, usually, had, fireplace, beneath, cave, party, lonely`: commas, each followed by one small word.
fn is_list(line: &str) -> bool {
    let mut words = 0;
    let mut seen = BTreeSet::new();
    for word in line.trim_end_matches('.').split(',') {
        let word = word.trim();
        if word.len() < 2 || 14 < word.len() || !word.chars().all(|c| c.is_alphabetic() && c.is_lowercase()) {
            return false;
        }
        words += 1;
        seen.insert(word);
    }
    LONG_LIST <= words && words * 4 < seen.len() * 5
}

/// A line whose last word is a row of 24 to 40 small letters and digits in turn, as no address or number has it.
fn code(line: &str) -> Option<&str> {
    let word = line.rsplit(|c: char| c.is_whitespace() || c == ':').next()?;
    let is_code =
        (24..=40).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !is_code {
        return None;
    }
    // Checksums are letters to f alone and say what they are of.
    let beyond_hex = word.bytes().filter(|byte| (b'g'..=b'z').contains(byte)).count();
    let turns =
        word.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()));
    (6 <= beyond_hex && 6 <= turns.count()).then_some(word)
}

/// In each language the small words come again and again, and sentences end. Gives how many words there are if neither.
fn without_order(text: &str) -> Option<usize> {
    let words: Vec<String> = text.split_whitespace().take(MOST_WORDS).map(str::to_lowercase).collect();
    let is_word = |word: &&String| word.chars().all(char::is_alphabetic);
    let plain: Vec<&String> = words.iter().filter(is_word).collect();
    let seen: BTreeSet<&String> = plain.iter().copied().collect();
    let small = plain.iter().filter(|word| word.chars().count() <= 3).count();
    let is_salad = 30 <= plain.len()
        && words.len() * 9 < plain.len() * 10
        && plain.len() * 19 < seen.len() * 20
        && small * 8 < plain.len();
    is_salad.then_some(plain.len())
}
