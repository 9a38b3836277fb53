//! Senders that put another's address where their name should be (`Mail::SpamAssassin::Plugin::FromNameSpoof`).

use super::support::{address, domain, header, latin};
use crate::rules::{
    Directive,
    book::EvalTest,
    eval::{Eval, Scene},
    lists::fits,
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_fromname_contains_email", run: |scene, _| Names::of(scene).is_some().into() },
    Eval { name: "check_fromname_different", run: |scene, _| holds(scene, Names::is_another) },
    Eval { name: "check_fromname_domain_differ", run: |scene, _| holds(scene, Names::is_of_another_domain) },
    Eval { name: "check_fromname_equals_replyto", run: equals_reply_to },
    Eval { name: "check_fromname_equals_to", run: equals_to },
    Eval { name: "check_fromname_owners_differ", run: |scene, _| holds(scene, Names::is_of_another_owner) },
    Eval { name: "check_fromname_spoof", run: is_spoof },
];

/// How closely a name and an address are compared: the `fns_…` settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromNames {
    /// 0: as they are, 1: by the owner of the domain, 2: by the domain (`fns_check`).
    check: u32,
    /// A name that is longer than the address in it by so many bytes means something else (`fns_extrachars`).
    most_more: usize,
    /// Mail with one of these headers is not looked at (`fns_ignore_headers`).
    ignored: Vec<String>,
    /// Owners of addresses, and patterns of their addresses, lower case (`fns_add_addrlist`).
    owners: Vec<(String, String)>,
}

impl Default for FromNames {
    fn default() -> Self {
        Self { check: 1, most_more: 50, ignored: Vec::new(), owners: Vec::new() }
    }
}

impl FromNames {
    /// Reads the directives in order.
    pub fn read(directives: &[Directive]) -> Self {
        let mut names = Self::default();
        for Directive { name, value, .. } in directives {
            let words = value.split_whitespace();
            match name.as_str() {
                "fns_check" => names.check = value.parse().unwrap_or(names.check),
                "fns_extrachars" => names.most_more = value.parse().unwrap_or(names.most_more),
                "fns_ignore_headers" => names.ignored.extend(words.map(str::to_owned)),
                "fns_add_addrlist" => {
                    let Some((owner, patterns)) = value.trim_start_matches('(').split_once(')') else { continue };
                    let owner = owner.trim().to_ascii_lowercase();
                    let patterns = patterns.split_whitespace().map(str::to_ascii_lowercase);
                    names.owners.extend(patterns.map(|pattern| (owner.clone(), pattern)));
                }
                _ => {}
            }
        }
        names
    }

    /// Who an address belongs to: as rule files say, or the domain without what is registered for all.
    fn owner<'a>(&'a self, address: &'a str, registered: &'a str) -> &'a str {
        let listed = self.owners.iter().find(|(_, pattern)| fits(pattern, address));
        listed.map_or_else(|| registered.split('.').next().unwrap_or(registered), |(owner, _)| owner)
    }
}

/// The address in the sender's name, and the sender's.
struct Names {
    shown: String,
    real: String,
    /// Whether so much stands beside the address that the name means something else.
    is_long: bool,
}

impl Names {
    /// `None`: no address is in the name, or nobody wants to know.
    fn of(scene: &Scene<'_>) -> Option<Self> {
        let settings = &scene.lists.from_names;
        if settings.ignored.iter().any(|name| scene.view.headers().named(name).next().is_some()) {
            return None;
        }
        let name = header(scene, "From:name");
        let name = name.trim_ascii();
        let shown = addresses(name).into_iter().find(|shown| is_whole(scene, shown, name))?;
        let real = address(scene, "From").into_owned();
        let is_long = settings.most_more <= name.len().saturating_sub(shown.len());
        (!real.is_empty()).then_some(Self { shown, real, is_long })
    }

    fn is_another(&self, _: &Scene<'_>) -> bool {
        !self.is_long && self.shown != self.real
    }

    fn is_of_another_domain(&self, scene: &Scene<'_>) -> bool {
        self.is_another(scene) && registered(scene, &self.shown) != registered(scene, &self.real)
    }

    fn is_of_another_owner(&self, scene: &Scene<'_>) -> bool {
        let names = &scene.lists.from_names;
        let shown = names.owner(&self.shown, registered(scene, &self.shown));
        self.is_another(scene) && shown != names.owner(&self.real, registered(scene, &self.real))
    }
}

/// What of an address's domain somebody registered.
fn registered<'a>(scene: &Scene<'_>, address: &'a str) -> &'a str {
    let host = domain(address);
    scene.lists.boundaries.domain(host).unwrap_or(host)
}

/// Whether an address is one that mail can be sent to, and no dot follows it.
fn is_whole(scene: &Scene<'_>, shown: &str, name: &[u8]) -> bool {
    let host = domain(shown);
    let is_number = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_known = is_number || scene.lists.boundaries.domain(host).is_some();
    let lower = name.to_ascii_lowercase();
    let end = memchr::memmem::find(&lower, shown.as_bytes()).map_or(lower.len(), |at| at + shown.len());
    is_known && lower.get(end) != Some(&b'.')
}

fn holds(scene: &Scene<'_>, test: fn(&Names, &Scene<'_>) -> bool) -> u32 {
    Names::of(scene).is_some_and(|names| test(&names, scene)).into()
}

fn is_spoof(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    match scene.lists.from_names.check {
        0 => holds(scene, Names::is_another),
        1 => holds(scene, Names::is_of_another_owner),
        _ => holds(scene, Names::is_of_another_domain),
    }
}

fn equals_to(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    Names::of(scene).is_some_and(|names| scene.recipients().contains(&names.shown)).into()
}

fn equals_reply_to(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    Names::of(scene).is_some_and(|names| address(scene, "Reply-To") == names.shown).into()
}

/// All addresses in a text, lower case, each once, in order.
fn addresses(text: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for at in memchr::memchr_iter(b'@', text).take(MOST_ADDRESSES) {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + 1..).unwrap_or_default();
        let start = before.iter().rposition(|byte| !is_local(*byte)).map_or(0, |end| end + 1);
        let local = before.get(start..).unwrap_or_default();
        let end = after.iter().position(|byte| !is_host(*byte)).unwrap_or(after.len());
        let host = after.get(..end).unwrap_or_default();
        let host = host.get(..host.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1));
        let (Some(host), false) = (host.filter(|host| host.contains(&b'.')), local.is_empty()) else { continue };
        let address = format!("{}@{}", latin(local), latin(host)).to_ascii_lowercase();
        let address = address.strip_prefix("mailto:").map_or_else(|| address.clone(), str::to_owned);
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// Addresses looked for at most in one text.
const MOST_ADDRESSES: usize = 2_000;

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+.:=!#$%^&*/~?'".contains(&byte)
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests;
