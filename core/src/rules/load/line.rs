//! One line of a rule file, whatever its bytes.

use std::{borrow::Cow, fmt::Write as _};

use crate::rules::book::Place;

/// A line without its comment and the white space around it. Its bytes are characters from 0 to 255, so that nothing
/// is lost.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub text: Cow<'a, str>,
    pub place: Place,
}

/// The lines of a file with their numbers, from 1, without those on which nothing is.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = (u32, Cow<'_, str>)> {
    let all = (1..).zip(text.split(|byte| *byte == b'\n'));
    all.map(|(number, line)| (number, read(line))).filter(|(_, line)| !line.is_empty())
}

fn read(line: &[u8]) -> Cow<'_, str> {
    let line = line.trim_ascii();
    // Most comments are whole lines, often not in ASCII.
    if line.first().is_none_or(|byte| *byte == b'#') {
        return Cow::Borrowed("");
    }
    match std::str::from_utf8(line) {
        Ok(line) if line.is_ascii() && !line.contains('#') => Cow::Borrowed(line),
        _ => Cow::Owned(without_comment(line)),
    }
}

/// `\#` is no comment but `#`.
fn without_comment(line: &[u8]) -> String {
    let mut kept = String::with_capacity(line.len());
    for byte in line {
        match byte {
            b'#' if kept.ends_with('\\') => {
                kept.pop();
                kept.push('#');
            }
            b'#' => break,
            byte => kept.push(char::from(*byte)),
        }
    }
    kept.truncate(kept.trim_ascii_end().len());
    kept
}

impl Line<'_> {
    /// The first word and the rest.
    pub(super) fn split(&self) -> (&str, &str) {
        split(&self.text)
    }
}

/// The first word and the rest.
pub(super) fn split(text: &str) -> (&str, &str) {
    let text = text.trim_ascii();
    match text.find(|c: char| c.is_ascii_whitespace()).and_then(|at| text.split_at_checked(at)) {
        Some((word, rest)) => (word, rest.trim_ascii_start()),
        None => (text, ""),
    }
}

/// As it is written in a pattern: bytes that are not ASCII become `\xHH`.
pub(super) fn escaped(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut pattern = String::with_capacity(text.len() * 2);
    let mut is_escaped = false;
    for c in text.chars() {
        if c.is_ascii() {
            pattern.push(c);
        } else {
            // After a backslash that is one already, there is no need for another.
            let backslash = if is_escaped { "" } else { "\\" };
            // Writing to a string cannot fail.
            write!(pattern, "{backslash}x{:02X}", u32::from(c)).ok();
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    pattern
}

/// As a person reads it: UTF-8 if it is that, else Latin-1.
pub(super) fn spoken(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let bytes: Vec<u8> = text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blanks_go_and_escaped_hashes_stay() {
        let text =
            b"# whole\n\n  body A /x/ \t\r\nbody B /a\\#b/ # why\nbody C /a\\\\#b/\n  # indented\nbody D /[#]/\n";
        let got: Vec<(u32, String)> = lines(text).map(|(number, line)| (number, line.into_owned())).collect();
        let want = [(3, "body A /x/"), (4, "body B /a#b/"), (5, "body C /a\\#b/"), (7, "body D /[")];
        assert_eq!(got, want.map(|(number, line)| (number, line.to_owned())));
    }

    #[test]
    fn bytes_survive_in_patterns_and_descriptions() {
        let read = |bytes: &[u8]| lines(bytes).next().unwrap().1.into_owned();
        assert_eq!(escaped(&read(b"/caf\xe9 \\\xe9 \\\\\xe9 [\xc3\xa9]/")), r"/caf\xE9 \xE9 \\\xE9 [\xC3\xA9]/");
        assert_eq!(spoken(&read(b"caf\xc3\xa9")), "café");
        assert_eq!(spoken(&read(b"caf\xe9")), "café");
    }
}
