//! Another form of a message in its place: marked, stripped, or the original again; or nothing at all.
//!
//! ```text
//! archive the original ─▶ write down what will be made ─▶ APPEND ─▶ write down where it is ─▶ read it back
//!     ─▶ remove what was there
//! ```
//!
//! After each step the message is on the server at least once. An attempt that was cut off is found by what was written
//! down, and goes on from there; what was made is never made twice. What is to be removed is read once more, and must be
//! the same as when it was judged: what the archive keeps is then what the server has. If what was to be replaced is gone
//! by then, what was made is taken away again, but only if the message is found elsewhere: where the person has moved it,
//! or as the copy of another Tamis on the same mailbox that was quicker.

mod form;

pub(in crate::agent) use self::form::{is_marked, marked};

use super::{
    super::{
        desk::{Desk, Trouble},
        twin::is_same_when_marked,
    },
    find::{Wanted, find_in, is_open, is_there, locate, locate_there, select, wanted},
    keep, moving,
};
use crate::{
    mailbox::{FolderName, Left, Mode, Moved, OneMail, Session, Sought},
    store::{
        Key, Location,
        journal::{self, Deed, Intent, Kind, Outcome},
        mail::{self, Shape},
    },
};

/// Among how many of the newest messages another Tamis' copy is looked for, which has come in this moment.
const NEWEST: u32 = 50;
/// What was put on the server has to read back as it was sent. What comes over the wire wrong does so once: if it reads back
/// otherwise for the third time, that is how this server keeps messages, and must do.
const OWN_WAY: u32 = 3;

/// Why what was put on the server was taken away again.
const NOT_KEPT: &str = "the server has not kept the message that was to take its place as it was sent";

/// Why what was put on the server cannot be gone on with.
const NOT_SHOWN: &str = "the server took the message that was to take its place but does not show it";

/// Why what was put on the server is not gone on with for now: nothing is known for sure of what it is to replace.
const AFTER_ALL: &str = "the server said that a message was gone, and then that it was where it had been";

/// What is about to take the place of a message.
struct Making<'a> {
    key: Key,
    raw: &'a [u8],
    flags: Vec<String>,
    internal_date: i64,
    folder: String,
}

/// Puts a marked or stripped copy in its place.
pub(super) async fn with_copy(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    place: &Location,
) -> Result<Outcome, Trouble> {
    let shape = if intent.deed == Deed::Strip { Shape::Stripped } else { Shape::Tagged };
    if intent.shape == shape {
        return Ok(Outcome::InPlace);
    }
    let whole = keep::original(desk, session, intent, (place, None)).await?;
    // What could not be put back is not taken away.
    session.may_append(&whole.raw)?;
    session.may_remove()?;
    let Some(raw) = form::copy(desk, intent, &whole).await? else {
        // There is nothing to take out, or no place for a mark.
        return Ok(Outcome::InPlace);
    };
    let folder = if intent.target.is_empty() { place.folder.clone() } else { intent.target.clone() };
    let key = key_of(desk, &raw);
    if key == intent.lies {
        return Ok(Outcome::InPlace);
    }
    let mut flags = whole.flags;
    if intent.kind == Kind::Undo {
        // It was set when the person said so, which is taken back.
        flags.retain(|flag| !flag.eq_ignore_ascii_case(moving::NOT_JUNK));
    }
    let making = Making { key, raw: &raw, flags, internal_date: whole.internal_date, folder };
    let made = make(desk, session, intent, &making).await?;
    settle(desk, session, intent, Settling { made, key, shape, before: Some(place.clone()) }).await
}

/// Puts the original, from the archive, in the place of our copy; or, if nothing of it is on the server, where it is to be.
pub(super) async fn with_original(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    place: Option<&Location>,
) -> Result<Outcome, Trouble> {
    if let Some(place) = place
        && intent.shape == Shape::Original
    {
        return moving::to_target(desk, session, intent, (place, None)).await;
    }
    let Some((raw, original)) = keep::from_archive(desk, intent).await? else {
        let text = "the archive no longer holds the original of a message, which is as it was";
        return match place {
            Some(place) => {
                desk.shared.board.note(&desk.account.name, text);
                moving::to_target(desk, session, intent, (place, None)).await
            }
            None => Ok(Outcome::Gone),
        };
    };
    let folder = match (intent.target.as_str(), place) {
        ("", Some(place)) => place.folder.clone(),
        (target, _) => target.to_owned(),
    };
    if place.is_some() {
        session.may_remove()?;
    }
    let flags = form::flags_of_original(session, &original, place, &folder).await?;
    let (key, internal_date) = (intent.key, original.internal_date.0);
    let making = Making { key, raw: &raw, flags, internal_date, folder };
    let made = make(desk, session, intent, &making).await?;
    settle(desk, session, intent, Settling { made, key, shape: Shape::Original, before: place.cloned() }).await
}

/// Removes it, once the archive holds it.
pub(super) async fn with_nothing(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    place: &Location,
) -> Result<Outcome, Trouble> {
    let whole = keep::original(desk, session, intent, (place, None)).await?;
    session.may_append(&whole.raw)?;
    session.may_remove()?;
    if !is_open(session, place).await? {
        return Err(Trouble::NotNow("the folder of the message cannot be opened".to_owned()));
    }
    match session.remove_original(place.uid).await? {
        None => Ok(Outcome::Deleted),
        Some(Left { is_marked_deleted: true, why }) => {
            desk.shared.board.note(&desk.account.name, &why);
            Ok(Outcome::Deleted)
        }
        Some(Left { why, .. }) => Err(Trouble::NotNow(why)),
    }
}

/// Goes on with an attempt that was cut off after something had been put on the server. `None` if nothing had.
pub(super) async fn begun_before(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
) -> Result<Option<Outcome>, Trouble> {
    let Some(key) = intent.made_key else { return Ok(None) };
    let Some(made) = find_made(desk, session, intent, key).await? else { return Ok(None) };
    let shape = match intent.deed {
        Deed::Tag => Shape::Tagged,
        Deed::Strip => Shape::Stripped,
        Deed::Move | Deed::Keyword | Deed::Unkeyword | Deed::Restore | Deed::Send | Deed::Delete => Shape::Original,
    };
    let before = locate_there(desk, session, &wanted(desk, intent)).await?;
    if before.is_none() {
        // It was removed just before the attempt was cut off, or the person has moved it since.
        let done = Outcome::Replaced { at: made.clone(), key, shape };
        return somebody_was_quicker(desk, session, intent, (&made, key, done)).await.map(Some);
    }
    settle(desk, session, intent, Settling { made, key, shape, before }).await.map(Some)
}

/// Takes away what an attempt that is given up has made, if what it was to replace is still there.
pub(super) async fn clear_away(desk: &Desk, session: &mut Session, intent: &Intent) -> Result<(), Trouble> {
    let Some(key) = intent.made_key else { return Ok(()) };
    let Some(made) = find_made(desk, session, intent, key).await? else { return Ok(()) };
    if locate_there(desk, session, &wanted(desk, intent)).await?.is_some() {
        take_away(desk, session, &made).await?;
    }
    Ok(())
}

/// Puts it there, unless an earlier attempt has.
async fn make(desk: &Desk, session: &mut Session, intent: &Intent, making: &Making<'_>) -> Result<Location, Trouble> {
    let (id, key) = (intent.id, making.key);
    if intent.made_key == Some(key) && intent.last_error == NOT_SHOWN {
        // The server makes something else of it and does not say where that is. Once is enough.
        return Err(Trouble::NotNow(NOT_SHOWN.to_owned()));
    }
    if intent.made_key != Some(key) {
        desk.shared.store.run(move |db| journal::will_make(db, id, key)).await?;
    }
    let name = FolderName::from_wire(&making.folder);
    session.select(&name, Mode::ReadWrite).await?;
    let told = session.append(&name, making.raw, &making.flags, Some(making.internal_date)).await?;
    let at = match told {
        Some((uid_validity, uid)) => Some(Location::new(making.folder.clone(), uid_validity, uid)),
        None => find_in(desk, session, &sought(desk, intent, key), &making.folder).await?,
    };
    let Some(at) = at else {
        return Err(Trouble::NotNow(NOT_SHOWN.to_owned()));
    };
    let place = at.clone();
    desk.shared.store.run(move |db| journal::has_made(db, id, &place)).await?;
    Ok(at)
}

/// What is there now, and what it replaces.
struct Settling {
    made: Location,
    key: Key,
    shape: Shape,
    before: Option<Location>,
}

/// Removes what was replaced.
async fn settle(desk: &Desk, session: &mut Session, intent: &Intent, settling: Settling) -> Result<Outcome, Trouble> {
    let Settling { made, mut key, shape, before } = settling;
    // An attempt to take it away again may have been cut off.
    if !is_open(session, &made).await? || !session.undelete(made.uid).await? {
        return Err(Trouble::NotNow("the server no longer shows the message that was to take its place".to_owned()));
    }
    let is_own_way = OWN_WAY <= intent.refusals.saturating_add(1) && intent.last_error == NOT_KEPT;
    match key_there(desk, session, &made).await? {
        Some(there) if there == key => {}
        // What lies there is known by what it is now, also to the next attempt.
        Some(there) if is_own_way => {
            let id = intent.id;
            desk.shared.store.run(move |db| journal::will_make(db, id, there)).await?;
            key = there;
        }
        Some(_) | None => {
            take_away(desk, session, &made).await?;
            return Err(Trouble::NotNow(NOT_KEPT.to_owned()));
        }
    }
    let done = Outcome::Replaced { at: made.clone(), key, shape };
    let Some(before) = before.filter(|before| *before != made) else { return Ok(done) };
    if !is_there(session, &before).await? {
        return somebody_was_quicker(desk, session, intent, (&made, key, done)).await;
    }
    // Our own copies need not be kept.
    let originals = desk.originals.as_ref().filter(|_| intent.shape == Shape::Original);
    if let Some(originals) = originals {
        return match session.move_message(before.uid, originals).await? {
            Moved::To { .. } | Moved::ToUnknownUid => Ok(done),
            Moved::Gone => somebody_was_quicker(desk, session, intent, (&made, key, done)).await,
            Moved::CopiedOnly { is_marked_deleted, why, .. } => {
                desk.shared.board.note(&desk.account.name, &format!("the original of a message is still there: {why}"));
                if is_marked_deleted {
                    return Ok(done);
                }
                take_away(desk, session, &made).await?;
                Ok(Outcome::InPlace)
            }
        };
    }
    match session.remove_original(before.uid).await? {
        None => Ok(done),
        Some(Left { is_marked_deleted: true, why }) => {
            desk.shared.board.note(&desk.account.name, &why);
            Ok(done)
        }
        Some(Left { why, .. }) => {
            take_away(desk, session, &made).await?;
            Err(Trouble::NotNow(why))
        }
    }
}

/// What was to be replaced is gone. What we have made is taken away if the message is there without it: wherever somebody
/// has moved it, or as what another Tamis has made of it, under a lower number. Otherwise ours is the one that stays.
async fn somebody_was_quicker(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    (made, key, done): (&Location, Key, Outcome),
) -> Result<Outcome, Trouble> {
    // If it was the same already, what is found is what we have made.
    let found = if key == intent.lies { None } else { locate(desk, session, &wanted(desk, intent)).await? };
    if found.as_ref().is_some_and(|found| *found == intent.place) {
        // The question for it, or the answer, came over the wire wrong.
        return Err(Trouble::NotNow(AFTER_ALL.to_owned()));
    }
    if found.is_none() && !has_lower_twin(desk, session, intent, (made, key)).await? {
        // Else what is there instead might be on its way out, too.
        if is_open(session, made).await? {
            session.undelete(made.uid).await?;
        }
        return Ok(done);
    }
    take_away(desk, session, made).await?;
    Ok(Outcome::Gone)
}

/// Whether another Tamis has made the same of it, and put it there before we did.
async fn has_lower_twin(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    (made, key): (&Location, Key),
) -> Result<bool, Trouble> {
    let id = intent.mail;
    let Some(ours) = desk.shared.store.run(move |db| mail::mail(db, id)).await? else { return Ok(false) };
    let sought = Sought { message_id: &intent.message_id, size: None, newest: NEWEST };
    let found = session.find_all_by_message_id(&FolderName::from_wire(&made.folder), &sought).await?;
    for other in found.into_iter().filter(|other| other.uid_validity == made.uid_validity && other.uid < made.uid) {
        let OneMail::Mail(fetched) = session.message_unless_busy(other.uid, desk.limit()).await? else { continue };
        let is_marked_too = is_marked(&fetched.raw) && is_same_when_marked(desk, &ours, (&fetched.raw, key));
        if Key::of(&fetched.raw) == key || is_marked_too {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes a message that we have put there.
async fn take_away(desk: &Desk, session: &mut Session, made: &Location) -> Result<(), Trouble> {
    if is_there(session, made).await?
        && let Some(Left { is_marked_deleted: false, why }) = session.remove_original(made.uid).await?
    {
        let text = format!("a message is in {} twice: {why}", FolderName::from_wire(&made.folder));
        desk.shared.board.note(&desk.account.name, &text);
    }
    Ok(())
}

/// What lies there, byte by byte as far as messages are read.
async fn key_there(desk: &Desk, session: &mut Session, made: &Location) -> Result<Option<Key>, Trouble> {
    match session.message_unless_busy(made.uid, desk.limit()).await? {
        OneMail::Mail(fetched) => Ok(Some(Key::of(&fetched.raw))),
        OneMail::Gone | OneMail::Unreadable => Ok(None),
    }
}

/// What an earlier attempt has made: where it was written down, or else wherever it should be.
async fn find_made(desk: &Desk, session: &mut Session, intent: &Intent, key: Key) -> Result<Option<Location>, Trouble> {
    if let Some(made) = &intent.made
        && select(session, &made.folder, made.uid_validity).await?
        && session.is_here(made.uid).await?
    {
        return Ok(Some(made.clone()));
    }
    let folder = if intent.target.is_empty() { &intent.place.folder } else { &intent.target };
    find_in(desk, session, &sought(desk, intent, key), folder).await
}

fn sought<'a>(desk: &Desk, intent: &'a Intent, key: Key) -> Wanted<'a> {
    Wanted { key, is_any_size: true, ..wanted(desk, intent) }
}

/// As it will be known when it is looked at.
fn key_of(desk: &Desk, raw: &[u8]) -> Key {
    Key::of(raw.get(..desk.limit().min(raw.len())).unwrap_or(raw))
}
