//! Who the message says it is from.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Domain, Mail},
    symbol::SymbolInfo,
};

use super::{
    kind,
    text::{fold, is_invisible, mixed_word, short, split_letters},
};

const MISSING_FROM: SymbolInfo = SymbolInfo::new("MISSING_FROM", "There is no From header");
const FROM_NO_ADDRESS: SymbolInfo = SymbolInfo::new("FROM_NO_ADDRESS", "The From header holds no address");
const MULTIPLE_FROM: SymbolInfo = SymbolInfo::new("MULTIPLE_FROM", "There is more than one From header or author");
const FROM_NAME_APART: SymbolInfo =
    SymbolInfo::new("FROM_NAME_APART", "The sender's name is cut off from the address by a comma");
const FROM_NAME_OTHER_ADDRESS: SymbolInfo =
    SymbolInfo::new("FROM_NAME_OTHER_ADDRESS", "The sender's name is another address than the sender's");
const FROM_NAME_OTHER_DOMAIN: SymbolInfo =
    SymbolInfo::new("FROM_NAME_OTHER_DOMAIN", "The sender's name holds a domain that is not the sender's");
const FROM_NAME_RECIPIENT: SymbolInfo =
    SymbolInfo::new("FROM_NAME_RECIPIENT", "The sender's name is the recipient's address or domain");
const FROM_LOCAL_DIGITS: SymbolInfo =
    SymbolInfo::new("FROM_LOCAL_DIGITS", "The sender's address is mostly digits before the @");
const FROM_LOCAL_HEX: SymbolInfo =
    SymbolInfo::new("FROM_LOCAL_HEX", "The sender's address is a long random number before the @");
const FROM_NAME_INVISIBLE: SymbolInfo =
    SymbolInfo::new("FROM_NAME_INVISIBLE", "Invisible characters are hidden in the sender's name");
const FROM_NAME_MIXED_SCRIPT: SymbolInfo =
    SymbolInfo::new("FROM_NAME_MIXED_SCRIPT", "The sender's name mixes letters of two alphabets that look alike");

/// The `From` header.
#[derive(Debug)]
pub(super) struct From;

impl Check for From {
    fn name(&self) -> &'static str {
        "from"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                MISSING_FROM,
                FROM_NO_ADDRESS,
                MULTIPLE_FROM,
                FROM_NAME_APART,
                FROM_NAME_OTHER_ADDRESS,
                FROM_NAME_OTHER_DOMAIN,
                FROM_NAME_RECIPIENT,
                FROM_LOCAL_DIGITS,
                FROM_LOCAL_HEX,
                FROM_NAME_INVISIBLE,
                FROM_NAME_MIXED_SCRIPT,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let headers = mail.headers_named("From").count();
        if headers == 0 {
            return findings.raise(&MISSING_FROM, "there is no From header");
        }
        if 1 < headers {
            findings.raise(&MULTIPLE_FROM, format!("there are {headers} From headers"));
        } else if 1 < mail.from().iter().filter(|from| from.address.is_some()).count() && mail.sender().is_none() {
            findings.raise(&MULTIPLE_FROM, "it names several authors and no sender");
        }
        let Some(from) = mail.author() else {
            return findings.raise(&FROM_NO_ADDRESS, "the From header is empty");
        };
        name_letters(&from.name, findings);
        let Some(address) = address(mail) else {
            if kind::is_report(mail) {
                return;
            }
            return findings.raise(&FROM_NO_ADDRESS, format!("\"{}\" is no address", short(&from.written)));
        };
        if let Some(name) = mail.headers_named("From").next().and_then(|header| name_apart(&header.raw)) {
            findings.raise(&FROM_NAME_APART, format!("a comma cuts \"{}\" off from {address}", short(name)));
        }
        name_claims(mail, name(mail), address, findings);
        local_part(&address.local, findings);
    }
}

/// The author's address: the first there is, as names with a comma make more than one entry.
pub(super) fn address<'a>(mail: &'a Mail<'_>) -> Option<&'a Address> {
    mail.from().iter().find_map(|from| from.address.as_ref())
}

/// What the author is called, also when that stands in place of an address.
pub(super) fn name<'a>(mail: &'a Mail<'_>) -> &'a str {
    let from = mail.author();
    let named = from.map_or("", |from| &from.name);
    if named.is_empty() { from.filter(|from| from.address.is_none()).map_or("", |from| &from.written) } else { named }
}

fn name_letters(name: &str, findings: &mut Findings) {
    if 0 < split_letters(name, is_invisible) {
        findings.raise(&FROM_NAME_INVISIBLE, format!("invisible characters (·) in \"{}\"", short(name)));
    }
    if let Some(word) = mixed_word(name) {
        findings.raise(&FROM_NAME_MIXED_SCRIPT, format!("\"{}\" mixes two alphabets", short(word)));
    }
}

/// The name before a comma that belongs to no name: `Prize ,<prize@example.org>` or `"Prize", x <prize@example.org>`.
/// `Smith, Bob <bob@example.org>` is a name, and several authors have an address each.
fn name_apart(raw: &str) -> Option<&str> {
    let raw = raw.trim();
    let mut is_quoted = false;
    let (comma, _) = raw.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '"';
        *c == ',' && !is_quoted
    })?;
    let (name, rest) = raw.split_at_checked(comma)?;
    let name = name.trim();
    let rest = rest.trim_start_matches([',', ' ', '\t', '\r', '\n', '_', '(']);
    let is_alone = name.ends_with('"') || rest.starts_with('<');
    (is_alone && !name.is_empty() && !name.contains('@') && rest.matches('@').count() == 1)
        .then_some(name.trim_matches('"'))
}

/// What a name says about where it is from must be true.
fn name_claims(mail: &Mail<'_>, name: &str, address: &Address, findings: &mut Findings) {
    let name = fold(name);
    let own = address.domain.registrable();
    let recipients = || mail.to().iter().filter_map(|to| to.address.as_ref()).chain(&mail.account.identities);
    for word in name.split(|c: char| c.is_whitespace() || "<>()[]{}\"',;:|".contains(c)) {
        let claimed = Address::parse(word).filter(|claimed| claimed.domain.as_str().contains('.'));
        let Some(domain) = claimed.as_ref().map(|claimed| claimed.domain.clone()).or_else(|| named_domain(word)) else {
            continue;
        };
        let said = domain.registrable();
        if said == own {
            continue;
        }
        if recipients().any(|to| to.domain.registrable() == said) {
            findings.raise(&FROM_NAME_RECIPIENT, format!("calls itself {word} but writes from {}", address.domain));
        } else if claimed.is_some() {
            let why = format!("the name says {word} but the address is {address}");
            findings.raise(&FROM_NAME_OTHER_ADDRESS, why);
        } else {
            findings.raise(&FROM_NAME_OTHER_DOMAIN, format!("the name says {word} but it is from {}", address.domain));
        }
    }
}

/// A word that reads as the name of a site. `J.Smith` and `Inc.` are not, so only the usual endings count.
fn named_domain(word: &str) -> Option<Domain> {
    let (_, ending) = word.rsplit_once('.')?;
    let usual = matches!(ending, "com" | "net" | "org" | "de" | "fr" | "es" | "cz" | "uk" | "io" | "eu" | "ch" | "at");
    if usual { Domain::parse(word) } else { None }
}

fn local_part(local: &str, findings: &mut Findings) {
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    if 20 <= local.len() && 8 <= digits && local.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        findings.raise(&FROM_LOCAL_HEX, format!("\"{}\" is a long random number", short(local)));
    } else if 5 <= digits && local.len() < digits * 2 {
        findings.raise(
            &FROM_LOCAL_DIGITS,
            format!("{digits} of {} characters in \"{}\" are digits", local.len(), short(local)),
        );
    }
}
