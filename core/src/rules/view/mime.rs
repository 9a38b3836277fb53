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
            "text/plain".clone_into(&mut part.content_type);
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
            let outer = Outer { depth, is_digest: part.content_type == "multipart/digest", has_returns };
            self.parts.push(part);
            for piece in self.pieces(&raw, boundary.as_deref(), depth) {
                let inner = self.inner(&piece, outer);
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
    fn inner(&mut self, piece: &Piece<'raw>, outer: Outer) -> Part<'raw> {
        let block = if piece.has_header { fields::of_part(&piece.text) } else { Block::default() };
        self.oddities.lacks_part_separator |= piece.has_header && !block.is_parted;
        self.oddities.lacks_part_headers |= block.is_parted && block.end == 0 && 0 < block.body;
        let has_type = block.fields.iter().any(|field| field.is(b"Content-Type"));
        let mut part = Part::new(block.fields, outer.depth + 1);
        if outer.is_digest && !has_type {
            "message/rfc822".clone_into(&mut part.content_type);
        }
        part.has_returns = outer.has_returns;
        part.raw = shorten(piece.text.sub(block.body..piece.text.len()), outer.has_returns);
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

/// What its parts must know of a multipart.
#[derive(Clone, Copy)]
struct Outer {
    depth: usize,
    is_digest: bool,
    has_returns: bool,
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
    if !has_many_empty_lines(text) {
        return text.clone();
    }
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

/// Whether so many empty lines stand in a row that some of them may have to go.
fn has_many_empty_lines(text: &[u8]) -> bool {
    // They are a stretch of white space, and in one so long lie whole chunks of a few bytes.
    const FEW: usize = 8;
    if !text.chunks_exact(FEW).any(|chunk| chunk.iter().all(u8::is_ascii_whitespace)) {
        return false;
    }
    let (mut start, mut count) = (0, 0);
    for end in memchr::memchr_iter(b'\n', text) {
        let line = text.get(start..end).unwrap_or_default();
        let is_empty = !line.first().is_some_and(u8::is_ascii_graphic) && line.trim_ascii().is_empty();
        count = if is_empty { count + 1 } else { 0 };
        if MAX_EMPTY_LINES <= count {
            return true;
        }
        start = end + 1;
    }
    false
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

/// Whether some line is too long.
fn has_long_line(text: &[u8]) -> bool {
    let mut start = 0;
    let mut ends = memchr::memchr_iter(b'\n', text).map(|at| at + 1).chain([text.len()]);
    MAX_LINE < text.len()
        && ends.any(|end| {
            let length = end - start;
            start = end;
            MAX_LINE < length
        })
}

/// With line ends in lines that are too long.
fn shorten(text: Slice<'_>, has_returns: bool) -> Slice<'_> {
    if !has_long_line(&text) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: &str = "From: a\nContent-Type: multipart/mixed; boundary=xx\n\n";

    /// The type and the decoded content of each part; `-` for what is no leaf.
    fn parts(raw: &str) -> Vec<(String, String)> {
        let shown = |part: &Part<'_>| {
            let text = if part.is_leaf { String::from_utf8_lossy(part.decoded()).into_owned() } else { "-".to_owned() };
            (part.content_type.clone(), text)
        };
        read(raw.as_bytes()).parts.iter().map(shown).collect()
    }

    fn pair(kind: &str, text: &str) -> (String, String) {
        (kind.to_owned(), text.to_owned())
    }

    #[test]
    fn parts_stand_in_the_order_in_which_they_begin() {
        let raw = format!(
            "{MIXED}pre\n--xx\nContent-Type: text/html\n\nbare\n\n\n--xx   \nContent-Type: multipart/alternative; boundary=zz\n\n--zz\n\none\n--xx\n\nthree\n"
        );
        assert_eq!(
            parts(&raw),
            [
                pair("multipart/mixed", "-"),
                pair("text/html", "bare\n\n"),
                pair("multipart/alternative", "-"),
                pair("text/plain", "one"),
                pair("text/plain", "three\n"),
            ]
        );
        assert!(read(raw.as_bytes()).oddities.lacks_part_headers);
    }

    #[test]
    fn without_boundary_there_is_one_part_or_none() {
        let all = "Content-Type: text/html\n\nhello\n";
        assert_eq!(parts(&format!("{MIXED}{all}"))[1..], [pair("text/plain", all)]);
        let nested = format!("{MIXED}--xx\nContent-Type: multipart/alternative\n\n{all}");
        assert_eq!(parts(&nested)[1..], [pair("multipart/alternative", "-"), pair("text/html", "hello\n")]);
        assert_eq!(parts(&format!("{MIXED}--xx\n")).len(), 1);
        assert_eq!(parts(&format!("{MIXED}--xx--\nfoo\n"))[1..], [pair("text/plain", "")]);
        assert_eq!(parts("Content-Type: multipart/mixed\n\nhello\n"), [pair("text/plain", "\nhello\n")]);
    }

    #[test]
    fn attached_messages_are_taken_apart_too() {
        let raw = format!(
            "{MIXED}--xx\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoKYm9keQo=\n--xx--\n"
        );
        assert_eq!(parts(&raw)[1..], [pair("message/rfc822", "-"), pair("text/plain", "body\n")]);
        let digest = "Content-Type: multipart/digest; boundary=xx\n\n--xx\n\nContent-Type: text/html\n\nbody\n--xx--\n";
        assert_eq!(parts(digest)[1..], [pair("message/rfc822", "-"), pair("text/html", "body")]);
    }

    #[test]
    fn what_is_odd_is_told() {
        let odd = |raw: &str| read(raw.as_bytes()).oddities;
        assert!(odd("From: a").lacks_separator);
        assert!(!odd("From: a\n\nx").lacks_separator);
        assert!(odd(&format!("{MIXED}--xx\n\nx\n--xx--\nepilogue\n")).has_epilogue);
        assert!(!odd(&format!("{MIXED}--xx\n\nx\n--xx--\n \n\n")).has_epilogue);
        assert!(odd(&format!("{MIXED}--xx\nno header here\n--xx--\n")).lacks_part_separator);
    }

    #[test]
    fn of_many_empty_lines_twenty_stay() {
        let empty = |count: usize| "\n".repeat(count);
        assert_eq!(parts(&format!("\nd\n{}e", empty(26)))[0].1, format!("d\n{}e", empty(20)));
        assert_eq!(parts(&format!("\nd\n\t\n{}e", empty(25)))[0].1, format!("d\n\t\n{}e", empty(19)));
        assert_eq!(parts(&format!("\nd\n{}e", empty(20)))[0].1, format!("d\n{}e", empty(20)));
    }

    #[test]
    fn every_multipart_cuts_long_lines() {
        let long = "x".repeat(3000);
        let raw = format!("{MIXED}--xx\n\n{long}\n--xx--\n");
        assert_eq!(parts(&raw)[1].1, format!("{}\n{}", "x".repeat(2048), "x".repeat(952)));
        let nested = format!(
            "{MIXED}--xx\nContent-Type: multipart/alternative; boundary=zz\n\n--zz\n\n{long}\n--zz--\n--xx--\n"
        );
        assert_eq!(parts(&nested)[2].1, format!("{}\n\n{}", "x".repeat(2048), "x".repeat(952)));
    }

    #[test]
    fn line_ends_are_line_feeds() {
        let raw = MIXED.replace('\n', "\r\n") + "--xx\r\nContent-Type: text/html\r\n\r\na\r\nb\r\n--xx--\r\n";
        assert_eq!(parts(&raw)[1..], [pair("text/html", "a\nb")]);
        assert_eq!(parts("From: a\n\na\r\nb"), [pair("text/plain", "a\r\nb")]);
    }
}
