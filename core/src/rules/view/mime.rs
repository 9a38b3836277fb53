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
        part.raw = text.sub(body..text.len());
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
            for piece in self.pieces(&raw, boundary.as_deref()) {
                let mut inner = self.inner(&piece, depth + 1, is_digest);
                inner.has_returns = has_returns;
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

    /// A part of a multipart. One that is its only part, since no boundary came, has no header.
    fn inner(&mut self, piece: &Piece<'raw>, depth: usize, in_digest: bool) -> Part<'raw> {
        let block = if piece.has_header { fields::of_part(&piece.text) } else { Block::default() };
        self.oddities.lacks_part_separator |= piece.has_header && !block.is_parted;
        self.oddities.lacks_part_headers |= block.is_parted && block.end == 0 && 0 < block.body;
        let has_type = block.fields.iter().any(|field| field.is(b"Content-Type"));
        let mut part = Part::new(block.fields, depth);
        if in_digest && !has_type {
            part.content_type = "message/rfc822".to_owned();
        }
        part.raw = piece.text.sub(block.body..piece.text.len());
        part
    }

    /// What stands between the boundaries.
    fn pieces(&mut self, text: &Slice<'raw>, boundary: Option<&[u8]>) -> Vec<Piece<'raw>> {
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
            if let Some(start) = start {
                pieces
                    .push(Piece { text: text.sub(start..before_line_end(text, start, line.start)), has_header: true });
            }
            start = Some(line.end);
            if !after.is_empty() {
                let rest = text.get(line.end..).unwrap_or_default();
                self.oddities.has_epilogue |= !rest.trim_ascii().is_empty();
                return pieces;
            }
            if MAX_PARTS <= pieces.len() {
                break;
            }
        }
        match start {
            Some(start) => pieces.push(Piece { text: text.sub(start..text.len()), has_header: true }),
            None => pieces.push(Piece { text: text.clone(), has_header: false }),
        }
        pieces
    }
}

struct Piece<'raw> {
    text: Slice<'raw>,
    has_header: bool,
}

/// Where a line of `--` begins and ends.
fn next_dashes(text: &[u8], at: usize) -> Option<std::ops::Range<usize>> {
    let rest = text.get(at..)?;
    let start = if rest.starts_with(b"--") { at } else { at + memchr::memmem::find(rest, b"\n--")? + 1 };
    Some(start..start + line_at(text, start).len())
}

/// The line end before a boundary belongs to the boundary.
fn before_line_end(text: &[u8], start: usize, end: usize) -> usize {
    let piece = text.get(start..end).unwrap_or_default();
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    start + piece.strip_suffix(b"\r").unwrap_or(piece).len()
}
