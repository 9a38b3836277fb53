//! The objects of a PDF, as far as they matter: dictionaries, arrays, names, strings, numbers, references (ISO 32000-1, 7.3).

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 16;

/// Most values read of one object.
const MAX_VALUES: usize = 4000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Dictionary(Vec<(Vec<u8>, Self)>),
    Array(Vec<Self>),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Number(f64),
    /// Another object, by its number.
    Reference(u32),
    Other,
}

impl Value {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Dictionary(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own == name.as_bytes())
    }

    pub(super) fn has(&self, key: &str, name: &str) -> bool {
        self.get(key).is_some_and(|value| value.is_name(name))
    }

    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

/// Reads the value that `bytes` begin with, and says what follows it.
pub(super) fn read(bytes: &[u8]) -> Option<(Value, &[u8])> {
    let mut reader = Reader { rest: bytes, left: MAX_VALUES };
    let value = reader.value(0)?;
    Some((value, reader.rest))
}

/// Whether a byte stands between tokens.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' | 0)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

struct Reader<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Reader<'a> {
    fn skip_space(&mut self) {
        loop {
            let length = self.rest.iter().take_while(|byte| is_space(**byte)).count();
            self.advance(length);
            if self.rest.first() != Some(&b'%') {
                return;
            }
            let length = self.rest.iter().take_while(|byte| !matches!(**byte, b'\r' | b'\n')).count();
            self.advance(length);
        }
    }

    fn advance(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    fn word(&mut self) -> &'a [u8] {
        let is_part = |byte: &&u8| !is_space(**byte) && !is_delimiter(**byte);
        let length = self.rest.iter().take_while(is_part).count();
        let word = self.rest.get(..length).unwrap_or_default();
        self.advance(length);
        word
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip_space();
        self.left = self.left.checked_sub(1)?;
        (depth < MAX_DEPTH).then_some(())?;
        match self.rest {
            [b'<', b'<', ..] => self.dictionary(depth),
            [b'[', ..] => self.array(depth),
            [b'<', ..] => self.hexadecimal(),
            [b'(', ..] => self.text(),
            [b'/', ..] => {
                self.advance(1);
                Some(Value::Name(self.word().to_vec()))
            }
            [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => Some(self.number()),
            _ => (!self.word().is_empty()).then_some(Value::Other),
        }
    }

    fn dictionary(&mut self, depth: usize) -> Option<Value> {
        self.advance(2);
        let mut entries = Vec::new();
        loop {
            self.skip_space();
            match self.rest {
                [b'>', b'>', ..] => {
                    self.advance(2);
                    return Some(Value::Dictionary(entries));
                }
                [b'/', ..] => {
                    self.advance(1);
                    let name = self.word().to_vec();
                    entries.push((name, self.value(depth + 1)?));
                }
                // What is broken ends here, with what was read.
                _ => return Some(Value::Dictionary(entries)),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.advance(1);
        let mut values = Vec::new();
        loop {
            self.skip_space();
            match self.rest.first() {
                Some(b']') => {
                    self.advance(1);
                    return Some(Value::Array(values));
                }
                Some(b')' | b'>' | b'}' | b'{') | None => return Some(Value::Array(values)),
                Some(_) => values.push(self.value(depth + 1)?),
            }
        }
    }

    /// A number, or a reference: `12 0 R`.
    fn number(&mut self) -> Value {
        let word = self.word();
        let number = str::from_utf8(word).ok().and_then(|text| text.parse::<f64>().ok());
        let Some(number) = number else { return Value::Other };
        let after = self.rest;
        self.skip_space();
        let generation = self.word();
        self.skip_space();
        let is_reference = !generation.is_empty() && generation.iter().all(u8::is_ascii_digit) && self.word() == b"R";
        if is_reference && let Some(target) = str::from_utf8(word).ok().and_then(|text| text.parse().ok()) {
            return Value::Reference(target);
        }
        self.rest = after;
        Value::Number(number)
    }

    fn hexadecimal(&mut self) -> Option<Value> {
        self.advance(1);
        let length = memchr::memchr(b'>', self.rest)?;
        let digits = self.rest.get(..length)?;
        let nibbles: Vec<u8> = digits.iter().filter_map(|digit| super::super::super::transfer::hex(*digit)).collect();
        self.advance(length + 1);
        let byte = |pair: &[u8]| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble);
        Some(Value::Text(nibbles.chunks(2).map(byte).collect()))
    }

    /// `(text with \(escapes\) and (balanced) brackets)`
    fn text(&mut self) -> Option<Value> {
        let mut text = Vec::new();
        let mut open = 0_usize;
        loop {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            match first {
                b'(' => {
                    if 0 < open {
                        text.push(b'(');
                    }
                    open += 1;
                }
                b')' if open <= 1 => return Some(Value::Text(text)),
                b')' => {
                    open -= 1;
                    text.push(b')');
                }
                b'\\' => self.escaped(&mut text)?,
                other => text.push(*other),
            }
        }
    }

    fn escaped(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        match first {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'\n' | b'\r' => {}
            b'0'..=b'7' => {
                let more = rest.iter().take(2).take_while(|byte| matches!(byte, b'0'..=b'7'));
                let digits: Vec<u8> = std::iter::once(first).chain(more).copied().collect();
                self.advance(digits.len() - 1);
                let value = digits.iter().fold(0_u16, |value, digit| value << 3 | u16::from(digit - b'0'));
                text.push(u8::try_from(value & 0xff).unwrap_or_default());
            }
            other => text.push(*other),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_all_kinds_are_read() {
        let (value, rest) = read(b"<</A [1 -2.5 12 0 R]/B(a\\(b\\051(c))/C<41 4>/D/X%c\n/E true>>stream").unwrap();
        let want = [Value::Number(1.0), Value::Number(-2.5), Value::Reference(12)];
        assert_eq!(value.get("A"), Some(&Value::Array(want.to_vec())));
        assert_eq!(value.get("B"), Some(&Value::Text(b"a(b)(c)".to_vec())));
        assert_eq!(value.get("C"), Some(&Value::Text(b"A\x04".to_vec())));
        assert!(value.has("D", "X") && value.get("E") == Some(&Value::Other));
        assert_eq!(rest, b"stream");
    }

    #[test]
    fn what_is_nested_without_end_is_given_up() {
        assert_eq!(read(&b"[".repeat(100_000)), None);
        assert_eq!(read(&b"<</A ".repeat(100_000)), None);
        assert_eq!(read(&b"(".repeat(100_000)), None);
    }
}
