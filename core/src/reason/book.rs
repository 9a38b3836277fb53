//! What each symbol is in plain words: `reasons.txt`, which says at its head how it is written, and the same in German.

use std::{collections::BTreeMap, sync::LazyLock};

use super::fact::fact;
use crate::Tongue;

/// What a clause is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Who it claims to be from.
    Who,
    /// What it says.
    Said,
    /// What is attached.
    File,
    /// Where its links lead.
    Link,
    /// How it looks.
    Look,
    /// How it came.
    Way,
    /// What the person has taught.
    Learned,
    /// What speaks for it.
    Good,
}

/// What one line of the table says.
#[derive(Debug)]
pub(super) struct Entry {
    /// What it is about.
    pub(super) part: Part,
    english: Line,
    german: Line,
    /// Whether it is a claim with what belies it: `it claims to be A, but comes from B`.
    is_claim: bool,
}

/// A line in two lengths, with places for facts.
#[derive(Debug)]
struct Line {
    short: &'static str,
    full: String,
}

/// The table.
#[derive(Debug, Default)]
pub(super) struct Book {
    entries: Vec<Entry>,
    exact: BTreeMap<&'static str, usize>,
    families: BTreeMap<&'static str, usize>,
}

/// A clause in two lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// Where what belies it follows.
    pub(super) short: String,
    /// The whole.
    pub(super) full: String,
    /// Whether it is a claim with what belies it.
    pub(super) is_claim: bool,
}

/// The table that comes with Tamis.
pub(super) static BOOK: LazyLock<Book> =
    LazyLock::new(|| Book::read(include_str!("../../reasons.txt"), &table(include_str!("../../reasons.de.txt"))));

/// What a symbol without a line is in German.
static ABOUT: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| table(include_str!("../../about.de.txt")));

/// What a symbol without a line is, as it stands within a sentence; `None` if the table of that language has it not.
pub(super) fn about_in(tongue: Tongue, name: &str) -> Option<&'static str> {
    match tongue {
        Tongue::English => None,
        Tongue::German => ABOUT.get(name).copied(),
    }
}

/// A table of lines `NAME: words`.
pub(super) fn table(text: &'static str) -> BTreeMap<&'static str, &'static str> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": ")).collect()
}

impl Part {
    fn of_head(line: &str) -> Option<Self> {
        Some(match line.strip_prefix('[')?.strip_suffix(']')? {
            "who" => Self::Who,
            "said" => Self::Said,
            "file" => Self::File,
            "link" => Self::Link,
            "look" => Self::Look,
            "way" => Self::Way,
            "learned" => Self::Learned,
            "good" => Self::Good,
            _ => return None,
        })
    }

    /// What a symbol without a line is about, as far as its name tells.
    pub(super) fn of_name(name: &str) -> Self {
        const BEGINNINGS: [(&str, Part); 23] = [
            ("FROM_", Part::Who),
            ("BRAND_", Part::Who),
            ("SENDER_", Part::Who),
            ("REPLY", Part::Who),
            ("FREEMAIL_", Part::Who),
            ("DMARC_", Part::Who),
            ("SPF_", Part::Who),
            ("DKIM_", Part::Who),
            ("HDR_FROM_", Part::Who),
            ("HDR_REPLY_", Part::Who),
            ("URL_", Part::Link),
            ("LINK_", Part::Link),
            ("HOST_", Part::Link),
            ("QR_", Part::Link),
            ("FILE_", Part::File),
            ("ATT_", Part::File),
            ("HTML_", Part::Look),
            ("HTM_", Part::Look),
            ("OBF_", Part::Look),
            ("SUBJ_", Part::Look),
            ("HDR_", Part::Way),
            ("RT_", Part::Way),
            ("MUA_", Part::Way),
        ];
        BEGINNINGS.iter().find(|(begin, _)| name.starts_with(begin)).map_or(Self::Said, |(_, part)| *part)
    }
}

impl Book {
    fn read(text: &'static str, german: &BTreeMap<&'static str, &'static str>) -> Self {
        let mut book = Self::default();
        let mut part = None;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(begun) = Part::of_head(line) {
                part = Some(begun);
            } else if let (Some(part), Some((heads, words))) = (part, line.split_once(": ")) {
                let name = heads.split(' ').next().unwrap_or_default();
                book.add(part, heads, words, german.get(name).copied().unwrap_or(words));
            }
        }
        book
    }

    fn add(&mut self, part: Part, heads: &'static str, words: &'static str, german: &'static str) {
        let place = self.entries.len();
        let is_claim = words.split_once('|').is_some_and(|(_, rest)| rest.starts_with(", but "));
        self.entries.push(Entry { part, english: Line::read(words), german: Line::read(german), is_claim });
        for head in heads.split(' ') {
            match head.strip_suffix('*') {
                Some(family) => self.families.insert(family, place),
                None => self.exact.insert(head, place),
            };
        }
    }

    /// The place of the line of a symbol, and whether it is named there and not only its family.
    pub(super) fn place(&self, name: &str) -> Option<(usize, bool)> {
        if let Some(place) = self.exact.get(name) {
            return Some((*place, true));
        }
        let (family, place) = self.families.range(..=name).next_back()?;
        name.starts_with(family).then_some((*place, false))
    }

    /// The line at a place.
    pub(super) fn entry(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    #[cfg(test)]
    pub(super) fn heads(&self) -> impl Iterator<Item = &'static str> {
        self.exact.keys().chain(self.families.keys()).copied()
    }
}

impl Line {
    fn read(words: &'static str) -> Self {
        let (short, rest) = words.split_once('|').unwrap_or((words, ""));
        Self { short, full: format!("{short}{rest}") }
    }
}

impl Entry {
    const fn line(&self, tongue: Tongue) -> &Line {
        match tongue {
            Tongue::English => &self.english,
            Tongue::German => &self.german,
        }
    }

    /// Whether its words have facts of the message in them.
    pub(super) fn has_facts(&self, tongue: Tongue) -> bool {
        self.line(tongue).full.contains('{')
    }

    /// The words with the facts of `why` in them; `None` if it has not what they ask for.
    pub(super) fn clause(&self, why: &str, tongue: Tongue) -> Option<Clause> {
        let line = self.line(tongue);
        let (short, full) = (filled(line.short, why, tongue)?, filled(&line.full, why, tongue)?);
        Some(Clause { short, full, is_claim: self.is_claim })
    }
}

fn filled(words: &str, why: &str, tongue: Tongue) -> Option<String> {
    let mut text = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(&between(place, why, tongue)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

fn between(place: &str, why: &str, tongue: Tongue) -> Option<String> {
    if place.is_empty() {
        return Some(fact(why, tongue));
    }
    let (is_name, place) = place.strip_prefix('^').map_or((false, place), |place| (true, place));
    let (from, to) = place.split_once("..")?;
    let found = if let Some(before) = from.strip_suffix('"') {
        let (_, quoted) = why.split_once(&format!("{before}\""))?;
        quoted.split_once('"')?.0
    } else if to.is_empty() {
        // The last place: a name before it may say the same words.
        why.rsplit_once(&format!("{from} "))?.1
    } else {
        let found = if from.is_empty() { why } else { why.split_once(&format!("{from} "))?.1 };
        found.split_once(to)?.0
    };
    let found = found.trim();
    if found.is_empty() {
        return None;
    }
    let found = fact(found, tongue);
    Some(if is_name { capital(&found) } else { found })
}

/// A name that is kept in small letters: `dhl` is `DHL`, `paypal` is `Paypal`.
fn capital(name: &str) -> String {
    if name.len() <= 4 {
        return name.to_uppercase();
    }
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
