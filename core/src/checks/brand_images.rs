//! Pictures fetched from a well-known house's own site by somebody who is not of that house.

use std::collections::BTreeSet;

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, UrlSource},
    symbol::SymbolInfo,
};

use super::{
    brand::is_agency,
    from,
    known::{Brand, called, owner},
    link_host::kind_of,
    link_target::followed,
    links::is_everybodys,
    lists::{FREE_SITES, MAIL_SERVICES, entry_above},
    mailing_list, reply,
    text::{short, unmarked},
};

const IMAGE_BRAND: SymbolInfo =
    SymbolInfo::new("IMAGE_BRAND", "A picture is fetched from a well-known house's own site, to which no link leads");
const IMAGE_CLAIMED: SymbolInfo = SymbolInfo::new(
    "IMAGE_CLAIMED",
    "It calls itself a well-known house and fetches that house's own pictures, but comes from elsewhere",
);

/// Pictures beyond this many tell nothing new.
const MOST: usize = 40;

/// Houses' sites that keep everybody's pictures, or whose badges stand in everybody's mail.
const STORES: [&str; 14] = [
    "amazonaws.com",
    "media-amazon.com",
    "ssl-images-amazon.com",
    "cloudfront.net",
    "shopify.com",
    "googleusercontent.com",
    "ggpht.com",
    "paypalobjects.com",
    "githubusercontent.com",
    "windows.net",
    "licdn.com",
    "fbcdn.net",
    "twimg.com",
    "ytimg.com",
];

/// Pictures of others.
#[derive(Debug)]
pub(super) struct BrandImages;

impl Check for BrandImages {
    fn name(&self) -> &'static str {
        "brand_images"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[IMAGE_BRAND, IMAGE_CLAIMED] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(address) = from::address(mail) else { return };
        if mailing_list::list_id(mail).is_some() || reply::answers(mail) || is_agency(&address.domain) {
            return;
        }
        let images = mail.urls().iter().filter(|url| url.source == UrlSource::Resource).take(MOST);
        let mut seen = BTreeSet::new();
        for domain in images.filter_map(|url| url.domain()) {
            if !seen.insert(domain.main_label()) {
                continue;
            }
            let Some(brand) = owner(domain).filter(|brand| !is_store(domain) && !brand.owns(&address.domain)) else {
                continue;
            };
            let mut sites = followed(mail).filter_map(|url| url.domain()).peekable();
            let has_links = sites.peek().is_some();
            if has_links && !sites.any(|site| brand.owns(site)) && !is_everybodys(domain) {
                let why = format!("a picture is fetched from {domain}, it is from {}", address.domain);
                findings.raise(&IMAGE_BRAND, why);
            }
            if is_claimed(mail, brand, domain) {
                let name = short(from::name(mail));
                let why = format!("called \"{name}\", with a picture from {domain}, but from {}", address.domain);
                findings.raise(&IMAGE_CLAIMED, why);
            }
        }
    }
}

/// Whether the sender is called by a name whose own `domain` is, and a link leads elsewhere.
fn is_claimed(mail: &Mail<'_>, brand: &Brand, domain: &Domain) -> bool {
    let is_it = |name: &Brand| name.owns(domain) || name.name == brand.name;
    let name = unmarked(from::name(mail));
    called(&name).any(is_it) && followed(mail).filter_map(|url| url.domain()).any(|site| !brand.owns(site))
}

fn is_store(domain: &Domain) -> bool {
    STORES.contains(&domain.registrable().as_str())
        || entry_above(&FREE_SITES, domain).is_some()
        || entry_above(&MAIL_SERVICES, domain).is_some()
        || kind_of(domain).is_some()
}
