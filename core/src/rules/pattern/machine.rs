//! Patterns as a program that tries one way after another, as Perl does: for what is not regular.

use super::{
    ahead::Switches,
    bytes::{ByteSet, Few, Set, other_case},
    heads::Heads,
    literals::frequency,
    step::{Ahead, Can, Run, Sets, Step},
    tail::Tail,
    tree::{Around, Greed, Node, Place},
    window::Window,
};

/// No program is longer.
const MOST_STEPS: usize = 150_000;

/// Of so many ways, the first that can be right is looked up.
const MANY: std::ops::Range<usize> = 5..256;

/// Bytes that stand at no more than this share of all places are looked for one by one.
const MOST_RARE: f64 = 0.03;

/// A pattern as a program. It is kept for as long as the rule is, and there are thousands.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(super) steps: Box<[Step]>,
    /// All texts of its steps, one behind another.
    pub(super) texts: Box<[u8]>,
    /// The first is every byte, and where it is what can follow at a choice, also the end of the text.
    pub(super) sets: Box<[Set]>,
    /// What can follow at choices. The first is anything.
    pub(super) cans: Box<[Can]>,
    /// Where choices between many go on.
    pub(super) switches: Switches,
    /// Which way a look around goes, and between how many bytes it takes.
    pub(super) arounds: Box<[(Around, usize, usize)]>,
    /// Two for each group, then those of loops.
    pub(super) slots: usize,
    /// What a match can begin with; `None`: with anything, or nothing.
    pub(super) firsts: Option<ByteSet>,
    /// The same, if they are few.
    pub(super) few: Option<Few>,
    /// Finds places where a match can begin, if that pays.
    pub(super) heads: Option<Heads>,
    /// The same, where a match takes many bytes.
    pub(super) window: Option<Window>,
    /// It matches only what reaches to the end of the text.
    pub(super) tail: Option<Tail>,
    /// A match takes at least so many bytes.
    pub(super) least: usize,
    /// It matches only at the start of the text.
    pub(super) is_at_start: bool,
    /// It matches only at the start of a line.
    pub(super) is_at_line_start: bool,
}

impl Machine {
    /// `None`: it would be too long.
    pub(crate) fn new(node: &Node, groups: u32) -> Option<Self> {
        Self::with(node, groups, true)
    }

    /// Without what its groups take, unless it refers to that itself.
    pub(crate) fn without_groups(node: &Node, groups: u32) -> Option<Self> {
        Self::with(node, groups, refers_to_groups(node))
    }

    fn with(node: &Node, groups: u32, has_groups: bool) -> Option<Self> {
        if node.cost() > MOST_STEPS {
            return None;
        }
        let mut writer = Writer::new(if has_groups { groups } else { 0 }, has_groups);
        writer.write(node);
        writer.steps.push(Step::Done);
        writer.look_ahead();
        if writer.is_too_large {
            return None;
        }
        let mut firsts = ByteSet::EMPTY;
        let firsts = begins(node, &mut firsts).then_some(firsts);
        Some(Self {
            steps: writer.steps.into(),
            texts: writer.texts.into(),
            sets: writer.sets.into_all(),
            cans: writer.cans.into(),
            switches: writer.switches,
            arounds: writer.arounds.into(),
            slots: writer.slots,
            few: firsts.and_then(|firsts| firsts.few()),
            firsts,
            heads: None,
            window: None,
            tail: None,
            least: 0,
            is_at_start: begins_at(node, &[Place::Start]),
            is_at_line_start: begins_at(node, &[Place::Start, Place::LineStart]),
        })
    }

    /// For one that is looked for in all of many texts.
    pub(crate) fn with_heads(self, node: &Node) -> Self {
        let heads = Heads::of(node);
        // What is rare enough is found quicker by its first byte.
        let is_rare = |firsts: &ByteSet| {
            let share: f64 = firsts.bytes().map(|byte| frequency(byte.to_ascii_lowercase())).sum();
            share < MOST_RARE || heads.is_none()
        };
        let few = self.few.filter(|_| self.firsts.as_ref().is_some_and(is_rare));
        let share = heads.as_ref().map_or(1.0, |heads| heads.share);
        let before = heads.as_ref().map_or(1.0, |heads| heads.before);
        let is_anywhere = few.is_none() && !self.is_at_start && !self.is_at_line_start;
        let window = is_anywhere.then(|| Window::of(node, share, before)).flatten();
        Self { few, heads, window, tail: Tail::of(node), least: node.width().least, ..self }
    }

    /// How many steps it has.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.steps)
            + self.texts.len()
            + size_of_val(&*self.sets)
            + size_of_val(&*self.cans)
            + size_of_val(&*self.arounds)
            + self.switches.memory()
            + self.heads.as_ref().map_or(0, Heads::memory)
            + self.window.as_ref().map_or(0, Window::memory)
    }
}

pub(super) struct Writer {
    pub(super) steps: Vec<Step>,
    pub(super) texts: Vec<u8>,
    pub(super) sets: Sets,
    pub(super) cans: Vec<Can>,
    pub(super) switches: Switches,
    arounds: Vec<(Around, usize, usize)>,
    slots: usize,
    /// What groups take is noted.
    has_groups: bool,
    /// A number did not fit into a step.
    pub(super) is_too_large: bool,
    /// A step goes on at one before it.
    pub(super) has_loops: bool,
}

impl Writer {
    fn new(groups: u32, has_groups: bool) -> Self {
        let slots = 2 * (groups as usize + 1);
        let cans = vec![Can::default()];
        let switches = Switches::default();
        let (steps, texts, arounds) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            steps,
            texts,
            sets: Sets::default(),
            cans,
            switches,
            arounds,
            slots,
            has_groups,
            is_too_large: false,
            has_loops: false,
        }
    }

    /// The number of a set.
    fn number(&mut self, set: ByteSet) -> u16 {
        let number = self.sets.number(set);
        self.is_too_large |= number.is_none();
        number.unwrap_or(0)
    }

    /// A number as steps have it.
    fn small<S: TryFrom<usize> + Default>(&mut self, number: usize) -> S {
        let small = S::try_from(number).ok();
        self.is_too_large |= small.is_none();
        small.unwrap_or_default()
    }

    fn push_text(&mut self, text: &[u8], is_folded: bool) {
        for piece in text.chunks(usize::from(u16::MAX)) {
            let (at, length) = (self.small(self.texts.len()), self.small(piece.len()));
            self.texts.extend(piece);
            self.steps.push(if is_folded { Step::Folded { at, length } } else { Step::Text { at, length } });
        }
    }

    /// Pushes a step that is completed later.
    fn hold(&mut self) -> usize {
        self.steps.push(Step::Fail);
        self.steps.len() - 1
    }

    pub(super) fn set(&mut self, at: usize, step: Step) {
        if let Some(held) = self.steps.get_mut(at) {
            *held = step;
        }
    }

    fn write(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Never => self.steps.push(Step::Fail),
            Node::Text(text) => self.push_text(text, false),
            Node::Class(set) => {
                if let Some(letter) = letter(*set) {
                    self.push_text(&[letter], true);
                } else {
                    let set = self.number(*set);
                    self.steps.push(Step::Class(set));
                }
            }
            Node::Place(place) => self.steps.push(Step::Place(*place)),
            Node::All(items) => self.all(items),
            Node::Either(items) => self.either(items),
            Node::Repeat(repeat) => self.repeat(&repeat.node, repeat.least, repeat.most, repeat.greed),
            Node::Group(_, node) if !self.has_groups => self.write(node),
            Node::Group(number, node) => {
                self.steps.push(Step::Save(2 * number));
                self.write(node);
                self.steps.push(Step::Save(2 * number + 1));
            }
            Node::Back(group, in_any_case) => {
                self.steps.push(Step::Back { in_any_case: *in_any_case, group: *group });
            }
            Node::Atomic(node) => self.atomic(|writer| writer.write(node)),
            Node::Around(around, node) => self.around(*around, node),
            Node::If(group, yes, no) => {
                let group = self.small(*group as usize);
                let at = self.hold();
                self.write(yes);
                let jump = self.hold();
                let no_at = self.here();
                self.set(at, Step::If { group, no: no_at });
                self.write(no);
                let end = self.here();
                self.set(jump, Step::Jump(end));
            }
        }
    }

    /// Where the next step will be.
    fn here(&mut self) -> u32 {
        self.small(self.steps.len())
    }

    /// One after another. Neighbours that take one text in any case of letters are one step.
    fn all(&mut self, items: &[Node]) {
        let mut folded = Vec::new();
        for item in items {
            if let Node::Class(set) = item
                && let Some(letter) = letter(*set)
            {
                folded.push(letter);
            } else if let Node::Text(text) = item
                && !text.iter().any(u8::is_ascii_alphabetic)
            {
                folded.extend(text);
            } else {
                self.folded(&mut folded);
                self.write(item);
            }
        }
        self.folded(&mut folded);
    }

    fn folded(&mut self, text: &mut Vec<u8>) {
        let is_folded = text.iter().any(u8::is_ascii_alphabetic);
        self.push_text(text, is_folded);
        text.clear();
    }

    fn around(&mut self, around: Around, node: &Node) {
        let width = node.width();
        let kind = self.small(self.arounds.len());
        self.arounds.push((around, width.least, width.most.unwrap_or(usize::MAX)));
        let at = self.hold();
        self.write(node);
        self.steps.push(Step::Done);
        let next = self.here();
        self.set(at, Step::Around { kind, next });
    }

    fn atomic(&mut self, inner: impl FnOnce(&mut Self)) {
        let at = self.hold();
        inner(self);
        self.steps.push(Step::Done);
        let next = self.here();
        self.set(at, Step::Atomic { next });
    }

    /// Pushes the step that stands before so many ways; where their places are kept.
    fn switch(&mut self, ways: usize) -> u32 {
        let chain = self.switches.reserve(ways);
        let chain = self.small(chain);
        self.steps.push(Step::Switch { table: 0, chain });
        chain
    }

    fn either(&mut self, items: &[Node]) {
        let mut ends = Vec::new();
        let chain = MANY.contains(&items.len()).then(|| self.switch(items.len()));
        for (at, item) in items.iter().enumerate() {
            let here = self.here();
            if let Some(chain) = chain {
                self.switches.set(chain, at, here);
            }
            if at + 1 == items.len() {
                self.write(item);
                break;
            }
            let choice = self.hold();
            self.write(item);
            ends.push(self.hold());
            let other = self.here();
            self.set(choice, Step::Try { is_lazy: false, can: 0, other });
        }
        let end = self.here();
        for at in ends {
            self.set(at, Step::Jump(end));
        }
    }

    fn repeat(&mut self, node: &Node, least: u32, most: Option<u32>, greed: Greed) {
        if let Some(set) = one_byte(node) {
            let (set, least) = (self.number(set), self.small(least as usize));
            let most = most.map_or(Run::ENDLESS, |most| self.small(most as usize));
            self.steps.push(Step::Run { greed, set, least, most });
            self.steps.push(Step::Next(Ahead::default()));
            return;
        }
        if greed == Greed::Possessive {
            return self.atomic(|writer| writer.repeat(node, least, most, Greed::Greedy));
        }
        for _ in 0..least {
            self.write(node);
        }
        let choice = |other: u32| Step::Try { is_lazy: greed == Greed::Lazy, can: 0, other };
        let Some(most) = most else {
            let (at, back) = (self.hold(), self.small(self.steps.len() - 1));
            // What takes a byte each time comes to an end.
            let slot = (node.width().least == 0).then(|| self.small(self.slots));
            if let Some(slot) = slot {
                self.slots += 1;
                self.steps.push(Step::Save(slot));
            }
            self.write(node);
            self.steps.extend(slot.map(Step::Progress));
            self.steps.push(Step::Jump(back));
            self.has_loops = true;
            let end = self.here();
            self.set(at, choice(end));
            return;
        };
        let mut choices = Vec::new();
        for _ in least..most {
            choices.push(self.hold());
            self.write(node);
        }
        let end = self.here();
        for at in choices {
            self.set(at, choice(end));
        }
    }
}

/// The letter in lower case, if a set is that letter in any case.
fn letter(set: ByteSet) -> Option<u8> {
    if set.len() != 2 {
        return None;
    }
    let mut bytes = set.bytes();
    let (upper, lower) = (bytes.next()?, bytes.next()?);
    (other_case(upper) == Some(lower) && bytes.next().is_none()).then_some(lower)
}

/// Whether it says something of what a group took.
pub(super) fn refers_to_groups(node: &Node) -> bool {
    match node {
        Node::Back(..) | Node::If(..) => true,
        Node::Empty | Node::Never | Node::Text(_) | Node::Class(_) | Node::Place(_) => false,
        Node::All(items) | Node::Either(items) => items.iter().any(refers_to_groups),
        Node::Repeat(repeat) => refers_to_groups(&repeat.node),
        Node::Group(_, node) | Node::Atomic(node) | Node::Around(_, node) => refers_to_groups(node),
    }
}

/// The set, if the node takes exactly one byte.
pub(super) fn one_byte(node: &Node) -> Option<ByteSet> {
    match node {
        Node::Class(set) => Some(*set),
        Node::Text(text) => match text.as_slice() {
            [byte] => Some(ByteSet::range(*byte, *byte)),
            _ => None,
        },
        Node::Empty
        | Node::Never
        | Node::Place(_)
        | Node::All(_)
        | Node::Either(_)
        | Node::Repeat(_)
        | Node::Group(..)
        | Node::Atomic(_)
        | Node::Around(..)
        | Node::Back(..)
        | Node::If(..) => None,
    }
}

/// Adds what the node can begin with; `false`: it may also take nothing, or it cannot be said.
fn begins(node: &Node, firsts: &mut ByteSet) -> bool {
    match node {
        Node::Text(text) => text.first().is_some_and(|byte| {
            firsts.add(*byte);
            true
        }),
        Node::Class(set) => {
            *firsts = firsts.or(*set);
            true
        }
        Node::All(items) => items.iter().any(|item| begins(item, firsts)),
        Node::Either(items) => {
            // Each adds what it can begin with, also behind one that may take nothing.
            let sure = items.iter().filter(|item| begins(item, firsts)).count();
            sure == items.len()
        }
        Node::Repeat(repeat) => begins(&repeat.node, firsts) && repeat.least > 0,
        Node::Group(_, node) | Node::Atomic(node) => begins(node, firsts),
        Node::Never => true,
        Node::Empty | Node::Place(_) | Node::Around(..) => false,
        Node::Back(..) | Node::If(..) => {
            *firsts = ByteSet::ALL;
            false
        }
    }
}

/// Whether it matches only at such places.
fn begins_at(node: &Node, places: &[Place]) -> bool {
    match node {
        Node::Place(place) => places.contains(place),
        Node::All(items) => items.first().is_some_and(|item| begins_at(item, places)),
        Node::Either(items) => !items.is_empty() && items.iter().all(|item| begins_at(item, places)),
        Node::Group(_, node) | Node::Atomic(node) => begins_at(node, places),
        Node::Empty
        | Node::Never
        | Node::Text(_)
        | Node::Class(_)
        | Node::Repeat(_)
        | Node::Around(..)
        | Node::Back(..)
        | Node::If(..) => false,
    }
}
