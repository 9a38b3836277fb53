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
    AccountForm, AccountReport, BatchId, Change, MailDetail, MailId, MailRow, Message, Show, Status, Steer,
};

pub use launch::Launcher;
pub use wire::{read_frame, write_frame};

use crate::prefs::Prefs;

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
}

/// Which rows are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Which mail.
    pub show: Show,
    /// What sender or subject must contain.
    pub search: String,
    /// At most so many.
    pub limit: u32,
}

/// Rows, with the question they answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// The question.
    pub want: Want,
    /// The answer, newest first.
    pub rows: Vec<MailRow>,
    /// How many there are without the limit.
    pub total: u32,
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
    /// Show these rows, now and whenever they change.
    List(Want),
    /// Show this message.
    Open(Option<MailId>),
    /// Show what was changed, now and whenever that changes; or no longer.
    History(bool),
    /// Have the agent do something, and say how it went.
    Do(Job),
    /// Try to connect now.
    Reconnect,
    /// Remember these settings of the window.
    Keep(Prefs),
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
    /// Take back a change; the newest if none is named.
    Undo(Option<BatchId>),
    /// Look for new mail.
    CheckNow,
    /// Try an account without keeping it.
    TestAccount(Box<AccountForm>),
    /// Try and keep an account.
    AddAccount(Box<AccountForm>),
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
    /// Do what a link in a digest says.
    Follow(String),
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
