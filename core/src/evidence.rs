//! Questions for the world outside this crate, and its answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::learn::Opinion;

/// One question a check needs answered before it can evaluate.
///
/// Plain data, so that equal questions from different checks are asked once and cached once, and so that "what did we
/// ask about this message" has an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Query {
    /// What the person's own learner makes of the message. Answered on this machine.
    Learned,
}

/// Every question about one message, without duplicates.
#[derive(Clone, Debug, Default)]
pub struct QueryPlan(BTreeSet<Query>);

impl QueryPlan {
    /// Adds a question.
    pub fn ask(&mut self, query: Query) {
        self.0.insert(query);
    }

    /// The questions, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &Query> {
        self.0.iter()
    }

    /// Whether nothing needs asking.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What came back for one question.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The learner's opinion.
    Learned(Opinion),
    /// Asked, and there is authoritatively nothing: the learner has not seen enough mail yet.
    Absent,
    /// Not known: timed out, refused, over the limit. Never evidence for or against anything.
    Unknown(String),
}

/// The answers to a plan.
#[derive(Clone, Debug, Default)]
pub struct Evidence(BTreeMap<Query, Answer>);

impl Evidence {
    /// Records the answer to `query`.
    pub fn insert(&mut self, query: Query, answer: Answer) {
        self.0.insert(query, answer);
    }

    /// The learner's opinion, if it was asked and has one.
    pub fn learned(&self) -> Option<&Opinion> {
        match self.0.get(&Query::Learned) {
            Some(Answer::Learned(opinion)) => Some(opinion),
            Some(Answer::Absent | Answer::Unknown(_)) | None => None,
        }
    }

    /// Every question with its answer, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (&Query, &Answer)> {
        self.0.iter()
    }
}
