//! Where literals are found by a hash.

/// For [`hash`]: the golden ratio's digits.
const SPREAD: u32 = 0x9E37_79B1;
/// Places in a table, as a power of two.
const MOST_PLACES: u32 = 15;

/// Where literals are found.
#[derive(Debug)]
pub(super) struct Table<T> {
    entries: Vec<T>,
    /// For each hash, where its entries begin.
    starts: Vec<u32>,
    /// How far a hash is moved to be a place in `starts`.
    shift: u32,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), starts: Vec::new(), shift: 0 }
    }
}

impl<T: Copy> Table<T> {
    pub(super) fn new(mut of: Vec<(u32, T)>) -> Self {
        if of.is_empty() {
            return Self::default();
        }
        let bits = of.len().next_power_of_two().trailing_zeros().clamp(1, MOST_PLACES);
        let shift = u32::BITS - bits;
        of.sort_by_key(|(hash, _)| hash >> shift);
        let mut starts = vec![0; (1 << bits) + 1];
        for (hash, _) in &of {
            starts.get_mut((hash >> shift) as usize + 1).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { entries: of.into_iter().map(|(_, entry)| entry).collect(), starts, shift }
    }

    /// Those that have this hash, and others.
    pub(super) fn with(&self, hash: u32) -> &[T] {
        let place = (hash >> self.shift) as usize;
        let range = match self.starts.get(place..place + 2) {
            Some([begin, end]) => *begin as usize..*end as usize,
            _ => 0..0,
        };
        self.entries.get(range).unwrap_or_default()
    }
}

/// Of the first bytes of a window, at most four. Its high bits are the good ones.
#[inline]
pub(super) fn hash<const N: usize>(window: u64) -> u32 {
    let first = (window & 0xffff_ffff) as u32;
    first.wrapping_shl(u32::BITS - 8 * as_u32(N)).wrapping_mul(SPREAD)
}

/// The bytes from a place on.
pub(super) fn chunk<const N: usize>(text: &[u8], at: usize) -> Option<[u8; N]> {
    text.get(at..)?.first_chunk().copied()
}

/// With zeros behind, or cut.
pub(super) fn padded<const N: usize>(text: &[u8]) -> [u8; N] {
    std::array::from_fn(|at| text.get(at).copied().unwrap_or_default())
}

pub(super) fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
