//! Tests of what a digest looks like, and of what a stranger cannot do to it.

use proptest::prelude::*;
use tamis_core::{Arrival, Mail};

use super::*;

/// Tuesday, 13 October 2026, 06:00 UTC.
const NOW: UnixTime = UnixTime(1_791_871_200);
const DAY: i64 = 86_400;

fn zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn entry(n: i64) -> Entry {
    Entry {
        received_at: UnixTime(NOW.0 - n * DAY),
        from_name: "Zoë Größe".to_owned(),
        from_address: "offers@shop.example".to_owned(),
        subject: format!("Offer {n}: https://shop.example/now"),
        reason: "dated 9 hours after it arrived".to_owned(),
        place: "now in Junk".to_owned(),
        score: Score::from_thousandths(5_300),
        link: format!("tamis:release/{n}-00112233445566778899aabbccddeeff"),
    }
}

struct Case {
    address: Address,
    zone: TimeZone,
    entries: Vec<Entry>,
    total: u32,
    since: UnixTime,
    held: String,
}

impl Case {
    fn of(entries: Vec<Entry>) -> Self {
        let total = u32::try_from(entries.len()).unwrap();
        let address = Address::parse("robin@example.org").unwrap();
        Self { address, zone: zone(), entries, total, since: UnixTime(NOW.0 - DAY), held: String::new() }
    }

    fn report(&self) -> Report<'_> {
        Report {
            address: &self.address,
            message_id: "<3.0f.tamis@example.org>",
            at: NOW,
            since: self.since,
            zone: &self.zone,
            total: self.total,
            entries: &self.entries,
            held: &self.held,
        }
    }

    fn html(&self) -> String {
        let (report, now) = (self.report(), moment(NOW, &self.zone));
        let shown: Vec<Shown<'_>> = self.entries.iter().map(|entry| entry.shown(&self.zone, &now)).collect();
        html::page(&report.subject(), &report.frame(), &shown)
    }

    fn raw(&self) -> String {
        String::from_utf8(self.report().message()).unwrap()
    }
}

#[test]
fn a_digest_in_full() {
    let mut case = Case::of(vec![entry(1), Entry { reason: String::new(), ..entry(400) }]);
    case.total = 5;
    case.held = "More is to be filed than usual, so 2 messages stayed in the inbox until you say what to do".to_owned();
    let raw = case.raw();
    assert!(raw.lines().all(|line| line.len() <= 78), "{raw}");
    assert_eq!(raw.matches('\n').count(), raw.matches("\r\n").count());
    insta::assert_snapshot!(raw.replace("\r\n", "\n"));
}

#[test]
fn mail_programs_and_tamis_read_it_as_it_was_meant() {
    let case = Case::of(vec![entry(1)]);
    let raw = case.report().message();
    let mail = Mail::parse(&raw, &Arrival::default());
    assert_eq!(mail.subject(), "Tamis: 1 message filed since Monday");
    assert_eq!(mail.from().first().unwrap().address.as_ref().unwrap().to_string(), "robin@example.org");
    let [text, html] = mail.texts() else { panic!("{} parts", mail.texts().len()) };
    assert!(text.text.contains("1. Offer 1: https[:]//shop[.]example/now"), "{}", text.text);
    assert!(text.text.contains("From: Zoë Größe <offers[at]shop[.]example>"), "{}", text.text);
    assert!(html.text.contains("From: Zoë Größe <offers[at]shop[.]example>\nMon 12 October, 08:00"), "{}", html.text);
    let links: Vec<&str> = mail.urls().iter().map(|url| url.written.as_str()).collect();
    assert_eq!(links, [case.entries[0].link.as_str()], "the only link is our own");
}

#[test]
fn the_subject_says_since_when() {
    let mut case = Case::of(vec![entry(1)]);
    case.total = 12;
    for (ago, want) in [
        (3600, " since 07:00"),
        (DAY, " since Monday"),
        (6 * DAY, " since Wednesday"),
        (7 * DAY, " since 6 October"),
        (400 * DAY, " since 8 September 2025"),
        (NOW.0, ""),
        (-5, ""),
    ] {
        case.since = UnixTime(NOW.0 - ago);
        assert_eq!(case.report().subject(), format!("Tamis: 12 messages filed{want}"), "{ago} seconds ago");
    }
}

#[test]
fn what_a_stranger_wrote_is_no_link_but_can_be_read() {
    for (wrote, want) in [
        ("www.example.com", "www[.]example[.]com"),
        ("http://1.2.3.4/x", "http[:]//1.2.3.4/x"),
        ("mailto:a@b.example", "mailto[:]a[at]b[.]example"),
        ("tamis:release/1-0", "tamis[:]release/1-0"),
        ("example\u{3002}com and e\u{ff0e}com", "example[.]com and e[.]com"),
        ("At 12:30 for 3.50. Really: yes...", "At 12:30 for 3.50. Really: yes[.][.]."),
        ("a\r\nBcc: x\u{202e}y\u{7}", "a  Bcc: xy"),
        (" 12345678901234567890 ", "1234567890123456…"),
    ] {
        assert_eq!(defanged(wrote, if wrote.contains("1234") { 16 } else { 99 }), want, "{wrote}");
    }
}

#[test]
fn nothing_at_all_is_said_to_be_nothing() {
    let empty = String::new;
    let entry = Entry { from_name: empty(), from_address: empty(), subject: " \u{200b}\n".to_owned(), ..entry(1) };
    let now = moment(NOW, &zone());
    let shown = entry.shown(&zone(), &now);
    assert_eq!((shown.from.as_str(), shown.subject.as_str()), ("(no sender)", "(no subject)"));
    let named = Entry { from_name: "Zoë".to_owned(), ..entry };
    assert_eq!(named.shown(&zone(), &now).from, "Zoë");
}

#[test]
fn two_hundred_long_entries_are_a_message_of_moderate_size() {
    let long = |text: &str| text.repeat(1000);
    let loud = |n| Entry { subject: long("<&"), from_name: long("é"), reason: long("\""), ..entry(n) };
    let raw = Case::of((1..=200).map(loud).collect()).raw();
    assert!(raw.len() < 2 << 20, "{} bytes", raw.len());
}

/// Anything, with what may do harm now and then.
fn words() -> impl Strategy<Value = String> {
    let harmful = proptest::sample::select(vec![
        "\r\n",
        "\n\n",
        "--",
        "=_tamis_",
        "<a href=\"http://evil.example\">",
        "</li>",
        "&lt;",
        "<script>",
        "http://",
        "www.evil.example",
        "evil@evil.example",
        "tamis:release/1-0",
        "\u{202e}",
        "\u{0}",
        "=?utf-8?q?x?=",
        "\"",
        "'",
        "Bcc: a@evil.example",
        "\u{ff0e}",
        "mailto:",
        "evil.example/x",
        "<!--",
        "]]>",
        "`",
    ]);
    let piece = prop_oneof![harmful.prop_map(str::to_owned), ".{0,12}"];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_stranger_adds_no_header_no_part_no_markup_and_no_link(
        from_name in words(), from_address in words(), subject in words(), reason in words(), place in words(),
        at in any::<i64>(),
    ) {
        let received_at = UnixTime(at);
        let hostile = Entry { received_at, from_name, from_address, subject, reason, place, ..entry(1) };
        let honest = Case::of(vec![entry(1), entry(2)]);
        let case = Case::of(vec![hostile, entry(2)]);
        let raw = case.report().message();
        let (head, _) = std::str::from_utf8(&raw).unwrap().split_once("\r\n\r\n").unwrap();
        let honest_raw = honest.raw();
        prop_assert_eq!(head, honest_raw.split_once("\r\n\r\n").unwrap().0);

        let mail = Mail::parse(&raw, &Arrival::default());
        prop_assert_eq!(mail.texts().len(), 2);
        let links: Vec<String> = mail.urls().iter().map(|url| url.written.clone()).collect();
        prop_assert!(links.iter().all(|link| link.starts_with("tamis:release/")), "{:?}", links);

        // As many elements as in a digest of harmless words, but for the line of a reason that may be empty.
        let (html, honest_html) = (case.html(), honest.html());
        let missing = honest_html.matches('<').count() - html.matches('<').count();
        prop_assert!(missing <= 1, "{}", html);
        for mark in ['>', '"', '\''] {
            prop_assert_eq!(html.matches(mark).count() + if mark == '>' { missing } else { 0 },
                honest_html.matches(mark).count(), "{}", html);
        }
        prop_assert!(!html.chars().any(|c| c.is_control() && c != '\n'));
    }
}
