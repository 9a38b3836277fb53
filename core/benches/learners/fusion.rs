//! Several learners that are asked together.
//!
//! T. R. Lynam, G. V. Cormack, "On-line spam filter fusion", SIGIR 2006: the score of each is taken for the log odds that it
//! had so far, and the mean of these counts. There is nothing to be tuned in it. (Their other way, a regression on the scores,
//! gained only on very large streams.)

use tamis_core::learn::Label;

use crate::{
    candidate::Candidate,
    fisher::Fisher,
    mail::Message,
    regression::{Grams, Tokens},
};

/// Learners that are joined.
pub(crate) struct Fusion(Vec<Member>);

/// One of them, and what it said so far.
struct Member {
    candidate: Box<dyn Candidate>,
    /// Its scores of ham, ascending.
    ham: Vec<f64>,
    /// Its scores of spam, ascending.
    spam: Vec<f64>,
}

impl Fusion {
    /// Chi-square of tokens, regression on 4-grams of messages of length one, and regression on tokens.
    pub(crate) fn of_three() -> Self {
        let three: [Box<dyn Candidate>; 3] =
            [Box::new(Fisher::default()), Box::new(Grams::of_length_one()), Box::new(Tokens::default())];
        Self(three.into_iter().map(|candidate| Member { candidate, ham: Vec::new(), spam: Vec::new() }).collect())
    }
}

impl Candidate for Fusion {
    fn judge(&self, message: &Message) -> f64 {
        let odds = self.0.iter().map(|member| member.odds(member.candidate.judge(message)));
        odds.sum::<f64>() / number(self.0.len())
    }

    fn train(&mut self, message: &Message, label: Label) {
        for member in &mut self.0 {
            let score = member.candidate.judge(message);
            let scores = if label == Label::Spam { &mut member.spam } else { &mut member.ham };
            scores.insert(scores.partition_point(|other| *other < score), score);
            member.candidate.train(message, label);
        }
    }
}

impl Member {
    /// The spam that looked no more like spam than this, against the ham that looked no less like it; half a message more of
    /// each, as there may be none.
    fn odds(&self, score: f64) -> f64 {
        let spam = self.spam.partition_point(|other| *other <= score);
        let ham = self.ham.len() - self.ham.partition_point(|other| *other < score);
        ((number(spam) + 0.5) / (number(ham) + 0.5)).ln()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}
