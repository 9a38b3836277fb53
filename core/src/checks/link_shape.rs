//! How links are written.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Host, Mail, Url, UrlSource},
    symbol::SymbolInfo,
};

use super::{
    link_target::MOST_LINKS,
    links::said_by_sender,
    lists::{CHEAP_TLDS, entry_above},
    sender_domain::is_gibberish,
    text::{mixed_word, short},
};

const NUMERIC_HTTP_ADDR: SymbolInfo = SymbolInfo::new("NUMERIC_HTTP_ADDR", "A link goes to a bare address, not a name");
const URL_USERINFO: SymbolInfo = SymbolInfo::new("URL_USERINFO", "A link hides its host behind a user name");
const WEIRD_PORT: SymbolInfo = SymbolInfo::new("WEIRD_PORT", "A link goes to an unusual port");
const URL_PUNYCODE: SymbolInfo = SymbolInfo::new("URL_PUNYCODE", "A link's host mixes letters of two alphabets");
const URL_ODD_HOST: SymbolInfo = SymbolInfo::new("URL_ODD_HOST", "A link's host is written in a way no name is");
const URL_RANDOM_HOST: SymbolInfo = SymbolInfo::new("URL_RANDOM_HOST", "A link's host is random letters and digits");
const URL_CHEAP_TLD: SymbolInfo =
    SymbolInfo::new("URL_CHEAP_TLD", "A link leads to a top-level domain that is given away");
const URL_DATA: SymbolInfo = SymbolInfo::new("URL_DATA", "A link carries a whole page in itself");
const URL_SCRIPT: SymbolInfo = SymbolInfo::new("URL_SCRIPT", "A link runs a program instead of leading to a page");
const URL_MANY_DOTS: SymbolInfo = SymbolInfo::new("URL_MANY_DOTS", "A link's host has very many parts");

/// The letters and numbers of links.
#[derive(Debug)]
pub(super) struct LinkShape;

impl Check for LinkShape {
    fn name(&self) -> &'static str {
        "link_shape"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                NUMERIC_HTTP_ADDR,
                URL_USERINFO,
                WEIRD_PORT,
                URL_PUNYCODE,
                URL_ODD_HOST,
                URL_RANDOM_HOST,
                URL_CHEAP_TLD,
                URL_DATA,
                URL_SCRIPT,
                URL_MANY_DOTS,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let links = said_by_sender(mail).take(MOST_LINKS);
        for url in links.flat_map(|url| std::iter::once(url).chain(url.leads_to.as_deref())) {
            if url.source == UrlSource::Link {
                match url.scheme.as_str() {
                    "data" | "blob" => findings.raise(&URL_DATA, format!("a {}: link", url.scheme)),
                    "javascript" | "vbscript" => findings.raise(&URL_SCRIPT, format!("a {}: link", url.scheme)),
                    _ => {}
                }
            }
            if !matches!(url.scheme.as_str(), "http" | "https" | "ftp") {
                continue;
            }
            if url.has_userinfo {
                findings.raise(&URL_USERINFO, format!("a user name stands before the host in {}", short(&url.written)));
            }
            if let Some(port) = url.port.filter(|port| !matches!(port, 80 | 443 | 8080 | 8443)) {
                findings.raise(&WEIRD_PORT, format!("port {port} in {}", short(&url.written)));
            }
            match &url.host {
                // Reports and logs name addresses in text; only what can be clicked is a lure.
                Some(Host::Ip(ip)) if url.source != UrlSource::Text => {
                    findings.raise(&NUMERIC_HTTP_ADDR, format!("a link goes to {ip}"));
                }
                Some(Host::Odd(host)) if url.source != UrlSource::Text && host.contains('.') => {
                    findings.raise(&URL_ODD_HOST, format!("a link goes to \"{}\"", short(host)));
                }
                Some(Host::Domain(domain)) => host(url, domain, findings),
                Some(Host::Ip(_) | Host::Odd(_)) | None => {}
            }
        }
    }
}

fn host(url: &Url, domain: &Domain, findings: &mut Findings) {
    let name = domain.as_str();
    if name.contains("xn--") {
        let (shown, _) = idna::domain_to_unicode(name);
        if let Some(label) = mixed_word(&shown) {
            findings.raise(&URL_PUNYCODE, format!("\"{}\" mixes two alphabets", short(label)));
        }
    }
    if url.source == UrlSource::Resource {
        return;
    }
    if entry_above(&CHEAP_TLDS, domain).is_some() {
        findings.raise(&URL_CHEAP_TLD, format!("a link leads to {}", short(name)));
    }
    if name.rsplit('.').nth(1).is_some_and(is_gibberish) {
        findings.raise(&URL_RANDOM_HOST, format!("nobody would name a site {}", short(name)));
    }
    if 6 <= name.matches('.').count() {
        findings.raise(&URL_MANY_DOTS, format!("a link leads to {}", short(name)));
    }
}
