//! Content-Transfer-Encodings, read as leniently as mail programs do (what is broken is skipped), and written strictly.

use std::borrow::Cow;

/// Undoes the transfer encoding named in lower case. Unknown ones are taken as they are.
pub(crate) fn decode<'raw>(body: &'raw [u8], encoding: &str) -> Cow<'raw, [u8]> {
    match encoding {
        "base64" => Cow::Owned(base64(body)),
        "quoted-printable" => Cow::Owned(quoted_printable(body)),
        _ => Cow::Borrowed(body),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Most characters of an encoded line (RFC 2045, 6.7 and 6.8).
const MAX_LINE: usize = 76;

/// Text in the encoding that makes it shorter, and the name of that. Lines end with `line_end`; no line begins with a
/// hyphen, so that none is a boundary.
pub fn encode(text: &str, line_end: &str) -> (&'static str, String) {
    let escaped = text.bytes().filter(|&byte| !byte.is_ascii() || byte == b'=').count();
    // Two bytes more for each escape, or a third of everything.
    if escaped * 6 <= text.len() {
        return ("quoted-printable", encode_quoted_printable(text, line_end));
    }
    let digits = encode_base64(text.replace('\n', "\r\n").as_bytes());
    let mut out = String::with_capacity(digits.len() + digits.len() / 32 + 2);
    let mut rest = digits.as_str();
    while let Some((line, after)) = rest.split_at_checked(MAX_LINE.min(rest.len()))
        && !line.is_empty()
    {
        out.push_str(line);
        out.push_str(line_end);
        rest = after;
    }
    ("base64", out)
}

/// Base64 in one line.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or_default()));
        for at in 0..4 {
            let digit = ALPHABET.get((bits >> (18 - 6 * at) & 0x3f) as usize).copied().unwrap_or(b'=');
            out.push(if at <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

fn encode_quoted_printable(text: &str, line_end: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        quote_line(line, line_end, &mut out);
        if lines.peek().is_some() {
            out.push_str(line_end);
        }
    }
    out
}

fn quote_line(line: &str, line_end: &str, out: &mut String) {
    let mut column = 0;
    let last = line.len().saturating_sub(1);
    for (at, byte) in line.bytes().enumerate() {
        // One column is left for the `=` of a soft line end.
        if MAX_LINE - 1 < column + 3 {
            out.push('=');
            out.push_str(line_end);
            column = 0;
        }
        let is_plain = match byte {
            // `--x` is a boundary, `From ` ends a message in mail folder files, `.` in SMTP.
            b'-' | b'F' | b'.' => 0 < column,
            b' ' | b'\t' => at < last,
            _ => byte.is_ascii_graphic() && byte != b'=',
        };
        if is_plain {
            out.push(char::from(byte));
            column += 1;
        } else {
            out.push('=');
            out.push(upper_hex(byte >> 4));
            out.push(upper_hex(byte & 15));
            column += 3;
        }
    }
}

/// The digit of a number below 16.
pub(crate) fn upper_hex(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase()
}

/// Readable text that a word holds in base64 (in either alphabet) or in hexadecimal digits, if it does.
pub(crate) fn unpacked(word: &str) -> Option<String> {
    const LONGEST: usize = 400;
    if LONGEST < word.len() || !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_".contains(&byte)) {
        return None;
    }
    let readable = |bytes: Vec<u8>| {
        let is_text = bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
        String::from_utf8(bytes).ok().filter(|_| is_text)
    };
    if word.len().is_multiple_of(2) && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let digits: Vec<u8> = word.bytes().filter_map(hex).collect();
        let bytes = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |value, digit| value << 4 | digit)).collect();
        return readable(bytes);
    }
    readable(base64(word.replace('-', "+").replace('_', "/").as_bytes()))
}

/// Not in the alphabet.
const SKIP: u8 = 0xff;

const VALUES: [u8; 256] = {
    let mut values = [SKIP; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        #[expect(
            clippy::indexing_slicing,
            clippy::cast_possible_truncation,
            reason = "in range; worked out at compile time"
        )]
        {
            values[ALPHABET[at] as usize] = at as u8;
        }
        at += 1;
    }
    values
};

fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for &byte in body {
        let value = VALUES.get(usize::from(byte)).copied().unwrap_or(SKIP);
        if value == SKIP {
            // Padding ends a group; more may follow when encoded pieces were put together.
            if byte == b'=' {
                held = 0;
            }
            continue;
        }
        bits = bits << 6 | u32::from(value);
        held += 6;
        if 8 <= held {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    out
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let text = line.trim_ascii_end();
        if let Some(joined) = text.strip_suffix(b"=") {
            unescape(joined, &mut out);
            continue;
        }
        unescape(text, &mut out);
        if line.ends_with(b"\n") {
            out.push(b'\n');
        }
    }
    out
}

/// Undoes `=HH`.
pub(crate) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        if let [_, high, low, after @ ..] = escape
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(b'=');
            rest = escape.get(1..).unwrap_or_default();
        }
    }
    out.extend_from_slice(rest);
}

/// The value of a hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_reads_the_same(text in "([a-zA-Z=. \t\n-]|From |\\PC){0,200}", is_long in any::<bool>()) {
            let text = if is_long { text.repeat(5) } else { text };
            for line_end in ["\n", "\r\n"] {
                let (name, encoded) = encode(&text, line_end);
                let decoded = String::from_utf8(decode(encoded.as_bytes(), name).into_owned()).unwrap();
                prop_assert_eq!(&decoded.replace('\r', ""), &text);
                for line in encoded.split(line_end) {
                    prop_assert!(line.len() <= MAX_LINE && !line.starts_with(['-', '.']) && !line.starts_with("From"));
                    prop_assert!(line.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ' || byte == b'\t'));
                    prop_assert!(!line.ends_with([' ', '\t']));
                }
            }
        }
    }

    #[test]
    fn base64_skips_what_does_not_belong() {
        assert_eq!(base64(b"aGVs\r\nbG8="), b"hello");
        assert_eq!(base64(b"aGVs!bG8"), b"hello");
        assert_eq!(base64(b"aA==aA=="), b"hh");
        assert_eq!(base64(b"===="), b"");
    }

    #[test]
    fn quoted_printable_reads_escapes_and_soft_line_ends() {
        assert_eq!(quoted_printable(b"caf=C3=A9=\r\n ol=e9  \r\nx"), b"caf\xc3\xa9 ol\xe9\nx");
        assert_eq!(quoted_printable(b"a=zz=4"), b"a=zz=4");
        assert_eq!(quoted_printable(b"end="), b"end");
    }

    #[test]
    fn other_encodings_are_taken_as_they_are() {
        assert_eq!(decode(b"a=3D", "8bit").as_ref(), b"a=3D");
    }
}
