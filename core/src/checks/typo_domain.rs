//! Domains a slip of the finger away from a well-known one, or from the reader's own.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, TextPart},
    symbol::SymbolInfo,
};

use super::{
    from,
    known::{self, Brand, look, said, squeeze},
    link_target::followed,
    lists::{entries, is_freemail},
    mailing_list,
    text::unmarked,
};

const FROM_TYPO: SymbolInfo =
    SymbolInfo::new("FROM_TYPO", "The sender's domain is a slip away from that of a well-known house it speaks of");
const URL_TYPO: SymbolInfo =
    SymbolInfo::new("URL_TYPO", "A link's domain is a slip away from that of a well-known house it speaks of");
const FROM_NEAR_OWN: SymbolInfo =
    SymbolInfo::new("FROM_NEAR_OWN", "The sender's domain is a slip away from the reader's own");

/// Shortest name of which one letter may be wrong. Shorter words have too many honest neighbours.
const ONE_WRONG: usize = 6;

/// Shortest name of which two letters may be wrong.
const TWO_WRONG: usize = 10;

/// Longest name that is compared.
const LONGEST: usize = 32;

/// Most different sites looked at.
const MOST_SITES: usize = 32;

/// How much of the text is read for who it speaks of, in bytes.
const MOST_BYTES: usize = 4 * 1024;

/// A name that others write nearly like.
struct Name {
    /// As a hasty reader sees it.
    look: Vec<u8>,
    letters: u32,
    brand: &'static Brand,
}

/// The names of well-known houses' domains, by length.
static NAMES: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let long = known::labels().filter(|(label, _)| ONE_WRONG <= label.len() && label.len() <= LONGEST);
    let mut names: Vec<Name> = long
        .map(|(label, brand)| {
            let look = look(&squeeze(label)).into_bytes();
            Name { letters: letters(&look), look, brand }
        })
        .collect();
    names.sort_by_key(|name| name.look.len());
    names
});

/// Honest names that are near to well-known ones.
static HONEST: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| entries(include_str!("../../../assets/lists/near_names.txt")).collect());

/// Slips of the finger.
#[derive(Debug)]
pub(super) struct TypoDomain;

impl Check for TypoDomain {
    fn name(&self) -> &'static str {
        "typo_domain"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FROM_TYPO, URL_TYPO, FROM_NEAR_OWN] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let is_list = mailing_list::list_id(mail).is_some();
        let from = from::address(mail).filter(|_| !is_list).map(|from| &from.domain);
        if let Some(from) = from {
            near_own(mail, from, findings);
        }
        let mut text = None;
        let mut speaks_of = |brand: &Brand| {
            let text = text.get_or_insert_with(|| spoken(mail));
            said(text).any(|said| said.brand.is_kin(brand))
        };
        if let Some(from) = from
            && let Some(brand) = nearly(from).into_iter().find(|brand| speaks_of(brand))
        {
            findings.raise(&FROM_TYPO, format!("{from} is nearly, but not, of {}", brand.name));
        }
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for domain in followed(mail).filter_map(|url| url.domain()) {
            if MOST_SITES <= seen.len() || !seen.insert(domain.main_label()) {
                continue;
            }
            if let Some(brand) = nearly(domain).into_iter().find(|brand| speaks_of(brand)) {
                return findings.raise(&URL_TYPO, format!("{domain} is nearly, but not, of {}", brand.name));
            }
        }
    }
}

/// From a domain nearly like the reader's own.
fn near_own(mail: &Mail<'_>, from: &Domain, findings: &mut Findings) {
    let to =
        mail.to().iter().filter_map(|to| to.address.as_ref()).take(8).chain(mail.account.identities.iter().take(8));
    let label = from.main_label();
    for own in to.map(|to| to.domain.registrable()).filter(|own| !is_freemail(own)) {
        let mine = own.main_label();
        if from.registrable() != own && label != mine && is_near(label, mine) && known::owner(from).is_none() {
            let why = format!("{from} is nearly, but not, your own {}", own.as_str());
            return findings.raise(&FROM_NEAR_OWN, why);
        }
    }
}

/// Who is spoken of: the sender's name, subject, title and beginning of the text.
fn spoken(mail: &Mail<'_>) -> String {
    let title = mail.html().and_then(|html| html.title.as_deref()).unwrap_or_default();
    let shown = |part: &&TextPart| !part.text.trim().is_empty();
    let part = mail.texts().iter().filter(shown).max_by_key(|part| part.is_html);
    let text = part.map_or("", |part| crate::mail::decode::split_at_most(&part.text, MOST_BYTES).0);
    unmarked(&format!("{}\n{}\n{title}\n{text}", from::name(mail), mail.subject()))
}

/// The brands of which `domain` is nearly a name, but not quite, and not theirs.
fn nearly(domain: &Domain) -> Vec<&'static Brand> {
    let label = domain.main_label();
    if !domain.is_registered() || known::owner(domain).is_some() {
        return Vec::new();
    }
    let parts = label.split('-').filter(|part| part.len() != label.len());
    let mut found: Vec<&'static Brand> = Vec::new();
    for part in std::iter::once(label).chain(parts).take(6) {
        if part.len() < ONE_WRONG - 1 || LONGEST < part.len() || HONEST.contains(part) || known::is_label(part) {
            continue;
        }
        let seen = look(&squeeze(part)).into_bytes();
        let letters = letters(&seen);
        let from = NAMES.partition_point(|name| name.look.len() + 2 < seen.len());
        let near = NAMES.iter().skip(from).take_while(|name| name.look.len() <= seen.len() + 2);
        let near = near.filter(|name| name.look != seen && is_close(&seen, &name.look, letters, name.letters));
        found.extend(near.map(|name| name.brand).filter(|brand| !brand.owns(domain)));
    }
    found
}

/// Whether two labels are a slip apart, or look the same.
fn is_near(a: &str, b: &str) -> bool {
    let looks = |label: &str| look(&squeeze(label)).into_bytes();
    let (a, b) = (looks(a), looks(b));
    ONE_WRONG <= b.len() && a.len() <= LONGEST && b.len() <= LONGEST && is_close(&a, &b, letters(&a), letters(&b))
}

/// Whether so few letters are wrong, missing, too many or turned round that it may be a slip.
fn is_close(a: &[u8], b: &[u8], in_a: u32, in_b: u32) -> bool {
    let most = if b.len() < TWO_WRONG { 1 } else { 2 };
    // One wrong letter changes two of the letters that occur.
    a.len().abs_diff(b.len()) <= most
        && (in_a ^ in_b).count_ones() <= 2 * u32::try_from(most).unwrap_or_default()
        && distance(a, b) <= most
}

/// Which letters occur, one bit each.
fn letters(name: &[u8]) -> u32 {
    name.iter().fold(0, |set, byte| set | 1 << (byte & 31))
}

/// Letters wrong, missing, too many, or turned round with their neighbour (optimal string alignment).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (row, &x) in a.iter().enumerate() {
        let mut here = vec![row + 1];
        let mut prior = None;
        for (column, &y) in b.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX - 1);
            let changed = at(&above, column) + usize::from(x != y);
            let mut best = changed.min(at(&above, column + 1) + 1).min(at(&here, column) + 1);
            if column.checked_sub(1).is_some_and(|_| last == Some(y) && prior == Some(x)) {
                best = best.min(at(&before, column - 1) + 1);
            }
            here.push(best);
            prior = Some(y);
        }
        before = above;
        above = here;
        last = Some(x);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_letter_wrong_missing_too_many_or_turned_round() {
        for (a, b, want) in [
            ("paypal", "paypal", 0),
            ("paypol", "paypal", 1),
            ("paypl", "paypal", 1),
            ("paypall", "paypal", 1),
            ("papyal", "paypal", 1),
            ("ppayal", "paypal", 2),
            ("", "paypal", 6),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), want, "{a} {b}");
        }
    }

    #[test]
    fn domains_nearly_of_others() {
        for (domain, want) in [
            ("paypol.com", true),
            ("netfliix.com", true),
            ("rnircosoft.com", true),
            ("arnericanexpres.com", true),
            ("nettflix-billing.net", true),
            ("paypal.com", false),
            ("paypal.de", false),
            ("nordhaven.com", false),
            ("ups-s.com", false),
            ("", false),
        ] {
            let found = Domain::parse(domain).is_some_and(|domain| !nearly(&domain).is_empty());
            assert_eq!(found, want, "{domain}");
        }
    }

    /// Common real domains, a slip away from well-known ones.
    #[test]
    fn honest_neighbours_are_not_taken_for_slips() {
        for domain in include_str!("../../tests/near_domains.txt").lines().filter(|line| !line.starts_with('#')) {
            let found: Vec<_> = nearly(&Domain::parse(domain).unwrap()).iter().map(|brand| &brand.name).collect();
            assert!(found.is_empty(), "{domain} is taken for {found:?}");
        }
    }
}
