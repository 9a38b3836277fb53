//! With which bytes a match can begin, and what can stand before it: most places at which a pattern might be tried fall
//! to that.
//!
//! All ways to begin are looked for at once: each is a bit in four lanes of a word, one for the byte before the match and
//! three for its first bytes. A byte of the text moves all bits on and sets those of ways that it ends (the idea of
//! [`super::sieve`] the other way round, which saves a step).

use super::{
    bytes::ByteSet,
    literals::frequency,
    tree::{Node, Place, Repeat},
};

/// First bytes of a match that are looked at.
const BYTES: usize = 3;
/// Bits in a lane: so many ways to begin are told apart.
const LANE: usize = 16;
/// A lane of which no way is left.
const LANE_FAILED: u64 = (1 << LANE) - 1;
/// More ways than these are not worked out.
const MOST: usize = 512;
/// If a match can begin at a larger share of all places, it is no help to look.
const MOST_SHARE: f64 = 0.6;

/// Finds places where a match can begin.
#[derive(Debug)]
pub(super) struct Heads {
    /// For each byte: its word. Bits are set in it where the byte cannot stand.
    rows: Box<[u8; 256]>,
    words: Box<[u64]>,
    /// The same for what is behind the end of the text.
    end: u64,
    /// The share of all places at which a match can begin.
    pub(super) share: f64,
    /// What stands before it stands before no more than this share of them.
    pub(super) before: f64,
}

impl Heads {
    /// `None`: a match can begin with nearly anything.
    pub(super) fn of(node: &Node) -> Option<Self> {
        let mut heads: Vec<Head> = Head::all(node).into_iter().map(Head::closed).collect();
        heads.sort_unstable();
        heads.dedup();
        let ways = heads.chunks(heads.len().div_ceil(LANE).max(1));
        let joined: Vec<Head> = ways.filter_map(|way| way.iter().copied().reduce(Head::or)).collect();
        let all = joined.iter().map(Head::share).sum();
        if all > MOST_SHARE {
            return None;
        }
        let before = joined.iter().map(|head| share(&head.before)).fold(0.0, f64::max);
        let (mut of_bytes, mut end) = ([u64::MAX; 256], u64::MAX);
        for (head, bit) in joined.iter().zip(0..) {
            for (set, lane) in head.sets().iter().zip(0..) {
                let bit = !(1_u64 << (lane * LANE + bit));
                clear(&mut of_bytes, *set, bit);
                // What may be anything may also be missing.
                end &= if *set == ByteSet::ALL { bit } else { u64::MAX };
            }
        }
        let mut words: Vec<u64> = Vec::new();
        let mut rows = Box::new([0; 256]);
        for (of_byte, row) in of_bytes.iter().zip(rows.iter_mut()) {
            let known = words.iter().position(|known| known == of_byte).unwrap_or(words.len());
            if known == words.len() {
                words.push(*of_byte);
            }
            // There are no more words than bytes.
            *row = u8::try_from(known).unwrap_or_default();
        }
        Some(Self { rows, words: words.into(), end, share: all, before })
    }

    fn word(&self, byte: u8) -> u64 {
        let row = self.rows.get(usize::from(byte)).map_or(0, |row| usize::from(*row));
        self.words.get(row).copied().unwrap_or_default()
    }

    /// The first place within `from..=last` at which a match can begin.
    pub(super) fn first_in(&self, text: &[u8], from: usize, last: usize) -> Option<usize> {
        let before = from.checked_sub(1).and_then(|before| text.get(before));
        // Anything is right where nothing stands before.
        let mut failed = before.map_or(0, |byte| self.word(*byte));
        let mut is_left = |word: u64| {
            failed = (failed << LANE) | word;
            failed >> (LANE * BYTES) != LANE_FAILED
        };
        let here = text.get(from..text.len().min(last.saturating_add(BYTES)))?;
        let behind = (last + BYTES - from - here.len()).min(BYTES);
        let words = here.iter().map(|byte| self.word(*byte)).chain(std::iter::repeat_n(self.end, behind));
        let (first, rest) = (words.clone().take(BYTES - 1), words.skip(BYTES - 1));
        // So many bytes must have gone by before it can be said.
        first.for_each(|word| _ = is_left(word));
        rest.map(is_left).position(|is_left| is_left).map(|skipped| from + skipped)
    }

    /// Whether a match can begin here.
    pub(super) fn is_at(&self, text: &[u8], at: usize) -> bool {
        self.first_in(text, at, at).is_some()
    }

    /// What it takes in memory, in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.rows) + size_of_val(&*self.words)
    }
}

/// One way to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    bytes: [ByteSet; BYTES],
    /// What can stand before; if nothing stands there, that is right too.
    before: ByteSet,
    /// How many of its bytes are known.
    length: usize,
    /// A letter begins or ends here (or, if `false`, does not).
    edge: Option<bool>,
}

impl Head {
    const NOTHING: Self = Self { bytes: [ByteSet::ALL; BYTES], before: ByteSet::ALL, length: 0, edge: None };
    /// Anything can follow.
    const ANYTHING: Self = Self { length: BYTES, ..Self::NOTHING };

    fn of_set(set: ByteSet) -> Self {
        Self::NOTHING.with(set)
    }

    fn behind(before: ByteSet) -> Self {
        Self { before, ..Self::NOTHING }
    }

    /// With one byte more.
    fn with(mut self, set: ByteSet) -> Self {
        if self.length == 0 {
            self.before = self.before.and(self.edge.map_or(ByteSet::ALL, |is_edge| beside(set, is_edge)));
        }
        if let Some(held) = self.bytes.get_mut(self.length) {
            *held = set;
            self.length += 1;
        }
        self
    }

    /// With what another begins with behind it.
    fn then(self, next: &Self) -> Self {
        let mut all = self;
        if all.length == 0 {
            all.before = all.before.and(next.before);
            all.edge = all.edge.or(next.edge);
        }
        next.bytes.iter().take(next.length).fold(all, |all, set| all.with(*set))
    }

    fn closed(self) -> Self {
        Self { length: BYTES, edge: None, ..self }
    }

    fn or(mut self, other: Self) -> Self {
        self.before = self.before.or(other.before);
        self.bytes.iter_mut().zip(other.bytes).for_each(|(mine, theirs)| *mine = mine.or(theirs));
        self
    }

    /// The sets of the lanes.
    fn sets(&self) -> [ByteSet; BYTES + 1] {
        let [first, second, third] = self.bytes;
        [self.before, first, second, third]
    }

    /// The share of all places at which it is expected.
    fn share(&self) -> f64 {
        self.sets().iter().map(share).product()
    }

    /// All ways in which something can begin.
    fn all(node: &Node) -> Vec<Self> {
        match node {
            Node::Empty => vec![Self::NOTHING],
            Node::Never => Vec::new(),
            Node::Text(text) => {
                vec![text.iter().take(BYTES).fold(Self::NOTHING, |all, byte| all.with(ByteSet::range(*byte, *byte)))]
            }
            Node::Class(set) => vec![Self::of_set(*set)],
            Node::Place(place) => vec![Self::at(*place)],
            Node::Around(around, inner) => vec![match (around.is_ahead, &**inner) {
                (false, Node::Class(set)) => Self::behind(if around.is_negated { set.not() } else { *set }),
                _ => Self::NOTHING,
            }],
            Node::All(items) => {
                let mut all = vec![Self::NOTHING];
                for item in items {
                    if all.iter().all(|head| head.length == BYTES) {
                        break;
                    }
                    all = Self::product(&all, &Self::all(item));
                }
                all
            }
            Node::Either(items) => Self::few(items.iter().flat_map(Self::all).collect()),
            Node::Repeat(repeat) => Self::repeated(repeat),
            Node::Group(_, inner) | Node::Atomic(inner) => Self::all(inner),
            Node::Back(..) | Node::If(..) => vec![Self::ANYTHING],
        }
    }

    fn at(place: Place) -> Self {
        match place {
            Place::WordEdge => Self { edge: Some(true), ..Self::NOTHING },
            Place::NoWordEdge => Self { edge: Some(false), ..Self::NOTHING },
            Place::LineStart => Self::behind(ByteSet::range(b'\n', b'\n')),
            Place::Start | Place::End | Place::LineEnd | Place::LastLineEnd => Self::NOTHING,
        }
    }

    fn repeated(repeat: &Repeat) -> Vec<Self> {
        let once = Self::all(&repeat.node);
        // Where it takes nothing, it is as if it stood once less often.
        let least = if once.iter().any(|head| head.length == 0) { 0 } else { repeat.least };
        let once: Vec<Self> = once.into_iter().filter(|head| head.length > 0).collect();
        let (mut all, mut longer) = (Vec::new(), vec![Self::NOTHING]);
        for times in 0..repeat.most.map_or(BYTES, |most| most as usize).min(BYTES) {
            if times >= least as usize {
                all.extend_from_slice(&longer);
            }
            longer = Self::product(&longer, &once);
        }
        all.extend(longer);
        Self::few(all)
    }

    /// Each of the first, and where it is too short, each of the second behind it.
    fn product(first: &[Self], second: &[Self]) -> Vec<Self> {
        let mut all = Vec::new();
        for head in first {
            if head.length == BYTES {
                all.push(*head);
            } else {
                all.extend(second.iter().map(|next| head.then(next)));
            }
            if all.len() > MOST {
                return vec![Self::ANYTHING];
            }
        }
        Self::few(all)
    }

    /// Each once; if they are too many, anything.
    fn few(mut all: Vec<Self>) -> Vec<Self> {
        all.sort_unstable();
        all.dedup();
        if all.len() > MOST { vec![Self::ANYTHING] } else { all }
    }
}

/// The share of all places at which a byte of a set is expected.
pub(super) fn share(set: &ByteSet) -> f64 {
    set.bytes().map(|byte| frequency(byte) / case_weight(byte)).sum::<f64>().min(1.0)
}

/// What can stand beside bytes of a set, if a word begins or ends between them (or does not).
fn beside(set: ByteSet, is_edge: bool) -> ByteSet {
    let word = ByteSet::WORD;
    let other = if set.and(word) == ByteSet::EMPTY {
        word
    } else if set.and(word.not()) == ByteSet::EMPTY {
        word.not()
    } else {
        return ByteSet::ALL;
    };
    if is_edge { other } else { other.not() }
}

/// [`frequency`] is that of a letter in either case: small ones are far more frequent.
fn case_weight(byte: u8) -> f64 {
    if byte.is_ascii_uppercase() { 10.0 } else { 1.0 }
}

/// Takes a bit away from the words of these bytes.
fn clear(words: &mut [u64; 256], set: ByteSet, bit: u64) {
    if set == ByteSet::ALL {
        for word in words {
            *word &= bit;
        }
        return;
    }
    for byte in set.bytes() {
        if let Some(word) = words.get_mut(usize::from(byte)) {
            *word &= bit;
        }
    }
}
