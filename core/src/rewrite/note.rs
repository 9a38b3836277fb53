//! What is written in the place of what was removed.

use crate::{explain::size, mail::Attachment};

/// The sentences in a message from which something was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripWords {
    /// Before the name, type and size of what was removed, and the reason.
    pub removed: String,
    /// After it: that the original is kept, and where.
    pub kept: String,
    /// At the beginning of a signed or encrypted part from which something was removed.
    pub signature: String,
}

impl Default for StripWords {
    fn default() -> Self {
        Self {
            removed: "Tamis removed a part of this message, because it may be dangerous:".to_owned(),
            kept: "The original message is kept.".to_owned(),
            signature: "Tamis removed something dangerous from the signed or encrypted part of this message. What is \
                left is not what was signed: the signature no longer holds."
                .to_owned(),
        }
    }
}

impl StripWords {
    /// The text that stands for a part: what it was, and why it was removed.
    pub(super) fn note(&self, what: &str, why: &str) -> String {
        format!("{}\n\n    {what}\n    {why}\n\n{}\n", self.removed, self.kept)
    }
}

/// `"a.exe" (application/octet-stream, 12 KB)`.
pub(super) fn label(file: &Attachment) -> String {
    let shown = |text: &str| crate::explain::harmless(text);
    let kind = format!("({}, {})", shown(&file.content_type), size(file.size as u64));
    match file.name.as_deref() {
        Some(name) => format!("\"{}\" {kind}", shown(name)),
        None => format!("a part without a name {kind}"),
    }
}

/// A header line with a file name, as far as names go that people give (RFC 2231, 4).
pub(super) fn attached(name: &str) -> String {
    /// Longer names would make the line too long.
    const MOST: usize = 200;
    let name = crate::mail::decode::split_at_most(name, MOST).0;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let mut line = String::from("Content-Disposition: attachment; filename*=utf-8''");
    for byte in name.bytes() {
        if is_plain(byte) {
            line.push(char::from(byte));
        } else {
            line.push('%');
            line.push(crate::mail::transfer::upper_hex(byte >> 4));
            line.push(crate::mail::transfer::upper_hex(byte & 15));
        }
    }
    line
}
