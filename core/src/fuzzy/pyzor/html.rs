//! The text of a page, as Python's `html.parser` (3.11) and pyzor's `HTMLStripper` find it.

use super::lines::is_space;
use crate::mail::html::named_entity;

/// The pieces of text of a page, joined by spaces. `None` where Python's parser gives up with an error.
pub(super) fn stripped(page: &str) -> Option<String> {
    let mut stripper = Stripper { page, pieces: Vec::new(), is_taking: true, raw: None };
    stripper.run()?;
    Some(stripper.pieces.join(" "))
}

struct Stripper<'page> {
    page: &'page str,
    pieces: Vec<String>,
    is_taking: bool,
    /// The element whose content is no markup: `script` or `style`.
    raw: Option<&'static str>,
}

/// What became of something that begins with `<`.
enum Step {
    /// It ends here.
    To(usize),
    /// It has no end.
    Open,
}

impl<'page> Stripper<'page> {
    fn from(&self, at: usize) -> &'page str {
        self.page.get(at..).unwrap_or_default()
    }

    fn find(&self, what: &str, at: usize) -> Option<usize> {
        self.from(at).find(what).map(|found| at + found)
    }

    fn run(&mut self) -> Option<()> {
        let mut at = 0;
        while at < self.page.len() {
            let Some(next) = self.next_tag(at) else { return Some(()) };
            if at < next {
                let text = self.page.get(at..next).unwrap_or_default();
                let text = if self.raw.is_some() { text.to_owned() } else { unescaped(text) };
                self.data(&text);
            }
            if next == self.page.len() {
                return Some(());
            }
            match self.markup(next)? {
                Step::To(end) => at = end,
                Step::Open => return Some(()),
            }
        }
        Some(())
    }

    /// Where the next tag begins, or the end of all; `None` if what follows is not taken.
    fn next_tag(&self, at: usize) -> Option<usize> {
        if let Some(element) = self.raw {
            return close_tag(self.from(at), element).map(|found| at + found);
        }
        if let Some(found) = self.find("<", at) {
            return Some(found);
        }
        // The parser waits for the rest of what may be an entity, which never comes.
        let last: usize = self.page.chars().rev().take(34).map(char::len_utf8).sum();
        let from = at.max(self.page.len() - last);
        let is_cut = self
            .from(from)
            .rfind('&')
            .is_some_and(|ampersand| !self.from(from + ampersand).contains(|c: char| c == ';' || is_space(c)));
        (!is_cut).then_some(self.page.len())
    }

    fn data(&mut self, text: &str) {
        let text = text.trim_matches(is_space);
        if self.is_taking && !text.is_empty() {
            self.pieces.push(text.to_owned());
        }
    }

    /// What begins with the `<` at that place.
    fn markup(&mut self, at: usize) -> Option<Step> {
        let rest = self.from(at);
        let second = rest.as_bytes().get(1);
        let until = |end: Option<usize>| end.map_or(Step::Open, Step::To);
        Some(match second {
            Some(byte) if byte.is_ascii_alphabetic() => self.start_tag(at),
            Some(b'/') => self.end_tag(at),
            Some(b'!') if rest.starts_with("<!--") => until(self.comment_end(at + 4)),
            Some(b'?') => until(self.find(">", at + 2).map(|end| end + 1)),
            Some(b'!') if rest.starts_with("<![") => until(self.section_end(at)?),
            Some(b'!') => until(self.find(">", at + 2).map(|end| end + 1)),
            Some(_) => {
                self.data("<");
                Step::To(at + 1)
            }
            None => Step::Open,
        })
    }

    /// `--\s*>`
    fn comment_end(&self, at: usize) -> Option<usize> {
        let mut hyphens = self.from(at).match_indices('-').map(|(found, _)| at + found);
        hyphens.find_map(|hyphen| if self.from(hyphen).starts_with("--") { self.closed(hyphen + 2) } else { None })
    }

    /// Behind white space and `>`, if that is what stands there.
    fn closed(&self, at: usize) -> Option<usize> {
        let rest = self.from(at);
        let blanks = rest.len() - rest.trim_start_matches(is_space).len();
        rest.get(blanks..)?.starts_with('>').then_some(at + blanks + 1)
    }

    /// `<![CDATA[ ... ]]>` and `<![if ...]>`. The outer `None` is an error of the parser.
    #[expect(clippy::option_option, reason = "no end and an error are different answers")]
    fn section_end(&self, at: usize) -> Option<Option<usize>> {
        let rest = self.from(at + 3);
        if rest.is_empty() {
            return Some(None);
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let behind = rest.trim_start_matches(is_name);
        let name = rest.get(..rest.len() - behind.len())?.to_ascii_lowercase();
        if behind.trim_start_matches(is_space).is_empty() {
            return Some(None);
        }
        let mut ends = rest.match_indices(']').map(|(found, _)| at + 3 + found + 1);
        match name.as_str() {
            "temp" | "cdata" | "ignore" | "include" | "rcdata" => Some(ends.find_map(|end| {
                let blanks = self.from(end).len() - self.from(end).trim_start_matches(is_space).len();
                self.from(end + blanks).starts_with(']').then(|| self.closed(end + blanks + 1))?
            })),
            "if" | "else" | "endif" => Some(ends.find_map(|end| self.closed(end))),
            _ => None,
        }
    }

    fn start_tag(&mut self, at: usize) -> Step {
        let bare = self.from(at + 1);
        let name = tag_name(bare);
        let end = match self.whole_start_tag(at, name.len()) {
            Step::To(end) => end,
            Step::Open => return Step::Open,
        };
        let tag = name.to_ascii_lowercase();
        let mut place = skip_blanks(self.page, at + 1 + name.len());
        while place < end {
            let Some(next) = attribute(self.page, place) else { break };
            place = skip_blanks(self.page, next);
        }
        let rest = self.page.get(place..end).unwrap_or_default().trim_matches(is_space);
        match rest {
            ">" | "/>" => {
                let element = match tag.as_str() {
                    "script" => Some("script"),
                    "style" => Some("style"),
                    _ => None,
                };
                self.is_taking = self.is_taking && element.is_none() || element.is_some() && rest == "/>";
                if rest == ">" && element.is_some() {
                    self.raw = element;
                }
            }
            _ => {
                let text = self.page.get(at..end).unwrap_or_default().to_owned();
                self.data(&text);
            }
        }
        Step::To(end)
    }

    /// `check_for_whole_start_tag`
    fn whole_start_tag(&self, at: usize, name: usize) -> Step {
        let mut place = at + 1 + name;
        place += self.from(place).len() - self.from(place).trim_start_matches(|c| is_space(c) || c == '/').len();
        while let Some(next) = attribute(self.page, place) {
            let next = next + self.from(next).len() - self.from(next).trim_start_matches(is_space).len();
            place = skip_blanks(self.page, next);
        }
        place += self.from(place).len() - self.from(place).trim_start_matches(is_space).len();
        match self.from(place).chars().next() {
            Some('>') => Step::To(place + 1),
            Some('/') if self.from(place).starts_with("/>") => Step::To(place + 2),
            Some('/' | '=') | None => Step::Open,
            Some(c) if c.is_ascii_alphabetic() => Step::Open,
            Some(_) => Step::To(place),
        }
    }

    fn end_tag(&mut self, at: usize) -> Step {
        let Some(end) = self.find(">", at + 1).map(|end| end + 1) else { return Step::Open };
        let bare = self.from(at + 2).trim_start_matches(is_space);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_');
        let behind = bare.trim_start_matches(is_name);
        let name = bare.get(..bare.len() - behind.len()).unwrap_or_default().to_ascii_lowercase();
        let is_plain =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && behind.trim_start_matches(is_space).starts_with('>');
        if self.raw.is_some_and(|element| !is_plain || element != name) {
            let text = self.page.get(at..end).unwrap_or_default().to_owned();
            self.data(&text);
            return Step::To(end);
        }
        if is_plain {
            self.closes(&name);
            self.raw = None;
            return Step::To(end);
        }
        let bare = self.from(at + 2);
        if !bare.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Step::To(if bare.starts_with('>') { at + 3 } else { end });
        }
        let name = tag_name(bare);
        self.closes(&name.to_ascii_lowercase());
        let place = skip_blanks(self.page, at + 2 + name.len());
        self.find(">", place).map_or(Step::Open, |end| Step::To(end + 1))
    }

    fn closes(&mut self, name: &str) {
        self.is_taking = self.is_taking || matches!(name, "script" | "style");
    }
}

/// `[^\t\n\r\f />\x00]*`
fn tag_name(text: &str) -> &str {
    let end = text.find(['\t', '\n', '\r', '\u{c}', ' ', '/', '>', '\0']).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// `(?:\s|/(?!>))*`
fn skip_blanks(text: &str, at: usize) -> usize {
    let mut rest = text.get(at..).unwrap_or_default();
    loop {
        let after = rest.trim_start_matches(is_space);
        let after =
            if after.starts_with('/') && !after.starts_with("/>") { after.get(1..).unwrap_or_default() } else { after };
        if after.len() == rest.len() {
            return text.len() - rest.len();
        }
        rest = after;
    }
}

/// The end of an attribute with its value, if one stands there: it needs a quote, a blank or a slash before it.
fn attribute(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.chars().next_back()?;
    if !(matches!(before, '\'' | '"' | '/') || is_space(before)) {
        return None;
    }
    let rest = text.get(at..)?;
    let first = rest.chars().next().filter(|c| !is_space(*c) && !matches!(c, '/' | '>'))?;
    let name = rest.get(first.len_utf8()..)?;
    let end = name.find(|c: char| is_space(c) || matches!(c, '/' | '=' | '>')).unwrap_or(name.len());
    let place = at + first.len_utf8() + end;
    Some(value(text, place).unwrap_or(place))
}

/// `\s*=+\s*('[^']*'|"[^"]*"|(?!['"])[^>\s]*)`
fn value(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let signs = rest.trim_start_matches(is_space);
    let content = signs.trim_start_matches('=');
    let count = signs.len() - content.len();
    if count == 0 {
        return None;
    }
    let inner = content.trim_start_matches(is_space);
    let end_of = |rest: &str| text.len() - rest.len();
    let bare = |rest: &str| {
        let length = rest.find(|c: char| c == '>' || is_space(c)).unwrap_or(rest.len());
        end_of(rest) + length
    };
    let Some(quote) = inner.chars().next().filter(|c| matches!(c, '\'' | '"')) else { return Some(bare(inner)) };
    if let Some(closing) = inner.get(1..)?.find(quote) {
        return Some(end_of(inner) + 1 + closing + 1);
    }
    // What an expression gives back that has gone too far: the last blank, or else the last sign.
    if inner.len() < content.len() {
        let last = content.get(..content.len() - inner.len())?.chars().next_back()?;
        return Some(end_of(inner) - last.len_utf8());
    }
    if 1 < count { Some(bare(text.get(end_of(content) - 1..)?)) } else { None }
}

/// `</\s*NAME\s*>` in any case.
fn close_tag(text: &str, name: &str) -> Option<usize> {
    let mut places = text.match_indices("</").map(|(at, _)| at);
    places.find(|at| {
        let rest = text.get(at + 2..).unwrap_or_default().trim_start_matches(is_space);
        let is_named = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        is_named && rest.get(name.len()..).unwrap_or_default().trim_start_matches(is_space).starts_with('>')
    })
}

/// Python's `html.unescape`.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (plain, entity) = rest.split_at(at);
        out.push_str(plain);
        let bare = entity.get(1..).unwrap_or_default();
        let length = if bare.starts_with('#') { number(bare, &mut out) } else { named(bare, &mut out) };
        if length.is_none() {
            out.push('&');
        }
        rest = bare.get(length.unwrap_or_default()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// `#[0-9]+;?` or `#[xX][0-9a-fA-F]+;?`
fn number(bare: &str, out: &mut String) -> Option<usize> {
    let (radix, begin) = if matches!(bare.as_bytes().get(1), Some(b'x' | b'X')) { (16, 2) } else { (10, 1) };
    let digits = bare.get(begin..)?;
    let count = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let digits = digits.get(..count).filter(|digits| !digits.is_empty())?;
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    out.extend(character(code));
    let end = begin + count;
    Some(if bare.get(end..).is_some_and(|rest| rest.starts_with(';')) { end + 1 } else { end })
}

fn character(code: u32) -> Option<char> {
    // Bytes of Windows-1252 that are meant as such.
    const WESTERN: [u32; 32] = [
        0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d,
        0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
        0x17e, 0x178,
    ];
    match code {
        0 => Some('\u{fffd}'),
        0xd => Some('\r'),
        0x80..=0x9f => char::from_u32(*WESTERN.get(usize::try_from(code - 0x80).ok()?)?),
        0x1..=0x8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef => None,
        code if code <= 0x10_ffff && code & 0xfffe == 0xfffe => None,
        code => Some(char::from_u32(code).unwrap_or('\u{fffd}')),
    }
}

/// `[^\t\n\f <&#;]{1,32};?`: the whole, or the longest beginning that means something.
fn named(bare: &str, out: &mut String) -> Option<usize> {
    let is_end = |c: char| matches!(c, '\t' | '\n' | '\u{c}' | ' ' | '<' | '&' | '#' | ';');
    let name: String = bare.chars().take(32).take_while(|c| !is_end(*c)).collect();
    let whole =
        if bare.get(name.len()..).is_some_and(|rest| rest.starts_with(';')) { format!("{name};") } else { name };
    let lengths = whole.char_indices().map(|(at, c)| at + c.len_utf8()).collect::<Vec<_>>();
    let is_whole = |length: usize| length == whole.len();
    let found = lengths.iter().rev().find_map(|&length| {
        // A single letter is no name unless it is the whole.
        let is_tried = is_whole(length) || whole.get(..length).is_some_and(|start| 1 < start.chars().count());
        let start = whole.get(..length).filter(|_| is_tried)?;
        Some((length, named_entity(start)?))
    });
    let (length, characters) = found?;
    out.extend(characters);
    Some(length)
}
