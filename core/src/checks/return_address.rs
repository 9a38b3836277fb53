//! Whether the domain to which the message would be returned takes any mail.
//!
//! It does if it names servers for that, or else has an address of its own (RFC 5321, 5.1); one that takes none can say so
//! (RFC 7505).

use super::lists::is_freemail;
use crate::{
    check::Check,
    dns::{DnsKind, DnsRecord},
    evidence::{Answer, Evidence, Query, QueryPlan},
    finding::Findings,
    mail::{Domain, Mail},
    symbol::SymbolInfo,
};

const NO_DNS_FOR_FROM: SymbolInfo =
    SymbolInfo::new("NO_DNS_FOR_FROM", "The sender's domain has no servers that would take an answer");
const SENDER_TAKES_NO_MAIL: SymbolInfo =
    SymbolInfo::new("SENDER_TAKES_NO_MAIL", "The sender's domain says that it takes no mail");

/// Domains nobody can answer.
#[derive(Debug)]
pub(super) struct ReturnAddress;

impl Check for ReturnAddress {
    fn name(&self) -> &'static str {
        "return_address"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[NO_DNS_FOR_FROM, SENDER_TAKES_NO_MAIL] }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        let Some(domain) = domain(mail) else { return };
        for kind in [DnsKind::Mx, DnsKind::A, DnsKind::Aaaa] {
            plan.ask(Query::dns(domain.as_str(), kind));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(domain) = domain(mail) else { return };
        let answer = |kind| evidence.answer(&Query::dns(domain.as_str(), kind));
        let is_nothing = |kind| matches!(answer(kind), Some(Answer::NoName | Answer::Absent));
        let takes_none = |record: &DnsRecord| matches!(record, DnsRecord::Exchange { host, .. } if host.is_empty());
        let servers = answer(DnsKind::Mx);
        if matches!(servers, Some(Answer::Records(records)) if records.iter().all(takes_none)) {
            findings.raise(&SENDER_TAKES_NO_MAIL, format!("{domain} says that it takes no mail"));
        } else if servers == Some(&Answer::NoName) {
            findings.raise(&NO_DNS_FOR_FROM, format!("there is no domain {domain}"));
        } else if servers == Some(&Answer::Absent) && is_nothing(DnsKind::A) && is_nothing(DnsKind::Aaaa) {
            findings.raise(&NO_DNS_FOR_FROM, format!("{domain} has no server for mail and no address"));
        }
    }
}

/// Where it would be returned to: what the envelope says, or else the author. Reports come from nobody, and go back to
/// nobody.
fn domain<'mail>(mail: &'mail Mail<'_>) -> Option<&'mail Domain> {
    if !mail.account.asks.is_on {
        return None;
    }
    let author = || mail.author().and_then(|author| author.address.as_ref());
    let address = match mail.envelope_from() {
        Some(envelope) => envelope,
        None => author(),
    };
    let domain = &address?.domain;
    let own = mail.account.identities.iter().map(|own| &own.domain).chain(&mail.account.provider);
    let is_own = own.into_iter().any(|own| own.registrable() == domain.registrable());
    let is_question = mail.account.asks.is_of_list(domain.as_str());
    (domain.has_known_suffix() && !is_freemail(domain) && !is_own && !is_question).then_some(domain)
}
