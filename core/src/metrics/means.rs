//! What several runs come to on average.

use super::{Measures, fixed, float};

/// The means of some measures over several runs, in percent; NaN if one of the runs had nothing to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Means {
    /// Of [`Measures::fpr`].
    pub fpr: f64,
    /// Of [`Measures::fnr`].
    pub fnr: f64,
    /// Of [`Measures::lam`].
    pub lam: f64,
    /// Of [`Measures::roca`].
    pub roca: f64,
    /// Of [`Measures::fn_at_tenth`].
    pub fn_at_tenth: f64,
    /// Of [`Measures::opinions`].
    pub opinions: f64,
}

impl Means {
    /// Averages `runs`, which count the same.
    pub fn of(runs: &[Measures]) -> Self {
        let mean = |of: &dyn Fn(&Measures) -> f64| runs.iter().map(of).sum::<f64>() / float(runs.len());
        Self {
            fpr: mean(&|run| run.fpr),
            fnr: mean(&|run| run.fnr),
            lam: mean(&|run| run.lam),
            roca: mean(&|run| run.roca),
            fn_at_tenth: mean(&|run| run.fn_at_tenth),
            opinions: mean(&|run| run.opinions),
        }
    }
}

/// A line of column names, and a line for these runs, each with its line end. The columns are as in
/// [`table`](super::table).
pub fn means_table(name: &str, means: &Means) -> String {
    let row = [
        format!("{name:<42}"),
        fixed(means.fpr, 6, 2),
        fixed(means.fnr, 6, 2),
        fixed(means.lam, 5, 2),
        fixed(means.roca, 7, 4),
        fixed(means.fn_at_tenth, 9, 2),
        fixed(means.opinions, 9, 2),
    ];
    let head = [
        "mean                                      ",
        "  FPR%",
        "  FNR%",
        " lam%",
        "1-ROCA%",
        "FN@FP0.1%",
        "opinions%",
    ];
    format!("{}\n{}\n", head.join(" "), row.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{judge::Class, learn::Label, metrics::Outcome};

    /// Four ham and two spam, of which the first ones were called wrong.
    fn run(fp: usize, fn_: usize, probability: Option<f64>) -> Measures {
        let class = |is_spam| if is_spam { Class::Spam } else { Class::Ham };
        let one = |label, class: Class| Outcome { label, class, score: f64::from(class as u8), probability };
        let ham = (0..4).map(|i| one(Label::Ham, class(i < fp)));
        let spam = (0..2).map(|i| one(Label::Spam, class(fn_ <= i)));
        Measures::of(&ham.chain(spam).collect::<Vec<Outcome>>())
    }

    #[test]
    fn each_run_counts_the_same() {
        let means = Means::of(&[run(1, 0, None), run(2, 1, Some(0.5)), run(0, 1, Some(0.5))]);
        let got = means_table("after 10", &means);
        insta::assert_snapshot!(got, @"
        mean                                         FPR%   FNR%  lam% 1-ROCA% FN@FP0.1% opinions%
        after 10                                    25.00  33.33 34.14 29.1667     83.33     66.67
        ");
    }

    #[test]
    fn what_one_run_could_not_measure_has_no_mean() {
        let means = Means::of(&[run(1, 0, None), Measures::of(&[])]);
        assert!(means.fpr.is_nan() && means.roca.is_nan());
        assert!(Means::of(&[]).fnr.is_nan());
    }
}
