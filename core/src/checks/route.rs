//! The host that handed the message in from outside: only there does the trace tell the truth.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Hop, Mail},
    symbol::SymbolInfo,
};

use super::{from, lists::is_freemail, mailing_list};

const RDNS_NONE: SymbolInfo = SymbolInfo::new("RDNS_NONE", "The host that handed it in has no name");
const RDNS_DYNAMIC: SymbolInfo =
    SymbolInfo::new("RDNS_DYNAMIC", "The host that handed it in is named like a home connection");
const RCVD_NUMERIC_HELO: SymbolInfo =
    SymbolInfo::new("RCVD_NUMERIC_HELO", "The host that handed it in introduced itself by a bare number");
const HELO_NO_DOMAIN: SymbolInfo =
    SymbolInfo::new("HELO_NO_DOMAIN", "The host that handed it in introduced itself by half a name");
const HELO_OTHER_NAME: SymbolInfo =
    SymbolInfo::new("HELO_OTHER_NAME", "The host that handed it in introduced itself by another domain's name");
const HELO_FREEMAIL: SymbolInfo = SymbolInfo::new(
    "HELO_FREEMAIL",
    "The host that handed it in introduced itself as a free mail provider but is none",
);
const FORGED_FREEMAIL: SymbolInfo =
    SymbolInfo::new("FORGED_FREEMAIL", "The sender is at a free mail provider that never touched the message");
const HELO_IS_PROVIDER: SymbolInfo =
    SymbolInfo::new("HELO_IS_PROVIDER", "The host that handed it in introduced itself as your own provider");

/// The hop at the trust boundary.
#[derive(Debug)]
pub(super) struct Route;

impl Check for Route {
    fn name(&self) -> &'static str {
        "route"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                RDNS_NONE,
                RDNS_DYNAMIC,
                RCVD_NUMERIC_HELO,
                HELO_NO_DOMAIN,
                HELO_OTHER_NAME,
                HELO_IS_PROVIDER,
                HELO_FREEMAIL,
                FORGED_FREEMAIL,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(hop) = mail.trace().entry() else { return };
        let Some(ip) = hop.ip.filter(|ip| !ip.is_loopback()) else { return };
        // Who logs in sends from home, and home has no honest name.
        if hop.with.as_deref().is_some_and(|with| with.ends_with('A') || with == "HTTP") {
            return;
        }
        match hop.rdns.as_deref() {
            None => {
                // Only a receiver that writes names at all can say that there is none.
                if names_hosts(mail) {
                    findings.raise(&RDNS_NONE, format!("{ip} has no host name"));
                }
            }
            Some(rdns) if is_dynamic(rdns) => {
                findings.raise(&RDNS_DYNAMIC, format!("{rdns} looks like a home connection"));
            }
            Some(_) => {}
        }
        helo(mail, hop, findings);
        freemail(mail, findings);
    }
}

/// Who writes from one of the great free providers has it pass their hosts; only a list or a forwarder hides that.
fn freemail(mail: &Mail<'_>, findings: &mut Findings) {
    const HOUSES: [(&[&str], &[&str]); 4] = [
        (&["yahoo", "ymail", "rocketmail"], &["yahoo", "yahoodns"]),
        (&["hotmail", "msn", "live", "outlook"], &["hotmail", "msn", "outlook", "microsoft", "live"]),
        (&["aol", "aim"], &["aol", "yahoo"]),
        (&["gmail", "googlemail"], &["google", "gmail", "googlemail"]),
    ];
    let Some(from) = from::address(mail) else { return };
    let label = from.domain.as_str().split('.').next().unwrap_or_default();
    let Some((_, hosts)) = HOUSES.iter().find(|(names, _)| names.contains(&label) && is_freemail(&from.domain)) else {
        return;
    };
    let passed = mail.headers_named("Received").any(|hop| {
        let hop = hop.value.to_ascii_lowercase();
        hosts.iter().any(|host| hop.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == *host))
    });
    if !passed && mailing_list::list_id(mail).is_none() && !mail.has_header("Resent-From") {
        findings.raise(&FORGED_FREEMAIL, format!("{from}, but no host of {} handled it", from.domain));
    }
}

/// Whether the receiver at the boundary writes reverse names: it says `unknown`, or it wrote one.
fn names_hosts(mail: &Mail<'_>) -> bool {
    let boundary = mail.trace().boundary.unwrap_or_default();
    let written = mail.headers_named("Received").nth(boundary).map_or("", |header| header.value.as_str());
    written.contains("unknown")
}

fn helo(mail: &Mail<'_>, hop: &Hop, findings: &mut Findings) {
    let Some(written) = hop.helo.as_deref() else { return };
    let bare = written.trim_matches(['[', ']']);
    if bare.parse::<std::net::IpAddr>().is_ok() {
        // The bracketed form is what the standard asks of a host without a name.
        if !written.starts_with('[') {
            findings.raise(&RCVD_NUMERIC_HELO, format!("it called itself {written}"));
        }
        return;
    }
    if !written.contains('.') {
        return findings.raise(&HELO_NO_DOMAIN, format!("it called itself {written:?}"));
    }
    let Some(claimed) = Domain::parse(written) else { return };
    let named = hop.rdns.as_deref().and_then(Domain::parse);
    let is_provider = |name: &Domain| mail.account.provider.iter().any(|provider| name.is_within(provider));
    if is_provider(&claimed) && !named.as_ref().is_some_and(is_provider) {
        return findings.raise(&HELO_IS_PROVIDER, format!("it called itself {claimed}, which is your provider"));
    }
    if let Some(named) = named.filter(|named| named.registrable() != claimed.registrable()) {
        if is_freemail(&claimed.registrable()) {
            return findings.raise(&HELO_FREEMAIL, format!("it called itself {claimed} but is {named}"));
        }
        findings.raise(&HELO_OTHER_NAME, format!("it called itself {claimed} but is {named}"));
    }
}

/// Names that providers give to home connections: the address inside, or a word that says so.
/// Whether a host is named like a home connection.
pub(super) fn is_dynamic(rdns: &str) -> bool {
    const WORDS: [&str; 14] = [
        "dynamic",
        "dyn",
        "dsl",
        "adsl",
        "dial",
        "dialup",
        "dialin",
        "ppp",
        "pppoe",
        "dhcp",
        "cable",
        "pool",
        "broadband",
        "dip",
    ];
    let name = rdns.to_ascii_lowercase();
    let head = name.split('.').next().unwrap_or_default();
    let numbers = name.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).count();
    let says_so = name.split(|c: char| !c.is_ascii_alphabetic()).any(|word| WORDS.contains(&word));
    let is_server = ["mail", "smtp", "mx", "mta", "relay", "static", "out", "server", "vps", "host"]
        .iter()
        .any(|word| name.split(|c: char| !c.is_ascii_alphabetic()).any(|part| part == *word));
    !is_server && (says_so && 1 <= numbers || 4 <= numbers && 2 <= head.bytes().filter(|b| *b == b'-').count())
}
