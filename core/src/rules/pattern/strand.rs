//! Pieces of a pattern, one of which stands in everything it matches, in a form so simple that hundreds of them are
//! looked for at once: for patterns without literals, such as those that take any look-alike for each letter.

use super::{
    bytes::ByteSet,
    common::{Common, SHARE_OF_COMMON},
    literals::{self, LEAST_LENGTH, frequency},
    tree::{Node, Repeat},
};

/// No strand is longer.
const MOST_LINKS: usize = 12;
/// A strand that lets through no more than this share of all places need not be longer.
const GOOD_SHARE: f64 = 1e-5;
/// Strands that let through more than this share of all places are no help.
const MOST_SHARE: f64 = 3e-3;
/// No pattern needs more strands.
const MOST_STRANDS: usize = 200;
/// A strand is not spelled out as more literals than these, nor as some that stand at more than this share of all places
const MOST_LITERALS: usize = 16;
/// if what the strand itself lets through is much less.
const GOOD_SHARE_OF_LITERALS: f64 = 2e-5;
/// Nor are they longer.
const MOST_LENGTH: usize = 8;
/// A repetition of this many is written out, one of more is a loop.
const MOST_TIMES: u32 = 4;

/// One link of a strand: a byte that begins it, then any number of bytes that may follow before the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Link {
    /// What begins it.
    pub(super) first: ByteSet,
    /// What may follow.
    pub(super) more: ByteSet,
}

impl Link {
    fn allow(&mut self, more: ByteSet) {
        self.more = self.more.or(more);
    }
}

/// Links one after another. It takes at least what it was made from takes.
pub(super) type Strand = Vec<Link>;

/// Literals in lower case, one of which stands wherever the strand does, whatever the case of letters there. `None`: they
/// would be too many, or tell too little.
pub(super) fn literals(strand: &Strand) -> Option<Vec<Vec<u8>>> {
    let best = (1..=strand.len()).filter_map(|end| Endings::of(strand.get(..end)?));
    let best = best.min_by(|one, other| one.share.total_cmp(&other.share))?;
    let of_strand = share_of_links(strand);
    (best.share < GOOD_SHARE_OF_LITERALS.max(2.0 * of_strand)).then(|| best.literals())
}

/// All that the last bytes can be where some links have begun, in lower case.
struct Endings {
    /// The first byte is the lowest.
    bytes: Vec<u64>,
    /// How many bytes those are.
    length: usize,
    /// The share of all places at which one of them is expected.
    share: f64,
}

impl Endings {
    /// Of as many bytes as are best.
    fn of(links: &[Link]) -> Option<Self> {
        let mut best: Option<Self> = None;
        // What stands at the end, and how many links are left before it.
        let mut endings = vec![(0_u64, links.len())];
        for length in 1..=links.len().min(MOST_LENGTH) {
            let mut longer = Vec::new();
            for (ending, left) in &endings {
                let before = left.checked_sub(1)?;
                let Link { first, more } = *links.get(before)?;
                let more = if *left == links.len() { ByteSet::EMPTY } else { more };
                for (set, left) in [(first, before), (more, *left)] {
                    let bytes = set.bytes().map(|byte| u64::from(byte.to_ascii_lowercase()));
                    longer.extend(bytes.take(2 * MOST_LITERALS + 1).map(|byte| ((ending << 8) | byte, left)));
                }
            }
            longer.sort_unstable();
            longer.dedup();
            if longer.len() > MOST_LITERALS {
                break;
            }
            endings = longer;
            let mut bytes: Vec<u64> = endings.iter().map(|(ending, _)| *ending).collect();
            bytes.dedup();
            let of = |bytes: &u64| literals::share(bytes.to_le_bytes().get(..length).unwrap_or_default());
            let share = bytes.iter().map(of).sum();
            if length >= LEAST_LENGTH && best.as_ref().is_none_or(|best| share < best.share) {
                best = Some(Self { bytes, length, share });
            }
        }
        best
    }

    fn literals(&self) -> Vec<Vec<u8>> {
        self.bytes.iter().map(|bytes| bytes.to_le_bytes().into_iter().take(self.length).collect()).collect()
    }
}

/// Strands, one of which stands in everything that matches, if they are worth looking for.
pub(super) fn strands(node: &Node) -> Option<(Vec<Strand>, f64)> {
    let best = Strands::of(node)?;
    (best.share < MOST_SHARE && best.strands.len() <= MOST_STRANDS).then_some((best.strands, best.share))
}

/// Strands, and the share of all places at which one of them is expected.
struct Strands {
    strands: Vec<Strand>,
    share: f64,
}

impl Strands {
    fn of(node: &Node) -> Option<Self> {
        match node {
            Node::Group(_, inner) | Node::Atomic(inner) => Self::of(inner),
            Node::Either(branches) => {
                let mut all = Self { strands: Vec::new(), share: 0.0 };
                for branch in branches {
                    let of = Self::of(branch)?;
                    all.strands.extend(of.strands);
                    all.share += of.share;
                    if all.strands.len() > MOST_STRANDS {
                        return None;
                    }
                }
                Some(all)
            }
            Node::Repeat(repeat) if repeat.least > 0 => best(Self::of(&repeat.node), Self::of_neighbours(node)),
            Node::All(_) | Node::Text(_) | Node::Class(_) => Self::of_neighbours(node),
            Node::Empty
            | Node::Never
            | Node::Place(_)
            | Node::Repeat(_)
            | Node::Around(..)
            | Node::Back(..)
            | Node::If(..) => None,
        }
    }

    /// The best run of neighbours, or the best of one of them.
    fn of_neighbours(node: &Node) -> Option<Self> {
        let mut items = Vec::new();
        flatten(node, &mut items);
        let parts: Vec<Option<Vec<Part>>> = items.iter().map(|item| links(item)).collect();
        let mut found = None;
        for from in 0..parts.len() {
            let run = Self::run(parts.get(from..).unwrap_or_default(), found.as_ref());
            found = best(found, run);
        }
        let is_deeper = |item: &&Node| matches!(item, Node::Either(_) | Node::Repeat(_));
        for item in items.into_iter().filter(is_deeper).filter(|item| !std::ptr::eq(*item, node)) {
            found = best(found, Self::of(item));
        }
        found
    }

    /// The first items, as far as they go; `None`: they are no better than what is known.
    fn run(items: &[Option<Vec<Part>>], known: Option<&Self>) -> Option<Self> {
        let all = || items.iter().map_while(Option::as_ref).flatten();
        // What is rare by its letters alone may be common, but not the other way round.
        let shares = all().filter_map(Part::share).take(MOST_LINKS).scan(1.0, |all, share| {
            let before = std::mem::replace(all, *all * share);
            (before >= GOOD_SHARE).then_some(*all)
        });
        if known.is_some_and(|known| shares.last().is_none_or(|share| share >= known.share)) {
            return None;
        }
        let (mut strand, mut share) = (Strand::new(), Share::new());
        for part in all() {
            match part {
                Part::Link(_) if strand.len() >= MOST_LINKS || share.share < GOOD_SHARE => break,
                Part::Link(link) => {
                    share.add(link);
                    strand.push(*link);
                }
                Part::Between(set) => {
                    share.common.pass(*set);
                    strand.iter_mut().next_back().into_iter().for_each(|last| last.allow(*set));
                }
            }
        }
        if let Some(last) = strand.last_mut() {
            last.more = ByteSet::EMPTY;
        }
        (!strand.is_empty()).then(|| Self { strands: vec![strand], share: share.share })
    }
}

fn best(one: Option<Strands>, other: Option<Strands>) -> Option<Strands> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.share < one.share { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// What an item adds to a strand.
enum Part {
    Link(Link),
    /// These may stand between the link before and the one behind.
    Between(ByteSet),
}

impl Part {
    /// The share of all places at which it may begin, if it must be there.
    fn share(&self) -> Option<f64> {
        match self {
            Self::Link(link) => Some(share_of(link.first)),
            Self::Between(_) => None,
        }
    }
}

/// A node as links; `None`: what it takes cannot be said.
fn links(node: &Node) -> Option<Vec<Part>> {
    let link = |first| Part::Link(Link { first, more: ByteSet::EMPTY });
    Some(match node {
        Node::Empty | Node::Place(_) | Node::Around(..) => Vec::new(),
        Node::Never => vec![link(ByteSet::EMPTY)],
        Node::Text(text) => text.iter().map(|byte| link(ByteSet::range(*byte, *byte))).collect(),
        Node::Class(set) => vec![link(*set)],
        Node::All(items) => items.iter().map(links).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect(),
        Node::Group(_, inner) | Node::Atomic(inner) => links(inner)?,
        Node::Either(_) => vec![as_one(node)?],
        Node::Repeat(repeat) => repeated(repeat)?,
        Node::Back(..) | Node::If(..) => return None,
    })
}

fn repeated(repeat: &Repeat) -> Option<Vec<Part>> {
    let Repeat { node, least, most, .. } = repeat;
    if *least == 0 {
        return Some(vec![Part::Between(bytes(node)?)]);
    }
    let mut parts = Vec::new();
    for _ in 0..(*least).min(MOST_TIMES) {
        parts.extend(links(node)?);
    }
    if *most != Some(*least) || *least > MOST_TIMES {
        parts.push(Part::Between(bytes(node)?));
    }
    Some(parts)
}

/// A node as a single link, or as something that may be missing.
fn as_one(node: &Node) -> Option<Part> {
    let Ends { first, more } = ends(node)?;
    Some(if node.width().least == 0 { Part::Between(first.or(more)) } else { Part::Link(Link { first, more }) })
}

/// All bytes that a node may take.
fn bytes(node: &Node) -> Option<ByteSet> {
    ends(node).map(|ends| ends.first.or(ends.more))
}

/// With what a node may begin, and what may follow.
struct Ends {
    first: ByteSet,
    more: ByteSet,
}

fn ends(node: &Node) -> Option<Ends> {
    let nothing = Ends { first: ByteSet::EMPTY, more: ByteSet::EMPTY };
    Some(match node {
        Node::Empty | Node::Place(_) | Node::Around(..) | Node::Never => nothing,
        Node::Text(text) => {
            let first = text.iter().take(1).copied().collect();
            Ends { first, more: text.iter().skip(1).copied().collect() }
        }
        Node::Class(set) => Ends { first: *set, more: ByteSet::EMPTY },
        Node::All(items) => {
            let (mut all, mut is_begun) = (nothing, false);
            for item in items {
                let of = ends(item)?;
                if is_begun {
                    all.more = all.more.or(of.first);
                } else {
                    all.first = all.first.or(of.first);
                    is_begun = item.width().least > 0;
                }
                all.more = all.more.or(of.more);
            }
            // What may be missing may also stand behind something else that may be missing.
            let loose = items.iter().take_while(|item| item.width().least == 0).count();
            if loose > 0 {
                all.more = all.more.or(all.first);
            }
            all
        }
        Node::Either(items) => {
            let mut all = nothing;
            for item in items {
                let of = ends(item)?;
                all.first = all.first.or(of.first);
                all.more = all.more.or(of.more);
            }
            all
        }
        Node::Repeat(repeat) => {
            let of = ends(&repeat.node)?;
            let more = if repeat.most == Some(1) { of.more } else { of.more.or(of.first) };
            Ends { first: of.first, more }
        }
        Node::Group(_, inner) | Node::Atomic(inner) => ends(inner)?,
        Node::Back(..) | Node::If(..) => return None,
    })
}

fn flatten<'node>(node: &'node Node, items: &mut Vec<&'node Node>) {
    match node {
        Node::All(inner) => inner.iter().for_each(|item| flatten(item, items)),
        Node::Group(_, inner) | Node::Atomic(inner) => flatten(inner, items),
        Node::Empty | Node::Never | Node::Text(_) | Node::Class(_) | Node::Place(_) | Node::Either(_) => {
            items.push(node);
        }
        Node::Repeat(_) | Node::Around(..) | Node::Back(..) | Node::If(..) => items.push(node),
    }
}

/// Capitals are seldom.
fn share_of(set: ByteSet) -> f64 {
    let of = |byte: u8| frequency(byte.to_ascii_lowercase()) / if byte.is_ascii_uppercase() { 8.0 } else { 1.0 };
    set.bytes().map(of).sum::<f64>().min(1.0)
}

/// The share of all places at which links one after another are expected.
fn share_of_links(links: &[Link]) -> f64 {
    let mut share = Share::new();
    links.iter().for_each(|link| share.add(link));
    share.share
}

/// The share of all places at which links one after another are expected, while there are ever more of them. What is in
/// nearly every message is not rare, whatever its letters are.
struct Share {
    share: f64,
    common: Common,
}

impl Share {
    fn new() -> Self {
        Self { share: 1.0, common: Common::new() }
    }

    fn add(&mut self, link: &Link) {
        self.common.take(link.first);
        self.common.pass(link.more);
        self.share *= share_of(link.first);
        if self.common.is_any() {
            self.share = self.share.max(SHARE_OF_COMMON);
        }
    }
}
