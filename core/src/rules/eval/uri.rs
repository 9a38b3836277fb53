//! What rules ask about addresses: the functions of SpamAssassin's `URIEval`, and of `WLBLEval` and `DecodeShortURLs`
//! those that look at hosts.

use super::{Eval, Scene, support::argument};
use crate::rules::{
    lists::{BLOCK, SHORTENERS, WELCOME},
    view::Uri,
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_uri_truncated", run: |scene, _| count(is_cut(scene)) },
    Eval {
        name: "check_https_ip_mismatch",
        run: |scene, _| count(scene.view.uris().iter().any(|uri| is_bare(scene, uri))),
    },
    Eval { name: "check_for_http_redirector", run: |scene, _| count(scene.view.uris().iter().any(is_redirect)) },
    Eval { name: "check_uri_host_listed", run: |scene, test| count(is_listed(scene, argument(test, 0))) },
    Eval { name: "check_uri_host_in_blocklist", run: |scene, _| count(is_listed(scene, BLOCK)) },
    Eval { name: "check_uri_host_in_blacklist", run: |scene, _| count(is_listed(scene, BLOCK)) },
    Eval { name: "check_uri_host_in_welcomelist", run: |scene, _| count(is_listed(scene, WELCOME)) },
    Eval { name: "check_uri_host_in_whitelist", run: |scene, _| count(is_listed(scene, WELCOME)) },
    Eval { name: "short_url", run: |scene, _| count(scene.view.uris().iter().any(|uri| is_short(scene, uri))) },
];

fn count(holds: bool) -> u32 {
    u32::from(holds)
}

/// An address so long that only its beginning is looked at.
fn is_cut(scene: &Scene<'_>) -> bool {
    scene.view.pages().iter().any(|page| page.rendering.facts.has_cut_link)
}

fn is_listed(scene: &Scene<'_>, list: &str) -> bool {
    let hosts = scene.view.uris().iter().flat_map(|uri| uri.hosts.keys());
    hosts.into_iter().any(|host| scene.lists.hosts.has(list, host))
}

/// A link to a number, whose text is a protected address with a name.
fn is_bare(scene: &Scene<'_>, uri: &Uri) -> bool {
    let leads_to_number = uri.cleaned.iter().any(|form| host(form).is_some_and(|host| is_number(&host)));
    leads_to_number
        && uri.anchors.iter().any(|anchor| {
            let shown = String::from_utf8_lossy(anchor).to_ascii_lowercase();
            let rest = shown.split_once("https://").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect();
            !is_number(&name) && scene.lists.boundaries.domain(&name).is_some()
        })
}

fn is_number(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// The host of an address of the web.
fn host(form: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(form).to_ascii_lowercase();
    let (_, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}

/// An address that has another one in it, behind its host.
fn is_redirect(uri: &Uri) -> bool {
    let raw = String::from_utf8_lossy(&uri.raw).to_ascii_lowercase();
    let Some(rest) = raw.strip_prefix("http://").or_else(|| raw.strip_prefix("https://")) else { return false };
    ["http:/", "https:/"].iter().any(|other| rest.find(other).is_some_and(|at| 0 < at))
}

/// An address of a service that shortens, with something behind its host.
fn is_short(scene: &Scene<'_>, uri: &Uri) -> bool {
    let is_one = |host: &String| scene.lists.hosts.has(SHORTENERS, host);
    uri.hosts.keys().any(is_one)
        && uri.cleaned.iter().any(|form| {
            let text = String::from_utf8_lossy(form);
            text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).is_some_and(|(_, path)| !path.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mail::{Arrival, Mail},
        rules::{Directive, Place, View, book::EvalTest, eval, lists::Lists},
    };

    fn holds(page: &str, function: &str, argument: &str) -> bool {
        let raw = format!("Subject: hello\nContent-Type: text/html\n\n{page}");
        let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
        let directives =
            [("enlist_uri_host", "(NEW) xyz"), ("blocklist_uri_host", "bad.com"), ("url_shortener", "s.com")];
        let directive = |(name, value): (&str, &str)| Directive {
            name: name.to_owned(),
            value: value.to_owned(),
            place: Place::default(),
        };
        let lists = Lists::read(&directives.map(directive));
        let view = View::new(&mail).with_lists(&lists);
        let scene = Scene { view: &view, lists: &lists, probability: None };
        let arguments = vec![argument.to_owned()];
        let test = EvalTest { target: "body".to_owned(), function: function.to_owned(), arguments };
        (eval::find(function).unwrap().run)(&scene, &test) == 1
    }

    #[test]
    fn hosts_are_found_in_the_lists_of_rule_files() {
        assert!(holds("<a href='http://www.a.xyz/'>a</a>", "check_uri_host_listed", "NEW"));
        assert!(!holds("<a href='http://www.a.com/'>a</a>", "check_uri_host_listed", "NEW"));
        assert!(holds("<a href='http://www.bad.com/'>a</a>", "check_uri_host_in_blocklist", ""));
        assert!(!holds("<a href='http://www.bad.com/'>a</a>", "check_uri_host_in_welcomelist", ""));
        assert!(holds("<a href='http://s.com/x'>a</a>", "short_url", ""));
        assert!(!holds("<a href='http://s.com/'>a</a>", "short_url", ""));
    }

    #[test]
    fn a_number_behind_a_protected_name_is_seen() {
        let link = |target: &str, text: &str| format!("<a href='http://{target}/'>{text}</a>");
        assert!(holds(&link("192.0.2.7", "https://www.bank.com/"), "check_https_ip_mismatch", ""));
        assert!(!holds(&link("www.bank.com", "https://www.bank.com/"), "check_https_ip_mismatch", ""));
        assert!(!holds(&link("192.0.2.7", "click here"), "check_https_ip_mismatch", ""));
    }

    #[test]
    fn an_address_within_an_address_is_seen() {
        assert!(holds("<a href='http://a.com/r?http://b.com/'>a</a>", "check_for_http_redirector", ""));
        assert!(!holds("<a href='http://a.com/r?x'>a</a>", "check_for_http_redirector", ""));
    }
}
