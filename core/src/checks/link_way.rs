//! The way a link takes: redirectors between it and where it leads.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Mail, Url},
    symbol::SymbolInfo,
};

use super::{
    link_target::followed_as_written,
    links::{Home, host, risk},
    lists::{GUARDS, REDIRECTORS, entry_above},
};

const URL_REDIRECT_WELL_KNOWN: SymbolInfo =
    SymbolInfo::new("URL_REDIRECT_WELL_KNOWN", "A link goes through a well-known site to hide where it leads");
const URL_REDIRECT_PACKED: SymbolInfo =
    SymbolInfo::new("URL_REDIRECT_PACKED", "A link carries its real target packed, so that it cannot be read");
const URL_REDIRECT_RISKY: SymbolInfo =
    SymbolInfo::new("URL_REDIRECT_RISKY", "A link goes through another site to one that nobody should trust");

/// Redirectors.
#[derive(Debug)]
pub(super) struct LinkWay;

impl Check for LinkWay {
    fn name(&self) -> &'static str {
        "link_way"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[URL_REDIRECT_WELL_KNOWN, URL_REDIRECT_PACKED, URL_REDIRECT_RISKY] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let mut redirected = followed_as_written(mail).filter(|url| url.leads_to.is_some()).peekable();
        if redirected.peek().is_none() {
            return;
        }
        let home = Home::of(mail);
        for url in redirected {
            one(url, &home, findings);
        }
    }
}

fn one(url: &Url, home: &Home, findings: &mut Findings) {
    let (Some(through), Some(target)) = (url.domain(), &url.leads_to) else { return };
    // A guard wraps whatever passes it.
    if entry_above(&GUARDS, through).is_some() || home.has_link(target) {
        return;
    }
    if target.domain().is_some_and(|domain| domain.registrable() == through.registrable()) {
        return;
    }
    let (through_name, goes) = (host(url), host(target));
    if let Some(risk) = risk(target) {
        findings.raise(&URL_REDIRECT_RISKY, format!("through {through_name} to {goes}, {risk}"));
    }
    if home.has(through) {
        return;
    }
    let why = format!("through {through_name} to {goes}");
    if entry_above(&REDIRECTORS, through).is_some() {
        findings.raise(&URL_REDIRECT_WELL_KNOWN, why);
    } else if url.path.contains("aHR0c") {
        findings.raise(&URL_REDIRECT_PACKED, why);
    }
}
