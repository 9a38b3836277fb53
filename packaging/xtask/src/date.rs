//! When a message arrived, by its own account.

/// The time of the newest `Received` header, or of `Date`, in Unix seconds.
pub(crate) fn arrival(raw: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let head = text.split("\n\n").next()?.replace("\n ", " ").replace("\n\t", " ");
    let value = |name: &str| {
        head.lines().find(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    let received = value("received:").and_then(|line| line.rsplit_once(';')).and_then(|(_, date)| seconds(date));
    received.or_else(|| value("date:").and_then(|line| line.split_once(':')).and_then(|(_, date)| seconds(date)))
}

/// Reads `Fri, 20 Nov 2026 08:15:02 +0100 (CET)`.
fn seconds(date: &str) -> Option<u64> {
    let mut words = date.split(',').next_back()?.split_whitespace();
    let day: i64 = words.next()?.parse().ok()?;
    let month = words.next()?.get(..3)?.to_ascii_lowercase();
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = i64::try_from(months.iter().position(|name| *name == month)?).ok()? + 1;
    let year: i64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next().flatten().unwrap_or(0));
    let zone = words.next().and_then(|zone| zone.parse::<i64>().ok()).unwrap_or(0);
    let zone_secs = (zone / 100) * 3600 + (zone % 100) * 60;
    let at = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone_secs;
    u64::try_from(at).ok()
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counting years from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let months_from_march = (month + 9) % 12;
    let day_of_year = (153 * months_from_march + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_received_header_counts() {
        let raw = b"Received: from a by b;\r\n\tFri, 20 Nov 2026 08:15:02 +0100 (CET)\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n\r\nx";
        assert_eq!(arrival(raw), Some(1_795_158_902));
    }

    #[test]
    fn the_date_header_helps_out() {
        assert_eq!(arrival(b"Subject: x\nDate: 14 Nov 2023 22:13:20 -0000\n\nx"), Some(1_700_000_000));
        assert_eq!(arrival(b"Subject: x\n\nx"), None);
    }
}
