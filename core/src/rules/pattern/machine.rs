//! Patterns as a program that tries one way after another, as Perl does: for what is not regular.

use std::collections::BTreeMap;

use super::{
    bytes::ByteSet,
    tree::{Around, Greed, Node, Place},
};

/// No program is longer.
const MOST_STEPS: usize = 150_000;

/// One step.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Takes these bytes.
    Text(Vec<u8>),
    /// Takes a byte of the set.
    Class(ByteSet),
    /// Takes bytes of the set, at least and at most so many.
    Run { set: ByteSet, least: usize, most: usize, greed: Greed },
    /// Goes on only at such a place.
    Place(Place),
    /// Goes on here, and if that fails, there.
    Try { first: usize, then: usize, can: Can },
    /// Goes on there.
    Jump(usize),
    /// Notes the place in a slot.
    Save(usize),
    /// Fails if nothing was taken since the slot was noted.
    Progress(usize),
    /// Takes what a group took.
    Back { group: usize, in_any_case: bool },
    /// Goes on at `no` if the group took nothing.
    If { group: usize, no: usize },
    /// What follows up to `Done` must match (or not) around the place; then on at `next`.
    Around { around: Around, least: usize, most: usize, next: usize },
    /// What follows up to `Done` matches one way only; then on at `next`.
    Atomic { next: usize },
    /// Matches nowhere.
    Fail,
    /// The end of all, or of what is inside `Around` and `Atomic`.
    Done,
}

/// With what each way of a choice can begin: places in [`Machine::sets`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Can {
    pub(super) first: u32,
    pub(super) then: u32,
}

/// A pattern as a program.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(super) steps: Vec<Step>,
    /// What can follow at choices. The first is every byte, and the end of the text.
    pub(super) sets: Vec<ByteSet>,
    /// Two for each group, then those of loops.
    pub(super) slots: usize,
    /// What a match can begin with; `None`: with anything, or nothing.
    pub(super) firsts: Option<ByteSet>,
    /// It matches only at the start of the text.
    pub(super) is_at_start: bool,
    /// It matches only at the start of a line.
    pub(super) is_at_line_start: bool,
}

impl Machine {
    /// `None`: it would be too long.
    pub(crate) fn new(node: &Node, groups: u32) -> Option<Self> {
        if node.cost() > MOST_STEPS {
            return None;
        }
        let mut writer = Writer { steps: Vec::new(), slots: 2 * (groups as usize + 1) };
        writer.write(node);
        writer.steps.push(Step::Done);
        writer.stop_going_back();
        let sets = writer.look_ahead();
        let mut firsts = ByteSet::EMPTY;
        let firsts = begins(node, &mut firsts).then_some(firsts);
        let is_at_start = begins_at(node, &[Place::Start]);
        let is_at_line_start = begins_at(node, &[Place::Start, Place::LineStart]);
        Some(Self { steps: writer.steps, sets, slots: writer.slots, firsts, is_at_start, is_at_line_start })
    }
}

struct Writer {
    steps: Vec<Step>,
    slots: usize,
}

impl Writer {
    /// Pushes a step that is completed later.
    fn hold(&mut self) -> usize {
        self.steps.push(Step::Fail);
        self.steps.len() - 1
    }

    fn set(&mut self, at: usize, step: Step) {
        if let Some(held) = self.steps.get_mut(at) {
            *held = step;
        }
    }

    /// A run behind which something must stand that is not in it need not be tried shorter.
    fn stop_going_back(&mut self) {
        let mut next: Option<ByteSet> = None;
        for step in self.steps.iter_mut().rev() {
            match step {
                Step::Save(_) => {}
                Step::Run { set, least, greed, .. } => {
                    if *greed == Greed::Greedy && next.is_some_and(|next| next.and(*set) == ByteSet::EMPTY) {
                        *greed = Greed::Possessive;
                    }
                    next = (*least > 0).then_some(*set);
                }
                Step::Text(text) => next = text.first().map(|byte| ByteSet::range(*byte, *byte)),
                Step::Class(set) => next = Some(*set),
                Step::Place(_) | Step::Try { .. } | Step::Jump(_) | Step::Progress(_) | Step::Back { .. } => {
                    next = None;
                }
                Step::If { .. } | Step::Around { .. } | Step::Atomic { .. } | Step::Fail | Step::Done => next = None,
            }
        }
    }

    /// Finds out with which bytes each way of a choice can go on, so that most ways need not be tried.
    fn look_ahead(&mut self) -> Vec<ByteSet> {
        let mut sets = vec![ByteSet::ALL];
        let mut known = BTreeMap::from([(ByteSet::ALL, 0)]);
        // Places in `sets`, from the last step to the first. What lies before is not known yet: it can be anything.
        let mut at_step = vec![0; self.steps.len() + 1];
        for number in (0..self.steps.len()).rev() {
            let at = |step: usize| at_step.get(step).copied().unwrap_or(0);
            let set = |step: usize| sets.get(at(step) as usize).copied().unwrap_or(ByteSet::ALL);
            let Some(step) = self.steps.get_mut(number) else { continue };
            let can = match step {
                Step::Text(text) if text.is_empty() => set(number + 1),
                Step::Text(text) => text.iter().take(1).copied().collect(),
                Step::Class(class) => *class,
                Step::Run { set: run, least: 0, .. } => run.or(set(number + 1)),
                Step::Run { set: run, .. } => *run,
                Step::Save(_) | Step::Progress(_) | Step::Place(_) => set(number + 1),
                Step::Around { next, .. } => set(*next),
                Step::Jump(to) => set(*to),
                Step::Try { first, then, can } => {
                    *can = Can { first: at(*first), then: at(*then) };
                    set(*first).or(set(*then))
                }
                Step::Fail => ByteSet::EMPTY,
                Step::Back { .. } | Step::If { .. } | Step::Atomic { .. } | Step::Done => ByteSet::ALL,
            };
            let place = *known.entry(can).or_insert_with(|| {
                sets.push(can);
                u32::try_from(sets.len() - 1).unwrap_or(0)
            });
            if let Some(held) = at_step.get_mut(number) {
                *held = place;
            }
        }
        sets
    }

    fn write(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Never => self.steps.push(Step::Fail),
            Node::Text(text) => self.steps.push(Step::Text(text.clone())),
            Node::Class(set) => self.steps.push(Step::Class(*set)),
            Node::Place(place) => self.steps.push(Step::Place(*place)),
            Node::All(items) => items.iter().for_each(|item| self.write(item)),
            Node::Either(items) => self.either(items),
            Node::Repeat(repeat) => self.repeat(&repeat.node, repeat.least, repeat.most, repeat.greed),
            Node::Group(number, node) => {
                self.steps.push(Step::Save(2 * *number as usize));
                self.write(node);
                self.steps.push(Step::Save(2 * *number as usize + 1));
            }
            Node::Back(group, in_any_case) => {
                self.steps.push(Step::Back { group: *group as usize, in_any_case: *in_any_case });
            }
            Node::Atomic(node) => self.atomic(|writer| writer.write(node)),
            Node::Around(around, node) => {
                let at = self.hold();
                self.write(node);
                self.steps.push(Step::Done);
                let width = node.width();
                let most = width.most.unwrap_or(usize::MAX);
                self.set(at, Step::Around { around: *around, least: width.least, most, next: self.steps.len() });
            }
            Node::If(group, yes, no) => {
                let at = self.hold();
                self.write(yes);
                let jump = self.hold();
                self.set(at, Step::If { group: *group as usize, no: self.steps.len() });
                self.write(no);
                self.set(jump, Step::Jump(self.steps.len()));
            }
        }
    }

    fn atomic(&mut self, inner: impl FnOnce(&mut Self)) {
        let at = self.hold();
        inner(self);
        self.steps.push(Step::Done);
        self.set(at, Step::Atomic { next: self.steps.len() });
    }

    fn either(&mut self, items: &[Node]) {
        let mut ends = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at + 1 == items.len() {
                self.write(item);
                break;
            }
            let choice = self.hold();
            self.write(item);
            ends.push(self.hold());
            self.set(choice, Step::Try { first: choice + 1, then: self.steps.len(), can: Can::default() });
        }
        let end = self.steps.len();
        for at in ends {
            self.set(at, Step::Jump(end));
        }
    }

    fn repeat(&mut self, node: &Node, least: u32, most: Option<u32>, greed: Greed) {
        if let Some(set) = one_byte(node) {
            let most = most.map_or(usize::MAX, |most| most as usize);
            self.steps.push(Step::Run { set, least: least as usize, most, greed });
            return;
        }
        if greed == Greed::Possessive {
            return self.atomic(|writer| writer.repeat(node, least, most, Greed::Greedy));
        }
        for _ in 0..least {
            self.write(node);
        }
        let choice = |at: usize, end: usize| match greed {
            Greed::Lazy => Step::Try { first: end, then: at + 1, can: Can::default() },
            Greed::Greedy | Greed::Possessive => Step::Try { first: at + 1, then: end, can: Can::default() },
        };
        let Some(most) = most else {
            let at = self.hold();
            let slot = self.slots;
            self.slots += 1;
            self.steps.push(Step::Save(slot));
            self.write(node);
            self.steps.push(Step::Progress(slot));
            self.steps.push(Step::Jump(at));
            self.set(at, choice(at, self.steps.len()));
            return;
        };
        let mut choices = Vec::new();
        for _ in least..most {
            choices.push(self.hold());
            self.write(node);
        }
        let end = self.steps.len();
        for at in choices {
            self.set(at, choice(at, end));
        }
    }
}

/// The set, if the node takes exactly one byte.
fn one_byte(node: &Node) -> Option<ByteSet> {
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
