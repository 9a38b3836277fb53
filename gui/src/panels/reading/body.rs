//! The text of a message with its structure. Drawn as text alone: nothing in it acts, and nothing is loaded.

use std::borrow::Cow;

use egui::{Color32, FontFamily, FontId, Label, RichText, Sense, Stroke, Ui, Vec2, text::LayoutJob};
use tamis_core::api::{LinkView, MailDetail, TextBlock, TextKind, TextPiece};

use super::links;
use crate::{
    bidi,
    command::CommandSender,
    highlight::Known,
    theme::{self, Palette},
    view,
};

/// Characters of the text shown before the person asks for the rest.
const FEW_CHARS: usize = 1_200;
/// Blocks shown before that.
const FEW_BLOCKS: usize = 18;
/// How far a list or a quote is moved in for each level.
const LEVEL_WIDTH: f32 = 16.0;

/// A message's text is up to 64 KiB: made ready once, not for every frame.
#[derive(Debug, Default)]
pub(super) struct Body {
    blocks: Vec<Ready>,
    /// How many of them are the start.
    few: usize,
}

#[derive(Debug)]
struct Ready {
    kind: TextKind,
    quote: u8,
    pieces: Vec<ReadyPiece>,
}

#[derive(Debug)]
struct ReadyPiece {
    text: String,
    look: TextPiece,
    /// Where it leads, with the text that says so.
    link: Option<LinkView>,
    /// The learner's words in it, with their share of spam.
    marks: Vec<(std::ops::Range<usize>, f64)>,
}

/// How it is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawing {
    pub(super) is_whole: bool,
    pub(super) has_marks: bool,
}

impl Body {
    /// The text with its structure.
    pub(super) fn of(mail: &MailDetail) -> Self {
        Self::new(&mail.page.blocks, mail)
    }

    /// The plain text.
    pub(super) fn plain(mail: &MailDetail) -> Self {
        let paragraph = |text: &str| TextBlock {
            pieces: vec![TextPiece { text: text.to_owned(), ..TextPiece::default() }],
            ..TextBlock::default()
        };
        let text = crate::safe_text::block(&mail.text);
        let blocks: Vec<TextBlock> = text.split("\n\n").filter(|text| !text.is_empty()).map(paragraph).collect();
        Self::new(&blocks, mail)
    }

    fn new(blocks: &[TextBlock], mail: &MailDetail) -> Self {
        let known = Known::new(&mail.clues);
        let blocks: Vec<Ready> = blocks.iter().map(|block| ready(block, &mail.page.links, &known)).collect();
        let mut chars = 0;
        let is_few = |block: &&Ready| {
            let before = chars;
            chars += block.pieces.iter().map(|piece| piece.text.len()).sum::<usize>();
            before < FEW_CHARS
        };
        let few = blocks.iter().take(FEW_BLOCKS).take_while(is_few).count();
        Self { blocks, few }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Whether there is more than the start.
    pub(super) fn has_more(&self) -> bool {
        let is_long = |block: &Ready| FEW_CHARS * 2 < block.pieces.iter().map(|piece| piece.text.len()).sum();
        self.few < self.blocks.len() || self.blocks.iter().take(self.few).any(is_long)
    }

    /// Whether a word of the learner's is in it.
    pub(super) fn has_marks(&self) -> bool {
        self.blocks.iter().flat_map(|block| &block.pieces).any(|piece| !piece.marks.is_empty())
    }

    pub(super) fn ui(&self, ui: &mut Ui, drawing: Drawing, commands: &CommandSender) {
        let shown = if drawing.is_whole { self.blocks.len() } else { self.few };
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            for (index, block) in self.blocks.iter().take(shown).enumerate() {
                ui.push_id(index, |ui| block_ui(ui, block, drawing, commands));
            }
        });
    }
}

fn ready(block: &TextBlock, links: &[LinkView], known: &Known) -> Ready {
    let joined: String = block.pieces.iter().map(|piece| piece.text.as_str()).collect();
    // What is read from right to left is set in lines as a whole; where its links lead is told below the text.
    let is_from_right = matches!(bidi::visual_block(&joined), Cow::Owned(_));
    let whole = [TextPiece { text: joined, ..TextPiece::default() }];
    let pieces = if is_from_right { &whole[..] } else { &block.pieces };
    let ready_piece = |piece: &TextPiece| {
        let text = safe(&piece.text);
        let link = piece.link.and_then(|link| links.get(link)).filter(|_| !text.trim().is_empty());
        let link = link.map(|link| LinkView { text: text.trim().to_owned(), ..link.clone() });
        let marks = if link.is_none() { known.find(&text) } else { Vec::new() };
        ReadyPiece { text, look: piece.clone(), link, marks }
    };
    Ready { kind: block.kind, quote: block.quote, pieces: pieces.iter().map(ready_piece).collect() }
}

/// A piece without what hides or reorders, with the white space at its ends.
fn safe(text: &str) -> String {
    let shown = view::shown_block(text);
    let space = |has_line_end: bool| if has_line_end { "\n" } else { " " };
    let core = text.trim();
    if core.is_empty() || shown.trim().is_empty() {
        return space(text.contains('\n')).to_owned();
    }
    let before = text.len() - text.trim_start().len();
    let leading = text.get(..before).filter(|start| start.contains('\n')).map_or("", |_| "\n");
    let behind = text.get(text.trim_end().len()..).filter(|end| !end.is_empty());
    let trailing = behind.map_or("", |end| space(end.contains('\n')));
    format!("{leading}{shown}{trailing}")
}

fn block_ui(ui: &mut Ui, block: &Ready, drawing: Drawing, commands: &CommandSender) {
    let colors = Palette::of(ui);
    if block.kind == TextKind::Rule {
        let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 5.0), Sense::hover());
        ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, colors.line));
        return;
    }
    let level = match block.kind {
        TextKind::Item { level, .. } => f32::from(level),
        TextKind::Paragraph | TextKind::Heading(_) | TextKind::Row | TextKind::Fixed | TextKind::Rule => 0.0,
    };
    let quote = f32::from(block.quote) * LEVEL_WIDTH;
    let top = ui.cursor().left_top();
    let row = ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().interact_size.y = 0.0;
        ui.add_space(quote + level * LEVEL_WIDTH);
        if let TextKind::Item { number, .. } = block.kind {
            bullet(ui, number, colors.dim);
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = Vec2::new(0.0, 2.0);
            match block.kind {
                TextKind::Row => cells_ui(ui, block, drawing, commands),
                TextKind::Paragraph
                | TextKind::Heading(_)
                | TextKind::Item { .. }
                | TextKind::Fixed
                | TextKind::Rule => {
                    pieces_ui(ui, &block.pieces, block, drawing, commands);
                }
            }
        });
    });
    for depth in 0..block.quote {
        let x = top.x + f32::from(depth) * LEVEL_WIDTH + 3.0;
        ui.painter().vline(x, row.response.rect.y_range(), Stroke::new(2.0, theme::rim(colors.dim)));
    }
}

/// What stands before an entry of a list, in the room left of it.
fn bullet(ui: &Ui, number: Option<u32>, color: Color32) {
    let at = ui.cursor().left_top();
    match number {
        Some(number) => {
            let font = theme::plain(theme::BODY);
            ui.painter().text(at - Vec2::new(4.0, 0.0), egui::Align2::RIGHT_TOP, format!("{number}."), font, color);
        }
        None => _ = ui.painter().circle_filled(at + Vec2::new(-9.0, 9.0), 2.2, color),
    }
}

/// The cells of a row, side by side as long as there is room for them.
fn cells_ui(ui: &mut Ui, block: &Ready, drawing: Drawing, commands: &CommandSender) {
    let mut rest = block.pieces.as_slice();
    let mut is_first = true;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::new(0.0, 2.0);
        while !rest.is_empty() {
            let end = rest.iter().skip(1).position(|piece| piece.look.begins_cell).map_or(rest.len(), |at| at + 1);
            let (cell, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = after;
            if !std::mem::take(&mut is_first) {
                ui.label(RichText::new("   ·   ").color(Palette::of(ui).dim));
            }
            for piece in cell {
                piece_ui(ui, piece, block, drawing, commands);
            }
        }
    });
}

fn pieces_ui(ui: &mut Ui, pieces: &[ReadyPiece], block: &Ready, drawing: Drawing, commands: &CommandSender) {
    // A text of one look needs no flow of pieces, and wraps by itself.
    if let [only] = pieces
        && only.link.is_none()
    {
        return piece_ui(ui, only, block, drawing, commands);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::new(0.0, 2.0);
        for piece in pieces {
            piece_ui(ui, piece, block, drawing, commands);
        }
    });
}

fn piece_ui(ui: &mut Ui, piece: &ReadyPiece, block: &Ready, drawing: Drawing, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let font = font(block.kind, &piece.look);
    if let Some(link) = &piece.link {
        return links::inline_ui(ui, link, font, commands);
    }
    let color = if 0 < block.quote || piece.look.is_picture { colors.dim } else { colors.text };
    let text = if drawing.is_whole { piece.text.as_str() } else { start_of(&piece.text) };
    let text = if piece.look.is_picture { Cow::Owned(format!("[{text}] ")) } else { Cow::Borrowed(text) };
    let mut job = LayoutJob::default();
    let mut format = egui::TextFormat::simple(font, color);
    format.italics = piece.look.is_emphasised || piece.look.is_picture;
    let mut from = 0;
    for (range, share) in piece.marks.iter().filter(|_| drawing.has_marks && !piece.look.is_picture) {
        let (Some(before), Some(word)) = (text.get(from..range.start), text.get(range.clone())) else { break };
        job.append(before, 0.0, format.clone());
        let mark = if 0.5 <= *share { colors.spam } else { colors.ham };
        let marked = egui::TextFormat {
            background: theme::tint(mark),
            underline: Stroke::new(1.0, theme::rim(mark)),
            ..format.clone()
        };
        job.append(word, 0.0, marked);
        from = range.end;
    }
    job.append(text.get(from..).unwrap_or_default(), 0.0, format);
    ui.add(Label::new(job).wrap());
}

/// As much of one piece as is shown before the person asks for the rest.
fn start_of(text: &str) -> &str {
    text.char_indices().nth(FEW_CHARS * 2).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn font(kind: TextKind, look: &TextPiece) -> FontId {
    match kind {
        TextKind::Heading(1) => theme::strong(17.0),
        TextKind::Heading(2) => theme::strong(15.5),
        TextKind::Heading(_) => theme::strong(theme::BODY),
        TextKind::Fixed => FontId::new(theme::SMALL, FontFamily::Monospace),
        TextKind::Paragraph | TextKind::Item { .. } | TextKind::Row | TextKind::Rule if look.is_strong => {
            theme::strong(theme::BODY)
        }
        TextKind::Paragraph | TextKind::Item { .. } | TextKind::Row | TextKind::Rule => theme::plain(theme::BODY),
    }
}
