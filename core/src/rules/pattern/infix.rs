//! A small piece of a pattern that stands in everything it matches: for patterns without literals, such as those that
//! take any look-alike for each letter. The pieces of many patterns are searched together.

use super::{
    bytes::ByteSet,
    literals::frequency,
    tree::{Node, Repeat},
};

/// A piece is no larger.
const MOST_COST: usize = 300;
/// Nor are the pieces of all branches of one.
const MOST_COST_OF_BRANCHES: usize = 6_000;
/// So many items that say something are enough.
const MOST_ITEMS: usize = 5;
/// What lets through more than this share of all places is no help.
const MOST_SHARE: f64 = 2e-3;
/// A group that may stand more often than this is no piece.
const MOST_TIMES: u32 = 3;

/// The piece, if there is one worth looking for.
pub(super) fn infix(node: &Node) -> Option<Node> {
    Piece::best_of(&coarse(node)).filter(|piece| piece.share < MOST_SHARE).map(|piece| piece.node)
}

/// A piece, and the share of all places at which it is expected.
struct Piece {
    node: Node,
    share: f64,
}

impl Piece {
    fn best_of(node: &Node) -> Option<Self> {
        match node {
            Node::Group(_, inner) | Node::Atomic(inner) => Self::best_of(inner),
            Node::All(_) | Node::Text(_) | Node::Class(_) => Self::best_of_items(node),
            Node::Either(branches) => {
                let pieces = branches.iter().map(Self::best_of).collect::<Option<Vec<_>>>()?;
                let share = pieces.iter().map(|piece| piece.share).sum();
                let node = Node::Either(pieces.into_iter().map(|piece| piece.node).collect());
                (node.cost() <= MOST_COST_OF_BRANCHES).then_some(Self { node, share })
            }
            Node::Repeat(repeat) if repeat.least > 0 => Self::best_of(&repeat.node),
            _ => None,
        }
    }

    /// The best run of neighbours.
    fn best_of_items(node: &Node) -> Option<Self> {
        let mut items = Vec::new();
        flatten(node, &mut items);
        let mut best: Option<Self> = None;
        let mut keep = |piece: Self| {
            if best.as_ref().is_none_or(|best| piece.share < best.share) {
                best = Some(piece);
            }
        };
        let plain: Vec<Option<Self>> = items.iter().map(|item| Self::whole(item)).collect();
        for from in 0..plain.len() {
            Self::run_from(plain.get(from..).unwrap_or_default()).into_iter().for_each(&mut keep);
        }
        for (item, plain) in items.iter().zip(&plain) {
            let is_same = matches!(item, Node::All(_) | Node::Text(_) | Node::Class(_));
            if plain.is_none() && !is_same {
                Self::best_of(item).into_iter().for_each(&mut keep);
            }
        }
        best
    }

    /// The first items as far as they go.
    fn run_from(plain: &[Option<Self>]) -> Option<Self> {
        if plain.first()?.as_ref()?.share >= 1.0 {
            return None;
        }
        let (mut nodes, mut share, mut cost, mut telling) = (Vec::new(), 1.0, 0, 0);
        for piece in plain.iter().map_while(Option::as_ref) {
            cost += piece.node.cost();
            if cost > MOST_COST || telling == MOST_ITEMS {
                break;
            }
            telling += usize::from(piece.share < 1.0);
            share *= piece.share;
            nodes.push(piece.node.clone());
        }
        (!nodes.is_empty()).then(|| Self { node: Node::all(nodes), share })
    }

    /// A node as a piece of its own, without what it says of places.
    fn whole(node: &Node) -> Option<Self> {
        let piece = match node {
            Node::Empty | Node::Place(_) | Node::Around(..) => Self { node: Node::Empty, share: 1.0 },
            Node::Never => Self { node: Node::Never, share: 0.0 },
            Node::Text(text) => Self { node: node.clone(), share: text.iter().map(|byte| share_of(*byte)).product() },
            Node::Class(set) => Self { node: node.clone(), share: share_of_set(*set) },
            Node::All(items) => {
                let pieces = items.iter().map(Self::whole).collect::<Option<Vec<_>>>()?;
                let share = pieces.iter().map(|piece| piece.share).product();
                Self { node: Node::all(pieces.into_iter().map(|piece| piece.node).collect()), share }
            }
            Node::Either(items) => {
                let pieces = items.iter().map(Self::whole).collect::<Option<Vec<_>>>()?;
                let share: f64 = pieces.iter().map(|piece| piece.share).sum();
                let node = Node::Either(pieces.into_iter().map(|piece| piece.node).collect());
                Self { node, share: share.min(1.0) }
            }
            Node::Repeat(repeat) => Self::repeat(repeat)?,
            Node::Group(_, node) | Node::Atomic(node) => Self::whole(node)?,
            Node::Back(..) | Node::If(..) => return None,
        };
        (piece.node.cost() <= MOST_COST).then_some(piece)
    }

    fn repeat(repeat: &Repeat) -> Option<Self> {
        let once = Self::whole(&repeat.node)?;
        let is_small = matches!(once.node, Node::Class(_)) || repeat.most.is_some_and(|most| most <= MOST_TIMES);
        let share = if repeat.least == 0 { 1.0 } else { once.share.powi(repeat.least.min(8).cast_signed()) };
        let node = Node::Repeat(Box::new(Repeat { node: once.node, ..repeat.clone() }));
        is_small.then_some(Self { node, share })
    }
}

/// The same or more with fewer pieces: letters of several bytes beyond ASCII are told apart by each byte alone.
fn coarse(node: &Node) -> Node {
    match node {
        Node::All(items) => Node::all(items.iter().map(coarse).collect()),
        Node::Either(branches) => {
            let (mut others, mut letters) = (Vec::new(), Vec::<Vec<ByteSet>>::new());
            for branch in branches.iter().map(coarse) {
                let Some(sets) = letter(&branch) else {
                    others.push(branch);
                    continue;
                };
                match letters.iter_mut().find(|known| known.len() == sets.len()) {
                    Some(known) => known.iter_mut().zip(sets).for_each(|(known, set)| *known = known.or(set)),
                    None => letters.push(sets),
                }
            }
            let letters = letters.into_iter().map(|sets| Node::all(sets.into_iter().map(Node::Class).collect()));
            others.extend(letters);
            if others.len() > 1 { Node::Either(others) } else { others.pop().unwrap_or(Node::Never) }
        }
        Node::Repeat(repeat) => Node::Repeat(Box::new(Repeat { node: coarse(&repeat.node), ..**repeat })),
        Node::Group(number, inner) => Node::Group(*number, Box::new(coarse(inner))),
        Node::Atomic(inner) => Node::Atomic(Box::new(coarse(inner))),
        other => other.clone(),
    }
}

/// The bytes of a letter beyond ASCII, if the node is nothing but some of those.
fn letter(node: &Node) -> Option<Vec<ByteSet>> {
    match node {
        Node::Class(set) if set.bytes().all(|byte| !byte.is_ascii()) => Some(vec![*set]),
        Node::Text(text) if text.iter().all(|byte| !byte.is_ascii()) => {
            Some(text.iter().map(|byte| ByteSet::range(*byte, *byte)).collect())
        }
        Node::All(items) => Some(items.iter().map(letter).collect::<Option<Vec<_>>>()?.concat()),
        _ => None,
    }
}

fn flatten<'node>(node: &'node Node, items: &mut Vec<&'node Node>) {
    match node {
        Node::All(inner) => inner.iter().for_each(|item| flatten(item, items)),
        Node::Group(_, inner) | Node::Atomic(inner) => flatten(inner, items),
        other => items.push(other),
    }
}

fn share_of_set(set: ByteSet) -> f64 {
    set.bytes().map(share_of).sum::<f64>().min(1.0)
}

/// Capitals are seldom.
fn share_of(byte: u8) -> f64 {
    if byte.is_ascii_uppercase() { frequency(byte.to_ascii_lowercase()) / 8.0 } else { frequency(byte) }
}
