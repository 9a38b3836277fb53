//! One `Received` header.

use std::net::IpAddr;

use super::{
    Relay,
    forms::{self, Writer},
    marks::{Mark, Marked},
};

/// What a header says.
#[derive(Debug)]
pub(super) enum Line {
    /// Who handed the message in.
    Relay(Box<Relay>),
    /// Nothing, and it never would: a step within one host, or a program that names no host.
    Ignored,
    /// A program took the message out of a mailbox: its way begins anew.
    Fetched,
    /// It is one from a host, but in no known form.
    Unparseable,
}

/// The names in a header, as they stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names<'line> {
    pub(super) ip: &'line [u8],
    pub(super) rdns: &'line [u8],
    pub(super) helo: &'line [u8],
    pub(super) ident: &'line [u8],
}

/// Reads the value of one header.
pub(super) fn read(raw: &[u8]) -> Line {
    let line = unfold(raw);
    let line = line.as_slice();
    let begins_as_one = line.strip_prefix(b"(").unwrap_or(line).get(..5);
    if !begins_as_one.is_some_and(|from| from.eq_ignore_ascii_case(b"from ")) {
        return Line::Ignored;
    }
    let marked = Marked::read(line);
    if is_known_to_say_nothing(&marked) {
        return Line::Ignored;
    }
    if marked.has(Mark::Pop3) || marked.has(Mark::Imap) {
        return Line::Fetched;
    }
    let end = marked.end(Mark::CloseBy).into_iter().chain(marked.end(Mark::By)).min();
    let found = end.and_then(|end| line.split_at_checked(end)).and_then(|(from, by)| {
        let names = forms::read(from, writer(by, &marked), marked.set)?;
        let next = by.get(word(by).len()..).unwrap_or_default();
        (!by.is_empty() && !next.starts_with(b" pod-id ")).then_some((names, by))
    });
    let Some((names, by)) = found else { return without_address(line) };
    let names = names.with_marks(&marked);
    let (by, written_by) = (word(by), by);
    Line::Relay(Box::new(Relay {
        ip: names.ip.to_vec(),
        address: parse_ip(names.ip),
        rdns: name(names.rdns),
        helo: sanitize(names.helo),
        by: sanitize(by.strip_suffix(b";").unwrap_or(by)),
        ident: sanitize(names.ident),
        envfrom: sanitize(envelope_from(&marked)),
        id: id(&marked).to_vec(),
        auth: auth(&marked),
        has_no_name: name(names.rdns).is_empty() && looks_names_up(&marked, written_by),
        ..Relay::default()
    }))
}

/// The first address in a header such as `X-Originating-IP`.
pub(super) fn origin(value: &[u8]) -> Option<Relay> {
    let begins = |at: &usize| at.checked_sub(1).and_then(|before| value.get(before)).is_none_or(|byte| !is_word(*byte));
    let mut found = (0..value.len()).filter(begins).filter_map(|at| forms::address(value.get(at..)?));
    let (ip, _) = found.next()?;
    let ip = without_mapping(ip);
    Some(Relay { ip: ip.to_vec(), address: parse_ip(ip), ..Relay::default() })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// An IPv4 address written as IPv6 is one.
fn without_mapping(ip: &[u8]) -> &[u8] {
    let is_mapped = ip.get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"::ffff:"));
    ip.get(7..).filter(|ip| is_mapped && ip.contains(&b'.')).unwrap_or(ip)
}

impl<'line> Names<'line> {
    /// With `helo=` and `ident=`, which stand in brackets beside the address.
    fn with_marks(self, marked: &Marked<'line>) -> Self {
        let value = |mark: Mark| marked.after(mark)?.split(|byte| matches!(byte, b' ' | b')')).next();
        let helo = value(Mark::Helo).or_else(|| value(Mark::OpenHelo)).unwrap_or(self.helo);
        let ident = value(Mark::Ident).or_else(|| value(Mark::OpenIdent)).unwrap_or(self.ident);
        let rdns = if ident.starts_with(b"IDENT:") { b"" } else { self.rdns };
        let ip = without_mapping(self.ip);
        Self { ip, rdns, helo, ident }
    }
}

/// What stands before ` by `, with it, and what after.
fn split_at_by(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let short = memchr::memmem::find(line, b")by ").map(|at| at + 4);
    let long = memchr::memmem::find(line, b" by ").map(|at| at + 4);
    line.split_at_checked(short.into_iter().chain(long).min()?)
}

/// Forms that name no host that matters.
fn is_known_to_say_nothing(marked: &Marked<'_>) -> bool {
    [Mark::Vpop3, Mark::Unverified, Mark::ByUser].iter().any(|mark| marked.has(*mark))
        || marked.line.starts_with(b"FROM ") && !marked.has(Mark::UpperWith)
}

/// A header from which no address could be read: a step within one host, if it has the form of one.
fn without_address(line: &[u8]) -> Line {
    if line.starts_with(b"(") {
        return if line.contains(&b'@') { Line::Ignored } else { Line::Unparseable };
    }
    let from = line.get(5..).unwrap_or_default();
    let Some((from, by)) = split_at_by(from) else { return Line::Unparseable };
    let from = from.strip_suffix(b" by ").unwrap_or(from);
    let after_by = by.get(word(by).len()..).unwrap_or_default();
    let mut words = from.split(|byte| *byte == b' ');
    let is_step = match (words.next(), words.next(), words.next()) {
        (Some(_), None, None) => [&b" with "[..], b" (", b" via "].iter().any(|next| after_by.starts_with(next)),
        (Some(_), Some(inside), None) => {
            let is_inside = has(inside, b"@localhost")
                || inside == b"(unknown)"
                || inside == b"()"
                || inside == b"(localhost)"
                || inside.starts_with(b"(helo=");
            is_inside || has(after_by, b"LSMTP") || has(after_by, b"Content Technologies")
        }
        _ => {
            from == b"mail pickup service"
                || from.ends_with(b" [local])")
                || has(from, b"UNIX: localhost")
                || has(by, b"HTTPREST")
        }
    };
    if is_step { Line::Ignored } else { Line::Unparseable }
}

/// White space is one space; none at the ends.
fn unfold(raw: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(raw.len());
    // A line is taken as it stands up to its end, and most have single blanks.
    for piece in raw.split(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)).map(<[u8]>::trim_ascii) {
        if !line.is_empty() && !piece.is_empty() {
            line.push(b' ');
        }
        line.extend_from_slice(piece);
    }
    let is_blank = |byte: &u8| *byte == b' ';
    let pairs = line.iter().zip(line.iter().skip(1));
    if pairs.fold(false, |any, (byte, next)| any | is_blank(byte) & is_blank(next)) {
        line.dedup_by(|byte, before| *byte == b' ' && *before == b' ');
    }
    line
}

fn writer(by: &[u8], marked: &Marked<'_>) -> Writer {
    if marked.has(Mark::Exim) {
        return Writer::Exim;
    }
    let rest = by.get(word(by).len()..).unwrap_or_default();
    let rest = if rest.starts_with(b" (") { behind_bracket(rest) } else { rest };
    let Some(with) = rest.strip_prefix(b" with ") else { return Writer::Other };
    let ends_plain = |rest: &[u8]| !rest.starts_with(b" id ") && !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    let is_plain = [&b"SMTP"[..], b"QMQP"].iter().any(|words| with.strip_prefix(*words).is_some_and(ends_plain));
    let is_one = is_plain || with.starts_with(b"SMTPS") || with.starts_with(b"Microsoft SMTP Server");
    if is_one { Writer::OneName } else { Writer::Other }
}

fn behind_bracket(text: &[u8]) -> &[u8] {
    memchr::memchr(b')', text).and_then(|at| text.get(at + 1..)).unwrap_or_default()
}

/// Programs that do not look for the name of an address.
const NAMELESS: [Mark; 6] =
    [Mark::Domino, Mark::MailGear, Mark::Smtpd32, Mark::Communigate, Mark::Ecelerity, Mark::Squid];

/// Whether who wrote a header looks for the name of an address.
fn looks_names_up(marked: &Marked<'_>, by: &[u8]) -> bool {
    let is_exchange = by.get(word(by).len()..).is_some_and(|rest| rest.starts_with(b" with Microsoft SMTPSVC"));
    !marked.line.starts_with(b"from [") && !is_exchange && !NAMELESS.iter().any(|mark| marked.has(*mark))
}

fn has(line: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(line, words).is_some()
}

/// The word some bytes begin with.
fn word(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b' ').next().unwrap_or_default()
}

fn id<'line>(marked: &Marked<'line>) -> &'line [u8] {
    let Some(rest) = marked.after(Mark::Id).filter(|_| !marked.has(Mark::MapiId)) else { return b"" };
    let rest = rest.strip_prefix(b"<").unwrap_or(rest);
    rest.split(|byte| matches!(byte, b' ' | b'<' | b'>' | b';')).next().filter(|id| 3 <= id.len()).unwrap_or_default()
}

fn envelope_from<'line>(marked: &Marked<'line>) -> &'line [u8] {
    let marks = [Mark::EnvelopeFrom, Mark::EnvelopeSender, Mark::EnvelopeFromIs, Mark::EnvelopeSenderIs];
    let Some(rest) = marks.iter().find_map(|mark| marked.after(*mark)).map(word) else { return b"" };
    let rest = rest.strip_prefix(b"<").unwrap_or(rest);
    let end = rest.iter().rposition(|byte| is_word(*byte)).map_or(0, |last| last + 1);
    rest.get(..end).unwrap_or_default()
}

/// Protocols of RFC 3848 and older that tell of a password given, or of a browser.
const PROOFS: [&[u8]; 8] = [b"UTF8SMTPSA", b"ESMTPA", b"ESMTPSA", b"LMTPA", b"LMTPSA", b"ASMTP", b"HTTP", b"HTTPS"];

fn auth(marked: &Marked<'_>) -> Vec<u8> {
    let mut rest = marked.after(Mark::With);
    while let Some(with) = rest {
        let words = word(with);
        let words = words.strip_suffix(b";").unwrap_or(words);
        if PROOFS.iter().any(|proof| words.eq_ignore_ascii_case(proof)) {
            return words.to_vec();
        }
        rest = memchr::memmem::find(with, b" with ").and_then(|at| with.get(at + 6..));
    }
    if let Some(kind) = marked.after(Mark::OpenAuth).map(word) {
        return kind.to_vec();
    }
    if marked.has(Mark::Communigate) && marked.has(Mark::OpenAccount) {
        return b"Communigate".to_vec();
    }
    if marked.has(Mark::Authenticated) { b"Sendmail".to_vec() } else { Vec::new() }
}

/// A name, unless it says there is none. A dot at its end is not part of it.
fn name(text: &[u8]) -> Vec<u8> {
    if text.eq_ignore_ascii_case(b"unknown") || text.starts_with(b"[") {
        return Vec::new();
    }
    sanitize(text.strip_suffix(b".").unwrap_or(text))
}

/// Replaces what would break the pseudo header.
fn sanitize(text: &[u8]) -> Vec<u8> {
    let is_mark = |byte: u8| {
        matches!(byte, b'[' | b']' | b'(' | b')' | b'<' | b'>' | b'|' | b'#' | 0) || byte.is_ascii_whitespace()
    };
    text.iter().map(|byte| if is_mark(*byte) { b'!' } else { *byte }).collect()
}

/// An address as it is written there.
pub(super) fn parse_ip(text: &[u8]) -> Option<IpAddr> {
    str::from_utf8(text).ok()?.parse().ok()
}
