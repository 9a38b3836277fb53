//! What is drawn instead of written about somebody: how they stand, and what they sent week by week.

use egui::{Color32, Rect, Role, Sense, Ui, pos2, vec2};
use tamis_core::api::{PersonGrade, PersonRow};

use crate::{
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// The colour of a grade.
pub(super) fn color_of(grade: PersonGrade, colors: &Palette) -> Color32 {
    match grade {
        PersonGrade::Accepted | PersonGrade::Peer | PersonGrade::Good | PersonGrade::Fair | PersonGrade::Read => {
            colors.ham
        }
        PersonGrade::Open => colors.dim,
        PersonGrade::Doubted => colors.unsure,
        PersonGrade::Blocked | PersonGrade::Bad => colors.spam,
    }
}

/// The word, and below it a bar that grows to the right for who is wanted and to the left for who is not.
pub(super) fn paint_grade(ui: &Ui, rect: Rect, row: &PersonRow, words: &str) {
    let colors = Palette::of(ui);
    let color = color_of(row.grade, &colors);
    let line = widgets::cut_line(ui, words.to_owned(), theme::plain(theme::SMALL), color, rect.width());
    ui.painter().galley(pos2(rect.left(), rect.top() + 9.0), line, color);
    let groove = Rect::from_min_size(pos2(rect.left(), rect.top() + 31.0), vec2(rect.width().min(96.0), 5.0));
    paint_meter(ui, groove, row.standing, color);
}

fn paint_meter(ui: &Ui, groove: Rect, standing: f64, color: Color32) {
    let colors = Palette::of(ui);
    ui.painter().rect_filled(groove, 2, colors.line);
    let middle = groove.center().x;
    let end = middle + widgets::px(standing.clamp(-1.0, 1.0)) * groove.width() / 2.0;
    let bar = Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), groove.y_range());
    ui.painter().rect_filled(bar, 2, color);
    ui.painter().vline(middle, groove.y_range().expand(2.0), egui::Stroke::new(1.0, colors.dim));
}

/// The same by itself, with a name.
pub(super) fn meter(ui: &mut Ui, row: &PersonRow, width: f32) {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 16.0), Sense::hover());
    let groove = Rect::from_center_size(rect.center(), vec2(width, 6.0));
    paint_meter(ui, groove, row.standing, color_of(row.grade, &colors));
    let percent = view::points(row.standing * 100.0);
    let label = t!("people-meter", percent = percent);
    widgets::name(ui, &response, Role::Label, &label);
    response.on_hover_text(label);
}

/// A bar for each week: what was spam stands on what was not.
pub(super) fn paint_weeks(ui: &Ui, rect: Rect, weeks: &[[u32; 2]]) {
    let colors = Palette::of(ui);
    let most = weeks.iter().map(|[good, spam]| good.saturating_add(*spam)).max().unwrap_or(0).max(1);
    let width = rect.width() / widgets::px(f64::from(u32::try_from(weeks.len().max(1)).unwrap_or(1)));
    let height = |count: u32| widgets::px(f64::from(count) / f64::from(most)) * rect.height();
    let mut left = rect.left();
    for [good, spam] in weeks {
        let right = left + (width - 2.0).max(1.0);
        if good.saturating_add(*spam) == 0 {
            let dot = Rect::from_min_max(pos2(left, rect.bottom() - 1.0), pos2(right, rect.bottom()));
            ui.painter().rect_filled(dot, 0, colors.line);
        }
        // What is there is seen, however much more there is of the other.
        let (good, spam) = (seen(height(*good)), seen(height(*spam)));
        let top = rect.bottom() - good;
        ui.painter().rect_filled(Rect::from_min_max(pos2(left, top), pos2(right, rect.bottom())), 1, colors.ham);
        ui.painter().rect_filled(
            Rect::from_min_max(pos2(left, (top - spam).max(rect.top())), pos2(right, top)),
            1,
            colors.spam,
        );
        left += width;
    }
}

fn seen(height: f32) -> f32 {
    if height == 0.0 { 0.0 } else { height.max(2.0) }
}

/// The same by itself, with a name.
pub(super) fn weeks(ui: &mut Ui, weeks: &[[u32; 2]], height: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    paint_weeks(ui, rect, weeks);
    let sum = |place: usize| weeks.iter().filter_map(|week| week.get(place)).sum::<u32>();
    let (good, spam) = (sum(0), sum(1));
    let label = t!("people-sparkline", good = good, spam = spam);
    widgets::name(ui, &response, Role::Label, &label);
    response.on_hover_text(label);
}
