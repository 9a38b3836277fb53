//! Plain text: paragraphs between empty lines, and quotes behind `>`.

use super::{BlockKind, Builder, MAX_LEVEL, MAX_TEXT_BYTES, Piece};
use crate::mail::{decode, link_finder};

/// A link that begins within what is shown is found whole up to this length.
const LONGEST_LINK: usize = 4096;

/// Reads plain text into an outline.
pub(super) fn read(text: &str, builder: &mut Builder) {
    let mut quote = 0;
    let mut paragraph = String::new();
    for line in text.lines() {
        if builder.is_full() {
            return;
        }
        let (level, line) = quoted(line);
        let line = line.trim_end();
        if line.is_empty() || level != quote {
            add(&mut paragraph, quote, builder);
        }
        quote = level;
        if !line.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push('\n');
            }
            paragraph.push_str(line);
        }
    }
    add(&mut paragraph, quote, builder);
}

/// How deep a line is quoted, and what is quoted.
fn quoted(line: &str) -> (u8, &str) {
    let (mut level, mut rest) = (0, line);
    while let Some(inner) = rest.strip_prefix('>') {
        level = (level + 1).min(MAX_LEVEL);
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    (level, rest)
}

/// Adds a paragraph with the links in it.
fn add(paragraph: &mut String, quote: u8, builder: &mut Builder) {
    let text = std::mem::take(paragraph);
    if text.is_empty() {
        return;
    }
    builder.begin_block(BlockKind::Paragraph, quote);
    let plain = |text: &str| Piece { text: text.to_owned(), ..Piece::default() };
    // No more than this is ever shown, and nobody looks for links behind it.
    let (head, _) = decode::split_at_most(&text, MAX_TEXT_BYTES + LONGEST_LINK);
    let mut done = 0;
    for (place, url) in link_finder::places(head) {
        if builder.is_full() {
            return;
        }
        let (Some(before), Some(written)) = (text.get(done..place.start), text.get(place.clone())) else { continue };
        // What is written in another way than it is found stays text.
        if written != url.written {
            continue;
        }
        let link = builder.link(written);
        builder.push(&plain(before));
        builder.push(&Piece { link, ..plain(written) });
        done = place.end;
    }
    builder.push(&plain(text.get(done..).unwrap_or_default()));
}
