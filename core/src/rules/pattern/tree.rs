//! A regular expression as a tree.

use super::bytes::{ByteSet, other_case};

/// One piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Matches everywhere and takes nothing.
    Empty,
    /// Matches nowhere.
    Never,
    /// These bytes one after another.
    Text(Vec<u8>),
    /// One byte of a set.
    Class(ByteSet),
    /// A condition on the place.
    Place(Place),
    /// All, one after another.
    All(Vec<Self>),
    /// The first that works.
    Either(Vec<Self>),
    /// Again and again.
    Repeat(Box<Repeat>),
    /// `(...)`: remembers what it matched under its number, from 1.
    Group(u32, Box<Self>),
    /// `(?>...)`: once matched, it is not tried another way.
    Atomic(Box<Self>),
    /// `(?=...)` and its kin.
    Around(Around, Box<Self>),
    /// What a group matched, once more; in any case of letters if the flag is set.
    Back(u32, bool),
    /// `(?(1)yes|no)`.
    If(u32, Box<Self>, Box<Self>),
}

/// A condition on a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `\A`, and `^` without `m`.
    Start,
    /// `^` with `m`: the start, or after a newline that is not the last byte.
    LineStart,
    /// `\z`.
    End,
    /// `\Z`, and `$` without `m`: the end, or before a newline that is the last byte.
    LastLineEnd,
    /// `$` with `m`.
    LineEnd,
    /// `\b`.
    WordEdge,
    /// `\B`.
    NoWordEdge,
}

/// How often something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Repeat {
    /// What.
    pub(crate) node: Node,
    /// At least.
    pub(crate) least: u32,
    /// At most; `None`: without end.
    pub(crate) most: Option<u32>,
    /// What is tried first.
    pub(crate) greed: Greed,
}

/// What a repetition tries first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greed {
    /// As many as possible.
    Greedy,
    /// As few as possible.
    Lazy,
    /// As many as possible, and never fewer.
    Possessive,
}

/// The kind of a look around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Around {
    /// Ahead, else behind.
    pub(crate) is_ahead: bool,
    /// It must not match.
    pub(crate) is_negated: bool,
}

/// How many bytes a node may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Width {
    /// At least.
    pub(crate) least: usize,
    /// At most; `None`: without end.
    pub(crate) most: Option<usize>,
}

impl Width {
    const NONE: Self = Self::exactly(0);

    const fn exactly(bytes: usize) -> Self {
        Self { least: bytes, most: Some(bytes) }
    }

    fn then(self, next: Self) -> Self {
        let most = self.most.zip(next.most).and_then(|(mine, theirs)| mine.checked_add(theirs));
        Self { least: self.least.saturating_add(next.least), most }
    }

    fn or(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.zip(other.most).map(|(mine, theirs)| mine.max(theirs)),
        }
    }
}

impl Node {
    /// One byte, in any case if asked for.
    pub(crate) fn byte(byte: u8, in_any_case: bool) -> Self {
        match other_case(byte).filter(|_| in_any_case) {
            Some(other) => Self::Class([byte, other].into_iter().collect()),
            None => Self::Text(vec![byte]),
        }
    }

    /// All one after another, as short as it can be said.
    pub(crate) fn all(items: Vec<Self>) -> Self {
        let mut joined = Vec::with_capacity(items.len());
        for item in items {
            Self::join(&mut joined, item);
        }
        Self::of(joined)
    }

    /// Adds what comes next to what has been joined so far.
    pub(crate) fn join(joined: &mut Vec<Self>, item: Self) {
        match (joined.last_mut(), item) {
            (_, Self::Empty) => {}
            (Some(Self::Text(text)), Self::Text(more)) => text.extend(more),
            (_, item) => joined.push(item),
        }
    }

    /// All of what has been joined.
    pub(crate) fn of(mut joined: Vec<Self>) -> Self {
        match joined.len() {
            0 => Self::Empty,
            1 => joined.pop().unwrap_or(Self::Empty),
            _ => Self::All(joined),
        }
    }

    /// How many bytes it takes. What a back reference takes is not followed up.
    pub(crate) fn width(&self) -> Width {
        match self {
            Self::Empty | Self::Never | Self::Place(_) | Self::Around(..) => Width::NONE,
            Self::Text(text) => Width::exactly(text.len()),
            Self::Class(_) => Width::exactly(1),
            Self::All(items) => items.iter().fold(Width::NONE, |width, item| width.then(item.width())),
            Self::Either(items) => items.iter().map(Self::width).reduce(Width::or).unwrap_or(Width::NONE),
            Self::Repeat(repeat) => repeat.width(),
            Self::Group(_, node) | Self::Atomic(node) => node.width(),
            Self::Back(..) => Width { least: 0, most: None },
            Self::If(_, yes, no) => yes.width().or(no.width()),
        }
    }

    /// How many simple pieces it becomes when every repetition is written out: what compiling it costs.
    pub(crate) fn cost(&self) -> usize {
        match self {
            Self::Empty | Self::Never | Self::Class(_) | Self::Place(_) | Self::Back(..) => 1,
            Self::Text(text) => text.len(),
            Self::All(items) | Self::Either(items) => {
                items.iter().fold(1, |sum: usize, item| sum.saturating_add(item.cost()))
            }
            Self::Repeat(repeat) => repeat.cost(),
            Self::Group(_, node) | Self::Atomic(node) | Self::Around(_, node) => node.cost().saturating_add(2),
            Self::If(_, yes, no) => yes.cost().saturating_add(no.cost()).saturating_add(1),
        }
    }
}

impl Repeat {
    fn width(&self) -> Width {
        let once = self.node.width();
        let times = |bytes: usize, times: u32| bytes.checked_mul(times as usize);
        Width {
            least: times(once.least, self.least).unwrap_or(usize::MAX),
            most: match (once.most, self.most) {
                (Some(0), _) => Some(0),
                (Some(bytes), Some(most)) => times(bytes, most),
                _ => None,
            },
        }
    }

    fn cost(&self) -> usize {
        if matches!(&self.node, Node::Class(_)) || matches!(&self.node, Node::Text(text) if text.len() == 1) {
            return 2;
        }
        let copies = self.most.unwrap_or_else(|| self.least.saturating_add(1)).max(1) as usize;
        self.node.cost().saturating_mul(copies).saturating_add(1)
    }
}
