//! Sets of bytes.

use memchr::{memchr, memchr2, memchr3, memrchr, memrchr2, memrchr3};

/// Which of the 256 bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    /// No byte.
    pub(crate) const EMPTY: Self = Self([0; 4]);
    /// Every byte.
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    /// ASCII, but for what entities begin with.
    pub(super) const PLAIN: Self = Self([!(1 << b'&'), u64::MAX, 0, 0]);
    /// Letters, digits and `_`.
    pub(crate) const WORD: Self = Self([0x03ff_0000_0000_0000, 0x07ff_fffe_87ff_fffe, 0, 0]);
    /// Digits.
    pub(crate) const DIGIT: Self = Self([0x03ff_0000_0000_0000, 0, 0, 0]);
    /// White space.
    pub(crate) const SPACE: Self = Self([0x0000_0001_0000_3e00, 0, 0, 0]);
    /// Large letters, and how far behind them the small ones lie, within the second word.
    const UPPER: u64 = 0x07ff_fffe;
    const TO_LOWER: u32 = 32;

    /// The bytes from `first` to `last`, both included.
    pub(crate) fn range(first: u8, last: u8) -> Self {
        (first..=last).collect()
    }

    /// How many bytes are in it.
    pub(crate) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether a byte is in it.
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word & (1 << (byte & 63)) != 0)
    }

    /// Where the first byte of a text stands that is in it.
    pub(crate) fn first_in(&self, text: &[u8]) -> Option<usize> {
        text.iter().position(|byte| self.has(*byte))
    }

    /// Its bytes, if they are few.
    pub(crate) fn few(&self) -> Option<Few> {
        if self.len() > 3 {
            return None;
        }
        let mut bytes = self.bytes();
        Some(match (bytes.next()?, bytes.next(), bytes.next(), bytes.next()) {
            (one, None, ..) => Few::One(one),
            (one, Some(two), None, _) => Few::Two(one, two),
            (one, Some(two), Some(three), None) => Few::Three(one, two, three),
            _ => return None,
        })
    }

    /// Adds a byte.
    pub(crate) fn add(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }

    /// What is in either.
    #[must_use]
    pub(crate) fn or(mut self, other: Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
        self
    }

    /// What is in both.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        self.not().or(other.not()).not()
    }

    /// What is not in it.
    #[must_use]
    pub(crate) fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// With the other case of each ASCII letter.
    #[must_use]
    pub(crate) fn in_any_case(self) -> Self {
        let Self([first, letters, third, last]) = self;
        let (upper, lower) = (letters & Self::UPPER, letters & (Self::UPPER << Self::TO_LOWER));
        Self([first, letters | (upper << Self::TO_LOWER) | (lower >> Self::TO_LOWER), third, last])
    }

    /// A number that other sets seldom have.
    pub(crate) fn hash(&self) -> u64 {
        self.0.iter().fold(0, |hash: u64, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Its bytes in order.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.iter().zip([0_u8, 64, 128, 192]).flat_map(|(word, first)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = u8::try_from(left.trailing_zeros()).ok().filter(|bit| *bit < 64)?;
                left &= left - 1;
                Some(first + bit)
            })
        })
    }

    /// Its bytes as ranges, both ends included.
    pub(crate) fn ranges(&self) -> Vec<(u8, u8)> {
        let mut ranges: Vec<(u8, u8)> = Vec::new();
        for byte in self.bytes() {
            match ranges.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(byte) => *last = byte,
                _ => ranges.push((byte, byte)),
            }
        }
        ranges
    }
}

/// Up to three bytes, which are looked for many at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Few {
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
}

impl Few {
    /// Where the first of them stands in a text.
    pub(crate) fn first_in(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::One(one) => memchr(one, text),
            Self::Two(one, two) => memchr2(one, two, text),
            Self::Three(one, two, three) => memchr3(one, two, three, text),
        }
    }

    /// Where the last of them stands in a text.
    fn last_in(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::One(one) => memrchr(one, text),
            Self::Two(one, two) => memrchr2(one, two, text),
            Self::Three(one, two, three) => memrchr3(one, two, three, text),
        }
    }
}

/// A set of bytes, and the quickest way to look for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set {
    bytes: ByteSet,
    search: Search,
}

/// How bytes of a set are looked for.
#[derive(Clone, Copy, Debug)]
enum Search {
    /// Every byte is one.
    All,
    /// One of a few.
    Few(Few),
    /// Any but a few.
    Others(Few),
    /// Byte for byte.
    Each,
}

impl From<ByteSet> for Set {
    fn from(bytes: ByteSet) -> Self {
        let search = if bytes == ByteSet::ALL {
            Search::All
        } else {
            let others = || bytes.not().few().map(Search::Others);
            bytes.few().map(Search::Few).or_else(others).unwrap_or(Search::Each)
        };
        Self { bytes, search }
    }
}

impl Set {
    /// Whether a byte is in it.
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.bytes.has(byte)
    }

    /// How many bytes in it a text begins with.
    pub(crate) fn run(&self, text: &[u8]) -> usize {
        let end = match self.search {
            Search::All => None,
            Search::Others(few) => few.first_in(text),
            Search::Few(_) | Search::Each => text.iter().position(|byte| !self.has(*byte)),
        };
        end.unwrap_or(text.len())
    }

    /// Where the first byte of a text stands that is in it.
    pub(crate) fn first_in(&self, text: &[u8]) -> Option<usize> {
        match self.search {
            Search::Few(few) => few.first_in(text),
            Search::All | Search::Others(_) | Search::Each => self.bytes.first_in(text),
        }
    }

    /// Where the last byte of a text stands that is in it.
    pub(crate) fn last_in(&self, text: &[u8]) -> Option<usize> {
        match self.search {
            Search::Few(few) => few.last_in(text),
            Search::All | Search::Others(_) | Search::Each => text.iter().rposition(|byte| self.has(*byte)),
        }
    }
}

impl FromIterator<u8> for ByteSet {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        let mut set = Self::EMPTY;
        bytes.into_iter().for_each(|byte| set.add(byte));
        set
    }
}

impl std::fmt::Debug for ByteSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.ranges()).finish()
    }
}

/// `a` for `A` and the other way round.
pub(crate) fn other_case(byte: u8) -> Option<u8> {
    byte.is_ascii_alphabetic().then_some(byte ^ 0x20)
}

/// A set that Perl knows by name: `digit` for `\d` and `[[:digit:]]`, and so on (perlrecharclass, "POSIX Character
/// Classes"; on strings of bytes only ASCII counts).
pub(crate) fn named(name: &str) -> Option<ByteSet> {
    let is: fn(u8) -> bool = match name {
        "alpha" => |byte| byte.is_ascii_alphabetic(),
        "digit" => |byte| byte.is_ascii_digit(),
        "alnum" => |byte| byte.is_ascii_alphanumeric(),
        "upper" => |byte| byte.is_ascii_uppercase(),
        "lower" => |byte| byte.is_ascii_lowercase(),
        "punct" => |byte| byte.is_ascii_punctuation(),
        "space" => |byte| matches!(byte, b'\t'..=b'\r' | b' '),
        "blank" => |byte| matches!(byte, b'\t' | b' '),
        "cntrl" => |byte| byte.is_ascii_control(),
        "graph" => |byte| byte.is_ascii_graphic(),
        "print" => |byte| byte.is_ascii_graphic() || byte == b' ',
        "xdigit" => |byte| byte.is_ascii_hexdigit(),
        "word" => is_word,
        "ascii" => |byte| byte.is_ascii(),
        _ => return None,
    };
    Some((0..=u8::MAX).filter(|byte| is(*byte)).collect())
}

/// Whether `\w` matches it.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_that_are_spelled_out_are_those_of_their_names() {
        let sets = [("word", ByteSet::WORD), ("digit", ByteSet::DIGIT), ("space", ByteSet::SPACE)];
        for (name, set) in sets {
            assert_eq!(named(name), Some(set), "{name}");
        }
        for byte in 0..=u8::MAX {
            let set = ByteSet::range(byte, byte);
            let both: ByteSet = [Some(byte), other_case(byte)].into_iter().flatten().collect();
            assert_eq!(set.in_any_case(), both, "{byte}");
            assert_eq!((set.len(), set.not().len()), (1, 255));
        }
    }
}
