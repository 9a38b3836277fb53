//! With which two bytes a match can begin: most places at which a pattern might be tried fall to that.

use std::collections::BTreeMap;

use super::{
    bytes::ByteSet,
    tree::{Node, Repeat},
};

/// For [`place`]: the golden ratio's digits.
const SPREAD: u32 = 0x9E37_79B1;
/// How many words of bits there are for pairs, as a power of two.
const WORDS: u32 = 3;
/// If more of the bits are set, they are no help.
const MOST_BITS: u32 = 256;

/// Pairs of bytes, and a few others that have the same hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs([u64; 1 << WORDS]);

impl Pairs {
    /// `None`: a match may have fewer bytes, or begin with nearly anything.
    pub(super) fn of(node: &Node) -> Option<Self> {
        let begin = Begin::of(node)?;
        if begin.is_empty || begin.ones != ByteSet::EMPTY {
            return None;
        }
        let mut pairs = Self([0; 1 << WORDS]);
        for (first, seconds) in &begin.twos {
            for second in seconds.bytes() {
                let (word, bit) = place(*first, second);
                pairs.0.get_mut(word).into_iter().for_each(|word| *word |= 1 << bit);
            }
        }
        let bits: u32 = pairs.0.iter().map(|word| word.count_ones()).sum();
        (bits <= MOST_BITS).then_some(pairs)
    }

    /// Whether two bytes may be such a pair.
    pub(super) fn has(&self, first: u8, second: u8) -> bool {
        let (word, bit) = place(first, second);
        self.0.get(word).is_some_and(|word| word & (1 << bit) != 0)
    }

    /// Where the first of them begins in a text.
    pub(super) fn first_in(&self, text: &[u8]) -> Option<usize> {
        text.array_windows().position(|[first, second]| self.has(*first, *second))
    }
}

/// The word and bit of a pair.
fn place(first: u8, second: u8) -> (usize, u32) {
    let hash = u32::from(u16::from_le_bytes([first, second])).wrapping_mul(SPREAD) >> (u32::BITS - WORDS - 6);
    ((hash >> 6) as usize, hash & 63)
}

/// With what something can begin.
#[derive(Clone, Default)]
struct Begin {
    /// It can take nothing.
    is_empty: bool,
    /// What it can take if it takes one byte.
    ones: ByteSet,
    /// If it takes more: the first of them, and what can be the second.
    twos: BTreeMap<u8, ByteSet>,
}

impl Begin {
    fn nothing() -> Self {
        Self { is_empty: true, ..Self::default() }
    }

    /// `None`: that cannot be said.
    fn of(node: &Node) -> Option<Self> {
        Some(match node {
            Node::Empty | Node::Place(_) | Node::Around(..) => Self::nothing(),
            Node::Never => Self::default(),
            Node::Text(text) => match text.as_slice() {
                [] => Self::nothing(),
                [one] => Self { ones: ByteSet::range(*one, *one), ..Self::default() },
                [one, two, ..] => {
                    Self { twos: BTreeMap::from([(*one, ByteSet::range(*two, *two))]), ..Self::default() }
                }
            },
            Node::Class(set) => Self { ones: *set, ..Self::default() },
            Node::All(items) => {
                let mut all = Self::nothing();
                for item in items {
                    if !all.is_empty && all.ones == ByteSet::EMPTY {
                        break;
                    }
                    all = all.then(&Self::of(item)?);
                }
                all
            }
            Node::Either(items) => {
                items.iter().try_fold(Self::default(), |all, item| Some(all.or(&Self::of(item)?)))?
            }
            Node::Repeat(repeat) => Self::repeated(repeat)?,
            Node::Group(_, inner) | Node::Atomic(inner) => Self::of(inner)?,
            Node::Back(..) | Node::If(..) => return None,
        })
    }

    fn repeated(repeat: &Repeat) -> Option<Self> {
        let once = Self::of(&repeat.node)?;
        let most = repeat.most.unwrap_or(u32::MAX);
        let mut all = if repeat.least == 0 { Self::nothing() } else { Self::default() };
        if most >= 2 {
            all = all.or(&once.clone().then(&once));
        }
        Some(if repeat.least <= 1 && most >= 1 { all.or(&once) } else { all })
    }

    /// What can be the first byte.
    fn firsts(&self) -> ByteSet {
        self.ones.or(self.twos.keys().copied().collect())
    }

    fn then(mut self, next: &Self) -> Self {
        let firsts = next.firsts();
        if firsts != ByteSet::EMPTY {
            let ones = self.ones;
            ones.bytes().for_each(|one| self.add(one, firsts));
        }
        if !next.is_empty {
            self.ones = ByteSet::EMPTY;
        }
        if self.is_empty {
            self.ones = self.ones.or(next.ones);
            next.twos.iter().for_each(|(first, seconds)| self.add(*first, *seconds));
        }
        self.is_empty &= next.is_empty;
        self
    }

    fn or(mut self, other: &Self) -> Self {
        self.is_empty |= other.is_empty;
        self.ones = self.ones.or(other.ones);
        other.twos.iter().for_each(|(first, seconds)| self.add(*first, *seconds));
        self
    }

    fn add(&mut self, first: u8, seconds: ByteSet) {
        let held = self.twos.entry(first).or_default();
        *held = held.or(seconds);
    }
}
