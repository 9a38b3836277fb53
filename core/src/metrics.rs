//! The measures of the TREC spam track, over the results of a run.
//!
//! What is doubtful counts as delivered: spam that is not called spam is missed, and only ham called spam is a false
//! positive.

mod calibration;
mod means;
mod order;

pub use self::{
    calibration::{Bin, Calibration},
    means::{Means, means_table},
    order::shuffle,
};
use crate::{judge::Class, learn::Label};

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// What it is.
    pub label: Label,
    /// What it was called.
    pub class: Class,
    /// How much it looked like spam; only the order counts.
    pub score: f64,
    /// The learner's probability of spam, 0 to 1, if it had an opinion.
    pub probability: Option<f64>,
}

impl Outcome {
    /// Whether a person would have to put it right: ham called spam, or spam not called spam.
    pub fn is_wrong(&self) -> bool {
        (self.label == Label::Spam) != (self.class == Class::Spam)
    }
}

/// How good a run was. Shares are percentages; NaN where there was nothing to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Ham in all.
    pub ham: usize,
    /// Spam in all.
    pub spam: usize,
    /// False positives: ham called spam.
    pub fp: usize,
    /// False negatives: spam not called spam.
    pub fn_: usize,
    /// Ham called doubtful.
    pub unsure_ham: usize,
    /// Spam called doubtful.
    pub unsure_spam: usize,
    /// `fp` of ham.
    pub fpr: f64,
    /// `fn_` of spam.
    pub fnr: f64,
    /// The logistic average of both; a zero count is taken as half an error.
    pub lam: f64,
    /// The area above the ROC curve (1-ROCA): how often a ham looks more like spam than a spam does.
    pub roca: f64,
    /// Spam missed if at most one ham in a thousand may be called spam.
    pub fn_at_tenth: f64,
    /// Spam missed if no ham may be called spam.
    pub fn_at_none: f64,
    /// How often the learner had an opinion.
    pub opinions: f64,
}

impl Measures {
    /// Measures a run.
    pub fn of(outcomes: &[Outcome]) -> Self {
        let count = |label, class: &dyn Fn(Class) -> bool| {
            outcomes.iter().filter(|outcome| outcome.label == label && class(outcome.class)).count()
        };
        let ham = count(Label::Ham, &|_| true);
        let spam = count(Label::Spam, &|_| true);
        let fp = count(Label::Ham, &|class| class == Class::Spam);
        let fn_ = count(Label::Spam, &|class| class != Class::Spam);
        Self {
            ham,
            spam,
            fp,
            fn_,
            unsure_ham: count(Label::Ham, &|class| class == Class::Unsure),
            unsure_spam: count(Label::Spam, &|class| class == Class::Unsure),
            fpr: percent(fp, ham),
            fnr: percent(fn_, spam),
            lam: lam(fp, ham, fn_, spam),
            roca: roca(outcomes),
            fn_at_tenth: fn_at(outcomes, 0.001),
            fn_at_none: fn_at(outcomes, 0.0),
            opinions: percent(outcomes.iter().filter(|outcome| outcome.probability.is_some()).count(), outcomes.len()),
        }
    }
}

/// A line of column names, and a line for this run, each with its line end.
pub fn table(name: &str, measures: &Measures) -> String {
    let m = measures;
    let row = [
        format!("{name:<42}"),
        format!("{:6}", m.ham + m.spam),
        format!("{:4}/{:4}", m.fp, m.ham),
        format!("{:4}/{:5}", m.fn_, m.spam),
        fixed(m.fpr, 6, 2),
        fixed(m.fnr, 6, 2),
        fixed(m.lam, 5, 2),
        fixed(m.roca, 7, 4),
        fixed(m.fn_at_tenth, 9, 2),
        fixed(m.fn_at_none, 8, 2),
        format!("{}/{}", m.unsure_ham, m.unsure_spam),
    ];
    let head = [
        "run                                       ",
        "     n",
        "  FP/ham",
        "   FN/spam",
        "  FPR%",
        "  FNR%",
        " lam%",
        "1-ROCA%",
        "FN@FP0.1%",
        " FN@FP0%",
        "unsure h/s",
    ];
    format!("{}\n{}\n", head.join(" "), row.join(" "))
}

fn fixed(value: f64, width: usize, decimals: usize) -> String {
    if value.is_nan() { format!("{:>width$}", "nan") } else { format!("{value:width$.decimals$}") }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { f64::NAN } else { 100.0 * float(part) / float(whole) }
}

fn lam(fp: usize, ham: usize, fn_: usize, spam: usize) -> f64 {
    if ham == 0 || spam == 0 {
        return f64::NAN;
    }
    let logit = |errors: usize, of: usize| {
        let share = (float(errors).max(0.5) / float(of)).min(1.0 - 0.5 / float(of));
        (share / (1.0 - share)).ln()
    };
    let average = f64::midpoint(logit(fp, ham), logit(fn_, spam));
    100.0 / (1.0 + (-average).exp())
}

/// Pairs of a ham and a spam in which the ham scores higher; equal scores count half.
fn roca(outcomes: &[Outcome]) -> f64 {
    // Adding zero makes one zero of the two.
    let mut sorted: Vec<Outcome> =
        outcomes.iter().map(|outcome| Outcome { score: outcome.score + 0.0, ..*outcome }).collect();
    sorted.sort_by(|a, b| a.score.total_cmp(&b.score));
    let (mut inversions, mut spam_below, mut all_ham) = (0.0, 0, 0);
    for tied in sorted.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq()) {
        let spam = tied.iter().filter(|outcome| outcome.label == Label::Spam).count();
        let ham = tied.len() - spam;
        inversions += float(ham) * (float(spam_below) + float(spam) / 2.0);
        spam_below += spam;
        all_ham += ham;
    }
    if spam_below == 0 || all_ham == 0 { f64::NAN } else { 100.0 * inversions / float(all_ham * spam_below) }
}

/// The share of spam that scores no higher than the ham that just has to stay below the threshold.
fn fn_at(outcomes: &[Outcome], fpr: f64) -> f64 {
    let scores = |label| outcomes.iter().filter(move |outcome| outcome.label == label).map(|outcome| outcome.score);
    let mut ham: Vec<f64> = scores(Label::Ham).collect();
    ham.sort_by(|a, b| b.total_cmp(a));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
    let allowed = (fpr * float(ham.len())).floor() as usize;
    let Some(threshold) = ham.get(allowed) else { return f64::NAN };
    percent(scores(Label::Spam).filter(|score| score <= threshold).count(), scores(Label::Spam).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same list that the reference was measured on: a fixed recurrence, with ties.
    fn outcomes(count: usize) -> Vec<Outcome> {
        let mut x = 12_345_u64;
        let mut next = || {
            x = (x * 1_103_515_245 + 12_345) % (1 << 31);
            (x >> 8) % 1000
        };
        (0..count)
            .map(|_| {
                let label = if next() < 400 { Label::Spam } else { Label::Ham };
                let points = next() + if label == Label::Spam { 600 } else { 0 };
                let class = match points {
                    950.. => Class::Spam,
                    700.. => Class::Unsure,
                    _ => Class::Ham,
                };
                #[expect(clippy::cast_precision_loss, reason = "below 2000")]
                let score = points as f64 / 100.0;
                Outcome { label, class, score, probability: None }
            })
            .collect()
    }

    #[test]
    fn measures_as_the_reference_does() {
        let one = |label, class, score| Outcome { label, class, score, probability: None };
        let only_ham = vec![one(Label::Ham, Class::Ham, 1.0), one(Label::Ham, Class::Spam, 9.0)];
        let perfect = vec![
            one(Label::Ham, Class::Ham, 1.0),
            one(Label::Spam, Class::Spam, 9.0),
            one(Label::Ham, Class::Unsure, 3.0),
        ];
        let mut got = String::new();
        for (name, outcomes) in
            [("three-thousand", outcomes(3000)), ("forty", outcomes(40)), ("only-ham", only_ham), ("perfect", perfect)]
        {
            let table = table(name, &Measures::of(&outcomes));
            let skipped = usize::from(!got.is_empty());
            got.extend(table.split_inclusive('\n').skip(skipped));
        }
        insta::assert_snapshot!(got, @"
        run                                             n   FP/ham    FN/spam   FPR%   FNR%  lam% 1-ROCA% FN@FP0.1%  FN@FP0% unsure h/s
        three-thousand                               3000   71/1777  426/ 1223   4.00  34.83 12.98  7.3593     40.23    40.23 430/304
        forty                                          40    2/  21    5/   19   9.52  26.32 16.24  7.5188     36.84    36.84 5/4
        only-ham                                        2    1/   2    0/    0  50.00    nan   nan     nan       nan      nan 0/0
        perfect                                         3    0/   2    0/    1   0.00   0.00 36.60  0.0000      0.00     0.00 1/0
        ");
    }

    #[test]
    fn nothing_measures_as_nothing() {
        let got = Measures::of(&[]);
        assert!(got.roca.is_nan() && got.lam.is_nan() && got.fn_at_none.is_nan());
        assert_eq!((got.ham, got.fp), (0, 0));
    }
}
