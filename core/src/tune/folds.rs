//! How well fitted points judge mail they were not fitted to.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{Plan, Row, Term, fit_some, sum};

/// The points of each row, by scores fitted to the rows of all folds but its own, in the order of `rows`.
///
/// A group is in one fold as a whole; the folds are about equally large. With fewer than two folds nothing is left to fit
/// to, and every row gets what the given points say.
pub fn cross_validate(terms: &[Term], rows: &[Row], plan: &Plan, folds: usize) -> Vec<f64> {
    let fold_of = folds_of(rows, folds.max(1));
    let mut points = vec![0.0; rows.len()];
    for fold in 0..folds.max(1) {
        let others: Vec<&Row> = rows.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(row, _)| row).collect();
        let scores = fit_some(terms, &others, plan);
        for ((row, of), points) in rows.iter().zip(&fold_of).zip(&mut points) {
            if *of == fold {
                *points = sum(&scores, row);
            }
        }
    }
    points
}

/// The points of the rows that came later, by scores fitted to the earlier ones; `None` for those. `is_earlier` says it of each row,
/// in the order of `rows`.
///
/// A sender may be on both sides, as in life.
pub fn judge_later(terms: &[Term], rows: &[Row], plan: &Plan, is_earlier: &[bool]) -> Vec<Option<f64>> {
    let is_earlier = |place: usize| is_earlier.get(place).copied().unwrap_or_default();
    let earlier: Vec<&Row> =
        rows.iter().enumerate().filter(|(place, _)| is_earlier(*place)).map(|(_, row)| row).collect();
    let scores = fit_some(terms, &earlier, plan);
    rows.iter().enumerate().map(|(place, row)| (!is_earlier(place)).then(|| sum(&scores, row))).collect()
}

/// The fold of each row. The largest groups are dealt out first, each to the fold that has least.
fn folds_of(rows: &[Row], folds: usize) -> Vec<usize> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *sizes.entry(row.group.as_str()).or_default() += 1;
    }
    let mut groups: Vec<(&str, usize)> = sizes.into_iter().collect();
    groups.sort_by_key(|(name, size)| (Reverse(*size), *name));
    let mut filled = vec![0_usize; folds];
    let mut fold_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, size) in groups {
        let least = (0..folds).min_by_key(|fold| filled.get(*fold).copied()).unwrap_or_default();
        if let Some(filled) = filled.get_mut(least) {
            *filled += size;
        }
        fold_of.insert(name, least);
    }
    rows.iter().map(|row| fold_of.get(row.group.as_str()).copied().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{row, terms},
        *,
    };
    use crate::{learn::Label, tune::fit};

    #[test]
    fn a_group_is_never_divided_and_folds_are_even() {
        let rows: Vec<Row> = (0..100).map(|n| row(&[0], Label::Spam, n % 17)).collect();
        let folds = folds_of(&rows, 5);
        for (a, of_a) in rows.iter().zip(&folds) {
            for (b, of_b) in rows.iter().zip(&folds) {
                assert!(a.group != b.group || of_a == of_b, "{} is in two folds", a.group);
            }
        }
        for fold in 0..5 {
            let size = folds.iter().filter(|of| **of == fold).count();
            assert!((15..=25).contains(&size), "fold {fold} has {size}");
        }
    }

    #[test]
    fn nothing_is_judged_by_scores_that_knew_it() {
        // One sender's mail alone bears the symbol: whoever has not seen it cannot know that it speaks for spam.
        let terms = terms(&[("ONE_SENDER", 1.0), ("OTHERS", 1.0)]);
        let one = (0..30).map(|_| row(&[0], Label::Spam, 0));
        let others = (0..30).map(|n| row(&[1], Label::Spam, 1 + n));
        let rows: Vec<Row> = one.chain(others).collect();
        let plan = Plan { stretch: 5.0, ..Plan::default() };
        let points = cross_validate(&terms, &rows, &plan, 3);
        assert!(points[..30].iter().all(|points| (points - 1.0).abs() < 1e-9), "{points:?}");
        assert!(points[30..].iter().all(|points| *points > 2.0), "{points:?}");
    }

    #[test]
    fn the_later_mail_is_judged_by_what_the_earlier_taught() {
        // What only the later mail bears keeps its given points, whatever it would have been fitted to.
        let terms = terms(&[("EARLY", 1.0), ("LATE", 1.0)]);
        let early = (0..30).map(|n| row(&[0], Label::Spam, n));
        let rows: Vec<Row> = early.chain((0..30).map(|n| row(&[0, 1], Label::Spam, n))).collect();
        let is_earlier: Vec<bool> = (0..60).map(|n| n < 30).collect();
        let plan = Plan { stretch: 5.0, ..Plan::default() };
        let points = judge_later(&terms, &rows, &plan, &is_earlier);
        assert!(points[..30].iter().all(Option::is_none), "{points:?}");
        let early = fit(&terms, &rows[..30], &plan)[0];
        assert!(
            points[30..].iter().all(|points| points.is_some_and(|points| (points - early - 1.0).abs() < 1e-9)),
            "{points:?}"
        );
    }

    #[test]
    fn one_fold_leaves_the_given_points() {
        let rows: Vec<Row> = (0..9).map(|n| row(&[0], Label::Spam, n)).collect();
        assert_eq!(cross_validate(&terms(&[("A", 1.2)]), &rows, &Plan::default(), 1), [1.2; 9]);
        assert_eq!(cross_validate(&terms(&[("A", 1.2)]), &[], &Plan::default(), 0), [0.0; 0]);
    }
}
