//! The addresses of a message as SpamAssassin collects them.

mod clean;
mod number;

/// All forms of an address that a rule sees, itself among them. `redirect` finds the target in the address of a
/// redirecting page.
pub fn forms(address: &[u8], redirect: &dyn Fn(&[u8]) -> Option<Vec<u8>>) -> std::collections::BTreeSet<Vec<u8>> {
    clean::forms(address, redirect)
}
