//! Right-to-left text in the order it is read.
//!
//! The text layout of egui shapes Hebrew and Arabic words, but sets the words from left to right. So lines are handed
//! to it with their words in visual order. Names for screen readers and copied text keep the order of the message.

use std::{borrow::Cow, ops::Range};

use unicode_bidi::{
    BidiClass::{AL, AN, NSM, R},
    BidiInfo, Level, bidi_class,
};

/// About as many characters as the reading pane is wide: wrapping must come before reordering.
const WRAP_CHARS: usize = 52;

/// One line, its words in visual order. Text without right-to-left letters comes back as it is.
pub(crate) fn visual_line(text: &str) -> Cow<'_, str> {
    if !has_rtl(text) {
        return Cow::Borrowed(text);
    }
    let info = BidiInfo::new(text, None);
    let pieces = pieces(text, &info.levels);
    let levels: Vec<Level> = pieces.iter().map(|(_, level)| *level).collect();
    let order = BidiInfo::reorder_visual(&levels);
    let shown = order.into_iter().filter_map(|at| pieces.get(at)).filter_map(|(range, level)| {
        let piece = text.get(range.clone())?;
        Some(if level.is_rtl() { mirrored(piece) } else { piece })
    });
    Cow::Owned(shown.collect())
}

/// Several lines, each wrapped and reordered if it has right-to-left letters.
pub(crate) fn visual_block(text: &str) -> Cow<'_, str> {
    if !has_rtl(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if 0 < at {
            out.push('\n');
        }
        if has_rtl(line) {
            let wrapped: Vec<String> = wrap(line).iter().map(|part| visual_line(part).into_owned()).collect();
            out.push_str(&wrapped.join("\n"));
        } else {
            out.push_str(line);
        }
    }
    Cow::Owned(out)
}

fn has_rtl(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| matches!(bidi_class(c), R | AL | AN))
}

fn wrap(line: &str) -> Vec<String> {
    let mut parts = vec![];
    let mut part = String::new();
    for word in line.split_inclusive(' ') {
        if !part.is_empty() && WRAP_CHARS < part.chars().count() + word.chars().count() {
            parts.push(std::mem::take(&mut part));
        }
        part.push_str(word);
    }
    parts.push(part);
    parts
}

/// Splits into what moves as one: a word of right-to-left letters, any other run of one level without white space.
fn pieces(text: &str, levels: &[Level]) -> Vec<(Range<usize>, Level)> {
    let mut pieces: Vec<(Range<usize>, Level)> = vec![];
    let mut before_joins = false;
    for (at, c) in text.char_indices() {
        let Some(&level) = levels.get(at) else { break };
        let joins = if level.is_rtl() { matches!(bidi_class(c), R | AL | NSM) } else { !c.is_whitespace() };
        let end = at + c.len_utf8();
        match pieces.last_mut() {
            Some((range, last)) if *last == level && joins && before_joins => range.end = end,
            Some(_) | None => pieces.push((at..end, level)),
        }
        before_joins = joins;
    }
    pieces
}

fn mirrored(piece: &str) -> &str {
    match piece {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "<" => ">",
        ">" => "<",
        "«" => "»",
        "»" => "«",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_visual_order() {
        for (text, want) in [
            ("Re: hello 12", "Re: hello 12"),
            ("שלום עולם 971", "971 עולם שלום"),
            ("שלום, (עולם)", "(עולם) ,שלום"),
            ("Re: שלום עולם ok", "Re: עולם שלום ok"),
        ] {
            assert_eq!(visual_line(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_long_paragraph_is_wrapped_before_it_is_turned() {
        let text = "שלום ".repeat(30);
        let shown = visual_block(&text);
        assert!(shown.lines().count() > 2);
        assert!(shown.lines().all(|line| line.chars().count() <= WRAP_CHARS));
    }
}
