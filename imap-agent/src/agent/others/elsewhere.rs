//! Where the person has taken what is in Junk no more.
//!
//! Of every folder it is known how far its numbers went when nothing was missing in Junk. What is missing since is looked for
//! among what is new in those whose numbers have gone on. So folders are only read when there is something to look for, and
//! then only what is new in them.

use std::collections::BTreeMap;

use tracing::info;

use super::{
    super::{
        desk::{Desk, Trouble},
        moves::{self, Recognised},
        verdict::fingerprint,
    },
    mark, passing_over_refusals, place_in,
};
use crate::{
    clock,
    mailbox::{FolderFigures, FolderName, Mode, Session, Summary},
    store::{
        Fingerprint, Location, folder, mail,
        moves::{Changes, Lying, lost},
    },
};

/// How much of what is new in a folder is looked at, the newest first, by its numbers.
const MOST_NEW: u32 = 2000;

/// How much of a folder that nobody has met before.
const MOST_OF_UNKNOWN: u32 = 200;

/// How far the numbers of the folders go into which a person may move mail.
pub(super) async fn figures(
    desk: &Desk,
    session: &mut Session,
) -> Result<BTreeMap<FolderName, FolderFigures>, Trouble> {
    let folders = session.folders().await?;
    let folders: Vec<_> =
        folders.all().iter().filter(|folder| !folder.is_view && is_for_mail(desk, &folder.name)).cloned().collect();
    Ok(session.figures_of(&folders).await?)
}

/// The inbox is looked at anyway; what Tamis itself puts into a folder says nothing; and how far the sent mail has been read
/// is for those to say who read it.
pub(super) fn is_for_mail(desk: &Desk, name: &FolderName) -> bool {
    let train = desk.train.as_ref();
    let is_train = train.is_some_and(|train| train.spam == *name || train.good == *name);
    let is_of_tamis = is_train || desk.originals.as_ref() == Some(name);
    let is_read_elsewhere = *name == FolderName::inbox() || desk.sent.as_ref() == Some(name);
    !is_read_elsewhere && !desk.sides.junk.iter().any(|junk| junk == name.wire()) && !is_of_tamis
}

/// Remembers how far they go.
pub(super) async fn take_down(desk: &Desk, figures: BTreeMap<FolderName, FolderFigures>) -> Result<(), Trouble> {
    let id = desk.id;
    let mark = |(name, figures): (FolderName, FolderFigures)| {
        let uid = figures.uid_next?.saturating_sub(1);
        Some(Location::new(name.wire(), figures.uid_validity?, uid))
    };
    let marks: Vec<Location> = figures.into_iter().filter_map(mark).collect();
    Ok(desk.shared.store.run(move |db| folder::set_marks(db, id, &marks, clock::now())).await?)
}

/// Looks for what is `missing` in a folder, and learns from where it is now. What is nowhere is gone.
pub(super) async fn find(
    desk: &Desk,
    session: &mut Session,
    from: &Location,
    (missing, changes): (BTreeMap<u32, Lying>, &mut Changes),
) -> Result<(), Trouble> {
    let mut search = Search { missing: missing.into_values().collect(), changes };
    info!(account = desk.id.0, messages = search.missing.len(), "something has been taken out of Junk");
    for (name, figures) in figures(desk, session).await? {
        if search.missing.is_empty() {
            break;
        }
        passing_over_refusals(desk, search_in(desk, session, (&name, figures), &mut search).await)?;
    }
    let gone: Vec<_> = search.missing.iter().map(|lying| lying.mail).collect();
    let place = from.clone();
    Ok(desk.shared.store.run(move |db| lost(db, &place, &gone)).await?)
}

struct Search<'a> {
    missing: Vec<Lying>,
    changes: &'a mut Changes,
}

/// Looks among what is new in one folder.
async fn search_in(
    desk: &Desk,
    session: &mut Session,
    (name, figures): (&FolderName, FolderFigures),
    search: &mut Search<'_>,
) -> Result<(), Trouble> {
    let (id, wire) = (desk.id, name.wire().to_owned());
    let known = desk.shared.store.run(move |db| folder::folder_state(db, id, &wire)).await?;
    let as_known = known.map(|known| (Some(known.uid_validity), Some(known.high_water)));
    if as_known == Some((figures.uid_validity, figures.uid_next.map(|next| next.saturating_sub(1)))) {
        return Ok(());
    }
    let selected = session.select(name, Mode::ReadOnly).await?;
    let newest = selected.uid_next.saturating_sub(1);
    let first = match mark(desk, &selected).await? {
        Some(mark) => mark.max(newest.saturating_sub(MOST_NEW)),
        None => newest.saturating_sub(MOST_OF_UNKNOWN),
    };
    let wanted: Vec<Fingerprint> = search.missing.iter().map(|lying| lying.fingerprint).collect();
    let mut found: Vec<Summary> = Vec::new();
    let note = |summary: Summary| {
        if wanted.contains(&fingerprint(&summary)) {
            found.push(summary);
        }
    };
    session.summaries(first.saturating_add(1), note).await?;
    for summary in found {
        let at = place_in(&selected, summary.uid);
        let print = fingerprint(&summary);
        let mails: Vec<_> = search.missing.iter().filter(|one| one.fingerprint == print).map(|one| one.mail).collect();
        let rows = desk.shared.store.run(move |db| mail::some(db, &mails)).await?;
        if let Recognised::Known = moves::recognise(desk, session, (&summary, &at), &rows, search.changes).await? {
            let place = at.clone();
            let known = desk.shared.store.run(move |db| mail::find_by_location(db, id, &place)).await?;
            search.missing.retain(|one| known.as_ref().is_none_or(|known| known.id != one.mail));
        }
    }
    take_down(desk, BTreeMap::from([(name.clone(), figures_of(&selected))])).await
}

fn figures_of(selected: &crate::mailbox::Selected) -> FolderFigures {
    FolderFigures {
        messages: Some(selected.exists),
        uid_next: Some(selected.uid_next),
        uid_validity: Some(selected.uid_validity),
    }
}
