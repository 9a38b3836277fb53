//! HTML cut into tags, text and comments, as leniently as SpamAssassin's parser does it. One pass, nothing is copied.

use memchr::{memchr, memchr2, memmem};

/// Elements whose content is text up to their end tag.
const LITERAL: &[(&[u8], Literal)] = &[
    (b"script", Literal::Raw),
    (b"style", Literal::Raw),
    (b"xmp", Literal::Raw),
    (b"iframe", Literal::Raw),
    (b"plaintext", Literal::Raw),
    (b"title", Literal::Title),
    (b"textarea", Literal::Decoded),
];

/// Longest name that any known element has.
const MAX_NAME: usize = 24;

/// How the content of an element is read that has no tags in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Literal {
    /// As it stands.
    Raw,
    /// With entities.
    Decoded,
    /// With entities; without an end tag it ends at the next tag.
    Title,
}

/// One piece of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'page> {
    /// Text with entities in it.
    Text(&'page [u8]),
    /// Text without.
    Raw(&'page [u8]),
    /// A tag that opens. Its attributes are in [`Tokens::attributes`].
    Start(Name<'page>),
    /// A tag that closes.
    End(Name<'page>),
    /// A comment, or what is taken for one, with its brackets.
    Comment(&'page [u8]),
    /// `<!DOCTYPE ...>`.
    Doctype,
}

/// A tag's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name<'page> {
    /// As written.
    pub(super) written: &'page [u8],
    lower: [u8; MAX_NAME],
}

impl<'page> Name<'page> {
    fn new(written: &'page [u8]) -> Self {
        let mut lower = [0; MAX_NAME];
        for (to, from) in lower.iter_mut().zip(written) {
            *to = from.to_ascii_lowercase();
        }
        Self { written, lower }
    }

    /// In lower case; empty if it is longer than that of any element.
    pub(super) fn lower(&self) -> &[u8] {
        self.lower.get(..self.written.len()).unwrap_or_default()
    }
}

/// Reads a page from its beginning to its end.
#[derive(Debug)]
pub(super) struct Tokens<'page> {
    page: &'page [u8],
    at: usize,
    /// Names as written and values with entities of the tag that was just opened. One without a value has its name as
    /// value.
    pub(super) attributes: Vec<(&'page [u8], &'page [u8])>,
    literal: Option<(Name<'page>, Literal)>,
    /// An element whose end tag the page left out: it ends before the next tag.
    owed_end: Option<Name<'page>>,
    /// Whether nothing of the kind comes any more, so that a page full of beginnings is not searched again and again.
    lacks: Lacks,
}

#[derive(Debug, Default)]
struct Lacks {
    comment_end: bool,
    title_end: bool,
}

impl<'page> Tokens<'page> {
    pub(super) fn new(page: &'page [u8]) -> Self {
        Self { page, at: 0, attributes: Vec::new(), literal: None, owed_end: None, lacks: Lacks::default() }
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Option<Token<'page>> {
        if let Some((name, literal)) = self.literal.take() {
            return self.literal(name, literal);
        }
        let rest = self.rest();
        if self.owed_end.is_some()
            && (is_tag(rest) || rest.trim_ascii_start().is_empty())
            && let Some(name) = self.owed_end.take()
        {
            return Some(Token::End(name));
        }
        if rest.is_empty() {
            return None;
        }
        if rest.first() == Some(&b'<')
            && let Some(token) = self.markup(rest)
        {
            return Some(token);
        }
        let after_first = rest.get(1..).unwrap_or_default();
        let end = memchr(b'<', after_first).map(|at| at + 1);
        // White space at the end of the page is a piece of its own.
        let end = end.unwrap_or_else(|| match rest.trim_ascii_end().len() {
            0 => rest.len(),
            length => length,
        });
        Some(Token::Text(self.take(end)))
    }

    fn rest(&self) -> &'page [u8] {
        self.page.get(self.at..).unwrap_or_default()
    }

    /// The next bytes, which are behind us then.
    fn take(&mut self, length: usize) -> &'page [u8] {
        let rest = self.rest();
        let length = length.min(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// What begins with `<`, unless it is text.
    fn markup(&mut self, rest: &'page [u8]) -> Option<Token<'page>> {
        match rest.get(1) {
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => Some(self.start(rest)),
            Some(b'/') => Some(self.end(rest)),
            Some(b'!') => Some(self.declaration(rest)),
            Some(b'?') => {
                self.take(to_bracket(rest));
                Some(Token::Raw(b""))
            }
            None => Some(Token::Comment(self.take(1))),
            Some(_) => None,
        }
    }

    fn start(&mut self, rest: &'page [u8]) -> Token<'page> {
        self.attributes.clear();
        if let Some((name, length)) = closed_at_once(rest) {
            self.take(length);
            return self.opened(Name::new(name));
        }
        let name_end = 1 + name_length(rest.get(1..).unwrap_or_default());
        let name = rest.get(1..name_end).unwrap_or_default();
        let Some(end) = self.read_attributes(rest, name_end) else {
            self.attributes.clear();
            return Token::Comment(self.take(rest.len()));
        };
        self.take(end);
        self.opened(Name::new(name))
    }

    fn opened(&mut self, name: Name<'page>) -> Token<'page> {
        let lower = name.lower();
        self.literal = LITERAL.iter().find(|(literal, _)| *literal == lower).map(|(_, literal)| (name, *literal));
        Token::Start(name)
    }

    /// Where the tag ends; `None` if it does not.
    fn read_attributes(&mut self, tag: &'page [u8], mut at: usize) -> Option<usize> {
        loop {
            at = skip_space(tag, at);
            if *tag.get(at)? == b'>' {
                return Some(at + 1);
            }
            let name_at = at;
            at += 1;
            while tag.get(at).is_some_and(|byte| !is_space(*byte) && *byte != b'>' && *byte != b'=') {
                at += 1;
            }
            let name = tag.get(name_at..at)?;
            at = skip_space(tag, at);
            let mut value = name;
            if *tag.get(at)? == b'=' {
                at = skip_space(tag, at + 1);
                (value, at) = attribute_value(tag, at)?;
            }
            self.attributes.push((name, value));
        }
    }

    fn end(&mut self, rest: &'page [u8]) -> Token<'page> {
        let tag = self.take(to_bracket(rest));
        let name = tag.get(2..).unwrap_or_default();
        let is_closed = tag.last() == Some(&b'>');
        if is_closed && name.first().is_some_and(|byte| !is_space(*byte) && *byte != b'>') {
            let name = name.get(..name_length(name)).unwrap_or_default();
            return Token::End(Name::new(name));
        }
        Token::Comment(tag)
    }

    fn declaration(&mut self, rest: &'page [u8]) -> Token<'page> {
        let length = if rest.starts_with(b"<!--") {
            self.comment_length(rest)
        } else if is_doctype(rest) {
            let Some(length) = doctype_length(rest) else { return Token::Comment(self.take(rest.len())) };
            self.take(length);
            return Token::Doctype;
        } else if let Some(length) = marked_section(rest) {
            self.take(length);
            return Token::Raw(b"");
        } else {
            to_bracket(rest)
        };
        Token::Comment(self.take(length))
    }

    /// The length of a comment with both of its ends: `--` and `>` with white space between. Without an end it is as
    /// long as the next bracket.
    fn comment_length(&mut self, rest: &[u8]) -> usize {
        if !self.lacks.comment_end {
            let mut at = 4;
            while let Some(found) = rest.get(at..).and_then(|rest| memmem::find(rest, b"--")) {
                let end = skip_space(rest, at + found + 2);
                if rest.get(end) == Some(&b'>') {
                    return end + 1;
                }
                at += found + 1;
            }
            self.lacks.comment_end = true;
        }
        to_bracket(rest)
    }

    /// The content of an element that has no tags in it.
    fn literal(&mut self, name: Name<'page>, literal: Literal) -> Option<Token<'page>> {
        let rest = self.rest();
        let is_lost = literal == Literal::Title && self.lacks.title_end;
        let end = if name.lower() == b"plaintext" || is_lost { None } else { literal_end(rest, name.lower()) };
        let text = match end {
            Some(end) => self.take(end),
            None if literal == Literal::Title => {
                self.lacks.title_end = true;
                self.owed_end = Some(name);
                b""
            }
            None if self.lacks.title_end => return Some(Token::End(name)),
            None => {
                self.owed_end = matches!(name.lower(), b"script" | b"style").then_some(name);
                self.take(rest.len())
            }
        };
        if text.is_empty() {
            return self.next();
        }
        Some(if literal == Literal::Raw { Token::Raw(text) } else { Token::Text(text) })
    }
}

/// Whether the text begins with a tag.
fn is_tag(text: &[u8]) -> bool {
    match text {
        [b'<', b'/', first, ..] => !is_space(*first) && *first != b'>',
        [b'<', first, ..] => first.is_ascii_alphabetic() || *first == b'_',
        _ => false,
    }
}

/// The length of `<!DOCTYPE html "a > in quotes" -- or > in a comment -->`; `None` if it does not end.
fn doctype_length(rest: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        at = skip_space(rest, at);
        let here = rest.get(at..)?;
        at += match here.first()? {
            b'>' => return Some(at + 1),
            quote @ (b'"' | b'\'') => memchr(*quote, here.get(1..)?)? + 2,
            b'-' if here.starts_with(b"--") => memmem::find(here.get(2..)?, b"--")? + 4,
            _ => name_length(here),
        };
    }
}

/// Where `</name>` begins.
fn literal_end(rest: &[u8], name: &[u8]) -> Option<usize> {
    memmem::find_iter(rest, b"</").find(|at| {
        let after = rest.get(at + 2..).unwrap_or_default();
        let is_name = after.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
        is_name && after.get(skip_space(after, name.len())) == Some(&b'>')
    })
}

/// `<br/>` and `<br />` are `<br>`; with attributes the slash is one of them.
fn closed_at_once(tag: &[u8]) -> Option<(&[u8], usize)> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name = tag.get(1..)?;
    let length = name.iter().position(|byte| !is_word(byte))?;
    let end = skip_space(name, length);
    name.get(end..)?.starts_with(b"/>").then(|| name.get(..length).map(|name| (name, end + 3)))?
}

fn attribute_value(tag: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let quote = *tag.get(at)?;
    if matches!(quote, b'"' | b'\'') {
        let value = tag.get(at + 1..)?;
        let length = memchr(quote, value)?;
        return Some((value.get(..length)?, at + length + 2));
    }
    let value = tag.get(at..)?;
    let length = name_length(value);
    Some((value.get(..length)?, at + length))
}

fn is_doctype(rest: &[u8]) -> bool {
    let word = b"<!doctype";
    rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
        && rest.get(word.len()).is_none_or(|byte| is_space(*byte) || *byte == b'>')
}

/// `<![CDATA[` and its like: the length of what opens one.
fn marked_section(rest: &[u8]) -> Option<usize> {
    let inner = rest.strip_prefix(b"<![")?;
    let end = memchr2(b'[', b'>', inner)?;
    let names = inner.get(..end)?;
    let is_section = inner.get(end) == Some(&b'[') && names.iter().all(u8::is_ascii_alphanumeric);
    (is_section && !names.is_empty()).then_some(end + 4)
}

fn to_bracket(rest: &[u8]) -> usize {
    memchr(b'>', rest).map_or(rest.len(), |at| at + 1)
}

/// How many bytes a name has that ends at white space or the tag's end.
fn name_length(text: &[u8]) -> usize {
    text.iter().position(|byte| is_space(*byte) || *byte == b'>').unwrap_or(text.len())
}

fn skip_space(text: &[u8], at: usize) -> usize {
    let space = text.get(at..).unwrap_or_default().iter().take_while(|byte| is_space(**byte)).count();
    at + space
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}
