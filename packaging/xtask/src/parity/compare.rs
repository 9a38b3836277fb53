//! What two engines said of the same mail, compared. Pure: it knows no file and no engine.

use std::collections::{BTreeMap, BTreeSet};

/// Two sums of points are the same up to this: SpamAssassin adds binary fractions and we add thousandths.
pub const SAME_SCORE: f64 = 0.1;

/// What one engine said of one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// The rules that hit, sub-rules too, and how often.
    pub hits: BTreeMap<String, u32>,
    /// The points of those that have some.
    pub scores: BTreeMap<String, f64>,
}

/// What both said of one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    /// Which message, for people.
    pub name: String,
    /// What SpamAssassin said.
    pub theirs: Said,
    /// What we said.
    pub ours: Said,
}

/// The messages that a rule hit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// How many it hit for both.
    pub both: usize,
    /// How many of these it hit more often for one than for the other.
    pub counted_apart: usize,
    /// Places in the list of pairs that it hit for us alone.
    pub only_ours: Vec<usize>,
    /// The same for SpamAssassin.
    pub only_theirs: Vec<usize>,
}

/// How alike two engines are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// How many messages.
    pub messages: usize,
    /// How many rules both run.
    pub rules: usize,
    /// Rules that only one of them runs: how many of theirs, how many of ours.
    pub left_out: (usize, usize),
    /// Pairs of a message and a rule that both run.
    pub hits_theirs: usize,
    /// The same for us.
    pub hits_ours: usize,
    /// Those of both.
    pub intersection: usize,
    /// Messages whose points, of rules that both run, are the same up to [`SAME_SCORE`].
    pub same_score: usize,
    /// The rules that hit anything.
    pub by_rule: BTreeMap<String, Differences>,
}

impl Comparison {
    /// Compares what was said of `pairs` by rules that are in both sets.
    pub fn of(pairs: &[Pair], theirs: &BTreeSet<String>, ours: &BTreeSet<String>) -> Self {
        let both: BTreeSet<&str> = theirs.intersection(ours).map(String::as_str).collect();
        let mut all = Self {
            messages: pairs.len(),
            rules: both.len(),
            left_out: (theirs.len() - both.len(), ours.len() - both.len()),
            ..Self::default()
        };
        for (place, pair) in pairs.iter().enumerate() {
            all.add(place, pair, &both);
            let [theirs, ours] = [&pair.theirs, &pair.ours].map(|said| points(said, &both));
            all.same_score += usize::from((theirs - ours).abs() <= SAME_SCORE);
        }
        all
    }

    fn add(&mut self, place: usize, pair: &Pair, both: &BTreeSet<&str>) {
        let names: BTreeSet<&String> = pair.theirs.hits.keys().chain(pair.ours.hits.keys()).collect();
        for name in names.into_iter().filter(|name| both.contains(name.as_str())) {
            let count = |said: &Said| said.hits.get(name).copied().filter(|count| *count != 0);
            let rule = self.by_rule.entry(name.clone()).or_default();
            match (count(&pair.theirs), count(&pair.ours)) {
                (Some(theirs), Some(ours)) => {
                    rule.both += 1;
                    rule.counted_apart += usize::from(theirs != ours);
                    self.intersection += 1;
                    self.hits_theirs += 1;
                    self.hits_ours += 1;
                }
                (Some(_), None) => {
                    rule.only_theirs.push(place);
                    self.hits_theirs += 1;
                }
                (None, Some(_)) => {
                    rule.only_ours.push(place);
                    self.hits_ours += 1;
                }
                (None, None) => {}
            }
        }
    }

    /// Pairs of a message and a rule for either.
    pub fn union(&self) -> usize {
        self.hits_theirs + self.hits_ours - self.intersection
    }

    /// The intersection's share of the union, 0 to 1. Where nothing hit at all, there is no difference.
    pub fn agreement(&self) -> f64 {
        share(self.intersection, self.union())
    }

    /// The share of messages with the same points, 0 to 1.
    pub fn same_score_share(&self) -> f64 {
        share(self.same_score, self.messages)
    }

    /// Rules that differ, those with most differences first.
    pub fn differing(&self) -> Vec<(&str, &Differences)> {
        let differs = |rule: &Differences| !rule.only_ours.is_empty() || !rule.only_theirs.is_empty();
        let mut rules: Vec<_> = self.by_rule.iter().filter(|(_, rule)| differs(rule)).collect();
        rules.sort_by_key(|(name, rule)| (std::cmp::Reverse(rule.len()), name.as_str()));
        rules.into_iter().map(|(name, rule)| (name.as_str(), rule)).collect()
    }
}

impl Differences {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.only_ours.len() + self.only_theirs.len()
    }

    /// Whether it hit the same messages for both.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn points(said: &Said, both: &BTreeSet<&str>) -> f64 {
    said.scores.iter().filter(|(name, _)| both.contains(name.as_str())).map(|(_, points)| points).sum()
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { number(part) / number(whole) }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(hits: &[(&str, u32)], scores: &[(&str, f64)]) -> Said {
        Said {
            hits: hits.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
            scores: scores.iter().map(|(name, points)| ((*name).to_owned(), *points)).collect(),
        }
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn pairs() -> Vec<Pair> {
        let pair = |name: &str, theirs, ours| Pair { name: name.to_owned(), theirs, ours };
        vec![
            pair(
                "one",
                said(&[("A", 1), ("__B", 3), ("NET", 1)], &[("A", 1.5), ("NET", 4.0)]),
                said(&[("A", 1), ("__B", 2)], &[("A", 1.55)]),
            ),
            pair("two", said(&[("A", 1)], &[("A", 1.5)]), said(&[("__B", 1), ("OWN", 1)], &[("OWN", 2.0)])),
            pair("three", said(&[], &[]), said(&[("A", 0)], &[])),
        ]
    }

    #[test]
    fn only_rules_that_both_run_are_compared() {
        let got = Comparison::of(&pairs(), &set(&["A", "__B", "C", "NET"]), &set(&["A", "__B", "C", "OWN"]));

        assert_eq!((got.messages, got.rules, got.left_out), (3, 3, (1, 1)));
        assert_eq!((got.hits_theirs, got.hits_ours, got.intersection, got.union()), (3, 3, 2, 4));
        assert!((got.agreement() - 0.5).abs() < 1e-12);
        assert_eq!(got.by_rule.keys().collect::<Vec<_>>(), ["A", "__B"]);
    }

    #[test]
    fn scores_agree_up_to_a_tenth_and_count_what_both_run() {
        let got = Comparison::of(&pairs(), &set(&["A", "__B", "NET"]), &set(&["A", "__B", "OWN"]));

        // The first differs by 0.05, the second by 1.5, and of the third nothing is said.
        assert_eq!(got.same_score, 2);
        assert!((got.same_score_share() - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_rule_knows_where_it_differs() {
        let got = Comparison::of(&pairs(), &set(&["A", "__B"]), &set(&["A", "__B"]));

        let differing = got.differing();
        let names: Vec<&str> = differing.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["A", "__B"]);
        let rule = |both, counted_apart, only_ours: &[usize], only_theirs: &[usize]| Differences {
            both,
            counted_apart,
            only_ours: only_ours.to_vec(),
            only_theirs: only_theirs.to_vec(),
        };
        assert_eq!(differing[0].1, &rule(1, 0, &[], &[1]));
        assert_eq!(differing[1].1, &rule(1, 1, &[1], &[]));
    }

    #[test]
    fn nothing_agrees_with_nothing() {
        let got = Comparison::of(&[], &set(&["A"]), &set(&[]));

        assert!((got.agreement() - 1.0).abs() < f64::EPSILON && (got.same_score_share() - 1.0).abs() < f64::EPSILON);
        assert!(got.differing().is_empty());
    }
}
