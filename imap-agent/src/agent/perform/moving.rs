//! Moving a message, and its keywords.

use tamis_core::{Class, api::Event};
use tracing::warn;

use super::{
    super::desk::{Desk, InHand, Trouble},
    find::{find_in, is_open, locate, select, wanted},
    keep,
};
use crate::{
    mailbox::{Code, CommandError, FolderName, Moved, Role, Session},
    store::{
        Location,
        journal::{Deed, Intent, Kind, Outcome},
        mail,
    },
};

/// The keywords for unwanted and wanted mail (registered with IANA; RFC 5788): a message has one of them or none.
const JUNK: &str = "$Junk";
pub(super) const NOT_JUNK: &str = "$NotJunk";

/// A server that does not hand out the message does not want it moved the less.
fn passing_refusals<T>(kept: Result<T, Trouble>) -> Result<T, Trouble> {
    match kept {
        Err(Trouble::Imap(error)) if error.leaves_session_usable() && !error.is_for_now() => {
            Err(Trouble::NotNow(error.to_string()))
        }
        kept => kept,
    }
}

/// Moves it to where it is to be, if it is not there.
pub(super) async fn to_target(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    (place, in_hand): (&Location, Option<&InHand>),
) -> Result<Outcome, Trouble> {
    if intent.target.is_empty() {
        return Ok(Outcome::InPlace);
    }
    if place.folder == intent.target {
        // It was moved before a crash, or somebody else did it.
        return Ok(Outcome::Moved(place.clone()));
    }
    // A long one is not fetched whole for that: it stays on the server.
    let is_short = usize::try_from(intent.size).is_ok_and(|size| size <= desk.limit());
    if matches!(intent.kind, Kind::File | Kind::Spam | Kind::Hold) && is_short {
        match passing_refusals(keep::original(desk, session, intent, (place, in_hand)).await) {
            Err(Trouble::NotNow(why)) if why == keep::ANOTHER => return Err(Trouble::NotNow(why)),
            // It stays on the server whatever becomes of the archive.
            Err(Trouble::Wanting(why) | Trouble::NotNow(why)) => {
                warn!(account = desk.id.0, "the archive does not keep a message");
                desk.shared
                    .board
                    .note(&desk.account.name, &format!("a message was filed without a copy in the archive: {why}"));
            }
            Err(trouble) => return Err(trouble),
            Ok(_) => {}
        }
    }
    label(session, intent, place).await?;
    move_there(desk, session, intent, place).await
}

/// Sets or takes away the keyword, as far as the folder keeps such.
pub(super) async fn keyword(
    desk: &Desk,
    session: &mut Session,
    intent: &Intent,
    place: &Location,
) -> Result<Outcome, Trouble> {
    let id = intent.mail;
    let judged = desk.shared.store.run(move |db| mail::mail(db, id)).await?;
    let is_ham = judged.is_some_and(|found| found.judged.class == Class::Ham);
    let (own, other) = if is_ham { (NOT_JUNK, JUNK) } else { (JUNK, NOT_JUNK) };
    if !is_open(session, place).await? {
        return Ok(Outcome::Gone);
    }
    if intent.deed == Deed::Unkeyword {
        session.set_keywords(place.uid, &[], &[own]).await?;
    } else if !session.set_keywords(place.uid, &[own], &[other]).await? {
        let text = "the server keeps no keywords, so the verdict is only shown in Tamis";
        desk.shared.board.note(&desk.account.name, text);
        desk.shared.announce(Event::StatusChanged);
    }
    Ok(Outcome::InPlace)
}

/// Says in the keywords what the person says, so that another Tamis on the same mailbox leaves the message alone. Where the
/// folder keeps none, or refuses, that is no reason not to move it.
async fn label(session: &mut Session, intent: &Intent, place: &Location) -> Result<(), Trouble> {
    let is_persons = matches!(intent.kind, Kind::Release | Kind::Ham | Kind::Undo | Kind::Spam);
    if !is_persons || !is_open(session, place).await? {
        return Ok(());
    }
    let is_wanted = intent.target == "INBOX";
    if is_wanted {
        match session.undelete(place.uid).await {
            Err(error) if !error.leaves_session_usable() => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
    }
    let (set, clear): (&[&str], &[&str]) = if is_wanted { (&[NOT_JUNK], &[JUNK]) } else { (&[], &[NOT_JUNK]) };
    match session.set_keywords(place.uid, set, clear).await {
        Err(error) if !error.leaves_session_usable() => Err(error.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn move_there(desk: &Desk, session: &mut Session, intent: &Intent, place: &Location) -> Result<Outcome, Trouble> {
    let target = FolderName::from_wire(&intent.target);
    let wanted = wanted(desk, intent);
    if 1 < intent.attempts && !session.can("MOVE") {
        // An earlier attempt may have copied it and been cut off before it could remove the original.
        if let Some(copy) = find_in(desk, session, &wanted, &intent.target).await? {
            if !select(session, &place.folder, place.uid_validity).await? {
                // Under another numbering this UID is another message's.
                return Ok(copied(desk, copy, "the server has renumbered the folder of the original"));
            }
            return Ok(match session.remove_original(place.uid).await? {
                None => Outcome::Moved(copy),
                Some(left) => copied(desk, copy, &left.why),
            });
        }
    }
    let mut place = place.clone();
    if !is_open(session, &place).await? {
        place = match locate(desk, session, &wanted).await? {
            Some(found) if found.folder == intent.target => return Ok(Outcome::Moved(found)),
            Some(found) => found,
            None => return Ok(Outcome::Gone),
        };
        if !select(session, &place.folder, place.uid_validity).await? {
            return Err(CommandError::NotSent("the server gives its folder new numbers all the time").into());
        }
    }
    let moved = match session.move_message(place.uid, &target).await {
        Err(CommandError::No { code: Some(Code::TryCreate | Code::NonExistent), .. }) => {
            // Somebody has deleted or renamed the folder.
            let role = (target == desk.junk).then_some(Role::Junk);
            session.create(&target, role).await?;
            session.move_message(place.uid, &target).await?
        }
        moved => moved?,
    };
    if moved == Moved::Gone {
        return match locate(desk, session, &wanted).await? {
            Some(found) if found.folder == intent.target => Ok(Outcome::Moved(found)),
            // What the person wants is done from wherever it is.
            Some(found)
                if !intent.kind.is_of_policy() && select(session, &found.folder, found.uid_validity).await? =>
            {
                let moved = session.move_message(found.uid, &target).await?;
                arrived(desk, session, intent, moved).await
            }
            // Whoever moved it elsewhere meant to: it stays there.
            Some(_) | None => Ok(Outcome::Gone),
        };
    }
    arrived(desk, session, intent, moved).await
}

/// What has become of it.
async fn arrived(desk: &Desk, session: &mut Session, intent: &Intent, moved: Moved) -> Result<Outcome, Trouble> {
    let there = |uid_validity, uid| Location::new(intent.target.clone(), uid_validity, uid);
    match moved {
        Moved::To { uid_validity, uid } => Ok(Outcome::Moved(there(uid_validity, uid))),
        Moved::ToUnknownUid => {
            let found = find_in(desk, session, &wanted(desk, intent), &intent.target).await?;
            Ok(Outcome::Moved(found.unwrap_or_else(|| there(0, 0))))
        }
        Moved::CopiedOnly { copy, why, .. } => {
            let (uid_validity, uid) = copy.unwrap_or((0, 0));
            Ok(copied(desk, there(uid_validity, uid), &why))
        }
        Moved::Gone => Ok(Outcome::Gone),
    }
}

fn copied(desk: &Desk, copy: Location, why: &str) -> Outcome {
    desk.shared.board.note(
        &desk.account.name,
        &format!("a message was copied to {}, but {why}", FolderName::from_wire(&copy.folder)),
    );
    Outcome::Copied(copy)
}
