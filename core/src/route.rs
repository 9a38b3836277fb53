//! The way of mail: to the person's domain, and of one message.
//!
//! What has to be asked of the domain name system is said in [`questions`], round after round, as who takes the mail has to be
//! known before the addresses of those can be asked for. [`report`] makes of the answers what the person reads.

mod advice;
mod exchange;
#[cfg(test)]
mod tests;
mod way;

pub(crate) use exchange::Entry;
pub use exchange::{Exchange, Exchanges};
pub use way::{draw, step, way};

use crate::{
    api::{MailServer, RouteReport, ServerAddress},
    checks::is_freemail,
    dns::{DnsKind, DnsRecord, reverse_name},
    evidence::{Answer, Evidence, Query, QueryPlan},
    mail::Domain,
};

/// More servers than this nobody has, and nobody would read.
const MOST_SERVERS: usize = 10;

/// The same for the addresses of one.
const MOST_ADDRESSES: usize = 8;

/// Why nothing is asked about a domain, if that is so: it is a provider's at which anybody can have an address.
pub fn why_not(domain: &Domain) -> Option<String> {
    let text =
        "belongs to a provider at which anybody can have an address: how its mail is routed is the provider's business";
    is_freemail(domain).then(|| format!("{domain} {text}"))
}

/// What is still to be asked about a domain, after these answers. `selectors` are names of DKIM keys.
pub fn questions(domain: &Domain, selectors: &[String], answers: &Evidence) -> QueryPlan {
    let mut plan = QueryPlan::default();
    if why_not(domain).is_some() {
        return plan;
    }
    let mut ask = |name: String, kind| {
        let query = Query::dns(name, kind);
        if answers.answer(&query).is_none() {
            plan.ask(query);
        }
    };
    ask(domain.to_string(), DnsKind::Mx);
    for name in advice::texts(domain, selectors) {
        ask(name, DnsKind::Txt);
    }
    for host in hosts(domain, answers) {
        ask(host.clone(), DnsKind::A);
        ask(host.clone(), DnsKind::Aaaa);
        ask(format!("_25._tcp.{host}"), DnsKind::Tlsa);
        for ip in addresses(&host, answers) {
            ask(reverse_name(ip), DnsKind::Ptr);
        }
    }
    plan
}

/// How mail comes to a domain, and how it stands, as far as the answers tell.
pub fn report(account: &str, domain: &Domain, selectors: &[String], answers: &Evidence) -> RouteReport {
    let mut report = RouteReport { account: account.to_owned(), domain: domain.to_string(), ..RouteReport::default() };
    if let Some(why) = why_not(domain) {
        report.why_not = format!("{why}.");
        return report;
    }
    let exchanges = Exchanges::of(domain, answers);
    let list = exchanges.as_ref().map_or(&[][..], |all| &all.list);
    report.servers = list.iter().take(MOST_SERVERS).map(|one| server(one, answers)).collect();
    report.advice = advice::advice(domain, selectors, exchanges.as_ref(), answers);
    report
}

/// A server with what is known of its addresses.
fn server(one: &Exchange, answers: &Evidence) -> MailServer {
    let named = addresses(&one.host, answers).map(|ip| {
        let names = records(&Query::dns(reverse_name(ip), DnsKind::Ptr), answers);
        let name = names.iter().find_map(|record| {
            let DnsRecord::Host(name) = record else { return None };
            Some(name.clone())
        });
        ServerAddress { address: ip.to_string(), name: name.unwrap_or_default() }
    });
    MailServer {
        preference: one.preference,
        host: one.host.clone(),
        is_backup: one.is_backup,
        addresses: named.collect(),
    }
}

/// The records that came back for a question.
fn records<'a>(query: &Query, answers: &'a Evidence) -> &'a [DnsRecord] {
    let Some(Answer::Records(records)) = answers.answer(query) else { return &[] };
    records
}

/// The names of the servers that take a domain's mail; without any, the domain's own.
fn hosts(domain: &Domain, answers: &Evidence) -> Vec<String> {
    let Some(exchanges) = Exchanges::of(domain, answers) else { return Vec::new() };
    exchanges.list.iter().take(MOST_SERVERS).map(|one| one.host.clone()).collect()
}

/// The addresses of a host that are known.
fn addresses<'a>(host: &str, answers: &'a Evidence) -> impl Iterator<Item = std::net::IpAddr> + use<'a> {
    let of = |kind| records(&Query::dns(host, kind), answers).iter();
    let found = of(DnsKind::A).chain(of(DnsKind::Aaaa)).filter_map(|record| {
        let DnsRecord::Address(ip) = record else { return None };
        Some(*ip)
    });
    found.take(MOST_ADDRESSES)
}
