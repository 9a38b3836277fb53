//! Accounts, networks and findings, in columns.

use egui::{Align, ComboBox, Label, Layout, RichText, Role, Ui, vec2};
use tamis_core::api::{RelayCount, Statistics};

use super::LEAST;
use crate::{
    text::{self, t},
    theme::{self, Palette},
    view, widgets,
};

/// A column of numbers.
const NUMBER_WIDTH: f32 = 104.0;

/// Draws every table.
pub(super) fn tables_ui(ui: &mut Ui, statistics: &Statistics, least: &mut u32) {
    if 1 < statistics.accounts.len() {
        ui.add_space(theme::GAP);
        widgets::section(ui, &t!("statistics-accounts"));
        let heads = [
            t!("statistics-judged"),
            t!("statistics-spam"),
            t!("statistics-unsure"),
            t!("statistics-filed"),
            t!("statistics-put-back-short"),
            t!("statistics-missed-short"),
        ];
        let rows = statistics.accounts.iter().map(|account| {
            let of = &account.of;
            let numbers = [of.judged, of.spam, of.unsure, of.filed, of.put_back, of.missed];
            (view::shown(&account.name), numbers.to_vec())
        });
        table_ui(ui, (&t!("statistics-account"), &heads), rows.collect());
    }
    relays_ui(ui, statistics, least);
    findings_ui(ui, statistics);
}

fn relays_ui(ui: &mut Ui, statistics: &Statistics, least: &mut u32) {
    let dim = Palette::of(ui).dim;
    for (title, relays, is_first) in [
        (t!("statistics-good-relays"), &statistics.good_relays, true),
        (t!("statistics-bad-relays"), &statistics.bad_relays, false),
    ] {
        ui.add_space(theme::GAP);
        ui.horizontal(|ui| {
            ui.label(RichText::new(&title).font(theme::strong(theme::BODY)));
            if is_first {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| least_ui(ui, least));
            }
        });
        ui.label(RichText::new(t!("statistics-relays-about")).small().color(dim));
        if relays.is_empty() {
            ui.label(RichText::new(t!("statistics-no-relays")).color(dim));
            continue;
        }
        let heads = [t!("statistics-column-messages"), t!("statistics-spam"), t!("statistics-ham")];
        let row = |relay: &RelayCount| (view::shown(&relay.network), vec![relay.messages, relay.spam, relay.ham]);
        table_ui(ui, (&t!("statistics-column-network"), &heads), relays.iter().take(10).map(row).collect());
    }
}

fn least_ui(ui: &mut Ui, least: &mut u32) {
    let words = |count: u32| t!("statistics-least", count = count);
    let chosen = ComboBox::from_id_salt("least").selected_text(words(*least)).width(190.0).show_ui(ui, |ui| {
        for count in LEAST {
            ui.selectable_value(least, count, words(count));
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, &words(*least));
}

fn findings_ui(ui: &mut Ui, statistics: &Statistics) {
    if statistics.findings.is_empty() {
        return;
    }
    ui.add_space(theme::GAP);
    widgets::section(ui, &t!("statistics-findings"));
    let about = t!("statistics-findings-about", count = statistics.findings_of);
    ui.label(RichText::new(about).small().color(Palette::of(ui).dim));
    let heads = [t!("statistics-column-messages"), t!("statistics-spam"), t!("statistics-ham")];
    let rows = statistics.findings.iter().take(20).map(|found| {
        let about = if found.about.is_empty() { &found.symbol } else { &found.about };
        (view::shown(about), vec![found.ham.saturating_add(found.spam), found.spam, found.ham])
    });
    table_ui(ui, (&t!("statistics-column-finding"), &heads), rows.collect());
}

/// What each row is of on the left, and its numbers below their heads.
fn table_ui(ui: &mut Ui, (of, heads): (&str, &[String]), rows: Vec<(String, Vec<u32>)>) {
    let colors = Palette::of(ui);
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let small = |text: &str| RichText::new(text).small().color(colors.dim);
        row_ui(ui, small(of), heads.iter().map(|head| small(head)).collect());
        for (name, numbers) in rows {
            let numbers = numbers.into_iter().map(|number| RichText::new(text::grouped(number))).collect();
            row_ui(ui, RichText::new(name), numbers);
        }
    });
}

fn row_ui(ui: &mut Ui, name: RichText, cells: Vec<RichText>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let width = (ui.available_width()
            - NUMBER_WIDTH * widgets::px(f64::from(u8::try_from(cells.len()).unwrap_or(u8::MAX))))
        .max(60.0);
        ui.allocate_ui_with_layout(vec2(width, 20.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(width);
            ui.add(Label::new(name).truncate());
        });
        for cell in cells {
            ui.allocate_ui_with_layout(vec2(NUMBER_WIDTH, 20.0), Layout::right_to_left(Align::Center), |ui| {
                ui.set_width(NUMBER_WIDTH);
                ui.add(Label::new(cell).wrap());
            });
        }
    });
}
