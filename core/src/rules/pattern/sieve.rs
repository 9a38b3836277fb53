//! Looks for hundreds of strands at once: each link is a bit, and a byte of the text moves all bits on together
//! (Baeza-Yates and Gonnet, "A new approach to text searching", with loops). It takes the same time whatever the text.

use std::{array, collections::BTreeMap};

use super::{
    Plan,
    bytes::Few,
    read,
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

/// Finds which of many patterns may match a text at all.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    /// Strands and who has them, until the tables are made.
    strands: Vec<(Strand, Vec<u32>)>,
    /// As many words as are moved together.
    blocks: Vec<Block<LANES>>,
    /// The word that is left over, if it is one.
    last: Option<Block<1>>,
    /// Strands of one byte.
    single: Vec<(Few, Vec<u32>)>,
    /// For each last link: who is told. By word and bit.
    told: BTreeMap<(u32, u32), Vec<u32>>,
}

/// What became of a pattern's strands.
#[derive(Debug)]
pub(crate) struct Taken {
    /// What stands for those that are nearly literals, in lower case: they are looked for with all others.
    pub(crate) literals: Vec<Vec<u8>>,
    /// There are no other strands.
    pub(crate) is_all: bool,
}

/// Some words.
#[derive(Debug)]
struct Block<const N: usize> {
    /// The first links of strands.
    firsts: [u64; N],
    /// The last ones.
    lasts: [u64; N],
    /// For each byte: links that it begins, and links in which it may follow.
    moves: Box<[Move<N>; 256]>,
}

#[derive(Clone, Copy, Debug)]
struct Move<const N: usize> {
    begins: [u64; N],
    follows: [u64; N],
}

/// A word with its links and where they lie in it, until the tables are made.
#[derive(Debug, Default)]
struct Word {
    firsts: u64,
    lasts: u64,
    links: Vec<(usize, Link)>,
}

impl Word {
    fn moved(&self, byte: u8) -> (u64, u64) {
        let bit = |is_set: bool, at: usize| u64::from(is_set) << at;
        self.links.iter().fold((0, 0), |(begins, follows), (at, link)| {
            (begins | bit(link.first.has(byte), *at), follows | bit(link.more.has(byte), *at))
        })
    }
}

impl Sieve {
    /// Takes a pattern in. `None`: it has no strands, or its literals tell as much.
    pub(crate) fn take(&mut self, member: u32, plan: &Plan) -> Option<Taken> {
        if plan.share < MOST_SHARE {
            return None;
        }
        let node = read::read(&plan.text, &plan.flags).ok()?.node;
        let (strands, _) = strand::strands(&node).filter(|(_, share)| *share < plan.share * LEAST_GAIN)?;
        let mut taken = Taken { literals: Vec::new(), is_all: true };
        for strand in strands {
            if let Some(literals) = strand::literals(&strand) {
                taken.literals.extend(literals);
                continue;
            }
            taken.is_all = false;
            match self.strands.iter_mut().find(|(known, _)| *known == strand) {
                Some((_, members)) => members.push(member),
                None => self.strands.push((strand, vec![member])),
            }
        }
        Some(taken)
    }

    /// Makes the tables. Nothing is taken in any more.
    pub(crate) fn close(&mut self) {
        let strands = std::mem::take(&mut self.strands);
        let (mut words, mut free): (Vec<Word>, usize) = (Vec::new(), BITS);
        for (strand, members) in strands {
            if let ([_], Some(few)) = (&*strand, strand.first().and_then(|link| link.first.few())) {
                self.single.push((few, members));
                continue;
            }
            if free + strand.len() > BITS {
                words.push(Word::default());
                free = 0;
            }
            let (number, last) = (as_u32(words.len()).saturating_sub(1), free + strand.len() - 1);
            self.told.insert((number, as_u32(last)), members);
            if let Some(word) = words.last_mut() {
                word.firsts |= 1 << free;
                word.lasts |= 1 << last;
                word.links.extend((free..).zip(strand));
            }
            free = last + 1;
        }
        let (chunks, rest) = words.split_at(words.len() - usize::from(words.len() % LANES == 1));
        self.blocks = chunks.chunks(LANES).filter_map(Block::new).collect();
        self.last = (!rest.is_empty()).then(|| Block::new(rest)).flatten();
    }

    /// Calls `see` with each member that may match; more than once if it has several strands.
    pub(crate) fn scan(&self, text: &[u8], mut see: impl FnMut(u32)) {
        let mut tell = |number: u32, mut reached: u64| {
            while reached != 0 {
                let told = self.told.get(&(number, reached.trailing_zeros()));
                told.into_iter().flatten().for_each(|member| see(*member));
                reached &= reached - 1;
            }
        };
        for (block, from) in self.blocks.iter().zip((0..).step_by(LANES)) {
            (from..).zip(block.reached(text)).for_each(|(number, reached)| tell(number, reached));
        }
        if let Some(block) = &self.last {
            let [reached] = block.reached(text);
            tell(as_u32(LANES * self.blocks.len()), reached);
        }
        let single = self.single.iter().filter(|(few, _)| few.first_in(text).is_some());
        single.flat_map(|(_, members)| members).for_each(|member| see(*member));
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn memory(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| size_of_val(&*block.moves)).sum();
        blocks + self.last.as_ref().map_or(0, |block| size_of_val(&*block.moves))
    }
}

impl<const N: usize> Block<N> {
    /// Of these words; if they are too few, the others are empty.
    fn new(words: &[Word]) -> Option<Self> {
        let of = |what: fn(&Word) -> u64| array::from_fn(|lane| words.get(lane).map_or(0, what));
        let moved = |byte: u8| {
            let at = |lane: usize| words.get(lane).map(|word| word.moved(byte)).unwrap_or_default();
            Move { begins: array::from_fn(|lane| at(lane).0), follows: array::from_fn(|lane| at(lane).1) }
        };
        let moves: Box<[Move<N>]> = (0..=u8::MAX).map(moved).collect();
        Some(Self { firsts: of(|word| word.firsts), lasts: of(|word| word.lasts), moves: moves.try_into().ok()? })
    }

    /// The last links that begin somewhere in a text. What has begun stays in registers, and the table near the
    /// processor: block after block is many times as quick as byte after byte.
    fn reached(&self, text: &[u8]) -> [u64; N] {
        let (firsts, mut begun, mut ever) = (self.firsts, [0; N], [0; N]);
        for byte in text {
            let Some(Move { begins, follows }) = self.moves.get(usize::from(*byte)) else { continue };
            for ((((begun, ever), firsts), begins), follows) in
                begun.iter_mut().zip(&mut ever).zip(&firsts).zip(begins).zip(follows)
            {
                *begun = (((*begun << 1) | firsts) & begins) | (*begun & follows);
                *ever |= *begun;
            }
        }
        array::from_fn(|lane| ever.get(lane).zip(self.lasts.get(lane)).map_or(0, |(ever, last)| ever & last))
    }
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
