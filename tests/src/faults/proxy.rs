//! A wire in plain text on loopback on which one fault happens, at a place that is counted over all its connections.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;

use super::{Extent, Fault, Harm, Place, Side};
use crate::in_background;

/// How long a wire that stalls is silent.
const STALL: Duration = Duration::from_secs(2);

/// Between the two halves of a response that is split: enough for the first to be read alone.
const SPLIT: Duration = Duration::from_millis(20);

/// A port that leads to a server's port, for as long as the value lives.
#[derive(Debug)]
pub struct Faulty {
    port: u16,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    server_port: u16,
    state: Mutex<State>,
    changed: Condvar,
    is_ending: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// What is still to happen.
    fault: Option<Fault>,
    extent: Extent,
    changing: Vec<(u64, String)>,
    struck_at: Option<Instant>,
    /// What was going on in that moment.
    line: String,
    /// Whether every byte goes alone.
    is_split: bool,
    wires: Vec<TcpStream>,
}

/// What is done with a piece of what was said.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Say(Vec<u8>),
    Wait(Duration),
    Cut,
}

impl Faulty {
    /// Opens a port that leads to `server_port`.
    pub fn start(server_port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let inner = Arc::new(Inner {
            server_port,
            state: Mutex::default(),
            changed: Condvar::new(),
            is_ending: AtomicBool::new(false),
        });
        let mine = Arc::clone(&inner);
        in_background("faulty", move || {
            for client in listener.incoming() {
                if mine.is_ending.load(Ordering::Relaxed) {
                    return;
                }
                if let Ok(client) = client {
                    connect(&mine, client).ok();
                }
            }
        })?;
        Ok(Self { port, inner })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Lets this happen, once. Places are counted from the beginning of the wire.
    pub fn arm(&self, fault: Fault) {
        let mut state = self.inner.state();
        (state.fault, state.struck_at) = (Some(fault), None);
    }

    /// From here on nothing happens any more, and the wire is as any other.
    pub fn disarm(&self) {
        let mut state = self.inner.state();
        (state.fault, state.is_split) = (None, false);
        drop(state);
        self.inner.changed.notify_all();
    }

    /// When it happened.
    pub fn struck_at(&self) -> Option<Instant> {
        self.inner.state().struck_at
    }

    /// The line in which it happened.
    pub fn line(&self) -> String {
        self.inner.state().line.clone()
    }

    /// How much was said so far.
    pub fn extent(&self) -> Extent {
        self.inner.state().extent
    }

    /// The commands so far that change something, and their numbers, from 1.
    pub fn changing(&self) -> Vec<(u64, String)> {
        self.inner.state().changing.clone()
    }

    /// Does something in the moment in which it happens, unless the wire is disarmed before.
    pub fn when_struck(&self, act: impl FnOnce() + Send + 'static) -> Result<()> {
        let inner = Arc::clone(&self.inner);
        in_background("struck", move || {
            let waiting = |state: &mut State| state.struck_at.is_none() && state.fault.is_some();
            let state = inner.changed.wait_while(inner.state(), waiting).unwrap_or_else(PoisonError::into_inner);
            let is_struck = state.struck_at.is_some();
            drop(state);
            if is_struck {
                act();
            }
        })?;
        Ok(())
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.inner.is_ending.store(true, Ordering::Relaxed);
        self.disarm();
        self.inner.cut();
        // Wakes the listener, so that it sees that it is over.
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self) {
        for wire in self.state().wires.drain(..) {
            wire.shutdown(Shutdown::Both).ok();
        }
    }

    /// Counts a line, and says what is done with it.
    fn pass(&self, side: Side, line: &[u8]) -> Vec<Step> {
        let mut state = self.state();
        let at = state.count(side, line);
        let fault = state.fault.and_then(|fault| Some((fault, offset(fault.place, side, line, at)?)));
        let Some((fault, offset)) = fault else { return vec![Step::Say(line.to_vec())] };
        state.fault = None;
        state.struck_at = Some(Instant::now());
        state.line = format!("{side:?}: {}", String::from_utf8_lossy(line).trim_end());
        state.is_split = fault.harm == Harm::Split;
        drop(state);
        self.changed.notify_all();
        steps(fault.harm, line, offset)
    }

    fn is_split(&self) -> bool {
        self.state().is_split
    }
}

/// Where a line stands in its session.
#[derive(Clone, Copy)]
struct At {
    /// The number of its first byte on its side.
    byte: u64,
    /// The number of the command or tagged answer it is, if it is one.
    mark: Option<u64>,
}

impl State {
    fn count(&mut self, side: Side, line: &[u8]) -> At {
        let extent = &mut self.extent;
        let (bytes, marks) = match side {
            Side::Client => (&mut extent.client, &mut extent.commands),
            Side::Server => (&mut extent.server, &mut extent.answers),
        };
        let byte = *bytes;
        *bytes += u64::try_from(line.len()).unwrap_or_default();
        let is_mark = is_tagged(line);
        *marks += u64::from(is_mark);
        if is_mark && side == Side::Client && is_changing(line) {
            self.changing.push((*marks, String::from_utf8_lossy(line).into_owned()));
        }
        At { byte, mark: is_mark.then_some(*marks) }
    }
}

/// Whether a line is a command or the answer to one. No line of the letters begins like that.
fn is_tagged(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"T") else { return false };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    0 < digits && rest.get(digits) == Some(&b' ')
}

/// Whether a command changes something on the server.
fn is_changing(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    [" MOVE ", " COPY ", " STORE ", " EXPUNGE ", " APPEND ", " CREATE "].iter().any(|verb| line.contains(verb))
}

/// Where in the line it happens, if it does.
fn offset(place: Place, side: Side, line: &[u8], at: At) -> Option<usize> {
    match (place, side) {
        (Place::Byte(Side::Client, number), Side::Client) | (Place::Byte(Side::Server, number), Side::Server) => {
            let offset = usize::try_from(number.checked_sub(at.byte)?).ok()?;
            (offset < line.len()).then_some(offset)
        }
        (Place::InCommand(number, offset), Side::Client) => {
            (at.mark == Some(number) && offset < line.len()).then_some(offset)
        }
        (Place::BeforeCommand(number), Side::Client) | (Place::BeforeAnswer(number), Side::Server) => {
            (at.mark == Some(number)).then_some(0)
        }
        (Place::AfterAnswer(number), Side::Server) => (at.mark == Some(number)).then_some(line.len()),
        (
            Place::Byte(..)
            | Place::InCommand(..)
            | Place::BeforeCommand(_)
            | Place::BeforeAnswer(_)
            | Place::AfterAnswer(_),
            _,
        ) => None,
    }
}

fn steps(harm: Harm, line: &[u8], offset: usize) -> Vec<Step> {
    let (before, after) = line.split_at_checked(offset).unwrap_or((line, &[]));
    let (before, mut after) = (before.to_vec(), after.to_vec());
    match harm {
        Harm::Cut => vec![Step::Say(before), Step::Cut],
        Harm::Stall => vec![Step::Say(before), Step::Wait(STALL), Step::Say(after)],
        Harm::StallThenCut => vec![Step::Say(before), Step::Wait(STALL), Step::Cut],
        Harm::Split => vec![Step::Say(before), Step::Wait(SPLIT), Step::Say(after)],
        Harm::Flip(bit) => {
            if let Some(byte) = after.first_mut() {
                *byte ^= 1 << (bit % 8);
            }
            vec![Step::Say([before, after].concat())]
        }
        Harm::Insert(number) => vec![Step::Say([before, number.to_le_bytes().to_vec(), after].concat())],
        Harm::Drop => {
            after.drain(..1.min(after.len()));
            vec![Step::Say([before, after].concat())]
        }
        Harm::Kill(_) => vec![Step::Say(line.to_vec())],
    }
}

fn connect(inner: &Arc<Inner>, client: TcpStream) -> io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", inner.server_port))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    inner.state().wires.extend([client.try_clone()?, server.try_clone()?]);
    for (side, from, to) in [(Side::Client, client.try_clone()?, server.try_clone()?), (Side::Server, server, client)] {
        let mine = Arc::clone(inner);
        in_background("faulty-wire", move || {
            carry(&mine, side, &from, &to).ok();
            let how = if side == Side::Client { Shutdown::Write } else { Shutdown::Both };
            // The server may still be at work on the last command: it hears the end after that.
            to.shutdown(how).ok();
        })?;
    }
    Ok(())
}

fn carry(inner: &Inner, side: Side, from: &TcpStream, to: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        for step in inner.pass(side, &line) {
            match step {
                Step::Say(bytes) => say(inner, to, &bytes)?,
                Step::Wait(time) => thread::sleep(time),
                Step::Cut => inner.cut(),
            }
        }
    }
}

fn say(inner: &Inner, mut to: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    if !inner.is_split() {
        return to.write_all(bytes);
    }
    for byte in bytes {
        to.write_all(std::slice::from_ref(byte))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{At, Harm, Place, Side, Step, is_tagged, offset, steps};

    #[test]
    fn places_are_found_in_lines() {
        let at = At { byte: 10, mark: Some(3) };
        assert_eq!(offset(Place::Byte(Side::Client, 12), Side::Client, b"T3 X\r\n", at), Some(2));
        assert_eq!(offset(Place::Byte(Side::Client, 12), Side::Server, b"T3 X\r\n", at), None);
        assert_eq!(offset(Place::Byte(Side::Server, 16), Side::Server, b"T3 X\r\n", at), None);
        assert_eq!(offset(Place::BeforeCommand(3), Side::Client, b"T3 X\r\n", at), Some(0));
        assert_eq!(offset(Place::AfterAnswer(3), Side::Server, b"T3 OK\r\n", at), Some(7));
    }

    #[test]
    fn commands_and_answers_are_told_from_all_else() {
        assert!(is_tagged(b"T12 OK done\r\n"));
        for line in ["* 1 EXISTS\r\n", "To: robin\r\n", "T12\r\n", "DONE\r\n", "T Q\r\n"] {
            assert!(!is_tagged(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn every_harm_is_done_at_its_place() {
        let said = |harm| match &steps(harm, b"abc", 1)[..] {
            [Step::Say(bytes)] => bytes.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(said(Harm::Flip(0)), b"acc");
        assert_eq!(said(Harm::Drop), b"ac");
        assert_eq!(said(Harm::Insert(0x20)), b"a \0\0\0\0\0\0\0bc");
        assert_eq!(said(Harm::Kill(5)), b"abc");
        assert_eq!(steps(Harm::Cut, b"abc", 3), [Step::Say(b"abc".to_vec()), Step::Cut]);
    }
}
