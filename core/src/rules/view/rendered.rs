//! Text parts as they read.

use std::borrow::Cow;

use super::{
    Part, View,
    html::{self, HtmlRendering},
    part::MAX_WORD,
};

/// Most bytes of a part's text that stand in the body (`body_part_scan_size`).
const MAX_PART: usize = 50_000;

/// A part that is HTML, rendered.
#[derive(Debug)]
pub struct Page {
    /// Its place in [`View::parts`].
    pub part: usize,
    /// What it reads like.
    pub rendering: HtmlRendering,
}

/// All parts that are HTML, in order.
pub(super) fn pages(view: &View<'_>) -> Vec<Page> {
    let parts = view.parts().iter().enumerate().filter(|(_, part)| part.is_html());
    parts.map(|(at, part)| Page { part: at, rendering: html::render(&part.text()) }).collect()
}

/// A leaf as it reads; empty if it is no text.
#[derive(Debug, Default)]
pub(crate) struct Rendering<'view> {
    /// UTF-8.
    pub(crate) text: Cow<'view, [u8]>,
    /// Whether characters beyond ASCII are written as UTF-8 in the end.
    pub(crate) is_wide: bool,
}

/// Every leaf in order.
pub(crate) fn all<'view>(view: &'view View<'_>) -> Vec<Rendering<'view>> {
    let leaves = view.parts().iter().enumerate().filter(|(_, part)| part.is_leaf);
    leaves.map(|(at, part)| of_leaf(view, at, part)).collect()
}

fn of_leaf<'view>(view: &'view View<'_>, at: usize, part: &'view Part<'_>) -> Rendering<'view> {
    if !part.is_shown() {
        return Rendering::default();
    }
    if let Some(page) = view.pages().iter().find(|page| page.part == at) {
        let text = first_characters(&page.rendering.text, MAX_PART);
        return Rendering { text: Cow::Borrowed(text), is_wide: page.rendering.is_wide };
    }
    let text = match part.text() {
        Cow::Borrowed(text) => Cow::Borrowed(first_characters(text, MAX_PART)),
        Cow::Owned(text) => Cow::Owned(first_characters(&text, MAX_PART).to_vec()),
    };
    let is_wide = !text.is_ascii();
    Rendering { text, is_wide }
}

/// The first characters of a text, up to and with the first white space behind a limit.
fn first_characters(text: &[u8], limit: usize) -> &[u8] {
    if text.len() <= limit {
        return text;
    }
    let after = |start: usize, count: usize| {
        let rest = text.get(start..).unwrap_or_default();
        let begins = rest.iter().enumerate().filter(|(_, byte)| (**byte & 0xc0) != 0x80);
        begins.map(|(at, _)| start + at).nth(count).unwrap_or(text.len())
    };
    let end = after(0, limit);
    let window = text.get(end..after(end, MAX_WORD + 1)).unwrap_or_default();
    let end = window.iter().position(u8::is_ascii_whitespace).map_or(end, |at| end + at + 1);
    text.get(..end).unwrap_or(text)
}
