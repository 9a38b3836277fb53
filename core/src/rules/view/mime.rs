//! The parts of a message, as SpamAssassin sees them.

use super::{
    fields::{self, Block},
    part::Part,
    slice::{Slice, line_at},
    transfer,
};

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 20;

/// Most parts that are read.
pub(crate) const MAX_PARTS: usize = 1000;

/// What was odd about the structure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oddities {
    /// No empty line ended the header.
    pub lacks_separator: bool,
    /// Some header line was too long.
    pub is_header_cut: bool,
    /// Some part has text where its header should be.
    pub lacks_part_separator: bool,
    /// Some part has no header.
    pub lacks_part_headers: bool,
    /// Something follows the last boundary.
    pub has_epilogue: bool,
    /// There were more parts than are read.
    pub has_too_many_parts: bool,
}

/// The message taken apart.
#[derive(Debug, Default)]
pub(crate) struct Tree<'raw> {
    /// In the order in which they begin; the message itself is the first.
    pub(crate) parts: Vec<Part<'raw>>,
    pub(crate) oddities: Oddities,
    /// Where the header ends, its empty line included.
    pub(crate) body_at: usize,
    /// Where the header ends, without its empty line.
    pub(crate) header_end: usize,
}

/// Takes a message apart.
pub(crate) fn read(raw: &[u8]) -> Tree<'_> {
    let mut tree = Tree::default();
    let (end, body) = tree.message(&Slice::Of(raw), 0);
    Tree { header_end: end, body_at: body, ..tree }
}

impl<'raw> Tree<'raw> {
    /// Reads a message; gives where its header ends and its body begins.
    fn message(&mut self, text: &Slice<'raw>, depth: usize) -> (usize, usize) {
        let at = if 0 < depth && text.starts_with(b"From ") { line_at(text, 0).len() } else { 0 };
        let text = text.sub(at..text.len());
        let block = fields::of_message(&text);
        if depth == 0 {
            self.oddities.lacks_separator = !block.is_parted;
            self.oddities.is_header_cut = block.is_cut;
        }
        let Block { fields, end, body, has_returns, .. } = block;
        let mut part = Part::new(fields, depth);
        part.has_returns = has_returns;
        part.raw = squeeze(&text.sub(body..text.len()));
        if part.content_type.starts_with("multipart/") && part.boundary.is_none() {
            // Without a boundary it is text.
            part.content_type = "text/plain".to_owned();
            part.charset = None;
            part.raw = Slice::decoded([b"\n", &*part.raw].concat());
        }
        self.add(part);
        (end, body)
    }

    /// Adds a part and what is in it.
    fn add(&mut self, mut part: Part<'raw>) {
        if MAX_PARTS <= self.parts.len() {
            self.oddities.has_too_many_parts = true;
            return;
        }
        let depth = part.depth;
        let (raw, has_returns) = (part.raw.clone(), part.has_returns);
        if part.content_type.starts_with("multipart/") && depth < MAX_DEPTH {
            part.is_leaf = false;
            let boundary = part.boundary.clone();
            let is_digest = part.content_type == "multipart/digest";
            self.parts.push(part);
            for piece in self.pieces(&raw, boundary.as_deref(), depth) {
                let inner = self.inner(&piece, depth + 1, is_digest, has_returns);
                self.add(inner);
            }
            return;
        }
        if part.content_type == "message/rfc822" && depth < MAX_DEPTH {
            part.is_leaf = false;
            let text = match part.encoding.as_str() {
                "base64" => Slice::decoded(transfer::base64(&raw)),
                "quoted-printable" => Slice::decoded(transfer::quoted_printable(&raw)),
                _ => raw,
            };
            self.parts.push(part);
            self.message(&text, depth + 1);
            return;
        }
        self.parts.push(part);
    }

    /// A part of a multipart.
    fn inner(&mut self, piece: &Piece<'raw>, depth: usize, in_digest: bool, has_returns: bool) -> Part<'raw> {
        let block = if piece.has_header { fields::of_part(&piece.text) } else { Block::default() };
        self.oddities.lacks_part_separator |= piece.has_header && !block.is_parted;
        self.oddities.lacks_part_headers |= block.is_parted && block.end == 0 && 0 < block.body;
        let has_type = block.fields.iter().any(|field| field.is(b"Content-Type"));
        let mut part = Part::new(block.fields, depth);
        if in_digest && !has_type {
            part.content_type = "message/rfc822".to_owned();
        }
        part.has_returns = has_returns;
        part.raw = shorten(piece.text.sub(block.body..piece.text.len()), has_returns);
        if piece.ends_at_boundary {
            part.raw = part.raw.sub(0..before_line_end(&part.raw));
        }
        part
    }

    /// What stands between the boundaries. Without any it is one part; in the message itself that has no header.
    fn pieces(&mut self, text: &Slice<'raw>, boundary: Option<&[u8]>, depth: usize) -> Vec<Piece<'raw>> {
        let mut pieces = Vec::new();
        let mut start = None;
        let mut at = 0;
        while let Some(boundary) = boundary
            && let Some(line) = next_dashes(text, at)
        {
            at = line.end;
            let name = text.get(line.start + 2..line.end).unwrap_or_default();
            let Some(after) = name.strip_prefix(boundary).map(<[u8]>::trim_ascii_end) else { continue };
            if !matches!(after, b"" | b"--") {
                continue;
            }
            let is_last = !after.is_empty();
            if let Some(start) = start {
                pieces.push(Piece { text: text.sub(start..line.start), has_header: true, ends_at_boundary: true });
            } else if is_last {
                pieces.push(Piece::default());
            }
            start = Some(line.end);
            if is_last {
                let rest = text.get(line.end..).unwrap_or_default();
                self.oddities.has_epilogue |= !rest.trim_ascii().is_empty();
                return pieces;
            }
            if MAX_PARTS <= pieces.len() {
                break;
            }
        }
        let text = text.sub(start.unwrap_or(0)..text.len());
        if !text.is_empty() {
            pieces.push(Piece { text, has_header: start.is_some() || 0 < depth, ends_at_boundary: false });
        }
        pieces
    }
}

#[derive(Default)]
struct Piece<'raw> {
    text: Slice<'raw>,
    has_header: bool,
    /// Then its last line end is none of its own.
    ends_at_boundary: bool,
}

/// Most empty lines in a row that are kept: the first and the last ones.
const MAX_EMPTY_LINES: usize = 20;

/// Without some of many empty lines in a row.
fn squeeze<'raw>(text: &Slice<'raw>) -> Slice<'raw> {
    let mut kept = Vec::new();
    let mut from = 0;
    let mut empty = Vec::new();
    let mut at = 0;
    while at <= text.len() {
        let line = line_at(text, at);
        if !line.is_empty() && line.trim_ascii().is_empty() {
            empty.push(at);
        } else {
            if let (Some(&first), Some(&keep)) =
                (empty.get(1), (empty.len() + 1).checked_sub(MAX_EMPTY_LINES).and_then(|at| empty.get(at)))
                && first < keep
            {
                kept.extend_from_slice(text.get(from..first).unwrap_or_default());
                from = keep;
            }
            empty.clear();
        }
        at += line.len().max(1);
    }
    if from == 0 {
        return text.clone();
    }
    kept.extend_from_slice(text.get(from..).unwrap_or_default());
    Slice::decoded(kept)
}

/// Where a line of `--` begins and ends.
fn next_dashes(text: &[u8], at: usize) -> Option<std::ops::Range<usize>> {
    let rest = text.get(at..)?;
    let start = if rest.starts_with(b"--") { at } else { at + memchr::memmem::find(rest, b"\n--")? + 1 };
    Some(start..start + line_at(text, start).len())
}

/// The line end before a boundary belongs to the boundary.
fn before_line_end(text: &[u8]) -> usize {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text).len()
}

/// Longest line of a part, its line end included. Every multipart around it cuts longer ones, its own cuts, too.
const MAX_LINE: usize = 2048;

/// With line ends in lines that are too long.
fn shorten<'raw>(text: Slice<'raw>, has_returns: bool) -> Slice<'raw> {
    let is_long = |text: &[u8]| text.split_inclusive(|&byte| byte == b'\n').any(|line| MAX_LINE < line.len());
    if text.len() <= MAX_LINE || !is_long(&text) {
        return text;
    }
    let text = if has_returns { transfer::with_line_feeds(text.to_vec()) } else { text.to_vec() };
    let mut out = Vec::with_capacity(text.len() + text.len() / MAX_LINE + 1);
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let mut rest = line;
        while let Some((piece, after)) = rest.split_at_checked(MAX_LINE).filter(|(_, after)| !after.is_empty()) {
            out.extend_from_slice(piece);
            out.push(b'\n');
            rest = after;
        }
        out.extend_from_slice(rest);
    }
    Slice::decoded(out)
}
