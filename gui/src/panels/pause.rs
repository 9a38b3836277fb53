//! That nothing is judged for a while: in words, and what ends or begins it.

use jiff::{Timestamp, tz::TimeZone};
use tamis_core::api::{PauseFor, Request, Status};

use crate::{text::t, view};

/// What can be asked for now, in words.
pub(crate) fn choices(status: &Status) -> Vec<(String, Request)> {
    if status.paused_until.is_some() {
        return vec![(t!("pause-resume"), Request::Resume)];
    }
    vec![
        (t!("pause-hour"), Request::Pause(PauseFor::Hour)),
        (t!("pause-tomorrow"), Request::Pause(PauseFor::Tomorrow)),
        (t!("pause-told"), Request::Pause(PauseFor::Told)),
    ]
}

/// That nothing is judged, and until when; `None` if all goes on.
pub(crate) fn words(status: &Status) -> Option<String> {
    match status.paused_until? {
        0 => Some(t!("pause-until-told")),
        until => Some(t!("pause-until", time = clock(until))),
    }
}

/// A time as people say it: the hour if it is of today, else with the day.
pub(crate) fn clock(seconds: i64) -> String {
    let zone = TimeZone::system();
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    let Ok(time) = Timestamp::from_second(seconds) else { return String::new() };
    let time = time.to_zoned(zone.clone());
    if time.date() == today { time.strftime("%H:%M").to_string() } else { view::arrived_in_full(seconds, &zone) }
}
