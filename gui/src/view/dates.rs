//! Days and times, in the person's language.

use jiff::{Timestamp, Unit, Zoned, civil::Date, tz::TimeZone};

use crate::text::t;

/// When a message arrived, as short as can be told apart: `14:05`, `Yesterday`, `Tue`, `3 Oct`, `3 Oct 2024`.
///
/// A time of day, not an age: an age would be wrong as soon as nobody redraws it.
pub(crate) fn arrived(seconds: i64, now: &Zoned) -> String {
    let Some(at) = zoned(seconds, now.time_zone()) else { return String::new() };
    let days = at.date().until((Unit::Day, now.date())).map_or(i32::MAX, |span| span.get_days());
    let (day, month) = (at.day().unsigned_abs(), nth(&t!("view-months-short"), at.month()));
    match days {
        0 => at.strftime("%H:%M").to_string(),
        1 => t!("view-yesterday"),
        2..=6 => short_weekday(at.date()),
        _ if at.year() == now.year() => t!("view-day", day = day, month = month),
        _ => t!("view-day-year", day = day, month = month, year = at.year().to_string()),
    }
}

/// The whole date: `Tuesday, 3 October 2026, 14:05`.
pub(crate) fn arrived_in_full(seconds: i64, zone: &TimeZone) -> String {
    let Some(at) = zoned(seconds, zone) else { return String::new() };
    let weekday = nth(&t!("view-weekdays"), at.weekday().to_monday_one_offset());
    let (day, month) = (at.day().unsigned_abs(), nth(&t!("view-months"), at.month()));
    let date = t!("view-day-year", day = day, month = month, year = at.year().to_string());
    format!("{weekday}, {date}, {}", at.strftime("%H:%M"))
}

/// `14:20`, and on another day the day before it.
pub(super) fn clock_time(seconds: i64, now: &Zoned) -> String {
    let Some(at) = zoned(seconds, now.time_zone()) else { return String::new() };
    let time = at.strftime("%H:%M").to_string();
    if at.date() == now.date() { time } else { format!("{} {time}", short_weekday(at.date())) }
}

fn zoned(seconds: i64, zone: &TimeZone) -> Option<Zoned> {
    Timestamp::from_second(seconds).ok().map(|at| at.to_zoned(zone.clone()))
}

fn short_weekday(date: Date) -> String {
    nth(&t!("view-weekdays-short"), date.weekday().to_monday_one_offset())
}

/// Of names with blanks between them that one, counted from 1.
fn nth(names: &str, number: i8) -> String {
    let index = usize::try_from(number).unwrap_or_default().saturating_sub(1);
    names.split(' ').nth(index).unwrap_or_default().to_owned()
}
