//! The dates of IMAP: INTERNALDATE as Unix time, and days for SEARCH.

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DAY_SECS: i64 = 86_400;

/// Reads `17-Jul-1996 02:44:25 -0700`. The epoch itself is what stands for a missing date.
pub(super) fn parse_internal_date(text: &str) -> Option<i64> {
    let mut words = text.split_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next()?);

    let mut date = date.split('-');
    let day: i64 = date.next()?.parse().ok()?;
    let name = date.next()?;
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    let year: i64 = date.next()?.parse().ok()?;

    let mut time = time.split(':').map(str::parse::<i64>);
    let (hour, minute, second) = (time.next()?.ok()?, time.next()?.ok()?, time.next()?.ok()?);

    let (sign, zone) = if let Some(west) = zone.strip_prefix('-') { (-1, west) } else { (1, zone.strip_prefix('+')?) };
    let zone: i64 = zone.parse().ok()?;

    let is_possible = (1..=31).contains(&day)
        && (1..=9999).contains(&year)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second)
        && (0..=2400).contains(&zone);
    if !is_possible {
        return None;
    }
    let offset = sign * (zone / 100 * 3600 + zone % 100 * 60);
    let days = days_before(year, i64::try_from(month).ok()? + 1) + day - 1;
    let seconds = days * DAY_SECS + hour * 3600 + minute * 60 + second - offset;
    (seconds != 0).then_some(seconds)
}

/// The day for `SINCE`, as `17-Jul-1996`.
///
/// SINCE takes the day in a time zone of the server's choice, so it is the day before.
pub(super) fn search_since(unix_time: i64) -> String {
    let (day, month, year) = calendar(unix_time.saturating_sub(DAY_SECS));
    format!("{day}-{month}-{year}")
}

/// The date for APPEND, as `17-Jul-1996 02:44:25 +0000`. Before 1970 and after 9997 it is the nearest day.
pub(super) fn internal_date(unix_time: i64) -> String {
    let (day, month, year) = calendar(unix_time);
    let second = unix_time.rem_euclid(DAY_SECS);
    format!("{day:02}-{month}-{year} {:02}:{:02}:{:02} +0000", second / 3600, second / 60 % 60, second % 60)
}

/// Day, month and year, at least 1970.
fn calendar(unix_time: i64) -> (i64, &'static str, i64) {
    let days = unix_time.div_euclid(DAY_SECS).clamp(0, 2_932_000);
    let mut year = 1970;
    while days_before(year + 1, 1) <= days {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && days_before(year, month + 1) <= days {
        month += 1;
    }
    let name = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"Jan");
    (days - days_before(year, month) + 1, name, year)
}

/// Days between the epoch and the first of a month of the Gregorian calendar.
fn days_before(year: i64, month: i64) -> i64 {
    // Counted from March, so that a leap day is the last of its year.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_become_unix_time() {
        for (text, seconds) in [
            ("17-Jul-1996 02:44:25 -0700", Some(837_596_665)),
            (" 1-Jan-2024 00:00:00 +0000", Some(1_704_067_200)),
            ("29-Feb-2024 23:59:60 +0530", Some(1_709_231_400)),
            ("01-Mar-1970 00:00:00 +0000", Some(59 * 86_400)),
            ("31-Dec-1969 23:59:59 +0000", Some(-1)),
            ("01-Jan-1970 00:00:00 +0000", None),
            ("40-Jul-1996 02:44:25 -0700", None),
            ("17-Jul-99999999999999 02:44:25 -0700", None),
            ("17-Jux-1996 02:44:25 -0700", None),
            ("17-Jul-1996 02:44", None),
            ("", None),
        ] {
            assert_eq!(parse_internal_date(text), seconds, "{text}");
        }
    }

    #[test]
    fn the_day_to_search_from_is_the_one_before() {
        for (seconds, day) in [
            (1_704_067_200, "31-Dec-2023"),
            (1_709_251_200, "29-Feb-2024"),
            (0, "1-Jan-1970"),
            (-5, "1-Jan-1970"),
            (i64::MIN, "1-Jan-1970"),
            (1_795_219_200, "20-Nov-2026"),
        ] {
            assert_eq!(search_since(seconds), day);
        }
        assert!(search_since(i64::MAX).ends_with("-9997"));
    }

    #[test]
    fn the_date_of_an_appended_message_is_read_back_as_it_was() {
        for (seconds, text) in [
            (837_596_665, "17-Jul-1996 09:44:25 +0000"),
            (1_704_067_199, "31-Dec-2023 23:59:59 +0000"),
            (1_709_210_096, "29-Feb-2024 12:34:56 +0000"),
        ] {
            assert_eq!(internal_date(seconds), text);
            assert_eq!(parse_internal_date(text), Some(seconds));
        }
        assert_eq!(internal_date(-1), "01-Jan-1970 23:59:59 +0000");
        assert!(internal_date(i64::MAX).contains("-9997 "));
    }
}
