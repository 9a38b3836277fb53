//! `X-Spam-*` header lines, as SpamAssassin writes them.

use crate::{
    config::Config,
    judge::{Class, Verdict},
    score::Score,
};

/// Columns a line may have; a tab counts as eight.
const MAX_COLUMNS: usize = 78;

/// SpamAssassin stops there too: more stars say nothing more.
const MAX_STARS: usize = 50;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The header lines for `verdict`, each with CRLF at its end: `X-Spam-Checker-Version`, `X-Spam-Flag` (for spam only),
/// `X-Spam-Level` and `X-Spam-Status`.
pub fn spam_headers(verdict: &Verdict, config: &Config) -> String {
    let is_spam = verdict.class == Class::Spam;
    let whole_points = usize::try_from(verdict.score.thousandths() / 1000).unwrap_or_default();
    let flag = if is_spam { "X-Spam-Flag: YES\r\n" } else { "" };
    let answer = if is_spam { "Yes" } else { "No" };
    let required = config.junk_threshold();
    let score = shown(verdict.score, required, is_spam);
    let status = format!(
        "X-Spam-Status: {answer}, score={score} required={required} tests={} autolearn=no version={VERSION}",
        tests(verdict)
    );
    format!(
        "X-Spam-Checker-Version: Tamis {VERSION}\r\n{flag}X-Spam-Level: {}\r\n{}\r\n",
        "*".repeat(whole_points.min(MAX_STARS)),
        fold(&status)
    )
}

/// The score with one decimal; rounded down where rounding up would make wanted mail reach the threshold on paper.
fn shown(score: Score, required: Score, is_spam: bool) -> Score {
    let tenths_below = Score::from_thousandths(score.thousandths().div_euclid(100) * 100);
    if !is_spam && score < required && format!("{score}") == format!("{required}") { tenths_below } else { score }
}

fn tests(verdict: &Verdict) -> String {
    let mut names: Vec<&str> = verdict.findings.iter().map(|found| found.finding.symbol.name()).collect();
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
    use crate::{
        finding::Finding,
        judge::{DecidedBy, ScoredFinding},
        symbol::{Symbol, SymbolInfo},
    };

    const HTML: Symbol = SymbolInfo::new("HTML_MESSAGE", "").symbol;
    const BAYES: Symbol = SymbolInfo::new("BAYES_99", "").symbol;
    const LONG: Symbol =
        SymbolInfo::new("A_SYMBOL_WITH_A_VERY_LONG_NAME_THAT_FILLS_ALMOST_A_WHOLE_LINE_BY_ITSELF", "").symbol;
    const LONGER: Symbol =
        SymbolInfo::new("Z_SYMBOL_WITH_A_VERY_LONG_NAME_THAT_IS_LONGER_THAN_A_WHOLE_LINE_OF_A_HEADER_MAY_BE", "")
            .symbol;
    const SHORT: Symbol = SymbolInfo::new("GTUBE", "").symbol;

    fn verdict(class: Class, thousandths: i32, symbols: &[Symbol]) -> Verdict {
        let found = |symbol: &Symbol| ScoredFinding {
            finding: Finding { symbol: *symbol, why: String::new() },
            score: Score::ZERO,
        };
        Verdict {
            score: Score::from_thousandths(thousandths),
            class,
            probability: None,
            clues: Vec::new(),
            decided_by: DecidedBy::Score,
            findings: symbols.iter().map(found).collect(),
        }
    }

    fn unfold(folded: &str) -> String {
        folded.replace(",\r\n\t", ",").replace("\r\n\t", " ")
    }

    #[test]
    fn spam_is_flagged_and_its_tests_sorted() {
        let got = spam_headers(&verdict(Class::Spam, 7300, &[HTML, BAYES, LONG]), &Config::default());
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
        let got = spam_headers(&verdict(Class::Ham, -1200, &[]), &Config::default());
        insta::assert_snapshot!(got.replace("\r\n", "\n").replace('\t', "→"), @"
        X-Spam-Checker-Version: Tamis 0.1.0
        X-Spam-Level: 
        X-Spam-Status: No, score=-1.2 required=5.0 tests=none autolearn=no
        →version=0.1.0
        ");
    }

    #[test]
    fn mail_just_below_the_threshold_does_not_read_as_at_it() {
        let got = spam_headers(&verdict(Class::Unsure, 4980, &[BAYES]), &Config::default());
        assert!(got.contains("score=4.9 required=5.0"), "{got}");
    }

    #[test]
    fn doubtful_mail_is_not_flagged() {
        let got = spam_headers(&verdict(Class::Unsure, 3200, &[BAYES]), &Config::default());
        assert!(got.contains("X-Spam-Level: ***\r\n") && got.contains("X-Spam-Status: No, ") && !got.contains("Flag"));
    }

    proptest! {
        #[test]
        fn folding_changes_nothing_but_the_line_ends(
            symbols in prop::collection::vec(prop::sample::select(vec![HTML, BAYES, LONG, LONGER, SHORT]), 0..30),
            thousandths in -20_000..90_000_i32,
        ) {
            let verdict = verdict(Class::Spam, thousandths, &symbols);
            let got = spam_headers(&verdict, &Config::default());
            let want = format!("tests={} autolearn=no version=", tests(&verdict));
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
