//! What is known of a subject says of its next message: an estimate with its uncertainty.
//!
//! The share of spam in what a subject sends is between 0 and 1, and known the better the more of it has been seen: a
//! Beta distribution, which begins as what is known of its surroundings, and each word of the person's moves and narrows.
//! Only what holds also at the near end of the uncertainty counts, so that points grow with what is known:
//!
//! ```text
//! words that agree   1     2     3     5     7    20
//! firmness           0  0.29  0.45  0.62  0.71  0.90        from 0.25 on a little, from 0.7 on in full
//! ```
//!
//! Of whom nothing is known, nothing is said: cold is not bad.

use std::collections::BTreeMap;

use super::{Record, Subject, Track, record::Weights};
use crate::mail::UnixTime;

/// What nobody knows anything about is as likely to send one as the other, and one message tells much (Jeffreys' prior).
const NEUTRAL: Prior = Prior { share: 0.5, strength: 1.0 };

/// What all is known of the surroundings counts at most as much as so many words more.
const MOST_OF_SURROUNDINGS: f64 = 2.0;

/// After so many words half of that.
const HALF_OF_SURROUNDINGS: f64 = 10.0;

/// Below so much of a word nothing is known of a subject itself…
const LEAST: f64 = 0.5;

/// …and below so many words nothing surely, whatever its surroundings are.
const ENOUGH: f64 = 2.0;

const SOMEWHAT: f64 = 0.25;
const FIRM: f64 = 0.7;

/// In so many weeks something has to be read before the sender is one whom the person reads.
const WEEKS_READ: u32 = 4;

/// The share of spam that is to be expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean, 0 to 1.
    pub share: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Prior {
    share: f64,
    strength: f64,
}

/// What can be said of a subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Wanted, and often told.
    Good,
    /// Rather wanted.
    Fair,
    /// It was never seen. That says nothing.
    #[default]
    Cold,
    /// It was seen, and too little was said of it, or both.
    Open,
    /// Rather spam.
    Doubted,
    /// Spam, and often told.
    Bad,
}

/// One subject of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Which.
    pub subject: Subject,
    /// What can be said of it.
    pub grade: Grade,
    /// What the grade comes from.
    pub estimate: Estimate,
    /// Whether the person reads what it sends, without ever having said a word about it.
    pub is_read: bool,
}

/// All of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standings {
    /// The author.
    pub sender: Option<Standing>,
    /// The author's domain.
    pub domain: Option<Standing>,
    /// The relay.
    pub relay: Option<Standing>,
    /// The network around it.
    pub network: Option<Standing>,
}

impl Estimate {
    fn of(prior: Prior, seen: Weights) -> Self {
        let spam = prior.share * prior.strength + seen.spam;
        let ham = (1.0 - prior.share) * prior.strength + seen.ham;
        let all = spam + ham;
        let share = spam / all;
        Self { share, deviation: (share * (1.0 - share) / (all + 1.0)).sqrt() }
    }

    /// How surely it is spam (up to 1) or wanted (down to -1); 0 if it may be either.
    pub fn firmness(&self) -> f64 {
        let distance = (self.share - 0.5).abs() - self.deviation;
        2.0 * distance.max(0.0).copysign(self.share - 0.5)
    }

    /// After so many words about itself.
    fn grade(&self, words: f64) -> Grade {
        let is_enough = ENOUGH <= words;
        match self.firmness() {
            firm if FIRM <= firm && is_enough => Grade::Bad,
            firm if SOMEWHAT <= firm => Grade::Doubted,
            firm if firm <= -FIRM && is_enough => Grade::Good,
            firm if firm <= -SOMEWHAT => Grade::Fair,
            _ => Grade::Open,
        }
    }
}

impl Standing {
    /// Of a subject of which that is known, in the light of its surroundings.
    pub fn of(subject: Subject, record: Option<&Record>, wider: Option<&Record>, now: UnixTime) -> Self {
        let own = record.map(|record| record.weights(now, subject.is_shared())).unwrap_or_default();
        // The subject is part of its surroundings; its own words must not count twice.
        let within = record.map(|record| record.weights(now, true)).unwrap_or_default();
        let around = wider.map(|wider| wider.weights(now, true)).unwrap_or_default();
        let others = Weights { ham: (around.ham - within.ham).max(0.0), spam: (around.spam - within.spam).max(0.0) };
        let estimate = Estimate::of(prior(others), own);
        let is_cold = record.is_none_or(|record| record.total().messages() == 0);
        let grade = if is_cold {
            Grade::Cold
        } else if own.sum() < LEAST {
            Grade::Open
        } else {
            estimate.grade(own.sum())
        };
        let is_untold = record.is_some_and(|record| {
            let total = record.total();
            total.said_ham == 0 && total.said_spam == 0 && WEEKS_READ <= record.weeks_read()
        });
        let is_read = is_untold && !subject.is_shared() && grade <= Grade::Open;
        Self { subject, grade, estimate, is_read }
    }

    /// Whether nothing is known of it itself.
    pub const fn is_untold(&self) -> bool {
        matches!(self.grade, Grade::Cold | Grade::Open)
    }
}

/// What is to be expected in such surroundings.
fn prior(others: Weights) -> Prior {
    let seen = others.sum();
    let share = Estimate::of(NEUTRAL, others).share;
    Prior { share, strength: NEUTRAL.strength + MOST_OF_SURROUNDINGS * seen / (seen + HALF_OF_SURROUNDINGS) }
}

impl Standings {
    /// Of what a message counts for, from what is known of each.
    pub fn of(track: &Track, known: &BTreeMap<Subject, Record>, now: UnixTime) -> Self {
        let standing = |subject: &Subject| {
            let wider = subject.wider().and_then(|wider| known.get(&wider));
            Standing::of(subject.clone(), known.get(subject), wider, now)
        };
        let around = |subject: &Subject| subject.wider().as_ref().map(standing);
        let relay = track.relay.map(Subject::Relay);
        Self {
            sender: track.sender.as_ref().map(standing),
            domain: track.sender.as_ref().and_then(around),
            relay: relay.as_ref().map(standing),
            network: relay.as_ref().and_then(around),
        }
    }
}
