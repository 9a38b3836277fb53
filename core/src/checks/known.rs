//! Well-known names, and whose domains are theirs.

use std::{collections::BTreeMap, sync::LazyLock};

use aho_corasick::AhoCorasick;

use crate::mail::Domain;

use super::{
    lists::{self, CHEAP_TLDS, FREE_SITES, entry_above},
    text::unmarked,
};

/// Shortest name that is looked for as a part of domains.
const SHORT: usize = 5;

/// One name worth imitating.
#[derive(Debug)]
pub(super) struct Brand {
    /// How it is written, as [`unmarked`] gives it.
    pub(super) name: String,
    /// Whether the name is also a common word or surname, so that it counts only where the whole name is it.
    pub(super) is_common: bool,
    /// What is its own: the main labels of domains, or whole domains, which have a dot.
    own: Vec<&'static str>,
}

static BRANDS: LazyLock<Vec<Brand>> = LazyLock::new(|| {
    let brands = lists::entries(include_str!("../../../assets/lists/brands.txt"));
    let entries = brands.filter_map(|line| line.rsplit_once(':'));
    entries.flat_map(|(names, own)| names.split('|').map(|name| Brand::new(name, own))).collect()
});

static NAMES: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(BRANDS.iter().map(|brand| brand.name.as_str())).ok());

/// The names that are looked for in domains, without spaces and signs.
static SQUEEZED: LazyLock<BTreeMap<String, &'static Brand>> = LazyLock::new(|| {
    let telling = BRANDS.iter().filter(|brand| !brand.is_common && brand.name.is_ascii());
    let squeezed = telling.map(|brand| (squeeze(&brand.name), brand));
    squeezed.filter(|(name, _)| SHORT <= name.len()).collect()
});

/// Labels and domains, and whose they are.
static OWNERS: LazyLock<BTreeMap<&'static str, &'static Brand>> =
    LazyLock::new(|| BRANDS.iter().flat_map(|brand| brand.own.iter().map(move |own| (*own, brand))).collect());

/// Telling names and labels by what they look like to a hasty reader.
static LOOKS: LazyLock<BTreeMap<String, &'static Brand>> = LazyLock::new(|| {
    let labels = OWNERS.iter().filter(|(own, _)| SHORT <= own.len() && !own.contains('.'));
    let names = SQUEEZED.iter().map(|(name, brand)| (look(name), *brand));
    labels.map(|(own, brand)| (look(own), *brand)).chain(names).collect()
});

impl Brand {
    fn new(name: &str, own: &'static str) -> Self {
        let name = name.trim();
        let is_common = name.starts_with('=');
        Self { name: unmarked(name.trim_start_matches('=')), is_common, own: own.split_whitespace().collect() }
    }

    /// Whether `domain` is the brand's own, or in a top-level domain of its own. A label under a suffix that is given away
    /// is anybody's.
    pub(super) fn owns(&self, domain: &Domain) -> bool {
        let name = domain.as_str();
        let ending = name.rsplit('.').next().unwrap_or_default();
        if ending == self.name && domain.has_known_suffix() {
            return true;
        }
        let label = domain.main_label();
        let is_it = |own: &&&str| if own.contains('.') { is_or_below(name, own) } else { **own == label };
        self.own.iter().find(is_it).is_some_and(|own| own.contains('.') || is_earned(domain))
    }

    /// Whether both are of one house: something is the own of both.
    pub(super) fn is_kin(&self, other: &Self) -> bool {
        self.own.iter().any(|own| other.own.contains(own))
    }

    /// Whether the words of `text` say this name and nothing but what belongs to it.
    fn is_whole(&self, text: &str) -> bool {
        const WITH: [&str; 36] = [
            "support",
            "team",
            "service",
            "services",
            "security",
            "account",
            "accounts",
            "id",
            "alert",
            "alerts",
            "online",
            "bank",
            "customer",
            "care",
            "help",
            "helpdesk",
            "info",
            "center",
            "kundenservice",
            "kundendienst",
            "konto",
            "inc",
            "pay",
            "store",
            "business",
            "billing",
            "notice",
            "notification",
            "notifications",
            "rewards",
            "reward",
            "wallet",
            "gift",
            "card",
            "informa",
            "de",
        ];
        let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.next() == Some(&self.name) && words.all(|word| WITH.contains(&word))
    }
}

fn is_or_below(name: &str, own: &str) -> bool {
    name.strip_suffix(own).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// Whether a domain is one that costs something, so that its main label says whose it is.
fn is_earned(domain: &Domain) -> bool {
    domain.is_registered() && entry_above(&CHEAP_TLDS, domain).is_none()
}

/// A name that stands in a text, and where.
#[derive(Debug)]
pub(super) struct Said {
    /// Whose.
    pub(super) brand: &'static Brand,
    /// Byte offsets of its begin and end.
    pub(super) at: (usize, usize),
}

/// The names in `text`, [`unmarked`], each a word of its own, longer and earlier ones in no order; common words among them.
pub(super) fn said(text: &str) -> impl Iterator<Item = Said> {
    let found = NAMES.as_ref().into_iter().flat_map(move |names| names.find_overlapping_iter(text));
    found.filter_map(move |at| {
        let brand = BRANDS.get(at.pattern().as_usize())?;
        let before = text.get(..at.start())?.chars().next_back();
        let after = text.get(at.end()..)?.chars().next();
        // Between signs of China and Japan there are no spaces.
        let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && c < '\u{2e80}');
        let is_word = !brand.name.is_ascii() && !brand.name.contains(|c| c < '\u{2e80}')
            || !is_letter(before) && !is_letter(after);
        is_word.then_some(Said { brand, at: (at.start(), at.end()) })
    })
}

/// The brands that `text`, [`unmarked`], is called by.
pub(super) fn called(text: &str) -> impl Iterator<Item = &'static Brand> {
    said(text).map(|said| said.brand).filter(move |brand| !brand.is_common || brand.is_whole(text))
}

/// The brand whose own `domain` is.
pub(super) fn owner(domain: &Domain) -> Option<&'static Brand> {
    let mut name = domain.as_str();
    loop {
        if let Some(brand) = OWNERS.get(name).filter(|_| name.contains('.')) {
            return Some(brand);
        }
        let Some((_, rest)) = name.split_once('.') else { break };
        name = rest;
    }
    OWNERS.get(domain.main_label()).copied().filter(|_| is_earned(domain))
}

/// The brand whose name is a word of `domain` although it is not theirs: `paypal.com.login.example`,
/// `secure-paypal.example`, `paypal.example.github.io`. A mailing house may call a host of its own after a customer, so that
/// below the main label only what reads as a whole domain counts.
pub(super) fn built_in(domain: &Domain) -> Option<&'static Brand> {
    const MOST_LABELS: usize = 8;
    let main = domain.main_label();
    let is_free = !domain.is_registered() || entry_above(&FREE_SITES, domain).is_some();
    let labels: Vec<&str> = domain.as_str().split('.').take(MOST_LABELS).collect();
    let pairs = labels.iter().zip(labels.iter().skip(1));
    let whole =
        pairs.filter(|(label, next)| **label != main && matches!(**next, "com" | "net" | "org" | "de" | "fr" | "co"));
    let telling = std::iter::once(&main).chain(whole.map(|(label, _)| label));
    let free = labels.iter().filter(|_| is_free);
    let brand = telling.chain(free).find_map(|label| word_of(label))?;
    (!brand.owns(domain)).then_some(brand)
}

/// The brand that a label names, alone, between hyphens, or run together with a word that reassures.
fn word_of(label: &str) -> Option<&'static Brand> {
    if label.len() < SHORT {
        return None;
    }
    let joined = squeeze(label);
    let parts = || label.split(['-', '_']);
    parts()
        .find_map(|part| SQUEEZED.get(part))
        .or_else(|| SQUEEZED.get(&joined))
        .copied()
        .or_else(|| run_together(&joined))
}

/// `paypalsecure`, `securepaypal`, `amazonlogin24`.
fn run_together(label: &str) -> Option<&'static Brand> {
    const MOST: usize = 40;
    let label = label.trim_end_matches(|c: char| c.is_ascii_digit());
    if MOST < label.len() || !label.is_ascii() {
        return None;
    }
    LURES.iter().chain(&HOUSE_WORDS).find_map(|lure| {
        let rest = label.strip_suffix(lure).or_else(|| label.strip_prefix(lure))?;
        SQUEEZED.get(rest).copied()
    })
}

/// Words that make a domain anyone can have look like part of a well-known house.
pub(super) const LURES: [&str; 34] = [
    "secure",
    "security",
    "login",
    "signin",
    "verify",
    "verification",
    "account",
    "accounts",
    "billing",
    "update",
    "alert",
    "alerts",
    "support",
    "info",
    "facturation",
    "sicherheit",
    "konto",
    "kundenservice",
    "kundendienst",
    "paiement",
    "pago",
    "cuenta",
    "ucet",
    "promo",
    "cadeau",
    "gift",
    "gifts",
    "reward",
    "rewards",
    "winner",
    "bonus",
    "claim",
    "refund",
    "auth",
];

/// Such words that houses have in their own names, too: they tell something only beside a well-known name.
const HOUSE_WORDS: [&str; 9] =
    ["service", "help", "helpdesk", "center", "customer", "client", "team", "survey", "wallet"];

/// The brand that `domain` is mistaken for: `paypaI`, `rnicrosoft`, `amaz0n`, `pаypal` with a Cyrillic letter.
pub(super) fn mistaken(domain: &Domain) -> Option<&'static Brand> {
    let label = domain.main_label();
    if label.len() < SHORT {
        return None;
    }
    let shown = if label.starts_with("xn--") { idna::domain_to_unicode(label).0 } else { label.to_owned() };
    let is_itself = |part: &str| SQUEEZED.contains_key(part) || OWNERS.contains_key(part);
    let parts = shown.split('-').filter(|part| SHORT <= part.len() && *part != shown);
    let mut parts = std::iter::once(shown.as_str()).chain(parts).filter(|part| !is_itself(part));
    let brand = *parts.find_map(|part| LOOKS.get(&look(&unmarked(part))))?;
    (!brand.owns(domain)).then_some(brand)
}

/// The main labels of brands' domains and their names without spaces, but for common words.
pub(super) fn labels() -> impl Iterator<Item = (&'static str, &'static Brand)> {
    let owned = OWNERS.iter().filter(|(own, brand)| !own.contains('.') && !brand.is_common);
    let named = SQUEEZED.iter().map(|(name, brand)| (name.as_str(), *brand));
    owned.map(|(own, brand)| (*own, *brand)).chain(named)
}

/// Whether some brand is called so.
pub(super) fn is_label(part: &str) -> bool {
    OWNERS.contains_key(part) || SQUEEZED.contains_key(part)
}

/// What a hasty reader sees.
pub(super) fn look(name: &str) -> String {
    let name = name.replace("rn", "m").replace("vv", "w");
    let same = |c| match c {
        '0' => 'o',
        '1' | 'i' | '|' => 'l',
        '3' => 'e',
        '5' => 's',
        c => c,
    };
    name.chars().map(same).collect()
}

/// Letters and digits alone.
pub(super) fn squeeze(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_owners_where_it_costs_something() {
        for (domain, want) in [
            ("paypal.com", true),
            ("mail.paypal.de", true),
            ("paypal.xyz", false),
            ("paypal.github.io", false),
            ("paypal.uk.com", false),
            ("paypal", false),
            ("irs.gov", true),
            ("gov.uk", true),
        ] {
            assert_eq!(owner(&Domain::parse(domain).unwrap()).is_some(), want, "{domain}");
        }
    }

    #[test]
    fn domains_that_are_mistaken_for_others() {
        for (domain, want) in [
            ("paypai.com", Some("paypal")),
            ("amaz0n.co.uk", Some("amazon")),
            ("paypai-billing.com", Some("paypal")),
            ("out-look.com", None),
            ("pаypal.com", Some("paypal")),
            ("paypal.com", None),
            ("nordhaven.example", None),
        ] {
            let found = mistaken(&Domain::parse(domain).unwrap());
            assert_eq!(found.map(|brand| brand.name.as_str()), want, "{domain}");
        }
    }

    #[test]
    fn names_built_into_domains() {
        for (domain, want) in [
            ("paypal.com.login.example.net", true),
            ("paypalsecure.net", true),
            ("paypalteam.net", true),
            ("netflixpago.example", true),
            ("trust-wallet.com", true),
            ("samsclub-survey.com", true),
            ("paypal.web.app", true),
            ("netflix.mailer.example.net", false),
            ("www.netflix.com", false),
        ] {
            assert_eq!(built_in(&Domain::parse(domain).unwrap()).is_some(), want, "{domain}");
        }
    }
}
