//! One scan of a text for the literals of all rules.
//!
//! Each literal is found by its rarest four bytes (or three, or two): a bit says for every place of the text whether
//! any literal has what stands there. That is seldom, and only then a table is asked.

/// Bits in the first look, as a power of two: 4 kB a length, so that all lie close to the processor.
const BITS: u32 = 15;
/// For [`hash`]: the golden ratio's digits.
const SPREAD: u32 = 0x9E37_79B1;
/// How many bytes the lengths of grams have.
const LENGTHS: [usize; 3] = [2, 3, 4];

/// Literals and who wants them.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    literals: Vec<Literal>,
    /// For each length of gram.
    tables: [Table; 3],
}

#[derive(Debug)]
struct Literal {
    text: Box<[u8]>,
    /// Who wants it.
    wanted_by: Vec<u32>,
}

/// Grams of one length.
#[derive(Debug, Default)]
struct Table {
    /// A bit for each hash; empty: there are no grams.
    bits: Vec<u64>,
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
        let tables = LENGTHS.map(|length| Table::new(&literals, length));
        Self { literals, tables }
    }

    /// Calls `see` with everything wanted in the text, which is in lower case and behind which three zeros stand.
    pub(crate) fn scan(&self, padded: &[u8], mut see: impl FnMut(Sighting)) {
        let text = padded.get(..padded.len().saturating_sub(3)).unwrap_or_default();
        let [two, three, four] = &self.tables;
        for (at, window) in padded.windows(4).enumerate() {
            let Ok(window) = <[u8; 4]>::try_from(window) else { continue };
            let gram = u32::from_le_bytes(window);
            for (table, gram) in [(two, gram & 0xffff), (three, gram & 0xff_ffff), (four, gram)] {
                if table.may_have(gram) {
                    self.look(table.with(gram), (gram, at), text, &mut see);
                }
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

impl Table {
    fn new(literals: &[Literal], length: usize) -> Self {
        let mut entries = Vec::new();
        for (literal, of) in (0..).zip(literals) {
            if of.text.len().clamp(LENGTHS[0], LENGTHS[2]) != length {
                continue;
            }
            let rarest = (0..).zip(of.text.windows(length)).min_by_key(|(_, window)| commonness(window));
            if let Some((at, window)) = rarest {
                let gram = window.iter().rev().fold(0, |gram, byte| (gram << 8) | u32::from(*byte));
                entries.push(Entry { gram, at, literal });
            }
        }
        if entries.is_empty() {
            return Self::default();
        }
        entries.sort_by_key(|entry| (hash(entry.gram), entry.gram, entry.literal));
        let mut bits = vec![0_u64; 1 << (BITS - 6)];
        let mut starts = vec![0; (1 << BITS) + 1];
        for entry in &entries {
            let hash = hash(entry.gram);
            if let Some(word) = bits.get_mut(hash >> 6) {
                *word |= 1 << (hash & 63);
            }
            if let Some(count) = starts.get_mut(hash + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { bits, entries, starts }
    }

    fn may_have(&self, gram: u32) -> bool {
        let hash = hash(gram);
        self.bits.get(hash >> 6).is_some_and(|word| word & (1 << (hash & 63)) != 0)
    }

    fn with(&self, gram: u32) -> &[Entry] {
        let hash = hash(gram);
        let start = |at: usize| self.starts.get(at).map(|start| *start as usize);
        let range = start(hash).zip(start(hash + 1)).map(|(begin, end)| begin..end);
        range.and_then(|range| self.entries.get(range)).unwrap_or_default()
    }
}

fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(SPREAD) >> (32 - BITS)) as usize
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
