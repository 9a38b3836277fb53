//! tar: a header of 512 bytes before each file (POSIX pax, ustar interchange format).

use super::{super::bytes::start, Archive};

const BLOCK: usize = 512;

/// Most headers that are read.
const MAX_FILES: usize = 2000;

pub(super) fn list(content: &[u8]) -> Archive {
    let mut archive = Archive::default();
    let mut rest = content;
    for _ in 0..MAX_FILES {
        let Some(header) = rest.get(..BLOCK).filter(|header| header.get(257..262) == Some(b"ustar")) else { break };
        let name = until_zero(header.get(..100).unwrap_or_default());
        let kind = header.get(156).copied().unwrap_or_default();
        if matches!(kind, 0 | b'0' | b'7') {
            archive.add(&String::from_utf8_lossy(name));
        }
        let Some(size) = octal(header.get(124..136).unwrap_or_default()) else { break };
        let Some(next) = size.div_ceil(BLOCK).checked_mul(BLOCK).and_then(|length| rest.get(BLOCK..)?.get(length..))
        else {
            break;
        };
        rest = next;
    }
    archive
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    start(bytes, memchr::memchr(0, bytes).unwrap_or(bytes.len()))
}

fn octal(bytes: &[u8]) -> Option<usize> {
    let text = str::from_utf8(until_zero(bytes)).ok()?.trim();
    usize::from_str_radix(text, 8).ok()
}
