//! Looks for hundreds of strands at once: each link is a bit, and a byte of the text moves all bits on together
//! (Baeza-Yates and Gonnet, "A new approach to text searching", with loops). It takes the same time whatever the text.

use std::collections::BTreeMap;

use super::{
    Plan, read,
    strand::{self, Link, Strand},
};

/// Links in a word.
const BITS: usize = u64::BITS as usize;

/// Finds which of many patterns may match a text at all.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    /// Strands and who has them, until the tables are made.
    strands: Vec<(Strand, Vec<u32>)>,
    /// For each byte of the text: the row of the tables.
    rows: Vec<u16>,
    /// For each row and word: links that the byte begins, and links in which it may follow.
    moves: Vec<Move>,
    /// For each word: the first links of strands, and the last ones.
    words: Vec<Word>,
    /// For each last link: who is told. By word and bit.
    told: BTreeMap<(u32, u32), Vec<u32>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Move {
    begins: u64,
    follows: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Word {
    firsts: u64,
    lasts: u64,
}

/// What a scan needs besides.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// For each word: links that have begun, and all last links that have ever begun.
    words: Vec<(u64, u64)>,
}

impl Sieve {
    /// Takes a pattern in. `false`: it has no strands that would tell.
    pub(crate) fn take(&mut self, member: u32, plan: &Plan) -> bool {
        let found = read::read(&plan.text, &plan.flags).ok().and_then(|reading| strand::strands(&reading.node));
        let Some((strands, _)) = found else { return false };
        for strand in strands {
            match self.strands.iter_mut().find(|(known, _)| *known == strand) {
                Some((_, members)) => members.push(member),
                None => self.strands.push((strand, vec![member])),
            }
        }
        true
    }

    /// Makes the tables. Nothing is taken in any more.
    pub(crate) fn close(&mut self) {
        let strands = std::mem::take(&mut self.strands);
        let mut placed = Vec::new();
        for (strand, members) in &strands {
            let at = self.place(strand.len());
            if let Some(word) = self.words.last_mut() {
                word.firsts |= 1 << at;
                word.lasts |= 1 << (at + strand.len() - 1);
            }
            let word = self.words.len() - 1;
            let last = (as_u32(word), as_u32(at + strand.len() - 1));
            self.told.insert(last, members.clone());
            placed.extend((at..).zip(strand).map(|(bit, link)| (word, bit, *link)));
        }
        self.fill(&placed);
    }

    /// The first of so many bits that are free in a word.
    fn place(&mut self, length: usize) -> usize {
        let used = self.words.last().map_or(BITS, |word| BITS - word.lasts.leading_zeros() as usize);
        if used + length > BITS {
            self.words.push(Word::default());
            return 0;
        }
        used
    }

    /// Bytes that move the same links have one row.
    fn fill(&mut self, placed: &[(usize, usize, Link)]) {
        let mut known: BTreeMap<Vec<(u64, u64)>, u16> = BTreeMap::new();
        for byte in 0..=u8::MAX {
            let mut row = vec![(0, 0); self.words.len()];
            for (word, bit, link) in placed {
                let Some((begins, follows)) = row.get_mut(*word) else { continue };
                *begins |= u64::from(link.first.has(byte)) << bit;
                *follows |= u64::from(link.more.has(byte)) << bit;
            }
            let next = u16::try_from(known.len()).unwrap_or(u16::MAX);
            let number = *known.entry(row.clone()).or_insert(next);
            if number == next {
                self.moves.extend(row.into_iter().map(|(begins, follows)| Move { begins, follows }));
            }
            self.rows.push(number);
        }
    }

    /// Calls `see` with each member that may match; more than once if it has several strands.
    pub(crate) fn scan(&self, text: &[u8], progress: &mut Progress, mut see: impl FnMut(u32)) {
        let count = self.words.len();
        if count == 0 {
            return;
        }
        progress.words.clear();
        progress.words.resize(count, (0, 0));
        for byte in text {
            let row = self.rows.get(usize::from(*byte)).map_or(0, |row| usize::from(*row)) * count;
            let moves = self.moves.get(row..row + count).unwrap_or_default();
            for ((state, moves), word) in progress.words.iter_mut().zip(moves).zip(&self.words) {
                state.0 = (((state.0 << 1) | word.firsts) & moves.begins) | (state.0 & moves.follows);
                state.1 |= state.0;
            }
        }
        for ((number, word), (_, ever)) in (0..).zip(&self.words).zip(&progress.words) {
            let mut reached = ever & word.lasts;
            while reached != 0 {
                let told = self.told.get(&(number, reached.trailing_zeros()));
                told.into_iter().flatten().for_each(|member| see(*member));
                reached &= reached - 1;
            }
        }
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.moves.len() * size_of::<Move>()
    }
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
