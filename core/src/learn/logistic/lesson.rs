//! A message as the weights see it.

use super::TokenId;

/// Weights of each model: a thousand messages bring some 200,000 tokens of each part that were never seen before, and with
/// fewer places words never seen would be named as clues.
pub(super) const BUCKETS: usize = 1 << BUCKET_BITS;
const BUCKET_BITS: u32 = 20;

/// Places of weights in ascending order: those of the body, then those of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lesson {
    buckets: Box<[u32]>,
    /// How many are of the body.
    body: usize,
}

/// The place of a token's weight.
pub(super) fn bucket(id: TokenId) -> u32 {
    let bucket = (id.0 >> (u64::BITS - BUCKET_BITS)) as u32;
    if id.is_of_body() { bucket } else { bucket | 1 << BUCKET_BITS }
}

impl Lesson {
    pub(super) fn of(tokens: &[TokenId]) -> Self {
        let mut buckets = Vec::with_capacity(tokens.len());
        for is_of_body in [true, false] {
            buckets.extend(tokens.iter().filter(|id| id.is_of_body() == is_of_body).map(|id| bucket(*id)));
        }
        // Tokens are kept in order, and their places have the same.
        if !buckets.is_sorted() {
            buckets.sort_unstable();
        }
        let body = buckets.partition_point(|bucket| (*bucket as usize) < BUCKETS);
        Self { buckets: buckets.into_boxed_slice(), body }
    }

    /// The body, and the header.
    pub(super) fn parts(&self) -> [&[u32]; 2] {
        let (body, header) = self.buckets.split_at_checked(self.body).unwrap_or_default();
        [body, header]
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.buckets.len() * size_of::<u32>()
    }
}
