//! Tokens of the header lines as they were written: every word with the name of its line, each two that stand near each
//! other, the domains and networks named, and what the words look like.
//!
//! Who sends a message, through which hosts and with which program is written in the lines that nobody reads. Each line that
//! is not about the mailbox or of another filter takes part, in the order in which it stands.

use std::iter;

use super::{
    Span,
    collector::{Added, Collector, Place},
    token::{GAPS, OF_LINES, WORD_OF_LINE},
};
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
/// No line that says something has a longer name.
const MAX_NAME: usize = 64;
/// A longer word is a seal or an id, and never seen again.
const MAX_WORD: usize = 80;
const MAX_SHAPE: usize = 32;

/// How far apart two words may stand to make a pair: the window of orthogonal sparse bigrams (Siefkes et al., 2004).
const REACH: usize = GAPS.len();

pub(super) fn collect(mail: &Mail<'_>, collector: &mut Collector) {
    let mut before = String::new();
    for header in mail.headers().iter().take(MAX_LINES) {
        if MAX_NAME < header.name.len() {
            continue;
        }
        let name = header.name.to_ascii_lowercase();
        if is_ignored(&name) {
            continue;
        }
        collector.begin_line(&name);
        if !before.is_empty() {
            collector.add(&["after:", &before, " ", &name]);
        }
        if name.ends_with("date") {
            date(&name, header.value.trim(), collector);
        } else {
            Line::new(&name, collector).read(value_of(&name, header));
        }
        before = name;
    }
}

fn is_ignored(name: &str) -> bool {
    // Most names begin in another way than all of these.
    let start = name.as_bytes().first();
    start.is_some_and(|start| b"acflorsx".contains(start)) && IGNORED.iter().any(|ignored| name.starts_with(ignored))
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

/// One line, and where its words and what they are made of belong.
struct Line<'a> {
    name: &'a str,
    words: Place,
    domains: Place,
    nets: Place,
    shapes: Place,
    addresses: Place,
    collector: &'a mut Collector,
}

impl<'a> Line<'a> {
    fn new(name: &'a str, collector: &'a mut Collector) -> Self {
        let [words, domains, nets, shapes] =
            OF_LINES.map(|place| collector.place(&[place, name, " "], place == WORD_OF_LINE));
        let addresses = collector.place(&["domain-in:any "], false);
        Self { name, words, domains, nets, shapes, addresses, collector }
    }

    fn read(mut self, value: &str) {
        let mut before: [Option<Added>; REACH] = [None; REACH];
        let mut count = 0;
        for word in words(value).take(MAX_WORDS) {
            count += 1;
            if let Some(shape) = self.collector.write_with(|texts| push_shape(texts, word)) {
                self.collector.add_written(self.shapes, shape);
            }
            let added = if word.len() <= MAX_WORD { self.word(word, &before) } else { None };
            before.rotate_right(1);
            if let Some(first) = before.first_mut() {
                *first = added;
            }
        }
        self.collector.add_count_in("words in:", self.name, count);
    }

    /// A word, and its pairs with those before, the nearest first.
    fn word(&mut self, word: &str, before: &[Option<Added>]) -> Option<Added> {
        let written = self.collector.write_with(|texts| push_lower(texts, word))?;
        let added = self.collector.add_written(self.words, written);
        for (distance, other) in (1..).zip(before) {
            if let Some(other) = other {
                self.collector.add_pair(self.words, (*other, added), distance);
            }
        }
        self.host(written);
        Some(added)
    }

    /// The domain of an address, the last three, two and one labels of a host, the networks of an IPv4 address.
    fn host(&mut self, written: Span) {
        let Some(Host { start, end, dots, is_of_address, is_ip }) = Host::find(self.collector.written(written)) else {
            return;
        };
        let host = written.piece(start, end);
        if is_of_address {
            self.collector.add_written(self.addresses, host);
        }
        let (first, last) = (dots.iter().flatten().next(), dots.iter().flatten().count());
        if first.is_none() {
            return;
        }
        for dot in dots.iter().flatten() {
            let (place, piece) = if is_ip {
                (self.nets, written.piece(start, *dot))
            } else {
                (self.domains, written.piece(dot + 1, end))
            };
            self.collector.add_written(place, piece);
        }
        if !is_ip && last < dots.len() {
            self.collector.add_written(self.domains, host);
        }
    }
}

/// A host in a word.
struct Host {
    start: usize,
    end: usize,
    /// Where the last three dots are, the last one first.
    dots: [Option<usize>; 3],
    is_of_address: bool,
    is_ip: bool,
}

impl Host {
    fn find(word: &str) -> Option<Self> {
        let bytes = word.as_bytes();
        let at = bytes.iter().rposition(|byte| *byte == b'@');
        if at.is_none() && !bytes.contains(&b'.') {
            return None;
        }
        let host = at.and_then(|at| word.get(at + 1..)).unwrap_or(word);
        let host = host.trim_matches(|c: char| !c.is_alphanumeric());
        let start = host.as_ptr().addr() - word.as_ptr().addr();
        let (mut dots, mut count, mut is_ip) = ([None; 3], 0_usize, true);
        for (place, byte) in host.bytes().enumerate().rev() {
            match byte {
                b'/' | b':' => return at.map(|_| Self::address(start, host)),
                b'.' => {
                    if let Some(slot) = dots.get_mut(count) {
                        *slot = Some(start + place);
                    }
                    count += 1;
                }
                byte => is_ip &= byte.is_ascii_digit(),
            }
        }
        Some(Self { dots, is_ip: is_ip && count == 3, ..Self::address(start, host) })
            .filter(|found| found.is_of_address || 0 < count)
            .map(|found| Self { is_of_address: at.is_some(), ..found })
    }

    fn address(start: usize, host: &str) -> Self {
        Self { start, end: start + host.len(), dots: [None; 3], is_of_address: true, is_ip: false }
    }
}

fn push_lower(words: &mut String, word: &str) {
    if word.is_ascii() {
        words.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        words.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// White space and what stands around words in structured lines. What is not ASCII is part of a word.
fn is_between(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b';' | b',' | b'=' | b'"')
}

/// The words of a line.
pub(super) fn words(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    iter::from_fn(move || {
        let start = rest.bytes().position(|byte| !is_between(byte))?;
        let (_, word) = rest.split_at_checked(start)?;
        let end = word.bytes().position(is_between).unwrap_or(word.len());
        let (word, after) = word.split_at_checked(end)?;
        rest = after;
        Some(word)
    })
}

/// What is left of a word when its letters and digits are forgotten: the program's pattern.
fn push_shape(shapes: &mut String, word: &str) {
    let end = shapes.len() + MAX_SHAPE;
    let mut last = '\0';
    for byte in word.bytes() {
        let class = class(char::from(byte));
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
