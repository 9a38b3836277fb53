//! Learning from the mail that is there: how far it has got, and what came of it.

use serde::{Deserialize, Serialize};

use super::BatchId;

/// How far learning from the mail that is there has got in one account, and in the end what came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LearningStatus {
    /// Whether it only counts what it would learn from.
    pub is_rehearsal: bool,
    /// Whether what is in Junk is learned as spam.
    pub has_junk: bool,
    /// Whether the messages are chosen; before that, nobody knows how many there are.
    pub is_planned: bool,
    /// Messages chosen.
    pub total: u32,
    /// Of these, dealt with.
    pub done: u32,
    /// How long the rest will take if it goes on as it did; `None` if nobody knows.
    pub seconds_left: Option<u32>,
    /// Whether the person has paused it.
    pub is_paused: bool,
    /// Whether it is over.
    pub is_ended: bool,
    /// Learned as wanted; of a rehearsal: so many would be.
    pub ham: u32,
    /// Learned as unwanted; of a rehearsal: so many would be.
    pub spam: u32,
    /// Where the messages were chosen.
    pub folders: Vec<LearningFolder>,
    /// What was not learned, and why.
    pub skipped: Vec<LearningSkip>,
    /// Messages that were judged by what had been learned before them, each before it was learned itself.
    pub judged: u32,
    /// Of these, wanted ones that would have been called spam.
    pub good_called_spam: u32,
    /// Of these, unwanted ones that would have been let pass.
    pub spam_missed: u32,
    /// Messages in Junk that looked wanted.
    pub good_in_junk: u32,
    /// Messages in other folders that looked like spam.
    pub spam_elsewhere: u32,
    /// The newest of those two kinds.
    pub doubts: Vec<LearningDoubt>,
    /// People that the person writes to, as far as the folder of sent mail has been read.
    pub peers: u32,
    /// The change that is undone to forget all of it; `None` while nothing was learned.
    pub undo: Option<BatchId>,
    /// Whether all of it has been taken back.
    pub is_undone: bool,
}

/// A folder that is learned from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningFolder {
    /// Its name, for people.
    pub name: String,
    /// What the messages in it are: `ham` or `spam`.
    pub label: String,
    /// How many of them were chosen.
    pub messages: u32,
}

/// Messages that were not learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningSkip {
    /// Why, behind a number: `new and unread`.
    pub why: String,
    /// How many.
    pub messages: u32,
}

/// A message that looked quite unlike the others with its label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearningDoubt {
    /// Where it was, for people.
    pub folder: String,
    /// What it was learned as: `ham` or `spam`.
    pub label: String,
    /// The sender.
    pub from: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it arrived, Unix seconds.
    pub received_at: i64,
    /// How likely it was to be spam before it was learned, 0 to 1.
    pub probability: f64,
}
