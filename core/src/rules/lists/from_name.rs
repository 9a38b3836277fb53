//! `fns_check` and the like: when a name that is an address is taken for a lie.

use std::collections::BTreeMap;

use super::AddressList;
use crate::rules::book::Directive;

/// How names are compared with addresses.
#[derive(Clone, Debug)]
pub struct FromNames {
    /// 0: the addresses differ. 1: who registered their domains differs. 2: the domains differ.
    pub check: u32,
    /// A name with more than so many characters beside the address is not taken for one. Those that are no letters count
    /// twice.
    pub most_extra: usize,
    /// Addresses of owners that have several domains.
    owners: BTreeMap<String, AddressList>,
}

impl Default for FromNames {
    fn default() -> Self {
        Self { check: 1, most_extra: 50, owners: BTreeMap::new() }
    }
}

impl FromNames {
    /// Takes them from the directives, in order.
    pub fn read(directives: &[Directive]) -> Self {
        let mut names = Self::default();
        for directive in directives {
            match directive.name.as_str() {
                "fns_check" => names.check = directive.value.parse().unwrap_or(names.check),
                "fns_extrachars" => names.most_extra = directive.value.parse().unwrap_or(names.most_extra),
                "fns_add_addrlist" => names.add(&directive.value),
                _ => {}
            }
        }
        names
    }

    /// `(gmail) *@googlemail.com`.
    fn add(&mut self, value: &str) {
        if let Some((owner, addresses)) = value.trim().strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            self.owners.entry(owner.trim().to_ascii_lowercase()).or_default().add(addresses.split_whitespace());
        }
    }

    /// The owner of an address, lower case, if the files say.
    pub fn owner(&self, address: &str) -> Option<&str> {
        self.owners.iter().find(|(_, list)| list.has(address)).map(|(owner, _)| owner.as_str())
    }
}
