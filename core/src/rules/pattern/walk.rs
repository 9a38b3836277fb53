//! Runs a [`Machine`] over a text.

use super::{
    automaton::Exhausted,
    bytes::is_word,
    machine::{Machine, Step},
    tree::{Around, Greed, Place},
};

/// Looking for a place to begin at costs a step for so many bytes.
const SKIPPED_A_STEP: usize = 16;
/// More ways than these are not kept in mind.
const MOST_WAYS: usize = 1 << 18;

/// A match: where each group begins and ends, the whole being group 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found(Vec<Option<usize>>);

impl Found {
    /// What a group took.
    pub(crate) fn group(&self, number: u32) -> Option<std::ops::Range<usize>> {
        let at = 2 * number as usize;
        let (begin, end) = (*self.0.get(at)?, *self.0.get(at + 1)?);
        Some(begin?..end?)
    }

    /// What the whole took.
    pub(crate) fn whole(&self) -> std::ops::Range<usize> {
        self.group(0).unwrap_or(0..0)
    }
}

impl Machine {
    /// The next place at which a match can begin.
    fn next_start(&self, text: &[u8], from: usize, last: usize) -> Option<usize> {
        let mut start = from;
        while start <= last {
            if self.is_at_line_start && start > 0 {
                start += text.get(start - 1..)?.iter().position(|byte| *byte == b'\n')?;
            }
            let Some(firsts) = &self.firsts else { break };
            if !self.is_at_line_start {
                return text
                    .get(start..)?
                    .iter()
                    .take(last + 1 - start)
                    .position(|byte| firsts.has(*byte))
                    .map(|skipped| start + skipped);
            }
            if firsts.has(*text.get(start)?) {
                break;
            }
            start += 1;
        }
        (start <= last).then_some(start)
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
        let mut walk =
            Walk { machine: self, text, slots: vec![None; self.slots], ways: Vec::new(), budget, must_end: None };
        let last = if self.is_at_start { 0 } else { last.min(text.len()) };
        let mut from = from;
        while let Some(start) = self.next_start(text, from, last) {
            walk.spend(1 + (start - from) / SKIPPED_A_STEP)?;
            from = start + 1;
            walk.slots.fill(None);
            walk.ways.clear();
            if let Some(end) = walk.run(0, start)? {
                let mut slots = walk.slots;
                for (slot, place) in slots.iter_mut().zip([start, end]) {
                    *slot = Some(place);
                }
                return Ok(Some(Found(slots)));
            }
        }
        Ok(None)
    }
}

/// Something to go back to.
enum Way {
    /// Go on at this step and place.
    Other {
        step: usize,
        at: usize,
    },
    /// A run may also end earlier (or, if lazy, later), between these places.
    Shorter {
        step: usize,
        least: usize,
        at: usize,
    },
    Longer {
        step: usize,
        at: usize,
        most: usize,
    },
    /// A slot held this before.
    Slot {
        slot: usize,
        held: Option<usize>,
    },
}

struct Walk<'run> {
    machine: &'run Machine,
    text: &'run [u8],
    slots: Vec<Option<usize>>,
    ways: Vec<Way>,
    budget: &'run mut u64,
    /// Where the inner of a look behind must end.
    must_end: Option<usize>,
}

impl Walk<'_> {
    fn spend(&mut self, steps: usize) -> Result<(), Exhausted> {
        *self.budget = self.budget.checked_sub(steps as u64).ok_or(Exhausted)?;
        if self.ways.len() > MOST_WAYS { Err(Exhausted) } else { Ok(()) }
    }

    /// Runs from a step to its `Done`; where that is. Ways that are left when it matches stay.
    fn run(&mut self, step: usize, at: usize) -> Result<Option<usize>, Exhausted> {
        let base = self.ways.len();
        let mut next = Some((step, at));
        loop {
            let Some((step, at)) = next.or_else(|| self.go_back(base)) else { return Ok(None) };
            self.spend(1)?;
            next = match self.machine.steps.get(step) {
                None | Some(Step::Fail) => None,
                Some(Step::Done) if self.must_end.is_some_and(|end| end != at) => None,
                Some(Step::Done) => return Ok(Some(at)),
                Some(Step::Around { around, least, most, next }) => {
                    self.around(step + 1, at, *around, (*least, *most))?.then_some((*next, at))
                }
                Some(Step::Atomic { next }) => self.inner(step + 1, at, None, false)?.map(|end| (*next, end)),
                Some(Step::Run { .. }) => self.repeat(step, at)?,
                Some(simple) => self.simple(simple, step, at),
            };
        }
    }

    /// The next way that is left above `base`.
    fn go_back(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.ways.len() > base {
            match self.ways.pop()? {
                Way::Other { step, at } => return Some((step, at)),
                Way::Shorter { step, least, at } => {
                    if at > least {
                        self.ways.push(Way::Shorter { step, least, at: at - 1 });
                    }
                    return Some((step, at));
                }
                Way::Longer { step, at, most } => {
                    if at < most {
                        self.ways.push(Way::Longer { step, at: at + 1, most });
                    }
                    return Some((step, at));
                }
                Way::Slot { slot, held } => self.set(slot, held),
            }
        }
        None
    }

    fn set(&mut self, slot: usize, value: Option<usize>) {
        if let Some(held) = self.slots.get_mut(slot) {
            *held = value;
        }
    }

    fn slot(&self, slot: usize) -> Option<usize> {
        self.slots.get(slot).copied().flatten()
    }

    /// Whether a way can go on with this byte, or at the end of the text.
    fn can(&self, set: u32, byte: Option<u8>) -> bool {
        match (set, byte, self.machine.sets.get(set as usize)) {
            (0, ..) => true,
            (_, Some(byte), Some(set)) => set.has(byte),
            _ => false,
        }
    }

    fn simple(&mut self, simple: &Step, step: usize, at: usize) -> Option<(usize, usize)> {
        match simple {
            Step::Text(text) => self.text.get(at..)?.starts_with(text).then_some((step + 1, at + text.len())),
            Step::Class(set) => set.has(*self.text.get(at)?).then_some((step + 1, at + 1)),
            Step::Place(place) => is_at(self.text, at, *place).then_some((step + 1, at)),
            Step::Try { first, then, can } => {
                let byte = self.text.get(at).copied();
                if !self.can(can.then, byte) {
                    return Some((*first, at));
                }
                if !self.can(can.first, byte) {
                    return Some((*then, at));
                }
                self.ways.push(Way::Other { step: *then, at });
                Some((*first, at))
            }
            Step::Jump(to) => Some((*to, at)),
            Step::Save(slot) => {
                let held = self.slot(*slot);
                self.set(*slot, Some(at));
                self.ways.push(Way::Slot { slot: *slot, held });
                Some((step + 1, at))
            }
            Step::Progress(slot) => (self.slot(*slot) != Some(at)).then_some((step + 1, at)),
            Step::Back { group, in_any_case } => {
                let (begin, end) = (self.slot(2 * group)?, self.slot(2 * group + 1)?);
                let taken = self.text.get(begin..end)?;
                let here = self.text.get(at..at + taken.len())?;
                let same = if *in_any_case { here.eq_ignore_ascii_case(taken) } else { here == taken };
                same.then_some((step + 1, at + taken.len()))
            }
            Step::If { group, no } => {
                let took = self.slot(2 * group + 1).is_some();
                Some((if took { step + 1 } else { *no }, at))
            }
            Step::Run { .. } | Step::Around { .. } | Step::Atomic { .. } | Step::Fail | Step::Done => None,
        }
    }

    fn repeat(&mut self, step: usize, at: usize) -> Result<Option<(usize, usize)>, Exhausted> {
        let Some(Step::Run { set, least, most, greed }) = self.machine.steps.get(step) else { return Ok(None) };
        let rest = self.text.get(at..).unwrap_or_default();
        let length = rest.iter().take(*most).take_while(|byte| set.has(**byte)).count();
        self.spend(length / 8)?;
        if length < *least {
            return Ok(None);
        }
        let (shortest, longest, next) = (at + least, at + length, step + 1);
        let place = match greed {
            Greed::Possessive => longest,
            Greed::Greedy => {
                if longest > shortest {
                    self.ways.push(Way::Shorter { step: next, least: shortest, at: longest - 1 });
                }
                longest
            }
            Greed::Lazy => {
                if longest > shortest {
                    self.ways.push(Way::Longer { step: next, at: shortest + 1, most: longest });
                }
                shortest
            }
        };
        Ok(Some((next, place)))
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
                self.set(slot, held);
            }
        }
    }

    fn around(
        &mut self,
        step: usize,
        at: usize,
        around: Around,
        (least, most): (usize, usize),
    ) -> Result<bool, Exhausted> {
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
