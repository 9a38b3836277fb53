//! What a backslash says.

use crate::rules::pattern::{
    bytes::ByteSet,
    tree::{Node, Place},
};

use super::{Fault, Reader};

/// What one escape stands for.
pub(super) enum Escaped {
    /// A byte.
    Byte(u8),
    /// A character that is no byte.
    Beyond,
    /// Some bytes.
    Set(ByteSet),
}

impl Escaped {
    fn number(number: u32) -> Self {
        u8::try_from(number).map_or(Self::Beyond, Self::Byte)
    }

    fn node(&self, in_any_case: bool) -> Node {
        match self {
            Self::Byte(byte) => Node::byte(*byte, in_any_case),
            Self::Beyond => Node::Never,
            Self::Set(set) => Node::Class(*set),
        }
    }
}

impl Reader<'_> {
    /// Reads on after a backslash outside brackets.
    pub(super) fn escape(&mut self) -> Result<Node, Fault> {
        let Some(letter) = self.peek() else { return Err(self.fault("it ends in a backslash")) };
        let place = match letter {
            b'b' => Some(Place::WordEdge),
            b'B' => Some(Place::NoWordEdge),
            b'A' | b'G' => Some(Place::Start),
            b'z' => Some(Place::End),
            b'Z' => Some(Place::LastLineEnd),
            _ => None,
        };
        if let Some(place) = place {
            self.at += 1;
            let is_other = matches!(letter, b'b' | b'B') && self.peek() == Some(b'{');
            return if is_other { Err(self.fault("`\\b{...}` is not supported")) } else { Ok(Node::Place(place)) };
        }
        match letter {
            b'K' => self.at += 1,
            b'R' => {
                self.at += 1;
                let one = Node::Class([b'\n', 0x0b, 0x0c, b'\r', 0x85].into_iter().collect());
                return Ok(Node::Atomic(Box::new(Node::Either(vec![Node::Text(b"\r\n".to_vec()), one]))));
            }
            b'g' | b'k' => return self.back_reference(),
            b'1'..=b'9' => {
                if let Some(group) = self.group_number() {
                    return self.back_to(group);
                }
                return Ok(self.escaped()?.node(self.flags.in_any_case));
            }
            b'X' | b'C' => return Err(self.fault("`\\X` and `\\C` are not supported")),
            _ => return Ok(self.escaped()?.node(self.flags.in_any_case)),
        }
        Ok(Node::Empty)
    }

    /// Reads on after a backslash in brackets.
    pub(super) fn escaped_in_class(&mut self) -> Result<Escaped, Fault> {
        match self.peek() {
            Some(b'b') => {
                self.at += 1;
                Ok(Escaped::Byte(8))
            }
            Some(b'N') if self.rest().get(1) != Some(&b'{') => Err(self.fault("`\\N` in brackets says nothing")),
            _ => self.escaped(),
        }
    }

    /// What means the same inside and outside brackets.
    fn escaped(&mut self) -> Result<Escaped, Fault> {
        let Some(letter) = self.next() else { return Err(self.fault("it ends in a backslash")) };
        if let Some(set) = known_set(letter) {
            return Ok(Escaped::Set(set));
        }
        Ok(match letter {
            b't' => Escaped::Byte(b'\t'),
            b'n' => Escaped::Byte(b'\n'),
            b'r' => Escaped::Byte(b'\r'),
            b'f' => Escaped::Byte(0x0c),
            b'a' => Escaped::Byte(7),
            b'e' => Escaped::Byte(0x1b),
            b'c' => {
                let Some(control) = self.next() else { return Err(self.fault("`\\c` lacks its letter")) };
                Escaped::Byte(control.to_ascii_uppercase() ^ 0x40)
            }
            b'x' => self.hexadecimal()?,
            b'o' => {
                let digits = if self.takes(b"{") { self.until(b'}') } else { None };
                let digits = digits.ok_or_else(|| self.fault("`\\o` lacks its braces"))?;
                Escaped::number(number(&digits, 8))
            }
            b'0'..=b'7' => {
                self.at -= 1;
                self.octal()
            }
            b'N' => return self.not_newline_or_named(),
            b'p' | b'P' => return self.property(letter == b'P'),
            _ => Escaped::Byte(letter),
        })
    }

    /// Up to three octal digits.
    fn octal(&mut self) -> Escaped {
        let length = self.rest().iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
        let value = number(self.rest().get(..length).unwrap_or_default(), 8);
        self.at += length;
        Escaped::number(value)
    }

    fn hexadecimal(&mut self) -> Result<Escaped, Fault> {
        if self.takes(b"{") {
            let digits = self.until(b'}').ok_or_else(|| self.fault("`\\x{` lacks its `}`"))?;
            return Ok(Escaped::number(number(digits.trim_ascii(), 16)));
        }
        let length = self.rest().iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let value = number(self.rest().get(..length).unwrap_or_default(), 16);
        self.at += length;
        Ok(Escaped::number(value))
    }

    /// `\N`, or `\N{U+41}`.
    fn not_newline_or_named(&mut self) -> Result<Escaped, Fault> {
        if self.takes(b"{U+") {
            let digits = self.until(b'}').ok_or_else(|| self.fault("`\\N{` lacks its `}`"))?;
            return Ok(Escaped::number(number(&digits, 16)));
        }
        if self.rest().get(1).is_some_and(u8::is_ascii_alphabetic) && self.peek() == Some(b'{') {
            return Err(self.fault("names of characters are not supported"));
        }
        Ok(Escaped::Set(ByteSet::range(b'\n', b'\n').not()))
    }

    /// `\pL` or `\p{Lu}`. Bytes count as Latin-1 here, also in Perl.
    fn property(&mut self, is_negated: bool) -> Result<Escaped, Fault> {
        let name = if self.takes(b"{") { self.until(b'}') } else { self.next().map(|letter| vec![letter]) };
        let name = name.ok_or_else(|| self.fault("`\\p` lacks its name"))?;
        let is: fn(char) -> bool = match name.as_slice() {
            b"L" | b"Letter" | b"Alpha" | b"Alphabetic" => char::is_alphabetic,
            b"Lu" | b"Uppercase" | b"Upper" => char::is_uppercase,
            b"Ll" | b"Lowercase" | b"Lower" => |letter| letter.is_lowercase() && !matches!(letter, 'ª' | 'º'),
            b"Nd" | b"Digit" => |letter| letter.is_ascii_digit(),
            b"N" => char::is_numeric,
            b"Space" | b"IsSpace" | b"White_Space" => char::is_whitespace,
            _ => return Err(self.fault("this `\\p{...}` is not supported")),
        };
        let set: ByteSet = (0..=u8::MAX).filter(|byte| is(char::from(*byte)) != is_negated).collect();
        Ok(Escaped::Set(set))
    }

    /// The number in `\1` or `\12`. Above 9 it is a group only if there are so many, else octal.
    fn group_number(&mut self) -> Option<u32> {
        let length = self.rest().iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let value = number(self.rest().get(..length)?, 10);
        if value > 9 && value > self.groups_in_all() {
            return None;
        }
        self.at += length;
        Some(value)
    }

    /// `\g1`, `\g{-1}`, `\k<name>`, ...
    fn back_reference(&mut self) -> Result<Node, Fault> {
        let is_by_name = self.next() == Some(b'k');
        let end = match self.peek() {
            Some(b'{') => Some(b'}'),
            Some(b'<') if is_by_name => Some(b'>'),
            Some(b'\'') if is_by_name => Some(b'\''),
            _ => None,
        };
        let name = if let Some(end) = end {
            self.at += 1;
            self.until(end)
        } else {
            let length = self.rest().iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
            let digits = self.rest().get(..length).map(<[u8]>::to_vec);
            self.at += length;
            digits
        };
        let name = name.ok_or_else(|| self.fault("a reference is not ended"))?;
        let name = name.trim_ascii();
        if let Some(back) = name.strip_prefix(b"-") {
            let back = number(back, 10);
            let group = self.groups.checked_add(1).and_then(|next| next.checked_sub(back));
            return self.back_to(group.unwrap_or(0));
        }
        if !is_by_name && name.first().is_some_and(u8::is_ascii_digit) {
            return self.back_to(number(name, 10));
        }
        self.back_to_name(name)
    }

    pub(super) fn back_to_name(&self, name: &[u8]) -> Result<Node, Fault> {
        let group = self.names.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, group)| *group);
        self.back_to(group.unwrap_or(0))
    }

    fn back_to(&self, group: u32) -> Result<Node, Fault> {
        if group == 0 || group > self.groups_in_all() {
            return Err(self.fault("it refers to a group that is not there"));
        }
        Ok(Node::Back(group, self.flags.in_any_case))
    }
}

/// `\d`, `\W`, ... On bytes, `\h` takes the no-break space and `\v` the next line of Latin-1.
fn known_set(letter: u8) -> Option<ByteSet> {
    let set = match letter.to_ascii_lowercase() {
        b'd' => ByteSet::DIGIT,
        b'w' => ByteSet::WORD,
        b's' => ByteSet::SPACE,
        b'h' => [b'\t', b' ', 0xa0].into_iter().collect(),
        b'v' => [b'\n', 0x0b, 0x0c, b'\r', 0x85].into_iter().collect(),
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { set.not() } else { set })
}

/// Digits up to the first that is none.
fn number(digits: &[u8], base: u32) -> u32 {
    let value = |byte: &u8| char::from(*byte).to_digit(base);
    digits.iter().map_while(value).fold(0, |sum: u32, digit| sum.saturating_mul(base).saturating_add(digit))
}
