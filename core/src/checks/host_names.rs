//! Whether the names of the host that handed the message in are its own, as the domain name system has them.
//!
//! What the provider found when it took the message stands in the trace, and the check `route` speaks of that. This asks
//! what is missing there: the name of the address, whether the name leads back to the address, and whether what the host
//! called itself is a name at all.

use std::net::IpAddr;

use super::route::is_dynamic;
use crate::{
    check::Check,
    dns::{DnsKind, DnsRecord, is_unaskable, reverse_name},
    evidence::{Answer, Evidence, Query, QueryPlan},
    finding::Findings,
    mail::{Domain, Mail},
    symbol::SymbolInfo,
};

const PTR_NONE: SymbolInfo = SymbolInfo::new("PTR_NONE", "The address that handed it in has no name");
const PTR_DYNAMIC: SymbolInfo =
    SymbolInfo::new("PTR_DYNAMIC", "The address that handed it in has the name of a home connection");
const RDNS_NOT_BACK: SymbolInfo =
    SymbolInfo::new("RDNS_NOT_BACK", "The name of the host that handed it in leads to other addresses");
const HELO_NO_NAME: SymbolInfo =
    SymbolInfo::new("HELO_NO_NAME", "The host that handed it in introduced itself by a name that does not exist");

/// The names of the hop at the trust boundary.
#[derive(Debug)]
pub(super) struct HostNames;

/// What there is to ask.
struct Asked {
    ip: IpAddr,
    /// The name that the provider found for the address.
    rdns: Option<Domain>,
    /// What the host called itself.
    helo: Option<Domain>,
}

impl Check for HostNames {
    fn name(&self) -> &'static str {
        "host_names"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[PTR_NONE, PTR_DYNAMIC, RDNS_NOT_BACK, HELO_NO_NAME] }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        let Some(asked) = Asked::of(mail) else { return };
        plan.ask(asked.reverse());
        for name in asked.rdns.iter().chain(&asked.helo) {
            plan.ask(asked.addresses(name));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(asked) = Asked::of(mail) else { return };
        let ip = asked.ip;
        match (&asked.rdns, evidence.answer(&asked.reverse())) {
            (None, Some(Answer::NoName | Answer::Absent)) => {
                findings.raise(&PTR_NONE, format!("there is no name for {ip}"));
            }
            (None, Some(Answer::Records(records))) => {
                let mut names = records.iter().filter_map(|record| {
                    let DnsRecord::Host(name) = record else { return None };
                    Some(name)
                });
                if let Some(name) = names.find(|name| is_dynamic(name)) {
                    findings.raise(&PTR_DYNAMIC, format!("{ip} is {name}, which looks like a home connection"));
                }
            }
            _ => {}
        }
        if let Some(rdns) = &asked.rdns {
            let answer = evidence.answer(&asked.addresses(rdns));
            let leads_nowhere = matches!(answer, Some(Answer::NoName | Answer::Absent));
            let address = DnsRecord::Address(ip);
            let leads_away = matches!(answer, Some(Answer::Records(records)) if !records.contains(&address));
            if leads_nowhere || leads_away {
                findings.raise(&RDNS_NOT_BACK, format!("{rdns} does not lead to {ip}"));
            }
        }
        if let Some(helo) = &asked.helo
            && matches!(evidence.answer(&asked.addresses(helo)), Some(Answer::NoName))
        {
            findings.raise(&HELO_NO_NAME, format!("it called itself {helo}, and there is no such name"));
        }
    }
}

impl Asked {
    fn of(mail: &Mail<'_>) -> Option<Self> {
        let hop = mail.trace().entry().filter(|_| mail.account.asks.is_on)?;
        let ip = hop.ip.filter(|ip| !is_unaskable(*ip))?.to_canonical();
        // Who logs in sends from home, and home has no honest name.
        if hop.with.as_deref().is_some_and(|with| with.ends_with('A') || with == "HTTP") {
            return None;
        }
        let is_name = |name: &Domain| name.has_known_suffix() && !mail.account.asks.is_of_list(name.as_str());
        let name = |text: &Option<String>| text.as_deref().and_then(Domain::parse).filter(is_name);
        let own = mail.account.identities.iter().map(|own| own.domain.registrable()).collect::<Vec<_>>();
        let is_own = |name: &Domain| own.iter().chain(&mail.account.provider).any(|own| name.is_within(own));
        Some(Self { ip, rdns: name(&hop.rdns), helo: name(&hop.helo).filter(|name| !is_own(name)) })
    }

    fn reverse(&self) -> Query {
        Query::dns(reverse_name(self.ip), DnsKind::Ptr)
    }

    fn addresses(&self, name: &Domain) -> Query {
        Query::dns(name.as_str(), if self.ip.is_ipv4() { DnsKind::A } else { DnsKind::Aaaa })
    }
}
