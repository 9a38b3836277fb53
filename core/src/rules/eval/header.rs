//! On the headers of a message.

use super::{
    Eval, Scene,
    support::{address, argument, domain, header, latin, line, number, registered},
};
use crate::rules::{book::EvalTest, view::Field};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_for_missing_to_header", run: missing_to },
    Eval { name: "check_for_matching_env_and_hdr_from", run: senders_match },
    Eval { name: "check_equal_from_domains", run: sender_domains_differ },
    Eval { name: "check_header_count_range", run: header_count },
    Eval { name: "check_illegal_chars", run: illegal_characters },
    Eval { name: "check_unresolved_template", run: unresolved_template },
    Eval { name: "subject_is_all_caps", run: subject_is_all_caps },
    Eval { name: "gated_through_received_hdr_remover", run: trace_was_removed },
];

fn missing_to(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let is_missing = ["To", "Apparently-To"].iter().all(|name| scene.view.headers().get(name).is_none());
    u32::from(is_missing)
}

fn senders_match(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(address(scene, "EnvelopeFrom") == address(scene, "From"))
}

fn sender_domains_differ(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let (from, envelope) = (address(scene, "From"), address(scene, "EnvelopeFrom"));
    let own = |address| registered(scene, domain(address)).to_owned();
    let (from, envelope) = (own(&from), own(&envelope));
    u32::from(!from.is_empty() && !envelope.is_empty() && from != envelope)
}

/// The header is there so many times; several that say the same count once.
fn header_count(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let name = argument(test, 0).as_bytes();
    let named = scene.view.headers().fields().iter().filter(|field| field.is(name));
    let different: std::collections::BTreeSet<&[u8]> = named.map(Field::value).collect();
    let (Some(least), Some(most)) = (number(test, 1), number(test, 2)) else { return 0 };
    let count = f64::from(u32::try_from(different.len()).unwrap_or(u32::MAX));
    u32::from((least..=most).contains(&count))
}

/// So large a part of a header, and so many bytes of it, are neither ASCII text nor UTF-8.
fn illegal_characters(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let name = argument(test, 0);
    let (Some(ratio), Some(least)) = (number(test, 1), number(test, 2)) else { return 0 };
    let form = if name == "ALL" { "ALL:raw".to_owned() } else { format!("{name}:raw") };
    let text = header(scene, &form);
    let bad = illegal_bytes(&text);
    #[expect(clippy::cast_precision_loss, reason = "headers are small")]
    let (bad, all) = (bad as f64, text.len() as f64);
    u32::from(0.0 < all && ratio < bad / all && least <= bad)
}

/// Control characters, and bytes above ASCII unless the whole is UTF-8.
fn illegal_bytes(text: &[u8]) -> usize {
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127);
    let is_utf8 = str::from_utf8(text).is_ok();
    text.iter().filter(|byte| is_control(byte) || (!is_utf8 && 128 <= **byte)).count()
}

/// Headers in which `%FROM_EMAIL` and the like may be meant.
const MAY_HOLD_TEMPLATES: [&[u8]; 13] = [
    b"x-vms-to",
    b"x-uidl",
    b"x-face",
    b"to",
    b"cc",
    b"from",
    b"subject",
    b"references",
    b"in-reply-to",
    b"message-id",
    b"x-message-id",
    b"resent-message-id",
    b"x-original-message-id",
];

/// `%FROM_EMAIL` and the like, left as they stood.
fn unresolved_template(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let is_left = |field: &Field<'_>| {
        let value = field.value();
        let mut marks = memchr::memchr_iter(b'%', value).filter_map(|at| value.get(at + 1..at + 3));
        marks.any(|mark| matches!(mark, [b'A'..=b'Z', b'A'..=b'Z' | b'_' | b'-']))
    };
    let is_checked = |field: &&Field<'_>| !MAY_HOLD_TEMPLATES.iter().any(|name| field.is(name));
    u32::from(scene.view.headers().fields().iter().filter(is_checked).any(is_left))
}

fn subject_is_all_caps(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let mut subject = latin(&line(scene, "Subject")).trim().to_owned();
    loop {
        let head = subject.get(..3).unwrap_or_default().to_ascii_lowercase();
        let is_prefix = head == "re:" || head == "fw:" || head == "fwd";
        if !is_prefix {
            break;
        }
        subject = subject.get(3..).unwrap_or_default().trim_start_matches(':').trim().to_owned();
    }
    if subject.len() < 10 || !subject.contains(char::is_whitespace) {
        return 0;
    }
    let letters: String = subject.chars().filter(char::is_ascii_alphabetic).collect();
    let is_all = !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_uppercase());
    u32::from(is_all && is_western(&latin(&header(scene, "Subject:raw"))))
}

/// Whether encoded words of a header are in a charset of western languages or in UTF-8, if there are any.
fn is_western(raw: &str) -> bool {
    let raw = raw.to_ascii_lowercase();
    let charset = raw.split_once("=?").and_then(|(_, rest)| rest.split_once('?')).map(|(charset, _)| charset);
    charset.is_none_or(|charset| {
        let western = ["iso-8859-1", "iso-8859-15", "windows-1252", "windows-1250", "utf-8", "us-ascii", "iso-8859-2"];
        western.contains(&charset)
    })
}

/// Lists and gateways that take `Received` headers out: ezmlm, groups of MSN's, and whoever left none.
pub(super) fn trace_was_removed(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let received = latin(&header(scene, "Received"));
    let list = latin(&header(scene, "Mailing-List"));
    let is_ezmlm = list.starts_with("contact ") && list.trim_end().ends_with("; run by ezmlm");
    let is_delivered = latin(&header(scene, "Delivered-To")).lines().any(|line| line.starts_with("mailing list "));
    let is_qmails = received.contains("(qmail ") && received.contains(" invoked ");
    let is_of_groups = received
        .split("from groups.msn.com (")
        .skip(1)
        .any(|rest| rest.split_once(" [").is_some_and(|(name, _)| name.ends_with(".msn.com")));
    u32::from(received.trim().is_empty() || (is_ezmlm && is_delivered && is_qmails) || is_of_groups)
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    fn holds(headers: &str, function: &str, arguments: &[&str]) -> bool {
        ask(&format!("{headers}\n\nx"), "util_rb_tld com uk\nutil_rb_2tld co.uk", function, arguments) == 1
    }

    #[test]
    fn a_message_to_nobody_has_no_header_that_says_so() {
        for (headers, want) in
            [("To:", false), ("Apparently-To: a@b.com", false), ("Cc: a@b.com", true), ("X: y", true)]
        {
            assert_eq!(holds(headers, "check_for_missing_to_header", &[]), want, "{headers}");
        }
    }

    #[test]
    fn senders_are_compared_whole_and_by_registered_domain() {
        for (envelope, from, same, differ) in [
            ("a@x.com", "A@x.com", true, false),
            ("b@m.x.co.uk", "a@n.x.co.uk", false, false),
            ("b@x.co.uk", "a@y.co.uk", false, true),
            ("", "a@y.co.uk", false, false),
        ] {
            let headers = format!("Return-Path: <{envelope}>\nFrom: <{from}>");
            assert_eq!(holds(&headers, "check_for_matching_env_and_hdr_from", &[]), same, "{headers}");
            assert_eq!(holds(&headers, "check_equal_from_domains", &[]), differ, "{headers}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_counted_unless_all_is_utf8() {
        for (subject, want) in [
            ("hell\u{f6} w\u{f6}rld", true),
            ("hell\u{f6} world", false),
            ("caf\u{c3}\u{a9}", false),
            ("caf\u{c3}\u{a9} \u{f6}", true),
            ("\u{1}\u{2}", true),
        ] {
            let got = holds(&format!("Subject: {subject}"), "check_illegal_chars", &["Subject", "0.00", "2"]);
            assert_eq!(got, want, "{subject:?}");
        }
        let long = format!("X-A: \u{f6}\u{f6}\nX-B: {}", "x".repeat(250));
        assert!(!holds(&long, "check_illegal_chars", &["ALL", "0.010", "2"]));
    }

    #[test]
    fn templates_left_in_headers_are_told() {
        for (header, want) in [
            ("X-A: %RND_X", true),
            ("X-A: 100%-OFF", false),
            ("Subject: %RND_X", false),
            ("Message-Id: %RND_X", false),
            ("X-A: 5%", false),
        ] {
            assert_eq!(holds(header, "check_unresolved_template", &[]), want, "{header}");
        }
    }

    #[test]
    fn a_subject_in_capitals_is_told() {
        for (subject, want) in [
            ("HELLO WORLD 123", true),
            ("Re: HELLO WORLD FOO", true),
            ("=?utf-8?Q?HELLO_WORLD_FOO?=", true),
            ("=?gb2312?Q?HELLO_WORLD_FOO?=", false),
            ("HELLOWORLDS", false),
            ("HELLO WO", false),
            ("HELLO WORLd", false),
            ("12345 67890 123", false),
        ] {
            assert_eq!(holds(&format!("Subject: {subject}"), "subject_is_all_caps", &[]), want, "{subject}");
        }
    }

    #[test]
    fn who_takes_traces_out_is_known() {
        let ezmlm = "Mailing-List: contact x-help@y.com; run by ezmlm\nDelivered-To: mailing list x@y.com";
        for (headers, want) in [
            (format!("{ezmlm}\nReceived: (qmail 12 invoked from network); D"), true),
            (format!("{ezmlm}\nReceived: from a by b; D"), false),
            ("Received: from groups.msn.com (x.msn.com [192.0.2.1]) by b (8/8) id 1; D".to_owned(), true),
            ("Received: from groups.msn.com ([192.0.2.1]) by b (8/8) id 1; D".to_owned(), false),
            ("X-A: 1".to_owned(), true),
        ] {
            assert_eq!(holds(&headers, "gated_through_received_hdr_remover", &[]), want, "{headers}");
        }
    }

    #[test]
    fn the_same_header_twice_counts_once() {
        let range = ["X-A", "2", "9"];
        assert!(holds("X-A: 1\nX-A: 2", "check_header_count_range", &range));
        assert!(!holds("X-A: 1\nX-A: 1", "check_header_count_range", &range));
    }
}
