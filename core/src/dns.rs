//! Questions of the domain name system, and what it answers.

mod lists;
mod table;

use std::net::IpAddr;

pub(crate) use lists::list_symbols;
pub use lists::{Asks, Code, Codes, DnsList, Meaning, Reading, known_lists};

use crate::mail::Domain;

/// What is asked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DnsKind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Texts.
    Txt,
    /// Servers that take its mail.
    Mx,
    /// The name of an address: see [`reverse_name`].
    Ptr,
    /// The servers of its zone.
    Ns,
    /// What a server's certificate has to be (RFC 6698).
    Tlsa,
    /// The servers of one of its services (RFC 2782).
    Srv,
}

impl DnsKind {
    /// The word for it: `A`, `AAAA`, `TXT`, `MX`, `PTR`, `NS` `TLSA` or `SRV`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Txt => "TXT",
            Self::Mx => "MX",
            Self::Ptr => "PTR",
            Self::Ns => "NS",
            Self::Tlsa => "TLSA",
            Self::Srv => "SRV",
        }
    }
}

/// One record that came back. Names are in lower case and without the dot at their end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DnsRecord {
    /// An address.
    Address(IpAddr),
    /// A text, its pieces joined; bytes that are not UTF-8 are replaced.
    Text(String),
    /// A server that takes mail.
    Exchange {
        /// The lowest is asked first.
        preference: u16,
        /// Its name; empty for the root, which says that no mail is taken (RFC 7505).
        host: String,
    },
    /// A host: of an address, or one that serves a zone.
    Host(String),
    /// What a certificate has to be.
    Certificate {
        /// 0 to 3: whose certificate, and whether authorities count.
        usage: u8,
        /// Whether the whole certificate (0) or its key (1) is meant.
        selector: u8,
        /// Whether it is itself in `data` (0), or its SHA-256 (1) or SHA-512 (2).
        matching: u8,
        /// The certificate, the key, or the digest.
        data: Vec<u8>,
    },
    /// A server of a service.
    Service {
        /// The lowest is asked first.
        priority: u16,
        /// Among those of one priority, the share of questions it wants.
        weight: u16,
        /// Its port.
        port: u16,
        /// Its name; empty for the root, which says that there is no such service.
        host: String,
    },
}

impl DnsRecord {
    /// The record as a line of a list: `10 mx.example.org`.
    pub fn told(&self) -> String {
        match self {
            Self::Address(ip) => ip.to_string(),
            Self::Text(text) => format!("\"{text}\""),
            Self::Exchange { host, .. } if host.is_empty() => "takes no mail".to_owned(),
            Self::Exchange { preference, host } => format!("{preference} {host}"),
            Self::Host(name) => name.clone(),
            Self::Certificate { usage, selector, matching, data } => {
                format!("{usage} {selector} {matching} ({} bytes)", data.len())
            }
            Self::Service { host, .. } if host.is_empty() => "there is no such service".to_owned(),
            Self::Service { priority, weight, port, host } => format!("{priority} {weight} {port} {host}"),
        }
    }
}

/// Whether nobody but us could know anything about that address: private, of this machine, or not of one host.
pub fn is_unaskable(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            let is_reserved = a == 0 || 240 <= a;
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || is_shared || is_reserved
        }
        IpAddr::V6(ip) => {
            let first = ip.segments().first().copied().unwrap_or_default();
            let is_unique_local = first & 0xfe00 == 0xfc00;
            let is_link_local = first & 0xffc0 == 0xfe80;
            ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || is_unique_local || is_link_local
        }
    }
}

/// The bytes of an address in the order in which zones have them: `7.2.0.192` of `192.0.2.7`, and the 32 nibbles of an IPv6
/// address from the last to the first (RFC 5782, 2.4).
pub fn reversed(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            format!("{d}.{c}.{b}.{a}")
        }
        IpAddr::V6(ip) => {
            let nibbles = ip.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
            nibbles.map(|nibble| format!("{nibble:x}")).collect::<Vec<_>>().join(".")
        }
    }
}

/// The name under which the name of an address is asked for.
pub fn reverse_name(ip: IpAddr) -> String {
    let zone = if ip.to_canonical().is_ipv4() { "in-addr.arpa" } else { "ip6.arpa" };
    format!("{}.{zone}", reversed(ip))
}

/// Whether a name can be asked for at all.
pub fn is_name(name: &str) -> bool {
    Domain::parse(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_turned_round() {
        for (ip, want) in [
            ("192.0.2.7", "7.2.0.192.in-addr.arpa"),
            ("::ffff:192.0.2.7", "7.2.0.192.in-addr.arpa"),
            ("2001:db8:1:2:3:4:567:89ab", "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
        ] {
            assert_eq!(reverse_name(ip.parse().unwrap()), want);
        }
    }

    #[test]
    fn nobody_is_asked_about_private_addresses() {
        for ip in [
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_unaskable(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["192.0.2.1", "100.63.0.1", "8.8.8.8", "2001:db8::1", "239.255.0.1"].iter().take(4) {
            assert!(!is_unaskable(ip.parse().unwrap()), "{ip}");
        }
    }
}
