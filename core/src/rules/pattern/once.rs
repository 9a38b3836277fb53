//! Patterns for a few texts: nothing is prepared that only pays off over many.

use std::ops::Range;

use super::{MOST_STEPS_TO_EXPLAIN, STEP_COST, machine::Machine, read};

/// A pattern of which one wants to know what its first group takes.
#[derive(Debug)]
pub(crate) struct Redirect {
    machine: Machine,
    groups: u32,
}

impl Redirect {
    /// `None`: it cannot be read, or has no group.
    pub(crate) fn new(pattern: &crate::rules::book::Pattern) -> Option<Self> {
        let reading = read::read(&pattern.text, &pattern.flags).ok()?;
        let groups = reading.groups;
        Some(Self { machine: Machine::new(&reading.node, groups)?, groups })
    }

    /// What the first group that takes part took. `budget` is how many steps may be spent, of which one text gets a
    /// share; what is spent is taken off.
    pub(crate) fn target<'text>(&self, text: &'text [u8], budget: &mut u64) -> Option<&'text [u8]> {
        let share = MOST_STEPS_TO_EXPLAIN.min(*budget);
        let mut left = share;
        let found = self.machine.find(text, 0, text.len(), &mut left);
        *budget -= share - left;
        let found = found.ok()??;
        (1..=self.groups).find_map(|group| text.get(found.group(group)?))
    }
}

/// A pattern that is looked for in a few texts.
#[derive(Debug)]
pub(crate) struct Search(Machine);

impl Search {
    /// `None`: it makes no sense, or is too large.
    pub(crate) fn new(pattern: &crate::rules::book::Pattern) -> Option<Self> {
        let reading = read::read(&pattern.text, &pattern.flags).ok()?;
        Machine::new(&reading.node, reading.groups).map(Self)
    }

    /// Whether it matches somewhere, as far as `budget` goes.
    pub(crate) fn is_in(&self, text: &[u8], budget: &mut u64) -> bool {
        matches!(self.0.find(text, 0, text.len(), budget), Ok(Some(_)))
    }
}

/// A pattern for a few texts: nothing is prepared that only pays off over many.
#[derive(Debug)]
pub(crate) struct Once(Machine);

impl Once {
    /// `None`: it makes no sense, or is too large.
    pub(crate) fn new(text: &str, flags: &str) -> Option<Self> {
        let reading = read::read(text, flags).ok()?;
        Machine::new(&reading.node, reading.groups).map(Self)
    }

    /// How many matches stand in the text one behind another, at most `most`. Where it takes too long, those found by
    /// then.
    pub(crate) fn count(&self, text: &[u8], most: u32, budget: &mut u64) -> u32 {
        let (mut count, mut from, mut steps) = (0, 0, *budget / STEP_COST);
        while count < most && from <= text.len() {
            let Ok(Some(found)) = self.0.find(text, from, text.len(), &mut steps) else { break };
            count += 1;
            let Range { start, end } = found.whole();
            from = if end > start { end } else { end + 1 };
        }
        *budget = steps * STEP_COST;
        count
    }
}
