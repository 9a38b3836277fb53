//! The side bar: which list, the wells, light or dark.

use egui::{
    Align, Align2, Frame, Layout, Panel, Rect, Response, RichText, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo,
};
use tamis_core::api::{Show, Status};

use crate::{
    client::Snapshot,
    command::{Command, CommandSender, Zoom},
    icons::{self, Icon},
    keys,
    panels::drag,
    prefs::{Look, Prefs},
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Mail(Show),
    History,
    Lists,
    Route,
    Accounts,
    People,
    Statistics,
    Learning,
    Settings,
    About,
}

/// Draws the side bar.
pub(crate) fn side_ui(ui: &mut Ui, page: Page, snapshot: &Snapshot, prefs: Prefs, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let status = snapshot.status.as_deref();
    Panel::bottom("side-foot").frame(Frame::new()).show_separator_line(false).resizable(false).show(ui, |ui| {
        if let Some(status) = status.filter(|_| theme::LOW < ui.ctx().content_rect().height()) {
            learned_ui(ui, status);
        }
        look_ui(ui, prefs, commands);
    });
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(26.0), Sense::hover());
        icons::paint_sieve(ui.painter(), rect, colors.accent);
        ui.heading("Tamis");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, Icon::Search, &t!("side-palette")).clicked() {
                commands.send(Command::OpenPalette);
            }
        });
    });
    ui.add_space(6.0);
    let is_new = status.is_some_and(|status| status.accounts.is_empty());
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.scope(|ui| pages_ui(ui, page, status, commands));
        if matches!(page, Page::Mail(_)) && !is_new {
            ui.add_space(10.0);
            ui.small(t!("side-teach"));
            drag::wells_ui(ui, snapshot, commands);
        }
    });
}

/// The pages, in the order of their keys.
fn pages_ui(ui: &mut Ui, page: Page, status: Option<&Status>, commands: &CommandSender) {
    ui.spacing_mut().item_spacing.y = 1.0;
    for (show, icon) in [(Show::Review, Icon::Tray), (Show::Junk, Icon::Barred), (Show::All, Icon::Letters)] {
        let number = status.filter(|_| show == Show::Review).map(|status| status.to_review);
        let command = Command::Show(show);
        if nav_row(ui, icon, &view::list_name(show), number, (page == Page::Mail(show), &command)).clicked() {
            commands.send(command);
        }
    }
    for (of, icon, label, command) in [
        (Page::History, Icon::Clock, t!("side-history"), Command::ShowHistory),
        (Page::People, Icon::Person, t!("people-title"), Command::ShowPeople),
        (Page::Lists, Icon::Shield, t!("side-lists"), Command::ShowLists),
        (Page::Learning, Icon::Book, t!("learning-title"), Command::ShowLearning),
        (Page::Statistics, Icon::Bars, t!("statistics-title"), Command::ShowStatistics),
        (Page::Accounts, Icon::At, t!("side-accounts"), Command::ShowAccounts),
        (Page::Route, Icon::Way, t!("side-route"), Command::ShowRoute(String::new())),
        (Page::Settings, Icon::Wheel, t!("settings-title"), Command::ShowSettings),
    ] {
        if nav_row(ui, icon, &label, None, (of == page, &command)).clicked() {
            commands.send(command);
        }
    }
}

/// One page: whether it is open, and what opens it.
fn nav_row(ui: &mut Ui, icon: Icon, label: &str, number: Option<u32>, (on, command): (bool, &Command)) -> Response {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), theme::NAV_HEIGHT), Sense::click());
    if on || response.hovered() || response.has_focus() {
        let fill = if on { colors.chosen } else { colors.hover };
        ui.painter().rect_filled(rect, theme::ROUND, fill);
    }
    let color = if on { colors.accent } else { colors.dim };
    let icon_at = rect.left_center() + Vec2::new(19.0, 0.0);
    icon.paint(ui.painter(), Rect::from_center_size(icon_at, Vec2::splat(theme::ICON)), color);
    let font = if on { theme::strong(theme::BODY) } else { theme::plain(theme::BODY) };
    let text_at = rect.left_center() + Vec2::new(36.0, 0.0);
    ui.painter().text(text_at, Align2::LEFT_CENTER, label, font, colors.text);
    let number = number.filter(|&number| 0 < number);
    if let Some(number) = number {
        let at = rect.right_center() - Vec2::new(12.0, 0.0);
        let font = theme::strong(theme::SMALL);
        ui.painter().text(at, Align2::RIGHT_CENTER, view::grouped(number), font, colors.accent);
    }
    let name = number.map_or(label.to_owned(), |number| format!("{label}, {number}"));
    response.widget_info(move || WidgetInfo::selected(Role::Tab, true, on, name.clone()));
    match keys::of(command) {
        Some(keys) => response.on_hover_text(keys),
        None => response,
    }
}

/// Colours and size.
fn look_ui(ui: &mut Ui, prefs: Prefs, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        ui.spacing_mut().interact_size.y = 26.0;
        for (value, icon, label) in [
            (Look::System, Icon::Halves, t!("side-look-system")),
            (Look::Light, Icon::Sun, t!("side-look-light")),
            (Look::Dark, Icon::Moon, t!("side-look-dark")),
        ] {
            if widgets::icon_toggle(ui, icon, &label, prefs.look == value).clicked() {
                commands.send(Command::Look(value));
            }
        }
        let is_strong = prefs.has_contrast;
        let label = if is_strong { t!("side-contrast-usual") } else { t!("side-contrast-more") };
        if widgets::icon_toggle(ui, Icon::Contrast, &label, is_strong).clicked() {
            commands.send(Command::Contrast(!is_strong));
        }
        ui.add_space(6.0);
        for (icon, label, zoom) in
            [(Icon::Minus, t!("key-smaller"), Zoom::Smaller), (Icon::Plus, t!("key-larger"), Zoom::Larger)]
        {
            if widgets::icon_button(ui, icon, &label).clicked() {
                commands.send(Command::Zoom(zoom));
            }
        }
    });
    let percent = prefs.scale.percent();
    if percent != 100 {
        let text = t!("side-scale", percent = u32::from(percent));
        ui.label(RichText::new(text).small().color(Palette::of(ui).dim));
    }
}

fn learned_ui(ui: &mut Ui, status: &Status) {
    let colors = Palette::of(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    let text = t!("side-learned", ham = status.trained_ham, spam = status.trained_spam);
    ui.label(RichText::new(text).small().color(colors.dim));
    if 0 < status.archived {
        let text = t!("side-archive", count = status.archived, size = view::size(status.archive_bytes));
        ui.label(RichText::new(text).small().color(colors.dim));
    }
}
