//! Unpacking with a limit (RFC 1950 to 1952).

use std::io::Read;

/// A bare deflate stream, at most `limit` bytes of what it unpacks to. What damage leaves is given all the same.
pub(super) fn raw(packed: &[u8], limit: usize) -> Vec<u8> {
    up_to(flate2::read::DeflateDecoder::new(packed), limit)
}

/// The same, within a zlib envelope.
pub(super) fn zlib(packed: &[u8], limit: usize) -> Vec<u8> {
    up_to(flate2::read::ZlibDecoder::new(packed), limit)
}

/// The same, of a gzip file.
pub(super) fn gzip(packed: &[u8], limit: usize) -> Vec<u8> {
    up_to(flate2::read::GzDecoder::new(packed), limit)
}

fn up_to(from: impl Read, limit: usize) -> Vec<u8> {
    let mut content = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    from.take(limit).read_to_end(&mut content).unwrap_or_default();
    content
}
