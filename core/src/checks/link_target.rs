//! Where links lead, against what they say and whose the message is.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Domain, Host, Mail, Url, UrlSource},
    symbol::SymbolInfo,
};

use super::{
    from, kind,
    links::said_by_sender,
    lists::{FREE_SITES, SHORTENERS, entry_above},
    text::short,
};

const URL_TEXT_MISMATCH: SymbolInfo = SymbolInfo::new("URL_TEXT_MISMATCH", "A link shows one site and goes to another");
const URL_TEXT_TO_IP: SymbolInfo = SymbolInfo::new("URL_TEXT_TO_IP", "A link shows a site and goes to a bare address");
const URL_SHORTENER: SymbolInfo = SymbolInfo::new("URL_SHORTENER", "A link hides its target behind a shortener");
const URL_FREE_SITE: SymbolInfo =
    SymbolInfo::new("URL_FREE_SITE", "A link leads to a page anyone can put up for nothing");
const URL_HAS_RECIPIENT: SymbolInfo = SymbolInfo::new("URL_HAS_RECIPIENT", "The recipient's address is part of a link");
const URL_ONE_ELSEWHERE: SymbolInfo =
    SymbolInfo::new("URL_ONE_ELSEWHERE", "All links lead to one site that is not the sender's, with little text");

/// Links beyond this many tell nothing new.
pub(super) const MOST_LINKS: usize = 200;

/// What links lead to.
#[derive(Debug)]
pub(super) struct LinkTarget;

impl Check for LinkTarget {
    fn name(&self) -> &'static str {
        "link_target"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[URL_TEXT_MISMATCH, URL_TEXT_TO_IP, URL_SHORTENER, URL_FREE_SITE, URL_HAS_RECIPIENT, URL_ONE_ELSEWHERE] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let own = from::address(mail).map(|from| from.domain.registrable());
        for outer in followed_as_written(mail) {
            mismatch(outer, own.as_ref(), findings);
            let url = outer.target();
            let Some(domain) = url.domain() else { continue };
            if let Some(shortener) = entry_above(&SHORTENERS, domain)
                && 2 < url.path.len()
            {
                findings.raise(&URL_SHORTENER, format!("{shortener} hides where the link goes"));
            }
            if let Some(site) = entry_above(&FREE_SITES, domain)
                && own.as_ref().is_none_or(|own| own.as_str() != site)
            {
                findings.raise(&URL_FREE_SITE, format!("{domain} is a free page at {site}"));
            }
        }
        recipient_in_link(mail, findings);
        one_elsewhere(mail, own.as_ref(), findings);
    }
}

/// Where the links a reader could follow lead, past redirectors.
pub(super) fn followed<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a Url> {
    followed_as_written(mail).map(Url::target)
}

/// The links a reader could follow, and for which the sender has to answer.
pub(super) fn followed_as_written<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a Url> {
    said_by_sender(mail).filter(|url| url.source != UrlSource::Resource).take(MOST_LINKS)
}

/// A link text that is a site's name must go there, or home to the sender, or carry that name along as a redirect does.
fn mismatch(outer: &Url, own: Option<&Domain>, findings: &mut Findings) {
    let Some(shown) = outer.anchor.as_deref().and_then(shown_domain) else { return };
    let url = outer.target();
    match &url.host {
        Some(Host::Domain(target)) => {
            let goes = target.registrable();
            let said = shown.registrable();
            if goes != said && own != Some(&goes) && !outer.path.contains(said.as_str()) {
                findings.raise(&URL_TEXT_MISMATCH, format!("the link says {shown} but goes to {target}"));
            }
        }
        Some(Host::Ip(ip)) => findings.raise(&URL_TEXT_TO_IP, format!("the link says {shown} but goes to {ip}")),
        Some(Host::Odd(_)) | None => {}
    }
}

/// The site a link text names, if it is an address on the web and nothing else.
fn shown_domain(text: &str) -> Option<Domain> {
    let text = text.trim();
    let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_url = bare.is_some() || text.starts_with("www.");
    let host = bare.unwrap_or(text).split(['/', '?', '#', ':']).next()?;
    let ending = host.rsplit_once('.')?.1;
    let reads_as_site =
        is_url || matches!(ending, "com" | "net" | "org" | "de" | "fr" | "es" | "cz" | "uk" | "example");
    if text.contains(char::is_whitespace) || text.contains('@') || !reads_as_site {
        return None;
    }
    Domain::parse(host)
}

fn recipient_in_link(mail: &Mail<'_>, findings: &mut Findings) {
    // Lists put the address into the link for leaving; so does every tidy newsletter.
    if mail.has_header("List-Unsubscribe") {
        return;
    }
    let recipients: Vec<&Address> =
        mail.to().iter().filter_map(|to| to.address.as_ref()).chain(&mail.account.identities).collect();
    for url in followed_as_written(mail).filter(|url| matches!(url.scheme.as_str(), "http" | "https")) {
        let holds = |to: &&&Address| {
            let at = |sign: &str| url.path.contains(&format!("{}{sign}{}", to.local, to.domain));
            url.path.contains(&to.local) && (at("@") || at("%40"))
        };
        if let Some(to) = recipients.iter().find(holds) {
            let host = short(&url.host_name());
            return findings.raise(&URL_HAS_RECIPIENT, format!("{to} is in a link to {host}"));
        }
    }
}

/// Little text, and one foreign place to go: the shape of a lure. Mailing houses count clicks at home, and hand in what
/// they send under their own name.
fn one_elsewhere(mail: &Mail<'_>, own: Option<&Domain>, findings: &mut Findings) {
    const LITTLE: usize = 600;
    let Some(own) = own else { return };
    let goes = |url: &Url| {
        let outer = url.domain()?.registrable();
        if outer == *own { Some(outer) } else { url.target().domain().map(Domain::registrable) }
    };
    let mut sites = followed_as_written(mail).filter(|url| url.source == UrlSource::Link).filter_map(goes);
    let Some(first) = sites.next() else { return };
    let chars: usize = mail.texts().iter().map(|part| part.text.len()).max().unwrap_or_default();
    let sent_by = mail.envelope_from().flatten().map(|sender| sender.domain.registrable());
    let is_lure =
        first != *own && sent_by.as_ref() != Some(&first) && chars < LITTLE && sites.all(|site| site == first);
    if is_lure && !kind::is_report(mail) {
        let subject = short(mail.subject());
        findings
            .raise(&URL_ONE_ELSEWHERE, format!("\"{subject}\": {chars} characters, and every link leads to {first}"));
    }
}
