//! What `mail_parser` does for us: RFC 2047 words, address lists, dates, MIME parameters, charsets.
//!
//! Its message parser is not used: it keeps a tree of parts whose depth the sender chooses. Everything here looks at one
//! header or one part, cut to a length at which even the slowest of its loops is quick.

use mail_parser::{
    Addr, ContentType, DateTime, HeaderValue, decoders::charsets::map::charset_decoder, parsers::MessageStream,
};

use super::{Address, DateHeader, Mailbox, UnixTime};

/// Longest header that is taken apart. Beyond it nothing honest is found: 64 KiB are over a thousand recipients.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Most mailboxes kept of one header.
const MAX_MAILBOXES: usize = 2_000;

/// Unfolds, trims, and decodes RFC 2047 words.
pub(crate) fn header_text(raw: &str) -> String {
    if !holds_words(raw) {
        return unfold(raw);
    }
    let (head, tail) = split_at_most(raw, MAX_HEADER_BYTES);
    let line = single_line(head);
    let parsed = MessageStream::new(line.as_bytes()).parse_unstructured();
    let mut text = parsed.into_text().map_or_else(|| unfold(head), |text| text.trim().to_owned());
    if !tail.is_empty() {
        text.push_str(&unfold(tail));
    }
    text
}

/// Whether RFC 2047 words may be in it.
fn holds_words(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    memchr::memchr_iter(b'?', bytes).any(|at| at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'='))
}

/// The mailboxes of an address header, groups flattened.
pub(super) fn mailboxes(raw: &str) -> Vec<Mailbox> {
    let line = single_line(split_at_most(raw, MAX_HEADER_BYTES).0);
    let HeaderValue::Address(list) = MessageStream::new(line.as_bytes()).parse_address() else { return Vec::new() };
    let entries = match list {
        mail_parser::Address::List(entries) => entries,
        mail_parser::Address::Group(groups) => groups.into_iter().flat_map(|group| group.addresses).collect(),
    };
    // `From: Bob` stands in place of an address. `From: "Bob" <>` does not.
    let is_bare = !line.contains(['<', '"']);
    let mut found = Vec::new();
    let mut surname: Option<Mailbox> = None;
    for entry in entries.into_iter().take(MAX_MAILBOXES) {
        let mut mailbox = mailbox(entry, is_bare);
        if let Some(surname) = surname.take() {
            // `Smith, Bob <bob@example.org>`: a comma in a name that should have been quoted.
            let name = [surname.name, mailbox.name].join(", ");
            mailbox.name = String::from(name.trim_end_matches([',', ' ']));
        }
        let is_name_only = mailbox.written.is_empty();
        surname = if is_name_only {
            Some(mailbox)
        } else {
            found.push(mailbox);
            None
        };
    }
    found.extend(surname);
    found
}

fn mailbox(entry: Addr<'_>, is_bare: bool) -> Mailbox {
    let name = entry.name.map(|name| unfold(&name)).unwrap_or_default();
    let written = entry.address.map(|address| address.trim().to_owned()).unwrap_or_default();
    let (name, written) = if written.is_empty() && is_bare { (String::new(), name) } else { (name, written) };
    Mailbox { address: Address::parse(&written), name, written }
}

/// A date as `Date` and `Received` carry it.
pub(super) fn date(text: &str) -> DateHeader {
    let line = single_line(split_at_most(text, 256).0);
    // Some honest programs leave the zone out.
    let read = DateTime::parse_rfc822(&line).or_else(|| DateTime::parse_rfc822(&format!("{} +0000\n", line.trim())));
    match read {
        Some(date) if is_date(&date) => DateHeader::At(UnixTime(date.to_timestamp())),
        Some(_) | None => DateHeader::Unreadable,
    }
}

/// A leap second is a date, too; a 31st of February passes, as it does everywhere.
fn is_date(date: &DateTime) -> bool {
    DateTime { second: date.second.min(59), ..*date }.is_valid()
}

/// `Content-Type` or `Content-Disposition`, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// `text/html` or `attachment`, lower case; empty if unreadable.
    pub(crate) value: String,
    parameters: Vec<(String, String)>,
}

impl Declared {
    pub(crate) fn parse(raw: &str) -> Self {
        let line = single_line(split_at_most(raw, MAX_HEADER_BYTES).0);
        let parsed = MessageStream::new(line.as_bytes()).parse_content_type();
        parsed.into_content_type().map(Self::from_parser).unwrap_or_default()
    }

    fn from_parser(declared: ContentType<'_>) -> Self {
        let kind = declared.c_type.trim().to_ascii_lowercase();
        let value = match declared.c_subtype.as_deref().map(str::trim) {
            Some(subtype) if !subtype.is_empty() => format!("{kind}/{}", subtype.to_ascii_lowercase()),
            Some(_) | None => kind,
        };
        let parameters = declared.attributes.unwrap_or_default();
        let parameters =
            parameters.into_iter().map(|p| (p.name.to_ascii_lowercase(), p.value.into_owned())).collect::<Vec<_>>();
        Self { value, parameters }
    }

    /// The first parameter of that (lower-case) name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same for names people read: many programs write RFC 2047 words into parameters, against the rules.
    pub(crate) fn readable_parameter(&self, name: &str) -> Option<String> {
        let value = header_text(self.parameter(name)?);
        (!value.is_empty()).then_some(value)
    }
}

/// Bytes as text. Undeclared or unknown charsets are UTF-8 if they can be, else Windows-1252, as mail programs guess.
pub(crate) fn text(bytes: &[u8], charset: Option<&str>) -> String {
    let declared = charset.filter(|name| !matches!(*name, "us-ascii" | "ascii" | "utf-8" | "utf8"));
    let is_extended_ascii =
        |name: &str| ["iso-8859-", "windows-125", "koi8-", "cp125"].iter().any(|family| name.starts_with(family));
    if declared.is_some_and(is_extended_ascii) && bytes.is_ascii() {
        // In these a byte below 128 is what it is everywhere.
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if let Some(decode) = declared.and_then(|name| charset_decoder(name.as_bytes())) {
        return decode(bytes);
    }
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Mostly valid: a truncated or damaged part, not another charset.
        Err(error) if bytes.len() < error.valid_up_to().saturating_add(4) => lossy(bytes),
        Err(_) if charset.is_some_and(|name| name.starts_with("utf")) => lossy(bytes),
        Err(_) => charset_decoder(b"windows-1252").map_or_else(|| lossy(bytes), |decode| decode(bytes)),
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Without line ends, and with one at the end: the parser works line by line.
fn single_line(raw: &str) -> String {
    let mut line = String::with_capacity(raw.len() + 1);
    let mut rest = raw;
    while let Some((before, after)) =
        memchr::memchr2(b'\r', b'\n', rest.as_bytes()).and_then(|end| Some((rest.get(..end)?, rest.get(end + 1..)?)))
    {
        line.push_str(before);
        line.push(' ');
        rest = after;
    }
    line.push_str(rest);
    line.push('\n');
    line
}

/// Line ends before white space vanish, the rest is trimmed.
fn unfold(raw: &str) -> String {
    let trimmed = raw.trim();
    if memchr::memchr2(b'\r', b'\n', trimmed.as_bytes()).is_none() {
        return trimmed.to_owned();
    }
    let mut out = String::with_capacity(trimmed.len());
    for line in trimmed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

/// Splits at the last character boundary at or before `limit`.
pub(crate) fn split_at_most(text: &str, limit: usize) -> (&str, &str) {
    if text.len() <= limit {
        return (text, "");
    }
    let mut at = limit;
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    text.split_at_checked(at).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_decoded_and_joined() {
        assert_eq!(header_text(" =?utf-8?q?caf=C3=A9?=\r\n =?utf-8?b?IG9sw6k=?= now"), "café olé now");
        assert_eq!(header_text(" plain\r\n\tfolded "), "plain folded");
        assert_eq!(header_text(" =?utf-8?q?broken"), "=?utf-8?q?broken");
    }

    #[test]
    fn mailboxes_keep_what_is_no_address() {
        let found = mailboxes("=?utf-8?q?J=C3=B6rg?= <joerg@Example.ORG>, \"A, B\" <not an address>");
        assert_eq!(found[0].name, "Jörg");
        assert_eq!(found[0].address.as_ref().unwrap().to_string(), "joerg@example.org");
        assert_eq!((found[1].name.as_str(), &found[1].address), ("A, B", &None));
        let bare = mailboxes("MAILER-DAEMON");
        assert_eq!((bare[0].name.as_str(), bare[0].written.as_str()), ("", "MAILER-DAEMON"));
        let empty = mailboxes("\"Bob\" <>");
        assert_eq!((empty[0].name.as_str(), empty[0].written.as_str()), ("Bob", ""));
    }

    #[test]
    fn a_comma_in_a_name_does_not_make_two_mailboxes() {
        let found = mailboxes("Smith, Bob <bob@example.org>, Prize , <prize@example.org>");
        let names: Vec<_> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, ["Smith, Bob", "Prize"]);
    }

    #[test]
    fn dates_are_read_or_unreadable() {
        assert_eq!(date(" Thu, 01 Jan 1970 01:00:00 +0100 (CET)"), DateHeader::At(UnixTime(0)));
        assert_eq!(date("Sat, 31 Dec 2016 23:59:60 +0000"), DateHeader::At(UnixTime(1_483_228_800)));
        assert_eq!(date("Thu, 01 Jan 1970 00:00:01"), DateHeader::At(UnixTime(1)));
        assert_eq!(date("yesterday"), DateHeader::Unreadable);
        assert_eq!(date(""), DateHeader::Unreadable);
    }

    #[test]
    fn parameters_in_three_encodings() {
        let declared = Declared::parse(" Application/PDF; name*0*=utf-8''caf%C3%A9; name*1=\".pdf\"");
        assert_eq!((declared.value.as_str(), declared.parameter("name")), ("application/pdf", Some("café.pdf")));
        let word = Declared::parse("attachment; filename=\"=?utf-8?q?caf=C3=A9.pdf?=\"");
        assert_eq!(word.readable_parameter("filename").as_deref(), Some("café.pdf"));
        assert_eq!(Declared::parse("").value, "");
    }

    #[test]
    fn text_is_guessed_when_no_charset_helps() {
        assert_eq!(text(b"caf\xe9", Some("iso-8859-1")), "café");
        assert_eq!(text(b"caf\xe9 au lait", None), "café au lait");
        assert_eq!(text("café".as_bytes(), Some("x-unheard-of")), "café");
        assert_eq!(text(b"caf\xe9 au lait", Some("utf-8")), "caf\u{fffd} au lait");
    }
}
