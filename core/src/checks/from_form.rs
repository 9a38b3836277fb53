//! How the sender is written: what no mail program of a person or a house writes.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{
    from,
    text::{has_word, is_styled, short, unmarked},
};

const FROM_MALFORMED: SymbolInfo =
    SymbolInfo::new("FROM_MALFORMED", "The sender's address is written as no mail program writes it");
const FROM_NAME_TRADEMARK: SymbolInfo =
    SymbolInfo::new("FROM_NAME_TRADEMARK", "The sender's name bears the mark of a trademark");
const FROM_NAME_PICTURES: SymbolInfo = SymbolInfo::new("FROM_NAME_PICTURES", "The sender's name has pictograms in it");
const FROM_NAME_STYLED: SymbolInfo =
    SymbolInfo::new("FROM_NAME_STYLED", "The sender's name is written in mathematical or circled letters");
const FROM_NAME_JUNK: SymbolInfo =
    SymbolInfo::new("FROM_NAME_JUNK", "The sender's name is padded or strewn with signs, as against filters");
const FROM_NAME_DIGITS: SymbolInfo =
    SymbolInfo::new("FROM_NAME_DIGITS", "Digits stand for letters in the sender's name");
const FROM_NAME_LURE: SymbolInfo =
    SymbolInfo::new("FROM_NAME_LURE", "The sender is called by what there is to be had, not by a name");

/// What is promised where a name should be. Each is a word, or two, of an unmarked name.
const LURES: [&str; 58] = [
    "winner",
    "winners",
    "you won",
    "you are our",
    "reward",
    "rewards",
    "prize",
    "prizes",
    "congratulations",
    "congrats",
    "giveaway",
    "jackpot",
    "free spins",
    "bonus",
    "gift card",
    "voucher",
    "coupon",
    "special offer",
    "limited offer",
    "exclusive offer",
    "survey",
    "claim it",
    "claim your",
    "claim now",
    "thank you",
    "action needed",
    "action required",
    "final notice",
    "last chance",
    "gewinn",
    "gewinner",
    "gewinnspiel",
    "gutschein",
    "gutscheine",
    "gutschein-team",
    "gluckwunsch",
    "belohnung",
    "belohnungen",
    "willkommensbonus",
    "freispiele",
    "umfrage",
    "geschenk",
    "auszahlung",
    "felicitations",
    "cadeau",
    "gagnant",
    "bon d'achat",
    "sondage",
    "prijs",
    "prijswinnaar",
    "winnen",
    "gefeliciteerd",
    "cadeaukaart",
    "premio",
    "ganador",
    "felicidades",
    "parabens",
    "promocao",
];

/// The form of `From`.
#[derive(Debug)]
pub(super) struct FromForm;

impl Check for FromForm {
    fn name(&self) -> &'static str {
        "from_form"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                FROM_MALFORMED,
                FROM_NAME_TRADEMARK,
                FROM_NAME_PICTURES,
                FROM_NAME_STYLED,
                FROM_NAME_JUNK,
                FROM_NAME_DIGITS,
                FROM_NAME_LURE,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(header) = mail.headers_named("From").next() else { return };
        // Old programs broke long headers in the middle of what they quote.
        let raw = header.raw.trim();
        if let Some(fault) = fault(raw) {
            findings.raise(&FROM_MALFORMED, format!("{fault} in \"{}\"", short(raw)));
        }
        let name = from::name(mail);
        if name.is_empty() {
            return;
        }
        if name.contains(['®', '™', '©']) {
            findings.raise(&FROM_NAME_TRADEMARK, format!("called \"{}\"", short(name)));
        }
        if name.chars().any(is_pictogram) {
            findings.raise(&FROM_NAME_PICTURES, format!("a pictogram in \"{}\"", short(name)));
        }
        if 3 <= name.chars().filter(|c| is_styled(*c)).count() {
            findings.raise(&FROM_NAME_STYLED, format!("\"{}\" is not in plain letters", short(name)));
        }
        if is_padded(raw) || is_strewn(name) {
            findings.raise(&FROM_NAME_JUNK, format!("called \"{}\"", short(name)));
        }
        if let Some(word) = name.split(|c: char| !c.is_alphanumeric()).find(|word| has_digits_for_letters(word)) {
            findings.raise(&FROM_NAME_DIGITS, format!("\"{}\" is spelt with digits", short(word)));
        }
        let plain = unmarked(name);
        if let Some(lure) = LURES.iter().find(|lure| has_word(&plain, lure)) {
            findings.raise(&FROM_NAME_LURE, format!("called \"{}\", for the sake of \"{lure}\"", short(name)));
        }
    }
}

/// What is wrong with how the address stands in its brackets.
fn fault(raw: &str) -> Option<&'static str> {
    let (_, inner) = raw.rsplit_once('<')?;
    let (inner, _) = inner.split_once('>')?;
    if !inner.contains('@') {
        return None;
    }
    if inner.ends_with([' ', '\t']) || inner.starts_with([' ', '\t']) {
        return Some("a space within the brackets of the address");
    }
    if raw.contains("(<") {
        return Some("an address in two kinds of brackets");
    }
    if inner.ends_with('.') {
        return Some("a dot after the address");
    }
    let (local, domain) = inner.rsplit_once('@')?;
    if domain.contains(['"', '\'', '_', '(']) || local.starts_with('\'') {
        return Some("a quote or sign within the address");
    }
    None
}

fn is_pictogram(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{23e9}'..='\u{23fa}')
}

/// Spaces inside the quotes at both ends, a row of quotes, or a wide gap before the address.
fn is_padded(raw: &str) -> bool {
    let Some((name, _)) = raw.rsplit_once('<') else { return false };
    let both = raw.starts_with("\" ") && name.trim_end().ends_with(" \"");
    both || name.contains("\"\"\"") || name.ends_with("   ")
}

/// Signs where spaces should be: `_WINNER_`, `Gemeentelijk*Advies`, `Geef jouw..mening..en..win`.
fn is_strewn(name: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let between = |sign: &str| {
        name.match_indices(sign).any(|(at, _)| {
            is_letter(name.get(..at).and_then(|head| head.chars().next_back()))
                && is_letter(name.get(at + sign.len()..).and_then(|tail| tail.chars().next()))
        })
    };
    between("*")
        || between("..")
        || between("__")
        || name.starts_with(['_', '#', '*']) && name.ends_with(['_', '#', '*'])
}

/// A word of at least five letters with 0 or 1 among them: `C0NSUMER`, `VER1FY`. A number at an end is usual.
fn has_digits_for_letters(word: &str) -> bool {
    let inner = word.trim_matches(|c: char| c.is_ascii_digit());
    let digits = inner.chars().filter(char::is_ascii_digit).count();
    let stand_in = inner.chars().filter(|c| matches!(c, '0' | '1')).count();
    5 <= inner.len() && (1..=3).contains(&digits) && digits == stand_in && 4 <= inner.chars().count() - digits
}
