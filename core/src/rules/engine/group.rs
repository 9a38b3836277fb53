//! Rules that look at the same texts, run together.

use std::{borrow::Cow, ops::Range};

use crate::rules::pattern::{Matcher, Plan, Sieve, Taken};

use super::{
    scan::{PADDING, Scanner, Sighting, Wish},
    state::{State, as_u32, meet, range},
};

/// Matches of one rule are counted up to this.
const MOST_COUNTED: u32 = 10_000;

/// Places at which a match may begin that are kept for later.
const MOST_STARTS: usize = 1 << 17;

/// Rules of one kind of text.
#[derive(Debug, Default)]
pub(crate) struct Group {
    members: Vec<Member>,
    scanner: Scanner,
    /// For those without literals.
    sieve: Sieve,
    /// Those that must be tried on every text.
    always: Vec<u32>,
    /// For each member, what is asked most.
    briefs: Vec<Brief>,
    /// Rules with `!~`.
    negated: Vec<u32>,
    /// Only other rules ask for its members.
    is_inner: bool,
}

/// What has to be known of a member wherever a literal of it stands: close together, as there are thousands.
#[derive(Clone, Copy, Debug)]
struct Brief {
    first: u32,
    most: u32,
    reach: Option<u32>,
    has_literals: bool,
    has_strands: bool,
    /// Some of its strands are literals.
    has_gates: bool,
    is_inner: bool,
    /// Every match begins with a literal.
    is_first: bool,
}

/// A rule in a group.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its place among all rules.
    pub(crate) rule: u32,
    /// What it looks for.
    pub(crate) matcher: Matcher,
    /// How many matches count; 1: whether it matches at all.
    pub(crate) most: u32,
    /// The first text that it looks at.
    pub(crate) first: u32,
    /// It is tried only where a literal of it stands.
    has_literals: bool,
    /// It is tried only in texts in which a strand of it stands.
    pub(crate) has_strands: bool,
    /// Some of its strands are literals.
    has_gates: bool,
    /// Nobody wants to know of it but other rules.
    is_inner: bool,
    /// `!~`.
    pub(crate) is_negated: bool,
}

/// Where members are to be looked for, if they turn out to matter.
#[derive(Debug, Default)]
pub(crate) struct Later {
    /// By member, then by text.
    places: Vec<Places>,
    /// Where a match may begin, one text after another.
    starts: Vec<(u32, u32)>,
}

#[derive(Clone, Debug)]
struct Places {
    member: u32,
    text: u32,
    /// A part of the text; if `are_starts`, of [`Later::starts`].
    range: Range<usize>,
    are_starts: bool,
}

/// A member, and a part of the current text.
type Part = (u32, (u32, u32));

/// What a run needs besides: kept from message to message, so that memory is asked for once.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    lower: Vec<u8>,
    /// All are as at the beginning, but for those of members that something was met of.
    states: Vec<State>,
    met: Vec<u32>,
    /// Members of which a part of the current text is to be looked at.
    touched: Vec<u32>,
    /// What is to be looked at, with [`State::pending`].
    parts: Vec<Part>,
    /// Members and where a match of theirs may begin in the current text.
    starts: Vec<(u32, u32)>,
}

/// What a group's run says of one member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome<'group> {
    /// The rule.
    pub(crate) member: &'group Member,
    /// How often it matched.
    pub(crate) count: u32,
    /// It took too long and was given up.
    pub(crate) is_exhausted: bool,
    /// In which text, and from where on.
    pub(crate) found: Option<(u32, usize)>,
    /// It is looked for later, if that is wanted.
    pub(crate) is_open: bool,
    /// What finding it out took of its budget.
    pub(crate) spent: u32,
}

impl Member {
    /// A rule, how many of its matches count, and from which text on. `is_inner`: only other rules ask for it.
    pub(crate) fn new(rule: u32, plan: Plan, most: u32, first: u32, is_inner: bool) -> Self {
        // What its groups take is wanted at once.
        let is_inner = is_inner && plan.names.is_empty();
        let (has_literals, has_strands, has_gates) = (false, false, false);
        let matcher = Matcher::new(plan);
        Self { rule, matcher, most, first, has_literals, has_strands, has_gates, is_inner, is_negated: false }
    }
}

/// How many matches of a rule count: of most only whether there is one.
pub(crate) fn most(is_multiple: bool, max_hits: Option<u32>) -> u32 {
    let most = max_hits.filter(|most| *most > 0).map_or(MOST_COUNTED, |most| most.min(MOST_COUNTED));
    if is_multiple { most } else { 1 }
}

impl Group {
    /// Sorts out who needs what.
    pub(crate) fn new(mut members: Vec<Member>) -> Self {
        let mut wanted = Vec::new();
        let (mut sieve, mut always) = (Sieve::default(), Vec::new());
        for (at, member) in (0..).zip(&mut members) {
            let plan = &mut member.matcher.plan;
            // The scanner has them from now on.
            let (taken, required) = (sieve.take(at, plan), plan.required.take());
            let mut want = |texts: Vec<Vec<u8>>, is_gate: bool| {
                wanted.extend(texts.into_iter().map(|text| (text, Wish { member: at, is_gate })));
            };
            member.has_literals = required.is_some();
            match (taken, required) {
                (Some(Taken { literals, is_all: true }), _) if !plan.is_first => {
                    want(literals, false);
                    member.has_literals = true;
                }
                (Some(Taken { literals, .. }), required) => {
                    member.has_gates = !literals.is_empty();
                    want(literals, true);
                    want(required.unwrap_or_default(), false);
                    member.has_strands = true;
                }
                (None, Some(required)) => want(required, false),
                (None, None) => always.push(at),
            }
        }
        sieve.close();
        Self {
            briefs: members.iter().map(Member::brief).collect(),
            negated: members.iter().filter(|member| member.is_negated).map(|member| member.rule).collect(),
            is_inner: members.iter().all(|member| member.is_inner),
            members,
            scanner: Scanner::new(wanted),
            sieve,
            always,
        }
    }

    /// What its patterns take in memory by now, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.members.iter().map(|member| member.matcher.memory()).sum::<usize>() + self.sieve.memory()
    }

    /// Its rules.
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Whether only other rules ask for its members.
    pub(crate) fn is_inner(&self) -> bool {
        self.is_inner
    }

    /// Those of its rules that hold where nothing is found.
    pub(crate) fn negated(&self) -> &[u32] {
        &self.negated
    }

    /// Runs all rules over all texts and calls `tell` for each that matched or was given up. Inner rules are only noted
    /// in `later`, if there is one.
    pub(crate) fn run<'group>(
        &'group self,
        texts: &[Cow<'_, [u8]>],
        (scratch, mut later): (&mut Scratch, Option<&mut Later>),
        (is_any_off, mut is_off): (bool, impl FnMut(u32) -> bool),
        mut tell: impl FnMut(Outcome<'group>),
    ) {
        if scratch.states.len() < self.members.len() {
            scratch.states.resize(self.members.len(), State::FRESH);
        }
        if is_any_off {
            for (number, _) in (0..).zip(&self.members).filter(|(_, member)| is_off(member.rule)) {
                if let Some(state) = meet(&mut scratch.states, &mut scratch.met, number) {
                    (state.is_exhausted, state.budget) = (true, 0);
                }
            }
        }
        for (number, text) in (0..).zip(texts) {
            self.run_text(number, text, scratch, later.as_deref_mut());
        }
        let Scratch { states, met, .. } = scratch;
        if let Some(later) = later {
            later.places.sort_by_key(|places| places.member);
            for member in self.always.iter().chain(later.places.iter().map(|places| &places.member)) {
                let place = self.members.get(*member as usize).zip(meet(states, met, *member));
                if let Some((member, state)) = place {
                    state.is_open = member.is_inner && !state.is_exhausted;
                }
            }
        }
        met.sort_unstable();
        for number in met.drain(..) {
            let place = self.members.get(number as usize).zip(states.get_mut(number as usize));
            let Some((member, state)) = place else { continue };
            let state = std::mem::replace(state, State::FRESH);
            let is_exhausted = state.is_exhausted && !is_off(member.rule);
            if state.count > 0 || is_exhausted || state.is_open {
                tell(state.outcome(member, is_exhausted));
            }
        }
    }

    /// Looks for one member, where that was left for later.
    pub(crate) fn look_later(&self, number: u32, texts: &[Cow<'_, [u8]>], later: &Later) -> Option<Outcome<'_>> {
        let member = self.members.get(number as usize)?;
        let mut state = State::FRESH;
        if self.always.binary_search(&number).is_ok() {
            for (text, at) in texts.iter().zip(0..) {
                state.look(member, at, text, 0..text.len());
            }
            return Some(state.outcome(member, state.is_exhausted));
        }
        let from = later.places.partition_point(|places| places.member < number);
        for Places { text: at, range, are_starts, .. } in
            later.places.iter().skip(from).take_while(|places| places.member == number)
        {
            let text = texts.get(*at as usize)?;
            if *are_starts {
                if state.wants_more(member) {
                    state.look_at(member, *at, text, later.starts.get(range.clone()).unwrap_or_default());
                }
            } else {
                state.look(member, *at, text, range.clone());
            }
        }
        Some(state.outcome(member, state.is_exhausted))
    }

    fn run_text(&self, number: u32, text: &[u8], scratch: &mut Scratch, mut later: Option<&mut Later>) {
        let Scratch { lower, states, met, touched, parts, starts } = scratch;
        lower.clear();
        lower.extend_from_slice(text);
        lower.make_ascii_lowercase();
        lower.extend_from_slice(&[0; PADDING]);
        starts.clear();
        self.sieve.scan(text, |member| {
            let place = self.briefs.get(member as usize).zip(meet(states, met, member));
            let Some((of, state)) = place.filter(|(of, state)| state.wants(of.most)) else { return };
            // Where the strand stands is not known: without a literal all of the text is looked at.
            if !of.has_literals && state.sieved != Some(number) {
                touched.push(member);
                state.pending = Some((0, as_u32(text.len())));
            }
            state.sieved = Some(number);
        });
        let is_later = later.is_some();
        self.scanner.scan(lower, |Sighting { wish: Wish { member, is_gate }, begin, end }| {
            let place = self.briefs.get(member as usize).zip(meet(states, met, member));
            let Some((of, state)) = place.filter(|(of, state)| state.wants(of.most)) else { return };
            if is_gate {
                state.sieved = Some(number);
            }
            if (is_gate && of.has_literals) || (of.has_strands && !of.has_gates && state.sieved != Some(number)) {
                return;
            }
            if of.is_first && number >= of.first {
                return starts.push((member, as_u32(begin)));
            }
            let part = of.part(begin, end, text.len());
            match &mut state.pending {
                None => {
                    touched.push(member);
                    state.pending = Some(part);
                }
                Some(pending) if touch(*pending, part) || (is_later && of.is_inner) || parts.len() >= MOST_STARTS => {
                    *pending = (part.0.min(pending.0), part.1.max(pending.1));
                }
                Some(pending) => parts.push((member, std::mem::replace(pending, part))),
            }
        });
        self.look_at(number, text, (starts, states), later.as_deref_mut());
        for member in touched.drain(..) {
            let pending = states.get_mut(member as usize).and_then(|state| state.pending.take());
            parts.extend(pending.map(|part| (member, part)));
        }
        self.look_in(number, text, (parts, states), later.as_deref_mut());
        self.look_always(number, text, (states, met), later.is_some());
    }

    /// Looks in all parts of a text that are worth it, member after member, and one after another.
    fn look_in(
        &self,
        number: u32,
        text: &[u8],
        (parts, states): (&mut Vec<Part>, &mut [State]),
        mut later: Option<&mut Later>,
    ) {
        parts.sort_unstable();
        let mut left = parts.drain(..).peekable();
        while let Some((member, mut part)) = left.next() {
            while let Some((_, next)) = left.next_if(|(other, next)| *other == member && touch(part, *next)) {
                part.1 = part.1.max(next.1);
            }
            let place = self.members.get(member as usize).zip(states.get_mut(member as usize));
            match (place.filter(|(of, state)| state.is_let_in(of, number)), &mut later) {
                (Some((of, _)), Some(later)) if of.is_inner => {
                    let places = Places { member, text: number, range: range(part), are_starts: false };
                    later.places.push(places);
                }
                (Some((of, state)), _) => state.look(of, number, text, range(part)),
                (None, _) => {}
            }
        }
    }

    /// Those that have nothing to go by.
    fn look_always(&self, number: u32, text: &[u8], (states, met): (&mut [State], &mut Vec<u32>), is_later: bool) {
        for number_of in &self.always {
            let member = self.members.get(*number_of as usize).filter(|member| !(is_later && member.is_inner));
            if let Some((member, state)) = member.zip(meet(states, met, *number_of)) {
                state.look(member, number, text, 0..text.len());
            }
        }
    }

    /// Looks at all places where a match may begin, member after member.
    fn look_at(
        &self,
        number: u32,
        text: &[u8],
        (starts, states): (&mut Vec<(u32, u32)>, &mut [State]),
        mut later: Option<&mut Later>,
    ) {
        starts.sort_unstable_by_key(|(member, start)| (u64::from(*member) << 32) | u64::from(*start));
        starts.dedup();
        for starts in starts.chunk_by(|one, other| one.0 == other.0) {
            let member = starts.first().map_or(0, |(member, _)| *member);
            let place = self.members.get(member as usize).zip(states.get_mut(member as usize));
            match (place.filter(|(of, state)| state.is_let_in(of, number)), &mut later) {
                (Some((of, _)), Some(later)) if of.is_inner => {
                    let places = later.places_at(member, (number, text), starts);
                    later.places.push(places);
                }
                (Some((of, state)), _) => state.look_at(of, number, text, starts),
                (None, _) => {}
            }
        }
    }
}

impl Later {
    /// The places; where they are too many to be kept, all of the text from the first on.
    fn places_at(&mut self, member: u32, (number, text): (u32, &[u8]), starts: &[(u32, u32)]) -> Places {
        let from = self.starts.len();
        if from + starts.len() > MOST_STARTS {
            let first = starts.first().map_or(0, |(_, start)| *start as usize);
            return Places { member, text: number, range: first..text.len(), are_starts: false };
        }
        self.starts.extend(starts);
        Places { member, text: number, range: from..self.starts.len(), are_starts: true }
    }
}

impl Member {
    fn brief(&self) -> Brief {
        Brief {
            first: self.first,
            most: self.most,
            reach: self.matcher.plan.reach,
            has_literals: self.has_literals,
            has_strands: self.has_strands,
            has_gates: self.has_gates,
            is_inner: self.is_inner,
            is_first: self.matcher.plan.is_first,
        }
    }
}

impl Brief {
    /// The part of a text in which a match can lie that has something between these places.
    fn part(&self, begin: usize, end: usize, length: usize) -> (u32, u32) {
        match self.reach {
            Some(reach) if self.most == 1 => {
                let reach = reach as usize + 1;
                (as_u32(end.saturating_sub(reach)), as_u32(begin.saturating_add(reach).min(length)))
            }
            _ => (0, as_u32(length)),
        }
    }
}

/// Whether two parts are one.
fn touch(one: (u32, u32), other: (u32, u32)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}
