//! What is looked at before anybody is asked.

use super::*;

#[test]
fn signatures_are_counted_in_the_head_alone() {
    let one = "DKIM-Signature: v=1;\r\n h=from:DKIM-Signature\r\n";
    for (head, body, want) in [
        (one.repeat(10), one.repeat(50), false),
        (one.repeat(11), String::new(), true),
        (one.to_lowercase().repeat(11), String::new(), true),
        (one.replace("\r\n", "\n").repeat(11), String::new(), true),
        (one.replace("\r\n", "\r").repeat(11), String::new(), true),
        ("ARC-Message-Signature: i=1\r\n".repeat(11), String::new(), true),
        ("ARC-Message-Signature: i=1\r\n".repeat(10), String::new(), false),
    ] {
        assert_eq!(too_many(format!("{head}From: a@b.example\r\n\r\n{body}").as_bytes()), want, "{head}");
    }
    assert!(too_many(one.repeat(11).as_bytes()), "also without a body");
}

#[test]
fn only_files_from_a_disk_get_other_line_ends() {
    for (raw, want) in [
        ("a: b\r\n\r\nc\nd\r\n", "a: b\r\n\r\nc\nd\r\n"),
        ("a: b\n\nc\r\nd", "a: b\r\n\r\nc\r\nd"),
        ("a", "a"),
        ("", ""),
    ] {
        assert_eq!(with_returns(raw.as_bytes()), want.as_bytes(), "{raw:?}");
    }
}

#[test]
fn a_message_without_a_time_is_not_fresh() {
    let now = UnixTime(1_700_000_000);
    for (at, want) in [
        (None, false),
        (Some(now.0), true),
        (Some(now.0 + 3600), true),
        (Some(now.0 - FRESH_SECS), true),
        (Some(now.0 - FRESH_SECS - 1), false),
        (Some(i64::MIN), false),
    ] {
        assert_eq!(is_fresh(at.map(UnixTime), now), want, "{at:?}");
    }
}
