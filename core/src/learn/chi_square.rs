//! Token counts combined by Fisher's chi-square, as Gary Robinson proposed.
//!
//! Each token gets a probability from its counts, pulled towards the middle while it has been seen little. The strongest
//! ones are combined twice: how surprising would they be if the message were ham, and if it were spam? Where both are
//! surprising, or neither, the answer is in the middle.

use super::{
    Clue, Features, Label, Learner, Opinion, TokenId, Trained,
    counts::{Counts, Seen},
    features::describe,
    fisher,
};

/// How much a token seen once counts: small, so that rare tokens speak early.
const STRENGTH: f64 = 0.1;

/// What is assumed of a token never seen.
const UNSEEN: f64 = 0.5;

/// Tokens nearer to the middle than this say nothing.
const MIN_DEVIATION: f64 = 0.2;

/// Only so many of the strongest tokens speak.
const STRONGEST: usize = 150;

/// Below this many of either label it says nothing.
const ENOUGH: u32 = 10;

const MAX_CLUES: usize = 12;

/// Counts of each token in ham and spam, and an opinion made of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChiSquare {
    trained: Trained,
    counts: Counts,
}

impl ChiSquare {
    /// How many different tokens it knows.
    pub fn tokens(&self) -> usize {
        self.counts.len()
    }

    /// The probability of spam that one token stands for; `None` if it was never seen.
    fn probability(&self, id: TokenId) -> Option<f64> {
        let Seen { ham, spam } = self.counts.of(id);
        if ham == 0 && spam == 0 {
            return None;
        }
        // Rates, not counts: ten times as much ham as spam must not make every word hammy.
        let ham_rate = f64::from(ham) / f64::from(self.trained.ham.max(1));
        let spam_rate = f64::from(spam) / f64::from(self.trained.spam.max(1));
        let raw = spam_rate / (ham_rate + spam_rate);
        let times = f64::from(ham) + f64::from(spam);
        Some((STRENGTH * UNSEEN + times * raw) / (STRENGTH + times))
    }
}

impl Learner for ChiSquare {
    fn opinion(&self, features: &Features) -> Option<Opinion> {
        if self.trained.ham < ENOUGH || self.trained.spam < ENOUGH {
            return None;
        }
        let mut speaking: Vec<(f64, &str)> = features
            .iter()
            .filter_map(|(id, text)| Some((self.probability(id)?, text)))
            .filter(|(probability, _)| MIN_DEVIATION <= (probability - 0.5).abs())
            .collect();
        // Stable, and the features are in the order of their ids: equal counts give equal opinions.
        speaking.sort_by(|a, b| deviation(b.0).total_cmp(&deviation(a.0)));
        speaking.truncate(STRONGEST);
        let clues = speaking.iter().take(MAX_CLUES);
        Some(Opinion {
            probability: fisher::probability(speaking.iter().map(|(probability, _)| *probability)),
            clues: clues.map(|(probability, text)| Clue { word: describe(text), probability: *probability }).collect(),
        })
    }

    fn train(&mut self, tokens: &[TokenId], label: Label) {
        let messages = messages_of(&mut self.trained, label);
        *messages = messages.saturating_add(1);
        for id in tokens {
            self.counts.add(*id, label);
        }
    }

    fn untrain(&mut self, tokens: &[TokenId], label: Label) {
        let messages = messages_of(&mut self.trained, label);
        *messages = messages.saturating_sub(1);
        for id in tokens {
            self.counts.remove(*id, label);
        }
    }

    fn trained(&self) -> Trained {
        self.trained
    }
}

fn messages_of(trained: &mut Trained, label: Label) -> &mut u32 {
    match label {
        Label::Ham => &mut trained.ham,
        Label::Spam => &mut trained.spam,
    }
}

fn deviation(probability: f64) -> f64 {
    (probability - 0.5).abs()
}

#[cfg(test)]
mod tests;
