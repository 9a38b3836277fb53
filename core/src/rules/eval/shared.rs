//! What several functions ask of one message, found out once.

use std::cell::OnceCell;

use super::{Scene, date, freemail, recipient, support, text, uri};
use crate::rules::view::is_special;

/// Each is there once it has been asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    shift: OnceCell<i64>,
    addresses: [OnceCell<String>; NAMES.len()],
    mailboxes: [OnceCell<Vec<String>>; NAMES.len()],
    senders: OnceCell<Vec<String>>,
    recipients: OnceCell<Vec<String>>,
    copies: OnceCell<Vec<String>>,
    free_in_body: OnceCell<Vec<String>>,
    loudness: OnceCell<Option<f64>>,
    alternatives: OnceCell<Vec<text::Alternative>>,
    hosts: OnceCell<Vec<String>>,
}

/// Headers whose addresses are asked for more than once.
const NAMES: [&str; 6] = ["From", "Reply-To", "EnvelopeFrom", "To", "Cc", "Resent-From"];

fn place(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| *known == name)
}

impl Scene<'_> {
    /// Seconds the date of the message is ahead of the nearest `Received`; 0 if either is missing.
    pub(super) fn shift(&self) -> i64 {
        *self.shared.shift.get_or_init(|| date::shift(self))
    }

    /// See [`support::address`]; `None`: it is not kept.
    pub(super) fn address(&self, name: &str) -> Option<&str> {
        let held = self.shared.addresses.get(place(name)?)?;
        Some(held.get_or_init(|| support::read_address(self, name)))
    }

    /// See [`support::mailboxes`]; `None`: they are not kept.
    pub(super) fn mailboxes(&self, name: &str) -> Option<&[String]> {
        let held = self.shared.mailboxes.get(place(name)?)?;
        Some(held.get_or_init(|| support::read_mailboxes(self, name)))
    }

    /// Everyone a message says it is from.
    pub(super) fn senders(&self) -> &[String] {
        self.shared.senders.get_or_init(|| support::senders(self))
    }

    /// Everyone a message says it is to.
    pub(super) fn recipients(&self) -> &[String] {
        self.shared.recipients.get_or_init(|| support::recipients(self))
    }

    /// Those to whom it is openly addressed.
    pub(super) fn to_and_copies(&self) -> &[String] {
        self.shared.copies.get_or_init(|| recipient::to_and_copies(self))
    }

    /// Addresses of providers where anyone gets one, in the text.
    pub(super) fn free_in_body(&self) -> &[String] {
        self.shared.free_in_body.get_or_init(|| freemail::of_body(self))
    }

    /// The share of capitals in hundredths; `None`: nothing is said of it.
    pub(super) fn loudness(&self) -> Option<f64> {
        *self.shared.loudness.get_or_init(|| text::loudness(self.view))
    }

    /// What the texts and the pages that stand for each other have in common.
    pub(super) fn alternatives(&self) -> &[text::Alternative] {
        self.shared.alternatives.get_or_init(|| text::alternatives(self.view))
    }
}

impl Scene<'_> {
    /// Whether there is a header of this name; `None`: it is no name but a form of more.
    pub(in crate::rules) fn has_field(&self, name: &str) -> Option<bool> {
        let is_name = !name.bytes().any(|byte| byte == b':') && !is_special(name);
        is_name.then(|| self.view.headers().has(name))
    }

    /// The hosts that links lead to, each once.
    pub(super) fn hosts(&self) -> &[String] {
        self.shared.hosts.get_or_init(|| uri::hosts(self.view))
    }
}
