//! Whether anything in the message's way and seals is of the domain that it says it is from.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Domain, Mail},
    symbol::SymbolInfo,
};

use super::{
    from,
    known::owner,
    lists::{MAIL_SERVICES, entry_above, is_freemail},
    mailing_list,
    text::short,
};

const FORGED_BRAND: SymbolInfo = SymbolInfo::new(
    "FORGED_BRAND",
    "The sender's domain is a well-known one, and nothing in the message is from there",
);
const FROM_UNVOUCHED: SymbolInfo = SymbolInfo::new(
    "FROM_UNVOUCHED",
    "Neither the envelope, nor a host on the way, nor a seal is of the domain that it says it is from",
);
const FROM_OWN_FORGED: SymbolInfo =
    SymbolInfo::new("FROM_OWN_FORGED", "It says it is from the recipient's own domain, but was handed in by another");
const MID_BY_RECEIVER: SymbolInfo =
    SymbolInfo::new("MID_BY_RECEIVER", "The sender gave it no Message-ID: the receiving host had to");
const MID_OTHER_HOUSE: SymbolInfo =
    SymbolInfo::new("MID_OTHER_HOUSE", "The Message-ID is of a well-known house that never handled the message");

/// Most headers of one kind looked at.
const MOST: usize = 30;

/// The author's domain against envelope, route and seals.
#[derive(Debug)]
pub(super) struct Vouched;

impl Check for Vouched {
    fn name(&self) -> &'static str {
        "vouched"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FORGED_BRAND, FROM_UNVOUCHED, FROM_OWN_FORGED, MID_BY_RECEIVER, MID_OTHER_HOUSE] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(from) = from::address(mail) else { return };
        // Without a way from outside there is nothing to compare with.
        if mail.trace().entry().is_none() || is_passed_on(mail) {
            return;
        }
        let own = from.domain.registrable();
        let seals: Vec<Domain> = seals(mail).collect();
        author(mail, (from, &own), &seals, findings);
        message_id(mail, &own, &seals, findings);
    }
}

/// The author's registrable domain is nowhere but in `From`.
fn author(mail: &Mail<'_>, (from, own): (&Address, &Domain), seals: &[Domain], findings: &mut Findings) {
    if is_freemail(&from.domain) || seals.contains(own) {
        return;
    }
    if let Some(brand) = owner(&from.domain) {
        let is_theirs = |domain: &Domain| brand.owns(domain);
        if !seals.iter().any(is_theirs) && !hosts(mail).any(|host| brand.owns(&host)) {
            let why = format!("it says it is from {}, but no host or seal of {} is on it", from.domain, brand.name);
            findings.raise(&FORGED_BRAND, why);
        }
        return;
    }
    let Some(Some(envelope)) = mail.envelope_from() else { return };
    let sent_by = envelope.domain.registrable();
    if sent_by == *own || is_service(&envelope.domain) || seals.iter().any(is_service) || names_list(&envelope.local) {
        return;
    }
    let to = mail.to().iter().filter_map(|to| to.address.as_ref()).chain(&mail.account.identities);
    if to.take(MOST).any(|to| to.domain.registrable() == *own) {
        let why = format!("from {from}, where the recipient is, but handed in by {}", envelope.domain);
        return findings.raise(&FROM_OWN_FORGED, why);
    }
    let made_there = mail.message_id().and_then(|id| id.rsplit_once('@')).and_then(|(_, host)| Domain::parse(host));
    if !hosts(mail).any(|host| host.is_within(own)) && !made_there.is_some_and(|host| host.is_within(own)) {
        let why = format!("it says it is from {}, but was handed in by {sent_by}", from.domain);
        findings.raise(&FROM_UNVOUCHED, why);
    }
}

/// Where the Message-ID was made.
fn message_id(mail: &Mail<'_>, own: &Domain, seals: &[Domain], findings: &mut Findings) {
    let Some(id) = mail.message_id() else { return };
    let Some(host) = id.rsplit_once('@').and_then(|(_, host)| Domain::parse(host)) else { return };
    let made = host.registrable();
    if made == *own {
        return;
    }
    let Some(entry) = mail.trace().entry() else { return };
    let client =
        |name: &Option<String>| name.as_deref().and_then(Domain::parse).is_some_and(|name| name.is_within(&made));
    let took = entry.by.as_deref().and_then(Domain::parse);
    let older = mail.trace().boundary.map_or(0, |boundary| boundary + 1);
    let was_there = mail.trace().hops.iter().skip(older).filter_map(|hop| hop.by.as_deref()).filter_map(Domain::parse);
    if took.is_some_and(|took| is_same_machine(&took, &host))
        && !client(&entry.helo)
        && !client(&entry.rdns)
        && !was_there.into_iter().any(|by| by.is_within(&made))
    {
        return findings.raise(&MID_BY_RECEIVER, format!("\"{}\" was made by the host that took it in", short(id)));
    }
    let well_known = owner(&host).is_some() && !is_freemail(&made) && !is_google_or_microsoft(&made);
    let envelope = mail.envelope_from().flatten().is_some_and(|from| from.domain.is_within(&made));
    if well_known && !envelope && !seals.contains(&made) && !hosts(mail).any(|host| host.is_within(&made)) {
        findings.raise(&MID_OTHER_HOUSE, format!("made at {host}, which is not on its way"));
    }
}

/// Whether two names are of one machine. Exchange writes its own name below two domains of one house.
fn is_same_machine(a: &Domain, b: &Domain) -> bool {
    let first = |name: &Domain| name.as_str().split('.').next().map(str::to_owned);
    a == b || first(a) == first(b) && a.registrable() == b.registrable()
}

/// Forwarders that drop the way a message took leave nothing of these, though people write from there.
fn is_google_or_microsoft(domain: &Domain) -> bool {
    matches!(domain.as_str(), "google.com" | "office365.com" | "outlook.com" | "microsoft.com")
}

/// Lists, forwarders, bounces and reports, which change envelopes by trade.
fn is_passed_on(mail: &Mail<'_>) -> bool {
    const MARKS: [&str; 9] = [
        "List-Id",
        "List-Post",
        "Mailing-List",
        "X-Mailing-List",
        "X-BeenThere",
        "Resent-From",
        "X-Forwarded-For",
        "X-Original-From",
        "X-Loop",
    ];
    let is_list = mailing_list::list_id(mail).is_some()
        || MARKS.iter().skip(1).any(|mark| mail.has_header(mark))
        || mail.header("Precedence").is_some_and(|kind| kind.eq_ignore_ascii_case("list"));
    is_list || mail.content_type() == "multipart/report"
}

/// The local part of an envelope as programs for lists write it.
fn names_list(local: &str) -> bool {
    let local = local.to_ascii_lowercase();
    let begins = ["owner-", "sentto-", "bounce-", "bounces-", "list-", "srs0=", "srs1="];
    let ends = ["-admin", "-owner", "-bounces", "-request", "-bounce", "-errors"];
    begins.iter().any(|begin| local.starts_with(begin))
        || ends.iter().any(|end| local.ends_with(end))
        || local.contains("-bounce")
        || local.contains("+caf_=")
}

fn is_service(domain: &Domain) -> bool {
    entry_above(&MAIL_SERVICES, domain).is_some()
}

/// The registrable domains that signatures on the message name. A signature that is wrong still says who handled it; what it
/// is worth is for the provider's results.
fn seals<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = Domain> + 'a {
    mail.headers_named("DKIM-Signature").take(MOST).filter_map(|header| {
        let tags = header.value.split(';').filter_map(|tag| tag.split_once('='));
        let mut domains = tags.filter(|(key, _)| key.trim() == "d");
        Domain::parse(domains.next()?.1.trim()).map(|domain| domain.registrable())
    })
}

/// The hosts on the way.
fn hosts<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = Domain> + 'a {
    let names = mail.trace().hops.iter().take(MOST).flat_map(|hop| {
        // Where the receiver found a name, what the host called itself is worth nothing.
        let told = hop.helo.as_deref().filter(|_| hop.rdns.is_none());
        [told, hop.rdns.as_deref(), hop.by.as_deref()]
    });
    names.flatten().filter_map(Domain::parse)
}
