//! Text as it is shown: white space collapsed.

use super::reader::MAX_LABEL_CHARS;

/// White space of ASCII.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// What stands between white space.
struct Words<'text> {
    rest: Option<&'text str>,
    is_ascii: bool,
}

impl<'text> Words<'text> {
    fn of(text: &'text str) -> Self {
        Self { rest: Some(text), is_ascii: text.is_ascii() }
    }
}

impl<'text> Iterator for Words<'text> {
    type Item = &'text str;

    fn next(&mut self) -> Option<&'text str> {
        let text = self.rest?;
        if !self.is_ascii {
            let (word, rest) =
                text.split_once(char::is_whitespace).map_or((text, None), |(word, rest)| (word, Some(rest)));
            self.rest = rest;
            return Some(word);
        }
        let end = text.bytes().position(is_space).unwrap_or(text.len());
        self.rest = text.get(end + 1..);
        text.get(..end)
    }
}

/// Text whose white space is collapsed while it grows.
#[derive(Debug, Default)]
pub(super) struct Collapsed {
    pub(super) out: String,
    /// White space was met since the last character.
    pub(super) has_gap: bool,
}

impl Collapsed {
    /// Adds text as long as there is room; gives the number of characters that are no white space.
    pub(super) fn push(&mut self, text: &str, room: usize) -> u32 {
        let mut count = 0_u32;
        // Between most tags there is nothing but the end of a line.
        if text.bytes().all(is_space) {
            self.has_gap |= !text.is_empty();
            return count;
        }
        for (index, word) in Words::of(text).enumerate() {
            self.has_gap |= 0 < index;
            if word.is_empty() {
                continue;
            }
            count = count.saturating_add(u32::try_from(word.chars().count()).unwrap_or(u32::MAX));
            if room < self.out.len().saturating_add(word.len()) {
                continue;
            }
            if self.has_gap && !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push(' ');
            }
            self.has_gap = false;
            self.out.push_str(word);
        }
        count
    }

    pub(super) fn break_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.has_gap = false;
    }

    /// At most so many characters as a label needs.
    pub(super) fn label(self) -> String {
        self.out.chars().take(MAX_LABEL_CHARS).collect()
    }
}
