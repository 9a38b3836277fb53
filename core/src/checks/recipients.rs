//! Whom the message says it is for.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Mail},
    symbol::SymbolInfo,
};

use super::{from, mailing_list};

const UNDISC_RECIPS: SymbolInfo = SymbolInfo::new("UNDISC_RECIPS", "The recipients are kept secret");
const MISSING_TO: SymbolInfo = SymbolInfo::new("MISSING_TO", "There is no recipient in the headers");
const MANY_RECIPIENTS: SymbolInfo = SymbolInfo::new("MANY_RECIPIENTS", "It is addressed to very many people at once");
const SORTED_RECIPS: SymbolInfo =
    SymbolInfo::new("SORTED_RECIPS", "The recipients are one piece of an alphabetical list");
const NOT_TO_ME: SymbolInfo = SymbolInfo::new("NOT_TO_ME", "None of your addresses is among the recipients");
const FROM_IS_TO: SymbolInfo = SymbolInfo::new("FROM_IS_TO", "Sender and recipient are the same address");
const TO_NAME_IS_ADDRESS: SymbolInfo =
    SymbolInfo::new("TO_NAME_IS_ADDRESS", "The recipient's name is only the first part of the address");

const MANY: usize = 20;

/// `To` and `Cc`.
#[derive(Debug)]
pub(super) struct Recipients;

impl Check for Recipients {
    fn name(&self) -> &'static str {
        "recipients"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[UNDISC_RECIPS, MISSING_TO, MANY_RECIPIENTS, SORTED_RECIPS, NOT_TO_ME, FROM_IS_TO, TO_NAME_IS_ADDRESS] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let to: Vec<&Address> = mail.to.iter().chain(&mail.cc).filter_map(|to| to.address.as_ref()).collect();
        let from = from::address(mail);
        if to.is_empty() {
            return nobody(mail, findings);
        }
        if MANY <= to.len() {
            findings.raise(&MANY_RECIPIENTS, format!("it is addressed to {} people", to.len()));
        }
        let names: Vec<String> = to.iter().map(|to| to.local.to_lowercase()).collect();
        if 7 <= names.len() && names.is_sorted() {
            findings.raise(&SORTED_RECIPS, format!("{} recipients in alphabetical order", names.len()));
        }
        if let ([only], Some(from)) = (to.as_slice(), from)
            && *only == from
        {
            findings.raise(&FROM_IS_TO, format!("from {from} to {only}"));
        }
        let me = &mail.account.identities;
        let is_bulk = mailing_list::list_id(mail).is_some();
        if !me.is_empty() && !is_bulk && !to.iter().any(|to| me.contains(to)) {
            findings.raise(
                &NOT_TO_ME,
                format!("it is addressed to {}", to.first().map(ToString::to_string).unwrap_or_default()),
            );
        }
        let named = mail.to.iter().find(|to| {
            let local = to.address.as_ref().map_or("", |address| &address.local);
            !local.is_empty() && to.name.eq_ignore_ascii_case(local)
        });
        if let Some(named) = named {
            findings.raise(&TO_NAME_IS_ADDRESS, format!("the recipient is called \"{}\"", named.name));
        }
    }
}

fn nobody(mail: &Mail<'_>, findings: &mut Findings) {
    let written = mail.header("To").unwrap_or_default().to_ascii_lowercase();
    if written.contains("undisclosed") || written.contains("recipient list") {
        findings.raise(&UNDISC_RECIPS, "the recipients are not named");
    } else if written.is_empty() {
        findings.raise(&MISSING_TO, "no recipient is named");
    }
}
