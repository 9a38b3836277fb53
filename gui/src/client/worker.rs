//! The thread that talks to the agent: one owner, one queue, no shared state but the snapshot.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, mpsc::RecvTimeoutError},
    time::{Duration, Instant},
};

use interprocess::local_socket::Stream;
use tamis_core::api::{API_VERSION, Call, Event, MailId, Message, Reply, Request};

use super::{
    Finished, Input, Job, Link, Listing, Opened, Outcome, Remote, Setup, Want, Wish,
    job::{request_of, without_password, words},
    launch::Launched,
    wire,
};

/// Waits between two attempts to connect; the last one repeats.
const RETRIES: [Duration; 7] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
];

/// An agent that does not even greet in this time hangs.
const GREETING: Duration = Duration::from_secs(10);

/// A burst of new mail is a burst of events; asking for each would keep both sides busy for nothing.
const BETWEEN_LISTS: Duration = Duration::from_millis(200);

/// An agent that ends soon after its start is not started over and over.
const BETWEEN_LAUNCHES: Duration = Duration::from_mins(1);

/// A started agent may have a database to bring up to date first.
const START_UP: Duration = Duration::from_secs(8);

/// As many changes as anybody looks through.
const MOST_CHANGES: u32 = 500;

/// Runs until the window is gone.
pub(super) fn run(remote: Remote, setup: Setup) {
    let mut worker = Worker {
        remote,
        setup,
        want: Want::default(),
        open: None,
        has_history: false,
        wire: None,
        connection: 0,
        call: 0,
        asked: BTreeMap::new(),
        stale: Stale::default(),
        attempts: 0,
        retry_at: Some(Instant::now()),
        launched: None,
    };
    while worker.turn() {}
}

struct Worker {
    remote: Remote,
    setup: Setup,
    want: Want,
    open: Option<MailId>,
    has_history: bool,
    wire: Option<Wire>,
    connection: u64,
    call: u64,
    asked: BTreeMap<u64, Ask>,
    stale: Stale,
    attempts: usize,
    retry_at: Option<Instant>,
    launched: Option<(Launched, Instant)>,
}

struct Wire {
    stream: Arc<Stream>,
    /// `None` once the agent has greeted.
    greet_by: Option<Instant>,
}

/// What a call that waits for its answer was about.
#[derive(PartialEq)]
enum Ask {
    Hello,
    Status,
    List(Want),
    Mail(MailId),
    History,
    Do(Job),
}

/// What must be asked again.
#[derive(Default)]
struct Stale {
    status: bool,
    list: bool,
    mail: bool,
    history: bool,
    list_not_before: Option<Instant>,
}

impl Worker {
    /// One turn of the loop: do what is due, then take one input. `false` when the window is gone.
    fn turn(&mut self) -> bool {
        let now = Instant::now();
        if self.wire.is_none() && self.retry_at.is_some_and(|at| at <= now) {
            self.connect(now);
        }
        if self.wire.as_ref().and_then(|wire| wire.greet_by).is_some_and(|at| at <= now) {
            self.lost("Tamis cannot reach its agent: it does not answer");
        }
        self.ask_what_is_stale(now);
        match self.next_input() {
            Ok(Input::Wish(wish)) => self.wish(wish),
            Ok(Input::Frame(connection, message)) if connection == self.connection => self.message(*message),
            Ok(Input::Closed(connection, text)) if connection == self.connection && self.wire.is_some() => {
                self.lost(&format!("The connection to the agent has ended: {text}"));
            }
            Ok(Input::Frame(..) | Input::Closed(..)) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Input::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    /// Waits for the next input, or until something is due. At rest nothing is.
    fn next_input(&self) -> Result<Input, RecvTimeoutError> {
        let due = match &self.wire {
            None => self.retry_at,
            Some(Wire { greet_by: Some(at), .. }) => Some(*at),
            Some(_) => self.stale.list_not_before.filter(|_| self.stale.list),
        };
        match due {
            None => self.remote.queue.recv().map_err(RecvTimeoutError::from),
            Some(at) => self.remote.queue.recv_timeout(at.saturating_duration_since(Instant::now())),
        }
    }

    fn connect(&mut self, now: Instant) {
        self.connection += 1;
        match wire::open(&self.setup.socket, self.connection, self.remote.sender.clone()) {
            Ok(stream) => {
                self.wire = Some(Wire { stream, greet_by: Some(now + GREETING) });
                let client = format!("window {}", env!("CARGO_PKG_VERSION"));
                self.call(Ask::Hello, Request::Hello { api_version: API_VERSION, client });
            }
            Err(error) => {
                let link = self.unreachable(&error, now);
                self.retry_later(link, now);
            }
        }
    }

    /// Nobody listens: start an agent, or say why not.
    fn unreachable(&mut self, error: &io::Error, now: Instant) -> Link {
        let is_absent = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused);
        if !is_absent {
            let socket = self.setup.socket.display();
            return Link::Offline { text: format!("Tamis cannot reach its agent at {socket}: {error}") };
        }
        if let Some((launched, at)) = &mut self.launched
            && now < *at + BETWEEN_LAUNCHES
        {
            return match launched.ended() {
                Some(status) => Link::Offline {
                    text: format!("Tamis cannot start its agent: it ended at once ({status}). Its log says why"),
                },
                None if now < *at + START_UP => Link::Starting,
                None => Link::Offline { text: "The agent was started but does not answer yet".to_owned() },
            };
        }
        match self.setup.launcher.launch() {
            Ok(launched) => {
                self.launched = Some((launched, now));
                self.attempts = 0;
                Link::Starting
            }
            Err(error) => Link::Offline { text: format!("Tamis cannot start its agent: {error}") },
        }
    }

    fn retry_later(&mut self, link: Link, now: Instant) {
        let step = if link == Link::Starting { self.attempts.min(2) } else { self.attempts };
        let wait = RETRIES.get(step).or(RETRIES.last()).copied().unwrap_or(GREETING);
        self.attempts += 1;
        self.retry_at = Some(now + wait);
        self.set_link(link);
    }

    fn set_link(&self, link: Link) {
        self.remote.update(|snapshot| {
            let changed = snapshot.link != link;
            snapshot.link = link;
            changed
        });
    }

    /// Drops the connection and everything that hung on it.
    fn lost(&mut self, text: &str) {
        self.hang_up();
        self.retry_later(Link::Offline { text: text.to_owned() }, Instant::now());
    }

    fn hang_up(&mut self) {
        self.wire = None;
        self.connection += 1;
        for (_, ask) in std::mem::take(&mut self.asked) {
            if let Ask::Do(job) = ask {
                let text = "The agent went away before it answered. Look whether it was done before trying again";
                self.remote.finish(Finished { job, outcome: Outcome::Refused(text.to_owned()) });
            }
        }
    }

    fn is_online(&self) -> bool {
        self.wire.as_ref().is_some_and(|wire| wire.greet_by.is_none())
    }

    fn call(&mut self, ask: Ask, request: Request) {
        let Some(wire) = &mut self.wire else { return };
        self.call += 1;
        let sent = wire::write_frame(&mut &*wire.stream, &Call { id: self.call, request });
        self.asked.insert(self.call, ask);
        if let Err(error) = sent {
            self.lost(&format!("The connection to the agent has ended: {error}"));
        }
    }

    fn ask_what_is_stale(&mut self, now: Instant) {
        if !self.is_online() {
            return;
        }
        let Stale { mut status, mut list, mut mail, mut history, .. } = self.stale;
        for ask in self.asked.values() {
            match ask {
                Ask::Status => status = false,
                Ask::List(_) => list = false,
                Ask::Mail(_) => mail = false,
                Ask::History => history = false,
                Ask::Hello | Ask::Do(_) => {}
            }
        }
        if list && self.stale.list_not_before.is_none_or(|at| at <= now) && 0 < self.want.limit {
            self.stale.list = false;
            self.stale.list_not_before = Some(now + BETWEEN_LISTS);
            let Want { show, search, limit } = self.want.clone();
            self.call(Ask::List(self.want.clone()), Request::List { show, search, limit });
        }
        if status {
            self.stale.status = false;
            self.call(Ask::Status, Request::Status);
        }
        if mail && let Some(id) = self.open {
            self.stale.mail = false;
            self.call(Ask::Mail(id), Request::Mail(id));
        }
        if history && self.has_history {
            self.stale.history = false;
            self.call(Ask::History, Request::History { limit: MOST_CHANGES });
        }
    }

    fn wish(&mut self, wish: Wish) {
        match wish {
            Wish::List(want) => {
                self.want = want;
                self.stale.list = true;
                self.stale.list_not_before = None;
            }
            Wish::Open(id) => {
                self.open = id;
                self.stale.mail = id.is_some();
                self.set_opened(id.map_or(Opened::Nothing, Opened::Loading));
            }
            Wish::History(is_wanted) => {
                self.has_history = is_wanted;
                self.stale.history = true;
            }
            Wish::Do(job) if self.is_online() => {
                let request = request_of(&job);
                self.call(Ask::Do(without_password(job)), request);
            }
            Wish::Do(job) => {
                let text = "Nothing was done: the agent is not connected".to_owned();
                self.remote.finish(Finished { job: without_password(job), outcome: Outcome::Refused(text) });
            }
            Wish::Reconnect if self.is_online() => {}
            Wish::Reconnect => {
                self.launched = None;
                self.attempts = 0;
                self.wire = None;
                self.retry_at = Some(Instant::now());
                self.set_link(Link::Connecting);
            }
            Wish::Keep(prefs) => {
                // A full disk costs the colour scheme after the next start; no reason to bother anybody.
                self.setup.settings.as_deref().and_then(|file| prefs.save(file).ok());
            }
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Event(Event::MailChanged) => {
                self.stale.list = true;
                self.stale.status = true;
                self.stale.history = true;
            }
            Message::Event(Event::StatusChanged) => self.stale.status = true,
            Message::Reply { id, reply } => {
                if let Some(ask) = self.asked.remove(&id) {
                    self.reply(ask, reply);
                }
            }
        }
    }

    fn reply(&mut self, ask: Ask, reply: Reply) {
        match (ask, reply) {
            (Ask::Hello, reply) => self.greeted(reply),
            (Ask::Status, Reply::Status(status)) => self.remote.update(|snapshot| {
                let changed = snapshot.status.as_deref() != Some(&status);
                snapshot.status = Some(Arc::new(status));
                changed
            }),
            (Ask::List(want), Reply::List { rows, total }) if want == self.want => {
                let listing = Listing { want, rows, total };
                self.remote.update(|snapshot| {
                    let changed = snapshot.listing.as_deref() != Some(&listing);
                    if changed {
                        snapshot.listing = Some(Arc::new(listing));
                    }
                    changed
                });
            }
            (Ask::Mail(id), reply) if Some(id) == self.open => self.set_opened(if let Reply::Mail(mail) = reply {
                Opened::Mail(Arc::new(*mail))
            } else {
                Opened::Failed(id, words(reply))
            }),
            (Ask::History, Reply::History(changes)) => self.remote.update(|snapshot| {
                let changed = snapshot.history.as_deref() != Some(&changes);
                if changed {
                    snapshot.history = Some(Arc::new(changes));
                }
                changed
            }),
            (Ask::Do(job), reply) => self.finished(job, reply),
            // An answer to what is no longer wanted, or a refusal to say how things are: the next event asks again.
            (Ask::Status | Ask::List(_) | Ask::Mail(_) | Ask::History, _) => {}
        }
    }

    fn greeted(&mut self, reply: Reply) {
        let text = match reply {
            Reply::Hello { api_version, agent } if api_version == API_VERSION => {
                if let Some(wire) = &mut self.wire {
                    wire.greet_by = None;
                }
                self.attempts = 0;
                let mail = self.open.is_some();
                self.stale = Stale { status: true, list: true, mail, history: true, list_not_before: None };
                return self.set_link(Link::Online { agent });
            }
            Reply::Hello { api_version, agent } if api_version < API_VERSION => {
                format!("The agent that runs ({agent}) is older than this window. Restart the agent, or log out and in")
            }
            Reply::Hello { agent, .. } => {
                format!("The agent that runs ({agent}) is newer than this window. Restart the window, or upgrade Tamis")
            }
            Reply::Status(_)
            | Reply::List { .. }
            | Reply::Mail(_)
            | Reply::Done { .. }
            | Reply::Account(_)
            | Reply::History(_)
            | Reply::Refused { .. } => words(reply),
        };
        self.hang_up();
        self.attempts = RETRIES.len();
        self.retry_later(Link::Mismatch { text }, Instant::now());
    }

    fn set_opened(&self, opened: Opened) {
        self.remote.update(|snapshot| {
            let changed = snapshot.opened != opened;
            snapshot.opened = opened;
            changed
        });
    }

    fn finished(&mut self, job: Job, reply: Reply) {
        // The events that follow may be lost; what the person did must be seen.
        self.stale.status = true;
        self.stale.list = true;
        self.stale.history = true;
        let outcome = match reply {
            Reply::Done { text, undo } => Outcome::Done(text, undo),
            Reply::Account(report) => Outcome::Tested(report),
            Reply::Hello { .. }
            | Reply::Status(_)
            | Reply::List { .. }
            | Reply::Mail(_)
            | Reply::History(_)
            | Reply::Refused { .. } => Outcome::Refused(words(reply)),
        };
        self.remote.finish(Finished { job, outcome });
    }
}
