//! Whom the message says it was sent from, in the SMTP sense.

use super::{Headers, addresses};

/// The sender's address. A header that stands below a `Received` was there when the message came and says nothing.
pub(super) fn from(headers: &Headers<'_, '_>) -> Option<Vec<u8>> {
    // List programs keep the first sender in X-Sender, and fetchmail takes it up.
    let says_sender = headers.named("X-Sender").any(|field| has_address(field.value()));
    let is_fetched =
        || headers.named("Received").any(|field| memchr::memmem::find(field.value(), b"(fetchmail").is_some());
    if says_sender && is_fetched() {
        return None;
    }
    for name in ["X-Envelope-From", "Envelope-Sender", "Return-Path"] {
        let Some(field) = headers.named(name).next() else { continue };
        if is_below_trace(headers, name) {
            return None;
        }
        let mut found = addresses::of(field).into_iter().map(|mailbox| mailbox.address);
        if let Some(address) = found.find(|address| !address.is_empty()) {
            return Some(address);
        }
    }
    None
}

/// Whether an `@` stands between two characters.
fn has_address(value: &[u8]) -> bool {
    value
        .windows(3)
        .any(|window| matches!(window, [a, b'@', b] if !a.is_ascii_whitespace() && !b.is_ascii_whitespace()))
}

fn is_below_trace(headers: &Headers<'_, '_>, name: &str) -> bool {
    let below = headers.fields().iter().skip_while(|field| !field.is(b"Received"));
    below.into_iter().any(|field| field.is(name.as_bytes()))
}
