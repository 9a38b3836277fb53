//! Whom the message is addressed to by name, and whose seal is on it, where a stranger's program has filled these in.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail},
    symbol::SymbolInfo,
};

use super::{from, mailing_list, text::short};

const TO_NAME_LURE: SymbolInfo =
    SymbolInfo::new("TO_NAME_LURE", "The recipient is called by a sentence, a link or a sum in place of a name");
const SEAL_NUMBERED_TENANT: SymbolInfo =
    SymbolInfo::new("SEAL_NUMBERED_TENANT", "Its only seal is of a numbered Microsoft tenant, not of its sender");

/// Most seals and recipients looked at.
const MOST: usize = 20;

/// Longest name of a person or an office, in characters. `Bob Example via the Working Group on Something` is shorter.
const LONGEST_NAME: usize = 90;

/// Recipients' names and tenants.
#[derive(Debug)]
pub(super) struct StrangeSeal;

impl Check for StrangeSeal {
    fn name(&self) -> &'static str {
        "strange_seal"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[TO_NAME_LURE, SEAL_NUMBERED_TENANT] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        if mailing_list::list_id(mail).is_some() {
            return;
        }
        let named = mail.to().iter().take(MOST).map(|to| to.name.as_str());
        if let Some(name) = named.into_iter().find(|name| is_lure(name)) {
            findings.raise(&TO_NAME_LURE, format!("it is addressed to \"{}\"", short(name)));
        }
        let Some(own) = from::address(mail).map(|from| from.domain.registrable()) else { return };
        let seals = mail.headers_named("DKIM-Signature").take(MOST).filter_map(|header| signer(&header.value));
        let mut tenant = None;
        for seal in seals {
            match seal.as_str().strip_suffix(".onmicrosoft.com") {
                Some(name) if is_numbered(name) && seal.registrable() != own => tenant = Some(name.to_owned()),
                _ => return,
            }
        }
        if let Some(name) = tenant {
            findings
                .raise(&SEAL_NUMBERED_TENANT, format!("from {own}, sealed by the tenant \"{}\" alone", short(&name)));
        }
    }
}

/// What nobody is called: a link, a sum of money, or sentences.
fn is_lure(name: &str) -> bool {
    let name = name.trim();
    let lower = name.to_ascii_lowercase();
    let is_link = ["http://", "https://", "www."].iter().any(|mark| lower.contains(mark));
    let mut signs = name.chars().zip(name.chars().skip(1));
    let is_sum = signs.any(|(a, b)| matches!(a, '$' | '€' | '£') && (b.is_ascii_digit() || b == ' '));
    let is_long = LONGEST_NAME < name.chars().count() && 8 <= name.split_whitespace().count() && !name.contains('@');
    is_link || is_sum || is_long
}

fn signer(value: &str) -> Option<Domain> {
    let tags = value.split(';').filter_map(|tag| tag.split_once('='));
    let mut domains = tags.filter(|(key, _)| key.trim() == "d");
    Domain::parse(domains.next()?.1.trim())
}

/// Whether a tenant's name ends in a number of two digits or more, as those do that are had by the dozen. A year is none.
fn is_numbered(name: &str) -> bool {
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let is_year = digits == 4 && matches!(name.get(name.len() - 4..name.len() - 2), Some("19" | "20"));
    2 <= digits && !is_year
}
