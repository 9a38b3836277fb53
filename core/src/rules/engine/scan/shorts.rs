//! Literals that are so short that they are looked for at every place.

use super::{
    MOST, STRETCH, WORD, Whose,
    table::{Table, hash, padded},
};

/// Of the first two bytes, this part of the code counts.
const PAIRS: usize = 1 << 12;
const PAIR: u64 = 0xfff;
/// Words for each literal.
const WORDS_A_LITERAL: usize = 2;

/// Short literals by their first two bytes.
#[derive(Debug, Default)]
pub(super) struct Shorts {
    pub(super) table: Table<Short>,
    /// Whether one may begin with three bytes: the codes of two say which word, and that of the third which bit of it.
    triples: Option<Box<[u64; PAIRS]>>,
    /// Which words there are: where there are few literals, few are, so that they lie close to the processor.
    mask: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Short {
    pub(super) text: u32,
    /// Which of the four bytes belong to it.
    pub(super) mask: u32,
    pub(super) whose: Whose,
}

impl Short {
    fn new(text: &[u8], whose: Whose) -> Option<(u32, Self)> {
        let [_, _, rest @ ..] = text else { return None };
        let mask = u32::MAX >> (8 * (2_usize.saturating_sub(rest.len())));
        let text = u32::from_le_bytes(padded(text));
        Some((hash::<2>(text.into()), Self { text, mask, whose }))
    }

    pub(super) fn length(&self) -> usize {
        (self.mask.count_ones() / 8) as usize
    }
}

impl Shorts {
    pub(super) fn new(of: &[(&[u8], Whose)]) -> Self {
        let of: Vec<(u32, Short)> = of.iter().filter_map(|(text, whose)| Short::new(text, *whose)).collect();
        let mut triples = vec![0_u64; PAIRS];
        let used = (of.len() * WORDS_A_LITERAL).next_power_of_two().min(PAIRS) as u64 - 1;
        for (_, Short { text, mask, .. }) in &of {
            let coded = codes(u64::from(*text));
            let bits = if mask >> 16 == 0 { u64::MAX } else { 1_u64.wrapping_shl(((coded >> 16) & 63) as u32) };
            triples.get_mut((pairs(coded) & used & PAIR) as usize).into_iter().for_each(|held| *held |= bits);
        }
        let triples = triples.into_boxed_slice().try_into().ok().filter(|_| !of.is_empty());
        Self { triples, mask: used, table: Table::new(of) }
    }

    /// The places of all words but the last at which one may begin.
    #[inline(never)]
    pub(super) fn places<'places>(
        &self,
        words: &[[u8; WORD]],
        from: u32,
        places: &'places mut [u32; MOST],
    ) -> &'places [u32] {
        let Some(triples) = self.triples.as_deref() else { return &[] };
        let mask = self.mask;
        let may_begin = |pair: u64, third: u64| {
            let bits =
                triples.get((pair & mask & PAIR) as usize).map_or(0, |bits| bits.wrapping_shr((third & 63) as u32));
            (bits & 1) as usize
        };
        let mut words = words.iter().map(|word| codes(u64::from_le_bytes(*word))).take(STRETCH + 1);
        let (mut at, mut count, mut word) = (from, 0, words.next().unwrap_or_default());
        for next in words {
            let [second, third] = [8, 16].map(|bits| (word >> bits) | (next << (u64::BITS - bits)));
            let fourth = (word >> 24) | (next << 40);
            let (even, odd) = (pairs(word), pairs(second));
            for bits in [0, 16, 32, 48] {
                for (pair, third) in [(even, third), (odd, fourth)] {
                    places.get_mut(count % MOST).into_iter().for_each(|place| *place = at);
                    count += may_begin(pair >> bits, third >> bits);
                    at += 1;
                }
            }
            word = next;
        }
        places.get(..count).unwrap_or_default()
    }
}

/// A code of six bits for each byte of a window, other bits stay beside it. Of the ASCII characters in lower case, only
/// control characters share theirs.
fn codes(window: u64) -> u64 {
    window ^ ((window & 0x4040_4040_4040_4040) >> 1)
}

/// The codes of the two bytes at each even place, in the low twelve of each two bytes' bits. Both count in the lowest.
fn pairs(coded: u64) -> u64 {
    let pairs = (coded & 0x003f_003f_003f_003f) | ((coded >> 2) & 0x0fc0_0fc0_0fc0_0fc0);
    pairs ^ ((pairs >> 5) & 0x007f_007f_007f_007f)
}
