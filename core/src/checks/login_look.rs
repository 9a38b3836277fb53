//! What looks like a way to log in: the reader's own address or domain beside a button that leads to a stranger.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Domain, Mail, TextPart, Url},
    symbol::SymbolInfo,
};

use super::{
    from, known,
    link_call::is_call,
    links::{Home, clicked, host, is_everybodys},
    lists::{GUARDS, MAIL_SERVICES, entry_above, is_freemail},
    mailing_list, reply,
    text::{fold, has_word, short, unmarked},
};

const LOGIN_ADDRESS: SymbolInfo = SymbolInfo::new(
    "LOGIN_ADDRESS",
    "It shows your address, and a button to act that leads neither to the sender nor to you",
);
const LOGIN_HOUSE: SymbolInfo = SymbolInfo::new(
    "LOGIN_HOUSE",
    "It is headed by your own address or domain, and a button to act leads to a stranger",
);
const LOGIN_MAILBOX: SymbolInfo =
    SymbolInfo::new("LOGIN_MAILBOX", "A button is to keep a password or to fetch held mail, and leads to a stranger");

/// Text that is looked at, in bytes: such letters are short.
const MOST_BYTES: usize = 8 * 1024;

/// Most addresses of the reader looked for.
const MOST: usize = 8;

/// Shortest own domain that says whose it is.
const TELLING: usize = 4;

/// What the buttons of those say who pose as the mail system, folded.
const MAILBOX_CALLS: [&str; 44] = [
    "keep same password",
    "keep my password",
    "keep current password",
    "keep your password",
    "keep my current password",
    "keep the same password",
    "keep using same password",
    "continue with same password",
    "use current password",
    "confirm password",
    "verify password",
    "release message",
    "release messages",
    "release all messages",
    "release pending messages",
    "release emails",
    "release mails",
    "release to inbox",
    "deliver messages",
    "deliver all messages",
    "deliver to inbox",
    "move to inbox",
    "retrieve messages",
    "retrieve emails",
    "recover messages",
    "receive messages",
    "view pending messages",
    "review messages",
    "allow messages",
    "fix delivery",
    "clear cache",
    "upgrade storage",
    "increase storage",
    "increase quota",
    "upgrade mailbox",
    "reactivate mailbox",
    "validate mailbox",
    "verify mailbox",
    "passwort beibehalten",
    "passwort behalten",
    "nachrichten freigeben",
    "conserver le mot de passe",
    "mantener contraseña",
    "manter senha",
];

/// Buttons beside the reader's own name.
#[derive(Debug)]
pub(super) struct LoginLook;

impl Check for LoginLook {
    fn name(&self) -> &'static str {
        "login_look"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[LOGIN_ADDRESS, LOGIN_HOUSE, LOGIN_MAILBOX] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        if mailing_list::list_id(mail).is_some() || mail.content_type() == "multipart/report" || reply::answers(mail) {
            return;
        }
        let (address, house) = (shown_address(mail), headed_by(mail));
        if address.is_none() && house.is_none() {
            return;
        }
        let Some((call, url)) = stranger_call(mail) else { return };
        let (call, site) = (short(call), host(url));
        if let Some(address) = address {
            findings.raise(&LOGIN_ADDRESS, format!("beside {address}, \"{call}\" leads to {site}"));
        }
        if let Some(house) = house {
            findings.raise(&LOGIN_HOUSE, format!("headed \"{}\", and \"{call}\" leads to {site}", short(house)));
        }
        let folded = fold(&call);
        if MAILBOX_CALLS.iter().any(|words| has_word(&folded, words)) {
            findings.raise(&LOGIN_MAILBOX, format!("\"{call}\" leads to {site}"));
        }
    }
}

/// The first link that calls upon the reader, if neither it nor any other leads to the sender. Houses that send for others
/// and guards against bad links put sites of their own into everybody's links.
fn stranger_call<'a>(mail: &'a Mail<'_>) -> Option<(&'a str, &'a Url)> {
    let home = Home::of(mail);
    let house = from::address(mail).and_then(|from| known::owner(&from.domain));
    let own: Vec<Domain> = recipients(mail).map(|to| to.domain.registrable()).collect();
    let is_home = |domain: &Domain| {
        home.has(domain) || own.contains(&domain.registrable()) || house.is_some_and(|brand| brand.owns(domain))
    };
    let mut call = None;
    for outer in clicked(mail) {
        let url = outer.target();
        let Some(domain) = url.domain() else {
            call = call.or_else(|| called(outer).map(|text| (text, url)));
            continue;
        };
        if is_home(domain) || outer.domain().is_some_and(is_home) {
            return None;
        }
        let is_service =
            |domain: &Domain| entry_above(&MAIL_SERVICES, domain).is_some() || entry_above(&GUARDS, domain).is_some();
        if !is_everybodys(domain) && !is_service(domain) && !outer.domain().is_some_and(is_service) {
            call = call.or_else(|| called(outer).map(|text| (text, url)));
        }
    }
    call
}

fn called(url: &Url) -> Option<&str> {
    let text = url.anchor.as_deref()?;
    let folded = fold(crate::mail::decode::split_at_most(text, 256).0);
    (is_call(text) || MAILBOX_CALLS.iter().any(|words| has_word(&folded, words))).then_some(text)
}

/// The reader's address that stands in the text.
fn shown_address(mail: &Mail<'_>) -> Option<String> {
    let shown = |part: &&TextPart| !part.text.trim().is_empty();
    let part = mail.texts().iter().filter(shown).max_by_key(|part| part.is_html)?;
    let text = crate::mail::decode::split_at_most(&part.text, MOST_BYTES).0;
    let is_shown = |address: &String| has_word(text, address) || has_word(text, &address.to_lowercase());
    recipients(mail).map(Address::to_string).find(is_shown)
}

/// The sender's name or the subject, if it has the reader's address or own domain in it.
fn headed_by<'a>(mail: &'a Mail<'_>) -> Option<&'a str> {
    let heads = [from::name(mail), mail.subject()];
    heads.into_iter().filter(|head| head.contains('.')).find(|head| {
        let folded = unmarked(head);
        let is_named = |to: &Address| {
            let domain = to.domain.registrable();
            let is_own = !is_freemail(&domain) && TELLING <= domain.main_label().len() && domain.has_known_suffix();
            has_word(&folded, &to.to_string().to_lowercase()) || is_own && has_word(&folded, domain.as_str())
        };
        recipients(mail).any(is_named)
    })
}

fn recipients<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a Address> {
    let trace = mail.trace().entry().and_then(|hop| hop.recipient.as_ref());
    mail.to().iter().filter_map(|to| to.address.as_ref()).chain(&mail.account.identities).chain(trace).take(MOST)
}
