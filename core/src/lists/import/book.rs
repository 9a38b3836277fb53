//! Address books: vCards (RFC 6350), LDIF (RFC 2849), and comma-separated values as Thunderbird writes them.

use std::collections::BTreeSet;

use super::Imported;
use crate::{
    lists::{Draft, Kind, Side, What, csv::rows},
    mail::{Address, transfer},
};

/// Takes every `EMAIL`.
pub(super) fn vcards(text: &str, imported: &mut Imported) {
    let mut people = People::new(imported);
    for (number, line) in unfolded(text) {
        let Some((head, value)) = outside_quotes(&line) else { continue };
        let name = head.split(';').next().unwrap_or_default();
        // `item1.EMAIL` is one of a group.
        let name = name.rsplit('.').next().unwrap_or_default();
        if name.eq_ignore_ascii_case("EMAIL") {
            let value = value.trim();
            people.add(number, value.strip_prefix("mailto:").unwrap_or(value));
        }
    }
}

/// Takes `mail` and Thunderbird's second address.
pub(super) fn ldif(text: &str, imported: &mut Imported) {
    let mut people = People::new(imported);
    for (number, line) in unfolded(text) {
        let Some((name, value)) = line.split_once(':') else { continue };
        if !["mail", "mozillaSecondEmail"].iter().any(|known| known.eq_ignore_ascii_case(name.trim())) {
            continue;
        }
        match value.strip_prefix(':') {
            // What is not ASCII stands in base64 behind a second colon.
            Some(coded) => {
                let bytes = transfer::decode(coded.trim().as_bytes(), "base64");
                people.add(number, &String::from_utf8_lossy(&bytes));
            }
            None => people.add(number, value),
        }
    }
}

/// Takes every cell that is an address, whatever the columns are called in the language of the program that wrote them.
pub(super) fn table(text: &str, imported: &mut Imported) {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: char| first.matches(separator).count();
    let separator = [',', ';', '\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(',');
    let mut people = People::new(imported);
    for (number, row) in rows(text, separator) {
        for cell in row.iter().filter(|cell| Address::parse(cell).is_some()) {
            people.add(number, cell);
        }
    }
}

/// Collects addresses, each once.
struct People<'a> {
    imported: &'a mut Imported,
    seen: BTreeSet<String>,
}

impl<'a> People<'a> {
    fn new(imported: &'a mut Imported) -> Self {
        Self { imported, seen: BTreeSet::new() }
    }

    fn add(&mut self, line: usize, address: &str) {
        let address = address.trim();
        if address.is_empty() {
            return;
        }
        // In an address book a star is no pattern.
        let what = match Address::parse(address) {
            Some(plain) if !address.contains(['*', '?']) => What::parse(Kind::Address, &plain.to_string()),
            _ => Err(format!("\"{address}\" is not an address such as ann@example.org")),
        };
        match what {
            Ok(what) if self.seen.insert(what.value()) => {
                self.imported.drafts.push(Draft::new(Side::Accept, what));
            }
            Ok(_) => {}
            Err(why) => self.imported.skipped.push((line, why)),
        }
    }
}

/// Lines, those that go on behind a blank joined to the one before, each with its number.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

/// Splits at the first colon that is not in quotes.
fn outside_quotes(line: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let at = line.find(|c: char| {
        is_quoted ^= c == '"';
        c == ':' && !is_quoted
    })?;
    Some((line.get(..at)?, line.get(at + 1..)?))
}
