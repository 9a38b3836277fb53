//! Which names of hosts are valid, and which part of them somebody registered.

use std::net::Ipv4Addr;

use xxhash_rust::xxh3::xxh3_64;

use super::clean::begins_with;
use crate::rules::Directive;

/// Longest name of a host (RFC 1035).
const MAX_HOST: usize = 255;

/// Under which domains others are registered: `util_rb_tld`, `util_rb_2tld` and `util_rb_3tld`. Without any such line, the
/// public suffix list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundaries {
    /// Those of one, two and three labels, lower case.
    levels: [Names; 3],
}

/// A set of names. Every word with a dot in it is looked up, so this has to be quick.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Names {
    names: Vec<String>,
    /// Numbers of names, each at the place that its sum gives or at one of the next ones; 0: none. Their count is a power
    /// of two.
    slots: Vec<u32>,
}

impl Names {
    fn new(mut names: Vec<String>) -> Self {
        names.sort_unstable();
        names.dedup();
        let slots = if names.is_empty() { 0 } else { (names.len() * 2).next_power_of_two() };
        let mut set = Self { slots: vec![0; slots], names };
        for (number, name) in (1..).zip(&set.names) {
            let first = set.first_slot(name.as_bytes());
            let (before, from) = set.slots.split_at_mut_checked(first).unwrap_or_default();
            if let Some(free) = from.iter_mut().chain(before).find(|slot| **slot == 0) {
                *free = number;
            }
        }
        set
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn has(&self, name: &[u8]) -> bool {
        let (before, from) = self.slots.split_at_checked(self.first_slot(name)).unwrap_or_default();
        let named = from.iter().chain(before).take_while(|slot| 0 < **slot);
        let mut named = named.filter_map(|number| self.names.get((*number as usize).checked_sub(1)?));
        named.any(|known| known.as_bytes() == name)
    }

    fn first_slot(&self, name: &[u8]) -> usize {
        // The lowest bits of a sum are as good as any.
        let most = u64::try_from(self.slots.len().saturating_sub(1)).unwrap_or_default();
        usize::try_from(xxh3_64(name) & most).unwrap_or_default()
    }
}

impl Boundaries {
    /// What the rule files say.
    pub fn read(directives: &[Directive]) -> Self {
        let mut levels = [const { Vec::new() }; 3];
        for directive in directives {
            let level = match directive.name.as_str() {
                "util_rb_tld" => 0,
                "util_rb_2tld" => 1,
                "util_rb_3tld" => 2,
                "clear_util_rb" => {
                    levels = [const { Vec::new() }; 3];
                    continue;
                }
                _ => continue,
            };
            if let Some(level) = levels.get_mut(level) {
                let names = directive.value.split_ascii_whitespace().map(str::to_ascii_lowercase);
                level.extend(names.filter_map(|name| idna::domain_to_ascii(&name).ok()));
            }
        }
        Self { levels: levels.map(Names::new) }
    }

    fn has(&self, labels: usize, name: &str) -> bool {
        self.levels.get(labels - 1).is_some_and(|level| level.has(name.as_bytes()))
    }

    /// Whether a last label is one of the DNS.
    pub(super) fn is_top(&self, label: &[u8]) -> bool {
        if !(2..=63).contains(&label.len()) {
            return false;
        }
        let mut lower = [0; 63];
        let Some(lower) = lower.get_mut(..label.len()) else { return false };
        lower.copy_from_slice(label);
        lower.make_ascii_lowercase();
        match self.levels.first().filter(|level| !level.is_empty()) {
            Some(level) => level.has(lower),
            None => psl::suffix(lower).is_some_and(|suffix| suffix.is_known()),
        }
    }

    /// The registered part of a host's name, which is in lower case. `None` if the name cannot be.
    pub fn domain<'host>(&self, host: &'host str) -> Option<&'host str> {
        let [last, two, three] = tails(host);
        if MAX_HOST < host.len() || !self.is_top(last.as_bytes()) {
            return None;
        }
        let kept = if self.levels.first().is_some_and(Names::is_empty) {
            psl::domain_str(host).map_or(1, |domain| domain.matches('.').count() + 1)
        } else {
            let held = [(3, three), (2, two)].into_iter().find(|(labels, tail)| self.has(*labels, tail));
            let place = if last == "us" { self.places_of_state(host) } else { None };
            place.or(held.map(|(labels, _)| labels)).unwrap_or(1) + 1
        };
        let domain = match kept {
            2 => two,
            3 => three,
            _ => tail(host, kept),
        };
        let is_domain = two.split_once('.').is_some_and(|(name, top)| is_label(name) && is_label(top));
        (1 < kept && is_domain).then_some(domain)
    }

    /// `example.ci.fresno.ca.us`: how many labels the place has. Places of the states register (RFC 1480).
    fn places_of_state(&self, host: &str) -> Option<usize> {
        let mut labels = host.rsplit('.');
        let is_state = labels.next() == Some("us") && labels.next().is_some_and(|label| label.len() == 2);
        if !is_state || !self.has(2, tail(host, 2)) {
            return None;
        }
        let place = labels.next();
        Some(match (place, labels.next()) {
            (_, Some("ci" | "co")) | (Some("k12"), Some("pvt")) => 4,
            _ => 3,
        })
    }

    /// The host of an address in lower case, and its registered domain. `None` if the host cannot be.
    pub fn host(&self, address: &[u8]) -> Option<(String, String)> {
        if begins_with(address, b"mailto:") || is_bare_mail(address) {
            let host = mail_host(address)?;
            let domain = self.domain(&host)?.to_owned();
            return Some((host, domain));
        }
        let host = host_of(address)?;
        // No colon is in it.
        if host.ends_with(|last: char| last.is_ascii_digit()) && host.parse::<Ipv4Addr>().is_ok() {
            return Some((host.clone(), host));
        }
        let domain = self.domain(&host)?.to_owned();
        Some((host, domain))
    }
}

/// The last so many labels of a name.
fn tail(host: &str, labels: usize) -> &str {
    let mut dots = host.bytes().enumerate().rev().filter(|(_, byte)| *byte == b'.');
    dots.nth(labels - 1).and_then(|(dot, _)| host.get(dot + 1..)).unwrap_or(host)
}

/// The last one, two and three labels of a name.
fn tails(host: &str) -> [&str; 3] {
    let mut tails = [host; 3];
    let dots = host.bytes().enumerate().rev().filter(|(_, byte)| *byte == b'.');
    for (tail, (dot, _)) in tails.iter_mut().zip(dots) {
        *tail = host.get(dot + 1..).unwrap_or(host);
    }
    tails
}

fn is_label(label: &str) -> bool {
    let is_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = label.as_bytes();
    is_edge(bytes.first())
        && is_edge(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// What stands for the host in an address, lower case.
fn host_of(address: &[u8]) -> Option<String> {
    for scheme in [&b"javascript:"[..], b"cid:", b"data:", b"file:", b"about:", b"tel:", b"#"] {
        if begins_with(address, scheme) {
            return None;
        }
    }
    let rest = match address.iter().position(|byte| *byte == b':') {
        Some(end) if address.get(..end)?.iter().all(u8::is_ascii_alphabetic) && 0 < end => {
            let rest = address.get(end + 1..)?;
            let slashes = rest.iter().take(2).take_while(|byte| **byte == b'/').count();
            rest.get(slashes..)?
        }
        _ => address,
    };
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let rest = rest.get(..end)?;
    let rest = rest.rsplit(|byte| *byte == b'@').next()?;
    let mut host = std::str::from_utf8(rest).ok()?;
    if let Some((name, port)) = host.rsplit_once(':')
        && port.bytes().all(|byte| byte.is_ascii_digit())
    {
        host = name;
    }
    valid(host.as_bytes())
}

/// The host's name in lower case if it has nothing but what names of hosts have.
fn valid(host: &[u8]) -> Option<String> {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_one = host.first().is_some_and(|first| *first != b'.') && host.iter().all(is_host);
    is_one.then(|| String::from_utf8(host.to_ascii_lowercase()).ok())?
}

fn is_bare_mail(address: &[u8]) -> bool {
    address.iter().find(|byte| matches!(byte, b':' | b'/' | b'?' | b'@')) == Some(&b'@')
}

/// What stands for the host in an address of mail.
fn mail_host(address: &[u8]) -> Option<String> {
    let sign = memchr::memchr(b'@', address)?;
    let (local, domain) = address.split_at_checked(sign)?;
    if local.contains(&b'?') || local.strip_prefix(b"mailto://").unwrap_or(local).contains(&b'/') {
        return None;
    }
    let domain = domain.get(1..)?;
    let end = domain.iter().position(|byte| matches!(byte, b'?' | b'&')).unwrap_or(domain.len());
    valid(domain.get(..end)?)
}
