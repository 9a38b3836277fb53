//! What frauds and unwanted offers keep saying, in several languages.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{kind, lists, text::fold};

/// The families. How many different phrases of one make it a finding stands in the list: one alone is in honest mail too.
const FAMILIES: [SymbolInfo; 21] = [
    SymbolInfo::new("ADVANCE_FEE_PHRASES", "It speaks like someone with a fortune to share"),
    SymbolInfo::new("LOTTERY_PHRASES", "It speaks like a prize you won without taking part"),
    SymbolInfo::new("SURVEY_REWARD_PHRASES", "It speaks like a gift for a survey or for being picked"),
    SymbolInfo::new("PILLS_PHRASES", "It speaks like a seller of pills and cures"),
    SymbolInfo::new("CRYPTO_PHRASES", "It speaks like a coin offer or payout that is too good"),
    SymbolInfo::new("CASINO_PHRASES", "It speaks like an online casino"),
    SymbolInfo::new("SEXTORTION_PHRASES", "It speaks like a blackmailer who claims to have filmed you"),
    SymbolInfo::new("ACCOUNT_PHRASES", "It speaks like a demand to confirm an account"),
    SymbolInfo::new("MAILBOX_PHRASES", "It speaks like a warning about your mailbox or password"),
    SymbolInfo::new("PARCEL_FEE_PHRASES", "It speaks like a parcel held back for a fee"),
    SymbolInfo::new("GIFT_CARD_PHRASES", "It speaks like someone who needs gift cards bought"),
    SymbolInfo::new("URGENT_PAYMENT_PHRASES", "It speaks like a boss or supplier in a hurry for money"),
    SymbolInfo::new("SEO_OFFER_PHRASES", "It speaks like an offer to improve your web site's rank"),
    SymbolInfo::new("DATING_PHRASES", "It speaks like an invitation to dates or sex"),
    SymbolInfo::new("EASY_MONEY_PHRASES", "It speaks like an offer of easy money or credit"),
    SymbolInfo::new("SALES_PHRASES", "It speaks like a loud sales letter"),
    SymbolInfo::new("REMOVAL_PHRASES", "It explains why it is not spam, or how to be removed"),
    SymbolInfo::new("ROMANCE_PHRASES", "It speaks like a stranger in search of a heart"),
    SymbolInfo::new("JOB_PHRASES", "It speaks like a job of passing money on"),
    SymbolInfo::new("RENEWAL_PHRASES", "It speaks like a renewal nobody ordered, to be cancelled by telephone"),
    SymbolInfo::new("REPLICA_PHRASES", "It speaks like a seller of imitations"),
];

const PHRASES_HEAPED: SymbolInfo =
    SymbolInfo::new("PHRASES_HEAPED", "It heaps up phrases of one kind of unwanted mail");
const PHRASES_MIXED: SymbolInfo =
    SymbolInfo::new("PHRASES_MIXED", "It speaks like three or more kinds of unwanted mail at once");

const SYMBOLS: &[SymbolInfo] = &{
    let mut symbols = [PHRASES_MIXED; FAMILIES.len() + 2];
    let (families, _) = symbols.split_at_mut(FAMILIES.len());
    families.copy_from_slice(&FAMILIES);
    if let Some(heaped) = symbols.last_mut() {
        *heaped = PHRASES_HEAPED;
    }
    symbols
};

/// Text beyond this is not read: phrases stand at the beginning.
const MOST_BYTES: usize = 40_000;

/// All phrases in one automaton.
struct Book {
    automaton: Option<AhoCorasick>,
    /// For each phrase: the place of its family in [`FAMILIES`], and how many phrases it counts for.
    phrases: Vec<(usize, usize)>,
    /// For each family: how many different phrases make it a finding.
    least: [usize; FAMILIES.len()],
}

static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(include_str!("../../../assets/lists/phrases.txt")));

impl Book {
    /// Reads lines `[FAMILY NUMBER]`, each followed by a phrase a line; `!` before one that counts for two.
    fn read(text: &'static str) -> Self {
        let mut patterns = Vec::new();
        let mut phrases = Vec::new();
        let mut least = [usize::MAX; FAMILIES.len()];
        let mut current = None;
        for line in lists::entries(text) {
            if let Some((at, number)) = head(line) {
                least.iter_mut().skip(at).take(1).for_each(|least| *least = number);
                current = Some(at);
            } else if let Some(at) = current {
                let (phrase, weight) = line.strip_prefix('!').map_or((line, 1), |phrase| (phrase, 2));
                patterns.push(fold(phrase));
                phrases.push((at, weight));
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Self { automaton, phrases, least }
    }
}

/// A family's place and number, if the line begins one.
fn head(line: &str) -> Option<(usize, usize)> {
    let (name, number) = line.strip_prefix('[')?.strip_suffix(']')?.split_once(' ')?;
    Some((FAMILIES.iter().position(|info| info.name == name)?, number.parse().ok()?))
}

/// Phrases in subject and text.
#[derive(Debug)]
pub(super) struct Phrases;

impl Check for Phrases {
    fn name(&self) -> &'static str {
        "phrases"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        SYMBOLS
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let mut found = [const { BTreeMap::new() }; FAMILIES.len()];
        let texts = [mail.subject()].into_iter().chain(mail.texts().iter().map(|part| part.text.as_str()));
        for text in texts {
            let text = fold(&own_words(text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or_default()));
            for (family, weight, phrase) in said(&text) {
                if let Some(said) = found.get_mut(family) {
                    said.insert(phrase.to_owned(), weight);
                }
            }
        }
        // What others have said is not held against who complains of it. Few messages get as far as this.
        let is_clear = |(said, least): (&BTreeMap<String, usize>, usize)| least <= said.values().sum();
        if found.iter().zip(BOOK.least).any(is_clear) && !kind::quotes_others(mail) {
            report(&found, findings);
        }
    }
}

/// The text without what it quotes: who answers or reports unwanted mail did not write it.
fn own_words(text: &str) -> Cow<'_, str> {
    if !text.contains('>') {
        return Cow::Borrowed(text);
    }
    let own = text.lines().filter(|line| !line.trim_start().starts_with('>'));
    Cow::Owned(own.collect::<Vec<_>>().join("\n"))
}

/// Raises each family that spoke clearly, and what follows from all of them.
fn report(found: &[BTreeMap<String, usize>], findings: &mut Findings) {
    let mut families = Vec::new();
    for ((info, least), said) in FAMILIES.iter().zip(BOOK.least).zip(found) {
        let weight: usize = said.values().sum();
        if weight < least {
            continue;
        }
        let some: Vec<String> = said.keys().take(4).map(|phrase| format!("\"{phrase}\"")).collect();
        findings.raise(info, format!("it says {}", some.join(", ")));
        let family = info.name.trim_end_matches("_PHRASES").to_lowercase().replace('_', " ");
        if least.saturating_mul(3) <= weight {
            findings.raise(&PHRASES_HEAPED, format!("{} phrases of one kind: {family}", said.len()));
        }
        families.push(family);
    }
    if 3 <= families.len() {
        findings.raise(&PHRASES_MIXED, format!("phrases of {}", families.join(", ")));
    }
}

/// The phrases in a folded text with their families, whole words only.
fn said(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    let found = BOOK.automaton.as_ref().into_iter().flat_map(move |automaton| automaton.find_iter(text));
    found.filter_map(move |at| {
        let phrase = text.get(at.range())?;
        let (head, tail) = (text.get(..at.start())?, text.get(at.end()..)?);
        if is_within_word(head, phrase) || is_within_word(phrase, tail) {
            return None;
        }
        let (family, weight) = *BOOK.phrases.get(at.pattern().as_usize())?;
        Some((family, weight, phrase))
    })
}

/// Whether a word goes on across the seam of two pieces of text.
fn is_within_word(head: &str, tail: &str) -> bool {
    head.ends_with(char::is_alphanumeric) && tail.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_family_has_phrases_and_no_phrase_stands_twice() {
        let text = include_str!("../../../assets/lists/phrases.txt");
        let mut seen = BTreeSet::new();
        for line in lists::entries(text).filter(|line| head(line).is_none()) {
            assert!(!line.starts_with('['), "{line:?} is no family");
            assert!(seen.insert(fold(line.trim_start_matches('!'))), "{line:?} stands twice");
        }
        for (at, (info, least)) in FAMILIES.iter().zip(BOOK.least).enumerate() {
            let phrases = BOOK.phrases.iter().filter(|(family, _)| *family == at).count();
            assert!(5 * least <= phrases, "{} has only {phrases} phrases", info.name);
        }
        assert!(BOOK.automaton.is_some());
    }
}
