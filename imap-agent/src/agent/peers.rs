//! Whom the person names as peers, and whom the person wants forgotten.

use tamis_core::{
    api::{Event, RefusedKind, Reply},
    mail::Address,
};

use super::Agent;
use crate::{
    clock,
    store::{StoreError, peers},
};

/// Takes addresses into the address book.
pub(super) async fn add(agent: &Agent, written: Vec<String>) -> Result<Reply, StoreError> {
    let mut addresses = Vec::new();
    for text in &written {
        match Address::parse(text) {
            Some(address) => addresses.push(address),
            None => return Ok(refused(format!("{text:?} is not an address"))),
        }
    }
    let all = addresses.len();
    let new = agent.shared.store.run(move |db| peers::list(db, &addresses, clock::now())).await?;
    agent.shared.announce(Event::StatusChanged);
    Ok(Reply::Done { text: added(new, all), undo: None })
}

/// Forgets a peer.
pub(super) async fn forget(agent: &Agent, text: &str) -> Result<Reply, StoreError> {
    let Some(address) = Address::parse(text) else { return Ok(refused(format!("{text:?} is not an address"))) };
    let asked = address.clone();
    let batch = agent.shared.store.run(move |db| peers::forget(db, &asked, clock::now())).await?;
    agent.shared.announce(Event::StatusChanged);
    agent.shared.announce(Event::MailChanged);
    Ok(match forgotten(&address, batch.is_some()) {
        Ok(text) => Reply::Done { text, undo: batch },
        Err(text) => refused(text),
    })
}

fn refused(text: String) -> Reply {
    Reply::Refused { text, kind: RefusedKind::Person }
}

/// What has become of so many addresses, of which so many are new, in a sentence.
pub(crate) fn added(new: usize, all: usize) -> String {
    let addresses = |number| if number == 1 { "1 address".to_owned() } else { format!("{number} addresses") };
    match all.saturating_sub(new) {
        0 => format!("{} taken into the address book", addresses(new)),
        known => format!("{} taken into the address book; {} in it before", addresses(new), addresses(known)),
    }
}

/// Whether somebody was forgotten, in a sentence.
pub(crate) fn forgotten(address: &Address, was_peer: bool) -> Result<String, String> {
    if was_peer {
        Ok(format!("{address} is a peer no longer, until you write there again"))
    } else {
        Err(format!("{address} is no peer"))
    }
}
