//! The replacement of a message, to be put in the place of the original: marked as spam, or without what is dangerous.
//!
//! Both are functions from bytes to bytes that change only what they must, never fail, and take time in proportion to the
//! message. Where the original stays is the agent's business.

mod note;
mod strip;
mod tag;
#[cfg(test)]
mod tests;

pub use self::{
    note::StripWords,
    strip::{Stripped, stripped},
    tag::{MAX_PREFIX_CHARS, Tag, tagged},
};
use crate::mail::header_block::Piece;

/// The line end of a message: that of its first line; CRLF if it has none.
fn line_end(raw: &[u8]) -> &'static str {
    let first = memchr::memchr(b'\n', raw).and_then(|end| raw.get(..end));
    if first.is_some_and(|line| !line.ends_with(b"\r")) { "\n" } else { "\r\n" }
}

/// Puts header lines together again without some of them.
fn keep(pieces: &[Piece<'_>], is_dropped: impl Fn(&str) -> bool, out: &mut Vec<u8>) {
    for piece in pieces.iter().filter(|piece| !piece.name.is_some_and(&is_dropped)) {
        out.extend_from_slice(piece.raw);
    }
}
