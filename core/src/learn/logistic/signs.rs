//! Which words of header lines were ever taught: how well the learner knows mail of this kind.
//!
//! Weights alone do not tell: what is said in a message decides, however strange the way by which it came. A model of one
//! person's mail of 2002 called up to seven of ten messages to an abuse desk spam, because they quote spam. Of their header
//! words it knew a sixth; of the mail it was taught, nine of ten, and of the spam in it three of four.

use crate::learn::{Features, TokenId};

/// Places, one bit each: 512 KB. Twenty thousand lessons fill a tenth of them.
const BITS: u32 = 22;

/// So much of the header has to be known for an opinion to count in full, after many lessons. Nine of ten pieces of spam had
/// more, and nine of ten messages to an abuse desk less.
const ENOUGH: f32 = 0.4;

/// After so many lessons half of that is enough.
const HALF_WAY: f32 = 20.0;

/// Below this part of what is enough nothing is left of an opinion, but for [`LEAST`].
const NOTHING: f32 = 0.25;

/// However strange a message is, an opinion counts half: strange words are for anybody to write.
const LEAST: f32 = 0.5;

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

    /// How much an opinion after so many lessons counts on a message, a half to 1.
    ///
    /// Each name of a header line has one vote, however many lines and words it has, and a name that was never taught has none:
    /// else a few lines of random words would silence the learner.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    pub(super) fn trust(&self, features: &Features, lessons: u32) -> f32 {
        let knows = |id: TokenId, own: Option<TokenId>| self.knows(id) || own.is_some_and(|own| self.knows(own));
        let mut lines: Vec<(bool, u32, u32)> = features.lines().map(|(id, own)| (knows(id, own), 0, 0)).collect();
        for (line, id, own) in features.signs() {
            if let Some((_, known, all)) = lines.get_mut(line) {
                *known += u32::from(knows(id, own));
                *all += 1;
            }
        }
        if lines.is_empty() {
            return 1.0;
        }
        let votes = lines.iter().filter(|(is_known, _, all)| *is_known && 0 < *all);
        let shares: Vec<f32> = votes.map(|(_, known, all)| *known as f32 / *all as f32).collect();
        let share = shares.iter().sum::<f32>() / shares.len().max(1) as f32;
        let enough = ENOUGH * lessons as f32 / (lessons as f32 + HALF_WAY);
        ((share / enough.max(f32::MIN_POSITIVE) - NOTHING) / (1.0 - NOTHING)).clamp(LEAST, 1.0)
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
    use crate::mail::{Arrival, Mail};

    fn features(lines: &str) -> Features {
        Features::of(&Mail::parse(format!("{lines}\r\nhello\r\n").as_bytes(), &Arrival::default()))
    }

    fn taught() -> Signs {
        let mut signs = Signs::default();
        let known = features("X-One: a b c d\r\nX-Two: e f g h\r\nX-Three: i j k l\r\n");
        for id in known.ids() {
            signs.note(id);
        }
        signs
    }

    #[test]
    fn the_less_of_the_header_is_known_the_less_an_opinion_counts() {
        let signs = taught();
        for (lines, want) in [
            ("X-One: a b c d\r\nX-Two: e f g h\r\n", 1.0),
            ("X-One: a b z y\r\nX-Two: e f w v\r\n", 1.0),
            ("X-One: a b z y\r\nX-Two: e x w v\r\n", 0.919_2),
            ("X-One: a v z y\r\nX-Two: e x w v\r\n", LEAST),
            ("X-One: t u v w\r\nX-Two: x y z q\r\n", LEAST),
            ("X-Four: t u v w\r\n", LEAST),
            ("", 1.0),
        ] {
            let trust = signs.trust(&features(lines), 10_000);
            assert!((trust - want).abs() < 5e-3, "{trust} for {lines:?}");
        }
    }

    #[test]
    fn made_up_lines_do_not_silence_it() {
        let signs = taught();
        let known = "X-One: a b c d\r\nX-Two: e f g h\r\nX-Three: i j k l\r\n";
        let line = |n: u32| format!("X-Random-{n}: {}\r\n", format!("r{n} q{n} p{n} ").repeat(9));
        let made_up: Vec<String> = (0..50).map(line).collect();
        assert!((signs.trust(&features(&format!("{known}{}", made_up.concat())), 10_000) - 1.0).abs() < 1e-6);
        let words: Vec<String> = (0..50).map(|n| format!("s{n}")).collect();
        let long = format!("{known}X-One: {}\r\n", words.join(" "));
        assert!((signs.trust(&features(&long), 10_000) - 1.0).abs() < 1e-6);
    }
}
