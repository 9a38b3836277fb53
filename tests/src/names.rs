//! A name server that does as a test says: it answers late, lies, or takes down what it is asked.

use std::{
    collections::VecDeque,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

use crate::in_background;

/// What is answered to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// These addresses.
    Addresses(Vec<Ipv4Addr>),
    /// There is no such name.
    NoName,
    /// There is nothing of the kind.
    Nothing,
    /// The server cannot find out.
    Failure,
    /// The server does not want to.
    Refusal,
    /// It does not fit; by TCP these addresses.
    ByTcp(Vec<Ipv4Addr>),
    /// Nothing at all comes back.
    Silence,
}

/// A question: the name in lower case without a dot at its end, and the number of its kind.
type Answers = dyn Fn(&str, u16) -> Reply + Send + Sync;

/// The server. It goes on for as long as the test runs.
#[derive(Debug)]
pub struct Scripted {
    /// Its port for UDP and TCP.
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
}

impl Scripted {
    /// Starts a server that takes its time over each answer, but over many at once.
    pub fn start(delay: Duration, answers: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> Result<Self> {
        let answers: Arc<Answers> = Arc::new(answers);
        let socket = UdpSocket::bind(("127.0.0.1", 0)).context("no port for a name server")?;
        let port = socket.local_addr()?.port();
        let listener = TcpListener::bind(("127.0.0.1", port)).context("the port is taken for TCP")?;
        let (asked, is_over) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicBool>::default());
        let queue = Arc::new((Mutex::new(VecDeque::new()), Condvar::new()));
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let sender = socket.try_clone()?;
        let (queued, over) = (Arc::clone(&queue), Arc::clone(&is_over));
        in_background("names-send", move || send_when_due(&sender, &queued, &over))?;
        let (names, replies, over) = (Arc::clone(&asked), Arc::clone(&answers), Arc::clone(&is_over));
        in_background("names-udp", move || {
            while !over.load(Ordering::Relaxed) {
                hear(&socket, delay, &queue, |question| reply(question, false, &names, &*replies));
            }
        })?;
        let names = Arc::clone(&asked);
        in_background("names-tcp", move || {
            for mut stream in listener.incoming().flatten() {
                while talk(&mut stream, |question| reply(question, true, &names, &*answers)).is_some() {}
            }
        })?;
        Ok(Self { port, asked, is_over })
    }

    /// Every name that was asked for so far, in order, with the kind before it: `A mx.example`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The settings by which this server is asked.
    pub fn settings(&self) -> String {
        format!("[network]\nservers = [\"127.0.0.1:{}\"]\n", self.port)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

type Waiting = VecDeque<(Instant, Vec<u8>, SocketAddr)>;

/// Takes one question by UDP, if there is one, and puts the reply into the queue.
fn hear(
    socket: &UdpSocket,
    delay: Duration,
    queue: &(Mutex<Waiting>, Condvar),
    reply: impl Fn(&[u8]) -> Option<Vec<u8>>,
) {
    let mut bytes = [0; 4096];
    let Ok((length, from)) = socket.recv_from(&mut bytes) else { return };
    if let Some(reply) = reply(bytes.get(..length).unwrap_or_default()) {
        let (lines, bell) = queue;
        lines.lock().unwrap_or_else(PoisonError::into_inner).push_back((Instant::now() + delay, reply, from));
        bell.notify_one();
    }
}

/// Takes one question by TCP and answers it; `None` when there is no more to say.
fn talk(stream: &mut TcpStream, reply: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<()> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut question).ok()?;
    let reply = reply(&question)?;
    let length = u16::try_from(reply.len()).ok()?.to_be_bytes();
    stream.write_all(&[&length[..], &reply].concat()).ok()
}

fn send_when_due(socket: &UdpSocket, queue: &(Mutex<Waiting>, Condvar), is_over: &AtomicBool) {
    let (lines, bell) = queue;
    while !is_over.load(Ordering::Relaxed) {
        let waiting = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut waiting, _) = bell
            .wait_timeout_while(waiting, Duration::from_millis(100), |waiting| waiting.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        let Some((due, reply, to)) = waiting.pop_front() else { continue };
        drop(waiting);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // Whoever no longer listens has had enough.
        socket.send_to(&reply, to).ok();
    }
}

fn reply(question: &[u8], is_tcp: bool, asked: &Mutex<Vec<String>>, answers: &Answers) -> Option<Vec<u8>> {
    let (name, kind, end) = read(question)?;
    let word = match kind {
        1 => "A".to_owned(),
        12 => "PTR".to_owned(),
        15 => "MX".to_owned(),
        16 => "TXT".to_owned(),
        28 => "AAAA".to_owned(),
        other => other.to_string(),
    };
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{word} {name}"));
    let (code, is_cut, addresses) = match answers(&name, kind) {
        Reply::Addresses(addresses) => (0, false, addresses),
        Reply::NoName => (3, false, Vec::new()),
        Reply::Nothing => (0, false, Vec::new()),
        Reply::Failure => (2, false, Vec::new()),
        Reply::Refusal => (5, false, Vec::new()),
        Reply::ByTcp(addresses) if is_tcp => (0, false, addresses),
        Reply::ByTcp(_) => (0, true, Vec::new()),
        Reply::Silence => return None,
    };
    let id = question.get(..2)?;
    let flags = [0x81 | if is_cut { 2 } else { 0 }, 0x80 | code];
    let count = u16::try_from(addresses.len()).ok()?.to_be_bytes();
    let soa = u8::from(addresses.is_empty() && !is_cut && matches!(code, 0 | 3));
    let mut reply = [id, &flags, &[0, 1], &count, &[0, soa, 0, 0], question.get(12..end)?].concat();
    for address in addresses {
        reply.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4]);
        reply.extend_from_slice(&address.octets());
    }
    if soa == 1 {
        // The root's, so that the answer is kept for five minutes.
        reply.extend_from_slice(&[0, 0, 6, 0, 1, 0, 0, 1, 44, 0, 22, 0, 0]);
        reply.extend_from_slice(&[[0, 0, 0, 1], [0, 0, 1, 44], [0, 0, 1, 44], [0, 0, 1, 44], [0, 0, 1, 44]].concat());
    }
    Some(reply)
}

/// The name, the kind, and where the question ends.
fn read(question: &[u8]) -> Option<(String, u16, usize)> {
    let (mut labels, mut at) = (Vec::new(), 12);
    loop {
        let length = usize::from(*question.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(question.get(at..at + length)?).to_ascii_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes(question.get(at..at + 2)?.try_into().ok()?);
    Some((labels.join("."), kind, at + 4))
}
