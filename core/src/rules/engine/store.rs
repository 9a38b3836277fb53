//! Rules as bytes, so that the next start need not read their files again.

use xxhash_rust::xxh3::xxh3_128;

use crate::rules::book::Book;

use super::{
    CompileSettings, RuleSet,
    line::{self, Line},
};

/// Says what it is, and which form it has; the number goes up when [`Line`] or what it means changes.
const HEAD: &[u8; 8] = b"TAMISR\0\x03";
/// The head, and a sum over everything behind it.
const HEAD_BYTES: usize = HEAD.len() + size_of::<u128>();
/// No cache is larger.
const MOST_BYTES: usize = 64 << 20;

impl RuleSet {
    /// Everything that can be found out about what the files say, to be kept. Empty: it cannot be.
    pub fn to_bytes(book: &Book, settings: CompileSettings) -> Vec<u8> {
        let lines = line::lines(book, settings, &mut Vec::new());
        let Ok(body) = postcard::to_allocvec(&lines) else { return Vec::new() };
        [HEAD.as_slice(), &xxh3_128(&body).to_le_bytes(), &body].concat()
    }

    /// Reads [`RuleSet::to_bytes`] back; `None`: it is damaged or of another version. Whether it was made from the same
    /// files is for who keeps it to know.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, body) = bytes.split_at_checked(HEAD_BYTES).filter(|_| bytes.len() <= MOST_BYTES)?;
        let sum = head.strip_prefix(HEAD)?;
        if sum != xxh3_128(body).to_le_bytes() {
            return None;
        }
        let (lines, rest) = postcard::take_from_bytes::<Vec<Line>>(body).ok()?;
        rest.is_empty().then(|| Self::from_lines(lines))
    }
}
