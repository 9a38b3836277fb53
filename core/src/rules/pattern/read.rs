//! Perl's notation, read: perlre, as Perl 5.36 takes it for strings of bytes.

mod class;
mod escape;
mod group;

use std::cell::OnceCell;

use super::{
    bytes::ByteSet,
    tree::{Greed, Node, Place, Repeat},
};

/// No pattern is longer, in bytes.
const MOST_BYTES: usize = 1 << 20;
/// No deeper nesting: whoever walks the tree does so by calling itself.
const MOST_DEEP: usize = 64;
/// What a comment begins with.
const COMMENT: &[u8] = b"(?#";
/// Perl's own limit is 65,534.
const MOST_TIMES: u32 = 65_534;

/// Why a pattern cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} (at byte {at} of the pattern)")]
pub(crate) struct Fault {
    /// Where.
    pub(crate) at: usize,
    /// What is wrong.
    pub(crate) why: &'static str,
}

/// A pattern, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What it says.
    pub(crate) node: Node,
    /// How many groups remember something.
    pub(crate) groups: u32,
    /// Names of groups, with their numbers.
    pub(crate) names: Vec<(String, u32)>,
}

/// Reads a pattern and the letters behind it.
pub(crate) fn read(text: &str, flags: &str) -> Result<Reading, Fault> {
    if text.len() > MOST_BYTES {
        return Err(Fault { at: MOST_BYTES, why: "it is too long" });
    }
    let bytes = text.as_bytes();
    let mut reader = Reader {
        text: bytes,
        at: 0,
        flags: Flags::default(),
        groups: 0,
        names: Vec::new(),
        depth: 0,
        groups_in_all: OnceCell::new(),
    };
    let mut previous = 0;
    for letter in flags.bytes() {
        reader.flags.set(letter, true, previous);
        previous = letter;
    }
    let node = reader.alternatives(false)?;
    if reader.at < bytes.len() {
        return Err(reader.fault("unmatched `)`"));
    }
    Ok(Reading { node, groups: reader.groups, names: reader.names })
}

/// What the letters say.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    in_any_case: bool,
    by_lines: bool,
    dot_takes_all: bool,
    is_spaced: bool,
    is_spaced_in_classes: bool,
    remembers_nothing: bool,
}

impl Flags {
    /// Sets what a letter stands for. Letters without meaning for bytes are let pass; `false`: there is no such letter.
    fn set(&mut self, letter: u8, on: bool, previous: u8) -> bool {
        match letter {
            b'i' => self.in_any_case = on,
            b'm' => self.by_lines = on,
            b's' => self.dot_takes_all = on,
            b'x' => {
                self.is_spaced = on;
                self.is_spaced_in_classes = on && previous == b'x';
            }
            b'n' => self.remembers_nothing = on,
            b'a' | b'd' | b'l' | b'u' | b'p' | b'g' | b'o' | b'c' => {}
            _ => return false,
        }
        true
    }
}

struct Reader<'text> {
    text: &'text [u8],
    at: usize,
    flags: Flags,
    groups: u32,
    names: Vec<(String, u32)>,
    depth: usize,
    /// How many groups there are in all of it, if that was asked.
    groups_in_all: OnceCell<u32>,
}

/// Whether a byte stands for itself, whatever stands beside it, if white space does.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || !byte.is_ascii()
        || matches!(byte, b' '..=b'#' | b'%'..=b'\'' | b',' | b'-' | b'/' | b':'..=b'>' | b'@' | b'_' | b'~')
}

impl Reader<'_> {
    fn fault(&self, why: &'static str) -> Fault {
        Fault { at: self.at, why }
    }

    fn groups_in_all(&self) -> u32 {
        *self.groups_in_all.get_or_init(|| group::count(self.text))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Takes these bytes if they come next.
    fn takes(&mut self, bytes: &[u8]) -> bool {
        let comes = self.rest().starts_with(bytes);
        if comes {
            self.at += bytes.len();
        }
        comes
    }

    /// What stands before `end`, which is taken too.
    fn until(&mut self, end: u8) -> Option<Vec<u8>> {
        let length = self.rest().iter().position(|byte| *byte == end)?;
        let inner = self.rest().get(..length)?.to_vec();
        self.at += length + 1;
        Some(inner)
    }

    /// `a|b|c`. With `renumbered` (`(?|...)`) groups count from the same number in each.
    fn alternatives(&mut self, renumbered: bool) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > MOST_DEEP {
            return Err(self.fault("it is nested too deeply"));
        }
        let (first, mut last) = (self.groups, self.groups);
        let mut branches = vec![self.sequence()?];
        while self.takes(b"|") {
            last = last.max(self.groups);
            if renumbered {
                self.groups = first;
            }
            branches.push(self.sequence()?);
        }
        self.groups = self.groups.max(last);
        self.depth -= 1;
        Ok(match branches.len() {
            1 => branches.pop().unwrap_or(Node::Empty),
            _ => Node::Either(branches),
        })
    }

    fn sequence(&mut self) -> Result<Node, Fault> {
        let mut items = Vec::new();
        loop {
            self.plain(&mut items);
            self.skip_what_says_nothing();
            if matches!(self.peek(), None | Some(b'|' | b')')) {
                return Ok(Node::of(items));
            }
            if let Some(atom) = self.atom()? {
                self.skip_what_says_nothing();
                let item = self.repeated(atom)?;
                Node::join(&mut items, item);
            }
        }
    }

    /// Takes all that stands for nothing but itself: most of most patterns.
    fn plain(&mut self, items: &mut Vec<Node>) {
        if self.flags.is_spaced {
            return;
        }
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
        // What is repeated is the last byte alone.
        let behind = rest.get(length..).unwrap_or_default();
        let is_repeated = matches!(behind.first(), Some(b'*' | b'+' | b'?' | b'{')) || behind.starts_with(COMMENT);
        let length = length.saturating_sub(usize::from(is_repeated));
        let Some(run) = self.text.get(self.at..self.at + length) else { return };
        self.at += length;
        for text in run.chunk_by(|one, other| self.is_caseless(*one) == self.is_caseless(*other)) {
            match (text.first().is_some_and(|byte| self.is_caseless(*byte)), items.last_mut()) {
                (true, Some(Node::Text(before))) => before.extend_from_slice(text),
                (true, _) => items.push(Node::Text(text.to_vec())),
                (false, _) => items.extend(text.iter().map(|byte| Node::byte(*byte, true))),
            }
        }
    }

    /// Whether a byte is the same in any case of letters, or that does not matter.
    fn is_caseless(&self, byte: u8) -> bool {
        !self.flags.in_any_case || !byte.is_ascii_alphabetic()
    }

    /// Comments, and with `x` white space.
    fn skip_what_says_nothing(&mut self) {
        loop {
            let before = self.at;
            if self.rest().starts_with(COMMENT) {
                let length = self.rest().iter().position(|byte| *byte == b')');
                self.at = length.map_or(self.text.len(), |length| self.at + length + 1);
            }
            while self.flags.is_spaced && self.peek().is_some_and(|byte| matches!(byte, b'\t'..=b'\r' | b' ')) {
                self.at += 1;
            }
            if self.flags.is_spaced && self.peek() == Some(b'#') {
                let length = self.rest().iter().position(|byte| *byte == b'\n');
                self.at = length.map_or(self.text.len(), |length| self.at + length + 1);
            }
            if self.at == before {
                return;
            }
        }
    }

    /// `None`: something that only sets letters.
    fn atom(&mut self) -> Result<Option<Node>, Fault> {
        let Some(byte) = self.next() else { return Ok(None) };
        Ok(Some(match byte {
            b'.' if self.flags.dot_takes_all => Node::Class(ByteSet::ALL),
            b'.' => Node::Class(ByteSet::range(b'\n', b'\n').not()),
            b'^' if self.flags.by_lines => Node::Place(Place::LineStart),
            b'^' => Node::Place(Place::Start),
            b'$' if self.flags.by_lines => Node::Place(Place::LineEnd),
            b'$' => Node::Place(Place::LastLineEnd),
            b'[' => Node::Class(self.class()?),
            b'(' => return self.group(),
            b'\\' => self.escape()?,
            b'*' | b'+' | b'?' => return Err(self.fault("a quantifier follows nothing")),
            b'{' => {
                self.at -= 1;
                if self.braces().is_some() {
                    return Err(self.fault("a quantifier follows nothing"));
                }
                self.at += 1;
                Node::byte(byte, false)
            }
            _ => Node::byte(byte, self.flags.in_any_case),
        }))
    }

    /// What stands after an atom: `*`, `{2,5}?`, ...
    fn repeated(&mut self, node: Node) -> Result<Node, Fault> {
        let Some((least, most)) = self.quantifier() else { return Ok(node) };
        if least > MOST_TIMES || most.is_some_and(|most| most > MOST_TIMES) {
            return Err(self.fault("a quantifier is too large"));
        }
        let greed = if self.takes(b"?") {
            Greed::Lazy
        } else if self.takes(b"+") {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        let after = self.at;
        self.skip_what_says_nothing();
        if self.quantifier().is_some() {
            return Err(self.fault("a quantifier follows a quantifier"));
        }
        self.at = after;
        Ok(if most.is_some_and(|most| most < least) {
            Node::Never
        } else if most == Some(0) || (least == 0 && node.width().most == Some(0)) {
            Node::Empty
        } else if (least, most) == (1, Some(1)) && greed != Greed::Possessive {
            node
        } else {
            Node::Repeat(Box::new(Repeat { node, least, most, greed }))
        })
    }

    fn quantifier(&mut self) -> Option<(u32, Option<u32>)> {
        let bounds = match self.peek()? {
            b'*' => (0, None),
            b'+' => (1, None),
            b'?' => (0, Some(1)),
            b'{' => return self.braces(),
            _ => return None,
        };
        self.at += 1;
        Some(bounds)
    }

    /// `{2}`, `{2,}`, `{,5}`, `{2,5}`, with blanks inside; everything else is a brace and text.
    fn braces(&mut self) -> Option<(u32, Option<u32>)> {
        let inner = self.rest().strip_prefix(b"{")?;
        let length = inner.iter().take(32).position(|byte| *byte == b'}')?;
        let text = std::str::from_utf8(inner.get(..length)?).ok()?;
        let number = |text: &str| -> Option<Option<u32>> {
            let digits = text.trim_matches([' ', '\t']);
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            match digits {
                "" => Some(None),
                _ if is_number => Some(Some(digits.parse().unwrap_or(u32::MAX))),
                _ => None,
            }
        };
        let bounds = if let Some((least, most)) = text.split_once(',') {
            (number(least)?, number(most)?)
        } else {
            let times = number(text)?;
            (times, times)
        };
        let (least, most) = match bounds {
            (None, None) => return None,
            (least, most) => (least.unwrap_or(0), most),
        };
        self.at += length + 2;
        Some((least, most))
    }
}
