//! What might be learned as it was filed, because nobody put it right.
//!
//! The danger is a learner that teaches itself its own mistakes. So its word is not enough: the checks alone must come to
//! the same class, as in SpamAssassin.
//!
//! The person of a run overlooks nothing, so whatever is learned this way was filed rightly: a run measures how much it
//! helps that clear cases are learned at all, and not what becomes of a mistake that nobody notices. Ham in Junk and spam
//! not there, with `--feedback evening --autolearn`, by how far beyond the thresholds a clear case lies ([`MARGIN`]; the
//! packs are those of `core/MEASUREMENTS.md`, shuffled with seed 1 where it says so):
//!
//! | points | 2002 | 2002, shuffled | modern, shuffled |
//! |---|---|---|---|
//! | 0 | 2, 83 | 6, 63 | 0, 32 |
//! | 1 | 5, 81 | 8, 60 | 0, 32 |
//! | 2 | 5, 75 | 8, 59 | 0, 31 |
//! | 3 | 9, 63 | 9, 61 | 0, 30 |
//! | 4 | 12, 45 | 12, 62 | 5, 37 |
//! | 2, checks not heard | 6, 69 | 9, 54 | 0, 28 |
//! | everything learned at once | 1, 47 | 5, 48 | 0, 18 |
//!
//! The wider the margin, the more ham is filed: just the ham that looks a little like spam is not learned then.

use tamis_core::{CHECKS, Class, Config, DecidedBy, Score, Symbol, Verdict, learn::Label};

use super::asks_learner;

/// How far beyond the threshold a verdict must lie: at 3 and 5, not above 1 for ham, and from 7 on for spam. As wide as
/// what is doubtful is by default; the table above has others.
const MARGIN: Score = Score::from_thousandths(2000);

/// The learner calls nothing in between a clear case; neither do the bounds of `BAYES_20` and `BAYES_80`.
const SURELY_HAM: f64 = 0.2;
const SURELY_SPAM: f64 = 0.8;

/// What a message may be learned as if nobody says anything. `None` if there is any doubt.
pub(super) fn label_as_filed(verdict: &Verdict, config: &Config) -> Option<Label> {
    if verdict.decided_by != DecidedBy::Score {
        return None;
    }
    let (tag, junk) = (config.tag_threshold(), config.junk_threshold());
    let checks = of_checks(verdict);
    let learner = verdict.probability;
    match verdict.class {
        Class::Ham => {
            let is_clear = verdict.score <= tag - MARGIN && checks < tag && learner.is_none_or(|p| p <= SURELY_HAM);
            is_clear.then_some(Label::Ham)
        }
        Class::Unsure => None,
        Class::Spam => {
            let is_clear = junk + MARGIN <= verdict.score && junk <= checks && learner.is_none_or(|p| SURELY_SPAM <= p);
            is_clear.then_some(Label::Spam)
        }
    }
}

/// The points without those of the learner.
fn of_checks(verdict: &Verdict) -> Score {
    let learners = CHECKS.iter().filter(|check| asks_learner(**check)).flat_map(|check| check.symbols());
    let learners: Vec<Symbol> = learners.map(tamis_core::SymbolInfo::symbol).collect();
    let of_checks = verdict.findings.iter().filter(|found| !learners.contains(&found.finding.symbol));
    of_checks.map(|found| found.score).sum()
}

#[cfg(test)]
mod tests {
    use tamis_core::{Finding, ScoredFinding, Words};

    use super::*;

    /// A verdict with these points from the learner and from the checks.
    fn verdict(checks: i32, learner: Option<(f64, i32)>) -> Verdict {
        let symbol_of = |of_learner: bool| {
            CHECKS.iter().find(|check| asks_learner(**check) == of_learner).unwrap().symbols()[0].symbol()
        };
        let found = |of_learner, thousandths| ScoredFinding {
            finding: Finding { symbol: symbol_of(of_learner), about: Words::new(""), why: String::new() },
            score: Score::from_thousandths(thousandths),
        };
        let mut findings = vec![found(false, checks)];
        findings.extend(learner.map(|(_, points)| found(true, points)));
        let score: Score = findings.iter().map(|found| found.score).sum();
        let class = match score.thousandths() {
            5000.. => Class::Spam,
            3000.. => Class::Unsure,
            _ => Class::Ham,
        };
        Verdict {
            score,
            class,
            probability: learner.map(|(probability, _)| probability),
            clues: Vec::new(),
            decided_by: DecidedBy::Score,
            findings,
            listed: Vec::new(),
            exhausted: Vec::new(),
            asked: Vec::new(),
        }
    }

    fn label(checks: i32, learner: Option<(f64, i32)>) -> Option<Label> {
        label_as_filed(&verdict(checks, learner), &Config::default())
    }

    #[test]
    fn only_what_lies_clearly_beyond_the_thresholds_is_learned() {
        for (points, want) in [
            (-9000, Some(Label::Ham)),
            (1000, Some(Label::Ham)),
            (1001, None),
            (2999, None),
            (3000, None),
            (4999, None),
            (5000, None),
            (6999, None),
            (7000, Some(Label::Spam)),
            (40_000, Some(Label::Spam)),
        ] {
            assert_eq!(label(points, None), want, "{points}");
        }
    }

    #[test]
    fn a_learner_in_doubt_is_not_confirmed() {
        assert_eq!(label(0, Some((0.21, 0))), None);
        assert_eq!(label(0, Some((0.2, 0))), Some(Label::Ham));
        assert_eq!(label(9000, Some((0.79, 0))), None);
        assert_eq!(label(9000, Some((0.8, 0))), Some(Label::Spam));
    }

    #[test]
    fn the_learner_is_not_believed_without_the_checks() {
        assert_eq!(label(4999, Some((0.999, 6600))), None);
        assert_eq!(label(5000, Some((0.999, 6600))), Some(Label::Spam));
        assert_eq!(label(3000, Some((0.001, -4000))), None);
        assert_eq!(label(2999, Some((0.001, -4000))), Some(Label::Ham));
    }

    #[test]
    fn what_is_spam_by_agreement_teaches_nothing() {
        let verdict = Verdict { decided_by: DecidedBy::TestMessage, ..verdict(1_000_000, None) };
        assert_eq!(label_as_filed(&verdict, &Config::default()), None);
    }
}
