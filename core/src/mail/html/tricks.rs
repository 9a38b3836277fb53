//! What is done to HTML so that a program reads something else than a person does.

/// A preview line stands before the first so many visible characters. What is hidden after them is none.
const PREVIEW_ENDS: u32 = 160;

/// What was seen of such things in all HTML parts together. Counts stop growing at `u32::MAX`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tricks {
    /// Words that go on across the beginning or end of an element: `Pay<b>Pal</b>`.
    pub cut_words: u32,
    /// Those of them where an element begins and ends without a visible letter: `Pay<i></i>Pal`.
    pub cut_by_nothing: u32,
    /// Those of them where hidden letters stand between: `Pay<i style="display:none">x</i>Pal`.
    pub cut_by_hidden: u32,
    /// Hidden characters after the first 160 visible ones, where no preview line is.
    pub hidden_late: u32,
    /// Hidden characters in the colour of what is behind them, or transparent.
    pub camouflaged: u32,
    /// Hidden characters too small to see.
    pub too_small: u32,
    /// The most line ends and empty paragraphs between two visible texts.
    pub widest_gap: u32,
    /// Visible characters after it.
    pub after_gap: u32,
    /// Elements whose letters are to be shown from right to left, whatever they are.
    pub reversed: u32,
    /// Fonts that come with the message.
    pub own_fonts: u32,
    /// Whether a font is given to single letters only (`unicode-range`).
    pub maps_letters: bool,
    /// Letters that a style sheet writes (`content: "Pay"`).
    pub styled_letters: u32,
    /// Letters and digits of ASCII written as numbers (`&#80;`).
    pub written_letters: u32,
}

/// What is between the last visible letter and the next one.
#[derive(Clone, Copy, Debug, Default)]
struct Seam {
    /// Whether the last visible character is a letter and no space came since.
    is_open: bool,
    has_tag: bool,
    has_start: bool,
    has_nothing: bool,
    has_hidden: bool,
}

/// Follows a page on its way through the tokenizer.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seam: Seam,
    visible: u32,
    line_ends: u32,
}

impl Watch {
    pub(super) fn visible(&mut self, text: &str, tricks: &mut Tricks) {
        let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return };
        if self.seam.is_open && self.seam.has_tag && first.is_alphanumeric() {
            tricks.cut_words = tricks.cut_words.saturating_add(1);
            tricks.cut_by_nothing = tricks.cut_by_nothing.saturating_add(u32::from(self.seam.has_nothing));
            tricks.cut_by_hidden = tricks.cut_by_hidden.saturating_add(u32::from(self.seam.has_hidden));
        }
        self.seam = Seam { is_open: last.is_alphanumeric(), ..Seam::default() };
    }

    /// So many visible characters came, none of them white space.
    pub(super) fn count(&mut self, visible: u32, tricks: &mut Tricks) {
        if visible == 0 {
            return;
        }
        if 0 < self.visible && tricks.widest_gap < self.line_ends {
            tricks.widest_gap = self.line_ends;
            tricks.after_gap = 0;
        }
        self.line_ends = 0;
        self.visible = self.visible.saturating_add(visible);
        tricks.after_gap = tricks.after_gap.saturating_add(visible);
    }

    pub(super) fn hidden(&mut self, count: u32, tricks: &mut Tricks) {
        self.seam.has_hidden |= 0 < count;
        if PREVIEW_ENDS < self.visible {
            tricks.hidden_late = tricks.hidden_late.saturating_add(count);
        }
    }

    pub(super) fn start(&mut self, name: &str, is_block: bool) {
        // Raised letters, links and breaks stand in the middle of words honestly.
        if is_block || matches!(name, "a" | "sub" | "sup" | "img" | "wbr" | "input" | "button") {
            self.seam = Seam::default();
        }
        self.seam.has_tag = true;
        self.seam.has_start = true;
        if matches!(name, "br" | "p") {
            self.line_ends = self.line_ends.saturating_add(1);
        }
    }

    pub(super) fn end(&mut self, name: &str, is_block: bool) {
        if is_block || matches!(name, "a" | "sub" | "sup" | "button") {
            self.seam = Seam::default();
        }
        self.seam.has_tag = true;
        self.seam.has_nothing |= self.seam.has_start;
    }
}

impl Tricks {
    pub(super) fn see_style(&mut self, style: &str) {
        if !style.contains(['"', '\'', '@', '-']) {
            return;
        }
        let lower = style.to_ascii_lowercase();
        self.maps_letters |= lower.contains("unicode-range");
        self.reversed = self.reversed.saturating_add(number(lower.matches("bidi-override").count()));
        for font in lower.split("@font-face").skip(1) {
            let body = font.split('}').next().unwrap_or_default();
            self.own_fonts =
                self.own_fonts.saturating_add(u32::from(body.contains("url(data:") || body.contains("url(\"data:")));
        }
        for written in lower.split("content:").skip(1) {
            let written = written.trim_start();
            let quoted = written.strip_prefix('"').and_then(|rest| rest.split('"').next());
            let quoted = quoted.or_else(|| written.strip_prefix('\'')?.split('\'').next()).unwrap_or_default();
            let letters = if quoted.contains('\\') { 0 } else { quoted.chars().filter(|c| c.is_alphabetic()).count() };
            self.styled_letters = self.styled_letters.saturating_add(number(letters));
        }
    }

    /// Looks for letters written as numbers in the page as it was sent.
    pub(super) fn see_source(&mut self, html: &str) {
        let bytes = html.as_bytes();
        for at in memchr::memmem::find_iter(bytes, b"&#") {
            let rest = bytes.get(at + 2..).unwrap_or_default();
            let (digits, radix) = match rest {
                [b'x' | b'X', digits @ ..] => (digits, 16),
                digits => (digits, 10),
            };
            let length = digits.iter().take(7).take_while(|digit| digit.is_ascii_hexdigit()).count();
            let digits = digits.get(..length).and_then(|digits| str::from_utf8(digits).ok()).unwrap_or_default();
            let code = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
            let is_plain = code.is_some_and(|c| c.is_ascii_alphanumeric());
            self.written_letters = self.written_letters.saturating_add(u32::from(is_plain));
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
