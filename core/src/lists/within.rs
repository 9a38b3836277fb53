//! Entries that go by what a message holds: words, patterns, header lines, files.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::value::{FLAGS, plain};
use crate::{
    mail::{Mail, NamePattern},
    rules::{Matcher, Plan},
};

/// What all patterns together may spend on one message: about a byte each. A pattern that would need more says nothing.
const BUDGET: u64 = 20_000_000;

/// Of a header line so much is compared, in bytes.
const MOST_HEADER: usize = 2_000;

/// Header lines of one name that are compared.
const MOST_LINES: usize = 100;

/// Names of files that are compared.
const MOST_FILES: usize = 1_000;

/// Entries by content.
#[derive(Debug, Default)]
pub(super) struct Within {
    phrases: Option<AhoCorasick>,
    places_of_phrases: Vec<(String, u32)>,
    patterns: Vec<Pattern>,
    headers: Vec<(String, NamePattern, u32)>,
    files: Vec<(NamePattern, u32)>,
}

/// Entries by content, before they are made ready.
#[derive(Debug, Default)]
pub(super) struct Building(Within);

#[derive(Debug)]
struct Pattern {
    matcher: Matcher,
    place: u32,
}

impl Building {
    pub(super) fn phrase(&mut self, words: &str, place: u32) {
        self.0.places_of_phrases.push((words.to_owned(), place));
    }

    pub(super) fn regex(&mut self, text: &str, place: u32) {
        // It was read before it became an entry.
        let plan = Plan::new(text, FLAGS).ok();
        self.0.patterns.extend(plan.map(|plan| Pattern { matcher: Matcher::new(plan), place }));
    }

    pub(super) fn header(&mut self, name: &str, pattern: &str, place: u32) {
        self.0.headers.extend(NamePattern::parse(pattern).map(|pattern| (name.to_owned(), pattern, place)));
    }

    pub(super) fn file(&mut self, pattern: &str, place: u32) {
        self.0.files.extend(NamePattern::parse(pattern).map(|pattern| (pattern, place)));
    }

    pub(super) fn built(self) -> Within {
        let mut within = self.0;
        if !within.places_of_phrases.is_empty() {
            let words = within.places_of_phrases.iter().map(|(words, _)| words);
            // It fails only if the phrases together are larger than any memory.
            within.phrases = AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(words).ok();
        }
        within
    }
}

impl Within {
    pub(super) fn find(&self, mail: &Mail<'_>, places: &mut Vec<u32>) {
        if self.phrases.is_some() || !self.patterns.is_empty() {
            let text = mail.visible_text();
            self.find_phrases(&plain(mail.subject()), places);
            self.find_phrases(&plain(&text), places);
            self.find_patterns([mail.subject(), &text], places);
        }
        for (name, pattern, place) in &self.headers {
            let mut lines = mail.headers_named(name).take(MOST_LINES);
            if lines.any(|line| pattern.matches(&plain(beginning(&line.value)))) {
                places.push(*place);
            }
        }
        for (pattern, place) in &self.files {
            if names(mail).any(|name| is_named(pattern, name)) {
                places.push(*place);
            }
        }
    }

    fn find_phrases(&self, text: &str, places: &mut Vec<u32>) {
        let Some(phrases) = &self.phrases else { return };
        for found in phrases.find_overlapping_iter(text) {
            if !is_apart(text, found.start(), found.end()) {
                continue;
            }
            let place = self.places_of_phrases.get(found.pattern().as_usize()).map(|(_, place)| *place);
            // A message may say the same a million times.
            if let Some(place) = place.filter(|place| !places.contains(place)) {
                places.push(place);
            }
        }
    }

    fn find_patterns(&self, texts: [&str; 2], places: &mut Vec<u32>) {
        if self.patterns.is_empty() {
            return;
        }
        let lower = texts.map(str::to_ascii_lowercase);
        let mut budget = BUDGET;
        for pattern in &self.patterns {
            let is_found = texts.iter().zip(&lower).any(|(text, lower)| {
                pattern.may_be_in(lower)
                    && pattern.matcher.is_match(text.as_bytes(), 0..text.len(), &mut budget).unwrap_or(false)
            });
            if is_found {
                places.push(pattern.place);
            }
        }
    }
}

impl Pattern {
    /// Whether something that every match holds is in a text in small letters.
    fn may_be_in(&self, lower: &str) -> bool {
        let Some(required) = &self.matcher.plan.required else { return true };
        required.iter().any(|literal| {
            let literal = literal.to_ascii_lowercase();
            memchr::memmem::find(lower.as_bytes(), &literal).is_some()
        })
    }
}

/// Whether words stand by themselves, and are not part of longer ones.
fn is_apart(text: &str, start: usize, end: usize) -> bool {
    let joins = |before: Option<char>, after: Option<char>| {
        before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
    };
    let (Some((before, rest)), Some((head, after))) = (text.split_at_checked(start), text.split_at_checked(end)) else {
        return false;
    };
    !joins(before.chars().next_back(), rest.chars().next()) && !joins(head.chars().next_back(), after.chars().next())
}

fn names<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a str> {
    let of_file =
        |file: &'a crate::mail::Attachment| file.name.iter().chain(&file.inside.archive.names).map(String::as_str);
    mail.attachments().iter().flat_map(of_file).take(MOST_FILES)
}

/// Of a name with folders before it, the whole counts, and the name alone.
fn is_named(pattern: &NamePattern, name: &str) -> bool {
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name);
    pattern.matches(name) || pattern.matches(own)
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST_HEADER)).unwrap_or(text)
}
