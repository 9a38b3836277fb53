//! Links to what anybody can put up within minutes, under somebody else's name.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, Url},
    symbol::SymbolInfo,
};

use super::{
    links::{Home, clicked, host, is_everybodys},
    lists::{SHORTENERS, entries, entry_above},
};

const HOSTED_STORAGE: SymbolInfo = SymbolInfo::new("HOSTED_STORAGE", "A link leads to a file in rented storage");
const HOSTED_STORAGE_PAGE: SymbolInfo =
    SymbolInfo::new("HOSTED_STORAGE_PAGE", "A link leads to a single page put into rented storage");
const HOSTED_APP: SymbolInfo = SymbolInfo::new("HOSTED_APP", "A link leads to an app anybody can put up");
const HOSTED_SITE: SymbolInfo = SymbolInfo::new("HOSTED_SITE", "A link leads to a site anybody can click together");
const HOSTED_FORM: SymbolInfo = SymbolInfo::new("HOSTED_FORM", "A link leads to a form anybody can make");
const HOSTED_IPFS: SymbolInfo =
    SymbolInfo::new("HOSTED_IPFS", "A link leads into a network from which nothing can be taken down");
const HOSTED_PROXY: SymbolInfo =
    SymbolInfo::new("HOSTED_PROXY", "A link leads through a translator or a copy of another site");
const HOSTED_SHARE: SymbolInfo = SymbolInfo::new("HOSTED_SHARE", "A link leads to a file somebody shares");
const HOSTED_BIO: SymbolInfo = SymbolInfo::new("HOSTED_BIO", "A link leads to a page that is nothing but links");
const HOSTED_CHAT: SymbolInfo = SymbolInfo::new("HOSTED_CHAT", "A link leads to a chat");
const HOSTED_DYNAMIC: SymbolInfo = SymbolInfo::new("HOSTED_DYNAMIC", "A link leads to a machine with a borrowed name");
const HOSTED_ONLY: SymbolInfo =
    SymbolInfo::new("HOSTED_ONLY", "All links lead to rented pages or shortened links, none to a site of the sender's");

/// What stands below each domain of the list.
static KINDS: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = entries(include_str!("../../../assets/lists/hosting.txt"));
    lines.filter_map(|line| line.split_once(' ')).map(|(kind, domain)| (domain.trim(), kind)).collect()
});

/// Rented pages.
#[derive(Debug)]
pub(super) struct LinkHost;

impl Check for LinkHost {
    fn name(&self) -> &'static str {
        "link_host"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                HOSTED_STORAGE,
                HOSTED_STORAGE_PAGE,
                HOSTED_APP,
                HOSTED_SITE,
                HOSTED_FORM,
                HOSTED_IPFS,
                HOSTED_PROXY,
                HOSTED_SHARE,
                HOSTED_BIO,
                HOSTED_CHAT,
                HOSTED_DYNAMIC,
                HOSTED_ONLY,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let home = Home::of(mail);
        let (mut hosted, mut others) = (None, 0_usize);
        for outer in clicked(mail) {
            let url = outer.target();
            let Some(domain) = url.domain().filter(|domain| !home.has(domain)) else {
                others += 1;
                continue;
            };
            if outer.domain().is_some_and(|through| kind_of(through).is_some_and(|(kind, _)| kind == "proxy")) {
                findings.raise(&HOSTED_PROXY, format!("{} shows {domain} under another name", host(outer)));
            }
            if let Some((kind, site)) = kind_of(domain) {
                kind_found(url, kind, site, findings);
                hosted = hosted.or(Some(domain));
            } else if has_ipfs_path(&url.path) {
                findings.raise(&HOSTED_IPFS, format!("{domain} is a door to a network without owners"));
                hosted = hosted.or(Some(domain));
            } else if entry_above(&SHORTENERS, domain).is_some() {
                hosted = hosted.or(Some(domain));
            } else if !is_everybodys(domain) {
                others += 1;
            }
        }
        if let Some(domain) = hosted.filter(|_| others == 0) {
            findings.raise(&HOSTED_ONLY, format!("there is no way on but {domain}, which is nobody's own"));
        }
    }
}

fn kind_found(url: &Url, kind: &str, site: &str, findings: &mut Findings) {
    let name = host(url);
    let path = url.path.split('?').next().unwrap_or_default();
    match kind {
        "storage" => {
            findings.raise(&HOSTED_STORAGE, format!("{name} is storage anybody can rent"));
            let file = path.split('#').next().unwrap_or_default().to_ascii_lowercase();
            let is_picture = [".png", ".jpg", ".jpeg", ".gif", ".pdf"].iter().any(|ending| file.ends_with(ending));
            if !is_picture && (file.contains(".htm") || file.contains(".shtm") || path.contains('#')) {
                findings.raise(&HOSTED_STORAGE_PAGE, format!("a page of its own lies in the storage {name}"));
            }
        }
        "app" => findings.raise(&HOSTED_APP, format!("{name} is an app put up at {site}")),
        "site" => findings.raise(&HOSTED_SITE, format!("{name} is a site clicked together at {site}")),
        "form" => findings.raise(&HOSTED_FORM, format!("{name} holds a form anybody can make")),
        "ipfs" => findings.raise(&HOSTED_IPFS, format!("{name} is a door to a network without owners")),
        "share" => findings.raise(&HOSTED_SHARE, format!("{name} holds what anybody shares")),
        "bio" => findings.raise(&HOSTED_BIO, format!("{name} is nothing but a page of links")),
        "chat" => findings.raise(&HOSTED_CHAT, format!("{name} is a chat")),
        "dynamic" => findings.raise(&HOSTED_DYNAMIC, format!("{name} has its name borrowed from {site}")),
        _ => findings.raise(&HOSTED_PROXY, format!("{name} shows another site under its own name")),
    }
}

/// What is below `domain`'s nearest entry, and that entry.
pub(super) fn kind_of(domain: &Domain) -> Option<(&'static str, &'static str)> {
    let mut name = domain.as_str();
    loop {
        if let Some((site, kind)) = KINDS.get_key_value(name) {
            return Some((kind, site));
        }
        name = name.split_once('.')?.1;
    }
}

/// `/ipfs/` and the number of a content, which begins with `Qm` or `baf`.
fn has_ipfs_path(path: &str) -> bool {
    path.split_once("/ipfs/").is_some_and(|(_, rest)| rest.starts_with("Qm") || rest.starts_with("baf"))
}
