//! Well-known names in foreign hands.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, Url},
    symbol::SymbolInfo,
};

use super::{
    from, kind,
    known::{Brand, built_in, called, mistaken, owner},
    link_target::followed,
    mailing_list,
    text::{fold, short, unmarked},
};

const FROM_BRAND: SymbolInfo =
    SymbolInfo::new("FROM_BRAND", "The sender's name is a well-known one, its address is not of them");
const SUBJ_BRAND: SymbolInfo =
    SymbolInfo::new("SUBJ_BRAND", "The subject speaks for a well-known name, but sender and links are not of them");
const FROM_BRAND_DOMAIN: SymbolInfo =
    SymbolInfo::new("FROM_BRAND_DOMAIN", "The sender's domain has a well-known name built in that is not its own");
const FROM_LOOKALIKE: SymbolInfo =
    SymbolInfo::new("FROM_LOOKALIKE", "The sender's domain, or the one answers go to, looks like a well-known one");
const URL_LOOKALIKE: SymbolInfo = SymbolInfo::new("URL_LOOKALIKE", "A link's host looks like a well-known one");
const URL_BRAND_HOST: SymbolInfo =
    SymbolInfo::new("URL_BRAND_HOST", "A link's host has a well-known name built in that is not its own");
const URL_BRAND_TEXT: SymbolInfo =
    SymbolInfo::new("URL_BRAND_TEXT", "A link names a well-known site and goes elsewhere");

/// Brands in names, subjects and links.
#[derive(Debug)]
pub(super) struct Brands;

impl Check for Brands {
    fn name(&self) -> &'static str {
        "brand"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FROM_BRAND, SUBJ_BRAND, FROM_BRAND_DOMAIN, FROM_LOOKALIKE, URL_BRAND_HOST, URL_LOOKALIKE, URL_BRAND_TEXT] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let links: Vec<&Url> = followed(mail).collect();
        for url in &links {
            link(url, findings);
        }
        // Over a list a member may be called anything.
        let Some(address) = from::address(mail).filter(|_| mailing_list::list_id(mail).is_none()) else { return };
        if let Some(brand) = built_in(&address.domain) {
            findings.raise(&FROM_BRAND_DOMAIN, format!("{} is not of {}", address.domain, brand.name));
        }
        let reply = mail.reply_to().iter().filter_map(|reply| reply.address.as_ref()).map(|reply| &reply.domain);
        for domain in std::iter::once(&address.domain).chain(reply.take(3)) {
            if let Some(brand) = mistaken(domain) {
                findings.raise(&FROM_LOOKALIKE, format!("{domain} is easily mistaken for {}", brand.name));
            }
        }
        if is_agency(&address.domain) {
            return;
        }
        let name = from::name(mail);
        let subject = unmarked(mail.subject());
        if variants(name).iter().any(|name| called(name).any(|brand| !brand.owns(&address.domain))) {
            let why = format!("called \"{}\" but writes from {}", short(name), address.domain);
            return findings.raise(&FROM_BRAND, why);
        }
        let foreign = |brand: &&Brand| {
            !brand.is_common
                && !subject.starts_with("fwd:")
                && !subject.starts_with("re:")
                && !brand.owns(&address.domain)
                && !links.is_empty()
                && !links.iter().filter_map(|url| url.domain()).any(|domain| brand.owns(domain))
        };
        if let Some(brand) = called(&subject).find(foreign)
            && !kind::quotes_others(mail)
        {
            findings.raise(&SUBJ_BRAND, format!("it speaks of {}, but is from {}", brand.name, address.domain));
        }
    }
}

/// Who honestly writes in the name of others: it asks their customers, hires their people, or tells of their pages.
pub(super) fn is_agency(domain: &Domain) -> bool {
    const AGENCIES: [&str; 16] = [
        "linkedin.com",
        "facebookmail.com",
        "github.com",
        "trustpilot.com",
        "qualtrics-survey.com",
        "qemailserver.com",
        "medallia.com",
        "myworkday.com",
        "greenhouse.io",
        "smartrecruiters.com",
        "icims.com",
        "successfactors.com",
        "indeed.com",
        "xing.com",
        "docusign.net",
        "parcellab.com",
    ];
    AGENCIES.contains(&domain.registrable().as_str())
}

/// A name as it may be read: as it stands, with digits as the letters they stand for in `BRADESC0`, with the capital I of
/// `PayPaI` as an l, and without the dots of `N.e.t.f.l.i.x`.
fn variants(name: &str) -> Vec<String> {
    let plain = unmarked(name);
    let mut variants = Vec::new();
    if plain.contains(['0', '1']) {
        variants.push(plain.replace('0', "o").replace('1', "l"));
    }
    let mut after_small = false;
    let is_odd = |c: char| {
        let odd = c == 'I' && after_small;
        after_small = c.is_lowercase();
        odd
    };
    if name.chars().any(is_odd) {
        variants.push(unmarked(&name.replace('I', "l")));
    }
    if plain.contains(['.', '_', '*', '-', '+']) {
        variants.push(plain.chars().filter(|c| !matches!(c, '.' | '_' | '*' | '-' | '+')).collect());
    }
    variants.push(plain);
    variants
}

fn link(url: &Url, findings: &mut Findings) {
    let Some(domain) = url.domain() else { return };
    if let Some(brand) = built_in(domain) {
        findings.raise(&URL_BRAND_HOST, format!("{domain} is not of {}", brand.name));
    }
    if let Some(brand) = mistaken(domain) {
        findings.raise(&URL_LOOKALIKE, format!("{domain} is easily mistaken for {}", brand.name));
    }
    let Some(anchor) = url.anchor.as_deref().filter(|anchor| anchor.len() < 64 && anchor.contains('.')) else { return };
    let host = fold(anchor);
    let host = host.trim_start_matches("https://").trim_start_matches("http://").split('/').next().unwrap_or_default();
    let Some(shown) = Domain::parse(host) else { return };
    if owner(&shown).is_some_and(|brand| !brand.owns(domain)) && !url.path.contains(shown.as_str()) {
        findings.raise(&URL_BRAND_TEXT, format!("the link says {shown} but goes to {domain}"));
    }
}
