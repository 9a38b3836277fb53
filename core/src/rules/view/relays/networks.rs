//! `trusted_networks`, `internal_networks`, `msa_networks`: which hosts are one's own.

use std::net::IpAddr;

use super::Relay;
use crate::rules::book::Directive;

/// The networks of the rule files. None at all: what can be trusted is inferred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    trusted: Nets,
    internal: Nets,
    msa: Nets,
    /// Headers that name the address of who wrote the message, beside `Received`.
    originating: Vec<String>,
    /// The header in which the delivering program leaves the envelope sender.
    envelope_sender: Option<String>,
}

/// A list of networks in the order of the file; the tightest that holds an address decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Nets(Vec<Net>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Net {
    /// As IPv6; an IPv4 address is mapped.
    bits: u128,
    /// Bits that count, of 128.
    length: u32,
    /// Written with `!`: not in the list.
    is_excluded: bool,
}

impl Networks {
    /// Takes the networks from the directives, in order.
    pub fn read(directives: &[Directive]) -> Self {
        let mut networks = Self::default();
        for directive in directives {
            match directive.name.as_str() {
                "trusted_networks" => networks.trusted.add(&directive.value),
                "internal_networks" => networks.internal.add(&directive.value),
                "msa_networks" => networks.msa.add(&directive.value),
                "clear_trusted_networks" => networks.trusted.0.clear(),
                "clear_internal_networks" => networks.internal.0.clear(),
                "clear_msa_networks" => networks.msa.0.clear(),
                "originating_ip_headers" => {
                    networks.originating.extend(directive.value.split_whitespace().map(str::to_owned));
                }
                "envelope_sender_header" => {
                    networks.envelope_sender = directive.value.split_whitespace().next().map(str::to_owned);
                }
                "clear_originating_ip_headers" => networks.originating.clear(),
                _ => {}
            }
        }
        networks
    }

    /// The header in which the delivering program leaves the envelope sender, if the files name one.
    pub fn envelope_sender_header(&self) -> Option<&str> {
        self.envelope_sender.as_deref()
    }

    pub(super) fn originating(&self) -> impl Iterator<Item = &str> {
        self.originating.iter().map(String::as_str)
    }

    /// Whether mail that this host hands in is believed. Without networks: private addresses and who gave a password.
    pub(super) fn trusts(&self, relay: &Relay) -> bool {
        let own = if self.trusted.0.is_empty() { &self.internal } else { &self.trusted };
        if own.0.is_empty() {
            return !relay.auth.is_empty() || relay.is_private();
        }
        !relay.auth.is_empty() || own.has(relay.address)
    }

    /// Whether a trusted host is inside.
    pub(super) fn is_internal(&self, relay: &Relay) -> bool {
        let own = if self.internal.0.is_empty() { &self.trusted } else { &self.internal };
        own.0.is_empty() || !relay.auth.is_empty() || own.has(relay.address)
    }

    /// Whether a host takes mail from its own users only.
    pub(super) fn is_msa(&self, relay: &Relay) -> bool {
        !self.msa.0.is_empty() && self.msa.has(relay.address)
    }
}

impl Nets {
    fn add(&mut self, value: &str) {
        self.0.extend(value.split_whitespace().filter_map(Net::parse));
    }

    fn has(&self, address: Option<IpAddr>) -> bool {
        let Some(address) = address else { return false };
        if address.to_canonical().is_loopback() {
            return true;
        }
        let bits = bits(address);
        let holding = self.0.iter().filter(|net| net.holds(bits));
        // Of equally tight ones the first counts.
        holding.rev().max_by_key(|net| net.length).is_some_and(|net| !net.is_excluded)
    }
}

impl Net {
    /// `192.168.0.0/16`, `192.168.`, `212.17.35.15`, `!10.0.1.5`, `10.0.1/24`, `[2001:db8::]/32`.
    fn parse(text: &str) -> Option<Self> {
        let (is_excluded, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let length: Option<u32> = length.map(|length| length.trim_end_matches(']').parse()).transpose().ok()?;
        let address = address.trim_start_matches('[').trim_end_matches(']');
        let address = address.split('%').next().unwrap_or(address);
        if address.contains(':') {
            let address: IpAddr = address.parse().ok()?;
            let length = length.unwrap_or(128);
            return (length <= 128).then_some(Self { bits: bits(address), length, is_excluded });
        }
        let octets: Vec<&str> = address.trim_end_matches('.').split('.').collect();
        let implied = u32::try_from(octets.len()).ok()?.checked_mul(8).filter(|bits| *bits <= 32)?;
        let is_open = address.ends_with('.') || implied == 32;
        let length = length.or(is_open.then_some(implied)).filter(|length| *length <= 32)?;
        let mut parts = [0u8; 4];
        for (part, octet) in parts.iter_mut().zip(octets) {
            *part = octet.parse().ok()?;
        }
        Some(Self { bits: bits(IpAddr::from(parts)), length: length + 96, is_excluded })
    }

    fn holds(&self, address: u128) -> bool {
        let shift = 128 - self.length;
        address.checked_shr(shift) == self.bits.checked_shr(shift)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Addresses that are nobody's on the Internet: private, loopback, link-local, carrier-grade NAT, and the like.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let is_shared = matches!(address.octets(), [100, 64..=127, _, _]);
            address.is_private() || address.is_loopback() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Whether an address is in one network, written as in `trusted_networks`.
pub fn is_in(network: &str, address: Option<IpAddr>) -> bool {
    let Some((net, address)) = Net::parse(network).zip(address) else { return false };
    !net.is_excluded && net.holds(bits(address))
}
