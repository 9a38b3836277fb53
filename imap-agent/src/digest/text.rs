//! The digest as plain text.

use super::{CLOSING, Frame, RELEASE_TITLE, Shown, WAYS};

/// The lines of the text, each with a line feed.
pub(super) fn page(frame: &Frame, entries: &[Shown<'_>]) -> String {
    let mut lines = vec![frame.opening.clone()];
    lines.extend(frame.order.map(str::to_owned));
    lines.push(String::new());
    for (number, entry) in (1..).zip(entries) {
        lines.push(format!("{number}. {}", entry.subject));
        lines.push(format!("   From: {}", entry.from));
        lines.push(format!("   {}", entry.facts));
        if !entry.reason.is_empty() {
            lines.push(format!("   Why: {}", entry.reason));
        }
        lines.push(format!("   Release: {}", entry.link));
        lines.push(String::new());
    }
    for sentence in [&frame.more, &frame.held] {
        if !sentence.is_empty() {
            lines.extend([sentence.clone(), String::new()]);
        }
    }
    lines.extend([RELEASE_TITLE.to_owned(), String::new()]);
    for way in WAYS {
        lines.push(format!("* {way}"));
    }
    lines.extend([String::new(), CLOSING.to_owned()]);
    lines.join("\n") + "\n"
}
