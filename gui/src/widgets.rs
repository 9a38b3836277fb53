//! Small parts that several panels draw.

use std::sync::Arc;

use egui::{
    Align2, Atom, AtomExt as _, Button, Color32, Context, FontId, Frame, Galley, Id, IdSalt, Label, Margin, Modal,
    Panel, Rect, Response, RichText, Role, Sense, Stroke, Ui, Vec2, WidgetInfo,
    text::{LayoutJob, TextFormat, TextWrapping},
};

use crate::{
    icons::Icon,
    theme::{self, Palette},
};

/// A whole number or a fraction as a length on the screen.
#[expect(clippy::cast_possible_truncation, reason = "a length on the screen needs no more than 24 bits")]
pub(crate) const fn px(value: f64) -> f32 {
    value as f32
}

/// One line, cut off with an ellipsis where it reaches `width`.
pub(crate) fn cut_line(ui: &Ui, text: String, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text, TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(width.max(8.0));
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The usual.
    Plain,
    /// What most people want here.
    Main,
}

/// A box to tick.
pub(crate) fn tick_box(ui: &mut Ui, is_on: &mut bool, text: String) -> Response {
    with_edge(ui, |ui| ui.checkbox(is_on, text))
}

/// One of several of which one is chosen.
pub(crate) fn choice<T: PartialEq>(ui: &mut Ui, chosen: &mut T, this: T, text: String) -> Response {
    with_edge(ui, |ui| ui.radio_value(chosen, this, text))
}

/// Draws what has nothing but its edge to be seen by: that must stand out three to one (WCAG 2.2, 1.4.11).
fn with_edge(ui: &mut Ui, draw: impl FnOnce(&mut Ui) -> Response) -> Response {
    let color = Palette::of(ui).dim;
    let drawn = ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.bg_stroke.color = color;
        draw(ui)
    });
    drawn.inner
}

/// A button with a drawing before its words.
pub(crate) fn icon_text_button(ui: &mut Ui, icon: Icon, text: &str, weight: Weight) -> Response {
    let colors = Palette::of(ui);
    let id = IdSalt::new("icon");
    let words = match weight {
        Weight::Plain => RichText::new(text),
        Weight::Main => RichText::new(text).font(theme::strong(theme::BODY)).color(colors.on_accent),
    };
    let mut button = Button::new((Atom::custom(id, Vec2::splat(theme::ICON)), words.atom_grow(false)));
    if weight == Weight::Main {
        button = button.fill(colors.accent).stroke(Stroke::NONE);
    }
    let drawn = button.atom_ui(ui);
    if let Some(rect) = drawn.rect(id) {
        let color = match weight {
            Weight::Main => colors.on_accent,
            Weight::Plain => ui.style().interact(&drawn.response).fg_stroke.color,
        };
        let color = if ui.is_enabled() { color } else { ui.visuals().disable(color) };
        icon.paint(ui.painter(), rect, color);
    }
    name(ui, &drawn.response, Role::Button, text);
    drawn.response
}

/// A button that is only a drawing; its name is told to screen readers and to whoever rests the pointer on it.
pub(crate) fn icon_button(ui: &mut Ui, icon: Icon, label: &str) -> Response {
    icon_toggle(ui, icon, label, false)
}

/// The same, one of several of which one is on.
pub(crate) fn icon_toggle(ui: &mut Ui, icon: Icon, label: &str, on: bool) -> Response {
    let side = ui.spacing().interact_size.y;
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    let colors = Palette::of(ui);
    let face = ui.style().interact(&response);
    if on {
        ui.painter().rect_filled(rect, theme::ROUND, colors.chosen);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect(rect, theme::ROUND, face.weak_bg_fill, face.bg_stroke, egui::StrokeKind::Inside);
    }
    let color = if on { colors.text } else { colors.dim };
    icon.paint(ui.painter(), Rect::from_center_size(rect.center(), Vec2::splat(theme::ICON)), color);
    let enabled = ui.is_enabled();
    let label = label.to_owned();
    let tip = label.clone();
    response.widget_info(move || {
        if on {
            WidgetInfo::selected(Role::Button, enabled, true, label.clone())
        } else {
            WidgetInfo::labeled(Role::Button, enabled, label.clone())
        }
    });
    response.on_hover_text(tip)
}

/// Gives a response a name that does not depend on what is drawn.
pub(crate) fn name(ui: &Ui, response: &Response, role: Role, label: &str) {
    let enabled = ui.is_enabled();
    let label = label.to_owned();
    response.widget_info(move || WidgetInfo::labeled(role, enabled, label.clone()));
}

/// Small text in a tinted box.
pub(crate) fn chip(ui: &mut Ui, text: &str, color: Color32) {
    let line = cut_line(ui, text.to_owned(), theme::plain(theme::SMALL), color, 220.0);
    let size = Vec2::new(line.size().x + 16.0, theme::CHIP_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, 6, theme::tint(color));
    ui.painter().galley(rect.center() - line.size() / 2.0, line, color);
    name(ui, &response, Role::Label, text);
}

/// A dialog that must be answered before anything else.
pub(crate) fn dialog(ctx: &Context, id: &str) -> Modal {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(theme::dialog_margin()).corner_radius(12);
    Modal::new(Id::unique(id)).frame(frame)
}

/// A card: a box that groups what belongs together.
pub(crate) fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let colors = Palette::of(ui);
    Frame::new()
        .fill(colors.card)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(theme::ROUND)
        .inner_margin(theme::card_margin())
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui)
        })
        .inner
}

/// The title of a section.
pub(crate) fn section(ui: &mut Ui, text: &str) {
    ui.add_space(theme::GAP);
    ui.label(RichText::new(text).font(theme::strong(theme::BODY)));
}

/// A strip that says what is wrong.
pub(crate) fn banner(ui: &mut Ui, text: &str, color: Color32, add: impl FnOnce(&mut Ui)) {
    strip(ui, Icon::Warning, color, |ui| {
        ui.add(Label::new(text).wrap());
        add(ui);
    });
}

/// A tinted strip across the page.
pub(crate) fn strip(ui: &mut Ui, icon: Icon, color: Color32, add: impl FnOnce(&mut Ui)) {
    Frame::new().fill(theme::tint(color)).corner_radius(theme::ROUND).inner_margin(Margin::symmetric(12, 8)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::ICON + 2.0), Sense::hover());
                icon.paint(ui.painter(), rect, color);
                ui.vertical(add);
            });
        },
    );
}

/// A bar that fills up; `name` says the same in words.
pub(crate) fn progress_bar(ui: &mut Ui, share: f64, width: f32, label: &str) {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, ui.spacing().interact_size.y), Sense::hover());
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let groove = Rect::from_center_size(rect.center(), Vec2::new(width, 8.0));
    let filled = Rect::from_min_size(groove.min, Vec2::new(groove.width() * px(share), groove.height()));
    ui.painter().rect_filled(groove, 4, colors.line);
    if 0.0 < share {
        ui.painter().rect_filled(filled, 4, colors.accent);
    }
    let label = label.to_owned();
    response.widget_info(move || {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, label.clone());
        info.value = Some((share * 100.0).floor());
        info
    });
}

/// A page that has nothing to show, and says so in the middle.
pub(crate) fn empty_page(ui: &mut Ui, icon: Icon, title: &str, text: &str, add: impl FnOnce(&mut Ui)) {
    let colors = Palette::of(ui);
    let height = ui.available_height();
    ui.vertical_centered(|ui| {
        // In a low pane the words come first.
        if height < theme::LOW / 2.0 {
            ui.add_space((height * 0.1).max(0.0));
        } else {
            ui.add_space((height * 0.28).max(24.0));
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(72.0), Sense::hover());
            ui.painter().circle_filled(rect.center(), 36.0, theme::tint(colors.accent));
            icon.paint(ui.painter(), rect.shrink(20.0), colors.accent);
            ui.add_space(10.0);
        }
        ui.heading(title);
        ui.add_space(2.0);
        ui.scope(|ui| {
            ui.set_max_width(ui.available_width().min(420.0));
            ui.label(RichText::new(text).color(colors.dim));
        });
        ui.add_space(10.0);
        add(ui);
    });
}

/// Draws what belongs to a list beside it, or below it where both do not fit side by side. `widths`: usual, least, most;
/// `list_least`: what the list keeps of the width.
pub(crate) fn beside(ui: &mut Ui, id: &str, widths: [f32; 3], list_least: f32, draw: impl FnOnce(&mut Ui)) {
    let [usual, least, most] = widths;
    let room = ui.available_width() - list_least;
    // A panel takes the width of what is in it: without this it narrows with each shorter page.
    let draw = |ui: &mut Ui| {
        ui.set_min_width(ui.available_width());
        draw(ui);
    };
    if least <= room {
        let frame = Frame::new().inner_margin(Margin { left: 18, right: 8, top: 0, bottom: 0 });
        let panel = Panel::right(id.to_owned()).frame(frame).default_size(usual).size_range(least..=most.min(room));
        panel.show(ui, draw);
    } else {
        let height = ui.available_height();
        let frame = Frame::new().inner_margin(Margin { left: 0, right: 8, top: 10, bottom: 0 });
        let panel = Panel::bottom(format!("{id}-below")).frame(frame).default_size(height * 0.45);
        panel.size_range(height * 0.25..=height * 0.7).show(ui, draw);
    }
}

/// Points in a box whose fill tells the class even without colour: spam is solid, doubtful tinted, wanted only framed.
pub(crate) fn paint_score(ui: &Ui, rect: Rect, score: &str, class: &str) {
    let colors = Palette::of(ui);
    let color = colors.class(class);
    let (fill, text, edge) = match class {
        "spam" => (color, colors.ground, color),
        "unsure" => (theme::tint(color), color, theme::rim(color)),
        _ => (theme::NOTHING, color, theme::rim(color)),
    };
    ui.painter().rect(rect, 6, fill, Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, score, theme::strong(theme::SMALL), text);
}

/// Gives a response that can be used a name that does not depend on what is drawn.
pub(crate) fn name_response(response: &Response, role: Role, label: &str) {
    let label = label.to_owned();
    response.widget_info(move || WidgetInfo::labeled(role, true, label.clone()));
}

/// The same near the upper edge: it may grow downwards while one types.
pub(crate) fn top_dialog(ctx: &Context, id: &str) -> Modal {
    let id = Id::unique(id);
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, [0.0, 72.0]);
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(12)).corner_radius(12);
    Modal::new(id).area(area).frame(frame)
}
