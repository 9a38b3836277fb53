//! Looks for hundreds of strands at once: each link is a bit, and a byte of the text moves all bits on together
//! (Baeza-Yates and Gonnet, "A new approach to text searching", with loops). It takes the same time whatever the text.

use std::collections::BTreeMap;

use super::{
    Plan, read,
    strand::{self, Link, Strand},
};

/// Links in a word.
const BITS: usize = u64::BITS as usize;
/// Words that are moved together: compilers make few instructions of that.
const LANES: usize = 4;

/// Literals that stand at no more than this share of all places tell enough.
const MOST_SHARE: f64 = 2e-5;
/// Strands must let through no more than this share of what literals let through.
const LEAST_GAIN: f64 = 0.2;

/// As many links as are moved together.
type Block = [u64; LANES];

/// Finds which of many patterns may match a text at all.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    /// Strands and who has them, until the tables are made.
    strands: Vec<(Strand, Vec<u32>)>,
    /// For each byte of the text: the row of the tables.
    rows: Vec<u16>,
    /// For each row and block: links that the byte begins, and links in which it may follow.
    moves: Vec<Move>,
    /// The first links of strands.
    firsts: Vec<Block>,
    /// The last ones.
    lasts: Vec<Block>,
    /// How many words of the last block are taken.
    words: usize,
    /// For each last link: who is told. By word and bit.
    told: BTreeMap<(u32, u32), Vec<u32>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Move {
    begins: Block,
    follows: Block,
}

/// What a scan needs besides.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// For each block: links that have begun, and all links that have ever begun.
    blocks: Vec<(Block, Block)>,
}

impl Sieve {
    /// Takes a pattern in. `false`: it has no strands, or its literals tell as much.
    pub(crate) fn take(&mut self, member: u32, plan: &Plan) -> bool {
        if plan.share < MOST_SHARE {
            return false;
        }
        let found = read::read(&plan.text, &plan.flags).ok().and_then(|reading| strand::strands(&reading.node));
        let Some((strands, _)) = found.filter(|(_, share)| *share < plan.share * LEAST_GAIN) else { return false };
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
        let (mut placed, mut free) = (Vec::new(), 0);
        for (strand, members) in strands {
            if free + strand.len() > BITS || self.words == 0 {
                self.words += 1;
                free = 0;
            }
            let (word, last) = (self.words - 1, free + strand.len() - 1);
            set_bit(&mut self.firsts, word, free);
            set_bit(&mut self.lasts, word, last);
            self.told.insert((as_u32(word), as_u32(last)), members);
            placed.extend((free..).zip(strand).map(|(bit, link)| (word, bit, link)));
            free = last + 1;
        }
        self.fill(&placed);
    }

    /// Bytes that move the same links have one row.
    fn fill(&mut self, placed: &[(usize, usize, Link)]) {
        let mut known: BTreeMap<Vec<(Block, Block)>, u16> = BTreeMap::new();
        for byte in 0..=u8::MAX {
            let (mut begins, mut follows) = (vec![[0; LANES]; self.firsts.len()], vec![[0; LANES]; self.firsts.len()]);
            for (word, bit, link) in placed {
                if link.first.has(byte) {
                    set_bit(&mut begins, *word, *bit);
                }
                if link.more.has(byte) {
                    set_bit(&mut follows, *word, *bit);
                }
            }
            let row: Vec<(Block, Block)> = begins.into_iter().zip(follows).collect();
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
        let count = self.firsts.len();
        if count == 0 {
            return;
        }
        progress.blocks.clear();
        progress.blocks.resize(count, ([0; LANES], [0; LANES]));
        for byte in text {
            let row = self.rows.get(usize::from(*byte)).map_or(0, |row| usize::from(*row)) * count;
            let moves = self.moves.get(row..row + count).unwrap_or_default();
            for (((begun, ever), moves), firsts) in progress.blocks.iter_mut().zip(moves).zip(&self.firsts) {
                let lanes = begun.iter_mut().zip(ever).zip(firsts).zip(&moves.begins).zip(&moves.follows);
                for ((((begun, ever), firsts), begins), follows) in lanes {
                    *begun = (((*begun << 1) | firsts) & begins) | (*begun & follows);
                    *ever |= *begun;
                }
            }
        }
        let ever = progress.blocks.iter().flat_map(|(_, ever)| ever);
        for ((number, last), ever) in (0..).zip(self.lasts.iter().flatten()).zip(ever) {
            let mut reached = ever & last;
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

fn set_bit(blocks: &mut Vec<Block>, word: usize, bit: usize) {
    while blocks.len() <= word / LANES {
        blocks.push([0; LANES]);
    }
    if let Some(word) = blocks.get_mut(word / LANES).and_then(|block| block.get_mut(word % LANES)) {
        *word |= 1 << bit;
    }
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
