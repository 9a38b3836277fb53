//! Where a match that takes many bytes may begin: all its first bytes are looked at, not only as many as
//! [`super::heads`] does (Baeza-Yates and Gonnet, "A new approach to text searching").

use super::{
    bytes::ByteSet,
    heads::share,
    tree::{Node, Repeat},
};

/// First bytes that are looked at.
const MOST: usize = 16;
/// Fewer are not worth it.
const LEAST: usize = 5;
/// It must let through no more than this share of what [`super::heads::Heads`] let through.
const MOST_SHARE: f64 = 0.8;

/// The first bytes of a match.
#[derive(Debug)]
pub(super) struct Window {
    /// For each byte: as which of the first bytes it can stand, the first being the lowest bit.
    of_bytes: Box<[u16; 256]>,
    length: usize,
}

impl Window {
    /// `None`: it is not worth it. `of_heads`: the share of all places that are tried otherwise. `before`: the share of
    /// them before which the right byte stands.
    pub(super) fn of(node: &Node, of_heads: f64, before: f64) -> Option<Self> {
        let Start { sets, lengths } = Start::of(node);
        let length = (lengths.trailing_zeros() as usize).min(MOST);
        let sets = sets.get(..length).filter(|_| length >= LEAST)?;
        let of_window = before * sets.iter().map(share).product::<f64>();
        if of_window > MOST_SHARE * of_heads {
            return None;
        }
        let mut of_bytes = Box::new([0; 256]);
        for (set, at) in sets.iter().zip(0..) {
            for byte in set.bytes() {
                of_bytes.get_mut(usize::from(byte)).into_iter().for_each(|bits| *bits |= 1 << at);
            }
        }
        Some(Self { of_bytes, length })
    }

    /// The first place within `from..=last` at which these bytes can stand.
    pub(super) fn first_in(&self, text: &[u8], from: usize, last: usize) -> Option<usize> {
        let end = text.len().min(last.saturating_add(self.length));
        // The bit of each byte that may be the next but some; so many have stood before.
        let (mut begun, whole) = (0_u32, 1_u32 << (self.length - 1));
        let is_whole = |byte: &u8| {
            let bits = self.of_bytes.get(usize::from(*byte)).map_or(0, |bits| u32::from(*bits));
            begun = (begun << 1 | 1) & bits;
            begun & whole != 0
        };
        text.get(from..end)?.iter().position(is_whole).map(|at| from + at + 1 - self.length)
    }

    /// What it takes in memory, in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.of_bytes)
    }
}

/// With what a node begins.
#[derive(Clone, Copy)]
struct Start {
    /// What its first bytes can be, where it has so many.
    sets: [ByteSet; MOST],
    /// How many bytes it can take: a bit for each number, the highest one also for all that are larger.
    lengths: u32,
}

impl Start {
    const NOTHING: Self = Self { sets: [ByteSet::EMPTY; MOST], lengths: 1 };
    const NEVER: Self = Self { lengths: 0, ..Self::NOTHING };
    const ANYTHING: Self = Self { sets: [ByteSet::ALL; MOST], lengths: (1 << (MOST + 1)) - 1 };

    fn of(node: &Node) -> Self {
        match node {
            Node::Empty | Node::Place(_) | Node::Around(..) => Self::NOTHING,
            Node::Never => Self::NEVER,
            Node::Text(text) => text
                .iter()
                .take(MOST)
                .fold(Self::NOTHING, |all, byte| all.then(&Self::byte(ByteSet::range(*byte, *byte)))),
            Node::Class(set) => Self::byte(*set),
            Node::All(items) => {
                let mut all = Self::NOTHING;
                for item in items {
                    // What follows is too far away.
                    if all.lengths >> MOST == 1 && all.lengths.trailing_zeros() as usize == MOST {
                        break;
                    }
                    all = all.then(&Self::of(item));
                }
                all
            }
            Node::Either(items) => items.iter().fold(Self::NEVER, |all, item| all.or(&Self::of(item))),
            Node::Repeat(repeat) => Self::repeated(repeat),
            Node::Group(_, inner) | Node::Atomic(inner) => Self::of(inner),
            Node::Back(..) | Node::If(..) => Self::ANYTHING,
        }
    }

    fn byte(set: ByteSet) -> Self {
        let mut sets = [ByteSet::EMPTY; MOST];
        sets.first_mut().into_iter().for_each(|first| *first = set);
        Self { sets, lengths: 2 }
    }

    fn or(mut self, other: &Self) -> Self {
        self.sets.iter_mut().zip(other.sets).for_each(|(mine, theirs)| *mine = mine.or(theirs));
        self.lengths |= other.lengths;
        self
    }

    fn then(&self, next: &Self) -> Self {
        let mut all = Self { sets: self.sets, lengths: 0 };
        for length in (0..=MOST).filter(|length| self.lengths >> length & 1 != 0) {
            for (mine, theirs) in all.sets.iter_mut().skip(length).zip(next.sets) {
                *mine = mine.or(theirs);
            }
            let lengths = u64::from(next.lengths) << length;
            let far = lengths >> MOST != 0;
            all.lengths |= u32::try_from(lengths & ((1 << MOST) - 1)).unwrap_or(0) | u32::from(far) << MOST;
        }
        all
    }

    fn repeated(repeat: &Repeat) -> Self {
        let once = Self::of(&repeat.node);
        let (mut all, mut longer) = (Self::NEVER, Self::NOTHING);
        let most = repeat.most.map_or(MOST, |most| most as usize).min(MOST);
        for times in 0..=most {
            if times >= repeat.least as usize || times == MOST {
                all = all.or(&longer);
            }
            if times < most {
                longer = longer.then(&once);
            }
        }
        all
    }
}
