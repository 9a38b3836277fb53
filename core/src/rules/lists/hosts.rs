//! `enlist_uri_host`, `delist_uri_host`, their short forms, and `url_shortener`: hosts in lists with names.

use std::collections::BTreeMap;

use crate::rules::book::Directive;

/// What `blocklist_uri_host` adds to.
pub const BLOCK: &str = "BLOCK";
/// What `welcomelist_uri_host` adds to.
pub const WELCOME: &str = "WELCOME";
/// What `url_shortener` adds to. No name of a rule file, as these hold no blank.
pub const SHORTENERS: &str = "url shorteners";

/// Lists of hosts. Each host is lower case, with whether it is in the list or, after `!`, kept out of it.
#[derive(Clone, Debug, Default)]
pub struct HostLists(BTreeMap<String, BTreeMap<String, bool>>);

impl HostLists {
    /// Takes the hosts from the directives, in order.
    pub fn read(directives: &[Directive]) -> Self {
        let mut lists = Self::default();
        for Directive { name, value, .. } in directives {
            match name.as_str() {
                "enlist_uri_host" => {
                    let Some((list, hosts)) = named(value) else { continue };
                    lists.add(list, hosts);
                }
                "delist_uri_host" => match named(value) {
                    Some((list, hosts)) => lists.take(Some(list), hosts),
                    None => lists.take(None, value),
                },
                "blocklist_uri_host" | "blacklist_uri_host" => lists.add(BLOCK, value),
                "welcomelist_uri_host" | "whitelist_uri_host" => lists.add(WELCOME, value),
                "url_shortener" | "url_shortener_get" => lists.add(SHORTENERS, value),
                "clear_url_shortener" if value.is_empty() => lists.0.retain(|list, _| list != SHORTENERS),
                "clear_url_shortener" => lists.take(Some(SHORTENERS), value),
                _ => {}
            }
        }
        lists
    }

    fn add(&mut self, list: &str, hosts: &str) {
        let list = self.0.entry(list.to_owned()).or_default();
        for host in hosts.split_whitespace().map(str::to_ascii_lowercase) {
            match host.strip_prefix('!') {
                Some(host) => list.insert(host.to_owned(), false),
                None => list.insert(host, true),
            };
        }
    }

    fn take(&mut self, list: Option<&str>, hosts: &str) {
        for host in hosts.split_whitespace().map(|host| host.trim_start_matches('!').to_ascii_lowercase()) {
            for (name, list_of) in &mut self.0 {
                if list.is_none_or(|list| list == name) {
                    list_of.remove(&host);
                }
            }
        }
    }

    /// Whether there is a list of this name.
    pub fn has_list(&self, list: &str) -> bool {
        self.0.contains_key(list)
    }

    /// Whether a host (lower case) is in a list: the longest part of its name that is there decides.
    pub fn has(&self, list: &str, host: &str) -> bool {
        let Some(list) = self.0.get(list) else { return false };
        let may_be = host.ends_with(|last: char| last.is_ascii_digit()) || host.contains(':');
        let is_address = may_be && host.parse::<std::net::IpAddr>().is_ok();
        let mut rest = Some(host);
        while let Some(name) = rest {
            if let Some(is_in) = list.get(name) {
                return *is_in;
            }
            rest = if is_address { None } else { name.split_once('.').map(|(_, rest)| rest) };
        }
        false
    }
}

/// `(NAME) host ...`.
fn named(value: &str) -> Option<(&str, &str)> {
    let (name, hosts) = value.strip_prefix('(')?.split_once(')')?;
    Some((name.trim(), hosts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Place;

    fn lists(lines: &[(&str, &str)]) -> HostLists {
        let directive = |(name, value): &(&str, &str)| Directive {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
            place: Place::default(),
        };
        HostLists::read(&lines.iter().map(directive).collect::<Vec<_>>())
    }

    #[test]
    fn the_longest_name_decides() {
        let lists = lists(&[("enlist_uri_host", "(A) !good.example.com Example.com xyz 192.0.2.1")]);
        let asked =
            ["example.com", "a.example.com", "b.good.example.com", "a.xyz", "192.0.2.1", "1.192.0.2.1", "xyz.net"];
        assert_eq!(asked.map(|host| lists.has("A", host)), [true, true, false, true, true, true, false]);
        assert!(!lists.has("B", "example.com"));
    }

    #[test]
    fn hosts_are_taken_out_again() {
        let lists = lists(&[
            ("enlist_uri_host", "(A) a.example b.example"),
            ("blocklist_uri_host", "b.example"),
            ("url_shortener", "s.example t.example"),
            ("delist_uri_host", "(A) !b.example"),
            ("clear_url_shortener", "t.example"),
        ]);
        assert!(lists.has("A", "a.example") && !lists.has("A", "b.example"));
        assert!(lists.has(BLOCK, "b.example"));
        assert!(lists.has(SHORTENERS, "s.example") && !lists.has(SHORTENERS, "t.example"));
    }
}
