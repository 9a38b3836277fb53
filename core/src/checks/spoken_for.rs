//! A well-known house that the text speaks for, while nothing in the message is of that house.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Mail, TextPart},
    symbol::SymbolInfo,
};

use super::{
    brand::is_agency,
    from,
    known::{Brand, Said, said},
    link_target::followed,
    mailing_list, reply,
    text::{has_word, unmarked},
};

const TEXT_BRAND: SymbolInfo =
    SymbolInfo::new("TEXT_BRAND", "The text speaks for a well-known house, but neither sender nor links are of it");
const TITLE_BRAND: SymbolInfo =
    SymbolInfo::new("TITLE_BRAND", "The page's title is a well-known house's, but neither sender nor links are of it");

/// How much is read of the beginning and of the end, in characters: who speaks says so there.
const HEAD: usize = 1200;
const TAIL: usize = 500;

/// Brands in text and title.
#[derive(Debug)]
pub(super) struct SpokenFor;

impl Check for SpokenFor {
    fn name(&self) -> &'static str {
        "spoken_for"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[TEXT_BRAND, TITLE_BRAND] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(address) = from::address(mail) else { return };
        let mut sites = followed(mail).filter_map(|url| url.domain()).peekable();
        if sites.peek().is_none() || is_about_others(mail) || is_agency(&address.domain) {
            return;
        }
        let is_foreign = |brand: &Brand| {
            !brand.is_common
                && !brand.owns(&address.domain)
                && !followed(mail).filter_map(|url| url.domain()).any(|domain| brand.owns(domain))
        };
        let title = mail.html().and_then(|html| html.title.as_deref()).map(unmarked).unwrap_or_default();
        if let Some(found) = said(&title).find(|found| is_foreign(found.brand)) {
            let why = format!("the title is of {}, but it is from {}", found.brand.name, address.domain);
            findings.raise(&TITLE_BRAND, why);
        }
        let text = ends(mail);
        if REPORTS.iter().any(|word| text.contains(word)) {
            return;
        }
        if let Some(found) = said(&text).find(|found| speaks(&text, found) && is_foreign(found.brand)) {
            let why = format!("it speaks for {}, but is from {}", found.brand.name, address.domain);
            findings.raise(&TEXT_BRAND, why);
        }
    }
}

/// Words of those who tell of such mail.
const REPORTS: [&str; 6] = ["phishing", "infring", "abuse", "copyright notice", "trademark", "spam"];

/// Lists, answers, forwarded mail and reports speak of whoever they like.
fn is_about_others(mail: &Mail<'_>) -> bool {
    let subject = mail.subject().trim_start().to_lowercase();
    mailing_list::list_id(mail).is_some()
        || mail.content_type() == "multipart/report"
        || reply::answers(mail)
        || ["fwd:", "fw:", "wg:", "enc:", "tr:", "[", "re:"].iter().any(|mark| subject.starts_with(mark))
}

/// Beginning and end of what is seen, unmarked.
fn ends(mail: &Mail<'_>) -> String {
    let shown = |part: &&TextPart| !part.text.trim().is_empty();
    let part = mail.texts().iter().filter(shown).max_by_key(|part| part.is_html);
    let text = part.map_or("", |part| part.text.as_str());
    let head: String = text.chars().take(HEAD).collect();
    let rest = text.get(head.len()..).unwrap_or_default();
    let tail: Vec<char> = rest.chars().rev().take(TAIL).collect();
    let tail: String = tail.into_iter().rev().collect();
    unmarked(&format!("{head} {tail}"))
}

/// What follows a name that is spoken for.
const AFTER: [&str; 34] = [
    "account",
    "accounts",
    "team",
    "customer",
    "customers",
    "member",
    "members",
    "support",
    "security",
    "user",
    "id",
    "wallet",
    "rewards",
    "reward",
    "gift",
    "subscription",
    "konto",
    "kunde",
    "kunden",
    "kundin",
    "kundenservice",
    "gutschein",
    "geschenkkarte",
    "sicherheitsteam",
    "compte",
    "client",
    "equipe",
    "cuenta",
    "cliente",
    "conta",
    "inc",
    "gmbh",
    "ag",
    "klantenservice",
];

/// What stands before it.
const BEFORE: [&str; 14] = [
    "dear",
    "©",
    "copyright",
    "ihr",
    "ihrem",
    "ihre",
    "liebe",
    "lieber",
    "cher",
    "estimado",
    "beste",
    "caro",
    "equipe",
    "team",
];

/// Whether the name is said as those say it who speak for the house: to its customers, of their accounts, or below a line.
fn speaks(text: &str, found: &Said) -> bool {
    const NEAR: usize = 24;
    let (begin, end) = found.at;
    let after: String = text.get(end..).unwrap_or_default().chars().take(NEAR).collect();
    let before: Vec<char> = text.get(..begin).unwrap_or_default().chars().rev().take(NEAR).collect();
    let before: String = before.into_iter().rev().collect();
    let split = |c: char| c.is_whitespace() || matches!(c, '-' | ',' | '.' | '!' | '®' | '™' | ':');
    let next = after.split(split).find(|word| !word.is_empty()).unwrap_or_default();
    let mut last = before.rsplit(split).filter(|word| !word.is_empty());
    let last = [last.next().unwrap_or_default(), last.next().unwrap_or_default()];
    let is_year = last.first().is_some_and(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let begins = last.first().is_some_and(|word| BEFORE.contains(word));
    let signed = is_year && last.get(1).is_some_and(|word| matches!(*word, "©" | "copyright" | "(c)"));
    AFTER.contains(&next) || begins || signed || has_word(&after, "all rights")
}
