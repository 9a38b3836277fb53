//! What pyzor makes its digest of.
//!
//! Two clients agree on a message only if they take the same lines of it, to the byte. So what is read here is read as the
//! reference client reads it (pyzor 1.0.0, `digest.py`), down to the habits of Python's `email` and `html.parser`: the
//! rest of the engine reads messages as mail programs do, which is not the same.

mod html;
mod lines;
mod message;
mod text;

use self::{
    html::stripped,
    lines::{normal, split_lines},
    message::{Part, parts},
    text::{charset_of, decoded},
};

/// Shorter lines do not count, in characters.
const LEAST_LINE: usize = 8;

/// Of a message with no more lines all count.
const ATOMIC: usize = 4;

/// Where lines are taken, in hundredths of the whole, and how many. The protocol sends this along with reports.
const PIECES: [(usize, usize); 2] = [(20, 3), (60, 3)];

/// The bytes of which the SHA-1 is pyzor's digest of a message. `None` where the reference client breaks off.
pub fn digested(raw: &[u8]) -> Option<Vec<u8>> {
    let mut lines = Vec::new();
    for part in parts(raw) {
        let Some(text) = payload(&part)? else { continue };
        lines.extend(split_lines(&text).map(normal).filter(|line| LEAST_LINE <= line.chars().count()));
    }
    let taken: Vec<&String> = if lines.len() <= ATOMIC {
        lines.iter().collect()
    } else {
        let pieces = PIECES.into_iter().flat_map(|(at, count)| (0..count).map(move |line| (at, line)));
        pieces.filter_map(|(at, line)| lines.get(at * lines.len() / 100 + line)).collect()
    };
    Some(taken.into_iter().flat_map(|line| line.bytes()).collect())
}

/// The text of a part; files are taken as they are encoded, and what holds other parts has none. `None` where the reference
/// client breaks off.
#[expect(clippy::option_option, reason = "no text and no digest are different answers")]
fn payload(part: &Part<'_>) -> Option<Option<String>> {
    let Some(body) = &part.body else { return Some(None) };
    let content_type = part.content_type();
    let Some(subtype) = content_type.strip_prefix("text/") else {
        return Some(Some(text::as_written(body, charset_of(part).as_deref())));
    };
    let bytes = part.decoded_body(body);
    let text = decoded(&bytes, charset_of(part).as_deref());
    if subtype == "html" { stripped(&text).map(Some) } else { Some(Some(text)) }
}

#[cfg(test)]
mod tests;
