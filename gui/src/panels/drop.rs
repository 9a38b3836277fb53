//! Files of messages dropped from the desktop: what are they? Two wells (or S and G), no more, as it can be undone.

use egui::{
    Align2, Area, Color32, Context, Frame, Id, Key, LayerId, Modifiers, Order, Rect, Role, Sense, Stroke, StrokeKind,
    Ui, Vec2,
};

use crate::{
    command::{Command, CommandSender, MessageCommand},
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// A well of the sheet.
const WELL: Vec2 = Vec2::new(172.0, 92.0);

/// The absolute paths of files that were dropped and wait for a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dropped(pub(crate) Vec<String>);

/// Takes what was dropped onto the window in this moment. `None` if nothing was.
pub(crate) fn take(ctx: &Context) -> Option<Dropped> {
    let files = ctx.input(|input| input.raw.dropped_files.clone());
    if files.is_empty() {
        return None;
    }
    let paths = files.iter().filter_map(|file| file.path().to_str().map(str::to_owned));
    Some(Dropped(paths.collect()))
}

/// Says that files can be let go here, while they hang over the window.
pub(crate) fn hover_ui(ctx: &Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("hovered-files")));
    let colors = Palette::of_style(&ctx.global_style());
    let rect = ctx.content_rect().shrink(8.0);
    painter.rect_filled(rect, 12, theme::veil(colors.ground));
    painter.rect_stroke(rect, 12, Stroke::new(2.0, colors.accent), StrokeKind::Inside);
    let icon = Rect::from_center_size(rect.center() - Vec2::new(0.0, 26.0), Vec2::splat(36.0));
    Icon::Letters.paint(&painter, icon, colors.accent);
    let at = rect.center() + Vec2::new(0.0, 16.0);
    painter.text(at, Align2::CENTER_CENTER, t!("message-drop-here"), theme::strong(theme::HEADING), colors.text);
}

/// Asks what they are. Sends what was answered.
pub(crate) fn sheet_ui(ctx: &Context, dropped: &Dropped, commands: &CommandSender) {
    let area =
        Area::new(Id::unique("dropped-files")).order(Order::Foreground).anchor(Align2::CENTER_CENTER, Vec2::ZERO);
    area.show(ctx, |ui| {
        Frame::popup(ui.style()).inner_margin(theme::dialog_margin()).corner_radius(12).show(ui, |ui| {
            ui.set_width(WELL.x * 2.0 + 12.0);
            question_ui(ui, dropped);
            ui.horizontal(|ui| wells_ui(ui, dropped, commands));
            ui.add_space(6.0);
            if ui.button(t!("message-drop-nothing")).clicked() {
                commands.send(Command::Message(MessageCommand::ForgetDropped));
            }
        });
    });
    if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        commands.send(Command::Message(MessageCommand::ForgetDropped));
    }
}

fn wells_ui(ui: &mut Ui, dropped: &Dropped, commands: &CommandSender) {
    ui.spacing_mut().item_spacing.x = 12.0;
    let colors = Palette::of(ui);
    for (label, words, key, icon, color) in [
        ("spam", t!("message-drop-spam"), Key::S, Icon::Barred, colors.spam),
        ("ham", t!("message-drop-good"), Key::G, Icon::Check, colors.ham),
    ] {
        let is_free = !ui.ctx().text_edit_focused();
        let is_key = is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if well_ui(ui, &words, icon, color) || is_key {
            commands.send(Command::Message(MessageCommand::TrainFiles(label.to_owned(), dropped.0.clone())));
        }
    }
}

fn question_ui(ui: &mut Ui, dropped: &Dropped) {
    let name = dropped.0.first().and_then(|path| path.rsplit(['/', '\\']).next()).unwrap_or_default();
    ui.heading(t!("message-drop-question", count = dropped.0.len(), name = view::shown(name)));
    ui.label(egui::RichText::new(t!("message-drop-hint")).color(Palette::of(ui).dim));
    ui.add_space(8.0);
}

fn well_ui(ui: &mut Ui, words: &str, icon: Icon, color: Color32) -> bool {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(WELL, Sense::click());
    widgets::name(ui, &response, Role::Button, words);
    let is_near = response.hovered() || response.has_focus();
    ui.painter().rect_filled(rect, theme::ROUND, if is_near { theme::rim(color) } else { theme::tint(color) });
    ui.painter().rect_stroke(rect, theme::ROUND, Stroke::new(1.2, color), StrokeKind::Inside);
    let at = rect.center_top() + Vec2::new(0.0, 32.0);
    icon.paint(ui.painter(), Rect::from_center_size(at, Vec2::splat(26.0)), color);
    let at = rect.center_bottom() - Vec2::new(0.0, 24.0);
    ui.painter().text(at, Align2::CENTER_CENTER, words, theme::strong(theme::BODY), colors.text);
    response.clicked()
}
