//! Whether a probability means what it says: of what was called 80 % likely to be spam, are 80 % spam?
//!
//! The expected calibration error (Guo et al. 2017, <https://arxiv.org/abs/1706.04599>): the opinions are put into bins by
//! their probability, and the distances between the mean probability of a bin and its share of spam are averaged, each
//! with the count of its bin. Their bins are of equal width. Most opinions about mail lie at either end, where these bins
//! see little; so the same is measured once more with bins of equal counts. The probability is that of spam, not of the
//! likelier label as in the paper, so that an error says which way it goes.

use super::{Outcome, float, percent};
use crate::learn::Label;

/// As many as in the paper.
const BINS: usize = 15;

/// Opinions of about the same probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// The lower bound: of equal bins the edge, of equal counts the lowest probability in it.
    pub from: f64,
    /// The upper bound, which belongs to the bin.
    pub to: f64,
    /// How many opinions there are, at least one.
    pub count: usize,
    /// How many of them are about spam.
    pub spam: usize,
    /// The sum of their probabilities.
    sum: f64,
}

impl Bin {
    /// The mean probability of spam, in percent.
    pub fn mean(&self) -> f64 {
        100.0 * self.sum / float(self.count)
    }

    /// How many are spam, in percent.
    pub fn share(&self) -> f64 {
        percent(self.spam, self.count)
    }

    fn of(from: f64, to: f64, opinions: &[(f64, Label)]) -> Self {
        Self {
            from,
            to,
            count: opinions.len(),
            spam: opinions.iter().filter(|(_, label)| *label == Label::Spam).count(),
            sum: opinions.iter().map(|(probability, _)| probability).sum(),
        }
    }
}

/// The opinions of a run in bins, lowest probability first. Empty bins are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Fifteen bins of equal width.
    pub equal_bins: Vec<Bin>,
    /// Fifteen bins of as equal counts as equal probabilities, which stay together, allow.
    pub equal_counts: Vec<Bin>,
}

impl Calibration {
    /// Sorts the opinions of a run. Messages on which the learner had none do not count.
    pub fn of(outcomes: &[Outcome]) -> Self {
        let opinion = |outcome: &Outcome| outcome.probability.map(|probability| (probability, outcome.label));
        let mut opinions: Vec<(f64, Label)> = outcomes.iter().filter_map(opinion).collect();
        opinions.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { equal_bins: equal_bins(&opinions), equal_counts: equal_counts(&opinions) }
    }

    /// How many opinions there are.
    pub fn opinions(&self) -> usize {
        self.equal_bins.iter().map(|bin| bin.count).sum()
    }

    /// The error over [`Calibration::equal_bins`], in percent; NaN without opinions.
    pub fn error_of_bins(&self) -> f64 {
        error(&self.equal_bins)
    }

    /// The error over [`Calibration::equal_counts`], in percent; NaN without opinions.
    pub fn error_of_counts(&self) -> f64 {
        error(&self.equal_counts)
    }
}

/// `opinions` ascend.
fn equal_bins(opinions: &[(f64, Label)]) -> Vec<Bin> {
    let edge = |index: usize| float(index) / float(BINS);
    let bins = opinions.chunk_by(|a, b| place(a.0) == place(b.0));
    let bin = |chunk: &[(f64, Label)]| {
        let index = chunk.first().map_or(0, |(probability, _)| place(*probability));
        Bin::of(edge(index), edge(index + 1), chunk)
    };
    bins.map(bin).collect()
}

/// In which of the bins of equal width. As in the paper the upper edge belongs to a bin.
fn place(probability: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 15")]
    let above = (probability * float(BINS)).ceil() as usize;
    above.clamp(1, BINS) - 1
}

/// `opinions` ascend.
fn equal_counts(opinions: &[(f64, Label)]) -> Vec<Bin> {
    let mut bins = Vec::with_capacity(BINS);
    let mut begin = 0;
    let mut end = 0;
    for equal in opinions.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        if end * BINS / opinions.len() != begin * BINS / opinions.len() {
            bins.extend(counted(opinions, begin, end));
            begin = end;
        }
        end += equal.len();
    }
    bins.extend(counted(opinions, begin, end));
    bins
}

fn counted(opinions: &[(f64, Label)], begin: usize, end: usize) -> Option<Bin> {
    let chunk = opinions.get(begin..end)?;
    let ((from, _), (to, _)) = chunk.first().zip(chunk.last())?;
    Some(Bin::of(*from, *to, chunk))
}

fn error(bins: &[Bin]) -> f64 {
    let count: usize = bins.iter().map(|bin| bin.count).sum();
    let distances: f64 = bins.iter().map(|bin| (bin.sum - float(bin.spam)).abs()).sum();
    100.0 * distances / float(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;

    fn calibration(opinions: &[(f64, bool)]) -> Calibration {
        let outcome = |(probability, is_spam): &(f64, bool)| Outcome {
            label: if *is_spam { Label::Spam } else { Label::Ham },
            class: Class::Unsure,
            score: 0.0,
            probability: Some(*probability),
        };
        Calibration::of(&opinions.iter().map(outcome).collect::<Vec<Outcome>>())
    }

    fn errors(opinions: &[(f64, bool)]) -> (f64, f64) {
        let calibration = calibration(opinions);
        (calibration.error_of_bins(), calibration.error_of_counts())
    }

    fn near(got: (f64, f64), want: (f64, f64)) {
        assert!((got.0 - want.0).abs() < 1e-9 && (got.1 - want.1).abs() < 1e-9, "{got:?} instead of {want:?}");
    }

    #[test]
    fn three_spam_among_ten_at_thirty_percent_are_no_error() {
        let opinions: Vec<(f64, bool)> = (0..10).map(|i| (0.3, i < 3)).collect();
        near(errors(&opinions), (0.0, 0.0));
    }

    #[test]
    fn the_error_is_the_distance_to_the_truth_weighed_by_count() {
        // 30 at 0.9 of which half are spam: 40 too much. 10 at 0.1 of which all are: 90 too little.
        let high = (0..30).map(|i| (0.9, i % 2 == 0));
        let opinions: Vec<(f64, bool)> = high.chain((0..10).map(|_| (0.1, true))).collect();
        near(errors(&opinions), (52.5, 52.5));
        let bins = calibration(&opinions).equal_bins;
        let seen: Vec<(usize, usize)> = bins.iter().map(|bin| (bin.count, bin.spam)).collect();
        assert_eq!(seen, [(10, 10), (30, 15)]);
        near((bins[1].mean(), bins[1].share()), (90.0, 50.0));
    }

    #[test]
    fn equal_counts_see_what_a_wide_bin_averages_out() {
        let low = (0..10).map(|_| (0.68, true));
        let opinions: Vec<(f64, bool)> = low.chain((0..10).map(|_| (0.72, false))).collect();
        near(errors(&opinions), (20.0, 52.0));
    }

    #[test]
    fn measures_as_the_definition_does_in_another_language() {
        let mut x = 12_345_u32;
        let mut next = || {
            x = x.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
            (x >> 8) % 1000
        };
        let opinions: Vec<(f64, bool)> = (0..3000)
            .map(|_| {
                let permille = next();
                let truth = if permille < 480 { permille / 2 } else { u32::midpoint(1000, permille) };
                (f64::from(permille) / 1000.0, next() < truth)
            })
            .collect();
        near(errors(&opinions), (12.674_566_666_666_658, 12.524_499_999_999_993));
        let counts = |bins: &[Bin]| bins.iter().map(|bin| bin.count).collect::<Vec<usize>>();
        let got = calibration(&opinions);
        let widths = [208, 201, 193, 210, 212, 200, 185, 192, 191, 235, 174, 207, 201, 190, 201];
        let equal = [202, 198, 200, 201, 205, 194, 202, 198, 200, 202, 199, 200, 199, 203, 197];
        assert_eq!((counts(&got.equal_bins), counts(&got.equal_counts)), (widths.to_vec(), equal.to_vec()));
        assert_eq!(got.opinions(), 3000);
    }

    #[test]
    fn the_upper_edge_belongs_to_a_bin_and_none_is_outside() {
        let places = [0.0, 1.0 / 15.0, 0.2, 0.2 + 1e-9, 1.0].map(place);
        assert_eq!(places, [0, 0, 2, 3, 14]);
    }

    #[test]
    fn equal_probabilities_stay_together() {
        let bins = calibration(&[(0.5, true); 100]).equal_counts;
        assert_eq!(bins.len(), 1);
        assert_eq!((bins[0].from, bins[0].to, bins[0].count), (0.5, 0.5, 100));
    }

    #[test]
    fn silence_is_not_an_opinion() {
        let silent = Outcome { label: Label::Spam, class: Class::Ham, score: 0.0, probability: None };
        let got = Calibration::of(&[silent]);
        assert_eq!(got, Calibration::default());
        assert!(got.opinions() == 0 && got.error_of_bins().is_nan() && got.error_of_counts().is_nan());
    }
}
