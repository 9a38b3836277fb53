//! Which messages are learned from: the folders are listed, and the newest of what counts are chosen.

use std::time::Duration;

use tamis_core::{UnixTime, learn::Label};
use tokio::time::Instant;
use tracing::info;

use super::{
    super::{
        backfill::Turn,
        desk::{Desk, Trouble},
    },
    Learning, MAX_STUMBLES,
};
use crate::{
    clock,
    mailbox::{FolderName, Mode, Session, Summary, has_flag, says_junk, says_not_junk},
    store::{
        bootstrap::{self, Bootstrap, Chosen, Skip},
        moves::Side,
    },
};

/// Folders are listed for so long before the inbox is looked at again.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What has lain in a folder for so long without being moved to Junk is wanted, or at least not minded.
const SETTLED_SECS: i64 = 7 * 86_400;

/// So many UIDs are listed with one call.
const LISTED: usize = 2000;

/// A plan that is being made.
#[derive(Debug)]
pub(super) struct Draft {
    started_at: UnixTime,
    /// Not yet listed; the last is the next.
    folders: Vec<(FolderName, Label)>,
    listed: Vec<Listed>,
    ham: Vec<Found>,
    spam: Vec<Found>,
    skipped: Skipped,
}

/// A folder that was listed.
#[derive(Debug)]
struct Listed {
    name: FolderName,
    label: Label,
    uid_validity: u32,
}

/// A message that may be chosen: when it arrived, the place of its folder among the listed ones, and its UID.
type Found = (i64, usize, u32);

/// Why messages are not chosen, and how many.
#[derive(Clone, Debug, Default)]
struct Skipped {
    unread: u32,
    marked: u32,
    over: u32,
}

/// Lists some more folders; when all are listed, stores what is chosen.
pub(super) async fn advance(
    desk: &Desk,
    session: &mut Session,
    (task, learning): (&Bootstrap, &mut Learning),
) -> Result<Turn, Trouble> {
    let begun = Instant::now();
    let mut draft = match learning.draft.take().filter(|draft| draft.started_at == task.started_at) {
        Some(draft) => draft,
        None => Draft::of(task, folders(desk, session, task.has_junk).await?),
    };
    while let Some((name, label)) = draft.folders.last().cloned() {
        let broken = learning.broken.entry(name.clone()).or_default();
        if *broken < MAX_STUMBLES {
            *broken += 1;
            let listed = list(desk, session, task, (&name, label, usize::MAX)).await;
            if session.is_usable() {
                learning.broken.remove(&name);
            }
            match listed {
                Ok(listed) => draft.take(task, (name, label), listed),
                Err(Trouble::Imap(error)) if error.leaves_session_usable() => {
                    info!(account = desk.id.0, "a folder could not be listed and is not learned from");
                }
                Err(trouble) => {
                    learning.draft = Some(draft);
                    return Err(trouble);
                }
            }
        } else {
            let text = "the connection breaks each time one of the folders is listed; nothing is learned from it";
            desk.shared.board.note(&desk.account.name, text);
        }
        draft.folders.pop();
        if AT_ONCE <= begun.elapsed() && !draft.folders.is_empty() {
            learning.draft = Some(draft);
            return Ok(Turn::Worked);
        }
    }
    store(desk, task, draft).await?;
    Ok(Turn::Worked)
}

/// The folders that are learned from, in the reverse of the order in which they are listed.
async fn folders(desk: &Desk, session: &mut Session, has_junk: bool) -> Result<Vec<(FolderName, Label)>, Trouble> {
    let all = session.folders().await?;
    let is_good = |name: &FolderName| {
        let is_of_other_use =
            [&desk.sent, &desk.originals, &desk.held].iter().any(|other| other.as_ref() == Some(name));
        desk.sides.of(name.wire()) == Side::Good && !is_of_other_use
    };
    let good = all.kept().map(|folder| &folder.name).filter(|name| is_good(name));
    let junk = Some(&desk.junk).filter(|_| has_junk);
    let mut folders: Vec<_> = good.map(|name| (name.clone(), Label::Ham)).collect();
    folders.extend(junk.map(|name| (name.clone(), Label::Spam)));
    folders.reverse();
    Ok(folders)
}

/// What is in a folder.
#[derive(Debug, Default)]
struct Listing {
    uid_validity: u32,
    /// When they arrived, and their UIDs.
    mail: Vec<(i64, u32)>,
    skipped: Skipped,
}

/// Lists the newest messages of a folder: those that count, at most `quota`.
async fn list(
    desk: &Desk,
    session: &mut Session,
    task: &Bootstrap,
    (name, label, quota): (&FolderName, Label, usize),
) -> Result<Listing, Trouble> {
    let selected = session.select(name, Mode::ReadOnly).await?;
    let mut listing = Listing { uid_validity: selected.uid_validity, ..Listing::default() };
    if selected.exists == 0 {
        return Ok(listing);
    }
    let uids: Vec<u32> = session.uids_from(1).await?.into_iter().collect();
    let most = usize::try_from(task.most).unwrap_or(usize::MAX).min(quota);
    let now = task.started_at.0;
    // From the newest down, until there are enough.
    let mut left = uids.len();
    for uids in uids.rchunks(LISTED) {
        if most <= listing.mail.len() {
            break;
        }
        left -= uids.len();
        let (mail, skipped) = (&mut listing.mail, &mut listing.skipped);
        let mut seen = std::collections::BTreeSet::new();
        session
            .outlines_of(uids, |summary| {
                if seen.insert(summary.uid) {
                    match why_not(&summary, label, now) {
                        None => mail.push((summary.internal_date.unwrap_or(now).min(now), summary.uid)),
                        Some(skip) => skipped.note(skip),
                    }
                }
            })
            .await?;
    }
    listing.mail.sort_unstable();
    let surplus = listing.mail.len().saturating_sub(most);
    listing.mail.drain(..surplus);
    listing.skipped.over = u32::try_from(left.saturating_add(surplus)).unwrap_or(u32::MAX);
    info!(account = desk.id.0, messages = listing.mail.len(), "a folder was listed to be learned from");
    Ok(listing)
}

/// Why a message with these flags is not learned as what its folder says, at that time (Unix seconds); `None` if it is.
pub(super) fn why_not(summary: &Summary, label: Label, now: i64) -> Option<Skip> {
    let flags = &summary.flags;
    let has = |flag: &str| has_flag(flags, flag);
    let is_contrary = match label {
        Label::Ham => says_junk(flags) && !says_not_junk(flags, false),
        Label::Spam => says_not_junk(flags, true) && !says_junk(flags),
    };
    if has("\\Deleted") || has("\\Draft") || is_contrary {
        return Some(Skip::Marked);
    }
    let is_dealt_with = ["\\Seen", "\\Answered", "\\Flagged", "$Forwarded", "$NotJunk"].iter().any(|flag| has(flag));
    let is_settled = summary.internal_date.is_some_and(|date| date <= now.saturating_sub(SETTLED_SECS));
    (label == Label::Ham && !is_dealt_with && !is_settled).then_some(Skip::Unread)
}

impl Skipped {
    fn note(&mut self, skip: Skip) {
        let count = if skip == Skip::Unread { &mut self.unread } else { &mut self.marked };
        *count = count.saturating_add(1);
    }

    fn add(&mut self, other: &Self) {
        self.unread = self.unread.saturating_add(other.unread);
        self.marked = self.marked.saturating_add(other.marked);
        self.over = self.over.saturating_add(other.over);
    }
}

impl Draft {
    fn of(task: &Bootstrap, folders: Vec<(FolderName, Label)>) -> Self {
        let (listed, ham, spam, skipped) = (Vec::new(), Vec::new(), Vec::new(), Skipped::default());
        Self { started_at: task.started_at, folders, listed, ham, spam, skipped }
    }

    fn take(&mut self, task: &Bootstrap, (name, label): (FolderName, Label), listing: Listing) {
        let (place, uid_validity) = (self.listed.len(), listing.uid_validity);
        self.listed.push(Listed { name, label, uid_validity });
        self.skipped.add(&listing.skipped);
        let found = if label == Label::Ham { &mut self.ham } else { &mut self.spam };
        found.extend(listing.mail.into_iter().map(|(at, uid)| (at, place, uid)));
        // However many folders there are, no more than could be chosen is remembered.
        let surplus = newest(found, usize::try_from(task.most).unwrap_or(usize::MAX));
        self.skipped.over = self.skipped.over.saturating_add(surplus);
    }
}

/// Leaves the newest `most`. Returns how many others there were.
fn newest(found: &mut Vec<Found>, most: usize) -> u32 {
    found.sort_unstable();
    let surplus = found.len().saturating_sub(most);
    found.drain(..surplus);
    u32::try_from(surplus).unwrap_or(u32::MAX)
}

/// How much room wanted mail and spam have: half each, and what one does not need the other has.
fn shares(ham: usize, spam: usize, most: usize) -> (usize, usize) {
    let spam = spam.min((most / 2).max(most.saturating_sub(ham)));
    (ham.min(most - spam), spam)
}

async fn store(desk: &Desk, task: &Bootstrap, mut draft: Draft) -> Result<(), Trouble> {
    let most = usize::try_from(task.most).unwrap_or(usize::MAX);
    let (ham, spam) = shares(draft.ham.len(), draft.spam.len(), most);
    let over = newest(&mut draft.ham, ham).saturating_add(newest(&mut draft.spam, spam));
    let Skipped { unread, marked, over: before } = draft.skipped;
    let skipped = [(Skip::Unread, unread), (Skip::Marked, marked), (Skip::Over, before.saturating_add(over))];
    let folder = |listed: &Listed| Chosen {
        name: listed.name.wire().to_owned(),
        label: listed.label,
        uid_validity: listed.uid_validity,
        mail: Vec::new(),
    };
    let mut chosen: Vec<Chosen> = draft.listed.iter().map(folder).collect();
    for (at, place, uid) in draft.ham.into_iter().chain(draft.spam) {
        if let Some(folder) = chosen.get_mut(place) {
            folder.mail.push((at, uid));
        }
    }
    let (id, started_at) = (desk.id, task.started_at);
    info!(account = id.0, ham, spam, "what is learned from is chosen");
    let chosen =
        desk.shared.store.run(move |db| bootstrap::choose(db, id, started_at, (&chosen, &skipped), clock::now()));
    Ok(chosen.await?)
}

/// The server has renumbered a folder: as many of its messages as were chosen at first are chosen anew.
pub(super) async fn again(
    desk: &Desk,
    session: &mut Session,
    task: &Bootstrap,
    (folder, name, label): (i64, &FolderName, Label),
) -> Result<(), Trouble> {
    let quota = desk.shared.store.run(move |db| bootstrap::chosen_of(db, folder)).await?;
    let Listing { uid_validity, mail, .. } = list(desk, session, task, (name, label, quota)).await?;
    let id = desk.id;
    let chosen =
        desk.shared.store.run(move |db| bootstrap::choose_anew(db, id, folder, (uid_validity, &mail), clock::now()));
    Ok(chosen.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_read_within_a_week_is_not_yet_wanted() {
        const NOW: i64 = 1_790_000_000;
        let at = |days: i64, flags: &str| Summary {
            uid: 1,
            internal_date: Some(NOW - days * 86_400),
            flags: flags.split_whitespace().map(str::to_owned).collect(),
            ..Summary::default()
        };
        for (summary, label, want) in [
            (at(6, ""), Label::Ham, Some(Skip::Unread)),
            (at(7, ""), Label::Ham, None),
            (at(0, r"\Seen"), Label::Ham, None),
            (at(0, r"\answered"), Label::Ham, None),
            (at(0, r"\Flagged"), Label::Ham, None),
            (at(0, "NonJunk"), Label::Ham, Some(Skip::Unread)),
            (at(30, r"\Seen \Deleted"), Label::Ham, Some(Skip::Marked)),
            (at(30, r"\Seen \Draft"), Label::Ham, Some(Skip::Marked)),
            (at(30, r"\Seen $Junk"), Label::Ham, Some(Skip::Marked)),
            (at(30, r"\Seen Junk NonJunk"), Label::Ham, None),
            (at(0, ""), Label::Spam, None),
            (at(0, "$Junk"), Label::Spam, None),
            (at(9, "$NotJunk"), Label::Spam, Some(Skip::Marked)),
            (at(9, "NonJunk"), Label::Spam, None),
        ] {
            assert_eq!(why_not(&summary, label, NOW), want, "{summary:?} {label:?}");
        }
        let undated = Summary { uid: 1, ..Summary::default() };
        assert_eq!(why_not(&undated, Label::Ham, NOW), Some(Skip::Unread));
    }

    #[test]
    fn spam_has_half_of_the_room_if_it_needs_it_and_ham_the_rest() {
        for (ham, spam, want) in [
            (0, 0, (0, 0)),
            (70, 20, (70, 20)),
            (500, 20, (80, 20)),
            (500, 90, (50, 50)),
            (20, 500, (20, 80)),
            (500, 0, (100, 0)),
            (50, 50, (50, 50)),
        ] {
            assert_eq!(shares(ham, spam, 100), want, "{ham} ham, {spam} spam");
        }
    }
}
