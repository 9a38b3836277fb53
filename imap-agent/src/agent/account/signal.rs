//! What an account listens to while it idles, waits or asks.

use tokio::sync::mpsc;

use super::Order;
use crate::network::Follower;

/// Which news of the network concern an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hears {
    /// A session with this machine itself outlives every network.
    Nothing,
    /// Of a session with another machine, that it is dead.
    OfLosses,
    /// Without a session, that it may be worth trying again: a bridge on this machine too may only now have its provider.
    OfEverything,
}

/// What ends idling, waiting or asking early.
pub(super) enum Signal {
    Order(Order),
    Network,
}

/// What comes next: an order, or news of the network. `None` when there will be no more orders.
pub(super) async fn next(orders: &mut mpsc::Receiver<Order>, network: &mut Follower, hears: Hears) -> Option<Signal> {
    tokio::select! {
        biased;
        () = network.news(hears == Hears::OfLosses), if hears != Hears::Nothing => Some(Signal::Network),
        order = orders.recv() => order.map(Signal::Order),
    }
}
