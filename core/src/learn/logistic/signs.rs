//! Which words of header lines were ever taught: how well the learner knows mail of this kind.
//!
//! Weights alone do not tell: what is said in a message decides, however strange the way by which it came. A model of one
//! person's mail of 2002 called up to seven of ten messages to an abuse desk spam, because they quote spam. Of their header
//! words it knew a sixth; of the mail it was taught, nine of ten, and of the spam in it three of four.

use crate::learn::TokenId;

/// Places, one bit each: 512 KB. Twenty thousand lessons fill a tenth of them.
const BITS: u32 = 22;

/// So much of the signs has to be known for an opinion to count in full. Half of it halves the opinion.
const ENOUGH: f32 = 0.4;

/// With few signs in a message, the share is drawn to a half by so many that are known and so many that are not.
const PRIOR: f32 = 2.0;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    bits: Vec<u64>,
}

impl Default for Signs {
    fn default() -> Self {
        Self { bits: vec![0; 1 << (BITS - 6)] }
    }
}

impl Signs {
    pub(super) fn note(&mut self, id: TokenId) {
        if id.is_sign() {
            let (place, bit) = place(id);
            if let Some(bits) = self.bits.get_mut(place) {
                *bits |= bit;
            }
        }
    }

    /// What it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.bits.as_slice())
    }

    /// How much an opinion counts on a message of these tokens, each perhaps known by another number too, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    pub(super) fn trust(&self, ids: impl Iterator<Item = (TokenId, Option<TokenId>)>) -> f32 {
        let (mut known, mut all) = (0_u32, 0_u32);
        for (id, own) in ids.filter(|(id, _)| id.is_sign()) {
            known += u32::from(self.knows(id) || own.is_some_and(|own| self.knows(own)));
            all += 1;
        }
        let share = (known as f32 + PRIOR) / (all as f32 + 2.0 * PRIOR);
        (share / ENOUGH).min(1.0)
    }

    fn knows(&self, id: TokenId) -> bool {
        let (place, bit) = place(id);
        self.bits.get(place).is_some_and(|bits| bits & bit != 0)
    }
}

fn place(id: TokenId) -> (usize, u64) {
    let bit = id.0 >> (u64::BITS - BITS);
    ((bit >> 6) as usize, 1 << (bit & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(n: u64) -> TokenId {
        TokenId(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 3)
    }

    #[test]
    fn the_less_of_a_message_is_known_the_less_an_opinion_counts() {
        let mut signs = Signs::default();
        (0..50).for_each(|n| signs.note(sign(n)));
        let trust = |known: u64, new: u64| signs.trust((0..known).chain(1000..1000 + new).map(|n| (sign(n), None)));
        assert!((trust(50, 0) - 1.0).abs() < 1e-6 && (trust(20, 25) - 1.0).abs() < 1e-6);
        assert!((trust(0, 0) - 1.0).abs() < 1e-6, "nothing strange about a message without signs");
        assert!((0.3..0.5).contains(&trust(10, 60)) && trust(0, 60) < 0.1);
        // What is not a sign does not count.
        assert!((signs.trust((0..50).map(|n| (TokenId(n << 40), None))) - 1.0).abs() < 1e-6);
    }
}
