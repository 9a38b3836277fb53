//! On the date a message bears, against the dates of its `Received` headers. No clock is asked.

use std::{borrow::Cow, ops::Range};

use super::{
    Eval, Scene,
    support::{has, latin, number},
};
use crate::rules::book::EvalTest;

pub(super) const EVALS: &[Eval] = &[Eval { name: "check_for_shifted_date", run: shifted }];

/// The date is so many hours ahead of arrival, the lower bound included; `undef` is no bound.
fn shifted(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let seconds = scene.shift();
    let hours = |bound: f64| bound * 3600.0;
    #[expect(clippy::cast_precision_loss, reason = "centuries in seconds are exact")]
    let seconds = seconds as f64;
    let is_late = number(test, 0).is_none_or(|least| hours(least) <= seconds);
    let is_early = number(test, 1).is_none_or(|most| seconds < hours(most));
    u32::from(is_late && is_early)
}

/// Seconds the date is ahead of the nearest `Received`; 0 if either is missing.
pub(super) fn shift(scene: &Scene<'_>) -> i64 {
    let Some(date) = header_date(scene) else { return 0 };
    let mut shifts: Vec<i64> = received_dates(scene).iter().map(|arrival| date - arrival).collect();
    // The sender's own host stamps both at once.
    if 1 < shifts.len() && shifts.last() == Some(&0) {
        shifts.pop();
    }
    shifts.into_iter().min_by_key(|shift| shift.abs()).unwrap_or_default()
}

/// The first readable date of `Resent-Date`, else of `Date`.
pub(super) fn header_date(scene: &Scene<'_>) -> Option<i64> {
    let fields = scene.view.headers().fields();
    ["Resent-Date", "Date"].iter().find_map(|name| {
        let mut named = fields.iter().filter(|field| field.is(name.as_bytes()));
        named.find_map(|field| parse(&latin(field.value())))
    })
}

/// When hosts took the message, newest first, without those of a program that fetched it.
pub(super) fn received_dates(scene: &Scene<'_>) -> Vec<i64> {
    let fields = scene.view.headers().fields();
    let mut received: Vec<&[u8]> =
        fields.iter().filter(|field| field.is(b"Received")).map(crate::rules::view::Field::value).collect();
    let is_local = received.first().is_some_and(|first| is_local_step(first));
    let skipped = usize::from(is_local);
    let is_fetched =
        received.get(skipped).is_some_and(|next| has(next, b"by localhost with ") && has(next, b"(fetchmail-"));
    if is_fetched {
        received.drain(..=skipped);
    }
    received.into_iter().filter_map(|line| parse(&stamp(line)?)).collect()
}

fn is_local_step(line: &[u8]) -> bool {
    let from = line.strip_prefix(b"from ").unwrap_or_default();
    let head = from.split(|byte| *byte == b' ').take(3).collect::<Vec<_>>().join(&b' ');
    from.starts_with(b"localhost ") || has(&head, b"127.0.0.1") || has(line, b"invoked by uid ")
}

/// The date in a `Received` header: ` 9 Aug 2002 15:46:18 +0100`.
fn stamp(line: &[u8]) -> Option<String> {
    let text =
        str::from_utf8(line).ok().filter(|line| line.is_ascii()).map_or_else(|| Cow::Owned(latin(line)), Cow::Borrowed);
    // Of all its words, only a time has to be looked for.
    let mut from = 0;
    while let Some(colon) = text.get(from..).and_then(|rest| rest.find(':')) {
        let (before, behind) = text.split_at_checked(from + colon)?;
        let begin = before.trim_end_matches(|c: char| !c.is_whitespace()).len();
        let end = from + colon + behind.find(char::is_whitespace).unwrap_or(behind.len());
        if let Some(stamp) = stamp_at(&text, begin..end) {
            return Some(stamp);
        }
        from = end;
    }
    None
}

/// The same, if this word is its time.
fn stamp_at(text: &str, time: Range<usize>) -> Option<String> {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let (before, behind) = (text.get(..time.start)?, text.get(time.end..)?);
    let time = text.get(time)?;
    if time.split(':').count() != 3 || !time.split(':').all(is_number) {
        return None;
    }
    let mut words = before.split_whitespace().rev();
    let (year, month, day) = (words.next()?, words.next()?, words.next()?);
    let zone = behind.split_whitespace().next()?;
    let is = month.len() == 3 && is_number(year) && is_number(day.trim_start_matches(|c: char| !c.is_ascii_digit()));
    is.then(|| format!("{day} {month} {year} {time} {zone}"))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A date of RFC 5322 or older, in seconds since 1970; parts may be loosely written.
fn parse(text: &str) -> Option<i64> {
    let text = text.replace([',', '(', ')'], " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| month(word).is_some())?;
    let digits = |word: &str| -> Option<i64> { word.parse().ok() };
    let before = at.checked_sub(1).and_then(|before| words.get(before)).and_then(|word| digits(word));
    // `Aug 9 15:46:18 2002`, as asctime(3) writes it, has the day behind. A time before the year is not read.
    let (day, rest) = match before.filter(|day| (1..=31).contains(day)) {
        Some(day) => (day, at + 1),
        None => (digits(words.get(at + 1)?)?, at + 2),
    };
    let rest = words.get(rest..)?;
    let is_year = |word: &&&str| (2..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    let written = rest.iter().find(is_year)?;
    let year = match (written.len(), digits(written)?) {
        (4, year) => year,
        (_, year @ 0..70) => year + 2000,
        (_, year) => year + 1900,
    };
    let after = rest.iter().skip_while(|word| *word != written);
    let time = after.clone().find(|word| word.contains(':')).copied().unwrap_or("0:0:0");
    let mut clock = time.split(':').map(str::parse::<i64>);
    let (hour, minute) = (clock.next()?.ok()?, clock.next()?.ok()?);
    let second = clock.next().and_then(Result::ok).unwrap_or_default();
    let zone =
        rest.iter().skip_while(|word| !word.contains(':')).skip(1).find_map(|word| offset(word)).unwrap_or_default();
    let is_sane =
        (1..=31).contains(&day) && (0..=24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    let days = days(year, month(words.get(at)?)?, day)?;
    is_sane.then_some(days * 86_400 + hour * 3600 + minute * 60 + second - zone)
}

fn month(word: &str) -> Option<i64> {
    let begin = word.get(..3)?;
    let at = MONTHS.iter().position(|month| begin.eq_ignore_ascii_case(month))?;
    let at = word.bytes().all(|byte| byte.is_ascii_alphabetic()).then_some(at)?;
    i64::try_from(at + 1).ok()
}

/// Seconds east of Greenwich: `+0100`, or one of the names of RFC 822.
fn offset(word: &str) -> Option<i64> {
    if let Some(digits) = word.strip_prefix(['+', '-']) {
        let sign = if word.starts_with('-') { -1 } else { 1 };
        let number: i64 = digits.parse().ok().filter(|_| digits.len() == 4)?;
        return Some(sign * (number / 100 * 3600 + number % 100 * 60));
    }
    let name = word.to_ascii_uppercase();
    let minutes = ZONES.iter().find(|(_, names)| names.contains(&name.as_str()))?.0;
    Some(minutes * 60)
}

/// Minutes east of Greenwich and what they are called. Other names are passed over.
const ZONES: [(i64, &[&str]); 22] = [
    (-600, &["HST"]),
    (-540, &["AKST"]),
    (-480, &["AKDT", "PST"]),
    (-420, &["PDT", "MST"]),
    (-360, &["MDT", "CST"]),
    (-300, &["CDT", "EST"]),
    (-240, &["EDT", "AST"]),
    (-210, &["NST"]),
    (-180, &["ADT", "BRT"]),
    (-150, &["NDT"]),
    (0, &["UT", "UTC", "GMT", "Z", "WET"]),
    (60, &["BST", "IST", "CET", "MET", "MEZ", "WEST"]),
    (120, &["CEST", "MEST", "MESZ", "EET"]),
    (180, &["MSK", "EEST", "IDT"]),
    (240, &["MSD"]),
    (480, &["SGT", "HKT", "AWST", "PHT"]),
    (540, &["JST", "KST"]),
    (570, &["ACST"]),
    (600, &["AEST"]),
    (660, &["AEDT"]),
    (720, &["NZST"]),
    (780, &["NZDT"]),
];

/// Days since 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(0..=9999).contains(&year) {
        return None;
    }
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_loosely_as_they_are_written() {
        for (text, want) in [
            ("Sat, 21 Sep 2002 08:18:08 +0000", 1_032_596_288),
            ("21 sep 02 08:18:08 GMT", 1_032_596_288),
            ("21 Sep 102 08:18 Z", 1_032_596_280),
            ("21 Sep 2002 08:18:08 EST", 1_032_614_288),
            ("21 Sep 2002 08:18:08 nobody's", 1_032_596_288),
            // A time before the year is not read.
            ("Sat Sep 21 08:18:08 2002", 1_032_566_400),
            ("1 Jan 1970 00:00:00 -0130", 5_400),
        ] {
            assert_eq!(parse(text), Some(want), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "Sep",
            "99 Sep 2002 08:18:08",
            "21 Sep 2002 99:18:08 +0000",
            "21 Sep 99999999999999999999 1:1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_date_in_a_trace_is_found_among_other_words() {
        assert_eq!(
            stamp(b"from a by b with SMTP id 1 2 3; Sat, 21 Sep 2002 10:18:08 +0000 (UTC)").as_deref(),
            Some("21 Sep 2002 10:18:08 +0000")
        );
        assert_eq!(stamp(b"from a by b; 21 Sep 2002 10:18 +0000"), None);
    }
}
