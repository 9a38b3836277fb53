//! Words that speak clearly, joined by Fisher's method.
//!
//! Gary Robinson, "A statistical approach to the spam problem", Linux Journal 107 (2003): each word has a probability that
//! is drawn to a middle as long as it was seen seldom; of all that are far enough from the middle, the logarithms are added
//! up, and how unlikely the sums are if nothing speaks says how much the message looks like ham, and like spam. The constants
//! are those that bogofilter 1.2.5 has built in. The tokens are Tamis'.

use tamis_core::learn::Label;

use crate::{candidate::Candidate, counts::Counts, mail::Message};

/// `robx`: the probability of a word that was never seen.
const MIDDLE: f64 = 0.52;

/// `robs`: how many messages that counts for.
const STRENGTH: f64 = 0.0178;

/// `min_dev`: a word nearer than this to one half is left out.
const LEAST_DEVIATION: f64 = 0.375;

/// The counts of all tokens.
#[derive(Debug, Default)]
pub(crate) struct Fisher(Counts);

impl Candidate for Fisher {
    /// The log odds of Robinson's indicator, so that the middle is at zero and what is near its ends does not round to them.
    fn judge(&self, message: &Message) -> f64 {
        let all = self.0.messages();
        let (all_ham, all_spam) = (f64::from(all.ham.max(1)), f64::from(all.spam.max(1)));
        let (mut spoke, mut for_ham, mut for_spam) = (0, 0.0, 0.0);
        for seen in message.tokens.iter().filter_map(|(id, _)| self.0.of(id.0)) {
            let (of_ham, of_spam) = (f64::from(seen.ham) / all_ham, f64::from(seen.spam) / all_spam);
            let times = f64::from(seen.ham + seen.spam);
            let probability = STRENGTH.mul_add(MIDDLE, times * of_spam / (of_ham + of_spam)) / (STRENGTH + times);
            if LEAST_DEVIATION <= (probability - 0.5).abs() {
                spoke += 1;
                for_ham -= probability.ln();
                for_spam -= (1.0 - probability).ln();
            }
        }
        let (not_ham, ham) = log_tails(for_ham, spoke);
        let (not_spam, spam) = log_tails(for_spam, spoke);
        log_sum(not_ham, spam) - log_sum(not_spam, ham)
    }

    fn train(&mut self, message: &Message, label: Label) {
        self.0.add(message.tokens.iter().map(|(id, _)| id.0), label);
    }
}

/// The logarithms of the probabilities that a chi-square of `2 * terms` degrees of freedom is above `2 * half`, and below. The
/// first is `exp(-half)` times the sum of `half^i / i!` over all `i` below `terms`, the second is all the others. The smaller
/// is added up, from its largest term on, so that neither is lost in the rounding of the other.
fn log_tails(half: f64, terms: u32) -> (f64, f64) {
    if half <= 0.0 || terms == 0 {
        return (0.0, f64::NEG_INFINITY);
    }
    let terms = f64::from(terms);
    let is_below_smaller = half < terms;
    let mut index = if is_below_smaller { terms } else { terms - 1.0 };
    let largest = index.mul_add(half.ln(), -half) - log_factorial(index);
    let (mut sum, mut term) = (0.0, 1.0);
    while sum * f64::EPSILON < term {
        sum += term;
        if is_below_smaller {
            index += 1.0;
            term *= half / index;
        } else {
            term *= index / half;
            index -= 1.0;
        }
    }
    let smaller = largest + sum.ln();
    let other = (-smaller.exp()).ln_1p();
    if is_below_smaller { (other, smaller) } else { (smaller, other) }
}

fn log_factorial(number: f64) -> f64 {
    std::iter::successors(Some(number), |number| Some(number - 1.0))
        .take_while(|number| 1.0 < *number)
        .map(f64::ln)
        .sum()
}

/// The logarithm of the sum of two numbers, of which the logarithms are given.
fn log_sum(one: f64, other: f64) -> f64 {
    let (more, less) = if one < other { (other, one) } else { (one, other) };
    more + (less - more).exp().ln_1p()
}
