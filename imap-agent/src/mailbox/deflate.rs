//! Compression of a connection (RFC 4978), between the guard and TLS.
//!
//! Memory is bounded whatever the server sends: at most one block is read ahead, and no more comes out of it at a time than
//! the guard has asked for. So a little that swells to a lot meets the guard's limits like everything else.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, BytesMut};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What is read ahead at most.
const BLOCK: usize = 16 << 10;

/// What is compressed is written before more is taken.
const MAX_OUTGOING: usize = 64 << 10;

/// The server's stream is not what the standard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server sent compressed data that is damaged")]
pub(super) struct Damaged;

/// A stream that is compressed in both directions.
pub(super) struct Deflated<T> {
    inner: T,
    inflate: Decompress,
    incoming: BytesMut,
    deflate: Compress,
    outgoing: Vec<u8>,
    /// How much of `outgoing` is written.
    written: usize,
    /// Whether anything was taken that a flush has yet to bring out.
    is_unflushed: bool,
}

impl<T> Deflated<T> {
    /// `early` is what came already.
    pub(super) fn new(inner: T, early: BytesMut) -> Self {
        Self {
            inner,
            inflate: Decompress::new(false),
            incoming: early,
            deflate: Compress::new(Compression::default(), false),
            outgoing: Vec::new(),
            written: 0,
            is_unflushed: false,
        }
    }

    /// Brings out what fits. True if anything came; false if more must be read first.
    fn unpack(&mut self, buf: &mut ReadBuf<'_>) -> Result<bool, Damaged> {
        if buf.remaining() == 0 {
            return Ok(true);
        }
        let (taken_before, given_before) = (self.inflate.total_in(), self.inflate.total_out());
        let room = buf.initialize_unfilled();
        let status = self.inflate.decompress(&self.incoming, room, FlushDecompress::None).map_err(|_error| Damaged)?;
        let taken = moved(self.inflate.total_in(), taken_before);
        let given = moved(self.inflate.total_out(), given_before);
        self.incoming.advance(taken.min(self.incoming.len()));
        buf.advance(given.min(buf.remaining()));
        match status {
            _ if 0 < given => Ok(true),
            // No server has a reason to end its stream before the connection.
            Status::StreamEnd => Err(Damaged),
            Status::Ok | Status::BufError if taken == 0 && !self.incoming.is_empty() => Err(Damaged),
            Status::Ok | Status::BufError => Ok(false),
        }
    }

    fn pack(&mut self, bytes: &[u8], flush: FlushCompress) -> io::Result<()> {
        let mut rest = bytes;
        loop {
            self.outgoing.reserve(BLOCK);
            let (taken_before, length_before) = (self.deflate.total_in(), self.outgoing.len());
            self.deflate.compress_vec(rest, &mut self.outgoing, flush).map_err(io::Error::other)?;
            let taken = moved(self.deflate.total_in(), taken_before);
            if taken == 0 && self.outgoing.len() == length_before && !rest.is_empty() {
                return Err(io::ErrorKind::WriteZero.into());
            }
            rest = rest.get(taken..).unwrap_or_default();
            // Where there is room left, all has come out.
            if rest.is_empty() && self.outgoing.len() < self.outgoing.capacity() {
                return Ok(());
            }
        }
    }
}

/// How far a counter has moved.
fn moved(now: u64, before: u64) -> usize {
    usize::try_from(now.saturating_sub(before)).unwrap_or(usize::MAX)
}

impl<T: AsyncWrite + Unpin> Deflated<T> {
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.outgoing.get(self.written..).filter(|rest| !rest.is_empty()) {
            let length = ready!(Pin::new(&mut self.inner).poll_write(cx, rest))?;
            if length == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written = self.written.saturating_add(length);
        }
        self.outgoing.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Deflated<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // One block may become a thousand: whoever else waits gets a turn in between.
        let turn = ready!(tokio::task::coop::poll_proceed(cx));
        loop {
            match this.unpack(buf) {
                Ok(true) => {
                    turn.made_progress();
                    return Poll::Ready(Ok(()));
                }
                Ok(false) if !this.incoming.is_empty() => continue,
                Ok(false) => {}
                Err(damaged) => return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, damaged))),
            }
            let mut block = [0_u8; BLOCK];
            let mut block = ReadBuf::new(&mut block);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut block))?;
            if block.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.incoming.extend_from_slice(block.filled());
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Deflated<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if MAX_OUTGOING < this.outgoing.len() {
            ready!(this.poll_drain(cx))?;
        }
        this.pack(bytes, FlushCompress::None)?;
        this.is_unflushed = true;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if std::mem::take(&mut this.is_unflushed) {
            this.pack(&[], FlushCompress::Sync)?;
        }
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.inner).poll_shutdown(cx)
    }
}

impl<T> fmt::Debug for Deflated<T> {
    /// Without the contents: they are mail.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflated").field("read_ahead", &self.incoming.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
