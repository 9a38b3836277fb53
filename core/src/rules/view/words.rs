//! A header's value as it reads: unfolded, RFC 2047 words decoded, UTF-8.

use std::borrow::Cow;

use super::{charset, transfer};

/// What follows the colon, if it reads as it stands: one line of ASCII, without words, and a line feed behind it.
pub(crate) fn as_it_stands(raw: &[u8]) -> Option<&[u8]> {
    let line = raw.trim_ascii_start();
    let value = line.strip_suffix(b"\n")?;
    let is_plain = value.is_ascii() && value.last().is_some_and(|byte| !byte.is_ascii_whitespace());
    (is_plain && memchr::memchr(b'\n', value).is_none() && !may_have_words(value)).then_some(line)
}

/// Unfolds, trims and decodes what follows the colon; a line feed behind it. `holds_words`: words in it mean something.
pub(crate) fn line(raw: &[u8], holds_words: bool) -> Vec<u8> {
    let text = unfold(raw.trim_ascii_start());
    let value = text.trim_ascii();
    let has_words = holds_words && may_have_words(value);
    let is_done = value.is_ascii() && !has_words && value.len() == text.len();
    let mut line = match text {
        Cow::Owned(line) if is_done => line,
        text @ (Cow::Borrowed(_) | Cow::Owned(_)) => {
            let value = text.trim_ascii();
            let mut line = Vec::with_capacity(value.len() + 1);
            if has_words {
                decode_to(value, &mut line);
            } else {
                line.extend_from_slice(&charset::plain(value));
            }
            line
        }
    };
    line.push(b'\n');
    line
}

/// Whether something may begin as a word does.
fn may_have_words(value: &[u8]) -> bool {
    memchr::memchr_iter(b'=', value).any(|at| value.get(at + 1) == Some(&b'?'))
}

/// Folds as single spaces. A line end that is no fold stays out.
pub(crate) fn unfold(raw: &[u8]) -> Cow<'_, [u8]> {
    let line = raw.strip_suffix(b"\n").unwrap_or(raw);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if memchr::memchr(b'\n', line).is_none() {
        return Cow::Borrowed(line);
    }
    let mut out = Vec::with_capacity(line.len() + 1);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', line).chain([line.len()]) {
        let piece = without_return(line.get(start..end).unwrap_or_default());
        if 0 < start {
            out.push(b' ');
        }
        out.extend_from_slice(if 0 < start { piece.trim_ascii_start() } else { piece });
        start = end + 1;
    }
    Cow::Owned(out)
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Decodes the words of a line.
pub(crate) fn decode(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    decode_to(line, &mut out);
    out
}

fn decode_to(line: &[u8], out: &mut Vec<u8>) {
    let mut rest = line;
    while let Some(at) = memchr::memmem::find(rest, b"=?") {
        let (before, from) = rest.split_at(at);
        let Some((run, after)) = Run::read(from) else {
            let (skipped, after) = rest.split_at((at + 2).min(rest.len()));
            out.extend_from_slice(&charset::plain(skipped));
            rest = after;
            continue;
        };
        out.extend_from_slice(&charset::plain(before));
        out.extend_from_slice(&charset::word(&run.bytes, run.charset));
        rest = after;
        // White space between two words does not count.
        let next = rest.trim_ascii_start();
        if next.len() < rest.len() && Word::read(next).is_some() {
            rest = next;
        }
    }
    out.extend_from_slice(&charset::plain(rest));
}

/// Words of one charset in a row, whose bytes belong together.
struct Run<'line> {
    charset: &'line str,
    bytes: Vec<u8>,
}

impl<'line> Run<'line> {
    fn read(text: &'line [u8]) -> Option<(Self, &'line [u8])> {
        let (word, mut rest) = Word::read(text)?;
        let mut run = Self { charset: word.charset, bytes: Vec::new() };
        word.decode(&mut run.bytes);
        while let Some((next, after)) = Word::read(rest.trim_ascii_start()) {
            if !next.charset.eq_ignore_ascii_case(run.charset) {
                break;
            }
            next.decode(&mut run.bytes);
            rest = after;
        }
        Some((run, rest))
    }
}

/// `=?charset?encoding?text?=`
struct Word<'line> {
    charset: &'line str,
    is_base64: bool,
    text: &'line [u8],
}

impl<'line> Word<'line> {
    fn read(text: &'line [u8]) -> Option<(Self, &'line [u8])> {
        let rest = text.strip_prefix(b"=?")?;
        let end = rest.iter().take(80).position(|&byte| byte == b'?')?;
        let (name, rest) = rest.split_at_checked(end)?;
        let [b'?', encoding, b'?', rest @ ..] = rest else { return None };
        let is_base64 = match encoding.to_ascii_lowercase() {
            b'b' => true,
            b'q' => false,
            _ => return None,
        };
        let end = memchr::memchr(b'?', rest)?;
        let (text, rest) = rest.split_at_checked(end)?;
        let rest = rest.strip_prefix(b"?=")?;
        let is_name = |&byte: &u8| byte.is_ascii_alphanumeric() || b"-_*.:".contains(&byte);
        let name =
            str::from_utf8(name).ok().filter(|name| !name.is_empty() && name.bytes().all(|byte| is_name(&byte)))?;
        // RFC 2231 puts the language behind a star.
        let charset = name.split('*').next().unwrap_or(name);
        Some((Self { charset, is_base64, text }, rest))
    }

    fn decode(&self, out: &mut Vec<u8>) {
        if self.is_base64 {
            out.extend_from_slice(&transfer::base64(self.text));
            return;
        }
        let spaced: Vec<u8> = self.text.iter().map(|&byte| if byte == b'_' { b' ' } else { byte }).collect();
        transfer::unescape(&spaced, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(raw: &[u8]) -> String {
        let mut line = line(raw, true);
        assert_eq!(line.pop(), Some(b'\n'));
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn words_of_one_charset_are_decoded_together() {
        assert_eq!(reads(b" =?utf-8?q?caf=C3?= =?utf-8?q?=A9_b?=\n"), "caf\u{e9} b");
        assert_eq!(reads(b" =?utf8?Q?=C3?= =?UTF-8?Q?=A9?="), "\u{fffd}\u{fffd}");
        assert_eq!(reads(b" =?utf-8?B?YQ==?= =?iso-8859-1?Q?=E9?="), "a\u{e9}");
        assert_eq!(reads(b" =?utf-8?q?a?==?utf-8?q?b?="), "ab");
        assert_eq!(reads(b" =?utf-8?q?a?=  two  =?utf-8?q?b?="), "a  two  b");
    }

    #[test]
    fn what_is_no_word_stays() {
        for text in ["=?utf-8?x?a?=", "=?utf-8?q?a?b?=", "=?utf-8?Q?a", "a=?b", "=?''?Q?=C3=A9?="] {
            assert_eq!(reads(text.as_bytes()), text);
        }
        assert_eq!(reads(b"x=?utf-8?q?a?=y"), "xay");
    }

    #[test]
    fn charsets_that_lie_are_read_as_they_can_be() {
        assert_eq!(reads(b"=?x-unknown?Q?=E9=80?="), "\u{e9}\u{20ac}");
        assert_eq!(reads(b"=?us-ascii?Q?=C3=A9?="), "\u{fffd}\u{fffd}");
        assert_eq!(reads(b"=?koi8-r?Q?=C3=A9?="), "\u{446}\u{2558}");
        assert_eq!(reads(b"=?utf-8?Q?caf=E9_=C3=A9_=F0=9F?="), "caf\u{fffd} \u{e9} \u{fffd}");
        assert_eq!(reads(b"\xe9 =?utf-8?Q?=C3=A9?="), "\u{e9} \u{e9}");
    }

    #[test]
    fn folds_are_single_spaces() {
        assert_eq!(reads(b" a\n \n\tx\r\n   y \r\n"), "a  x y");
        assert_eq!(reads(b" =?utf-8?q?a?=\n =?utf-8?b?Yg==?=\n"), "ab");
    }
}
