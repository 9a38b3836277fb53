//! The addresses of a message as SpamAssassin collects them.

mod boundary;
mod clean;
mod find;
mod number;
mod sorted;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

pub use boundary::Boundaries;
pub use sorted::{Hosts, Sorted};

use super::{View, html::HtmlFacts};
use crate::rules::lists::Lists;

/// Most addresses kept of a message.
const MAX_URIS: usize = 10_000;

/// Most bytes kept of addresses and their forms.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What the search for redirections may cost in a message, in steps of a pattern; one takes a step a byte where nothing
/// it looks for begins.
const MAX_STEPS: u64 = MAX_BYTES as u64;

/// Most texts kept of links to one address.
const MAX_ANCHORS: usize = 100;

/// An address and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uri {
    /// As it stands in a page; from text, with a scheme before it.
    pub raw: Vec<u8>,
    /// The forms that rules see: itself and what may be meant by it. Empty for what only names a domain.
    pub cleaned: Sorted<Vec<u8>>,
    /// Names of the elements that have it, `parsed` for text; `schemeless` and `unlinked` as it was written,
    /// `domainkeys` for a signature.
    pub types: Sorted<&'static str>,
    /// Texts of links to it.
    pub anchors: Vec<Vec<u8>>,
    /// The hosts of its forms with their registered domains, lower case.
    pub hosts: Hosts,
}

impl Uri {
    /// The registered domains of its hosts.
    pub fn domains(&self) -> BTreeSet<&str> {
        self.hosts.values().collect()
    }
}

/// What rule files say of addresses.
#[derive(Clone, Copy)]
pub struct Reading<'lists> {
    /// What is registered where.
    pub boundaries: &'lists Boundaries,
    /// Finds the target in the address of a redirecting page.
    pub redirect: &'lists dyn Fn(&[u8]) -> Option<Vec<u8>>,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reading").field("boundaries", self.boundaries).finish_non_exhaustive()
    }
}

/// All addresses of a message: of its pages, of its text, and the domains that signed it.
pub(super) fn collect(view: &View<'_>, lists: &Lists) -> Vec<Uri> {
    let steps = Cell::new(MAX_STEPS);
    let redirect = |address: &[u8]| {
        let mut left = steps.get();
        let target = lists.redirectors.target(address, &mut left);
        steps.set(left);
        target
    };
    let mut all = Collection::new(Reading { boundaries: &lists.boundaries, redirect: &redirect });
    for page in view.pages() {
        all.add_page(&page.rendering.facts);
    }
    for paragraph in view.body() {
        all.add_text(paragraph);
    }
    for name in ["DKIM-Signature", "DomainKey-Signature"] {
        for domain in view.headers().named(name).filter_map(|field| signer(field.value())) {
            all.add_signer(domain);
        }
    }
    all.finish()
}

/// What `d=` says in a signature (RFC 6376, section 3.5).
fn signer(signature: &[u8]) -> Option<&str> {
    let mut tags = signature.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let domain = tags.find_map(|tag| tag.strip_prefix(b"d")?.trim_ascii_start().strip_prefix(b"="))?;
    str::from_utf8(domain.trim_ascii()).ok()
}

/// Collects addresses.
#[derive(Debug)]
pub struct Collection<'lists> {
    reading: Reading<'lists>,
    /// Those that are not finished do not say what they are themselves.
    uris: BTreeMap<Vec<u8>, Uri>,
    bytes: usize,
}

impl<'lists> Collection<'lists> {
    /// Nothing is collected yet.
    pub fn new(reading: Reading<'lists>) -> Self {
        Self { reading, uris: BTreeMap::new(), bytes: 0 }
    }

    /// All addresses, ordered as bytes are.
    pub fn finish(self) -> Vec<Uri> {
        self.uris.into_iter().map(|(raw, uri)| Uri { raw, ..uri }).collect()
    }

    /// Adds those of a paragraph of text.
    pub fn add_text(&mut self, paragraph: &[u8]) {
        let mut all = Vec::new();
        find::find(paragraph, self.reading.boundaries, |found| all.push(found));
        for found in all {
            let mut types = vec!["parsed"];
            if !found.has_scheme {
                types.push("schemeless");
            }
            if !found.is_linked {
                types.push("unlinked");
            }
            let is_mail = clean::begins_with(&found.address, b"mailto:");
            if is_mail && has_many_signs(&found.address) {
                continue;
            }
            self.add(Cow::Owned(found.address), &types, true);
        }
    }

    /// Adds those of a page.
    pub fn add_page(&mut self, facts: &HtmlFacts) {
        for link in &facts.links {
            let raw = link.based.as_ref().unwrap_or(&link.written);
            if !raw.is_empty() {
                self.add(Cow::Borrowed(raw), &[link.tag], false);
            }
            let Some(anchor) = link.anchor.and_then(|anchor| facts.anchors.get(anchor)) else { continue };
            if link.based.is_some() || raw.is_empty() {
                self.add(Cow::Borrowed(&link.written), &["parsed"], false);
            }
            if let Some(uri) = self.uris.get_mut(&link.written)
                && uri.anchors.len() < MAX_ANCHORS
                && !uri.anchors.contains(anchor)
            {
                uri.anchors.push(anchor.clone());
            }
        }
    }

    /// Adds the domain of a signature.
    pub fn add_signer(&mut self, domain: &str) {
        let raw = [b"domainkeys:", domain.as_bytes()].concat();
        let domain = domain.to_ascii_lowercase();
        let Some(registered) = self.reading.boundaries.domain(&domain) else { return };
        let mut uri = Uri::default();
        uri.types.extend(["domainkeys", "nocanon", "noclean"]);
        uri.hosts.insert(domain.clone(), registered.to_owned());
        self.uris.insert(raw, uri);
    }

    fn add(&mut self, raw: Cow<'_, [u8]>, types: &[&'static str], must_be_valid: bool) {
        if let Some(known) = self.uris.get_mut(&*raw) {
            if must_be_valid && known.hosts.is_empty() {
                return;
            }
            known.types.extend(types.iter().copied());
            return;
        }
        if MAX_URIS <= self.uris.len() || MAX_BYTES <= self.bytes {
            return;
        }
        let cleaned = clean::forms(&raw, self.reading.redirect);
        let mut hosts = Hosts::default();
        for (host, domain) in cleaned.iter().filter_map(|form| self.reading.boundaries.host(form)) {
            hosts.insert(host, domain);
        }
        if must_be_valid && hosts.is_empty() {
            return;
        }
        self.bytes += cleaned.iter().map(Vec::len).sum::<usize>();
        let mut uri = Uri { cleaned, hosts, ..Uri::default() };
        uri.types.extend(types.iter().copied());
        self.uris.insert(raw.into_owned(), uri);
    }
}

/// Whether an address of mail has more than one `@` before what is to be written in it.
fn has_many_signs(address: &[u8]) -> bool {
    let end = memchr::memchr(b'?', address).unwrap_or(address.len());
    1 < memchr::memchr_iter(b'@', address.get(..end).unwrap_or_default()).count()
}

/// All forms of an address that a rule sees, itself among them. `redirect` finds the target in the address of a
/// redirecting page.
pub fn forms(address: &[u8], redirect: &dyn Fn(&[u8]) -> Option<Vec<u8>>) -> Sorted<Vec<u8>> {
    clean::forms(address, redirect)
}
