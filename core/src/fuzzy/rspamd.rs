//! What rspamd makes its fuzzy digests of.
//!
//! Files are taken as they are, and so is a short plain text, with its line breaks made to blanks and the subject behind
//! it. Of a longer one the stems of its words are taken, here of English texts alone. Of a page rspamd takes what its own
//! reader makes of it, which is not made here: pages are not asked about, only what is attached to them.

mod long;

pub use long::SHINGLES;

use crate::lists::Language;
use crate::mail::{
    decode, header_block,
    mime::{self, Leaf},
    transfer,
};

/// From so many words on a text is long (`min_length` of rspamd's own settings).
const LONG: usize = 64;

/// Smaller parts are in too much mail (`min_bytes`).
const LEAST_BYTES: usize = 1024;

/// Texts are dense: a quarter of that is enough (`text_multiplier`).
const LEAST_TEXT: usize = LEAST_BYTES / 4;

/// Most parts of a message that are asked about.
const MOST_PARTS: usize = 20;

/// What of a message is known to rspamd by a digest of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// For people: `the text`, or the name of a file.
    pub name: String,
    /// What the digest is made of.
    pub content: Vec<u8>,
    /// Of a longer text, what others that are like it share with it.
    pub shingles: Option<[u64; SHINGLES]>,
}

/// The pieces of a message, of which rspamd would ask about the same.
pub fn pieces(raw: &[u8]) -> Vec<Piece> {
    let block = header_block::split(raw, header_block::Ends::AtEmptyLine);
    let subject = block.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("Subject"));
    let subject = subject.map(|(_, raw)| decode::header_text(raw)).unwrap_or_default();
    let leaves = mime::walk(&block.fields, block.body).leaves;
    leaves.iter().filter_map(|leaf| piece(leaf, block.body, &subject)).take(MOST_PARTS).collect()
}

fn piece(leaf: &Leaf<'_>, raw: &[u8], subject: &str) -> Option<Piece> {
    let content = transfer::decode(with_line_end(leaf, raw), &leaf.encoding);
    let content_type = crate::mail::attachment::content_type(leaf);
    let name = crate::mail::attachment::file_name(leaf);
    if leaf.is_shown() || content_type.starts_with("text/") && name.is_none() {
        // What does not say what it is, is plain text (RFC 2045, 5.2).
        let is_plain = content_type == "text/plain" || leaf.content_type.value.is_empty();
        return is_plain.then(|| text(leaf, &content, subject)).flatten();
    }
    let is_asked = LEAST_BYTES <= content.len() && !content_type.starts_with("message/");
    is_asked.then(|| Piece {
        name: name.unwrap_or_else(|| content_type.to_owned()),
        content: content.into_owned(),
        shingles: None,
    })
}

/// The content of a part with the line end before the boundary, which rspamd counts to it.
fn with_line_end<'raw>(leaf: &Leaf<'raw>, raw: &'raw [u8]) -> &'raw [u8] {
    let place = &leaf.place.body;
    let after = raw.get(place.end..).unwrap_or_default();
    let more = [b"\r\n".as_slice(), b"\n"].into_iter().find(|end| after.starts_with(end)).map_or(0, <[u8]>::len);
    raw.get(place.start..place.end + more).unwrap_or(leaf.body)
}

fn text(leaf: &Leaf<'_>, content: &[u8], subject: &str) -> Option<Piece> {
    let charset = leaf.content_type.parameter("charset").map(|name| name.trim().to_ascii_lowercase());
    let text = joined(&decode::text(content, charset.as_deref()));
    let name = "the text".to_owned();
    if let Some(stems) = long::stems(&text, LONG).filter(|_| Language::is_perhaps_english(&text)) {
        return Some(Piece { name, content: stems.concat().into_bytes(), shingles: Some(long::shingles(&stems)) });
    }
    let is_short = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count() < LONG;
    let content = format!("{text}{subject}").into_bytes();
    (is_short && LEAST_TEXT <= content.len()).then_some(Piece { name, content, shingles: None })
}

/// `rspamd_strip_newlines_parse`: any number of line breaks is one blank, and blanks at the beginning of a line are none.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A link in angles goes on in the next line.
    let (mut is_behind_break, mut is_in_angles, mut last) = (false, false, '\0');
    for c in text.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}')) {
        let is_joined = c == '\n' && is_in_angles && last != '\r';
        is_in_angles = c == '<' || is_in_angles && !matches!(c, '>' | '\r' | '\n');
        last = c;
        if is_joined || c == '\r' || is_behind_break && matches!(c, '\n' | ' ') {
            continue;
        }
        is_behind_break = c == '\n';
        out.push(if is_behind_break { ' ' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_and_files_of_some_size_are_asked_about() {
        let lines = "Buy the cheapest watches of the whole city now.\r\n  They all go\r\n\r\non.\r\n".repeat(4);
        let raw = format!(
            "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: \
             text/plain\r\n\r\n{lines}\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n{}\r\n--b\r\nContent-Type: \
             application/pdf; name=b.pdf\r\n\r\nsmall\r\n--b--\r\n",
            "x".repeat(2000)
        );
        let found = pieces(raw.as_bytes());
        let names: Vec<&str> = found.iter().map(|piece| piece.name.as_str()).collect();
        assert_eq!(names, ["the text", "a.pdf"]);
        let text = String::from_utf8(found[0].content.clone()).unwrap();
        assert!(text.starts_with("Buy the cheapest watches of the whole city now. They all go on. Buy"), "{text}");
        assert!(text.ends_with("They all go on. Grüße"), "{text}");
        assert_eq!(found[1].content.len(), 2002, "with the line end before the boundary");
    }

    #[test]
    fn longer_texts_are_asked_about_if_they_are_english_and_pages_are_not() {
        let english =
            "You are advised to keep this approval strictly confidential until the money reaches your hands. "
                .repeat(6);
        let german =
            "Bitte behandeln Sie diese Zusage streng vertraulich, bis das Geld in Ihren Händen ist. ".repeat(6);
        let long = |kind: &str, text: &str| pieces(format!("Content-Type: text/{kind}\n\n{text}\n").as_bytes());
        let bare = pieces(format!("Subject: x\n\n{english}\n").as_bytes());
        assert!(bare[0].shingles.is_some(), "without a word of its kind it is plain text");
        let found = long("plain", &english);
        assert!(found[0].content.starts_with(b"youareadvistokeepthisapprovstrict") && found[0].shingles.is_some());
        assert_eq!(long("plain", &german), []);
        assert_eq!(long("html", &english), []);
    }
}
