//! Patterns as finite automata: what `regex-automata` is asked for.
//!
//! Not everything Perl says is regular. Then the automaton takes more than the pattern does, never less, and
//! [`super::machine`] has the last word.

use std::sync::atomic::{AtomicUsize, Ordering};

use regex_automata::{
    Anchored, Input, MatchKind,
    hybrid::dfa::{Cache, DFA},
    nfa::thompson::{NFA, WhichCaptures, pikevm::PikeVM},
    util::primitives::NonMaxUsize,
};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, Look, Repetition};

use super::tree::{Greed, Node, Place, Repeat};

/// What one automaton may take, in bytes.
const MOST_PROGRAM: usize = 16 << 20;
/// What the states found so far may take, in bytes; then it begins anew.
const MOST_CACHE: usize = 8 << 20;
/// What all automata together should take, with all states found so far: beyond it, those go that were used least of late.
const MOST_HELD: usize = 30 << 20;
/// How much of that is left when they have gone.
const ENOUGH_HELD: usize = MOST_HELD / 16 * 15;
/// What they may take in the middle of a message; beyond it, each that grows begins anew.
const MOST_AT_ONCE: usize = 36 << 20;
/// How often an automaton is passed over at most before it goes.
const MOST_WORTH: u8 = 7;
/// Beginning anew more often than this for fewer bytes a state than that, it is no use.
const MOST_CLEARS: usize = 4;
const LEAST_BYTES_A_STATE: usize = 8;
/// Repetitions are counted up to this: each number is a state of its own.
const MOST_COUNTED: u32 = 8;
/// What is spelled out at most where a group is referred to, in pieces.
const MOST_SPELLED: usize = 200;

/// A pattern as an automaton.
#[derive(Debug)]
pub(crate) struct Automaton {
    dfa: DFA,
    /// States found so far.
    cache: Cache,
    nfa: NFA,
    /// How many bytes all of it took when that was last counted.
    counted: usize,
    /// How often it was used of late.
    worth: u8,
}

/// What all automata take, in bytes.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// Whether all automata together take more than they should.
pub(crate) fn are_too_large() -> bool {
    HELD.load(Ordering::Relaxed) > MOST_HELD
}

/// Whether enough of them have gone.
pub(crate) fn are_small_enough() -> bool {
    HELD.load(Ordering::Relaxed) < ENOUGH_HELD
}

/// It would have taken too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Automaton {
    /// `None`: it would be too large.
    pub(crate) fn new(node: &Node) -> Option<Self> {
        let hir = Spelling::new(node).hir(node, true);
        let config = NFA::config()
            .utf8(false)
            .reverse(false)
            .nfa_size_limit(Some(MOST_PROGRAM))
            .which_captures(WhichCaptures::None);
        let nfa = NFA::compiler().configure(config).build_from_hir(&hir).ok()?;
        let config = DFA::config()
            .match_kind(MatchKind::LeftmostFirst)
            .cache_capacity(MOST_CACHE)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(MOST_CLEARS))
            .minimum_bytes_per_state(Some(LEAST_BYTES_A_STATE));
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa.clone()).ok()?;
        let cache = dfa.create_cache();
        let mut automaton = Self { dfa, cache, nfa, counted: 0, worth: 0 };
        automaton.weigh();
        Some(automaton)
    }

    /// Where the first match within `from..to` ends; `earliest`: any end of it will do.
    /// `budget` is how many steps may be spent; what is spent is taken off.
    pub(crate) fn find(
        &mut self,
        text: &[u8],
        span: std::ops::Range<usize>,
        earliest: bool,
        budget: &mut u64,
    ) -> Result<Option<usize>, Exhausted> {
        self.search(&Input::new(text).span(span).anchored(Anchored::No).earliest(earliest), budget)
    }

    /// The same for a match that begins where the span does.
    pub(crate) fn find_at(
        &mut self,
        text: &[u8],
        span: std::ops::Range<usize>,
        earliest: bool,
        budget: &mut u64,
    ) -> Result<Option<usize>, Exhausted> {
        self.search(&Input::new(text).span(span).anchored(Anchored::Yes).earliest(earliest), budget)
    }

    fn search(&mut self, input: &Input<'_>, budget: &mut u64) -> Result<Option<usize>, Exhausted> {
        let length = input.get_span().len() as u64 + 1;
        *budget = budget.checked_sub(length).ok_or(Exhausted)?;
        self.worth = (self.worth + 1).min(MOST_WORTH);
        let found = self.dfa.try_search_fwd(&mut self.cache, input);
        self.weigh();
        match found {
            Ok(found) => Ok(found.map(|found| found.offset())),
            Err(_) => self.find_slowly(input, budget),
        }
    }

    /// Keeps count of what the states take, so that no messages can make all automata large.
    fn weigh(&mut self) {
        let size = self.memory();
        if size <= self.counted {
            return;
        }
        let held = HELD.fetch_add(size - self.counted, Ordering::Relaxed) + size - self.counted;
        self.counted = size;
        if held > MOST_AT_ONCE {
            self.cache = self.dfa.create_cache();
            let small = self.memory().min(size);
            HELD.fetch_sub(size - small, Ordering::Relaxed);
            self.counted = small;
        }
    }

    /// What it took in memory when that was last counted, in bytes: it grows with its states.
    pub(crate) fn counted(&self) -> usize {
        self.counted
    }

    /// Is worth less from now on; `false`: it is worth nothing.
    pub(crate) fn fade(&mut self) -> bool {
        let is_worth = self.worth > 0;
        self.worth /= 2;
        is_worth
    }

    /// Without remembering states.
    fn find_slowly(&self, input: &Input<'_>, budget: &mut u64) -> Result<Option<usize>, Exhausted> {
        let steps = (input.get_span().len() as u64 + 1).saturating_mul(self.nfa.states().len() as u64);
        *budget = budget.checked_sub(steps).ok_or(Exhausted)?;
        let config = PikeVM::config().match_kind(MatchKind::LeftmostFirst);
        let machine = PikeVM::builder().configure(config).build_from_nfa(self.nfa.clone());
        let machine = machine.map_err(|_error| Exhausted)?;
        let mut cache = machine.create_cache();
        let mut slots = [None; 2];
        let found = machine.search_slots(&mut cache, input, &mut slots);
        Ok(found.and(slots[1]).map(NonMaxUsize::get))
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.nfa.memory_usage() + self.dfa.memory_usage() + self.cache.memory_usage()
    }
}

impl Drop for Automaton {
    fn drop(&mut self) {
        HELD.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

/// Spells a tree as `regex-syntax` wants it.
struct Spelling<'node> {
    /// What each group holds, for those who refer to it.
    groups: Vec<(u32, &'node Node)>,
}

impl<'node> Spelling<'node> {
    fn new(node: &'node Node) -> Self {
        let mut groups = Vec::new();
        collect_groups(node, &mut groups);
        Self { groups }
    }

    /// `is_last`: nothing that takes a byte stands behind it.
    fn hir(&self, node: &Node, is_last: bool) -> Hir {
        match node {
            Node::Empty | Node::Around(..) => Hir::empty(),
            Node::Never => Hir::fail(),
            Node::Text(text) => Hir::literal(text.clone()),
            Node::Class(set) => {
                let ranges = set.ranges().into_iter().map(|(first, last)| ClassBytesRange::new(first, last));
                Hir::class(Class::Bytes(ClassBytes::new(ranges)))
            }
            Node::Place(place) => look(*place, is_last),
            Node::All(items) => {
                let last = last_that_counts(items);
                let spelled = items.iter().enumerate().map(|(at, item)| self.hir(item, is_last && at >= last));
                Hir::concat(spelled.collect())
            }
            Node::Either(items) => Hir::alternation(items.iter().map(|item| self.hir(item, is_last)).collect()),
            Node::Repeat(repeat) => again(repeat, self.hir(&repeat.node, is_last && repeat.most == Some(1))),
            Node::Group(_, node) | Node::Atomic(node) => self.hir(node, is_last),
            Node::Back(group, _) => self.back(*group),
            Node::If(_, yes, no) => Hir::alternation(vec![self.hir(yes, is_last), self.hir(no, is_last)]),
        }
    }

    /// What the group would take, if that is short and says nothing of places; else anything.
    fn back(&self, group: u32) -> Hir {
        let mut of_number = self.groups.iter().filter(|(number, _)| *number == group).map(|(_, node)| *node);
        // With `(?|...)` several groups have one number.
        let node = of_number.next().filter(|_| of_number.next().is_none());
        let any = || {
            let all = Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(0, u8::MAX)])));
            Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(all) })
        };
        node.filter(|node| is_only_bytes(node) && node.cost() < MOST_SPELLED)
            .map_or_else(any, |node| self.in_any_case(node))
    }

    fn in_any_case(&self, node: &Node) -> Hir {
        match node {
            Node::Text(text) => {
                Hir::concat(text.iter().map(|byte| self.hir(&Node::byte(*byte, true), false)).collect())
            }
            Node::Class(set) => self.hir(&Node::Class(set.in_any_case()), false),
            Node::All(items) => Hir::concat(items.iter().map(|item| self.in_any_case(item)).collect()),
            Node::Either(items) => Hir::alternation(items.iter().map(|item| self.in_any_case(item)).collect()),
            Node::Repeat(repeat) => again(repeat, self.in_any_case(&repeat.node)),
            Node::Group(_, node) => self.in_any_case(node),
            Node::Empty
            | Node::Never
            | Node::Place(_)
            | Node::Atomic(_)
            | Node::Around(..)
            | Node::Back(..)
            | Node::If(..) => self.hir(node, false),
        }
    }
}

/// Whether the automaton takes exactly what the pattern takes.
pub(crate) fn is_exact(node: &Node) -> bool {
    is_exact_before(node, Behind { is_nothing: true, may_be_nothing: true })
}

/// Whether a match ends where the pattern ends: the automaton takes a last newline along.
pub(crate) fn ends_alike(node: &Node) -> bool {
    match node {
        Node::Place(place) => *place != Place::LastLineEnd,
        Node::Empty | Node::Never | Node::Text(_) | Node::Class(_) | Node::Back(..) => true,
        Node::All(items) | Node::Either(items) => items.iter().all(ends_alike),
        Node::Repeat(repeat) => ends_alike(&repeat.node),
        Node::Group(_, node) | Node::Atomic(node) | Node::Around(_, node) => ends_alike(node),
        Node::If(_, yes, no) => ends_alike(yes) && ends_alike(no),
    }
}

/// What stands behind a node.
#[derive(Clone, Copy)]
struct Behind {
    is_nothing: bool,
    /// It may take no byte.
    may_be_nothing: bool,
}

fn is_exact_before(node: &Node, behind: Behind) -> bool {
    match node {
        // With nothing behind it, the start of a line would also be found where the text ends in a newline.
        Node::Place(Place::LineStart) => !behind.may_be_nothing,
        Node::Place(Place::LastLineEnd) => behind.is_nothing,
        Node::Empty | Node::Never | Node::Text(_) | Node::Class(_) | Node::Place(_) => true,
        Node::All(items) => {
            let mut behind = behind;
            items.iter().rev().all(|item| {
                let is_exact = is_exact_before(item, behind);
                let may_be_nothing = behind.may_be_nothing && item.width().least == 0;
                behind = Behind { is_nothing: false, may_be_nothing };
                is_exact
            })
        }
        Node::Either(items) => items.iter().all(|item| is_exact_before(item, behind)),
        Node::Repeat(repeat) => {
            let is_as_written = bounds(repeat) == (repeat.least, repeat.most) && repeat.greed != Greed::Possessive;
            let is_nothing = behind.is_nothing && repeat.most == Some(1);
            is_as_written && is_exact_before(&repeat.node, Behind { is_nothing, ..behind })
        }
        Node::Group(_, node) => is_exact_before(node, behind),
        Node::Atomic(_) | Node::Around(..) | Node::Back(..) | Node::If(..) => false,
    }
}

/// How often the automaton lets something stand: where it would have to count far, it does not count.
fn bounds(repeat: &Repeat) -> (u32, Option<u32>) {
    let most = repeat.most.filter(|most| *most <= MOST_COUNTED);
    (repeat.least.min(MOST_COUNTED), most)
}

fn again(repeat: &Repeat, sub: Hir) -> Hir {
    let (min, max) = bounds(repeat);
    Hir::repetition(Repetition { min, max, greedy: repeat.greed != Greed::Lazy, sub: Box::new(sub) })
}

/// Behind the item at this place only looks around follow, which the automaton leaves out.
fn last_that_counts(items: &[Node]) -> usize {
    items.iter().rposition(|item| !matches!(item, Node::Around(..))).unwrap_or(0)
}

fn look(place: Place, is_last: bool) -> Hir {
    Hir::look(match place {
        Place::Start => Look::Start,
        Place::LineStart => Look::StartLF,
        Place::End => Look::End,
        Place::LineEnd => Look::EndLF,
        Place::WordEdge => Look::WordAscii,
        Place::NoWordEdge => Look::WordAsciiNegate,
        // A last newline is taken along: nothing comes behind it that could miss it.
        Place::LastLineEnd if is_last => {
            let end = Hir::look(Look::End);
            return Hir::alternation(vec![Hir::concat(vec![Hir::literal(*b"\n"), end.clone()]), end]);
        }
        Place::LastLineEnd => return Hir::empty(),
    })
}

/// Whether it says nothing of places or other groups.
fn is_only_bytes(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Text(_) | Node::Class(_) => true,
        Node::All(items) | Node::Either(items) => items.iter().all(is_only_bytes),
        Node::Repeat(repeat) => is_only_bytes(&repeat.node),
        Node::Group(_, node) => is_only_bytes(node),
        Node::Never | Node::Place(_) | Node::Atomic(_) | Node::Around(..) | Node::Back(..) | Node::If(..) => false,
    }
}

fn collect_groups<'node>(node: &'node Node, groups: &mut Vec<(u32, &'node Node)>) {
    match node {
        Node::Empty | Node::Never | Node::Text(_) | Node::Class(_) | Node::Place(_) | Node::Back(..) => {}
        Node::All(items) | Node::Either(items) => items.iter().for_each(|item| collect_groups(item, groups)),
        Node::Repeat(repeat) => collect_groups(&repeat.node, groups),
        Node::Group(number, inner) => {
            groups.push((*number, inner));
            collect_groups(inner, groups);
        }
        Node::Atomic(inner) | Node::Around(_, inner) => collect_groups(inner, groups),
        Node::If(_, yes, no) => {
            collect_groups(yes, groups);
            collect_groups(no, groups);
        }
    }
}
