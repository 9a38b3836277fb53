//! The way of mail: to an account's mailbox with how its domain stands, and of one message.

use egui::{Color32, Label, RichText, ScrollArea, Sense, Stroke, Ui, Vec2};
use jiff::tz::TimeZone;
use tamis_core::api::{Advice, AdviceState, MailServer, RouteReport, WayHop};

use crate::{
    client::{Routed, Snapshot},
    command::{Command, CommandSender},
    icons::Icon,
    panels::status,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// Draws the page. `account` is the one that is shown.
pub(crate) fn route_ui(ui: &mut Ui, snapshot: &Snapshot, account: &str, commands: &CommandSender) {
    ui.heading(t!("route-title"));
    ui.add(Label::new(t!("route-about")).wrap());
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    let accounts = snapshot.status.as_deref().map_or(&[][..], |status| &status.accounts);
    if 1 < accounts.len() {
        ui.horizontal_wrapped(|ui| {
            for one in accounts {
                let name = view::shown(&one.name);
                let button = ui.selectable_label(one.name == account, name.as_str());
                widgets::name(ui, &button, egui::Role::Button, &t!("route-of", account = &name));
                if button.clicked() && one.name != account {
                    commands.send(Command::ShowRoute(one.name.clone()));
                }
            }
        });
        ui.add_space(theme::GAP);
    }
    match &snapshot.route {
        Routed::Nothing => {}
        Routed::Loading => {
            ui.label(RichText::new(t!("route-asking")).color(Palette::of(ui).dim));
        }
        Routed::Failed(text) => {
            ui.add(Label::new(view::shown(text)).wrap());
        }
        Routed::Report(report) => {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(760.0);
                report_ui(ui, report, commands);
            });
        }
    }
}

fn report_ui(ui: &mut Ui, report: &RouteReport, commands: &CommandSender) {
    let colors = Palette::of(ui);
    if !report.why_not.is_empty() {
        ui.add(Label::new(view::shown(&report.why_not)).wrap());
        return;
    }
    step_ui(ui, colors.dim, false, |ui| {
        ui.label(RichText::new(t!("route-writer")).font(theme::strong(theme::BODY)));
        let words = t!("route-writer-asks", domain = view::shown(&report.domain));
        ui.label(RichText::new(words).small().color(colors.dim));
    });
    for server in &report.servers {
        let color = if server.is_backup { colors.unsure } else { colors.accent };
        step_ui(ui, color, false, |ui| server_ui(ui, server));
    }
    step_ui(ui, colors.ham, true, |ui| {
        ui.label(RichText::new(t!("route-mailbox")).font(theme::strong(theme::BODY)));
        ui.label(RichText::new(view::shown(&report.account)).small().color(colors.dim));
    });
    widgets::section(ui, &t!("route-domain"));
    for advice in &report.advice {
        advice_ui(ui, advice);
    }
    ui.add_space(theme::GAP);
    if widgets::icon_text_button(ui, Icon::Refresh, &t!("route-again"), Weight::Plain).clicked() {
        commands.send(Command::ShowRoute(report.account.clone()));
    }
    ui.add_space(16.0);
}

fn server_ui(ui: &mut Ui, server: &MailServer) {
    let colors = Palette::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(view::shown(&server.host)).font(theme::strong(theme::BODY)));
        ui.label(RichText::new(t!("route-order", number = u32::from(server.preference))).small().color(colors.dim));
        if server.is_backup {
            widgets::chip(ui, &t!("route-backup"), colors.unsure);
        }
    });
    if server.addresses.is_empty() {
        ui.label(RichText::new(t!("route-no-address")).small().color(colors.dim));
    }
    for one in &server.addresses {
        let address = view::shown(&one.address);
        let words = if one.name.is_empty() {
            address
        } else {
            t!("route-named", address = address, name = view::shown(&one.name))
        };
        ui.add(Label::new(RichText::new(words).small().color(colors.dim)).wrap());
    }
}

fn advice_ui(ui: &mut Ui, advice: &Advice) {
    let colors = Palette::of(ui);
    let (icon, color) = match advice.state {
        AdviceState::Good => (Icon::Check, colors.ham),
        AdviceState::Note => (Icon::File, colors.dim),
        AdviceState::Bad => (Icon::Warning, colors.spam),
        AdviceState::Unknown => (Icon::Clock, colors.unsure),
    };
    ui.horizontal_top(|ui| {
        let side = ui.spacing().interact_size.y;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
        icon.paint(ui.painter(), rect.shrink((side - theme::ICON) / 2.0), color);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.label(RichText::new(view::shown(&advice.topic)).font(theme::strong(theme::BODY)));
            ui.add(Label::new(view::shown(&advice.text)).wrap());
            ui.add_space(4.0);
        });
    });
}

/// Draws the way of a message, from the sender down to the mailbox.
pub(crate) fn way_ui(ui: &mut Ui, way: &[WayHop]) {
    let colors = Palette::of(ui);
    widgets::section(ui, &t!("route-way"));
    let zone = TimeZone::system();
    for hop in way {
        if hop.is_boundary {
            step_ui(ui, colors.accent, false, |ui| {
                let words = t!("route-boundary");
                ui.add(Label::new(RichText::new(words).small().color(colors.accent)).wrap());
            });
        }
        let color = if hop.is_believed { colors.ham } else { colors.dim };
        step_ui(ui, color, false, |ui| {
            let name = if hop.from.is_empty() { t!("route-somebody") } else { view::shown(&hop.from) };
            let words = RichText::new(name).font(theme::strong(theme::BODY));
            ui.add(Label::new(if hop.is_believed { words } else { words.color(colors.dim) }).wrap());
            ui.add(Label::new(RichText::new(hop_words(hop, &zone)).small().color(colors.dim)).wrap());
        });
    }
    let last = way.last().map(|hop| view::shown(&hop.by)).filter(|by| !by.is_empty());
    step_ui(ui, colors.ham, true, |ui| {
        ui.label(RichText::new(t!("route-mailbox")).font(theme::strong(theme::BODY)));
        if let Some(last) = last {
            ui.label(RichText::new(t!("route-at", host = last)).small().color(colors.dim));
        }
    });
}

/// Who it was and how it got on: `192.0.2.1, calling itself x · to mx.example.org, encrypted, 2 s later · 3 Oct 2026, 14:05`.
fn hop_words(hop: &WayHop, zone: &TimeZone) -> String {
    let mut who = Vec::new();
    if !hop.address.is_empty() {
        who.push(view::shown(&hop.address));
    }
    if !hop.helo.is_empty() {
        who.push(t!("route-calling-itself", name = view::shown(&hop.helo)));
    }
    let when = if hop.at == 0 { String::new() } else { view::arrived_in_full(hop.at, zone) };
    let parts = [who.join(", "), step_words(hop), when];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// To whom it went on and how: `to mx.example.org, encrypted, 2 s later`.
fn step_words(hop: &WayHop) -> String {
    let to = if hop.by.is_empty() { t!("route-on") } else { t!("route-to", host = view::shown(&hop.by)) };
    let sealed = hop.is_encrypted.map(|is| if is { t!("route-encrypted") } else { t!("route-not-encrypted") });
    let delay = hop.delay.map(|seconds| match seconds {
        ..0 => t!("route-slow-clock", span = span(seconds.saturating_neg())),
        0 => t!("route-at-once"),
        _ => t!("route-later", span = span(seconds)),
    });
    [Some(to), sealed, delay].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `2 s`, `5 min`, `3 h`, `2 days`.
fn span(seconds: i64) -> String {
    match seconds {
        ..120 => t!("route-seconds", count = seconds),
        120..7_200 => t!("route-minutes", count = seconds / 60),
        7_200..172_800 => t!("route-hours", count = seconds / 3_600),
        _ => t!("route-days", count = seconds / 86_400),
    }
}

/// A stop on a way: a dot on a line that leads on, unless it is the last.
fn step_ui(ui: &mut Ui, color: Color32, is_last: bool, add: impl FnOnce(&mut Ui)) {
    let line = Palette::of(ui).line;
    let spacing = ui.spacing().item_spacing;
    ui.spacing_mut().item_spacing.y = 0.0;
    let row = ui.horizontal_top(|ui| {
        ui.add_space(26.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = Vec2::new(spacing.x, 1.0);
            add(ui);
            ui.add_space(8.0);
        });
    });
    let rect = row.response.rect;
    let at = egui::pos2(rect.left() + 11.0, rect.top() + 9.0);
    if !is_last {
        ui.painter().vline(at.x, at.y..=rect.bottom() + 9.0, Stroke::new(1.5, line));
    }
    ui.painter().circle_filled(at, 5.0, color);
    ui.spacing_mut().item_spacing = spacing;
}
