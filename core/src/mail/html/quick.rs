//! The plain stretches of a page, read without the tokenizer, which looks at each character and copies it.
//!
//! What is not taken here is left to the tokenizer, and that is everything of which the standard has more to say than that
//! it stands there: a test compares both ways. What begins here begins where the standard is in its data state.

use super::{named_entity, raw_kind};

/// A tag with more attributes than these is not plain: each is compared with all before it.
const MAX_ATTRIBUTES: usize = 32;

/// Longest name of a character that is looked up. No name is longer.
const MAX_REFERENCE: usize = 32;

/// A plain stretch of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stretch<'page> {
    Text(&'page str),
    /// Text that is written as a reference. It is in [`Quick::made`].
    Reference,
    /// Its attributes are given by [`Quick::attributes`].
    Start(Piece<'page>),
    /// The same of a style sheet, with what stands in it up to its end tag.
    Style(Piece<'page>, &'page str),
    End(Piece<'page>),
    Comment(&'page str),
    /// Nothing that anybody sees.
    Nothing,
}

/// A piece of the page, or of what had to be made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'page> {
    Page(&'page str),
    /// From here to there in [`Quick::made`].
    Made(usize, usize),
}

/// What the last stretch needed.
#[derive(Debug, Default)]
pub(super) struct Quick<'page> {
    /// Names in lower case, and values with their references resolved, where these stand otherwise in the page.
    pub(super) made: String,
    attributes: Vec<(Piece<'page>, Piece<'page>)>,
}

impl<'page> Quick<'page> {
    /// The next stretch, and how long it is; `None`: it is not plain.
    pub(super) fn next(&mut self, rest: &'page str) -> Option<(Stretch<'page>, usize)> {
        self.made.clear();
        let bytes = rest.as_bytes();
        match bytes {
            [b'<', b'/', ..] => self.end(rest),
            [b'<', b'!', b'-', b'-', ..] => comment(rest),
            [b'<', b'!', ..] => declaration(rest),
            [b'<', ..] => self.start(rest),
            [b'&', ..] => self.reference(rest).map(|length| (Stretch::Reference, length)),
            [0, ..] => Some((Stretch::Nothing, 1)),
            _ => {
                let end = memchr::memchr3(b'<', b'&', 0, bytes).unwrap_or(bytes.len());
                rest.get(..end).map(|text| (Stretch::Text(text), end))
            }
        }
    }

    /// The text of a piece.
    pub(super) fn text(&self, piece: Piece<'page>) -> &str {
        match piece {
            Piece::Page(text) => text,
            Piece::Made(start, end) => self.made.get(start..end).unwrap_or_default(),
        }
    }

    /// The attributes of the tag.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (self.text(*name), self.text(*value)))
    }

    fn end(&mut self, rest: &'page str) -> Option<(Stretch<'page>, usize)> {
        let (name, at) = self.name(rest, 2)?;
        let at = skip_space(rest, at);
        (rest.as_bytes().get(at) == Some(&b'>')).then_some((Stretch::End(name), at + 1))
    }

    fn start(&mut self, rest: &'page str) -> Option<(Stretch<'page>, usize)> {
        let bytes = rest.as_bytes();
        self.attributes.clear();
        let (name, mut at) = self.name(rest, 1)?;
        let is_style = self.text(name) == "style";
        // After these comes text that is no markup.
        if !is_style && raw_kind(self.text(name)).is_some() {
            return None;
        }
        let end = loop {
            let before = at;
            at = skip_space(rest, at);
            match bytes.get(at)? {
                b'>' => break at + 1,
                b'/' if bytes.get(at + 1) == Some(&b'>') => break at + 2,
                _ if before < at && self.attributes.len() < MAX_ATTRIBUTES => at = self.attribute(rest, at)?,
                _ => return None,
            }
        };
        if !is_style {
            return Some((Stretch::Start(name), end));
        }
        let sheet = sheet(rest.get(end..)?)?;
        Some((Stretch::Style(name, sheet), end + sheet.len()))
    }

    /// Takes the attribute that begins at `at`; gives where it ends.
    fn attribute(&mut self, rest: &'page str, at: usize) -> Option<usize> {
        let bytes = rest.as_bytes();
        let (name, end) = self.name(rest, at)?;
        let after = skip_space(rest, end);
        let (value, end) = match bytes.get(after)? {
            b'=' => {
                let at = skip_space(rest, after + 1);
                let (written, end) = value(rest, at)?;
                (self.value(written)?, end)
            }
            // The white space is left for the next one to stand behind.
            _ => (Piece::Page(""), end),
        };
        let is_new = self.attributes.iter().all(|(known, _)| self.text(*known) != self.text(name));
        if is_new {
            self.attributes.push((name, value));
        }
        Some(end)
    }

    /// The name at `at` in lower case, and where it ends; `None` if it is not plain.
    fn name(&mut self, rest: &'page str, at: usize) -> Option<(Piece<'page>, usize)> {
        let bytes = rest.as_bytes().get(at..)?;
        bytes.first().filter(|first| first.is_ascii_alphabetic())?;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
        let length = bytes.iter().position(|byte| !is_part(byte))?;
        let is_whole = matches!(bytes.get(length)?, b'>' | b'/' | b'=') || is_space(*bytes.get(length)?);
        let name = rest.get(at..at + length).filter(|_| is_whole)?;
        if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Some((Piece::Page(name), at + length));
        }
        let start = self.made.len();
        self.made.extend(name.chars().map(|c| c.to_ascii_lowercase()));
        Some((Piece::Made(start, self.made.len()), at + length))
    }

    /// What a value says; `None` if it is not plain.
    fn value(&mut self, written: &'page str) -> Option<Piece<'page>> {
        let bytes = written.as_bytes();
        if memchr::memchr2(0, b'\r', bytes).is_some() {
            return None;
        }
        let Some(first) = memchr::memchr(b'&', bytes) else { return Some(Piece::Page(written)) };
        let start = self.made.len();
        let (before, mut rest) = written.split_at_checked(first)?;
        self.made.push_str(before);
        while !rest.is_empty() {
            let length = if rest.starts_with('&') {
                self.reference_in_value(rest)?
            } else {
                let end = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
                self.made.push_str(rest.get(..end)?);
                end
            };
            rest = rest.get(length..)?;
        }
        Some(Piece::Made(start, self.made.len()))
    }

    /// Resolves what begins with `&` in text; gives its length. Names need no semicolon there if they never did.
    fn reference(&mut self, rest: &str) -> Option<usize> {
        let name = reference_name(rest)?;
        if rest.as_bytes().get(1) == Some(&b'#') {
            return self.number(rest);
        }
        // Whatever the page ends with, more could have come.
        let next = rest.as_bytes().get(1 + name)?;
        if *next == b';' && self.named(rest.get(1..name + 2)?) {
            return Some(name + 2);
        }
        let length = (1..=name).rev().find(|length| rest.get(1..1 + length).is_some_and(|name| self.named(name)));
        if length.is_none() {
            self.made.push('&');
        }
        Some(1 + length.unwrap_or(0))
    }

    /// The same in a value, where `&copy=` is a parameter.
    fn reference_in_value(&mut self, rest: &str) -> Option<usize> {
        let name = reference_name(rest)?;
        if rest.as_bytes().get(1) == Some(&b'#') {
            return self.number(rest);
        }
        let next = rest.as_bytes().get(1 + name);
        if next == Some(&b';') && self.named(rest.get(1..name + 2)?) {
            return Some(name + 2);
        }
        if next != Some(&b'=') && self.named(rest.get(1..=name)?) {
            return Some(name + 1);
        }
        self.made.push('&');
        Some(1)
    }

    /// Adds what a name stands for, if it stands for something.
    fn named(&mut self, name: &str) -> bool {
        let found = named_entity(name);
        let is_one = found.is_some();
        self.made.extend(found.into_iter().flatten());
        is_one
    }

    /// Adds the character of a number with its semicolon, unless it is one of those that stand for others.
    fn number(&mut self, rest: &str) -> Option<usize> {
        let end = rest.bytes().take(MAX_REFERENCE).position(|byte| byte == b';')?;
        let digits = rest.get(2..end)?;
        let (digits, radix) = digits.strip_prefix(['x', 'X']).map_or((digits, 10), |digits| (digits, 16));
        let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        let code = u32::from_str_radix(digits, radix).ok().filter(|_| is_number)?;
        let is_itself = matches!(code, 0x20..=0x7e | 0xa0..=0xd7ff | 0xe000..=0xfdcf | 0xfdf0..=0xfffd);
        self.made.push(char::from_u32(code).filter(|_| is_itself)?);
        Some(end + 1)
    }
}

/// What a value at `at` has written, and where it ends; `None` if it is not plain.
fn value(rest: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = rest.as_bytes().get(at..)?;
    if let [quote @ (b'"' | b'\''), inner @ ..] = bytes {
        let length = memchr::memchr(*quote, inner)?;
        return Some((rest.get(at + 1..at + 1 + length)?, at + length + 2));
    }
    let length = bytes.iter().position(|byte| is_space(*byte) || *byte == b'>')?;
    Some((rest.get(at..at + length).filter(|value| is_bare(value))?, at + length))
}

/// How long the name is that follows a `&`. `None`: longer than any.
fn reference_name(rest: &str) -> Option<usize> {
    let length = rest.bytes().skip(1).take(MAX_REFERENCE).take_while(u8::is_ascii_alphanumeric).count();
    (length < MAX_REFERENCE).then_some(length)
}

/// A comment with nothing in it that could be its end and is not.
fn comment(rest: &str) -> Option<(Stretch<'_>, usize)> {
    let inner = rest.get(4..)?;
    let end = memchr::memmem::find(inner.as_bytes(), b"--")?;
    let text = inner.get(..end)?;
    let is_ended = inner.as_bytes().get(end + 2) == Some(&b'>');
    let is_plain = !text.starts_with(['>', '-']) && memchr::memchr2(0, b'\r', text.as_bytes()).is_none();
    (is_ended && is_plain).then_some((Stretch::Comment(text), end + 7))
}

/// What stands before the end tag of a style sheet, if nothing else before it looks like one.
fn sheet(rest: &str) -> Option<&str> {
    const END: &str = "style";
    let end = memchr::memmem::find(rest.as_bytes(), b"</")?;
    let (text, after) = (rest.get(..end)?, rest.get(end + 2..)?);
    let is_end = after.get(..END.len())?.eq_ignore_ascii_case(END) && after.as_bytes().get(END.len()) == Some(&b'>');
    (is_end && memchr::memchr(0, text.as_bytes()).is_none()).then_some(text)
}

/// What is in brackets with a `!` and is no comment: the document's type, or what is taken for a comment (`<![endif]>`).
/// The first `>` ends both.
fn declaration(rest: &str) -> Option<(Stretch<'_>, usize)> {
    const DOCTYPE: &str = "doctype";
    let inner = rest.get(2..)?;
    let end = memchr::memchr(b'>', inner.as_bytes())?;
    let text = inner.get(..end)?;
    if text.get(..DOCTYPE.len()).is_some_and(|word| word.eq_ignore_ascii_case(DOCTYPE)) {
        return Some((Stretch::Nothing, end + 3));
    }
    let is_plain = memchr::memchr2(0, b'\r', text.as_bytes()).is_none();
    is_plain.then_some((Stretch::Comment(text), end + 3))
}

/// Whether a value without quotes has nothing in it that needs some.
fn is_bare(value: &str) -> bool {
    !value.is_empty() && !value.bytes().any(|byte| matches!(byte, b'"' | b'\'' | b'<' | b'=' | b'`'))
}

/// White space in a tag. A carriage return is a line end like any other.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

fn skip_space(rest: &str, at: usize) -> usize {
    let bytes = rest.as_bytes().get(at..).unwrap_or_default();
    at + bytes.iter().take_while(|byte| is_space(**byte)).count()
}
