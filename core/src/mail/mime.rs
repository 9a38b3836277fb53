//! Walks the parts of a message, in one pass and without recursion, however they are nested.
//!
//! Attached messages are leaves: what they contain was written by someone else, to someone else.

use std::{borrow::Cow, ops::Range};

use super::{
    decode::Declared,
    header_block::{Ends, split},
};

/// Most parts that are read.
const MAX_PARTS: usize = 10_000;

/// Deepest nesting that is followed. Deeper multiparts are taken as text.
const MAX_DEPTH: usize = 64;

/// Where a part is, in the bytes that were walked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// The lines before the body, empty line included. `None` for the outermost part, whose lines are the message's.
    pub(crate) head: Option<Range<usize>>,
    /// What is in the part; of a multipart, from its first boundary on.
    pub(crate) body: Range<usize>,
}

/// A part that is no multipart, still encoded.
#[derive(Debug, Default)]
pub(crate) struct Leaf<'raw> {
    pub(crate) content_type: Declared,
    pub(crate) disposition: Declared,
    /// Content-Transfer-Encoding, lower case; `7bit` if none is declared.
    pub(crate) encoding: String,
    pub(crate) has_content_id: bool,
    pub(crate) body: &'raw [u8],
    pub(crate) place: Place,
}

impl Leaf<'_> {
    /// Whether its text is shown with the message.
    pub(crate) fn is_shown(&self) -> bool {
        let kind = self.content_type.value.as_str();
        // A type without a subtype is none: mail programs show such a part.
        let is_text = matches!(kind, "text/html" | "text/plain") || !kind.contains('/');
        is_text && self.disposition.value != "attachment"
    }

    /// Whether it is a multipart, too deep to be followed.
    pub(crate) fn is_too_deep(&self) -> bool {
        self.content_type.value.starts_with("multipart/") && !boundary(&self.content_type).is_empty()
    }
}

/// A multipart.
#[derive(Debug)]
pub(crate) struct Multipart {
    /// `multipart/mixed`, lower case.
    pub(crate) content_type: String,
    pub(crate) boundary: String,
    pub(crate) place: Place,
}

/// All leaves in order, and the number of parts, multiparts included.
#[derive(Debug, Default)]
pub(crate) struct Parts<'raw> {
    pub(crate) leaves: Vec<Leaf<'raw>>,
    /// In the order in which they begin. Those whose boundary never came have an empty body.
    pub(crate) multiparts: Vec<Multipart>,
    pub(crate) count: usize,
    /// Whether there were more parts than are read. The last leaf holds the rest then.
    pub(crate) is_cut: bool,
}

type Fields<'raw> = [(&'raw str, Cow<'raw, str>)];

/// Walks `body`, which `fields` describe.
pub(crate) fn walk<'raw>(fields: &Fields<'raw>, body: &'raw [u8]) -> Parts<'raw> {
    let mut walker = Walker { raw: body, parts: Parts::default(), open: Vec::new(), leaf: None };
    walker.begin(fields, None, 0);
    let mut at = 0;
    while let Some(line) = boundary_candidate(body, at) {
        at = walker.meet(line);
        if MAX_PARTS <= walker.parts.count {
            walker.parts.is_cut = boundary_candidate(body, at).is_some();
            break;
        }
    }
    walker.end_leaf(body.len());
    walker.close_down_to(0, body.len());
    walker.parts
}

/// A multipart whose end has not been met.
struct Open {
    /// Its place among the multiparts.
    index: usize,
    boundary: Vec<u8>,
    is_digest: bool,
    /// Where its body begins, until its first boundary was met.
    unmet_since: Option<usize>,
}

struct Walker<'raw> {
    raw: &'raw [u8],
    parts: Parts<'raw>,
    open: Vec<Open>,
    /// The leaf being read and where its body begins.
    leaf: Option<(Leaf<'raw>, usize)>,
}

/// A line that begins with `--`: where it begins and where the next one does.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
}

impl<'raw> Walker<'raw> {
    /// Begins a part whose body starts at `at`.
    fn begin(&mut self, fields: &Fields<'raw>, head: Option<Range<usize>>, at: usize) {
        self.parts.count += 1;
        let mut leaf = describe(fields);
        leaf.place = Place { head, body: at..at };
        let boundary = boundary(&leaf.content_type);
        if leaf.content_type.value.starts_with("multipart/") && !boundary.is_empty() && self.open.len() < MAX_DEPTH {
            let boundary = boundary.to_owned();
            self.open.push(Open {
                index: self.parts.multiparts.len(),
                boundary: boundary.clone().into_bytes(),
                is_digest: leaf.content_type.value == "multipart/digest",
                unmet_since: Some(at),
            });
            let content_type = leaf.content_type.value;
            self.parts.multiparts.push(Multipart { content_type, boundary, place: leaf.place });
            return;
        }
        let in_digest = self.open.last().is_some_and(|parent| parent.is_digest);
        if leaf.content_type.value.is_empty() && in_digest {
            "message/rfc822".clone_into(&mut leaf.content_type.value);
        }
        self.leaf = Some((leaf, at));
    }

    /// Looks whether a line is a boundary of an open multipart, innermost first; gives where to go on.
    fn meet(&mut self, line: Line) -> usize {
        let text = self.raw.get(line.start + 2..line.end).unwrap_or_default().trim_ascii_end();
        let found = self.open.iter().enumerate().rev().find_map(|(depth, open)| {
            let after = text.strip_prefix(open.boundary.as_slice())?;
            matches!(after, b"" | b"--").then_some((depth, !after.is_empty()))
        });
        let Some((depth, is_last)) = found else { return line.end };
        self.end_leaf(line.start);
        self.close_down_to(depth + 1, line.start);
        if let Some(open) = self.open.last_mut()
            && let Some(multipart) = self.parts.multiparts.get_mut(open.index)
        {
            if open.unmet_since.take().is_some() {
                multipart.place.body.start = line.start;
            }
            multipart.place.body.end = line.end;
        }
        if is_last {
            self.open.truncate(depth);
            return line.end;
        }
        let rest = self.raw.get(line.end..).unwrap_or_default();
        let block = split(rest, Ends::AtBoundary);
        let at = self.raw.len() - block.body.len();
        self.begin(&block.fields, Some(line.end..at), at);
        at
    }

    fn end_leaf(&mut self, at: usize) {
        if let Some((mut leaf, start)) = self.leaf.take() {
            leaf.body = self.between(start, at);
            leaf.place.body = start..start + leaf.body.len();
            self.parts.leaves.push(leaf);
        }
    }

    /// Forgets open multiparts. One whose boundary never came is shown by mail programs as text.
    fn close_down_to(&mut self, depth: usize, at: usize) {
        for open in self.open.split_off(depth.min(self.open.len())) {
            if let Some(start) = open.unmet_since {
                let body = self.between(start, at);
                if !body.trim_ascii().is_empty() {
                    let place = Place { head: Some(start..start), body: start..start + body.len() };
                    self.parts.leaves.push(Leaf { body, encoding: "7bit".to_owned(), place, ..Leaf::default() });
                }
                break;
            }
            if let Some(multipart) = self.parts.multiparts.get_mut(open.index) {
                multipart.place.body.end = at;
            }
        }
    }

    /// The body between two places; the line end before a boundary belongs to the boundary.
    fn between(&self, start: usize, end: usize) -> &'raw [u8] {
        let body = self.raw.get(start..end).unwrap_or_default();
        if end == self.raw.len() {
            return body;
        }
        let body = body.strip_suffix(b"\n").unwrap_or(body);
        body.strip_suffix(b"\r").unwrap_or(body)
    }
}

/// The next line at or after `at` that begins with `--`. `at` is the beginning of a line.
fn boundary_candidate(raw: &[u8], at: usize) -> Option<Line> {
    let rest = raw.get(at..)?;
    let start = if rest.starts_with(b"--") { at } else { at + memchr::memmem::find(rest, b"\n--")? + 1 };
    let tail = raw.get(start..)?;
    let end = memchr::memchr(b'\n', tail).map_or(raw.len(), |end| start + end + 1);
    Some(Line { start, end })
}

fn boundary(content_type: &Declared) -> &str {
    content_type.parameter("boundary").map(str::trim_ascii_end).unwrap_or_default()
}

fn describe<'raw>(fields: &Fields<'raw>) -> Leaf<'raw> {
    let find = |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let encoding = find("Content-Transfer-Encoding").map(|raw| {
        let end = raw.find([';', '(']).unwrap_or(raw.len());
        raw.get(..end).unwrap_or_default().trim().trim_matches('"').to_ascii_lowercase()
    });
    Leaf {
        content_type: find("Content-Type").map(|raw| Declared::parse(raw)).unwrap_or_default(),
        disposition: find("Content-Disposition").map(|raw| Declared::parse(raw)).unwrap_or_default(),
        encoding: encoding.filter(|name| !name.is_empty()).unwrap_or_else(|| "7bit".to_owned()),
        has_content_id: find("Content-ID").is_some(),
        body: &[],
        place: Place::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_parts_are_leaves_in_order() {
        let raw = b"preamble\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\
            Content-Type: text/html\r\n\r\ntwo\r\n--b--\r\nepilogue\r\n--a\r\nContent-Type: image/png\r\n\r\nthree\r\n--a--\r\n";
        let parts = walk(&root("multipart/mixed; boundary=a"), raw);
        assert_eq!(bodies(&parts), ["one", "two", "three"]);
        assert_eq!((parts.count, parts.leaves[2].content_type.value.as_str()), (5, "image/png"));
    }

    #[test]
    fn parts_know_where_they_are() {
        let raw = b"pre\r\n--a\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nX: 1\r\n\r\n--b--\r\n--a--\r\n";
        let parts = walk(&root("multipart/mixed; boundary=a"), raw);
        let [first, second] = &parts.leaves[..] else { panic!("{parts:?}") };
        let text = |range: &Range<usize>| str::from_utf8(&raw[range.clone()]).unwrap();
        assert_eq!((text(first.place.head.as_ref().unwrap()), text(&first.place.body)), ("\r\n", "one"));
        assert_eq!((text(second.place.head.as_ref().unwrap()), text(&second.place.body)), ("X: 1\r\n\r\n", ""));
        let [outer, inner] = &parts.multiparts[..] else { panic!("{parts:?}") };
        assert_eq!(outer.place.head, None);
        assert_eq!((inner.content_type.as_str(), inner.boundary.as_str()), ("multipart/signed", "b"));
        assert!(text(inner.place.head.as_ref().unwrap()).starts_with("Content-Type: multipart/signed"));
        assert!(
            text(&inner.place.body).starts_with("--b\r\n\r\none") && text(&outer.place.body).ends_with("--a--\r\n")
        );
    }

    #[test]
    fn what_is_never_closed_ends_with_the_message() {
        let parts =
            walk(&root("multipart/mixed; boundary=\"a\""), b"--a\n\none\n--a\nX: 1\n--a\n\ntwo\n-- \nsignature");
        assert_eq!(bodies(&parts), ["one", "", "two\n-- \nsignature"]);
    }

    #[test]
    fn an_outer_boundary_closes_inner_parts() {
        let raw = b"--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--a\n\ntwo\n";
        assert_eq!(bodies(&walk(&root("multipart/mixed; boundary=a"), raw)), ["one", "two\n"]);
    }

    #[test]
    fn a_multipart_without_its_boundary_is_text() {
        assert_eq!(bodies(&walk(&root("multipart/mixed; boundary=a"), b"hello\n--b\n")), ["hello\n--b\n"]);
        assert_eq!(bodies(&walk(&root("multipart/mixed"), b"hello")), ["hello"]);
    }

    #[test]
    fn digests_hold_messages() {
        let parts = walk(&root("multipart/digest; boundary=a"), b"--a\n\nSubject: x\n\ny\n--a--\n");
        assert_eq!(parts.leaves[0].content_type.value, "message/rfc822");
        assert_eq!(bodies(&parts), ["Subject: x\n\ny"]);
    }

    #[test]
    fn boundaries_that_begin_alike_are_told_apart() {
        let raw = b"--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\none\n--ab--\n--a\n\ntwo\n--a--\n";
        assert_eq!(bodies(&walk(&root("multipart/mixed; boundary=a"), raw)), ["one", "two"]);
    }

    #[test]
    fn parts_are_counted_only_so_far() {
        let raw = b"--a\n\nx\n".repeat(20_000);
        let parts = walk(&root("multipart/mixed; boundary=a"), &raw);
        assert_eq!((parts.count, parts.is_cut), (MAX_PARTS, true));
    }

    fn root(content_type: &'static str) -> Vec<(&'static str, Cow<'static, str>)> {
        vec![("Content-Type", content_type.into())]
    }

    fn bodies<'raw>(parts: &Parts<'raw>) -> Vec<&'raw str> {
        parts.leaves.iter().map(|leaf| str::from_utf8(leaf.body).unwrap()).collect()
    }
}
