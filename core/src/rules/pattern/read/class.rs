//! `[...]`.

use crate::rules::pattern::bytes::{self, ByteSet};

use super::{Fault, Reader, escape::Escaped};

/// What stands in brackets: one byte, which may begin a range, or more.
#[derive(Clone, Copy)]
enum Item {
    Byte(u8),
    /// A character that no byte is, such as `\x{2028}`: only as the end of a range it says something.
    Beyond,
    Set(ByteSet),
}

impl Reader<'_> {
    /// Reads on after `[`.
    pub(super) fn class(&mut self) -> Result<ByteSet, Fault> {
        let is_negated = self.takes(b"^");
        let mut set = ByteSet::EMPTY;
        let mut is_first = true;
        loop {
            while self.flags.is_spaced_in_classes && matches!(self.peek(), Some(b' ' | b'\t')) {
                self.at += 1;
            }
            if self.peek() == Some(b']') && !is_first {
                self.at += 1;
                break;
            }
            is_first = false;
            let item = self.item()?;
            set = set.or(self.range_from(item)?);
        }
        if self.flags.in_any_case {
            set = set.in_any_case();
        }
        Ok(if is_negated { set.not() } else { set })
    }

    /// The item alone, or with `-` and another one the range between them.
    fn range_from(&mut self, first: Item) -> Result<ByteSet, Fault> {
        let is_range = self.peek() == Some(b'-') && self.rest().get(1).is_some_and(|byte| *byte != b']');
        if !is_range {
            return Ok(first.set());
        }
        self.at += 1;
        let last = self.item()?;
        match (first, last) {
            (Item::Byte(first), Item::Byte(last)) if first <= last => Ok(ByteSet::range(first, last)),
            (Item::Byte(first), Item::Beyond) => Ok(ByteSet::range(first, u8::MAX)),
            (Item::Byte(_) | Item::Beyond, Item::Byte(_)) => Err(self.fault("a range runs backwards")),
            // `[\w-z]`: the dash is a dash.
            _ => Ok(first.set().or(last.set()).or(ByteSet::range(b'-', b'-'))),
        }
    }

    fn item(&mut self) -> Result<Item, Fault> {
        match self.next() {
            None => Err(self.fault("unmatched `[`")),
            Some(b'[') => Ok(self.posix()?.map_or(Item::Byte(b'['), Item::Set)),
            Some(b'\\') => Ok(match self.escaped_in_class()? {
                Escaped::Byte(byte) => Item::Byte(byte),
                Escaped::Beyond => Item::Beyond,
                Escaped::Set(set) => Item::Set(set),
            }),
            Some(byte) => Ok(Item::Byte(byte)),
        }
    }

    /// `[:alpha:]` or `[:^alpha:]`, read on after the bracket; `None`: the bracket is a bracket.
    fn posix(&mut self) -> Result<Option<ByteSet>, Fault> {
        let Some(inner) = self.rest().strip_prefix(b":") else { return Ok(None) };
        let (negated, inner) = inner.strip_prefix(b"^").map_or((false, inner), |inner| (true, inner));
        let length = inner.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let ends = inner.get(length..).is_some_and(|rest| rest.starts_with(b":]"));
        let name = std::str::from_utf8(inner.get(..length).unwrap_or_default()).unwrap_or_default();
        if !ends {
            return Ok(None);
        }
        let set = bytes::named(name).ok_or_else(|| self.fault("there is no such [:class:]"))?;
        self.at += length + 3 + usize::from(negated);
        Ok(Some(if negated { set.not() } else { set }))
    }
}

impl Item {
    fn set(self) -> ByteSet {
        match self {
            Self::Byte(byte) => ByteSet::range(byte, byte),
            Self::Beyond => ByteSet::EMPTY,
            Self::Set(set) => set,
        }
    }
}
