//! Cabinets of Windows ([MS-CAB], 2.3 and 2.4).

use super::{
    super::bytes::{number, start},
    Archive,
};

/// Longest name in a cabinet, in bytes ([MS-CAB], 2.4).
const MAX_NAME: usize = 256;

pub(super) fn list(content: &[u8]) -> Archive {
    let mut archive = Archive::default();
    let (Some(mut at), Some(count)) = (number(content, 16, 4), number(content, 28, 2)) else { return archive };
    for _ in 0..count {
        let Some(rest) = content.get(at + 16..) else { break };
        let field = start(rest, MAX_NAME);
        let Some(end) = memchr::memchr(0, field) else { break };
        archive.add(&String::from_utf8_lossy(start(field, end)));
        if archive.is_full() {
            break;
        }
        at += 16 + end + 1;
    }
    archive
}
