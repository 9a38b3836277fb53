//! The forms in which mail programs name the host that handed a message in, one a line.
//!
//! A form is what `Received` begins with. In it stand for a word: `$h` the name the host gave, `$r` the name found for its
//! address, `$n` one that is both, `$d` whom an ident server named; `$i` is an address, with or without `IPv6:` and port,
//! `$x` anything, as little as possible; `$w` the same, and the whole word it begins is what the host called itself.

use std::sync::LazyLock;

use super::{
    line::{Names, parse_ip},
    marks::Set,
};

/// Who wrote the header, as far as it matters to what a form means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writer {
    /// Exim: looks names up, and puts the name found first.
    Exim,
    /// qmail and kin (`with SMTP` or `with QMQP`, and nothing more), and Exchange: one name, taken for both.
    OneName,
    /// Anyone else.
    Other,
}

/// Forms and whose they are; `None` is anyone's. The first that fits counts.
const FORMS: &[(Option<Writer>, &str)] = &[
    (None, "from [$i] (helo="),
    (None, "from $n ([$i] helo="),
    (Some(Writer::Exim), "from $n ([$i]"),
    (Some(Writer::Exim), "from $n [$i]"),
    (None, "from $r (HELO $h) ($d@[$i]"),
    (None, "from $r (HELO $h) ($d@$i"),
    (None, "from $r (HELO $h) ([$i]"),
    (None, "from $r (HELO $h) ($i"),
    (None, "from $r (EHLO $h) ([$i]"),
    (None, "from $r (EHLO $h) ($i"),
    (None, "from $r (LHLO $h) ($i"),
    (None, "from $h (IDENT:$d@$r [$i]"),
    (None, "from $h ($d@$r [$i]"),
    (None, "from $h ($r [$i]"),
    (None, "from $h (@[$i]"),
    (None, "from $n ($d@[$i]"),
    (None, "from $h ($r[$i])"),
    (None, "from ($h [$i]"),
    (None, "from ([$i]"),
    (None, "from $n ([$i] verified)"),
    (Some(Writer::OneName), "from $n ([$i]"),
    (None, "from $h ([$i]) by "),
    (None, "from $x ([$i]) (proxying for $i) (SquirrelMail"),
    (None, "from $x ([$i]) (SquirrelMail"),
    (None, "from $h ([$i]:$x \"HELO $h\""),
    (None, "from $h ([$i]"),
    (None, "from $n ($d@$i"),
    (None, "from $n ($i"),
    (None, "from $x [$i] (HELO $h)"),
    (None, "from $x [$i] (EHLO $h)"),
    (None, "from $h [$i]"),
    (None, "from [$i] (HELO $h)"),
    (None, "from [$i] (EHLO $h)"),
    (None, "from [$i] (account $x HELO $h)"),
    (None, "from [$i] (account $x EHLO $h)"),
    (None, "from [$i] "),
    (None, "from $i (HELO $h)"),
    (None, "from $i (EHLO $h)"),
    (None, "from $i ("),
    (None, "from $i by "),
    (None, "from $r($i)"),
    (None, "from $h $x[$i]"),
    (None, "from $w[$i]"),
];

/// What a line must have for each form to fit.
static NEEDS: LazyLock<Vec<Set>> = LazyLock::new(|| {
    // The letter behind a `$` belongs to no literal.
    let needs = |form: &str| {
        form.split_inclusive('$').map(str::as_bytes).fold((Set::default(), false), |(set, is_kind), piece| {
            let literal = if is_kind { piece.get(1..).unwrap_or_default() } else { piece };
            (set.and(Set::of(literal)), true)
        })
    };
    FORMS.iter().map(|(_, form)| needs(form).0).collect()
});

/// What the first form that fits says. The line ends behind ` by `; `set` is what stands in all of it.
pub(super) fn read(line: &[u8], writer: Writer, set: Set) -> Option<Names<'_>> {
    let forms = FORMS.iter().zip(NEEDS.iter()).filter(|(_, needs)| set.has_all(**needs));
    let forms = forms.filter(|((whose, _), _)| whose.is_none_or(|whose| whose == writer));
    let mut read = forms.filter_map(|((_, form), _)| fit(form.as_bytes(), line, 0, Names::default()));
    read.next().map(|(names, _)| names)
}

/// Fits the rest of a form to the rest of a line that begins at `at`.
fn fit<'line>(form: &[u8], line: &'line [u8], at: usize, names: Names<'line>) -> Option<(Names<'line>, usize)> {
    let (literal, form) = form.split_at(memchr::memchr(b'$', form).unwrap_or(form.len()));
    let rest = line.get(at..)?.strip_prefix(literal)?;
    let at = at + literal.len();
    let Some([_, kind, form @ ..]) = Some(form).filter(|form| !form.is_empty()) else { return Some((names, at)) };
    match kind {
        b'i' => {
            let (ip, length) = address(rest)?;
            fit(form, line, at + length, Names { ip, ..names })
        }
        b'x' => {
            let mut ends = memchr::memchr_iter(*form.first()?, rest).map(|end| at + end).take(MOST_TRIES);
            ends.find_map(|end| fit(form, line, end, names))
        }
        b'w' => {
            let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
            let at = memchr::memchr(b'[', rest)?;
            fit(form, line, line.len() - rest.len() + at, Names { helo: rest.get(..end)?, ..names })
        }
        _ => fit_word(*kind, form, line, (at, names)),
    }
}

/// Ends tried at most for `$x`.
const MOST_TRIES: usize = 16;

/// The longest word that the rest of the form still fits after.
fn fit_word<'line>(
    kind: u8,
    form: &[u8],
    line: &'line [u8],
    (at, names): (usize, Names<'line>),
) -> Option<(Names<'line>, usize)> {
    let rest = line.get(at..)?;
    let longest = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    let next = form.first();
    // No blank stands in a word.
    let shortest = if next == Some(&b' ') { longest.max(1) } else { 1 };
    (shortest..=longest).rev().filter(|end| next.is_none() || rest.get(*end) == next).find_map(|end| {
        let word = rest.get(..end)?;
        let names = match kind {
            b'h' => Names { helo: word, ..names },
            b'r' => Names { rdns: word, ..names },
            b'd' => Names { ident: word, ..names },
            _ => Names { helo: word, rdns: word, ..names },
        };
        fit(form, line, at + end, names)
    })
}

/// The longest IPv4 or IPv6 address that some bytes begin with, without `IPv6:`, and the length with it and with a port.
pub(super) fn address(text: &[u8]) -> Option<(&[u8], usize)> {
    let prefix = text.get(..5).filter(|prefix| prefix.eq_ignore_ascii_case(b"ipv6:")).map_or(0, <[u8]>::len);
    let text = text.get(prefix..)?;
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let longest = text.iter().take(MOST_ADDRESS_BYTES).position(|byte| !is_part(byte));
    let longest = longest.unwrap_or(text.len().min(MOST_ADDRESS_BYTES));
    let mut lengths = (2..=longest).rev();
    let length = lengths.find(|end| text.get(..*end).is_some_and(|text| parse_ip(text).is_some()))?;
    if text.get(length).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let rest = text.get(length..longest)?;
    let is_port = rest.split_first().is_some_and(|(colon, port)| *colon == b':' && port.iter().all(u8::is_ascii_digit));
    Some((text.get(..length)?, prefix + length + if is_port { rest.len() } else { 0 }))
}

/// No address with a port is longer.
const MOST_ADDRESS_BYTES: usize = 56;
