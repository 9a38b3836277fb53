//! What a message says of itself, made fit to stand in a sentence of ours.

use crate::{Tongue, checks::is_invisible, explain::harmless};

/// The longest fact, in characters.
const MOST: usize = 44;

/// One line without anything invisible, not long, and marked as a quotation if it might be read as words of ours. Of an
/// address or a site the end is kept: that is the part that cannot be chosen freely.
pub(super) fn fact(text: &str, tongue: Tongue) -> String {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = clean.chars().filter(|c| !c.is_control() && !is_left_out(*c)).collect();
    let clean = clean.trim_matches(|c: char| c.is_whitespace() || ",;:_-|".contains(c)).to_owned();
    let count = clean.chars().count();
    let is_address = !clean.contains(' ') && clean.contains('.');
    let short: String = match (count <= MOST, is_address) {
        (true, _) => clean,
        (false, true) => std::iter::once('…').chain(clean.chars().skip(count.saturating_sub(MOST))).collect(),
        (false, false) => clean.chars().take(MOST).chain(['…']).collect(),
    };
    let is_plain = short.split(' ').count() <= 3
        && !short.is_empty()
        && short.chars().all(|c| c.is_alphanumeric() || " .-_@+&/…".contains(c))
        && !short.contains(". ")
        && !short.ends_with('.');
    if is_plain { short } else { tongue.quoted(&short) }
}

/// One line without control characters, not endless.
pub(super) fn line(text: &str) -> String {
    harmless(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What is not seen (a finding shows it as `·`), what would end our quotation, and marks that are drawn on the letter before them: a heap of these
/// covers the lines around.
fn is_left_out(c: char) -> bool {
    is_invisible(c)
        || matches!(c, '·' | '„' | '\u{2028}' | '\u{2029}' | '\u{fffd}' | '“' | '”' | '"' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{61c}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_one_short_line_that_cannot_be_taken_for_our_words() {
        for (text, want) in [
            ("DHL Express", "DHL Express"),
            ("bill\u{202e}fdp.exe", "billfdp.exe"),
            ("a\r\nb", "a b"),
            ("your bank. Tamis trusts it", "“your bank. Tamis trusts it”"),
            ("a \"b\" c", "a b c"),
            ("z\u{301}\u{302}\u{303}o", "zo"),
            ("Co··in·base, _", "Coinbase"),
            ("", "“”"),
        ] {
            assert_eq!(fact(text, Tongue::English), want, "{text:?}");
        }
        assert_eq!(fact("your bank. „Trust“ it", Tongue::German), "„your bank. Trust it“");
        let english = |text: &str| fact(text, Tongue::English);
        assert_eq!(english(&"x".repeat(1_000)).chars().count(), MOST + 1);
        assert!(english(&format!("dhl.com.{}.pay.example", "a".repeat(300))).ends_with("a.pay.example"));
    }
}
