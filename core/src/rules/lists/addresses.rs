//! Lists of addresses: who is welcome, who is blocked, and lists with names.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    str::SplitWhitespace,
};

use crate::rules::book::Directive;

/// Addresses with `*` and `?`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressList {
    /// Without `*` and `?`.
    plain: BTreeSet<String>,
    /// `*@example.org`: what stands behind the sign.
    domains: BTreeSet<String>,
    /// `*@*.example.org`: what stands behind the dot.
    below: BTreeSet<String>,
    /// With other `*` and `?`.
    globs: Vec<String>,
}

/// An address that is welcome only from some hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromHost {
    /// The address, with `*` and `?`.
    pub address: String,
    /// A domain, or an address or network in brackets.
    pub host: String,
}

/// All lists of addresses.
#[derive(Clone, Debug, Default)]
pub struct WelcomeLists {
    /// By name; those of directives of their own have the directive's name.
    named: BTreeMap<String, AddressList>,
    /// `welcomelist_from_rcvd`.
    pub from_rcvd: Vec<FromHost>,
    /// `def_welcomelist_from_rcvd`.
    pub default_from_rcvd: Vec<FromHost>,
    /// `welcomelist_subject`, lower case.
    pub subjects: Vec<String>,
    /// `blocklist_subject`, lower case.
    pub blocked_subjects: Vec<String>,
}

/// Directives that are lists of addresses.
const LISTS: [&str; 7] = [
    "welcomelist_from",
    "blocklist_from",
    "welcomelist_to",
    "blocklist_to",
    "more_spam_to",
    "all_spam_to",
    "welcomelist_allow_relays",
];

impl WelcomeLists {
    /// Takes the lists from the directives, in order. Names from before 4.0 (`whitelist`, `blacklist`) mean the same.
    pub fn read(directives: &[Directive]) -> Self {
        let mut lists = Self::default();
        for directive in directives {
            lists.take(directive);
        }
        lists
    }

    fn take(&mut self, directive: &Directive) {
        let name = directive.name.replace("whitelist", "welcomelist").replace("blacklist", "blocklist");
        let words = || directive.value.split_whitespace();
        match name.as_str() {
            "enlist_addrlist" | "delist_addrlist" => self.take_named(&name, &directive.value),
            "welcomelist_from_rcvd" => self.from_rcvd.extend(FromHost::read(&directive.value)),
            "def_welcomelist_from_rcvd" => self.default_from_rcvd.extend(FromHost::read(&directive.value)),
            "unwelcomelist_from_rcvd" => {
                let gone: Vec<String> = words().map(str::to_ascii_lowercase).collect();
                self.from_rcvd.retain(|entry| !gone.contains(&entry.address));
                self.default_from_rcvd.retain(|entry| !gone.contains(&entry.address));
            }
            "welcomelist_subject" => self.subjects.push(directive.value.to_ascii_lowercase()),
            "blocklist_subject" => self.blocked_subjects.push(directive.value.to_ascii_lowercase()),
            name if LISTS.contains(&name) => self.named.entry(name.to_owned()).or_default().add(words()),
            name => {
                if let Some(name) = name.strip_prefix("un").filter(|name| LISTS.contains(name)) {
                    self.named.entry(name.to_owned()).or_default().remove(words());
                }
            }
        }
    }

    /// `(NAME) address address`.
    fn take_named(&mut self, directive: &str, value: &str) {
        let Some((name, addresses)) = value.trim().strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
            return;
        };
        let list = self.named.entry(name.trim().replace("whitelist", "welcomelist").replace("blacklist", "blocklist"));
        let list = list.or_default();
        if directive == "enlist_addrlist" {
            list.add(addresses.split_whitespace());
        } else {
            list.remove(addresses.split_whitespace());
        }
    }

    /// A list by its name.
    pub fn named(&self, name: &str) -> Option<&AddressList> {
        self.named.get(name)
    }
}

impl AddressList {
    pub(super) fn add(&mut self, addresses: SplitWhitespace<'_>) {
        for address in addresses.map(str::to_ascii_lowercase) {
            match Place::of(&address) {
                Place::Plain => _ = self.plain.insert(address),
                Place::Domain(domain) => _ = self.domains.insert(domain.to_owned()),
                Place::Below(domain) => _ = self.below.insert(domain.to_owned()),
                Place::Glob => self.globs.push(address),
            }
        }
    }

    fn remove(&mut self, addresses: SplitWhitespace<'_>) {
        for address in addresses.map(str::to_ascii_lowercase) {
            match Place::of(&address) {
                Place::Plain => _ = self.plain.remove(&address),
                Place::Domain(domain) => _ = self.domains.remove(domain),
                Place::Below(domain) => _ = self.below.remove(domain),
                Place::Glob => self.globs.retain(|glob| *glob != address),
            }
        }
    }

    /// Whether an address, lower case, is on it.
    pub fn has(&self, address: &str) -> bool {
        let host = address.rsplit_once('@').is_some_and(|(_, host)| self.domains.contains(host));
        host || self.has_above(address)
            || self.plain.contains(address)
            || self.globs.iter().any(|glob| fits(glob, address))
    }

    /// Whether a domain above the address's own, or above what else stands behind a sign in it, is listed.
    fn has_above(&self, address: &str) -> bool {
        let Some((_, mut rest)) = address.split_once('@').filter(|_| !self.below.is_empty()) else { return false };
        while let Some((_, above)) = rest.split_once('.') {
            if self.below.contains(above) {
                return true;
            }
            rest = above;
        }
        false
    }
}

/// Where an address with `*` and `?` belongs.
enum Place<'address> {
    Plain,
    Domain(&'address str),
    Below(&'address str),
    Glob,
}

impl<'address> Place<'address> {
    fn of(address: &'address str) -> Self {
        let is_plain = |text: &str| !text.contains(['*', '?', '@']);
        match (address.strip_prefix("*@*."), address.strip_prefix("*@")) {
            (Some(domain), _) if is_plain(domain) => Self::Below(domain),
            (_, Some(domain)) if is_plain(domain) => Self::Domain(domain),
            _ if address.contains(['*', '?']) => Self::Glob,
            _ => Self::Plain,
        }
    }
}

impl FromHost {
    fn read(value: &str) -> Option<Self> {
        let (address, host) = value.trim().split_once(char::is_whitespace)?;
        Some(Self { address: address.to_ascii_lowercase(), host: host.trim().to_ascii_lowercase() })
    }

    /// Whether an address, lower case, is meant.
    pub fn is_of(&self, address: &str) -> bool {
        fits(&self.address, address)
    }

    /// Whether a host is meant, by its name, lower case, or its address.
    pub fn is_from(&self, name: &str, address: Option<IpAddr>) -> bool {
        let Some(network) = self.host.strip_prefix('[') else {
            let is_below =
                name.strip_suffix(self.host.as_str()).is_some_and(|head| head.is_empty() || head.ends_with('.'));
            return is_below;
        };
        let network = network.replace(']', "");
        // `[10.1]` is `[10.1.0.0/16]`.
        let is_part = !network.contains([':', '/']) && network.split('.').count() < 4;
        let network = if is_part { format!("{}.", network.trim_end_matches('.')) } else { network };
        crate::rules::view::relays::is_in(&network, address)
    }
}

/// Whether a text fits a pattern in which `*` is anything and `?` one character.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how much it took.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(want), Some(byte)) if want == byte || *want == b'?' => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}
