//! What a page has packed in itself for its scripts to unpack, as far as that can be done without running them: text in
//! base64, in `%3C`, in `\x3c` and in lists of numbers.

use std::cmp::Reverse;

use super::super::bytes::has;
use crate::mail::transfer;

/// Digits of base64 from which on they may hold markup.
const LONG_DIGITS: usize = 64;

/// Numbers, or escapes, in a row from which on they may.
const LONG_ROW: usize = 40;

/// Most texts taken out of one page, the largest first, bytes of one, and bytes of all together: as many as are read of a
/// page, so that what only fills it up leaves room for what matters.
const MAX_TEXTS: usize = 500;
const MAX_TEXT: usize = 256 * 1024;
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// What shows that something unpacked is part of a page, in lower case.
const MARKUP: [&[u8]; 8] = [b"<form", b"<input", b"<script", b"<html", b"<body", b"<div", b"<iframe", b"location"];

/// The texts that are packed in `page`, and in those.
pub(super) fn texts(page: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut room = MAX_BYTES;
    add(page, &mut found, &mut room);
    let mut at = 0;
    while let Some(outer) = found.get(at).cloned() {
        add(&outer, &mut found, &mut room);
        at += 1;
    }
    found
}

fn add(page: &[u8], found: &mut Vec<Vec<u8>>, room: &mut usize) {
    let mut all: Vec<Packed<'_>> =
        digits(page).chain(percents(page)).chain(escapes(page)).chain(numbers(page)).collect();
    all.sort_by_key(|packed| Reverse(packed.size()));
    for packed in all {
        if found.len() == MAX_TEXTS || *room == 0 {
            return;
        }
        let text = packed.unpack(MAX_TEXT.min(*room));
        let lower = text.to_ascii_lowercase();
        if MARKUP.iter().any(|mark| has(&lower, mark)) {
            *room -= text.len();
            found.push(text);
        }
    }
}

/// A stretch of a page in which something is packed.
enum Packed<'page> {
    Digits(&'page [u8]),
    Percents(&'page [u8]),
    Escapes(&'page [u8]),
    Numbers(&'page [u8]),
}

impl Packed<'_> {
    /// About how many bytes it unpacks to.
    const fn size(&self) -> usize {
        match self {
            Self::Digits(digits) => digits.len() / 4 * 3,
            Self::Percents(text) => text.len() / 3,
            Self::Escapes(text) | Self::Numbers(text) => text.len() / 4,
        }
    }

    /// What it holds, at most `limit` bytes.
    fn unpack(&self, limit: usize) -> Vec<u8> {
        let mut text = match self {
            // Four digits make three bytes.
            Self::Digits(digits) => {
                let digits = digits.get(..limit.saturating_mul(4) / 3).unwrap_or(digits);
                transfer::decode(digits, "base64").into_owned()
            }
            Self::Percents(text) => unescape(text, b"%"),
            Self::Escapes(text) => unescape(text, b"\\x"),
            Self::Numbers(list) => {
                let numbers = list.split(|byte| !byte.is_ascii_digit()).filter(|digits| !digits.is_empty());
                numbers.filter_map(|digits| str::from_utf8(digits).ok()?.parse().ok()).collect()
            }
        };
        text.truncate(limit);
        text
    }
}

/// Stretches of bytes that `belong`, of at least `least` bytes.
fn stretches(page: &[u8], least: usize, belong: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    page.split(move |byte| !belong(*byte)).filter(move |stretch| least <= stretch.len())
}

fn digits(page: &[u8]) -> impl Iterator<Item = Packed<'_>> {
    let belong = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n');
    stretches(page, LONG_DIGITS, belong).map(Packed::Digits)
}

/// Between quotes, with many `%`.
fn percents(page: &[u8]) -> impl Iterator<Item = Packed<'_>> {
    let quoted = stretches(page, 3 * LONG_ROW, |byte| !matches!(byte, b'"' | b'\'' | b'`'));
    quoted.filter(|text| LONG_ROW <= memchr::memmem::find_iter(text, b"%").take(LONG_ROW).count()).map(Packed::Percents)
}

/// The same, with many `\x`.
fn escapes(page: &[u8]) -> impl Iterator<Item = Packed<'_>> {
    let quoted = stretches(page, 4 * LONG_ROW, |byte| !matches!(byte, b'"' | b'\'' | b'`'));
    quoted
        .filter(|text| LONG_ROW <= memchr::memmem::find_iter(text, b"\\x").take(LONG_ROW).count())
        .map(Packed::Escapes)
}

/// `60,104,116,109,108`: what `String.fromCharCode` takes.
fn numbers(page: &[u8]) -> impl Iterator<Item = Packed<'_>> {
    let lists =
        stretches(page, 3 * LONG_ROW, |byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ' | b'\r' | b'\n'));
    lists
        .filter(|list| LONG_ROW <= list.iter().filter(|byte| **byte == b',').take(LONG_ROW).count())
        .map(Packed::Numbers)
}

/// Undoes `mark` and two hexadecimal digits, if that is done often.
fn unescape(text: &[u8], mark: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = rest.strip_prefix(mark).and_then(<[u8]>::split_first_chunk::<2>);
        let byte =
            digits.and_then(|([high, low], rest)| Some((transfer::hex(*high)? << 4 | transfer::hex(*low)?, rest)));
        let (byte, next) = byte.unwrap_or((*first, after));
        out.push(byte);
        rest = next;
    }
    // Styles are full of `100%`.
    if text.len() < out.len() + 2 * LONG_ROW { Vec::new() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str =
        "<html><body><p>Sign in to read it</p><form action=http://a.example/><input></form></body></html>";

    #[test]
    fn what_is_packed_is_unpacked_in_all_the_ways_scripts_do_it() {
        let digits = transfer::encode_base64(FORM.as_bytes());
        let hex = |mark: &str| FORM.bytes().fold(String::new(), |text, byte| format!("{text}{mark}{byte:02x}"));
        let numbers = FORM.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
        let twice = transfer::encode_base64(format!("<script>document.write(atob('{digits}'))</script>").as_bytes());
        for (page, want) in [
            (format!("document.write(atob(\"{digits}\"))"), 1),
            (format!("<iframe src=\"data:text/html;base64,{digits}\">"), 1),
            (format!("document.write(unescape('{}'))", hex("%")), 1),
            (format!("document.write('{}')", hex("\\x")), 1),
            (format!("document.write(String.fromCharCode({numbers}))"), 1),
            (format!("eval(atob('{twice}'))"), 2),
            (FORM.to_owned(), 0),
        ] {
            let found = texts(page.as_bytes());
            assert_eq!(found.len(), want, "{page}");
            assert!(want == 0 || found.last().unwrap() == FORM.as_bytes(), "{page}");
        }
    }

    #[test]
    fn pictures_and_programs_are_no_markup() {
        let picture = transfer::encode_base64(&[137; 300]);
        let styles = "<div style=width:100%>".repeat(100);
        assert!(texts(styles.as_bytes()).is_empty());
        let table = (0..200).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        assert!(
            texts(format!("<img src=\"data:image/png;base64,{picture}\"><script>t = [{table}]</script>").as_bytes())
                .is_empty()
        );
    }

    #[test]
    fn what_fills_a_page_up_does_not_hide_what_matters() {
        let form = transfer::encode_base64(FORM.as_bytes());
        let small = transfer::encode_base64(b"<div>0123456789012345678901234567890123456789012345678901</div>");
        let large = transfer::encode_base64(&b"<div>".repeat(20_000));
        for filler in [&small, &large] {
            let page = format!("{}atob('{form}')", format!("x('{filler}');").repeat(9));
            assert!(texts(page.as_bytes()).iter().any(|text| text == FORM.as_bytes()));
        }
        let page = format!("{}atob('{form}')", format!("x('{small}');").repeat(5000));
        let found = texts(page.as_bytes());
        assert!(found.len() == MAX_TEXTS && found[0] == FORM.as_bytes(), "{}", found.len());
    }

    #[test]
    fn much_that_is_packed_is_unpacked_only_so_far() {
        let big = transfer::encode_base64(&[FORM.as_bytes(), &vec![b' '; 2 * MAX_TEXT]].concat());
        let bytes =
            |times| texts(format!("atob('{big}') ").repeat(times).as_bytes()).iter().map(Vec::len).sum::<usize>();
        assert!((2 * MAX_TEXT - 8..=2 * MAX_TEXT).contains(&bytes(2)), "{}", bytes(2));
        assert!((MAX_BYTES - 40..=MAX_BYTES).contains(&bytes(12)), "{}", bytes(12));
        texts("%".repeat(1_000_000).as_bytes());
        texts("1,".repeat(500_000).as_bytes());
    }
}
