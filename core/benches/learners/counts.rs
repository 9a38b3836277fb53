//! In how many messages of each label something was seen, exactly.

#![expect(clippy::disallowed_types, reason = "it is only looked up in, never gone through, and in the millions")]

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use tamis_core::learn::Label;

/// The counts of things that are called by a hash.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    messages: Seen,
    things: HashMap<u64, Seen, BuildHasherDefault<AsItIs>>,
}

/// Numbers of messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) ham: u32,
    pub(crate) spam: u32,
}

impl Seen {
    fn count(&mut self, label: Label) {
        match label {
            Label::Ham => self.ham += 1,
            Label::Spam => self.spam += 1,
        }
    }
}

impl Counts {
    /// Counts one message, in which each of these was seen.
    pub(crate) fn add(&mut self, things: impl Iterator<Item = u64>, label: Label) {
        self.messages.count(label);
        for thing in things {
            self.things.entry(thing).or_default().count(label);
        }
    }

    /// How many messages there were.
    pub(crate) const fn messages(&self) -> Seen {
        self.messages
    }

    /// In how many this was.
    pub(crate) fn of(&self, thing: u64) -> Option<Seen> {
        self.things.get(&thing).copied()
    }
}

/// Hashes need no hashing.
#[derive(Debug, Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        // The table takes the place from the lower bits and a check from the upper seven; the lowest of ours are marks.
        self.0 = number.rotate_left(32);
    }
}
