//! Tests of the words and numbers.

use jiff::{Timestamp, tz::TimeZone};
use tamis_core::api::{MailId, MessagePage};

use super::*;
use crate::text::{Language, speak};

#[test]
fn days_and_numbers_are_those_of_the_language() {
    speak(Language::German);
    let now: Zoned = "2026-10-14T15:30:00[UTC]".parse().unwrap();
    for (at, want) in [
        ("2026-10-14T09:05:00Z", "09:05"),
        ("2026-10-13T23:59:00Z", "Gestern"),
        ("2026-10-10T12:00:00Z", "Sa"),
        ("2026-10-03T12:00:00Z", "3. Okt."),
        ("2024-03-03T12:00:00Z", "3. März 2024"),
    ] {
        assert_eq!(arrived(at.parse::<Timestamp>().unwrap().as_second(), &now), want, "{at}");
    }
    assert_eq!(arrived_in_full(now.timestamp().as_second(), &TimeZone::UTC), "Mittwoch, 14. Oktober 2026, 15:30");
    assert_eq!([grouped(1_234_567), points(-2.5), size(2_449_999)], ["1.234.567", "−2,5", "2,4 MB"]);
    let mut row = mail("unsure", 4.0, &[]).row;
    row.received_at = now.timestamp().as_second();
    row.waits_until = row.received_at + 86_400;
    assert_eq!(row_view(&row, &now).name, "a@example.org, Hello, Zweifelhaft, 4,0 Punkte, 15:30, wartet bis Do 15:30");
}

#[test]
fn arrival_is_as_short_as_can_be_told_apart() {
    let now: Zoned = "2026-10-14T15:30:00[UTC]".parse().unwrap();
    for (at, want) in [
        ("2026-10-14T09:05:00Z", "09:05"),
        ("2026-10-13T23:59:00Z", "Yesterday"),
        ("2026-10-10T12:00:00Z", "Sat"),
        ("2026-10-03T12:00:00Z", "3 Oct"),
        ("2024-10-03T12:00:00Z", "3 Oct 2024"),
        ("2026-10-15T01:00:00Z", "15 Oct"),
    ] {
        let seconds = at.parse::<Timestamp>().unwrap().as_second();
        assert_eq!(arrived(seconds, &now), want, "{at}");
    }
    assert_eq!(arrived(i64::MAX, &now), "");
}

#[test]
fn numbers_are_grouped_and_never_certain() {
    assert_eq!(percent(1.0), "99 %");
    assert_eq!(percent(0.0), "1 %");
    assert_eq!(percent(f64::NAN), "50 %");
    assert_eq!(points(-0.04), "0.0");
    assert_eq!(signed_points(-2.5), "−2.5");
    assert_eq!(signed_points(2.5), "+2.5");
    assert_eq!(size(2_449_999), "2.4 MB");
}

#[test]
fn the_fewest_reasons_that_matter_are_named() {
    let one = mail("spam", 6.0, &[("LISTED", 4.0), ("HTML", 2.0)]);
    assert_eq!(what_would_change(&one), "Without “LISTED” it would have stayed in the inbox");
    let two = mail("spam", 12.0, &[("A", 4.0), ("B", 4.0), ("C", 4.0)]);
    assert_eq!(what_would_change(&two), "Without its 2 heaviest reasons it would have stayed in the inbox");
    let doubtful = mail("unsure", 4.0, &[("A", 4.0)]);
    assert_eq!(
        what_would_change(&doubtful),
        "1.0 more points would file it as spam. Without “A” it would have passed unmarked"
    );
    assert_eq!(what_would_change(&mail("ham", -1.0, &[("A", -1.0)])), "4.0 more points would make it doubtful");
    let decided = mail("spam", 0.5, &[("GTUBE", 0.5)]);
    assert_eq!(what_would_change(&decided), "Not decided by the 0.5 points: one reason settled it");
}

#[test]
fn a_link_that_names_another_host_is_found() {
    for (text, host, want) in [
        ("https://www.paypal.com/login", "evil.example", Some("paypal.com")),
        ("paypal.com", "www.paypal.com", None),
        ("example.org", "mail.example.org", None),
        ("Click here", "evil.example", None),
        ("Save 9.99 now", "shop.example", None),
        ("", "shop.example", None),
        ("bank.example", "bank.example.evil.example", Some("bank.example")),
    ] {
        let link = LinkView { text: text.to_owned(), host: host.to_owned(), url: String::new() };
        assert_eq!(pretended_host(&link).as_deref(), want, "{text} → {host}");
    }
}

#[test]
fn a_row_says_everything_to_a_screen_reader() {
    let now: Zoned = "2026-10-14T15:30:00[UTC]".parse().unwrap();
    let mut row = mail("spam", 7.25, &[]).row;
    row.received_at = now.timestamp().as_second();
    row.subject = "You\u{202E} won\r\nBcc: x".to_owned();
    assert_eq!(row_view(&row, &now).name, "a@example.org, You won Bcc: x, Spam, score 7.2, 15:30");
    row.from_address.clear();
    row.subject.clear();
    row.taught = Some("ham".to_owned());
    let name = row_view(&row, &now).name;
    assert_eq!(name, "(no sender), (no subject), Spam, score 7.2, 15:30, taught as good");
}

#[test]
fn a_row_that_is_judged_again_says_when() {
    let now: Zoned = "2026-10-14T15:30:00[UTC]".parse().unwrap();
    let mut row = mail("unsure", 4.0, &[]).row;
    assert_eq!(row_view(&row, &now).waits, None);
    row.received_at = now.timestamp().as_second();
    row.waits_until = row.received_at + 600;
    let shown = row_view(&row, &now);
    assert_eq!(shown.waits.as_deref(), Some("until 15:40"));
    assert_eq!(shown.name, "a@example.org, Hello, Doubtful, score 4.0, 15:30, waits until 15:40");
    row.waits_until = row.received_at + 86_400;
    assert_eq!(row_view(&row, &now).waits.as_deref(), Some("until Thu 15:30"));
    // The person's word ends all waiting.
    row.taught = Some("ham".to_owned());
    assert_eq!(row_view(&row, &now).waits, None);
}

fn mail(class: &str, score: f64, reasons: &[(&str, f64)]) -> MailDetail {
    let reason = |&(symbol, score): &(&str, f64)| Reason {
        symbol: symbol.to_owned(),
        about: String::new(),
        why: String::new(),
        score,
    };
    MailDetail {
        row: MailRow {
            id: MailId(1),
            account: "work".to_owned(),
            from_name: String::new(),
            from_address: "a@example.org".to_owned(),
            subject: "Hello".to_owned(),
            received_at: 0,
            class: class.to_owned(),
            score,
            probability: None,
            folder: "Junk".to_owned(),
            uid: 1,
            action: "junk".to_owned(),
            is_archived: false,
            is_held: false,
            taught: None,
            reason: String::new(),
            reasons: vec![],
            waits_until: 0,
        },
        reasons: reasons.iter().map(reason).collect(),
        clues: vec![],
        tag_threshold: 3.0,
        junk_threshold: 5.0,
        to: String::new(),
        text: String::new(),
        links: vec![],
        files: vec![],
        leaving: None,
        asked: vec![],
        way: Vec::new(),
        reportable: Vec::new(),
        no_preview: None,
        page: MessagePage::default(),
    }
}
