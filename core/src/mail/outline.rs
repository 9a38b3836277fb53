//! How a message reads: its text as paragraphs, headings, lists, rows and quotes. Nothing in it acts or is loaded.
//!
//! Of a page only what can be seen is taken; how much cannot is counted. Everything is bounded, whatever the message is made of.

mod plain;

use std::collections::BTreeMap;

use super::{
    decode, header_block,
    html::outline_page,
    mime::{self, Leaf, Parts},
    parse::without_mbox_line,
    transfer,
    url::{Url, UrlSource},
};

/// Text that is shown, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Most blocks.
const MAX_BLOCKS: usize = 2_000;

/// Most pieces of all blocks together.
const MAX_PIECES: usize = 8_000;

/// Most links. The text of others is there, but does not lead anywhere.
const MAX_LINKS: usize = 500;

/// Text and pages that are read, in bytes after decoding.
const MAX_READ_BYTES: usize = 1024 * 1024;

/// Deepest quote and list that is told.
const MAX_LEVEL: u8 = 8;

/// A message as a person reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Its text, top first, at most 2,000 blocks and 64 KiB.
    pub blocks: Vec<Block>,
    /// Where the links in it lead, at most 500.
    pub links: Vec<Url>,
    /// Whether it is a page, and not plain text.
    pub is_page: bool,
    /// Whether there was more than that.
    pub is_cut: bool,
}

/// A block of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// What kind of block.
    pub kind: BlockKind,
    /// How deep it is quoted, at most 8; 0: not at all.
    pub quote: u8,
    /// The text in pieces of one look.
    pub pieces: Vec<Piece>,
}

/// What kind of block it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph. Line ends in it count.
    #[default]
    Paragraph,
    /// A heading, 1 for the largest to 6.
    Heading(u8),
    /// An entry of a list.
    Item {
        /// How deep the list is within others, from 1 to 8.
        level: u8,
        /// Its number in a numbered list.
        number: Option<u32>,
    },
    /// A row of a table with several cells.
    Row,
    /// Text whose spaces count.
    Fixed,
    /// A line across the page.
    Rule,
}

/// A piece of text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is strong.
    pub is_strong: bool,
    /// Whether it is emphasised.
    pub is_emphasised: bool,
    /// It stands in the place of a picture.
    pub is_picture: bool,
    /// Its place among [`Outline::links`], if it leads somewhere.
    pub link: Option<usize>,
    /// Whether a new cell of the row begins with it.
    pub begins_cell: bool,
}

/// Reads a message for showing. Never fails: whatever the bytes are, they give an outline.
pub fn outline(raw: &[u8]) -> Outline {
    let raw = without_mbox_line(raw);
    let block = header_block::split(raw, header_block::Ends::AtEmptyLine);
    let parts = mime::walk(&block.fields, block.body);
    let mut builder = Builder::default();
    let mut budget = MAX_READ_BYTES;
    for leaf in parts.leaves.iter().filter(|leaf| leaf.is_shown()) {
        let is_page = is_page(leaf);
        if !is_page && has_page_instead(&parts, leaf) {
            continue;
        }
        let text = text_of(leaf, &mut budget);
        if is_page {
            builder.outline.is_page = true;
            outline_page(&text, &mut builder);
        } else {
            plain::read(&text, &mut builder);
        }
        builder.end_block();
    }
    builder.outline
}

fn is_page(leaf: &Leaf<'_>) -> bool {
    leaf.content_type.value == "text/html"
}

/// Whether a page says the same as this text: mail programs show that.
fn has_page_instead(parts: &Parts<'_>, leaf: &Leaf<'_>) -> bool {
    let alternatives = parts.multiparts.iter().filter(|multi| multi.content_type == "multipart/alternative");
    let holds = |multi: &mime::Multipart, leaf: &Leaf<'_>| {
        let (whole, part) = (&multi.place.body, &leaf.place.body);
        whole.start <= part.start && part.end <= whole.end
    };
    let mut around = alternatives.filter(|multi| holds(multi, leaf));
    around.any(|multi| parts.leaves.iter().any(|other| is_page(other) && other.is_shown() && holds(multi, other)))
}

fn text_of(leaf: &Leaf<'_>, budget: &mut usize) -> String {
    let charset = leaf.content_type.parameter("charset").map(|name| name.trim().to_ascii_lowercase());
    let charset = charset.filter(|name| !name.is_empty());
    // Four encoded bytes make at least one decoded.
    let body = leaf.body.get(..budget.saturating_mul(4)).unwrap_or(leaf.body);
    let bytes = transfer::decode(body, &leaf.encoding);
    let bytes = bytes.get(..*budget).unwrap_or(&bytes);
    *budget -= bytes.len();
    decode::text(bytes, charset.as_deref())
}

/// Grows an outline, within its bounds.
#[derive(Debug, Default)]
pub(super) struct Builder {
    outline: Outline,
    block: Block,
    bytes: usize,
    pieces: usize,
    places: BTreeMap<String, usize>,
}

impl Builder {
    /// Whether there is room for nothing more.
    pub(super) fn is_full(&self) -> bool {
        self.outline.is_cut
    }

    /// Ends the block that grows. The next one is of that kind.
    pub(super) fn begin_block(&mut self, kind: BlockKind, quote: u8) {
        self.end_block();
        self.block = Block { kind, quote: quote.min(MAX_LEVEL), pieces: Vec::new() };
    }

    /// The kind of the block that grows.
    pub(super) fn set_kind(&mut self, kind: BlockKind) {
        self.block.kind = kind;
    }

    /// Whether nothing is in the block that grows.
    pub(super) fn is_empty(&self) -> bool {
        self.block.pieces.is_empty()
    }

    /// Adds a piece behind white space, which belongs to neither of two looks.
    pub(super) fn push_behind(&mut self, between: &str, piece: &Piece) {
        if !between.is_empty() {
            let is_same = self.block.pieces.last().is_some_and(|last| is_same(last, piece));
            let space = Piece { text: between.to_owned(), ..Piece::default() };
            self.push(&if is_same { Piece { text: space.text, ..*piece } } else { space });
        }
        self.push(piece);
    }

    /// Adds a piece; one of the same look as that before grows it.
    pub(super) fn push(&mut self, piece: &Piece) {
        if self.outline.is_cut {
            return;
        }
        let room = MAX_TEXT_BYTES - self.bytes;
        let (text, rest) = decode::split_at_most(&piece.text, room);
        self.outline.is_cut |= !rest.is_empty() || MAX_PIECES <= self.pieces;
        self.bytes += text.len();
        match self.block.pieces.last_mut().filter(|last| is_same(last, piece)) {
            Some(last) => last.text.push_str(text),
            None if self.pieces < MAX_PIECES && !text.is_empty() => {
                self.pieces += 1;
                self.block.pieces.push(Piece { text: text.to_owned(), ..*piece });
            }
            None => {}
        }
    }

    /// The place of a link; `None` if it leads nowhere, or there are too many.
    pub(super) fn link(&mut self, written: &str) -> Option<usize> {
        let url = Url::parse(written, UrlSource::Link)?;
        if let Some(place) = self.places.get(&url.written) {
            return Some(*place);
        }
        let place = self.outline.links.len();
        if MAX_LINKS <= place {
            return None;
        }
        self.places.insert(url.written.clone(), place);
        self.outline.links.push(url);
        Some(place)
    }

    /// A line across the page.
    pub(super) fn rule(&mut self) {
        self.end_block();
        let is_first = self.outline.blocks.last().is_none_or(|last| last.kind == BlockKind::Rule);
        if !is_first && self.outline.blocks.len() < MAX_BLOCKS {
            self.outline.blocks.push(Block { kind: BlockKind::Rule, ..Block::default() });
        }
    }

    fn end_block(&mut self) {
        let mut block = std::mem::take(&mut self.block);
        trim(&mut block);
        if block.pieces.is_empty() {
            return;
        }
        if MAX_BLOCKS <= self.outline.blocks.len() {
            self.outline.is_cut = true;
            return;
        }
        self.outline.blocks.push(block);
    }
}

/// Whether a piece goes on as the one before it looks.
fn is_same(last: &Piece, piece: &Piece) -> bool {
    !piece.begins_cell
        && !piece.is_picture
        && !last.is_picture
        && last.link == piece.link
        && (last.is_strong, last.is_emphasised) == (piece.is_strong, piece.is_emphasised)
}

/// Takes white space off the end of a block, and off its beginning unless that counts.
fn trim(block: &mut Block) {
    while let Some(last) = block.pieces.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        if !last.text.is_empty() {
            break;
        }
        block.pieces.pop();
    }
    if block.kind != BlockKind::Fixed
        && let Some(first) = block.pieces.first_mut()
    {
        first.text = first.text.trim_start().to_owned();
    }
}

#[cfg(test)]
mod tests;
