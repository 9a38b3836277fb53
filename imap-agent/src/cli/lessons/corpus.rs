//! The figures of all lessons together.

use std::{collections::BTreeMap, ops::ControlFlow};

use serde::Serialize;
use tamis_core::{
    UnixTime,
    learn::{Features, Label, Learner as _, Logistic, TokenId},
};

use crate::store::{StoreError, glimpse::Glimpse, lessons::KeptLesson};

const DAY: i64 = 24 * 3600;

/// So many ids are gathered at least before those that are there twice are taken out.
const FEW: usize = 1 << 20;

/// What all lessons come to.
#[derive(Debug, Default, Serialize)]
pub(super) struct Corpus {
    /// Messages learned as wanted.
    pub(super) ham: u32,
    /// As unwanted.
    pub(super) spam: u32,
    /// Distinct tokens.
    pub(super) tokens: usize,
    /// What the lessons take in the store.
    pub(super) stored_bytes: u64,
    /// What the learner takes in memory.
    pub(super) model_bytes: u64,
    /// Lessons whose tokens an older version made: they count no longer, and only the disk knows of them.
    pub(super) of_older_version: u32,
    /// How old they are.
    pub(super) ages: Ages,
    /// Ham and spam by how the lesson came.
    pub(super) sources: BTreeMap<String, [u32; 2]>,
}

/// When the lessons were given. Each counts in every span that it lies in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Ages {
    /// Unix seconds.
    pub(super) oldest: i64,
    /// Unix seconds.
    pub(super) newest: i64,
    pub(super) last_7_days: u32,
    pub(super) last_30_days: u32,
    pub(super) last_year: u32,
    /// Older than a year.
    pub(super) older: u32,
}

impl Ages {
    fn add(&mut self, at: UnixTime, now: UnixTime, is_first: bool) {
        self.oldest = if is_first { at.0 } else { self.oldest.min(at.0) };
        self.newest = if is_first { at.0 } else { self.newest.max(at.0) };
        let age = now.0.saturating_sub(at.0);
        self.last_7_days += u32::from(age <= 7 * DAY);
        self.last_30_days += u32::from(age <= 30 * DAY);
        self.last_year += u32::from(age <= 365 * DAY);
        self.older += u32::from(365 * DAY < age);
    }
}

impl Corpus {
    /// Goes through all lessons of the store.
    pub(super) fn of(glimpse: &Glimpse, now: UnixTime) -> Result<Self, StoreError> {
        let mut corpus = Self::default();
        let mut learner = Logistic::default();
        let mut distinct = Distinct::default();
        glimpse.each(&mut |lesson| {
            corpus.add(&lesson, now);
            // What is damaged is no lesson to the learner either.
            if lesson.version == Features::VERSION
                && let Some(ids) = Features::decode(&lesson.tokens)
            {
                distinct.add(&ids);
                learner.train(&ids, lesson.label);
            }
            ControlFlow::Continue(())
        })?;
        corpus.tokens = distinct.count();
        corpus.model_bytes = u64::try_from(learner.bytes()).unwrap_or(u64::MAX);
        Ok(corpus)
    }

    fn add(&mut self, lesson: &KeptLesson, now: UnixTime) {
        let KeptLesson { key, label, tokens, source, .. } = lesson;
        let bytes = size_of_val(key) + label.word().len() + tokens.len() + source.len() + size_of::<i64>();
        self.stored_bytes += u64::try_from(bytes).unwrap_or_default();
        if lesson.version < Features::VERSION {
            self.of_older_version += 1;
            return;
        }
        self.ages.add(lesson.at, now, self.ham + self.spam == 0);
        let [ham, spam] = self.sources.entry(lesson.source.clone()).or_default();
        let (of_source, of_all) = match lesson.label {
            Label::Ham => (ham, &mut self.ham),
            Label::Spam => (spam, &mut self.spam),
        };
        *of_source += 1;
        *of_all += 1;
    }
}

/// Counts how many ids are different, in memory for about twice that many.
#[derive(Default)]
struct Distinct {
    ids: Vec<TokenId>,
    /// How many there were after the last sorting.
    sorted: usize,
}

impl Distinct {
    fn add(&mut self, ids: &[TokenId]) {
        self.ids.extend_from_slice(ids);
        if self.sorted.saturating_mul(2).max(FEW) < self.ids.len() {
            self.sort();
        }
    }

    fn count(mut self) -> usize {
        self.sort();
        self.sorted
    }

    fn sort(&mut self) {
        self.ids.sort_unstable();
        self.ids.dedup();
        self.sorted = self.ids.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_ids_are_counted_once_however_many_there_are() {
        let mut distinct = Distinct::default();
        for start in 0..1500 {
            // Each is there up to a thousand times.
            distinct.add(&(start..start + 1000).map(TokenId).collect::<Vec<_>>());
        }
        assert!(distinct.ids.len() < 2 * FEW, "it does not keep what it has seen");
        assert_eq!(distinct.count(), 2499);
    }

    #[test]
    fn a_lesson_counts_in_every_span_it_lies_in() {
        let mut ages = Ages::default();
        let now = UnixTime(1_790_000_000);
        for (n, days) in [0, 7, 8, 30, 31, 365, 366].into_iter().enumerate() {
            ages.add(UnixTime(now.0 - days * DAY), now, n == 0);
        }
        let (oldest, newest) = (now.0 - 366 * DAY, now.0);
        assert_eq!(ages, Ages { oldest, newest, last_7_days: 2, last_30_days: 4, last_year: 6, older: 1 });
    }
}
