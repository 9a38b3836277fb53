//! Lines, and what is left of one when what differs from copy to copy is gone.

/// Longer words look like something made for one reader.
const LONG: usize = 10;

/// Python's `str.splitlines`.
pub(super) fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |c: char| {
        matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    // Of `\r\n` the second leaves an empty line, which does not count.
    text.split(is_end)
}

/// Python's `\s`.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Without long words, addresses, links and white space.
pub(super) fn normal(line: &str) -> String {
    line.split(is_space).filter(|word| word.chars().count() < LONG && !is_address(word)).map(before_link).collect()
}

/// `\S+@\S+`
fn is_address(word: &str) -> bool {
    let count = word.chars().count();
    word.chars().enumerate().any(|(at, c)| c == '@' && 0 < at && at + 1 < count)
}

/// What stands before `[a-z]+:\S+`.
fn before_link(word: &str) -> &str {
    // Four letters are more than ASCII where Python compares without case.
    let is_letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '\u{130}' | '\u{131}' | '\u{17f}' | '\u{212a}');
    let mut colons = word.match_indices(':').filter(|(at, colon)| at + colon.len() < word.len());
    let before = colons.find_map(|(at, _)| {
        let before = word.get(..at)?;
        let rest = before.trim_end_matches(is_letter);
        (rest.len() < before.len()).then_some(rest)
    });
    before.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_copy_to_copy_is_no_part_of_a_line() {
        for (line, want) in [
            ("Dear a@b  friend,\t1234567890 see", "Dearfriend,see"),
            ("x http:a y", "xy"),
            ("(mail:x) @a a@ b:", "(@aa@b:"),
            ("a\u{a0}b\u{1f}c", "abc"),
        ] {
            assert_eq!(normal(line), want, "{line:?}");
        }
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        let lines: Vec<&str> = split_lines("a\r\nb\u{b}c\u{2028}d").filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["a", "b", "c", "d"]);
    }
}
