//! Invitations that are advertising or bait.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Calendar, Domain, Mail, Url, UrlSource},
    symbol::SymbolInfo,
};

use super::{
    files::looked_at,
    from,
    lists::is_freemail,
    text::{fold, has_word},
};

const ICS_LURE: SymbolInfo =
    SymbolInfo::new("ICS_LURE", "A calendar entry is about money or an account, and leads elsewhere");
const ICS_OTHER_ORGANIZER: SymbolInfo =
    SymbolInfo::new("ICS_OTHER_ORGANIZER", "Somebody else invites than the one who sends the invitation");
const ICS_CROWD: SymbolInfo = SymbolInfo::new("ICS_CROWD", "A stranger's calendar entry is for dozens of people");

/// From so many on it is not a meeting any more.
const CROWD: usize = 50;

/// Words that do not belong into a calendar but into bait, folded.
const LURES: [&str; 34] = [
    "bitcoin",
    "btc",
    "crypto",
    "wallet",
    "opensea",
    "nft",
    "airdrop",
    "payout",
    "jackpot",
    "winner",
    "prize",
    "gift card",
    "refund",
    "invoice",
    "payment received",
    "has been charged",
    "auto renewal",
    "subscription renewal",
    "unusual activity",
    "account suspended",
    "verify your account",
    "password expires",
    "pending messages",
    "withdraw",
    "casino",
    "free spins",
    "earn money",
    "investment opportunity",
    "loan approved",
    "claim your",
    "dein konto",
    "votre compte",
    "su cuenta",
    "sua conta",
];

/// Where meetings are held and planned.
const MEETING_SITES: [&str; 14] = [
    "zoom.us",
    "google.com",
    "microsoft.com",
    "live.com",
    "office.com",
    "webex.com",
    "gotomeeting.com",
    "goto.com",
    "whereby.com",
    "jit.si",
    "calendly.com",
    "teams.microsoft.us",
    "chime.aws",
    "bluejeans.com",
];

/// Calendar entries.
#[derive(Debug)]
pub(super) struct Invitations;

impl Check for Invitations {
    fn name(&self) -> &'static str {
        "calendar"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[ICS_LURE, ICS_OTHER_ORGANIZER, ICS_CROWD] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        for calendar in looked_at(mail).filter_map(|file| file.inside.calendar.as_ref()) {
            look(mail, calendar, findings);
        }
    }
}

fn look(mail: &Mail<'_>, calendar: &Calendar, findings: &mut Findings) {
    // What answers to an invitation of the person's is theirs.
    if matches!(calendar.method.as_str(), "REPLY" | "COUNTER" | "REFRESH") {
        return;
    }
    let organizer = calendar.organizer.as_ref();
    let text = fold(&format!("{} {}", calendar.text, mail.subject()));
    if let Some(word) = LURES.iter().find(|word| has_word(&text, word))
        && let Some(site) = elsewhere(mail, organizer)
    {
        findings.raise(&ICS_LURE, format!("a calendar entry about \"{word}\" leads to {site}"));
    }
    if CROWD <= calendar.attendees {
        findings.raise(&ICS_CROWD, format!("a calendar entry is for {} people", calendar.attendees));
    }
    if let Some((who, from)) = organizer.zip(from::address(mail))
        && is_other(mail, who, from)
    {
        findings.raise(&ICS_OTHER_ORGANIZER, format!("{who} invites, but {from} sends it"));
    }
}

/// Where an entry leads, if neither to the one who invites nor to where meetings are.
fn elsewhere(mail: &Mail<'_>, organizer: Option<&Address>) -> Option<Domain> {
    let own = [organizer, from::address(mail)];
    let is_own = |site: &Domain| own.iter().flatten().any(|own| site.is_within(&own.domain.registrable()));
    let sites = mail.urls().iter().filter(|url| url.source != UrlSource::Resource).filter_map(Url::domain);
    sites.into_iter().find(|site| !is_own(site) && !MEETING_SITES.contains(&site.registrable().as_str())).cloned()
}

/// A calendar's server sends for its people, and says for whom; people at one provider are not one another.
fn is_other(mail: &Mail<'_>, organizer: &Address, from: &Address) -> bool {
    let site = organizer.domain.registrable();
    let senders = mail.from().iter().chain(mail.reply_to()).chain(mail.sender()).filter_map(|one| one.address.as_ref());
    let is_apart = senders.clone().all(|sender| !sender.domain.is_within(&site));
    let is_apart_at_home = is_freemail(&organizer.domain) && senders.clone().all(|sender| sender != organizer);
    // Google and Microsoft name a calendar that is not a person's by an address of their own.
    let is_calendar = ["calendar.google.com", "outlook.com", "resource.calendar.google.com"]
        .iter()
        .any(|host| organizer.domain.as_str() == *host);
    let is_service = MEETING_SITES.contains(&from.domain.registrable().as_str());
    (is_apart || is_apart_at_home) && !is_calendar && !is_service
}
