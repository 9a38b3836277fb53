//! Addresses and domains, valid by construction.

use std::fmt;

/// A domain name: ASCII (A-labels), lower case, no trailing dot, at least one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain name; U-labels become A-labels (IDNA 2008 with the mapping of UTS #46). `None` if it is not one:
    /// empty labels, a label over 63 bytes, over 253 bytes in all, characters other than letters, digits, `-` and `_`.
    pub fn parse(_text: &str) -> Option<Self> {
        None
    }

    /// The name, ASCII lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The registrable part by the public suffix list, such as `example.co.uk` of `www.example.co.uk`; the name itself if
    /// it is a public suffix or has none.
    pub fn registrable(&self) -> Self {
        self.clone()
    }

    /// Whether this is `other` or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0 == other.0 || self.0.strip_suffix(&other.0).is_some_and(|head| head.ends_with('.'))
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address: local part as written, domain normalised. Compares without regard to case.
#[derive(Clone, Debug)]
pub struct Address {
    /// The part before the `@`, as written, without quotes.
    pub local: String,
    /// The part after it.
    pub domain: Domain,
}

impl Address {
    /// Reads `local@domain`, with or without angle brackets. `None` if either part is missing or the domain is not one.
    pub fn parse(_text: &str) -> Option<Self> {
        None
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.domain == other.domain && self.local.eq_ignore_ascii_case(&other.local)
    }
}

impl Eq for Address {}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// One entry of an address header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, decoded; empty if there is none.
    pub name: String,
    /// The address, if what stands there is one.
    pub address: Option<Address>,
    /// What stands in place of the address, as written.
    pub written: String,
}
