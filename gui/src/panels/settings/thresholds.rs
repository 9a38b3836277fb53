//! Where doubt and spam begin, over how the person's own mail is spread: two lines that can be dragged.

use egui::{
    Align2, CursorIcon, EventFilter, Key, Label, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use tamis_core::api::{Histogram, Reply, Request, ScoreCount, SettingValue};

use super::{HISTOGRAM_DAYS, control::number_words};
use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    panels::chart::{self, Bar},
    text::t,
    theme::{self, Palette},
    widgets::px,
};

/// The points that are drawn; what has fewer or more is in the first or the last bar.
const FROM: i32 = -5;
const TO: i32 = 15;

/// So many tenths of points are one bar.
const TENTHS: i32 = 5;

/// Half of what a line can be taken hold of by.
const GRIP: f32 = 7.0;

/// Which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Tag,
    Junk,
}

/// A line that is being moved, in tenths of points.
#[derive(Debug, Default)]
pub(super) struct Thresholds {
    moved: Option<(Which, i32)>,
}

impl Thresholds {
    /// What was sent has been answered.
    pub(super) fn settle(&mut self) {
        self.moved = None;
    }
}

/// Draws the histogram with its lines, and what they would have done.
pub(super) fn thresholds_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut Thresholds, commands: &CommandSender) {
    let Some(Ok(reply)) = snapshot.answer(&Request::Histogram { days: HISTOGRAM_DAYS }) else { return };
    let Reply::Histogram(histogram) = &**reply else { return };
    let colors = Palette::of(ui);
    ui.label(RichText::new(t!("thresholds-title")).font(theme::strong(theme::BODY)));
    ui.add(Label::new(RichText::new(t!("thresholds-about")).color(colors.dim)).wrap());
    ui.add_space(theme::GAP);
    let (mut tag, mut junk) = (tenths(histogram.tag), tenths(histogram.junk));
    match state.moved {
        Some((Which::Tag, at)) => tag = at,
        Some((Which::Junk, at)) => junk = at,
        None => {}
    }
    let plot = chart::chart_ui(ui, &t!("thresholds-title"), &bars(ui, histogram), 190.0);
    for (which, at, bounds) in [(Which::Tag, tag, (1, junk)), (Which::Junk, junk, (tag, i32::MAX))] {
        line_ui(ui, (plot, which, at), bounds, state, commands);
    }
    let legend = [
        (colors.dim.gamma_multiply(0.55), t!("thresholds-unsaid")),
        (colors.ham, t!("thresholds-ham")),
        (colors.spam, t!("thresholds-spam")),
    ];
    chart::legend_ui(ui, &legend);
    ui.add_space(4.0);
    for text in said(histogram, tag, junk) {
        ui.add(Label::new(text).wrap());
    }
    ui.add_space(theme::GAP);
    ui.separator();
}

#[expect(clippy::cast_possible_truncation, reason = "points are far below what 32 bits count")]
fn tenths(points: f64) -> i32 {
    (points * 10.0).round() as i32
}

fn points(tenths: i32) -> f64 {
    f64::from(tenths) / 10.0
}

/// What these thresholds would have done, in sentences.
fn said(histogram: &Histogram, tag: i32, junk: i32) -> Vec<String> {
    if histogram.counts.is_empty() {
        return vec![t!("thresholds-none")];
    }
    let sum = |of: fn(&ScoreCount) -> u32, is: &dyn Fn(i32) -> bool| {
        histogram.counts.iter().filter(|count| is(count.tenths)).map(of).fold(0_u32, u32::saturating_add)
    };
    let all = |count: &ScoreCount| count.unsaid.saturating_add(count.said_ham).saturating_add(count.said_spam);
    let filed = sum(all, &|at| junk <= at);
    let good = sum(|count| count.said_ham, &|at| junk <= at);
    let doubtful = sum(all, &|at| tag <= at && at < junk);
    let missed = sum(|count| count.said_spam, &|at| at < junk);
    let mut said = vec![
        t!("thresholds-filed", filed = filed, good = good),
        t!("thresholds-doubtful", doubtful = doubtful, missed = missed),
    ];
    if 0 < histogram.decided {
        said.push(t!("thresholds-decided", decided = histogram.decided));
    }
    said
}

fn bars(ui: &Ui, histogram: &Histogram) -> Vec<Bar> {
    let colors = Palette::of(ui);
    let bins = (TO - FROM) * 10 / TENTHS;
    (0..bins)
        .map(|bin| {
            let from = FROM * 10 + bin * TENTHS;
            let (is_first, is_last) = (bin == 0, bin == bins - 1);
            let is_of = |at: i32| (is_first || from <= at) && (is_last || at < from + TENTHS);
            let mut sum = ScoreCount::default();
            for count in histogram.counts.iter().filter(|count| is_of(count.tenths)) {
                sum.unsaid += count.unsaid;
                sum.said_ham += count.said_ham;
                sum.said_spam += count.said_spam;
            }
            let name = t!(
                "thresholds-bar",
                from = number_words(points(from)),
                to = number_words(points(from + TENTHS)),
                unsaid = sum.unsaid,
                ham = sum.said_ham,
                spam = sum.said_spam
            );
            let unsaid = colors.dim.gamma_multiply(0.55);
            let parts = vec![(sum.unsaid, unsaid), (sum.said_ham, colors.ham), (sum.said_spam, colors.spam)];
            let mark = (from % 50 == 0).then(|| (from / 10).to_string());
            Bar { parts, name, mark }
        })
        .collect()
}

/// One line, and what moves it: the pointer, or the arrow keys. It is set when it is let go.
fn line_ui(
    ui: &mut Ui,
    (plot, which, at): (Rect, Which, i32),
    (least, most): (i32, i32),
    state: &mut Thresholds,
    commands: &CommandSender,
) {
    let colors = Palette::of(ui);
    let (key, name, color) = match which {
        Which::Tag => ("judge.tag", t!("thresholds-tag"), colors.unsure),
        Which::Junk => ("judge.junk", t!("thresholds-junk"), colors.spam),
    };
    let width = plot.width() / px(f64::from(TO - FROM));
    let x = (plot.left() + px(points(at) - f64::from(FROM)) * width).clamp(plot.left(), plot.right());
    let grip = Rect::from_x_y_ranges(x - GRIP..=x + GRIP, plot.top() - 4.0..=plot.bottom());
    let response = ui
        .interact(grip, ui.scope_id().with(key), Sense::click_and_drag())
        .on_hover_cursor(CursorIcon::ResizeHorizontal);
    let is_held = response.hovered() || response.has_focus() || response.dragged();
    ui.painter().vline(x, plot.y_range(), Stroke::new(if is_held { 3.0 } else { 2.0 }, color));
    let label = t!("thresholds-value", name = name, points = number_words(points(at)));
    // The words of both lines stand on their own sides, so that they never lie on each other.
    let (side, off) = if which == Which::Tag { (Align2::RIGHT_TOP, -8.0) } else { (Align2::LEFT_TOP, 8.0) };
    let text = ui.painter().text(pos2(x + off, plot.top() + 2.0), side, &label, theme::strong(theme::SMALL), color);
    if response.has_focus() {
        let edge = Stroke::new(1.5, colors.accent);
        ui.painter().rect_stroke(text.expand2(vec2(4.0, 2.0)), 4, edge, egui::StrokeKind::Outside);
    }
    response.widget_info(move || {
        let mut info = WidgetInfo::labeled(Role::Slider, true, label.clone());
        info.value = Some(points(at));
        info
    });
    let mut wanted = at;
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        let value = f64::from((pointer.x - plot.left()) / width) + f64::from(FROM);
        wanted = tenths(value);
    }
    let mut is_let_go = response.drag_stopped();
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, tab: false, escape: false };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        wanted = wanted.saturating_add(steps(ui));
        let keys = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];
        is_let_go |= ui.input(|input| keys.iter().any(|key| input.key_released(*key)));
    }
    let wanted = wanted.clamp(least, most.max(least));
    if wanted != at {
        state.moved = Some((which, wanted));
    }
    if is_let_go && let Some((_, at)) = state.moved.filter(|(moved, _)| *moved == which) {
        let value = Some(SettingValue::Number(points(at)));
        commands.send(Command::Say(Box::new(Request::SetSetting { key: key.to_owned(), value })));
    }
}

/// How far the arrow keys have moved, in tenths of points.
fn steps(ui: &Ui) -> i32 {
    let pressed = |key: Key| ui.input(|input| i32::try_from(input.num_presses(key)).unwrap_or_default());
    pressed(Key::ArrowRight) + pressed(Key::ArrowUp) - pressed(Key::ArrowLeft) - pressed(Key::ArrowDown)
}
