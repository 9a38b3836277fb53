//! What a PDF file says of itself: who wrote it, with what, when.

/// Most values of one key that are looked at.
const MAX_VALUES: usize = 200;

/// Longest value that is read, in bytes.
const MAX_VALUE: usize = 2048;

/// A key of the document information dictionary (PDF 1.7, 10.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    Author,
    Created,
    Creator,
    Modified,
    Producer,
    Title,
}

/// Keys in files, and what rules call them.
const KEYS: &[(&[u8], &str, Detail)] = &[
    (b"/Author", "author", Detail::Author),
    (b"/CreationDate", "created", Detail::Created),
    (b"/Creator", "creator", Detail::Creator),
    (b"/ModDate", "modified", Detail::Modified),
    (b"/Producer", "producer", Detail::Producer),
    (b"/Title", "title", Detail::Title),
];

impl Detail {
    /// By the name that rules have for it.
    pub(super) fn named(name: &str) -> Option<Self> {
        KEYS.iter().find(|(_, known, _)| *known == name).map(|(_, _, detail)| *detail)
    }

    const fn is_date(self) -> bool {
        matches!(self, Self::Created | Self::Modified)
    }
}

/// All values that stand in clear.
pub(super) fn read(bytes: &[u8]) -> Vec<(Detail, Vec<u8>)> {
    let mut found = Vec::new();
    for (key, _, detail) in KEYS {
        let places = memchr::memmem::find_iter(bytes, key).map(|at| at + key.len()).take(MAX_VALUES);
        let values = places.filter_map(|at| {
            let rest = bytes.get(at..)?;
            value(rest.get(..MAX_VALUE).unwrap_or(rest), *detail)
        });
        found.extend(values.map(|value| (*detail, value)));
    }
    found
}

/// The value behind a key, in the same line.
fn value(text: &[u8], detail: Detail) -> Option<Vec<u8>> {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    if detail.is_date() {
        let digits = line.strip_prefix(b"(D:")?;
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        return digits.get(..end).filter(|digits| !digits.is_empty()).map(<[u8]>::to_vec);
    }
    match line.split_first()? {
        (b'(', rest) => literal(rest).map(|text| in_utf8(&text)),
        (b'<', rest) => Some(in_utf8(&hexadecimal(rest))),
        _ => None,
    }
}

/// A literal string without its escapes (PDF 1.7, 3.2.3). It ends at the first bracket that is not escaped, even if
/// another was opened before.
fn literal(text: &[u8]) -> Option<Vec<u8>> {
    let mut value = Vec::new();
    let mut rest = text;
    loop {
        rest = match rest {
            [b')', ..] => return Some(value),
            [b'\\', tail @ ..] => escaped(tail, &mut value)?,
            [byte, tail @ ..] => {
                value.push(*byte);
                tail
            }
            [] => return None,
        };
    }
}

/// Adds what an escape means; gives what follows it. Unknown ones stay as they are.
fn escaped<'text>(text: &'text [u8], value: &mut Vec<u8>) -> Option<&'text [u8]> {
    let digits = text.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    if digits != 0 {
        let (octal, rest) = text.split_at_checked(digits)?;
        let number = octal.iter().fold(0_u32, |number, digit| number * 8 + u32::from(*digit - b'0'));
        value.push(u8::try_from(number & 0xff).unwrap_or_default());
        return Some(rest);
    }
    let (byte, rest) = text.split_first()?;
    match byte {
        b'(' | b')' | b'\\' => value.push(*byte),
        b'n' => value.push(b'\n'),
        b'r' => value.push(b'\r'),
        b't' => value.push(b'\t'),
        _ => value.extend_from_slice(&[b'\\', *byte]),
    }
    Some(rest)
}

fn hexadecimal(text: &[u8]) -> Vec<u8> {
    let text = text.split(|byte| *byte == b'>').next().unwrap_or_default();
    let digits: Vec<u32> = text.iter().filter_map(|byte| char::from(*byte).to_digit(16)).collect();
    let pairs = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
    pairs.filter_map(|byte| u8::try_from(byte).ok()).collect()
}

/// Text that begins with a byte order mark is UTF-16.
fn in_utf8(text: &[u8]) -> Vec<u8> {
    let Some(wide) = text.strip_prefix(b"\xfe\xff") else { return text.to_vec() };
    let units = wide.chunks_exact(2).map(|pair| pair.iter().fold(0_u16, |unit, byte| unit << 8 | u16::from(*byte)));
    let characters = char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER));
    characters.collect::<String>().into_bytes()
}
