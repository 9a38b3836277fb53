//! One command at a time over one connection. The only file that names async-imap.
//!
//! Of the library, only reading and parsing is used: its commands report success when the server refused or is gone. Here a
//! command is written by ourselves (so no password passes the library's log), and is done when the server answers its own
//! tag. From the first byte of a command to its answer the connection is marked as busy; whoever gives a command up in
//! between leaves it so, and a connection that is not ready refuses everything.

mod understand;

use std::{fmt, future::ready, pin::pin, time::Duration};

use async_imap::Client;
use tokio::{
    io::AsyncWriteExt as _,
    time::{Instant, timeout, timeout_at},
};

use self::understand::{Said, parses, understand};
use super::{
    deflate::{Damaged, Deflated},
    guard::{Fault, Guard},
    response::{Answer, CommandError, Completed, Greeting, Idled, Loss, Untagged},
    session::Stream,
};
use crate::tls;

/// No command may take longer in all, however busily the server talks.
const TOTAL_LIMIT: Duration = Duration::from_mins(30);

/// A server that does not answer `DONE` by then has forgotten us.
const DONE_LIMIT: Duration = Duration::from_secs(15);

/// `limit` is for each so many bytes of what is sent.
const WRITTEN_AT_ONCE: usize = 16 << 10;

/// No command has the server ask more than four times for more.
const MAX_ASKED: u32 = 16;

pub(super) struct Connection {
    client: Client<Guard<Box<dyn Stream>>>,
    state: State,
    tags: u32,
    asked_at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Busy,
    /// Waiting for news: whoever gives that up has lost nothing, and may still take leave.
    Idling,
    Broken,
}

impl Connection {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        let guard = Guard::new(stream, parses);
        Self { client: Client::new(guard), state: State::Ready, tags: 0, asked_at: Instant::now() }
    }

    /// Reads the greeting; nothing may be sent before.
    pub(super) async fn greeting(&mut self, limit: Duration) -> Result<Greeting, CommandError> {
        self.asked_at = Instant::now();
        self.state = State::Busy;
        let said = self.next(limit, self.asked_at + limit).await?;
        self.state = State::Ready;
        match said {
            Said::Untagged(Untagged::Code(code)) => Ok(Greeting::Ok(Some(code))),
            Said::Untagged(_) => Ok(Greeting::Ok(None)),
            Said::PreAuth => Ok(Greeting::PreAuth),
            Said::Bye { code, text } => Ok(Greeting::Bye { code, text }),
            Said::GoOn(_) | Said::Done { .. } => Err(self.distrust(Fault::NotUnderstood)),
        }
    }

    /// Runs one command and waits for its own answer. `literal` is sent when the server asks for it; `limit` is the
    /// longest silence. `on` sees everything the server says before the answer, asked for or not.
    pub(super) async fn command(
        &mut self,
        line: &str,
        literal: Option<&[u8]>,
        limit: Duration,
        mut on: impl FnMut(Untagged),
    ) -> Result<Completed, CommandError> {
        let note = |untagged| {
            on(untagged);
            ready(())
        };
        self.converse(line, literal, limit, note).await
    }

    /// As [`Connection::command`], but the server is not listened to while `on` is at work: what it has to say stays on its
    /// way, and not in our memory.
    pub(super) async fn converse<F: Future<Output = ()>>(
        &mut self,
        line: &str,
        literal: Option<&[u8]>,
        limit: Duration,
        mut on: impl FnMut(Untagged) -> F,
    ) -> Result<Completed, CommandError> {
        let mut exchange = self.begin(line, u32::from(literal.is_some()), limit).await?;
        let mut literal = literal;
        loop {
            match exchange.next(&mut on).await? {
                // A star cancels whatever else the server wants to hear.
                Turn::GoOn(_) => exchange.answer(literal.take().unwrap_or(b"*")).await?,
                Turn::Done(completed) => return Ok(completed),
            }
        }
    }

    /// Begins a command in which the server may ask for more, again and again. One that says OK before it has asked `due`
    /// times is out of step. `limit` is the longest silence.
    pub(super) async fn begin(&mut self, line: &str, due: u32, limit: Duration) -> Result<Exchange<'_>, CommandError> {
        let tag = self.send(line, limit).await?;
        let end = self.asked_at + TOTAL_LIMIT;
        Ok(Exchange { connection: self, tag, limit, end, is_leaving: line == "LOGOUT", due, n_asked: 0 })
    }

    /// Waits for news by IDLE, for at most `limit` or until `wake` is done. Tagged NO and BAD mean that there is no IDLE.
    pub(super) async fn idle(
        &mut self,
        wake: impl Future<Output = ()>,
        limit: Duration,
        answer_limit: Duration,
    ) -> Result<Idled, CommandError> {
        let own_tag = self.send("IDLE", answer_limit).await?;
        let mut idled = Idled::Quiet;
        loop {
            let said = self.next(answer_limit, self.asked_at + answer_limit).await?;
            if let Some(ended) = self.idle_ended(&said, &own_tag)? {
                return Ok(ended);
            }
            if said.is_news() {
                idled = Idled::News;
            }
            if matches!(said, Said::GoOn(_)) {
                break;
            }
        }
        let mut wake = pin!(wake);
        let end = Instant::now() + limit;
        self.state = State::Idling;
        while idled == Idled::Quiet {
            let said = tokio::select! {
                biased;
                said = timeout_at(end, self.read()) => said,
                () = &mut wake => { idled = Idled::Woken; break }
            };
            let Ok(said) = said else { break };
            let said = said?;
            if let Some(ended) = self.idle_ended(&said, &own_tag)? {
                return Ok(ended);
            }
            if said.is_news() {
                idled = Idled::News;
            }
        }
        self.end_idle(&own_tag, idled).await
    }

    /// Takes leave, also where waiting for news was given up. Nothing is said on a connection that is out of step.
    pub(super) async fn leave(&mut self, limit: Duration) {
        if self.state == State::Idling {
            let own_tag = format!("T{}", self.tags);
            // If that fails there is nobody to say goodbye to, which the state then says.
            self.end_idle(&own_tag, Idled::Woken).await.ok();
        }
        if self.is_usable() {
            self.command("LOGOUT", None, limit, drop).await.ok();
        }
    }

    async fn end_idle(&mut self, own_tag: &str, mut idled: Idled) -> Result<Idled, CommandError> {
        self.state = State::Busy;
        self.asked_at = Instant::now();
        let end = self.asked_at + DONE_LIMIT;
        self.write(b"DONE", DONE_LIMIT).await?;
        loop {
            let said = self.next(DONE_LIMIT, end).await?;
            if self.idle_ended(&said, own_tag)?.is_some() {
                return Ok(idled);
            }
            if said.is_news() {
                idled = Idled::News;
            }
        }
    }

    /// Whether this answers the IDLE of that tag.
    fn idle_ended(&mut self, said: &Said, own_tag: &str) -> Result<Option<Idled>, CommandError> {
        match said {
            Said::Done { tag, status, .. } if tag == own_tag => {
                self.state = State::Ready;
                Ok(Some(if *status == Answer::Ok { Idled::EndedByServer } else { Idled::NotOffered }))
            }
            Said::Bye { code, text } => {
                self.state = State::Broken;
                Err(CommandError::Bye { code: code.clone(), text: text.clone() })
            }
            Said::Done { .. } | Said::Untagged(_) | Said::GoOn(_) | Said::PreAuth => Ok(None),
        }
    }

    pub(super) fn is_usable(&self) -> bool {
        self.state == State::Ready
    }

    /// How many responses were dropped because nobody could read them.
    pub(super) fn dropped(&self) -> u64 {
        self.client.get_ref().dropped()
    }

    /// Sets the longest literal the server may send.
    pub(super) fn set_literal_limit(&mut self, bytes: usize) {
        self.client.get_mut().set_literal_limit(bytes);
    }

    /// The stream for STARTTLS, or `None` if the server has said more than was read.
    pub(super) fn into_stream(self) -> Option<Box<dyn Stream>> {
        self.client.into_inner().into_inner()
    }

    /// From here on everything is compressed, in both directions (RFC 4978). `None` if the server has said more than was
    /// read.
    pub(super) fn compressed(self) -> Option<Self> {
        let Self { client, state, tags, asked_at } = self;
        let (stream, early) = client.into_inner().into_parts()?;
        let stream: Box<dyn Stream> = Box::new(Deflated::new(stream, early));
        Some(Self { client: Client::new(Guard::new(stream, parses)), state, tags, asked_at })
    }

    /// Closes the stream, so that the server sees an end and not a silence.
    pub(super) async fn close(mut self) {
        // Nobody is left to tell if this fails.
        timeout(Duration::from_secs(1), self.client.get_mut().shutdown()).await.ok();
    }

    async fn send(&mut self, line: &str, limit: Duration) -> Result<String, CommandError> {
        if self.state != State::Ready {
            return Err(CommandError::Lost(Loss::GivenUp));
        }
        if line.contains(['\r', '\n', '\0']) {
            return Err(CommandError::NotSent("a line break in a command"));
        }
        self.state = State::Busy;
        self.tags = self.tags.wrapping_add(1);
        self.asked_at = Instant::now();
        let tag = format!("T{}", self.tags);
        let command = crate::secret::Secret::new(format!("{tag} {line}"));
        self.write(command.expose().as_bytes(), limit).await?;
        Ok(tag)
    }

    async fn write(&mut self, bytes: &[u8], limit: Duration) -> Result<(), CommandError> {
        // Piece by piece, as a large message takes its time on a slow line.
        for piece in bytes.chunks(WRITTEN_AT_ONCE).chain([&b"\r\n"[..]]) {
            match timeout(limit, self.client.get_mut().write_all(piece)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(self.lose(loss(&error))),
                Err(_) => return Err(self.time_out()),
            }
        }
        match timeout(limit, self.client.get_mut().flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.lose(loss(&error))),
            Err(_) => Err(self.time_out()),
        }
    }

    /// The next thing the server says, unless it is silent for `limit` or `end` comes.
    async fn next(&mut self, limit: Duration, end: Instant) -> Result<Said, CommandError> {
        loop {
            let heard_at = self.client.get_ref().heard_at().max(self.asked_at);
            let deadline = (heard_at + limit).min(end);
            if let Ok(said) = timeout_at(deadline, self.read()).await {
                return said;
            }
            let is_progress = heard_at < self.client.get_ref().heard_at();
            if !is_progress || end <= Instant::now() {
                return Err(self.time_out());
            }
        }
    }

    /// May be dropped at any time without losing anything.
    async fn read(&mut self) -> Result<Said, CommandError> {
        match self.client.read_response().await {
            Ok(Some(response)) => Ok(understand(response.parsed())),
            Ok(None) => Err(self.lose(Loss::Closed)),
            Err(error) => Err(self.lose(loss(&error))),
        }
    }

    fn lose(&mut self, loss: Loss) -> CommandError {
        self.state = State::Broken;
        CommandError::Lost(loss)
    }

    /// Gives the connection up because of what the server said.
    pub(super) fn distrust(&mut self, fault: Fault) -> CommandError {
        self.lose(Loss::Unreadable(fault.to_string()))
    }

    fn time_out(&mut self) -> CommandError {
        self.state = State::Broken;
        CommandError::Timeout
    }
}

/// A command under way. Dropped before its end, it leaves the connection unusable.
#[derive(Debug)]
pub(super) struct Exchange<'a> {
    connection: &'a mut Connection,
    tag: String,
    limit: Duration,
    end: Instant,
    is_leaving: bool,
    due: u32,
    n_asked: u32,
}

/// Where a command under way has come to.
#[derive(Debug)]
pub(super) enum Turn {
    /// The server wants to hear more. Its words, as they came.
    GoOn(String),
    /// The server has carried it out.
    Done(Completed),
}

impl Exchange<'_> {
    /// What the server says next to this command. `on` sees everything else it says, and is waited for.
    pub(super) async fn next<F: Future<Output = ()>>(
        &mut self,
        on: &mut impl FnMut(Untagged) -> F,
    ) -> Result<Turn, CommandError> {
        loop {
            match self.connection.next(self.limit, self.end).await? {
                Said::Untagged(untagged) => {
                    on(untagged).await;
                    // The server could not know that we were busy.
                    self.connection.asked_at = Instant::now();
                }
                Said::GoOn(_) if self.n_asked == MAX_ASKED => {
                    return Err(self.connection.distrust(Fault::NotUnderstood));
                }
                Said::GoOn(words) => {
                    self.n_asked = self.n_asked.saturating_add(1);
                    return Ok(Turn::GoOn(words));
                }
                Said::Done { tag, status, code, text } if tag == self.tag => {
                    if status == Answer::Ok && self.n_asked < self.due {
                        return Err(self.connection.distrust(Fault::OkTooEarly));
                    }
                    self.connection.state = State::Ready;
                    return status.outcome(code, text).map(Turn::Done);
                }
                Said::Bye { code, text } if !self.is_leaving => {
                    self.connection.state = State::Broken;
                    return Err(CommandError::Bye { code, text });
                }
                Said::Done { .. } | Said::Bye { .. } | Said::PreAuth => {}
            }
        }
    }

    /// Says what the server wants to hear.
    pub(super) async fn answer(&mut self, bytes: &[u8]) -> Result<(), CommandError> {
        self.connection.write(bytes, self.limit).await
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("state", &self.state).finish_non_exhaustive()
    }
}

fn loss(error: &std::io::Error) -> Loss {
    if let Some(refused) = tls::refused_later(error) {
        return Loss::Tls(refused);
    }
    let inner = error.get_ref();
    if let Some(fault) = inner.and_then(|inner| inner.downcast_ref::<Fault>()) {
        return Loss::Unreadable(fault.to_string());
    }
    if let Some(damaged) = inner.and_then(|inner| inner.downcast_ref::<Damaged>()) {
        return Loss::Unreadable(damaged.to_string());
    }
    if error.kind() == std::io::ErrorKind::UnexpectedEof { Loss::Closed } else { Loss::Network(error.kind()) }
}

#[cfg(test)]
mod tests;
