//! How well a few typed letters mean a text.

/// A word of the text begins with what was typed.
const BEGINS: i32 = 100;
/// It is somewhere within.
const WITHIN: i32 = 60;
/// Its letters are there in that order, with others between.
const SCATTERED: i32 = 30;

/// How well `query` means `text`, higher is better; `None` if it does not. Each word of the query must be found: at the
/// beginning of a word, or within one, or as letters in that order. An empty query means everything alike.
pub(crate) fn rank(query: &str, text: &str) -> Option<i32> {
    let text = text.to_lowercase();
    let mut sum = 0;
    for word in query.to_lowercase().split_whitespace() {
        sum += rank_word(word, &text)?;
    }
    Some(sum)
}

fn rank_word(word: &str, text: &str) -> Option<i32> {
    let begins = text.split(|c: char| !c.is_alphanumeric()).position(|part| part.starts_with(word));
    if let Some(place) = begins {
        return Some(BEGINS - i32::try_from(place).unwrap_or(BEGINS).min(9));
    }
    if text.contains(word) {
        return Some(WITHIN);
    }
    let mut rest = text.chars();
    let mut gaps = 0;
    for wanted in word.chars() {
        let skipped = rest.by_ref().position(|c| c == wanted)?;
        gaps += i32::try_from(skipped).unwrap_or(SCATTERED);
    }
    Some((SCATTERED - gaps).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_comes_first() {
        let texts = ["Mark as spam", "Show statistics", "Start with the system", "Accounts"];
        for (query, want) in [
            ("stat", "Show statistics"),
            ("spam mark", "Mark as spam"),
            ("acc", "Accounts"),
            ("sys", "Start with the system"),
            ("cns", "Accounts"),
            ("SHOW", "Show statistics"),
        ] {
            let best = texts.iter().filter_map(|text| Some((rank(query, text)?, *text))).max().map(|(_, text)| text);
            assert_eq!(best, Some(want), "{query}");
        }
        assert_eq!(rank("xyz", "Accounts"), None);
        assert_eq!(rank("spam nothing", "Mark as spam"), None);
        assert_eq!(rank("", "Accounts"), rank("", "Mark as spam"));
    }

    #[test]
    fn no_text_and_no_query_is_too_odd() {
        for query in ["", " ", "\u{0}", "ß", "İ", "é e\u{301}", "🦀"] {
            for text in ["", "Straße", "İstanbul", "🦀🦀"] {
                rank(query, text);
            }
        }
        assert!(rank("strasse", "Straße").is_none(), "letters are not guessed at");
    }
}
