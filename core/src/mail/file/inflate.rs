//! Unpacking with a limit (RFC 1950 to 1952).

use std::io::Read;

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// What was unpacked.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    /// What it unpacks to, as far as the limit.
    pub(crate) content: Vec<u8>,
    /// Bytes that were read for it.
    pub(crate) read: usize,
}

impl Unpacked {
    /// What it has cost, in bytes: a bomb may as well be much that unpacks to nothing as little that unpacks to much.
    pub(crate) fn cost(&self) -> usize {
        self.content.len().max(self.read)
    }
}

/// A bare deflate stream, at most `limit` bytes of what it unpacks to. What damage leaves is given all the same.
pub(super) fn raw(packed: &[u8], limit: usize) -> Unpacked {
    let mut decoder = DeflateDecoder::new(packed);
    let content = up_to(&mut decoder, limit);
    Unpacked { content, read: packed.len() - decoder.into_inner().len() }
}

/// The same, within a zlib envelope.
pub(super) fn zlib(packed: &[u8], limit: usize) -> Unpacked {
    let mut decoder = ZlibDecoder::new(packed);
    let content = up_to(&mut decoder, limit);
    Unpacked { content, read: packed.len() - decoder.into_inner().len() }
}

/// The same, of a gzip file.
pub(crate) fn gzip(packed: &[u8], limit: usize) -> Unpacked {
    let mut decoder = GzDecoder::new(packed);
    let content = up_to(&mut decoder, limit);
    Unpacked { content, read: packed.len() - decoder.into_inner().len() }
}

/// What unpacks to `content`.
#[cfg(test)]
pub(super) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = flate2::bufread::DeflateEncoder::new(content, flate2::Compression::best());
    encoder.read_to_end(&mut packed).unwrap();
    packed
}

fn up_to(from: impl Read, limit: usize) -> Vec<u8> {
    let mut content = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    from.take(limit).read_to_end(&mut content).unwrap_or_default();
    content
}
