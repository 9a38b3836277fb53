//! What the directives of rule files add up to, for the functions that rules call.

use super::{Directive, view::relays::Networks};

/// Lists of addresses, hosts and networks from rule files.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Whose hosts are trusted.
    pub networks: Networks,
}

impl Lists {
    /// Reads all lines that are no rules, in order.
    pub fn read(directives: &[Directive]) -> Self {
        Self { networks: Networks::read(directives) }
    }
}
