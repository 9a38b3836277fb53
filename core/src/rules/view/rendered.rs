//! Text parts as they read.

use std::borrow::Cow;

use super::{
    Part, View,
    html::{self, HtmlRendering},
};

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
    parts.map(|(at, part)| Page { part: at, rendering: html::render(&part.shown_text()) }).collect()
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
        return Rendering { text: Cow::Borrowed(&page.rendering.text), is_wide: page.rendering.is_wide };
    }
    let text = part.shown_text();
    let is_wide = !text.is_ascii();
    Rendering { text, is_wide }
}
