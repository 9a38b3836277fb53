//! Where a match may begin that must reach the end of the text.

use super::{
    bytes::{ByteSet, Set},
    machine::one_byte,
    tree::{Node, Place},
};

/// Every match ends where the text does.
#[derive(Debug)]
pub(super) struct Tail {
    /// It begins no more bytes than these before those that end the text and are of the set.
    most: usize,
    more: Set,
}

impl Tail {
    /// `None`: matches may end elsewhere, or begin anywhere.
    pub(super) fn of(node: &Node) -> Option<Self> {
        end(node).map(|(most, more)| Self { most, more: Set::from(more) })
    }

    /// The first place at which a match can begin.
    pub(super) fn first(&self, text: &[u8]) -> usize {
        let end = text.iter().rposition(|byte| !self.more.has(*byte)).map_or(0, |last| last + 1);
        end.saturating_sub(self.most)
    }
}

fn end(node: &Node) -> Option<(usize, ByteSet)> {
    match node {
        Node::Place(Place::End) => Some((0, ByteSet::EMPTY)),
        Node::Place(Place::LastLineEnd) => Some((0, ByteSet::range(b'\n', b'\n'))),
        Node::All(items) => {
            let (last, before) = items.split_last()?;
            before.iter().rev().try_fold(end(last)?, |(most, more), item| match (item, item.width().most) {
                (_, Some(bytes)) => Some((most.checked_add(bytes)?, more)),
                (Node::Repeat(repeat), None) if most == 0 => Some((0, more.or(one_byte(&repeat.node)?))),
                (_, None) => None,
            })
        }
        Node::Either(items) => {
            let ends = items.iter().map(end).collect::<Option<Vec<_>>>()?;
            ends.into_iter().reduce(|one, other| (one.0.max(other.0), one.1.or(other.1)))
        }
        Node::Group(_, inner) | Node::Atomic(inner) => end(inner),
        Node::Empty
        | Node::Never
        | Node::Text(_)
        | Node::Class(_)
        | Node::Place(_)
        | Node::Repeat(_)
        | Node::Around(..)
        | Node::Back(..)
        | Node::If(..) => None,
    }
}
