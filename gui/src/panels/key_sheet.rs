//! The sheet of all keys, drawn from the table that is listened to.

use egui::{Align2, Context, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo};

use crate::{
    command::{Command, CommandSender},
    icons::Icon,
    keys::{self, Deed, Group},
    text::t,
    theme::{self, Palette},
    widgets,
};

/// The width of one of the two columns.
const COLUMN: f32 = 330.0;

/// Draws it over the window.
pub(crate) fn keys_ui(ctx: &Context, commands: &CommandSender) {
    let modal = widgets::dialog(ctx, "keys").show(ctx, |ui| {
        ui.horizontal(|ui| {
            ui.heading(t!("keys-title"));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::icon_button(ui, Icon::Cross, &t!("shell-close")).clicked() {
                    commands.send(Command::CloseDialog);
                }
            });
        });
        ui.set_width(2.0 * COLUMN + 60.0);
        let room = ctx.content_rect().height() - 120.0;
        ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let [first, second, rest @ ..] = Group::ALL;
                column_ui(ui, &[first, second]);
                ui.add_space(20.0);
                column_ui(ui, &rest);
            });
        });
    });
    let is_asked_again = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Questionmark));
    if is_asked_again || modal.should_close() {
        commands.send(Command::CloseDialog);
    }
}

fn column_ui(ui: &mut Ui, groups: &[Group]) {
    ui.vertical(|ui| {
        ui.set_width(COLUMN);
        ui.spacing_mut().item_spacing.y = 0.0;
        for &group in groups {
            widgets::section(ui, &group.title());
            ui.add_space(4.0);
            for deed in keys::TABLE.iter().filter(|deed| deed.group == group && !deed.keys.is_empty()) {
                deed_ui(ui, deed);
            }
        }
    });
}

/// What is done on the left, the keys that do it on the right.
fn deed_ui(ui: &mut Ui, deed: &Deed) {
    let colors = Palette::of(ui);
    let words = (deed.words)();
    let names: Vec<String> = deed.keys.iter().copied().map(keys::in_words).collect();
    let (rect, response) = ui.allocate_exact_size(Vec2::new(COLUMN, theme::KEY_HEIGHT), Sense::hover());
    let mut right = rect.right();
    for name in names.iter().rev() {
        let text = widgets::cut_line(ui, name.clone(), theme::plain(theme::SMALL), colors.text, COLUMN / 2.0);
        let size = Vec2::new((text.size().x + 12.0).max(theme::KEY_HEIGHT - 4.0), theme::KEY_HEIGHT - 4.0);
        let cap = egui::Rect::from_min_size(egui::pos2(right - size.x, rect.center().y - size.y / 2.0), size);
        let edge = egui::Stroke::new(1.0, colors.line);
        ui.painter().rect(cap, 5, colors.card, edge, egui::StrokeKind::Inside);
        ui.painter().galley(cap.center() - text.size() / 2.0, text, colors.text);
        right = cap.left() - 5.0;
    }
    let room = right - rect.left() - 8.0;
    let line = widgets::cut_line(ui, words.clone(), theme::plain(theme::BODY), colors.text, room);
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), line.size()).min;
    ui.painter().galley(at, line, colors.text);
    let name = format!("{words}: {}", names.join(", "));
    response.widget_info(move || WidgetInfo::labeled(Role::Label, true, name.clone()));
}
