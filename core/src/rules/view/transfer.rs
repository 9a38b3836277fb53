//! Content-Transfer-Encodings, to the byte as SpamAssassin undoes them.

use super::stretch;
pub(crate) use crate::mail::transfer::unescape;

/// Base64 of any quality. What is not in the alphabet is skipped, and so is what stands behind the last whole byte.
pub(crate) fn base64(text: &[u8]) -> Vec<u8> {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let value = |byte: u8| VALUES.get(usize::from(byte)).copied().unwrap_or(SKIP);
    let pads =
        text.iter().rev().filter(|&&byte| is_digit(byte) || byte == b'=').take_while(|&&byte| byte == b'=').count();
    let digits = stretch::count(text, |byte| is_digit(byte) || byte == b'=');
    // Padding in the middle: zero bits where the groups come out even, one bits where they do not.
    let pad = if digits % 4 == 0 { 0 } else { 0x3f };
    let mut out = Vec::with_capacity(digits / 4 * 3 + 3);
    let (mut bits, mut held, mut left) = (0_u32, 0_u32, digits - pads);
    let mut rest = text;
    loop {
        // Most of it is whole groups.
        if held == 0
            && 4 <= left
            && let Some((group, after)) = rest.split_first_chunk()
            && let [first, second, third, fourth] = group.map(value)
            && first | second | third | fourth < SKIP
        {
            out.extend_from_slice(&[first << 2 | second >> 4, second << 4 | third >> 2, third << 6 | fourth]);
            (rest, left) = (after, left - 4);
            continue;
        }
        let Some((&byte, after)) = rest.split_first() else { break };
        rest = after;
        let value = match value(byte) {
            SKIP if byte == b'=' => pad,
            SKIP => continue,
            value => value,
        };
        if left == 0 {
            break;
        }
        left -= 1;
        bits = bits << 6 | u32::from(value);
        held += 6;
        if 8 <= held {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    out
}

/// Quoted-printable: white space before a line end goes, soft line ends join, what is no escape stays. Line ends come out
/// as single line feeds.
pub(crate) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let Some(body) = line.strip_suffix(b"\n") else {
            unescape(line, &mut out);
            break;
        };
        let body = body.trim_ascii_end();
        if let Some(joined) = body.strip_suffix(b"=") {
            unescape(joined, &mut out);
            continue;
        }
        unescape(body, &mut out);
        out.push(b'\n');
    }
    with_line_feeds(out)
}

/// With single line feeds in place of CRLF.
pub(crate) fn with_line_feeds(text: Vec<u8>) -> Vec<u8> {
    if memchr::memchr(b'\r', &text).is_none() {
        return text;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some(at) = memchr::memchr(b'\r', rest) {
        let (line, after) = rest.split_at(at);
        out.extend_from_slice(line);
        rest = after.get(1..).unwrap_or_default();
        if rest.first() != Some(&b'\n') {
            out.push(b'\r');
        }
    }
    out.extend_from_slice(rest);
    out
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_reads_what_was_put_together() {
        assert_eq!(base64(b"aGVsbG8=\naGVsbG8="), b"hello\0hello");
        assert_eq!(base64(b"aGVsbA==aGVsbG8=\n"), b"hell\0\0hello");
        assert_eq!(base64(b"aGVsbG8=aGVsbG8\n"), b"hello?hello");
        assert_eq!(base64(b"aGVsbG8=aGVsb\n"), b"hello?hel");
        assert_eq!(base64(b"aGVsb!G8=a=GVsb\n"), b"hello?k\xf1\x95\xb1");
        assert_eq!(base64(b"aGVs!bG8\nd29ybGQ\n"), b"hello\x1d\xdb\xdc\x9b\x19");
        assert_eq!(base64(b"===="), b"");
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_escape() {
        assert_eq!(quoted_printable(b"=E9=0Dfoo=0D=0Abar\r\nx= \r\ny \t \n a=3d=3D\n"), b"\xe9\rfoo\nbar\nxy\n a==\n");
        assert_eq!(quoted_printable(b"caf=E9=  \nx=zz =3  \ny="), b"caf\xe9x=zz =3\ny=");
    }
}
