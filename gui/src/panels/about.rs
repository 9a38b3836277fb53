//! What this program is, where it keeps what it knows, and whose work is in it, with the licences.

use egui::{Id, Label, RichText, Role, ScrollArea, Sense, TextEdit, Ui, Vec2, WidgetInfo};
use tamis_core::notices::{Notice, notices};

use crate::{
    command::{Command, CommandSender},
    icons,
    text::t,
    theme::{self, Palette},
    widgets,
};

/// How wide the list of parts is.
const LIST_WIDTH: f32 = 330.0;

/// Our own licence, as SPDX writes it.
const OWN_LICENCE: &str = env!("CARGO_PKG_LICENSE");

/// What is shown, and what the person has done on the page.
#[derive(Debug, Default)]
pub(crate) struct AboutState {
    /// The folder of all data.
    pub(crate) folder: String,
    search: String,
    /// The name of the part whose texts are shown.
    open: Option<&'static str>,
}

/// Draws the page.
pub(crate) fn about_ui(ui: &mut Ui, state: &mut AboutState, commands: &CommandSender) {
    let colors = Palette::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(26.0), Sense::hover());
        icons::paint_sieve(ui.painter(), rect, colors.accent);
        ui.heading(t!("about-title", version = env!("CARGO_PKG_VERSION")));
    });
    ui.add(Label::new(t!("about-what")).wrap());
    let mut dim = |text: String| ui.add(Label::new(RichText::new(text).color(colors.dim)).wrap());
    dim(t!("about-licence", licence = OWN_LICENCE));
    if !state.folder.is_empty() {
        dim(t!("about-folder", path = &state.folder));
    }
    ui.add_space(theme::GAP);
    widgets::section(ui, &t!("about-others"));
    ui.horizontal(|ui| {
        let hint = t!("about-search");
        let field = TextEdit::singleline(&mut state.search).id(Id::unique("search-notices")).hint_text(&hint);
        let field = ui.add(field.char_limit(100).desired_width(LIST_WIDTH - 20.0));
        widgets::name(ui, &field, Role::SearchInput, &hint);
        let found = notices().search(&state.search).count();
        ui.label(RichText::new(t!("about-found", count = found)).small().color(colors.dim));
    });
    ui.add_space(4.0);
    ui.horizontal_top(|ui| {
        let height = ui.available_height();
        ui.allocate_ui(Vec2::new(LIST_WIDTH, height), |ui| parts_ui(ui, state));
        ui.add_space(theme::GAP);
        ui.vertical(|ui| texts_ui(ui, state, commands));
    });
}

/// All parts that are sought, of which the visible ones are drawn.
fn parts_ui(ui: &mut Ui, state: &mut AboutState) {
    let found: Vec<&'static Notice> = notices().search(&state.search).collect();
    if found.is_empty() {
        ui.label(t!("about-none"));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("parts").auto_shrink(false);
    area.show_rows(ui, theme::NAV_HEIGHT, found.len(), |ui, rows| {
        for notice in found.iter().skip(rows.start).take(rows.len()) {
            part_ui(ui, notice, &mut state.open);
        }
    });
}

fn part_ui(ui: &mut Ui, notice: &'static Notice, open: &mut Option<&'static str>) {
    let colors = Palette::of(ui);
    let is_open = *open == Some(notice.name.as_str());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), theme::NAV_HEIGHT), Sense::click());
    if is_open || response.hovered() || response.has_focus() {
        let fill = if is_open { colors.chosen } else { colors.hover };
        ui.painter().rect_filled(rect, theme::ROUND, fill);
    }
    let cut = |text: &str, color, width: f32| {
        widgets::cut_line(ui, text.to_owned(), theme::plain(theme::SMALL), color, width)
    };
    let licence = cut(&notice.licence, colors.dim, rect.width() * 0.45);
    let name = cut(&notice.name, colors.text, rect.width() - licence.size().x - 26.0);
    let middle = |height: f32| rect.center().y - height / 2.0;
    ui.painter().galley(egui::pos2(rect.left() + 8.0, middle(name.size().y)), name, colors.text);
    let right = rect.right() - 10.0 - licence.size().x;
    ui.painter().galley(egui::pos2(right, middle(licence.size().y)), licence, colors.dim);
    let label = format!("{}, {}", notice.name, notice.licence);
    response.widget_info(move || WidgetInfo::selected(Role::ListBoxOption, true, is_open, label.clone()));
    if response.clicked() {
        *open = Some(&notice.name);
    }
}

/// The texts of the part that was chosen.
fn texts_ui(ui: &mut Ui, state: &AboutState, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let Some(notice) = notices().all.iter().find(|one| state.open == Some(one.name.as_str())) else {
        ui.label(RichText::new(t!("about-choose")).color(colors.dim));
        return;
    };
    ui.label(RichText::new(&notice.name).font(theme::strong(theme::BODY)));
    ui.label(&notice.licence);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&notice.url).small().color(colors.dim));
        if ui.button(RichText::new(t!("about-copy")).small()).clicked() {
            commands.send(Command::Copy(notice.url.clone()));
        }
    });
    if !notice.authors.is_empty() {
        ui.label(&notice.authors);
    }
    ui.add_space(4.0);
    // Each part begins at its top.
    ScrollArea::vertical().id_salt(&notice.name).auto_shrink(false).show(ui, |ui| {
        for (number, text) in notices().texts_of(notice).enumerate() {
            if 0 < number {
                ui.separator();
            }
            ui.add(Label::new(RichText::new(text).font(theme::plain(theme::SMALL))).wrap().selectable(true));
        }
    });
}
