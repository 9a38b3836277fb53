//! Which quoted traces are of one's own relays.

use super::*;
use crate::rules::eval::trial::run;

const LINES: &[&str] =
    &["welcomelist_bounce_relays relay*.isp.example foo.example", "whitelist_bounce_relays host?.example"];

fn finds(text: &str) -> u32 {
    let message = format!("Received: from x.example by relay1.isp.example\nSubject: abc\n\n{text}\n");
    run(message.as_bytes(), LINES, "check_welcomelist_bounce_relays")
}

#[test]
fn quoted_traces_of_own_relays_are_found() {
    for text in [
        "Received: from x.example (x.example [192.0.2.1]) by relay1.isp.example (Postfix)",
        "hello\n\n> received: by RELAY.isp.example with SMTP",
        "Received: from x.example\n\tby hostA.example id 1",
        "Received: from foo.example",
    ] {
        assert_eq!(finds(text), 1, "{text}");
    }
}

#[test]
fn other_lines_and_names_are_not() {
    for text in [
        "hello",
        "hello relay1.isp.example",
        "and Received: from x.example by relay1.isp.example",
        "X-Received: from x.example by relay1.isp.example",
        "Received: from x.example by relay1.isp.example.org x",
        "Received: from x.example by host.example x",
        "Received: from x.example by (relay1.isp.example)",
        // A name right behind another is not looked at.
        "Received: from x.example relay1.isp.example",
    ] {
        assert_eq!(finds(text), 0, "{text}");
    }
}

#[test]
fn without_relays_nothing_is_found() {
    let message = b"Subject: x\n\nReceived: from a.example by relay1.isp.example\n";
    assert_eq!(run(message, LINES, "have_any_bounce_relays"), 1);
    assert_eq!(run(message, LINES, "check_whitelist_bounce_relays"), 1);
    assert_eq!(run(message, &[], "have_any_bounce_relays"), 0);
    assert_eq!(run(message, &[], "check_whitelist_bounce_relays"), 0);
}

#[test]
fn patterns_take_any_text_for_a_star() {
    assert!(is_like(b"a*b*c", b"axxbyybzc") && is_like(b"*", b"") && is_like(b"?b", b"ab"));
    assert!(!is_like(b"a*b", b"abc") && !is_like(b"a?", b"a") && !is_like(b"", b"a"));
}
