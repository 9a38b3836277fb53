//! Well-known names in foreign hands.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, Url},
    symbol::SymbolInfo,
};

use super::{
    from,
    link_target::followed,
    lists, mailing_list,
    text::{fold, has_word, short},
};

const FROM_BRAND: SymbolInfo =
    SymbolInfo::new("FROM_BRAND", "The sender's name is a well-known one, its address is not of them");
const SUBJ_BRAND: SymbolInfo =
    SymbolInfo::new("SUBJ_BRAND", "The subject speaks for a well-known name, but sender and links are not of them");
const FROM_BRAND_DOMAIN: SymbolInfo =
    SymbolInfo::new("FROM_BRAND_DOMAIN", "The sender's domain has a well-known name built in that is not its own");
const URL_BRAND_HOST: SymbolInfo =
    SymbolInfo::new("URL_BRAND_HOST", "A link's host has a well-known name built in that is not its own");
const URL_BRAND_TEXT: SymbolInfo =
    SymbolInfo::new("URL_BRAND_TEXT", "A link names a well-known site and goes elsewhere");

/// One name worth imitating.
struct Brand {
    /// How it is written, folded.
    name: &'static str,
    /// Whether the name is also a common word or surname, so that it counts only where the whole name is it.
    is_common: bool,
    /// The main labels of its own domains: `paypal` for `paypal.com` and `paypal.de`.
    labels: Vec<&'static str>,
}

static BRANDS: LazyLock<Vec<Brand>> = LazyLock::new(|| {
    let brands = lists::entries(include_str!("../../../assets/lists/brands.txt"));
    brands.filter_map(|line| line.split_once(':')).map(|(name, labels)| Brand::new(name, labels)).collect()
});

static NAMES: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(BRANDS.iter().map(|brand| brand.name)).ok());

impl Brand {
    fn new(name: &'static str, labels: &'static str) -> Self {
        let is_common = name.starts_with('=');
        Self { name: name.trim_start_matches('='), is_common, labels: labels.split_whitespace().collect() }
    }

    /// Whether `domain` is the brand's own, or in a top-level domain of its own.
    fn owns(&self, domain: &Domain) -> bool {
        let ending = domain.as_str().rsplit('.').next().unwrap_or_default();
        ending == self.name || self.labels.contains(&main_label(&domain.registrable()))
    }

    /// Whether `text`, folded, calls itself by this name.
    fn is_called(&self, text: &str) -> bool {
        const WITH: [&str; 22] = [
            "support",
            "team",
            "service",
            "services",
            "security",
            "account",
            "id",
            "alert",
            "alerts",
            "online",
            "bank",
            "customer",
            "care",
            "help",
            "helpdesk",
            "info",
            "center",
            "kundenservice",
            "konto",
            "inc",
            "pay",
            "store",
        ];
        if !self.is_common {
            return has_word(text, self.name);
        }
        let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.next() == Some(self.name) && words.all(|word| WITH.contains(&word))
    }
}

/// Brands in names, subjects and links.
#[derive(Debug)]
pub(super) struct Brands;

impl Check for Brands {
    fn name(&self) -> &'static str {
        "brand"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FROM_BRAND, SUBJ_BRAND, FROM_BRAND_DOMAIN, URL_BRAND_HOST, URL_BRAND_TEXT] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let links: Vec<&Url> = followed(mail).collect();
        for url in &links {
            link(url, findings);
        }
        // Over a list a member may be called anything.
        let Some(address) = from::address(mail).filter(|_| mailing_list::list_id(mail).is_none()) else { return };
        if let Some(brand) = built_in(&address.domain) {
            findings.raise(&FROM_BRAND_DOMAIN, format!("{} is not of {brand}", address.domain));
        }
        let (name, subject) = (fold(from::name(mail)), fold(&mail.subject));
        if called(&name).chain(called(&plain(&name))).any(|brand| !brand.owns(&address.domain)) {
            let why = format!("called \"{}\" but writes from {}", short(from::name(mail)), address.domain);
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
        if let Some(brand) = called(&subject).find(foreign) {
            findings.raise(&SUBJ_BRAND, format!("it speaks of {}, but is from {}", brand.name, address.domain));
        }
    }
}

/// Digits as the letters they stand for in `BRADESC0`.
fn plain(name: &str) -> String {
    name.replace('0', "o").replace('1', "l")
}

/// The brands that `text`, folded, is called by.
fn called(text: &str) -> impl Iterator<Item = &'static Brand> {
    let found = NAMES.as_ref().into_iter().flat_map(move |names| names.find_overlapping_iter(text));
    found.filter_map(|at| BRANDS.get(at.pattern().as_usize())).filter(move |brand| brand.is_called(text))
}

fn link(url: &Url, findings: &mut Findings) {
    let Some(domain) = url.domain() else { return };
    if let Some(brand) = built_in(domain) {
        findings.raise(&URL_BRAND_HOST, format!("{domain} is not of {brand}"));
    }
    let Some(anchor) = url.anchor.as_deref().filter(|anchor| anchor.len() < 64 && anchor.contains('.')) else { return };
    let host = fold(anchor);
    let host = host.trim_start_matches("https://").trim_start_matches("http://").split('/').next().unwrap_or_default();
    let Some(shown) = Domain::parse(host) else { return };
    if BRANDS.iter().any(|brand| brand.owns(&shown) && !brand.owns(domain)) && !url.path.contains(shown.as_str()) {
        findings.raise(&URL_BRAND_TEXT, format!("the link says {shown} but goes to {domain}"));
    }
}

/// The brand whose name is a word of `domain` although it is not theirs: `paypal.com.login.example`,
/// `secure-paypal.example`.
fn built_in(domain: &Domain) -> Option<&'static str> {
    const SHORT: usize = 5;
    let found = NAMES.as_ref()?.find_overlapping_iter(domain.as_str());
    let mut brands = found.filter_map(|at| BRANDS.get(at.pattern().as_usize()));
    let brand = brands.find(|brand| {
        let is_word = || domain.as_str().split(['.', '-', '_']).any(|word| word == brand.name);
        !brand.is_common && SHORT <= brand.name.len() && is_word() && !brand.owns(domain)
    })?;
    Some(brand.name)
}

fn main_label(registrable: &Domain) -> &str {
    registrable.as_str().split('.').next().unwrap_or_default()
}
