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
    /// The log odds of Robinson's indicator, so that its middle is at zero and nothing is lost near its ends.
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
        let (not_ham, not_spam) = (log_survival(for_ham, spoke), log_survival(for_spam, spoke));
        let [for_spam, for_ham] = [not_ham.exp() - not_spam.exp_m1(), not_spam.exp() - not_ham.exp_m1()];
        for_spam.max(f64::MIN_POSITIVE).ln() - for_ham.max(f64::MIN_POSITIVE).ln()
    }

    fn train(&mut self, message: &Message, label: Label) {
        self.0.add(message.tokens.iter().map(|(id, _)| id.0), label);
    }
}

/// The logarithm of the probability that a chi-square of `2 * terms` degrees of freedom is above `2 * half`: of
/// `exp(-half)` times the sum of `half^i / i!` over all `i` below `terms`.
fn log_survival(half: f64, terms: u32) -> f64 {
    if half <= 0.0 || terms == 0 {
        return 0.0;
    }
    // The sum is kept as its logarithm, as what is added and what there is may be far apart.
    let (mut term, mut sum) = (0.0, 0.0);
    for index in 1..terms {
        term += half.ln() - f64::from(index).ln();
        let (more, less) = if term < sum { (sum, term) } else { (term, sum) };
        sum = more + (less - more).exp().ln_1p();
    }
    (sum - half).min(0.0)
}
