//! One account, attended to from connection to connection until it is told to stop.
//!
//! [`Machine`] says what comes next; this does it. All work of one account happens here, one thing after the other, so two
//! changes of one mailbox never cross. Whatever is cut off is in the journal and taken up at the next connection.

mod folders;
mod older;
mod orders;
mod password;
mod refusal;
mod round;
mod signal;
mod text;

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tamis_core::{
    api::{AccountState, Hears as Hearing},
    config::Account,
};
use tokio::{
    sync::{Mutex, mpsc, watch},
    time::Instant,
};
use tracing::{debug, info};

pub(super) use self::signal::Order;
use self::{
    folders::{ensure_held, ensure_junk, ensure_quarantine, ensure_train_folders, sides_of, unmade_folder},
    password::Asking,
    refusal::{Refusal, given_up},
    round::Round,
    signal::{Hears, Signal, next},
};
use super::{
    Shared,
    backfill::Older,
    bootstrap::Learning,
    desk::{Desk, Trouble},
    digest, fault,
    look::Unreadable,
    others::{self, Others},
    pause,
    sent::{self, SentFolder},
};
use crate::{
    clock::{self, Clocks},
    mailbox::{
        CommandError, ConnectError, FolderName, Idled, Retry, Role, Session,
        budget::Budget,
        machine::{Command, Event, METERED_POLL, Machine, Wake},
    },
    network::{self, Follower},
    store::{AccountId, folder},
};

/// How long something under way may take to be finished when the agent stops or the account is left.
const LAST_HAND: Duration = Duration::from_secs(2);

/// How long a session that is given up may take leave before the next is begun.
const GOODBYE: Duration = Duration::from_secs(1);

/// Attends to one account until `stop` says so, and anew after a fault.
pub(super) async fn watch(
    shared: Arc<Shared>,
    account: Account,
    id: AccountId,
    orders: mpsc::Receiver<Order>,
    stop: watch::Receiver<bool>,
) {
    let tell = |rest| shared.state(&account.name, AccountState::Retrying, &fault::resting(rest));
    fault::supervised(
        orders,
        stop,
        |orders, stop| attend(Arc::clone(&shared), account.clone(), id, orders, stop).boxed(),
        tell,
    )
    .await;
}

async fn attend(
    shared: Arc<Shared>,
    account: Account,
    id: AccountId,
    orders: &mut mpsc::Receiver<Order>,
    mut stop: watch::Receiver<bool>,
) {
    let mut attendant = Attendant::new(shared, account, id, orders);
    let mut machine = Machine::new(attendant.poll());
    let mut event = Event::Started;
    loop {
        machine.set_poll(attendant.poll());
        let command = machine.step(event, jitter());
        debug!(account = id.0, ?event, ?command, "next");
        let hands = Arc::clone(&attendant.hands);
        let mut work = pin!(attendant.obey(command));
        event = tokio::select! {
            biased;
            _ = stop.changed() => {
                // What is begun is finished: whoever leaves an account for good does not come back to it.
                let between = async { drop(hands.lock().await) };
                tokio::select! {
                    _ = work => {}
                    () = between => {}
                    () = tokio::time::sleep(LAST_HAND) => {}
                }
                break;
            }
            event = &mut work => event,
        };
    }
    // A session cut off in the middle of something is not usable, and then there is nobody to say goodbye to.
    if let Some((session, _)) = attendant.session.take() {
        session.logout().await;
    }
}

struct Attendant<'a> {
    shared: Arc<Shared>,
    account: Account,
    id: AccountId,
    orders: &'a mut mpsc::Receiver<Order>,
    session: Option<(Session, Desk)>,
    unreadable: Unreadable,
    network: Follower,
    /// Whether the server is this machine itself: it needs no network, and is no provider with limits.
    is_local: bool,
    budget: Budget,
    /// What the times of the budget are counted from.
    start: Instant,
    asking: Asking,
    /// Whether the person wants the next login.
    is_urged: bool,
    others: Others,
    sent: SentFolder,
    older: Older,
    learning: Learning,
    hands: Arc<Mutex<()>>,
    round: Round,
}

impl<'a> Attendant<'a> {
    fn new(shared: Arc<Shared>, account: Account, id: AccountId, orders: &'a mut mpsc::Receiver<Order>) -> Self {
        Self {
            network: shared.network.follow(),
            is_local: network::is_this_machine(&account.host),
            shared,
            account,
            id,
            orders,
            session: None,
            unreadable: Unreadable::default(),
            others: Others::default(),
            sent: SentFolder::default(),
            older: Older::default(),
            learning: Learning::default(),
            hands: Arc::default(),
            round: Round::default(),
            budget: Budget::default(),
            start: Instant::now(),
            asking: Asking::default(),
            is_urged: false,
        }
    }

    /// Which news of the network concern it, as things are now.
    fn hears(&self) -> Hears {
        match (self.session.is_some(), self.is_local) {
            (true, true) => Hears::Nothing,
            (true, false) => Hears::OfLosses,
            (false, _) => Hears::OfEverything,
        }
    }

    /// The longest time between two looks, as things are now.
    fn poll(&self) -> Duration {
        let poll = Duration::from_secs(self.shared.config().poll_secs());
        if self.shared.is_metered() && !self.is_local { poll.max(METERED_POLL) } else { poll }
    }

    async fn obey(&mut self, command: Command) -> Event {
        match command {
            Command::Connect => self.connect().await,
            Command::Perform => {
                let Some((session, desk)) = &mut self.session else { return Event::Lost };
                match self.round.perform(desk, session).await {
                    Ok(()) => Event::Performed,
                    Err(trouble) => self.lost(&trouble),
                }
            }
            Command::LookForNew => match self.look().await {
                Ok(()) => {
                    self.looked();
                    Event::CaughtUp
                }
                Err(trouble) => self.lost(&trouble),
            },
            Command::Idle(_) if self.round.has_more() => Event::Woken(Wake::Actions),
            Command::Idle(limit) => self.idle_or_look_back(limit).await,
            Command::Wait(limit) | Command::AwaitNetwork(limit) => self.wait(Some(limit)).await,
            Command::AskPerson(limit) => self.ask_person(limit).await,
        }
    }

    /// Looks at the inbox, and at the other folders if it is time.
    async fn look(&mut self) -> Result<(), Trouble> {
        let Some((session, desk)) = &mut self.session else {
            return Err(CommandError::NotSent("there is no connection").into());
        };
        // The settings may have changed since the last look.
        desk.config = self.shared.config();
        self.round.perform_before_look(desk, session).await?;
        if self.shared.paused_until().is_some() {
            // Nothing is read, but the server is to know that somebody is there.
            return session.noop().await.map_err(Into::into);
        }
        fault::caught(sent::look(desk, session, &mut self.sent)).await?;
        let looked = fault::caught(digest::look_and_report(desk, session, &mut self.unreadable)).await?;
        desk.selection = looked.selection;
        if self.shared.paused_until().is_some() {
            return Ok(());
        }
        fault::caught(others::look_around(desk, session, &looked, &mut self.others)).await?;
        fault::caught(sent::look_back(desk, session, &mut self.sent)).await
    }

    /// Says that the inbox was looked at, or that it is not for now.
    fn looked(&self) {
        if let Some(until) = self.shared.paused_until() {
            return self.state(AccountState::Watching, &format!("Filtering is paused {}", pause::words(until)));
        }
        let seconds = u32::try_from(self.poll().as_secs()).unwrap_or(u32::MAX);
        let is_told = self.session.as_ref().is_some_and(|(session, _)| session.can("IDLE"));
        let hears = if is_told { Hearing::AtOnce } else { Hearing::Every(seconds) };
        self.shared.board.looked(&self.account.name, clock::now(), hears);
        self.state(AccountState::Watching, "Watching the inbox");
    }

    async fn connect(&mut self) -> Event {
        if let Some((session, _)) = self.session.take() {
            // Over a network that is gone, it is not heard.
            tokio::time::timeout(GOODBYE, session.logout()).await.ok();
        }
        self.network.note();
        if self.is_cut_off().await {
            self.state(AccountState::Offline, "No network; Tamis goes on when there is one");
            return Event::NoNetwork;
        }
        let wait = self.budget.wait(self.start.elapsed(), self.is_urged);
        if wait != Duration::ZERO && !self.is_local {
            self.state(AccountState::Connecting, &format!("Connecting to {} in a minute at most", self.account.host));
            return Event::TooSoon(wait);
        }
        self.state(AccountState::Connecting, &format!("Connecting to {}", self.account.host));
        if std::mem::take(&mut self.is_urged) {
            self.asking.urge();
        }
        let mut network = self.network.clone();
        let opened = tokio::select! {
            biased;
            opened = self.open() => Some(opened),
            // Whatever is under way leads nowhere.
            () = network.news(true), if !self.is_local => None,
        };
        self.network = network;
        match opened {
            Some(Ok(opened)) => {
                info!(account = self.id.0, "connected");
                self.budget.spend(self.start.elapsed());
                self.session = Some(opened);
                self.round.begin_anew();
                Event::Connected
            }
            Some(Err(refusal)) => self.refused(&refusal),
            None => {
                // Whether the server has heard the password, nobody knows, unless there is none yet.
                if !self.asking.is_under_way() {
                    self.budget.spend(self.start.elapsed());
                }
                Event::Woken(Wake::NetworkChanged)
            }
        }
    }

    fn refused(&mut self, refusal: &Refusal) -> Event {
        info!(account = self.id.0, retry = ?refusal.retry, "not connected");
        if refusal.is_login {
            self.budget.spend(self.start.elapsed());
        }
        let state = match refusal.retry {
            Retry::Later | Retry::AfterPause => AccountState::Retrying,
            Retry::AfterPerson => AccountState::NeedsYou,
        };
        self.state(state, &refusal.text);
        Event::NotConnected { retry: refusal.retry, is_login_refused: refusal.is_login_refused }
    }

    /// Whether no way leads to the server.
    async fn is_cut_off(&mut self) -> bool {
        let is_reachable = self.is_local || self.network.state().is_online;
        !is_reachable && !network::leads_to(&self.account.host, self.account.port).await
    }

    async fn open(&mut self) -> Result<(Session, Desk), Refusal> {
        let mut session = self.session().await?;
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
        let sent = folders.find(Role::Sent).map(|folder| folder.name.clone()).filter(|sent| *sent != junk);
        let (id, wire) = (self.id, junk.wire().to_owned());
        let stored = self.shared.store.run(move |db| {
            folder::set_junk_folder(db, id, &wire)?;
            quarantine.map_or(Ok(()), |quarantine| folder::set_quarantine_folder(db, id, quarantine.wire()))?;
            folder::quarantine_folder(db, id)
        });
        let quarantine = stored.await.map_err(|err| Refusal::later(format!("The store failed: {err}")))?;
        let sides = Arc::new(sides_of(&folders, (&junk, quarantine), train.as_ref()));
        let taken: Vec<FolderName> = originals.iter().chain(&sent).cloned().collect();
        let held =
            ensure_held(&self.shared, &account, &mut session, (&folders, &sides, &taken)).await.map_err(after)?;
        self.shared.board.junk(&self.account.name, &junk.shown());
        self.shared.follow_servers(self.id, &self.account).await;
        let desk = Desk {
            shared: Arc::clone(&self.shared),
            config: self.shared.config(),
            account: self.account.clone(),
            id: self.id,
            junk,
            originals,
            held,
            sides,
            sent,
            train,
            hands: Arc::clone(&self.hands),
            selection: 0,
        };
        Ok((session, desk))
    }

    async fn idle(&mut self, limit: Duration) -> Event {
        let deadline = Instant::now() + limit;
        let (clocks, hears) = (Clocks::read(), self.hears());
        let Some((session, desk)) = &mut self.session else { return Event::Lost };
        if !hears_news(session, desk) {
            return Event::Woken(Wake::Look);
        }
        let (idled, signal) = loop {
            let mut signal = None;
            let wake = async { signal = next(self.orders, &mut self.network, hears).await };
            let idled = session.idle(wake, deadline.saturating_duration_since(Instant::now())).await;
            // One IDLE lasts five minutes; that nothing came in these is no reason to look.
            if idled != Ok(Idled::Quiet) || signal.is_some() || clocks.have_slept() || deadline <= Instant::now() {
                break (idled, signal);
            }
        };
        // What is in the journal is taken up at the next connection; a window waiting for a text is told to wait.
        if clocks.have_slept() {
            return self.slept();
        }
        match (idled, signal) {
            (_, Some(Signal::Network)) => Event::Woken(Wake::NetworkChanged),
            (Err(error), _) => self.lost(&error.into()),
            (Ok(_), Some(Signal::Order(order))) => self.take(order).await,
            (Ok(idled), None) => Event::Idled(idled),
        }
    }

    /// Waits, with or without a session.
    async fn wait(&mut self, limit: Option<Duration>) -> Event {
        let clocks = Clocks::read();
        let deadline = limit.map(|limit| Instant::now() + limit);
        let (is_connected, hears) = (self.session.is_some(), self.hears());
        loop {
            let signal = next(self.orders, &mut self.network, hears);
            let signal = async {
                match deadline {
                    Some(deadline) => tokio::time::timeout_at(deadline, signal).await.unwrap_or(None),
                    None => signal.await,
                }
            };
            let signal = tokio::select! {
                biased;
                // The person has unlocked the keyring, or has closed its prompt.
                () = self.asking.answered() => return Event::Woken(Wake::Actions),
                signal = signal => signal,
            };
            // What is in the journal is taken up at the next connection; a window waiting for a text is told to wait.
            if clocks.have_slept() {
                return self.slept();
            }
            match signal {
                // Not connected: looking at a message must not shorten the wait for the next try.
                Some(Signal::Order(Order::Show { .. } | Order::FindText { .. })) if !is_connected => {}
                Some(Signal::Order(order)) => return self.take(order).await,
                Some(Signal::Network) => return Event::Woken(Wake::NetworkChanged),
                None => return Event::Waited,
            }
        }
    }

    fn slept(&mut self) -> Event {
        // The clock of the budget stood still, and whoever slept has not logged in.
        self.budget = Budget::default();
        Event::Woken(Wake::Slept)
    }

    fn lost(&mut self, trouble: &Trouble) -> Event {
        self.session = None;
        info!(account = self.id.0, "the connection was given up");
        let (event, state, text) = given_up(&self.account, trouble);
        self.state(state, &text);
        event
    }

    fn state(&self, state: AccountState, text: &str) {
        self.shared.state(&self.account.name, state, text);
    }
}

/// Whether news of the inbox are heard. Looking for a filed message may have selected another folder, or the inbox anew.
fn hears_news(session: &Session, desk: &Desk) -> bool {
    session.selections() == desk.selection
}

/// Something between 0 and 255 that differs between accounts and times.
fn jitter() -> u8 {
    let nanos = clock::subsec_nanos();
    u8::try_from(nanos / 1000 % 256).unwrap_or(0)
}

#[cfg(test)]
mod tests;
