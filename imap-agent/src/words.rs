//! Text for people: what a stranger wrote is made harmless, what the system says is made short.

use std::io;

/// `text` on one line, without anything that a terminal would obey or that would turn the line around: a subject or a
/// file name is written by a stranger.
pub fn one_line(text: &str) -> String {
    let shown = |c: char| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c };
    text.chars().map(shown).filter(|c| is_harmless(*c)).collect()
}

/// `text` with its line ends, but otherwise as [`one_line`] makes it.
pub fn lines(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || is_harmless(*c)).collect()
}

/// Why the system refused, without its number: `Permission denied`.
pub fn because(err: &io::Error) -> String {
    let text = err.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

/// `1 message`, `3 messages`.
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// `1,204`.
pub fn grouped(n: u32) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len().saturating_sub(index)).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size for people: `812 bytes`, `34 kB`, `2.4 MB`.
pub fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// `text` cut or filled to `width` characters.
pub fn fit(text: &str, width: usize) -> String {
    let text = one_line(text);
    if width < text.chars().count() {
        let kept: String = text.chars().take(width.saturating_sub(1)).collect();
        format!("{kept}…")
    } else {
        format!("{text:<width$}")
    }
}

/// Not a control character, and none of the invisible ones that reorder or hide text.
fn is_harmless(c: char) -> bool {
    let is_invisible = matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    !c.is_control() && !is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_drive_the_terminal() {
        assert_eq!(one_line("a\u{1b}[2Jb\r\nc\u{202e}d\u{9b}1m"), "a[2Jb  cd1m");
        assert_eq!(lines("a\nb\u{7}\u{1b}]0;x"), "a\nb]0;x");
    }

    #[test]
    fn columns_keep_their_width() {
        assert_eq!(fit("short", 8), "short   ");
        assert_eq!(fit("much too long", 8), "much to…");
        assert_eq!(count(1, "message"), "1 message");
        assert_eq!(count(0, "message"), "0 messages");
    }

    #[test]
    fn long_numbers_are_in_groups() {
        for (n, want) in [(0, "0"), (999, "999"), (1_204, "1,204"), (12_345_678, "12,345,678")] {
            assert_eq!(grouped(n), want);
        }
    }

    #[test]
    fn sizes_are_in_the_largest_unit_that_fits() {
        for (bytes, want) in
            [(0, "0 bytes"), (999, "999 bytes"), (34_999, "34 kB"), (2_449_999, "2.4 MB"), (3_000_000_000, "3.0 GB")]
        {
            assert_eq!(size(bytes), want);
        }
    }

    #[test]
    fn reasons_carry_no_numbers() {
        assert_eq!(because(&io::Error::from_raw_os_error(13)), "Permission denied");
    }
}
