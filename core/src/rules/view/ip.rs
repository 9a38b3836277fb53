//! Addresses of machines in a header's value.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::mail::Domain;

/// The first address of either kind in the text; reversed as lists of addresses want it if asked.
pub(super) fn first(text: &[u8], is_reversed: bool) -> Option<Vec<u8>> {
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let mut words = text.split(|byte| !is_part(byte)).filter_map(|word| str::from_utf8(word).ok());
    let address = words.find_map(|word| {
        let word = word.trim_end_matches(['.', ':']);
        word.parse::<Ipv4Addr>().map(IpAddr::V4).or_else(|_| word.parse::<Ipv6Addr>().map(IpAddr::V6)).ok()
    })?;
    let written = match address {
        _ if !is_reversed => address.to_string(),
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}")
        }
        IpAddr::V6(address) => {
            let digits = address.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
            digits.map(|digit| format!("{digit:x}")).collect::<Vec<_>>().join(".")
        }
    };
    Some(written.into_bytes())
}

/// The first name of a host that could be real, behind an `@` if there is one; or only the domain it belongs to.
pub(super) fn host(text: &[u8], only_domain: bool) -> Option<Vec<u8>> {
    let text = str::from_utf8(text).ok()?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let name = |word: &str| {
        let word = word.trim_matches(['.', '-']);
        let domain = Domain::parse(word).filter(|domain| word.contains('.') && domain.has_known_suffix())?;
        Some((word.to_owned(), domain))
    };
    let behind_at = text.split('@').skip(1).filter_map(|rest| rest.split(|c| !is_part(c)).next());
    let (written, domain) = behind_at.chain(text.split(|c| !is_part(c))).find_map(name)?;
    Some(if only_domain { domain.registrable().as_str().as_bytes().to_vec() } else { written.into_bytes() })
}
