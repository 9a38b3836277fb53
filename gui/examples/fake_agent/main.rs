//! An agent that only pretends, for working on the window: no mail, no network, the same socket and language.
//!
//! ```text
//! cargo run -p tamis --example fake_agent -- HOME [ROWS]      then: tamis --home HOME
//! ```
//!
//! With ROWS it makes up that many messages instead of the written ones; with `ROWS` 0 there is no account yet.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers, which may end with a message")]

mod accounts;
mod backfill;
mod figures;
mod health;
mod learning;
mod lists;
mod mail;
mod message;
mod people;
mod review;
mod route;
mod state;

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use interprocess::local_socket::{GenericFilePath, ListenerOptions, Stream, ToFsName as _, prelude::*};
use tamis::client::{read_frame, write_frame};
use tamis_core::api::{Call, Event, Message, Request};

use state::State;

fn main() {
    let mut args = std::env::args().skip(1);
    let home = PathBuf::from(args.next().unwrap_or_else(|| "fake-home".to_owned()));
    let rows = match args.next().and_then(|rows| rows.parse().ok()) {
        Some(number) => mail::many(number),
        None => mail::written(),
    };
    std::fs::create_dir_all(&home).unwrap();
    let socket = home.join("agent.sock");
    std::fs::remove_file(&socket).ok();
    let name = socket.clone().to_fs_name::<GenericFilePath>().unwrap();
    let listener = ListenerOptions::new().name(name).create_sync().unwrap();
    println!("pretending at {}", socket.display());
    let state = Arc::new(Mutex::new(State::new(rows)));
    for stream in listener.incoming() {
        let (stream, state) = (Arc::new(stream.unwrap()), Arc::clone(&state));
        thread::Builder::new().spawn(move || serve(&stream, &state)).unwrap();
    }
}

/// How often a look at older mail says that it has got on.
const BETWEEN_TICKS: Duration = Duration::from_millis(300);

fn serve(stream: &Arc<Stream>, state: &Arc<Mutex<State>>) {
    let writing = Arc::new(Mutex::new(()));
    let write = |message: &Message| write_alone(stream, &writing, message);
    let ticker = (Arc::clone(stream), Arc::clone(state), Arc::clone(&writing));
    thread::Builder::new().spawn(move || tick(&ticker.0, &ticker.1, &ticker.2)).unwrap();
    let mut reader = &**stream;
    while let Ok(call) = read_frame::<Call>(&mut reader) {
        if matches!(call.request, Request::TestAccount(_) | Request::AddAccount(_) | Request::FindText { .. }) {
            thread::sleep(Duration::from_millis(900));
        }
        let (reply, is_change) = state.lock().unwrap().answer(call.request);
        if write(&Message::Reply { id: call.id, reply }).is_err() {
            return;
        }
        let events = [Event::MailChanged, Event::StatusChanged];
        for event in events.into_iter().filter(|_| is_change) {
            write(&Message::Event(event)).ok();
        }
    }
}

fn write_alone(mut stream: &Stream, writing: &Mutex<()>, message: &Message) -> io::Result<()> {
    let _alone = writing.lock().unwrap_or_else(PoisonError::into_inner);
    write_frame(&mut stream, message)
}

/// Tells the window of every step of a look at older mail, and that it has ended, until the window is gone.
fn tick(stream: &Stream, state: &Mutex<State>, writing: &Mutex<()>) {
    let mut is_moving = false;
    loop {
        thread::sleep(BETWEEN_TICKS);
        let was_moving = std::mem::replace(&mut is_moving, state.lock().unwrap().is_moving());
        if (is_moving || was_moving) && write_alone(stream, writing, &Message::Event(Event::StatusChanged)).is_err() {
            return;
        }
    }
}
