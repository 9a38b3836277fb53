//! Charsets, as Python's codecs read them with errors ignored.

use super::message::Part;
use crate::rules::view::charset;

/// The charset that a part names, in lower case.
pub(super) fn charset_of(part: &Part<'_>) -> Option<String> {
    part.parameter("charset").filter(|name| name.is_ascii()).map(|name| name.to_lowercase())
}

/// Text of a part: what means nothing is left out, and so is all but ASCII if the charset is not known.
pub(super) fn decoded(bytes: &[u8], name: Option<&str>) -> String {
    let written = name.unwrap_or("ascii");
    match written.replace(['_', ' '], "-").as_str() {
        "utf-8" | "utf8" | "u8" | "cp65001" => utf8(bytes, ""),
        "iso-8859-1" | "iso8859-1" | "latin-1" | "latin1" | "l1" | "8859" | "cp819" | "iso-ir-100" => {
            bytes.iter().map(|&byte| char::from(byte)).collect()
        }
        "ascii" | "us-ascii" | "646" | "us" | "iso646-us" | "iso-646.irv-1991" | "cp367" | "ansi-x3.4-1968" => {
            ascii(bytes)
        }
        "gb2312" | "euc-cn" | "gb2312-80" | "chinese" | "iso-ir-58" => simple_chinese(bytes),
        other => {
            let known = charset::ignoring(bytes, written).or_else(|| charset::ignoring(bytes, other));
            known.unwrap_or_else(|| ascii(bytes))
        }
    }
}

/// Content that is not decoded: what is not ASCII is read in the charset, with replacements.
pub(super) fn as_written(bytes: &[u8], name: Option<&str>) -> String {
    if bytes.is_ascii() {
        return bytes.iter().map(|&byte| char::from(byte)).collect();
    }
    match name.unwrap_or("ascii") {
        "utf-8" | "utf8" => utf8(bytes, "\u{fffd}"),
        "iso-8859-1" | "latin1" => bytes.iter().map(|&byte| char::from(byte)).collect(),
        _ => bytes.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '\u{fffd}' }).collect(),
    }
}

/// GB 2312 and nothing of what later standards put around it: a byte that begins no character of it is left out alone.
fn simple_chinese(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first.is_ascii() {
            text.push(char::from(first));
            continue;
        }
        let pair = [first, after.first().copied().unwrap_or_default()];
        if matches!(pair, [0xa1..=0xf7, 0xa1..=0xfe])
            && let Some(read) = charset::ignoring(&pair, "gb2312").filter(|read| !read.is_empty())
        {
            text.push_str(&read);
            rest = after.get(1..).unwrap_or_default();
        }
    }
    text
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().filter(|byte| byte.is_ascii()).map(|&byte| char::from(byte)).collect()
}

fn utf8(bytes: &[u8], instead: &str) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str(instead);
        }
    }
    text
}
