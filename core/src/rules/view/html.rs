//! HTML as SpamAssassin renders it to text, and what its rules ask about it.
//!
//! Own reader: SpamAssassin's rendering is no browser's, and its rules were measured on it. It sees tags, not a tree.

mod collect;
mod colour;
mod element;
mod entity;
mod facts;
mod render;
mod style;
#[cfg(test)]
mod tests;
mod token;

use std::borrow::Cow;

pub use facts::{HtmlFacts, Link};

/// A page as text, and the facts about it.
///
/// The page is taken as UTF-8; what is not is kept as it is. The text is UTF-8 too. SpamAssassin holds it as
/// characters and writes it as UTF-8 only if the message's text has some character beyond ASCII *as it came*, or an
/// entity beyond Latin-1: [`Self::is_wide`]. If no text part of a message is wide, its `body` has Latin-1 bytes for
/// what entities such as `&eacute;` stand for: [`latin1`] makes them.
#[derive(Clone, Debug, Default)]
pub struct HtmlRendering {
    /// All text, seen or not, with spaces and line ends for elements; white space between words is one blank or `\n`s.
    pub text: Vec<u8>,
    /// Which parts of `text` are seen, in order and without gaps.
    pub pieces: Vec<Piece>,
    /// Whether characters are written as UTF-8 in the end.
    pub is_wide: bool,
    /// What rules ask about.
    pub facts: HtmlFacts,
}

/// A piece of a rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it ends.
    pub end: usize,
    /// Whether a person would see it.
    pub is_visible: bool,
}

impl HtmlRendering {
    /// The text that a person sees, or the text that none does.
    pub fn only(&self, is_visible: bool) -> Vec<u8> {
        let mut text = Vec::new();
        let mut begin = 0;
        for piece in &self.pieces {
            if piece.is_visible == is_visible {
                text.extend_from_slice(self.text.get(begin..piece.end).unwrap_or_default());
            }
            begin = piece.end;
        }
        text
    }
}

/// Renders a page given as UTF-8.
pub fn render(page: &[u8]) -> HtmlRendering {
    render::render(page)
}

/// UTF-8 with each character up to U+00FF as one byte.
pub fn latin1(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr2(0xC2, 0xC3, rest) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        rest = match from {
            [lead, next @ 0x80..=0xBF, after @ ..] => {
                out.push((lead << 6) | (next & 0x3F));
                after
            }
            [lead, after @ ..] => {
                out.push(*lead);
                after
            }
            [] => from,
        };
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}
