//! Text of any charset as UTF-8 bytes.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_8859_8, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text of a part: as it is if it reads as UTF-8, in the charset it names if it can be that, else Windows-1252.
pub(crate) fn text<'text>(bytes: &'text [u8], name: Option<&str>) -> Cow<'text, [u8]> {
    let encoding = name.and_then(find);
    if bytes.is_ascii() && !encoding.is_some_and(is_seven_bit) {
        return Cow::Borrowed(bytes);
    }
    if !encoding.is_some_and(is_seven_bit) && str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    let declared = encoding.filter(|encoding| !is_western(encoding.0) && encoding.0 != UTF_8);
    let is_simple = name.is_some_and(|name| matches!(name.trim().to_ascii_lowercase().as_str(), "gb2312" | "euc-cn"));
    let declared = declared.filter(|_| !is_simple || is_simple_chinese(bytes));
    let declared = declared.and_then(|encoding| strict(bytes, encoding));
    Cow::Owned(declared.unwrap_or_else(|| western(bytes)))
}

/// Whether every character beyond ASCII is one of GB 2312, and none of what later standards put around it.
fn is_simple_chinese(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return true,
            [0xa1..=0xf7, 0xa1..=0xfe, after @ ..] => after,
            [byte, after @ ..] if byte.is_ascii() => after,
            _ => return false,
        };
    }
}

/// Text of an encoded word: in the charset it names, with replacements for what is none.
pub(crate) fn word(bytes: &[u8], name: &str) -> Vec<u8> {
    let is_us_ascii = matches!(name.to_ascii_lowercase().as_str(), "us-ascii" | "ascii" | "iso646-us");
    if is_us_ascii {
        let shown = |&byte: &u8| if byte.is_ascii() { char::from(byte) } else { char::REPLACEMENT_CHARACTER };
        return bytes.iter().map(shown).collect::<String>().into_bytes();
    }
    match find(name) {
        Some(found) if is_western(found.0) && !found.1 => western(bytes),
        Some(found) => with_replacements(bytes, found),
        None => plain(bytes).into_owned(),
    }
}

/// Text that names no charset: UTF-8 if it can be, else Windows-1252.
pub(crate) fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.is_ascii() || str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(western(bytes))
}

/// Text in the charset of that name, without what means nothing in it; `None` if nobody knows the name.
pub(crate) fn ignoring(bytes: &[u8], name: &str) -> Option<String> {
    let text = with_replacements(bytes, find(name)?);
    let text = String::from_utf8(text).ok()?;
    let is_undefined = |c: char| c == char::REPLACEMENT_CHARACTER;
    Some(text.chars().filter(|c| !is_undefined(*c)).collect())
}

/// An encoding, and whether its bytes 128 to 159 are control characters.
type Found = (&'static Encoding, bool);

/// The encoding of a name as mail programs write it.
fn find(name: &str) -> Option<Found> {
    let name = name.trim().to_ascii_lowercase();
    let has_controls = matches!(name.as_str(), "latin1" | "latin-1" | "iso-8859-9" | "iso8859-9" | "latin5");
    let label = match name.as_str() {
        "utf8" => "utf-8",
        "cp932" | "windows-31j" => "shift_jis",
        "cp936" => "gbk",
        "cp949" | "uhc" => "euc-kr",
        "cp950" => "big5",
        "latin-1" => "latin1",
        other => other.strip_prefix("cp125").map_or(other, |digit| match digit {
            "0" => "windows-1250",
            "1" => "windows-1251",
            "2" => "windows-1252",
            "3" => "windows-1253",
            "4" => "windows-1254",
            "5" => "windows-1255",
            "6" => "windows-1256",
            "7" => "windows-1257",
            "8" => "windows-1258",
            _ => "",
        }),
    };
    // Names that browsers know and mail filters do not.
    let is_foreign = matches!(label, "gb18030" | "iso-8859-8-i" | "x-gbk" | "x-sjis" | "unknown");
    let encoding = Encoding::for_label_no_replacement(label.as_bytes()).filter(|_| !is_foreign)?;
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE || encoding == REPLACEMENT;
    (!is_wide).then_some((encoding, has_controls || encoding == ISO_8859_8))
}

/// Whether text that is all ASCII may still need decoding.
fn is_seven_bit(found: Found) -> bool {
    found.0 == encoding_rs::ISO_2022_JP
}

fn is_western(encoding: &'static Encoding) -> bool {
    encoding == WINDOWS_1252
}

/// Windows-1252; five bytes of it mean nothing.
fn western(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 4);
    for piece in bytes.split_inclusive(|byte| !byte.is_ascii()) {
        let (ascii, last) = match piece.split_last() {
            Some((last, ascii)) if !last.is_ascii() => (ascii, Some(*last)),
            Some(_) | None => (piece, None),
        };
        out.extend_from_slice(ascii);
        if let Some(byte) = last {
            let shown = byte.checked_sub(0x80).and_then(|at| WESTERN.get(usize::from(at)).copied());
            out.extend_from_slice(shown.unwrap_or(char::from(byte)).encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    out
}

/// Bytes 128 to 159 of Windows-1252.
const WESTERN: [char; 32] = [
    '\u{20ac}', '\u{fffd}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{fffd}', '\u{17d}', '\u{fffd}', '\u{fffd}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{fffd}', '\u{17e}', '\u{178}',
];

/// In an encoding, if every byte means something in it.
fn strict(bytes: &[u8], (encoding, has_controls): Found) -> Option<Vec<u8>> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    if has_controls {
        return Some(controls(bytes, encoding));
    }
    let is_undefined = |c: char| ('\u{80}'..'\u{a0}').contains(&c);
    let is_windows = encoding.name().starts_with("windows-");
    (!is_windows || !text.contains(is_undefined)).then(|| text.into_owned().into_bytes())
}

fn with_replacements(bytes: &[u8], (encoding, has_controls): Found) -> Vec<u8> {
    if has_controls {
        return controls(bytes, encoding);
    }
    if encoding == UTF_8 {
        return String::from_utf8_lossy(bytes).into_owned().into_bytes();
    }
    let shifted = if encoding == encoding_rs::ISO_2022_JP { without_empty_shifts(bytes) } else { Cow::Borrowed(bytes) };
    let (text, _) = encoding.decode_without_bom_handling(&shifted);
    if !encoding.name().starts_with("windows-") {
        return text.into_owned().into_bytes();
    }
    let shown = |c: char| if ('\u{80}'..'\u{a0}').contains(&c) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect::<String>().into_bytes()
}

/// Without escapes that change the character set for no characters, as where two encoded words meet.
fn without_empty_shifts(bytes: &[u8]) -> Cow<'_, [u8]> {
    const SHIFT: usize = 3;
    let is_shift = |at: usize| matches!(bytes.get(at..at + SHIFT), Some([0x1b, b'(' | b'$', _]));
    let mut out = Vec::new();
    let mut from = 0;
    for at in memchr::memchr_iter(0x1b, bytes).filter(|&at| is_shift(at) && is_shift(at + SHIFT)) {
        out.extend_from_slice(bytes.get(from..at).unwrap_or_default());
        from = at + SHIFT;
    }
    if from == 0 && out.is_empty() {
        return Cow::Borrowed(bytes);
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// In an encoding of one byte a character whose bytes 128 to 159 are control characters.
fn controls(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        if (0x80..0xa0).contains(&byte) {
            out.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            out.extend_from_slice(encoding.decode_without_bom_handling(&[byte]).0.as_bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(bytes: &[u8], name: &str) -> String {
        String::from_utf8(text(bytes, Some(name)).into_owned()).unwrap()
    }

    #[test]
    fn what_reads_as_utf8_is_that_whatever_it_says() {
        for name in ["utf-8", "us-ascii", "iso-8859-1", "koi8-r", "x-unknown"] {
            assert_eq!(reads("caf\u{e9}".as_bytes(), name), "caf\u{e9}");
        }
    }

    #[test]
    fn a_charset_counts_if_every_byte_means_something_in_it() {
        assert_eq!(reads(b"\xf0\xd2", "KOI8-R"), "\u{41f}\u{440}");
        assert_eq!(reads(b"\xc0\x98", "windows-1251"), "\u{c0}\u{2dc}");
        assert_eq!(reads(b"\xe1\xae", "iso-8859-7"), "\u{e1}\u{ae}");
        assert_eq!(reads(b"\xc4\xe3\xba\xc3", "gb2312"), "\u{4f60}\u{597d}");
        assert_eq!(reads(b"\x81@ \xc4\xe3", "gb2312"), "\u{fffd}@ \u{c4}\u{e3}");
        assert_eq!(reads(b"\x81@", "gbk"), "\u{4e02}");
        assert_eq!(reads(b"caf\xe9 \x80 \x81", "utf-8"), "caf\u{e9} \u{20ac} \u{fffd}");
        assert_eq!(reads(b"\xfd\x80", "iso-8859-9"), "\u{131}\u{80}");
        assert_eq!(reads(b"\xe0", "iso-8859-8-i"), "\u{e0}");
        assert_eq!(reads(b"\x1b$B%F%9\x1b(B", "iso-2022-jp"), "\u{30c6}\u{30b9}");
    }

    #[test]
    fn words_that_switch_in_the_middle_are_one_text() {
        let joined = word(b"\x1b$B%F\x1b(B\x1b$B%9\x1b(B", "iso-2022-jp");
        assert_eq!(String::from_utf8(joined).unwrap(), "\u{30c6}\u{30b9}");
    }
}
