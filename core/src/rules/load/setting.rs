//! Lines that say something of a rule that is defined elsewhere.

use crate::rules::book::Flags;

/// What `score` says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Score {
    /// These are the points.
    Is([f64; 4]),
    /// So much more than before.
    More([f64; 4]),
}

impl Score {
    /// One value or four; all are relative if one is in parentheses. `None` if it is neither.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut is_relative = false;
        let mut values = Vec::new();
        for word in text.split_ascii_whitespace() {
            let inside = word.strip_prefix('(').and_then(|word| word.strip_suffix(')'));
            is_relative |= inside.is_some();
            values.push(number(inside.unwrap_or(word))?);
        }
        let four = match *values {
            [all] => [all; 4],
            [neither, network, learner, both] => [neither, network, learner, both],
            _ => return None,
        };
        Some(if is_relative { Self::More(four) } else { Self::Is(four) })
    }

    /// The points after this line, if they were `before`. What is relative to nothing does nothing.
    pub(super) fn after(self, before: Option<[f64; 4]>) -> Option<[f64; 4]> {
        match self {
            Self::Is(values) => Some(values),
            Self::More(more) => before.map(|mut values| {
                for (value, more) in values.iter_mut().zip(more) {
                    *value += more;
                }
                values
            }),
        }
    }
}

/// `-2.5`, and no `+2`, `-.5`, `2.` or `1e1`.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(whole) && is_digits(part) { text.parse().ok() } else { None }
}

/// `tflags`: the last such line of a rule holds alone.
pub(super) fn flags(text: &str) -> Flags {
    let mut flags = Flags::default();
    for word in text.split_ascii_whitespace() {
        match word {
            "nice" => flags.is_nice = true,
            "net" => flags.needs_network = true,
            "learn" => flags.needs_learner = true,
            "multiple" => flags.is_multiple = true,
            word => match word.strip_prefix("maxhits=").and_then(|count| count.parse().ok()) {
                Some(count) => flags.max_hits = Some(count),
                None => flags.others.push(word.to_owned()),
            },
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_one_number_or_four() {
        for (text, want) in [
            ("2", Some([2.0; 4])),
            ("-02.50", Some([-2.5; 4])),
            ("0 1 2.5 -3", Some([0.0, 1.0, 2.5, -3.0])),
            ("(1.5)", Some([3.5; 4])),
            ("(1) (0) (0.5) (-1)", Some([3.0, 2.0, 2.5, 1.0])),
            ("(1) 2 3 4", Some([3.0, 4.0, 5.0, 6.0])),
        ] {
            assert_eq!(Score::read(text).and_then(|score| score.after(Some([2.0; 4]))), want, "{text}");
        }
        for text in ["", "1 2", "1 x", "1 2 3 4 5", "-.5", "+2", "1e1", "2.", "--1", "(2", "inf", "NaN"] {
            assert_eq!(Score::read(text), None, "{text}");
        }
        assert_eq!(Score::read("(2.5)").and_then(|score| score.after(None)), None);
    }

    #[test]
    fn flags_are_words() {
        let got = flags("net nice  multiple maxhits=6 publish maxhits=x");
        let others = vec!["publish".to_owned(), "maxhits=x".to_owned()];
        let want = Flags {
            is_nice: true,
            needs_network: true,
            needs_learner: false,
            is_multiple: true,
            max_hits: Some(6),
            others,
        };
        assert_eq!(got, want);
    }
}
