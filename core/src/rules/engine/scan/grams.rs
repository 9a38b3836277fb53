//! Literals that are found by a few bytes of them.

use super::{
    BLOCK, HEAD, Places, WORD, Whose,
    table::{Table, as_u32, hash, padded},
};

/// Places in which it is counted how many literals have a gram, for each literal and in all, as powers of two.
const COUNTS_A_LITERAL: u32 = 5;
const MOST_COUNTS: u32 = 16;

/// Literals by grams of so many bytes, with so many words, a power of two, for the first look: they shall lie close to the
/// processor.
#[derive(Debug, Default)]
pub(super) struct Grams<const N: usize, const WORDS: usize> {
    pub(super) table: Table<Long>,
    /// Whether a literal may have a gram.
    filter: Option<Filter<WORDS>>,
}

/// A hash says which word, and which bit of it.
#[derive(Debug)]
struct Filter<const WORDS: usize> {
    words: Box<[u64; WORDS]>,
    /// Which words are in use: where there are few grams, few are.
    mask: u32,
}

impl<const WORDS: usize> Filter<WORDS> {
    fn new(hashes: &[u32]) -> Option<Self> {
        let words = vec![0; WORDS].into_boxed_slice().try_into().ok()?;
        let mut filter = Self { words, mask: as_u32(hashes.len().next_power_of_two()) - 1 };
        for hash in hashes {
            let (at, bit) = filter.place(*hash);
            filter.words.get_mut(at).into_iter().for_each(|word| *word |= 1_u64.wrapping_shl(bit));
        }
        Some(filter)
    }

    #[inline]
    fn place(&self, hash: u32) -> (usize, u32) {
        ((hash.wrapping_shr(18) & self.mask) as usize & (WORDS - 1), hash.wrapping_shr(12) & 63)
    }

    /// 1: it may be there; or 0.
    #[inline]
    fn bit(&self, hash: u32) -> u64 {
        let (at, bit) = self.place(hash);
        self.words.get(at).map_or(0, |word| word.wrapping_shr(bit) & 1)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Long {
    /// The first bytes, and how many they are.
    head: [u64; 2],
    pub(super) length: u8,
    /// Where in it the gram stands.
    pub(super) at: u8,
    pub(super) whose: Whose,
}

impl<const N: usize, const WORDS: usize> Grams<N, WORDS> {
    pub(super) fn new(of: &[(&[u8], Whose)]) -> Self {
        let counts = Counts::new::<N>(of);
        let of: Vec<(u32, Long)> = of.iter().flat_map(|(text, whose)| Long::both::<N>(text, *whose, &counts)).collect();
        let hashes: Vec<u32> = of.iter().map(|(hash, _)| *hash).collect();
        let filter = (!of.is_empty()).then(|| Filter::new(&hashes)).flatten();
        Self { table: Table::new(of), filter }
    }

    /// The even places of all words but the last at which a gram may stand. Nothing depends on what is there, so it is
    /// quick.
    #[inline(never)]
    pub(super) fn places(&self, words: &[[u8; WORD]]) -> Places {
        let Some(filter) = &self.filter else { return Places::default() };
        let mut words = words.iter().map(|word| u64::from_le_bytes(*word)).take(BLOCK + 1);
        let (mut found, mut count, mut word) = (0, 0, words.next().unwrap_or_default());
        for next in words {
            for window in [word, word >> 16, word >> 32, (word >> 48) | (next << 16)] {
                found = (found << 1) | filter.bit(hash::<N>(window));
            }
            (word, count) = (next, count + 4);
        }
        Places::new(found, count, 2)
    }
}

impl Long {
    /// With the hashes of the rarest gram that begins at an even place of its head, and of the rarest at an odd one.
    fn both<const N: usize>(text: &[u8], whose: Whose, counts: &Counts) -> impl Iterator<Item = (u32, Self)> {
        let head = text.get(..HEAD).unwrap_or(text);
        [0, 1].into_iter().filter_map(move |from| {
            let grams = (0..).zip(head.windows(N)).skip(from).step_by(2);
            let hashed = grams.map(|(at, gram)| (at, gram, hash::<N>(u64::from_le_bytes(padded(gram)))));
            let (at, _, hash) = hashed.min_by_key(|(_, gram, hash)| (counts.of(*hash), commonness(gram)))?;
            let (head, length) = (words(padded(head)), u8::try_from(head.len()).ok()?);
            Some((hash, Self { head, length, at, whose }))
        })
    }

    pub(super) fn is_in(&self, window: [u8; HEAD]) -> bool {
        let masks = MASKS.get(usize::from(self.length)).unwrap_or(&[u64::MAX; 2]);
        let differ = |((one, other), mask): ((&u64, u64), &u64)| (one ^ other) & mask;
        self.head.iter().zip(words(window)).zip(masks).map(differ).fold(0, |all, some| all | some) == 0
    }
}

/// How many literals have a gram with a hash like that.
struct Counts {
    of: Vec<u16>,
    shift: u32,
}

impl Counts {
    fn new<const N: usize>(of: &[(&[u8], Whose)]) -> Self {
        let bits = (of.len().next_power_of_two().trailing_zeros() + COUNTS_A_LITERAL).min(MOST_COUNTS);
        let mut counts = Self { of: vec![0; 1 << bits], shift: u32::BITS - bits };
        for gram in of.iter().flat_map(|(text, _)| text.get(..HEAD).unwrap_or(text).windows(N)) {
            let place = hash::<N>(u64::from_le_bytes(padded(gram))) >> counts.shift;
            counts.of.get_mut(place as usize).into_iter().for_each(|count| *count = count.saturating_add(1));
        }
        counts
    }

    fn of(&self, hash: u32) -> u16 {
        self.of.get((hash >> self.shift) as usize).copied().unwrap_or_default()
    }
}

/// For each length, which bytes of a head count.
const MASKS: [[u64; 2]; HEAD + 1] = {
    let mut masks = [[u64::MAX; 2]; HEAD + 1];
    let (mut left, mut length) = (masks.as_mut_slice(), 0_u32);
    while let Some((mask, rest)) = left.split_first_mut() {
        let low = if length < 8 { (1 << (8 * length)) - 1 } else { u64::MAX };
        let high = if length < 8 {
            0
        } else if length < 16 {
            (1 << (8 * (length - 8))) - 1
        } else {
            u64::MAX
        };
        *mask = [low, high];
        left = rest;
        length += 1;
    }
    masks
};

fn words(bytes: [u8; HEAD]) -> [u64; 2] {
    let both = u128::from_le_bytes(bytes);
    [(both & 0xffff_ffff_ffff_ffff) as u64, (both >> 64) as u64]
}

/// A rough order of how often letters stand in mail: more is more often.
fn commonness(gram: &[u8]) -> u32 {
    let of = |byte: &u8| match byte {
        b' ' | b'e' | b't' => 12,
        b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'h' => 10,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'g' | b'w' => 8,
        b'a'..=b'z' | b'.' | b'/' | b'=' | b'-' => 6,
        b'0'..=b'9' | b'<' | b'>' => 5,
        _ => 2,
    };
    gram.iter().map(of).sum()
}
