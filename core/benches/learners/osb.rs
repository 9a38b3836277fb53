//! Pairs of words up to four apart, each counting for as much as can be relied on it.
//!
//! Orthogonal sparse bigrams: C. Siefkes, F. Assis, S. Chhabra, W. S. Yerazunis, "Combining Winnow and orthogonal sparse
//! bigrams for incremental spam filtering", PKDD 2004. Exponential differential document count, the confidence factor: F.
//! Assis, W. Yerazunis, C. Siefkes, S. Chhabra, "Exponential differential document count, a feature selection factor for
//! improving Bayesian filters accuracy", MIT Spam Conference 2006. Its constants, and the weights of the distances, are those
//! of the classifier `osbf` of crm114. Learning what is wrong or nearly so: F. Assis, "OSBF-Lua, a text classification module
//! for Lua: the importance of the training method", TREC 2006. Unlike theirs, the table of counts is exact and has no bounds.

use std::f64::consts::LN_10;

use tamis_core::learn::Label;

use crate::{
    candidate::Candidate,
    counts::{Counts, Seen},
    mail::{Message, distance},
};

/// K1, K2 and K3 of the confidence factor.
const K1: f64 = 0.25;
const K2: i32 = 10;
const K3: f64 = 8.0;

/// How far from zero an opinion has to be to be taken for sure, in log odds: 10 units of pR, which crm114 calls good.
const SURE: f64 = 10.0 * LN_10;

/// The counts of all pairs.
#[derive(Debug)]
pub(crate) struct Osb {
    counts: Counts,
    /// What is right and further than this from zero is not learned; without it everything is.
    sure: Option<f64>,
}

impl Osb {
    /// One that learns every message.
    pub(crate) fn everything() -> Self {
        Self { counts: Counts::default(), sure: None }
    }

    /// One that learns what it gets wrong, and what it is not sure of.
    pub(crate) fn near_errors() -> Self {
        Self { counts: Counts::default(), sure: Some(SURE) }
    }

    fn is_sure(&self, message: &Message, label: Label) -> bool {
        let right = || if label == Label::Spam { self.judge(message) } else { -self.judge(message) };
        self.sure.is_some_and(|sure| sure < right())
    }
}

impl Candidate for Osb {
    fn judge(&self, message: &Message) -> f64 {
        let all = self.counts.messages();
        let (all_ham, all_spam) = (f64::from(all.ham.max(1)), f64::from(all.spam.max(1)));
        let mut odds = (all_spam / all_ham).ln();
        for pair in &message.pairs {
            let Some(Seen { ham, spam }) = self.counts.of(*pair) else { continue };
            let (of_ham, of_spam) = (f64::from(ham) / all_ham, f64::from(spam) / all_spam);
            let confidence = confidence(of_ham, of_spam, all_ham.max(all_spam), weight(distance(*pair)));
            odds += confidence.mul_add(of_spam - 0.5, 0.5).ln() - confidence.mul_add(of_ham - 0.5, 0.5).ln();
        }
        odds
    }

    fn train(&mut self, message: &Message, label: Label) {
        if !self.is_sure(message, label) {
            self.counts.add(message.pairs.iter().copied(), label);
        }
    }
}

/// How much a pair is to be relied on, 0 to 1, that was seen in these shares of ham and spam, if there were as many of both.
fn confidence(of_ham: f64, of_spam: f64, messages: f64, weight: f64) -> f64 {
    let (ham, spam) = (of_ham * messages, of_spam * messages);
    let (sum, difference) = (ham + spam, ham - spam);
    if (of_ham - of_spam).abs() < 1e-6 {
        return 0.0;
    }
    let differs = (difference.mul_add(difference, ham * spam) - K1 / sum) / (sum * sum);
    differs.powi(K2) / (1.0 + K3 / (sum * weight))
}

/// What a pair counts for whose words are so far apart.
const fn weight(distance: u64) -> f64 {
    match distance {
        1 => 3125.0,
        2 => 256.0,
        3 => 27.0,
        _ => 4.0,
    }
}
