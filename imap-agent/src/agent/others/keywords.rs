//! Keywords of mail that we know, by which other programs say whether it is junk.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        desk::{Desk, Trouble},
        look::Looked,
        moves,
        verdict::keywords_of,
    },
    Others,
};
use crate::{
    mailbox::{FolderName, Session, has_flag},
    store::{
        Location,
        moves::{Changes, Lying, lying},
    },
};

/// How much of what we know in a folder is looked at, the newest first.
const MOST: u32 = 1000;

/// Looks at the keywords in the inbox, if they may have changed.
pub(super) async fn in_inbox(
    desk: &Desk,
    session: &mut Session,
    looked: &Looked,
    (others, changes): (&mut Others, &mut Changes),
) -> Result<(), Trouble> {
    let inbox = FolderName::inbox();
    let is_as_it_was = match looked.modseq {
        Some(modseq) => others.modseq.get(&inbox) == Some(&modseq),
        None => !others.is_turn_of_flags(),
    };
    if !looked.has_keywords || is_as_it_was {
        return Ok(());
    }
    look(desk, session, &Location::new(inbox.wire(), looked.uid_validity, 0), changes).await?;
    others.modseq.extend(looked.modseq.map(|modseq| (inbox, modseq)));
    Ok(())
}

/// Looks at the keywords of what we know in a folder, and learns what they say. Returns what should be there and is not.
pub(super) async fn look(
    desk: &Desk,
    session: &mut Session,
    folder: &Location,
    changes: &mut Changes,
) -> Result<BTreeMap<u32, Lying>, Trouble> {
    let (id, place) = (desk.id, folder.clone());
    let known = desk.shared.store.run(move |db| lying(db, id, &place, MOST)).await?;
    if known.is_empty() || !moves::open(session, folder).await? {
        return Ok(BTreeMap::new());
    }
    let mut here = BTreeSet::new();
    let mut changed = Vec::new();
    let uids: BTreeSet<u32> = known.keys().copied().collect();
    let is_all_told = session
        .flags_of_all(&uids, |uid, flags| {
            let is_there = !has_flag(&flags, "\\Deleted") && here.insert(uid);
            let is_as_it_was = known.get(&uid).is_none_or(|lying| lying.keywords == keywords_of(&flags));
            if is_there && !is_as_it_was {
                changed.push((uid, flags));
            }
        })
        .await?;
    let side = desk.sides.of(&folder.folder);
    for (uid, flags) in changed {
        if let Some(lying) = known.get(&uid) {
            moves::keyworded(desk, session, (lying, side), &flags, changes).await?;
        }
    }
    if !is_all_told {
        return Ok(BTreeMap::new());
    }
    let missing: BTreeSet<u32> = uids.difference(&here).copied().collect();
    // What is given up once is not looked for again.
    if !missing.is_empty() && moves::open(session, folder).await? {
        here.extend(session.undeleted(&missing).await?);
    }
    Ok(known.into_iter().filter(|(uid, _)| !here.contains(uid)).collect())
}
