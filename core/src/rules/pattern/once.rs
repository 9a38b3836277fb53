//! Patterns that are made for one message.

use super::{STEP_COST, machine::Machine, read};

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
            let end = found.whole().end;
            from = if end > from { end } else { from + 1 };
        }
        *budget = steps * STEP_COST;
        count
    }
}
