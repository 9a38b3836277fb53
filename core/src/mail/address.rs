//! Addresses and domains, valid by construction.

use std::fmt;

/// A domain name: ASCII (A-labels), lower case, no trailing dot, at least one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain name; U-labels become A-labels (IDNA 2008 with the mapping of UTS #46). `None` if it is not one:
    /// empty labels, a label over 63 bytes, over 253 bytes in all, characters other than letters, digits, `-` and `_`,
    /// or nothing but digits after the last dot, as in an IP address. One trailing dot is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        // Four bytes a character and `xn--` on every label: nothing longer can come out short enough.
        if 1024 < text.len() {
            return None;
        }
        let mut name = if text.is_ascii() { text.to_ascii_lowercase() } else { idna::domain_to_ascii(text).ok()? };
        if name.ends_with('.') {
            name.pop();
        }
        (name.len() <= 253 && is_name(name.as_bytes())).then_some(Self(name))
    }

    /// The name, ASCII lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The registrable part by the public suffix list, such as `example.co.uk` of `www.example.co.uk`; the name itself if
    /// it is a public suffix or has none.
    #[must_use]
    pub fn registrable(&self) -> Self {
        match psl::domain_str(&self.0) {
            Some(name) => Self(name.to_owned()),
            None => self.clone(),
        }
    }

    /// Whether it lies below a public suffix that is really on the list, as opposed to some invented top level.
    pub fn has_known_suffix(&self) -> bool {
        psl::domain(self.0.as_bytes()).is_some_and(|name| name.suffix().is_known())
    }

    /// Whether it lies below a suffix that a registry runs, as opposed to one under which somebody gives names away, such
    /// as `github.io`.
    pub fn is_registered(&self) -> bool {
        psl::domain(self.0.as_bytes()).is_some_and(|name| name.suffix().typ() == Some(psl::Type::Icann))
    }

    /// Whether names below it belong to different people, as below `com` and `co.uk`.
    pub fn is_public_suffix(&self) -> bool {
        let suffix = psl::suffix(self.0.as_bytes());
        suffix.is_some_and(|suffix| suffix.is_known() && suffix.as_bytes().len() == self.0.len())
    }

    /// The first label of the registrable part: `example` of `www.example.co.uk`.
    pub fn main_label(&self) -> &str {
        psl::domain_str(&self.0).unwrap_or(&self.0).split('.').next().unwrap_or_default()
    }

    /// Whether this is `other` or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.is_within_name(&other.0)
    }

    /// Whether this is `other` or below it, which is written as a domain is kept: ASCII, in lower case.
    pub(super) fn is_within_name(&self, other: &str) -> bool {
        self.0.strip_suffix(other).is_some_and(|head| head.is_empty() || head.ends_with('.'))
    }
}

/// Whether it is made of labels, of which the last is no number.
fn is_name(name: &[u8]) -> bool {
    const LENGTHS: std::ops::RangeInclusive<usize> = 1..=63;
    let (mut length, mut is_number) = (0, true);
    for byte in name {
        match byte {
            b'.' if LENGTHS.contains(&length) => (length, is_number) = (0, true),
            b'0'..=b'9' => length += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' => (length, is_number) = (length + 1, false),
            _ => return false,
        }
    }
    LENGTHS.contains(&length) && !is_number
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
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text).trim();
        let (local, domain) = inner.rsplit_once('@')?;
        let local = match local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => quoted,
            None if local.contains(|c: char| c.is_whitespace() || "<>\"(),;".contains(c)) => return None,
            None => local,
        };
        let is_sane = !local.is_empty() && local.len() <= 320 && !local.contains(char::is_control);
        is_sane.then_some(())?;
        Some(Self { local: local.to_owned(), domain: Domain::parse(domain)? })
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
    /// The address, or what stands in its place, as written.
    pub written: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_lower_case_a_labels() {
        assert_eq!(name("WWW.Bücher.Example."), "www.xn--bcher-kva.example");
        assert_eq!(name("_dmarc.example.org"), "_dmarc.example.org");
        assert_eq!(name("ｅｘａｍｐｌｅ。org"), "example.org");
        assert_eq!(name("localhost"), "localhost");
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        let long = format!("{}.example", "a".repeat(64));
        for text in ["", ".", "a..b", ".a", "192.0.2.1", "a b", "a/b", "[192.0.2.1]", "exa%6dple.org", &long] {
            assert_eq!(Domain::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_registrable_part_follows_the_public_suffix_list() {
        assert_eq!(Domain::parse("a.b.example.co.uk").unwrap().registrable().as_str(), "example.co.uk");
        assert_eq!(Domain::parse("co.uk").unwrap().registrable().as_str(), "co.uk");
        assert_eq!(Domain::parse("localhost").unwrap().registrable().as_str(), "localhost");
        assert!(Domain::parse("www.example.com").unwrap().has_known_suffix());
        assert!(!Domain::parse("readme.txt").unwrap().has_known_suffix());
    }

    #[test]
    fn addresses_compare_without_case_and_keep_it() {
        let address = Address::parse("<Bob.Smith@EXAMPLE.org>").unwrap();
        assert_eq!(address.to_string(), "Bob.Smith@example.org");
        assert_eq!(address, Address::parse("bob.smith@example.org").unwrap());
        assert_eq!(Address::parse("\"two words\"@example.org").unwrap().local, "two words");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "bob", "@example.org", "bob@", "a b@example.org", "bob@exa mple.org", "<>", "bob@[192.0.2.1]"]
        {
            assert!(Address::parse(text).is_none(), "{text}");
        }
    }

    fn name(text: &str) -> String {
        Domain::parse(text).unwrap().to_string()
    }
}
