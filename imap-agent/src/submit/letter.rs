//! A message to be resent: as it is, under lines that say who has resent it (RFC 5322, 3.6.6).

use jiff::Timestamp;
use tamis_core::{UnixTime, mail::Address};

use super::submit_error::SubmitError;

/// More servers than that are a circle: sendmail's limit. RFC 5321, 6.3, wants a server to be more patient, but what is not
/// forwarded is not lost.
const MAX_HOPS: usize = 25;

/// A message, and where it is to go.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The whole message as it has come.
    pub raw: &'a [u8],
    /// Whom it is forwarded to.
    pub to: &'a Address,
    /// When it is forwarded.
    pub at: UnixTime,
}

/// A message ready to be handed over.
#[derive(Debug)]
pub(super) struct Sealed {
    /// The sender, without angle brackets.
    pub(super) from: String,
    /// The recipient, without angle brackets.
    pub(super) to: String,
    /// The whole message: CRLF at the end of each line but the last, where the end of the message brings its own.
    pub(super) content: Vec<u8>,
}

impl Sealed {
    /// In bytes, as the server will count them (RFC 1870, 3).
    pub(super) fn size(&self) -> usize {
        self.content.len().saturating_add(2)
    }
}

impl Letter<'_> {
    /// The `Resent-Message-ID` when `account` forwards this: the same for each attempt, another for each message, account
    /// and recipient.
    pub fn id(&self, account: &Address) -> String {
        let mark = self.mark(account);
        let mut hasher = blake3::Hasher::new();
        hasher.update(mark.as_bytes()).update(self.raw);
        let message = hasher.finalize().to_hex();
        let message = message.get(..32).unwrap_or_default();
        format!("<{mark}{message}.tamis@{}>", account.domain)
    }

    /// What all messages that `account` forwards to this recipient have in front of their `Resent-Message-ID`. The rest is
    /// of no use to recognise one that has come back: on its way it has got new headers.
    fn mark(&self, account: &Address) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("tamis forward account recipient");
        let (from, to) = (written(account).to_lowercase(), written(self.to).to_lowercase());
        hasher.update(from.as_bytes()).update(&[0]).update(to.as_bytes());
        let hash = hasher.finalize().to_hex();
        format!("{}.", hash.get(..16).unwrap_or_default())
    }

    /// Puts the lines on top. Refuses what goes round in circles.
    pub(super) fn seal(&self, account: &Address) -> Result<Sealed, SubmitError> {
        let (from, to) = (written(account), written(self.to));
        let mark = format!("<{}", self.mark(account));
        let mut hops = 0_usize;
        for (name, value) in fields(self.raw) {
            if name.eq_ignore_ascii_case(b"Received") {
                hops = hops.saturating_add(1);
            }
            let is_ours = value.windows(mark.len()).any(|part| part == mark.as_bytes());
            if is_ours && name.eq_ignore_ascii_case(b"Resent-Message-ID") {
                return Err(SubmitError::GoesRound(to));
            }
        }
        if MAX_HOPS < hops {
            return Err(SubmitError::TooManyHops(hops));
        }
        let date = Timestamp::from_second(self.at.0).unwrap_or_default().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let id = self.id(account);
        let top =
            format!("Resent-From: {from}\r\nResent-To: {to}\r\nResent-Date: {date}\r\nResent-Message-ID: {id}\r\n");
        // Without a header of its own the text must not become one.
        let first = self.raw.get(..field_length(self.raw)).unwrap_or_default();
        let gap = if as_field(first).is_some() || ends_block(self.raw) { "" } else { "\r\n" };
        let mut content = Vec::with_capacity(top.len() + gap.len() + self.raw.len());
        content.extend_from_slice(top.as_bytes());
        content.extend_from_slice(gap.as_bytes());
        push_with_line_ends(&mut content, self.raw);
        if content.ends_with(b"\r\n") {
            content.truncate(content.len().saturating_sub(2));
        }
        Ok(Sealed { from, to, content })
    }
}

/// An address as SMTP and headers want it: what is not plain stands in quotes.
pub(crate) fn written(address: &Address) -> String {
    let is_plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_plain);
    if address.local.split('.').all(is_atom) {
        return address.to_string();
    }
    // What is escaped already stays so.
    let mut local = String::new();
    let mut letters = address.local.chars();
    while let Some(letter) = letters.next() {
        if letter == '"' || letter == '\\' {
            local.push('\\');
        }
        local.push(if letter == '\\' { letters.next().unwrap_or('\\') } else { letter });
    }
    format!("\"{local}\"@{}", address.domain)
}

/// The headers: names, and values with their folds. What stands between them and is none is passed over.
fn fields(raw: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = raw;
    let lines = std::iter::from_fn(move || {
        let (line, after) = rest.split_at(field_length(rest));
        let is_over = ends_block(rest);
        rest = after;
        (!is_over).then_some(line)
    });
    lines.filter_map(as_field)
}

fn as_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    let name = name.trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then_some((name, value))
}

fn ends_block(rest: &[u8]) -> bool {
    rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
}

/// Up to the end of the line after which no folded one follows.
fn field_length(rest: &[u8]) -> usize {
    let mut ends = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at.saturating_add(1));
    let end = ends.find(|end| !matches!(rest.get(*end), Some(b' ' | b'\t')));
    end.unwrap_or(rest.len())
}

/// Copies `raw`, with CRLF wherever a line ends. A CR or LF alone may not be sent (RFC 5321, 2.3.8): some servers take a
/// dot after it for the end of the message, and what follows for commands.
fn push_with_line_ends(content: &mut Vec<u8>, raw: &[u8]) {
    let mut previous = 0;
    for byte in raw {
        match (previous, byte) {
            (b'\r', b'\n') => content.push(b'\n'),
            (b'\r', _) => content.extend_from_slice(&[b'\n', *byte]),
            (_, b'\n') => content.extend_from_slice(b"\r\n"),
            _ => content.push(*byte),
        }
        previous = *byte;
    }
    if previous == b'\r' {
        content.push(b'\n');
    }
}

#[cfg(test)]
mod tests;
