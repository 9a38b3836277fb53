//! Why rules differ, as far as that is understood: `reasons.txt`.

use anyhow::{Context as _, Result, ensure};

const REASONS: &str = include_str!("reasons.txt");

/// What is said of a rule that no line is about.
pub(super) const UNEXPLAINED: &str = "unexplained";

/// The lines of the file.
#[derive(Clone, Debug)]
pub(super) struct Reasons(Vec<(String, String)>);

impl Reasons {
    /// Those in the repository.
    pub(super) fn known() -> Result<Self> {
        Self::read(REASONS)
    }

    fn read(text: &str) -> Result<Self> {
        let mut lines = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (rule, reason) = line
                .split_once('\t')
                .with_context(|| format!("reasons.txt, line {}: expected RULE, a tab, and the reason", number + 1))?;
            ensure!(!reason.trim().is_empty(), "reasons.txt, line {}: there is no reason", number + 1);
            lines.push((rule.trim().to_owned(), reason.trim().to_owned()));
        }
        Ok(Self(lines))
    }

    /// Why this rule differs, in words.
    pub(super) fn of(&self, rule: &str) -> &str {
        self.0.iter().find(|(glob, _)| fits(glob, rule)).map_or(UNEXPLAINED, |(_, reason)| reason)
    }
}

/// Whether a name is what a glob means; `*` stands for any letters.
fn fits(glob: &str, name: &str) -> bool {
    let mut pieces = glob.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let reasons = Reasons::read("# about\n\nFUZZY_A\tone\nFUZZY_*\ttwo\n*_X_*Z\tthree\n").unwrap();

        for (rule, want) in [
            ("FUZZY_A", "one"),
            ("FUZZY_AB", "two"),
            ("__FUZZY_A", UNEXPLAINED),
            ("A_X_Z", "three"),
            ("A_X_BZC", UNEXPLAINED),
            ("", UNEXPLAINED),
        ] {
            assert_eq!(reasons.of(rule), want, "{rule}");
        }
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        for text in ["A reason", "A\t ", "\n\nB"] {
            assert!(Reasons::read(text).is_err(), "{text:?}");
        }
        Reasons::known().unwrap();
    }
}
