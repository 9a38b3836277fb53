//! A message that is nothing but the envelope of another one, which leads elsewhere: what is in an attachment many guards
//! do not read.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Arrival, Domain, Mail, attachment},
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
    "Nothing but an attached message that was never sent says anything, and leads elsewhere",
);

/// Words from which on somebody has written something.
const FEW_WORDS: usize = 8;

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
        if !mail.attachments.iter().any(is_message) || FEW_WORDS <= words(mail) || is_sent_on(mail) {
            return;
        }
        let Some(from) = from::address(mail) else { return };
        let Some(bytes) = attachment::first_message(mail.raw) else { return };
        let inner = Mail::parse(bytes.get(..MAX_BYTES).unwrap_or(&bytes), &Arrival::default());
        // What people and programs send on has come to them: it shows the way it took.
        let has_come = ["Received", "Return-Path", "Delivered-To"].iter().any(|name| inner.has_header(name));
        if has_come || concerns(&inner, &from.domain) || is_mine(&inner, mail) {
            return;
        }
        let own = from.domain.registrable();
        let site = followed(&inner).filter_map(|url| url.target().domain()).find(|site| !site.is_within(&own));
        if let Some(site) = site {
            let said = count(u32::try_from(words(mail)).unwrap_or(u32::MAX), "word");
            let why = format!(
                "{said} and an attached message \"{}\" that was never sent and leads to {site}",
                short(&inner.subject)
            );
            findings.raise(&MESSAGE_ALONE, why);
        }
    }
}

/// How many words it says itself, as far as that matters.
fn words(mail: &Mail<'_>) -> usize {
    let is_word = |word: &&str| word.contains(char::is_alphabetic);
    mail.texts.iter().flat_map(|part| part.text.split_whitespace().filter(is_word).take(FEW_WORDS)).count()
}

/// Reports, digests and complaints have the message they are about with them.
fn is_sent_on(mail: &Mail<'_>) -> bool {
    matches!(mail.content_type.as_str(), "multipart/report" | "multipart/digest")
        || mail
            .groups
            .iter()
            .any(|group| matches!(group.content_type.as_str(), "multipart/report" | "multipart/digest"))
        || kind::is_from_server(mail)
        || kind::quotes_others(mail)
        || mailing_list::list_id(mail).is_some()
}

/// Whether the attached message was to or from the house of the one who sends it on.
fn concerns(inner: &Mail<'_>, house: &Domain) -> bool {
    let all = inner.to.iter().chain(&inner.cc).chain(&inner.from).filter_map(|one| one.address.as_ref());
    all.take(40).any(|address| !is_freemail(house) && address.domain.is_within(&house.registrable()))
}

/// Whether it was to or from the one who sends it on, or is one of the person's own.
fn is_mine(inner: &Mail<'_>, outer: &Mail<'_>) -> bool {
    let own = from::address(outer).into_iter().collect::<Vec<_>>();
    let all = inner.to.iter().chain(&inner.cc).take(40).filter_map(|one| one.address.as_ref());
    all.chain(from::address(inner)).any(|address| own.contains(&address))
        || from::address(inner).is_some_and(|address| outer.account.identities.contains(address))
}
