//! What several functions ask of one message, found out once.

use std::cell::OnceCell;

use super::{Scene, date, freemail, recipient, support, text, uri};
use crate::rules::view::Field;

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
    names: OnceCell<Names>,
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

    /// Whether there may be a header of this name. If not, there is none.
    pub(in crate::rules) fn may_have(&self, name: &str) -> bool {
        let names = || self.shared.names.get_or_init(|| Names::of(self.view.headers().fields()));
        is_special(name) || names().may_have(name.as_bytes())
    }
}

impl Scene<'_> {
    /// Whether there is a header of this name; `None`: it is no name but a form of more.
    pub(in crate::rules) fn has_field(&self, name: &str) -> Option<bool> {
        let is_name = !name.contains(':') && !is_special(name);
        is_name.then(|| self.may_have(name) && self.view.headers().named(name).next().is_some())
    }

    /// The hosts that links lead to, each once.
    pub(super) fn hosts(&self) -> &[String] {
        self.shared.hosts.get_or_init(|| uri::hosts(self.view))
    }
}

/// Names that stand for something else than the header of that name.
fn is_special(name: &str) -> bool {
    name.starts_with("ALL")
        || name.starts_with("X-Spam-")
        || matches!(name, "EnvelopeFrom" | "MESSAGEID")
        || name.eq_ignore_ascii_case("ToCc")
}

/// Which names headers have: a bit for what some of them come to.
#[derive(Clone, Copy, Debug, Default)]
struct Names([u64; 4]);

impl Names {
    fn of(fields: &[Field<'_>]) -> Self {
        let mut held = Self::default();
        for (word, bit) in fields.iter().map(|field| Self::place(field.name())) {
            held.0.get_mut(word).into_iter().for_each(|word| *word |= bit);
        }
        held
    }

    fn may_have(&self, name: &[u8]) -> bool {
        let (word, bit) = Self::place(name);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The same in any case of letters.
    fn place(name: &[u8]) -> (usize, u64) {
        let byte = |at: usize| name.get(at).map_or(0, |byte| usize::from(byte | 0x20));
        let ends = byte(0) * 7 + byte(name.len() / 2) * 31 + byte(name.len().saturating_sub(1)) * 131;
        let sum = ends + name.len() * 17;
        ((sum >> 6) & 3, 1 << (sum & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case() {
        let mut names = Names::default();
        let (word, bit) = Names::place(b"X-Mailer");
        names.0[word] |= bit;
        assert!(names.may_have(b"X-MAILER") && names.may_have(b"x-mailer"));
        assert!(!names.may_have(b"Received") && !Names::default().may_have(b""));
        assert!(is_special("ToCC") && is_special("ALL") && !is_special("To"));
    }
}
