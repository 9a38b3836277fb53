//! The figures: mail over time, how often Tamis was wrong, who sends what.

mod days;
mod tables;

use std::sync::Arc;

use egui::{ComboBox, Label, Rect, RichText, Role, ScrollArea, Ui, vec2};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use tamis_core::api::{Accuracy, Reply, Request, Statistics};

use crate::{
    client::Snapshot,
    command::CommandSender,
    icons::Icon,
    panels::status,
    text::{self, t},
    theme::{self, Palette},
    view, widgets,
};

/// Wider than this, a table's columns no longer belong together.
const PAGE_WIDTH: f32 = 1000.0;

/// The least numbers of messages that a relay can be asked to have.
const LEAST: [u32; 5] = [1, 5, 20, 100, 500];

/// What the person has done on the page.
#[derive(Debug)]
pub(crate) struct StatisticsState {
    /// 0: all there are.
    days: u32,
    /// Empty: all.
    account: String,
    least: u32,
    /// What was shown last, until the next answer has come.
    shown: Option<Arc<Reply>>,
    /// Where the chart was drawn last.
    chart: Option<Rect>,
}

impl Default for StatisticsState {
    fn default() -> Self {
        Self { days: 30, account: String::new(), least: 5, shown: None, chart: None }
    }
}

impl StatisticsState {
    /// What the page shows.
    pub(crate) fn watches(&self) -> Vec<Request> {
        vec![self.request()]
    }

    fn request(&self) -> Request {
        Request::Statistics { days: self.days, account: self.account.clone(), least: self.least }
    }
}

/// Draws the page.
pub(crate) fn statistics_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut StatisticsState, commands: &CommandSender) {
    ui.horizontal_wrapped(|ui| {
        ui.heading(t!("statistics-title"));
        ui.add_space(theme::GAP * 2.0);
        span_ui(ui, state);
        ui.add_space(theme::GAP);
        account_ui(ui, snapshot, state);
    });
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    match snapshot.answer(&state.request()) {
        Some(Ok(reply)) => state.shown = Some(Arc::clone(reply)),
        Some(Err(text)) => {
            widgets::banner(ui, &view::shown(text), Palette::of(ui).spam, |_| {});
            return;
        }
        None => {}
    }
    let Some(reply) = state.shown.clone() else {
        ui.label(t!("statistics-loading"));
        return;
    };
    let Reply::Statistics(statistics) = &*reply else { return };
    if statistics.total.judged == 0 && state.days == 0 && state.account.is_empty() {
        let (title, about) = (t!("statistics-empty"), t!("statistics-empty-about"));
        return widgets::empty_page(ui, Icon::Bars, &title, &about, |_| {});
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(PAGE_WIDTH.min(ui.available_width()));
        said_ui(ui, statistics);
        days::days_ui(ui, statistics, &mut state.chart, commands);
        tables::tables_ui(ui, statistics, &mut state.least);
        ui.add_space(theme::GAP * 2.0);
    });
}

fn span_ui(ui: &mut Ui, state: &mut StatisticsState) {
    for (days, text) in [
        (7, t!("statistics-week")),
        (30, t!("statistics-month")),
        (365, t!("statistics-year")),
        (0, t!("statistics-all")),
    ] {
        ui.selectable_value(&mut state.days, days, text);
    }
}

fn account_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut StatisticsState) {
    let accounts = snapshot.status.as_deref().map_or(&[][..], |status| &status.accounts);
    if !accounts.iter().any(|account| account.name == state.account) {
        state.account.clear();
    }
    if accounts.len() < 2 {
        return;
    }
    let all = t!("statistics-all-accounts");
    let shown = if state.account.is_empty() { all.clone() } else { view::shown(&state.account) };
    let chosen = ComboBox::from_id_salt("account").selected_text(shown).show_ui(ui, |ui| {
        ui.selectable_value(&mut state.account, String::new(), all);
        for account in accounts {
            ui.selectable_value(&mut state.account, account.name.clone(), view::shown(&account.name));
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, &t!("statistics-account"));
}

/// How right Tamis was: in words, and in numbers.
fn said_ui(ui: &mut Ui, statistics: &Statistics) {
    let total = &statistics.total;
    let date = statistics.days.first().map(|day| date_words(day.at)).unwrap_or_default();
    widgets::card(ui, |ui| {
        let said = t!("statistics-said", date = date, filed = total.filed, back = total.put_back);
        ui.add(Label::new(RichText::new(said).font(theme::strong(theme::BODY + 2.0))).wrap());
        ui.add(Label::new(t!("statistics-missed", missed = total.missed)).wrap());
        ui.add_space(theme::GAP);
        numbers_ui(ui, total);
    });
}

fn numbers_ui(ui: &mut Ui, total: &Accuracy) {
    let colors = Palette::of(ui);
    let caught = total.caught().map_or(t!("statistics-unknown"), percent);
    let numbers = [
        (text::grouped(total.judged), t!("statistics-judged"), colors.text),
        (text::grouped(total.filed), t!("statistics-filed"), colors.text),
        (text::grouped(total.put_back), t!("statistics-put-back"), colors.ham),
        (text::grouped(total.missed), t!("statistics-missed-short"), colors.spam),
        (caught, t!("statistics-caught"), colors.accent),
    ];
    ui.horizontal_top(|ui| {
        let width = ui.available_width() / 5.0 - theme::GAP;
        for (number, what, color) in numbers {
            ui.allocate_ui(vec2(width, 0.0), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.label(RichText::new(number).font(theme::strong(theme::HEADING + 3.0)).color(color));
                    ui.label(RichText::new(what).small().color(colors.dim));
                });
            });
        }
    });
}

/// A share to the tenth of a per cent. All is only said of all.
fn percent(share: f64) -> String {
    let tenths = (share * 1000.0).round();
    let tenths = if share < 1.0 { tenths.min(999.0) } else { tenths };
    let text = format!("{:.1} %", tenths / 10.0);
    if text::spoken() == "de" { text.replace('.', ",") } else { text }
}

/// A day, such as `1 November 2026` or `1. November 2026`.
pub(crate) fn date_words(at: i64) -> String {
    const GERMAN: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    let day = zoned(at);
    if text::spoken() == "de" {
        let month = usize::try_from(day.month() - 1).ok().and_then(|month| GERMAN.get(month)).copied();
        return format!("{}. {} {}", day.day(), month.unwrap_or_default(), day.year());
    }
    day.strftime("%-d %B %Y").to_string()
}

/// The same in few letters, such as `1 Nov` or `1.11.`.
fn short_date(at: i64) -> String {
    let format = if text::spoken() == "de" { "%-d.%-m." } else { "%-d %b" };
    zoned(at).strftime(format).to_string()
}

fn zoned(at: i64) -> Zoned {
    Timestamp::from_second(at).unwrap_or_default().to_zoned(TimeZone::system())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_shares_are_said_as_the_language_has_it() {
        assert_eq!([percent(1.0), percent(0.9999), percent(0.974)], ["100.0 %", "99.9 %", "97.4 %"]);
        // Noon, so that it is the same day in nearly every zone.
        assert_eq!([date_words(1_793_534_400), short_date(1_793_534_400)], ["1 November 2026", "1 Nov"]);
        text::speak(text::Language::German);
        assert_eq!([date_words(1_793_534_400), short_date(1_793_534_400)], ["1. November 2026", "1.11."]);
        assert_eq!(percent(0.974), "97,4 %");
    }
}
