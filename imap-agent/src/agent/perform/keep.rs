//! The original of a message: from where it lies, and into the archive.

use tamis_core::UnixTime;

use super::{
    super::desk::{Desk, InHand, Trouble},
    find::is_open,
};
use crate::{
    archive::{ArchiveError, Deposit},
    clock,
    mailbox::{FetchedMail, OneMail, Session},
    pipeline::written_address,
    store::{
        Key, Location,
        journal::Intent,
        mail::{self, Shape},
        original::{self, Original},
    },
};

/// Hardly any provider takes longer mail. A longer one is moved without a copy, and never replaced nor removed.
const LARGEST: usize = 64 << 20;

/// Servers that lose count give a number twice.
pub(super) const ANOTHER: &str = "under its number there is another message now";

/// A whole message as it lies on the server.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) raw: Vec<u8>,
    /// Its flags as they were.
    pub(super) flags: Vec<String>,
    /// When it arrived, Unix seconds.
    pub(super) internal_date: i64,
}

/// Puts the original into the archive and returns it. [`Trouble::Wanting`] or [`Trouble::NotNow`] if that cannot be done: then
/// nothing may be done to it that cannot be taken back without it.
pub(super) async fn original(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    (place, in_hand): (&Location, Option<&InHand>),
) -> Result<Whole, Trouble> {
    let is_in_hand = in_hand.is_some_and(InHand::is_whole);
    if intent.shape == Shape::Original && !is_in_hand {
        // Else whatever waits for the archive would be fetched at each look, for nothing.
        ready(desk, intent).await?;
    }
    let whole = whole(desk, session, intent, (place, in_hand)).await?;
    if intent.shape == Shape::Original {
        let deposit = Deposit {
            account: desk.id,
            key: intent.key,
            raw: whole.raw.clone(),
            flags: whole.flags.clone(),
            internal_date: UnixTime(whole.internal_date),
        };
        let kept = desk.shared.archive.keep(&desk.shared.store, deposit, clock::now());
        kept.await.map_err(|error| not_kept(&error))?;
    }
    Ok(whole)
}

/// Whether the archive can be had. Asked before anything that costs much and is for nothing without it.
pub(super) async fn ready(desk: &Desk, intent: &Intent) -> Result<(), Trouble> {
    desk.shared.archive.ready(u64::from(intent.size)).await.map_err(|error| not_kept(&error))
}

/// The whole message: the one in hand, or else read from the server and proved by its content.
pub(super) async fn whole(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    (place, in_hand): (&Location, Option<&InHand>),
) -> Result<Whole, Trouble> {
    if let Some(in_hand) = in_hand.filter(|in_hand| in_hand.is_whole()) {
        let incoming = &in_hand.incoming;
        let (raw, flags) = (incoming.raw.clone(), in_hand.flags.clone());
        return Ok(Whole { raw, flags, internal_date: incoming.received_at });
    }
    if !is_open(session, place).await? {
        return Err(Trouble::NotNow("the folder of the message cannot be opened".to_owned()));
    }
    let fetched = match session.message_unless_busy(place.uid, LARGEST).await? {
        OneMail::Mail(fetched) => fetched,
        OneMail::Gone | OneMail::Unreadable => {
            return Err(Trouble::NotNow("the server does not hand out the message".to_owned()));
        }
    };
    let is_whole = u64::try_from(fetched.raw.len()).is_ok_and(|length| fetched.full_size <= length);
    if !is_whole {
        return Err(Trouble::NotNow("the message is longer than 64 MB".to_owned()));
    }
    // The key of a long message is that of its beginning.
    let beginning = fetched.raw.get(..desk.limit().min(fetched.raw.len())).unwrap_or(&fetched.raw);
    if Key::of(beginning) != intent.lies {
        let is_same = is_in_other_words(desk, intent, (&fetched, beginning)).await?;
        let why = if is_same { "the server does not hand out what it did before" } else { ANOTHER };
        return Err(Trouble::NotNow(why.to_owned()));
    }
    let internal_date = fetched.internal_date.unwrap_or_else(|| clock::now().0);
    Ok(Whole { raw: fetched.raw, flags: fetched.flags, internal_date })
}

/// Whether it is the same message all the same: of a server that writes it anew each time, read with another limit in the
/// settings, or read wrong the first time, and then perhaps in its very `Message-ID`.
async fn is_in_other_words(
    desk: &Desk,
    intent: &Intent,
    (fetched, beginning): (&FetchedMail, &[u8]),
) -> Result<bool, Trouble> {
    if !is_as_long(fetched.full_size, u64::from(intent.size)) {
        return Ok(false);
    }
    let mail = tamis_core::Mail::parse(beginning, &tamis_core::Arrival::default());
    let id = mail.header("Message-ID").unwrap_or_default().trim().trim_matches(['<', '>']);
    if !intent.message_id.is_empty() && id == intent.message_id {
        return Ok(true);
    }
    let number = intent.mail;
    let Some(known) = desk.shared.store.run(move |db| mail::mail(db, number)).await? else { return Ok(false) };
    let author = mail.author().map(written_address).unwrap_or_default();
    Ok(!author.is_empty()
        && author == known.judged.from_address
        && fetched.internal_date == Some(known.judged.received_at.0))
}

/// Whether two sizes in bytes may be those of one message, with or without a mark or a few lines of a server's.
fn is_as_long(one: u64, other: u64) -> bool {
    one.abs_diff(other) <= 1024 + other / 8
}

/// What has to wait for the archive, and what the archive cannot do.
fn not_kept(error: &ArchiveError) -> Trouble {
    let text = sentence(error);
    let is_wanting = matches!(
        error,
        ArchiveError::Write { .. } | ArchiveError::Store(_) | ArchiveError::Closed { .. } | ArchiveError::Waiting
    );
    if is_wanting { Trouble::Wanting(text) } else { Trouble::NotNow(text) }
}

/// The original, if the archive has it.
pub(super) async fn from_archive(desk: &Desk, intent: &Intent) -> Result<Option<(Vec<u8>, Original)>, Trouble> {
    let fetched = desk.shared.archive.fetch(&desk.shared.store, desk.id, intent.key).await;
    fetched.map_err(|error| not_kept(&error))
}

/// Whether the archive has the original.
pub(super) async fn is_kept(desk: &Desk, intent: &Intent) -> Result<bool, Trouble> {
    let (id, key) = (desk.id, intent.key);
    Ok(desk.shared.store.run(move |db| original::find(db, id, key)).await?.is_some())
}

/// In one sentence, with what is behind it.
fn sentence(error: &ArchiveError) -> String {
    let ArchiveError::Store(inner) = error else { return error.to_string() };
    let cause = std::error::Error::source(inner).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{inner}{cause}")
}
