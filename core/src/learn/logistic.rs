//! Logistic regression, trained message by message, with a memory that it goes over again.
//!
//! The body and the header are two models that are trained apart and added up. In one model, what is learned first explains
//! everything: a header that all spam of a week had would leave the words nothing to learn. Each token weighs one part in
//! √n of n, so that a long message does not shout.
//!
//! A lesson changes something only while the model is not sure of it ([`MARGIN`]). With each lesson some earlier ones
//! are gone over again, spam and ham in turn, whichever of them there is more of; all weights fade a little meanwhile.
//! Together this makes the order of the lessons matter less: all ham first and then all spam is what `train` on two
//! folders does.
//!
//! How much an opinion counts depends on how much of the header is of a kind that was taught: see [`signs`].
//!
//! What was last learned cannot be taken out of such a model again: it is rebuilt from the history. It depends on nothing
//! but the sequence of lessons; what is gone over again is drawn from a generator of its own with a fixed start.
//!
//! What other learners reach on the same mail, what each constant here gave, and what was tuned on what: `MEASUREMENTS.md`.

mod clues;
mod lesson;
mod memory;
mod signs;

use self::{
    lesson::{BUCKETS, Lesson},
    memory::Memory,
    signs::Signs,
};
use super::{Features, Label, Learner, Opinion, TokenId, Trained};

/// How far one lesson moves the weights. With 12 the ranking of a long stream is a little better, but one step leads far beyond
/// the margin, and after thirty lessons ten times as much ham is called spam.
const RATE: f32 = 8.0;

/// A message is learned while its own model is not further than this, in log odds, on the right side.
const MARGIN: f32 = 3.0;

/// How many earlier lessons are gone over again with each. With none the ranking is a third worse, with twice as many no better.
const REPLAYS: u32 = 8;

/// By which part of [`RATE`] each step of these is smaller than the one before: the last is a fifth of the first.
const SETTLING: f32 = 0.9 / 8.0;

/// What all weights lose with each lesson, gone over again or not: half in 69,000, or 7,700 messages.
const FADING: f32 = 1e-5;

/// How much the header counts beside the body, which anybody may fill with any words. With 1 a fifth to a third more spam is missed
/// at one ham in a thousand.
const SHARE_OF_HEADER: f32 = 1.5;

/// Log odds of the sum, per point of margin: with this, of what is called 90 % likely to be spam nine of ten are.
const CALIBRATION: f32 = 0.95;

/// Below this many of either label it says nothing. From the learning curves: with so many it alone files one ham of two thousand
/// and a seventh of the spam, and beside the checks it halves the spam that is missed. Fewer were not tried.
const ENOUGH: u32 = 5;

/// The factor before the weights is worked into them before it gets too small for 32 bits.
const SMALLEST_SCALE: f32 = 1e-3;

/// Weights of hashed tokens, and some of the lessons they were learned from.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    trained: Trained,
    /// One after another for the two models, both times [`Logistic::scale`].
    weights: Vec<f32>,
    scale: f32,
    memory: Memory,
    signs: Signs,
}

impl Default for Logistic {
    fn default() -> Self {
        Self {
            trained: Trained::default(),
            weights: vec![0.0; 2 * BUCKETS],
            scale: 1.0,
            memory: Memory::default(),
            signs: Signs::default(),
        }
    }
}

impl Logistic {
    /// What one of the models says of its part of the tokens, in log odds.
    fn margin(&self, buckets: &[u32]) -> f32 {
        // Four sums at a time: an addition need not wait for the one before.
        let mut sums = [0.0_f32; 4];
        let (fours, rest) = buckets.as_chunks::<4>();
        for four in fours {
            for (sum, bucket) in sums.iter_mut().zip(four) {
                *sum += self.weight(*bucket);
            }
        }
        let rest: f32 = rest.iter().map(|bucket| self.weight(*bucket)).sum();
        let sum = sums.iter().sum::<f32>() + rest;
        sum * self.scale * weight_of_one(buckets.len())
    }

    /// Of a token, and of what an account by itself knows it by.
    fn weight_of(&self, id: TokenId, own: Option<TokenId>) -> f32 {
        self.weight(lesson::bucket(id)) + own.map_or(0.0, |own| self.weight(lesson::bucket(own)))
    }

    fn weight(&self, bucket: u32) -> f32 {
        self.weights.get(bucket as usize).copied().unwrap_or_default()
    }

    /// One step towards `label`, of each model that is not sure of it yet.
    fn step(&mut self, lesson: &Lesson, label: Label, rate: f32) {
        self.fade();
        let side = match label {
            Label::Ham => -1.0,
            Label::Spam => 1.0,
        };
        for buckets in lesson.parts() {
            let right = side * self.margin(buckets);
            if right < MARGIN {
                self.push(buckets, side * rate * logistic(-right));
            }
        }
    }

    /// Changes what `margin` says of the same tokens by `odds`.
    fn push(&mut self, buckets: &[u32], odds: f32) {
        let change = odds * weight_of_one(buckets.len()) / self.scale;
        for bucket in buckets {
            if let Some(weight) = self.weights.get_mut(*bucket as usize) {
                *weight += change;
            }
        }
    }

    fn fade(&mut self) {
        self.scale *= 1.0 - FADING;
        if self.scale < SMALLEST_SCALE {
            for weight in &mut self.weights {
                *weight *= self.scale;
            }
            self.scale = 1.0;
        }
    }

    /// The log odds of a message, and how much each unit of weight adds to them in the body and in the header.
    fn odds(&self, features: &Features) -> (f32, [f32; 2]) {
        let trust = self.signs.trust(features, self.trained.ham.saturating_add(self.trained.spam));
        let (mut sums, mut counts) = ([0.0; 2], [0; 2]);
        for (id, own) in features.with_own() {
            let [body, header] = &mut sums;
            let [in_body, in_header] = &mut counts;
            let (sum, count) = if id.is_of_body() { (body, in_body) } else { (header, in_header) };
            *sum += self.weight_of(id, own);
            *count += 1;
        }
        let [body, header] = counts.map(|count| self.scale * weight_of_one(count) * CALIBRATION * trust);
        let units = [body, header * SHARE_OF_HEADER];
        let odds = sums.iter().zip(units).map(|(sum, unit)| sum * unit).sum();
        (odds, units)
    }
}

impl Learner for Logistic {
    fn opinion(&self, features: &Features) -> Option<Opinion> {
        if self.trained.ham < ENOUGH || self.trained.spam < ENOUGH {
            return None;
        }
        let (odds, units) = self.odds(features);
        let probability = 1.0 / (1.0 + f64::from(-odds).exp());
        Some(Opinion { probability, clues: self.clues(features, units) })
    }

    fn leaning(&self, features: &Features) -> f64 {
        self.odds(features).0.into()
    }

    fn train(&mut self, tokens: &[TokenId], label: Label) {
        let messages = match label {
            Label::Ham => &mut self.trained.ham,
            Label::Spam => &mut self.trained.spam,
        };
        *messages = messages.saturating_add(1);
        for id in tokens {
            self.signs.note(*id);
        }
        let lesson = Lesson::of(tokens);
        self.step(&lesson, label, RATE);
        let mut memory = std::mem::take(&mut self.memory);
        // Neither label has the last word each time.
        let first = self.trained.ham.wrapping_add(self.trained.spam) & 1;
        // The steps get smaller, so that what ham and spam have in common comes to rest near the middle.
        let mut rate = RATE;
        for turn in first..first + REPLAYS {
            if let Some((earlier, label)) = memory.recall(turn) {
                self.step(earlier, label, rate);
            }
            rate -= RATE * SETTLING;
        }
        memory.keep(lesson, label);
        self.memory = memory;
    }

    fn trained(&self) -> Trained {
        self.trained
    }
}

impl Logistic {
    /// The log odds of spam that one token adds to a message of which the same part, the body or the header, has `length`
    /// tokens. 0 says nothing.
    pub fn odds_of(&self, id: TokenId, length: usize) -> f64 {
        let share = if id.is_of_body() { 1.0 } else { SHARE_OF_HEADER };
        (self.weight(lesson::bucket(id)) * self.scale * weight_of_one(length) * CALIBRATION * share).into()
    }

    /// What it takes in memory, in bytes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.weights.as_slice()) + self.memory.bytes() + self.signs.bytes()
    }
}

/// What each of `count` tokens weighs.
#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn weight_of_one(count: usize) -> f32 {
    1.0 / (count.max(1) as f32).sqrt()
}

fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

#[cfg(test)]
mod tests;
