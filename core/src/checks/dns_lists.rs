//! Lists of hosts and domains that are asked over DNS.
//!
//! Asked about are the host that handed the message in, the domain of its sender, and those that its links lead to: never an
//! address that only this network knows, nor what is the person's own or of the provider.

use std::{collections::BTreeSet, net::IpAddr};

use super::lists::is_freemail;
use crate::{
    check::Check,
    dns::{DnsKind, DnsList, Reading, is_unaskable, list_symbols, reversed},
    evidence::{Evidence, Query, QueryPlan},
    finding::{Finding, Findings},
    mail::{Domain, Host, Mail},
    symbol::SymbolInfo,
};

/// Nobody needs to be asked about more domains to know what a message is; those that come first are the ones that are read.
const MOST_LINKED: usize = 20;

/// Hosts and domains on lists.
#[derive(Debug)]
pub(super) struct DnsLists;

/// What a list is asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    /// The host that handed it in.
    Client(IpAddr),
    /// The domain of a sender.
    Sender(Domain),
    /// The domain of a link.
    Linked(Domain),
    /// The address in a link.
    LinkedIp(IpAddr),
}

impl Check for DnsLists {
    fn name(&self) -> &'static str {
        "dns_lists"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        list_symbols()
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        for (_, list, name) in questions(mail) {
            plan.ask(Query::dns(list.question(&name), DnsKind::A));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        for (about, list, name) in questions(mail) {
            let query = Query::dns(list.question(&name), DnsKind::A);
            let Some(Reading::Listed(meanings)) = evidence.answer(&query).map(|answer| list.read(answer)) else {
                continue;
            };
            let why = about.why(list);
            let is_sender = matches!(about, About::Sender(_));
            let of_sender = list.sender.as_ref().filter(|_| is_sender);
            for meaning in meanings.into_iter().filter(|meaning| !(is_sender && meaning.is_mild)) {
                let (symbol, words) = of_sender.cloned().unwrap_or((meaning.symbol.clone(), meaning.about.clone()));
                findings.add(Finding { symbol, about: words, why: why.clone() });
            }
        }
    }
}

/// Everything that is asked: about what, whom, and by which name below the zone.
fn questions<'mail>(mail: &'mail Mail<'_>) -> Vec<(About, &'mail DnsList, String)> {
    let lists = mail.account.asks.lists();
    if lists.is_empty() {
        return Vec::new();
    }
    let asked = about(mail);
    let pairs = lists.iter().flat_map(|list| asked.iter().map(move |about| (about, list)));
    pairs.filter_map(|(about, list)| Some((about.clone(), list, about.name(list)?))).collect()
}

fn about(mail: &Mail<'_>) -> Vec<About> {
    let mut all: Vec<About> = mail
        .trace()
        .client_ip()
        .filter(|ip| !is_unaskable(*ip) && !mail.trace().is_submitted())
        .map(About::Client)
        .into_iter()
        .collect();
    let author = mail.author().and_then(|author| author.address.as_ref());
    let senders = author.into_iter().chain(mail.envelope_from().flatten());
    let senders: BTreeSet<Domain> = senders.map(|address| address.domain.registrable()).collect();
    all.extend(senders.into_iter().filter(|domain| is_strange(domain, mail)).map(About::Sender));
    let mut linked = Vec::new();
    for url in mail.urls().iter().flat_map(|url| [Some(url), url.leads_to.as_deref()]).flatten() {
        let about = match &url.host {
            Some(Host::Domain(domain)) => About::Linked(domain.registrable()),
            Some(Host::Ip(ip)) => About::LinkedIp(*ip),
            Some(Host::Odd(_)) | None => continue,
        };
        let is_asked = match &about {
            About::Linked(domain) => is_strange(domain, mail),
            About::LinkedIp(ip) => !is_unaskable(*ip),
            About::Client(_) | About::Sender(_) => false,
        };
        if is_asked && !linked.contains(&about) && linked.len() < MOST_LINKED {
            linked.push(about);
        }
    }
    all.extend(linked);
    all
}

/// Whether somebody else may know more of a domain: it is registered, and neither the person's own, nor the provider's, nor
/// one where anybody has an address.
fn is_strange(domain: &Domain, mail: &Mail<'_>) -> bool {
    let account = &mail.account;
    let own = account.identities.iter().map(|own| &own.domain).chain(&account.provider);
    domain.has_known_suffix()
        && !domain.is_public_suffix()
        && !is_freemail(domain)
        && own.into_iter().all(|own| own.registrable() != *domain)
}

impl About {
    /// The name below the zone of a list, if it knows things of this kind.
    fn name(&self, list: &DnsList) -> Option<String> {
        match self {
            Self::Client(ip) => (list.has_addresses && !list.has_domains).then(|| reversed(*ip)),
            Self::Sender(domain) | Self::Linked(domain) => list.has_domains.then(|| domain.to_string()),
            Self::LinkedIp(ip) => (list.has_domains && list.has_addresses && ip.is_ipv4()).then(|| reversed(*ip)),
        }
    }

    /// Which list has it, and where anybody can see that.
    fn why(&self, list: &DnsList) -> String {
        let (text, what) = match self {
            Self::Client(ip) => (ip.to_string(), "it was handed in by"),
            Self::Sender(domain) => (domain.to_string(), "its sender is of"),
            Self::Linked(domain) => (domain.to_string(), "a link leads to"),
            Self::LinkedIp(ip) => (ip.to_string(), "a link leads to"),
        };
        let page = list.page_of(&text);
        let see = if page.is_empty() { String::new() } else { format!(": {page}") };
        format!("{what} {text}, which is on {}{see}", &*list.name)
    }
}
