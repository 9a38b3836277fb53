//! Networks, and the host that handed the message in from outside.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use crate::mail::Mail;

/// An address, or the network it is in. An IPv4 address counts as the IPv6 address it is mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    /// The first address.
    first: u128,
    /// Bits that all addresses of it share, of 128.
    bits: u8,
    is_v4: bool,
}

/// The bits that lead an IPv4 address.
const LEADING: u8 = 96;

/// A network with fewer common bits is no neighbourhood any more: a sixteenth of all IPv4, or more than any provider's IPv6.
const LEAST_BITS_V4: u8 = 8;
const LEAST_BITS_V6: u8 = 16;

impl Network {
    /// Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. An error is one sentence.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let wrong = || format!("\"{written}\" is neither an IP address nor a network such as 192.0.2.0/24");
        let (address, bits) = match written.split_once('/') {
            Some((address, bits)) => (address, Some(bits.trim().parse::<u8>().ok().ok_or_else(wrong)?)),
            None => (written, None),
        };
        let ip: IpAddr = address.trim().parse().ok().ok_or_else(wrong)?;
        let is_v4 = matches!(ip, IpAddr::V4(_));
        let (whole, least) = if is_v4 { (32, LEAST_BITS_V4) } else { (128, LEAST_BITS_V6) };
        let bits = bits.unwrap_or(whole);
        if whole < bits {
            return Err(wrong());
        }
        if bits < least {
            return Err(format!(
                "\"{written}\" is too much of the internet; the smallest number after the / is {least}"
            ));
        }
        let bits = if is_v4 { bits + LEADING } else { bits };
        Ok(Self { first: masked(number(ip), bits), bits, is_v4 })
    }

    /// Bits that all addresses of it share, of 128.
    pub(super) fn bits(self) -> u8 {
        self.bits
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ip = std::net::Ipv6Addr::from(self.first);
        let (ip, bits, whole) = match ip.to_ipv4_mapped().filter(|_| self.is_v4) {
            Some(ip) => (IpAddr::V4(ip), self.bits.saturating_sub(LEADING), 32),
            None => (IpAddr::V6(ip), self.bits, 128),
        };
        if bits == whole { write!(f, "{ip}") } else { write!(f, "{ip}/{bits}") }
    }
}

/// Entries by network.
#[derive(Debug, Default)]
pub(super) struct Networks {
    /// By the bits that count, then by the first address.
    by_bits: BTreeMap<u8, Vec<(u128, u32)>>,
}

impl Networks {
    pub(super) fn add(&mut self, network: Network, place: u32) {
        self.by_bits.entry(network.bits).or_default().push((network.first, place));
    }

    pub(super) fn sort(&mut self) {
        self.by_bits.values_mut().for_each(|networks| networks.sort_unstable());
    }

    pub(super) fn find(&self, mail: &Mail<'_>, places: &mut Vec<u32>) {
        if self.by_bits.is_empty() {
            return;
        }
        let Some(ip) = mail.trace().client_ip().map(number) else { return };
        for (bits, networks) in &self.by_bits {
            let first = masked(ip, *bits);
            let from = networks.partition_point(|(known, _)| *known < first);
            let of_it = networks.iter().skip(from).take_while(|(known, _)| *known == first);
            places.extend(of_it.map(|(_, place)| *place));
        }
    }
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().into(),
        IpAddr::V6(ip) => ip.into(),
    }
}

fn masked(ip: u128, bits: u8) -> u128 {
    ip & !u128::MAX.checked_shr(u32::from(bits)).unwrap_or(0)
}
