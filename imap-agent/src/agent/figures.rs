//! Figures: how scores are spread, and what happened day by day. Counted beside the store, which has more urgent things to do.

use jiff::{Timestamp, ToSpan as _, Zoned, tz::TimeZone};
use tamis_core::{
    UnixTime,
    api::{RefusedKind, Reply},
};

use super::{Agent, people::look};
use crate::{
    clock,
    store::{StoreError, figures::Span},
};

/// As far back as days are told one by one.
const MOST_DAYS: u32 = 3_660;

const DAY_SECS: i64 = 86_400;

/// How the scores of the mail of the last days are spread.
pub(super) async fn histogram(agent: &Agent, days: u32) -> Result<Reply, StoreError> {
    let since = UnixTime(clock::now().0.saturating_sub(i64::from(days).saturating_mul(DAY_SECS)));
    let mut histogram = look(agent, move |glimpse| glimpse.histogram(since)).await?;
    let config = agent.shared.config();
    (histogram.tag, histogram.junk) = (config.tag_threshold().points(), config.junk_threshold().points());
    Ok(Reply::Histogram(histogram))
}

/// What happened in the last days; 0: all there are.
pub(super) async fn statistics(agent: &Agent, days: u32, account: String, least: u32) -> Result<Reply, StoreError> {
    let is_known = account.is_empty() || agent.shared.config().accounts().iter().any(|known| known.name == account);
    if !is_known {
        return Ok(Reply::Refused { text: format!("there is no account `{account}`"), kind: RefusedKind::Person });
    }
    let now = Timestamp::from_second(clock::now().0).unwrap_or_default().to_zoned(TimeZone::system());
    let statistics = look(agent, move |glimpse| {
        let is_all = days == 0;
        let days = if is_all { days_since(glimpse.oldest()?, &now) } else { days };
        let span = Span { days: beginnings(&now, days.min(MOST_DAYS)), is_all, account, least };
        glimpse.statistics(&span)
    });
    Ok(Reply::Statistics(Box::new(statistics.await?)))
}

/// How many days there are from then on, with today.
fn days_since(oldest: Option<UnixTime>, now: &Zoned) -> u32 {
    let secs = oldest.map_or(0, |oldest| now.timestamp().as_second().saturating_sub(oldest.0).max(0));
    u32::try_from(secs / DAY_SECS).unwrap_or(u32::MAX).saturating_add(2)
}

/// When the last days began, ascending, with today.
fn beginnings(now: &Zoned, days: u32) -> Vec<i64> {
    let begin = |back: u32| {
        let date = now.date().checked_sub(i64::from(back).days()).ok()?;
        Some(date.to_zoned(now.time_zone().clone()).ok()?.timestamp().as_second())
    };
    (0..days).rev().filter_map(begin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_where_the_person_is_also_when_clocks_change() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = "2026-10-26T09:00:00".parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone).unwrap();
        let days = beginnings(&now, 3);
        let lengths: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!((days.len(), lengths), (3, vec![DAY_SECS, DAY_SECS + 3_600]));
        assert_eq!(days_since(Some(UnixTime(days[0])), &now), 4);
        assert_eq!(days_since(None, &now), 2);
    }
}
