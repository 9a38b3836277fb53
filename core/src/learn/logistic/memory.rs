//! Lessons that are kept to be gone over again.
//!
//! As many bytes of ham as of spam. Beyond that each new lesson takes the place of one drawn by lot, so that the newer
//! ones are there more often, and old ones for a long time.

use super::{Label, Lesson};

/// Bytes of the lessons of one label: about eighteen hundred messages.
const MAX_BYTES: usize = 6 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    ham: Kept,
    spam: Kept,
    /// Where the generator stands.
    state: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Kept {
    lessons: Vec<Lesson>,
    bytes: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { ham: Kept::default(), spam: Kept::default(), state: 0x9E37_79B9_7F4A_7C15 }
    }
}

impl Memory {
    /// Draws an earlier lesson of the one label or of the other, in turn. `None` if there is none yet.
    pub(super) fn recall(&mut self, turn: u32) -> Option<(&Lesson, Label)> {
        let lot = self.lot();
        let wanted = if turn.is_multiple_of(2) { Label::Ham } else { Label::Spam };
        let other = if wanted == Label::Ham { Label::Spam } else { Label::Ham };
        let has_any = |label| !if label == Label::Ham { &self.ham } else { &self.spam }.lessons.is_empty();
        let label = [wanted, other].into_iter().find(|label| has_any(*label))?;
        let lessons = &self.of(label).lessons;
        lessons.get(place(lot, lessons.len())).map(|lesson| (lesson, label))
    }

    /// Keeps a lesson, and forgets others if they are too many.
    pub(super) fn keep(&mut self, lesson: Lesson, label: Label) {
        let kept = self.of(label);
        kept.bytes += lesson.bytes();
        kept.lessons.push(lesson);
        while MAX_BYTES < self.of(label).bytes {
            let lot = self.lot();
            let kept = self.of(label);
            let forgotten = kept.lessons.swap_remove(place(lot, kept.lessons.len()));
            kept.bytes -= forgotten.bytes();
        }
    }

    /// What the kept lessons take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let kept = [&self.ham, &self.spam];
        kept.iter().map(|kept| kept.bytes + kept.lessons.capacity() * size_of::<Lesson>()).sum()
    }

    fn of(&mut self, label: Label) -> &mut Kept {
        match label {
            Label::Ham => &mut self.ham,
            Label::Spam => &mut self.spam,
        }
    }

    /// The next of xorshift64*, the upper half.
    fn lot(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32
    }
}

/// One of `count` places for a lot of 32 bits.
fn place(lot: u64, count: usize) -> usize {
    ((lot * count as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::TokenId;

    fn lesson(seed: u64) -> Lesson {
        Lesson::of(
            &(0..1000).map(|n| TokenId((seed * 1000 + n).wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn it_stays_within_thirteen_megabytes() {
        let mut memory = Memory::default();
        for n in 0..8000 {
            memory.keep(lesson(n), if n % 8 == 0 { Label::Spam } else { Label::Ham });
            assert!(memory.bytes() < 13 << 20);
        }
        assert!(1500 < memory.ham.lessons.len() && memory.spam.lessons.len() == 1000);
    }

    #[test]
    fn the_labels_take_turns_however_few_there_are_of_one() {
        let mut memory = Memory::default();
        assert_eq!(memory.recall(0), None);
        for n in 0..50 {
            memory.keep(lesson(n), Label::Ham);
        }
        assert_eq!(memory.recall(1).map(|(_, label)| label), Some(Label::Ham));
        memory.keep(lesson(50), Label::Spam);
        assert_eq!(memory.recall(0).map(|(_, label)| label), Some(Label::Ham));
        assert_eq!(memory.recall(1), Some((&lesson(50), Label::Spam)));
    }
}
