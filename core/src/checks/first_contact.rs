//! Whether anything wanted has come from this sender by this way before.
//!
//! By itself that says nothing against a message. But of what is doubtful and new, more may be known a little later.

use crate::{
    check::Check,
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    mail::Mail,
    reputation::{Contact, Way},
    symbol::SymbolInfo,
};

pub(crate) const FIRST_CONTACT: SymbolInfo =
    SymbolInfo::new("FIRST_CONTACT", "Nothing that you wanted has come from this sender by this way lately");

/// Senders that are new.
#[derive(Debug)]
pub(super) struct FirstContact;

impl Check for FirstContact {
    fn name(&self) -> &'static str {
        "first_contact"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FIRST_CONTACT] }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        if let Some(contact) = Contact::of(mail) {
            plan.ask(Query::Contact(contact));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        if !evidence.is_first_contact() {
            return;
        }
        let way = match Way::of(mail) {
            Way::Answered(domain) => format!(" with the word of {domain}"),
            Way::Network(network) => format!(" through {network}"),
            Way::Untold => String::new(),
        };
        let from = mail.author().and_then(|author| author.address.as_ref());
        let from = from.map_or_else(|| "this sender".to_owned(), ToString::to_string);
        findings.raise(&FIRST_CONTACT, format!("it is the first from {from}{way} that may be wanted"));
    }
}
