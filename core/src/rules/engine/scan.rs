//! One scan of a text for the literals of all rules.
//!
//! A literal is found by a few bytes of it, a gram: by the rarest that begins at an even place of it, and by the rarest
//! that begins at an odd one. Whatever place it stands at, one of the two stands at an even place of the text, so that
//! every other place need not be looked at. Only short ones are looked for at every place. Bits say whether any literal
//! has what stands there. That is seldom, and only then a table is asked, in which the literal itself lies.

/// For [`hash`]: the golden ratio's digits.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// Words in the first look for each gram, as a negative power of two, and the most in all: they shall lie close to the
/// processor.
const GRAMS_A_WORD: u32 = 2;
const MOST_WORDS: u32 = 12;
/// Places in a table, as a power of two.
const MOST_PLACES: u32 = 15;
/// Where literals are no more than this, all but the shortest have grams of [`FEW`] bytes.
const FEW_LITERALS: usize = 1_000;
const FEW: usize = 3;
/// Where they are more, the grams of long literals are longer.
const MANY: usize = 6;
const SOME: usize = 4;
/// Places in which it is counted how many literals have a gram, for each literal and in all, as powers of two.
const COUNTS_A_LITERAL: u32 = 5;
const MOST_COUNTS: u32 = 16;
/// So much of a literal lies in the table.
const HEAD: usize = 16;
/// How many zeros must stand behind a text.
pub(crate) const PADDING: usize = HEAD;
/// Bytes of a text that are taken together, and how many times that is done before what was found is looked at.
const WORD: usize = 4;
const BLOCK: usize = 64;

/// Literals and who wants them.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    literals: Vec<Literal>,
    /// Who wants each, one literal after another.
    wanted_by: Vec<Wish>,
    /// The long ones, where they are many, and all that are a little shorter.
    long: Grams<MANY>,
    middle: Grams<SOME>,
    /// All that are not short, where they are few.
    few: Grams<FEW>,
    short: Shorts,
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
    whose: Whose,
}

#[derive(Clone, Copy, Debug)]
struct Short {
    text: u32,
    /// Which of the four bytes belong to it.
    mask: u32,
    whose: Whose,
}

/// Who wants a literal: the wish itself, if there is only one, or else where the literal is. So the usual case is settled
/// where the literal is found.
#[derive(Clone, Copy, Debug)]
struct Whose(u32);

/// Literals by grams of so many bytes.
#[derive(Debug, Default)]
struct Grams<const N: usize> {
    table: Table<Long>,
    /// Whether a literal may have a gram: the hash says which word, and which two bits of it.
    filter: Vec<u64>,
    shift: u32,
}

/// Short literals by their first two bytes.
#[derive(Debug, Default)]
struct Shorts {
    table: Table<Short>,
    /// Whether one may begin with three bytes, of which only the last five bits count.
    triples: Option<Box<[u32; 1 << 10]>>,
}

/// A literal that stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// Who wants it.
    pub(crate) wish: Wish,
    /// Where it begins and ends.
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

impl Whose {
    const IS_ONE: u32 = 1 << 31;
    const IS_GATE: u32 = 1 << 30;

    fn wish(self) -> Option<Wish> {
        let wish = Wish { member: self.0 & !(Self::IS_ONE | Self::IS_GATE), is_gate: self.0 & Self::IS_GATE != 0 };
        (self.0 & Self::IS_ONE != 0).then_some(wish)
    }
}

impl Scanner {
    /// From literals in lower case, of at least two bytes, each with who wants it.
    pub(crate) fn new(mut wanted: Vec<(Vec<u8>, Wish)>) -> Self {
        wanted.sort();
        wanted.dedup();
        let mut scanner = Self::default();
        let (mut long, mut middle, mut few, mut short) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let are_few = wanted.len() <= FEW_LITERALS;
        for same in wanted.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((text, _)) = same.first() else { continue };
            let literal = (text.as_slice(), scanner.put(text, same));
            let to = match text.len() {
                0..=FEW => &mut short,
                _ if are_few => &mut few,
                length if length <= SOME => &mut short,
                length if length <= MANY => &mut middle,
                _ => &mut long,
            };
            to.push(literal);
        }
        (scanner.long, scanner.middle, scanner.few) = (Grams::new(&long), Grams::new(&middle), Grams::new(&few));
        scanner.short = Shorts::new(&short);
        scanner
    }

    fn put(&mut self, text: &[u8], wanted: &[(Vec<u8>, Wish)]) -> Whose {
        if let ([(_, wish)], ..=HEAD) = (wanted, text.len()) {
            return Whose(wish.member | Whose::IS_ONE | if wish.is_gate { Whose::IS_GATE } else { 0 });
        }
        let number = as_u32(self.literals.len());
        self.literals.push(Literal {
            wanted_by: (as_u32(self.wanted_by.len()), as_u32(wanted.len())),
            length: as_u32(text.len()),
            rest: text.get(HEAD..).unwrap_or_default().into(),
        });
        self.wanted_by.extend(wanted.iter().map(|(_, wish)| *wish));
        Whose(number)
    }

    /// Calls `see` with everything wanted in the text, which is in lower case and behind which [`PADDING`] zeros stand.
    pub(crate) fn scan(&self, padded: &[u8], mut see: impl FnMut(Sighting)) {
        let length = padded.len().saturating_sub(PADDING);
        let (words, _) = padded.get(..(length + 2 * WORD).min(padded.len())).unwrap_or_default().as_chunks::<WORD>();
        let mut places = [0; 4 * BLOCK];
        for from in (0..words.len().saturating_sub(1)).step_by(BLOCK) {
            // The word behind the last is needed, too.
            let block = words.get(from..(from + BLOCK + 1).min(words.len())).unwrap_or_default();
            let at = |place: &u32| from * WORD + *place as usize;
            for place in self.long.places(block, &mut places) {
                self.look(&self.long, at(place), padded, &mut see);
            }
            for place in self.middle.places(block, &mut places) {
                self.look(&self.middle, at(place), padded, &mut see);
            }
            for place in self.few.places(block, &mut places) {
                self.look(&self.few, at(place), padded, &mut see);
            }
            for place in self.short.places(block, &mut places) {
                self.look_for_short(at(place), padded, &mut see);
            }
        }
    }

    /// Looks at a place where a gram may stand.
    fn look<const N: usize>(&self, of: &Grams<N>, at: usize, padded: &[u8], see: &mut impl FnMut(Sighting)) {
        let Some(window) = chunk(padded, at).map(u64::from_le_bytes) else { return };
        for entry in of.table.with(hash::<N>(window)) {
            let Some(begin) = at.checked_sub(usize::from(entry.at)) else { continue };
            if chunk(padded, begin).is_some_and(|window| entry.is_in(window)) {
                self.tell(entry.whose, (begin, usize::from(entry.length)), padded, see);
            }
        }
    }

    fn look_for_short(&self, at: usize, padded: &[u8], see: &mut impl FnMut(Sighting)) {
        let Some(window) = chunk(padded, at).map(u32::from_le_bytes) else { return };
        for entry in self.short.table.with(hash::<2>(window.into())) {
            if (window ^ entry.text) & entry.mask == 0 {
                self.tell(entry.whose, (at, entry.length()), padded, see);
            }
        }
    }

    fn tell(&self, whose: Whose, (begin, length): (usize, usize), padded: &[u8], see: &mut impl FnMut(Sighting)) {
        let last = padded.len().saturating_sub(PADDING);
        if let Some(wish) = whose.wish() {
            let end = begin + length;
            if end <= last {
                see(Sighting { wish, begin, end });
            }
            return;
        }
        let Some(Literal { wanted_by: (first, count), length, rest }) = self.literals.get(whose.0 as usize) else {
            return;
        };
        let end = begin + *length as usize;
        if end <= last && (rest.is_empty() || padded.get(begin + HEAD..end) == Some(rest)) {
            let wanted_by = self.wanted_by.iter().skip(*first as usize).take(*count as usize);
            wanted_by.for_each(|wish| see(Sighting { wish: *wish, begin, end }));
        }
    }
}

impl Long {
    /// With the hashes of the rarest gram that begins at an even place of its head, and of the rarest at an odd one.
    fn both<const N: usize>(text: &[u8], whose: Whose, counts: &Counts) -> impl Iterator<Item = (u32, Self)> {
        let head = text.get(..HEAD).unwrap_or(text);
        [0, 1].into_iter().filter_map(move |from| {
            let grams = (0..).zip(head.windows(N)).skip(from).step_by(2);
            let hashed = grams.map(|(at, gram)| (at, gram, hash::<N>(u64::from_le_bytes(padded(gram)))));
            let (at, _, hash) = hashed.min_by_key(|(_, gram, hash)| (counts.of(*hash), commonness(gram)))?;
            let (head, length) = (words(padded(head)), u8::try_from(head.len()).ok()?);
            Some((hash, Self { head, length, at, whose }))
        })
    }

    fn is_in(&self, window: [u8; HEAD]) -> bool {
        let masks = MASKS.get(usize::from(self.length)).unwrap_or(&[u64::MAX; 2]);
        let differ = |((one, other), mask): ((&u64, u64), &u64)| (one ^ other) & mask;
        self.head.iter().zip(words(window)).zip(masks).map(differ).fold(0, |all, some| all | some) == 0
    }
}

/// How many literals have a gram with a hash like that.
struct Counts {
    of: Vec<u16>,
    shift: u32,
}

impl Counts {
    fn new<const N: usize>(of: &[(&[u8], Whose)]) -> Self {
        let bits = (of.len().next_power_of_two().trailing_zeros() + COUNTS_A_LITERAL).min(MOST_COUNTS);
        let mut counts = Self { of: vec![0; 1 << bits], shift: u32::BITS - bits };
        for gram in of.iter().flat_map(|(text, _)| text.get(..HEAD).unwrap_or(text).windows(N)) {
            let place = hash::<N>(u64::from_le_bytes(padded(gram))) >> counts.shift;
            counts.of.get_mut(place as usize).into_iter().for_each(|count| *count = count.saturating_add(1));
        }
        counts
    }

    fn of(&self, hash: u32) -> u16 {
        self.of.get((hash >> self.shift) as usize).copied().unwrap_or_default()
    }
}

/// For each length, which bytes of a head count.
const MASKS: [[u64; 2]; HEAD + 1] = {
    let mut masks = [[u64::MAX; 2]; HEAD + 1];
    let (mut left, mut length) = (masks.as_mut_slice(), 0_u32);
    while let Some((mask, rest)) = left.split_first_mut() {
        let low = if length < 8 { (1 << (8 * length)) - 1 } else { u64::MAX };
        let high = if length < 8 {
            0
        } else if length < 16 {
            (1 << (8 * (length - 8))) - 1
        } else {
            u64::MAX
        };
        *mask = [low, high];
        left = rest;
        length += 1;
    }
    masks
};

impl Short {
    fn new(text: &[u8], whose: Whose) -> Option<(u32, Self)> {
        let [_, _, rest @ ..] = text else { return None };
        let mask = u32::MAX >> (8 * (2_usize.saturating_sub(rest.len())));
        let text = u32::from_le_bytes(padded(text));
        Some((hash::<2>(text.into()), Self { text, mask, whose }))
    }

    fn length(&self) -> usize {
        (self.mask.count_ones() / 8) as usize
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

impl<const N: usize> Grams<N> {
    fn new(of: &[(&[u8], Whose)]) -> Self {
        if of.is_empty() {
            return Self::default();
        }
        let counts = Counts::new::<N>(of);
        let of: Vec<(u32, Long)> = of.iter().flat_map(|(text, whose)| Long::both::<N>(text, *whose, &counts)).collect();
        let wanted = of.len().next_power_of_two().trailing_zeros();
        let words = wanted.saturating_sub(GRAMS_A_WORD).clamp(1, MOST_WORDS);
        let (mut filter, shift) = (vec![0; 1 << words], u32::BITS - words);
        for (hash, _) in &of {
            let [one, other] = two_bits(*hash);
            filter.get_mut((hash >> shift) as usize).into_iter().for_each(|word| *word |= (1 << one) | (1 << other));
        }
        Self { table: Table::new(of), filter, shift }
    }

    /// The even places of all words but the last at which a gram may stand. Nothing depends on what is there, so it is
    /// quick.
    fn places<'places>(&self, words: &[[u8; WORD]], places: &'places mut [u32; 4 * BLOCK]) -> &'places [u32] {
        let (filter, shift) = (self.filter.as_slice(), self.shift);
        let may_have = |window: u64| {
            let hash = hash::<N>(window);
            let [one, other] = two_bits(hash);
            filter.get((hash >> shift) as usize).is_some_and(|word| (word >> one) & (word >> other) & 1 != 0)
        };
        let Some((first, words)) = words.split_first().filter(|_| !filter.is_empty()) else { return &[] };
        let (mut word, mut at, mut count) = (u32::from_le_bytes(*first), 0, 0);
        for next in words {
            let next = u32::from_le_bytes(*next);
            let both = u64::from(word) | (u64::from(next) << 32);
            for (window, at) in [(both, at), (both >> 16, at + 2)] {
                if let Some(place) = places.get_mut(count) {
                    *place = at;
                }
                count += usize::from(may_have(window));
            }
            (word, at) = (next, at + 4);
        }
        places.get(..count).unwrap_or_default()
    }
}

fn two_bits(hash: u32) -> [u32; 2] {
    [(hash >> 6) & 63, hash & 63]
}

impl Shorts {
    const TEN: u64 = 0x3ff;

    fn new(of: &[(&[u8], Whose)]) -> Self {
        let of: Vec<(u32, Short)> = of.iter().filter_map(|(text, whose)| Short::new(text, *whose)).collect();
        let mut triples = Box::new([0_u32; 1 << 10]);
        for (_, Short { text, mask, .. }) in &of {
            let (place, third) = ((Self::places_of(u64::from(*text)) & Self::TEN) as usize, (mask >> 16) & 0xff);
            let bits = if third == 0 { u32::MAX } else { 1_u32.wrapping_shl(text >> 16) };
            triples.get_mut(place).into_iter().for_each(|held| *held |= bits);
        }
        Self { triples: (!of.is_empty()).then_some(triples), table: Table::new(of) }
    }

    /// Which triples begin with the two bytes at each even place of a window, in the low ten of each two bytes' bits.
    fn places_of(window: u64) -> u64 {
        (window & 0x001f_001f_001f_001f) | ((window >> 3) & 0x03e0_03e0_03e0_03e0)
    }

    /// The places of all words but the last at which one may begin.
    fn places<'places>(&self, words: &[[u8; WORD]], places: &'places mut [u32; 4 * BLOCK]) -> &'places [u32] {
        let Some(triples) = self.triples.as_deref() else { return &[] };
        let Some((first, words)) = words.split_first() else { return &[] };
        // Of the third byte only the last five bits count, as of any number of bits to move by.
        let may_begin = |pair: u64, third: u64| {
            let bits =
                triples.get((pair & Self::TEN) as usize).map_or(0, |bits| bits.wrapping_shr((third & 0x1f) as u32));
            (bits & 1) as usize
        };
        let (mut word, mut at, mut count) = (u32::from_le_bytes(*first), 0, 0);
        for next in words {
            let next = u32::from_le_bytes(*next);
            let both = u64::from(word) | (u64::from(next) << 32);
            let (even, odd) = (Self::places_of(both), Self::places_of(both >> 8));
            let pairs = [(even, both >> 16), (odd, both >> 24), (even >> 16, both >> 32), (odd >> 16, both >> 40)];
            for ((pair, third), at) in pairs.into_iter().zip(at..) {
                if let Some(place) = places.get_mut(count) {
                    *place = at;
                }
                count += may_begin(pair, third);
            }
            (word, at) = (next, at + 4);
        }
        places.get(..count).unwrap_or_default()
    }
}

/// Of the first bytes of a window.
fn hash<const N: usize>(window: u64) -> u32 {
    let used = u64::MAX >> (u64::BITS - 8 * as_u32(N));
    ((window & used).wrapping_mul(SPREAD) >> 32) as u32
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
    [(both & 0xffff_ffff_ffff_ffff) as u64, (both >> 64) as u64]
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
