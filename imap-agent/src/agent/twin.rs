//! Two Tamis on one mailbox may each put a copy of their own in the place of the same message, in the same moment.
//!
//! The copy with the lower number stays; whoever made the other takes it away. That both are made of the same message is
//! proved: marked as we have marked it, the other copy is ours to the byte.

use tracing::info;

use super::{
    desk::{Desk, Trouble},
    perform,
};
use crate::{
    mailbox::{Session, Summary},
    store::{
        Key, Location, journal,
        mail::{self, Shape, StoredMail},
    },
};

/// Whether a message new in the inbox is another's copy of one that we have replaced as well. Then it is dealt with.
pub(super) async fn is_dealt_with(
    desk: &Desk,
    session: &mut Session,
    (summary, at): (&Summary, &Location),
    (raw, key): (&[u8], Key),
) -> Result<bool, Trouble> {
    let Some(ours) = our_copy(desk, summary, (raw, key)).await? else { return Ok(false) };
    let (place, id) = (ours.location.clone(), desk.id);
    let is_beside = place.folder == at.folder && place.uid_validity == at.uid_validity && place.uid != at.uid;
    if !is_beside || place.uid == 0 || !is_there(session, &place).await? {
        return Ok(false);
    }
    if place.uid < at.uid {
        return Ok(true);
    }
    let shape_key = ours.shape_key;
    let is_made_by_us = desk.shared.store.run(move |db| journal::is_of_our_making(db, id, shape_key)).await?;
    if is_made_by_us && is_there(session, at).await? && session.remove_original(place.uid).await?.is_none() {
        info!(account = id.0, "another Tamis has marked the same message; its copy stays");
        let at = at.clone();
        desk.shared.store.run(move |db| mail::set_copy(db, ours.id, &at, key)).await?;
    }
    Ok(true)
}

/// The message of ours that lies in the inbox in another form, of which `raw` is another copy.
async fn our_copy(desk: &Desk, summary: &Summary, (raw, key): (&[u8], Key)) -> Result<Option<StoredMail>, Trouble> {
    let (id, store) = (desk.id, &desk.shared.store);
    let same = store.run(move |db| mail::find_by_key(db, id, key)).await?;
    if let Some(same) = same {
        return Ok((same.shape != Shape::Original && same.shape_key == key).then_some(same));
    }
    if !perform::is_marked(raw) {
        return Ok(None);
    }
    let written = summary.message_id.clone().unwrap_or_default();
    let candidates = store.run(move |db| mail::marked(db, id, written.trim_matches(['<', '>']))).await?;
    let is_same = |ours: &StoredMail| {
        let made = perform::marked(desk, ours, raw);
        made.is_some_and(|made| Key::of(made.get(..desk.limit()).unwrap_or(&made)) == ours.shape_key)
    };
    Ok(candidates.into_iter().find(is_same))
}

async fn is_there(session: &mut Session, place: &Location) -> Result<bool, Trouble> {
    Ok(perform::select(session, &place.folder, place.uid_validity).await? && session.is_here(place.uid).await?)
}
