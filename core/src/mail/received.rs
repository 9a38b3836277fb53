//! The `Received` trace, and where the message came in from outside.

mod hop;
mod house;

use std::net::IpAddr;

pub use house::{Passage, Seen, learned};

use super::{Address, Domain, UnixTime};

/// Most hops read. Loops are broken long before.
const MAX_HOPS: usize = 200;

/// One `Received` header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// What the sender called itself in HELO/EHLO.
    pub helo: Option<String>,
    /// The host name the receiver found for the address (reverse DNS); `None` if none or `unknown`.
    pub rdns: Option<String>,
    /// The address that handed it in.
    pub ip: Option<IpAddr>,
    /// The host that wrote this header.
    pub by: Option<String>,
    /// The protocol, upper case: `ESMTPS`, `LMTP`, `HTTP`.
    pub with: Option<String>,
    /// The recipient after `for`, if the header names one.
    pub recipient: Option<Address>,
    /// When.
    pub at: Option<UnixTime>,
}

/// All hops, newest first, and the boundary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Newest first: index 0 is the last host that touched the message.
    pub hops: Vec<Hop>,
    /// Index of the hop in which the person's provider took the message from outside; older hops may be invented.
    pub boundary: Option<usize>,
}

impl Trace {
    /// Reads the headers, newest first. `provider` may be empty: then the host that took the message from the first public
    /// address is taken for the provider's.
    pub(super) fn read(received: &[&str], provider: &[Domain]) -> Self {
        let hops: Vec<Hop> = received.iter().take(MAX_HOPS).map(|raw| Hop::parse(raw)).collect();
        let boundary = find_boundary(&hops, provider);
        Self { hops, boundary }
    }

    /// The hop at the boundary.
    pub fn entry(&self) -> Option<&Hop> {
        self.hops.get(self.boundary?)
    }

    /// Whether Microsoft took the message from outside for the person, and every server above is its own: what stands above
    /// that hop, Microsoft wrote.
    ///
    /// A name that a sender gives itself is not enough: the servers between hand on from addresses of Microsoft's.
    pub(super) fn is_from_microsoft_edge(&self, provider: &[Domain]) -> bool {
        let is_by = |hop: &Hop, domains: &[&str]| {
            hop.by.as_deref().and_then(Domain::parse).is_some_and(|by| is_any(&by, domains))
        };
        let is_inside =
            |hop: &Hop| is_by(hop, &MICROSOFT) && hop.ip.is_some_and(|ip| is_private(ip) || is_of_exchange(ip));
        let above = self.boundary.and_then(|boundary| self.hops.get(..boundary)).unwrap_or_default();
        provider.iter().any(|domain| is_any(domain, &MICROSOFT))
            && self.entry().is_some_and(|entry| is_by(entry, &[MICROSOFT_EDGE]))
            && above.iter().all(is_inside)
    }

    /// Whether nobody but the provider can have written from which host it came. Where its own door sees only an address within,
    /// as behind a load balancer, what stands below may be the sender's.
    pub(crate) fn is_entry_sure(&self) -> bool {
        let above = self.boundary.and_then(|boundary| self.hops.get(..boundary)).unwrap_or_default();
        above.iter().all(|hop| {
            let is_within = hop.ip.is_none_or(|ip| ip.to_canonical().is_loopback());
            is_within || hop.is_fetched() || hop.believed_client().is_some_and(|client| client != "unknown")
        })
    }

    /// Whether it was handed in by somebody who logged in at the provider, whose address is a home's.
    pub fn is_submitted(&self) -> bool {
        self.entry().is_some_and(Hop::is_submission)
    }

    /// The first address that is not the provider's: the one to ask lists about.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.entry()?.ip
    }
}

/// Domains under which the relays of Microsoft go.
const MICROSOFT: [&str; 4] = ["outlook.com", "office365.com", "exchangelabs.com", "hotmail.com"];

/// Domains under which one provider's relays go.
const FAMILIES: [&[&str]; 7] = [
    &MICROSOFT,
    &["google.com", "gmail.com", "googlemail.com"],
    &["yahoo.com", "yahoodns.net", "aol.com"],
    &["icloud.com", "me.com", "mac.com", "apple.com"],
    &["fastmail.com", "fastmail.fm", "messagingengine.com"],
    &["proton.me", "protonmail.com", "protonmail.ch", "pm.me"],
    &["gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com", "web.de", "mail.com", "kundenserver.de"],
];

/// Relays of a provider through which other customers of it send: from outside, for the person.
const OUTBOUND: [&str; 1] = ["outbound.protection.outlook.com"];

/// Where Microsoft takes mail from outside, whether for its customers or for those of Outlook.com.
const MICROSOFT_EDGE: &str = "mail.protection.outlook.com";

/// Whether a server takes mail for one of these houses: it is theirs, or of a provider at which anybody may have a house.
pub(crate) fn takes_mail_for(server: &Domain, houses: &[Domain]) -> bool {
    FAMILIES.iter().any(|family| is_any(server, family)) || houses.iter().any(|house| server.is_within(house))
}

/// Walks from the newest hop down, as long as what was written can be believed.
///
/// A hop is inside if a host of the provider wrote it, or if it took the message from a private address. Hops without an
/// address (LMTP, local delivery) and those of a fetching program, whose client is the mailbox, are passed over. The first
/// inside hop whose client is neither private nor one of the provider's own hosts is the boundary: anything below it came
/// from outside and may be invented. If the trail ends inside, the oldest inside hop with a public client is; but never one
/// in which a customer handed in mail with a password, whose address is a home's.
fn find_boundary(hops: &[Hop], provider: &[Domain]) -> Option<usize> {
    let mut implied: Option<Domain> = None;
    let mut boundary = None;
    for (index, hop) in hops.iter().enumerate() {
        let Some(ip) = hop.ip.filter(|_| !hop.is_fetched()) else { continue };
        if is_private(ip) {
            continue;
        }
        let by = hop.by.as_deref().and_then(Domain::parse);
        if provider.is_empty() && implied.is_none() {
            implied = by.as_ref().map(Domain::registrable);
        } else if !by.is_some_and(|by| is_ours(&by, provider, implied.as_ref())) {
            break;
        }
        if boundary.is_some() && hop.is_submission() {
            break;
        }
        boundary = Some(index);
        let client = hop.believed_client().and_then(Domain::parse);
        // Whoever comes to Microsoft's door by one of its own names only says so.
        let is_door = hop.by.as_deref().and_then(Domain::parse).is_some_and(|by| is_any(&by, &[MICROSOFT_EDGE]));
        let is_stranger = |client: &Domain| is_any(client, &OUTBOUND) || is_door && is_any(client, &MICROSOFT);
        let is_inside = |client: &Domain| is_ours(client, provider, implied.as_ref()) && !is_stranger(client);
        if !client.is_some_and(|client| is_inside(&client)) {
            break;
        }
    }
    boundary
}

fn is_ours(host: &Domain, provider: &[Domain], implied: Option<&Domain>) -> bool {
    provider.iter().chain(implied).any(|domain| {
        let is_relative = |family: &&[&str]| is_any(domain, family) && is_any(host, family);
        host.is_within(domain) || FAMILIES.iter().any(is_relative)
    })
}

/// Whether a host is of the person's provider, also under another of its domains.
pub(super) fn is_of_provider(host: &Domain, provider: &[Domain]) -> bool {
    is_ours(host, provider, None)
}

fn is_any(host: &Domain, domains: &[&str]) -> bool {
    domains.iter().any(|domain| host.is_within_name(domain))
}

/// Addresses that say nothing about a sender: private, loopback, link-local, carrier-grade NAT.
fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let is_shared = matches!(ip.octets(), [100, 64..=127, _, _]);
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || is_shared
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Addresses from which only servers of Exchange Online speak: Microsoft's published ones, and those of the same form that
/// they use among themselves. Those of its customers' machines are others.
fn is_of_exchange(ip: IpAddr) -> bool {
    let IpAddr::V6(ip) = ip else { return false };
    match ip.segments() {
        [0x2603, second, ..] => second & 0xff0f == 0x1006,
        [0x2a01, 0x111, third, ..] => third & 0xfffc == 0xf400,
        _ => false,
    }
}

impl Hop {
    /// Fetched from a mailbox by a program such as fetchmail.
    fn is_fetched(&self) -> bool {
        self.with.as_deref().is_some_and(|with| with.starts_with("IMAP") || with.starts_with("POP"))
    }

    /// Handed in by a customer with a password: RFC 3848's `A`, or by a browser.
    fn is_submission(&self) -> bool {
        self.with.as_deref().is_some_and(|with| matches!(with, "ESMTPA" | "ESMTPSA" | "UTF8SMTPSA" | "ASMTP" | "HTTP"))
    }

    /// The client's name as the receiver found it. Exchange finds none and writes what it was told.
    fn believed_client(&self) -> Option<&str> {
        let is_exchange = matches!(self.with.as_deref(), Some("MICROSOFT SMTP SERVER" | "HTTPS" | "MAPI"));
        self.rdns.as_deref().or(if is_exchange { self.helo.as_deref() } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_is_where_the_provider_took_the_message_from_outside() {
        let provider = [Domain::parse("example.org").unwrap()];
        let trace = read(
            &[
                "from mx.example.org ([10.0.0.1]) by store.example.org with LMTP; D",
                "from edge.example.org (edge.example.org [203.0.113.1]) by mx.example.org with ESMTP; D",
                "from spam.example (host.example [192.0.2.1]) by edge.example.org with ESMTP; D",
                "from victim.example (victim.example [198.51.100.1]) by mx.example.org with ESMTP; D",
            ],
            &provider,
        );
        assert_eq!((trace.boundary, trace.client_ip()), (Some(2), "192.0.2.1".parse().ok()));
    }

    #[test]
    fn hops_not_written_by_the_provider_are_outside() {
        let provider = [Domain::parse("example.org").unwrap()];
        let trace = read(&["from a.example (a.example [192.0.2.1]) by mx.example.net with ESMTP; D"], &provider);
        assert_eq!(trace.boundary, None);
    }

    #[test]
    fn without_a_provider_the_first_public_client_counts() {
        let trace = read(
            &[
                "from localhost [127.0.0.1] by laptop with ESMTP; D",
                "from mail.example.org [203.0.113.9] by localhost with POP3 (fetchmail-6.4) for x (single-drop); D",
                "by mail.example.org with LMTP; D",
                "from a.example (a.example [192.0.2.1]) by mail.example.org with ESMTP; D",
                "from b.example (b.example [192.0.2.2]) by a.example with ESMTP; D",
            ],
            &[],
        );
        assert_eq!((trace.boundary, trace.client_ip()), (Some(3), "192.0.2.1".parse().ok()));
    }

    #[test]
    fn a_provider_under_several_domains_is_one() {
        let trace = read(
            &[
                "from F1.prod.outlook.com (2001:db8::1) by S1.prod.outlook.com (2001:db8::2) with HTTPS; D",
                "from E1.prod.outlook.com (2001:db8::3) by F1.outlook.office365.com (2001:db8::1) with Microsoft SMTP Server; D",
                "from a.example (192.0.2.1) by E1.mail.protection.outlook.com (10.0.0.1) with Microsoft SMTP Server id 15; D",
            ],
            &[],
        );
        assert_eq!(trace.boundary, Some(2));
    }

    #[test]
    fn other_customers_of_the_provider_are_outside() {
        let trace = read(
            &[
                "from m1.google.com (m1.google.com. [203.0.113.1]) by mx.google.com with ESMTPS id X; D",
                "from [10.0.0.2] (home.example [192.0.2.1]) by smtp.gmail.com with ESMTPSA id X; D",
            ],
            &[],
        );
        assert_eq!(trace.boundary, Some(0));
        let trace = read(
            &[
                "from X.outbound.protection.outlook.com (203.0.113.1) by E1.mail.protection.outlook.com (10.0.0.1) with Microsoft SMTP Server; D",
                "from F1.prod.outlook.com (2001:db8::1) by S1.prod.outlook.com (2001:db8::2) with Microsoft SMTP Server; D",
            ],
            &[],
        );
        assert_eq!(trace.boundary, Some(0));
    }

    #[test]
    fn who_calls_itself_the_provider_at_its_door_is_outside() {
        let headers = [
            "from B1.outlook.com (2603:10b6:408:109:cafe::24) by B2.outlook.office365.com (2603:10b6:408:109::10) with Microsoft SMTP Server id 15; D",
            "from A1.namprd19.prod.outlook.com (192.0.2.1) by B1.mail.protection.outlook.com (10.0.0.1) with Microsoft SMTP Server id 15; D",
            "from b.example (198.51.100.1) by A1.mail.protection.outlook.com (10.0.0.1) with Microsoft SMTP Server id 15; D",
        ];
        let provider = [Domain::parse("outlook.com").unwrap()];
        let trace = read(&headers, &provider);
        assert_eq!((trace.boundary, trace.client_ip()), (Some(1), "192.0.2.1".parse().ok()));
        assert!(trace.is_from_microsoft_edge(&provider));
        assert!(!trace.is_from_microsoft_edge(&[Domain::parse("example.org").unwrap()]));
        let handed_in = [headers[1].replace("mail.protection", "prod"), headers[2].to_owned()];
        let trace = read(&[handed_in[0].as_str(), handed_in[1].as_str()], &provider);
        assert!(!trace.is_from_microsoft_edge(&provider), "{trace:?}");
    }

    fn read(headers: &[&str], provider: &[Domain]) -> Trace {
        Trace::read(headers, provider)
    }
}
