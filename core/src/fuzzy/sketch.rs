//! The sketch of a text, and how much two texts have in common by it.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use super::words::words;

/// Places for single words.
const OF_WORDS: usize = 64;

/// Places for pairs of words. They are fewer in common, so more places are needed to count them.
const OF_PAIRS: usize = 128;

/// With fewer different words a text is not told from others.
const LEAST_WORDS: usize = 10;

/// Of so many places for words at least as many have to agree as if two texts shared a third of their words.
const ALIKE_WORDS: u32 = 21;

/// And of those for pairs as many as if they shared one of eleven: the order of the words has to be the same here and there.
/// Both bounds were chosen on the packs (core/MEASUREMENTS.md): what shares less is alike by chance.
const ALIKE_PAIRS: u32 = 12;

/// From so many of either on, it is the same text and not only made of the same pattern.
const SAME: (u32, u32) = (45, 64);

/// What is kept of a text: a min-hash of its words and one of its pairs of words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sketch([u8; Self::BYTES]);

/// How much two texts have in common, as far as their sketches tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness {
    words: u32,
    pairs: u32,
}

impl Sketch {
    /// How long it is.
    pub const BYTES: usize = OF_WORDS + OF_PAIRS;

    /// Of a text as it is shown; `None` if it has too few words.
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<u64> = words(text).iter().map(|word| xxh3_64(word.as_bytes())).collect();
        let singles: BTreeSet<u64> = words.iter().copied().collect();
        if singles.len() < LEAST_WORDS {
            return None;
        }
        let pair = |(first, second): (&u64, &u64)| mixed(first.wrapping_mul(3).wrapping_add(*second));
        let pairs: BTreeSet<u64> = words.iter().zip(words.iter().skip(1)).map(pair).collect();
        let mut bytes = [0; Self::BYTES];
        let (of_words, of_pairs) = bytes.split_at_mut(OF_WORDS);
        fill(of_words, &singles, 1);
        fill(of_pairs, &pairs, 2);
        Some(Self(bytes))
    }

    /// Reads what [`Sketch::bytes`] gave; `None` if it is of another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// To be kept.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What it has in common with another.
    pub fn likeness(&self, other: &Self) -> Likeness {
        let ((words, pairs), (their_words, their_pairs)) = (self.0.split_at(OF_WORDS), other.0.split_at(OF_WORDS));
        let words = agreeing(words, their_words);
        // Most texts differ by that already.
        let pairs = if words < ALIKE_WORDS { 0 } else { agreeing(pairs, their_pairs) };
        Likeness { words, pairs }
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sketch({:016x})", xxh3_64(&self.0))
    }
}

impl Likeness {
    /// Whether it is one text in another dress.
    pub fn is_alike(self) -> bool {
        ALIKE_WORDS <= self.words && ALIKE_PAIRS <= self.pairs
    }

    /// Whether it is the same text, with little changed.
    pub fn is_same(self) -> bool {
        SAME.0 <= self.words && SAME.1 <= self.pairs
    }
}

fn agreeing(ours: &[u8], theirs: &[u8]) -> u32 {
    ours.iter().zip(theirs).map(|(ours, theirs)| u32::from(ours == theirs)).sum()
}

/// Puts into each place eight bits of the smallest number that the members of `set` have there.
fn fill(places: &mut [u8], set: &BTreeSet<u64>, family: u64) {
    for (place, byte) in (0_u64..).zip(places) {
        // An odd factor maps numbers to numbers, so that each place has an order of its own.
        let factor = mixed(family << 32 | place) | 1;
        let least = set.iter().map(|member| member.wrapping_mul(factor).rotate_left(32).wrapping_mul(factor)).min();
        *byte = mixed(least.unwrap_or_default()).to_be_bytes()[0];
    }
}

/// The finisher of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the number shows in every bit of the result.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "The department of foreign payments has approved your outstanding compensation after many years \
        of waiting. Kindly reconfirm your telephone number and private address, so that the certified cheque may be sent \
        by courier without further delay. You are advised to keep this approval strictly confidential until the money \
        reaches your hands. Barrister Johnson will guide you through every formality of the transfer.";
    const OTHER: &str = "Here are the minutes of last Thursday. We agreed that the kitchen will be painted in spring, that \
        Robin asks three painters for their price, and that nobody pays more than what was collected for the roof. The \
        next meeting is after Easter in the garden, if weather allows. Please bring chairs, because those of the school \
        are lent to the choir until summer. Everybody is welcome who wants to help with hedges and gutters.";

    #[test]
    fn a_text_is_known_again_in_another_order_and_with_other_words_in_between() {
        let mut sentences: Vec<&str> = LETTER.split(". ").collect();
        sentences.reverse();
        let shuffled = sentences.join(". ");
        let words: Vec<&str> = LETTER.split(' ').collect();
        let changed: Vec<&str> =
            words.iter().enumerate().map(|(i, w)| if i % 5 == 2 { "giraffe" } else { w }).collect();
        let sketch = Sketch::of(LETTER).unwrap();
        for (text, is_same) in [(LETTER, true), (&shuffled, true), (&changed.join(" "), false)] {
            let likeness = sketch.likeness(&Sketch::of(text).unwrap());
            assert!(likeness.is_alike(), "{likeness:?}: {text}");
            assert_eq!(likeness.is_same(), is_same, "{likeness:?}: {text}");
        }
    }

    #[test]
    fn another_text_is_not_alike() {
        let likeness = Sketch::of(LETTER).unwrap().likeness(&Sketch::of(OTHER).unwrap());
        assert!(!likeness.is_alike() && likeness.words < ALIKE_WORDS, "{likeness:?}");
    }

    #[test]
    fn the_same_words_in_quite_another_order_are_another_text() {
        let mut words: Vec<&str> = LETTER.split(' ').collect();
        words.sort_unstable();
        let likeness = Sketch::of(LETTER).unwrap().likeness(&Sketch::of(&words.join(" ")).unwrap());
        assert!(!likeness.is_alike() && ALIKE_WORDS < likeness.words, "{likeness:?}");
    }

    #[test]
    fn a_few_words_are_no_text() {
        assert_eq!(Sketch::of("Please find attached the invoice for your order"), None);
        assert_eq!(Sketch::of(&"buy now cheap watches ".repeat(100)), None);
    }

    #[test]
    fn a_sketch_is_read_back() {
        let sketch = Sketch::of(LETTER).unwrap();
        assert_eq!(Sketch::from_bytes(sketch.bytes()), Some(sketch));
        assert_eq!(Sketch::from_bytes(&[0; 191]), None);
    }
}
