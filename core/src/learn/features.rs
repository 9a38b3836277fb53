//! The distinct tokens of one message.
//!
//! A token is a text: a prefix that says where it was seen, and a word. Words of the visible text have no prefix, so that
//! they read as they stood. What is left out on purpose: what other filters wrote (`X-Spam-*` and its kind), what a
//! mailbox adds for itself, every date, and the person's own address, which are the same in all mail or in none.

mod body;
mod collector;
mod describe;
mod headers;
mod lines;
mod lookup;
mod words;

use self::collector::Collector;
pub(super) use self::describe::describe;
pub use self::lookup::{Candidate, candidates};
use crate::mail::Mail;

/// A token as learners and the store know it: the 64-bit xxh3 hash of its text, but for the lowest two bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub u64);

impl TokenId {
    /// The id of `token`.
    fn of(token: &str, is_of_body: bool) -> Self {
        let is_sign = !is_of_body && is_sign(token);
        Self(xxhash_rust::xxh3::xxh3_64(token.as_bytes()) & !3 | u64::from(is_sign) << 1 | u64::from(!is_of_body))
    }

    /// Whether it is of the body: its text, seen or hidden, its links, files and HTML. Everything else is of the header:
    /// sender, subject, way.
    pub const fn is_of_body(self) -> bool {
        self.0 & 1 == 0
    }

    /// Whether it is a single word of a header line. Such are few and come again: mail of which most are new is of a kind
    /// that was never taught.
    pub const fn is_sign(self) -> bool {
        self.0 & 2 != 0
    }
}

/// The distinct tokens of one message, with their words while the message is at hand.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// All texts, one after another: a string for each would cost more than everything else.
    texts: String,
    /// Ascending by id.
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    id: TokenId,
    start: u32,
    end: u32,
}

impl Features {
    /// Counts up whenever other tokens are made of the same message, so that lessons say by which version they were made:
    /// 1 told who sent a message and by which way, 2 every header line as it was written.
    pub const VERSION: u32 = 2;

    /// Reads the tokens of `mail`: at most 3,000, of at most the first 64 KiB of text.
    pub fn of(mail: &Mail<'_>) -> Self {
        let mut collector = Collector::default();
        headers::collect(mail, &mut collector);
        collector.begin_body();
        body::collect(mail, &mut collector);
        collector.finish()
    }

    /// The token ids, ascending, without duplicates: what is trained and kept.
    pub fn ids(&self) -> Vec<TokenId> {
        self.tokens.iter().map(|token| token.id).collect()
    }

    /// Each token with its text, in the order of [`Features::ids`].
    pub fn iter(&self) -> impl Iterator<Item = (TokenId, &str)> {
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

    fn text(&self, token: Token) -> &str {
        self.texts.get(token.start as usize..token.end as usize).unwrap_or_default()
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

/// A word with the name of its line, and no other word.
fn is_sign(token: &str) -> bool {
    token.strip_prefix("in:").is_some_and(|rest| rest.bytes().filter(|byte| *byte == b' ').count() == 1)
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
