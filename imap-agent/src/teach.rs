//! The learner in memory, always equal to the lessons in the store.
//!
//! The store is the truth: a lesson is written there first, then applied here. After a crash the learner is rebuilt from
//! what was written.

use std::sync::{PoisonError, RwLock};

use tamis_core::learn::{ChiSquare, Features, Label, Learner as _, Opinion, Trained};
use tracing::error;

use crate::store::training::LessonChange;

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

    /// Applies lessons that have been stored.
    pub fn apply(&self, lessons: &[LessonChange]) {
        for lesson in lessons {
            self.change(&lesson.tokens, lesson.before, lesson.after);
        }
    }

    /// Applies one lesson from the store's history, while the learner is rebuilt.
    pub fn remember(&self, label: Label, tokens: &[u8]) {
        self.change(tokens, None, Some(label));
    }

    fn change(&self, tokens: &[u8], before: Option<Label>, after: Option<Label>) {
        let Some(tokens) = Features::decode(tokens) else {
            error!("a lesson in the store is damaged and is left out");
            return;
        };
        let mut learner = self.learner.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = before {
            learner.untrain(&tokens, before);
        }
        if let Some(after) = after {
            learner.train(&tokens, after);
        }
    }

    /// How much it has seen.
    pub fn trained(&self) -> Trained {
        self.learner.read().unwrap_or_else(PoisonError::into_inner).trained()
    }
}
