//! `freemail_domains`: providers where anyone gets an address for nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::addresses::fits;
use crate::rules::book::Directive;

/// The providers, and who of them does not count.
#[derive(Clone, Debug, Default)]
pub struct FreeMail {
    domains: BTreeSet<String>,
    /// With `*` and `?`, which do not fit a dot, below their first labels; below nothing, if those are such.
    globs: BTreeMap<String, Vec<String>>,
    /// Addresses and domains that do not count.
    welcome: BTreeSet<String>,
    /// So many addresses in a body are too many to look at.
    pub most_in_body: usize,
    /// So many addresses of such providers in a body are too many to look at.
    pub most_free_in_body: usize,
    /// Mail that names a sender of bulk is passed over.
    pub skips_bulk: bool,
}

impl FreeMail {
    /// Takes the domains from the directives, in order.
    pub fn read(directives: &[Directive]) -> Self {
        let mut list = Self { most_in_body: 5, most_free_in_body: 3, skips_bulk: true, ..Self::default() };
        for directive in directives {
            let words = || directive.value.split_whitespace().map(str::to_ascii_lowercase);
            match directive.name.as_str() {
                "freemail_domains" => {
                    let (globs, domains): (Vec<_>, Vec<_>) = words().partition(|word| word.contains(['*', '?']));
                    for glob in globs {
                        list.globs.entry(head(&glob)).or_default().push(glob);
                    }
                    list.domains.extend(domains);
                }
                "freemail_welcomelist" | "freemail_whitelist" => list.welcome.extend(words()),
                "freemail_max_body_emails" => list.most_in_body = directive.value.parse().unwrap_or(list.most_in_body),
                "freemail_max_body_freemails" => {
                    list.most_free_in_body = directive.value.parse().unwrap_or(list.most_free_in_body);
                }
                "freemail_skip_bulk_envfrom" => list.skips_bulk = directive.value != "0",
                _ => {}
            }
        }
        list
    }

    /// Whether an address, lower case, is of such a provider.
    pub fn has(&self, address: &str) -> bool {
        let Some((user, domain)) = address.rsplit_once('@') else { return false };
        // A rewritten sender of elsewhere, `SRS0=...=...=bob`, and desks that firms have everywhere.
        if is_rewritten(user) || DESKS.contains(&user) {
            return false;
        }
        let is_welcome = self.welcome.contains(address) || self.welcome.contains(domain);
        !is_welcome && (self.domains.contains(domain) || self.fits_glob(domain))
    }
}

impl FreeMail {
    fn fits_glob(&self, domain: &str) -> bool {
        let label = domain.split('.').next().unwrap_or(domain);
        let globs = ["", label].into_iter().filter_map(|head| self.globs.get(head)).flatten();
        globs.into_iter().any(|glob| fits_labels(glob, domain))
    }
}

/// The first label of a glob, if that has no `*` and `?`; else nothing.
fn head(glob: &str) -> String {
    let label = glob.split('.').next().unwrap_or(glob);
    if label.contains(['*', '?']) { String::new() } else { label.to_owned() }
}

/// Whether something stands between two `=`.
fn is_rewritten(user: &str) -> bool {
    let mut parts = user.split('=').skip(1).peekable();
    let mut is = false;
    while let Some(part) = parts.next() {
        is |= !part.is_empty() && parts.peek().is_some();
    }
    is
}

/// Names of desks, not of persons.
const DESKS: [&str; 9] =
    ["abuse", "support", "sales", "info", "helpdesk", "contact", "kontakt", "postmaster", "hostmaster"];

/// Label by label, as a wildcard does not fit a dot.
fn fits_labels(glob: &str, domain: &str) -> bool {
    let (globs, labels) = (glob.split('.'), domain.split('.'));
    globs.clone().count() == labels.clone().count()
        && globs.zip(labels).all(|(glob, label)| !label.is_empty() && fits(glob, label))
}
