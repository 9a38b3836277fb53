//! Text from a message, made harmless to look at.
//!
//! A stranger wrote it. Characters that reorder, hide or overprint other text are dropped, so that what is seen is what
//! is there: `invoice<RLO>fdp.exe` is shown as `invoicefdp.exe`.

/// More than one line of a list or a heading can ever show.
const LINE_CHARS: usize = 400;

/// Real letters carry two or three marks; towers of them overprint the lines above.
const MARKS_IN_A_ROW: usize = 4;

/// One line: line breaks become spaces, runs of white space one space, and the end is cut off with an ellipsis.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LINE_CHARS * 4));
    let mut marks = Marks::default();
    let mut chars = text.chars().filter(|&c| !is_invisible(c)).filter(|&c| marks.admit(c));
    for (count, c) in chars.by_ref().enumerate() {
        if LINE_CHARS <= count {
            out.push('…');
            break;
        }
        if !c.is_whitespace() && !c.is_control() {
            out.push(c);
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Several lines: keeps line breaks, at most two in a row; tabs become spaces.
pub(crate) fn block(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = Marks::default();
    let mut breaks = 0;
    for c in text.replace("\r\n", "\n").chars().filter(|&c| !is_invisible(c)).filter(|&c| marks.admit(c)) {
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => {
                out.truncate(out.trim_end_matches(' ').len());
                breaks += 1;
                if breaks <= 2 && !out.is_empty() {
                    out.push('\n');
                }
            }
            '\t' => out.push_str("    "),
            c if c.is_control() => {}
            c => {
                if !c.is_whitespace() {
                    breaks = 0;
                }
                out.push(c);
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Bidirectional controls, zero-width characters, tags: everything that changes a text without being seen.
///
/// The zero-width joiner stays, because emoji and several scripts are spelt with it.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180E}'
        | '\u{200B}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[derive(Default)]
struct Marks(usize);

impl Marks {
    fn admit(&mut self, c: char) -> bool {
        let is_mark = matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}');
        self.0 = if is_mark { self.0 + 1 } else { 0 };
        self.0 <= MARKS_IN_A_ROW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_is_dropped() {
        for (text, want) in [
            ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
            ("v\u{200B}i\u{AD}a\u{2060}gra", "viagra"),
            ("\u{2067}evil\u{2069} bank", "evil bank"),
            ("bell\u{7} and\u{1b}[31m esc", "bell and [31m esc"),
            ("  two\r\n lines\t here ", "two lines here"),
            ("a\u{E0041}b", "ab"),
            ("family 👩\u{200D}👧", "family 👩\u{200D}👧"),
        ] {
            assert_eq!(line(text), want, "{text:?}");
        }
    }

    #[test]
    fn towers_of_marks_are_cut() {
        let tower = format!("Z{}", "\u{301}".repeat(50));
        assert_eq!(line(&tower).chars().count(), 1 + MARKS_IN_A_ROW);
    }

    #[test]
    fn a_long_line_ends_with_an_ellipsis() {
        let text = line(&"x".repeat(10_000));
        assert_eq!(text.chars().count(), LINE_CHARS + 1);
        assert!(text.ends_with('…'));
    }

    #[test]
    fn a_block_keeps_paragraphs_and_nothing_else() {
        assert_eq!(block("\r\n\r\nDear\tyou\r\n\r\n\r\n\r\nbye \u{202E}\n"), "Dear    you\n\nbye");
    }
}
