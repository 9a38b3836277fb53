//! A message as the weights see it.

use super::TokenId;

/// Weights of each model: a thousand messages bring some 200,000 tokens of each part that were never seen before, and with
/// fewer places words never seen would be named as clues.
pub(super) const BUCKETS: usize = 1 << BUCKET_BITS;
const BUCKET_BITS: u32 = 20;

/// Places of weights in ascending order: those of the body, then those of the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lesson {
    buckets: Vec<u32>,
    /// How many are of the body.
    body: usize,
}

/// The place of a token's weight.
pub(super) fn bucket(id: TokenId) -> u32 {
    let bucket = (id.0 >> (u64::BITS - BUCKET_BITS)) as u32;
    if id.is_of_body() { bucket } else { bucket | 1 << BUCKET_BITS }
}

impl Lesson {
    pub(super) fn of(tokens: impl Iterator<Item = TokenId>) -> Self {
        let mut lesson = Self { buckets: tokens.map(bucket).collect(), body: 0 };
        lesson.buckets.sort_unstable();
        lesson.count_body();
        lesson
    }

    /// The body, and the header.
    pub(super) fn parts(&self) -> [&[u32]; 2] {
        let (body, header) = self.buckets.split_at_checked(self.body).unwrap_or_default();
        [body, header]
    }

    /// Packs it: each difference to the one before in groups of seven bits.
    pub(super) fn pack(&self) -> Box<[u8]> {
        let mut bytes = Vec::with_capacity(self.buckets.len() * 2);
        let mut before = 0;
        for bucket in &self.buckets {
            let mut difference = bucket - before;
            before = *bucket;
            while 0x7F < difference {
                let [low, ..] = difference.to_le_bytes();
                bytes.push(low | 0x80);
                difference >>= 7;
            }
            let [low, ..] = difference.to_le_bytes();
            bytes.push(low);
        }
        bytes.into_boxed_slice()
    }

    /// Becomes what was packed into `bytes`.
    pub(super) fn unpack(&mut self, bytes: &[u8]) {
        self.buckets.clear();
        let (mut before, mut difference, mut shift) = (0, 0, 0);
        for byte in bytes {
            difference |= u32::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                before += difference;
                self.buckets.push(before);
                (difference, shift) = (0, 0);
            }
        }
        self.count_body();
    }

    fn count_body(&mut self) {
        self.body = self.buckets.partition_point(|bucket| (*bucket as usize) < BUCKETS);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn packing_loses_nothing(ids in prop::collection::vec(any::<u64>(), 0..300)) {
            let lesson = Lesson::of(ids.into_iter().map(TokenId));
            let mut unpacked = Lesson::default();
            unpacked.unpack(&lesson.pack());
            prop_assert_eq!(unpacked, lesson);
        }
    }
}
