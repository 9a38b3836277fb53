//! The steps of a [`super::machine::Machine`]. There are hundreds of thousands of them, so each is eight bytes.

use std::collections::BTreeMap;

use super::{
    bytes::{ByteSet, Set},
    tree::{Greed, Place},
};

/// One step.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Takes these bytes of the machine's texts.
    Text { at: u32, length: u16 },
    /// Takes these, in any case of letters; they are in lower case.
    Folded { at: u32, length: u16 },
    /// Takes a byte of the set.
    Class(u16),
    /// Takes bytes of a set: a [`Run`]. Behind it stands `Next`.
    Run { greed: Greed, set: u16, least: u16, most: u16 },
    /// With what can go on what follows a run.
    Next(Ahead),
    /// Goes on only at such a place.
    Place(Place),
    /// Goes on with the next step, and if that fails, with the other; the other way round if it is lazy. `can`: with
    /// what each can begin.
    Try { is_lazy: bool, can: u16, other: u32 },
    /// Stands before many `Try` of which each is the other way of the one before: goes on at the first of them whose own
    /// way can begin with the next byte. `chain`: where the places of those begin in [`super::ahead::Switches`].
    Switch { table: u16, chain: u32 },
    /// Goes on there.
    Jump(u32),
    /// Notes the place in a slot.
    Save(u32),
    /// Fails if nothing was taken since the slot was noted.
    Progress(u32),
    /// Takes what a group took.
    Back { in_any_case: bool, group: u32 },
    /// Goes on at `no` if the group took nothing.
    If { group: u16, no: u32 },
    /// What follows up to `Done` must match (or not) around the place; then on at `next`.
    Around { kind: u16, next: u32 },
    /// What follows up to `Done` matches one way only; then on at `next`.
    Atomic { next: u32 },
    /// Matches nowhere.
    Fail,
    /// The end of all, or of what is inside `Around` and `Atomic`.
    Done,
}

const _: () = assert!(size_of::<Step>() == 8, "a step has grown");

/// Bytes of a set, at least and at most so many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) greed: Greed,
    pub(super) set: u16,
    pub(super) least: u16,
    /// [`Run::ENDLESS`]: any number.
    pub(super) most: u16,
}

impl Run {
    /// More than Perl lets anybody ask for.
    pub(super) const ENDLESS: u16 = u16::MAX;

    /// The most it takes.
    pub(super) fn most(self) -> usize {
        if self.most == Self::ENDLESS { usize::MAX } else { usize::from(self.most) }
    }
}

/// With which two bytes something can begin: sets by number. The first set is every byte, and also the end of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ahead {
    pub(super) first: u16,
    pub(super) second: u16,
}

/// With what each way of a choice can begin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Can {
    pub(super) first: Ahead,
    pub(super) then: Ahead,
}

/// The sets of one machine, each once. The first is every byte.
#[derive(Debug)]
pub(super) struct Sets {
    all: Vec<ByteSet>,
    known: BTreeMap<ByteSet, u16>,
    /// Numbers of sets that were asked for of late, each at a place of its own.
    recent: [u16; Self::RECENT],
}

impl Default for Sets {
    fn default() -> Self {
        Self { all: vec![ByteSet::ALL], known: BTreeMap::from([(ByteSet::ALL, 0)]), recent: [0; Self::RECENT] }
    }
}

impl Sets {
    const RECENT: usize = 256;

    /// The number of a set; `None`: there are too many.
    pub(super) fn number(&mut self, set: ByteSet) -> Option<u16> {
        if set == ByteSet::ALL {
            return Some(0);
        }
        // The upper bits are those that all others have been mixed into.
        let place = usize::from(set.hash().to_be_bytes().first().copied().unwrap_or_default());
        let recent = self.recent.get(place).copied().unwrap_or_default();
        if self.all.get(usize::from(recent)) == Some(&set) {
            return Some(recent);
        }
        let number = self.number_of(set)?;
        self.recent.get_mut(place).into_iter().for_each(|held| *held = number);
        Some(number)
    }

    fn number_of(&mut self, set: ByteSet) -> Option<u16> {
        if let Some(number) = self.known.get(&set) {
            return Some(*number);
        }
        let number = u16::try_from(self.all.len()).ok()?;
        self.all.push(set);
        self.known.insert(set, number);
        Some(number)
    }

    /// A set by its number.
    pub(super) fn get(&self, number: u16) -> ByteSet {
        self.all.get(usize::from(number)).copied().unwrap_or(ByteSet::ALL)
    }

    /// All of them.
    pub(super) fn into_all(self) -> Box<[Set]> {
        self.all.into_iter().map(Set::from).collect()
    }
}
