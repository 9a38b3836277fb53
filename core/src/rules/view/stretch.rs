//! Stretches of text that need no change, which are most of it, seen of many bytes at a time.

/// So many.
const MANY: usize = 16;

/// How many bytes at the beginning are words with single blanks between them. `is_plain` tells what is in a word.
pub(super) fn length(text: &[u8], is_plain: impl Fn(u8) -> bool) -> usize {
    let stays = |byte: u8, next: u8| is_plain(byte) | (byte == b' ') & is_plain(next);
    let mut done = 0;
    while let Some((here, next)) = text.get(done..).and_then(|rest| Some((rest.first_chunk::<MANY>()?, rest.get(1..)?)))
        && let Some(next) = next.first_chunk::<MANY>()
        && here.iter().zip(next).fold(true, |all, (byte, next)| all & stays(*byte, *next))
    {
        done += MANY;
    }
    let mut bytes = text.iter().enumerate().skip(done).peekable();
    while let Some((at, &byte)) = bytes.next() {
        let is_inner = byte == b' ' && bytes.peek().is_some_and(|(_, next)| is_plain(**next));
        if !is_inner && !is_plain(byte) {
            return at;
        }
    }
    text.len()
}

/// How many bytes are one of those. Counted in bytes for as long as they can hold it.
pub(super) fn count(text: &[u8], is_one: impl Fn(u8) -> bool) -> usize {
    let of_chunk = |chunk: &[u8]| usize::from(chunk.iter().fold(0_u8, |sum, byte| sum + u8::from(is_one(*byte))));
    text.chunks(usize::from(u8::MAX)).map(of_chunk).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_end_where_something_changes() {
        let is_plain = |byte: u8| b' ' < byte;
        let words = "some words that go on and on and on, longer than many ";
        for (text, want) in [("", 0), ("a b", 3), ("a  b", 1), ("a ", 1), (" a", 2), ("a\nb", 1), (words, 53)] {
            assert_eq!(length(text.as_bytes(), is_plain), want, "{text:?}");
        }
        for at in 0..60 {
            let mut text = [b'x'; 60];
            text[at] = b'\t';
            assert_eq!(length(&text, is_plain), at);
        }
    }

    #[test]
    fn all_are_counted() {
        assert_eq!(count(&[b'x'; 1000], |byte| byte == b'x'), 1000);
        assert_eq!(count(b"axbx", |byte| byte == b'x'), 2);
    }
}
