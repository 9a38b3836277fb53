//! Hosts of links whose very name is meant to mislead, or was made by a machine.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, Url},
    symbol::SymbolInfo,
};

use super::{
    links::{clicked, host},
    lists::{WORST_TLDS, entry_above},
    random::is_random,
    text::short,
};

const URL_WORST_TLD: SymbolInfo =
    SymbolInfo::new("URL_WORST_TLD", "A link leads to a top-level domain that is hardly used for anything good");
const URL_SITE_IN_USER: SymbolInfo =
    SymbolInfo::new("URL_SITE_IN_USER", "A link begins with the name of a site that is not the one it leads to");
const URL_SITE_IN_HOST: SymbolInfo =
    SymbolInfo::new("URL_SITE_IN_HOST", "A link's host begins with the name of another site");
const URL_DISGUISED: SymbolInfo =
    SymbolInfo::new("URL_DISGUISED", "A link is written so that a browser understands it and a filter does not");
const URL_UNKNOWN_TLD: SymbolInfo =
    SymbolInfo::new("URL_UNKNOWN_TLD", "A link leads to a top-level domain that does not exist");
const URL_RANDOM_LABEL: SymbolInfo =
    SymbolInfo::new("URL_RANDOM_LABEL", "A part of a link's host is letters at random");
const URL_LONG_LABEL: SymbolInfo = SymbolInfo::new("URL_LONG_LABEL", "A part of a link's host is longer than any name");

/// Endings that stand where names are kept at home or are not meant to exist (RFC 2606, 6761, 6762, 7686, 8375).
const AT_HOME: [&str; 13] = [
    "example",
    "test",
    "invalid",
    "localhost",
    "local",
    "localdomain",
    "lan",
    "home",
    "internal",
    "intranet",
    "corp",
    "arpa",
    "onion",
];

/// Names of hosts.
#[derive(Debug)]
pub(super) struct LinkName;

impl Check for LinkName {
    fn name(&self) -> &'static str {
        "link_name"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                URL_WORST_TLD,
                URL_SITE_IN_USER,
                URL_SITE_IN_HOST,
                URL_DISGUISED,
                URL_UNKNOWN_TLD,
                URL_RANDOM_LABEL,
                URL_LONG_LABEL,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let mut last = None;
        for outer in clicked(mail) {
            if outer.is_disguised {
                findings.raise(&URL_DISGUISED, format!("\"{}\" leads to {}", short(&outer.written), host(outer)));
            }
            for url in std::iter::once(outer).chain(outer.leads_to.as_deref()) {
                if url.has_userinfo
                    && let Some(shown) = user_site(url)
                {
                    findings.raise(&URL_SITE_IN_USER, format!("it begins with {shown} and leads to {}", host(url)));
                }
                let Some(domain) = url.domain().filter(|domain| last != Some(*domain)) else { continue };
                last = Some(domain);
                name(domain, findings);
            }
        }
    }
}

/// The site that stands in the place of a user name.
fn user_site(url: &Url) -> Option<Domain> {
    let (_, rest) = url.written.split_once("//")?;
    let (user, _) = rest.split_once('@')?;
    let site = Domain::parse(user.split([':', '/', '&', '?', '%']).next()?)?;
    (site.as_str().contains('.')).then_some(site)
}

fn name(domain: &Domain, findings: &mut Findings) {
    const LONG: usize = 30;
    let written = domain.as_str();
    let shown = short(written);
    if let Some(ending) = entry_above(&WORST_TLDS, domain) {
        findings.raise(&URL_WORST_TLD, format!("{shown} ends in .{ending}"));
    }
    let ending = written.rsplit('.').next().unwrap_or_default();
    if written.contains('.') && !domain.has_known_suffix() && !AT_HOME.contains(&ending) {
        findings.raise(&URL_UNKNOWN_TLD, format!("there is no .{}, and so no {shown}", short(ending)));
    }
    let site = domain.registrable();
    let below = written.strip_suffix(site.as_str()).unwrap_or_default().trim_end_matches('.');
    let main = site.as_str().split('.').next().unwrap_or_default();
    if let Some(other) = site_in_host(below, main) {
        findings.raise(&URL_SITE_IN_HOST, format!("{shown} begins with {other} and is of {site}"));
    }
    for label in below.split('.').chain(std::iter::once(main)).filter(|label| !label.starts_with("xn--")) {
        if LONG <= label.len() && !label.contains('-') {
            findings.raise(&URL_LONG_LABEL, format!("\"{}\" in {shown} has {} characters", short(label), label.len()));
        }
        if is_random(label) {
            findings.raise(&URL_RANDOM_LABEL, format!("nobody would call anything \"{}\" as in {shown}", short(label)));
        }
    }
}

/// `www.nordhaven.com` in `www.nordhaven.com.login.example` or `www.nordhaven.com-login.example`.
fn site_in_host(below: &str, main: &str) -> Option<String> {
    let labels: Vec<&str> = below.split('.').chain(std::iter::once(main)).collect();
    let at = labels.iter().enumerate().skip(1).position(|(at, label)| {
        let (head, is_cut) = label.split_once('-').map_or((*label, false), |(head, _)| (head, true));
        matches!(head, "com" | "net" | "org" | "gov") && (is_cut || at + 1 < labels.len())
    })? + 1;
    let ending = labels.get(at)?.split('-').next()?;
    Some(format!("{}.{ending}", labels.get(..at)?.join(".")))
}
