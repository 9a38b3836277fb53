//! One part of a message.

use std::{borrow::Cow, cell::OnceCell};

use super::{
    charset,
    declared::{self, Declared},
    fields::Field,
    slice::Slice,
    transfer,
};

/// A part: a leaf, a multipart or an attached message.
#[derive(Debug)]
pub struct Part<'raw> {
    /// `text/html`, lower case. Texts other than HTML and calendars are `text/plain`.
    pub content_type: String,
    /// The charset as declared; `us-ascii` if no type is declared at all.
    pub charset: Option<String>,
    /// The file name, from `Content-Disposition` or `Content-Type`.
    pub file_name: Option<String>,
    /// `attachment`, `inline` or whatever stands there, lower case; empty if nothing does.
    pub disposition: String,
    /// The transfer encoding, lower case; empty if none is declared.
    pub encoding: String,
    /// 0 for the message itself.
    pub depth: usize,
    /// Whether it is neither a multipart nor an attached message.
    pub is_leaf: bool,
    /// Its header lines, top first. Those of the message itself are the message's.
    pub fields: Vec<Field<'raw>>,
    pub(crate) boundary: Option<Vec<u8>>,
    /// Still encoded; for a message without the boundary it needs, with an empty line before it.
    pub(crate) raw: Slice<'raw>,
    /// Whether lines end with CRLF and must not.
    pub(crate) has_returns: bool,
    pub(crate) decoded: OnceCell<Cow<'raw, [u8]>>,
}

impl<'raw> Part<'raw> {
    /// A leaf of which its header lines are known.
    pub(crate) fn new(fields: Vec<Field<'raw>>, depth: usize) -> Self {
        let find = |name: &[u8]| fields.iter().rev().find(|field| field.is(name)).map(Field::value);
        let declared = find(b"Content-Type").map_or_else(Declared::nothing, Declared::read);
        let is_multipart = declared.kind.starts_with("multipart/");
        let disposition = find(b"Content-Disposition").unwrap_or_default();
        let encoding = find(b"Content-Transfer-Encoding").unwrap_or_default();
        Self {
            content_type: declared.kind,
            charset: declared.charset,
            file_name: declared::file_name(disposition).filter(|_| !is_multipart).or(declared.name),
            disposition: declared::disposition(disposition),
            encoding: String::from_utf8_lossy(encoding).trim().to_ascii_lowercase(),
            boundary: declared.boundary,
            depth,
            is_leaf: true,
            fields,
            raw: Slice::default(),
            has_returns: false,
            decoded: OnceCell::new(),
        }
    }

    /// The last header of that name (any case), unfolded and decoded.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().rev().find(|field| field.is(name.as_bytes())).map(Field::value)
    }

    /// Its content with single line feeds, still encoded.
    pub fn raw(&self) -> Cow<'_, [u8]> {
        if self.has_returns && memchr::memchr(b'\r', &self.raw).is_some() {
            return Cow::Owned(transfer::with_line_feeds(self.raw.to_vec()));
        }
        Cow::Borrowed(&self.raw)
    }

    /// Its content, decoded. Empty for what is no leaf.
    pub fn decoded(&self) -> &[u8] {
        self.decoded.get_or_init(|| self.decode())
    }

    /// How a part in base64 begins: what the first `limit` bytes of its text hold.
    pub(crate) fn decoded_start(&self, limit: usize) -> Vec<u8> {
        transfer::base64(self.raw.get(..limit).unwrap_or(&self.raw))
    }

    fn decode(&self) -> Cow<'raw, [u8]> {
        match self.encoding.as_str() {
            "base64" => {
                let bytes = transfer::base64(&self.raw);
                Cow::Owned(if self.is_text() { transfer::with_line_feeds(bytes) } else { bytes })
            }
            "quoted-printable" => Cow::Owned(transfer::quoted_printable(&self.raw)),
            _ => match (&self.raw, self.raw()) {
                (Slice::Of(raw), Cow::Borrowed(_)) => Cow::Borrowed(raw),
                (_, raw) => Cow::Owned(raw.into_owned()),
            },
        }
    }

    /// Whether it is text, a delivery report or the like.
    pub fn is_text(&self) -> bool {
        self.content_type.starts_with("text/") || self.content_type.starts_with("message/")
    }

    /// Whether a person sees it as text.
    pub fn is_shown(&self) -> bool {
        let is_text = self.content_type.starts_with("text/") && self.content_type != "text/calendar";
        self.is_leaf && (is_text || self.is_html_file())
    }

    /// Whether it is rendered as HTML.
    pub fn is_html(&self) -> bool {
        self.content_type == "text/html" || self.has_html_name() && self.is_shown()
    }

    /// Whether its text is among the pieces of the raw body.
    pub(crate) fn is_in_raw_body(&self) -> bool {
        self.is_shown() || self.is_leaf && self.content_type.starts_with("message/")
    }

    /// A file whose name says that it is HTML, whatever it is declared to be.
    fn is_html_file(&self) -> bool {
        self.content_type == "application/octet-stream" && self.has_html_name()
    }

    fn has_html_name(&self) -> bool {
        let name = self.file_name.as_deref().unwrap_or_default().as_bytes();
        let ends_with = |end: &[u8]| {
            name.len()
                .checked_sub(end.len())
                .and_then(|at| name.get(at..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
        };
        ends_with(b".htm") || ends_with(b".html") || ends_with(b".shtml") || ends_with(b".xhtml")
    }

    /// Its text as UTF-8.
    pub(crate) fn text(&self) -> Cow<'_, [u8]> {
        charset::text(first(self.decoded(), MAX_READ), self.charset.as_deref())
    }
}

/// Most bytes of a part that are read as text.
const MAX_READ: usize = 500_000;

/// Behind a limit white space is looked for in that many bytes.
pub(super) const MAX_WORD: usize = 1024;

/// The first bytes of a text, up to and with the first white space behind a limit.
pub(super) fn first(text: &[u8], limit: usize) -> &[u8] {
    let window = text.get(limit..(limit + MAX_WORD + 1).min(text.len())).unwrap_or_default();
    let end = window.iter().position(u8::is_ascii_whitespace).map_or(limit, |at| limit + at + 1);
    text.get(..end).unwrap_or(text)
}
