//! Which answers of a list count.

use std::net::Ipv4Addr;

use crate::rules::eval::argument;

/// What an answer has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subtest {
    /// This address.
    Is(Ipv4Addr),
    /// An address between two, both included.
    Between(Ipv4Addr, Ipv4Addr),
    /// An address with these bits, where the mask has ones.
    Masked {
        /// The bits.
        bits: u32,
        /// Which of them count.
        mask: u32,
    },
    /// An address in 127.0.0.0/8 with one of these bits.
    Bits(u32),
    /// A text or an address in which this expression is found.
    Text(String),
    /// Exactly this text or address.
    Exact(String),
}

impl Subtest {
    /// As `check_rbl` and `check_hashbl_…` have it: an address, a number of bits, or an expression.
    pub(super) fn of_list(written: &str) -> Self {
        let bits = || Some(Self::Bits(written.parse().ok()?));
        let address = || Some(Self::Is(written.parse().ok()?));
        address().or_else(bits).unwrap_or_else(|| Self::Text(written.to_owned()))
    }

    /// As `urirhssub` has it: `m`, `n1-n2` or `n/m`, each an address or a number.
    pub(super) fn of_uri(written: &str) -> Option<Self> {
        if let Some((low, high)) = written.split_once('-') {
            return Some(Self::Between(number(low)?.into(), number(high)?.into()));
        }
        if let Some((bits, mask)) = written.split_once('/') {
            return Some(Self::Masked { bits: number(bits)?, mask: number(mask)? });
        }
        let number = number(written)?;
        Some(if written.contains('.') { Self::Is(number.into()) } else { Self::Bits(number) })
    }

    /// As `askdns` has it: a quoted text, an expression, or what `urirhssub` has.
    pub(super) fn of_question(written: &str) -> Option<Self> {
        let first = written.chars().next()?;
        match first {
            '"' | '\'' => written.get(1..)?.strip_suffix(first).map(|text| Self::Exact(text.to_owned())),
            '/' | 'm' => Some(Self::Text(written.to_owned())),
            _ => Self::of_uri(written),
        }
    }

    /// Whether an answer counts: an address, or a text from a TXT record.
    pub fn is_met(&self, answer: &str) -> bool {
        let address = || answer.parse::<Ipv4Addr>().ok();
        match self {
            Self::Is(wanted) => address() == Some(*wanted),
            Self::Between(low, high) => address().is_some_and(|address| (*low..=*high).contains(&address)),
            Self::Masked { bits, mask } => address().is_some_and(|address| address.to_bits() & mask == bits & mask),
            Self::Bits(bits) => address().is_some_and(|address| address.is_loopback() && address.to_bits() & bits != 0),
            Self::Text(expression) => argument::is_found(expression, answer.as_bytes()),
            Self::Exact(text) => answer == text,
        }
    }
}

fn number(written: &str) -> Option<u32> {
    let written = written.trim();
    if let Some(digits) = written.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).ok();
    }
    written.parse().ok().or_else(|| written.parse::<Ipv4Addr>().ok().map(Ipv4Addr::to_bits))
}
