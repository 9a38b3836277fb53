//! What a text must have in it for a pattern to match: found by one scan for all rules, it saves most of them from
//! being tried at all.

use super::{
    bytes::ByteSet,
    common::{self, SHARE_OF_COMMON},
    tree::Node,
};

/// More alternatives than these are no help.
const MOST_TEXTS: usize = 256;
/// A class of more bytes than these is not spelled out.
const MOST_OF_CLASS: usize = 12;
/// Longer texts are cut: they are rare enough.
const MOST_LENGTH: usize = 16;
/// Shorter ones are everywhere.
pub(super) const LEAST_LENGTH: usize = 2;
/// What stands so much more often is as good where every match begins with it.
const WORTH_OF_BEGINNING: f64 = 10.0;

/// Texts in lower case of which at least one stands in every match, whatever its case there, with the share of all
/// places at which one of them is expected, and whether every match begins with one. `None`: there are none worth
/// looking for.
pub(crate) fn required(node: &Node) -> Option<Choice> {
    let (any, first) = Needs::of(node).into_best();
    best(any.into_iter().chain(first))
}

/// What is known of a node.
struct Needs {
    /// Everything it can match, if that is little.
    whole: Option<Vec<Vec<u8>>>,
    /// The best set of which one is in every match.
    best: Option<Choice>,
    /// The best with one of which every match begins: also where another is better for a part of the pattern, it may be
    /// the better one for all of it.
    first: Option<Choice>,
}

/// A set of texts, and how much of all text it is expected to let through.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) texts: Vec<Vec<u8>>,
    pub(crate) share: f64,
    /// Every match begins with one of them.
    pub(crate) is_first: bool,
}

impl Choice {
    /// `None`: one is everywhere, or there are too many.
    fn new(mut texts: Vec<Vec<u8>>, is_first: bool) -> Option<Self> {
        if texts.iter().any(|text| text.len() < LEAST_LENGTH) {
            return None;
        }
        texts.sort_unstable();
        texts.dedup();
        let share = texts.iter().map(|text| share(text)).sum();
        (texts.len() <= MOST_TEXTS).then_some(Self { texts, share, is_first })
    }

    /// One of these or of those.
    fn or(mut self, other: Self) -> Option<Self> {
        self.texts.extend(other.texts);
        let is_first = self.is_first && other.is_first;
        let count = self.texts.len();
        self.texts.sort_unstable();
        self.texts.dedup();
        if self.texts.len() < count {
            return Self::new(self.texts, is_first);
        }
        (count <= MOST_TEXTS).then_some(Self { share: self.share + other.share, is_first, ..self })
    }

    /// It is worth more to know where a match begins.
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let cost = |of: &Self| if of.is_first { of.share / WORTH_OF_BEGINNING } else { of.share };
        cost(self).total_cmp(&cost(other))
    }
}

/// The one that lets through least.
fn best(choices: impl IntoIterator<Item = Choice>) -> Option<Choice> {
    choices.into_iter().min_by(Choice::compare)
}

impl Needs {
    const NOTHING: Self = Self { whole: None, best: None, first: None };

    fn whole(texts: Vec<Vec<u8>>) -> Self {
        Self { whole: Some(texts), ..Self::NOTHING }
    }

    fn of(node: &Node) -> Self {
        match node {
            Node::Empty | Node::Place(_) => Self::whole(vec![Vec::new()]),
            Node::Around(around, inner) => {
                let is_there = around.is_ahead && !around.is_negated;
                let (best, first) = if is_there { Self::of(inner).into_best() } else { (None, None) };
                Self { whole: Some(vec![Vec::new()]), best, first }
            }
            Node::Never => Self::whole(Vec::new()),
            Node::Text(text) => Self::whole(vec![text.to_ascii_lowercase()]),
            Node::Class(set) => Self::class(*set),
            Node::All(items) => Self::all(items),
            Node::Either(items) => Self::either(items),
            Node::Repeat(repeat) => Self::repeat(&repeat.node, repeat.least, repeat.most),
            Node::Group(_, node) | Node::Atomic(node) => Self::of(node),
            Node::Back(..) => Self::NOTHING,
            Node::If(_, yes, no) => Self::join(Self::of(yes), Self::of(no)),
        }
    }

    fn class(set: ByteSet) -> Self {
        let mut texts: Vec<Vec<u8>> = set.bytes().map(|byte| vec![byte.to_ascii_lowercase()]).collect();
        texts.sort();
        texts.dedup();
        if texts.len() > MOST_OF_CLASS { Self::NOTHING } else { Self::whole(texts) }
    }

    /// The best one, and the best that every match begins with.
    fn into_best(self) -> (Option<Choice>, Option<Choice>) {
        let whole = self.whole.and_then(|texts| Choice::new(texts, true));
        let first = best(whole.clone().into_iter().chain(self.first));
        (best(whole.into_iter().chain(self.best)), first)
    }

    /// One after another: texts grow until there are too many.
    fn all(items: &[Node]) -> Self {
        let mut is_whole = true;
        let mut current: Vec<Vec<u8>> = vec![Vec::new()];
        let (mut choices, mut firsts): (Vec<Choice>, Vec<Choice>) = (Vec::new(), Vec::new());
        for item in items {
            let needs = Self::of(item);
            // Nothing that takes a byte stands before it.
            let is_first = is_whole && current.iter().all(Vec::is_empty);
            choices.extend(needs.best.map(|best| Choice { is_first: best.is_first && is_first, ..best }));
            firsts.extend(needs.first.filter(|_| is_first));
            if let Some(grown) = needs.whole.as_ref().and_then(|texts| product(&current, texts)) {
                current = grown;
                continue;
            }
            let grown = Choice::new(std::mem::replace(&mut current, vec![Vec::new()]), is_whole);
            firsts.extend(grown.clone().filter(|_| is_whole));
            choices.extend(grown);
            is_whole = false;
            if let Some(texts) = needs.whole.filter(|texts| texts.len() <= MOST_TEXTS) {
                current = texts;
            }
        }
        if is_whole {
            return Self { whole: Some(current), best: best(choices), first: best(firsts) };
        }
        choices.extend(Choice::new(current, false));
        Self { whole: None, best: best(choices), first: best(firsts) }
    }

    fn either(items: &[Node]) -> Self {
        items.iter().map(Self::of).reduce(Self::join).unwrap_or(Self::NOTHING)
    }

    fn join(one: Self, other: Self) -> Self {
        match (one, other) {
            (Self { whole: Some(mut mine), best: None, .. }, Self { whole: Some(theirs), best: None, .. })
                if mine.len() + theirs.len() <= MOST_TEXTS =>
            {
                mine.extend(theirs);
                Self::whole(mine)
            }
            (one, other) => {
                let (one, other) = (one.into_best(), other.into_best());
                let or = |(mine, theirs): (Choice, Choice)| mine.or(theirs);
                Self { whole: None, best: one.0.zip(other.0).and_then(or), first: one.1.zip(other.1).and_then(or) }
            }
        }
    }

    fn repeat(node: &Node, least: u32, most: Option<u32>) -> Self {
        if least == 0 && most != Some(1) {
            return Self::NOTHING;
        }
        let once = Self::of(node);
        if least == 0 {
            let mut texts = once.whole.unwrap_or_default();
            texts.push(Vec::new());
            return if texts.len() > 1 { Self::whole(texts) } else { Self::NOTHING };
        }
        let copies =
            once.whole.as_ref().and_then(|texts| (1..least).try_fold(texts.clone(), |grown, _| product(&grown, texts)));
        match copies {
            Some(copies) if most == Some(least) => Self { whole: Some(copies), ..once },
            copies => {
                // The first of several begins as one does.
                let (any, first) = Self { whole: copies.or(once.whole), ..once }.into_best();
                Self { whole: None, best: any, first }
            }
        }
    }
}

/// Each text of the first with each of the second behind it; `None`: too many, or too long.
fn product(first: &[Vec<u8>], second: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    if first.len().saturating_mul(second.len()) > MOST_TEXTS {
        return None;
    }
    let grown: Vec<Vec<u8>> =
        first.iter().flat_map(|begin| second.iter().map(move |end| [begin.as_slice(), end].concat())).collect();
    grown.iter().all(|text| text.len() <= MOST_LENGTH).then_some(grown)
}

/// How much of all text has it.
pub(super) fn share(text: &[u8]) -> f64 {
    let share = share_of_letters(text);
    if common::has(text) { share.max(SHARE_OF_COMMON) } else { share }
}

/// The same by a rough count of letters.
pub(super) fn share_of_letters(text: &[u8]) -> f64 {
    text.iter().map(|byte| frequency(*byte)).product()
}

/// How often a byte stands in mail, in lower case.
pub(super) fn frequency(byte: u8) -> f64 {
    match byte {
        b' ' => 0.15,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' => 0.07,
        b's' | b'r' | b'h' => 0.05,
        b'l' | b'd' | b'c' | b'u' | b'm' => 0.03,
        b'a'..=b'z' => 0.015,
        b'.' | b'-' | b'/' | b'=' | b'\n' | b'<' | b'>' | b'0'..=b'9' => 0.012,
        0x21..=0x7e => 0.004,
        _ => 0.001,
    }
}
