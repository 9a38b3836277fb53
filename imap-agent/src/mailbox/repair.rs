//! Mends what servers are known to get wrong, so that the parser understands it.
//!
//! Nothing is invented: what is cut away is lost to us, what stays means the same. A FETCH that cannot be read at all
//! keeps its UID, so that no message is overlooked.

use std::ops::Range;

use super::guard::Fault;

/// Stands for `INTERNALDATE NIL`, which the parser cannot bear. Read back as "not known".
const NO_DATE: &[u8] = b"INTERNALDATE \"01-Jan-1970 00:00:00 +0000\"";

const STATUS_WORDS: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];

/// Whether the response that begins here is words for people: no literals, no meaning in parentheses or quotes.
pub(super) fn is_words(response: &[u8]) -> bool {
    let Some(rest) = response.strip_prefix(b"* ") else { return true };
    let word = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    STATUS_WORDS.iter().any(|status| word.eq_ignore_ascii_case(status))
}

/// The length in `{…}` at the end of a line.
pub(super) fn announced_literal(line: &[u8]) -> Result<Option<usize>, Fault> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some(line) = line.strip_suffix(b"}") else { return Ok(None) };
    let Some(open) = line.iter().rposition(|byte| *byte == b'{') else { return Ok(None) };
    let digits = line.get(open.saturating_add(1)..).unwrap_or_default();
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let length = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    length.map(Some).ok_or(Fault::LiteralTooLong)
}

/// Bare line feeds become CRLF, folder names in literals become quoted strings (the parser gives both alike, escaped or
/// not, and we must know which), and a missing date becomes one. `None` if all is well.
pub(super) fn tidy(response: &[u8], literals: &[Range<usize>]) -> Option<Vec<u8>> {
    let has_name_literals = !literals.is_empty() && has_kind(response, &[b"LIST", b"LSUB", b"STATUS"]);
    let is_sloppy = |line: &[u8]| !line.ends_with(b"\r\n") || missing_date(line).is_some();
    if !has_name_literals && !pieces(response, literals).any(|(line, _)| is_sloppy(line)) {
        return None;
    }
    let mut tidy = Vec::with_capacity(response.len().saturating_add(64));
    for (line, literal) in pieces(response, literals) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let dated = missing_date(line).map(|(before, after)| [before, NO_DATE, after].concat());
        let line = dated.as_deref().unwrap_or(line);
        match literal {
            Some(name) if has_name_literals => {
                let open = line.iter().rposition(|byte| *byte == b'{').unwrap_or(line.len());
                tidy.extend_from_slice(line.get(..open).unwrap_or_default());
                push_quoted(&mut tidy, name);
            }
            Some(_) | None => {
                tidy.extend_from_slice(line);
                tidy.extend_from_slice(b"\r\n");
                tidy.extend_from_slice(literal.unwrap_or_default());
            }
        }
    }
    Some(tidy)
}

/// What to try, in order, instead of a response that does not parse.
pub(super) fn mend(response: &[u8]) -> Vec<Vec<u8>> {
    let line = response.strip_suffix(b"\r\n").unwrap_or(response);
    if line.starts_with(b"+") {
        return vec![b"+ go\r\n".to_vec()];
    }
    if is_words(response) {
        return mend_words(line);
    }
    if let Some(message) = uid_of_fetch(line) {
        return vec![message];
    }
    if line.contains(&b'\n') {
        return Vec::new();
    }
    if has_kind(line, &[b"CAPABILITY"]) {
        let inside = line.get(2..).unwrap_or_default();
        return vec![[b"* OK [", inside, b"] -\r\n"].concat()];
    }
    let single_spaced =
        line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&b' ');
    let uncluttered =
        line.iter().position(|byte| *byte == b'(').and_then(|open| line.get(..open)).map(<[u8]>::trim_ascii);
    let mut candidates = vec![[&*single_spaced, b"\r\n"].concat()];
    if has_kind(line, &[b"LIST", b"LSUB"]) {
        candidates.extend(without_extras(line).map(|line| [line, b"\r\n"].concat()));
    }
    if has_kind(line, &[b"SEARCH"]) {
        candidates.extend(uncluttered.map(|line| [line, b"\r\n"].concat()));
    }
    candidates
}

/// Tag and status stay as they are; the words lose what is not text, then the brackets, then everything.
fn mend_words(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words = line.splitn(3, |byte| *byte == b' ');
    let tag = words.next().unwrap_or_default();
    let status = words.next().unwrap_or_default();
    let text: Vec<u8> =
        words.next().unwrap_or_default().iter().copied().filter(|byte| !byte.is_ascii_control()).collect();
    let unbracketed: Vec<u8> = text.iter().copied().filter(|byte| !b"[]".contains(byte)).collect();
    [text, unbracketed, b"-".to_vec()]
        .into_iter()
        .map(|text| [tag, b" ", status, b" ", &text, b"\r\n"].concat())
        .collect()
}

/// `* 5 FETCH (UID 12)` from a FETCH in which something else is wrong.
fn uid_of_fetch(response: &[u8]) -> Option<Vec<u8>> {
    let mut words = response.split(|byte| b" ()\r\n".contains(byte)).filter(|word| !word.is_empty());
    let number = words.by_ref().nth(1)?;
    if !number.iter().all(u8::is_ascii_digit) || !words.next()?.eq_ignore_ascii_case(b"FETCH") {
        return None;
    }
    // Words of a literal could pass for a UID, so it is looked for before the first one only.
    let before_literals = words.take_while(|word| !word.starts_with(b"{"));
    let uid = before_literals.skip_while(|word| !word.eq_ignore_ascii_case(b"UID")).nth(1)?;
    let is_number = !uid.is_empty() && uid.iter().all(u8::is_ascii_digit);
    is_number.then(|| [b"* ", number, b" FETCH (UID ", uid, b")\r\n"].concat())
}

/// A folder without what may come behind its name (RFC 5258 §6): `("CHILDINFO" ("SUBSCRIBED"))`.
fn without_extras(line: &[u8]) -> Option<&[u8]> {
    let attributes_end = line.iter().position(|byte| *byte == b')')?.saturating_add(1);
    let delimiter_end = word_end(line, attributes_end.saturating_add(1))?;
    let name_end = word_end(line, delimiter_end.saturating_add(1))?;
    line.get(..name_end)
}

/// Where the atom or quoted string that begins there ends.
fn word_end(line: &[u8], start: usize) -> Option<usize> {
    let word = line.get(start..)?;
    if *word.first()? != b'"' {
        let length = word.iter().position(|byte| *byte == b' ').unwrap_or(word.len());
        return Some(start.saturating_add(length));
    }
    let mut is_escaped = false;
    for (length, byte) in word.iter().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(start.saturating_add(length).saturating_add(1)),
            _ => {}
        }
    }
    None
}

fn has_kind(response: &[u8], kinds: &[&[u8]]) -> bool {
    let word = response.split(|byte| b" \r\n".contains(byte)).nth(1).unwrap_or_default();
    kinds.iter().any(|kind| word.eq_ignore_ascii_case(kind))
}

/// The lines of a response, each with the literal it announces.
fn pieces<'a>(response: &'a [u8], literals: &'a [Range<usize>]) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> {
    let starts = std::iter::once(0).chain(literals.iter().map(|literal| literal.end));
    let ends = literals.iter().map(|literal| literal.start).chain(std::iter::once(response.len()));
    let contents = literals.iter().map(|literal| response.get(literal.clone())).chain(std::iter::once(None));
    let lines = starts.zip(ends).map(|(start, end)| response.get(start..end).unwrap_or_default());
    lines.zip(contents)
}

/// What is before and behind `INTERNALDATE NIL`.
fn missing_date(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const MISSING: &[u8] = b"INTERNALDATE NIL";
    let at = line.windows(MISSING.len()).position(|window| window.eq_ignore_ascii_case(MISSING))?;
    Some((line.get(..at)?, line.get(at.saturating_add(MISSING.len())..)?))
}

fn push_quoted(out: &mut Vec<u8>, content: &[u8]) {
    out.push(b'"');
    for byte in content {
        if b"\"\\".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
