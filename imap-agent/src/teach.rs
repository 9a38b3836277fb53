//! The learner in memory, always equal to the lessons in the store.
//!
//! The store is the truth: a lesson is written there first, then applied here. After a crash the learner is rebuilt from
//! what was written.

use std::sync::{PoisonError, RwLock};

use tamis_core::learn::{ChiSquare, Features, Label, Learner, Opinion, TokenId, Trained};

/// One change of what was taught about one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// What it was taught as before, if at all.
    pub before: Option<Label>,
    /// What it is taught as from now on; `None` if the lesson was taken back.
    pub after: Option<Label>,
    /// Its tokens.
    pub tokens: Vec<TokenId>,
}

/// The learner, shared by everything that judges.
#[derive(Debug, Default)]
pub struct Teacher {
    learner: RwLock<ChiSquare>,
}

impl Teacher {
    /// What it thinks of a message, or `None` while it has seen too little.
    pub fn opinion(&self, features: &Features) -> Option<Opinion> {
        self.learner.read().unwrap_or_else(PoisonError::into_inner).opinion(features)
    }

    /// Applies lessons that have been written.
    pub fn apply(&self, lessons: &[Lesson]) {
        let mut learner = self.learner.write().unwrap_or_else(PoisonError::into_inner);
        for lesson in lessons.iter().filter(|lesson| lesson.before != lesson.after) {
            if let Some(before) = lesson.before {
                learner.untrain(&lesson.tokens, before);
            }
            if let Some(after) = lesson.after {
                learner.train(&lesson.tokens, after);
            }
        }
    }

    /// How much it has seen.
    pub fn trained(&self) -> Trained {
        self.learner.read().unwrap_or_else(PoisonError::into_inner).trained()
    }
}
