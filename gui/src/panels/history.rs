//! What was changed, by the person and by Tamis, each with a button that takes it back.

use egui::{Align, Color32, Layout, RichText, Role, ScrollArea, Sense, Ui, Vec2};
use jiff::Zoned;
use tamis_core::api::Change;

use crate::{
    client::{Job, Snapshot},
    command::{Command, CommandSender},
    icons::Icon,
    panels::status,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// Draws the screen. `running` are the jobs that have not been answered.
pub(crate) fn history_ui(ui: &mut Ui, snapshot: &Snapshot, running: &[Job], commands: &CommandSender) {
    ui.heading(t!("history-title"));
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    let Some(changes) = snapshot.history.as_deref() else { return };
    if changes.is_empty() {
        let (title, text) = (t!("history-empty-title"), t!("history-empty"));
        return widgets::empty_page(ui, Icon::Clock, &title, &text, |_| {});
    }
    let now = Zoned::now();
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, theme::CHANGE_HEIGHT, changes.len(), |ui, shown| {
        ui.set_max_width(720.0);
        for change in changes.iter().skip(shown.start).take(shown.len()) {
            let is_running = running.contains(&Job::Undo(Some(change.id)));
            change_ui(ui, change, &view::arrived(change.at, &now), is_running, commands);
        }
    });
}

fn change_ui(ui: &mut Ui, change: &Change, when: &str, is_running: bool, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let text = view::shown(&change.text);
    let (icon, color) = look(change, &colors);
    let size = Vec2::new(ui.available_width(), theme::CHANGE_HEIGHT);
    let row = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::ICON + 12.0), Sense::hover());
        icon.paint(ui.painter(), rect.shrink(6.0), color);
        let words = RichText::new(view::capital(&text));
        ui.label(if change.is_undone { words.color(colors.dim) } else { words });
        if change.kind == "file" {
            widgets::chip(ui, &t!("history-by-tamis"), colors.dim);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(8.0);
            if change.is_undone {
                ui.label(RichText::new(t!("history-taken-back")).color(colors.dim));
            } else if is_running {
                ui.label(RichText::new(t!("history-working")).color(colors.dim));
            } else if change.kind != "undo" {
                let button = widgets::icon_text_button(ui, Icon::Undo, &t!("history-undo"), Weight::Plain);
                widgets::name(ui, &button, Role::Button, &t!("history-undo-one", what = &text, time = when));
                if button.clicked() {
                    commands.send(Command::Undo(Some(change.id)));
                }
            }
            ui.label(RichText::new(when).small().color(colors.dim));
        });
    });
    let rect = row.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, colors.line));
}

fn look(change: &Change, colors: &Palette) -> (Icon, Color32) {
    let (icon, color) = match change.kind.as_str() {
        "release" => (Icon::Release, colors.ham),
        "ham" => (Icon::Check, colors.ham),
        "undo" => (Icon::Undo, colors.dim),
        "list" | "learn" | "train" => (Icon::Letters, colors.accent),
        "delete" => (Icon::Bin, colors.dim),
        "file" => (Icon::Shield, colors.accent),
        _ => (Icon::Barred, colors.spam),
    };
    if change.is_undone { (icon, colors.dim) } else { (icon, color) }
}
