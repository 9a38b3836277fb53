//! How a command talks to the running agent: one question, one answer, no runtime.

use std::{
    io::{self, Read as _, Write as _},
    time::Duration,
};

use interprocess::local_socket::{GenericFilePath, Stream, ToFsName as _, traits::Stream as _};
use tamis_core::api::{API_VERSION, Call, MAX_FRAME, Message, Reply, Request};

use crate::{
    paths::{Home, HomeError},
    words::because,
};

/// An agent that does not greet in this time hangs.
const HELLO: Duration = Duration::from_secs(10);

/// A connection to the running agent.
#[derive(Debug)]
pub struct Client {
    stream: Stream,
    calls: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nobody answers.
    #[error("the agent is not running; start it with `tamis-agent run`")]
    NotRunning,
    /// The folder of the socket is not safe.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The agent is of another version.
    #[error("the running agent is version {agent}, this is {}; restart the agent", env!("CARGO_PKG_VERSION"))]
    OtherVersion {
        /// The agent's version.
        agent: String,
    },
    /// The connection broke.
    #[error("cannot talk to the agent: {}; its log may say why", because(.0))]
    Lost(io::Error),
    /// The agent is there, but does not greet.
    #[error("the agent does not answer; stop it and start it again")]
    Hangs,
    /// The request is longer than a frame may be.
    #[error("this is too much for one request; do it in smaller parts")]
    TooLong,
}

impl Client {
    /// Connects and greets.
    pub fn connect(home: &Home) -> Result<Self, ClientError> {
        home.check_socket_folder()?;
        let name = home.socket().to_fs_name::<GenericFilePath>().map_err(ClientError::Lost)?;
        let stream = Stream::connect(name).map_err(|err| {
            let is_nobody_there = matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused);
            if is_nobody_there { ClientError::NotRunning } else { ClientError::Lost(err) }
        })?;
        stream.set_recv_timeout(Some(HELLO)).map_err(ClientError::Lost)?;
        let mut client = Self { stream, calls: 0 };
        let hello =
            Request::Hello { api_version: API_VERSION, client: "tamis-agent".to_owned(), language: String::new() };
        let greeting = client.call(hello).map_err(|err| {
            let is_late = matches!(&err, ClientError::Lost(err)
                if matches!(err.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut));
            if is_late { ClientError::Hangs } else { err }
        })?;
        if let Reply::Hello { api_version, agent } = greeting
            && api_version != API_VERSION
        {
            return Err(ClientError::OtherVersion { agent });
        }
        // Learning from a large folder, or a slow mail server, takes its time.
        client.stream.set_recv_timeout(None).map_err(ClientError::Lost)?;
        Ok(client)
    }

    /// Asks, and waits for the answer. Events on the way are passed over.
    pub fn call(&mut self, request: Request) -> Result<Reply, ClientError> {
        self.calls += 1;
        self.send(&Call { id: self.calls, request })?;
        loop {
            match self.receive().map_err(ClientError::Lost)? {
                Message::Reply { id, reply } if id == self.calls => return Ok(reply),
                Message::Reply { .. } | Message::Event(_) => {}
            }
        }
    }

    fn send(&mut self, call: &Call) -> Result<(), ClientError> {
        let frame = serde_json::to_vec(call).map_err(|err| ClientError::Lost(err.into()))?;
        let length =
            u32::try_from(frame.len()).ok().filter(|_| frame.len() <= MAX_FRAME).ok_or(ClientError::TooLong)?;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(frame);
        self.stream.write_all(&bytes).map_err(ClientError::Lost)
    }

    fn receive(&mut self) -> io::Result<Message> {
        let mut length = [0; 4];
        self.read(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if MAX_FRAME < length {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its answer is too long"));
        }
        let mut frame = vec![0; length];
        self.read(&mut frame)?;
        Ok(serde_json::from_slice(&frame)?)
    }

    fn read(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.stream.read_exact(bytes).map_err(|err| {
            let has_ended = err.kind() == io::ErrorKind::UnexpectedEof;
            if has_ended { io::Error::new(err.kind(), "it hung up") } else { err }
        })
    }
}
