//! What the agent says, in the words and numbers to show.

mod dates;
mod learning;

use jiff::Zoned;
use tamis_core::api::{AccountState, AccountStatus, BackfillStatus, LinkView, MailDetail, MailRow, Reason, Show};

use self::dates::clock_time;
pub(crate) use self::{
    dates::{arrived, arrived_in_full},
    learning::{learning_report, learning_words},
};
use crate::{
    bidi, safe_text,
    text::{self, t},
};

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
    /// When it is judged again, if it waits for that: `until 14:20`.
    pub(crate) waits: Option<String>,
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
    let waits = waits(row, now);
    let fate = match &waits {
        Some(waits) => format!("{}, {}", fate(row), t!("view-waits-until", time = waits)),
        None => fate(row),
    };
    let (from, about) = (&sender, &subject);
    let name = t!("view-row-name", sender = from, subject = about, class = class, score = &score, arrived = &arrived);
    RowView {
        name: format!("{name}{fate}{taught}"),
        place: place(row),
        waits,
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
    if name.is_empty() { t!("view-no-sender") } else { name }
}

/// The subject, or what to say instead.
pub(crate) fn subject(row: &MailRow) -> String {
    let subject = safe_text::line(&row.subject);
    if subject.is_empty() { t!("view-no-subject") } else { subject }
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
    text::figure(&text).replace('-', "−")
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
/// A number with the separators of the language.
pub(crate) fn grouped(number: u32) -> String {
    text::figure(&number.to_string())
}

/// A size for people: `812 bytes`, `34 kB`, `2.4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| text::figure(&format!("{}.{}", bytes / unit, bytes % unit * 10 / unit));
    match bytes {
        0..1_000 => t!("view-bytes", count = bytes),
        1_000..1_000_000 => t!("view-kilobytes", size = bytes / 1_000),
        1_000_000..1_000_000_000 => t!("view-megabytes", size = tenths(1_000_000)),
        _ => t!("view-gigabytes", size = tenths(1_000_000_000)),
    }
}

/// `ham`, `unsure` or `spam` in words.
pub(crate) fn class_words(class: &str) -> String {
    match class {
        "spam" => t!("view-class-spam"),
        "unsure" => t!("view-class-unsure"),
        _ => t!("view-class-ham"),
    }
}

/// On a row whose filing waits for the person.
pub(crate) fn waits_for_you() -> String {
    t!("view-waits-for-you")
}

/// On a row that is judged again: `until 14:20`, as short as fits. Nothing on others.
fn waits(row: &MailRow, now: &Zoned) -> Option<String> {
    let is_waiting = row.waits_until != 0 && !row.is_held && row.taught.is_none();
    is_waiting.then(|| t!("view-until", time = clock_time(row.waits_until, now)))
}

/// What was done with a message, in a word, if it is not a plain move.
fn deed(row: &MailRow) -> Option<String> {
    match row.action.as_str() {
        _ if row.is_held => None,
        "tag" => Some(t!("view-deed-tagged")),
        "strip" => Some(t!("view-deed-stripped")),
        "quarantine" => Some(t!("view-deed-quarantined")),
        "forward" | "forward-and-deliver" => Some(t!("view-deed-forwarded")),
        "delete" => Some(t!("view-deed-deleted")),
        _ => None,
    }
}

/// What was done with a message or where it is, as short as fits into a row.
fn place(row: &MailRow) -> String {
    match deed(row) {
        Some(deed) => deed,
        None if row.folder.is_empty() && row.is_archived => t!("view-in-archive"),
        None => shown(&row.folder),
    }
}

/// The same for a screen reader, after a comma; nothing for a message that was only moved.
fn fate(row: &MailRow) -> String {
    let waits = row.is_held.then(waits_for_you);
    let deed = deed(row).map(|deed| deed.to_lowercase());
    let archive = (row.folder.is_empty() && row.is_archived).then(|| t!("view-said-in-archive"));
    [waits, deed, archive].into_iter().flatten().fold(String::new(), |all, one| format!("{all}, {one}"))
}

/// Where a message is, what was done with it, and whether it can still come back.
pub(crate) fn place_in_full(row: &MailRow) -> String {
    let deed = match row.action.as_str() {
        _ if row.is_held => Some(t!("view-full-held")),
        _ if row.waits_until != 0 => Some(t!("view-full-waits")),
        "tag" => Some(t!("view-full-tagged")),
        "strip" => Some(t!("view-full-stripped")),
        "quarantine" => Some(t!("view-full-quarantined")),
        "forward" | "forward-and-deliver" => Some(t!("view-full-forwarded")),
        "delete" => Some(t!("view-full-deleted")),
        _ => None,
    };
    let place = match (row.folder.is_empty(), row.is_archived) {
        (false, _) => shown(&row.folder),
        (true, true) => t!("view-full-archive"),
        (true, false) => t!("view-full-gone"),
    };
    deed.map_or_else(|| place.clone(), |deed| format!("{place} · {deed}"))
}

/// What the person said about a message.
pub(crate) fn taught_words(label: &str) -> String {
    if label == "spam" { t!("view-taught-spam") } else { t!("view-taught-good") }
}

/// The name of a list.
pub(crate) fn list_name(show: Show) -> String {
    match show {
        Show::Review => t!("view-list-review"),
        Show::Junk => t!("view-list-junk"),
        Show::All => t!("view-list-all"),
    }
}

/// How far a look at older mail has got.
pub(crate) fn backfill_words(backfill: &BackfillStatus) -> String {
    let BackfillStatus { days, total, done, found, is_paused, is_ended } = *backfill;
    if is_ended && total <= done {
        return t!("view-backfill-done", days = days, total = total, found = found);
    }
    match (is_ended, is_paused) {
        (true, _) => t!("view-backfill-stopped", days = days, done = done, total = total, found = found),
        (false, true) => t!("view-backfill-paused", days = days, done = done, total = total, found = found),
        (false, false) => t!("view-backfill-runs", days = days, done = done, total = total, found = found),
    }
}

/// With a capital letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whose word about the way of an account's mail is believed, if that is known.
pub(crate) fn servers_words(account: &AccountStatus) -> Option<String> {
    let words = |domains: &[String]| domains.iter().map(|domain| shown(domain)).collect::<Vec<_>>().join(", ");
    let (told, learned) = (words(&account.servers), words(&account.servers_learned));
    match (told.is_empty(), learned.is_empty()) {
        (true, true) => None,
        (false, true) => Some(t!("view-servers-told", told = told)),
        (true, false) => Some(t!("view-servers-learned", learned = learned)),
        (false, false) => Some(t!("view-servers-both", told = told, learned = learned)),
    }
}

/// The state of an account in two words.
pub(crate) fn state_words(state: AccountState) -> String {
    match state {
        AccountState::Connecting => t!("view-state-connecting"),
        AccountState::Watching => t!("view-state-watching"),
        AccountState::Working => t!("view-state-working"),
        AccountState::Retrying => t!("view-state-retrying"),
        AccountState::Offline => t!("view-state-offline"),
        AccountState::NeedsYou => t!("view-state-needs-you"),
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
        return t!("view-settled", points = points(score));
    }
    match by_points {
        "spam" => without_heaviest(mail, junk, true),
        "unsure" => {
            let more = t!("view-more-spam", points = points(junk - score));
            format!("{more} {}", without_heaviest(mail, tag, false))
        }
        _ => t!("view-more-doubtful", points = points(tag - score)),
    }
}

/// Names the fewest reasons without which the score is below `limit`, and with it the message no spam, or not even doubtful.
fn without_heaviest(mail: &MailDetail, limit: f64, is_spam: bool) -> String {
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
            let reason = shown(about(heaviest));
            if is_spam {
                t!("view-without-one-inbox", reason = reason)
            } else {
                t!("view-without-one-unmarked", reason = reason)
            }
        }
        (2.., _) if rest + EPSILON < limit && is_spam => t!("view-without-some-inbox", count = needed),
        (2.., _) if rest + EPSILON < limit => t!("view-without-some-unmarked", count = needed),
        _ => t!("view-without-lesson"),
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
