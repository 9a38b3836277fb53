//! One account, attended to from connection to connection until it is told to stop.
//!
//! [`Machine`] says what comes next; this does it. All work of one account happens here, one thing after the other, so two
//! changes of one mailbox never cross. Whatever is cut off is in the journal and taken up at the next connection.

mod folders;

use std::{
    ops::ControlFlow,
    path::Path,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use tamis_core::{
    api::{AccountState, MailId},
    config::{Account, PasswordSource},
};
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{debug, info};

use self::folders::{ensure_junk, ensure_quarantine, ensure_train_folders, unmade_folder};
use super::{
    Shared,
    desk::{Desk, Trouble},
    look::{self, Unreadable},
    others::{self, Others},
    perform,
};
use crate::{
    clock, keys,
    mailbox::{
        CommandError, ConnectError, Retry, Session,
        machine::{Command, Event, Machine, Wake},
    },
    store::{AccountId, folder, mail},
};

/// A gap between the two clocks of the system that only sleep explains.
const SLEEP: Duration = Duration::from_mins(1);

/// How often the password file is looked at after the server has refused the password.
const PASSWORD_LOOK: Duration = Duration::from_secs(30);

/// What others want of an account.
#[derive(Debug)]
pub(super) enum Order {
    /// There is something pending in the journal.
    Perform,
    /// Look for new mail.
    Look,
    /// The text of a message; `None` if it is no longer there. Not answered at all while there is no connection.
    Show {
        /// Which.
        mail: MailId,
        /// Where the text goes.
        reply: oneshot::Sender<Option<Vec<u8>>>,
    },
}

/// Attends to one account until `stop` says so.
pub(super) async fn attend(
    shared: Arc<Shared>,
    account: Account,
    id: AccountId,
    orders: mpsc::Receiver<Order>,
    mut stop: watch::Receiver<bool>,
) {
    let poll = Duration::from_secs(shared.config().poll_secs());
    let (unreadable, others) = (Unreadable::default(), Others::default());
    let mut attendant = Attendant { shared, account, id, orders, session: None, unreadable, others };
    let mut machine = Machine::new(poll);
    let mut event = Event::Started;
    loop {
        let command = machine.step(event, jitter());
        debug!(account = id.0, ?event, ?command, "next");
        event = tokio::select! {
            biased;
            _ = stop.changed() => break,
            event = attendant.obey(command) => event,
        };
    }
    // A session cut off in the middle of something is not usable, and then there is nobody to say goodbye to.
    if let Some((session, _)) = attendant.session.take() {
        session.logout().await;
    }
}

struct Attendant {
    shared: Arc<Shared>,
    account: Account,
    id: AccountId,
    orders: mpsc::Receiver<Order>,
    session: Option<(Session, Desk)>,
    unreadable: Unreadable,
    others: Others,
}

impl Attendant {
    async fn obey(&mut self, command: Command) -> Event {
        match command {
            Command::Connect => self.connect().await,
            Command::Perform => {
                let Some((session, desk)) = &mut self.session else { return Event::Lost };
                match perform::all(desk, session).await {
                    Ok(_) => Event::Performed,
                    Err(trouble) => self.lost(&trouble),
                }
            }
            Command::LookForNew => {
                let Some((session, desk)) = &mut self.session else { return Event::Lost };
                // The settings may have changed since the last look.
                desk.config = self.shared.config();
                // What the server refused before, it may do now.
                let worked = match perform::all(desk, session).await {
                    Ok(_) => look::look(desk, session, &mut self.unreadable).await,
                    Err(trouble) => Err(trouble),
                };
                match worked {
                    Ok(looked) => {
                        desk.selection = looked.selection;
                        if let Err(trouble) = others::look_around(desk, session, &looked, &mut self.others).await {
                            return self.lost(&trouble);
                        }
                        self.state(AccountState::Watching, "Watching the inbox");
                        Event::CaughtUp
                    }
                    Err(trouble) => self.lost(&trouble),
                }
            }
            Command::Idle(limit) => self.idle(limit).await,
            Command::Wait(limit) => self.wait(Some(limit)).await,
            Command::AskPerson(limit) => self.ask_person(limit).await,
        }
    }

    async fn connect(&mut self) -> Event {
        if let Some((session, _)) = self.session.take() {
            session.logout().await;
        }
        self.state(AccountState::Connecting, &format!("Connecting to {}", self.account.host));
        match self.open().await {
            Ok(opened) => {
                info!(account = self.id.0, "connected");
                self.session = Some(opened);
                Event::Connected
            }
            Err(refusal) => {
                info!(account = self.id.0, retry = ?refusal.retry, "not connected");
                let state = match refusal.retry {
                    Retry::Later => AccountState::Retrying,
                    Retry::AfterPerson => AccountState::NeedsYou,
                };
                self.state(state, &refusal.text);
                Event::NotConnected { retry: refusal.retry, is_login_refused: refusal.is_login_refused }
            }
        }
    }

    async fn open(&mut self) -> Result<(Session, Desk), Refusal> {
        let account = self.account.clone();
        let password = tokio::task::spawn_blocking(move || keys::password(&account)).await;
        let secret = match password {
            Ok(Ok(secret)) => secret,
            Ok(Err(err)) => return Err(Refusal::of_person(err.to_string())),
            Err(err) => return Err(Refusal::of_person(err.to_string())),
        };
        let mut session = Session::connect(&self.account, &secret, &self.shared.tls).await?;
        let after = |error: CommandError| Refusal::from(ConnectError::after_login(&self.account, error));
        let folders = session.folders().await.map_err(after)?;
        let account = self.account.clone();
        let unmade = |error| unmade_folder(&account, error);
        let junk = ensure_junk(&self.shared, (&account, self.id), &mut session, &folders).await?;
        let train =
            ensure_train_folders(&self.shared, &account, &mut session, (&folders, &junk)).await.map_err(after)?;
        let quarantine = ensure_quarantine(&account, &mut session, &folders).await.map_err(unmade)?;
        let originals = match &account.archive_folder {
            Some(wanted) => Some(session.ensure_folder(&folders, wanted).await.map_err(unmade)?),
            None => None,
        };
        let (id, wire) = (self.id, junk.wire().to_owned());
        let stored = self.shared.store.run(move |db| {
            folder::set_junk_folder(db, id, &wire)?;
            quarantine.map_or(Ok(()), |quarantine| folder::set_quarantine_folder(db, id, quarantine.wire()))
        });
        stored.await.map_err(|err| Refusal::later(format!("The store failed: {err}")))?;
        self.shared.board.junk(&self.account.name, &junk.shown());
        let desk = Desk {
            shared: Arc::clone(&self.shared),
            config: self.shared.config(),
            account: self.account.clone(),
            id: self.id,
            junk,
            originals,
            train,
            selection: 0,
        };
        Ok((session, desk))
    }

    async fn idle(&mut self, limit: Duration) -> Event {
        let Some((session, desk)) = &mut self.session else { return Event::Lost };
        // Looking for a filed message may have selected another folder, or the inbox anew: news would not be heard.
        if session.selections() != desk.selection {
            return Event::Woken(Wake::Look);
        }
        let clocks = Clocks::read();
        let mut order = None;
        let idled = session.idle(async { order = self.orders.recv().await }, limit).await;
        // What is in the journal is taken up at the next connection; a window waiting for a text is told to wait.
        if clocks.have_slept() {
            drop(order);
            return Event::Woken(Wake::Slept);
        }
        match (idled, order) {
            (Err(error), _) => self.lost(&error.into()),
            (Ok(_), Some(order)) => self.take(order).await,
            (Ok(idled), None) => Event::Idled(idled),
        }
    }

    /// Waits, with or without a session.
    async fn wait(&mut self, limit: Option<Duration>) -> Event {
        let clocks = Clocks::read();
        let order = match limit {
            Some(limit) => tokio::time::timeout(limit, self.orders.recv()).await.unwrap_or(None),
            None => self.orders.recv().await,
        };
        // What is in the journal is taken up at the next connection; a window waiting for a text is told to wait.
        if clocks.have_slept() {
            drop(order);
            return Event::Woken(Wake::Slept);
        }
        match order {
            Some(order) => self.take(order).await,
            None => Event::Waited,
        }
    }

    /// Waits for the person. A password file that was written anew is as good as their word.
    async fn ask_person(&mut self, limit: Option<Duration>) -> Event {
        let PasswordSource::File(path) = self.account.password.clone() else { return self.wait(limit).await };
        if limit.is_some() {
            return self.wait(limit).await;
        }
        let before = written_at(&path);
        loop {
            let event = self.wait(Some(PASSWORD_LOOK)).await;
            if event != Event::Waited {
                return event;
            }
            if written_at(&path) != before {
                return Event::Woken(Wake::PersonActed);
            }
        }
    }

    async fn take(&mut self, order: Order) -> Event {
        match order {
            Order::Perform => Event::Woken(Wake::Actions),
            // Whoever asks for new mail of an account that is not connected may have put the password right.
            Order::Look if self.session.is_none() => Event::Woken(Wake::PersonActed),
            Order::Look => {
                self.others.ask();
                Event::Woken(Wake::Look)
            }
            Order::Show { mail, reply } => match self.show(mail).await {
                Ok(ControlFlow::Continue(raw)) => {
                    // Whoever asked may have closed the window.
                    reply.send(raw).ok();
                    Event::Woken(Wake::Look)
                }
                // Not connected: looking at a message must not shorten the wait for the next try.
                Ok(ControlFlow::Break(())) => {
                    drop(reply);
                    Event::Woken(Wake::Look)
                }
                Err(trouble) => self.lost(&trouble),
            },
        }
    }

    async fn show(&mut self, id: MailId) -> Result<ControlFlow<(), Option<Vec<u8>>>, Trouble> {
        let Some((session, desk)) = &mut self.session else { return Ok(ControlFlow::Break(())) };
        let Some(found) = self.shared.store.run(move |db| mail::mail(db, id)).await? else {
            return Ok(ControlFlow::Continue(None));
        };
        let wanted = perform::Wanted {
            key: found.shape_key,
            message_id: &found.judged.message_id,
            size: found.judged.size,
            place: &found.location,
            folders: vec!["INBOX".to_owned(), desk.junk.wire().to_owned(), found.home.clone()],
            is_any_size: found.shape != mail::Shape::Original,
        };
        let fetched = perform::fetch(desk, session, &wanted).await?;
        Ok(ControlFlow::Continue(fetched.map(|fetched| fetched.raw)))
    }

    fn lost(&mut self, trouble: &Trouble) -> Event {
        self.session = None;
        info!(account = self.id.0, "the connection was given up");
        let text = match trouble {
            Trouble::Imap(error) => {
                // Servers end their words with a full stop or without.
                let why = error.to_string();
                format!("The connection to {} broke ({}). Trying again", self.account.host, why.trim_end_matches('.'))
            }
            Trouble::Store(error) => {
                let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
                format!("The store failed ({error}{cause}). Trying again")
            }
            Trouble::NotNow(why) => format!("{why}. Trying again"),
        };
        self.state(AccountState::Retrying, &text);
        Event::Lost
    }

    fn state(&self, state: AccountState, text: &str) {
        self.shared.state(&self.account.name, state, text);
    }
}

/// Why there is no session, for the person.
pub(super) struct Refusal {
    retry: Retry,
    is_login_refused: bool,
    text: String,
}

impl Refusal {
    pub(super) fn of_person(text: String) -> Self {
        Self { retry: Retry::AfterPerson, is_login_refused: false, text }
    }

    fn later(text: String) -> Self {
        Self { retry: Retry::Later, is_login_refused: false, text }
    }
}

impl From<ConnectError> for Refusal {
    fn from(error: ConnectError) -> Self {
        Self { retry: error.retry(), is_login_refused: error.is_login_refused(), text: error.advice() }
    }
}

/// Both clocks of the system: one stands still while the machine sleeps.
struct Clocks {
    running: Instant,
    wall: SystemTime,
}

impl Clocks {
    fn read() -> Self {
        Self { running: Instant::now(), wall: SystemTime::now() }
    }

    fn have_slept(&self) -> bool {
        let wall = self.wall.elapsed().unwrap_or_default();
        SLEEP < wall.saturating_sub(self.running.elapsed())
    }
}

fn written_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|found| found.modified()).ok()
}

/// Something between 0 and 255 that differs between accounts and times.
fn jitter() -> u8 {
    let nanos = clock::subsec_nanos();
    u8::try_from(nanos / 1000 % 256).unwrap_or(0)
}

#[cfg(test)]
mod tests;
