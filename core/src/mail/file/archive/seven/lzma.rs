//! LZMA, as far as the list of files of a 7z archive needs it (LZMA specification of the LZMA SDK, draft of 2015).

use crate::mail::file::inflate::Unpacked;

/// A probability of one half, in 2048ths.
const HALF: u16 = 1024;

/// Positions by which bits are told apart, at most.
const POSITIONS: usize = 16;

/// Literal states that are followed: `lc + lp` of at most 4, as in LZMA2. Lists are packed with 3 and 0.
const MAX_LITERAL_BITS: u8 = 4;

/// What `packed` unpacks to, at most `size` bytes. What comes before the damage is given all the same.
pub(super) fn unpack(packed: &[u8], properties: &[u8], size: usize) -> Unpacked {
    let mut unpacked = Unpacked::default();
    if let Some(mut decoder) = Decoder::new(packed, properties) {
        while unpacked.content.len() < size {
            if decoder.step(&mut unpacked.content, size).is_none() {
                break;
            }
        }
        unpacked.read = packed.len() - decoder.range.rest.len();
    }
    unpacked
}

struct Range<'a> {
    rest: &'a [u8],
    width: u32,
    code: u32,
}

impl Range<'_> {
    fn fill(&mut self) -> Option<()> {
        if self.width < 1 << 24 {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            self.width <<= 8;
            self.code = self.code << 8 | u32::from(*first);
        }
        Some(())
    }

    fn bit(&mut self, probability: &mut u16) -> Option<usize> {
        self.fill()?;
        let bound = (self.width >> 11) * u32::from(*probability);
        if self.code < bound {
            self.width = bound;
            *probability += (2048 - *probability) >> 5;
            return Some(0);
        }
        self.code -= bound;
        self.width -= bound;
        *probability -= *probability >> 5;
        Some(1)
    }

    fn direct(&mut self, count: usize) -> Option<usize> {
        let mut value = 0;
        for _ in 0..count {
            self.fill()?;
            self.width >>= 1;
            let is_one = self.width <= self.code;
            if is_one {
                self.code -= self.width;
            }
            value = value << 1 | usize::from(is_one);
        }
        Some(value)
    }

    /// The highest bit first.
    fn tree(&mut self, probabilities: &mut [u16], bits: usize) -> Option<usize> {
        let mut at = 1;
        for _ in 0..bits {
            at = at << 1 | self.bit(probabilities.get_mut(at)?)?;
        }
        Some(at - (1 << bits))
    }

    /// The lowest bit first.
    fn reverse_tree(&mut self, probabilities: &mut [u16], bits: usize) -> Option<usize> {
        let (mut at, mut value) = (1, 0);
        for place in 0..bits {
            let bit = self.bit(probabilities.get_mut(at)?)?;
            at = at << 1 | bit;
            value |= bit << place;
        }
        Some(value)
    }
}

struct Lengths {
    choices: [u16; 2],
    low: [[u16; 8]; POSITIONS],
    middle: [[u16; 8]; POSITIONS],
    high: [u16; 256],
}

impl Lengths {
    const fn new() -> Self {
        Self { choices: [HALF; 2], low: [[HALF; 8]; POSITIONS], middle: [[HALF; 8]; POSITIONS], high: [HALF; 256] }
    }

    fn read(&mut self, range: &mut Range<'_>, position: usize) -> Option<usize> {
        let [first, second] = &mut self.choices;
        if range.bit(first)? == 0 {
            range.tree(self.low.get_mut(position)?, 3)
        } else if range.bit(second)? == 0 {
            Some(8 + range.tree(self.middle.get_mut(position)?, 3)?)
        } else {
            Some(16 + range.tree(&mut self.high, 8)?)
        }
    }
}

struct Decoder<'a> {
    range: Range<'a>,
    literal_context: usize,
    literal_positions: usize,
    positions: usize,
    literals: Vec<u16>,
    is_match: [[u16; POSITIONS]; 12],
    is_long: [[u16; POSITIONS]; 12],
    /// Whether a match is at a distance seen before, and at which of four.
    repeats: [[u16; 4]; 12],
    lengths: Lengths,
    repeat_lengths: Lengths,
    slots: [[u16; 64]; 4],
    distances: [u16; 128],
    align: [u16; 16],
    state: usize,
    last: [usize; 4],
}

impl<'a> Decoder<'a> {
    fn new(packed: &'a [u8], properties: &[u8]) -> Option<Self> {
        let packing = *properties.first().filter(|byte| **byte < 9 * 5 * 5)?;
        let (context, positions, all) = (packing % 9, packing / 9 % 5, packing / 45);
        (context + positions <= MAX_LITERAL_BITS).then_some(())?;
        let [0, a, b, c, d, rest @ ..] = packed else { return None };
        Some(Self {
            range: Range { rest, width: u32::MAX, code: u32::from_be_bytes([*a, *b, *c, *d]) },
            literal_context: usize::from(context),
            literal_positions: usize::from(positions),
            positions: (1 << all) - 1,
            literals: vec![HALF; 0x300 << (context + positions)],
            is_match: [[HALF; POSITIONS]; 12],
            is_long: [[HALF; POSITIONS]; 12],
            repeats: [[HALF; 4]; 12],
            lengths: Lengths::new(),
            repeat_lengths: Lengths::new(),
            slots: [[HALF; 64]; 4],
            distances: [HALF; 128],
            align: [HALF; 16],
            state: 0,
            last: [0; 4],
        })
    }

    /// Unpacks one byte or one repetition.
    fn step(&mut self, out: &mut Vec<u8>, size: usize) -> Option<()> {
        let position = out.len() & self.positions;
        if self.range.bit(self.is_match.get_mut(self.state)?.get_mut(position)?)? == 0 {
            let byte = self.literal(out)?;
            out.push(byte);
            self.state = match self.state {
                0..4 => 0,
                4..10 => self.state - 3,
                _ => self.state - 6,
            };
            return Some(());
        }
        let [is_repeat, ..] = self.repeats.get_mut(self.state)?;
        let length = if self.range.bit(is_repeat)? == 0 {
            let length = self.lengths.read(&mut self.range, position)?;
            self.state = if self.state < 7 { 7 } else { 10 };
            self.last.rotate_right(1);
            let distance = self.distance(length)?;
            *self.last.first_mut()? = distance;
            length + 2
        } else if self.is_short(position)? {
            self.state = if self.state < 7 { 9 } else { 11 };
            1
        } else {
            let length = self.repeat_lengths.read(&mut self.range, position)?;
            self.state = if self.state < 7 { 8 } else { 11 };
            length + 2
        };
        let from = out.len().checked_sub(self.last.first()?.checked_add(1)?)?;
        for at in from..(from + length).min(from + size.saturating_sub(out.len())) {
            out.push(*out.get(at)?);
        }
        Some(())
    }

    /// Chooses the distance of a repeated match; whether it is of one byte.
    fn is_short(&mut self, position: usize) -> Option<bool> {
        let [_, first, second, third] = self.repeats.get_mut(self.state)?;
        let chosen = if self.range.bit(first)? == 0 {
            return Some(self.range.bit(self.is_long.get_mut(self.state)?.get_mut(position)?)? == 0);
        } else if self.range.bit(second)? == 0 {
            1
        } else {
            2 + self.range.bit(third)?
        };
        self.last.get_mut(..=chosen)?.rotate_right(1);
        Some(false)
    }

    fn literal(&mut self, out: &[u8]) -> Option<u8> {
        let before = out.last().copied().map_or(0, usize::from);
        let position = out.len() & ((1 << self.literal_positions) - 1);
        let context = (position << self.literal_context) + (before >> (8 - self.literal_context));
        let probabilities = self.literals.get_mut(0x300 * context..0x300 * (context + 1))?;
        let mut symbol = 1;
        if 7 <= self.state {
            let mut matched = usize::from(*out.get(out.len().checked_sub(self.last.first()?.checked_add(1)?)?)?);
            while symbol < 0x100 {
                let expected = matched >> 7 & 1;
                matched <<= 1;
                let bit = self.range.bit(probabilities.get_mut(((1 + expected) << 8) + symbol)?)?;
                symbol = symbol << 1 | bit;
                if bit != expected {
                    break;
                }
            }
        }
        while symbol < 0x100 {
            symbol = symbol << 1 | self.range.bit(probabilities.get_mut(symbol)?)?;
        }
        u8::try_from(symbol & 0xff).ok()
    }

    fn distance(&mut self, length: usize) -> Option<usize> {
        let slot = self.range.tree(self.slots.get_mut(length.min(3))?, 6)?;
        if slot < 4 {
            return Some(slot);
        }
        let bits = (slot >> 1) - 1;
        let base = (2 | slot & 1) << bits;
        if slot < 14 {
            return Some(base + self.range.reverse_tree(self.distances.get_mut(base - slot..)?, bits)?);
        }
        let high = self.range.direct(bits - 4)? << 4;
        Some(base + high + self.range.reverse_tree(&mut self.align, 4)?)
    }
}
