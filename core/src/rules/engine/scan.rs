//! One scan of a text for the literals of all rules.
//!
//! A literal is found by a few bytes of it, a gram: by the rarest that begins at an even place of it, and by the rarest
//! that begins at an odd one. Whatever place it stands at, one of the two stands at an even place of the text, so that
//! every other place need not be looked at. Only short ones are looked for at every place. Bits say whether any literal
//! has what stands there. That is seldom, and only then a table is asked, in which the literal itself lies.

mod grams;
mod shorts;
mod table;

use memchr::memmem::Finder;

use self::{
    grams::{Grams, Long},
    shorts::Shorts,
    table::{as_u32, chunk, hash},
};

/// No more literals than these are looked for one after another.
const VERY_FEW_LITERALS: usize = 8;
/// Where literals are no more than this, all but the shortest have grams of [`FEW`] bytes.
const FEW_LITERALS: usize = 1_000;
const FEW: usize = 3;
/// Where they are more, grams are longer, and those of long literals even longer.
const SOME: usize = 4;
const MANY: usize = 6;
/// So much of a literal lies in the table.
const HEAD: usize = 16;
/// How many zeros must stand behind a text.
pub(crate) const PADDING: usize = HEAD;
/// Bytes of a text that are taken together, and how many times that is done before what was found is looked at.
const WORD: usize = 8;
const STRETCH: usize = 64;
/// Places in such a stretch.
const MOST: usize = WORD * STRETCH;

/// Literals and who wants them.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    literals: Vec<Literal>,
    /// Who wants each, one literal after another.
    wanted_by: Vec<Wish>,
    /// All that are not short, where they are many.
    many: Grams<SOME, 4_096>,
    /// The same where they are few.
    few: Grams<FEW, 2_048>,
    short: Shorts,
    /// All, where they are very few, with their lengths.
    very_few: Vec<(Finder<'static>, usize, Whose)>,
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

/// Who wants a literal: the wish itself, if there is only one, or else where the literal is. So the usual case is settled
/// where the literal is found.
#[derive(Clone, Copy, Debug)]
struct Whose(u32);

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
        let (mut many, mut few, mut short) = (Vec::new(), Vec::new(), Vec::new());
        let are_few = wanted.len() <= FEW_LITERALS;
        let are_same = |(one, _): &(Vec<u8>, Wish), (other, _): &(Vec<u8>, Wish)| one == other;
        let are_very_few = wanted.chunk_by(are_same).nth(VERY_FEW_LITERALS).is_none();
        for same in wanted.chunk_by(are_same) {
            let Some((text, _)) = same.first() else { continue };
            let literal = (text.as_slice(), scanner.put(text, same));
            if are_very_few {
                scanner.very_few.push((Finder::new(text).into_owned(), text.len(), literal.1));
                continue;
            }
            let to = match text.len() {
                0..=FEW => &mut short,
                _ if are_few => &mut few,
                length if length <= SOME => &mut short,
                _ => &mut many,
            };
            to.push(literal);
        }
        (scanner.many, scanner.few, scanner.short) = (Grams::new(&many), Grams::new(&few), Shorts::new(&short));
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
        if !self.very_few.is_empty() {
            return self.scan_for_very_few(padded, &mut see);
        }
        let length = padded.len().saturating_sub(PADDING);
        let (words, _) = padded.as_chunks::<WORD>();
        // The word behind the last is needed, too.
        let words = words.get(..length.div_ceil(WORD) + 1).unwrap_or(words);
        let mut places = [0; MOST];
        for from in (0..words.len().saturating_sub(1)).step_by(STRETCH) {
            let stretch = words.get(from..(from + STRETCH + 1).min(words.len())).unwrap_or_default();
            let from = as_u32(from * WORD);
            let mut tell =
                |of: &Long, begin: usize| self.tell(of.whose, (begin, usize::from(of.length)), padded, &mut see);
            self.many.look(padded, self.many.places(stretch, from, &mut places), &mut tell);
            self.few.look(padded, self.few.places(stretch, from, &mut places), &mut tell);
            for at in self.short.places(stretch, from, &mut places) {
                self.look_for_short(*at as usize, padded, &mut see);
            }
        }
    }

    fn scan_for_very_few(&self, padded: &[u8], see: &mut impl FnMut(Sighting)) {
        let text = padded.get(..padded.len().saturating_sub(PADDING)).unwrap_or_default();
        for (finder, length, whose) in &self.very_few {
            let mut from = 0;
            while let Some(at) = text.get(from..).and_then(|text| finder.find(text)) {
                self.tell(*whose, (from + at, *length), padded, see);
                from += at + 1;
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
