//! Notices to who runs a network: complaints, reports of attacks, demands to take something down.

use std::{net::Ipv4Addr, sync::LazyLock};

use aho_corasick::AhoCorasick;

use crate::{
    checks::lists::is_freemail,
    finding::Findings,
    mail::{Address, Attachment, Mail},
    symbol::SymbolInfo,
};

use super::{book, quoted, said, shown};

pub(super) const ABUSE_NOTICE: SymbolInfo =
    SymbolInfo::new("ABUSE_NOTICE", "It reports abuse of a network to whoever runs it");

/// What such notices speak of.
const PHRASES: [&str; 101] = [
    "abuse report",
    "report of abuse",
    "abuse notification",
    "abuse complaint",
    "abuse department",
    "abuse team",
    "abuse contact",
    "abuse originating",
    "originating from",
    "from your network",
    "in your network",
    "on your network",
    "from your ip",
    "your ip address",
    "your customer",
    "your client",
    "on your server",
    "your servers",
    "your infrastructure",
    "hosted on",
    "hosting provider",
    "port scan",
    "portscan",
    "brute force",
    "brute-force",
    "bruteforce",
    "ddos",
    "syn flood",
    "fail2ban",
    "botnet",
    "command and control",
    "blocklist",
    "blacklisted",
    "spamtrap",
    "spam report",
    "spam complaint",
    "phishing site",
    "phishing page",
    "phishing attack",
    "phishing url",
    "malicious",
    "take down",
    "takedown",
    "take-down",
    "infringement",
    "infringing",
    "copyright owner",
    "rights owner",
    "dmca",
    "good faith belief",
    "penalty of perjury",
    "incident id",
    "incident number",
    "source ip",
    "feedback-type:",
    "reported-domain",
    "netblock",
    "missbrauch",
    "ihrem netz",
    "sua rede",
    "abusive",
    "spamcop",
    "shadowserver",
    "honeypot",
    "vulnerab",
    "exploit",
    "intrusion",
    "login attempts",
    "attacks",
    "attacking",
    "scanning",
    "unauthorized use",
    "unlawful",
    "fraudulent",
    "counterfeit",
    "trademark",
    "intellectual property",
    "copyright",
    "illegal content",
    "removal request",
    "remove the content",
    "compromised",
    "infected",
    "malware",
    "phishing",
    "dmarc",
    "spam from",
    "hacking",
    "hacked",
    "open resolver",
    "amplification",
    "kompromittiert",
    "verwundbar",
    "angriff",
    "netzbereich",
    "signalement",
    "phishing-",
    "atividade maliciosa",
    "hospedad",
    "ataque",
    "report domain:",
];

static BOOK: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| book(&PHRASES));

/// So many of them, or nobody complains.
const LEAST_SAID: usize = 2;

/// Local parts, or their beginnings up to a mark, of the addresses to which such notices go (RFC 2142 and what is usual).
const ROLES: [&str; 14] = [
    "abuse",
    "postmaster",
    "security",
    "noc",
    "cert",
    "csirt",
    "hostmaster",
    "dmca",
    "copyright",
    "soc",
    "legal",
    "fbl",
    "nic",
    "infosec",
];

pub(super) fn evaluate(mail: &Mail<'_>, findings: &mut Findings) {
    if let Some(why) = notice(mail) {
        findings.raise(&ABUSE_NOTICE, why);
    }
}

/// Whether what the message says is mostly what others have said or done: checks of words and links are not to hold it
/// against the sender.
///
/// Anybody can speak of abuse, or put the form of a complaint around anything. So it counts only in the mailbox of those
/// whose work it is to read such things, and what is seen of the message has to read as a complaint: whoever is after their
/// passwords has nothing else to say. What a complainer says of himself, and links under other words than their own address,
/// are held against him all the same.
pub(crate) fn quotes_others(mail: &Mail<'_>) -> bool {
    is_for_role(mail) && LEAST_SAID <= said(mail, BOOK.as_ref()).len() && notice(mail).is_some()
}

/// Why it is a notice, if it is. Speaking of abuse is not enough: there has to be what it is about, too.
fn notice(mail: &Mail<'_>) -> Option<String> {
    if has_feedback_report(mail) {
        return Some("there is a feedback report in it".to_owned());
    }
    let said = said(mail, BOOK.as_ref());
    if said.len() < LEAST_SAID {
        return None;
    }
    let mut facts = Vec::new();
    if is_for_role(mail) {
        facts.push("is written to those who run a network".to_owned());
    }
    if 4 <= said.len() {
        facts.push("goes on about it".to_owned());
    }
    if let Some(address) = address_in(mail) {
        facts.push(format!("names the address {address}"));
    }
    if mail.attachments().iter().any(is_message) {
        facts.push("has the message with it".to_owned());
    }
    if shown(mail).skip(1).any(is_defanged) {
        facts.push("writes links so that they do not work".to_owned());
    }
    (2 <= facts.len()).then(|| format!("it says {} and {}", quoted(&PHRASES, &said), facts.join(", ")))
}

/// RFC 5965, or the older X-ARF, which is a multipart, too.
fn has_feedback_report(mail: &Mail<'_>) -> bool {
    let has_part = || mail.attachments().iter().any(|file| file.content_type == "message/feedback-report");
    let has_header = || mail.has_header("X-XARF") || mail.has_header("X-ARF");
    mail.content_type().starts_with("multipart/") && (has_part() || has_header())
}

/// A message, or the header of one.
pub(super) fn is_message(file: &Attachment) -> bool {
    matches!(file.content_type.as_str(), "message/rfc822" | "text/rfc822-headers" | "text/rfc822-header")
}

/// Whether it is to somebody who runs a network: the person, or the house whose mail the person reads. What the message
/// names beside that proves nothing, as long as the person's addresses are known.
fn is_for_role(mail: &Mail<'_>) -> bool {
    let mine = &mail.account.identities;
    let is_of_house = |to: &Address| {
        let is_shared =
            |mine: &Address| !is_freemail(&mine.domain) && mine.domain.registrable() == to.domain.registrable();
        mine.is_empty() || mine.iter().any(is_shared)
    };
    let to = mail.to().iter().chain(mail.cc()).take(20).filter_map(|to| to.address.as_ref());
    mine.iter().any(is_role) || to.filter(|to| is_role(to)).any(is_of_house)
}

fn is_role(address: &Address) -> bool {
    let local = address.local.to_ascii_lowercase();
    local.split(['-', '.', '_', '+']).any(|word| ROLES.contains(&word))
}

/// Whether a house writes to those of its own who run its network: what a form on its site has taken down.
pub(in crate::checks) fn is_own_form(mail: &Mail<'_>, from: &Address) -> bool {
    let house = from.domain.registrable();
    let to = mail.to().iter().take(20).filter_map(|to| to.address.as_ref());
    to.filter(|to| is_role(to)).any(|to| to.domain.registrable() == house) && quotes_others(mail)
}

/// `hxxp://` or `example[.]org`.
fn is_defanged(text: &str) -> bool {
    let text = text.get(..text.floor_char_boundary(super::MOST_BYTES)).unwrap_or_default().as_bytes();
    ["hxxp", "hXXp", "[.]", "[dot]"].iter().any(|mark| memchr::memmem::find(text, mark.as_bytes()).is_some())
}

/// The first public address that subject or text names.
fn address_in(mail: &Mail<'_>) -> Option<Ipv4Addr> {
    shown(mail).map(|text| text.get(..text.floor_char_boundary(super::MOST_BYTES)).unwrap_or_default()).find_map(
        |text| {
            let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
            words.filter(|word| 7 <= word.len()).find_map(|word| {
                let address: Ipv4Addr = word.trim_matches('.').parse().ok()?;
                let is_public = !address.is_private()
                    && !address.is_loopback()
                    && 0 < address.octets()[0]
                    && !address.is_broadcast();
                is_public.then_some(address)
            })
        },
    )
}
