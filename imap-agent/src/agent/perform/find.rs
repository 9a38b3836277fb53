//! Where a message is now: where we know it, or wherever its content is found.

use super::super::desk::{Desk, Trouble};
use crate::{
    mailbox::{CommandError, FetchedMail, FolderName, Mode, OneMail, Session, Sought, has_flag},
    store::{Key, Location, journal::Intent, mail::Shape},
};

/// How many of the newest messages of a folder are searched for one that is not where it was.
const SEARCHED: u32 = 2_000;

/// How many messages of one Message-ID are compared.
const SAME_ID: usize = 20;

/// How many are compared of which nothing but their size is known, or not even that.
const SAME_SIZE: usize = 200;

/// Selects a folder for changes, unless it is selected already. Returns whether its numbering is the expected one.
pub(in crate::agent) async fn select(
    session: &mut Session,
    folder: &str,
    uid_validity: u32,
) -> Result<bool, CommandError> {
    let folder = FolderName::from_wire(folder);
    if let Some(selected) = session.selected()
        && selected.folder == folder
        && !selected.is_read_only
    {
        return Ok(selected.uid_validity == uid_validity);
    }
    Ok(session.select(&folder, Mode::ReadWrite).await?.uid_validity == uid_validity)
}

/// As [`select`], but a folder that the server does not open is not the expected one either, unless it is only busy.
pub(super) async fn is_open(session: &mut Session, place: &Location) -> Result<bool, CommandError> {
    match select(session, &place.folder, place.uid_validity).await {
        Err(error) if error.leaves_session_usable() && !error.is_for_now() => Ok(false),
        outcome => outcome,
    }
}

/// Whether there is a message under that number, and the server shows it.
pub(in crate::agent) async fn is_there(session: &mut Session, place: &Location) -> Result<bool, CommandError> {
    Ok(is_open(session, place).await? && session.is_here(place.uid).await?)
}

/// The message with its text, wherever it is now; `None` if it is nowhere to be found.
pub(in crate::agent) async fn fetch(
    desk: &Desk,
    session: &mut Session,
    wanted: &Wanted<'_>,
) -> Result<Option<FetchedMail>, Trouble> {
    let Some(place) = locate(desk, session, wanted).await? else { return Ok(None) };
    if !select(session, &place.folder, place.uid_validity).await? {
        return Ok(None);
    }
    match session.message(place.uid, desk.limit()).await? {
        OneMail::Mail(fetched) => Ok(Some(*fetched)),
        OneMail::Gone | OneMail::Unreadable => Ok(None),
    }
}

/// What is known of a message that may have wandered.
#[derive(Clone, Debug)]
pub(in crate::agent) struct Wanted<'a> {
    pub(in crate::agent) key: Key,
    /// Without angle brackets; empty if it has none.
    pub(in crate::agent) message_id: &'a str,
    /// The whole size in bytes.
    pub(in crate::agent) size: u32,
    /// Where it was last.
    pub(in crate::agent) place: &'a Location,
    /// Where else it may be.
    pub(in crate::agent) folders: Vec<String>,
    /// Whether the size says nothing: it is not the size of what is looked for.
    pub(in crate::agent) is_any_size: bool,
}

pub(super) fn wanted<'a>(desk: &Desk, intent: &'a Intent) -> Wanted<'a> {
    let mut folders = vec![intent.target.clone(), intent.place.folder.clone(), intent.source.folder.clone()];
    folders.extend(["INBOX".to_owned(), desk.junk.wire().to_owned()]);
    Wanted {
        key: intent.lies,
        message_id: &intent.message_id,
        size: intent.size,
        place: &intent.place,
        folders,
        is_any_size: intent.shape != Shape::Original,
    }
}

/// Where the message is: where we know it, else wherever its content is found among the newest of likely folders.
pub(in crate::agent) async fn locate(
    desk: &Desk,
    session: &mut Session,
    wanted: &Wanted<'_>,
) -> Result<Option<Location>, Trouble> {
    let place = wanted.place;
    let mut refusal = None;
    if !place.is_gone() && place.uid != 0 {
        match select(session, &place.folder, place.uid_validity).await {
            Ok(true) if session.is_here(place.uid).await? => return Ok(Some(place.clone())),
            Ok(_) => {}
            // The folder may have been renamed; or the server is out of sorts, and then the message is not gone.
            Err(error) if error.leaves_session_usable() => refusal = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    let mut searched = std::collections::BTreeSet::new();
    for folder in wanted.folders.iter().filter(|folder| !folder.is_empty()) {
        if searched.insert(folder.as_str())
            && let Some(found) = find_in(desk, session, wanted, folder).await?
        {
            return Ok(Some(found));
        }
    }
    refusal.map_or(Ok(None), |error| Err(error.into()))
}

/// In any folder, if it is in none of the likely ones.
pub(super) async fn locate_anywhere(
    desk: &Desk,
    session: &mut Session,
    wanted: &Wanted<'_>,
) -> Result<Option<Location>, Trouble> {
    let folders = session.folders().await?;
    let is_unlikely = |wire: &str| !wanted.folders.iter().any(|likely| likely == wire);
    for folder in folders.all().iter().filter(|folder| folder.is_selectable && is_unlikely(folder.name.wire())) {
        match find_in(desk, session, wanted, folder.name.wire()).await {
            Ok(None) => {}
            // What we may not look into is no place of this person's.
            Err(Trouble::Imap(error)) if error.leaves_session_usable() && !error.is_for_now() => {}
            found => return found,
        }
    }
    Ok(None)
}

/// As [`locate`], but only in the folder where it was last.
pub(super) async fn locate_there(
    desk: &Desk,
    session: &mut Session,
    wanted: &Wanted<'_>,
) -> Result<Option<Location>, Trouble> {
    let folders = vec![wanted.place.folder.clone()];
    locate(desk, session, &Wanted { folders, ..wanted.clone() }).await
}

/// The message in one folder, known by its Message-ID, or by its size if it has none, and proved by its content.
pub(super) async fn find_in(
    desk: &Desk,
    session: &mut Session,
    wanted: &Wanted<'_>,
    folder: &str,
) -> Result<Option<Location>, Trouble> {
    // Servers differ about the size, so it counts only where there is nothing better.
    let counts = wanted.message_id.is_empty() && !wanted.is_any_size;
    let size = counts.then_some(u64::from(wanted.size));
    let sought = Sought { message_id: wanted.message_id, size, newest: SEARCHED };
    let name = FolderName::from_wire(folder);
    let found = match session.find_all_by_message_id(&name, &sought).await {
        Ok(found) => found,
        // A folder that is not there holds nothing. Of one that cannot be looked into nothing is known.
        Err(error) if error.leaves_session_usable() && !error.is_for_now() => {
            if session.folders().await?.get(&name).is_some_and(|folder| folder.is_selectable) {
                return Err(error.into());
            }
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    // Spam comes with the Message-ID of other mail.
    let most = if wanted.message_id.is_empty() { SAME_SIZE } else { SAME_ID };
    for found in found.into_iter().take(most) {
        if let OneMail::Mail(fetched) = session.message_unless_busy(found.uid, desk.limit()).await?
            && Key::of(&fetched.raw) == wanted.key
            // What a server without UIDPLUS leaves behind after a move is not where the message is.
            && !has_flag(&fetched.flags, "\\Deleted")
        {
            return Ok(Some(Location::new(folder, found.uid_validity, found.uid)));
        }
    }
    Ok(None)
}
