//! Why a message was judged as it was: every reason in words, with its weight as a bar.

use egui::{Align2, Color32, FontId, Label, Layout, Rect, RichText, Sense, Ui, Vec2};
use tamis_core::api::{MailDetail, Reason};

use crate::{
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// Reasons shown before the person asks for the rest.
const FEW: usize = 5;
/// Words shown at most: the strongest ones.
const WORDS: usize = 18;
/// The column of bars.
const BAR_WIDTH: f32 = 76.0;
/// The column of points.
const POINTS_WIDTH: f32 = 38.0;

/// Draws the verdict with its reason in one sentence, on its scale, and what would change it.
pub(crate) fn verdict_ui(ui: &mut Ui, mail: &MailDetail) {
    let colors = Palette::of(ui);
    let color = colors.class(&mail.row.class);
    widgets::card(ui, |ui| {
        ui.horizontal(|ui| {
            let words = view::class_words(&mail.row.class);
            ui.label(RichText::new(words).font(theme::strong(16.0)).color(color));
            ui.label(RichText::new(t!("message-points", points = view::points(mail.row.score))).color(colors.text));
            if let Some(share) = mail.row.probability {
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.label(RichText::new(t!("message-learner", share = view::percent(share))).color(colors.dim));
                });
            }
        });
        if !mail.row.reason.is_empty() {
            ui.add_space(2.0);
            ui.add(Label::new(RichText::new(view::shown(&mail.row.reason)).font(theme::strong(15.0))).wrap());
            ui.add_space(2.0);
        }
        scale_ui(ui, mail);
        ui.label(RichText::new(view::what_would_change(mail)).color(colors.dim));
    });
}

/// The score on a line with both thresholds.
fn scale_ui(ui: &mut Ui, mail: &MailDetail) {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 36.0), Sense::hover());
    let score = widgets::px(mail.row.score);
    let (tag, junk) = (widgets::px(mail.tag_threshold), widgets::px(mail.junk_threshold));
    let low = score.min(0.0).min(tag - 2.0) - 1.0;
    let high = score.max(junk * 2.0).max(junk + 2.0);
    let at = |value: f32| egui::lerp(rect.left()..=rect.right(), ((value - low) / (high - low)).clamp(0.0, 1.0));
    let line =
        |from: f32, to: f32| Rect::from_min_max(egui::pos2(from, rect.top() + 8.0), egui::pos2(to, rect.top() + 14.0));
    for (from, to, color) in [(low, tag, colors.ham), (tag, junk, colors.unsure), (junk, high, colors.spam)] {
        ui.painter().rect_filled(line(at(from) + 1.0, at(to) - 1.0), 3, theme::rim(color));
    }
    let (doubtful, spam) =
        (t!("message-doubtful-from", points = number(tag)), t!("message-spam-from", points = number(junk)));
    for (value, text, is_first) in [(tag, doubtful, true), (junk, spam, false)] {
        let text = widgets::cut_line(ui, text, theme::plain(11.0), colors.dim, 110.0);
        let left = (at(value) + 2.0).min(rect.right() - text.size().x);
        // The two words must not run into each other when the thresholds are close.
        let left = if is_first { left.min(at(junk) - text.size().x - 6.0).max(rect.left()) } else { left };
        ui.painter().galley(egui::pos2(left, rect.top() + 19.0), text, colors.dim);
    }
    let center = egui::pos2(at(score), rect.top() + 11.0);
    ui.painter().circle(center, 7.0, colors.class(&mail.row.class), egui::Stroke::new(2.5, colors.card));
    let name = t!(
        "message-scale",
        score = view::points(mail.row.score),
        tag = view::points(mail.tag_threshold),
        junk = view::points(mail.junk_threshold)
    );
    widgets::name(ui, &response, egui::Role::ProgressIndicator, &name);
}

/// A threshold as it stands under the scale.
fn number(value: f32) -> String {
    view::points(f64::from(value))
}

/// Draws every reason.
pub(crate) fn reasons_ui(ui: &mut Ui, mail: &MailDetail, show_all: &mut bool) {
    let colors = Palette::of(ui);
    widgets::section(ui, &t!("message-why"));
    if mail.reasons.is_empty() {
        ui.label(RichText::new(t!("message-no-reasons")).color(colors.dim));
        return;
    }
    let most = mail.reasons.iter().map(|reason| reason.score.abs()).fold(0.1, f64::max);
    let few = if *show_all { mail.reasons.len() } else { FEW };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 9.0;
        legend_ui(ui);
        for reason in mail.reasons.iter().take(few) {
            reason_ui(ui, reason, most);
        }
    });
    let words = match (*show_all, mail.reasons.len()) {
        (_, all) if all <= FEW => return,
        (true, _) => t!("message-fewer-reasons"),
        (false, all) => t!("message-all-reasons", count = all),
    };
    if ui.link(words).clicked() {
        *show_all = !*show_all;
    }
}

/// Which side of the bars is which.
fn legend_ui(ui: &mut Ui) {
    let colors = Palette::of(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(BAR_WIDTH, 12.0), Sense::hover());
    let font = theme::plain(11.0);
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, t!("message-bar-good"), font.clone(), colors.ham);
    ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, t!("message-bar-spam"), font, colors.spam);
}

fn reason_ui(ui: &mut Ui, reason: &Reason, most: f64) {
    let colors = Palette::of(ui);
    let color = if 0.0 < reason.score {
        colors.spam
    } else if reason.score < 0.0 {
        colors.ham
    } else {
        colors.dim
    };
    ui.horizontal_top(|ui| {
        let (bar, response) = ui.allocate_exact_size(Vec2::new(BAR_WIDTH, 18.0), Sense::hover());
        paint_bar(ui, bar, widgets::px(reason.score / most), color);
        let points = view::signed_points(reason.score);
        let about = view::shown(view::about(reason));
        widgets::name(
            ui,
            &response,
            egui::Role::ProgressIndicator,
            &t!("message-reason", points = points.as_str(), about = about.as_str()),
        );
        let (rect, _) = ui.allocate_exact_size(Vec2::new(POINTS_WIDTH, 18.0), Sense::hover());
        let at = rect.right_center();
        ui.painter().text(at, Align2::RIGHT_CENTER, points, theme::strong(theme::SMALL), color);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(about).wrap()).on_hover_text(view::shown(&reason.symbol));
            let why = view::shown(&reason.why);
            if !why.is_empty() {
                ui.add(Label::new(RichText::new(why).small().color(colors.dim)).wrap());
            }
        });
    });
}

/// A bar from the middle: to the right against the message, to the left for it.
fn paint_bar(ui: &Ui, rect: Rect, share: f32, color: Color32) {
    let rect = Rect::from_center_size(rect.center(), Vec2::new(rect.width(), 9.0));
    let middle = rect.center().x;
    ui.painter().rect_filled(rect, 3, theme::tint(Palette::of(ui).dim));
    let end = middle + share.clamp(-1.0, 1.0) * rect.width() / 2.0;
    let bar = Rect::from_min_max(egui::pos2(middle.min(end), rect.top()), egui::pos2(middle.max(end), rect.bottom()));
    ui.painter().rect_filled(bar, 3, color);
    ui.painter().vline(middle, rect.expand(2.0).y_range(), egui::Stroke::new(1.0, Palette::of(ui).dim));
}

/// Draws what the learner made of the words.
pub(crate) fn words_ui(ui: &mut Ui, mail: &MailDetail) {
    if mail.clues.is_empty() {
        return;
    }
    let colors = Palette::of(ui);
    widgets::section(ui, &t!("message-words"));
    let mut clues: Vec<&(String, f64)> = mail.clues.iter().collect();
    clues.sort_by(|a, b| (b.1 - 0.5).abs().total_cmp(&(a.1 - 0.5).abs()));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(6.0);
        ui.spacing_mut().interact_size.y = theme::CHIP_HEIGHT;
        ui.horizontal_wrapped(|ui| {
            for (word, share) in clues.into_iter().take(WORDS) {
                let color = if 0.5 <= *share { colors.spam } else { colors.ham };
                chip(ui, &view::shown(word), &view::percent(*share), color);
            }
        });
    });
}

/// A word with its share. Laid out as one piece, so that a line never breaks inside.
fn chip(ui: &mut Ui, word: &str, share: &str, color: Color32) {
    let line = |ui: &Ui, text: &str, font: FontId| widgets::cut_line(ui, text.to_owned(), font, color, 220.0);
    let word_line = line(ui, word, theme::plain(theme::SMALL));
    let share_line = line(ui, share, theme::strong(theme::SMALL));
    let size = Vec2::new(word_line.size().x + share_line.size().x + 22.0, theme::CHIP_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, 6, theme::tint(color));
    let y = rect.center().y - word_line.size().y / 2.0;
    let next = rect.left() + 8.0 + word_line.size().x + 6.0;
    ui.painter().galley(egui::pos2(rect.left() + 8.0, y), word_line, color);
    ui.painter().galley(egui::pos2(next, y), share_line, color);
    widgets::name(ui, &response, egui::Role::Label, &t!("message-word", word = word, share = share));
}

/// Draws what others were asked about the message, folded up: few people want to know.
pub(crate) fn asked_ui(ui: &mut Ui, mail: &MailDetail, is_open: &mut bool) {
    if mail.asked.is_empty() {
        return;
    }
    let colors = Palette::of(ui);
    widgets::section(ui, &t!("message-asked"));
    let slowest = mail.asked.iter().map(|asked| asked.millis).max().unwrap_or_default();
    let words = match (mail.asked.len(), *is_open) {
        (_, true) => t!("message-hide-questions"),
        (all, false) => t!("message-show-questions", count = all, millis = slowest),
    };
    if ui.link(words).clicked() {
        *is_open = !*is_open;
    }
    if !*is_open {
        return;
    }
    for asked in &mail.asked {
        ui.add(Label::new(RichText::new(view::shown(&asked.question)).color(colors.text)).wrap());
        let answer = t!("message-asked-answer", answer = view::shown(&asked.answer), millis = asked.millis);
        ui.add(Label::new(RichText::new(answer).small().color(colors.dim)).wrap());
    }
}
