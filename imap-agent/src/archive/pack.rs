//! Packing: how a message becomes smaller before it is sealed, and never larger than it was when it is unpacked.
//!
//! ```text
//! size of the message, 8 bytes, big-endian | 0: as it is, 1: deflate (RFC 1951) | the message
//! ```

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

const AS_IT_IS: u8 = 0;
const DEFLATED: u8 = 1;

/// Room that is made before anything was unpacked. More comes as it is needed.
const FIRST_ROOM: u64 = 16 << 20;

/// `message`, packed.
pub(super) fn pack(message: &[u8]) -> Vec<u8> {
    let mut packed = head(message.len(), DEFLATED);
    let head_bytes = packed.len();
    packed.reserve(message.len() / 2);
    let mut encoder = DeflateEncoder::new(packed, Compression::fast());
    // Writing into memory does not fail; if it did, the message would be kept as it is.
    let deflated = encoder.write_all(message).and_then(|()| encoder.finish());
    match deflated {
        Ok(packed) if packed.len() < head_bytes + message.len() => packed,
        Ok(_) | Err(_) => {
            let mut packed = head(message.len(), AS_IT_IS);
            packed.extend_from_slice(message);
            packed
        }
    }
}

/// What [`pack`] packed; `None` if it is not that. Never makes more than the size written in front, plus one byte.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (size, rest) = packed.split_first_chunk::<8>()?;
    let size = u64::from_be_bytes(*size);
    let (way, rest) = rest.split_first()?;
    let message = match *way {
        AS_IT_IS => rest.to_vec(),
        DEFLATED => {
            let mut message = Vec::with_capacity(usize::try_from(size.min(FIRST_ROOM)).ok()?);
            DeflateDecoder::new(rest).take(size.checked_add(1)?).read_to_end(&mut message).ok()?;
            message
        }
        _ => return None,
    };
    (u64::try_from(message.len()) == Ok(size)).then_some(message)
}

fn head(size: usize, way: u8) -> Vec<u8> {
    let mut head = u64::try_from(size).unwrap_or(u64::MAX).to_be_bytes().to_vec();
    head.push(way);
    head
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_becomes_smaller_and_noise_hardly_larger() {
        let text = "Dear friend, buy now. ".repeat(1000);
        assert!(pack(text.as_bytes()).len() < text.len() / 10);
        let noise: Vec<u8> = (0u32..1000).flat_map(|n| blake3::hash(&n.to_be_bytes()).as_bytes().to_vec()).collect();
        assert_eq!(pack(&noise).len(), noise.len() + 9);
        assert_eq!(pack(b"").len(), 9);
    }

    #[test]
    fn nothing_unpacks_to_more_than_it_says() {
        let mut bomb = pack(&vec![0; 50 << 20]);
        assert!(bomb.len() < 1 << 20, "{}", bomb.len());
        bomb[..8].copy_from_slice(&1000u64.to_be_bytes());
        assert_eq!(unpack(&bomb), None);
        bomb[..8].copy_from_slice(&u64::MAX.to_be_bytes());
        assert_eq!(unpack(&bomb), None);
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(message: Vec<u8>) {
            prop_assert_eq!(unpack(&pack(&message)), Some(message));
        }

        #[test]
        fn anything_can_be_tried_to_unpack(bytes: Vec<u8>) {
            unpack(&bytes);
        }
    }
}
