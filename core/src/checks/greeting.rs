//! A greeting of somebody whom the sender does not know but by the address.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Domain, Mail},
    symbol::SymbolInfo,
};

use super::{
    from, lists, mailing_list,
    text::{fold, short},
};

const GREETS_ADDRESS: SymbolInfo = SymbolInfo::new("GREETS_ADDRESS", "The greeting calls you by your mail address");
const POSES_AS_DOMAIN: SymbolInfo =
    SymbolInfo::new("POSES_AS_DOMAIN", "A stranger writes as the mail service of your own domain");

/// How letters begin, folded.
const GREETINGS: [&str; 32] = [
    "dear",
    "hi",
    "hello",
    "hey",
    "attention",
    "attn",
    "good day",
    "user",
    "client",
    "customer",
    "bonjour",
    "cher",
    "salut",
    "hola",
    "estimado",
    "estimada",
    "estimado(a)",
    "querido",
    "ola",
    "olá",
    "prezado",
    "prezada",
    "prezado(a)",
    "caro",
    "cara",
    "caro cliente",
    "gentile",
    "ciao",
    "hallo",
    "sehr geehrter",
    "guten tag",
    "beste",
];

/// What stands after the domain when somebody poses as its mail service, folded.
const SERVICES: [&str; 20] = [
    "mail administrator",
    "administrator",
    "admin",
    "webmail",
    "web mail",
    "mail server",
    "mailserver",
    "email server",
    "mail service",
    "support",
    "helpdesk",
    "help desk",
    "it department",
    "it support",
    "security team",
    "mail team",
    "postmaster",
    "mail portal",
    "account team",
    "server",
];

/// Text that is looked at: greetings and signatures of a letter.
const MOST_BYTES: usize = 8 * 1024;

/// Whom it greets.
#[derive(Debug)]
pub(super) struct Greeting;

impl Check for Greeting {
    fn name(&self) -> &'static str {
        "greeting"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[GREETS_ADDRESS, POSES_AS_DOMAIN] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        if mailing_list::list_id(mail).is_some() {
            return;
        }
        let Some(part) = mail.texts().iter().rev().find(|part| !part.text.is_empty()) else { return };
        let text = fold(crate::mail::decode::split_at_most(&part.text, MOST_BYTES).0);
        let named = mail.to().iter().filter_map(|to| to.address.as_ref());
        for me in named.chain(&mail.account.identities).take(8) {
            greets(&text, me, findings);
            poses(mail, &text, &me.domain, findings);
        }
    }
}

fn greets(text: &str, me: &Address, findings: &mut Findings) {
    let address = me.to_string().to_lowercase();
    let found = text.match_indices(address.as_str()).take(8).find_map(|(at, _)| {
        let before = text.get(..at)?.trim_end_matches([' ', ',', ':', '(', '<', '*']);
        GREETINGS.iter().find(|word| {
            let head = before.strip_suffix(**word);
            head.is_some_and(|head| !head.ends_with(char::is_alphanumeric))
        })
    });
    if let Some(word) = found {
        findings.raise(&GREETS_ADDRESS, format!("it begins \"{word} {}\"", short(&address)));
    }
}

/// `example.com mail administrator`, from somebody else than example.com.
fn poses(mail: &Mail<'_>, text: &str, domain: &Domain, findings: &mut Findings) {
    let mine = domain.registrable();
    let is_own = from::address(mail).is_some_and(|from| from.domain.is_within(&mine));
    if is_own || !mine.has_known_suffix() || lists::is_freemail(&mine) {
        return;
    }
    let found = text.match_indices(mine.as_str()).take(16).find_map(|(at, name)| {
        let before = text.get(..at)?.chars().next_back();
        let after = text.get(at + name.len()..)?.trim_start_matches(['®', '™', '-', ' ', '\'']);
        let after = after.strip_prefix("s ").unwrap_or(after);
        let is_apart = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '.' | '/' | '-'));
        SERVICES.iter().find(|service| is_apart && after.starts_with(**service))
    });
    if let Some(service) = found {
        findings.raise(&POSES_AS_DOMAIN, format!("it writes as \"{} {service}\"", mine.as_str()));
    }
}
