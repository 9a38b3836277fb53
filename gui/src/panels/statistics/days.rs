//! Mail over time: stacked bars, by day, or by more days where there are many; as a picture or a table if wanted.

use std::fmt::Write as _;

use egui::{Rect, RichText, Ui};
use jiff::Zoned;
use tamis_core::api::{DayCount, Statistics};

use super::{date_words, short_date, zoned};
use crate::{
    command::{Command, CommandSender},
    icons::Icon,
    panels::chart::{self, Bar},
    saving::{Content, Saving, cell},
    text::t,
    theme::{self, Palette},
    widgets::{self, Weight},
};

/// More bars than this are too thin to tell apart.
const MOST_BARS: usize = 120;

const WEEK: usize = 7;
const FOUR_WEEKS: usize = 28;

/// So many bars have their date below.
const MARKS: usize = 8;

/// Draws the chart and what saves it.
pub(super) fn days_ui(ui: &mut Ui, statistics: &Statistics, chart: &mut Option<Rect>, commands: &CommandSender) {
    let (length, title) = match statistics.days.len() {
        0..=MOST_BARS => (1, t!("statistics-days")),
        days if days <= MOST_BARS * WEEK => (WEEK, t!("statistics-weeks")),
        _ => (FOUR_WEEKS, t!("statistics-months")),
    };
    let days = together(&statistics.days, length);
    ui.add_space(theme::GAP);
    ui.horizontal(|ui| {
        ui.label(RichText::new(&title).font(theme::strong(theme::BODY)));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_text_button(ui, Icon::File, &t!("statistics-save-csv"), Weight::Plain).clicked() {
                let saving = Saving { name: file_name(), content: Content::Table(table(&statistics.days)) };
                commands.send(Command::Save(Box::new(saving)));
            }
            let save = widgets::icon_text_button(ui, Icon::Bars, &t!("statistics-save-png"), Weight::Plain);
            if let Some(rect) = chart.filter(|_| save.clicked()) {
                picture(ui, rect, commands);
            }
        });
    });
    let drawn = ui.scope(|ui| {
        widgets::card(ui, |ui| {
            let colors = Palette::of(ui);
            chart::chart_ui(ui, &title, &bars(&days, &colors), 230.0);
            let legend = [
                (colors.ham, t!("statistics-ham")),
                (colors.unsure, t!("statistics-unsure")),
                (colors.spam, t!("statistics-spam")),
            ];
            chart::legend_ui(ui, &legend);
            if statistics.total.judged == 0 {
                ui.label(RichText::new(t!("statistics-empty")).color(colors.dim));
            }
        });
    });
    *chart = Some(drawn.response.rect);
}

/// The picture is taken when the next frame is on the screen, and written by nobody who draws.
fn picture(ui: &Ui, rect: Rect, commands: &CommandSender) {
    let (ctx, commands, scale) = (ui.ctx().clone(), commands.clone(), ui.pixels_per_point());
    let wake = ctx.clone();
    ctx.request_screenshot(move |image| {
        let saving = Saving { name: file_name(), content: Content::Picture(image, rect, scale) };
        commands.send(Command::Save(Box::new(saving)));
        wake.request_repaint();
    });
}

fn file_name() -> String {
    format!("tamis-{}", Zoned::now().strftime("%Y-%m-%d"))
}

/// So many days each together, counted from today back. The first may have fewer.
fn together(days: &[DayCount], length: usize) -> Vec<DayCount> {
    let sum = |days: &[DayCount]| {
        days.iter().fold(DayCount::default(), |sum, day| DayCount {
            at: if sum.at == 0 { day.at } else { sum.at },
            ham: sum.ham.saturating_add(day.ham),
            unsure: sum.unsure.saturating_add(day.unsure),
            spam: sum.spam.saturating_add(day.spam),
        })
    };
    let mut parts: Vec<DayCount> = days.rchunks(length.max(1)).map(sum).collect();
    parts.reverse();
    parts
}

fn bars(days: &[DayCount], colors: &Palette) -> Vec<Bar> {
    let between = days.len().div_ceil(MARKS).max(1);
    let bar = |(number, day): (usize, &DayCount)| Bar {
        parts: vec![(day.ham, colors.ham), (day.unsure, colors.unsure), (day.spam, colors.spam)],
        name: t!("statistics-bar", date = date_words(day.at), spam = day.spam, unsure = day.unsure, ham = day.ham),
        mark: number.is_multiple_of(between).then(|| short_date(day.at)),
    };
    days.iter().enumerate().map(bar).collect()
}

/// Every day as a line.
fn table(days: &[DayCount]) -> String {
    let mut text = String::from("day,wanted,doubtful,spam\n");
    for day in days {
        let date = cell(&zoned(day.at).strftime("%Y-%m-%d").to_string());
        // Writing to a text cannot fail.
        writeln!(text, "{date},{},{},{}", day.ham, day.unsure, day.spam).ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_put_together_from_today_back() {
        let day = |at| DayCount { at, ham: 1, unsure: 0, spam: 2 };
        let weeks = together(&[1, 2, 3, 4, 5].map(day), 2);
        let got: Vec<_> = weeks.iter().map(|week| (week.at, week.ham, week.spam)).collect();
        assert_eq!(got, [(1, 1, 2), (2, 2, 4), (4, 2, 4)]);
        assert_eq!(together(&[], 7), []);
    }

    #[test]
    fn the_table_has_a_line_for_each_day() {
        let text = table(&[DayCount { at: 1_793_534_400, ham: 3, unsure: 2, spam: 1 }]);
        assert_eq!(text, "day,wanted,doubtful,spam\n2026-11-01,3,2,1\n");
    }
}
