//! A page as blocks of text: what a person sees of it, in its order, without anything that acts or is loaded.

use html5ever::{
    LocalName,
    tokenizer::{Tag, TagKind, Token},
};

use super::{
    Tokens, elements,
    look::{Look, declarations},
    tokenize,
};
use crate::mail::outline::{BlockKind, Builder, Piece};

/// Deepest nesting that is followed. What lies deeper looks like what is around it.
const MAX_DEPTH: usize = 256;

/// Most characters of the words that stand for a picture.
const MAX_PICTURE_CHARS: usize = 120;

/// Reads a page into an outline.
pub(in crate::mail) fn outline_page(html: &str, builder: &mut Builder) {
    let reader = PageReader {
        builder,
        open: Vec::new(),
        overflow: 0,
        inside: Inside::Page,
        has_style_sheet: false,
        gap: Gap::Block,
        row: 0,
        rows: 0,
        row_of_block: 0,
    };
    tokenize(reader, html);
}

/// What the text that comes next belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Page,
    Style,
    /// Scripts, the title, and what is only for other programs.
    Nothing,
}

/// What lies between the text before and the text that comes next. The strongest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Cell,
    Block,
}

/// An open element, with what it hands on to those in it.
#[derive(Clone, Debug, Default)]
struct Frame {
    name: Option<LocalName>,
    look: Look,
    is_strong: bool,
    is_emphasised: bool,
    is_fixed: bool,
    quote: u8,
    heading: u8,
    /// How deep it is in lists.
    level: u8,
    /// The number of the next entry, if it is a numbered list.
    next: Option<u32>,
    /// The entry that the text belongs to, until it has some.
    item: Option<(u8, Option<u32>)>,
    link: Option<usize>,
    /// The row of a table that it is in; 0: none.
    row: u32,
}

struct PageReader<'a> {
    builder: &'a mut Builder,
    open: Vec<Frame>,
    /// Elements begun beyond the depth that is followed.
    overflow: usize,
    inside: Inside,
    /// A style sheet may give a background to what has a class.
    has_style_sheet: bool,
    gap: Gap,
    /// The row that the next text is in.
    row: u32,
    /// Rows so far.
    rows: u32,
    /// The row in which the block that grows began.
    row_of_block: u32,
}

impl Tokens for PageReader<'_> {
    fn take(&mut self, token: &Token) {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.start(tag),
            Token::TagToken(tag) => self.end(&tag.name),
            Token::CharacterTokens(text) => match self.inside {
                Inside::Page => self.text(text),
                Inside::Style => self.has_style_sheet |= text.contains("background"),
                Inside::Nothing => {}
            },
            Token::CommentToken(_)
            | Token::DoctypeToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
    }
}

impl PageReader<'_> {
    fn start(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        self.inside = match name {
            "style" => Inside::Style,
            "script" | "title" | "iframe" | "noembed" | "noframes" => Inside::Nothing,
            _ => Inside::Page,
        };
        while self.open.last().is_some_and(|open| open.name.as_deref().is_some_and(|it| elements::closes(name, it))) {
            self.open.pop();
        }
        let attributes: Vec<(&str, &str)> =
            tag.attrs.iter().map(|attribute| (&*attribute.name.local, &*attribute.value)).collect();
        let around = self.open.last().cloned().unwrap_or_default();
        let look = around.look.within(name, &attributes, self.has_style_sheet);
        let get = |wanted: &str| attributes.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
        self.break_before(name);
        match name {
            "hr" if !look.is_hidden() => self.builder.rule(),
            "img" if !look.is_hidden() => self.picture(get("alt"), &around),
            "link" => self.has_style_sheet = true,
            _ => {}
        }
        if elements::is_void(name) {
            return;
        }
        if MAX_DEPTH <= self.open.len() {
            self.overflow += 1;
            return;
        }
        let mut frame = Frame { name: Some(tag.name.clone()), look, next: None, item: None, ..around };
        frame.is_strong |= matches!(name, "b" | "strong" | "th") || get("style").is_some_and(is_bold);
        frame.is_emphasised |= matches!(name, "i" | "em" | "cite");
        frame.is_fixed |= matches!(name, "pre" | "xmp" | "listing");
        match name {
            "blockquote" => frame.quote = frame.quote.saturating_add(1),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => frame.heading = name.as_bytes().last().map_or(0, |d| d - b'0'),
            "ul" | "menu" | "dir" => frame.level = frame.level.saturating_add(1),
            "ol" => {
                frame.level = frame.level.saturating_add(1);
                frame.next = Some(get("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1));
            }
            "li" => frame.item = Some((around.level.clamp(1, 8), self.next_number())),
            "a" => frame.link = get("href").and_then(|href| self.builder.link(href)),
            "tr" => {
                self.rows = self.rows.saturating_add(1);
                frame.row = self.rows;
            }
            _ => {}
        }
        self.row = frame.row;
        self.open.push(frame);
    }

    fn end(&mut self, name: &LocalName) {
        self.inside = Inside::Page;
        self.break_before(name);
        if 0 < self.overflow {
            self.overflow -= 1;
            return;
        }
        let reaches_out = elements::is_table_part(name);
        let is_it = |frame: &Frame| frame.name.as_ref() == Some(name);
        let is_wall = |frame: &Frame| !reaches_out && frame.name.as_deref().is_some_and(elements::is_wall);
        let depth = self.open.iter().rev().take_while(|frame| !is_it(frame) && !is_wall(frame)).count() + 1;
        if let Some(at) = self.open.len().checked_sub(depth)
            && self.open.get(at).is_some_and(is_it)
        {
            self.open.truncate(at);
        }
        self.row = self.open.last().map_or(0, |frame| frame.row);
    }

    /// Notes what the beginning or the end of an element puts between texts.
    fn break_before(&mut self, name: &str) {
        let gap = match name {
            "br" => Gap::Line,
            "td" | "th" => Gap::Cell,
            name if elements::is_block(name) => Gap::Block,
            _ => return,
        };
        // What stands in a cell of its own does not end its row.
        let is_in_cell = matches!(name, "p" | "div" | "center") && self.row != 0 && self.row == self.row_of_block;
        self.gap = match (gap, self.gap) {
            (Gap::Cell, _) => Gap::Cell,
            (Gap::Block, Gap::Cell) if is_in_cell => Gap::Cell,
            // Two ends of a line in a row leave an empty one: a new paragraph.
            (Gap::Line, Gap::Line) => Gap::Block,
            (gap, before) => before.max(gap),
        };
    }

    /// The number of the next entry of the innermost list, if it is numbered.
    fn next_number(&mut self) -> Option<u32> {
        let is_list = |frame: &&mut Frame| matches!(frame.name.as_deref(), Some("ol" | "ul" | "menu" | "dir"));
        let next = self.open.iter_mut().rev().find(is_list)?.next.as_mut()?;
        let number = *next;
        *next = next.saturating_add(1);
        Some(number)
    }

    fn text(&mut self, text: &str) {
        if self.builder.is_full() {
            return;
        }
        let frame = self.open.last().cloned().unwrap_or_default();
        if frame.look.is_hidden() {
            return;
        }
        if frame.is_fixed {
            return self.fixed(text, &frame);
        }
        for (index, word) in text.split(char::is_whitespace).enumerate() {
            if 0 < index {
                self.gap = self.gap.max(Gap::Space);
            }
            if !word.is_empty() {
                self.word(word, &frame);
            }
        }
    }

    fn word(&mut self, word: &str, frame: &Frame) {
        let piece = Piece {
            text: word.to_owned(),
            is_strong: frame.is_strong,
            is_emphasised: frame.is_emphasised,
            link: frame.link,
            ..Piece::default()
        };
        self.add(piece, frame);
    }

    /// Adds a piece behind what lies between it and the text before.
    fn add(&mut self, piece: Piece, frame: &Frame) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let is_same_row = self.row != 0 && self.row == self.row_of_block && !self.builder.is_empty();
        if gap == Gap::Cell && is_same_row {
            self.builder.set_kind(BlockKind::Row);
            return self.builder.push(&Piece { begins_cell: true, ..piece });
        }
        if Gap::Cell <= gap || self.builder.is_empty() {
            self.begin(frame);
            return self.builder.push(&piece);
        }
        let between = match gap {
            Gap::Space => " ",
            Gap::Line => "\n",
            Gap::None | Gap::Cell | Gap::Block => "",
        };
        self.builder.push_behind(between, &piece);
    }

    fn begin(&mut self, frame: &Frame) {
        let item = self.open.iter_mut().rev().find_map(|open| open.item.take());
        let kind = match (item, frame.heading) {
            (Some((level, number)), _) => BlockKind::Item { level, number },
            (None, 0) if frame.is_fixed => BlockKind::Fixed,
            (None, 0) => BlockKind::Paragraph,
            (None, level) => BlockKind::Heading(level),
        };
        self.row_of_block = self.row;
        self.builder.begin_block(kind, frame.quote);
    }

    fn fixed(&mut self, text: &str, frame: &Frame) {
        if text.trim().is_empty() && self.builder.is_empty() {
            return;
        }
        if self.gap != Gap::None || self.builder.is_empty() {
            self.gap = Gap::None;
            self.begin(frame);
        }
        let text = text.replace('\t', "    ").replace('\r', "");
        self.builder.push(&Piece { text, link: frame.link, ..Piece::default() });
    }

    /// The words that stand for a picture, which is not loaded.
    fn picture(&mut self, words: Option<&str>, frame: &Frame) {
        let words = words.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = words.chars().take(MAX_PICTURE_CHARS).collect();
        if text.is_empty() || self.builder.is_full() {
            return;
        }
        self.add(Piece { text, is_picture: true, link: frame.link, ..Piece::default() }, frame);
    }
}

fn is_bold(style: &str) -> bool {
    let style = style.get(..1024).unwrap_or(style);
    declarations(style).any(|(name, value)| {
        name == "font-weight" && (value == "bold" || value.parse::<u16>().is_ok_and(|weight| 600 <= weight))
    })
}
