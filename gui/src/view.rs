//! What the agent says, in the words and numbers to show.

use jiff::{Timestamp, Unit, Zoned, tz::TimeZone};
use tamis_core::api::{AccountState, BackfillStatus, LinkView, MailDetail, MailRow, Reason, Show};

use crate::{bidi, safe_text};

/// Fractions of a point that the sum of rounded scores may be off by.
const EPSILON: f64 = 1e-6;

/// One row of the list.
#[derive(Clone, Debug)]
pub(crate) struct RowView {
    pub(crate) sender: String,
    pub(crate) subject: String,
    pub(crate) arrived: String,
    pub(crate) score: String,
    pub(crate) reason: Option<String>,
    /// What was done with it, or where it is.
    pub(crate) place: String,
    /// What a screen reader says.
    pub(crate) name: String,
}

/// Makes a row. Called for the rows in sight only.
pub(crate) fn row_view(row: &MailRow, now: &Zoned) -> RowView {
    let sender = sender(row);
    let subject = subject(row);
    let arrived = arrived(row.received_at, now);
    let score = points(row.score);
    let class = class_words(&row.class);
    let taught = row.taught.as_deref().map_or(String::new(), |label| format!(", {}", taught_words(label)));
    let fate = fate(row);
    RowView {
        name: format!("{sender}, {subject}, {class}, score {score}, {arrived}{fate}{taught}"),
        place: place(row),
        reason: reason(row).map(shown),
        sender: bidi::visual_line(&sender).into_owned(),
        subject: bidi::visual_line(&subject).into_owned(),
        arrived,
        score,
    }
}

/// Why a message was judged as it was: in one sentence, or by the main reason if it was judged by an older Tamis.
pub(crate) fn reason(row: &MailRow) -> Option<&str> {
    let main = row.reasons.first().map(String::as_str);
    Some(row.reason.as_str()).filter(|reason| !reason.is_empty()).or(main)
}

/// The sender's name, or the address, or what to say instead.
pub(crate) fn sender(row: &MailRow) -> String {
    let name = safe_text::line(&row.from_name);
    let name = if name.is_empty() { safe_text::line(&row.from_address) } else { name };
    if name.is_empty() { "(no sender)".to_owned() } else { name }
}

/// The subject, or what to say instead.
pub(crate) fn subject(row: &MailRow) -> String {
    let subject = safe_text::line(&row.subject);
    if subject.is_empty() { "(no subject)".to_owned() } else { subject }
}

/// A line of a stranger's text, ready to draw.
pub(crate) fn shown(text: &str) -> String {
    bidi::visual_line(&safe_text::line(text)).into_owned()
}

/// A stranger's text of several lines, ready to draw.
pub(crate) fn shown_block(text: &str) -> String {
    bidi::visual_block(&safe_text::block(text)).into_owned()
}

/// Points, such as `7.3` or `−1.2`.
pub(crate) fn points(score: f64) -> String {
    let text = format!("{score:.1}");
    let text = if text == "-0.0" { "0.0".to_owned() } else { text };
    text.replace('-', "−")
}

/// Points with their sign, such as `+7.3`.
pub(crate) fn signed_points(score: f64) -> String {
    let text = points(score);
    if 0.0 < score { format!("+{text}") } else { text }
}

/// A share, such as `97 %`.
pub(crate) fn percent(share: f64) -> String {
    // Nothing that is learned is certain, so no rounding to 0 or 100.
    let value = if share.is_finite() { (share * 100.0).round().clamp(1.0, 99.0) } else { 50.0 };
    format!("{value:.0} %")
}

/// A count with its noun: `1 message`, `2,431 messages`.
pub(crate) fn count(number: u32, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// A number with commas between thousands.
pub(crate) fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 3);
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A size for people: `812 bytes`, `34 kB`, `2.4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// When a message arrived, as short as can be told apart: `14:05`, `Yesterday`, `Tue`, `3 Oct`, `3 Oct 2024`.
///
/// A time of day, not an age: an age would be wrong as soon as nobody redraws it.
pub(crate) fn arrived(seconds: i64, now: &Zoned) -> String {
    let Ok(at) = Timestamp::from_second(seconds).map(|at| at.to_zoned(now.time_zone().clone())) else {
        return String::new();
    };
    let days = at.date().until((Unit::Day, now.date())).map_or(i32::MAX, |span| span.get_days());
    let format = match days {
        0 => "%H:%M",
        1 => return "Yesterday".to_owned(),
        2..=6 => "%a",
        _ if at.year() == now.year() => "%-d %b",
        _ => "%-d %b %Y",
    };
    at.strftime(format).to_string()
}

/// The whole date: `Tuesday, 3 October 2026, 14:05`.
pub(crate) fn arrived_in_full(seconds: i64, zone: &TimeZone) -> String {
    Timestamp::from_second(seconds)
        .map(|at| at.to_zoned(zone.clone()).strftime("%A, %-d %B %Y, %H:%M").to_string())
        .unwrap_or_default()
}

/// `ham`, `unsure` or `spam` in words.
pub(crate) fn class_words(class: &str) -> &'static str {
    match class {
        "spam" => "Spam",
        "unsure" => "Doubtful",
        _ => "Not spam",
    }
}

/// On a row whose filing waits for the person.
pub(crate) const WAITS: &str = "waits for you";

/// What was done with a message, in a word, if it is not a plain move.
fn deed(row: &MailRow) -> Option<&'static str> {
    match row.action.as_str() {
        _ if row.is_held => None,
        "tag" => Some("Tagged"),
        "strip" => Some("Stripped"),
        "quarantine" => Some("Quarantined"),
        "forward" | "forward-and-deliver" => Some("Forwarded"),
        "delete" => Some("Deleted"),
        _ => None,
    }
}

/// What was done with a message or where it is, as short as fits into a row.
fn place(row: &MailRow) -> String {
    match deed(row) {
        Some(deed) => deed.to_owned(),
        None if row.folder.is_empty() && row.is_archived => "In the archive".to_owned(),
        None => shown(&row.folder),
    }
}

/// The same for a screen reader, after a comma; nothing for a message that was only moved.
fn fate(row: &MailRow) -> String {
    let waits = if row.is_held { format!(", {WAITS}") } else { String::new() };
    let deed = deed(row).map(|deed| format!(", {}", deed.to_lowercase())).unwrap_or_default();
    let archive = if row.folder.is_empty() && row.is_archived { ", in the archive" } else { "" };
    format!("{waits}{deed}{archive}")
}

/// Where a message is, what was done with it, and whether it can still come back.
pub(crate) fn place_in_full(row: &MailRow) -> String {
    let deed = match row.action.as_str() {
        _ if row.is_held => " · waits for you before it is filed",
        "tag" => " · tagged in its subject",
        "strip" => " · stripped of what is dangerous",
        "quarantine" => " · put into quarantine",
        "forward" | "forward-and-deliver" => " · forwarded",
        "delete" => " · deleted from the server",
        _ => "",
    };
    let place = match (row.folder.is_empty(), row.is_archived) {
        (false, _) => shown(&row.folder),
        (true, true) => "from the archive: Release puts the original back in the inbox".to_owned(),
        (true, false) => "no longer on the server".to_owned(),
    };
    format!("{place}{deed}")
}

/// What the person said about a message.
pub(crate) fn taught_words(label: &str) -> &'static str {
    if label == "spam" { "taught as spam" } else { "taught as good" }
}

/// The name of a list.
pub(crate) const fn list_name(show: Show) -> &'static str {
    match show {
        Show::Review => "To review",
        Show::Junk => "Junk",
        Show::All => "All mail",
    }
}

/// How far a look at older mail has got.
pub(crate) fn backfill_words(backfill: &BackfillStatus) -> String {
    let BackfillStatus { days, total, done, found, is_paused, is_ended } = *backfill;
    let span = count(days, "day");
    let found = format!("{} spam found", grouped(found));
    if is_ended && total <= done {
        return format!("Looked at the last {span}: {}, {found}", count(total, "message"));
    }
    let start = match (is_ended, is_paused) {
        (true, _) => "Stopped looking",
        (false, true) => "Paused looking",
        (false, false) => "Looking",
    };
    format!("{start} at the last {span}: {} of {}, {found}", grouped(done), count(total, "message"))
}

/// With a capital letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The state of an account in two words.
pub(crate) const fn state_words(state: AccountState) -> &'static str {
    match state {
        AccountState::Connecting => "Connecting",
        AccountState::Watching => "Watching",
        AccountState::Working => "Reading new mail",
        AccountState::Retrying => "Trying again",
        AccountState::Offline => "No network",
        AccountState::NeedsYou => "Needs you",
    }
}

/// What would make the verdict another one, in a sentence.
pub(crate) fn what_would_change(mail: &MailDetail) -> String {
    let (score, junk, tag) = (mail.row.score, mail.junk_threshold, mail.tag_threshold);
    let by_points = if junk <= score + EPSILON {
        "spam"
    } else if tag <= score + EPSILON {
        "unsure"
    } else {
        "ham"
    };
    if by_points != mail.row.class {
        return format!("Not decided by the {} points: one reason settled it", points(score));
    }
    match by_points {
        "spam" => without_heaviest(mail, junk, "stayed in the inbox"),
        "unsure" => {
            let more = points(junk - score);
            format!("{more} more points would file it as spam. {}", without_heaviest(mail, tag, "passed unmarked"))
        }
        _ => format!("{} more points would make it doubtful", points(tag - score)),
    }
}

/// Names the fewest reasons without which the score is below `limit`.
fn without_heaviest(mail: &MailDetail, limit: f64, fate: &str) -> String {
    let mut against: Vec<&Reason> = mail.reasons.iter().filter(|reason| 0.0 < reason.score).collect();
    against.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut rest = mail.row.score;
    let mut needed = 0;
    for reason in &against {
        if rest + EPSILON < limit {
            break;
        }
        rest -= reason.score;
        needed += 1;
    }
    match (needed, against.first()) {
        (1, Some(heaviest)) => {
            format!("Without “{}” it would have {fate}", shown(about(heaviest)))
        }
        (2.., _) if rest + EPSILON < limit => format!("Without its {needed} heaviest reasons it would have {fate}"),
        _ => "It takes a lesson from you to change that".to_owned(),
    }
}

/// What a reason means; its symbol if nobody wrote that down.
pub(crate) fn about(reason: &Reason) -> &str {
    if reason.about.is_empty() { &reason.symbol } else { &reason.about }
}

/// What a link pretends, if its text names another host than the one it goes to.
pub(crate) fn pretended_host(link: &LinkView) -> Option<String> {
    let text = safe_text::line(&link.text).to_lowercase();
    let after_scheme = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let end = after_scheme.find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-'));
    let named = end.and_then(|end| after_scheme.get(..end)).unwrap_or(after_scheme).trim_matches('.');
    let (_, top) = named.rsplit_once('.')?;
    let looks_like_host = 2 <= top.chars().count() && top.chars().all(char::is_alphabetic);
    let bare = |host: &str| host.trim_start_matches("www.").to_owned();
    let (said, real) = (bare(named), bare(&link.host.to_lowercase()));
    let is_same = said == real || real.ends_with(&format!(".{said}"));
    (looks_like_host && !is_same).then_some(said)
}

#[cfg(test)]
mod tests;
