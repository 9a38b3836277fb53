//! Header blocks: of the message and of its parts.

use std::{borrow::Cow, cell::OnceCell, ops::Range};

use super::{
    addresses::{self, Mailbox},
    slice::{Slice, line_at},
    transfer, words,
};

/// Most bytes of a name that are read.
const MAX_NAME: usize = 256;

/// Most bytes of a value that are decoded.
const MAX_VALUE: usize = 8192;

/// As many fields as most messages have.
const MANY: usize = 32;

/// Most lines of a message's header that are no fields.
const MAX_STRANGE: usize = 3;

/// One header line with what continues it.
#[derive(Clone, Debug)]
pub struct Field<'raw> {
    name: Slice<'raw>,
    raw: Slice<'raw>,
    /// With a line end.
    line: OnceCell<Cow<'raw, [u8]>>,
    mailboxes: OnceCell<Vec<Mailbox>>,
}

impl<'raw> Field<'raw> {
    /// A line with its continuations; `None` if it has no colon. The name of a part's header keeps the white space
    /// before the colon.
    fn read(text: &Slice<'raw>, line: Range<usize>, in_part: bool) -> Option<Self> {
        let colon = memchr::memchr(b':', text.get(line.clone())?)? + line.start;
        let name = text.get(line.start..colon)?;
        let name = if in_part { name } else { name.trim_ascii_end() };
        let name = text.sub(line.start..line.start + name.len().min(MAX_NAME));
        let raw = text.sub(colon + 1..line.end);
        Some(Self { name, raw, line: OnceCell::new(), mailboxes: OnceCell::new() })
    }

    /// Its name as written.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Whether that is its name, in any case.
    pub fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Everything after the colon as it stands, with its line end.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Unfolded and decoded, UTF-8, without a line end.
    pub fn value(&self) -> &[u8] {
        self.line().split_last().map(|(_, value)| value).unwrap_or_default()
    }

    /// The same, with a line end.
    pub(super) fn line(&self) -> &[u8] {
        self.line.get_or_init(|| {
            if let Slice::Of(raw) = self.raw
                && raw.len() <= MAX_VALUE
                && let Some(line) = words::as_it_stands(raw)
            {
                return Cow::Borrowed(line);
            }
            let raw = self.read_value();
            let raw = raw.get(..MAX_VALUE).unwrap_or(&raw);
            Cow::Owned(words::line(raw, self.holds_words()))
        })
    }

    /// Every mailbox in it.
    pub(super) fn mailboxes(&self) -> &[Mailbox] {
        self.mailboxes.get_or_init(|| addresses::of(self))
    }

    /// Appends its name and its value.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for piece in [self.name(), b": ", self.line()] {
            out.extend_from_slice(piece);
        }
    }

    /// Whether RFC 2047 words in it are decoded.
    fn holds_words(&self) -> bool {
        const WITHOUT: [&[u8]; 8] = [
            b"Received",
            b"Message-ID",
            b"Date",
            b"Resent-Message-ID",
            b"Resent-Date",
            b"MIME-Version",
            b"References",
            b"In-Reply-To",
        ];
        let is_of_list = self.name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"List-"));
        !is_of_list && !WITHOUT.iter().any(|name| self.is(name))
    }

    /// With single line feeds, if it is so long that this matters.
    fn read_value(&self) -> Cow<'_, [u8]> {
        if self.raw.len() <= MAX_VALUE {
            return Cow::Borrowed(&self.raw);
        }
        Cow::Owned(transfer::with_line_feeds(self.raw.to_vec()))
    }

    /// Whether it is longer than what is read of it.
    fn is_cut(&self) -> bool {
        MAX_VALUE < self.read_value().trim_ascii_end().len() || MAX_NAME <= self.name.len()
    }
}

/// A header block and where it ends.
#[derive(Debug, Default)]
pub(crate) struct Block<'raw> {
    pub(crate) fields: Vec<Field<'raw>>,
    /// Where the block ends, without the empty line.
    pub(crate) end: usize,
    /// Where what follows begins.
    pub(crate) body: usize,
    /// Whether an empty line came between.
    pub(crate) is_parted: bool,
    /// Whether some field is longer than what is read of it.
    pub(crate) is_cut: bool,
    /// Whether lines end with CRLF.
    pub(crate) has_returns: bool,
}

/// Reads the header block of a message. A few lines that are no fields are passed over; one that begins with `--` ends it.
pub(crate) fn of_message<'raw>(text: &Slice<'raw>) -> Block<'raw> {
    let mut block = Block { fields: Vec::with_capacity(MANY), ..Block::default() };
    let mut at = 0;
    let mut strange = 0;
    while at < text.len() {
        let line = line_at(text, at);
        if line == b"\n" || line == b"\r\n" && (block.has_returns || at == 0) {
            return Block { end: at, body: at + line.len(), is_parted: true, ..block };
        }
        let is_field = !matches!(line.first(), Some(b' ' | b'\t'));
        strange += usize::from(is_field && !begins_field(line));
        if line.starts_with(b"--") || MAX_STRANGE < strange {
            return Block { end: at, body: at, ..block };
        }
        block.has_returns |= line.ends_with(b"\r\n");
        let end = field_end(text, at);
        block.push(is_field.then(|| Field::read(text, at..end, false)).flatten());
        at = end;
    }
    Block { end: text.len(), body: text.len(), ..block }
}

/// Reads the header block of a part: it ends at a line that is no field. Without any such line there is no block.
pub(crate) fn of_part<'raw>(text: &Slice<'raw>) -> Block<'raw> {
    let mut block = Block::default();
    let mut at = 0;
    while at < text.len() {
        let line = line_at(text, at);
        if matches!(line, b"\n" | b"\r\n") {
            return Block { end: at, body: at + line.len(), is_parted: true, ..block };
        }
        if !begins_field(line) {
            return Block { end: at, body: at, ..block };
        }
        let end = field_end(text, at);
        block.push(Field::read(text, at..end, true));
        at = end;
    }
    Block { fields: Vec::new(), end: text.len(), body: text.len(), is_parted: true, ..block }
}

impl<'raw> Block<'raw> {
    fn push(&mut self, field: Option<Field<'raw>>) {
        if let Some(field) = field {
            self.is_cut |= field.is_cut();
            self.fields.push(field);
        }
    }
}

/// The end of the field that begins at `at`.
fn field_end(text: &[u8], at: usize) -> usize {
    let mut end = at + line_at(text, at).len();
    while matches!(text.get(end), Some(b' ' | b'\t')) {
        end += line_at(text, end).len();
    }
    end
}

/// Whether a name and a colon stand at its beginning.
fn begins_field(line: &[u8]) -> bool {
    let name = line.iter().take_while(|&&byte| byte.is_ascii_graphic() && byte != b':').count();
    let after = line.get(name..).unwrap_or_default();
    0 < name && after.trim_ascii_start().starts_with(b":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(block: &Block<'_>) -> Vec<String> {
        let shown = |field: &Field<'_>| String::from_utf8_lossy(field.name()).into_owned();
        block.fields.iter().map(shown).collect()
    }

    #[test]
    fn lines_of_a_message_that_are_no_headers_are_passed_over() {
        let block = of_message(&Slice::Of(b" x: y\nFrom : a\nnot a header\n:x\nA B: c\nTo: b\n c\n\nbody"));
        assert_eq!(names(&block), ["From", "", "A B", "To"]);
        assert_eq!(block.fields[3].value(), b"b c");
        assert!(block.is_parted);
    }

    #[test]
    fn many_lines_that_are_no_fields_end_the_headers_of_a_message() {
        let block = of_message(&Slice::Of(b"From: a\nfoo\n bar: x\nTo: b\nx\ny\nX: y\nz z: w\n\nfoo\n"));
        assert_eq!(
            (names(&block), block.body),
            (vec!["From".to_owned(), "foo\n bar".to_owned(), "To".to_owned(), "X".to_owned()], 35)
        );
        assert!(!block.is_parted);
    }

    #[test]
    fn a_boundary_ends_the_headers_of_a_message() {
        let block = of_message(&Slice::Of(b"From: a\n--foo\nTo: b\n\nbody\n"));
        assert_eq!((names(&block).len(), block.body, block.is_parted), (1, 8, false));
    }

    #[test]
    fn a_part_begins_where_its_headers_end() {
        let block = of_part(&Slice::Of(b"Content-Type: text/plain\nfoo bar\n\nbare"));
        assert_eq!((names(&block).len(), block.body, block.is_parted), (1, 25, false));
        let block = of_part(&Slice::Of(b"Content-Type: text/plain"));
        assert_eq!((names(&block).len(), block.is_parted), (0, true));
    }

    #[test]
    fn long_values_are_cut() {
        let text = [b"A: ".as_slice(), &[b'x'; 9000], b"\n\n"].concat();
        let block = of_message(&Slice::Of(&text));
        assert_eq!((block.fields[0].value().len(), block.is_cut), (8191, true));
    }
}
