//! One scan of a text for the literals of all rules.
//!
//! A literal of five bytes or more is found by four of them: by the rarest four that begin at an even place of it, and
//! by the rarest that begin at an odd one. Whatever place it stands at, one of the two stands at an even place of the
//! text, so that every other place need not be looked at. Shorter ones are found by their first two bytes. A bit says
//! whether any literal has what stands there. That is seldom, and only then a table is asked.

/// For [`hash`]: the golden ratio's digits.
const SPREAD: u32 = 0x9E37_79B1;
/// Bits in the first look for each gram, as a power of two, and the fewest and most in all: they shall lie close to the
/// processor.
const BITS_A_GRAM: u32 = 4;
const LEAST_BITS: u32 = 6;
const MOST_BITS: u32 = 17;
/// How many bytes a gram has; literals of no more bytes are short.
const GRAM: usize = 4;

/// Literals and who wants them.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    literals: Vec<Literal>,
    /// Grams of the long ones.
    long: Table,
    /// The first two bytes of the short ones.
    short: Table,
}

#[derive(Debug)]
struct Literal {
    text: Box<[u8]>,
    /// Who wants it.
    wanted_by: Vec<u32>,
}

/// Grams.
#[derive(Debug, Default)]
struct Table {
    /// A bit for each hash; empty: there are no grams.
    bits: Vec<u64>,
    /// How far a hash is moved to be a place in `bits`, and in `starts`.
    shift: u32,
    shift_to_start: u32,
    /// Sorted by hash, with where each begins.
    entries: Vec<Entry>,
    starts: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    gram: u32,
    /// Where in its literal the gram stands.
    at: u32,
    literal: u32,
}

/// A literal that stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// Who wants it.
    pub(crate) member: u32,
    /// Where it begins and ends.
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

impl Scanner {
    /// From literals in lower case, of at least two bytes, each with who wants it.
    pub(crate) fn new(mut wanted: Vec<(Vec<u8>, u32)>) -> Self {
        wanted.sort();
        wanted.dedup();
        let mut literals: Vec<Literal> = Vec::new();
        for (text, member) in wanted {
            match literals.last_mut() {
                Some(last) if *last.text == *text => last.wanted_by.push(member),
                _ => literals.push(Literal { text: text.into(), wanted_by: vec![member] }),
            }
        }
        let (mut long, mut short) = (Vec::new(), Vec::new());
        for (literal, of) in (0..).zip(&literals) {
            let text = &*of.text;
            if text.len() > GRAM {
                long.extend([0, 1].into_iter().filter_map(|from| rarest(text, from)).map(|(gram, at)| Entry {
                    gram,
                    at,
                    literal,
                }));
            } else if let [one, two, ..] = text {
                short.push(Entry { gram: u32::from(u16::from_le_bytes([*one, *two])), at: 0, literal });
            }
        }
        Self { literals, long: Table::new(long), short: Table::new(short) }
    }

    /// Calls `see` with everything wanted in the text, which is in lower case and behind which three zeros stand.
    pub(crate) fn scan(&self, padded: &[u8], mut see: impl FnMut(Sighting)) {
        let text = padded.get(..padded.len().saturating_sub(3)).unwrap_or_default();
        for (at, window) in padded.windows(GRAM).step_by(2).enumerate() {
            let Ok(window) = <[u8; GRAM]>::try_from(window) else { continue };
            let (gram, at) = (u32::from_le_bytes(window), 2 * at);
            if self.long.may_have(gram) {
                self.look(self.long.with(gram), (gram, at), text, &mut see);
            }
            let (one, other) = (gram & 0xffff, (gram >> 8) & 0xffff);
            if self.short.may_have(one) {
                self.look(self.short.with(one), (one, at), text, &mut see);
            }
            if self.short.may_have(other) {
                self.look(self.short.with(other), (other, at + 1), text, &mut see);
            }
        }
    }

    #[cold]
    fn look(&self, entries: &[Entry], (gram, at): (u32, usize), text: &[u8], see: &mut impl FnMut(Sighting)) {
        for entry in entries.iter().filter(|entry| entry.gram == gram) {
            let Some(literal) = self.literals.get(entry.literal as usize) else { continue };
            let Some(begin) = at.checked_sub(entry.at as usize) else { continue };
            let end = begin + literal.text.len();
            if text.get(begin..end) == Some(&*literal.text) {
                literal.wanted_by.iter().for_each(|member| see(Sighting { member: *member, begin, end }));
            }
        }
    }
}

/// The rarest gram that begins at every other place of a text, and where.
fn rarest(text: &[u8], from: usize) -> Option<(u32, u32)> {
    let grams = (0..).zip(text.windows(GRAM)).skip(from).step_by(2);
    let (at, gram) = grams.min_by_key(|(_, gram)| commonness(gram))?;
    Some((u32::from_le_bytes(gram.try_into().ok()?), at))
}

impl Table {
    fn new(mut entries: Vec<Entry>) -> Self {
        if entries.is_empty() {
            return Self::default();
        }
        let wanted = entries.len().next_power_of_two().trailing_zeros();
        let bits = (wanted + BITS_A_GRAM).clamp(LEAST_BITS, MOST_BITS);
        let (shift, shift_to_start) = (u32::BITS - bits, u32::BITS - wanted.clamp(1, MOST_BITS));
        let mut table = Self { bits: vec![0; 1 << (bits - 6)], shift, shift_to_start, ..Self::default() };
        entries.sort_by_key(|entry| (hash(entry.gram), entry.gram, entry.literal));
        table.starts = vec![0; (1 << (u32::BITS - shift_to_start)) + 1];
        for entry in &entries {
            let hash = hash(entry.gram);
            let bit = hash >> shift;
            if let Some(word) = table.bits.get_mut(bit as usize >> 6) {
                *word |= 1 << (bit & 63);
            }
            if let Some(count) = table.starts.get_mut((hash >> shift_to_start) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut table.starts {
            sum += *start;
            *start = sum;
        }
        table.entries = entries;
        table
    }

    fn may_have(&self, gram: u32) -> bool {
        let bit = hash(gram) >> self.shift;
        self.bits.get(bit as usize >> 6).is_some_and(|word| word & (1 << (bit & 63)) != 0)
    }

    fn with(&self, gram: u32) -> &[Entry] {
        let place = (hash(gram) >> self.shift_to_start) as usize;
        let start = |at: usize| self.starts.get(at).map(|start| *start as usize);
        let range = start(place).zip(start(place + 1)).map(|(begin, end)| begin..end);
        range.and_then(|range| self.entries.get(range)).unwrap_or_default()
    }
}

fn hash(gram: u32) -> u32 {
    gram.wrapping_mul(SPREAD)
}

/// A rough order of how often letters stand in mail: more is more often.
fn commonness(gram: &[u8]) -> u32 {
    let of = |byte: &u8| match byte {
        b' ' | b'e' | b't' => 12,
        b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'h' => 10,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'g' | b'w' => 8,
        b'a'..=b'z' | b'.' | b'/' | b'=' | b'-' => 6,
        b'0'..=b'9' | b'<' | b'>' => 5,
        _ => 2,
    };
    gram.iter().map(of).sum()
}
