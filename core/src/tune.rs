//! Points that fit labelled mail.
//!
//! Every symbol has points a person gave it. Logistic regression moves them to where they part the ham from the spam of some
//! packs, and no further: a pack is never like other people's mail, and the person who wrote a rule knows what its ham lacks.
//! So the points are drawn back to the given ones, most where a symbol was seldom found, and stay between none and some
//! multiple of them, with their sign.
//!
//! With the sum of a message's points `s`, it is spam with probability `1 / (1 + exp(5 - s))`: the threshold is no parameter,
//! and a point more or less is worth the same on both sides.

use std::collections::BTreeMap;

use crate::learn::Label;

mod folds;

pub use folds::{cross_validate, judge_later};

/// The sum from which mail is spam.
const THRESHOLD: f64 = 5.0;
/// More sweeps change no score by a thousandth on packs of some thousand messages.
const SWEEPS: usize = 200;
/// A sweep that moves no score by more than this is the last.
const STILL: f64 = 1e-6;
/// How far one step moves a score at most, in points.
const STRIDE: f64 = 0.5;
/// Scores are rounded to hundredths: more would pretend to a knowledge that a few thousand messages do not give.
const HUNDREDTHS: f64 = 100.0;

/// A symbol whose points are sought.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Its name.
    pub name: String,
    /// The points a person gave it. Nothing is fitted to a symbol of 0 points.
    pub given: f64,
}

/// A message: what was found in it, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its symbols, as places in the list of [`Term`]s, each once.
    pub terms: Vec<usize>,
    /// The points of what else was found in it, which is not fitted.
    pub rest: f64,
    /// What it is.
    pub label: Label,
    /// What it has in common with others that are no evidence of their own, such as its sender. Messages of one group are
    /// never on both sides of a [cross-validation](cross_validate).
    pub group: String,
}

/// How the points are fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// No points below this; not above 0.
    pub low: f64,
    /// No points above this; not below 0.
    pub high: f64,
    /// No points above so many times the given ones. At least 0.
    pub stretch: f64,
    /// How strongly points are drawn back to the given ones. Above 0.
    pub l2: f64,
    /// How many missed spams a ham called spam is worth. Above 0.
    pub ham_weight: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { low: -1.5, high: 4.0, stretch: 1.5, l2: 3.0, ham_weight: 30.0 }
    }
}

impl Plan {
    /// The least and the most points `term` may have. What speaks for a message is easily feigned, and gains nothing.
    fn bounds(&self, term: &Term) -> (f64, f64) {
        if term.given < 0.0 {
            ((term.given * self.stretch.min(1.0)).max(self.low.min(0.0)), 0.0)
        } else {
            (0.0, (term.given * self.stretch).min(self.high.max(0.0)))
        }
    }
}

/// The points of each term that fit `rows` best, rounded to hundredths, in the order of `terms`.
///
/// The same arguments always give the same points. A term that no row has keeps its given points, as far as they are within
/// the bounds.
pub fn fit(terms: &[Term], rows: &[Row], plan: &Plan) -> Vec<f64> {
    let rows: Vec<&Row> = rows.iter().collect();
    fit_some(terms, &rows, plan)
}

/// The points of a message.
pub fn sum(scores: &[f64], row: &Row) -> f64 {
    row.terms.iter().filter_map(|term| scores.get(*term)).sum::<f64>() + row.rest
}

fn fit_some(terms: &[Term], rows: &[&Row], plan: &Plan) -> Vec<f64> {
    let bounds: Vec<(f64, f64)> = terms.iter().map(|term| plan.bounds(term)).collect();
    let mut scores: Vec<f64> =
        terms.iter().zip(&bounds).map(|(term, (low, high))| term.given.clamp(*low, *high)).collect();
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        for term in row.terms.iter().filter(|term| **term < terms.len()) {
            columns.entry(*term).or_default().push(place);
        }
    }
    let mut messages: Vec<Message> = rows.iter().map(|row| Message::new(row, &scores, plan)).collect();
    for _ in 0..SWEEPS {
        let mut most: f64 = 0.0;
        for (term, column) in &columns {
            let (Some(score), Some(given), Some((low, high))) =
                (scores.get_mut(*term), terms.get(*term), bounds.get(*term))
            else {
                continue;
            };
            let pull = (*score - given.given) * plan.l2;
            let step = step(column, &messages, pull, plan.l2).clamp(-STRIDE, STRIDE);
            let better = (*score - step).clamp(*low, *high);
            let moved = better - *score;
            *score = better;
            for place in column {
                if let Some(message) = messages.get_mut(*place) {
                    message.sum += moved;
                }
            }
            most = most.max(moved.abs());
        }
        if most < STILL {
            break;
        }
    }
    scores.iter().map(|score| (score * HUNDREDTHS).round() / HUNDREDTHS).collect()
}

/// A message while points are fitted.
struct Message {
    sum: f64,
    weight: f64,
    /// 1 for spam.
    target: f64,
}

impl Message {
    fn new(row: &Row, scores: &[f64], plan: &Plan) -> Self {
        let (weight, target) = match row.label {
            Label::Ham => (plan.ham_weight, 0.0),
            Label::Spam => (1.0, 1.0),
        };
        Self { sum: sum(scores, row), weight, target }
    }
}

/// Newton's step for one score: the slope of the loss over how fast it changes.
fn step(column: &[usize], messages: &[Message], pull: f64, l2: f64) -> f64 {
    let (mut slope, mut bend) = (pull, l2);
    for message in column.iter().filter_map(|place| messages.get(*place)) {
        let probability = 1.0 / (1.0 + (THRESHOLD - message.sum).exp());
        slope += message.weight * (probability - message.target);
        bend += message.weight * probability * (1.0 - probability);
    }
    if bend > 0.0 { slope / bend } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parts_ham_from_spam_gains_and_what_does_not_loses() {
        let terms = terms(&[("LURE", 3.0), ("EVERYWHERE", 3.0)]);
        let spam = (0..40).map(|n| row(&[0, 1], Label::Spam, n));
        let ham = (40..80).map(|n| row(&[1], Label::Ham, n));
        let rows: Vec<Row> = spam.chain(ham).collect();
        let scores = fit(&terms, &rows, &Plan::default());
        assert!(scores[0] > 3.5 && scores[1] < 2.0, "{scores:?}");
        assert!(sum(&scores, &rows[0]) > 5.0 && sum(&scores, &rows[40]) < 3.0, "{scores:?}");
    }

    #[test]
    fn what_was_seldom_found_stays_where_it_was() {
        let terms = terms(&[("OFTEN", 1.0), ("SELDOM", 1.0), ("NEVER", 1.0)]);
        let mut rows: Vec<Row> = (0..100).map(|n| row(&[0], Label::Spam, n)).collect();
        rows.push(row(&[1], Label::Spam, 100));
        let scores = fit(&terms, &rows, &Plan { stretch: 5.0, ..Plan::default() });
        assert!(scores[0] > 3.9, "{scores:?}");
        assert!(scores[1] > 1.0 && scores[1] < 1.6, "{scores:?}");
        assert!((scores[2] - 1.0).abs() < 1e-9, "{scores:?}");
    }

    #[test]
    fn points_keep_their_sign_and_their_bounds() {
        let terms = terms(&[("BAD", 2.0), ("NICE", -1.0), ("SHOWN", 0.0), ("HEAVY", 9.0)]);
        // All of them say the contrary of what they were written for.
        let ham = (0..60).map(|n| row(&[0, 2, 3], Label::Ham, n));
        let spam = (60..120).map(|n| row(&[1, 2], Label::Spam, n));
        let wrong = fit(&terms, &ham.chain(spam).collect::<Vec<Row>>(), &Plan::default());
        assert_eq!(wrong[1..3], [0.0, 0.0]);
        assert!(wrong[0] >= 0.0 && wrong[0] < 0.3, "{wrong:?}");
        // And here all of them are right.
        let spam = (0..60).map(|n| row(&[0], Label::Spam, n)).chain((60..90).map(|n| row(&[3], Label::Spam, n)));
        let ham = (90..150).map(|n| row(&[1, 0], Label::Ham, n));
        let right = fit(&terms, &spam.chain(ham).collect::<Vec<Row>>(), &Plan::default());
        assert!((right[3] - 4.0).abs() < 1e-9, "{right:?}");
        assert!(right[0] <= 3.0 && (-1.0..0.0).contains(&right[1]), "{right:?}");
    }

    #[test]
    fn ham_counts_for_more_than_spam() {
        let terms = terms(&[("BOTH", 4.0)]);
        let rows: Vec<Row> = (0..90).map(|n| row(&[0], if n % 3 == 0 { Label::Ham } else { Label::Spam }, n)).collect();
        let careful = fit(&terms, &rows, &Plan { stretch: 3.0, high: 9.0, ..Plan::default() });
        let careless = fit(&terms, &rows, &Plan { stretch: 3.0, high: 9.0, ham_weight: 0.1, ..Plan::default() });
        assert!(careful[0] < 4.0 && careless[0] > 5.0, "{careful:?} {careless:?}");
    }

    #[test]
    fn what_is_not_fitted_counts_all_the_same() {
        let rows = |rest| (0..50).map(|n| Row { rest, ..row(&[0], Label::Spam, n) }).collect::<Vec<Row>>();
        let alone = fit(&terms(&[("A", 2.0)]), &rows(0.0), &Plan::default());
        let helped = fit(&terms(&[("A", 2.0)]), &rows(6.0), &Plan::default());
        assert!(alone[0] > 2.9 && helped[0] < 2.6, "{alone:?} {helped:?}");
        assert!((sum(&helped, &rows(6.0)[0]) - helped[0] - 6.0).abs() < 1e-9);
    }

    #[test]
    fn the_order_of_the_rows_makes_no_difference() {
        let terms = terms(&[("A", 1.0), ("B", 2.0), ("C", -0.5)]);
        let mut rows: Vec<Row> = (0..50)
            .map(|n| {
                row(if n % 2 == 0 { &[0, 1] } else { &[1, 2] }, if n % 3 == 0 { Label::Ham } else { Label::Spam }, n)
            })
            .collect();
        let forward = fit(&terms, &rows, &Plan::default());
        rows.reverse();
        assert_eq!(fit(&terms, &rows, &Plan::default()), forward);
    }

    #[test]
    fn a_symbol_nobody_knows_is_passed_over() {
        let rows = [row(&[7], Label::Spam, 0)];
        assert_eq!(fit(&terms(&[("A", 1.0)]), &rows, &Plan::default()), [1.0]);
        assert_eq!(fit(&[], &rows, &Plan::default()), [0.0; 0]);
    }

    pub(super) fn terms(of: &[(&str, f64)]) -> Vec<Term> {
        of.iter().map(|(name, given)| Term { name: (*name).to_owned(), given: *given }).collect()
    }

    pub(super) fn row(terms: &[usize], label: Label, sender: usize) -> Row {
        Row { terms: terms.to_vec(), rest: 0.0, label, group: format!("sender{sender}") }
    }
}
