//! Points, in thousandths.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, Sub},
};

use serde::{Deserialize, Deserializer, de};

/// A number of points on SpamAssassin's scale, kept as a whole number of thousandths.
///
/// Whole numbers add up to the same total in any order, so the same findings always give the same verdict. Floats do
/// not: a message at the threshold could flip from run to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(i32);

impl Score {
    /// The score that decides nothing. A symbol worth this is shown, but does not count.
    pub const ZERO: Self = Self(0);

    /// Reads `4.25` as 4250 thousandths. `None` if not finite or beyond ±10,000 points.
    pub fn from_points(points: f64) -> Option<Self> {
        let thousandths = (points * 1000.0).round();
        if !(-1e7..=1e7).contains(&thousandths) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "range-checked above")]
        let thousandths = thousandths as i32;
        Some(Self(thousandths))
    }

    /// `thousandths` as they are, for scores written in code or read from the store.
    pub const fn from_thousandths(thousandths: i32) -> Self {
        Self(thousandths)
    }

    /// The thousandths, as they are kept in the store.
    pub const fn thousandths(self) -> i32 {
        self.0
    }

    /// The points as a float, for plots and JSON.
    pub fn points(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl Add for Score {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Score {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Score {
    fn sum<I: Iterator<Item = Self>>(scores: I) -> Self {
        scores.fold(Self::ZERO, Add::add)
    }
}

/// One decimal, as SpamAssassin writes scores in headers; more when asked: `{:.3}`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(1);
        let text = format!("{:.decimals$}", self.points());
        let text = if text.trim_start_matches('-').bytes().all(|b| matches!(b, b'0' | b'.')) {
            text.trim_start_matches('-').to_owned()
        } else {
            text
        };
        match f.width() {
            Some(width) => write!(f, "{text:>width$}"),
            None => f.write_str(&text),
        }
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = f64::deserialize(deserializer)?;
        Self::from_points(points).ok_or_else(|| de::Error::custom("a score must be between -10000 and 10000"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_and_writes_points() {
        for (points, text) in
            [(4.0, "4.0"), (-0.04, "0.0"), (-0.05, "-0.1"), (-0.25, "-0.2"), (0.125, "0.1"), (1e9, "none")]
        {
            let got = Score::from_points(points).map_or_else(|| "none".to_owned(), |s| s.to_string());
            assert_eq!(got, text, "{points}");
        }
        assert_eq!(format!("{:>7.3}", Score::from_thousandths(-1250)), " -1.250");
    }

    proptest! {
        #[test]
        fn order_never_changes_the_sum(mut thousandths in prop::collection::vec(-10_000..10_000_i32, 0..50)) {
            let forward: Score = thousandths.iter().copied().map(Score::from_thousandths).sum();
            thousandths.reverse();
            let backward: Score = thousandths.iter().copied().map(Score::from_thousandths).sum();
            prop_assert_eq!(forward, backward);
        }
    }
}
