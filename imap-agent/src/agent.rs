//! The one owner: starts and stops everything, and knows who has what.
//!
//! ```text
//! store thread ◀── jobs ──┬── account task (one per account, one connection each)
//!                         └── requests from the socket
//! learner, board ◀── shared by both            events ──▶ every window
//! ```

mod account;
mod accounts;
mod backfill;
mod backup;
mod board;
mod bootstrap;
mod brake;
mod desk;
mod digest;
mod doubts;
mod fault;
mod figures;
mod held;
mod learned;
mod lessons;
mod lists;
mod look;
mod message;
mod moves;
mod others;
mod pause;
mod peers;
mod people;
mod perform;
mod report;
mod requests;
mod review;
mod rules;
mod sent;
mod servers;
mod settings;
mod sign_in;
mod tray;
mod twin;
mod unsubscribe;
mod verdict;
mod waiting;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tamis_core::{
    Config, UnixTime,
    api::{Event, Reply, Request},
    config,
    lists::Lists,
};
use tokio::{
    sync::{Notify, Semaphore, broadcast, mpsc, watch},
    task::JoinHandle,
};
use tracing::{info, warn};

use self::{account::Order, board::Board};
pub use self::{
    accounts::{refusal, test_account},
    lessons::{Place, StoreTeacher},
};
pub(crate) use self::{
    desk::facts,
    lessons::{import_file, renew_all},
    pause::words as pause_words,
    peers::{added, forgotten},
};
use crate::{
    archive::Archive,
    ask::World,
    clock, keys,
    network::Network,
    paths::Home,
    serve::{Handler, ServeError, Server},
    settings::{Settings, SettingsError},
    store::{AccountId, Store, StoreError, folder, training},
    teach::Teacher,
    tls::TlsSettings,
};

/// Events are hints; a window that misses some asks again all the same.
const EVENTS: usize = 64;

/// How often the settings file is looked at.
const SETTINGS_LOOK: Duration = Duration::from_secs(30);

/// How often what has been kept long enough is removed from the archive.
const ARCHIVE_LOOK: Duration = Duration::from_hours(1);

/// Messages of older mail that are judged at once: as many as there are threads, so that new mail waits for one at most.
const OLDER_AT_ONCE: usize = 2;

/// How long an account may take to say goodbye to its server.
const GOODBYE: Duration = Duration::from_secs(3);

/// Why the agent cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The socket cannot be opened.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The system refuses what any program needs.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
}

/// What everything in the agent shares.
#[derive(Debug)]
pub struct Shared {
    pub(crate) home: Home,
    pub(crate) store: Store,
    pub(crate) teacher: Arc<Teacher>,
    pub(crate) archive: Archive,
    pub(crate) tls: TlsSettings,
    pub(crate) board: Board,
    pub(crate) network: Network,
    /// The submission servers that are left alone for a while.
    rests: perform::Rests,
    stumbles: perform::Stumbles,
    config: RwLock<Arc<Config>>,
    pause: pause::Pause,
    /// What the desktop is to be told.
    doubts: doubts::Doubts,
    /// Whom these settings let be asked.
    world: RwLock<World>,
    /// The entries that count, as they are in the store.
    lists: RwLock<Arc<Lists>>,
    /// The servers that the mail of each account has shown to be its own.
    servers: Mutex<BTreeMap<AccountId, Vec<tamis_core::mail::Domain>>>,
    /// Where countries are, once an entry has asked for that.
    atlas: Mutex<lists::Known>,
    running: Mutex<BTreeMap<String, Running>>,
    /// Older mail is judged with these permits: so many messages at once, in all accounts together.
    pub(crate) older: Semaphore,
    /// Held by whoever makes older lessons anew: one is enough.
    renewing: tokio::sync::Mutex<()>,
    /// Accounts in which the person wants everything filed, and until when.
    lifted: Mutex<BTreeMap<AccountId, UnixTime>>,
    events: broadcast::Sender<Event>,
    /// What the person is signing in for.
    sign_ins: sign_in::SignIns,
    /// Told when the agent is to start anew.
    anew: Notify,
    /// Held by whoever changes the settings file.
    changing_settings: tokio::sync::Mutex<()>,
    /// A fault in the settings file, while the old settings go on.
    settings_problem: Mutex<Option<String>>,
    /// What is wrong with the rules, while others go on.
    rules_problem: Mutex<Option<String>>,
    /// On how many messages rules took too long.
    slow_rules: Mutex<BTreeMap<String, u32>>,
}

/// An account that is being watched.
#[derive(Debug)]
struct Running {
    id: AccountId,
    config: config::Account,
    orders: mpsc::Sender<Order>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Shared {
    /// Tells every window that something has changed.
    pub(crate) fn announce(&self, event: Event) {
        // Nobody listening is fine.
        self.events.send(event).ok();
    }

    /// The settings in force.
    pub(crate) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whom the settings in force let be asked.
    pub(crate) fn world(&self) -> World {
        self.world.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes these the settings in force.
    fn follow(&self, config: Arc<Config>) {
        keys::keep_secrets(&self.home, config.secrets());
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        *world = world.with(&config);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
    }

    /// Whether to be sparing with the network: it costs by the byte, and the settings do not say that this is all the same.
    pub(crate) fn is_metered(&self) -> bool {
        self.network.state().is_metered == Some(true) && self.config().is_careful_when_metered()
    }

    /// Writes how an account is, and tells the windows if that is news.
    pub(crate) fn state(&self, name: &str, state: tamis_core::api::AccountState, text: &str) {
        if self.board.state(name, state, text) {
            info!(state = ?state, "account");
            self.announce(Event::StatusChanged);
        }
    }

    /// Lets the learner catch up with the store, and tells the windows.
    async fn follow_lessons(self: Arc<Self>) {
        if let Err(err) = self.teacher.catch_up(&self.store, &self.home.database()).await {
            warn!(%err, "the learner could not be made anew; it will be with the next lesson or start");
        }
        self.announce(Event::StatusChanged);
    }

    /// Whether the person has said that everything of that account is to be filed for now.
    pub(crate) fn is_brake_lifted(&self, account: AccountId, now: UnixTime) -> bool {
        let lifted = self.lifted.lock().unwrap_or_else(PoisonError::into_inner);
        lifted.get(&account).is_some_and(|until| now < *until)
    }

    /// The person says so.
    fn lift_brake(&self, account: AccountId, until: UnixTime) {
        self.lifted.lock().unwrap_or_else(PoisonError::into_inner).insert(account, until);
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The running account of that number: its name, and where orders to it go.
    fn orders_of(&self, id: AccountId) -> Option<(String, mpsc::Sender<Order>)> {
        let running = self.running();
        running
            .iter()
            .find(|(_, account)| account.id == id)
            .map(|(name, account)| (name.clone(), account.orders.clone()))
    }

    /// The settings of the running account of that name.
    fn account(&self, name: &str) -> Option<config::Account> {
        self.running().get(name).map(|account| account.config.clone())
    }

    /// Every running account's name and number.
    fn numbers(&self) -> BTreeMap<String, AccountId> {
        self.running().iter().map(|(name, account)| (name.clone(), account.id)).collect()
    }

    /// The orders of the running account of that name, if it runs.
    fn orders_to(&self, name: &str) -> Option<mpsc::Sender<Order>> {
        self.running().get(name).map(|account| account.orders.clone())
    }

    /// Every running account's orders.
    fn all_orders(&self) -> Vec<mpsc::Sender<Order>> {
        self.running().values().map(|account| account.orders.clone()).collect()
    }
}

/// The agent.
#[derive(Clone, Debug)]
pub struct Agent {
    shared: Arc<Shared>,
}

impl Agent {
    /// Opens the store, rebuilds the learner and starts every account. To be called inside a tokio runtime.
    pub async fn start(home: Home, settings: &Settings) -> Result<Self, AgentError> {
        let store = Store::open(&home.database())?;
        let teacher = Arc::new(Teacher::default());
        let learner = Arc::clone(&teacher);
        store.run(move |db| training::each_training(db, |label, tokens| learner.remember(label, tokens))).await?;
        let shared = Arc::new(Shared {
            archive: Archive::new(&home),
            home,
            store,
            teacher,
            tls: TlsSettings::new(),
            board: Board::default(),
            network: Network::start(),
            rests: perform::Rests::default(),
            stumbles: perform::Stumbles::default(),
            pause: pause::Pause::default(),
            doubts: doubts::Doubts::default(),
            config: RwLock::new(Arc::new(settings.config().clone())),
            world: RwLock::default(),
            lists: RwLock::default(),
            servers: Mutex::default(),
            atlas: Mutex::default(),
            running: Mutex::default(),
            older: Semaphore::new(OLDER_AT_ONCE),
            renewing: tokio::sync::Mutex::default(),
            lifted: Mutex::default(),
            events: broadcast::channel(EVENTS).0,
            sign_ins: sign_in::SignIns::default(),
            anew: Notify::new(),
            changing_settings: tokio::sync::Mutex::default(),
            settings_problem: Mutex::default(),
            rules_problem: Mutex::default(),
            slow_rules: Mutex::default(),
        });
        lists::catch_up(&shared).await?;
        shared.remember_pause().await?;
        let config = shared.with_rules(settings.config().clone()).await;
        shared.follow(Arc::new(config));
        let agent = Self { shared };
        for account in settings.config().accounts() {
            agent.watch(account).await?;
        }
        Ok(agent)
    }

    /// Serves windows and commands until `stop` is done, then stops every account.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send) -> Result<(), AgentError> {
        let server = Server::bind(&self.shared.home)?;
        let follow = tokio::spawn(self.clone().follow_settings());
        let tidy = tokio::spawn(self.clone().tidy_archive());
        let network = tokio::spawn(self.clone().follow_network());
        let renew = tokio::spawn(lessons::renew_by_itself(Arc::clone(&self.shared)));
        let pause = tokio::spawn(pause::ends_by_itself(Arc::clone(&self.shared)));
        let tray = tokio::spawn(tray::attend(self.clone()));
        let doubts = tokio::spawn(doubts::attend(self.clone()));
        server.run(Arc::new(self.clone()), stop).await;
        tray.abort();
        doubts.abort();
        pause.abort();
        follow.abort();
        tidy.abort();
        network.abort();
        renew.abort();
        self.stop_all().await;
        info!("stopped");
        Ok(())
    }

    /// Waits until the agent is to start anew, with what a backup has brought.
    pub async fn wants_anew(&self) {
        self.shared.anew.notified().await;
    }

    /// Begins to watch an account.
    pub(crate) async fn watch(&self, account: &config::Account) -> Result<(), StoreError> {
        let (name, host, user) = (account.name.clone(), account.host.clone(), account.user.clone());
        let id = self.shared.store.run(move |db| folder::account_id(db, &name, &host, &user)).await?;
        self.shared.board.open(&account.name, &account.address.to_string());
        if let Some(oauth) = crate::oauth::of(account) {
            self.shared.board.signs_in(&account.name, &oauth.issuer);
        }
        let (orders, inbox) = mpsc::channel(64);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(account::watch(Arc::clone(&self.shared), account.clone(), id, inbox, stopped));
        let running = Running { id, config: account.clone(), orders, stop, task };
        self.shared.running().insert(account.name.clone(), running);
        self.shared.announce(Event::StatusChanged);
        Ok(())
    }

    /// Stops watching an account.
    pub(crate) async fn unwatch(&self, name: &str) -> Option<AccountId> {
        let running = self.shared.running().remove(name)?;
        let id = running.id;
        end(running).await;
        self.shared.board.close(name);
        self.shared.announce(Event::StatusChanged);
        Some(id)
    }

    async fn stop_all(&self) {
        let running = std::mem::take(&mut *self.shared.running());
        let ends: Vec<_> = running.into_values().map(|account| tokio::spawn(end(account))).collect();
        for end in ends {
            end.await.ok();
        }
    }

    /// Takes over what the person writes into the settings file. A wrong file changes nothing and is named on the board.
    #[expect(clippy::infinite_loop, reason = "it follows until it is aborted")]
    async fn follow_settings(self) {
        let mut seen = self.settings_time();
        let mut rules = self.shared.rule_times();
        loop {
            tokio::time::sleep(SETTINGS_LOOK).await;
            let (time, files) = (self.settings_time(), self.shared.rule_times());
            if time == seen && files == rules {
                continue;
            }
            (seen, rules) = (time, files);
            if time.is_none() {
                let path = self.shared.home.settings();
                self.note_settings(Some(format!("{} is gone; the settings from before hold", path.display())));
                self.shared.announce(Event::StatusChanged);
                continue;
            }
            match Settings::load(&self.shared.home) {
                Ok(settings) => {
                    info!("the settings have changed");
                    self.note_settings(None);
                    if let Err(err) = self.adopt(&settings).await {
                        warn!(%err, "the new settings could not be taken over");
                    }
                }
                Err(err) => {
                    warn!("the settings file is wrong; the old settings go on");
                    self.note_settings(Some(format!("{err}. Until that is put right, the settings from before hold")));
                }
            }
            self.shared.announce(Event::StatusChanged);
        }
    }

    /// Removes from the archive what has been kept long enough, now and then once an hour.
    #[expect(clippy::infinite_loop, reason = "it goes on until it is aborted")]
    async fn tidy_archive(self) {
        loop {
            let rules: Vec<_> = self.shared.running().values().map(|one| (one.id, one.config.archive)).collect();
            match self.shared.archive.tidy(&self.shared.store, &rules, clock::now()).await {
                Ok(tidied) => info!(originals = tidied.originals, bytes = tidied.bytes, "the archive is tidy"),
                Err(err) => warn!(%err, "the archive could not be tidied"),
            }
            self.shared.announce(Event::StatusChanged);
            tokio::time::sleep(ARCHIVE_LOOK).await;
        }
    }

    /// Tells the windows when the network is another one.
    #[expect(clippy::infinite_loop, reason = "it follows until it is aborted")]
    async fn follow_network(self) {
        let mut network = self.shared.network.follow();
        loop {
            network.changed().await;
            self.shared.announce(Event::StatusChanged);
        }
    }

    /// Makes `settings` the ones in force: accounts come, go, or start anew if they changed.
    pub(crate) async fn adopt(&self, settings: &Settings) -> Result<(), StoreError> {
        let config = Arc::new(self.shared.with_rules(settings.config().clone()).await);
        self.shared.follow(Arc::clone(&config));
        lists::catch_up(&self.shared).await?;
        let before: Vec<config::Account> =
            self.shared.running().values().map(|account| account.config.clone()).collect();
        for old in before.iter().filter(|old| !config.accounts().contains(old)) {
            self.unwatch(&old.name).await;
        }
        for new in config.accounts().iter().filter(|new| !before.contains(new)) {
            self.watch(new).await?;
        }
        Ok(())
    }

    fn settings_time(&self) -> Option<SystemTime> {
        std::fs::metadata(self.shared.home.settings()).and_then(|found| found.modified()).ok()
    }

    fn note_settings(&self, problem: Option<String>) {
        *self.shared.settings_problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }
}

impl Handler for Agent {
    async fn handle(&self, request: Request) -> Reply {
        requests::answer(self, request).await
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.shared.events.subscribe()
    }
}

async fn end(mut running: Running) {
    running.stop.send(true).ok();
    if tokio::time::timeout(GOODBYE, &mut running.task).await.is_err() {
        running.task.abort();
    }
}

#[cfg(test)]
mod tests;
