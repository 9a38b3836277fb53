//! Base64, plain for logins and modified for folder names, the modified UTF-7 of RFC 3501 §5.1.3, and quoted strings.

const PLAIN: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const MODIFIED: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = encode(bytes, PLAIN);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// The bytes of base64 with padding. `None` if it is anything else.
pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let unpadded = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    decode(unpadded, PLAIN)
}

/// A folder name for people, from the wire. `None` if it is not modified UTF-7: then it is shown as it is.
pub(super) fn decode_utf7(wire: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        name.push_str(before);
        let (encoded, after) = after.split_once('-')?;
        if encoded.is_empty() {
            name.push('&');
        } else {
            name.push_str(&decode_run(encoded)?);
        }
        rest = after;
    }
    name.push_str(rest);
    Some(name)
}

/// A folder name for the wire.
pub(super) fn encode_utf7(name: &str) -> String {
    let mut wire = String::new();
    let mut run = Vec::new();
    for letter in name.chars() {
        if !matches!(letter, ' '..='~') {
            let mut units = [0; 2];
            run.extend(letter.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
            continue;
        }
        push_run(&mut wire, &mut run);
        wire.push(letter);
        if letter == '&' {
            wire.push('-');
        }
    }
    push_run(&mut wire, &mut run);
    wire
}

/// The text of a quoted string. The parser leaves the backslashes in; the guard sees to it that all names are quoted strings.
pub(super) fn unescape(quoted: &str) -> String {
    let mut text = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        text.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    text
}

fn push_run(wire: &mut String, run: &mut Vec<u8>) {
    if !run.is_empty() {
        wire.push('&');
        wire.push_str(&encode(run, MODIFIED));
        wire.push('-');
        run.clear();
    }
}

fn decode_run(encoded: &str) -> Option<String> {
    let bytes = decode(encoded, MODIFIED)?;
    let (units, odd) = bytes.as_chunks::<2>();
    if units.is_empty() || !odd.is_empty() {
        return None;
    }
    let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
    String::from_utf16(&units).ok()
}

fn decode(encoded: &str, alphabet: &[u8; 64]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut n_bits) = (0_u32, 0_u32);
    for letter in encoded.bytes() {
        let value = alphabet.iter().position(|known| *known == letter)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xFFFF;
        n_bits = n_bits.saturating_add(6);
        if 8 <= n_bits {
            n_bits = n_bits.saturating_sub(8);
            bytes.push(u8::try_from(bits >> n_bits & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

fn encode(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut block = [0; 4];
        for (place, byte) in block.iter_mut().skip(1).zip(chunk) {
            *place = *byte;
        }
        let bits = u32::from_be_bytes(block);
        for index in 0..=chunk.len() {
            let shift = 18_usize.saturating_sub(index.saturating_mul(6));
            let letter = usize::try_from(bits >> shift & 63).ok().and_then(|value| alphabet.get(value));
            text.extend(letter.copied().map(char::from));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
            assert_eq!(unbase64(text).as_deref(), Some(bytes.as_bytes()));
        }
        for text in ["Zg", "Zg=", "Zg===", "Z=g=", "Zm9,", "=", "====", "Zm9v\n", "Zä=="] {
            assert_eq!(unbase64(text), None, "{text:?}");
        }
        assert_eq!(base64(b"\0user\0p\xC3\xA4ss"), "AHVzZXIAcMOkc3M=");
    }

    #[test]
    fn folder_names_are_read_and_written_in_modified_utf7() {
        for (wire, name) in [
            ("INBOX", "INBOX"),
            ("Entw&APw-rfe", "Entwürfe"),
            ("Tom &- Jerry", "Tom & Jerry"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("&2D3eAA-", "😀"),
            ("Ind&AOk-sirables", "Indésirables"),
        ] {
            assert_eq!(decode_utf7(wire).as_deref(), Some(name));
            assert_eq!(encode_utf7(name), wire);
        }
    }

    #[test]
    fn what_is_not_modified_utf7_is_not_decoded() {
        for wire in ["R&D", "&", "&A-", "&!!!!-", "&2D0-"] {
            assert_eq!(decode_utf7(wire), None, "{wire}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_survive_base64(bytes: Vec<u8>) {
            prop_assert_eq!(unbase64(&base64(&bytes)), Some(bytes));
        }

        #[test]
        fn any_name_survives_the_round_trip(name in "\\PC*") {
            let wire = encode_utf7(&name);
            prop_assert!(wire.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(decode_utf7(&wire), Some(name));
        }

        #[test]
        fn nothing_on_the_wire_makes_decoding_panic(wire in "\\PC*|(&[A-Za-z+,-]*)*") {
            decode_utf7(&wire);
        }
    }
}
