//! What proves the sender: four badges, each with a sentence.

use egui::{Color32, Label, Rect, RichText, Sense, Ui, Vec2};
use tamis_core::api::{AuthBadge, AuthMethod, AuthState};

use crate::{
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// The column of names.
const NAME_WIDTH: f32 = 76.0;

/// Draws the badges.
pub(crate) fn badges_ui(ui: &mut Ui, badges: &[AuthBadge]) {
    if badges.is_empty() {
        return;
    }
    widgets::section(ui, &t!("message-badges"));
    for badge in badges {
        badge_ui(ui, badge);
    }
}

fn badge_ui(ui: &mut Ui, badge: &AuthBadge) {
    let colors = Palette::of(ui);
    let (icon, color) = match badge.state {
        AuthState::Pass => (Icon::Check, colors.ham),
        AuthState::Fail => (Icon::Cross, colors.spam),
        AuthState::None => (Icon::Shield, colors.dim),
        AuthState::Unknown => (Icon::Clock, colors.dim),
    };
    let name = match badge.method {
        AuthMethod::Spf => "SPF",
        AuthMethod::Dkim => "DKIM",
        AuthMethod::Dmarc => "DMARC",
        AuthMethod::Arc => "ARC",
    };
    let sentence = sentence(badge);
    let row = ui.horizontal_top(|ui| {
        chip(ui, icon, name, color);
        ui.add_space(2.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add_space(2.0);
            ui.add(Label::new(RichText::new(&sentence).color(colors.text)).wrap());
        });
    });
    if !badge.detail.is_empty() {
        let who = if badge.is_of_provider { t!("message-badge-provider") } else { t!("message-badge-own") };
        row.response.on_hover_text(format!("{who}\n{}", view::shown(&badge.detail)));
    }
}

fn chip(ui: &mut Ui, icon: Icon, name: &str, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(NAME_WIDTH, theme::CHIP_HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, 6, theme::tint(color));
    let at = rect.left_center() + Vec2::new(13.0, 0.0);
    icon.paint(ui.painter(), Rect::from_center_size(at, Vec2::splat(12.0)), color);
    let at = rect.left_center() + Vec2::new(24.0, 0.0);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, name, theme::strong(theme::SMALL), color);
}

fn sentence(badge: &AuthBadge) -> String {
    let domain = view::shown(&badge.domain);
    let domain = if domain.is_empty() { t!("message-badge-domain") } else { domain };
    match (badge.method, badge.state) {
        (AuthMethod::Spf, AuthState::Pass) => t!("message-spf-pass", domain = domain),
        (AuthMethod::Spf, AuthState::Fail) => t!("message-spf-fail", domain = domain),
        (AuthMethod::Spf, AuthState::None) => t!("message-spf-none"),
        (AuthMethod::Spf, AuthState::Unknown) => t!("message-spf-unknown"),
        (AuthMethod::Dkim, AuthState::Pass) => t!("message-dkim-pass", domain = domain),
        (AuthMethod::Dkim, AuthState::Fail) => t!("message-dkim-fail", domain = domain),
        (AuthMethod::Dkim, AuthState::None) => t!("message-dkim-none"),
        (AuthMethod::Dkim, AuthState::Unknown) => t!("message-dkim-unknown"),
        (AuthMethod::Dmarc, AuthState::Pass) => t!("message-dmarc-pass", domain = domain),
        (AuthMethod::Dmarc, AuthState::Fail) => t!("message-dmarc-fail", domain = domain),
        (AuthMethod::Dmarc, AuthState::None) => t!("message-dmarc-none"),
        (AuthMethod::Dmarc, AuthState::Unknown) => t!("message-dmarc-unknown"),
        (AuthMethod::Arc, AuthState::Pass) => t!("message-arc-pass"),
        (AuthMethod::Arc, AuthState::Fail) => t!("message-arc-fail"),
        (AuthMethod::Arc, AuthState::None) => t!("message-arc-none"),
        (AuthMethod::Arc, AuthState::Unknown) => t!("message-arc-unknown"),
    }
}
