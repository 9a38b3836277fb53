//! What the person has taught: tokens, and learners that weigh them.
//!
//! A learner never sees a message, only its [`Features`]. What was trained is kept by the agent as token ids, so any
//! learner can be rebuilt from the history exactly, and a better one can replace [`Logistic`] without a new training.

mod features;
mod logistic;

pub use features::{Candidate, Features, TokenId, candidates};
pub use logistic::Logistic;

/// What the person says a message is. There is no third label: doubt is not a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Wanted.
    Ham,
    /// Unwanted.
    Spam,
}

impl Label {
    /// `ham` or `spam`, as in the store, indexes and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ham => "ham",
            Self::Spam => "spam",
        }
    }

    /// Reads [`Label::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Ham, Self::Spam].into_iter().find(|label| label.word() == word)
    }
}

/// How many messages a learner has seen of each label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trained {
    /// Wanted messages.
    pub ham: u32,
    /// Unwanted messages.
    pub spam: u32,
}

/// One word or feature that spoke, in the person's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Clue {
    /// Such as `"invoice" in the subject`.
    pub word: String,
    /// How much this alone says spam, 0 to 1; 0.5 says nothing.
    pub probability: f64,
}

/// What a learner makes of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// The probability that it is spam, 0 to 1.
    pub probability: f64,
    /// The strongest clues, strongest first, at most 12.
    pub clues: Vec<Clue>,
}

/// Something that learns from labelled messages. It is a function of the sequence of lessons: the same ones in the same
/// order make the same learner. A lesson is taken back by making it anew without that lesson.
pub trait Learner {
    /// What it thinks, or `None` while it has seen too little to say.
    fn opinion(&self, features: &Features) -> Option<Opinion>;
    /// The log odds that it is spam, as far as is known, also before it has seen enough to say so: for measuring only.
    fn leaning(&self, features: &Features) -> f64;
    /// Learns one message.
    fn train(&mut self, tokens: &[TokenId], label: Label);
    /// How much it has seen.
    fn trained(&self) -> Trained;
}
