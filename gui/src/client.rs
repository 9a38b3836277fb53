//! The window's end of the local socket.
//!
//! A thread of its own talks to the agent, so that no frame of the window ever waits. It keeps what it heard last in a
//! [`Snapshot`], which is cheap to take, and wakes the window only when that has changed.
//!
//! ```text
//!  window ──Wish──▶ queue ──▶ worker thread ──Call──▶ agent
//!     ▲                ▲            │
//!     └──Snapshot──────│────────────┘    (swapped, then the window is woken)
//!                      └── reader thread ◀──Message── agent
//! ```

mod job;
mod launch;
mod listing;
mod wire;
mod worker;

use std::{
    collections::VecDeque,
    fmt, io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use tamis_core::api::{
    AccountForm, AccountReport, BatchId, Change, FoundServers, ListEntry, ListQuery, MailDetail, MailId, Message,
    NewListEntry, Reply, Request, RouteReport, SignInFor, SignInStage, SignInView, Status, Steer,
};

pub use launch::Launcher;
pub use listing::{Listing, TextSearch};
pub use wire::{read_frame, write_frame};

use crate::prefs::{Language, Prefs};

/// What a person can do between two answers, and then some.
const QUEUE: usize = 256;

/// More answers than anybody can read before the next frame.
const ANSWERS: usize = 64;

/// How the connection is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not tried yet.
    #[default]
    Connecting,
    /// No agent answered, so one was started.
    Starting,
    /// The agent answers.
    Online {
        /// Its version.
        agent: String,
    },
    /// The agent does not answer, and why, in a sentence. Trying again by itself.
    Offline {
        /// For the person.
        text: String,
    },
    /// The agent speaks another version of the language.
    Mismatch {
        /// What to do.
        text: String,
    },
}

/// What the agent said last.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// How the connection is.
    pub link: Link,
    /// How everything is; kept while the agent is away.
    pub status: Option<Arc<Status>>,
    /// The list that was asked for last.
    pub listing: Option<Arc<Listing>>,
    /// The message that was opened last.
    pub opened: Opened,
    /// What was changed, newest first; `None` until it was asked for and has come.
    pub history: Option<Arc<Vec<Change>>>,
    /// The lists, oldest first; `None` until they were asked for and have come.
    pub entries: Option<Arc<Vec<ListEntry>>>,
    /// The way of mail to the account that was asked for last.
    pub route: Routed,
    /// What the page that is open watches.
    pub watched: Vec<Watched>,
}

impl Snapshot {
    /// The answer to what a page watches, or why there is none; `None` while the first one is on its way.
    pub fn answer(&self, request: &Request) -> Option<&Result<Arc<Reply>, String>> {
        self.watched.iter().find(|watched| watched.request == *request).and_then(|watched| watched.answer.as_ref())
    }
}

/// Something that a page watches.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// The question, asked again whenever something has changed.
    pub request: Request,
    /// The newest answer, or why there is none; `None` until the first has come.
    pub answer: Option<Result<Arc<Reply>, String>>,
}

/// The way of mail to an account.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Routed {
    /// Nobody has asked.
    #[default]
    Nothing,
    /// Asked for.
    Loading,
    /// Here it is.
    Report(Arc<RouteReport>),
    /// It could not be looked up.
    Failed(String),
}

/// The message in the reading pane.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Opened {
    /// None.
    #[default]
    Nothing,
    /// Asked for.
    Loading(MailId),
    /// Here it is.
    Mail(Arc<MailDetail>),
    /// It cannot be shown.
    Failed(MailId, String),
}

/// What the window wants of the client.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Show this list, now and whenever it changes.
    List(ListQuery),
    /// These rows of it are in sight, or near it.
    See(Vec<MailId>),
    /// Show this message.
    Open(Option<MailId>),
    /// Show what was changed, now and whenever that changes; or no longer.
    History(bool),
    /// Show the lists, now and whenever they change; or no longer.
    Lists(bool),
    /// Look up the way of mail to that account, once.
    Route(String),
    /// Show the answers to these, now and whenever something changes, instead of those watched before.
    Watch(Vec<Request>),
    /// Have the agent do something, and say how it went.
    Do(Job),
    /// Try to connect now.
    Reconnect,
    /// Remember these settings of the window.
    Keep(Prefs),
    /// The person looks at the window, or no longer.
    Looks(bool),
}

/// What a message is taught as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// Wanted, back to the inbox, never judged again.
    Release,
    /// Unwanted.
    Spam,
    /// Wanted.
    Good,
}

/// What the agent can be told to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// Teach and move.
    Teach(Lesson, Vec<MailId>),
    /// Have the person taken off the mailing of a message; `true` writes the message that was shown.
    Unsubscribe(MailId, bool),
    /// Always accept or block mail, as that entry says.
    PutOnList(NewListEntry),
    /// Let that entry of the lists count, or no longer.
    SwitchEntry(i64, bool),
    /// Remove that entry of the lists.
    RemoveEntry(i64),
    /// Take back a change; the newest if none is named.
    Undo(Option<BatchId>),
    /// Look for new mail.
    CheckNow,
    /// Try an account without keeping it.
    TestAccount(Box<AccountForm>),
    /// Try and keep an account.
    AddAccount(Box<AccountForm>),
    /// Let the agent start when the person logs in, or no longer.
    Autostart(bool),
    /// Find out where the mail of an address is.
    FindServers(String),
    /// Begin to sign in for an account; `true`: with a code on another device. The number tells attempts of the window apart.
    SignIn(Box<SignInFor>, bool, u64),
    /// Say how far that sign-in is, once it is not there any more.
    FollowSignIn(u64, Box<SignInStage>),
    /// Stop watching an account.
    RemoveAccount(String),
    /// File the messages of an account that wait for the person's word, or leave them.
    Held(String, bool),
    /// Look at mail of an account's last days from before the first contact, too.
    Backfill(String, u32),
    /// Pause that look, go on with it, or give it up.
    Steer(String, Steer),
    /// Put a digest into an account's inbox.
    SendDigest(String),
    /// Learn from an account's mail that is there; `true` takes what is in Junk for spam.
    Learn(String, bool),
    /// Pause that learning, go on with it, or give it up.
    SteerLearning(String, Steer),
    /// Do what a link in a digest says.
    Follow(String),
    /// Report a message as spam to others.
    ReportSpam(MailId),
    /// What has no name of its own here.
    Say(Box<Request>),
}

/// How a job went.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The job, without the password it may have carried.
    pub job: Job,
    /// How it went.
    pub outcome: Outcome,
}

/// The end of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Done, in words, and what takes it back.
    Done(String, Option<BatchId>),
    /// What a connection test found.
    Tested(AccountReport),
    /// Where mail may be.
    Found(FoundServers),
    /// How far a sign-in is.
    SignIn(Box<SignInView>),
    /// Not done, and why.
    Refused(String),
}

/// What reaches the worker.
#[derive(Debug)]
pub enum Input {
    /// From the window.
    Wish(Wish),
    /// From the agent, on that connection.
    Frame(u64, Box<Message>),
    /// That connection has ended, and why.
    Closed(u64, String),
    /// The window is gone.
    Stop,
}

/// The window's handle.
#[derive(Debug)]
pub struct Client {
    queue: SyncSender<Input>,
    board: Arc<Board>,
}

impl Client {
    /// Starts the thread. `wake` is called whenever there is something new to draw.
    pub fn start(setup: Setup, wake: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        let (client, remote) = pair(wake);
        thread::Builder::new().name("tamis-client".to_owned()).spawn(move || worker::run(remote, setup))?;
        Ok(client)
    }

    /// What the agent said last.
    pub fn snapshot(&self) -> Snapshot {
        lock(&self.board.snapshot).clone()
    }

    /// Every answer since the last call.
    pub fn take_finished(&self) -> Vec<Finished> {
        lock(&self.board.finished).drain(..).collect()
    }

    /// Passes a wish on. `false` if too many are waiting: the agent does not keep up, and nothing was done.
    pub fn send(&self, wish: Wish) -> bool {
        self.queue.try_send(Input::Wish(wish)).is_ok()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.queue.try_send(Input::Stop).ok();
    }
}

/// Where the agent is and how to start it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its socket.
    pub socket: PathBuf,
    /// How it is started.
    pub launcher: Launcher,
    /// Where the window's settings are kept; `None` keeps nothing.
    pub settings: Option<PathBuf>,
    /// In which language it speaks, and is to be answered, until [`Wish::Keep`] says otherwise.
    pub language: Language,
}

/// The other end of a [`Client`]: what the worker has, and a test that plays the worker.
#[derive(Debug)]
pub struct Remote {
    /// What the window wishes.
    pub queue: Receiver<Input>,
    /// A way into the same queue.
    pub(crate) sender: SyncSender<Input>,
    board: Arc<Board>,
}

impl Remote {
    /// Changes what the window sees, and wakes it if the change says so.
    pub fn update(&self, change: impl FnOnce(&mut Snapshot) -> bool) {
        let changed = change(&mut lock(&self.board.snapshot));
        if changed {
            (self.board.wake)();
        }
    }

    /// Tells the window how a job went.
    pub fn finish(&self, finished: Finished) {
        {
            let mut list = lock(&self.board.finished);
            if ANSWERS <= list.len() {
                list.pop_front();
            }
            list.push_back(finished);
        }
        (self.board.wake)();
    }
}

/// Both ends of a client without a thread.
pub fn pair(wake: impl Fn() + Send + Sync + 'static) -> (Client, Remote) {
    let (sender, queue) = sync_channel(QUEUE);
    let board = Arc::new(Board {
        snapshot: Mutex::new(Snapshot::default()),
        finished: Mutex::new(VecDeque::new()),
        wake: Box::new(wake),
    });
    (Client { queue: sender.clone(), board: Arc::clone(&board) }, Remote { queue, sender, board })
}

/// What both ends see. The locks are held for a swap, never for work.
struct Board {
    snapshot: Mutex<Snapshot>,
    finished: Mutex<VecDeque<Finished>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

/// Nothing is left half-changed under these locks, so one that a panic poisoned is as good as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
