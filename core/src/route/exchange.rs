//! The servers that take a domain's mail, and by which of them a message came.

use crate::{
    dns::{DnsKind, DnsRecord},
    evidence::{Answer, Evidence, Query},
    mail::{Domain, Hop, Mail},
};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The lowest is tried first.
    pub preference: u16,
    /// Its name, in lower case.
    pub host: String,
    /// Whether it is tried only when others do not answer.
    pub is_backup: bool,
}

/// All of them, in the order in which they are tried; empty if the domain says that it takes no mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanges {
    /// The servers.
    pub list: Vec<Exchange>,
}

/// By which way a message came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// By a server that is only for when this one is away.
    Backup { host: String, first: String },
    /// To a host of the person's own house, although these take the mail.
    Around { host: String, first: String },
}

impl Exchanges {
    /// What is known of the servers of a domain; `None` if nobody has answered. A domain that names none takes mail itself
    /// (RFC 5321, 5.1).
    pub fn of(domain: &Domain, answers: &Evidence) -> Option<Self> {
        let answer = answers.answer(&Query::dns(domain.as_str(), DnsKind::Mx))?;
        if *answer == Answer::Absent {
            let own = Exchange { preference: 0, host: domain.to_string(), is_backup: false };
            return Some(Self { list: vec![own] });
        }
        if *answer == Answer::NoName {
            return Some(Self { list: Vec::new() });
        }
        let Answer::Records(records) = answer else { return None };
        let read = |record: &DnsRecord| {
            let DnsRecord::Exchange { preference, host } = record else { return None };
            let host = host.to_ascii_lowercase();
            (!host.is_empty()).then_some(Exchange { preference: *preference, host, is_backup: false })
        };
        let mut list: Vec<Exchange> = records.iter().filter_map(read).collect();
        list.sort_by(|a, b| (a.preference, &a.host).cmp(&(b.preference, &b.host)));
        let first = list.first().map(|first| (first.preference, house(&first.host)));
        for one in &mut list {
            let is_later = first.as_ref().is_some_and(|(preference, _)| *preference < one.preference);
            // A provider's servers share the work, whatever their numbers say. In one's own house a later one is a backup.
            let is_of_first = first.as_ref().is_some_and(|(_, first)| *first == house(&one.host));
            let is_own = house(&one.host).is_some_and(|house| house == domain.registrable());
            one.is_backup = is_later && (!is_of_first || is_own);
        }
        Some(Self { list })
    }

    /// What is remarkable about the way by which a message came in, if anything is.
    pub(crate) fn entry_of(&self, mail: &Mail<'_>, domain: &Domain) -> Option<Entry> {
        let entry = mail.trace().entry()?;
        // Who logs in, and who is within, does not look for a server of the domain.
        if is_within(entry) {
            return None;
        }
        let first = self.list.iter().find(|one| !one.is_backup)?.host.clone();
        let names = [entry.by.as_deref(), entry.rdns.as_deref()];
        let is_named = |one: &&Exchange| names.iter().flatten().any(|name| name.eq_ignore_ascii_case(&one.host));
        if let Some(backup) = self.list.iter().filter(|one| one.is_backup).find(is_named) {
            return Some(Entry::Backup { host: backup.host.clone(), first });
        }
        let own = domain.registrable();
        let by = Domain::parse(entry.by.as_deref()?).filter(|by| by.registrable() == own)?;
        let client = Domain::parse(entry.rdns.as_deref()?)?.registrable();
        let is_elsewhere = self.list.iter().all(|one| house(&one.host).is_some_and(|house| house != own));
        let is_of_exchange = self.list.iter().any(|one| house(&one.host).is_some_and(|house| house == client));
        let is_around = is_elsewhere && !is_of_exchange && client != own;
        is_around.then(|| Entry::Around { host: by.to_string(), first })
    }
}

/// The registrable domain that a host is of.
fn house(host: &str) -> Option<Domain> {
    Domain::parse(host).map(|host| host.registrable())
}

/// Whether a message was handed in with a password, or by a host that nobody else can see.
fn is_within(hop: &Hop) -> bool {
    let is_submitted = hop.with.as_deref().is_some_and(|with| with.ends_with('A') || with == "HTTP");
    is_submitted || hop.ip.is_none_or(crate::dns::is_unaskable)
}
