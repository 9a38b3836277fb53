//! One connection, from the greeting to the end.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::{
    FutureExt as _, SinkExt as _, StreamExt as _,
    stream::{FuturesUnordered, SplitSink, SplitStream},
};
use interprocess::local_socket::tokio::Stream;
use tamis_core::{
    Tongue,
    api::{API_VERSION, Call, Event, MAX_FRAME, Message, RefusedKind, Reply, Request},
};
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        mpsc,
    },
    time::timeout,
};
use tokio_util::codec::{Framed, LengthDelimitedCodec};
use tracing::{debug, error, info};

use super::Handler;
use crate::tongue;

/// A client says hello at once or never.
const HELLO: Duration = Duration::from_secs(10);

/// A client that has not taken one frame in this time does not read.
const SLOW: Duration = Duration::from_secs(10);

/// Calls of one client that are being answered at the same time. More wait in its socket.
const MAX_CALLS: usize = 8;

/// Messages waiting for one client to read them.
const QUEUE: usize = 16;

type Frames = Framed<Stream, LengthDelimitedCodec>;

pub(super) async fn serve<H: Handler>(stream: Stream, handler: Arc<H>) {
    let codec = LengthDelimitedCodec::builder().max_frame_length(MAX_FRAME).new_codec();
    let mut frames = Framed::new(stream, codec);
    let Ok(Some((client, tongue))) = timeout(HELLO, greet(&mut frames)).await else { return };
    debug!(client, "a client is here");
    // From here on, so that nothing is missed between a client's first question and its first event.
    let events = handler.events();
    let (sink, source) = frames.split();
    let (out, queue) = mpsc::channel(QUEUE);
    tokio::select! {
        () = write(sink, queue) => {}
        () = answer(source, &out, handler.as_ref(), tongue) => {}
        () = announce(events, &out) => {}
    }
}

/// Whether the first call is a hello in our version; then the client's name and language. Whatever it is, the client is told.
async fn greet(frames: &mut Frames) -> Option<(String, Tongue)> {
    let call = read_call(frames.next().await)?;
    let (reply, name) = if let Request::Hello { api_version, client, language } = call.request {
        if api_version != API_VERSION {
            info!(api_version, "a client of another version was sent away");
        }
        let tongue = Tongue::of_code(&language);
        (hello(), Some((client, tongue)).filter(|_| api_version == API_VERSION))
    } else {
        (refused("the first call must be Hello", RefusedKind::Person), None)
    };
    frames.send(encode(&Message::Reply { id: call.id, reply })?).await.ok()?;
    name
}

/// Answers calls until the client hangs up or says what cannot be understood. A new greeting is of another language.
async fn answer<H: Handler>(
    mut source: SplitStream<Frames>,
    out: &mpsc::Sender<Message>,
    handler: &H,
    mut tongue: Tongue,
) {
    let mut calls = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(message) = calls.next(), if !calls.is_empty() => if out.send(message).await.is_err() {
                return;
            },
            frame = source.next(), if calls.len() < MAX_CALLS => match read_call(frame) {
                Some(call) => {
                    if let Request::Hello { language, .. } = &call.request {
                        tongue = Tongue::of_code(language);
                    }
                    calls.push(Box::pin(tongue::within(tongue, one(call, handler))));
                }
                None => return,
            },
        }
    }
}

async fn one<H: Handler>(call: Call, handler: &H) -> Message {
    if matches!(call.request, Request::Hello { .. }) {
        return Message::Reply { id: call.id, reply: hello() };
    }
    let reply = AssertUnwindSafe(handler.handle(call.request)).catch_unwind().await.unwrap_or_else(|_| {
        error!("a request was not answered because of a mistake in this program");
        refused("the agent could not answer because of a mistake of its own; its log says more", RefusedKind::Outside)
    });
    Message::Reply { id: call.id, reply }
}

/// Passes events on. They are hints: one that finds the queue full is not worth waiting for.
async fn announce(mut events: broadcast::Receiver<Event>, out: &mpsc::Sender<Message>) {
    loop {
        let news: &[Event] = match events.recv().await {
            Ok(Event::MailChanged) => &[Event::MailChanged],
            Ok(Event::StatusChanged) => &[Event::StatusChanged],
            // Some were missed, so anything may have changed.
            Err(RecvError::Lagged(_)) => &[Event::MailChanged, Event::StatusChanged],
            // The agent is stopping; calls that are under way are still answered.
            Err(RecvError::Closed) => return std::future::pending().await,
        };
        for event in news {
            out.try_send(Message::Event(*event)).ok();
        }
    }
}

/// Writes until the client no longer reads.
async fn write(mut sink: SplitSink<Frames, Bytes>, mut queue: mpsc::Receiver<Message>) {
    while let Some(message) = queue.recv().await {
        let Some(frame) = encode(&message) else { return };
        match timeout(SLOW, sink.send(frame)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => return info!("a client that does not read was let go"),
        }
    }
}

fn read_call(frame: Option<Result<BytesMut, std::io::Error>>) -> Option<Call> {
    match frame? {
        Ok(frame) => {
            serde_json::from_slice(&frame).inspect_err(|_| info!("a client that sent no call was let go")).ok()
        }
        Err(err) => {
            debug!(%err, "a connection broke");
            None
        }
    }
}

fn encode(message: &Message) -> Option<Bytes> {
    let frame = serde_json::to_vec(message).ok()?;
    if frame.len() <= MAX_FRAME {
        return Some(frame.into());
    }
    match message {
        Message::Reply { id, .. } => {
            let reply = refused("the answer is too long; ask for less", RefusedKind::Person);
            serde_json::to_vec(&Message::Reply { id: *id, reply }).ok().map(Bytes::from)
        }
        Message::Event(_) => None,
    }
}

fn hello() -> Reply {
    Reply::Hello { api_version: API_VERSION, agent: env!("CARGO_PKG_VERSION").to_owned() }
}

fn refused(text: &str, kind: RefusedKind) -> Reply {
    Reply::Refused { text: text.to_owned(), kind }
}
