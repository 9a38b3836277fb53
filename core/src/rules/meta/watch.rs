//! Which sums have to be looked at on a message: only those of which something counts without which they do not hold.

/// For each rule, the sums that are looked at if it counts: by their places in the order in which they are evaluated.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    /// For each rule: where its sums begin in the list. One more than there are rules.
    from: Vec<u32>,
    places: Vec<u32>,
    /// The rules that have any.
    watched: Vec<u32>,
    /// Those that are looked at in any case.
    always: Due,
}

/// Places of sums that are still to be looked at, a bit each.
#[derive(Clone, Debug, Default)]
pub(super) struct Due(Vec<u64>);

impl Watchers {
    /// Of these sums, in their order: one of these rules must count for it to hold; `None`: it may hold without.
    pub(super) fn new(rules: usize, sums: &[Option<Vec<u32>>]) -> Self {
        let mut always = Due(vec![0; sums.len().div_ceil(u64::BITS as usize)]);
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (place, vital) in (0..).zip(sums) {
            match vital {
                Some(vital) => pairs.extend(vital.iter().map(|rule| (*rule, place))),
                None => always.add(place),
            }
        }
        pairs.sort_unstable();
        let mut from = Vec::with_capacity(rules + 1);
        for rule in (0..).take(rules + 1) {
            let before = pairs.partition_point(|(of, _)| *of < rule);
            from.push(u32::try_from(before).unwrap_or(u32::MAX));
        }
        let mut watched: Vec<u32> = pairs.iter().map(|(rule, _)| *rule).collect();
        watched.dedup();
        Self { from, places: pairs.into_iter().map(|(_, place)| place).collect(), watched, always }
    }

    /// The rules that have a part in any, in order.
    pub(super) fn watched(&self) -> &[u32] {
        &self.watched
    }

    /// The sums that a rule has a part in.
    pub(super) fn of(&self, rule: u32) -> &[u32] {
        let mut bounds = self.from.iter().skip(rule as usize).map(|at| *at as usize);
        let range = bounds.next().zip(bounds.next()).map(|(from, to)| from..to);
        range.and_then(|range| self.places.get(range)).unwrap_or_default()
    }

    /// What is to be looked at before anything is known.
    pub(super) fn always(&self) -> Due {
        self.always.clone()
    }
}

impl Due {
    pub(super) fn add(&mut self, place: u32) {
        if let Some(word) = self.0.get_mut(place as usize / u64::BITS as usize) {
            *word |= 1 << (place % u64::BITS);
        }
    }

    /// Takes out the first one, if none is added any more that stands before it.
    pub(super) fn next(&mut self, word: &mut usize) -> Option<usize> {
        loop {
            let held = self.0.get_mut(*word)?;
            if *held != 0 {
                let bit = held.trailing_zeros() as usize;
                *held &= *held - 1;
                return Some(*word * u64::BITS as usize + bit);
            }
            *word += 1;
        }
    }
}
