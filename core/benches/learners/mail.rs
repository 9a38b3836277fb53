//! The mail of an index, read once into what the learners see.

#![expect(clippy::disallowed_methods, reason = "the bench does the reading for core, which does none")]

use std::{collections::VecDeque, fs, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tamis_core::{
    Arrival, Mail,
    learn::{Features, Label},
};
use xxhash_rust::xxh3::xxh3_64;

use crate::clock::timed;

/// So many of the first bytes have 4-grams that count (Cormack 2007).
const BYTES: usize = 3000;

/// Places of 4-grams. With four times as many, 1-ROCA on mail of 2002 is better by a fiftieth of itself.
pub(crate) const GRAM_BITS: u32 = 20;

/// How far apart the words of a pair may be: they lie in a window of five.
const FARTHEST: usize = 4;

/// One message, in each form in which a learner wants it.
pub(crate) struct Message {
    pub(crate) label: Label,
    pub(crate) tokens: Features,
    /// As if it had no body.
    pub(crate) of_header: Features,
    /// As if it had no header.
    pub(crate) of_body: Features,
    /// Hashes of the pairs of its words as they stand in it, ascending; see [`distance`].
    pub(crate) pairs: Vec<u64>,
    /// Places of the 4-grams of its first bytes, ascending.
    pub(crate) grams: Vec<u32>,
}

/// A form of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// What Tamis makes of it: parsed, then tokens.
    Tokens,
    /// Pairs of words.
    Pairs,
    /// 4-grams.
    Grams,
    /// Tokens and 4-grams.
    All,
}

/// The mail of an index.
pub(crate) struct Corpus {
    pub(crate) name: String,
    /// In the order of the index.
    pub(crate) messages: Vec<Message>,
    /// CPU time that making all tokens, pairs, and 4-grams took.
    reading: [Duration; 3],
}

impl Corpus {
    /// CPU time that it took to make this form of all messages.
    pub(crate) fn reading(&self, view: View) -> Duration {
        let [tokens, pairs, grams] = self.reading;
        match view {
            View::Tokens => tokens,
            View::Pairs => pairs,
            View::Grams => grams,
            View::All => tokens + grams,
        }
    }
}

/// Reads an index and its mail.
pub(crate) fn read(index: &Path) -> Result<Corpus> {
    let text = fs::read_to_string(index).with_context(|| format!("cannot read {}", index.display()))?;
    let name = index.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut corpus = Corpus { name, messages: Vec::new(), reading: [Duration::ZERO; 3] };
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let labelled = line.split_once(' ').and_then(|(label, path)| Some((Label::from_word(label)?, path.trim())));
        let (label, path) = labelled
            .with_context(|| format!("{}, line {}: expected `ham PATH` or `spam PATH`", index.display(), number + 1))?;
        let path = index.with_file_name(path);
        let raw = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        corpus.add(&raw, label);
    }
    ensure!(!corpus.messages.is_empty(), "{} lists no mail", index.display());
    Ok(corpus)
}

impl Corpus {
    fn add(&mut self, raw: &[u8], label: Label) {
        let arrival = Arrival::default();
        let (tokens, of_tokens) = timed(|| Features::of(&Mail::parse(raw, &arrival)));
        let (pairs, of_pairs) = timed(|| pairs(raw));
        let (grams, of_grams) = timed(|| grams(raw));
        let mail = Mail::parse(raw, &arrival);
        let of_header = Features::of(&mail.without_body());
        let of_body = Features::of(&mail.without_header());
        for (all, one) in self.reading.iter_mut().zip([of_tokens, of_pairs, of_grams]) {
            *all += one;
        }
        self.messages.push(Message { label, tokens, of_header, of_body, pairs, grams });
    }
}

/// How far apart the words of a pair are, 1 to 4: it is marked by the lowest two bits.
pub(crate) const fn distance(pair: u64) -> u64 {
    (pair & 3) + 1
}

/// All pairs of words (`[[:graph:]]+`) within the window, each once.
fn pairs(raw: &[u8]) -> Vec<u64> {
    let words = raw.split(|byte| !byte.is_ascii_graphic()).filter(|word| !word.is_empty());
    // Nearest first.
    let mut before: VecDeque<u64> = VecDeque::with_capacity(FARTHEST + 1);
    let mut pairs = Vec::new();
    for word in words.map(xxh3_64) {
        for (mark, other) in (0_u64..).zip(&before) {
            let both = other.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ word;
            pairs.push(xxh3_64(&both.wrapping_add(mark).to_le_bytes()) & !3 | mark);
        }
        before.push_front(word);
        before.truncate(FARTHEST);
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// All 4-grams of the first bytes, each once.
fn grams(raw: &[u8]) -> Vec<u32> {
    let first = raw.get(..BYTES).unwrap_or(raw);
    let mut grams: Vec<u32> = first.windows(4).map(|gram| (xxh3_64(gram) >> (u64::BITS - GRAM_BITS)) as u32).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}
