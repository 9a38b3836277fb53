//! The recipient's own house, claimed by somebody elsewhere.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Domain, Mail},
    symbol::SymbolInfo,
};

use super::{
    from, known,
    lists::is_freemail,
    mailing_list,
    text::{has_word, short, unmarked},
};

const FROM_HOUSE_NAME: SymbolInfo = SymbolInfo::new(
    "FROM_HOUSE_NAME",
    "The sender's name is an office of the recipient's own house, the address is not",
);
const FROM_MAIL_OFFICE: SymbolInfo =
    SymbolInfo::new("FROM_MAIL_OFFICE", "The sender is called the mail system's office, and writes from elsewhere");
const SUBJ_OWN_MAILBOX: SymbolInfo =
    SymbolInfo::new("SUBJ_OWN_MAILBOX", "The subject speaks of the recipient's own mailbox, the sender is elsewhere");

/// Shortest first label of a domain that says whose it is.
const TELLING: usize = 4;

/// Most recipients looked at.
const MOST: usize = 20;

/// Who looks after mail and machines.
const OFFICES: [&str; 15] = [
    "admin",
    "administrator",
    "support",
    "helpdesk",
    "help desk",
    "service desk",
    "it",
    "it team",
    "postmaster",
    "security",
    "webmaster",
    "team",
    "notification",
    "alert",
    "center",
];

/// What they look after.
const MACHINES: [&str; 12] = [
    "mail",
    "email",
    "e-mail",
    "webmail",
    "mailbox",
    "server",
    "mail server",
    "cpanel",
    "postfach",
    "messagerie",
    "correo",
    "poczta",
];

/// What is said of a mailbox in order to have its password.
const WORRIES: [&str; 16] = [
    "mailbox",
    "webmail",
    "quota",
    "quarantine",
    "quarantined",
    "undelivered",
    "pending messages",
    "incoming messages",
    "pending emails",
    "incoming emails",
    "mail storage",
    "password expires",
    "password expiry",
    "password expiration",
    "postfach",
    "deactivation",
];

/// Claims to be of the recipient's house.
#[derive(Debug)]
pub(super) struct OwnHouse;

impl Check for OwnHouse {
    fn name(&self) -> &'static str {
        "own_house"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FROM_HOUSE_NAME, FROM_MAIL_OFFICE, SUBJ_OWN_MAILBOX] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(address) = from::address(mail) else { return };
        let own: Vec<Domain> = recipients(mail).map(|to| to.domain.registrable()).collect();
        let from = address.domain.registrable();
        let is_bounce = mail.content_type() == "multipart/report" || mail.envelope_from() == Some(None);
        if own.is_empty() || own.contains(&from) || is_bounce || mailing_list::list_id(mail).is_some() {
            return;
        }
        // `Desk (automatic e-mail)` says what the message is, not who.
        let name = unmarked(from::name(mail).split('(').next().unwrap_or_default());
        let has = |words: &[&str]| words.iter().any(|word| has_word(&name, word));
        let houses = || own.iter().filter(|own| !is_freemail(own)).map(Domain::main_label);
        if let Some(house) = houses().find(|house| TELLING <= house.len() && has_word(&name, house))
            && (has(&OFFICES) || has(&MACHINES))
            && !from.main_label().contains(house)
        {
            let why = format!("called \"{}\", as {house}'s own, but writes from {}", short(&name), address.domain);
            findings.raise(&FROM_HOUSE_NAME, why);
        }
        if has(&OFFICES) && has(&MACHINES) && known::owner(&address.domain).is_none() {
            let why = format!("called \"{}\" but writes from {}", short(&name), address.domain);
            findings.raise(&FROM_MAIL_OFFICE, why);
        }
        let subject = unmarked(mail.subject());
        if WORRIES.iter().any(|worry| has_word(&subject, worry))
            && let Some(named) = named(mail, &subject)
        {
            let why = format!("\"{}\" speaks of {named}, from {}", short(mail.subject()), address.domain);
            findings.raise(&SUBJ_OWN_MAILBOX, why);
        }
    }
}

/// The recipient's address or domain that a folded subject names.
fn named(mail: &Mail<'_>, subject: &str) -> Option<String> {
    recipients(mail).find_map(|to| {
        let address = to.to_string().to_lowercase();
        let domain = Some(to.domain.to_string()).filter(|_| !is_freemail(&to.domain));
        std::iter::once(address).chain(domain).find(|said| said.contains('.') && has_word(subject, said))
    })
}

fn recipients<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a Address> {
    let trace = mail.trace().entry().and_then(|hop| hop.recipient.as_ref());
    mail.to().iter().filter_map(|to| to.address.as_ref()).chain(&mail.account.identities).chain(trace).take(MOST)
}
