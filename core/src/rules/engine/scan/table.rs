//! Where literals are found by a hash.

/// For [`hash`]: the golden ratio's digits.
const SPREAD: u32 = 0x9E37_79B1;
/// For [`long_hash`].
const LONG_SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// Entries in a word of a filter, as a power of two.
const ENTRIES_A_WORD: u32 = 2;
/// Places that are looked at together.
pub(super) const SPANS: usize = 32;
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
    /// Whether there may be an entry: other bits of the hash say which word, and which bit of it. They take far less room
    /// than all else.
    filter: Vec<u64>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), starts: Vec::new(), shift: 0, filter: Vec::new() }
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
        let mut filter = vec![0; (of.len().next_power_of_two() >> ENTRIES_A_WORD).max(1)];
        for (hash, _) in &of {
            let (at, bit) = place(*hash, filter.len());
            filter.get_mut(at).into_iter().for_each(|word| *word |= bit);
        }
        Self { entries: of.into_iter().map(|(_, entry)| entry).collect(), starts, shift, filter }
    }

    /// Those that have this hash, and others.
    pub(super) fn with(&self, hash: u32) -> &[T] {
        let Span { from, to, .. } = self.span(Span::new(0, hash));
        self.entries.get(from as usize..to as usize).unwrap_or_default()
    }

    fn span(&self, of: Span) -> Span {
        let place = (of.hash >> self.shift) as usize;
        match self.starts.get(place..place + 2) {
            Some([from, to]) => Span { from: *from, to: *to, ..of },
            _ => Span { from: 0, to: 0, ..of },
        }
    }

    /// Calls `see` with each place and all that is kept for its hash, but for some that `is_in` does not hold for. What is
    /// kept is far from the processor: here nothing waits for what stands at the place before.
    pub(super) fn look(
        &self,
        spans: impl Iterator<Item = Span>,
        is_in: impl Fn(&T, u32) -> bool,
        mut see: impl FnMut(&T, u32),
    ) {
        if self.entries.is_empty() {
            return;
        }
        let mut left = [Span::default(); SPANS];
        let may_be = |span: &Span| {
            let (at, bit) = place(span.hash, self.filter.len());
            self.filter.get(at).is_some_and(|word| word & bit != 0)
        };
        let mut count = keep(&mut left, spans, may_be);
        count = keep_some(&mut left, count, |span| self.span(span), |span| span.to > span.from);
        let is_first = |span: &Span| {
            let first = self.entries.get(span.from as usize);
            (span.to - span.from > 1) | first.is_some_and(|first| is_in(first, span.at))
        };
        count = keep_some(&mut left, count, |span| span, is_first);
        for span in left.iter().take(count) {
            let entries = self.entries.get(span.from as usize..span.to as usize).unwrap_or_default();
            entries.iter().filter(|entry| is_in(entry, span.at)).for_each(|entry| see(entry, span.at));
        }
    }
}

/// A place in the text, its hash, and where in the table that is found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    at: u32,
    hash: u32,
    from: u32,
    to: u32,
}

impl Span {
    pub(super) fn new(at: u32, hash: u32) -> Self {
        Self { at, hash, from: 0, to: 0 }
    }
}

/// Keeps those that are worth it, and says how many they are. What is not kept is written, too: nothing has to be guessed.
#[inline]
fn keep(left: &mut [Span; SPANS], spans: impl Iterator<Item = Span>, is_kept: impl Fn(&Span) -> bool) -> usize {
    let mut count = 0;
    for span in spans.take(SPANS) {
        left.get_mut(count % SPANS).into_iter().for_each(|held| *held = span);
        count += usize::from(is_kept(&span));
    }
    count
}

/// The same with what has been kept.
#[inline]
fn keep_some(
    left: &mut [Span; SPANS],
    count: usize,
    with: impl Fn(Span) -> Span,
    is_kept: impl Fn(&Span) -> bool,
) -> usize {
    let mut kept = 0;
    for at in 0..count.min(SPANS) {
        let span = with(left.get(at % SPANS).copied().unwrap_or_default());
        left.get_mut(kept % SPANS).into_iter().for_each(|held| *held = span);
        kept += usize::from(is_kept(&span));
    }
    kept
}

/// Which of so many words, and which bit of it.
fn place(hash: u32, words: usize) -> (usize, u64) {
    ((hash >> 16) as usize & words.saturating_sub(1), 1_u64.wrapping_shl(hash >> 10))
}

/// Of the first six bytes of a window.
#[inline]
pub(super) fn long_hash(window: u64) -> u32 {
    ((window << 16).wrapping_mul(LONG_SPREAD) >> 32) as u32
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
