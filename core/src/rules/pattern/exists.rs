//! A pattern for whoever only wants to know whether it matches: what may be missing at either end of a match is left out,
//! and what may stand there several times stands there as seldom as it may.
//!
//! `(?:your\s)?names?\W{0,3}` is somewhere where `name` is. Nothing is lost by that as long as no group is referred to,
//! and as long as nothing says that what was taken first is not given back.

use super::{
    machine::{one_byte, refers_to_groups},
    tree::{Around, Greed, Node, Repeat},
};

/// Which ends of a node are ends of the whole.
#[derive(Clone, Copy)]
struct Ends {
    front: bool,
    back: bool,
}

impl Ends {
    /// Which ends of one of several items, of which this is the last.
    fn of(self, at: usize, last: usize) -> Self {
        Self { front: self.front && at == 0, back: self.back && at == last }
    }
}

/// What matches somewhere in the same texts. `keeps_start`: and from the same places on. `None`: there is nothing shorter.
pub(super) fn shorter(node: &Node, keeps_start: bool) -> Option<Node> {
    if refers_to_groups(node) {
        return None;
    }
    let ends = Ends { front: !keeps_start, back: true };
    is_longer(node, ends).then(|| trim(node, ends))
}

/// Whether [`trim`] leaves something out at these ends. Most is known without making anything.
fn is_longer(node: &Node, ends: Ends) -> bool {
    let Ends { front, back } = ends;
    if !front && !back {
        return false;
    }
    match node {
        Node::Empty
        | Node::Never
        | Node::Text(_)
        | Node::Class(_)
        | Node::Place(_)
        | Node::Back(..)
        | Node::If(..)
        | Node::Around(..) => false,
        Node::All(items) => {
            let left = left_of(items, ends);
            let last = left.len().saturating_sub(1);
            let mut each = left.iter().enumerate();
            left.len() < items.len() || each.any(|(at, item)| is_longer(item, ends.of(at, last)))
        }
        Node::Either(items) => may_be_missing(node) || items.iter().any(|item| is_longer(item, ends)),
        Node::Repeat(repeat) => {
            let is_one = repeat.least > 1 && one_byte(&repeat.node).is_some();
            let is_as_left = is_one && repeat.most == Some(repeat.least) && repeat.greed == Greed::Greedy;
            (back || repeat.greed != Greed::Possessive) && !is_as_left
        }
        Node::Group(_, inner) => is_longer(inner, ends),
        Node::Atomic(_) => back,
    }
}

fn trim(node: &Node, ends: Ends) -> Node {
    match node {
        Node::Empty | Node::Never | Node::Text(_) | Node::Class(_) | Node::Place(_) | Node::Back(..) | Node::If(..) => {
            node.clone()
        }
        Node::All(items) => all(items, ends),
        Node::Either(_) if (ends.front || ends.back) && may_be_missing(node) => Node::Empty,
        Node::Either(items) => Node::Either(items.iter().map(|item| trim(item, ends)).collect()),
        Node::Repeat(repeat) => repeated(repeat, ends),
        Node::Group(_, inner) => trim(inner, ends),
        // Whoever has to give nothing back to what follows may as well take it any way.
        Node::Atomic(inner) if ends.back => trim(inner, ends),
        Node::Atomic(inner) => Node::Atomic(Box::new(trim(inner, Ends { front: false, back: false }))),
        Node::Around(around, inner) => {
            let ends = Ends { front: false, back: around.is_ahead };
            Node::Around(*around, Box::new(trim(inner, ends)))
        }
    }
}

fn all(items: &[Node], ends: Ends) -> Node {
    let left = left_of(items, ends);
    let last = left.len().saturating_sub(1);
    Node::all(left.iter().enumerate().map(|(at, item)| trim(item, ends.of(at, last))).collect())
}

/// Without those at either end that may be missing.
fn left_of(items: &[Node], Ends { front, back }: Ends) -> &[Node] {
    let from = if front { items.iter().position(|item| !may_be_missing(item)) } else { Some(0) };
    let left = from.and_then(|from| items.get(from..)).unwrap_or_default();
    let to = if back { left.iter().rposition(|item| !may_be_missing(item)) } else { left.len().checked_sub(1) };
    to.and_then(|to| left.get(..=to)).unwrap_or_default()
}

/// Whether it matches everywhere, as it need take nothing.
fn may_be_missing(node: &Node) -> bool {
    match node {
        Node::Empty => true,
        Node::Never
        | Node::Text(_)
        | Node::Class(_)
        | Node::Place(_)
        | Node::Back(..)
        | Node::If(..)
        | Node::Around(..)
        | Node::Atomic(_) => false,
        Node::All(items) => items.iter().all(may_be_missing),
        Node::Either(items) => items.iter().any(may_be_missing),
        Node::Group(_, inner) => may_be_missing(inner),
        Node::Repeat(repeat) if repeat.greed == Greed::Possessive => false,
        Node::Repeat(repeat) => repeat.least == 0 || may_be_missing(&repeat.node),
    }
}

fn repeated(repeat: &Repeat, ends: Ends) -> Node {
    let Repeat { node: inner, least, most, greed } = repeat;
    // What gives nothing back may do so only where nothing follows.
    let is_possessive = *greed == Greed::Possessive;
    let front = ends.front && (!is_possessive || ends.back);
    let again = |least: u32, most: Option<u32>, greed: Greed| {
        let node = trim(inner, Ends { front: false, back: false });
        Node::Repeat(Box::new(Repeat { node, least, most, greed }))
    };
    if !front && !ends.back {
        return again(*least, *most, *greed);
    }
    let ends = Ends { front, back: ends.back };
    match *least {
        0 => Node::Empty,
        1 => trim(inner, ends),
        least if one_byte(inner).is_some() => again(least, Some(least), Greed::Greedy),
        least => {
            let between = least - u32::from(ends.front) - u32::from(ends.back);
            let first = ends.front.then(|| trim(inner, Ends { front: true, back: false }));
            let last = ends.back.then(|| trim(inner, Ends { front: false, back: true }));
            let between = (between > 0).then(|| again(between, Some(between), Greed::Greedy));
            Node::all(first.into_iter().chain(between).chain(last).collect())
        }
    }
}

/// Whether what it requires may lie outside of what it takes.
pub(super) fn looks_far(node: &Node) -> bool {
    match node {
        Node::Around(Around { is_negated, .. }, _) => !is_negated,
        Node::Empty | Node::Never | Node::Text(_) | Node::Class(_) | Node::Place(_) | Node::Back(..) => false,
        Node::All(items) | Node::Either(items) => items.iter().any(looks_far),
        Node::Repeat(repeat) => looks_far(&repeat.node),
        Node::Group(_, node) | Node::Atomic(node) => looks_far(node),
        Node::If(_, yes, no) => looks_far(yes) || looks_far(no),
    }
}
