//! What can be seen in HTML without drawing it.
//!
//! One pass of the tokenizer, no tree: what a tree would say about nesting is kept on a stack of limited depth.

mod clean;
mod collapsed;
mod css;
mod elements;
mod entity;
mod look;
mod outline;
mod quick;
mod reader;
mod tricks;

use std::{
    cell::{Cell, RefCell, RefMut},
    ops::Range,
};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind},
};

pub(super) use self::outline::outline_page;
pub use self::tricks::Tricks;
pub(crate) use self::{
    clean::{Harm, clean},
    entity::named_entity,
};
use self::{
    quick::{Quick, Stretch},
    reader::Reader,
};
use super::{decode::split_at_most, url::Urls};

/// The tokenizer is fed this much at a time.
const CHUNK_BYTES: usize = 4096;

/// A tag is not allowed to grow beyond this many chunks if it holds attributes by the hundred.
const STUCK_CHUNKS: u32 = 4;

/// White space, quotes and slashes in a chunk that suggest attributes rather than base64.
const FLOOD_SEPARATORS: usize = 128;

/// So many attributes of a tag need no memory of their own.
const FEW_ATTRIBUTES: usize = 8;

/// Facts about all HTML parts of one message together. Counts stop growing at `u32::MAX`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HtmlFacts {
    /// Characters of text a person can see.
    pub visible_chars: u32,
    /// Characters of text hidden by style: `display:none`, `visibility:hidden`, zero size or opacity, text in the colour
    /// of its background.
    pub hidden_chars: u32,
    /// The hidden text itself, at most 8 KiB.
    pub hidden_text: String,
    /// Remote or attached images.
    pub images: u32,
    /// Images of at most 2 × 2 pixels by their attributes or style.
    pub tiny_images: u32,
    /// Links (`a` with `href`).
    pub links: u32,
    /// Forms.
    pub forms: u32,
    /// `input` fields of type password.
    pub password_fields: u32,
    /// `script` elements and `on…` attributes.
    pub scripts: u32,
    /// `iframe`, `object`, `embed` and `applet` elements.
    pub embedded: u32,
    /// Comments.
    pub comments: u32,
    /// The first piece of PHP left in it, at most 64 characters. Browsers take it for a comment.
    pub program: Option<String>,
    /// Tags whose name is not one of HTML's.
    pub unknown_tags: u32,
    /// Tags in all.
    pub tags: u32,
    /// The text of the first `title` element that has any, at most 256 characters.
    pub title: Option<String>,
    /// Whether `<base href>` or a `meta` refresh is used.
    pub redirects: bool,
    /// Whether a `meta` refresh leads to another page.
    pub refreshes: bool,
    /// What is done so that a program reads something else than a person.
    pub tricks: Tricks,
}

/// What one HTML part shows.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The visible text, white space collapsed, one line for each block.
    pub(super) text: String,
    /// The stretches of it outside links.
    pub(super) unlinked: Vec<Range<usize>>,
}

/// Reads one part; adds to `facts` and `urls`.
pub(super) fn read(html: &str, facts: &mut HtmlFacts, urls: &mut Urls) -> Page {
    facts.tricks.see_source(html);
    let stream = Stream::new(Reader::new(facts, urls));
    let mut rest = without_mark(html);
    let mut quick = Quick::default();
    while !rest.is_empty() {
        let length = match quick.next(rest) {
            Some((stretch, length)) => {
                stream.tokens().stretch(stretch, &quick);
                length
            }
            None => stream.to_plain(rest),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    stream.finish().finish()
}

/// What wants the tokens.
trait Tokens {
    fn take(&mut self, token: &Token);
}

/// Gives all tokens of a page to `tokens`.
fn tokenize<T: Tokens>(tokens: T, html: &str) -> T {
    let stream = Stream::new(tokens);
    stream.feed(without_mark(html));
    stream.finish()
}

/// A page without the byte order mark it may begin with.
fn without_mark(html: &str) -> &str {
    html.strip_prefix('\u{feff}').unwrap_or(html)
}

/// The tokenizer on its way through a page.
struct Stream<T> {
    tokenizer: Tokenizer<Sink<T>>,
    input: BufferQueue,
}

impl<T: Tokens> Stream<T> {
    fn new(tokens: T) -> Self {
        let sink =
            Sink { tokens: RefCell::new(tokens), count: Cell::new(0), marks: Cell::new(0), is_raw: Cell::new(false) };
        let options = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
        Self { tokenizer: Tokenizer::new(sink, options), input: BufferQueue::default() }
    }

    fn tokens(&self) -> RefMut<'_, T> {
        self.tokenizer.sink.tokens.borrow_mut()
    }

    fn finish(self) -> T {
        self.tokenizer.end();
        self.tokenizer.sink.tokens.into_inner()
    }

    /// Feeds the page from here to where the tokenizer is in its data state for sure; gives how much that is.
    ///
    /// Tags and comments end with `>` and nothing else. So if it is given something with one `>`, at its end, and there is a
    /// tag or a comment, then that is where it ends, and what follows is data, or text that an end tag ends.
    fn to_plain(&self, rest: &str) -> usize {
        let sink = &self.tokenizer.sink;
        let mut done = 0;
        while let Some(left) = rest.get(done..).filter(|left| !left.is_empty()) {
            let text = if sink.is_raw.get() { memchr::memmem::find(left.as_bytes(), b"</") } else { Some(0) };
            let end = text.and_then(|at| Some(at + memchr::memchr(b'>', left.as_bytes().get(at..)?)? + 1));
            let piece = end.and_then(|end| left.get(..end)).unwrap_or(left);
            done += piece.len();
            if self.feed(piece) && !sink.is_raw.get() {
                break;
            }
        }
        done
    }

    /// Feeds a piece of a page. Says whether a tag or a comment ended in the last chunk of it.
    fn feed(&self, piece: &str) -> bool {
        let sink = &self.tokenizer.sink;
        let (mut rest, mut stuck, mut is_mark) = (piece, 0_u32, false);
        while !rest.is_empty() {
            let (chunk, after) = split_at_most(rest, CHUNK_BYTES);
            rest = after;
            let (seen, marks) = (sink.count.get(), sink.marks.get());
            self.feed_chunk(chunk);
            stuck = if sink.count.get() == seen { stuck + 1 } else { 0 };
            is_mark = sink.marks.get() != marks;
            // Each attribute is compared with all before it in its tag. In a comment or a quoted value `>` means nothing.
            if STUCK_CHUNKS <= stuck && FLOOD_SEPARATORS < separators(chunk) && !chunk.ends_with(['-', '!']) {
                self.feed_chunk(">");
            }
        }
        is_mark
    }

    fn feed_chunk(&self, chunk: &str) {
        self.input.push_back(StrTendril::from_slice(chunk));
        // It stops early only for scripts to be run and for encodings, and goes on when asked again.
        while !self.input.is_empty() {
            drop(self.tokenizer.feed(&self.input));
        }
    }
}

fn separators(chunk: &str) -> usize {
    chunk.bytes().filter(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'/')).count()
}

struct Sink<T> {
    tokens: RefCell<T>,
    count: Cell<u64>,
    /// Those of them that are no text.
    marks: Cell<u64>,
    /// Whether the text of an element comes that has no markup in it.
    is_raw: Cell<bool>,
}

impl<T: Tokens> TokenSink for Sink<T> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if matches!(token, Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        self.count.set(self.count.get() + 1);
        self.marks.set(self.marks.get() + u64::from(!matches!(token, Token::CharacterTokens(_))));
        self.tokens.borrow_mut().take(&token);
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        let kind = raw_kind(&tag.name).filter(|_| tag.kind == TagKind::StartTag);
        self.is_raw.set(kind.is_some());
        kind.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

impl Tokens for Reader<'_> {
    fn take(&mut self, token: &Token) {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                self.start_with(&tag.name, tag.attrs.iter().map(|it| (&*it.name.local, &*it.value)));
            }
            Token::TagToken(tag) => self.end(&tag.name),
            Token::CommentToken(text) => self.comment(text),
            Token::CharacterTokens(text) => self.text(text),
            Token::DoctypeToken(_) | Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
    }
}

impl Reader<'_> {
    fn stretch(&mut self, stretch: Stretch<'_>, quick: &Quick<'_>) {
        match stretch {
            Stretch::Text(text) => self.text(text),
            Stretch::Reference => self.text(&quick.made),
            Stretch::Start(name) => self.start_with(quick.text(name), quick.attributes()),
            Stretch::Style(name, sheet) => {
                self.start_with(quick.text(name), quick.attributes());
                // The tokenizer, too, gives each of its lines by itself.
                sheet.split(['\n', '\r', '<']).filter(|piece| !piece.is_empty()).for_each(|piece| self.text(piece));
            }
            Stretch::End(name) => self.end(quick.text(name)),
            Stretch::Comment(text) => self.comment(text),
            Stretch::Nothing => {}
        }
    }

    fn start_with<'tag>(&mut self, name: &str, attributes: impl Iterator<Item = (&'tag str, &'tag str)>) {
        // Few tags have more, and there are many tags.
        let mut few = [("", ""); FEW_ATTRIBUTES];
        let (mut count, mut attributes) = (0, attributes);
        for (slot, attribute) in few.iter_mut().zip(&mut attributes) {
            *slot = attribute;
            count += 1;
        }
        match attributes.next() {
            None => self.start(name, few.get(..count).unwrap_or_default()),
            Some(next) => {
                let all: Vec<(&str, &str)> = few.into_iter().chain([next]).chain(attributes).collect();
                self.start(name, &all);
            }
        }
    }
}

/// Elements whose content is not markup.
fn raw_kind(name: &str) -> Option<RawKind> {
    match name {
        "title" | "textarea" => Some(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "script" => Some(RawKind::ScriptData),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
