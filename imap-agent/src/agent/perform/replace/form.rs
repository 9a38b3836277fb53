//! The other forms of a message, and the flags they get.

use tamis_core::{
    Arrival, Mail,
    headers::SpamFacts,
    rewrite::{StripWords, Tag, stripped, tagged},
};

use super::super::{
    super::desk::{Desk, Trouble},
    find::is_open,
    keep::Whole,
};
use crate::{
    mailbox::Session,
    store::{
        Location,
        journal::{Deed, Intent},
        mail::{self, StoredMail},
        original::Original,
    },
};

/// What stands before the subject of doubtful mail and spam.
const SUBJECT: &str = "[SPAM?]";

/// The copy that is to take the place of the original; `None` if it would be the same.
///
/// It is made from what the store knows of the verdict, so that a second attempt makes the same.
pub(super) async fn copy(desk: &Desk, intent: &Intent, whole: &Whole) -> Result<Option<Vec<u8>>, Trouble> {
    if intent.deed == Deed::Strip {
        let mail = Mail::parse(&whole.raw, &Arrival { account: desk.facts(), ..Arrival::default() });
        return Ok(stripped(&whole.raw, &mail, &StripWords::default()).map(|stripped| stripped.raw));
    }
    let id = intent.mail;
    let Some(found) = desk.shared.store.run(move |db| mail::mail(db, id)).await? else { return Ok(None) };
    if is_marked(&whole.raw) {
        // By another Tamis on the same mailbox. Each would mark the other's copy without end.
        return Ok(None);
    }
    Ok(marked(desk, &found, &whole.raw))
}

/// The message with the mark that goes with its verdict.
pub(in crate::agent) fn marked(desk: &Desk, found: &StoredMail, raw: &[u8]) -> Option<Vec<u8>> {
    let symbols: Vec<&str> = found.judged.reasons.iter().map(|reason| reason.symbol.as_str()).collect();
    let facts = SpamFacts {
        score: found.judged.score,
        class: found.judged.class,
        required: desk.config.junk_threshold(),
        symbols: &symbols,
    };
    tagged(raw, &Tag { facts, subject: SUBJECT })
}

/// Whether a Tamis has marked it. Whoever forges that has marked it, too.
pub(in crate::agent) fn is_marked(raw: &[u8]) -> bool {
    raw.starts_with(b"X-Spam-Checker-Version: Tamis ")
        && Mail::parse(raw, &Arrival::default()).subject().trim_start().starts_with(SUBJECT)
}

/// The flags of the original as they were, with what the person has done to our copy since.
pub(super) async fn flags_of_original(
    session: &mut Session,
    original: &Original,
    copy: Option<&Location>,
    folder: &str,
) -> Result<Vec<String>, Trouble> {
    let mut flags = original.flags.clone();
    if let Some(copy) = copy
        && is_open(session, copy).await?
    {
        flags.extend(session.flags_of(copy.uid).await?.unwrap_or_default());
    }
    if folder == "INBOX" {
        flags.push("$NotJunk".to_owned());
    }
    let unwanted: &[&str] =
        if folder == "INBOX" { &["\\Deleted", "\\Recent", "$Junk"] } else { &["\\Deleted", "\\Recent"] };
    flags.retain(|flag| !unwanted.iter().any(|word| flag.eq_ignore_ascii_case(word)));
    flags.sort_unstable_by_key(|flag| flag.to_ascii_lowercase());
    flags.dedup_by_key(|flag| flag.to_ascii_lowercase());
    Ok(flags)
}
