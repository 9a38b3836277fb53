//! Stands between the agent and its server on loopback, in plain text: counts what is said, holds one command at the
//! moment a test wants to look at, refuses in the server's name, and cuts the wire.
//!
//! This is what makes "killed between the intention and the move" a moment one can stop at, without a hook in the product.

use std::{
    fmt,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, bail};

use crate::in_background;

/// A port that leads to a server's port, for as long as the value lives.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    inner: Arc<Inner>,
}

/// At which moment a command is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The client said it, the server does not know yet.
    Asked,
    /// The server did it, the client does not know yet.
    Done,
}

#[derive(Debug)]
struct Inner {
    server_port: u16,
    state: Mutex<State>,
    changed: Condvar,
    from_server: AtomicU64,
    is_ending: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    hold: Hold,
    /// Counts the cuts: a command held in an older time is lost.
    cuts: u32,
    commands: Vec<String>,
    wires: Vec<TcpStream>,
}

/// At most one command is held at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Hold {
    #[default]
    Nothing,
    /// The next command with these words will be.
    Armed(String, Moment),
    /// The server is at work on the command with this tag.
    Working(String),
    /// Now.
    Held,
    /// Every command with these words is answered with NO and this text, and the server never hears of it.
    Refusing(String, String),
}

impl Proxy {
    /// Opens a port that leads to `server_port`.
    pub fn start(server_port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let inner = Arc::new(Inner {
            server_port,
            state: Mutex::default(),
            changed: Condvar::new(),
            from_server: AtomicU64::new(0),
            is_ending: AtomicBool::new(false),
        });
        let mine = Arc::clone(&inner);
        in_background("proxy", move || {
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

    /// Will hold the next command that contains `words`. What is held now goes on.
    pub fn hold(&self, words: &str, moment: Moment) {
        self.inner.state().hold = Hold::Armed(words.to_owned(), moment);
        self.inner.changed.notify_all();
    }

    /// Refuses every command that contains `words` with NO and `text`, until [`Proxy::let_go`].
    pub fn refuse(&self, words: &str, text: &str) {
        self.inner.state().hold = Hold::Refusing(words.to_owned(), text.to_owned());
    }

    /// Waits until the command is held.
    pub fn wait_held(&self, limit: Duration) -> Result<()> {
        let state = self.inner.state();
        let waiting = |state: &mut State| state.hold != Hold::Held;
        let (state, _) =
            self.inner.changed.wait_timeout_while(state, limit, waiting).unwrap_or_else(PoisonError::into_inner);
        if state.hold != Hold::Held {
            bail!("no such command within {limit:?}: {:?}. The client said\n{}", state.hold, state.commands.join("\n"));
        }
        Ok(())
    }

    /// Lets the held command, or the answer to it, go on.
    pub fn let_go(&self) {
        self.inner.state().hold = Hold::Nothing;
        self.inner.changed.notify_all();
    }

    /// Cuts every connection. What is held is lost; new connections are let through.
    pub fn cut(&self) {
        let mut state = self.inner.state();
        state.hold = Hold::Nothing;
        state.cuts += 1;
        for wire in state.wires.drain(..) {
            wire.shutdown(Shutdown::Both).ok();
        }
        drop(state);
        self.inner.changed.notify_all();
    }

    /// How many of the client's lines so far contain `words`.
    pub fn count(&self, words: &str) -> usize {
        self.inner.state().commands.iter().filter(|line| line.contains(words)).count()
    }

    /// The client's lines so far.
    pub fn commands(&self) -> Vec<String> {
        self.inner.state().commands.clone()
    }

    /// How many bytes the server has sent so far.
    pub fn bytes_from_server(&self) -> u64 {
        self.inner.from_server.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.inner.is_ending.store(true, Ordering::Relaxed);
        self.cut();
        // Wakes the listener, so that it sees that it is over.
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a line of the client and waits if it is to be held.
    fn may_be_asked(&self, line: &[u8]) -> Asking {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end();
        let mut state = self.state();
        state.commands.push(line.to_owned());
        let tag = line.split(' ').next().unwrap_or_default();
        match &state.hold {
            Hold::Refusing(words, text) if line.contains(words.as_str()) => {
                return Asking::Refused(format!("{tag} NO {text}\r\n"));
            }
            Hold::Armed(words, moment) if line.contains(words.as_str()) => {
                if *moment == Moment::Done {
                    state.hold = Hold::Working(format!("{tag} "));
                    return Asking::GoesOn;
                }
            }
            Hold::Nothing | Hold::Armed(..) | Hold::Working(_) | Hold::Held | Hold::Refusing(..) => {
                return Asking::GoesOn;
            }
        }
        state.hold = Hold::Held;
        if self.wait_while_held(state) { Asking::GoesOn } else { Asking::Lost }
    }

    /// Whether `answers` have to be kept back until more has come; waits if they are complete and to be held.
    fn may_be_answered(&self, answers: &[u8]) -> Answers {
        let mut state = self.state();
        let Hold::Working(tag) = &state.hold else { return Answers::GoOn };
        let mut lines = answers.split(|byte| *byte == b'\n');
        if lines.clone().any(|line| line.starts_with(b"+ ")) {
            // The server waits for the rest of the command.
            return Answers::GoOn;
        }
        if !lines.any(|line| line.starts_with(tag.as_bytes())) {
            return Answers::KeepBack;
        }
        state.hold = Hold::Held;
        if self.wait_while_held(state) { Answers::GoOn } else { Answers::Lost }
    }

    fn wait_while_held(&self, state: MutexGuard<'_, State>) -> bool {
        self.changed.notify_all();
        let cuts = state.cuts;
        let waiting = |state: &mut State| state.hold == Hold::Held && state.cuts == cuts;
        let state = self.changed.wait_while(state, waiting).unwrap_or_else(PoisonError::into_inner);
        state.cuts == cuts
    }
}

enum Asking {
    GoesOn,
    Refused(String),
    Lost,
}

enum Answers {
    GoOn,
    KeepBack,
    Lost,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked => "asked",
            Self::Done => "done",
        })
    }
}

fn connect(inner: &Arc<Inner>, client: TcpStream) -> io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", inner.server_port))?;
    inner.state().wires.extend([client.try_clone()?, server.try_clone()?]);
    let (mine, from, to) = (Arc::clone(inner), client.try_clone()?, server.try_clone()?);
    in_background("proxy-asks", move || {
        carry_commands(&mine, &from, &to).ok();
        // The server may still be at work on the last command: it hears the end after that.
        to.shutdown(Shutdown::Write).ok();
    })?;
    let mine = Arc::clone(inner);
    in_background("proxy-answers", move || {
        carry_answers(&mine, &server, &client).ok();
        client.shutdown(Shutdown::Both).ok();
        server.shutdown(Shutdown::Both).ok();
    })
}

fn carry_commands(inner: &Inner, mut client: &TcpStream, mut server: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match inner.may_be_asked(&line) {
            Asking::GoesOn => server.write_all(&line)?,
            Asking::Refused(answer) => client.write_all(answer.as_bytes())?,
            Asking::Lost => return Ok(()),
        }
    }
}

fn carry_answers(inner: &Inner, mut server: &TcpStream, mut client: &TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let mut answers = Vec::new();
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 {
            return client.write_all(&answers);
        }
        inner.from_server.fetch_add(u64::try_from(count).unwrap_or_default(), Ordering::Relaxed);
        answers.extend_from_slice(buffer.get(..count).unwrap_or_default());
        match inner.may_be_answered(&answers) {
            Answers::KeepBack => {}
            Answers::Lost => return Ok(()),
            Answers::GoOn => {
                client.write_all(&answers)?;
                answers.clear();
            }
        }
    }
}
