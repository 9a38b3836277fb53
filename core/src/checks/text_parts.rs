//! The parts of the text beside each other: what stands in plain text must be what stands in HTML.

use std::collections::BTreeSet;

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Mail, TextPart},
    symbol::SymbolInfo,
};

use super::text::short;

const PARTS_DIFFER: SymbolInfo =
    SymbolInfo::new("PARTS_DIFFER", "The plain text and the HTML of one message say different things");
const PART_PLAIN_EMPTY: SymbolInfo =
    SymbolInfo::new("PART_PLAIN_EMPTY", "There is a plain text beside the HTML and nothing in it");
const PART_ALONE: SymbolInfo =
    SymbolInfo::new("PART_ALONE", "It offers one text in several forms, and there is only one");
const PART_UNKNOWN_GROUP: SymbolInfo =
    SymbolInfo::new("PART_UNKNOWN_GROUP", "Its parts are put together in a way that does not exist");
const PART_CODES_SHOWN: SymbolInfo =
    SymbolInfo::new("PART_CODES_SHOWN", "Codes of the transfer stand in the text because they are declared wrongly");

/// Kinds of multipart in use (IANA media types), and some that old mail programs write.
const GROUPS: [&str; 14] = [
    "mixed",
    "alternative",
    "related",
    "report",
    "signed",
    "encrypted",
    "digest",
    "parallel",
    "form-data",
    "byteranges",
    "appledouble",
    "header-set",
    "multilingual",
    "voice-message",
];

/// Words of each part that are compared.
const MOST_WORDS: usize = 400;

/// Words of a text from which on it says something.
const FEW_WORDS: usize = 12;

/// How the text parts fit together.
#[derive(Debug)]
pub(super) struct TextParts;

impl Check for TextParts {
    fn name(&self) -> &'static str {
        "text_parts"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[PARTS_DIFFER, PART_PLAIN_EMPTY, PART_ALONE, PART_UNKNOWN_GROUP, PART_CODES_SHOWN] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        for group in mail.groups() {
            let kind = group.content_type.trim_start_matches("multipart/");
            if kind == "alternative" && group.leaves == 1 && !mail.is_truncated {
                findings.raise(&PART_ALONE, "multipart/alternative with one part");
            }
            if !GROUPS.contains(&kind) && !kind.starts_with("x-") && !kind.starts_with("vnd.") {
                findings.raise(&PART_UNKNOWN_GROUP, format!("there is no multipart/{}", short(kind)));
            }
        }
        // What a bounce brings back is not by whom it says why.
        let is_report = mail.content_type() == "multipart/report";
        let is_alternative =
            mail.groups().iter().any(|group| group.content_type == "multipart/alternative") && !is_report;
        if let [plain, html] = mail.texts()
            && is_alternative
            && !plain.is_html
            && html.is_html
        {
            compare(plain, html, findings);
        }
        for part in mail.texts().iter().filter(|part| part.is_html) {
            let codes = part.text.matches("=3D").count()
                + part.text.matches("=09").count()
                + part.text.matches("=20\n").count();
            if 3 <= codes && part.encoding != "quoted-printable" {
                let why = format!("{codes} codes of quoted-printable in text declared as {}", short(&part.encoding));
                findings.raise(&PART_CODES_SHOWN, why);
            }
        }
    }
}

fn compare(plain: &TextPart, html: &TextPart, findings: &mut Findings) {
    let (written, shown) = (words(&plain.text, MOST_WORDS), words(&html.text, MOST_WORDS * 8));
    if written.is_empty() && FEW_WORDS <= shown.len() {
        findings.raise(&PART_PLAIN_EMPTY, "the plain text is empty");
        return;
    }
    // "Your program does not show HTML" is no other text but none.
    if written.len() < FEW_WORDS || written.contains("html") {
        return;
    }
    let common = written.iter().filter(|word| shown.contains(*word)).count();
    if common * 5 < written.len() {
        let why =
            format!("of {} words in plain text {common} are in the HTML: \"{}\"", written.len(), short(&plain.text));
        findings.raise(&PARTS_DIFFER, why);
    }
}

/// The different words of four letters and more, small, without addresses.
fn words(text: &str, most: usize) -> BTreeSet<String> {
    let is_address = |word: &&str| word.contains("://") || word.contains('@');
    let whole = text.split_whitespace().filter(|word| !is_address(word));
    let words = whole.flat_map(|word| word.split(|c: char| !c.is_alphabetic()));
    words.filter(|word| 4 <= word.chars().count()).take(most).map(str::to_lowercase).collect()
}
