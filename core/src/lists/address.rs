//! Addresses, with `*` and `?`, and the host they must come from.

use std::fmt;

use crate::{
    mail::{Address, Domain},
    rules::lists::fits,
};

/// Fewer letters and digits than this would be everybody.
const LEAST: usize = 3;

/// One address or many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressPattern {
    /// Lower case, the domain in A-labels.
    text: String,
    /// Whether there is `*` or `?` in it.
    is_glob: bool,
    /// It counts only if a host of this domain has handed the message in from outside.
    relay: Option<Domain>,
}

impl AddressPattern {
    /// Reads `ann@example.org`, `*@example.org`, `ann@example.org via relay.example.net`. An error is one sentence.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let (address, relay) = match written.split_once(" via ") {
            Some((address, relay)) => {
                let wrong = || format!("\"{}\" is not the name of a host", relay.trim());
                (address.trim(), Some(Domain::parse(relay.trim()).ok_or_else(wrong)?))
            }
            None => (written, None),
        };
        let is_glob = address.contains(['*', '?']);
        let text = if is_glob { glob(address)? } else { plain(address)? };
        Ok(Self { text, is_glob, relay })
    }

    /// The address, lower case; with `*` and `?` if [`AddressPattern::is_glob`].
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_glob(&self) -> bool {
        self.is_glob
    }

    /// The host it must come from.
    pub(super) fn relay(&self) -> Option<&Domain> {
        self.relay.as_ref()
    }

    /// Whether an address, as [`normal`] writes it, is meant.
    pub(super) fn is_of(&self, address: &str) -> bool {
        if self.is_glob { fits(&self.text, address) } else { self.text == address }
    }
}

impl fmt::Display for AddressPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.relay {
            Some(relay) => write!(f, "{} via {relay}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// An address as entries are compared with it.
pub(super) fn normal(address: &Address) -> String {
    format!("{}@{}", address.local.to_lowercase(), address.domain)
}

fn plain(written: &str) -> Result<String, String> {
    let wrong = || format!("\"{written}\" is not an address such as ann@example.org");
    Address::parse(written).map(|address| normal(&address)).ok_or_else(wrong)
}

fn glob(written: &str) -> Result<String, String> {
    let lower = written.to_lowercase();
    let (local, domain) =
        lower.rsplit_once('@').map_or((None, lower.as_str()), |(local, domain)| (Some(local), domain));
    let wrong = || format!("\"{written}\" is not an address, not even with * in it");
    let name = if domain.contains(['*', '?']) {
        domain.split('.').map(label).collect::<Option<Vec<_>>>().ok_or_else(wrong)?.join(".")
    } else {
        Domain::parse(domain).ok_or_else(wrong)?.to_string()
    };
    let text = local.map_or_else(|| name.clone(), |local| format!("{local}@{name}"));
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(wrong());
    }
    if text.chars().filter(|c| c.is_alphanumeric()).count() < LEAST {
        return Err(format!("\"{written}\" would be everybody"));
    }
    Ok(text)
}

/// A label with `*` stays as it is.
fn label(label: &str) -> Option<String> {
    if label.is_ascii() { Some(label.to_owned()) } else { Domain::parse(label).map(|name| name.to_string()) }
}
