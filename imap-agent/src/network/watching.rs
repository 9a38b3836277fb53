//! Puts together what the system says about the network.

use std::{io, net::IpAddr, time::Duration};

use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, timeout_at},
};
use tracing::{debug, info};

use super::{
    NetworkState, manager,
    netlink::Notices,
    resume::Jumps,
    route::Sources,
    tracker::{Told, Tracker},
};
use crate::clock::Clocks;

/// One change of network is many notices: it is over when there was none for this long.
const QUIET: Duration = Duration::from_secs(2);

/// Some systems are never quiet.
const PATIENCE: Duration = Duration::from_secs(10);

/// Begins to watch, as far as this system lets us.
pub(super) fn start() -> (watch::Receiver<NetworkState>, Vec<AbortHandle>) {
    let (notices, jumps) = match (Notices::open(), Jumps::open()) {
        (Ok(notices), Ok(jumps)) => (notices, jumps),
        (Err(error), _) | (_, Err(error)) => {
            debug!(%error, "the network cannot be watched");
            return (watch::channel(NetworkState::default()).1, Vec::new());
        }
    };
    let tracker = Tracker::new(Sources::now());
    let (sender, state) = watch::channel(tracker.state());
    let (telling, told) = watch::channel(Told::default());
    let manager = tokio::spawn(async move {
        if let Err(error) = manager::follow(&telling).await {
            debug!(%error, "NetworkManager cannot be asked");
        }
    });
    let watching = Watching { notices, jumps, told, tracker, sender, clocks: Clocks::read() };
    let watcher = tokio::spawn(async move {
        let Err(error) = watching.run().await;
        // Better to try in vain than to wait in vain.
        debug!(%error, "the network can no longer be watched");
    });
    (state, vec![manager.abort_handle(), watcher.abort_handle()])
}

struct Watching {
    notices: Notices,
    jumps: Jumps,
    told: watch::Receiver<Told>,
    tracker: Tracker,
    sender: watch::Sender<NetworkState>,
    clocks: Clocks,
}

impl Watching {
    async fn run(mut self) -> io::Result<std::convert::Infallible> {
        let ended = self.follow().await;
        self.sender.send_modify(|state| state.is_online = true);
        ended
    }

    async fn follow(&mut self) -> io::Result<std::convert::Infallible> {
        loop {
            tokio::select! {
                lost = self.notices.next() => self.settle(lost?).await?,
                jumped = self.jumps.next() => {
                    jumped?;
                    self.settle(Vec::new()).await?;
                }
                told = told(&mut self.told) => self.tracker.told(told),
            }
            let now = self.tracker.state();
            let is_news = self.sender.send_if_modified(|state| std::mem::replace(state, now) != now);
            if is_news {
                info!(online = now.is_online, metered = ?now.is_metered, "the network has changed");
            }
        }
    }

    /// Waits until the kernel has said everything, and then looks how things are.
    async fn settle(&mut self, mut removed: Vec<IpAddr>) -> io::Result<()> {
        let notices = &self.notices;
        removed.extend(settled(|| notices.next()).await?);
        let before = self.tracker.sources();
        let was_lost = removed.into_iter().any(|address| before.has(address));
        self.tracker.found(Sources::now(), was_lost);
        if self.clocks.have_slept() {
            self.tracker.slept();
        }
        self.clocks = Clocks::read();
        Ok(())
    }
}

/// Waits for what NetworkManager says next; for ever if there is none.
async fn told(told: &mut watch::Receiver<Told>) -> Told {
    if told.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
    *told.borrow_and_update()
}

/// Collects what `next` says until it is quiet.
async fn settled<T, F>(mut next: impl FnMut() -> F) -> io::Result<Vec<T>>
where
    F: Future<Output = io::Result<Vec<T>>>,
{
    let mut all = Vec::new();
    let latest = Instant::now() + PATIENCE;
    while let Ok(more) = timeout_at((Instant::now() + QUIET).min(latest), next()).await {
        all.extend(more?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_notices_are_one_change_and_endless_ones_do_not_hide_it() {
        let (start, mut number) = (Instant::now(), 0);
        let few = settled(|| {
            number += 1;
            let (number, pause) = (number, if number == 4 { PATIENCE } else { Duration::from_millis(1900) });
            async move {
                tokio::time::sleep(pause).await;
                Ok(vec![number])
            }
        });
        assert_eq!(few.await.unwrap(), [1, 2, 3]);
        assert_eq!(start.elapsed(), Duration::from_millis(3 * 1900) + QUIET);

        let start = Instant::now();
        let endless = settled(|| async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(vec![()])
        });
        assert_eq!(endless.await.unwrap().len(), 33);
        assert_eq!(start.elapsed(), PATIENCE);
    }
}
