//! Two Tamis on one mailbox may do the same to a message in the same moment, and then there are two copies of it: not every
//! server moves in one step, and each may have put a marked copy of its own in the place of the message.
//!
//! The copy with the lower number stays; whoever put the other there takes it away, and nobody else does. That both are
//! copies of the same message is proved: they are the same to the byte, or become so when both are marked as we mark.

use tracing::info;

use super::{
    desk::{Desk, Trouble},
    perform,
};
use crate::{
    mailbox::{Mode, OneMail, Selected, Session, Summary},
    store::{
        Fingerprint, Key, Location, journal,
        mail::{self, Shape, StoredMail},
    },
};

/// Whether a message new in the inbox is another's copy of one that we have put there as well. Then it is dealt with.
pub(super) async fn is_dealt_with(
    desk: &Desk,
    session: &mut Session,
    (summary, at): (&Summary, &Location),
    (raw, key): (&[u8], Key),
) -> Result<bool, Trouble> {
    match our_copy(desk, summary, (raw, key)).await? {
        Some(ours) => settle(desk, session, &ours, (at, key)).await,
        None => Ok(false),
    }
}

/// Takes away what we have moved to Junk although another had, too. `messages` are new there.
pub(super) async fn clear_doubles(
    desk: &Desk,
    session: &mut Session,
    selected: &Selected,
    messages: Vec<(u32, Fingerprint)>,
) -> Result<(), Trouble> {
    let id = desk.id;
    let folder = Location::new(selected.folder.wire(), selected.uid_validity, 0);
    let first = folder.clone();
    let doubles = desk.shared.store.run(move |db| {
        let mut doubles = Vec::new();
        for (uid, fingerprint) in messages {
            let at = Location { uid, ..first.clone() };
            doubles.extend(mail::above(db, id, &at, fingerprint)?.map(|ours| (at, ours)));
        }
        Ok(doubles)
    });
    for (at, ours) in doubles.await? {
        if session.selected().is_none_or(|now| now.folder != selected.folder) {
            session.select(&selected.folder, Mode::ReadOnly).await?;
        }
        let OneMail::Mail(fetched) = session.message(at.uid, desk.limit()).await? else { continue };
        let key = Key::of(&fetched.raw);
        if key == ours.shape_key {
            settle(desk, session, &ours, (&at, key)).await?;
        }
    }
    Ok(())
}

/// Whether another copy of `ours`, the message `at` that place, is beside it. If ours is the one that has to go, it goes.
async fn settle(
    desk: &Desk,
    session: &mut Session,
    ours: &StoredMail,
    (at, key): (&Location, Key),
) -> Result<bool, Trouble> {
    let (id, place) = (ours.id, ours.location.clone());
    let is_beside = place.folder == at.folder && place.uid_validity == at.uid_validity && place.uid != at.uid;
    if !is_beside || place.uid == 0 {
        return Ok(false);
    }
    let was_put_by_us = desk.shared.store.run({
        let place = place.clone();
        move |db| journal::was_put_by_us(db, id, &place)
    });
    if !was_put_by_us.await? || !perform::is_there(session, &place).await? {
        return Ok(false);
    }
    // In Gmail there is one message, however often it is moved; and what is expunged there may be gone for good.
    if place.uid < at.uid || session.can("X-GM-EXT-1") {
        return Ok(true);
    }
    if perform::is_there(session, at).await? && session.remove_original(place.uid).await?.is_none() {
        info!(account = desk.id.0, "another Tamis has put the same message there; its copy stays");
        let at = at.clone();
        desk.shared.store.run(move |db| mail::set_copy(db, id, &at, key)).await?;
    }
    Ok(true)
}

/// The message of which we have put a copy somewhere, if `raw` is another copy.
async fn our_copy(desk: &Desk, summary: &Summary, (raw, key): (&[u8], Key)) -> Result<Option<StoredMail>, Trouble> {
    let (id, store) = (desk.id, &desk.shared.store);
    let same = store.run(move |db| mail::find_by_key(db, id, key)).await?;
    if let Some(same) = same {
        return Ok((same.shape_key == key).then_some(same));
    }
    if !perform::is_marked(raw) {
        return Ok(None);
    }
    let written = summary.message_id.clone().unwrap_or_default();
    let candidates = store.run(move |db| mail::marked(db, id, written.trim_matches(['<', '>']))).await?;
    let is_same =
        |ours: &StoredMail| ours.shape == Shape::Tagged && is_same_when_marked(desk, ours, (raw, ours.shape_key));
    Ok(candidates.into_iter().find(is_same))
}

/// Whether the message, marked as we mark `ours`, is what has this key.
pub(super) fn is_same_when_marked(desk: &Desk, ours: &StoredMail, (raw, key): (&[u8], Key)) -> bool {
    let marked = perform::marked(desk, ours, raw);
    marked.is_some_and(|marked| Key::of(marked.get(..desk.limit()).unwrap_or(&marked)) == key)
}
