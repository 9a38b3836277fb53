//! Arguments of functions, read as Perl reads them.

use crate::rules::{
    book::EvalTest,
    pattern::{Matcher, Plan},
};

/// Steps an expression of an argument may take on one text.
const BUDGET: u64 = 50_000_000;

/// The argument at a place, from 0.
pub(super) fn text(test: &EvalTest, at: usize) -> Option<&str> {
    test.arguments.get(at).map(String::as_str)
}

/// The argument at a place as a number: what it begins with, 0 if that is no number. `None` if there is no such argument.
pub(super) fn number(test: &EvalTest, at: usize) -> Option<f64> {
    let text = text(test, at)?.trim_ascii_start();
    let is_part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    let end = text.bytes().position(|byte| !is_part(byte)).unwrap_or(text.len());
    (1..=end).rev().find_map(|end| text.get(..end)?.parse().ok()).or(Some(0.0))
}

/// Whether a number is at least one argument, and at most another if there is that one.
pub(super) fn is_between(value: f64, test: &EvalTest, least: usize, most: usize) -> bool {
    let Some(least) = number(test, least) else { return false };
    least <= value && number(test, most).is_none_or(|most| value <= most)
}

/// Whether a ratio is at least one argument and below another; both are needed.
pub(super) fn is_ratio_within(ratio: f64, test: &EvalTest, least: usize, below: usize) -> bool {
    let (Some(least), Some(below)) = (number(test, least), number(test, below)) else { return false };
    least <= ratio && ratio < below
}

/// A count as a number that ratios are made of.
#[expect(clippy::cast_precision_loss, reason = "beyond 2^53 nobody looks at the last digit")]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

/// What an expression that stands bare or as `/…/i` says of a text. What cannot be read is never found.
pub(super) fn is_found(expression: &str, text: &[u8]) -> bool {
    expression_of(expression).is_some_and(|matcher| is_match(&matcher, text))
}

/// Whether a compiled expression is found; one that takes too long is not.
pub(super) fn is_match(matcher: &Matcher, text: &[u8]) -> bool {
    matcher.is_match(text, 0..text.len(), &mut BUDGET.clone()).unwrap_or(false)
}

/// The expression of an argument or setting: bare, or `/…/i`, or `m{…}i`.
pub(super) fn expression_of(written: &str) -> Option<Matcher> {
    let written = written.trim();
    let (text, flags) = delimited(written).unwrap_or((written, ""));
    Plan::new(text, flags).ok().map(Matcher::new)
}

fn delimited(written: &str) -> Option<(&str, &str)> {
    let inner = written.strip_prefix('m').filter(|rest| rest.starts_with(['{', '/', '!', ','])).unwrap_or(written);
    let first = inner.chars().next().filter(|first| matches!(first, '/' | '{' | '!' | ','))?;
    let is_marked = inner.len() < written.len() || first == '/';
    let last = if first == '{' { '}' } else { first };
    let (text, flags) = inner.get(1..)?.rsplit_once(last)?;
    (is_marked && flags.bytes().all(|flag| flag.is_ascii_lowercase())).then_some((text, flags))
}

#[cfg(test)]
pub(super) fn test(function: &str, arguments: &[&str]) -> EvalTest {
    EvalTest {
        target: "body".to_owned(),
        function: function.to_owned(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_an_argument_begins_with() {
        let test = test("f", &["12", "0.005", "", "x", "3px", "-1e2"]);
        let numbers: Vec<f64> = (0..6).filter_map(|at| number(&test, at)).collect();
        assert_eq!(numbers, [12.0, 0.005, 0.0, 0.0, 3.0, -100.0]);
        assert_eq!(number(&test, 6), None);
    }

    #[test]
    fn expressions_stand_bare_or_between_slashes() {
        assert!(is_found("^a\\.pdf$", b"a.pdf") && is_found("/^A\\.PDF$/i", b"a.pdf"));
        assert!(is_found("m{^a/b}", b"a/b"));
        assert!(!is_found("/^A/", b"a") && !is_found("(", b"("));
    }
}
