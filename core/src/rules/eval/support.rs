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
pub(super) fn address(scene: &Scene<'_>, name: &str) -> String {
    let all = latin(&header(scene, &format!("{name}:addr")));
    all.lines().next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What follows the last `@`.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
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

/// All addresses in a text, lower case, each once, in order.
pub(super) fn addresses(text: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for at in memchr::memchr_iter(b'@', text).take(MOST_ADDRESSES) {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + 1..).unwrap_or_default();
        let start = before.iter().rposition(|byte| !is_local(*byte)).map_or(0, |end| end + 1);
        let local = before.get(start..).unwrap_or_default();
        let end = after.iter().position(|byte| !is_host(*byte)).unwrap_or(after.len());
        let host = after.get(..end).unwrap_or_default();
        let host = host.get(..host.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1));
        let (Some(host), false) = (host.filter(|host| host.contains(&b'.')), local.is_empty()) else { continue };
        let address = format!("{}@{}", latin(local), latin(host)).to_ascii_lowercase();
        let address = address.strip_prefix("mailto:").map_or_else(|| address.clone(), str::to_owned);
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// Addresses looked for at most in one text.
const MOST_ADDRESSES: usize = 2_000;

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+.:=!#$%^&*/~?'".contains(&byte)
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Headers that name a sender, when the message was not sent on.
const FROM: [&str; 4] = ["Envelope-Sender", "Resent-Sender", "X-Envelope-From", "From"];

/// Everyone a message says it is from.
pub(super) fn senders(scene: &Scene<'_>) -> Vec<String> {
    let resent = header(scene, "Resent-From");
    if !resent.trim_ascii().is_empty() {
        return addresses(&resent);
    }
    let mut all: Vec<u8> = FROM.iter().flat_map(|name| [&header(scene, name)[..], b"\n"].concat()).collect();
    all.extend_from_slice(scene.view.envelope_from().unwrap_or_default());
    addresses(&all)
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

/// Everyone a message says it is to.
pub(super) fn recipients(scene: &Scene<'_>) -> Vec<String> {
    let resent = [header(scene, "Resent-To"), header(scene, "Resent-Cc")].concat();
    if !resent.trim_ascii().is_empty() {
        return addresses(&resent);
    }
    let all: Vec<u8> = TO.iter().flat_map(|name| [&header(scene, name)[..], b"\n"].concat()).collect();
    addresses(&all)
}
