//! The headers of a message, decoded and as they are written, and its source. Asked for when somebody wants to see them.

use std::sync::Arc;

use egui::{Context, FontFamily, FontId, Label, RichText, ScrollArea, Ui};
use tamis_core::api::{MailId, MessageSource, Reply, Request};

use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    safe_text,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// The source of the message that is open, once it has come.
#[derive(Debug, Default)]
pub(super) struct SourceState {
    have: Option<(MailId, Arc<Reply>)>,
    /// Lines ready to draw: what is long is cut into them once.
    lines: Vec<String>,
    /// Whether headers are shown as they are written.
    is_raw: bool,
}

/// Characters of a line of the source before it goes on in the next.
const LINE: usize = 400;

impl SourceState {
    /// What is to be asked for `id`. Once it is here it is not asked again: a message does not change.
    pub(super) fn watches(&self, id: MailId) -> Vec<Request> {
        if self.of(id).is_some() { Vec::new() } else { vec![Request::Source(id)] }
    }

    fn of(&self, id: MailId) -> Option<&MessageSource> {
        let (_, reply) = self.have.as_ref().filter(|(have, _)| *have == id)?;
        if let Reply::Source(source) = &**reply { Some(source) } else { None }
    }

    /// Keeps the answer. Says why there is none.
    fn take(&mut self, ctx: &Context, id: MailId, snapshot: &Snapshot) -> Option<String> {
        if self.of(id).is_some() {
            return None;
        }
        match snapshot.answer(&Request::Source(id)) {
            None => Some(t!("message-source-loading")),
            Some(Err(why)) => Some(view::shown(why)),
            Some(Ok(reply)) => {
                self.have = Some((id, Arc::clone(reply)));
                // So that it is asked no more.
                ctx.request_repaint();
                self.lines = self.of(id).map(|source| lines(&source.text)).unwrap_or_default();
                None
            }
        }
    }
}

/// Draws every header.
pub(super) fn headers_ui(ui: &mut Ui, id: MailId, snapshot: &Snapshot, state: &mut SourceState) {
    let colors = Palette::of(ui);
    if let Some(why_not) = state.take(ui.ctx(), id, snapshot) {
        ui.add(Label::new(RichText::new(why_not).color(colors.dim)).wrap());
        return;
    }
    let mut is_raw = state.is_raw;
    widgets::tick_box(ui, &mut is_raw, t!("message-headers-raw"));
    state.is_raw = is_raw;
    let Some(source) = state.of(id) else { return };
    ui.spacing_mut().item_spacing.y = 5.0;
    for header in &source.headers {
        let name = safe_text::line(&header.name);
        if is_raw {
            let text = format!("{name}: {}", safe_text::block(&header.raw));
            ui.add(Label::new(RichText::new(text).font(code())).wrap());
        } else {
            ui.label(RichText::new(&name).small().color(colors.dim));
            ui.add(Label::new(view::shown_block(&header.value)).wrap());
        }
    }
}

/// Draws the source. Only the lines in sight are laid out.
pub(super) fn source_ui(
    ui: &mut Ui,
    id: MailId,
    snapshot: &Snapshot,
    state: &mut SourceState,
    commands: &CommandSender,
) {
    let colors = Palette::of(ui);
    if let Some(why_not) = state.take(ui.ctx(), id, snapshot) {
        ui.add(Label::new(RichText::new(why_not).color(colors.dim)).wrap());
        return;
    }
    let Some(source) = state.of(id) else { return };
    ui.horizontal_wrapped(|ui| {
        if widgets::icon_text_button(ui, Icon::Copy, &t!("message-copy-source"), Weight::Plain).clicked() {
            commands.send(Command::Copy(source.text.clone()));
        }
        let size = view::size(source.size);
        let words =
            if source.is_cut { t!("message-source-cut", size = size) } else { t!("message-source-size", size = size) };
        ui.label(RichText::new(words).small().color(colors.dim));
    });
    ui.spacing_mut().item_spacing.y = 0.0;
    let height = ui.text_style_height(&egui::TextStyle::Small) + 3.0;
    ScrollArea::both().id_salt("source").auto_shrink(false).show_rows(ui, height, state.lines.len(), |ui, shown| {
        for line in state.lines.iter().skip(shown.start).take(shown.len()) {
            ui.add(Label::new(RichText::new(line).font(code())).extend());
        }
    });
}

fn code() -> FontId {
    FontId::new(theme::SMALL - 0.5, FontFamily::Monospace)
}

/// The source in lines without what hides or reorders text.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        loop {
            let end = rest.char_indices().nth(LINE).map_or(rest.len(), |(end, _)| end);
            let (start, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            lines.push(safe_text::block(start));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    lines
}
