//! Other dresses for a text: what spammers do to it so that no two copies are the same. The same number gives the same
//! dress.

/// What is done to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dress {
    /// Every fifth word is another one, by chance.
    Words,
    /// The sentences stand in another order.
    Order,
    /// One word more in ten, anywhere.
    Inserts,
    /// Every link leads elsewhere.
    Links,
    /// All of it.
    All,
}

impl Dress {
    /// Every dress.
    pub(crate) const EACH: [Self; 5] = [Self::Words, Self::Order, Self::Inserts, Self::Links, Self::All];

    fn has(self, other: Self) -> bool {
        self == other || self == Self::All
    }
}

/// Numbers that look like chance (xorshift64, Marsaglia 2003).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or_default() % end.max(1)
    }
}

/// `text` in a dress, with words from `others` where it has others.
pub(crate) fn dressed(text: &str, dress: Dress, others: &[String], chance: &mut Chance) -> String {
    let mut sentences: Vec<&str> = text.split_inclusive(['.', '!', '?', '\n']).collect();
    if dress.has(Dress::Order) {
        for at in (1..sentences.len()).rev() {
            sentences.swap(at, chance.below(at + 1));
        }
    }
    let other = |chance: &mut Chance| others.get(chance.below(others.len())).cloned().unwrap_or_default();
    let mut out = Vec::new();
    for word in sentences.iter().flat_map(|sentence| sentence.split_whitespace()) {
        let is_link = word.contains("://") || word.starts_with("www.");
        if is_link && dress.has(Dress::Links) {
            out.push(format!("http://host{}.example/{}", chance.below(1_000_000), chance.below(1_000_000)));
        } else if dress.has(Dress::Words) && chance.below(5) == 0 {
            out.push(other(chance));
        } else {
            out.push(word.to_owned());
        }
        if dress.has(Dress::Inserts) && chance.below(10) == 0 {
            out.push(other(chance));
        }
    }
    out.join(" ")
}
