//! The raw body: decoded text with its markup, in pieces.

use super::{Part, View, part::first};

/// Most bytes of a part that are looked at (`rawbody_part_scan_size`).
const MAX_PART: usize = 500_000;

/// A piece is cut behind a line end, a `>` or white space after this many bytes, if one comes before [`MAX_CHUNK`].
const MIN_CHUNK: usize = 2048;

/// Longest piece that is left whole.
const MAX_CHUNK: usize = 4096;

/// The pieces of every text part, each part on its own.
pub(super) fn chunks(view: &View<'_>) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    for part in view.leaves().filter(|part| part.is_in_raw_body()) {
        cut(text(part), &mut chunks);
    }
    chunks
}

fn text<'part>(part: &'part Part<'_>) -> &'part [u8] {
    first(part.decoded(), MAX_PART)
}

fn cut(text: &[u8], chunks: &mut Vec<Vec<u8>>) {
    let mut rest = text;
    while MAX_CHUNK < rest.len() {
        let window = rest.get(MIN_CHUNK..MAX_CHUNK).unwrap_or_default();
        let at = memchr::memchr(b'\n', window)
            .or_else(|| memchr::memchr(b'>', window))
            .or_else(|| window.iter().position(|byte| byte.is_ascii_whitespace() || *byte == 0x0b));
        let (chunk, after) = rest.split_at(MIN_CHUNK + at.unwrap_or(0) + 1);
        chunks.push(chunk.to_vec());
        rest = after;
    }
    chunks.push(rest.to_vec());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(pieces: &[(u8, usize)]) -> Vec<usize> {
        let text: Vec<u8> = pieces.iter().flat_map(|&(byte, count)| vec![byte; count]).collect();
        let mut chunks = Vec::new();
        cut(&text, &mut chunks);
        assert_eq!(chunks.concat(), text);
        chunks.iter().map(Vec::len).collect()
    }

    #[test]
    fn pieces_end_where_a_line_does_or_an_element_or_a_word() {
        for end in [b'\n', b'>', b' '] {
            assert_eq!(lengths(&[(b'x', 4094), (end, 1), (b'y', 5000)]), [4095, 2049, 2951]);
            assert_eq!(lengths(&[(b'x', 4095), (end, 1), (b'y', 5000)]), [4096, 2049, 2951]);
            assert_eq!(lengths(&[(b'x', 4096), (end, 1), (b'y', 5000)]), [2049, 2049, 2049, 2950]);
        }
        assert_eq!(lengths(&[(b'x', 2048), (b' ', 1), (b'y', 1050), (b'>', 1), (b'z', 2000)]), [3100, 2000]);
    }

    #[test]
    fn what_is_short_is_one_piece() {
        assert_eq!(lengths(&[(b'x', 4096)]), [4096]);
        assert_eq!(lengths(&[(b'x', 4097)]), [2049, 2048]);
        assert_eq!(lengths(&[]), [0]);
    }
}
