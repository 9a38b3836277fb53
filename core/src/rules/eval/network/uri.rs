//! Lists that directives name: of links (`uridnsbl`, `urirhssub` and their like), and free questions (`askdns`).

use super::{Record, Subtest, list::zone};
use crate::rules::Directive;

/// What of a link is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriListKind {
    /// Addresses: of its host if the rule's `tflags` have `a`, of its domain's name servers if they have `ns` or none.
    Addresses,
    /// Its registered domain; its host if the rule's `tflags` have `notrim`.
    Domains,
    /// The registered domains of its domain's name servers.
    NameServerDomains,
    /// The names of its domain's name servers.
    NameServers,
}

/// A list of links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriList {
    /// The rule that calls `check_uridnsbl` with this name. Its `tflags` say more: `a`, `ns`, `notrim`, `ips_only`,
    /// `domains_only`.
    pub rule: String,
    /// What is looked up.
    pub kind: UriListKind,
    /// The list, lower case, without a last dot.
    pub zone: String,
    /// What is asked for.
    pub record: Record,
    /// Which answers count; all if there is none.
    pub subtest: Option<Subtest>,
}

/// What the directives say of lists in the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkLists {
    /// Lists of links, in the order of the files; the last one of a rule holds.
    pub uris: Vec<UriList>,
    /// Domains of links that are never looked up, lower case, sorted.
    pub skipped: Vec<String>,
    /// Headers that `check_rbl_headers` looks at if it names none.
    pub headers: Vec<String>,
}

/// Headers that are looked at if no `rbl_headers` says otherwise.
const HEADERS: &str = "EnvelopeFrom,Reply-To,Disposition-Notification-To,X-WebmailclientIP,X-Source-IP";

impl NetworkLists {
    /// Reads the directives in order.
    pub fn read(directives: &[Directive]) -> Self {
        let mut skipped = std::collections::BTreeSet::new();
        let mut uris: Vec<UriList> = Vec::new();
        let mut headers = HEADERS;
        for directive in directives {
            let words = || directive.value.split_whitespace().map(str::to_ascii_lowercase);
            match directive.name.as_str() {
                "uridnsbl_skip_domain" => skipped.extend(words()),
                "clear_uridnsbl_skip_domain" if directive.value.is_empty() => skipped.clear(),
                "clear_uridnsbl_skip_domain" => words().for_each(|word| _ = skipped.remove(&word)),
                "rbl_headers" => headers = &directive.value,
                _ => uris.extend(UriList::read(directive)),
            }
        }
        let headers = headers.split(',').map(|name| name.trim().to_owned()).collect();
        Self { uris, skipped: skipped.into_iter().collect(), headers }
    }

    /// The list that a rule means.
    pub fn uri(&self, rule: &str) -> Option<&UriList> {
        self.uris.iter().rev().find(|list| list.rule == rule)
    }
}

impl UriList {
    /// From `urirhssub RULE zone A 2` and its like.
    fn read(directive: &Directive) -> Option<Self> {
        let (kind, has_subtest) = match directive.name.as_str() {
            "uridnsbl" => (UriListKind::Addresses, false),
            "uridnssub" => (UriListKind::Addresses, true),
            "urirhsbl" => (UriListKind::Domains, false),
            "urirhssub" => (UriListKind::Domains, true),
            "urinsrhsbl" => (UriListKind::NameServerDomains, false),
            "urinsrhssub" => (UriListKind::NameServerDomains, true),
            "urifullnsrhsbl" => (UriListKind::NameServers, false),
            "urifullnsrhssub" => (UriListKind::NameServers, true),
            _ => return None,
        };
        let mut words = directive.value.split_whitespace();
        let rule = words.next()?.to_owned();
        let zone = zone(words.next()?)?;
        let record = Record::named(words.next()?)?;
        let subtest = if has_subtest { Some(Subtest::of_uri(words.next()?)?) } else { None };
        Some(Self { rule, kind, zone, record, subtest })
    }
}

/// A question that a rule writes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskDns {
    /// The name to ask for, with tags such as `_AUTHORDOMAIN_` in it.
    pub template: String,
    /// Records that count, upper case; `A` if none is said.
    pub records: Vec<String>,
    /// Which answers count; all if there is none.
    pub subtest: Option<Subtest>,
}

impl AskDns {
    /// From what stands behind the rule's name: `_DKIMDOMAIN_.example.org A /^127/`.
    pub fn read(written: &str) -> Option<Self> {
        let (template, rest) = split(written);
        let (records, filter) = split(rest);
        let names = if records.is_empty() { "A" } else { records };
        let subtest = if filter.is_empty() { None } else { Some(Subtest::of_question(filter)?) };
        let records = names.split(',').map(str::to_ascii_uppercase).collect();
        (!template.is_empty()).then(|| Self { template: template.to_owned(), records, subtest })
    }

    /// Names of the tags in its template.
    pub fn tags(&self) -> Vec<&str> {
        let mut tags = Vec::new();
        let mut rest = self.template.as_str();
        while let Some((_, after)) = rest.split_once('_') {
            let name = after.split_once('_').map(|(name, tail)| (name, tail)).filter(|(name, _)| is_tag(name));
            match name {
                Some((name, tail)) => {
                    tags.push(name);
                    rest = tail;
                }
                None => rest = after,
            }
        }
        tags
    }
}

/// `AUTHORDOMAIN` or `HEADER(Reply-To:addr:domain)`.
fn is_tag(name: &str) -> bool {
    let upper = name.split('(').next().unwrap_or_default();
    let is_whole = upper.len() == name.len() || upper == "HEADER" && name.ends_with(')');
    is_whole && !upper.is_empty() && upper.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The first word, and the rest without the space before it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}
