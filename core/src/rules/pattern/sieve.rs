//! Looks for hundreds of strands at once: each link is a bit, and a byte of the text moves all bits on together
//! (Baeza-Yates and Gonnet, "A new approach to text searching", with loops). It takes the same time whatever the text.

use std::{array, collections::BTreeMap};

use memchr::memchr;

use super::{
    Plan,
    bytes::{ByteSet, Few},
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
    /// Strands and who has them, until the tables are made: those that are looked for in every text, and those that
    /// literals stand for in plain text.
    strands: [Vec<(Strand, Vec<u32>)>; 2],
    always: Words,
    /// What is looked for only in texts that are not plain.
    odd: Words,
    /// Strands of one byte.
    single: Vec<(Few, Vec<u32>)>,
    /// For each last link: who is told. By word and bit.
    told: BTreeMap<(u32, u32), Vec<u32>>,
}

/// Many words.
#[derive(Debug, Default)]
struct Words {
    /// As many words as are moved together.
    blocks: Vec<Block<LANES>>,
    /// Words that are left over, if they are two, or one.
    two: Option<Block<2>>,
    one: Option<Block<1>>,
    /// The number of the first.
    from: u32,
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
    /// The bytes that begin a strand, if they are few: from one to the next is quick.
    few: Option<Few>,
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
        let (strands, _) =
            strand::strands(&node, plan.share >= 1.0).filter(|(_, share)| *share < plan.share * LEAST_GAIN)?;
        let mut taken = Taken { literals: Vec::new(), is_all: true };
        for strand in strands {
            if let Some(literals) = strand::literals(&strand) {
                taken.literals.extend(literals);
                continue;
            }
            taken.is_all = false;
            let plain = strand::plain_literals(&strand);
            let [always, odd] = &mut self.strands;
            let strands = if plain.is_some() { odd } else { always };
            taken.literals.extend(plain.unwrap_or_default());
            match strands.iter_mut().find(|(known, _)| *known == strand) {
                Some((_, members)) => members.push(member),
                None => strands.push((strand, vec![member])),
            }
        }
        Some(taken)
    }

    /// Makes the tables. Nothing is taken in any more.
    pub(crate) fn close(&mut self) {
        let [always, odd] = std::mem::take(&mut self.strands);
        let always = self.words(always, 0);
        let odd = self.words(odd, as_u32(always.len()));
        self.always = Words::new(&always, 0);
        self.odd = Words::new(&odd, as_u32(always.len()));
    }

    /// Lays links into words, the first of which has that number.
    fn words(&mut self, strands: Vec<(Strand, Vec<u32>)>, from: u32) -> Vec<Word> {
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
            let (number, last) = (from + as_u32(words.len()).saturating_sub(1), free + strand.len() - 1);
            self.told.insert((number, as_u32(last)), members);
            if let Some(word) = words.last_mut() {
                word.firsts |= 1 << free;
                word.lasts |= 1 << last;
                word.links.extend((free..).zip(strand));
            }
            free = last + 1;
        }
        words
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
        self.always.scan(text, &mut tell);
        if !self.odd.is_empty() && !is_plain(text) {
            self.odd.scan(text, &mut tell);
        }
        let single = self.single.iter().filter(|(few, _)| few.first_in(text).is_some());
        single.flat_map(|(_, members)| members).for_each(|member| see(*member));
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.always.memory() + self.odd.memory()
    }
}

/// Whether all is of [`ByteSet::PLAIN`].
fn is_plain(text: &[u8]) -> bool {
    text.is_ascii() && memchr(b'&', text).is_none()
}

impl Words {
    fn new(words: &[Word], from: u32) -> Self {
        let left = if words.len() % LANES < LANES - 1 { words.len() % LANES } else { 0 };
        let (chunks, rest) = words.split_at(words.len() - left);
        let blocks = chunks.chunks(LANES).filter_map(Block::new).collect();
        let two = (left == 2).then(|| Block::new(rest)).flatten();
        let one = (left == 1).then(|| Block::new(rest)).flatten();
        Self { blocks, two, one, from }
    }

    fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.two.is_none() && self.one.is_none()
    }

    /// Calls `tell` with the number of each word and the last links that begin somewhere in a text.
    fn scan(&self, text: &[u8], tell: &mut impl FnMut(u32, u64)) {
        let mut from = self.from;
        for block in &self.blocks {
            block.scan(text, from, tell);
            from += as_u32(LANES);
        }
        self.two.iter().for_each(|block| block.scan(text, from, tell));
        self.one.iter().for_each(|block| block.scan(text, from, tell));
    }

    fn memory(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| size_of_val(&*block.moves)).sum();
        let two = self.two.as_ref().map_or(0, |block| size_of_val(&*block.moves));
        blocks + two + self.one.as_ref().map_or(0, |block| size_of_val(&*block.moves))
    }
}

impl<const N: usize> Block<N> {
    /// Of these words; if they are too few, the others are empty.
    fn new(words: &[Word]) -> Option<Self> {
        let of = |what: fn(&Word) -> u64| array::from_fn(|lane| words.get(lane).map_or(0, what));
        let moved = |byte: u8| {
            let moved: [(u64, u64); N] =
                array::from_fn(|lane| words.get(lane).map(|word| word.moved(byte)).unwrap_or_default());
            Move { begins: moved.map(|(begins, _)| begins), follows: moved.map(|(_, follows)| follows) }
        };
        let moves: Box<[Move<N>]> = (0..=u8::MAX).map(moved).collect();
        let begins = |word: &Word| {
            word.links
                .iter()
                .filter(|(at, _)| (word.firsts >> at) & 1 != 0)
                .map(|(_, link)| link.first)
                .collect::<Vec<_>>()
        };
        let all = words.iter().flat_map(begins).fold(ByteSet::EMPTY, ByteSet::or);
        let (firsts, lasts) = (of(|word| word.firsts), of(|word| word.lasts));
        Some(Self { firsts, lasts, few: all.few(), moves: moves.try_into().ok()? })
    }

    /// Calls `tell` with the number of each word, of which the first is known, and the last links that begin somewhere.
    fn scan(&self, text: &[u8], from: u32, tell: &mut impl FnMut(u32, u64)) {
        let (mut ever, mut left) = ([0; N], text);
        if let Some(few) = self.few {
            while let Some(rest) = few.first_in(left).and_then(|at| left.get(at..)) {
                left = self.run::<true>(rest, &mut ever);
            }
        } else {
            self.run::<false>(left, &mut ever);
        }
        for ((number, ever), last) in (from..).zip(ever).zip(self.lasts) {
            tell(number, ever & last);
        }
    }

    /// Notes the links that begin somewhere in a text, and gives what is left of it where nothing is begun any more, if it
    /// is to stop there. What has begun stays in registers, and the table near the processor: block after block is many
    /// times as quick as byte after byte.
    #[inline]
    fn run<'text, const STOPS: bool>(&self, text: &'text [u8], ever: &mut [u64; N]) -> &'text [u8] {
        let (firsts, mut begun, mut all) = (self.firsts, [0; N], *ever);
        let mut left = text.iter();
        for byte in left.by_ref() {
            let Some(Move { begins, follows }) = self.moves.get(usize::from(*byte)) else { continue };
            for ((((begun, all), firsts), begins), follows) in
                begun.iter_mut().zip(&mut all).zip(&firsts).zip(begins).zip(follows)
            {
                // What has begun comes last: the next byte waits for nothing else.
                *begun = ((*begun << 1) & begins) | ((firsts & begins) | (*begun & follows));
                *all |= *begun;
            }
            if STOPS && begun.iter().fold(0, |any, begun| any | begun) == 0 {
                break;
            }
        }
        *ever = all;
        left.as_slice()
    }
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
