//! What the checks of links share: whose a site is, and what makes one that nobody should trust.

use std::cell::LazyCell;

use crate::mail::{Domain, Host, Mail, Url, UrlSource};

use super::{
    kind::quotes_others,
    link_host::kind_of,
    link_target::MOST_LINKS,
    lists::{CHEAP_TLDS, FREE_SITES, SHORTENERS, entry_above},
    text::short,
};

/// Sites of the sender: those of the From, Sender, Reply-To and envelope addresses.
#[derive(Debug)]
pub(super) struct Home(Vec<Domain>);

impl Home {
    pub(super) fn of(mail: &Mail<'_>) -> Self {
        let named = mail.from().iter().chain(mail.sender()).chain(mail.reply_to()).take(MOST_LINKS);
        let named = named.filter_map(|mailbox| mailbox.address.as_ref());
        let envelope = mail.envelope_from().flatten();
        Self(named.chain(envelope).map(|address| address.domain.registrable()).collect())
    }

    /// Whether `domain` is the sender's: the same site, or one of the same name in another country.
    pub(super) fn has(&self, domain: &Domain) -> bool {
        let site = domain.registrable();
        self.0.iter().any(|own| *own == site || main_label(own) == main_label(&site))
    }

    /// Whether a link stays at home. What is no name never does.
    pub(super) fn has_link(&self, url: &Url) -> bool {
        url.domain().is_some_and(|domain| self.has(domain))
    }
}

fn main_label(site: &Domain) -> &str {
    site.as_str().split('.').next().unwrap_or_default()
}

/// The links that can be clicked, sent or pointed a telephone at, to pages. What is only written in text is left out:
/// reports and logs quote links by the dozen.
pub(super) fn clicked<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a Url> {
    let leads = |url: &&Url| matches!(url.source, UrlSource::Link | UrlSource::Form | UrlSource::Qr);
    let is_page = |url: &&Url| matches!(url.scheme.as_str(), "http" | "https");
    said_by_sender(mail).filter(leads).filter(is_page).take(MOST_LINKS)
}

/// The links for which the sender has to answer: all but those that a complaint shows as they are.
pub(super) fn said_by_sender<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a Url> {
    let quotes = LazyCell::new(|| quotes_others(mail));
    mail.urls().iter().filter(move |url| !(is_shown(url) && *quotes))
}

/// Whether a reader sees where a link leads: it is written in text, or mail programs have made a link of what was.
fn is_shown(url: &Url) -> bool {
    let bare = |text: &str| {
        let text = text.trim();
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        rest.trim_end_matches('/').to_ascii_lowercase()
    };
    let is_it = |url: &Url| url.anchor.as_deref().is_some_and(|anchor| bare(anchor) == bare(&url.written));
    url.source == UrlSource::Text || url.source == UrlSource::Link && (is_it(url) || is_it(url.target()))
}

/// Sites that stand at the foot of everybody's mail.
pub(super) fn is_everybodys(domain: &Domain) -> bool {
    const SITES: [&str; 22] = [
        "facebook.com",
        "twitter.com",
        "x.com",
        "instagram.com",
        "linkedin.com",
        "youtube.com",
        "youtu.be",
        "pinterest.com",
        "tiktok.com",
        "xing.com",
        "vimeo.com",
        "w3.org",
        "apple.com",
        "google.com",
        "gstatic.com",
        "googleapis.com",
        "microsoft.com",
        "mozilla.org",
        "adobe.com",
        "mailchimp.com",
        "wikipedia.org",
        "whatsapp.com",
    ];
    SITES.contains(&domain.registrable().as_str()) && entry_above(&FREE_SITES, domain).is_none()
}

/// Why nobody should trust where a link leads, in words that follow its host: `which is a free page at web.app`.
pub(super) fn risk(url: &Url) -> Option<String> {
    let domain = match &url.host {
        Some(Host::Domain(domain)) => domain,
        Some(Host::Ip(_)) => return Some("which is a bare address".to_owned()),
        Some(Host::Odd(_)) | None => return None,
    };
    if let Some(shortener) = entry_above(&SHORTENERS, domain).filter(|_| 2 < url.path.len()) {
        return Some(format!("where {shortener} hides what comes next"));
    }
    if let Some(site) = entry_above(&FREE_SITES, domain) {
        return Some(format!("which is a free page at {site}"));
    }
    if let Some((kind, site)) = kind_of(domain).filter(|(kind, _)| !matches!(*kind, "share" | "chat" | "bio")) {
        return Some(format!("which is {} at {site}", if kind == "app" { "an app" } else { "a page" }));
    }
    entry_above(&CHEAP_TLDS, domain).map(|ending| format!("which ends in .{ending}"))
}

/// The host of a link, short enough for a report.
pub(super) fn host(url: &Url) -> String {
    short(&url.host_name())
}
