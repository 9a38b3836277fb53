//! Marks a message: `X-Spam-*` lines and a word before the subject.

use super::line_end;
use crate::{
    headers::{SpamFacts, is_spam_header, spam_headers},
    mail::{
        decode,
        header_block::{Piece, pieces},
        parse::without_mbox_line,
        transfer::encode_base64,
    },
};

/// Longest mark before a subject, in characters. The rest of a longer one is left out.
pub const MAX_PREFIX_CHARS: usize = 64;

/// Bytes in one encoded word, so that the line with `Subject:` is not too long either.
const WORD_BYTES: usize = 30;

/// Longest line with encoded words (RFC 2047, 2), and what is better not exceeded by others.
const MAX_COLUMNS: usize = 76;

/// How a message is marked.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'tag> {
    /// What the `X-Spam-*` lines say.
    pub facts: SpamFacts<'tag>,
    /// What stands before the subject, such as `[SPAM?]`: at most [`MAX_PREFIX_CHARS`], of any script, white space around
    /// it and control characters left out. If nothing is left of it the subject stays as it is.
    pub subject: &'tag str,
}

/// The same message, marked. `None` if the bytes have no header, so that there is no place for a mark.
///
/// The `X-Spam-*` lines stand at the very top, where each relay writes what it knows: no signature covers lines above it
/// (DomainKeys signed everything below), and nobody who had the message earlier can have written there. Others of
/// the same names are left out wherever they stand: the sender may have forged them. The mark stands before each
/// `Subject`, as mail programs differ in which they show. Every other byte stays as it is, and so do the line ends. Marking
/// a marked message changes nothing.
pub fn tagged(raw: &[u8], tag: &Tag<'_>) -> Option<Vec<u8>> {
    let message = without_mbox_line(raw);
    let (pieces, rest) = pieces(message);
    if pieces.is_empty() {
        return None;
    }
    let line_end = line_end(raw);
    let prefix = Prefix::new(tag.subject, line_end);
    let lines = spam_headers(&tag.facts);
    let mut out = Vec::with_capacity(raw.len() + lines.len() + 256);
    out.extend_from_slice(raw.get(..raw.len() - message.len()).unwrap_or_default());
    out.extend_from_slice(lines.replace("\r\n", line_end).as_bytes());
    let is_subject = |piece: &Piece<'_>| piece.name.is_some_and(|name| name.eq_ignore_ascii_case("Subject"));
    if !prefix.plain.is_empty() && !pieces.iter().any(is_subject) {
        out.extend_from_slice(format!("Subject: {}{line_end}", prefix.written).as_bytes());
    }
    for piece in &pieces {
        match piece.name {
            Some(name) if is_spam_header(name) => {}
            Some(_) if is_subject(piece) => prefix.put_before(piece.raw, &mut out),
            Some(_) | None => out.extend_from_slice(piece.raw),
        }
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// What is put before subjects.
struct Prefix {
    /// As it reads.
    plain: String,
    /// As it is written before words that are not encoded.
    written: String,
    /// As it is written before an encoded word: white space between two of them does not count (RFC 2047, 6.2).
    before_encoded: String,
    line_end: &'static str,
}

impl Prefix {
    fn new(wanted: &str, line_end: &'static str) -> Self {
        let seen: String =
            wanted.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_PREFIX_CHARS).collect();
        let plain = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_plain = plain.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') && !plain.contains("=?");
        let (written, before_encoded) = if is_plain {
            (plain.clone(), plain.clone())
        } else {
            (encoded_words(&plain, line_end), encoded_words(&format!("{plain} "), line_end))
        };
        Self { plain, written, before_encoded, line_end }
    }

    /// Writes a `Subject` line with the mark before its words, unless it is there.
    fn put_before(&self, field: &[u8], out: &mut Vec<u8>) {
        let colon = memchr::memchr(b':', field).map_or(field.len(), |colon| colon + 1);
        let (name, value) = field.split_at_checked(colon).unwrap_or((field, b""));
        if self.plain.is_empty() || self.is_at_start_of(value) {
            return out.extend_from_slice(field);
        }
        let start = value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let words = value.get(start..).unwrap_or_default();
        let marked = self.with(&self.written, name.len(), words);
        let marked =
            if self.is_at_start_of(&marked) { marked } else { self.with(&self.before_encoded, name.len(), words) };
        out.extend_from_slice(name);
        out.extend_from_slice(&marked);
    }

    fn with(&self, mark: &str, column: usize, words: &[u8]) -> Vec<u8> {
        let first = memchr::memchr(b'\n', words).map_or(words.len(), |end| end);
        let last_line = mark.rsplit('\n').next().map_or(0, str::len);
        let mut marked = format!(" {mark}").into_bytes();
        if words.trim_ascii_start().len() == words.len() {
            // As long as nothing is folded twice: a line of nothing but white space ends headers for some.
            let is_long = MAX_COLUMNS < column + last_line + 2 + first;
            marked.extend_from_slice(if is_long { self.line_end.as_bytes() } else { b"" });
            marked.extend_from_slice(if words.is_empty() { b"" } else { b" " });
        }
        marked.extend_from_slice(words);
        marked
    }

    fn is_at_start_of(&self, value: &[u8]) -> bool {
        let text = decode::header_text(&String::from_utf8_lossy(value));
        let rest = text.strip_prefix(self.plain.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    }
}

/// RFC 2047 words that read as `text`.
fn encoded_words(text: &str, line_end: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = decode::split_at_most(rest, WORD_BYTES);
        words.push(format!("=?utf-8?b?{}?=", encode_base64(word.as_bytes())));
        rest = after;
    }
    words.join(&format!("{line_end} "))
}
