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
mod reader;
mod tricks;

use std::{
    cell::{Cell, RefCell},
    ops::Range,
};

use html5ever::{
    LocalName,
    tendril::StrTendril,
    tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind},
};

pub(super) use self::outline::outline_page;
use self::reader::Reader;
pub use self::tricks::Tricks;
pub(crate) use self::{
    clean::{Harm, clean},
    entity::named_entity,
};
use super::{decode::split_at_most, url::Urls};

/// The tokenizer is fed this much at a time.
const CHUNK_BYTES: usize = 4096;

/// A tag is not allowed to grow beyond this many chunks if it holds attributes by the hundred.
const STUCK_CHUNKS: u32 = 4;

/// White space, quotes and slashes in a chunk that suggest attributes rather than base64.
const FLOOD_SEPARATORS: usize = 128;

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
    tokenize(Reader::new(facts, urls), html).finish()
}

/// What wants the tokens.
trait Tokens {
    fn take(&mut self, token: &Token);
}

/// Gives all tokens of a page to `tokens`.
fn tokenize<T: Tokens>(tokens: T, html: &str) -> T {
    let sink = Sink { tokens: RefCell::new(tokens), count: Cell::new(0) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    let (mut rest, mut seen, mut stuck) = (html, 0, 0_u32);
    while !rest.is_empty() {
        let (chunk, after) = split_at_most(rest, CHUNK_BYTES);
        rest = after;
        feed(&tokenizer, &input, chunk);
        let count = tokenizer.sink.count.get();
        stuck = if count == seen { stuck + 1 } else { 0 };
        seen = count;
        // Each attribute is compared with all before it in its tag. In a comment or a quoted value `>` means nothing.
        if STUCK_CHUNKS <= stuck && FLOOD_SEPARATORS < separators(chunk) && !chunk.ends_with(['-', '!']) {
            feed(&tokenizer, &input, ">");
        }
    }
    tokenizer.end();
    tokenizer.sink.tokens.into_inner()
}

fn feed<T: Tokens>(tokenizer: &Tokenizer<Sink<T>>, input: &BufferQueue, chunk: &str) {
    input.push_back(StrTendril::from_slice(chunk));
    // It stops early only for scripts to be run and for encodings, and goes on when asked again.
    while !input.is_empty() {
        drop(tokenizer.feed(input));
    }
}

fn separators(chunk: &str) -> usize {
    chunk.bytes().filter(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'/')).count()
}

struct Sink<T> {
    tokens: RefCell<T>,
    count: Cell<u64>,
}

impl<T: Tokens> TokenSink for Sink<T> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if matches!(token, Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        self.count.set(self.count.get() + 1);
        self.tokens.borrow_mut().take(&token);
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
            && let Some(kind) = raw_kind(&tag.name)
        {
            return TokenSinkResult::RawData(kind);
        }
        TokenSinkResult::Continue
    }
}

impl Tokens for Reader<'_> {
    fn take(&mut self, token: &Token) {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let attributes: Vec<(&str, &str)> =
                    tag.attrs.iter().map(|attribute| (&*attribute.name.local, &*attribute.value)).collect();
                self.start(&tag.name, &attributes);
            }
            Token::TagToken(tag) => self.end(&tag.name),
            Token::CommentToken(text) => self.comment(text),
            Token::CharacterTokens(text) => self.text(text),
            Token::DoctypeToken(_) | Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
    }
}

/// Elements whose content is not markup.
fn raw_kind(name: &LocalName) -> Option<RawKind> {
    match &**name {
        "title" | "textarea" => Some(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "script" => Some(RawKind::ScriptData),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
