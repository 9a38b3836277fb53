//! Addresses in running text: with a scheme, with `www.`, of mail, and names of hosts that stand by themselves.

use super::{
    boundary::Boundaries,
    clean::{begins_with, percent_decoded},
};

/// Longest run of text that is looked at.
const MAX_RUN: usize = 4096;

/// Longest name of a host that stands by itself.
const MAX_NAME: usize = 253;

/// An address as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// With a scheme before it.
    pub(super) address: Vec<u8>,
    /// Whether the text has a scheme.
    pub(super) has_scheme: bool,
    /// Whether a mail program makes a link of it.
    pub(super) is_linked: bool,
}

/// What was met in a run of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `http://...`
    Scheme,
    /// `www...`, `ftp...`
    Www,
    Mail,
    /// A name of a host.
    Name,
}

/// Finds the addresses in a text.
pub(super) fn find(text: &[u8], boundaries: &Boundaries, mut see: impl FnMut(Found)) {
    // No address is without one of these.
    let mut done = 0;
    for sign in memchr::memchr3_iter(b'.', b'@', b':', text) {
        if sign < done {
            continue;
        }
        // It ends a sentence.
        if text.get(sign + 1).is_none_or(|next| is_end(*next)) {
            done = sign + 1;
            continue;
        }
        let before = text.get(done..sign).unwrap_or_default();
        let begin = before.iter().rposition(|byte| is_end(*byte)).map_or(done, |at| done + at + 1);
        let after = text.get(sign..).unwrap_or_default();
        let end = after.iter().position(|byte| is_end(*byte)).map_or(text.len(), |at| sign + at);
        done = end;
        let run = text.get(begin..end).unwrap_or_default();
        in_run(run.get(..MAX_RUN).unwrap_or(run), boundaries, &mut see);
    }
}

/// Where every address ends.
fn is_end(byte: u8) -> bool {
    kind(byte) & END != 0
}

fn is_word(byte: u8) -> bool {
    kind(byte) & WORD != 0
}

/// Looked up, as each byte of a text is asked for.
fn kind(byte: u8) -> u8 {
    KINDS.get(usize::from(byte)).copied().unwrap_or_default()
}

const END: u8 = 1;
const WORD: u8 = 2;

const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(
            clippy::indexing_slicing,
            clippy::cast_possible_truncation,
            reason = "in range; worked out at compile time"
        )]
        {
            kinds[byte] = match byte as u8 {
                b' ' | b'\t'..=b'\r' | 0x1b | 0xa0 | b'"' | b'<' | b'>' | b'[' | b']' | b'`' | b'{' | b'|' | b'}' => {
                    END
                }
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => WORD,
                _ => 0,
            };
        }
        byte += 1;
    }
    kinds
};

fn in_run(run: &[u8], boundaries: &Boundaries, see: &mut impl FnMut(Found)) {
    let mut at = 0;
    let has_sign = memchr::memchr(b'@', run).is_some();
    // Where the sign of an address of mail is looked for, so that no byte is looked at twice.
    let mut local_end = 0;
    while let Some(rest) = run.get(at..).filter(|rest| 3 < rest.len()) {
        let before = at.checked_sub(1).and_then(|before| run.get(before)).copied();
        // Nothing begins within a word.
        if before.is_some_and(is_word) {
            let word = rest.iter().take_while(|byte| is_word(**byte)).count();
            if 0 < word {
                at += word;
                continue;
            }
        }
        if has_sign && local_end <= at {
            local_end = at + rest.iter().take_while(|byte| is_mail_byte(**byte)).count();
        }
        let local = if has_sign && run.get(local_end) == Some(&b'@') { local_end - at } else { 0 };
        let Some((kind, length)) = at_place(rest, before, local, boundaries) else {
            at += 1;
            continue;
        };
        if let Some(found) = rest.get(..length).and_then(|raw| finish(kind, raw)) {
            see(found);
        }
        at += length.max(1);
    }
}

/// What begins here, and how long it is. `local` is the length of what may stand before the sign of an address of mail.
fn at_place(rest: &[u8], before: Option<u8>, local: usize, boundaries: &Boundaries) -> Option<(Kind, usize)> {
    let first = rest.first().map(u8::to_ascii_lowercase)?;
    if matches!(first, b'h' | b'f' | b'w') && !before.is_some_and(is_word) {
        for scheme in [&b"http://"[..], b"https://", b"ftp://"] {
            if begins_with(rest, scheme) && scheme.len() < rest.len() {
                return Some((Kind::Scheme, rest.len()));
            }
        }
        if is_www(rest) {
            return Some((Kind::Www, rest.len()));
        }
    }
    let may_begin = match before {
        Some(before) => is_word(before) != is_word(first) || is_opening(before),
        // Before the run there is white space, or the text begins.
        None => true,
    };
    if may_begin
        && (first == b'm' || 0 < local)
        && let Some(length) = mail_length(rest, local)
    {
        return Some((Kind::Mail, length));
    }
    if !before.is_some_and(|byte| is_word(byte) || matches!(byte, b'-' | b'.' | b'%') || !(b' '..0x7f).contains(&byte))
    {
        return name_length(rest, boundaries).map(|length| (Kind::Name, length));
    }
    None
}

/// `www.`, `www2.`, `www12.`, `ftp.` and something behind it.
fn is_www(rest: &[u8]) -> bool {
    if begins_with(rest, b"ftp.") {
        return 4 < rest.len();
    }
    let digits = rest.iter().skip(3).take(2).take_while(|byte| byte.is_ascii_digit()).count();
    begins_with(rest, b"www") && rest.get(3 + digits) == Some(&b'.') && 4 + digits < rest.len()
}

/// After what an address of mail may begin with any sign.
fn is_opening(byte: u8) -> bool {
    matches!(byte, b'\'' | b',' | b'(')
}

/// What an address of mail may be made of, the sign in it aside.
fn is_mail_byte(byte: u8) -> bool {
    !matches!(byte, b'\'' | b'(' | b',' | b'@' | 0x80..)
}

fn mail_length(rest: &[u8], local: usize) -> Option<usize> {
    let is_domain = |byte: &&u8| **byte == b'@' || is_mail_byte(**byte);
    if begins_with(rest, b"mailto:") {
        let length = rest.iter().take_while(is_domain).count();
        return Some(length).filter(|length| 7 < *length);
    }
    if local == 0 || rest.first() == Some(&b':') {
        return None;
    }
    let length = rest.get(local + 1..)?.iter().take_while(is_domain).count();
    (0 < length).then_some(local + 1 + length)
}

/// The length of a host's name with what follows it; a name stands by itself, or a port or a path follows.
fn name_length(rest: &[u8], boundaries: &Boundaries) -> Option<usize> {
    if !rest.first()?.is_ascii_alphanumeric() {
        return None;
    }
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'.' | b'-' | b'_');
    let mut length = rest.iter().take(MAX_NAME + 1).take_while(is_name).count();
    if rest.get(length - 1) == Some(&b'.') && length == rest.len() {
        length -= 1;
    }
    let name = rest.get(..length).filter(|name| name.len() <= MAX_NAME)?;
    let label = name.rsplit(|byte| *byte == b'.').next().filter(|label| label.len() < name.len())?;
    let tail = rest.get(length..)?;
    let is_whole = match tail {
        [] | [b'.'] | [b'/', _, ..] => true,
        [b':', port @ ..] => {
            let digits = port.iter().take_while(|byte| byte.is_ascii_digit()).count();
            0 < digits && matches!(port.get(digits..), Some([] | [b'/', _, ..]))
        }
        _ => false,
    };
    (is_whole && boundaries.is_top(label)).then(|| if tail == b"." { length } else { rest.len() })
}

/// What is left of it without what belongs to the text around, with a scheme.
fn finish(kind: Kind, raw: &[u8]) -> Option<Found> {
    let mut raw = raw;
    if let Some(close) = memchr::memchr(b')', raw)
        && !raw.get(..close)?.contains(&b'(')
    {
        raw = raw.get(..close)?;
    }
    let end = raw.iter().rposition(|byte| !b"-~!@#^&*()_+=:;'?,.".contains(byte))?;
    raw = raw.get(..=end)?;
    if has_empty_label(raw) {
        return None;
    }
    let add = |scheme: &[u8]| [scheme, raw].concat();
    let found = |address, has_scheme, is_linked| Some(Found { address, has_scheme, is_linked });
    match kind {
        Kind::Scheme => found(raw.to_vec(), true, true),
        Kind::Www if begins_with(raw, b"ftp.") => found(add(b"ftp://"), false, true),
        Kind::Www => found(add(b"http://"), false, true),
        Kind::Name => found(add(b"http://"), false, false),
        Kind::Mail if begins_with(raw, b"mailto:") => found(escaped(raw), true, true),
        Kind::Mail => {
            let sign = memchr::memchr(b'@', raw)?;
            if memchr::memchr(b'/', raw).is_some_and(|slash| slash + 1 < sign) {
                return found(add(b"http://"), false, true);
            }
            let label = [&b"e-mail:"[..], b"email:", b"mail:"].into_iter().find(|label| begins_with(raw, label));
            let address = label.and_then(|label| raw.get(label.len()..)).unwrap_or(raw);
            let colons = address.iter().take_while(|byte| **byte == b':').count();
            found(escaped(&[b"mailto:", address.get(colons..)?].concat()), false, true)
        }
    }
}

/// With what is needlessly encoded decoded, if anything is encoded.
fn escaped(address: &[u8]) -> Vec<u8> {
    percent_decoded(address).unwrap_or_else(|| address.to_vec())
}

/// Whether two dots stand side by side in the host's name.
fn has_empty_label(raw: &[u8]) -> bool {
    let begin = memchr::memmem::find(raw, b"://").map_or(0, |at| at + 3);
    let host = raw.get(begin..).unwrap_or_default();
    let end = host
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')))
        .unwrap_or(host.len());
    memchr::memmem::find(host.get(..end).unwrap_or_default(), b"..").is_some()
}
