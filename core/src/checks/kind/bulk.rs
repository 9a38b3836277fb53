//! Mail of programs whose sender the provider knows: mailings one can leave, receipts and notices.

use crate::{
    checks::{from, lists::is_freemail},
    finding::Findings,
    mail::{Domain, Mail, Unsubscribe, UrlSource, unsubscribe, valid_signers},
    symbol::SymbolInfo,
};

pub(super) const BULK_WANTED: SymbolInfo =
    SymbolInfo::new("BULK_WANTED", "A mailing of a known sender that can be left in a way that works");
pub(super) const SIGNED_OWN_LINKS: SymbolInfo =
    SymbolInfo::new("SIGNED_OWN_LINKS", "It is signed by its author's domain, and all its links lead there");

pub(super) fn evaluate(mail: &Mail<'_>, findings: &mut Findings) {
    // Most mail is refused by the cheap questions.
    let Some(author) = from::address(mail).map(|author| author.domain.registrable()) else { return };
    let way = unsubscribe(mail).filter(|ways| leaves_at(ways, &author));
    let has_own_links = has_own_links(mail, &author);
    let is_signed = || valid_signers(mail).iter().any(|signer| signer.registrable() == author);
    if way.is_none() && !has_own_links || is_freemail(&author) || !is_signed() {
        return;
    }
    if let Some(ways) = way {
        let how = if ways.one_click.is_some() { "left with one click" } else { "left at its own address" };
        findings.raise(&BULK_WANTED, format!("signed by {author}, and can be {how}"));
    }
    if has_own_links {
        findings.raise(&SIGNED_OWN_LINKS, format!("signed by {author}, and all links lead there"));
    }
}

/// Whether the mailing can be left by one click that was signed, or where the author is at home.
fn leaves_at(ways: &Unsubscribe, author: &Domain) -> bool {
    ways.one_click.is_some() || ways.domains().any(|domain| domain.registrable() == *author)
}

/// Whether there are links, and each leads to the author's domain.
fn has_own_links(mail: &Mail<'_>, author: &Domain) -> bool {
    let mut links =
        mail.urls().iter().filter(|url| url.source != UrlSource::Resource && url.scheme.starts_with("http"));
    let is_own = |domain: &Domain| domain.registrable() == *author;
    let first = links.next();
    first.into_iter().chain(links).all(|url| url.domain().is_some_and(is_own)) && first.is_some()
}
