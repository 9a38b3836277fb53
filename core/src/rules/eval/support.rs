//! What several functions need.

use std::borrow::Cow;

use super::Scene;
use crate::rules::book::EvalTest;

/// A header as a rule names it; empty if there is none.
pub(super) fn header<'run>(scene: &Scene<'run>, form: &str) -> Cow<'run, [u8]> {
    scene.view.headers().get(form).unwrap_or_default()
}

/// The same, without its last line end.
pub(super) fn line(scene: &Scene<'_>, form: &str) -> Vec<u8> {
    let text = header(scene, form);
    text.strip_suffix(b"\n").unwrap_or(&text).to_vec()
}

/// The first address of a header, lower case; empty if there is none.
pub(super) fn address<'scene>(scene: &'scene Scene<'_>, name: &str) -> Cow<'scene, str> {
    scene.address(name).map_or_else(|| Cow::Owned(read_address(scene, name)), Cow::Borrowed)
}

pub(super) fn read_address(scene: &Scene<'_>, name: &str) -> String {
    let all = latin(&header(scene, &format!("{name}:addr")));
    all.lines().next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What follows the last `@`.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The part of a host's name that is registered; its last two labels, if nobody knows.
pub(super) fn registered<'host>(scene: &Scene<'_>, host: &'host str) -> &'host str {
    let host = host.trim_matches('.');
    let last_two = || host.rmatch_indices('.').nth(1).and_then(|(at, _)| host.get(at + 1..)).unwrap_or(host);
    scene.lists.boundaries.domain(host).unwrap_or_else(last_two)
}

/// Bytes as text, one character each.
pub(super) fn latin(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Whether some bytes hold others.
pub(super) fn has(text: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(text, words).is_some()
}

/// A number given as an argument; `undef` and nothing are none.
pub(super) fn number(test: &EvalTest, index: usize) -> Option<f64> {
    test.arguments.get(index)?.trim().parse().ok()
}

/// An argument.
pub(super) fn argument(test: &EvalTest, index: usize) -> &str {
    test.arguments.get(index).map(String::as_str).unwrap_or_default()
}

/// All addresses in a header, lower case, each once, in order.
pub(super) fn mailboxes<'scene>(scene: &'scene Scene<'_>, name: &str) -> Cow<'scene, [String]> {
    scene.mailboxes(name).map_or_else(|| Cow::Owned(read_mailboxes(scene, name)), Cow::Borrowed)
}

pub(super) fn read_mailboxes(scene: &Scene<'_>, name: &str) -> Vec<String> {
    if name == "EnvelopeFrom" {
        return scene.view.envelope_from().map(|address| latin(address).to_ascii_lowercase()).into_iter().collect();
    }
    let name = name.split(':').next().unwrap_or(name);
    let mut all = Vec::new();
    for address in scene.view.headers().addresses(name).iter().take(MOST_ADDRESSES) {
        let address = latin(address).to_ascii_lowercase();
        if !all.contains(&address) {
            all.push(address);
        }
    }
    all
}

/// Addresses looked at most in one header.
const MOST_ADDRESSES: usize = 1_000;

/// Headers that name a sender, when the message was not sent on.
const FROM: [&str; 4] = ["Envelope-Sender", "Resent-Sender", "X-Envelope-From", "From"];

/// What [`Scene::senders`] keeps.
pub(super) fn senders(scene: &Scene<'_>) -> Vec<String> {
    if scene.view.headers().get("Resent-From").is_some_and(|text| !text.trim_ascii().is_empty()) {
        return mailboxes(scene, "Resent-From").into_owned();
    }
    FROM.iter().chain(&["EnvelopeFrom"]).flat_map(|name| mailboxes(scene, name).into_owned()).collect()
}

/// Headers that name a recipient, when the message was not sent on.
const TO: [&str; 12] = [
    "To",
    "Cc",
    "Apparently-To",
    "Delivered-To",
    "Envelope-Recipients",
    "Apparently-Resent-To",
    "X-Envelope-To",
    "Envelope-To",
    "X-Delivered-To",
    "X-Original-To",
    "X-Rcpt-To",
    "X-Real-To",
];

/// What [`Scene::recipients`] keeps.
pub(super) fn recipients(scene: &Scene<'_>) -> Vec<String> {
    let resent: Vec<String> =
        ["Resent-To", "Resent-Cc"].iter().flat_map(|name| mailboxes(scene, name).into_owned()).collect();
    if !resent.is_empty() {
        return resent;
    }
    TO.iter().flat_map(|name| mailboxes(scene, name).into_owned()).collect()
}
