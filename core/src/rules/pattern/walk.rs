//! Runs a [`Machine`] over a text.

use std::cell::Cell;

use super::{
    automaton::Exhausted,
    bytes::is_word,
    machine::Machine,
    step::{Run, Step},
    tree::{Greed, Place},
};

/// Looking for a place to begin at costs a step for so many bytes.
const SKIPPED_A_STEP: usize = 16;
/// More ways than these are not kept in mind.
const MOST_WAYS: usize = 1 << 18;
/// Memory for more than these is not kept for the next pattern.
const MOST_WAYS_KEPT: usize = 1 << 12;

/// So many slots need no memory of their own. Most machines have no more.
const FEW_SLOTS: usize = 8;

thread_local! {
    /// Memory for [`Walk::ways`]: thousands of patterns are tried on a message, most for a few steps.
    static WAYS: Cell<Vec<Way>> = const { Cell::new(Vec::new()) };
}

/// A match: where each group begins and ends, the whole being group 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found(Slots);

/// Places that are kept in mind by number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slots {
    few: [usize; FEW_SLOTS],
    /// Those beyond.
    more: Vec<usize>,
}

/// What a slot holds that holds nothing: no text is so long.
const NOWHERE: usize = usize::MAX;

impl Slots {
    fn new(count: usize) -> Self {
        Self { few: [NOWHERE; FEW_SLOTS], more: vec![NOWHERE; count.saturating_sub(FEW_SLOTS)] }
    }

    fn get(&self, slot: usize) -> Option<usize> {
        let beyond = || self.more.get(slot.checked_sub(FEW_SLOTS)?);
        self.few.get(slot).or_else(beyond).copied().filter(|place| *place != NOWHERE)
    }

    /// What it held before.
    fn set(&mut self, slot: usize, value: usize) -> usize {
        let held = match slot.checked_sub(FEW_SLOTS) {
            None => self.few.get_mut(slot),
            Some(beyond) => self.more.get_mut(beyond),
        };
        held.map_or(NOWHERE, |held| std::mem::replace(held, value))
    }
}

impl Found {
    /// What a group took.
    pub(crate) fn group(&self, number: u32) -> Option<std::ops::Range<usize>> {
        let at = 2 * number as usize;
        Some(self.0.get(at)?..self.0.get(at + 1)?)
    }

    /// What the whole took.
    pub(crate) fn whole(&self) -> std::ops::Range<usize> {
        self.group(0).unwrap_or(0..0)
    }
}

impl Machine {
    /// How many matches stand in the text one behind another, at most `most`.
    pub(crate) fn count(&self, text: &[u8], most: u32, budget: &mut u64) -> Result<u32, Exhausted> {
        let mut count = 0;
        let Some((mut from, last)) = self.bounds(text, 0, text.len()) else { return Ok(0) };
        let Some(mut start) = self.next_start(text, from, last) else { return Ok(0) };
        let (slots, ways) = (Slots::new(self.slots), Vec::new());
        let mut walk = Walk { machine: self, text, slots, ways, budget: *budget, must_end: None };
        while count < most {
            let found = walk.find((from, start), last);
            *budget = walk.budget;
            let Some((start_of, end)) = found? else { break };
            count += 1;
            // Behind a match that took nothing, the next begins a byte further.
            from = if end > start_of { end } else { end + 1 };
            let Some(next) = self.next_start(text, from, last) else { break };
            start = next;
            walk.ways.clear();
            if self.slots > 2 {
                walk.slots = Slots::new(self.slots);
            }
        }
        Ok(count)
    }

    /// The first match that begins within `from..=last`. `budget` is how many steps may be spent; what is spent is
    /// taken off.
    pub(crate) fn find(
        &self,
        text: &[u8],
        from: usize,
        last: usize,
        budget: &mut u64,
    ) -> Result<Option<Found>, Exhausted> {
        let Some((from, last)) = self.bounds(text, from, last) else { return Ok(None) };
        // Most texts have no place to begin at: only one that has needs memory.
        let Some(start) = self.next_start(text, from, last) else { return Ok(None) };
        let (slots, ways) = (Slots::new(self.slots), WAYS.take());
        let mut walk = Walk { machine: self, text, slots, ways, budget: *budget, must_end: None };
        let found = walk.find((from, start), last);
        let Walk { slots, mut ways, budget: left, .. } = walk;
        *budget = left;
        ways.clear();
        if ways.capacity() <= MOST_WAYS_KEPT {
            WAYS.set(ways);
        }
        Ok(found?.map(|(start, end)| {
            let mut slots = slots;
            slots.set(0, start);
            slots.set(1, end);
            Found(slots)
        }))
    }
}

/// Something to go back to.
enum Way {
    /// Go on at this step and place.
    Other {
        step: usize,
        at: usize,
    },
    /// A run may also end earlier (or, if lazy, later), between these places. `next`: the step behind it.
    Shorter {
        next: usize,
        least: usize,
        at: usize,
    },
    Longer {
        next: usize,
        at: usize,
        most: usize,
    },
    /// A slot held this before.
    Slot {
        slot: usize,
        held: usize,
    },
}

struct Walk<'run> {
    machine: &'run Machine,
    text: &'run [u8],
    slots: Slots,
    ways: Vec<Way>,
    /// How many steps may be spent.
    budget: u64,
    /// Where the inner of a look behind must end.
    must_end: Option<usize>,
}

impl Walk<'_> {
    /// Where the first match begins and ends that begins at `start` or behind it.
    fn find(&mut self, (from, start): (usize, usize), last: usize) -> Result<Option<(usize, usize)>, Exhausted> {
        let (mut from, mut start) = (from, start);
        loop {
            self.spend(1 + (start - from) / SKIPPED_A_STEP)?;
            if let Some(end) = self.run(0, start)? {
                return Ok(Some((start, end)));
            }
            from = start + 1;
            let Some(next) = self.machine.next_start(self.text, from, last) else { return Ok(None) };
            // Whoever goes back all the way leaves no way, and the slots as they were.
            start = next;
        }
    }

    fn spend(&mut self, steps: usize) -> Result<(), Exhausted> {
        self.budget = self.budget.checked_sub(steps as u64).ok_or(Exhausted)?;
        if self.ways.len() > MOST_WAYS { Err(Exhausted) } else { Ok(()) }
    }

    /// What is spent where there is no way to say that it was too much: the next step says it.
    #[inline]
    fn charge(&mut self, steps: usize) {
        self.budget = self.budget.saturating_sub(steps as u64);
    }

    /// Runs from a step to its `Done`; where that is. Ways that are left when it matches stay.
    fn run(&mut self, step: usize, at: usize) -> Result<Option<usize>, Exhausted> {
        let base = self.ways.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.spend(1)?;
            let next = match self.machine.steps.get(step) {
                None | Some(Step::Fail) => None,
                Some(Step::Done) if self.must_end.is_some_and(|end| end != at) => None,
                Some(Step::Done) => return Ok(Some(at)),
                Some(Step::Around { kind, next }) => self.around(step + 1, at, *kind)?.then_some((*next as usize, at)),
                Some(Step::Atomic { next }) => self.inner(step + 1, at, None, false)?.map(|end| (*next as usize, end)),
                Some(Step::Run { greed, set, least, most }) => {
                    self.repeat(Run { greed: *greed, set: *set, least: *least, most: *most }, step + 1, at)
                }
                Some(simple) => self.simple(*simple, step, at),
            };
            (step, at) = match next {
                Some(next) => next,
                None => match self.go_back(base) {
                    Some(next) => next,
                    None => return Ok(None),
                },
            };
        }
    }

    /// The next way that is left above `base`.
    fn go_back(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.ways.len() > base {
            match self.ways.pop()? {
                Way::Other { step, at } => return Some((step, at)),
                Way::Shorter { next, least, at } => {
                    if let Some(at) = self.shorter(next, least, at) {
                        return Some((next, at));
                    }
                }
                Way::Longer { next, at, most } => {
                    if let Some(at) = self.longer(next, at, most) {
                        return Some((next, at));
                    }
                }
                Way::Slot { slot, held } => {
                    self.slots.set(slot, held);
                }
            }
        }
        None
    }

    /// The last place between these at which the step can go on. Those before it are left for later.
    fn shorter(&mut self, next: usize, least: usize, most: usize) -> Option<usize> {
        let (machine, text) = (self.machine, self.text);
        let ahead = machine.ahead(next);
        let mut place = most;
        if let Some(first) = machine.set(ahead.first) {
            let mut end = text.len().min(most + 1);
            loop {
                place = least + first.last_in(text.get(least..end)?)?;
                self.charge(1 + (end - place) / SKIPPED_A_STEP);
                if machine.can_follow(ahead.second, text, place + 1) {
                    break;
                }
                end = place;
            }
        }
        if place > least {
            self.ways.push(Way::Shorter { next, least, at: place - 1 });
        }
        Some(place)
    }

    /// The same for the first place.
    fn longer(&mut self, next: usize, least: usize, most: usize) -> Option<usize> {
        let (machine, text) = (self.machine, self.text);
        let ahead = machine.ahead(next);
        let mut place = least;
        if let Some(first) = machine.set(ahead.first) {
            let end = text.len().min(most + 1);
            loop {
                let skipped = first.first_in(text.get(place..end)?)?;
                place += skipped;
                self.charge(1 + skipped / SKIPPED_A_STEP);
                if machine.can_follow(ahead.second, text, place + 1) {
                    break;
                }
                place += 1;
            }
        }
        if place < most {
            self.ways.push(Way::Longer { next, at: place + 1, most });
        }
        Some(place)
    }

    /// The bytes of a text.
    fn literal(&self, at: u32, length: u16) -> &[u8] {
        let at = at as usize;
        self.machine.texts.get(at..at + usize::from(length)).unwrap_or_default()
    }

    fn simple(&mut self, simple: Step, step: usize, at: usize) -> Option<(usize, usize)> {
        match simple {
            Step::Text { at: from, length } => {
                let end = at + usize::from(length);
                (self.text.get(at..end)? == self.literal(from, length)).then_some((step + 1, end))
            }
            Step::Folded { at: from, length } => {
                let end = at + usize::from(length);
                let is_same = is_folded(self.text.get(at..end)?, self.literal(from, length));
                is_same.then_some((step + 1, end))
            }
            Step::Class(set) => {
                let set = self.machine.sets.get(usize::from(set))?;
                set.has(*self.text.get(at)?).then_some((step + 1, at + 1))
            }
            Step::Place(place) => is_at(self.text, at, place).then_some((step + 1, at)),
            Step::Try { is_lazy, can, other } => {
                let (here, there) = (step + 1, other as usize);
                let (first, then) = if is_lazy { (there, here) } else { (here, there) };
                let can = self.machine.cans.get(usize::from(can)).copied().unwrap_or_default();
                if !self.machine.can_begin(can.then, self.text, at) {
                    return Some((first, at));
                }
                if !self.machine.can_begin(can.first, self.text, at) {
                    return Some((then, at));
                }
                self.ways.push(Way::Other { step: then, at });
                Some((first, at))
            }
            Step::Switch { table, chain } => {
                let way = |byte: &u8| self.machine.switches.get(table, chain, *byte);
                Some((self.text.get(at).and_then(way).unwrap_or(step + 1), at))
            }
            Step::Jump(to) => Some((to as usize, at)),
            Step::Next(_) => Some((step + 1, at)),
            Step::Save(slot) => {
                let slot = slot as usize;
                let held = self.slots.set(slot, at);
                self.ways.push(Way::Slot { slot, held });
                Some((step + 1, at))
            }
            Step::Progress(slot) => (self.slots.get(slot as usize) != Some(at)).then_some((step + 1, at)),
            Step::Back { group, in_any_case } => {
                let group = group as usize;
                let (begin, end) = (self.slots.get(2 * group)?, self.slots.get(2 * group + 1)?);
                let taken = self.text.get(begin..end)?;
                let here = self.text.get(at..at + taken.len())?;
                let same = if in_any_case { here.eq_ignore_ascii_case(taken) } else { here == taken };
                same.then_some((step + 1, at + taken.len()))
            }
            Step::If { group, no } => {
                let took = self.slots.get(2 * usize::from(group) + 1).is_some();
                Some((if took { step + 1 } else { no as usize }, at))
            }
            Step::Run { .. } | Step::Around { .. } | Step::Atomic { .. } | Step::Fail | Step::Done => None,
        }
    }

    /// Takes a run; `next` is the step behind it.
    fn repeat(&mut self, run: Run, next: usize, at: usize) -> Option<(usize, usize)> {
        let set = self.machine.sets.get(usize::from(run.set))?;
        let rest = self.text.get(at..)?;
        let length = set.run(rest.get(..run.most()).unwrap_or(rest));
        self.charge(length / SKIPPED_A_STEP);
        let (shortest, longest) = (at + usize::from(run.least), at + length);
        if longest < shortest {
            return None;
        }
        let place = match run.greed {
            Greed::Possessive => longest,
            Greed::Greedy => self.shorter(next, shortest, longest)?,
            Greed::Lazy => self.longer(next, shortest, longest)?,
        };
        Some((next, place))
    }

    /// Runs what stands inside, one way only: afterwards no other way of it is left. What groups took stays if it
    /// matched and `forgets` is not set.
    fn inner(
        &mut self,
        step: usize,
        at: usize,
        must_end: Option<usize>,
        forgets: bool,
    ) -> Result<Option<usize>, Exhausted> {
        let outer = std::mem::replace(&mut self.must_end, must_end);
        let base = self.ways.len();
        let end = self.run(step, at)?;
        self.must_end = outer;
        if forgets {
            self.forget(base);
        } else {
            let mut kept = base;
            for at in base..self.ways.len() {
                if matches!(self.ways.get(at), Some(Way::Slot { .. })) {
                    self.ways.swap(kept, at);
                    kept += 1;
                }
            }
            self.ways.truncate(kept);
        }
        Ok(end)
    }

    /// Takes back what slots hold since `base`.
    fn forget(&mut self, base: usize) {
        while self.ways.len() > base {
            if let Some(Way::Slot { slot, held }) = self.ways.pop() {
                self.slots.set(slot, held);
            }
        }
    }

    fn around(&mut self, step: usize, at: usize, kind: u16) -> Result<bool, Exhausted> {
        let Some((around, least, most)) = self.machine.arounds.get(usize::from(kind)).copied() else {
            return Ok(false);
        };
        let mut matches = false;
        if around.is_ahead {
            matches = self.inner(step, at, None, around.is_negated)?.is_some();
        } else {
            for back in least..=most.min(at) {
                if self.inner(step, at - back, Some(at), around.is_negated)?.is_some() {
                    matches = true;
                    break;
                }
            }
        }
        Ok(matches != around.is_negated)
    }
}

/// Whether a text is this one, which is in lower case, in any case of letters.
fn is_folded(text: &[u8], lower: &[u8]) -> bool {
    text.len() == lower.len() && text.iter().zip(lower).all(|(byte, lower)| byte.to_ascii_lowercase() == *lower)
}

/// Whether a place is of this kind.
fn is_at(text: &[u8], at: usize, place: Place) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before)).copied();
    let after = text.get(at).copied();
    match place {
        Place::Start => at == 0,
        Place::LineStart => at == 0 || (before == Some(b'\n') && after.is_some()),
        Place::End => after.is_none(),
        Place::LineEnd => after.is_none_or(|byte| byte == b'\n'),
        Place::LastLineEnd => after.is_none() || (after == Some(b'\n') && at + 1 == text.len()),
        Place::WordEdge => before.is_some_and(is_word) != after.is_some_and(is_word),
        Place::NoWordEdge => before.is_some_and(is_word) == after.is_some_and(is_word),
    }
}
