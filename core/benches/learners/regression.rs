//! Online logistic regression, by steps against the error of each message.
//!
//! J. Goodman, W. Yih, "Online discriminative spam filter training", CEAS 2006. On 4-grams of the beginning of a message: G.
//! V. Cormack, "University of Waterloo participation in the TREC 2007 spam track", TREC 2007. Learning only what is near the
//! border, as in "Relaxed online SVMs for spam filtering" of D. Sculley and G. M. Wachman, SIGIR 2007.

use tamis_core::learn::{Label, TokenId};

use crate::{
    candidate::Candidate,
    mail::{GRAM_BITS, Message},
};

/// The rate of 2007: how far a weight moves for an error of one.
const PUBLISHED_RATE: f32 = 0.004;

/// The same for a message of two thousand 4-grams, if each counts one part in √n of n.
const RATE_OF_LENGTH_ONE: f32 = PUBLISHED_RATE * 2000.0;

/// Rate and margin of Tamis, for one model of all tokens.
const RATE_OF_TOKENS: f32 = 8.0;
const MARGIN_OF_TOKENS: f32 = 3.0;

/// Weights of tokens: as many for the body and for the header as Tamis has.
const TOKEN_BITS: u32 = 20;

/// Weights, and how they are learned.
#[derive(Debug)]
struct Regression {
    weights: Vec<f32>,
    rate: f32,
    /// Right by more log odds than this is not learned.
    margin: f32,
    /// Whether each of n features counts one part in √n, so that every message has the length one.
    is_normed: bool,
}

impl Regression {
    fn odds(&self, places: impl ExactSizeIterator<Item = u32>) -> f32 {
        let unit = self.unit(places.len());
        places.filter_map(|place| self.weights.get(place as usize)).sum::<f32>() * unit
    }

    fn learn(&mut self, places: impl ExactSizeIterator<Item = u32> + Clone, label: Label) {
        let side = if label == Label::Spam { 1.0 } else { -1.0 };
        let right = side * self.odds(places.clone());
        if self.margin <= right {
            return;
        }
        let change = side * self.rate * self.unit(places.len()) / (1.0 + right.exp());
        for place in places {
            if let Some(weight) = self.weights.get_mut(place as usize) {
                *weight += change;
            }
        }
    }

    /// What one feature of so many counts.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    fn unit(&self, count: usize) -> f32 {
        if self.is_normed { 1.0 / (count.max(1) as f32).sqrt() } else { 1.0 }
    }
}

/// Regression on the 4-grams of the first 3,000 bytes as they came.
#[derive(Debug)]
pub(crate) struct Grams(Regression);

impl Grams {
    /// As published: a 4-gram is there or not, and every message is learned.
    pub(crate) fn published() -> Self {
        Self::new(PUBLISHED_RATE, false)
    }

    /// Long messages and short ones count alike.
    pub(crate) fn of_length_one() -> Self {
        Self::new(RATE_OF_LENGTH_ONE, true)
    }

    fn new(rate: f32, is_normed: bool) -> Self {
        Self(Regression { weights: vec![0.0; 1 << GRAM_BITS], rate, margin: f32::INFINITY, is_normed })
    }
}

impl Candidate for Grams {
    fn judge(&self, message: &Message) -> f64 {
        self.0.odds(message.grams.iter().copied()).into()
    }

    fn train(&mut self, message: &Message, label: Label) {
        self.0.learn(message.grams.iter().copied(), label);
    }
}

/// Regression on all tokens of Tamis in one model, learned near the border and never gone over again.
#[derive(Debug)]
pub(crate) struct Tokens(Regression);

impl Default for Tokens {
    fn default() -> Self {
        let weights = vec![0.0; 2 << TOKEN_BITS];
        Self(Regression { weights, rate: RATE_OF_TOKENS, margin: MARGIN_OF_TOKENS, is_normed: true })
    }
}

impl Candidate for Tokens {
    fn judge(&self, message: &Message) -> f64 {
        self.0.odds(message.tokens.ids().into_iter().map(place)).into()
    }

    fn train(&mut self, message: &Message, label: Label) {
        self.0.learn(message.tokens.ids().into_iter().map(place), label);
    }
}

fn place(id: TokenId) -> u32 {
    let place = (id.0 >> (u64::BITS - TOKEN_BITS)) as u32;
    if id.is_of_body() { place } else { place | 1 << TOKEN_BITS }
}
