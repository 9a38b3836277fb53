//! Tokens of the header lines as they were written: every word with the name of its line, each two that stand near each
//! other, the domains and networks named, and what the words look like.
//!
//! Who sends a message, through which hosts and with which program is written in the lines that nobody reads. Each line that
//! is not about the mailbox or of another filter takes part, in the order in which it stands.

use std::ops::Range;

use super::collector::Collector;
use crate::mail::{Header, Mail};

/// Lines that say nothing of the sender: other filters' opinions, a mailbox's own notes, and seals over all others.
/// Compared as beginnings, lower case.
const IGNORED: &[&str] = &[
    "arc-",
    "authentication-results",
    "content-length",
    "forwarded",
    "lines",
    "original-authentication-results",
    "replied",
    "status",
    "x-antivirus",
    "x-barracuda",
    "x-bogosity",
    "x-crm114",
    "x-dspam",
    "x-evolution",
    "x-exchange-antispam",
    "x-folder",
    "x-forefront-",
    "x-gm-",
    "x-gmail-",
    "x-greylist",
    "x-imap",
    "x-ironport-",
    "x-keywords",
    "x-mailscanner",
    "x-microsoft-antispam",
    "x-mozilla-",
    "x-ms-exchange-",
    "x-originalarrivaltime",
    "x-ovh-",
    "x-pyzor",
    "x-rspam",
    "x-sid-",
    "x-spam",
    "x-status",
    "x-tamis",
    "x-uid",
    "x-virus",
    "x-yahoofilteredbulk",
    "x-yandex-spam",
    "x400-",
];

/// No message needs more, and nobody reads them.
const MAX_LINES: usize = 100;
const MAX_WORDS: usize = 60;
/// Tokens of all lines together: as much again is left to everything else.
const MAX_TOKENS: usize = 1500;
/// A longer word is a seal or an id, and never seen again.
const MAX_WORD: usize = 80;
const MAX_SHAPE: usize = 32;

/// How far apart two words may stand to make a pair: the window of orthogonal sparse bigrams (Siefkes et al., 2004) without
/// its last place.
const REACH: usize = 4;
/// What stands between two words of a pair.
pub(super) const GAPS: [&str; REACH] = [" ", " _ ", " _ _ ", " _ _ _ "];

pub(super) fn collect(mail: &Mail<'_>, collector: &mut Collector) {
    let mut line = Line::default();
    let mut before = String::new();
    let most = collector.len() + MAX_TOKENS;
    for header in mail.headers.iter().take(MAX_LINES) {
        let name = header.name.to_ascii_lowercase();
        if IGNORED.iter().any(|ignored| name.starts_with(ignored)) || most < collector.len() {
            continue;
        }
        collector.add(&["has:", &name]);
        if !before.is_empty() {
            collector.add(&["after:", &before, " ", &name]);
        }
        if name.ends_with("date") {
            date(&name, header.value.trim(), collector);
        } else {
            line.read(value_of(&name, header));
            line.tell(&name, collector);
        }
        before = name;
    }
}

/// What is to be read of a line: not when a relay did its work.
fn value_of<'a>(name: &str, header: &'a Header<'_>) -> &'a str {
    let value = header.value.as_str();
    if name == "received" { value.rsplit_once(';').map_or(value, |(way, _)| way) } else { value }
}

/// How it is written and in which zone. When it was says nothing of the next message.
fn date(name: &str, value: &str, collector: &mut Collector) {
    let shape: String = value.chars().take(2 * MAX_SHAPE).map(class).collect();
    collector.add(&["shape-in:", name, " ", &shape]);
    let zone = value.rsplit(' ').next().unwrap_or_default();
    if zone.len() <= 8 {
        collector.add(&["in:", name, " ", zone]);
    }
}

/// The words of one line, in buffers that serve all lines.
#[derive(Debug, Default)]
struct Line {
    /// In lower case, one after another.
    words: String,
    places: Vec<Range<usize>>,
    shapes: String,
    shape_places: Vec<Range<usize>>,
}

impl Line {
    fn read(&mut self, value: &str) {
        self.words.clear();
        self.places.clear();
        self.shapes.clear();
        self.shape_places.clear();
        let words = value.split(is_between).filter(|word| !word.is_empty());
        for word in words.take(MAX_WORDS) {
            let start = self.shapes.len();
            push_shape(&mut self.shapes, word);
            self.shape_places.push(start..self.shapes.len());
            let start = self.words.len();
            if word.len() <= MAX_WORD {
                push_lower(&mut self.words, word);
            }
            self.places.push(start..self.words.len());
        }
    }

    fn tell(&self, name: &str, collector: &mut Collector) {
        collector.add_count_in("words in:", name, self.places.len() as u64);
        for (n, place) in self.places.iter().enumerate() {
            if let Some(shape) = self.shape_places.get(n).and_then(|place| self.shapes.get(place.clone())) {
                collector.add(&["shape-in:", name, " ", shape]);
            }
            let word = self.word(place);
            if word.is_empty() {
                continue;
            }
            collector.add(&["in:", name, " ", word]);
            for (gap, other) in GAPS.iter().zip(self.places.get(..n).unwrap_or_default().iter().rev()) {
                let other = self.word(other);
                if !other.is_empty() {
                    collector.add(&["in:", name, " ", other, gap, word]);
                }
            }
            host(name, word, collector);
        }
    }

    fn word(&self, place: &Range<usize>) -> &str {
        self.words.get(place.clone()).unwrap_or_default()
    }
}

fn push_lower(words: &mut String, word: &str) {
    if word.is_ascii() {
        words.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        words.extend(word.chars().flat_map(char::to_lowercase));
    }
}

pub(super) fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | ';' | ',' | '=' | '"')
}

/// What is left of a word when its letters and digits are forgotten: the program's pattern.
fn push_shape(shapes: &mut String, word: &str) {
    let end = shapes.len() + MAX_SHAPE;
    let mut last = '\0';
    for c in word.chars() {
        let class = class(c);
        if class != last || !class.is_ascii_alphanumeric() {
            shapes.push(class);
        }
        last = class;
        if end <= shapes.len() {
            break;
        }
    }
}

fn class(c: char) -> char {
    match c {
        '0'..='9' => '0',
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        c if c.is_ascii_graphic() || c == ' ' => c,
        _ => '?',
    }
}

/// The domain of an address, the last three, two and one labels of a host, the networks of an IPv4 address.
fn host(name: &str, word: &str, collector: &mut Collector) {
    let (local, host) = word.rsplit_once('@').map_or((None, word), |(local, host)| (Some(local), host));
    let host = host.trim_matches(|c: char| !c.is_alphanumeric());
    if local.is_some() {
        collector.add(&["domain-in:", name, " @", host]);
        collector.add(&["domain-in:any @", host]);
    }
    if !host.contains('.') || host.contains(['/', ':']) {
        return;
    }
    let dots = host.bytes().filter(|byte| *byte == b'.').count();
    if dots == 3 && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let mut rest = host;
        while let Some((network, _)) = rest.rsplit_once('.') {
            collector.add(&["net-in:", name, " ", network]);
            rest = network;
        }
        return;
    }
    for (dot, _) in host.rmatch_indices('.').take(3) {
        collector.add(&["domain-in:", name, " ", host.get(dot + 1..).unwrap_or_default()]);
    }
    if dots < 3 {
        collector.add(&["domain-in:", name, " ", host]);
    }
}
