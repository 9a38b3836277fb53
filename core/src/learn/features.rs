//! The distinct tokens of one message.
//!
//! A token is a text: a prefix that says where it was seen, and a word. Words of the visible text have no prefix, so that
//! they read as they stood. What is left out on purpose: what other filters wrote (`X-Spam-*` and its kind), what a
//! mailbox adds for itself, and when something was sent. To which of the person's addresses it was sent takes part.

mod body;
mod collector;
mod describe;
mod headers;
mod language;
mod lines;
mod lookup;
mod token;
mod words;

use std::borrow::Cow;

pub(super) use self::describe::describe;
use self::{collector::Collector, token::GAPS};
pub use self::{
    lookup::{Candidate, candidates},
    token::TokenId,
};
use crate::mail::{Lessons, Mail};

/// The distinct tokens of one message, with their words while the message is at hand.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// All texts, one after another: a string for each would cost more than everything else.
    texts: String,
    tokens: Vec<Token>,
    /// The tokens of the names of the header lines, each name once.
    lines: Vec<TokenId>,
    /// The hash of the name of an account that learns by itself.
    account: Option<u64>,
}

/// A piece of the texts.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u32,
}

impl Span {
    /// A piece of it, in bytes from its start.
    fn piece(self, from: usize, to: usize) -> Self {
        let [from, to] = [from, to].map(|place| u32::try_from(place).unwrap_or(u32::MAX).min(self.length));
        Self { start: self.start.saturating_add(from), length: to.saturating_sub(from) }
    }
}

/// A word after the name of its place, or two words at some distance.
#[derive(Clone, Copy, Debug)]
struct Token {
    id: TokenId,
    place: Span,
    word: Span,
    second: Span,
    /// 0 without a second word.
    distance: u8,
    /// Of a single word in a header line: which of the names it has, from 1.
    line: u8,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            id: TokenId(0),
            place: Span::default(),
            word: Span::default(),
            second: Span::default(),
            distance: 0,
            line: 0,
        }
    }
}

impl Features {
    /// Counts up whenever other tokens are made of the same message, so that lessons say by which version they were made:
    /// 1 told who sent a message and by which way, 2 every header line as it was written,
    /// 3 links in files, the names in archives of all kinds, and what codes in pictures say.
    pub const VERSION: u32 = 3;

    /// Reads the tokens of `mail`: at most 3,000, of at most the first 64 KiB of text.
    pub fn of(mail: &Mail<'_>) -> Self {
        let mut collector = Collector::default();
        headers::collect(mail, &mut collector);
        collector.begin_body();
        body::collect(mail, &mut collector);
        let mut features = collector.finish();
        if let Lessons::Apart(account) = &mail.account.lessons {
            features.account = Some(token::hash_of(account));
        }
        features
    }

    /// The token ids, ascending, without duplicates: what is trained and kept. An account that learns by itself has others.
    pub fn ids(&self) -> Vec<TokenId> {
        let mut ids: Vec<TokenId> = self.with_own().map(|(id, own)| own.unwrap_or(id)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The token ids in the order in which they stand in the message, without duplicates.
    pub fn unsorted_ids(&self) -> impl Iterator<Item = TokenId> {
        self.tokens.iter().map(|token| token.id)
    }

    /// The same with what an account that learns by itself knows each of them by.
    pub(super) fn with_own(&self) -> impl Iterator<Item = (TokenId, Option<TokenId>)> {
        self.unsorted_ids().map(|id| (id, self.account.map(|account| id.of_account(account))))
    }

    /// The names of the header lines, and what an account that learns by itself knows each of them by.
    pub(super) fn lines(&self) -> impl Iterator<Item = (TokenId, Option<TokenId>)> {
        self.lines.iter().map(|id| (*id, self.account.map(|account| id.of_account(account))))
    }

    /// The single words of header lines: of which of [`Features::lines`], and both numbers.
    pub(super) fn signs(&self) -> impl Iterator<Item = (usize, TokenId, Option<TokenId>)> {
        let lines = self.tokens.iter().map(|token| usize::from(token.line).checked_sub(1));
        self.with_own().zip(lines).filter_map(|((id, own), line)| Some((line?, id, own)))
    }

    /// Each token as it is written, in the order in which they stand in the message.
    pub fn iter(&self) -> impl Iterator<Item = (TokenId, Cow<'_, str>)> {
        self.tokens.iter().map(|token| (token.id, self.text(*token)))
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The token of that number, in the order of [`Features::unsorted_ids`].
    pub(super) fn text_of(&self, number: usize) -> Cow<'_, str> {
        self.tokens.get(number).map_or(Cow::Borrowed(""), |token| self.text(*token))
    }

    fn text(&self, token: Token) -> Cow<'_, str> {
        let (place, word) = (self.span(token.place), self.span(token.word));
        match usize::from(token.distance).checked_sub(1).and_then(|gap| GAPS.get(gap)) {
            Some(gap) => Cow::Owned([place, word, gap, self.span(token.second)].concat()),
            None if place.is_empty() => Cow::Borrowed(word),
            None => Cow::Owned([place, word].concat()),
        }
    }

    fn span(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.texts.get(start..start + span.length as usize).unwrap_or_default()
    }

    /// Packs ids for the store: each difference to the one before as a LEB128 number, then a checksum of 32 bits.
    pub fn encode(ids: &[TokenId]) -> Vec<u8> {
        let mut sorted: Vec<u64> = ids.iter().map(|id| id.0).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let mut bytes = Vec::with_capacity(sorted.len() * 9 + 4);
        let mut before = 0;
        for id in sorted {
            push_leb128(&mut bytes, id - before);
            before = id;
        }
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// Unpacks [`Features::encode`]. `None` if the bytes are damaged.
    pub fn decode(bytes: &[u8]) -> Option<Vec<TokenId>> {
        let (mut packed, sum) = bytes.split_last_chunk::<4>()?;
        if *sum != checksum(packed) {
            return None;
        }
        let mut ids: Vec<TokenId> = Vec::with_capacity(packed.len() / 7);
        while !packed.is_empty() {
            let difference = take_leb128(&mut packed)?;
            let id = match ids.last() {
                Some(_) if difference == 0 => return None,
                Some(before) => before.0.checked_add(difference)?,
                None => difference,
            };
            ids.push(TokenId(id));
        }
        Some(ids)
    }
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = xxhash_rust::xxh3::xxh3_64(bytes).to_le_bytes();
    [a, b, c, d]
}

fn push_leb128(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7F);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take_leb128(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7F);
        if bits << shift >> shift != bits {
            return None;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests;
