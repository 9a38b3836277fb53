//! How often each token was seen in ham and in spam.
//!
//! An array with gaps, sorted by id: an id's home is its place in proportion (`id / 2⁶⁴` of the length), and it stands
//! there or as near behind as the ones before it allow. Looking up is a step or two from the home; the layout depends on
//! nothing but the ids and the length; one token takes 16 bytes, 23 with the gaps.

use super::{Label, TokenId};

/// What is known of one token. Both zero: an empty slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) ham: u32,
    pub(super) spam: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slot {
    id: u64,
    seen: Seen,
}

impl Slot {
    fn is_empty(self) -> bool {
        self.seen == Seen::default()
    }
}

/// All counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// At least `homes` slots; a few more where the last ones had to stand behind the end.
    slots: Vec<Slot>,
    homes: usize,
    used: usize,
}

impl Counts {
    /// What was seen of `id`.
    pub(super) fn of(&self, id: TokenId) -> Seen {
        match self.find(id) {
            Ok(at) => self.slots.get(at).map(|slot| slot.seen).unwrap_or_default(),
            Err(_) => Seen::default(),
        }
    }

    /// Counts one more.
    pub(super) fn add(&mut self, id: TokenId, label: Label) {
        let at = match self.find(id) {
            Ok(at) => at,
            Err(_) if self.is_full() => {
                self.grow();
                self.find(id).unwrap_or_else(|at| self.insert(at, id))
            }
            Err(at) => self.insert(at, id),
        };
        if let Some(slot) = self.slots.get_mut(at) {
            let count = count_of(&mut slot.seen, label);
            *count = count.saturating_add(1);
        }
    }

    /// Counts one less, and forgets the token when nothing is left of it.
    pub(super) fn remove(&mut self, id: TokenId, label: Label) {
        let Ok(at) = self.find(id) else { return };
        let Some(slot) = self.slots.get_mut(at) else { return };
        let count = count_of(&mut slot.seen, label);
        *count = count.saturating_sub(1);
        if slot.is_empty() {
            self.close_gap(at);
        }
    }

    /// How many tokens are known.
    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// Where `id` stands, or where it would have to.
    fn find(&self, id: TokenId) -> Result<usize, usize> {
        let home = self.home(id.0);
        let behind = self.slots.get(home..).unwrap_or_default();
        for (steps, slot) in behind.iter().enumerate() {
            if slot.is_empty() || id.0 < slot.id {
                return Err(home + steps);
            }
            if slot.id == id.0 {
                return Ok(home + steps);
            }
        }
        Err(self.slots.len().max(home))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the product's upper half is below `homes`")]
    fn home(&self, id: u64) -> usize {
        ((u128::from(id) * self.homes as u128) >> 64) as usize
    }

    /// Makes room at `at` by moving everything up to the next gap by one; the slot is filled by the caller.
    fn insert(&mut self, at: usize, id: TokenId) -> usize {
        let mut carried = Slot { id: id.0, seen: Seen::default() };
        let mut is_placed = false;
        for slot in self.slots.iter_mut().skip(at) {
            let was_empty = slot.is_empty();
            std::mem::swap(slot, &mut carried);
            if was_empty {
                is_placed = true;
                break;
            }
        }
        if !is_placed {
            self.slots.push(carried);
        }
        self.used += 1;
        at
    }

    /// Takes the slot out; whoever stood behind it only because of it moves back.
    fn close_gap(&mut self, at: usize) {
        self.used -= 1;
        let mut at = at;
        while let Some(next) = self.slots.get(at + 1).copied() {
            if next.is_empty() || self.home(next.id) == at + 1 {
                break;
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = next;
            }
            at += 1;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Slot::default();
        }
    }

    /// Seven eighths full: beyond that the runs between two gaps grow long.
    fn is_full(&self) -> bool {
        self.homes * 7 <= self.used * 8
    }

    /// A quarter more: the array is never less than seven tenths full, and is not copied too often either.
    fn grow(&mut self) {
        let homes = (self.homes + self.homes / 4).max(64);
        let mut grown = Self { slots: Vec::with_capacity(homes + 64), homes, used: self.used };
        for slot in self.slots.iter().filter(|slot| !slot.is_empty()) {
            let place = grown.home(slot.id).max(grown.slots.len());
            grown.slots.resize(place, Slot::default());
            grown.slots.push(*slot);
        }
        let length = homes.max(grown.slots.len());
        grown.slots.resize(length, Slot::default());
        *self = grown;
    }
}

/// The same tokens with the same counts, however large the arrays.
impl PartialEq for Counts {
    fn eq(&self, other: &Self) -> bool {
        let used = |counts: &Self| counts.slots.iter().copied().filter(|slot| !slot.is_empty()).collect::<Vec<_>>();
        used(self) == used(other)
    }
}

fn count_of(seen: &mut Seen, label: Label) -> &mut u32 {
    match label {
        Label::Ham => &mut seen.ham,
        Label::Spam => &mut seen.spam,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Few ids, close together and at both ends, so that they push each other about.
    fn id() -> impl Strategy<Value = u64> {
        prop_oneof![0..40_u64, (u64::MAX - 40)..=u64::MAX, (0..40_u64).prop_map(|n| (1 << 63) + n), any::<u64>()]
    }

    proptest! {
        #[test]
        fn counts_as_a_map_does(steps in prop::collection::vec((id(), any::<bool>(), any::<bool>()), 0..600)) {
            let mut counts = Counts::default();
            let mut map: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
            for (id, is_spam, is_added) in steps {
                let label = if is_spam { Label::Spam } else { Label::Ham };
                let entry = map.entry(id).or_default();
                let count = if is_spam { &mut entry.1 } else { &mut entry.0 };
                if is_added {
                    counts.add(TokenId(id), label);
                    *count += 1;
                } else {
                    counts.remove(TokenId(id), label);
                    *count = count.saturating_sub(1);
                }
            }
            map.retain(|_, count| *count != (0, 0));
            prop_assert_eq!(counts.len(), map.len());
            for (id, (ham, spam)) in map {
                prop_assert_eq!(counts.of(TokenId(id)), Seen { ham, spam });
            }
        }
    }

    #[test]
    fn a_token_takes_no_more_than_24_bytes() {
        let mut counts = Counts::default();
        for n in 0..100_000_u64 {
            counts.add(TokenId(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)), Label::Ham);
            let bytes = counts.slots.len() * size_of::<Slot>();
            assert!(n < 5000 || bytes / counts.len() <= 24, "{bytes} bytes for {} tokens", counts.len());
        }
    }
}
