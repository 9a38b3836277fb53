//! Stacked bars: with lines behind them, and what the bar says that the pointer or the keyboard is on.

use egui::{Align2, Color32, Id, Key, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::{
    theme::{self, Palette},
    widgets::{self, px},
};

/// Room for the numbers on the left, and for the words below.
const LEFT: f32 = 44.0;
const BELOW: f32 = 22.0;

/// One bar.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    /// From the bottom up.
    pub(crate) parts: Vec<(u32, Color32)>,
    /// What it says.
    pub(crate) name: String,
    /// What stands below it, if anything.
    pub(crate) mark: Option<String>,
}

/// Draws bars over the whole width. The rectangle that is given back is that of the bars alone.
pub(crate) fn chart_ui(ui: &mut Ui, label: &str, bars: &[Bar], height: f32) -> Rect {
    let colors = Palette::of(ui);
    let (whole, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let plot = Rect::from_min_max(whole.min + vec2(LEFT, 6.0), whole.max - vec2(2.0, BELOW));
    let highest = bars.iter().map(sum).max().unwrap_or(0).max(1);
    let top = grid_ui(ui, plot, highest);
    let width = plot.width() / px(count(bars.len().max(1)));
    let chosen = chosen(ui, &response, (plot, width), bars.len());
    let air = (width * 0.14).min(3.0);
    for (number, bar) in bars.iter().enumerate() {
        let left = plot.left() + width * px(count(number));
        let column = Rect::from_min_max(pos2(left, plot.top()), pos2(left + width, plot.bottom()));
        if chosen == Some(number) {
            ui.painter().rect_filled(column, 2, colors.hover);
        }
        bar_ui(ui, column.shrink2(vec2(air, 0.0)), bar, top);
        if let Some(mark) = &bar.mark {
            let at = pos2(left, plot.bottom() + 5.0);
            ui.painter().text(at, Align2::LEFT_TOP, mark, theme::plain(theme::SMALL), colors.dim);
        }
    }
    ui.painter().hline(plot.x_range(), plot.bottom(), Stroke::new(1.0, colors.line));
    let said = chosen.and_then(|number| bars.get(number)).map(|bar| bar.name.clone());
    if let Some(said) = &said {
        let text = widgets::cut_line(ui, said.clone(), theme::strong(theme::SMALL), colors.text, plot.width() - 16.0);
        let at = Rect::from_min_size(plot.right_top() - vec2(text.size().x + 16.0, 2.0), text.size() + vec2(16.0, 8.0));
        ui.painter().rect(at, 6, colors.ground, Stroke::new(1.0, colors.line), egui::StrokeKind::Inside);
        ui.painter().galley(at.min + vec2(8.0, 4.0), text, colors.text);
    }
    if response.has_focus() {
        let edge = Stroke::new(1.5, colors.accent);
        ui.painter().rect_stroke(whole, theme::ROUND, edge, egui::StrokeKind::Inside);
    }
    let label = said.map_or(label.to_owned(), |said| format!("{label}: {said}"));
    response.widget_info(move || WidgetInfo::labeled(Role::Image, true, label.clone()));
    plot
}

/// The bar the pointer is on, or the one that arrow keys have come to.
fn chosen(ui: &Ui, response: &egui::Response, (plot, width): (Rect, f32), number: usize) -> Option<usize> {
    let last = number.checked_sub(1)?;
    if let Some(at) = response.hover_pos().filter(|at| plot.x_range().contains(at.x)) {
        return Some(place((at.x - plot.left()) / width, last));
    }
    if !response.has_focus() {
        return None;
    }
    let id: Id = response.id.with("chosen");
    let mut at = ui.data(|data| data.get_temp(id)).unwrap_or(last).min(last);
    ui.input_mut(|input| {
        at = at.saturating_add(input.count_and_consume_key(egui::Modifiers::NONE, Key::ArrowRight)).min(last);
        at = at.saturating_sub(input.count_and_consume_key(egui::Modifiers::NONE, Key::ArrowLeft));
    });
    let filter = egui::EventFilter { horizontal_arrows: true, vertical_arrows: false, tab: false, escape: false };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.data_mut(|data| data.insert_temp(id, at));
    Some(at)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and the last bar")]
fn place(at: f32, last: usize) -> usize {
    (at.max(0.0) as usize).min(last)
}

fn bar_ui(ui: &Ui, column: Rect, bar: &Bar, top: u32) {
    let unit = column.height() / px(f64::from(top));
    let mut bottom = column.bottom();
    for (number, color) in bar.parts.iter().filter(|(number, _)| 0 < *number) {
        let high = bottom - (unit * px(f64::from(*number))).max(1.0);
        ui.painter().rect_filled(Rect::from_x_y_ranges(column.x_range(), high..=bottom), 1, *color);
        bottom = high;
    }
}

fn sum(bar: &Bar) -> u32 {
    bar.parts.iter().map(|(number, _)| number).fold(0, |sum, number| sum.saturating_add(*number))
}

/// Draws lines with their numbers. Returns what the top stands for.
fn grid_ui(ui: &Ui, plot: Rect, highest: u32) -> u32 {
    let colors = Palette::of(ui);
    let step = step(highest);
    let top = highest.div_ceil(step).saturating_mul(step);
    let mut value = 0;
    while value <= top {
        let y = plot.bottom() - plot.height() * px(f64::from(value) / f64::from(top));
        if 0 < value {
            ui.painter().hline(plot.x_range(), y, Stroke::new(1.0, colors.line));
        }
        let at = pos2(plot.left() - 8.0, y);
        ui.painter().text(
            at,
            Align2::RIGHT_CENTER,
            crate::text::grouped(value),
            theme::plain(theme::SMALL),
            colors.dim,
        );
        let Some(next) = value.checked_add(step) else { break };
        value = next;
    }
    top
}

/// One, two or five times a power of ten, so that there are at most five lines.
fn step(highest: u32) -> u32 {
    let mut power = 1_u32;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if highest.div_ceil(step) <= 5 {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// What a colour of the bars means.
pub(crate) fn legend_ui(ui: &mut Ui, entries: &[(Color32, String)]) {
    ui.horizontal_wrapped(|ui| {
        for (color, text) in entries {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(12.0), Sense::hover());
            ui.painter().rect_filled(rect, 3, *color);
            ui.label(egui::RichText::new(text).small());
            ui.add_space(theme::GAP);
        }
    });
}

/// A number of bars, for lengths.
#[expect(clippy::cast_precision_loss, reason = "there are a few thousand bars at most")]
const fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_round_and_few() {
        for (highest, want) in [(1, 1), (5, 1), (6, 2), (11, 5), (40, 10), (312, 100), (u32::MAX, 1_000_000_000)] {
            assert_eq!(step(highest), want, "{highest}");
        }
    }
}
