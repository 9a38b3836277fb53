//! Functions on addresses: links that say other than they do, redirecting and shortened ones, lists of hosts.

use std::collections::BTreeSet;

use super::{Eval, Scene};
use crate::rules::{
    book::EvalTest,
    lists::{BLOCK, SHORTENERS, WELCOME},
    view::{
        View,
        uri::{Boundaries, Uri},
    },
};

/// The functions.
pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_https_ip_mismatch", run: https_ip_mismatch },
    Eval { name: "check_https_http_mismatch", run: https_http_mismatch },
    Eval { name: "check_uri_truncated", run: truncated },
    Eval { name: "check_for_http_redirector", run: redirector },
    Eval { name: "check_uri_host_listed", run: host_listed },
    Eval { name: "check_uri_host_in_blocklist", run: host_blocked },
    Eval { name: "check_uri_host_in_blacklist", run: host_blocked },
    Eval { name: "check_uri_host_in_welcomelist", run: host_welcome },
    Eval { name: "check_uri_host_in_whitelist", run: host_welcome },
    Eval { name: "short_url", run: short },
];

fn begins_with(text: &[u8], begin: &[u8]) -> bool {
    text.get(..begin.len()).is_some_and(|text| text.eq_ignore_ascii_case(begin))
}

fn is_web(address: &[u8]) -> bool {
    begins_with(address, b"http://") || begins_with(address, b"https://")
}

/// What follows each `https://` in a text.
fn behind_https(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let scheme = b"https://";
    memchr::memchr2_iter(b'h', b'H', text)
        .filter_map(|at| text.get(at..))
        .filter(|rest| begins_with(rest, scheme))
        .filter_map(|rest| rest.get(scheme.len()..))
}

/// Whether a text begins with four numbers with dots between.
fn begins_with_ip(text: &[u8]) -> bool {
    let mut rest = text;
    for at in 0..4 {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = if at < 3 { digits + 1 } else { digits };
        if digits == 0 || (at < 3 && rest.get(digits) != Some(&b'.')) {
            return false;
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    true
}

/// A link to a bare number whose text promises a secure page of a name.
fn https_ip_mismatch(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let is_one = |uri: &Uri| {
        let raw = uri.raw.as_slice();
        let host = raw.get(raw.iter().position(|byte| *byte == b'/').map_or(0, |at| at + 2)..).unwrap_or_default();
        let end = host.iter().position(|byte| *byte == b'/').unwrap_or(host.len());
        let host = host.get(..end).unwrap_or_default();
        let bare = host.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
        let promises = |anchor: &Vec<u8>| behind_https(anchor).any(|rest| !begins_with_ip(rest));
        is_web(raw) && (begins_with_ip(host) || begins_with_ip(bare)) && uri.anchors.iter().any(promises)
    };
    u32::from(scene.view.uris().iter().any(is_one))
}

/// A link whose text promises a secure page of another domain, in a message with so many links: at least the first
/// argument (1), fewer than the second (no limit).
fn https_http_mismatch(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let number = |at: usize| test.arguments.get(at).and_then(|text| text.parse::<usize>().ok());
    let links = || scene.view.uris().iter().filter(|uri| is_web(&uri.raw) && !uri.anchors.is_empty());
    let count = links().count();
    if count < number(0).unwrap_or(1) || number(1).is_some_and(|most| most <= count) {
        return 0;
    }
    let boundaries = &scene.lists.boundaries;
    u32::from(links().any(|uri| {
        let Some((_, real)) = boundaries.host(&uri.raw).filter(|(host, _)| !begins_with_ip(host.as_bytes())) else {
            return false;
        };
        uri.anchors.iter().filter_map(|anchor| promised(anchor, boundaries)).any(|promised| promised != real)
    }))
}

/// The domain whose secure page a text promises.
fn promised(anchor: &[u8], boundaries: &Boundaries) -> Option<String> {
    let rest = behind_https(anchor).next()?;
    let end = rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'?' | b'#'));
    let host = rest.get(..end.unwrap_or(rest.len()))?;
    let host = host.strip_suffix(b".").unwrap_or(host);
    boundaries.host(&[b"https://", host].concat()).map(|(_, domain)| domain)
}

fn truncated(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(scene.view.pages().iter().any(|page| page.rendering.facts.has_cut_link))
}

/// An address with one of another domain in it.
fn redirector(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let boundaries = &scene.lists.boundaries;
    let is_one = |address: &Vec<u8>| {
        let begin = address.iter().position(|byte| *byte == b'/').map_or(0, |at| at + 2);
        if !is_web(address) {
            return false;
        }
        let inner = memchr::memchr2_iter(b'h', b'H', address).filter(|at| begin + 1 < *at).find_map(|at| {
            let rest = address.get(at..)?;
            let scheme = ["http:", "https:"].into_iter().find(|scheme| begins_with(rest, scheme.as_bytes()))?;
            (scheme.len() < rest.len()).then_some((address.get(..at)?, rest))
        });
        let Some((outer, inner)) = inner else { return false };
        let outer = outer.strip_suffix(b":").unwrap_or(outer);
        let domain = |address: &[u8]| boundaries.host(address).map(|(_, domain)| domain);
        domain(outer) != domain(inner)
    };
    u32::from(scene.view.uris().iter().any(|uri| uri.cleaned.iter().any(is_one)))
}

fn is_listed(scene: &Scene<'_>, list: &str) -> u32 {
    u32::from(scene.lists.hosts.has_list(list) && scene.hosts().iter().any(|host| scene.lists.hosts.has(list, host)))
}

/// What [`Scene::hosts`] keeps.
pub(super) fn hosts(view: &View<'_>) -> Vec<String> {
    let uris = view.uris().iter().filter(|uri| !begins_with(&uri.raw, b"mailto:"));
    let hosts: BTreeSet<&String> = uris.flat_map(|uri| uri.hosts.keys()).collect();
    hosts.into_iter().cloned().collect()
}

fn host_listed(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    test.arguments.first().map_or(0, |list| is_listed(scene, list))
}

fn host_blocked(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    is_listed(scene, BLOCK)
}

fn host_welcome(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    is_listed(scene, WELCOME)
}

/// An address of a shortener with something behind its host.
fn short(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let lists = scene.lists;
    let is_one = |address: &Vec<u8>| {
        let path = address.iter().enumerate().filter(|(_, byte)| **byte == b'/').nth(2).map(|(at, _)| at + 1);
        let has_path = path.is_some_and(|at| at < address.len());
        let host = || lists.boundaries.host(address).is_some_and(|(host, _)| lists.hosts.has(SHORTENERS, &host));
        is_web(address) && has_path && host()
    };
    u32::from(scene.view.uris().iter().any(|uri| uri.cleaned.iter().any(is_one)))
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::holds_of_page;

    const LISTS: &str = "enlist_uri_host (A) a.com !no.a.com 1.2.3.4\nblocklist_uri_host block.com\n\
        welcomelist_uri_host welcome.com\nurl_shortener sh.com";

    fn holds(page: &str, function: &str, arguments: &[&str]) -> bool {
        holds_of_page(page, LISTS, function, arguments)
    }

    fn link(address: &str, text: &str) -> String {
        format!("<a href='{address}'>{text}</a> ")
    }

    #[test]
    fn a_secure_page_is_promised_and_a_number_linked() {
        for (address, text, want) in [
            ("http://1.2.3.4/", "https://a.com", true),
            ("https://u@1.2.3.4:80/", "see HTTPS://a.com", true),
            ("http://1.2.3.4/", "http://a.com", false),
            ("http://1.2.3.4/", "https://5.6.7.8/", false),
            ("http://b.com/?http://1.2.3.4/", "https://a.com", false),
            ("ftp://1.2.3.4/", "https://a.com", false),
        ] {
            assert_eq!(holds(&link(address, text), "check_https_ip_mismatch", &[]), want, "{address} {text}");
        }
    }

    #[test]
    fn a_secure_page_of_another_domain_is_promised() {
        for (address, text, want) in [
            ("http://b.com/", "https://a.com", true),
            ("https://b.com/", "click https://a.com.", true),
            ("http://b.com/", "https://1.2.3.4/", true),
            ("http://www.a.com/", "https://a.com", false),
            ("http://b.com/", "http://a.com", false),
            ("http://b.com/", "https://foo", false),
            ("http://1.2.3.4/", "https://a.com", false),
            ("mailto:x@b.com", "https://a.com", false),
            ("b.com", "https://a.com", false),
        ] {
            assert_eq!(
                holds(&link(address, text), "check_https_http_mismatch", &["1", "10"]),
                want,
                "{address} {text}"
            );
        }
        let links = |count: usize| {
            (0..count).map(|at| link(&format!("http://b{at}.com/"), "https://a.com")).collect::<String>()
        };
        assert!(holds(&links(9), "check_https_http_mismatch", &["1", "10"]));
        assert!(!holds(&links(10), "check_https_http_mismatch", &["1", "10"]));
        assert!(!holds(&links(1), "check_https_http_mismatch", &["2"]));
        assert!(holds(&links(12), "check_https_http_mismatch", &[]));
    }

    #[test]
    fn an_address_leads_to_another_domain() {
        for (address, want) in [
            ("http://a.com/http://b.com/", true),
            ("http://a.com/?u=HTTP://b.com", true),
            ("http://a.com/?u=http%3a%2f%2fb.com", true),
            ("http://a.com/https://www.a.com/", false),
            ("http://a.com/www.b.com", false),
        ] {
            assert_eq!(holds(&link(address, "t"), "check_for_http_redirector", &[]), want, "{address}");
        }
    }

    #[test]
    fn hosts_are_looked_up_in_lists() {
        for (address, want) in [
            ("http://www.a.com/", true),
            ("http://no.a.com/", false),
            ("http://1.2.3.4/", true),
            ("http://b.com/?u=http://a.com/", true),
            ("mailto:x@a.com", false),
        ] {
            assert_eq!(holds(&link(address, "t"), "check_uri_host_listed", &["A"]), want, "{address}");
        }
        assert!(holds(&link("http://block.com", "t"), "check_uri_host_in_blocklist", &[]));
        assert!(holds(&link("http://www.welcome.com", "t"), "check_uri_host_in_welcomelist", &[]));
        assert!(!holds(&link("http://welcome.com", "t"), "check_uri_host_in_blacklist", &[]));
    }

    #[test]
    fn long_and_shortened_addresses_are_told() {
        assert!(holds(&link(&format!("http://a.com/{}", "x".repeat(9000)), "t"), "check_uri_truncated", &[]));
        assert!(!holds(&link("http://a.com/", "t"), "check_uri_truncated", &[]));
        for (address, want) in [("http://sh.com/abc", true), ("http://sh.com/", false), ("http://a.com/abc", false)] {
            assert_eq!(holds(&link(address, "t"), "short_url", &[]), want, "{address}");
        }
    }
}
