//! Names and addresses in a header's value, read as leniently as people write them.

use super::{Field, transfer, words};

/// One mailbox. Either may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) name: Vec<u8>,
    pub(crate) address: Vec<u8>,
}

/// Most mailboxes read of one header.
const MAX_MAILBOXES: usize = 2000;

/// Every mailbox of a header line, whose value is not decoded yet: that is done to the names.
pub(crate) fn of(field: &Field<'_>) -> Vec<Mailbox> {
    let value = words::unfold(field.raw());
    let mut found = read(&value);
    if found.iter().all(|mailbox| mailbox.address.is_empty()) {
        found.extend(bracketed(&value));
    }
    found
}

/// The names in a header line as they stand, with their blanks and line ends.
pub(crate) fn raw_names(field: &Field<'_>) -> impl Iterator<Item = Vec<u8>> {
    let value = transfer::with_line_feeds(field.raw().to_vec());
    read_as(value.trim_ascii(), Reader::finish_raw).into_iter().map(|mailbox| mailbox.name)
}

/// Every mailbox of a value.
fn read(value: &[u8]) -> Vec<Mailbox> {
    read_as(value, Reader::finish)
}

/// The same, each made of its words by `finish`.
fn read_as(value: &[u8], finish: fn(Reader) -> Mailbox) -> Vec<Mailbox> {
    let mut found = Vec::new();
    let mut rest = value;
    let mut is_broken = false;
    while !rest.is_empty() && found.len() < MAX_MAILBOXES {
        let (reader, after) = one(rest);
        is_broken |= reader.is_broken;
        let mut mailbox = finish(reader);
        // Behind words that belong nowhere only what stands in brackets can be told.
        if is_broken {
            mailbox.name.clear();
        }
        found.extend(Some(mailbox).filter(|mailbox| *mailbox != Mailbox::default()));
        rest = after;
    }
    found
}

/// The words of a mailbox while it is read.
#[derive(Default)]
struct Reader {
    /// What stands outside of everything, quotes undone.
    phrase: Vec<u8>,
    is_quoted: bool,
    comment: Vec<u8>,
    route: Option<Vec<u8>>,
    /// Whether words follow the brackets.
    is_broken: bool,
}

/// Reads up to the next comma or semicolon that is in nothing.
fn one(value: &[u8]) -> (Reader, &[u8]) {
    let mut reader = Reader::default();
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                reader.is_quoted = true;
                reader.is_broken |= reader.route.is_some();
                rest = take_until(after, b'"', &mut reader.phrase);
            }
            b'(' if reader.comment.is_empty() => rest = take_comment(after, &mut reader.comment),
            b'(' => rest = take_comment(after, &mut Vec::new()),
            b'<' if reader.route.is_none() => {
                let mut route = Vec::new();
                rest = take_until(after, b'>', &mut route);
                reader.route = Some(route);
            }
            b'<' => rest = take_until(after, b'>', &mut Vec::new()),
            b',' | b';' => return (reader, rest),
            // The name of a group.
            b':' if reader.route.is_none() && !reader.phrase.contains(&b'@') => reader.phrase.clear(),
            _ => {
                reader.is_broken |= reader.route.is_some() && !byte.is_ascii_whitespace();
                reader.phrase.push(byte);
            }
        }
    }
    (reader, rest)
}

/// Up to an end, which goes; a backslash takes the next byte as it is. Everything if there is no end.
fn take_until<'value>(value: &'value [u8], end: u8, to: &mut Vec<u8>) -> &'value [u8] {
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            _ if byte == end => return rest,
            b'\\' if !rest.is_empty() => {
                to.extend(rest.first());
                rest = rest.get(1..).unwrap_or_default();
            }
            _ => to.push(byte),
        }
    }
    rest
}

/// Up to the end of a comment; comments may stand in it.
fn take_comment<'value>(value: &'value [u8], to: &mut Vec<u8>) -> &'value [u8] {
    let mut depth = 1;
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return rest;
        }
        to.push(byte);
    }
    rest
}

impl Reader {
    /// The name as it reads, and the address.
    fn finish(self) -> Mailbox {
        let comment = self.comment.trim_ascii();
        let (name, address) = self.parts();
        let name = match name.trim_ascii() {
            [] if !comment.is_empty() => shown(comment),
            [] if self.is_quoted => b" ".to_vec(),
            name => shown(name),
        };
        Mailbox { name, address: address.unwrap_or_default().to_vec() }
    }

    /// The name as it stands, without blanks before it, and the address.
    fn finish_raw(self) -> Mailbox {
        let (name, address) = self.parts();
        let name = match name.trim_ascii() {
            [] if !self.comment.is_empty() => self.comment.clone(),
            [] if self.is_quoted => b" ".to_vec(),
            [] => Vec::new(),
            _ if self.is_quoted => name.to_vec(),
            _ => name.trim_ascii_start().to_vec(),
        };
        Mailbox { name, address: address.unwrap_or_default().to_vec() }
    }

    /// Without brackets a word with an `@` is an address, everything else is a name.
    fn parts(&self) -> (&[u8], Option<&[u8]>) {
        let phrase = self.phrase.trim_ascii();
        match &self.route {
            Some(route) => (&self.phrase, address(route)),
            None if phrase.contains(&b' ') => (&self.phrase, None),
            None => address(phrase).map_or((self.phrase.as_slice(), None), |address| (&[], Some(address))),
        }
    }
}

/// An address that can be one, up to a second `@`. Its user may be quoted (RFC 5322 section 3.4.1).
fn address(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii();
    let at = match text.strip_prefix(b"\"") {
        Some(quoted) => memchr::memchr(b'"', quoted)? + 2,
        None => memchr::memchr(b'@', text)?,
    };
    let (local, domain) = (text.get(..at)?, text.get(at..)?.strip_prefix(b"@")?);
    let end = memchr::memchr(b'@', domain).unwrap_or(domain.len());
    let is_wrong = |byte: &u8| byte.is_ascii_whitespace() || b"\"(),:;<>`\\".contains(byte);
    let domain = domain.get(..end)?;
    let is_user = text.starts_with(b"\"") || !local.is_empty() && !local.iter().any(is_wrong);
    let is_one = is_user && !domain.is_empty() && !domain.iter().any(is_wrong);
    is_one.then(|| text.get(..at + 1 + end)).flatten()
}

/// What stands in brackets, wherever that is.
fn bracketed(value: &[u8]) -> Option<Mailbox> {
    let mut pieces =
        value.split(|&byte| byte == b'<').skip(1).filter_map(|rest| rest.split(|&byte| byte == b'>').next());
    let address = pieces.find_map(address)?;
    Some(Mailbox { name: Vec::new(), address: address.to_vec() })
}

/// A name as it reads: decoded, without a pair of single quotes around it, white space as single blanks.
fn shown(name: &[u8]) -> Vec<u8> {
    let name = words::decode(name);
    let trimmed = name.trim_ascii();
    let inner = trimmed.strip_prefix(b"'").and_then(|name| name.strip_suffix(b"'")).unwrap_or(trimmed);
    let mut out = Vec::with_capacity(inner.len());
    for &byte in inner {
        let byte = if byte.is_ascii_whitespace() { b' ' } else { byte };
        if byte != b' ' || out.last() != Some(&b' ') {
            out.push(byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(value: &str) -> Vec<(String, String)> {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        read(value.as_bytes()).into_iter().map(|mailbox| (text(mailbox.name), text(mailbox.address))).collect()
    }

    fn pair(name: &str, address: &str) -> (String, String) {
        (name.to_owned(), address.to_owned())
    }

    #[test]
    fn every_way_to_write_an_address_is_read() {
        for value in ["example@foo", "<example@foo>", "display: example@foo ;"] {
            assert_eq!(seen(value), [pair("", "example@foo")], "{value}");
        }
        for value in [
            "example@foo (Foo Blah)",
            "display: example@foo (Foo Blah) ;",
            "Foo Blah <example@foo>",
            "\"Foo Blah\" <example@foo>",
            "\"'Foo Blah'\" <example@foo>",
        ] {
            assert_eq!(seen(value), [pair("Foo Blah", "example@foo")], "{value}");
        }
        assert_eq!(
            seen("example@foo (Foo Blah), \"Bar, Baz\" <example@bar>"),
            [pair("Foo Blah", "example@foo"), pair("Bar, Baz", "example@bar")]
        );
    }

    #[test]
    fn what_is_no_address_is_a_name() {
        assert_eq!(seen("MAILER-DAEMON"), [pair("MAILER-DAEMON", "")]);
        assert_eq!(seen("Bob <>"), [pair("Bob", "")]);
        assert_eq!(seen("a@b a@b"), [pair("a@b a@b", "")]);
        assert_eq!(seen("Bob <\"bob@b.example\">"), [pair("Bob", "")]);
        assert_eq!(seen("<undisclosed-recipients:@b.example;>"), []);
        assert_eq!(seen("\"\" <a@b@c>"), [pair(" ", "a@b")]);
        assert_eq!(seen(""), []);
    }

    #[test]
    fn a_quoted_user_is_one() {
        assert_eq!(seen("<\"a@b\"@c.example>"), [pair("", "\"a@b\"@c.example")]);
        assert_eq!(seen("N <\"a b\"@c.example>"), [pair("N", "\"a b\"@c.example")]);
        assert_eq!(seen("<\"a\">"), []);
        assert_eq!(seen("<\"a>"), []);
    }

    #[test]
    fn behind_words_that_belong_nowhere_there_are_no_names() {
        assert_eq!(seen("Uno <one@b.c>, Dos <two@b.c> x"), [pair("Uno", "one@b.c"), pair("", "two@b.c")]);
        assert_eq!(seen("\"Uno\" <one@b.c>\rTo: x, Dos <two@b.c>")[0], pair("", "one@b.c"));
        assert_eq!(seen("Uno <one@b.c> x, Dos <two@b.c>"), [pair("", "one@b.c"), pair("", "two@b.c")]);
        assert_eq!(seen("<one@b.c> \"x\" (Uno)"), [pair("", "one@b.c")]);
        assert_eq!(seen("Uno <one@b.c> <two@b.c>"), [pair("Uno", "one@b.c")]);
        assert_eq!(seen("Uno <one@b.c> (x)"), [pair("Uno", "one@b.c")]);
    }
}
