//! What a token is: a place, a word, and perhaps a second word at some distance; and the number it is known by.
//!
//! The number is made of the hashes of the parts, so that a pair of words costs a multiplication and no text. It can be made of
//! the written token, too: `in:subject account _ suspended`.

use xxhash_rust::xxh3::xxh3_64;

/// A token as learners and the store know it: a hash of its parts, but for the lowest two bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub u64);

/// What stands between two words of a pair, by their distance.
pub(super) const GAPS: [&str; 4] = [" ", " _ ", " _ _ ", " _ _ _ "];

/// Places whose name is followed by that of a header line.
pub(super) const OF_LINES: [&str; 4] = [WORD_OF_LINE, "domain-in:", "net-in:", "shape-in:"];
pub(super) const WORD_OF_LINE: &str = "in:";
pub(super) const NAME_OF_LINE: &str = "has:";

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

impl TokenId {
    /// The id of a word after `place`, the hash of what stands before it.
    pub(super) fn of_word(place: u64, word: &str, kind: Kind) -> Self {
        Self(mixed(place ^ xxh3_64(word.as_bytes()).wrapping_mul(ODD)) & !3 | kind.bits())
    }

    /// The id of two words that have these ids, so many words apart.
    pub(super) fn of_pair(self, second: Self, distance: usize) -> Self {
        let parts = (self.0 & !3).rotate_left(29) ^ (second.0 & !3).wrapping_mul(ODD.wrapping_add(2 * distance as u64));
        Self(mixed(parts) & !3 | self.0 & 1)
    }

    /// What the account of that name (its address in lower case) knows this token by if it learns by itself.
    #[must_use]
    pub fn in_account(self, name: &str) -> Self {
        self.of_account(hash_of(name))
    }

    /// What an account by itself knows this token by; `account` is the hash of its name.
    pub(super) fn of_account(self, account: u64) -> Self {
        Self(mixed((self.0 & !3) ^ account.wrapping_mul(ODD)) & !3 | self.0 & 3)
    }

    /// The id of a written token.
    pub(super) fn of(token: &str, is_of_body: bool) -> Self {
        let (place, rest) = token.split_at_checked(place_of(token)).unwrap_or(("", token));
        let kind = match (is_of_body, place.starts_with(WORD_OF_LINE) || place == NAME_OF_LINE) {
            (true, _) => Kind::Body,
            (false, true) => Kind::Sign,
            (false, false) => Kind::Header,
        };
        let place_hash = hash_of(place);
        let can_pair = if is_of_body { place.is_empty() } else { kind == Kind::Sign };
        let pair = rest.split_once(' ').zip(rest.rsplit_once(' ')).filter(|_| can_pair);
        let Some(((first, _), (before, second))) = pair else { return Self::of_word(place_hash, rest, kind) };
        let distance = before.split(' ').count();
        Self::of_word(place_hash, first, kind).of_pair(Self::of_word(place_hash, second, kind), distance)
    }

    /// Whether it is of the body: its text, seen or hidden, its links, files and HTML. Everything else is of the header:
    /// sender, subject, way.
    pub const fn is_of_body(self) -> bool {
        self.0 & 1 == 0
    }

    /// Whether it is a single word of a header line, or the name of one. Such are few and come again: mail of which most are
    /// new is of a kind that was never taught.
    pub const fn is_sign(self) -> bool {
        self.0 & 2 != 0
    }
}

/// What the lowest two bits of an id say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Body,
    Header,
    Sign,
}

impl Kind {
    const fn bits(self) -> u64 {
        match self {
            Self::Body => 0,
            Self::Header => 1,
            Self::Sign => 3,
        }
    }
}

pub(super) fn hash_of(place: &str) -> u64 {
    xxh3_64(place.as_bytes())
}

/// How much of a written token says where it was seen.
pub(super) fn place_of(token: &str) -> usize {
    let Some(colon) = token.find(':') else { return 0 };
    let place = token.get(..=colon).unwrap_or_default();
    let is_of_line = OF_LINES.contains(&place);
    let end = if is_of_line { token.find(' ').unwrap_or(colon) } else { colon };
    end + 1
}

/// Every bit of the result depends on every bit given: the end of MurmurHash3 (Appleby, public domain).
const fn mixed(mut bits: u64) -> u64 {
    bits ^= bits >> 33;
    bits = bits.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    bits ^= bits >> 33;
    bits = bits.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    bits ^ bits >> 33
}
