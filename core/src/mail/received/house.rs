//! Which servers are the account's own, as its mail shows.
//!
//! The newest line of the trace in which somebody was handed a message by a host of the internet is written by the provider, whoever
//! sent it, under one domain or a few. And where all mail comes by one relay in front of the provider, that relay writes the truth,
//! too. Both show in mail of many senders alone: what one of them writes, he writes in his own mail only.

use super::{Domain, Hop, Trace, is_ours, is_private};

/// Mail of so many different domains has to show it, before a server that takes mail is believed.
const FEW: u32 = 10;

/// And so many percent of all of them. By hand.
const SHARE: u64 = 80;

/// The same for a relay that hands mail in, which could be that of a large house where many people have their mail.
const MANY: u32 = 25;
const NEARLY_ALL: u64 = 95;

/// What one message shows of the way into the account, as registrable domains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Of the server that took it from a host of the internet first, seen from the mailbox.
    pub taken_by: Option<Domain>,
    /// Of the host that handed it in at the boundary, where that is another.
    pub handed_in_by: Option<Domain>,
}

/// In mail of how many different domains a server was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The server's domain.
    pub domain: Domain,
    /// Authors' domains.
    pub authors: u32,
}

impl Trace {
    /// What it shows of the way into an account whose provider has these domains.
    pub fn passage(&self, provider: &[Domain]) -> Passage {
        let is_from_outside = |hop: &&Hop| !hop.is_fetched() && hop.ip.is_some_and(|ip| !is_private(ip));
        let first = self.hops.iter().find(is_from_outside);
        let named =
            |name: Option<&str>| name.and_then(Domain::parse).filter(is_of_internet).map(|name| name.registrable());
        let taken_by = first.and_then(|hop| named(hop.by.as_deref()));
        let handed_in_by = self
            .entry()
            .and_then(|entry| named(entry.believed_client()))
            .filter(|client| !is_ours(client, provider, taken_by.as_ref()));
        Passage { taken_by, handed_in_by }
    }
}

/// Whether a name is more than one within a house, which many houses have.
fn is_of_internet(name: &Domain) -> bool {
    const WITHIN: [&str; 9] =
        ["internal", "local", "localdomain", "lan", "home", "corp", "intranet", "localhost", "arpa"];
    name.as_str().rsplit_once('.').is_some_and(|(_, last)| !WITHIN.contains(&last))
}

/// The domains that are the provider's, of those that have taken mail, and of relays in front of it, of those that have handed it in,
/// when mail of so many authors' domains was seen with any of each.
pub fn learned(taken_by: &[Seen], handed_in_by: &[Seen]) -> Vec<Domain> {
    let clear = |seen: &[Seen], least: u32, share: u64| {
        let all: u64 = seen.iter().map(|seen| u64::from(seen.authors)).sum();
        let is_clear = |seen: &&Seen| least <= seen.authors && all * share <= u64::from(seen.authors) * 100;
        seen.iter().filter(is_clear).map(|seen| seen.domain.clone()).collect::<Vec<_>>()
    };
    [clear(taken_by, FEW, SHARE), clear(handed_in_by, MANY, NEARLY_ALL)].concat()
}

#[cfg(test)]
mod tests;
