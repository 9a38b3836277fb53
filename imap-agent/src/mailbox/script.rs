//! A scripted server for tests: it checks what the client sends and says what it is told to.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, duplex},
    task::JoinHandle,
};

/// One exchange: what the client's next line must be without its tag, and what is said to it. `{tag}` stands for the tag
/// of the command at hand. A reply that ends with `!close` ends the connection.
pub(crate) type Exchange = (&'static str, &'static str);

/// What a server that keeps no rules does next.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads a line, whatever it says.
    Hear,
    /// Says this.
    Say(Vec<u8>),
    /// Says this so many times.
    Repeat(Vec<u8>, u32),
    /// Says this byte by byte, with a pause before each.
    Drip(Vec<u8>, Duration),
    /// Ends the connection. A server whose steps are over reads on and is silent.
    Close,
    /// Neither reads nor says anything from here on.
    Sleep,
}

impl Step {
    pub(crate) fn say(text: &str) -> Self {
        Self::Say(text.as_bytes().to_vec())
    }
}

/// The other end of a duplex stream.
#[derive(Debug)]
pub(crate) struct Server {
    task: JoinHandle<()>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Says `greeting` at once (nothing if empty), then goes through the script, then is silent.
    pub(crate) fn start(greeting: &str, script: &[Exchange]) -> (DuplexStream, Self) {
        let owned: Vec<_> = script.iter().map(|(want, reply)| ((*want).to_owned(), (*reply).to_owned())).collect();
        Self::start_owned(greeting, owned)
    }

    /// For replies that are made up.
    pub(crate) fn start_owned(greeting: &str, script: Vec<(String, String)>) -> (DuplexStream, Self) {
        let (client, stream) = duplex(1 << 16);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(play(stream, greeting.to_owned(), script, Arc::clone(&heard)));
        (client, Self { task, heard })
    }

    /// A server that does these steps, whatever the client does.
    pub(crate) fn start_raw(steps: Vec<Step>) -> (DuplexStream, Self) {
        let (client, stream) = duplex(1 << 16);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(misbehave(stream, steps, Arc::clone(&heard)));
        (client, Self { task, heard })
    }

    /// Every line the client has sent.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// Ends well if the whole script was played. Call after the client's stream is dropped.
    pub(crate) async fn finish(self) {
        self.task.await.unwrap();
    }
}

async fn play(stream: DuplexStream, greeting: String, script: Vec<(String, String)>, heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    stream.write_all(greeting.as_bytes()).await.unwrap();
    let mut tag = String::new();
    for (want, reply) in script {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.ends_with("\r\n"), "the client sent {line:?} and not {want:?}");
        let line = line.trim_end().to_owned();
        heard.lock().unwrap().push(line.clone());
        let is_tagged =
            line.strip_prefix('T').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        let command = match line.split_once(' ').filter(|_| is_tagged) {
            Some((own, command)) => {
                tag = own.to_owned();
                command
            }
            None => &line,
        };
        assert_eq!(command, want);
        let (reply, is_last) = reply.strip_suffix("!close").map_or((&*reply, false), |reply| (reply, true));
        // The client may have gone already.
        let said: io::Result<()> = stream.write_all(reply.replace("{tag}", &tag).as_bytes()).await;
        if is_last || said.is_err() {
            return;
        }
    }
    let mut rest = String::new();
    while stream.read_line(&mut rest).await.is_ok_and(|length| 0 < length) {
        heard.lock().unwrap().push(rest.trim_end().to_owned());
        rest.clear();
    }
}

async fn misbehave(stream: DuplexStream, steps: Vec<Step>, heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    for step in steps {
        // The client may have gone already, and rightly so.
        if take(&mut stream, step, &heard).await.is_err() {
            return;
        }
    }
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.ok();
}

async fn take(stream: &mut BufReader<DuplexStream>, step: Step, heard: &Mutex<Vec<String>>) -> io::Result<()> {
    match step {
        Step::Hear => {
            let mut line = Vec::new();
            stream.read_until(b'\n', &mut line).await?;
            heard.lock().unwrap().push(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        Step::Say(bytes) => stream.write_all(&bytes).await?,
        Step::Repeat(bytes, times) => {
            for _ in 0..times {
                stream.write_all(&bytes).await?;
            }
        }
        Step::Drip(bytes, pause) => {
            for byte in bytes {
                tokio::time::sleep(pause).await;
                stream.write_u8(byte).await?;
            }
        }
        Step::Close => return Err(io::ErrorKind::ConnectionReset.into()),
        Step::Sleep => std::future::pending().await,
    }
    Ok(())
}
