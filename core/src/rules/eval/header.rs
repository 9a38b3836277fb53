//! On the headers of a message.

use super::{
    Eval, Scene,
    support::{address, argument, domain, has, header, latin, line, number, registered},
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

/// Lists and gateways that take `Received` headers out.
pub(super) fn trace_was_removed(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let list = latin(&header(scene, "Mailing-List"));
    if list.contains("ezmlm") && list.starts_with("contact") {
        return 1;
    }
    let received = header(scene, "Received");
    if received.trim_ascii().is_empty() {
        return 1;
    }
    let is_local = received.starts_with(b"from hotmail.com (") || has(&received, b"from groups.msn.com (");
    u32::from(is_local)
}
