//! How text looks by the tags around it: SpamAssassin's idea of what cannot be seen.

use super::{colour::Colour, element::Style};

/// The size of text without any tag.
const NORMAL_SIZE: i32 = 3;

/// Longest word of a style that is taken for a colour.
const MAX_COLOUR: usize = 64;

/// An open element that may change how text looks.
#[derive(Clone, Copy, Debug)]
struct Look {
    style: Style,
    ink: Colour,
    ground: Colour,
    size: i32,
    is_gone: bool,
    is_hidden: bool,
}

/// Why a text cannot be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unseen {
    /// Its colour is that of its ground.
    LowContrast,
    /// Its colour is none.
    InvalidColour,
    /// Too small, or not shown.
    Hidden,
}

/// The open elements, and the extremes seen.
#[derive(Debug)]
pub(super) struct Looks {
    open: Vec<Look>,
    /// How many of each kind are open.
    counts: [u32; Style::COUNT],
    base_size: i32,
    /// Largest size of text so far, `big` by itself aside.
    pub(super) max_size: i32,
    /// Smallest size of text so far, `small` by itself aside.
    pub(super) min_size: i32,
}

const NORMAL: Look = Look {
    style: Style::None,
    ink: Colour::Rgb([0; 3]),
    ground: Colour::Rgb([0xFF; 3]),
    size: NORMAL_SIZE,
    is_gone: false,
    is_hidden: false,
};

impl Looks {
    pub(super) fn new() -> Self {
        Self {
            open: Vec::new(),
            counts: [0; Style::COUNT],
            base_size: NORMAL_SIZE,
            max_size: NORMAL_SIZE,
            min_size: NORMAL_SIZE,
        }
    }

    /// Why text here cannot be seen, if so.
    pub(super) fn unseen(&self) -> Option<Unseen> {
        let look = self.open.last().unwrap_or(&NORMAL);
        if look.ink.is_lost_on(look.ground) {
            return Some(Unseen::LowContrast);
        }
        if look.ink == Colour::Invalid || look.ground == Colour::Invalid {
            return Some(Unseen::InvalidColour);
        }
        (look.size <= 1 || look.is_gone || look.is_hidden).then_some(Unseen::Hidden)
    }

    /// An element opens. `get` gives an attribute's value by its name in lower case.
    pub(super) fn start(&mut self, style: Style, get: &impl Fn(&[u8]) -> Option<Vec<u8>>) {
        if style == Style::BaseFont {
            self.base_size = get(b"size").as_deref().and_then(leading_number).unwrap_or(self.base_size);
        }
        if matches!(style, Style::None | Style::BaseFont) {
            return;
        }
        if style == Style::Cell {
            self.close_top(&[Style::Cell]);
        }
        if style == Style::Row {
            self.close_top(&[Style::Cell, Style::Row]);
        }
        let mut look = *self.open.last().unwrap_or(&NORMAL);
        look.style = style;
        match style {
            Style::Big => look.size = look.size.saturating_add(1),
            Style::Small => look.size = look.size.saturating_sub(1),
            Style::Body => set_ink(&mut look, get(b"text")),
            Style::Font => {
                set_ink(&mut look, get(b"color"));
                self.font_size(&mut look, get(b"size"));
            }
            Style::None | Style::BaseFont => {}
            Style::Table | Style::Row | Style::Cell | Style::Span | Style::Div | Style::P | Style::A => {
                if let Some(css) = get(b"style") {
                    look.apply(&css);
                }
            }
        }
        if !matches!(style, Style::Big | Style::Small) {
            self.max_size = self.max_size.max(look.size);
            self.min_size = self.min_size.min(look.size);
        }
        if let Some(count) = self.counts.get_mut(style as usize) {
            *count = count.saturating_add(1);
        }
        self.open.push(look);
    }

    /// An element ends. What is open within it ends too.
    pub(super) fn end(&mut self, style: Style) {
        let is_open = self.counts.get(style as usize).is_some_and(|count| 0 < *count);
        if matches!(style, Style::None | Style::Body) || !is_open {
            return;
        }
        while let Some(look) = self.pop() {
            if look == style {
                break;
            }
        }
    }

    fn pop(&mut self) -> Option<Style> {
        let look = self.open.pop()?;
        if let Some(count) = self.counts.get_mut(look.style as usize) {
            *count = count.saturating_sub(1);
        }
        Some(look.style)
    }

    fn close_top(&mut self, styles: &[Style]) {
        while self.open.last().is_some_and(|look| styles.contains(&look.style)) {
            self.pop();
        }
    }

    fn font_size(&self, look: &mut Look, written: Option<Vec<u8>>) {
        let Some(written) = written else { return };
        let trimmed = written.trim_ascii_start();
        let size = match trimmed.split_first() {
            Some((b'+', digits)) if starts_with_digit(digits) => {
                leading_number(digits).map(|number| self.base_size.saturating_add(number))
            }
            Some((b'-', digits)) if starts_with_digit(digits) => {
                leading_number(digits).map(|number| self.base_size.saturating_sub(number))
            }
            _ => leading_number(trimmed),
        };
        let Some(size) = size else { return };
        look.size = size;
    }
}

impl Look {
    /// What a `style` attribute says.
    fn apply(&mut self, css: &[u8]) {
        for part in css.split(|byte| *byte == b';') {
            let part = part.trim_ascii_start();
            if let Some(value) = after(part, b"color:") {
                if let Some(colour) = style_colour(value) {
                    self.ink = colour;
                }
            } else if let Some(value) = after(part, b"background-color:") {
                if let Some(colour) = style_colour(value).filter(|colour| *colour != Colour::Transparent) {
                    self.ground = colour;
                }
            } else if let Some((name, value)) = split_property(part) {
                match name {
                    b"background" => self.ground = shorthand_colour(value).unwrap_or(self.ground),
                    b"display" => self.is_gone = value.eq_ignore_ascii_case(b"none"),
                    b"visibility" => self.is_hidden = value.eq_ignore_ascii_case(b"hidden"),
                    _ => {}
                }
            }
        }
    }
}

fn set_ink(look: &mut Look, written: Option<Vec<u8>>) {
    if let Some(written) = written {
        look.ink = Colour::read(&written);
    }
}

/// What follows a property's name with its colon, in any case; `None` if it is another or nothing follows.
fn after<'css>(part: &'css [u8], property: &[u8]) -> Option<&'css [u8]> {
    let begin = part.get(..property.len())?;
    if !begin.eq_ignore_ascii_case(property) {
        return None;
    }
    part.get(property.len()..).filter(|value| !value.is_empty())
}

/// `None`: the colour of what is around it stays.
fn style_colour(value: &[u8]) -> Option<Colour> {
    let value = value.trim_ascii();
    let value = strip_important(value);
    if value.eq_ignore_ascii_case(b"inherit") {
        return None;
    }
    if value.eq_ignore_ascii_case(b"transparent") {
        return Some(Colour::Transparent);
    }
    Some(Colour::read(value))
}

/// The first colour among the words of `background` that are not in brackets, if there is one.
fn shorthand_colour(value: &[u8]) -> Option<Colour> {
    let (mut at, mut depth, mut is_word_begin) = (0, 0_usize, true);
    while let Some(byte) = value.get(at) {
        let rest = value.get(at..)?;
        if depth == 0
            && let Some(call) = rgb_call(rest)
        {
            return Some(Colour::read(call));
        }
        if depth == 0 && is_word_begin && (*byte == b'#' || byte.is_ascii_alphabetic()) {
            let near = rest.get(..=MAX_COLOUR).unwrap_or(rest);
            let word = near.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            let is_name = word.len() <= MAX_COLOUR && word.iter().skip(1).all(u8::is_ascii_alphanumeric);
            let colour = if is_name { Colour::read(word) } else { Colour::Invalid };
            if colour != Colour::Invalid {
                return Some(colour);
            }
        }
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_word_begin = byte.is_ascii_whitespace() || *byte == b',';
        at += 1;
    }
    None
}

/// `rgb(1, 2, 3)` at the beginning: three numbers, with white space only after commas.
fn rgb_call(text: &[u8]) -> Option<&[u8]> {
    let mut at = 4;
    if !text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case(b"rgb(")) {
        return None;
    }
    for end in [b',', b',', b')'] {
        let begin = at;
        while text.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at == begin {
            return None;
        }
        at += usize::from(text.get(at) == Some(&b'%'));
        if text.get(at) != Some(&end) {
            return None;
        }
        at += 1;
        while text.get(at).is_some_and(u8::is_ascii_whitespace) && end == b',' {
            at += 1;
        }
    }
    text.get(..at)
}

fn strip_important(value: &[u8]) -> &[u8] {
    let mark = b"!important";
    let Some(at) = value.len().checked_sub(mark.len()) else { return value };
    match value.split_at_checked(at) {
        Some((before, end)) if end.eq_ignore_ascii_case(mark) => before.trim_ascii_end(),
        _ => value,
    }
}

fn split_property(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = part.iter().position(|byte| *byte == b':')?;
    let (name, value) = part.split_at_checked(colon)?;
    Some((if name == b"background " { name } else { name.trim_ascii_end() }, value.get(1..)?.trim_ascii()))
}

fn starts_with_digit(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_digit)
}

/// The number a text begins with, after white space.
fn leading_number(text: &[u8]) -> Option<i32> {
    let text = text.trim_ascii_start();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    starts_with_digit(text)
        .then(|| digits.fold(0_i32, |sum, digit| sum.saturating_mul(10).saturating_add(i32::from(*digit - b'0'))))
}
