//! The thread that talks to the agent: one owner, one queue, no shared state but the snapshot.

mod connection;
mod list;
mod watch;

use std::{
    collections::BTreeMap,
    sync::{Arc, mpsc::RecvTimeoutError},
    time::{Duration, Instant},
};

use interprocess::local_socket::Stream;
use tamis_core::api::{Call, Event, ListEntry, ListQuery, MailId, Message, Reply, Request};

use self::list::List;
use super::{
    Finished, Input, Job, Link, Opened, Outcome, Remote, Routed, Setup, Wish,
    job::{request_of, without_password, words},
    launch::Launched,
    wire,
};
use crate::text::{self, t};

/// A burst of new mail is a burst of events; asking for each would keep both sides busy for nothing.
const BETWEEN_LISTS: Duration = Duration::from_millis(200);

/// More than anybody asks for while an agent starts.
const MOST_KEPT: usize = 32;

/// As many changes as anybody looks through.
const MOST_CHANGES: u32 = 500;

/// Runs until the window is gone.
pub(super) fn run(remote: Remote, setup: Setup) {
    text::speak(setup.language);
    let mut worker = Worker {
        remote,
        setup,
        list: List::default(),
        accounts: Vec::new(),
        open: None,
        has_history: false,
        has_lists: false,
        route: String::new(),
        watch: Vec::new(),
        wire: None,
        connection: 0,
        call: 0,
        asked: BTreeMap::new(),
        stale: Stale::default(),
        watch_not_before: None,
        attempts: 0,
        retry_at: Some(Instant::now()),
        launched: None,
        is_coming: true,
        kept: Vec::new(),
        is_looked_at: false,
    };
    while worker.turn() {}
}

struct Worker {
    remote: Remote,
    setup: Setup,
    list: List,
    /// The names of the accounts there are.
    accounts: Vec<String>,
    open: Option<MailId>,
    has_history: bool,
    has_lists: bool,
    /// The account whose way of mail was asked for last.
    route: String,
    /// What the open page watches, and whether it must be asked again.
    watch: Vec<(Request, bool)>,
    wire: Option<Wire>,
    connection: u64,
    call: u64,
    asked: BTreeMap<u64, Ask>,
    stale: Stale,
    watch_not_before: Option<Instant>,
    attempts: usize,
    retry_at: Option<Instant>,
    launched: Option<(Launched, Instant)>,
    /// Whether the agent may be there any moment.
    is_coming: bool,
    /// What the person asked for meanwhile.
    kept: Vec<Job>,
    is_looked_at: bool,
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
    Outline(ListQuery),
    /// Of which numbers they are the first, if they are.
    Rows(Option<u64>),
    Text(Box<ListQuery>, String),
    Mail(MailId),
    History,
    /// What has come of the lists so far.
    Lists(Vec<ListEntry>),
    Route(String),
    Watch(Box<Request>),
    Looks,
    Do(Job),
}

/// What must be asked again.
#[derive(Default)]
struct Stale {
    status: bool,
    mail: bool,
    history: bool,
    lists: bool,
}

impl Worker {
    /// One turn of the loop: do what is due, then take one input. `false` when the window is gone.
    fn turn(&mut self) -> bool {
        let now = Instant::now();
        if self.wire.is_none() && self.retry_at.is_some_and(|at| at <= now) {
            self.connect(now);
        }
        if self.wire.as_ref().and_then(|wire| wire.greet_by).is_some_and(|at| at <= now) {
            self.lost(&t!("client-silent"));
        }
        self.ask_what_is_stale(now);
        match self.next_input() {
            Ok(Input::Wish(wish)) => self.wish(wish),
            Ok(Input::Frame(connection, message)) if connection == self.connection => self.message(*message),
            Ok(Input::Closed(connection, text)) if connection == self.connection && self.wire.is_some() => {
                self.lost(&t!("client-ended", why = text));
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
            Some(_) => self.list.due().chain(self.watch_due()).min(),
        };
        match due {
            None => self.remote.queue.recv().map_err(RecvTimeoutError::from),
            Some(at) => self.remote.queue.recv_timeout(at.saturating_duration_since(Instant::now())),
        }
    }

    fn call(&mut self, ask: Ask, request: Request) {
        let Some(wire) = &mut self.wire else { return };
        self.call += 1;
        let sent = wire::write_frame(&mut &*wire.stream, &Call { id: self.call, request });
        self.asked.insert(self.call, ask);
        if let Err(error) = sent {
            self.lost(&t!("client-ended", why = error.to_string()));
        }
    }

    fn ask_what_is_stale(&mut self, now: Instant) {
        if !self.is_online() {
            return;
        }
        let Stale { mut status, mut mail, mut history, mut lists } = self.stale;
        for ask in self.asked.values() {
            match ask {
                Ask::Status => status = false,
                Ask::Mail(_) => mail = false,
                Ask::History => history = false,
                Ask::Lists(_) => lists = false,
                Ask::Hello
                | Ask::Outline(_)
                | Ask::Rows(_)
                | Ask::Text(..)
                | Ask::Route(_)
                | Ask::Watch(_)
                | Ask::Looks
                | Ask::Do(_) => {}
            }
        }
        self.ask_for_list(now);
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
        if lists && self.has_lists {
            self.stale.lists = false;
            self.call(Ask::Lists(Vec::new()), Request::Entries { after: 0 });
        }
        self.watch(now);
    }

    fn wish(&mut self, wish: Wish) {
        match wish {
            Wish::List(want) => self.want_list(want),
            Wish::See(ids) => self.see(ids),
            Wish::Open(id) => {
                self.open = id;
                self.stale.mail = id.is_some();
                self.set_opened(id.map_or(Opened::Nothing, Opened::Loading));
            }
            Wish::History(is_wanted) => {
                self.has_history = is_wanted;
                self.stale.history = true;
            }
            Wish::Lists(is_wanted) => {
                self.has_lists = is_wanted;
                self.stale.lists = true;
            }
            Wish::Route(account) => {
                let is_online = self.is_online();
                let text = t!("client-route-offline");
                self.set_route(if is_online { Routed::Loading } else { Routed::Failed(text) });
                if is_online {
                    let request = Request::Route { account: account.clone(), selectors: Vec::new() };
                    self.call(Ask::Route(account.clone()), request);
                    self.route = account;
                }
            }
            Wish::Watch(requests) => self.start_watching(requests),
            Wish::Do(job) if self.is_online() => {
                let request = request_of(&job);
                self.call(Ask::Do(without_password(job)), request);
            }
            Wish::Do(job) if self.is_coming && self.kept.len() < MOST_KEPT => self.kept.push(job),
            Wish::Do(job) => self.refuse(job),
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
                self.speak(prefs.language);
            }
            Wish::Looks(is_looked_at) => {
                self.is_looked_at = is_looked_at;
                if self.is_online() {
                    self.call(Ask::Looks, Request::Looks(is_looked_at));
                }
            }
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Event(Event::MailChanged) => {
                self.list.again();
                self.stale.status = true;
                self.stale.history = true;
                self.stale.lists = true;
                self.watch_again();
            }
            Message::Event(Event::StatusChanged) => {
                self.stale.status = true;
                self.watch_again();
            }
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
            (Ask::Status, Reply::Status(status)) => {
                self.note_accounts(status.accounts.iter().map(|account| account.name.clone()).collect());
                self.remote.update(|snapshot| {
                    let changed = snapshot.status.as_deref() != Some(&status);
                    snapshot.status = Some(Arc::new(status));
                    changed
                });
            }
            (Ask::Outline(want), Reply::Outline(outline)) => self.outline(want, outline),
            (Ask::Rows(first_of), Reply::Rows(rows)) => self.rows(first_of, rows),
            (Ask::Text(query, account), reply) => self.text_found(&query, account, reply),
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
            (Ask::Lists(known), Reply::Entries(more)) => self.entries(known, more),
            (Ask::Route(account), reply) if account == self.route => {
                self.set_route(if let Reply::Route(report) = reply {
                    Routed::Report(Arc::new(*report))
                } else {
                    Routed::Failed(words(reply))
                });
            }
            (Ask::Watch(request), reply) => self.watched(&request, reply),
            (Ask::Do(job), reply) => self.finished(job, reply),
            // An answer to what is no longer wanted, or a refusal to say how things are: the next event asks again.
            (
                Ask::Status
                | Ask::Outline(_)
                | Ask::Rows(_)
                | Ask::Mail(_)
                | Ask::History
                | Ask::Lists(_)
                | Ask::Route(_)
                | Ask::Looks,
                _,
            ) => {}
        }
    }

    /// Some of the lists have come. Long ones come in parts.
    fn entries(&mut self, mut known: Vec<ListEntry>, more: Vec<ListEntry>) {
        if let Some(last) = more.last().map(|entry| entry.id) {
            known.extend(more);
            return self.call(Ask::Lists(known), Request::Entries { after: last });
        }
        self.remote.update(|snapshot| {
            let changed = snapshot.entries.as_deref() != Some(&known);
            if changed {
                snapshot.entries = Some(Arc::new(known));
            }
            changed
        });
    }

    fn set_route(&self, route: Routed) {
        self.remote.update(|snapshot| {
            let changed = snapshot.route != route;
            snapshot.route = route;
            changed
        });
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
        self.list.again();
        self.stale.history = true;
        self.stale.lists = true;
        self.watch_again();
        let outcome = if let Reply::Done { text, undo } = reply {
            Outcome::Done(text, undo)
        } else if let Reply::Account(report) = reply {
            Outcome::Tested(report)
        } else if let Reply::Servers(found) = reply {
            Outcome::Found(found)
        } else if let Reply::SignIn(view) = reply {
            Outcome::SignIn(view)
        } else {
            Outcome::Refused(words(reply))
        };
        self.remote.finish(Finished { job, outcome });
    }
}
