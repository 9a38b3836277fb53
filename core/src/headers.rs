//! `X-Spam-*` header lines, as SpamAssassin writes them.

use crate::{judge::Class, score::Score};

/// Columns a line may have; a tab counts as eight.
const MAX_COLUMNS: usize = 78;

/// SpamAssassin stops there too: more stars say nothing more.
const MAX_STARS: usize = 50;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the lines say of a message. Plain data, so that they can be written from what is kept of a verdict.
#[derive(Clone, Copy, Debug)]
pub struct SpamFacts<'verdict> {
    /// The sum of what was found.
    pub score: Score,
    /// The class that followed.
    pub class: Class,
    /// The score from which mail is spam.
    pub required: Score,
    /// The names of what was found, in any order. What cannot be a symbol's name is left out.
    pub symbols: &'verdict [&'verdict str],
}

/// The header lines for a message, each with CRLF at its end: `X-Spam-Checker-Version`, `X-Spam-Flag` (for spam only),
/// `X-Spam-Level` and `X-Spam-Status`.
pub fn spam_headers(facts: &SpamFacts<'_>) -> String {
    let is_spam = facts.class == Class::Spam;
    let whole_points = usize::try_from(facts.score.thousandths() / 1000).unwrap_or_default();
    let flag = if is_spam { "X-Spam-Flag: YES\r\n" } else { "" };
    let answer = if is_spam { "Yes" } else { "No" };
    let required = facts.required;
    let score = shown(facts.score, required, is_spam);
    let status = format!(
        "X-Spam-Status: {answer}, score={score} required={required} tests={} autolearn=no version={VERSION}",
        tests(facts.symbols)
    );
    format!(
        "X-Spam-Checker-Version: Tamis {VERSION}\r\n{flag}X-Spam-Level: {}\r\n{}\r\n",
        "*".repeat(whole_points.min(MAX_STARS)),
        fold(&status)
    )
}

/// Whether a header of that name (any case) is one of those [`spam_headers`] writes. Another one would contradict it, and
/// may have been put there by the sender.
pub(crate) fn is_spam_header(name: &str) -> bool {
    ["X-Spam-Checker-Version", "X-Spam-Flag", "X-Spam-Level", "X-Spam-Status"]
        .iter()
        .any(|ours| ours.eq_ignore_ascii_case(name))
}

/// The score with one decimal; rounded down where rounding up would make wanted mail reach the threshold on paper.
fn shown(score: Score, required: Score, is_spam: bool) -> Score {
    let tenths_below = Score::from_thousandths(score.thousandths().div_euclid(100) * 100);
    if !is_spam && score < required && format!("{score}") == format!("{required}") { tenths_below } else { score }
}

fn tests(symbols: &[&str]) -> String {
    let is_symbol = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut names: Vec<&str> = symbols.iter().copied().filter(is_symbol).collect();
    names.sort_unstable();
    if names.is_empty() { "none".to_owned() } else { names.join(",") }
}

/// Breaks a header line at spaces, which become CRLF and tab, and after commas, where CRLF and tab are added.
fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 16);
    let mut column = 0;
    for piece in line.split_inclusive([' ', ',']) {
        let word = piece.trim_end_matches(' ');
        if column != 0 && MAX_COLUMNS < column + word.len() {
            if folded.ends_with(' ') {
                folded.pop();
            }
            folded.push_str("\r\n\t");
            column = 8;
        }
        folded.push_str(piece);
        column += piece.len();
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HTML: &str = "HTML_MESSAGE";
    const BAYES: &str = "BAYES_99";
    const LONG: &str = "A_SYMBOL_WITH_A_VERY_LONG_NAME_THAT_FILLS_ALMOST_A_WHOLE_LINE_BY_ITSELF";
    const LONGER: &str = "Z_SYMBOL_WITH_A_VERY_LONG_NAME_THAT_IS_LONGER_THAN_A_WHOLE_LINE_OF_A_HEADER_MAY_BE";
    const SHORT: &str = "GTUBE";

    fn headers(class: Class, thousandths: i32, symbols: &[&str]) -> String {
        let required = Score::from_thousandths(5000);
        spam_headers(&SpamFacts { score: Score::from_thousandths(thousandths), class, required, symbols })
    }

    fn unfold(folded: &str) -> String {
        folded.replace(",\r\n\t", ",").replace("\r\n\t", " ")
    }

    #[test]
    fn spam_is_flagged_and_its_tests_sorted() {
        let got = headers(Class::Spam, 7300, &[HTML, BAYES, LONG]);
        insta::assert_snapshot!(got.replace("\r\n", "\n").replace('\t', "→"), @"
        X-Spam-Checker-Version: Tamis 0.1.0
        X-Spam-Flag: YES
        X-Spam-Level: *******
        X-Spam-Status: Yes, score=7.3 required=5.0
        →tests=A_SYMBOL_WITH_A_VERY_LONG_NAME_THAT_FILLS_ALMOST_A_WHOLE_LINE_BY_ITSELF,
        →BAYES_99,HTML_MESSAGE autolearn=no version=0.1.0
        ");
        assert!(got.ends_with("\r\n") && !got.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn wanted_mail_has_no_flag_and_no_stars() {
        let got = headers(Class::Ham, -1200, &[]);
        insta::assert_snapshot!(got.replace("\r\n", "\n").replace('\t', "→"), @"
        X-Spam-Checker-Version: Tamis 0.1.0
        X-Spam-Level: 
        X-Spam-Status: No, score=-1.2 required=5.0 tests=none autolearn=no
        →version=0.1.0
        ");
    }

    #[test]
    fn mail_just_below_the_threshold_does_not_read_as_at_it() {
        let got = headers(Class::Unsure, 4980, &[BAYES]);
        assert!(got.contains("score=4.9 required=5.0"), "{got}");
    }

    #[test]
    fn doubtful_mail_is_not_flagged() {
        let got = headers(Class::Unsure, 3200, &[BAYES]);
        assert!(got.contains("X-Spam-Level: ***\r\n") && got.contains("X-Spam-Status: No, ") && !got.contains("Flag"));
    }

    #[test]
    fn no_name_breaks_a_line() {
        let got = headers(Class::Spam, 7300, &["A\r\nX-Evil: 1", "", "B C", BAYES]);
        assert!(got.contains("tests=BAYES_99 ") && !got.contains("Evil"), "{got}");
    }

    proptest! {
        #[test]
        fn folding_changes_nothing_but_the_line_ends(
            symbols in prop::collection::vec(prop::sample::select(vec![HTML, BAYES, LONG, LONGER, SHORT]), 0..30),
            thousandths in -20_000..90_000_i32,
        ) {
            let got = headers(Class::Spam, thousandths, &symbols);
            let want = format!("tests={} autolearn=no version=", tests(&symbols));
            prop_assert!(unfold(&got).contains(&want));
            for line in got.split("\r\n") {
                let columns = line.len() + if line.starts_with('\t') { 7 } else { 0 };
                let longest = line.split(['\t', ' ', ',']).map(str::len).max().unwrap_or_default();
                prop_assert!(columns <= MAX_COLUMNS || MAX_COLUMNS < longest + 9, "{line}");
                prop_assert!(line.is_empty() || !line.trim_start().is_empty(), "a line of white space ends a header");
            }
        }
    }
}
