//! On the headers of a message.

use super::{
    Eval, Scene,
    support::{address, argument, domain, has, header, latin, line, number},
};
use crate::rules::book::EvalTest;

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
    let is_missing = ["To", "Apparently-To"].iter().all(|name| header(scene, name).trim_ascii().is_empty());
    u32::from(is_missing)
}

fn senders_match(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(address(scene, "EnvelopeFrom") == address(scene, "From"))
}

fn sender_domains_differ(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let (from, envelope) = (address(scene, "From"), address(scene, "EnvelopeFrom"));
    let registered = |address| scene.lists.registry.registered(domain(address)).to_owned();
    let (from, envelope) = (registered(&from), registered(&envelope));
    u32::from(!from.is_empty() && !envelope.is_empty() && from != envelope)
}

/// The header is there so many times; several that say the same count once.
fn header_count(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let name = argument(test, 0).as_bytes();
    let named = scene.view.headers().fields().iter().filter(|field| field.is(name));
    let different: std::collections::BTreeSet<&[u8]> = named.map(crate::rules::view::Field::value).collect();
    let (Some(least), Some(most)) = (number(test, 1), number(test, 2)) else { return 0 };
    let count = f64::from(u32::try_from(different.len()).unwrap_or(u32::MAX));
    u32::from((least..=most).contains(&count))
}

/// So large a part of a header, and so many bytes of it, are outside ASCII.
fn illegal_characters(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let name = argument(test, 0);
    let (Some(ratio), Some(least)) = (number(test, 1), number(test, 2)) else { return 0 };
    let text =
        if name == "ALL" { scene.view.raw_header().to_vec() } else { header(scene, &format!("{name}:raw")).to_vec() };
    let all = text.len();
    let text = if name == "ALL" { without_named(&text) } else { text };
    if all == 0 {
        return 0;
    }
    // Signs of currency and the like of Latin-1 that people write unencoded.
    let mut bad = text.iter().filter(|byte| 0x7f <= **byte).count();
    if name == "Subject" {
        bad = bad.saturating_sub(text.iter().filter(|byte| matches!(**byte, 0xa2 | 0xa3 | 0xa9 | 0xae)).count());
    }
    #[expect(clippy::cast_precision_loss, reason = "headers are small")]
    let (bad, all) = (bad as f64, all as f64);
    u32::from(bad / all > ratio && bad >= least)
}

/// The header block without the two that have rules of their own.
fn without_named(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut is_skipped = false;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let begins = |name: &[u8]| line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
            is_skipped = begins(b"Subject:") || begins(b"From:");
        }
        if !is_skipped {
            out.extend_from_slice(line);
        }
    }
    out
}

/// `%FROM_EMAIL` and the like, left as they stood.
fn unresolved_template(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let all = header(scene, "ALL");
    let is_bad = |line: &[u8]| {
        let is_known = line.starts_with(b"X-VMS-To:") || line.starts_with(b"X-Uidl") || line.starts_with(b"X-Face");
        let after = memchr::memchr_iter(b'%', line).filter_map(|at| line.get(at + 1..));
        !is_known
            && after.into_iter().any(|rest| {
                let word = rest.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'_').count();
                let capitals = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
                3 <= capitals && capitals < word && rest.get(word).is_none_or(|byte| !byte.is_ascii_alphanumeric())
            })
    };
    u32::from(all.split(|byte| *byte == b'\n').any(is_bad))
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
    let is_foreign = line(scene, "Subject:raw").windows(2).any(|pair| pair == b"=?") && letters.is_empty();
    u32::from(!is_foreign && !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_uppercase()))
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
