//! Whether there is a network, whether it costs by the byte, and when connections made before are dead.
//!
//! ```text
//! netlink    the kernel says that addresses or routes change ─┐
//! resume     the kernel says that the clock has jumped ───────┼▶ settle ▶ route: by which addresses is there a way out?
//! manager    NetworkManager says what the network costs ──────┘                        │
//!                                            every account ◀── NetworkState ◀── tracker (pure)
//! ```
//!
//! Nothing here asks again and again: it sleeps until the system says something. Where the system cannot be asked (a
//! container, another system than Linux), the network is taken to be there and to cost nothing, and every account finds
//! out by itself.

#[cfg(target_os = "linux")]
mod descriptor;
#[cfg(target_os = "linux")]
mod manager;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(target_os = "linux")]
mod resume;
mod route;
mod tracker;
#[cfg(target_os = "linux")]
mod watching;

use tokio::{sync::watch, task::AbortHandle};

pub use self::route::{is_this_machine, leads_to};

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkState {
    /// Whether there is a way out of this machine.
    pub is_online: bool,
    /// Whether it costs by the byte; `None` if nobody knows.
    pub is_metered: Option<bool>,
    /// Counts up whenever connections made before are most likely dead: an address was lost, the machine has slept.
    pub change: u64,
    /// Counts up whenever something has become better: whoever could not connect may try again.
    pub gain: u64,
}

/// What everybody is told who asks before anything is known.
impl Default for NetworkState {
    fn default() -> Self {
        Self { is_online: true, is_metered: None, change: 0, gain: 0 }
    }
}

impl NetworkState {
    /// Whether this is news to someone who knew `before`, and has a connection to another machine or has none.
    fn is_news(&self, before: &Self, is_connected: bool) -> bool {
        let is_lost = self.change != before.change || (before.is_online && !self.is_online);
        let is_better = self.gain != before.gain || (!before.is_online && self.is_online);
        is_lost || (!is_connected && is_better)
    }
}

/// Watches the network for as long as it lives.
#[derive(Debug)]
pub struct Network {
    state: watch::Receiver<NetworkState>,
    tasks: Vec<AbortHandle>,
}

impl Network {
    /// Begins to watch. To be called inside a tokio runtime.
    pub fn start() -> Self {
        #[cfg(target_os = "linux")]
        let (state, tasks) = watching::start();
        #[cfg(not(target_os = "linux"))]
        let (state, tasks) = (watch::channel(NetworkState::default()).1, Vec::new());
        Self { state, tasks }
    }

    /// One that is only pretended, and what changes it.
    #[cfg(test)]
    pub(crate) fn pretended() -> (watch::Sender<NetworkState>, Self) {
        let (sender, state) = watch::channel(NetworkState::default());
        (sender, Self { state, tasks: Vec::new() })
    }

    /// How it is now.
    pub fn state(&self) -> NetworkState {
        *self.state.borrow()
    }

    /// Tells someone of every change from now on.
    pub fn follow(&self) -> Follower {
        let mut state = self.state.clone();
        let known = *state.borrow_and_update();
        Follower { state, known }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Someone to whom changes of the network are told.
#[derive(Clone, Debug)]
pub struct Follower {
    state: watch::Receiver<NetworkState>,
    known: NetworkState,
}

impl Follower {
    /// How it is now.
    pub fn state(&self) -> NetworkState {
        *self.state.borrow()
    }

    /// Takes note of how it is now: only what comes later is news.
    pub fn note(&mut self) -> NetworkState {
        self.known = *self.state.borrow_and_update();
        self.known
    }

    /// Waits until there is news for someone who has a connection to another machine or has none.
    pub async fn news(&mut self, is_connected: bool) {
        loop {
            let now = *self.state.borrow_and_update();
            if now.is_news(&self.known, is_connected) {
                self.known = now;
                return;
            }
            if self.state.changed().await.is_err() {
                // Nobody watches: there will be no news.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until anything at all is another than before.
    pub async fn changed(&mut self) -> NetworkState {
        if self.state.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        self.note()
    }
}

#[cfg(test)]
mod tests;
