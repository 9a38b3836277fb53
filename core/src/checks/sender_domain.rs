//! The domain the message says it is from.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{
    from, kind,
    known::LURES,
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
const FROM_LURE_DOMAIN: SymbolInfo =
    SymbolInfo::new("FROM_LURE_DOMAIN", "The sender's domain is put together from a name and a reassuring word");
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
                FROM_LURE_DOMAIN,
                ENVELOPE_OTHER_DOMAIN,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(from) = from::address(mail) else { return };
        let domain = &from.domain;
        let name = domain.as_str();
        let Some((head, _)) = name.rsplit_once('.') else {
            if kind::is_report(mail) {
                return;
            }
            return findings.raise(&FROM_NOT_FQDN, format!("{name:?} is no full domain name"));
        };
        if entry_above(&CHEAP_TLDS, domain).is_some() {
            findings.raise(&FROM_CHEAP_TLD, format!("it is from {name}"));
        }
        if head.rsplit('.').next().is_some_and(is_gibberish) {
            findings.raise(&FROM_RANDOM_DOMAIN, format!("nobody would name a domain {name}"));
        }
        if let Some(site) = entry_above(&FREE_SITES, domain)
            && site != name
            && !kind::is_report(mail)
        {
            findings.raise(&FROM_FREE_SITE, format!("{name} is free for anyone to have at {site}"));
        }
        let label = domain.registrable();
        let label = label.as_str().split('.').next().unwrap_or_default();
        if let Some(word) = label.split('-').skip(usize::from(!label.contains('-'))).find(|word| LURES.contains(word)) {
            findings.raise(&FROM_LURE_DOMAIN, format!("{name} is made of a name and \"{word}\""));
        }
        if is_gibberish(&from.local) {
            findings.raise(&FROM_RANDOM_LOCAL, format!("nobody would call a mailbox {:?}", from.local));
        }
        if let Some(Some(envelope)) = mail.envelope_from()
            && envelope.domain.registrable() != domain.registrable()
            && mailing_list::list_id(mail).is_none()
        {
            findings.raise(&ENVELOPE_OTHER_DOMAIN, format!("written as {from}, handed in by {}", envelope.domain));
        }
    }
}

/// Whether a name of Latin letters and digits cannot be said: digits strewn among letters, very long runs of consonants,
/// or neighbours that hardly any language puts together.
pub(super) fn is_gibberish(name: &str) -> bool {
    const SHORT: usize = 8;
    if name.len() < SHORT || name.starts_with("xn--") || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let pairs = || name.as_bytes().iter().zip(name.as_bytes().iter().skip(1));
    // A number at the end or the beginning of a word is usual; several in the middle are not.
    let changes = pairs().filter(|(a, b)| a.is_ascii_digit() != b.is_ascii_digit()).count();
    if 4 <= changes && 3 <= digits {
        return true;
    }
    let longest =
        name.split(|c: char| "aeiouy".contains(c) || c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    let odd = pairs().filter(|(a, b)| is_odd_pair(**a, **b)).count();
    3 <= odd || 2 <= odd && 5 <= longest || 7 <= longest && !name.contains("sch")
}

/// Two letters that hardly ever stand side by side.
fn is_odd_pair(a: u8, b: u8) -> bool {
    let is_consonant = |c: u8| c.is_ascii_alphabetic() && !b"aeiouy".contains(&c);
    match (a, b) {
        (b'q', b) => b != b'u' && b.is_ascii_alphabetic(),
        (b'j', b) => is_consonant(b),
        (b'v', b) => is_consonant(b) && !b"rlv".contains(&b),
        (b'x', b) => is_consonant(b) && !b"tpchx".contains(&b),
        (b'z', b) => is_consonant(b) && !b"zlwtkb".contains(&b),
        (a, b'q') => is_consonant(a) && !b"csn".contains(&a),
        (a, b'x') => is_consonant(a) && !b"nrx".contains(&a),
        (a, b'j') => is_consonant(a) && !b"dnrb".contains(&a),
        (a, b'v') => is_consonant(a) && !b"lrnvdsbh".contains(&a),
        (a, b'z') => is_consonant(a) && !b"tnrzlcsdm".contains(&a),
        _ => false,
    }
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
            ("freshrpms", false),
            ("mindspring", false),
            ("rechtschreibung", false),
            ("kbilmxzpgtxldus", true),
        ] {
            assert_eq!(is_gibberish(name), want, "{name}");
        }
    }
}
