//! A message that is nothing but the envelope of another one, which leads elsewhere: what is in an attachment many guards
//! do not read.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Arrival, Domain, Mail, UnixTime, attachment, takes_mail_for},
    symbol::SymbolInfo,
};

use super::{
    from, kind,
    link_target::followed,
    lists::is_freemail,
    mailing_list,
    text::{count, short},
};

const MESSAGE_ALONE: SymbolInfo = SymbolInfo::new(
    "MESSAGE_ALONE",
    "Nothing but an attached message says anything, which never came to whoever sends it on, and leads elsewhere",
);

/// Words from which on somebody has written something.
const FEW_WORDS: usize = 8;

/// How far clocks are apart at most, in seconds.
const DAY: i64 = 24 * 3600;

/// Recipients of the attached message that are looked at.
const MOST_RECIPIENTS: usize = 40;

/// Bytes of the attached message that are read.
const MAX_BYTES: usize = 256 * 1024;

/// Messages in messages.
#[derive(Debug)]
pub(super) struct Enclosed;

impl Check for Enclosed {
    fn name(&self) -> &'static str {
        "enclosed"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[MESSAGE_ALONE] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let is_message = |file: &crate::mail::Attachment| {
            attachment::is_message(&file.content_type, file.name.as_deref().unwrap_or_default())
        };
        // Most mail is refused by the cheap questions.
        if !mail.attachments().iter().any(is_message) || FEW_WORDS <= words(mail) || is_sent_on(mail) {
            return;
        }
        let Some(from) = from::address(mail) else { return };
        let Some(bytes) = attachment::first_message(mail.raw) else { return };
        let inner = Mail::parse(bytes.get(..MAX_BYTES).unwrap_or(&bytes), &Arrival::default());
        if has_come(&inner, mail, &from.domain) || concerns(&inner, &from.domain) || is_mine(&inner, mail) {
            return;
        }
        let own = from.domain.registrable();
        let site = followed(&inner).filter_map(|url| url.target().domain()).find(|site| !site.is_within(&own));
        if let Some(site) = site {
            let said = count(u32::try_from(words(mail)).unwrap_or(u32::MAX), "word");
            let why = format!(
                "{said} and an attached message \"{}\" that shows no way to {own} and leads to {site}",
                short(inner.subject())
            );
            findings.raise(&MESSAGE_ALONE, why);
        }
    }
}

/// How many words it says itself, as far as that matters.
fn words(mail: &Mail<'_>) -> usize {
    let is_word = |word: &&str| word.contains(char::is_alphabetic);
    mail.texts().iter().flat_map(|part| part.text.split_whitespace().filter(is_word).take(FEW_WORDS)).count()
}

/// Reports, digests and complaints have the message they are about with them.
fn is_sent_on(mail: &Mail<'_>) -> bool {
    matches!(mail.content_type(), "multipart/report" | "multipart/digest")
        || mail
            .groups()
            .iter()
            .any(|group| matches!(group.content_type.as_str(), "multipart/report" | "multipart/digest"))
        || kind::is_from_server(mail)
        || kind::quotes_others(mail)
        || mailing_list::list_id(mail).is_some()
}

/// Whether the attached message shows how it came to the one who sends it on: a server of theirs, of those it was to, or of a
/// great provider wrote when it took it, or for whom.
///
/// Anybody can type such a line, but what people and programs send on always has one that fits. That it came to the person's
/// own house is no reason why somebody elsewhere has it.
fn has_come(inner: &Mail<'_>, outer: &Mail<'_>, house: &Domain) -> bool {
    let theirs = inner.to().iter().chain(inner.cc()).take(MOST_RECIPIENTS).filter_map(|one| one.address.as_ref());
    let is_own = |domain: &Domain| {
        let mine = outer.account.identities.iter().map(|mine| &mine.domain).chain(&outer.account.provider);
        mine.into_iter().any(|mine| domain.is_within(mine))
    };
    let theirs = theirs.map(|address| address.domain.registrable()).filter(|domain| !is_own(domain));
    let houses: Vec<Domain> = [house.registrable()].into_iter().chain(theirs).collect();
    let is_of_house = |address: &Address| houses.iter().any(|house| address.domain.is_within(house));
    let is_in_time = |at: UnixTime| outer.received_at().is_none_or(|now| at.0 <= now.0.saturating_add(DAY));
    inner.trace().hops.iter().filter(|hop| hop.at.is_some_and(is_in_time)).any(|hop| {
        let by = hop.by.as_deref().and_then(Domain::parse);
        by.is_some_and(|by| takes_mail_for(&by, &houses)) || hop.recipient.as_ref().is_some_and(is_of_house)
    })
}

/// Whether the attached message was to or from the house of the one who sends it on.
fn concerns(inner: &Mail<'_>, house: &Domain) -> bool {
    let all = inner.to().iter().chain(inner.cc()).chain(inner.from()).filter_map(|one| one.address.as_ref());
    all.take(MOST_RECIPIENTS).any(|address| !is_freemail(house) && address.domain.is_within(&house.registrable()))
}

/// Whether it was to or from the one who sends it on, or is one of the person's own.
fn is_mine(inner: &Mail<'_>, outer: &Mail<'_>) -> bool {
    let own = from::address(outer).into_iter().collect::<Vec<_>>();
    let all = inner.to().iter().chain(inner.cc()).take(MOST_RECIPIENTS).filter_map(|one| one.address.as_ref());
    all.chain(from::address(inner)).any(|address| own.contains(&address))
        || from::address(inner).is_some_and(|address| outer.account.identities.contains(address))
}
