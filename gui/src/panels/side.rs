//! The side bar: which list, the wells, light or dark.

use egui::{Align2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo};
use tamis_core::api::{Show, Status};

use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::{self, Icon},
    panels::drag,
    prefs::Look,
    theme::{self, Palette},
    view, widgets,
};

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Mail(Show),
    History,
    Accounts,
}

/// Draws the side bar.
pub(crate) fn side_ui(ui: &mut Ui, page: Page, snapshot: &Snapshot, look: Look, commands: &CommandSender) {
    let colors = Palette::of(ui);
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(26.0), Sense::hover());
        icons::paint_sieve(ui.painter(), rect, colors.accent);
        ui.heading("Tamis");
    });
    ui.add_space(12.0);
    let status = snapshot.status.as_deref();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (show, icon) in [(Show::Review, Icon::Tray), (Show::Junk, Icon::Barred), (Show::All, Icon::Letters)] {
            let number = status.filter(|_| show == Show::Review).map(|status| status.to_review);
            let row = nav_row(ui, icon, view::list_name(show), number, page == Page::Mail(show));
            if row.clicked() {
                commands.send(Command::Show(show));
            }
        }
        let row = nav_row(ui, Icon::Clock, "History", None, page == Page::History);
        if row.clicked() {
            commands.send(Command::ShowHistory);
        }
        let row = nav_row(ui, Icon::Person, "Accounts", None, page == Page::Accounts);
        if row.clicked() {
            commands.send(Command::ShowAccounts);
        }
    });
    let is_new = status.is_some_and(|status| status.accounts.is_empty());
    if matches!(page, Page::Mail(_)) && !is_new {
        ui.add_space(18.0);
        ui.small("Teach: drop messages here");
        drag::wells_ui(ui, commands);
    }
    ui.with_layout(egui::Layout::bottom_up(egui::Align::Min), |ui| {
        ui.add_space(4.0);
        look_ui(ui, look, commands);
        if let Some(status) = status {
            learned_ui(ui, status);
        }
    });
}

fn nav_row(ui: &mut Ui, icon: Icon, label: &str, number: Option<u32>, on: bool) -> Response {
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
    response
}

fn look_ui(ui: &mut Ui, look: Look, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (value, icon, label) in [
            (Look::System, Icon::Halves, "Colours as the system"),
            (Look::Light, Icon::Sun, "Light colours"),
            (Look::Dark, Icon::Moon, "Dark colours"),
        ] {
            if widgets::icon_toggle(ui, icon, label, look == value).clicked() {
                commands.send(Command::Look(value));
            }
        }
    });
}

fn learned_ui(ui: &mut Ui, status: &Status) {
    let colors = Palette::of(ui);
    let text = format!(
        "Learned from {} good and {} spam",
        view::grouped(status.trained_ham),
        view::grouped(status.trained_spam)
    );
    ui.label(egui::RichText::new(text).small().color(colors.dim));
    if 0 < status.archived {
        let text =
            format!("Archive: {}, {}", view::count(status.archived, "original"), view::size(status.archive_bytes));
        ui.label(egui::RichText::new(text).small().color(colors.dim));
    }
}
