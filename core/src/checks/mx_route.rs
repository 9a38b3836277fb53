//! By which of the servers that take mail for the person's domain a message came: those who look for a way in take the one that
//! is watched least.

use crate::{
    check::Check,
    dns::{DnsKind, is_unaskable},
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    mail::{Domain, Mail},
    route::{Entry, Exchanges},
    setup::of_domain,
    symbol::SymbolInfo,
};

use super::lists::is_freemail;

const MX_BACKUP: SymbolInfo = SymbolInfo::new(
    "MX_BACKUP",
    "It came in by the server that takes mail for your domain only when the first one is away",
);
const MX_AROUND: SymbolInfo = SymbolInfo::new(
    "MX_AROUND",
    "It went around the servers that take mail for your domain, straight to a host of yours",
);

/// The way in.
#[derive(Debug)]
pub(super) struct MxRoute;

impl Check for MxRoute {
    fn name(&self) -> &'static str {
        "mx_route"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[MX_BACKUP, MX_AROUND] }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        if let Some(domain) = domain(mail).filter(|_| mail.account.asks.is_on) {
            plan.ask(Query::dns(domain.to_string(), DnsKind::Mx));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(domain) = domain(mail) else { return };
        match Exchanges::of(&domain, evidence).and_then(|exchanges| exchanges.entry_of(mail, &domain)) {
            Some(Entry::Backup { host, first }) => {
                findings.raise(&MX_BACKUP, format!("it came by {host}, which stands in for {first}"));
            }
            Some(Entry::Around { host, first }) => {
                findings.raise(
                    &MX_AROUND,
                    format!("it was brought to {host}, although {first} takes the mail of {domain}"),
                );
            }
            None => {}
        }
    }
}

/// The domain of the person's whose servers are meant: that of the address it was delivered to. What was forwarded from another
/// address of the person's may have come by that one's servers. Of providers at which anybody can have an address nothing is asked.
fn domain(mail: &Mail<'_>) -> Option<Domain> {
    let entry = mail.trace().entry()?;
    entry.ip.filter(|ip| !is_unaskable(*ip))?;
    let own = &mail.account.identities;
    let domain = match mail.delivered_to() {
        Some(address) => address.domain,
        None => own.first().map(|first| first.domain.clone())?,
    };
    let is_own = own.iter().any(|address| address.domain == domain);
    let is_certain = mail.delivered_to().is_some() || own.iter().all(|address| address.domain == domain);
    let is_of_provider = is_freemail(&domain) || of_domain(&domain).is_some();
    (is_own && is_certain && !is_of_provider).then_some(domain)
}
