//! One scan of a text for the literals of all rules.
//!
//! A literal of seven bytes or more is found by six of them: by the rarest six that begin at an even place of it, and
//! by the rarest that begin at an odd one. Whatever place it stands at, one of the two stands at an even place of the
//! text, so that every other place need not be looked at. One of five or six bytes is found by four of them, and one
//! that is still shorter by its first two. Bits say whether any literal has what stands there. That is seldom, and only
//! then a table is asked, in which the literal itself lies.

/// For [`hash`]: the golden ratio's digits.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// Words in the first look for each gram, as a negative power of two, and the most in all: they shall lie close to the
/// processor.
const GRAMS_A_WORD: u32 = 3;
const MOST_WORDS: u32 = 12;
/// Places in a table.
const MOST_PLACES: u32 = 16;
/// How many bytes the grams of long literals have, and of those that are a little shorter. Literals of no more bytes
/// than this are short.
const GRAM: usize = 6;
const LITTLE: usize = 4;
/// So much of a literal lies in the table.
const HEAD: usize = 16;
/// How many zeros must stand behind a text.
pub(crate) const PADDING: usize = HEAD;
/// Words of a text that are gone through before what was found in them is.
const BLOCK: usize = 64;

/// Literals and who wants them.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    literals: Vec<Literal>,
    /// Who wants each, one literal after another.
    wanted_by: Vec<Wish>,
    /// Grams of the long ones, and of those that are a little shorter.
    long: Grams,
    little: Grams,
    /// The first two bytes of the short ones.
    short: Table<Short>,
    triples: Triples,
}

/// Who wants a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wish {
    pub(crate) member: u32,
    /// It only wants to know whether one of these stands anywhere.
    pub(crate) is_gate: bool,
}

#[derive(Debug)]
struct Literal {
    /// Where those who want it begin, and how many they are.
    wanted_by: (u32, u32),
    /// Its length, and what lies behind the head.
    length: u32,
    rest: Box<[u8]>,
}

/// Where literals are found.
#[derive(Debug)]
struct Table<T> {
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

#[derive(Clone, Copy, Debug)]
struct Long {
    /// The first bytes, and how many they are.
    head: [u64; 2],
    length: u8,
    /// Where in it the gram stands.
    at: u8,
    literal: u32,
}

#[derive(Clone, Copy, Debug)]
struct Short {
    text: u32,
    /// Which of the four bytes belong to it.
    mask: u32,
    literal: u32,
}

/// Literals by one of their grams.
#[derive(Debug, Default)]
struct Grams {
    table: Table<Long>,
    /// Whether a literal may have a gram: the hash says which word, and which two bits of it.
    filter: Vec<u64>,
    shift: u32,
}

/// Whether a short literal may lie within three bytes, or begin with the last two of them: a bit for each, of which only
/// the last five bits count. Empty: there are no short literals.
#[derive(Debug, Default)]
struct Triples(Vec<u32>);

/// A literal that stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// Who wants it.
    pub(crate) wish: Wish,
    /// Where it begins and ends.
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

impl Scanner {
    /// From literals in lower case, of at least two bytes, each with who wants it.
    pub(crate) fn new(mut wanted: Vec<(Vec<u8>, Wish)>) -> Self {
        wanted.sort();
        wanted.dedup();
        let mut scanner = Self::default();
        let (mut long, mut little, mut short) = (Vec::new(), Vec::new(), Vec::new());
        for same in wanted.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((text, _)) = same.first() else { continue };
            let literal = as_u32(scanner.literals.len());
            scanner.literals.push(Literal {
                wanted_by: (as_u32(scanner.wanted_by.len()), as_u32(same.len())),
                length: as_u32(text.len()),
                rest: text.get(HEAD..).unwrap_or_default().into(),
            });
            scanner.wanted_by.extend(same.iter().map(|(_, wish)| *wish));
            if text.len() > GRAM {
                long.extend([0, 1].into_iter().filter_map(|from| Long::new::<GRAM>(text, from, literal)));
            } else if text.len() > LITTLE {
                little.extend([0, 1].into_iter().filter_map(|from| Long::new::<LITTLE>(text, from, literal)));
            } else {
                short.extend(Short::new(text, literal));
            }
        }
        scanner.triples = Triples::new(short.iter().map(|(_, entry)| entry));
        (scanner.long, scanner.little) = (Grams::new(long), Grams::new(little));
        scanner.short = Table::new(short);
        scanner
    }

    /// Calls `see` with everything wanted in the text, which is in lower case and behind which [`PADDING`] zeros stand.
    pub(crate) fn scan(&self, padded: &[u8], mut see: impl FnMut(Sighting)) {
        let length = padded.len().saturating_sub(PADDING);
        let (words, _) = padded.get(..(length + 2 * LITTLE).min(padded.len())).unwrap_or_default().as_chunks::<LITTLE>();
        let Some((first, words)) = words.split_first() else { return };
        let mut word = u32::from_le_bytes(*first);
        let mut places = [0; 2 * BLOCK];
        for (block, words) in words.chunks(BLOCK).enumerate() {
            let (mut at, mut count) = (0, 0);
            for next in words {
                let next = u32::from_le_bytes(*next);
                let both = u64::from(word) | (u64::from(next) << 32);
                for (window, at) in [(both, at), (both >> 16, at + 2)] {
                    let is_long = self.long.may_have(long(window));
                    let is_little = self.little.may_have(little(window));
                    let is_short = self.triples.has(window as u32);
                    if let Some(place) = places.get_mut(count) {
                        *place = (at << 3) | (is_little << 2) | (is_short << 1) | is_long;
                    }
                    count += (is_long | is_short | is_little) as usize;
                }
                word = next;
                at += 4;
            }
            for place in places.iter().take(count) {
                self.look(block * BLOCK * LITTLE + (place >> 3) as usize, *place, padded, &mut see);
            }
        }
    }

    /// Looks at a place where something may stand.
    fn look(&self, at: usize, what: u32, padded: &[u8], see: &mut impl FnMut(Sighting)) {
        let Some(window) = chunk(padded, at).map(u64::from_le_bytes) else { return };
        if what & 1 != 0 {
            self.look_for(self.long.table.with(long(window)), at, padded, see);
        }
        if what & 2 != 0 {
            for (begin, window) in [(at, window as u32), (at + 1, (window >> 8) as u32)] {
                for entry in self.short.with(pair(window)) {
                    if (window ^ entry.text) & entry.mask == 0 {
                        self.tell(entry.literal, begin, padded, see);
                    }
                }
            }
        }
        if what & 4 != 0 {
            self.look_for(self.little.table.with(little(window)), at, padded, see);
        }
    }

    fn look_for(&self, entries: &[Long], at: usize, padded: &[u8], see: &mut impl FnMut(Sighting)) {
        for entry in entries {
            let Some(begin) = at.checked_sub(usize::from(entry.at)) else { continue };
            if chunk(padded, begin).is_some_and(|window| entry.is_in(window)) {
                self.tell(entry.literal, begin, padded, see);
            }
        }
    }

    fn tell(&self, literal: u32, begin: usize, padded: &[u8], see: &mut impl FnMut(Sighting)) {
        let Some(Literal { wanted_by: (first, count), length, rest }) = self.literals.get(literal as usize) else {
            return;
        };
        let end = begin + *length as usize;
        let is_whole = rest.is_empty() || padded.get(begin + HEAD..end) == Some(rest);
        if !is_whole || end + PADDING > padded.len() {
            return;
        }
        let wanted_by = self.wanted_by.iter().skip(*first as usize).take(*count as usize);
        wanted_by.for_each(|wish| see(Sighting { wish: *wish, begin, end }));
    }
}

impl Long {
    /// Found by the rarest gram that begins at every other place of its head.
    fn new<const N: usize>(text: &[u8], from: usize, literal: u32) -> Option<(u32, Self)> {
        let head = text.get(..HEAD).unwrap_or(text);
        let grams = (0..).zip(head.windows(N)).skip(from).step_by(2);
        let (at, gram) = grams.min_by_key(|(_, gram)| commonness(gram))?;
        let gram: [u8; 8] = padded(gram);
        let length = u8::try_from(head.len()).ok()?;
        Some((hash(u64::from_le_bytes(gram)), Self { head: words(padded(head)), length, at, literal }))
    }

    fn is_in(&self, window: [u8; HEAD]) -> bool {
        let masks = MASKS.get(usize::from(self.length)).unwrap_or(&[u64::MAX; 2]);
        let differ = |((one, other), mask): ((&u64, u64), &u64)| (one ^ other) & mask;
        self.head.iter().zip(words(window)).zip(masks).map(differ).fold(0, |all, some| all | some) == 0
    }
}

/// For each length, which bytes of a head count.
const MASKS: [[u64; 2]; HEAD + 1] = {
    let mut masks = [[u64::MAX; 2]; HEAD + 1];
    let (mut left, mut length) = (masks.as_mut_slice(), 0_u32);
    while let Some((mask, rest)) = left.split_first_mut() {
        let low = if length < 8 { (1 << (8 * length)) - 1 } else { u64::MAX };
        let high = if length < 8 { 0 } else if length < 16 { (1 << (8 * (length - 8))) - 1 } else { u64::MAX };
        *mask = [low, high];
        left = rest;
        length += 1;
    }
    masks
};

impl Short {
    fn new(text: &[u8], literal: u32) -> Option<(u32, Self)> {
        let [_, _, rest @ ..] = text else { return None };
        let mask = u32::MAX >> (8 * (2_usize.saturating_sub(rest.len())));
        let text = u32::from_le_bytes(padded(text));
        Some((pair(text), Self { text, mask, literal }))
    }
}

impl<T: Copy> Table<T> {
    fn new(mut of: Vec<(u32, T)>) -> Self {
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
    fn with(&self, hash: u32) -> &[T] {
        let place = (hash >> self.shift) as usize;
        let range = match self.starts.get(place..place + 2) {
            Some([begin, end]) => *begin as usize..*end as usize,
            _ => 0..0,
        };
        self.entries.get(range).unwrap_or_default()
    }
}

impl Grams {
    fn new(of: Vec<(u32, Long)>) -> Self {
        let wanted = of.len().next_power_of_two().trailing_zeros();
        let words = wanted.saturating_sub(GRAMS_A_WORD).clamp(1, MOST_WORDS);
        let mut filter = if of.is_empty() { Vec::new() } else { vec![0; 1 << words] };
        let shift = u32::BITS - words;
        for (hash, _) in &of {
            let [one, other] = two_bits(*hash);
            filter.get_mut((hash >> shift) as usize).into_iter().for_each(|word| *word |= (1 << one) | (1 << other));
        }
        Self { table: Table::new(of), filter, shift }
    }

    /// 1: perhaps.
    fn may_have(&self, hash: u32) -> u32 {
        let [one, other] = two_bits(hash);
        self.filter.get((hash >> self.shift) as usize).map_or(0, |word| ((word >> one) & (word >> other) & 1) as u32)
    }
}

fn two_bits(hash: u32) -> [u32; 2] {
    [(hash >> 6) & 63, hash & 63]
}

impl Triples {
    const FIVE: u32 = 0x1f;

    fn new<'short>(of: impl Iterator<Item = &'short Short>) -> Self {
        let mut bits = Vec::new();
        for Short { text, mask, .. } in of {
            bits.resize(1 << 10, 0);
            let byte = |at: u32| ((mask >> (8 * at)) & 0xff != 0).then_some((text >> (8 * at)) & Self::FIVE);
            let mut set = |triple: [Option<u32>; 3]| {
                let [one, two, three] = triple.map(|byte| byte.map_or(0..Self::FIVE + 1, |byte| byte..byte + 1));
                for (place, bit) in one.flat_map(|one| two.clone().map(move |two| one | (two << 5))).flat_map(|place| three.clone().map(move |three| (place, three))) {
                    bits.get_mut(place as usize).into_iter().for_each(|word: &mut u32| *word |= 1 << bit);
                }
            };
            // It begins at the first of the three, or at the second.
            set([byte(0), byte(1), byte(2)]);
            set([None, byte(0), byte(1)]);
        }
        Self(bits)
    }

    /// 1: perhaps.
    fn has(&self, gram: u32) -> u32 {
        let place = (gram & Self::FIVE) | ((gram >> 3) & (Self::FIVE << 5));
        self.0.get(place as usize).map_or(0, |word| (word >> ((gram >> 16) & Self::FIVE)) & 1)
    }
}

fn hash(gram: u64) -> u32 {
    (gram.wrapping_mul(SPREAD) >> 32) as u32
}

/// Hashes of the first bytes of a window.
fn long(window: u64) -> u32 {
    hash(window << 16 >> 16)
}

fn little(window: u64) -> u32 {
    hash(window & 0xffff_ffff)
}

fn pair(window: u32) -> u32 {
    hash(u64::from(window & 0xffff))
}

/// The bytes from a place on.
fn chunk<const N: usize>(text: &[u8], at: usize) -> Option<[u8; N]> {
    text.get(at..)?.first_chunk().copied()
}

/// With zeros behind, or cut.
fn padded<const N: usize>(text: &[u8]) -> [u8; N] {
    std::array::from_fn(|at| text.get(at).copied().unwrap_or_default())
}

fn words(bytes: [u8; HEAD]) -> [u64; 2] {
    let both = u128::from_le_bytes(bytes);
    [both as u64, (both >> 64) as u64]
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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
