//! The connection as the conversation sees it: a line at a time, so that nothing is read before its turn, and with an end
//! to every wait.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// A piece of the message that does not leave for so long will not leave any more (RFC 5321, 4.5.3.2.5, says three minutes).
const STALL_LIMIT: Duration = Duration::from_mins(2);

/// No server says more to one command.
const MAX_ANSWER: usize = 64 << 10;

/// What ends a message.
const END: &[u8; 5] = b"\r\n.\r\n";

/// The stream with its watch.
pub(super) struct Wire<T> {
    inner: T,
    incoming: BytesMut,
    /// Bytes of the answer to what was said last.
    heard: usize,
    has_closed: bool,
    /// The last bytes that went out.
    tail: [u8; END.len()],
    patience: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<T> Wire<T> {
    /// Waits for the other side no longer than `patience` in all.
    pub(super) fn new(inner: T, patience: Duration) -> Self {
        Self {
            inner,
            incoming: BytesMut::new(),
            heard: 0,
            has_closed: false,
            tail: [0; END.len()],
            patience,
            waiting: None,
            stalled: None,
        }
    }

    /// Whether the last that went out is what ends a message. Nothing else that we say ends so.
    pub(super) fn has_ended_message(&self) -> bool {
        self.tail == *END
    }

    /// Whether the other side has closed the connection.
    pub(super) fn has_closed(&self) -> bool {
        self.has_closed
    }

    /// The stream and what is left of the patience, or `None` if the server has said more than was read: before STARTTLS
    /// that is an attack.
    pub(super) fn into_inner(self) -> Option<(T, Duration)> {
        self.incoming.is_empty().then_some((self.inner, self.patience))
    }

    /// To be called when nothing has come.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let patience = self.patience;
        let (_, end) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(patience))));
        end.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// To be called when something has come.
    fn note_answer(&mut self, length: usize) -> io::Result<()> {
        if let Some((since, _)) = self.waiting.take() {
            self.patience = self.patience.saturating_sub(since.elapsed());
        }
        self.heard = self.heard.saturating_add(length);
        if MAX_ANSWER < self.heard {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(())
    }

    fn note_sent(&mut self, bytes: &[u8]) {
        self.heard = 0;
        let Some(kept) = bytes.last_chunk() else {
            self.tail.rotate_left(bytes.len());
            let from = self.tail.len().saturating_sub(bytes.len());
            for (old, new) in self.tail.iter_mut().skip(from).zip(bytes) {
                *old = *new;
            }
            return;
        };
        self.tail = *kept;
    }

    /// Ends a write or flush that does not come to its end.
    fn watch<R>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        if done.is_ready() {
            self.stalled = None;
            return done;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALL_LIMIT)));
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Wire<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.incoming.is_empty() && !this.has_closed {
            let mut block = [0_u8; 4 << 10];
            let mut block = ReadBuf::new(&mut block);
            match Pin::new(&mut this.inner).poll_read(cx, &mut block) {
                Poll::Pending => return this.wait(cx),
                Poll::Ready(done) => done?,
            }
            this.note_answer(block.filled().len())?;
            this.has_closed = block.filled().is_empty();
            this.incoming.extend_from_slice(block.filled());
        }
        let line = this.incoming.iter().position(|byte| *byte == b'\n').map_or(this.incoming.len(), |end| end + 1);
        let given = this.incoming.split_to(line.min(buf.remaining()));
        buf.put_slice(&given);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Wire<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let done = Pin::new(&mut this.inner).poll_write(cx, bytes);
        let sent = ready!(this.watch(cx, done))?;
        this.note_sent(bytes.get(..sent).unwrap_or(bytes));
        Poll::Ready(Ok(sent))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let done = Pin::new(&mut this.inner).poll_flush(cx);
        this.watch(cx, done)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let done = Pin::new(&mut this.inner).poll_shutdown(cx);
        this.watch(cx, done)
    }
}

impl<T> fmt::Debug for Wire<T> {
    /// Without what went over it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("patience", &self.patience).finish_non_exhaustive()
    }
}
