//! What an account listens to while it idles, waits or asks.

use tamis_core::api::{FoundText, MailId, Reply};
use tokio::sync::{mpsc, oneshot};

use super::super::review::TextSearch;
use crate::network::Follower;

/// What others want of an account.
#[derive(Debug)]
pub(in crate::agent) enum Order {
    /// There is something pending in the journal.
    Perform,
    /// Look for new mail.
    Look,
    /// Put a digest into the inbox now. Not answered at all while there is no connection.
    SendDigest {
        /// What came of it.
        reply: oneshot::Sender<Reply>,
    },
    /// The text of a message; `None` if it is no longer there. Not answered at all while there is no connection.
    Show {
        /// Which.
        mail: MailId,
        /// Where the text goes.
        reply: oneshot::Sender<Option<Vec<u8>>>,
    },
    /// Which messages have a text in them. Not answered at all while there is no connection.
    FindText {
        /// What, and where.
        search: TextSearch,
        /// Where they go.
        reply: oneshot::Sender<FoundText>,
    },
}

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
