//! Content-Transfer-Encodings, read as leniently as mail programs do: what is broken is skipped.

use std::borrow::Cow;

/// Undoes the transfer encoding named in lower case. Unknown ones are taken as they are.
pub(super) fn decode<'raw>(body: &'raw [u8], encoding: &str) -> Cow<'raw, [u8]> {
    match encoding {
        "base64" => Cow::Owned(base64(body)),
        "quoted-printable" => Cow::Owned(quoted_printable(body)),
        _ => Cow::Borrowed(body),
    }
}

/// Not in the alphabet.
const SKIP: u8 = 0xff;

const VALUES: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [SKIP; 256];
    let mut at = 0;
    while at < alphabet.len() {
        #[expect(
            clippy::indexing_slicing,
            clippy::cast_possible_truncation,
            reason = "in range; worked out at compile time"
        )]
        {
            values[alphabet[at] as usize] = at as u8;
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

fn unescape(text: &[u8], out: &mut Vec<u8>) {
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
pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

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
