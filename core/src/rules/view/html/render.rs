//! Tokens turned into text.

use std::borrow::Cow;

use super::{
    super::stretch,
    HtmlRendering, Piece,
    collect::Collector,
    element,
    element::{Element, Space, Style},
    entity::{self, Place},
    style::{Looks, Unseen},
    token::{Name, Token, Tokens, is_space},
};

/// Who writes the text.
struct Renderer {
    rendering: HtmlRendering,
    looks: Looks,
    facts: Collector,
    /// The last piece of text.
    last: Last,
    /// Where it begins.
    last_begin: usize,
    /// A text with its entities decoded.
    decoded: Vec<u8>,
}

/// What the piece before was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Nothing,
    /// An element's.
    Space,
    Visible,
    Invisible,
}

pub(super) fn render(page: &[u8]) -> HtmlRendering {
    let is_wide = !page.is_ascii();
    let page = if is_wide { plain_quotes(page) } else { Cow::Borrowed(page) };
    let page = &*page;
    let mut renderer = Renderer {
        rendering: HtmlRendering { text: Vec::with_capacity(page.len() / 2), is_wide, ..HtmlRendering::default() },
        looks: Looks::new(),
        facts: Collector::new(),
        last: Last::Nothing,
        last_begin: 0,
        decoded: Vec::new(),
    };
    let mut tokens = Tokens::new(page);
    while let Some(token) = tokens.next() {
        renderer.token(token, &tokens.attributes);
    }
    renderer.finish(page)
}

impl Renderer {
    fn token(&mut self, token: Token<'_>, attributes: &[(&[u8], &[u8])]) {
        match token {
            // Most texts have no entities.
            Token::Text(text) if memchr::memchr(b'&', text).is_none() => self.text(text),
            Token::Text(text) => {
                let mut decoded = std::mem::take(&mut self.decoded);
                decoded.clear();
                self.rendering.is_wide |= entity::decode(text, Place::Text, &mut decoded);
                self.text(&decoded);
                self.decoded = decoded;
            }
            Token::Raw(text) => self.text(text),
            Token::Comment(text) => self.facts.comment(text),
            Token::Doctype => self.facts.doctype(),
            Token::Start(name) => self.start(&name, attributes),
            Token::End(name) => self.end(&name),
        }
    }

    fn start(&mut self, name: &Name<'_>, attributes: &[(&[u8], &[u8])]) {
        let found = element::find(name.lower());
        self.facts.count(name, found, true);
        let Some(element) = found else { return };
        if element.style != Style::None {
            self.looks.start(element.style, &|wanted| attribute(attributes, wanted));
        }
        self.space(element);
        self.facts.start(name.lower(), attributes);
    }

    fn end(&mut self, name: &Name<'_>) {
        let found = element::find(name.lower());
        self.facts.count(name, found, false);
        let Some(element) = found else { return };
        self.looks.end(element.style);
        self.space(element);
    }

    fn space(&mut self, element: Element) {
        let space: &[u8] = match element.space {
            Space::None => return,
            Space::Word => b" ",
            Space::Line => b"\n",
            Space::Paragraph => b"\n\n",
        };
        let text = &mut self.rendering.text;
        if self.last == Last::Visible && self.last_begin < text.len() && text.last() == Some(&b' ') {
            text.pop();
            if let Some(piece) = self.rendering.pieces.last_mut() {
                piece.end = text.len();
            }
        }
        self.last_begin = text.len();
        text.extend_from_slice(space);
        self.push_piece(Last::Space);
    }

    fn push_piece(&mut self, last: Last) {
        self.last = last;
        let end = self.rendering.text.len();
        let is_visible = last != Last::Invisible;
        match self.rendering.pieces.last_mut() {
            Some(piece) if piece.is_visible == is_visible => piece.end = end,
            _ => self.rendering.pieces.push(Piece { end, is_visible }),
        }
    }

    fn text(&mut self, text: &[u8]) {
        let last = self.rendering.text.get(self.last_begin..).unwrap_or_default();
        if text.is_empty() || !self.facts.text(text, last, self.rendering.is_wide) {
            return;
        }
        let unseen = if text.iter().all(|byte| is_space(*byte)) { None } else { self.looks.unseen() };
        match unseen {
            Some(Unseen::LowContrast) => self.facts.facts.has_low_contrast = true,
            Some(Unseen::InvalidColour) => self.facts.facts.has_invalid_colour = true,
            Some(Unseen::Hidden) | None => {}
        }
        let out = &mut self.rendering.text;
        self.last_begin = out.len();
        let mut rest = text;
        if self.last == Last::Space && unseen.is_none() {
            rest = rest.get(blanks(rest)..).unwrap_or_default();
        }
        // Single blanks stay as they are, so most of the text is taken in long stretches.
        while !rest.is_empty() {
            let (words, after) = rest.split_at(stretch::length(rest, |byte| !is_space(byte)));
            out.extend_from_slice(words);
            let blanks = blanks(after);
            if 0 < blanks {
                out.push(b' ');
            }
            rest = after.get(blanks..).unwrap_or_default();
        }
        self.push_piece(if unseen.is_some() { Last::Invisible } else { Last::Visible });
    }

    fn finish(mut self, page: &[u8]) -> HtmlRendering {
        self.facts.facts.max_font_size = self.looks.max_size;
        self.facts.facts.min_font_size = self.looks.min_size;
        let facts = self.facts.finish(page, &self.rendering.text, self.rendering.is_wide);
        HtmlRendering { facts, ..self.rendering }
    }
}

/// How much white space is at the beginning.
fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_space(**byte)).count()
}

/// The page with `"` for the quotation marks U+201C and U+201D: some write attributes with them.
fn plain_quotes(page: &[u8]) -> Cow<'_, [u8]> {
    const LEAD: &[u8] = b"\xE2\x80";
    let is_quote = |at: usize| matches!(page.get(at + LEAD.len()), Some(0x9C | 0x9D));
    let mut quotes = memchr::memmem::find_iter(page, LEAD).filter(|at| is_quote(*at)).peekable();
    if quotes.peek().is_none() {
        return Cow::Borrowed(page);
    }
    let mut plain = Vec::with_capacity(page.len());
    let mut begin = 0;
    for at in quotes {
        plain.extend_from_slice(page.get(begin..at).unwrap_or_default());
        plain.push(b'"');
        begin = at + LEAD.len() + 1;
    }
    plain.extend_from_slice(page.get(begin..).unwrap_or_default());
    Cow::Owned(plain)
}

/// An attribute's value with its entities decoded; the first of a name counts.
pub(super) fn attribute(attributes: &[(&[u8], &[u8])], wanted: &[u8]) -> Option<Vec<u8>> {
    let (_, value) = attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    let mut decoded = Vec::with_capacity(value.len());
    entity::decode(value, Place::Attribute, &mut decoded);
    Some(decoded)
}
