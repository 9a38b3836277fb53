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
/// For a pattern of which nothing else is known, they may be worse.
const MOST_SHARE_ALONE: f64 = 1e-1;
/// No pattern needs more strands.
const MOST_STRANDS: usize = 200;
/// A strand is not spelled out as more literals than these, nor as some that stand at more than this share of all places
const MOST_LITERALS: usize = 16;
/// if what the strand itself lets through is much less.
const GOOD_SHARE_OF_LITERALS: f64 = 2e-5;
/// The same for what it can be in plain text.
const MOST_PLAIN_LITERALS: usize = 64;
const GOOD_SHARE_OF_PLAIN_LITERALS: f64 = 5e-5;
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
    /// What may follow in a text of [`ByteSet::PLAIN`]: behind no beginning that such a text does not have.
    plain: ByteSet,
}

impl Link {
    fn allow(&mut self, between: Between) {
        self.more = self.more.or(between.more);
        self.plain = self.plain.or(between.plain);
    }
}

/// What may stand between links, and what of it in a text of [`ByteSet::PLAIN`].
#[derive(Clone, Copy, Debug)]
struct Between {
    more: ByteSet,
    plain: ByteSet,
}

/// Links one after another. It takes at least what it was made from takes.
pub(super) type Strand = Vec<Link>;

/// Literals in lower case, one of which stands wherever the strand does, whatever the case of letters there. `None`: they
/// would be too many, or tell too little.
pub(super) fn literals(strand: &Strand) -> Option<Vec<Vec<u8>>> {
    spelled_out(strand, MOST_LITERALS, GOOD_SHARE_OF_LITERALS)
}

/// Literals of which one stands wherever the strand does in a text of [`ByteSet::PLAIN`]. Most look-alikes of letters are
/// no ASCII, so that there are far fewer.
pub(super) fn plain_literals(strand: &Strand) -> Option<Vec<Vec<u8>>> {
    let plain = |link: &Link| Link { first: link.first.and(ByteSet::PLAIN), more: link.plain, plain: link.plain };
    let strand: Strand = strand.iter().map(plain).collect();
    if strand.iter().any(|link| link.first == ByteSet::EMPTY) {
        return Some(Vec::new());
    }
    spelled_out(&strand, MOST_PLAIN_LITERALS, GOOD_SHARE_OF_PLAIN_LITERALS)
}

fn spelled_out(strand: &Strand, most: usize, good_share: f64) -> Option<Vec<Vec<u8>>> {
    let best = (1..=strand.len()).filter_map(|end| Endings::of(strand.get(..end)?, most));
    let best = best.min_by(|one, other| one.share.total_cmp(&other.share))?;
    (best.share < good_share.max(2.0 * share_of_links(strand))).then(|| best.literals())
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
    fn of(links: &[Link], most: usize) -> Option<Self> {
        let mut best: Option<Self> = None;
        // What stands at the end, and how many links are left before it.
        let mut endings = vec![(0_u64, links.len())];
        for length in 1..=links.len().min(MOST_LENGTH) {
            let mut longer = Vec::new();
            for (ending, left) in &endings {
                let before = left.checked_sub(1)?;
                let Link { first, more, .. } = *links.get(before)?;
                let more = if *left == links.len() { ByteSet::EMPTY } else { more };
                for (set, left) in [(first, before), (more, *left)] {
                    let bytes = set.bytes().map(|byte| u64::from(byte.to_ascii_lowercase()));
                    longer.extend(bytes.take(2 * most + 1).map(|byte| ((ending << 8) | byte, left)));
                }
            }
            longer.sort_unstable();
            longer.dedup();
            if longer.len() > most {
                break;
            }
            endings = longer;
            let mut bytes: Vec<u64> = endings.iter().map(|(ending, _)| *ending).collect();
            bytes.dedup();
            let is_better = |share: f64, best: &Option<Self>| best.as_ref().is_none_or(|best| share < best.share);
            let of =
                |bytes: &u64, share: fn(&[u8]) -> f64| share(bytes.to_le_bytes().get(..length).unwrap_or_default());
            // By its letters alone, nothing is more frequent than it is.
            let least: f64 = bytes.iter().map(|bytes| of(bytes, literals::share_of_letters)).sum();
            if length < LEAST_LENGTH || !is_better(least, &best) {
                continue;
            }
            let share = bytes.iter().map(|bytes| of(bytes, literals::share)).sum();
            if is_better(share, &best) {
                best = Some(Self { bytes, length, share });
            }
        }
        best
    }

    fn literals(&self) -> Vec<Vec<u8>> {
        self.bytes.iter().map(|bytes| bytes.to_le_bytes().into_iter().take(self.length).collect()).collect()
    }
}

/// Strands, one of which stands in everything that matches, if they are worth looking for. `is_alone`: there are no
/// literals.
pub(super) fn strands(node: &Node, is_alone: bool) -> Option<(Vec<Strand>, f64)> {
    let best = Strands::of(node)?;
    let most = if is_alone { MOST_SHARE_ALONE } else { MOST_SHARE };
    (best.share < most && best.strands.len() <= MOST_STRANDS).then_some((best.strands, best.share))
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
        let has_link = |item: &Option<Vec<Part>>| item.iter().flatten().any(|part| matches!(part, Part::Link(_)));
        // From an item that may be missing on, there is nothing that is not there from the next one on.
        for (from, _) in parts.iter().enumerate().filter(|(_, item)| has_link(item)) {
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
                Part::Between(between) => {
                    share.common.pass(between.more);
                    strand.iter_mut().next_back().into_iter().for_each(|last| last.allow(*between));
                }
            }
        }
        if let Some(last) = strand.last_mut() {
            (last.more, last.plain) = (ByteSet::EMPTY, ByteSet::EMPTY);
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
    Between(Between),
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
    let link = |first| Part::Link(Link { first, more: ByteSet::EMPTY, plain: ByteSet::EMPTY });
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
        return Some(vec![Part::Between(ends(node)?.all())]);
    }
    let mut parts = Vec::new();
    for _ in 0..(*least).min(MOST_TIMES) {
        parts.extend(links(node)?);
    }
    if *most != Some(*least) || *least > MOST_TIMES {
        parts.push(Part::Between(ends(node)?.all()));
    }
    Some(parts)
}

/// A node as a single link, or as something that may be missing.
fn as_one(node: &Node) -> Option<Part> {
    let ends = ends(node)?;
    let Ends { first, more, plain } = ends;
    Some(if node.width().least == 0 { Part::Between(ends.all()) } else { Part::Link(Link { first, more, plain }) })
}

/// With what a node may begin, and what may follow, also in a text of [`ByteSet::PLAIN`].
#[derive(Clone, Copy)]
struct Ends {
    first: ByteSet,
    more: ByteSet,
    plain: ByteSet,
}

impl Ends {
    const NOTHING: Self = Self { first: ByteSet::EMPTY, more: ByteSet::EMPTY, plain: ByteSet::EMPTY };

    /// All bytes that the node may take.
    fn all(self) -> Between {
        Between { more: self.first.or(self.more), plain: self.first.and(ByteSet::PLAIN).or(self.plain) }
    }

    fn of_text(text: &[u8]) -> Self {
        let (first, more) = (text.iter().take(1).copied().collect(), text.iter().skip(1).copied().collect());
        let is_plain = text.iter().all(|byte| ByteSet::PLAIN.has(*byte));
        Self { first, more, plain: if is_plain { more } else { ByteSet::EMPTY } }
    }

    /// One after another.
    fn of_all(items: &[Node]) -> Option<Self> {
        let (mut all, mut is_begun, mut is_plain) = (Self::NOTHING, false, true);
        for item in items {
            let (of, must_be) = (ends(item)?, item.width().least > 0);
            if is_begun {
                all.more = all.more.or(of.first);
                all.plain = all.plain.or(of.first);
            } else {
                all.first = all.first.or(of.first);
                is_begun = must_be;
            }
            all.more = all.more.or(of.more);
            all.plain = all.plain.or(of.plain);
            is_plain &= !must_be || of.first.and(ByteSet::PLAIN) != ByteSet::EMPTY;
        }
        // What may be missing may also stand behind something else that may be missing.
        let loose = items.iter().take_while(|item| item.width().least == 0).count();
        if loose > 0 {
            all.more = all.more.or(all.first);
            all.plain = all.plain.or(all.first);
        }
        all.plain = if is_plain { all.plain.and(ByteSet::PLAIN) } else { ByteSet::EMPTY };
        Some(all)
    }

    fn of_one(items: &[Node]) -> Option<Self> {
        items.iter().try_fold(Self::NOTHING, |all, item| {
            let Self { first, more, plain } = ends(item)?;
            Some(Self { first: all.first.or(first), more: all.more.or(more), plain: all.plain.or(plain) })
        })
    }
}

fn ends(node: &Node) -> Option<Ends> {
    Some(match node {
        Node::Empty | Node::Place(_) | Node::Around(..) | Node::Never => Ends::NOTHING,
        Node::Text(text) => Ends::of_text(text),
        Node::Class(set) => Ends { first: *set, ..Ends::NOTHING },
        Node::All(items) => Ends::of_all(items)?,
        Node::Either(items) => Ends::of_one(items)?,
        Node::Repeat(repeat) => {
            let of = ends(&repeat.node)?;
            let Between { more, plain } = of.all();
            if repeat.most == Some(1) { of } else { Ends { first: of.first, more, plain } }
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
    for link in links {
        share.add(link);
    }
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
