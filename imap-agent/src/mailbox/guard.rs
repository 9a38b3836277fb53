//! Stands between the network and the parser: hands on whole, harmless, understandable responses.
//!
//! The parser above ends the session at the first line it does not know, panics on some, overflows the stack on deep
//! nesting, and buffers whatever length a server announces. So the server's bytes are cut into responses here (lines and
//! literals), limited in depth, line and literal length, mended where servers are known to be sloppy, and tried on the
//! parser once. An untagged response that still does not parse is dropped and counted; anything else that does not parse
//! ends the connection. It never waits for more bytes than the response at hand needs.

use std::{
    fmt, io,
    ops::Range,
    panic::catch_unwind,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

use super::repair;

/// No response we ask for nests deeper than four.
const MAX_DEPTH: u32 = 64;

/// The longest we ask for is a SEARCH of 20,000 UIDs: 220 KB.
const MAX_LINE: usize = 1 << 20;

/// No response we ask for has more than two; each costs a little memory, however short it is.
const MAX_LITERALS: usize = 64;

/// Room for any header; bodies set their own limit.
const DEFAULT_LITERAL: usize = 4 << 20;

/// Whether one whole response parses. May panic.
pub(super) type Check = fn(&[u8]) -> bool;

/// Why a connection is ended. Said to the person as the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the server sent a line longer than 1 MiB")]
    LineTooLong,
    #[error("the server sent more than was asked for")]
    LiteralTooLong,
    #[error("the server told of more messages than there can be")]
    TooMany,
    #[error("the server sent a response nested too deeply")]
    TooDeep,
    #[error("the server sent something that is not IMAP")]
    NotUnderstood,
    #[error("the server stopped in the middle of a response")]
    CutShort,
    #[error("the server said that it was done before it had heard all")]
    OkTooEarly,
}

/// The stream with its guard.
pub(super) struct Guard<T> {
    inner: T,
    check: Check,
    incoming: BytesMut,
    outgoing: BytesMut,
    framer: Framer,
    literal_limit: usize,
    dropped: u64,
    heard_at: Instant,
    has_ended: bool,
}

impl<T> Guard<T> {
    pub(super) fn new(inner: T, check: Check) -> Self {
        Self {
            inner,
            check,
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
            framer: Framer::default(),
            literal_limit: DEFAULT_LITERAL,
            dropped: 0,
            heard_at: Instant::now(),
            has_ended: false,
        }
    }

    /// Sets the longest literal from here on; never below what headers need.
    pub(super) fn set_literal_limit(&mut self, bytes: usize) {
        self.literal_limit = bytes.max(DEFAULT_LITERAL);
    }

    /// How many untagged responses were dropped because nobody could read them.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// When the server last sent anything.
    pub(super) fn heard_at(&self) -> Instant {
        self.heard_at
    }

    /// The stream, or `None` if the server has said more than was read: before STARTTLS that is an attack.
    pub(super) fn into_inner(self) -> Option<T> {
        (self.incoming.is_empty() && self.outgoing.is_empty()).then_some(self.inner)
    }

    /// The stream and what it has brought since the last response, as it came: with compression that is not IMAP. `None`
    /// if a response was read that nobody has taken.
    pub(super) fn into_parts(self) -> Option<(T, BytesMut)> {
        self.outgoing.is_empty().then_some((self.inner, self.incoming))
    }

    /// Moves the next good response to `outgoing`. False if more bytes are needed.
    fn advance(&mut self) -> Result<bool, Fault> {
        while let Some(length) = self.framer.scan(&self.incoming, self.literal_limit)? {
            let response = self.incoming.split_to(length);
            let literals = self.framer.finish();
            if let Some(good) = self.admit(response, &literals)? {
                self.outgoing = good;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn admit(&mut self, response: BytesMut, literals: &[Range<usize>]) -> Result<Option<BytesMut>, Fault> {
        if response.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let tidy = repair::tidy(&response, literals);
        let response = tidy.as_deref().map_or(response, BytesMut::from);
        if self.parses(&response) {
            return Ok(Some(response));
        }
        let mended = repair::mend(&response).into_iter().find(|candidate| self.parses(candidate));
        if let Some(mended) = mended {
            return Ok(Some(BytesMut::from(&*mended)));
        }
        if !response.starts_with(b"* ") {
            return Err(Fault::NotUnderstood);
        }
        self.dropped = self.dropped.saturating_add(1);
        tracing::debug!(bytes = response.len(), "dropped a response that does not parse");
        Ok(None)
    }

    fn parses(&self, response: &[u8]) -> bool {
        let check = self.check;
        catch_unwind(|| check(response)).unwrap_or(false)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Guard<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if !this.outgoing.is_empty() {
                let given = this.outgoing.split_to(buf.remaining().min(this.outgoing.len()));
                buf.put_slice(&given);
                return Poll::Ready(Ok(()));
            }
            match this.advance() {
                Ok(true) => continue,
                Ok(false) => {}
                Err(fault) => return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, fault))),
            }
            if this.has_ended {
                let is_clean = this.incoming.is_empty();
                let cut_short = || io::Error::new(io::ErrorKind::UnexpectedEof, Fault::CutShort);
                return Poll::Ready(if is_clean { Ok(()) } else { Err(cut_short()) });
            }
            let mut block = [0_u8; 16 << 10];
            let mut block = ReadBuf::new(&mut block);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut block))?;
            this.has_ended = block.filled().is_empty();
            this.heard_at = Instant::now();
            this.incoming.extend_from_slice(block.filled());
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Guard<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

impl<T> fmt::Debug for Guard<T> {
    /// Without the contents: they are mail.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { incoming, dropped, .. } = self;
        f.debug_struct("Guard").field("buffered", &incoming.len()).field("dropped", dropped).finish_non_exhaustive()
    }
}

/// Finds the end of the response at the start of a growing buffer, looking at each byte once.
#[derive(Debug, Default)]
struct Framer {
    /// Everything before is scanned.
    scanned: usize,
    /// From here the present line is searched for its end.
    searched: usize,
    literal_left: usize,
    depth: u32,
    literals: Vec<Range<usize>>,
}

impl Framer {
    fn scan(&mut self, bytes: &[u8], literal_limit: usize) -> Result<Option<usize>, Fault> {
        loop {
            let unscanned = bytes.get(self.scanned..).unwrap_or_default();
            if 0 < self.literal_left {
                let here = unscanned.len().min(self.literal_left);
                self.literal_left = self.literal_left.saturating_sub(here);
                self.scanned = self.scanned.saturating_add(here);
                self.searched = self.scanned;
                if 0 < self.literal_left {
                    return Ok(None);
                }
                continue;
            }
            let unsearched = bytes.get(self.searched..).unwrap_or_default();
            let Some(offset) = unsearched.iter().position(|byte| *byte == b'\n') else {
                self.searched = bytes.len();
                return if MAX_LINE < unscanned.len() { Err(Fault::LineTooLong) } else { Ok(None) };
            };
            let end = self.searched.saturating_add(offset).saturating_add(1);
            let line = bytes.get(self.scanned..end).unwrap_or_default();
            if MAX_LINE < line.len() {
                return Err(Fault::LineTooLong);
            }
            let announced = if repair::is_words(bytes) { None } else { self.read_line(line)? };
            self.scanned = end;
            self.searched = end;
            let Some(length) = announced else { return Ok(Some(end)) };
            let literal_end = end.saturating_add(length);
            let are_too_many = MAX_LITERALS <= self.literals.len();
            if are_too_many || literal_limit < length || literal_limit.saturating_add(MAX_LINE) < literal_end {
                return Err(Fault::LiteralTooLong);
            }
            self.literal_left = length;
            self.literals.push(end..literal_end);
        }
    }

    /// Follows quotes and parentheses; returns the length of the literal announced at the end.
    fn read_line(&mut self, line: &[u8]) -> Result<Option<usize>, Fault> {
        let (mut is_quoted, mut is_escaped) = (false, false);
        for byte in line {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_quoted => is_escaped = true,
                b'"' => is_quoted = !is_quoted,
                b'(' if !is_quoted => self.depth = self.depth.saturating_add(1),
                b')' if !is_quoted => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if MAX_DEPTH < self.depth {
                return Err(Fault::TooDeep);
            }
        }
        if is_quoted { Ok(None) } else { repair::announced_literal(line) }
    }

    /// Ends a response; returns where its literals are.
    fn finish(&mut self) -> Vec<Range<usize>> {
        std::mem::take(self).literals
    }
}

#[cfg(test)]
mod tests;
