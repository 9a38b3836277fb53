//! The orders in which mail is shown to a filter.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};

use crate::index::{self, Line};

/// The mail of one index.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The name of the index, without what stands before and behind it.
    pub name: String,
    /// Its mail in its own order.
    pub mail: Vec<Line>,
}

/// Mail in one order.
///
/// A shuffle with a seed is the same on every machine: `SplitMix64` begins with the seed as its state, and Fisher and Yates
/// go from the last line to the second, where line `i`, counted from zero, changes places with line `next() % (i + 1)`.
#[derive(Clone, Debug)]
pub struct Stream {
    corpus: String,
    seed: Option<u64>,
    /// The mail, in this order.
    pub mail: Vec<Line>,
}

impl Corpus {
    /// Reads an index. What it lists is not looked at yet.
    pub fn read(index: &Path) -> Result<Self> {
        let name = index.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Self { name, mail: index::read(index)? })
    }

    /// Reads every message once: so each is there, and in the memory of the system for whoever comes first as for the others.
    pub fn warm(&self) -> Result<()> {
        for line in &self.mail {
            fs::read(&line.path).with_context(|| format!("cannot read {}", line.path.display()))?;
        }
        Ok(())
    }

    /// Its own order, and after it shuffles with the seeds from 1.
    pub fn streams(&self, shuffles: u64) -> impl Iterator<Item = Stream> {
        let own = Stream { corpus: self.name.clone(), seed: None, mail: self.mail.clone() };
        std::iter::once(own).chain((1..=shuffles).map(|seed| self.shuffled(seed)))
    }

    /// One of its shuffles.
    pub fn shuffled(&self, seed: u64) -> Stream {
        let mut mail = self.mail.clone();
        shuffle(&mut mail, seed);
        Stream { corpus: self.name.clone(), seed: Some(seed), mail }
    }
}

impl Stream {
    /// What it is called.
    pub fn title(&self) -> String {
        format!("{}, {}", self.corpus, self.order())
    }

    /// `as it arrived`, or `shuffle` and the seed.
    pub fn order(&self) -> String {
        self.seed.map_or_else(|| "as it arrived".to_owned(), |seed| format!("shuffle {seed}"))
    }

    /// As it is called in the names of files.
    pub fn stem(&self) -> String {
        match self.seed {
            None => format!("{}.arrived", self.corpus),
            Some(seed) => format!("{}.shuffle-{seed}", self.corpus),
        }
    }
}

/// Writes an index of that mail, with paths from the root.
pub(super) fn write_index(mail: &[Line], path: &Path) -> Result<()> {
    let mut text = String::new();
    for line in mail {
        writeln!(text, "{} {}", line.label.word(), line.path.display())?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut numbers = SplitMix64(seed);
    for last in (1..list.len()).rev() {
        let choices = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let chosen = usize::try_from(numbers.next() % choices).unwrap_or(last);
        list.swap(last, chosen);
    }
}

/// The generator of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014), with the constants of
/// Vigna's `splitmix64.c`.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_reference() {
        let mut numbers = SplitMix64(1_234_567);

        let got = [numbers.next(), numbers.next(), numbers.next()];

        assert_eq!(got, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_shuffle_is_the_same_on_every_machine_and_loses_nothing() {
        let mut list: Vec<u32> = (0..10).collect();

        shuffle(&mut list, 1);

        assert_eq!(list, [4, 2, 8, 1, 9, 3, 0, 6, 7, 5]);
        list.sort_unstable();
        assert_eq!(list, (0..10).collect::<Vec<_>>());
    }
}
