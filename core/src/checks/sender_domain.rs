//! The domain the message says it is from.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{
    lists::{CHEAP_TLDS, FREE_SITES, entry_above},
    mailing_list,
};

const FROM_CHEAP_TLD: SymbolInfo =
    SymbolInfo::new("FROM_CHEAP_TLD", "The sender is in a top-level domain that is given away");
const FROM_RANDOM_DOMAIN: SymbolInfo =
    SymbolInfo::new("FROM_RANDOM_DOMAIN", "The sender's domain is random letters and digits");
const FROM_FREE_SITE: SymbolInfo =
    SymbolInfo::new("FROM_FREE_SITE", "The sender's domain is a free page or rented machine");
const FROM_NOT_FQDN: SymbolInfo = SymbolInfo::new("FROM_NOT_FQDN", "The sender's domain cannot exist");
const FROM_RANDOM_LOCAL: SymbolInfo =
    SymbolInfo::new("FROM_RANDOM_LOCAL", "The sender's address is random letters before the @");
const ENVELOPE_OTHER_DOMAIN: SymbolInfo =
    SymbolInfo::new("ENVELOPE_OTHER_DOMAIN", "The envelope names another sender than the message");

/// What the sender's domain looks like.
#[derive(Debug)]
pub(super) struct SenderDomain;

impl Check for SenderDomain {
    fn name(&self) -> &'static str {
        "sender_domain"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                FROM_CHEAP_TLD,
                FROM_RANDOM_DOMAIN,
                FROM_FREE_SITE,
                FROM_NOT_FQDN,
                FROM_RANDOM_LOCAL,
                ENVELOPE_OTHER_DOMAIN,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(from) = mail.author().and_then(|from| from.address.as_ref()) else { return };
        let domain = &from.domain;
        let name = domain.as_str();
        let Some((head, ending)) = name.rsplit_once('.') else {
            return findings.raise(&FROM_NOT_FQDN, format!("{name:?} is no full domain name"));
        };
        if ending.bytes().all(|b| b.is_ascii_digit()) {
            findings.raise(&FROM_NOT_FQDN, format!("no top-level domain is called {ending:?}"));
        }
        if CHEAP_TLDS.contains(ending) {
            findings.raise(&FROM_CHEAP_TLD, format!("it is from {name}"));
        }
        if head.rsplit('.').next().is_some_and(is_gibberish) {
            findings.raise(&FROM_RANDOM_DOMAIN, format!("nobody would name a domain {name}"));
        }
        if let Some(site) = entry_above(&FREE_SITES, domain)
            && site != name
        {
            findings.raise(&FROM_FREE_SITE, format!("{name} is free for anyone to have at {site}"));
        }
        if is_gibberish(&from.local) {
            findings.raise(&FROM_RANDOM_LOCAL, format!("nobody would call a mailbox {:?}", from.local));
        }
        if let Some(Some(envelope)) = &mail.envelope_from
            && envelope.domain.registrable() != domain.registrable()
            && mailing_list::list_id(mail).is_none()
        {
            findings.raise(&ENVELOPE_OTHER_DOMAIN, format!("written as {from}, handed in by {}", envelope.domain));
        }
    }
}

/// Whether a name of Latin letters and digits cannot be said: digits strewn among letters, or long runs of consonants.
pub(super) fn is_gibberish(name: &str) -> bool {
    const LONG: usize = 9;
    if name.len() < LONG || name.starts_with("xn--") || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let kind = |b: &u8| b.is_ascii_digit();
    let bytes = name.as_bytes();
    let changes = bytes.windows(2).filter(|pair| pair.first().map(kind) != pair.last().map(kind)).count();
    // A number at the end or the beginning of a word is usual; several in the middle are not.
    if 4 <= changes && 3 <= digits {
        return true;
    }
    let vowels = name.bytes().filter(|b| b"aeiouy".contains(b)).count();
    let longest =
        name.split(|c: char| "aeiouy".contains(c) || c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    6 <= longest || 5 <= longest && vowels * 4 < name.len() - digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_people_chose_are_not_gibberish() {
        for (name, want) in [
            ("24ljq337lqkwedzny9rg", true),
            ("xkzvbtqrlm", true),
            ("9hil5czhoogdxad8jtbp", true),
            ("wirtschaftswoche", false),
            ("rhythmnsports", false),
            ("nordhaven2024", false),
            ("fahrschulschmidt", false),
            ("lichtschalter", false),
            ("web2000design", false),
        ] {
            assert_eq!(is_gibberish(name), want, "{name}");
        }
    }
}
