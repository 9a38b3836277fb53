//! The parts of a message, as Python's `email.feedparser` finds them.

use std::borrow::Cow;

use super::lines::is_space;
use crate::mail::transfer;

/// Deeper nesting is not followed; the reference client breaks off somewhere beyond.
const MAX_DEPTH: usize = 60;

/// Most parts of a message that are looked at.
const MAX_PARTS: usize = 10_000;

/// A part with its headers.
#[derive(Debug, Default)]
pub(super) struct Part<'raw> {
    headers: Vec<(&'raw [u8], Cow<'raw, [u8]>)>,
    /// What it is if it does not say.
    default_type: &'static str,
    /// Its content, unless that is other parts.
    pub(super) body: Option<Cow<'raw, [u8]>>,
}

/// All parts in the order of Python's `walk`.
pub(super) fn parts(raw: &[u8]) -> Vec<Part<'_>> {
    let mut reader = Reader { lines: lines(raw), at: 0, ends: Vec::new(), depth: 0, parts: Vec::new() };
    reader.read("text/plain");
    reader.parts
}

impl Part<'_> {
    /// The first header of that name as text; what is not ASCII is replaced.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(value.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '\u{fffd}' }).collect())
    }

    /// `type/subtype` in lower case.
    pub(super) fn content_type(&self) -> String {
        let Some(value) = self.header("content-type") else { return self.default_type.to_owned() };
        let named = value.split(';').next().unwrap_or_default().trim_matches(is_space).to_lowercase();
        if named.matches('/').count() == 1 { named } else { "text/plain".to_owned() }
    }

    /// A parameter of the content type.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let value = self.header("content-type")?;
        parameters(&value).into_iter().find(|(known, _)| known == name).map(|(_, value)| unquoted(&value))
    }

    /// The content without its transfer encoding.
    pub(super) fn decoded_body<'body>(&self, body: &'body [u8]) -> Cow<'body, [u8]> {
        match self.header("content-transfer-encoding").unwrap_or_default().to_lowercase().as_str() {
            "base64" => Cow::Owned(from_base64(body)),
            "quoted-printable" => Cow::Owned(from_quoted(body)),
            _ => Cow::Borrowed(body),
        }
    }
}

/// Where a part ends that is within others.
enum End {
    /// A line that begins with that and has nothing else but perhaps `--` and blanks.
    Boundary(Vec<u8>),
    /// An empty line.
    Empty,
}

impl End {
    fn is_at(&self, line: &[u8]) -> bool {
        match self {
            Self::Boundary(boundary) => boundary_kind(line, boundary).is_some(),
            Self::Empty => is_line_end(line),
        }
    }
}

/// Whether a line is that boundary, and if so whether it is the closing one.
fn boundary_kind(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(boundary)?;
    let blank = |rest: &[u8]| without_end(rest).iter().all(|byte| matches!(byte, b' ' | b'\t'));
    match rest.strip_prefix(b"--") {
        Some(after) if blank(after) => Some(true),
        _ => blank(rest).then_some(false),
    }
}

struct Reader<'raw> {
    lines: Vec<&'raw [u8]>,
    at: usize,
    ends: Vec<End>,
    /// How many parts the one that is read lies in.
    depth: usize,
    parts: Vec<Part<'raw>>,
}

impl<'raw> Reader<'raw> {
    /// The next line of the innermost part, if there is one.
    fn next(&mut self) -> Option<&'raw [u8]> {
        let line = *self.lines.get(self.at)?;
        if self.ends.iter().any(|end| end.is_at(line)) {
            return None;
        }
        self.at += 1;
        Some(line)
    }

    fn rest(&mut self) -> Cow<'raw, [u8]> {
        let mut all = Vec::new();
        while let Some(line) = self.next() {
            all.push(line);
        }
        match all.as_slice() {
            [] => Cow::Borrowed(&[]),
            [only] => Cow::Borrowed(only),
            _ => Cow::Owned(all.concat()),
        }
    }

    fn read(&mut self, default_type: &'static str) {
        let place = self.parts.len();
        let mut part = Part { headers: self.headers(), default_type, body: None };
        let content_type = part.content_type();
        let boundary = part.parameter("boundary").map(|text| text.trim_end_matches(is_space).to_owned());
        let is_too_much = MAX_DEPTH <= self.depth || MAX_PARTS <= place;
        self.depth += 1;
        if content_type == "message/delivery-status" && !is_too_much {
            self.parts.push(part);
            self.blocks();
        } else if content_type.starts_with("message/") && !is_too_much {
            self.parts.push(part);
            self.read("text/plain");
        } else if let (true, Some(boundary), false) = (content_type.starts_with("multipart/"), boundary, is_too_much) {
            self.parts.push(part);
            let inner = if content_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
            let preamble = self.multipart(format!("--{boundary}").as_bytes(), inner);
            if let Some(part) = self.parts.get_mut(place) {
                part.body = preamble;
            }
        } else {
            part.body = Some(self.rest());
            self.parts.push(part);
        }
        self.depth -= 1;
    }

    /// Reads what stands between boundaries; what is before the first, if none follows.
    fn multipart(&mut self, boundary: &[u8], inner: &'static str) -> Option<Cow<'raw, [u8]>> {
        let mut preamble: Vec<&[u8]> = Vec::new();
        let mut has_begun = false;
        while let Some(line) = self.next() {
            match boundary_kind(line, boundary) {
                None => preamble.push(line),
                Some(true) => break,
                Some(false) => {
                    has_begun = true;
                    self.part(boundary, inner);
                }
            }
        }
        self.rest();
        (!has_begun).then(|| Cow::Owned(preamble.concat()))
    }

    fn part(&mut self, boundary: &[u8], inner: &'static str) {
        while self.next().is_some_and(|line| boundary_kind(line, boundary).is_some()) {}
        // The line that was no boundary belongs to the part.
        let is_behind = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
        if is_behind.is_some_and(|line| boundary_kind(line, boundary).is_none()) {
            self.at -= 1;
        }
        self.ends.push(End::Boundary(boundary.to_vec()));
        self.read(inner);
        self.ends.pop();
    }

    /// Blocks of headers with empty lines between them.
    fn blocks(&mut self) {
        loop {
            self.ends.push(End::Empty);
            self.read("text/plain");
            self.ends.pop();
            self.next();
            if self.next().is_none() || MAX_PARTS <= self.parts.len() {
                return;
            }
            self.at -= 1;
        }
    }

    fn headers(&mut self) -> Vec<(&'raw [u8], Cow<'raw, [u8]>)> {
        let mut lines = Vec::new();
        while let Some(line) = self.next() {
            if !is_header(line) {
                if !is_line_end(line) {
                    self.at -= 1;
                }
                break;
            }
            lines.push(line);
        }
        let mut found: Vec<(&[u8], Cow<'_, [u8]>)> = Vec::new();
        // Lines that go on with what is no header are none either.
        let mut is_within = false;
        for (number, line) in lines.iter().enumerate() {
            if matches!(line.first(), Some(b' ' | b'\t')) {
                if let Some((_, value)) = found.last_mut().filter(|_| is_within) {
                    value.to_mut().extend_from_slice(line);
                }
                continue;
            }
            is_within = false;
            if line.starts_with(b"From ") {
                if 0 < number && number + 1 == lines.len() {
                    self.at -= 1;
                }
                continue;
            }
            let colon = line.iter().position(|byte| *byte == b':').unwrap_or_default();
            if let (Some(name), Some(value)) =
                (line.get(..colon).filter(|name| !name.is_empty()), line.get(colon + 1..))
            {
                found.push((name, Cow::Borrowed(value)));
                is_within = true;
            }
        }
        for (_, value) in &mut found {
            let trimmed = without_ends(value.trim_ascii_start_blanks()).to_vec();
            *value = Cow::Owned(trimmed);
        }
        found
    }
}

/// The blanks at the beginning of a value.
trait Blanks {
    fn trim_ascii_start_blanks(&self) -> &[u8];
}

impl Blanks for Cow<'_, [u8]> {
    fn trim_ascii_start_blanks(&self) -> &[u8] {
        let start = self.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.get(start..).unwrap_or_default()
    }
}

fn without_ends(line: &[u8]) -> &[u8] {
    let length = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    line.get(..length).unwrap_or_default()
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_line_end(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'\r' | b'\n'))
}

/// `From `, a name with its colon, or a blank.
fn is_header(line: &[u8]) -> bool {
    if line.starts_with(b"From ") || matches!(line.first(), Some(b' ' | b'\t')) {
        return true;
    }
    let name = line.iter().take_while(|byte| byte.is_ascii_graphic() && **byte != b':').count();
    line.get(name) == Some(&b':')
}

/// Lines with their ends, which are `\n`, `\r\n` or `\r`.
fn lines(raw: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut rest = raw;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).map_or(rest.len(), |at| at + 1);
        let is_pair = rest.get(end - 1) == Some(&b'\r') && rest.get(end) == Some(&b'\n');
        let (line, after) = rest.split_at(if is_pair { end + 1 } else { end });
        lines.push(line);
        rest = after;
    }
    lines
}

/// Python's `_parseparam`: names in lower case, values with their quotes.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = value;
    loop {
        let end = end_of_parameter(rest);
        let piece = rest.get(..end).unwrap_or_default();
        if let Some((name, value)) = piece.split_once('=') {
            found.push((name.trim_matches(is_space).to_lowercase(), value.trim_matches(is_space).to_owned()));
        }
        match rest.get(end + 1..) {
            Some(after) if end < rest.len() => rest = after,
            _ => return found,
        }
    }
}

/// The first semicolon outside of quotes. A quote behind a backslash is none.
fn end_of_parameter(text: &str) -> usize {
    let (mut is_within, mut before) = (false, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b';' if !is_within => return at,
            b'"' if before != b'\\' => is_within = !is_within,
            _ => {}
        }
        before = byte;
    }
    text.len()
}

fn unquoted(value: &str) -> String {
    let within = |first: char, last: char| value.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    match (within('"', '"'), within('<', '>')) {
        (Some(text), _) => text.replace("\\\\", "\\").replace("\\\"", "\""),
        (None, Some(text)) => text.to_owned(),
        (None, None) => value.to_owned(),
    }
}

/// Python's `decode_b`: without what is no digit, up to the padding, and as it is if no whole bytes come out.
fn from_base64(body: &[u8]) -> Vec<u8> {
    let joined: Vec<u8> = body.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let (mut digits, mut pads, mut end) = (0_usize, 0, joined.len());
    for (at, byte) in joined.iter().enumerate() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') {
            digits += 1;
            pads = 0;
        } else if *byte == b'=' && 2 <= digits % 4 {
            pads += 1;
            if 4 <= digits % 4 + pads {
                end = at;
                break;
            }
        }
    }
    if digits % 4 == 1 {
        return joined;
    }
    // What the library takes for a group on its own has been dealt with.
    let whole: Vec<u8> = joined.into_iter().take(end).filter(|byte| *byte != b'=').collect();
    transfer::decode(&whole, "base64").into_owned()
}

/// Python's `binascii.a2b_qp`.
fn from_quoted(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        let hex = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (after.first(), hex(0), hex(1)) {
            (None, ..) => break,
            (Some(b'\r' | b'\n'), ..) => {
                let end = after.iter().position(|byte| *byte == b'\n').map_or(after.len(), |at| at + 1);
                rest = after.get(end..).unwrap_or_default();
            }
            (Some(b'='), ..) => {
                out.push(b'=');
                rest = after.get(1..).unwrap_or_default();
            }
            (Some(_), Some(high), Some(low)) => {
                out.push(u8::try_from(high << 4 | low).unwrap_or_default());
                rest = after.get(2..).unwrap_or_default();
            }
            (Some(_), ..) => out.push(b'='),
        }
    }
    out
}
