//! Whether a name was made by a machine: how likely its letters follow each other in names and words that people made.
//!
//! The table is counted when it is first needed, from the words of our own lists (phrases in a dozen languages, brands,
//! mail providers, words that sites are named with), so that it can be made again and nothing is hidden in it.

use std::sync::LazyLock;

use super::lists::entries;

/// Letters, and one sign for beginning and end.
const SIGNS: usize = 27;

/// Shorter names can be anything.
const SHORTEST: usize = 9;

/// The mean of the logarithms of the chances of each letter after the two before it, below which a name is random.
const RANDOM_BELOW: f64 = -4.5;

/// How much a pair that was never seen counts.
const SMOOTHING: f64 = 0.4;

/// How many signs can follow.
const FOLLOWERS: f64 = 27.0;

/// Text the table is counted from.
const SOURCES: [&str; 5] = [
    include_str!("../../../assets/lists/phrases.txt"),
    include_str!("../../../assets/lists/brands.txt"),
    include_str!("../../../assets/lists/freemail.txt"),
    include_str!("../../../assets/lists/calls.txt"),
    include_str!("../../../assets/lists/site_words.txt"),
];

struct Table {
    /// How often each sign was followed by another.
    singles: Vec<u32>,
    pairs: Vec<u32>,
    triples: Vec<u32>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table =
        Table { singles: vec![0; SIGNS], pairs: vec![0; SIGNS * SIGNS], triples: vec![0; SIGNS * SIGNS * SIGNS] };
    for line in SOURCES.into_iter().flat_map(entries) {
        let plain = super::text::fold(line);
        for word in plain.split(|c: char| !c.is_alphabetic()).filter(|word| 3 <= word.chars().count()) {
            table.count(word);
        }
    }
    table
});

impl Table {
    fn count(&mut self, word: &str) {
        let signs = signs(word);
        for three in signs.windows(3) {
            let &[a, b, c] = three else { continue };
            if let Some(count) = self.pairs.get_mut(a * SIGNS + b) {
                *count += 1;
            }
            if let Some(count) = self.singles.get_mut(b) {
                *count += 1;
            }
            if let Some(count) = self.triples.get_mut((a * SIGNS + b) * SIGNS + c) {
                *count += 1;
            }
        }
    }

    /// The logarithm of the chance of `c` after `a` and `b`.
    fn chance(&self, a: usize, b: usize, c: usize) -> f64 {
        let pair = f64::from(self.pairs.get(a * SIGNS + b).copied().unwrap_or_default());
        let triple = f64::from(self.triples.get((a * SIGNS + b) * SIGNS + c).copied().unwrap_or_default());
        let next = self.singles.get(b).copied().unwrap_or_default();
        let two = (f64::from(self.pairs.get(b * SIGNS + c).copied().unwrap_or_default()) + SMOOTHING)
            / (f64::from(next) + SMOOTHING * FOLLOWERS);
        let weight = 4.0;
        ((triple + weight * two) / (pair + weight)).ln()
    }
}

/// Letters as numbers, with the sign for the edge around them. Accents count as the letter below.
fn signs(word: &str) -> Vec<usize> {
    let plain = word.chars().map(|c| match c {
        'a'..='z' => u32::from(c) - u32::from('a') + 1,
        'à'..='å' => 1,
        'ç' | 'č' | 'ć' => 3,
        'è'..='ë' | 'ě' | 'ę' => 5,
        'ì'..='ï' => 9,
        'ñ' | 'ň' | 'ń' => 14,
        'ò'..='ö' => 15,
        'ř' => 18,
        'š' | 'ś' => 19,
        'ù'..='ü' | 'ů' => 21,
        'ý' => 25,
        'ž' | 'ź' | 'ż' => 26,
        _ => 0,
    });
    let letters = plain.map(|sign| usize::try_from(sign).unwrap_or_default());
    [0, 0].into_iter().chain(letters).chain([0]).collect()
}

/// Whether a label of a host is letters, or letters and digits, at random.
pub(super) fn is_random(label: &str) -> bool {
    // What many digits do is counted elsewhere; a hyphen or two make words.
    let pieces = label.split(['-', '_']);
    pieces.filter(|piece| SHORTEST <= piece.len() && piece.len() <= 63).any(|piece| {
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        let letters: String = piece.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
        let changes = piece.bytes().zip(piece.bytes().skip(1));
        let changes = changes.filter(|(a, b)| a.is_ascii_digit() != b.is_ascii_digit()).count();
        if 3 <= digits && 5 <= changes {
            return true;
        }
        SHORTEST <= letters.len() && mean(&letters) < RANDOM_BELOW
    })
}

/// The mean chance of the letters of a word, as a logarithm.
pub(super) fn mean(letters: &str) -> f64 {
    let signs = signs(letters);
    let (mut sum, mut count) = (0.0, 0.0);
    for three in signs.windows(3) {
        if let &[a, b, c] = three {
            sum += TABLE.chance(a, b, c);
            count += 1.0;
        }
    }
    if count == 0.0 { 0.0 } else { sum / count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_people_chose_are_not_random() {
        for (label, want) in [
            ("xkzvbtqrlm", true),
            ("gtopmon1ehu9pjfwvlhygtopm", true),
            ("qqqnkkxdzlyyo15e0gtkqqqnk", true),
            ("wrjqzxvkpbn", true),
            ("googleusercontent", false),
            ("wirtschaftswoche", false),
            ("healthyliving", false),
            ("bankofamerica", false),
            ("rechtsanwaltskanzlei", false),
            ("newsletter", false),
            ("stackoverflow", false),
            ("smartprotection", false),
            ("nutribioforma", false),
            ("deutschebahn", false),
        ] {
            assert_eq!(is_random(label), want, "{label}: {}", mean(label));
        }
    }
}
