//! The words of a text that tell it from others, whatever it is dressed in.

use unicode_normalization::UnicodeNormalization as _;

use crate::checks::is_invisible;

/// Most words of a text that count: four pages.
const MOST_WORDS: usize = 1500;

/// What is read of a text at most, in bytes.
const MOST_BYTES: usize = 64 << 10;

/// Shorter words are in every text of a language, and say nothing of this one.
const LEAST_LETTERS: usize = 4;

/// No word of a language is longer.
const MOST_LETTERS: usize = 40;

/// The words in their order: in lower case, without accents, and without what differs from copy to copy, which are links,
/// addresses, and whatever has a digit in it. Scripts that put nothing between words give pairs of letters.
pub(super) fn words(text: &str) -> Vec<String> {
    let text = text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or_default();
    let mut found = Vec::new();
    for piece in text.split_whitespace().filter(|piece| !is_changing(piece)) {
        let plain: String = piece.nfkd().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect();
        // What stands above or below a letter is a mark of its own after that.
        for word in plain.split(|c: char| !c.is_alphanumeric() && !is_mark(c)) {
            take(word, &mut found);
        }
        if MOST_WORDS <= found.len() {
            found.truncate(MOST_WORDS);
            break;
        }
    }
    found
}

fn take(word: &str, found: &mut Vec<String>) {
    let letters: Vec<char> = word.chars().filter(|c| !is_mark(*c)).collect();
    if letters.iter().copied().any(is_unspaced) {
        found.extend(letters.windows(2).filter(|pair| pair.iter().copied().all(is_unspaced)).map(String::from_iter));
        return;
    }
    let is_word = (LEAST_LETTERS..=MOST_LETTERS).contains(&letters.len());
    if is_word && !letters.iter().any(|c| c.is_numeric()) {
        found.push(String::from_iter(letters));
    }
}

/// Links and addresses.
fn is_changing(piece: &str) -> bool {
    piece.contains("://")
        || piece.contains('@')
        || piece.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Whether `c` is of a script that writes without spaces: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_copy_to_copy_is_no_word() {
        let text =
            "Dear friend, your ACCOUNT at https://b.example/x7 (kim@x.example, no. 4711x) was Sus\u{ad}pended! naïve";
        assert_eq!(words(text), ["dear", "friend", "your", "account", "suspended", "naive"]);
    }

    #[test]
    fn text_without_spaces_gives_pairs_of_letters() {
        assert_eq!(words("您的账户 已 abc"), ["您的", "的账", "账户"]);
    }

    #[test]
    fn no_text_is_too_long() {
        assert_eq!(words(&"word ".repeat(50_000)).len(), MOST_WORDS);
        assert_eq!(words(&"x".repeat(1 << 20)), [""; 0]);
    }
}
