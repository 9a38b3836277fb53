//! Literals that are found by a few bytes of them.

use super::{
    HEAD, MANY, MOST, SOME, STRETCH, WORD, Whose,
    table::{SPANS, Span, Table, as_u32, chunk, hash, long_hash, padded},
};

/// In a word of the first look.
const GRAMS_A_WORD: usize = 2;
/// Places in which it is counted how many literals have a gram, for each literal and in all, as powers of two.
const COUNTS_A_LITERAL: u32 = 5;
const MOST_COUNTS: u32 = 16;

/// Literals by grams of so many bytes, with so many words, a power of two, for the first look: they shall lie close to the
/// processor.
#[derive(Debug, Default)]
pub(super) struct Grams<const N: usize, const WORDS: usize> {
    table: Table<Long>,
    /// The longer ones by the first [`MANY`] bytes of what they are found by, where grams are of [`SOME`].
    long: Table<Long>,
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
        let mut filter = Self { words, mask: as_u32((hashes.len() / GRAMS_A_WORD).next_power_of_two().min(WORDS)) - 1 };
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
    fn bit(&self, hash: u32) -> usize {
        let (at, bit) = self.place(hash);
        self.words.get(at).map_or(0, |word| (word.wrapping_shr(bit) & 1) as usize)
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
        if of.is_empty() {
            return Self::default();
        }
        let (long, table): (Vec<_>, Vec<_>) = of.iter().partition(|(text, _)| N == SOME && text.len() > MANY);
        let table: Vec<(u32, Long)> = found_by::<N>(&table).map(|(window, entry)| (hash::<N>(window), entry)).collect();
        let long: Vec<(u64, Long)> = found_by::<MANY>(&long).collect();
        let hashes = table.iter().map(|(hash, _)| *hash).chain(long.iter().map(|(window, _)| hash::<N>(*window)));
        let hashes: Vec<u32> = hashes.collect();
        let long = long.into_iter().map(|(window, entry)| (long_hash(window), entry)).collect();
        Self { table: Table::new(table), long: Table::new(long), filter: Filter::new(&hashes) }
    }

    /// Calls `see` with each literal that may stand in the text, and where it begins, for these places.
    pub(super) fn look(&self, padded: &[u8], places: &[u32], mut see: impl FnMut(&Long, usize)) {
        let window = |at: u32| chunk(padded, at as usize).map_or(0, u64::from_le_bytes);
        let is_in = |entry: &Long, at: u32| entry.is_at(padded, at as usize);
        let mut see = |entry: &Long, at: u32| see(entry, (at as usize).saturating_sub(usize::from(entry.at)));
        for places in places.chunks(SPANS) {
            if N == SOME {
                let spans = places.iter().map(|at| Span::new(*at, long_hash(window(*at))));
                self.long.look(spans, is_in, &mut see);
            }
            let spans = places.iter().map(|at| Span::new(*at, hash::<N>(window(*at))));
            self.table.look(spans, is_in, &mut see);
        }
    }

    /// The even places of all words but the last at which a gram may stand. Nothing depends on what is there, so it is
    /// quick.
    #[inline(never)]
    pub(super) fn places<'places>(
        &self,
        words: &[[u8; WORD]],
        from: u32,
        places: &'places mut [u32; MOST],
    ) -> &'places [u32] {
        let Some(filter) = &self.filter else { return &[] };
        let mut words = words.iter().map(|word| u64::from_le_bytes(*word)).take(STRETCH + 1);
        let (mut at, mut count, mut word) = (from, 0, words.next().unwrap_or_default());
        for next in words {
            for window in [word, word >> 16, word >> 32, (word >> 48) | (next << 16)] {
                places.get_mut(count % MOST).into_iter().for_each(|place| *place = at);
                count += filter.bit(hash::<N>(window));
                at += 2;
            }
            word = next;
        }
        places.get(..count).unwrap_or_default()
    }
}

/// With the rarest gram that begins at an even place of the head of each, and the rarest at an odd one.
fn found_by<const N: usize>(of: &[(&[u8], Whose)]) -> impl Iterator<Item = (u64, Long)> {
    let counts = Counts::new::<N>(of);
    of.iter().flat_map(|(text, whose)| [(0, text, whose), (1, text, whose)]).filter_map(move |(from, text, whose)| {
        let head = text.get(..HEAD).unwrap_or(text);
        let grams = (0..).zip(head.windows(N)).skip(from).step_by(2);
        let hashed = grams.map(|(at, gram)| (at, gram, u64::from_le_bytes(padded(gram))));
        let (at, _, window) = hashed.min_by_key(|(_, gram, window)| (counts.of::<N>(*window), commonness(gram)))?;
        let (head, length) = (words(padded(head)), u8::try_from(head.len()).ok()?);
        Some((window, Long { head, length, at, whose: *whose }))
    })
}

impl Long {
    /// Whether its head stands there, if its gram stands at a place.
    #[inline]
    fn is_at(&self, padded: &[u8], at: usize) -> bool {
        let masks = MASKS.get(usize::from(self.length)).unwrap_or(&[u64::MAX; 2]);
        // Before the text there is nothing.
        let window = chunk(padded, at.wrapping_sub(usize::from(self.at))).map_or([0; 2], words);
        let differ = |((one, other), mask): ((&u64, u64), &u64)| (one ^ other) & mask;
        self.head.iter().zip(window).zip(masks).map(differ).fold(0, |all, some| all | some) == 0
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
            let place = gram_hash::<N>(u64::from_le_bytes(padded(gram))) >> counts.shift;
            counts.of.get_mut(place as usize).into_iter().for_each(|count| *count = count.saturating_add(1));
        }
        counts
    }

    fn of<const N: usize>(&self, window: u64) -> u16 {
        self.of.get((gram_hash::<N>(window) >> self.shift) as usize).copied().unwrap_or_default()
    }
}

fn gram_hash<const N: usize>(window: u64) -> u32 {
    if N == MANY { long_hash(window) } else { hash::<N>(window) }
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
