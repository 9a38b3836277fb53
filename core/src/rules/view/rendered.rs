//! Text parts as they read.

use std::borrow::Cow;

use super::{Part, View};

/// Most bytes of a part that are rendered (`body_part_scan_size`).
const MAX_PART: usize = 50_000;

/// A leaf as it reads; empty if it is no text.
#[derive(Debug)]
pub(crate) struct Rendering<'part> {
    /// UTF-8.
    pub(crate) text: Cow<'part, [u8]>,
    /// Whether characters beyond ASCII are written as UTF-8 in the end.
    pub(crate) is_wide: bool,
}

/// Every leaf in order.
pub(crate) fn all<'view>(view: &'view View<'_>) -> Vec<Rendering<'view>> {
    view.leaves().map(render).collect()
}

fn render<'part>(part: &'part Part<'_>) -> Rendering<'part> {
    if !part.is_shown() {
        return Rendering { text: Cow::Borrowed(&[]), is_wide: false };
    }
    let text = part.text(MAX_PART);
    let is_wide = !text.is_ascii();
    Rendering { text, is_wide }
}
