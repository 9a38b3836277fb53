//! The name a person probably meant.

/// The candidate that differs from `written` in the fewest places, if few enough that it may be a slip.
fn nearest<'a>(written: &str, candidates: &[&'a str]) -> Option<&'a str> {
    // A third of the letters may be wrong: enough for `treshhold`, too few to offer `tag` for `log`.
    let limit = (written.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(|candidate| (distance(written, candidate), *candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `; did you mean …?`, or nothing if there is nothing to offer.
pub(super) fn did_you_mean(written: &str, candidates: &[&str]) -> String {
    nearest(written, candidates).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// Levenshtein's distance without regard to ASCII case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(LONGEST).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(LONGEST).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            left = replaced.min(left + 1).min(above + 1);
            next.push(left);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// No setting or symbol is longer; keeps a hostile file from costing time.
const LONGEST: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_changed_letters() {
        for (a, b, want) in [("", "", 0), ("abc", "abc", 0), ("abc", "ABD", 1), ("kitten", "sitting", 3), ("", "ab", 2)]
        {
            assert_eq!(distance(a, b), want, "{a} {b}");
        }
    }

    #[test]
    fn offers_a_slip_and_not_a_guess() {
        let names = ["MISSING_DATE", "DATE_IN_PAST", "DATE_IN_FUTURE"];
        assert_eq!(did_you_mean("date_in_futur", &names), "; did you mean `DATE_IN_FUTURE`?");
        assert_eq!(did_you_mean("LOTTERY", &names), "");
        assert_eq!(nearest("taag", &["tag", "junk"]), Some("tag"));
        assert_eq!(nearest("log", &["tag", "junk"]), None);
    }
}
