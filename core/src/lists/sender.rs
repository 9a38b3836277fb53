//! Entries that go by who sent a message, and whether that one really did.

use super::{
    What,
    address::{AddressPattern, normal},
    table::Table,
};
use crate::{
    mail::{Address, Domain, Mail, Mailbox},
    proof::{Found, Proof},
    reputation::author,
};

/// Mailboxes of one header that are looked at.
const MOST: usize = 20;

/// Names of hosts have no more labels than this that anybody would list.
const MOST_LABELS: usize = 10;

/// Entries by address and domain.
#[derive(Debug, Default)]
pub(super) struct Senders {
    addresses: Table,
    /// By the domain they end in.
    globs_of_domain: Table,
    domains: Table,
    /// Those whose domain has `*` or `?` in it.
    globs: Vec<u32>,
    patterns: Vec<(u32, AddressPattern)>,
}

impl Senders {
    pub(super) fn add_address(&mut self, pattern: &AddressPattern, place: u32) {
        if pattern.is_glob() || pattern.relay().is_some() {
            self.patterns.push((place, pattern.clone()));
        }
        let domain = pattern.text().rsplit_once('@').map(|(_, domain)| domain);
        match domain.filter(|domain| !domain.contains(['*', '?'])) {
            _ if !pattern.is_glob() => self.addresses.add(pattern.text(), place),
            Some(domain) => self.globs_of_domain.add(domain, place),
            None => self.globs.push(place),
        }
    }

    pub(super) fn add_domain(&mut self, domain: &Domain, place: u32) {
        self.domains.add(domain.as_str(), place);
    }

    pub(super) fn sort(&mut self) {
        self.addresses.sort();
        self.globs_of_domain.sort();
        self.domains.sort();
    }

    /// Adds the places of entries for anybody who can be called the sender.
    pub(super) fn find(&self, mail: &Mail<'_>, places: &mut Vec<u32>) {
        if self.addresses.is_empty() && self.domains.is_empty() && self.patterns.is_empty() {
            return;
        }
        let named = |mailboxes: &'_ [Mailbox]| {
            mailboxes.iter().take(MOST).filter_map(|mailbox| mailbox.address.clone()).collect::<Vec<_>>()
        };
        let mut senders = named(mail.from());
        senders.extend(mail.sender().and_then(|sender| sender.address.clone()));
        senders.extend(named(mail.reply_to()));
        senders.extend(mail.envelope_from().flatten().cloned());
        senders.dedup();
        for sender in &senders {
            self.find_address(sender, mail, places);
        }
    }

    fn find_address(&self, sender: &Address, mail: &Mail<'_>, places: &mut Vec<u32>) {
        let address = normal(sender);
        let is_meant = |place: &u32| {
            let Ok(at) = self.patterns.binary_search_by_key(place, |(place, _)| *place) else { return true };
            self.patterns.get(at).is_some_and(|(_, pattern)| pattern.is_of(&address) && came_from(pattern, mail))
        };
        places.extend(self.addresses.of(&address).filter(is_meant));
        places.extend(self.globs_of_domain.of(sender.domain.as_str()).filter(is_meant));
        places.extend(self.globs.iter().copied().filter(is_meant));
        for name in above(sender.domain.as_str()) {
            places.extend(self.domains.of(name));
        }
    }
}

/// A name and what lies above it: `a.example.org`, `example.org`, `org`.
fn above(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, rest)| rest)).filter(|name| {
        // What is far below the registrable part is nothing anybody has listed.
        name.bytes().filter(|byte| *byte == b'.').count() < MOST_LABELS
    })
}

fn came_from(pattern: &AddressPattern, mail: &Mail<'_>) -> bool {
    let Some(relay) = pattern.relay() else { return true };
    let host = mail.trace().entry().and_then(|hop| hop.rdns.as_deref()).and_then(Domain::parse);
    host.is_some_and(|host| host.is_within(relay))
}

/// Whether an entry for a sender is for the only author: other lines are filled in at will.
pub(super) fn is_of_author(what: &What, mail: &Mail<'_>) -> bool {
    let Some(author) = author(mail) else { return false };
    match what {
        What::Address(pattern) => pattern.is_of(&normal(author)),
        What::Domain(domain) => author.domain.is_within(domain),
        What::Ip(_)
        | What::Phrase(_)
        | What::Regex(_)
        | What::Header { .. }
        | What::File(_)
        | What::Country(_)
        | What::Language(_) => true,
    }
}

/// What shows that another than the author has sent it: something of it failed, and nothing of the author's domain passed.
pub(super) fn fault(mail: &Mail<'_>) -> Option<String> {
    let author = mail.author()?.address.as_ref()?.domain.registrable();
    let found = Found::of(mail);
    let proof = found.proof(&author);
    if proof == Proof::Given {
        return None;
    }
    let failed = |method: &str, words: &[&str]| {
        found.theirs.iter().any(|found| found.method == method && words.contains(&found.result.as_str()))
    };
    if failed("dmarc", &["fail"]) {
        Some(format!("your provider found that {author} does not vouch for it"))
    } else if failed("dkim", &["fail"]) {
        Some("your provider found its signature wrong".to_owned())
    } else if failed("spf", &["fail", "softfail"]) {
        Some("your provider found that the host it came from may not send it".to_owned())
    } else if proof == Proof::Refuted {
        Some(format!("nothing in it is of {author}, which wants such mail refused"))
    } else {
        None
    }
}
