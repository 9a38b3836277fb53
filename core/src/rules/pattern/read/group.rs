//! What stands in parentheses.

use crate::rules::pattern::tree::{Around, Node};

use super::{Fault, Flags, Reader};

/// What a pattern's parenthesis is.
enum Kind {
    Plain,
    Renumbered,
    Atomic,
    Around(Around),
    Remembers,
    Named(Vec<u8>),
}

const AHEAD: Around = Around { is_ahead: true, is_negated: false };
const NOT_AHEAD: Around = Around { is_ahead: true, is_negated: true };
const BEHIND: Around = Around { is_ahead: false, is_negated: false };
const NOT_BEHIND: Around = Around { is_ahead: false, is_negated: true };

/// What a parenthesis begins with, and what that makes of it.
type Opening = (&'static [u8], fn() -> Kind);

/// What stands after `(?` or `(` for each kind; the longer ones first where one begins like another.
const OPENINGS: &[Opening] = &[
    (b"?:", || Kind::Plain),
    (b"?|", || Kind::Renumbered),
    (b"?>", || Kind::Atomic),
    (b"?=", || Kind::Around(AHEAD)),
    (b"?!", || Kind::Around(NOT_AHEAD)),
    (b"?<=", || Kind::Around(BEHIND)),
    (b"?<!", || Kind::Around(NOT_BEHIND)),
    (b"*atomic:", || Kind::Atomic),
    (b"*pla:", || Kind::Around(AHEAD)),
    (b"*positive_lookahead:", || Kind::Around(AHEAD)),
    (b"*nla:", || Kind::Around(NOT_AHEAD)),
    (b"*negative_lookahead:", || Kind::Around(NOT_AHEAD)),
    (b"*plb:", || Kind::Around(BEHIND)),
    (b"*positive_lookbehind:", || Kind::Around(BEHIND)),
    (b"*nlb:", || Kind::Around(NOT_BEHIND)),
    (b"*negative_lookbehind:", || Kind::Around(NOT_BEHIND)),
];

/// Perl looks no further back.
const MOST_BEHIND: usize = 255;

impl Reader<'_> {
    /// Reads on after `(`; `None`: it only sets letters.
    pub(super) fn group(&mut self) -> Result<Option<Node>, Fault> {
        if let Some((opening, kind)) = OPENINGS.iter().find(|(opening, _)| self.rest().starts_with(opening)) {
            self.at += opening.len();
            return self.inner(&kind()).map(Some);
        }
        if self.takes(b"*FAIL)") || self.takes(b"*F)") {
            return Ok(Some(Node::Never));
        }
        if self.peek() == Some(b'*') {
            return Err(self.fault("this `(*...)` is not supported"));
        }
        if !self.takes(b"?") {
            let kind = if self.flags.remembers_nothing { Kind::Plain } else { Kind::Remembers };
            return self.inner(&kind).map(Some);
        }
        let named = self.takes(b"<") || self.takes(b"P<");
        if named || self.takes(b"'") {
            let name = self.until(if named { b'>' } else { b'\'' }).unwrap_or_default();
            let is_name = name.first().is_some_and(|first| !first.is_ascii_digit())
                && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            return if is_name {
                self.inner(&Kind::Named(name)).map(Some)
            } else {
                Err(self.fault("a group's name is no name"))
            };
        }
        if self.takes(b"P=") {
            let name = self.until(b')').ok_or_else(|| self.fault("a reference is not ended"))?;
            return self.back_to_name(&name).map(Some);
        }
        if self.takes(b"(") {
            return self.condition().map(Some);
        }
        self.letters()
    }

    fn inner(&mut self, kind: &Kind) -> Result<Node, Fault> {
        let outer = self.flags;
        let number = match kind {
            Kind::Remembers | Kind::Named(_) => {
                self.groups += 1;
                self.groups
            }
            Kind::Plain | Kind::Renumbered | Kind::Atomic | Kind::Around(_) => 0,
        };
        if let Kind::Named(name) = kind {
            self.names.push((String::from_utf8_lossy(name).into_owned(), number));
        }
        let node = self.alternatives(matches!(kind, Kind::Renumbered))?;
        if !self.takes(b")") {
            return Err(self.fault("unmatched `(`"));
        }
        self.flags = outer;
        Ok(match kind {
            Kind::Plain | Kind::Renumbered => node,
            Kind::Atomic => Node::Atomic(Box::new(node)),
            Kind::Around(around) => {
                if !around.is_ahead && node.width().most.is_none_or(|most| most > MOST_BEHIND) {
                    return Err(self.fault("it looks too far behind"));
                }
                Node::Around(*around, Box::new(node))
            }
            Kind::Remembers | Kind::Named(_) => Node::Group(number, Box::new(node)),
        })
    }

    /// `(?(1)yes|no)`, read on after the second parenthesis.
    fn condition(&mut self) -> Result<Node, Fault> {
        let name = self.until(b')').unwrap_or_default();
        let by_name = name.strip_prefix(b"<").or_else(|| name.strip_prefix(b"'"));
        let group = match by_name.and_then(|name| name.split_last()) {
            Some((_, name)) => self.names.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, group)| *group),
            None => std::str::from_utf8(&name).ok().and_then(|digits| digits.parse().ok()),
        };
        let group = group.filter(|group| (1..=self.groups_in_all()).contains(group));
        let group = group.ok_or_else(|| self.fault("this condition is not supported"))?;
        let node = self.inner(&Kind::Plain)?;
        let (yes, no) = if let Node::Either(mut branches) = node {
            let no = branches.pop().unwrap_or(Node::Empty);
            (branches.pop().unwrap_or(Node::Empty), no)
        } else {
            (node, Node::Empty)
        };
        Ok(Node::If(group, Box::new(yes), Box::new(no)))
    }

    /// `(?i)`, `(?^s-i:...)`, read on after `(?`.
    fn letters(&mut self) -> Result<Option<Node>, Fault> {
        let outer = self.flags;
        let mut flags = if self.takes(b"^") { Flags::default() } else { self.flags };
        let (mut on, mut previous) = (true, 0);
        loop {
            match self.next() {
                Some(b')') => {
                    self.flags = flags;
                    return Ok(None);
                }
                Some(b':') => break,
                Some(b'-') if on => on = false,
                Some(letter) if letter.is_ascii_alphabetic() && flags.set(letter, on, previous) => previous = letter,
                _ => return Err(self.fault("this `(?...)` is not supported")),
            }
        }
        self.flags = flags;
        let node = self.inner(&Kind::Plain);
        self.flags = outer;
        node.map(Some)
    }
}

/// How many groups a pattern has. `\10` is a group only if there are ten.
pub(super) fn count(text: &[u8]) -> u32 {
    let (mut count, mut in_class, mut at) = (0, false, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' if !in_class => {
                in_class = true;
                at += usize::from(text.get(at + 1) == Some(&b'^'));
                at += usize::from(text.get(at + 1) == Some(&b']'));
            }
            b']' => in_class = false,
            b'(' if !in_class => count += u32::from(remembers(text.get(at + 1..).unwrap_or_default())),
            _ => {}
        }
        at += 1;
    }
    count
}

/// Whether what stands after `(` makes a group that remembers.
fn remembers(inner: &[u8]) -> bool {
    match inner.strip_prefix(b"?") {
        None => inner.first() != Some(&b'*'),
        Some(inner) => match inner.strip_prefix(b"P").unwrap_or(inner) {
            [b'<', b'=' | b'!', ..] => false,
            [b'<' | b'\'', ..] => true,
            _ => false,
        },
    }
}
