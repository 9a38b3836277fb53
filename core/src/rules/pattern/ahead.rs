//! With which bytes the steps of a machine can go on, so that most ways need not be tried.

use std::collections::BTreeMap;

use super::{
    bytes::ByteSet,
    machine::Writer,
    step::{Ahead, Can, Step},
    tree::Greed,
};

/// What can be the next byte, and the one behind it. All bytes: also none.
type Bytes = (ByteSet, ByteSet);

const ANY: Bytes = (ByteSet::ALL, ByteSet::ALL);

fn either(one: Bytes, other: Bytes) -> Bytes {
    (one.0.or(other.0), one.1.or(other.1))
}

/// Where choices between many ways go on.
#[derive(Debug, Default)]
pub(super) struct Switches {
    /// For each byte: the number of the first way that can begin with it. Each table once.
    tables: Vec<[u8; 256]>,
    /// How many ways a choice has, and the step of each; one choice after another.
    ways: Vec<u32>,
}

impl Switches {
    /// Makes place for so many ways; where.
    pub(super) fn reserve(&mut self, ways: usize) -> usize {
        let chain = self.ways.len();
        self.ways.push(u32::try_from(ways).unwrap_or_default());
        self.ways.resize(chain + 1 + ways, 0);
        chain
    }

    /// Says where a way begins.
    pub(super) fn set(&mut self, chain: u32, way: usize, step: u32) {
        self.ways.get_mut(chain as usize + 1 + way).into_iter().for_each(|held| *held = step);
    }

    fn ways(&self, chain: u32) -> &[u32] {
        let at = self.ways.get(chain as usize..).and_then(<[u32]>::split_first);
        at.and_then(|(count, ways)| ways.get(..*count as usize)).unwrap_or_default()
    }

    /// The step at which to go on.
    #[inline]
    pub(super) fn get(&self, table: u16, chain: u32, byte: u8) -> Option<usize> {
        let number = *self.tables.get(usize::from(table))?.get(usize::from(byte))?;
        self.ways.get(chain as usize + 1 + usize::from(number)).map(|step| *step as usize)
    }

    /// The number of a table; `None`: there are too many.
    fn number(&mut self, table: [u8; 256]) -> Option<u16> {
        let known = self.tables.iter().position(|known| *known == table).unwrap_or(self.tables.len());
        if known == self.tables.len() {
            self.tables.push(table);
        }
        u16::try_from(known).ok()
    }

    /// What it takes in memory, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.tables.len() * size_of::<[u8; 256]>() + size_of_val(&*self.ways)
    }
}

impl Writer {
    /// Tells runs and choices what can follow them.
    pub(super) fn look_ahead(&mut self) {
        // From the last step to the first. What lies before is not known yet: it can be anything. Where there are
        // loops, it is known the second time.
        let mut ahead = vec![ANY; self.steps.len() + 1];
        let mut known = BTreeMap::from([((Ahead::default(), Ahead::default()), 0)]);
        for is_last in if self.has_loops { &[false, true][..] } else { &[true] } {
            for number in (0..self.steps.len()).rev() {
                let Some(step) = self.steps.get(number).copied() else { continue };
                let can = self.begin(step, number, &ahead);
                if let Some(held) = ahead.get_mut(number) {
                    *held = can;
                }
                if *is_last {
                    self.tell(step, number, &ahead, &mut known);
                }
            }
        }
    }

    /// With what a step and what follows it can begin.
    fn begin(&self, step: Step, number: usize, ahead: &[Bytes]) -> Bytes {
        let at = |step: usize| ahead.get(step).copied().unwrap_or(ANY);
        let next = at(number + 1);
        match step {
            Step::Text { .. } | Step::Folded { .. } => self.text(step, next),
            Step::Class(class) => (self.sets.get(class), next.0),
            Step::Run { set, least, most, .. } => {
                let set = self.sets.get(set);
                let again = if most > 1 { set } else { ByteSet::EMPTY };
                match least {
                    0 => (set.or(next.0), again.or(next.0).or(next.1)),
                    1 => (set, again.or(next.0)),
                    _ => (set, set),
                }
            }
            // What stands inside begins where the whole does.
            Step::Switch { .. }
            | Step::Atomic { .. }
            | Step::Next(_)
            | Step::Save(_)
            | Step::Progress(_)
            | Step::Place(_) => next,
            Step::Around { next, .. } => at(next as usize),
            Step::Jump(to) => at(to as usize),
            Step::Try { other, .. } => either(next, at(other as usize)),
            Step::Fail => (ByteSet::EMPTY, ByteSet::EMPTY),
            Step::Back { .. } | Step::If { .. } | Step::Done => ANY,
        }
    }

    fn text(&self, step: Step, next: Bytes) -> Bytes {
        let (Step::Text { at, length } | Step::Folded { at, length }) = step else { return ANY };
        let byte = |skipped: usize| {
            let byte = *self.texts.get(at as usize + skipped).filter(|_| skipped < usize::from(length))?;
            let set = ByteSet::range(byte, byte);
            Some(if matches!(step, Step::Folded { .. }) { set.in_any_case() } else { set })
        };
        byte(0).map_or(ANY, |first| (first, byte(1).unwrap_or(next.0)))
    }

    fn tell(&mut self, step: Step, number: usize, ahead: &[Bytes], known: &mut BTreeMap<(Ahead, Ahead), u16>) {
        let at = |step: usize| ahead.get(step).copied().unwrap_or(ANY);
        if let Step::Run { greed, set, least, most } = step {
            let next = at(number + 1);
            // What stands behind it is not in it: only as long as possible can it be right.
            if greed != Greed::Possessive && next.0.and(self.sets.get(set)) == ByteSet::EMPTY {
                self.set(number, Step::Run { greed: Greed::Possessive, set, least, most });
            }
            let next = self.ahead(next);
            self.set(number + 1, Step::Next(next));
        } else if let Step::Switch { chain, .. } = step {
            let table = self.table(chain, ahead);
            self.set(number, Step::Switch { table, chain });
        } else if let Step::Try { is_lazy, other, .. } = step {
            let (here, there) = (at(number + 1), at(other as usize));
            let (first, then) = if is_lazy { (there, here) } else { (here, there) };
            let can = self.can(known, first, then);
            self.set(number, Step::Try { is_lazy, can, other });
        }
    }

    /// The table for the ways of a choice; 0 where that cannot be made.
    fn table(&mut self, chain: u32, ahead: &[Bytes]) -> u16 {
        let ways = self.switches.ways(chain);
        let last = u8::try_from(ways.len().saturating_sub(1)).unwrap_or(u8::MAX);
        // Where no other can begin, the last one is tried, and fails.
        let mut table = [last; 256];
        for (step, way) in ways.iter().zip(0..last).rev() {
            let (can, _) = ahead.get(*step as usize + 1).copied().unwrap_or(ANY);
            can.bytes().for_each(|byte| table.get_mut(usize::from(byte)).into_iter().for_each(|held| *held = way));
        }
        let number = self.switches.number(table);
        self.is_too_large |= number.is_none();
        number.unwrap_or(0)
    }

    /// The numbers of two sets; 0, which is anything, where there are too many.
    fn ahead(&mut self, (first, second): Bytes) -> Ahead {
        let first = self.sets.number(first).unwrap_or(0);
        // Without a byte there is none behind it.
        let second = if first == 0 { 0 } else { self.sets.number(second).unwrap_or(0) };
        Ahead { first, second }
    }

    /// The number of what can follow; 0, which is anything, if there are too many.
    fn can(&mut self, known: &mut BTreeMap<(Ahead, Ahead), u16>, first: Bytes, then: Bytes) -> u16 {
        let (first, then) = (self.ahead(first), self.ahead(then));
        if let Some(number) = known.get(&(first, then)) {
            return *number;
        }
        let Ok(number) = u16::try_from(self.cans.len()) else { return 0 };
        self.cans.push(Can { first, then });
        known.insert((first, then), number);
        number
    }
}
