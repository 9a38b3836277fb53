//! Short lists of our own, kept as text files: one entry a line, `#` begins a comment.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::mail::Domain;

/// A set of lower-case words or domains.
pub(super) type Words = LazyLock<BTreeSet<&'static str>>;

/// Domains where anyone gets a mailbox for nothing.
pub(super) static FREEMAIL: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/freemail.txt")));

/// Domains that shorten links.
pub(super) static SHORTENERS: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/shorteners.txt")));

/// Domains below which anyone gets a site for nothing.
pub(super) static FREE_SITES: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/free_sites.txt")));

/// Top-level domains that are given away or nearly so.
pub(super) static CHEAP_TLDS: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/cheap_tlds.txt")));

/// Houses that send mail for others.
pub(super) static MAIL_SERVICES: Words =
    LazyLock::new(|| words(include_str!("../../../assets/lists/mail_services.txt")));

/// Those of them that are hardly used for anything good.
pub(super) static WORST_TLDS: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/worst_tlds.txt")));

/// Redirectors of well-known houses.
pub(super) static REDIRECTORS: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/redirectors.txt")));

/// Guards against bad links, which wrap all links.
pub(super) static GUARDS: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/guards.txt")));

/// Large houses that let nobody else write in their name.
pub(super) static WELL_BEHAVED: Words = LazyLock::new(|| words(include_str!("../../../assets/lists/well_behaved.txt")));

/// Lines with something on them.
pub(super) fn entries(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
}

fn words(text: &'static str) -> BTreeSet<&'static str> {
    entries(text).collect()
}

/// The entry of `list` that `domain` is or is below of.
pub(super) fn entry_above<'a>(list: &Words, domain: &'a Domain) -> Option<&'a str> {
    let mut name = domain.as_str();
    loop {
        if list.contains(name) {
            return Some(name);
        }
        name = name.split_once('.')?.1;
    }
}

/// Whether anyone can have an address at `domain`.
pub fn is_freemail(domain: &Domain) -> bool {
    FREEMAIL.contains(domain.as_str())
}
