//! Splits a header block into its lines.

use std::borrow::Cow;

use super::Header;

/// Longest header block that is read. The rest of a longer one is skipped.
const MAX_BLOCK_BYTES: usize = 256 * 1024;

/// A header block taken off the front of some bytes.
#[derive(Debug, Default)]
pub(crate) struct Block<'raw> {
    /// Names and raw values, top first.
    pub(crate) fields: Vec<(&'raw str, Cow<'raw, str>)>,
    /// What follows the empty line.
    pub(crate) body: &'raw [u8],
}

/// Where a header block ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// At an empty line, as in a message.
    AtEmptyLine,
    /// There, or at a line that may be a boundary, as in a part that has no body.
    AtBoundary,
}

/// Reads headers until the block ends. Lines that are none are skipped, unless one comes first: then there is no header
/// block at all, and everything is body.
pub(crate) fn split(raw: &[u8], ends: Ends) -> Block<'_> {
    let mut fields: Vec<(&str, Cow<'_, str>)> = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        let line = line_at(raw, at);
        let is_boundary = ends == Ends::AtBoundary && line.starts_with(b"--");
        if is_empty_line(line) {
            return Block { fields, body: from(raw, at + line.len()) };
        }
        if is_boundary {
            return Block { fields, body: from(raw, at) };
        }
        if MAX_BLOCK_BYTES < at {
            return Block { fields, body: after_empty_line(from(raw, at)) };
        }
        let field = field_at(raw, at, MAX_BLOCK_BYTES);
        match parse_field(field) {
            Some(parsed) => fields.push(parsed),
            None if fields.is_empty() => return Block { fields, body: raw },
            None => {}
        }
        at += field.len();
    }
    Block { fields, body: &[] }
}

/// A piece of a header block as it stands, with its line ends: a field, or lines that are none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'raw> {
    /// The name, if it is a field.
    pub(crate) name: Option<&'raw str>,
    pub(crate) raw: &'raw [u8],
}

/// Takes a header block apart without losing a byte: its pieces, and what follows, empty line included. No pieces if there
/// is no header block.
pub(crate) fn pieces(raw: &[u8]) -> (Vec<Piece<'_>>, &[u8]) {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < raw.len() && !is_empty_line(line_at(raw, at)) {
        let field = field_at(raw, at, usize::MAX);
        let name = parse_field(field).map(|(name, _)| name);
        if pieces.is_empty() && name.is_none() {
            return (pieces, raw);
        }
        pieces.push(Piece { name, raw: field });
        at += field.len();
    }
    (pieces, from(raw, at))
}

/// Whether [`split`] sees all of the header block: it ends, and it is not longer than what is read.
pub(super) fn is_whole(raw: &[u8]) -> bool {
    let rest = pieces(raw).1;
    !rest.is_empty() && raw.len() - rest.len() <= MAX_BLOCK_BYTES
}

/// The fields with their values decoded.
pub(super) fn decode<'raw>(fields: Vec<(&'raw str, Cow<'raw, str>)>) -> Vec<Header<'raw>> {
    let headers = fields.into_iter().map(|(name, raw)| Header { name, value: super::decode::header_text(&raw), raw });
    headers.collect()
}

fn from(raw: &[u8], at: usize) -> &[u8] {
    raw.get(at..).unwrap_or_default()
}

/// The line that begins at `at`, with its line end.
fn line_at(raw: &[u8], at: usize) -> &[u8] {
    let rest = from(raw, at);
    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    rest.get(..end).unwrap_or(rest)
}

/// A line of blanks continues the one before it.
fn is_empty_line(line: &[u8]) -> bool {
    line.trim_ascii_end().is_empty() && !line.starts_with(b" ") && !line.starts_with(b"\t")
}

/// The line that begins at `at` with those that continue it, as long as it has not reached `limit`.
fn field_at(raw: &[u8], at: usize, limit: usize) -> &[u8] {
    let mut end = at + line_at(raw, at).len();
    while matches!(raw.get(end), Some(b' ' | b'\t')) && end - at < limit {
        end += line_at(raw, end).len();
    }
    raw.get(at..end).unwrap_or_default()
}

fn parse_field(field: &[u8]) -> Option<(&str, Cow<'_, str>)> {
    let colon = memchr::memchr(b':', field)?;
    let (name, value) = field.split_at_checked(colon)?;
    let name = name.trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    let value = value.get(1..)?;
    let value = value.strip_suffix(b"\n").unwrap_or(value);
    let value = value.strip_suffix(b"\r").unwrap_or(value);
    let value = str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed);
    is_name.then_some((str::from_utf8(name).ok()?, value))
}

/// What follows the next empty line.
fn after_empty_line(raw: &[u8]) -> &[u8] {
    let short = memchr::memmem::find(raw, b"\n\n").map(|at| at + 2);
    let long = memchr::memmem::find(raw, b"\n\r\n").map(|at| at + 3);
    let at = short.into_iter().chain(long).min();
    at.map_or(&[], |at| from(raw, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_values_and_body_are_told_apart() {
        let block = split(b"A: 1\r\nB :2\r\n 3\r\nno header\r\nC:\r\n\r\nbody", Ends::AtEmptyLine);
        assert_eq!(block.fields, [("A", " 1".into()), ("B", "2\r\n 3".into()), ("C", "".into())]);
        assert_eq!(block.body, b"body");
    }

    #[test]
    fn a_first_line_that_is_no_header_makes_all_of_it_body() {
        for raw in [&b"hello there\nA: 1\n"[..], b"\n\nA: 1", b": x\n", b"\xff\xfe"] {
            let block = split(raw, Ends::AtEmptyLine);
            assert!(block.fields.is_empty() && raw.ends_with(block.body), "{raw:?}");
        }
    }

    #[test]
    fn a_line_of_blanks_continues_and_an_empty_one_ends() {
        let block = split(b"A: 1\n \n 2\n\nB: 3\n", Ends::AtEmptyLine);
        assert_eq!((block.fields.len(), block.body), (1, &b"B: 3\n"[..]));
    }

    #[test]
    fn a_part_ends_at_a_boundary() {
        let block = split(b"A: 1\n--x\nB: 2\n", Ends::AtBoundary);
        assert_eq!((block.fields.len(), block.body), (1, &b"--x\nB: 2\n"[..]));
    }

    #[test]
    fn pieces_are_all_there_is() {
        for raw in
            [&b"A: 1\r\nB :2\r\n 3\r\nno header\r\nC:\r\n\r\nbody"[..], b"A: 1", b"A: 1\n \n\n", b"", b"\nx", b"x\n\n"]
        {
            let (pieces, rest) = pieces(raw);
            let names: Vec<&str> = pieces.iter().filter_map(|piece| piece.name).collect();
            let fields = split(raw, Ends::AtEmptyLine).fields;
            assert_eq!(names, fields.iter().map(|(name, _)| *name).collect::<Vec<_>>());
            let all: Vec<u8> = pieces.iter().flat_map(|piece| piece.raw).chain(rest).copied().collect();
            assert_eq!(all, raw);
        }
    }

    #[test]
    fn too_many_headers_are_skipped_up_to_the_body() {
        let mut raw = b"A: 1\r\n".repeat(100_000);
        raw.extend_from_slice(b"\r\nbody");
        let block = split(&raw, Ends::AtEmptyLine);
        assert!((40_000..50_000).contains(&block.fields.len()), "{}", block.fields.len());
        assert_eq!(block.body, b"body");
    }
}
