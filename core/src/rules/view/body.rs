//! The body: what a person reads, paragraph by paragraph.

use std::borrow::Cow;

use super::{View, html, rendered, stretch};

/// Longest piece of a paragraph.
const MAX_PIECE: usize = 2048;

/// The subject, and the paragraphs of all text parts. A multipart in which there is no part at all has nothing to read.
pub(super) fn paragraphs(view: &View<'_>) -> Vec<Vec<u8>> {
    if view.leaves().next().is_none() {
        return Vec::new();
    }
    let subject = view.headers().get("Subject").unwrap_or_else(|| b"\n".as_slice().into()).into_owned();
    let mut pieces = Vec::new();
    split(&subject, &mut pieces);
    let renderings = rendered::all(view);
    let is_wide = renderings.iter().any(|rendering| rendering.is_wide);
    let text = if let [only] = renderings.as_slice() {
        written(&only.text, is_wide)
    } else {
        let mut text = Vec::with_capacity(renderings.iter().map(|rendering| rendering.text.len() + 1).sum());
        for rendering in &renderings {
            if !text.is_empty() {
                text.push(b'\n');
            }
            text.extend_from_slice(&written(&rendering.text, is_wide));
        }
        Cow::Owned(text)
    };
    split(&collapse(&text, is_wide), &mut pieces);
    pieces
}

/// Text as rules see it: as it is, or each character as a byte.
fn written(text: &[u8], is_wide: bool) -> Cow<'_, [u8]> {
    if is_wide { Cow::Borrowed(text) } else { html::latin1(text) }
}

/// White space between words as one blank, and as one line end where it holds an empty line.
fn collapse(text: &[u8], is_wide: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    // Single blanks stay as they are, so most of the text is taken in long stretches.
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = plain_length(rest, is_wide);
        out.extend_from_slice(rest.get(..plain).unwrap_or_default());
        at += plain;
        let Some(&byte) = text.get(at) else { break };
        let width = space_width(text, at, is_wide);
        if width == 0 {
            // A zero byte ends a paragraph, too.
            out.push(if byte == 0 { b'\n' } else { byte });
            at += 1;
            continue;
        }
        let start = at;
        at += width;
        let mut ends = Ends::default();
        ends.see(byte, start);
        loop {
            let width = space_width(text, at, is_wide);
            if width == 0 {
                break;
            }
            ends.see(text.get(at).copied().unwrap_or(0), at);
            at += width;
        }
        ends.write(start, at, &mut out);
    }
    out
}

/// How many bytes at the beginning stay as they are: they are words with single blanks between them.
fn plain_length(text: &[u8], is_wide: bool) -> usize {
    if is_wide {
        stretch::length(text, |byte| b' ' < byte && !(0xc2..=0xe3).contains(&byte))
    } else {
        stretch::length(text, |byte| b' ' < byte)
    }
}

/// Where line ends stand in a run of white space.
#[derive(Default)]
struct Ends {
    first: Option<usize>,
    last: usize,
}

impl Ends {
    fn see(&mut self, byte: u8, at: usize) {
        if byte == b'\n' {
            self.first.get_or_insert(at);
            self.last = at;
        }
    }

    /// Two line ends make a paragraph, whatever white space is between them; white space around them is a blank.
    fn write(&self, start: usize, end: usize, out: &mut Vec<u8>) {
        match self.first {
            Some(first) if first < self.last => {
                if start < first {
                    out.push(b' ');
                }
                out.push(b'\n');
                if self.last + 1 < end {
                    out.push(b' ');
                }
            }
            Some(_) | None => out.push(b' '),
        }
    }
}

/// How many bytes of white space begin at `at`: 0 for none.
fn space_width(text: &[u8], at: usize, is_wide: bool) -> usize {
    match text.get(at) {
        Some(b' ' | b'\t'..=b'\r') => 1,
        Some(0xc2..=0xe3) if is_wide => match text.get(at..).unwrap_or_default() {
            [0xc2, 0x85 | 0xa0, ..] => 2,
            [0xe1, 0x9a, 0x80, ..]
            | [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf, ..]
            | [0xe2, 0x81, 0x9f, ..]
            | [0xe3, 0x80, 0x80, ..] => 3,
            _ => 0,
        },
        _ => 0,
    }
}

/// Cuts the text behind its line ends, and long lines behind a blank.
fn split(text: &[u8], pieces: &mut Vec<Vec<u8>>) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text).map(|at| at + 1).chain([text.len()]) {
        let mut rest = text.get(start..end).unwrap_or_default();
        start = end;
        while MAX_PIECE < rest.len() {
            let window = rest.get(..=MAX_PIECE).unwrap_or(rest);
            let at = memchr::memrchr(b' ', window).filter(|&at| 0 < at).map_or(MAX_PIECE, |at| at + 1);
            let (piece, after) = rest.split_at(at);
            pieces.push(piece.to_vec());
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(rest.to_vec());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Arrival, Mail};

    fn body(raw: &[u8]) -> Vec<String> {
        let mail = Mail::parse(raw, &Arrival::default());
        View::new(&mail).body().iter().map(|piece| String::from_utf8_lossy(piece).into_owned()).collect()
    }

    #[test]
    fn paragraphs_end_at_empty_lines() {
        let raw = b"Subject: s\n\n one  two\nthree \n\t\n\n four\n\nfive\n";
        assert_eq!(body(raw), ["s\n", " one two three \n", " four\n", "five "]);
    }

    #[test]
    fn the_subject_comes_first_even_if_there_is_none() {
        assert_eq!(body(b"From: a\n\nx"), ["\n", "x"]);
        assert_eq!(body(b"Subject: s\nContent-Type: image/png\n\nx"), ["s\n"]);
    }

    #[test]
    fn a_multipart_without_a_part_has_no_body() {
        let head = "Subject: s\nContent-Type: multipart/mixed; boundary=xx\n\n";
        assert!(body(head.as_bytes()).is_empty());
        let nested = format!("{head}--xx\nContent-Type: multipart/mixed; boundary=yy\n\n--xx--\n");
        assert!(body(nested.as_bytes()).is_empty());
        assert_eq!(body(format!("{head}--xx--\n").as_bytes()), ["s\n"]);
        assert_eq!(body(format!("{head}--xx\n\n--xx--\n").as_bytes()), ["s\n"]);
    }

    #[test]
    fn white_space_is_that_of_the_text() {
        let head = "Content-Type: text/plain; charset=";
        let wide = [head.as_bytes(), b"utf-8\n\na\xc2\xa0b\xe3\x80\x80c"].concat();
        assert_eq!(body(&wide), ["\n", "a b c"]);
        let western = [head.as_bytes(), b"iso-8859-1\n\na\xa0b  c\x85d\x0ce\x0bf"].concat();
        assert_eq!(body(&western), ["\n", "a b c\u{2026}d e f"]);
    }

    #[test]
    fn parts_are_lines_and_what_is_no_text_leaves_one() {
        let head = "Content-Type: multipart/mixed; boundary=xx\n\n--xx\n\none\n\n";
        assert_eq!(body(format!("{head}--xx\n\ntwo\n--xx--\n").as_bytes()), ["\n", "one\n", "two"]);
        let picture = format!("{head}--xx\nContent-Type: image/png\n\nx\n--xx--\n");
        assert_eq!(body(picture.as_bytes()), ["\n", "one\n"]);
    }

    #[test]
    fn long_paragraphs_are_cut_behind_a_blank() {
        let lengths =
            |text: String| body(format!("\n{text}").as_bytes())[1..].iter().map(String::len).collect::<Vec<_>>();
        assert_eq!(lengths("x".repeat(4096) + " "), [2048, 2049]);
        assert_eq!(lengths("x".repeat(4097) + " "), [2048, 2048, 2]);
        assert_eq!(lengths("x".repeat(1000) + " " + &"y".repeat(1500)), [1001, 1500]);
    }

    #[test]
    fn long_parts_end_at_the_next_white_space() {
        let length = |after: usize| {
            let text = "x".repeat(50_000 + after) + " " + &"y".repeat(9000);
            body(format!("\n{text}").as_bytes())[1..].iter().map(String::len).sum::<usize>()
        };
        assert_eq!((length(50), length(1024), length(1025)), (50_051, 51_025, 50_000));
    }
}
