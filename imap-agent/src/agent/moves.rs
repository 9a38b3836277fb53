//! What the person says of mail in other mail programs, by moving it and by its keywords, is learned.
//!
//! A message found in another place is only taken for one we know if its content is the same.

use tamis_core::{api::Event, learn::Label};
use tracing::info;

use super::{
    desk::{Desk, InHand, Trouble},
    perform,
    verdict::{fingerprint, keywords_of},
};
use crate::{
    clock,
    mailbox::{CommandError, FolderName, Mode, OneMail, Session, Summary, has_flag, says_not_junk},
    store::{
        Key, Location,
        mail::StoredMail,
        moves::{self, Changes, Lying, Noted, Side},
    },
};

/// What a message turns out to be that was not known at its place.
#[derive(Debug)]
pub(super) enum Recognised {
    /// One that we know, and now where it is.
    Known,
    /// We know of no such message.
    Stranger,
    /// It cannot be read now.
    Unreadable,
}

/// Finds out whether a message is one that we know by its content, and if so, what the person says by having moved it.
/// `rows` are those that it may be.
pub(super) async fn recognise(
    desk: &Desk,
    session: &mut Session,
    (summary, at): (&Summary, &Location),
    rows: &[StoredMail],
    changes: &mut Changes,
) -> Result<Recognised, Trouble> {
    if rows.is_empty() || has_flag(&summary.flags, "\\Deleted") {
        return Ok(Recognised::Stranger);
    }
    if !open(session, at).await? {
        return Ok(Recognised::Unreadable);
    }
    let fetched = match session.message_unless_busy(at.uid, desk.limit()).await? {
        OneMail::Mail(fetched) => fetched,
        OneMail::Gone => return Ok(Recognised::Stranger),
        OneMail::Unreadable => return Ok(Recognised::Unreadable),
    };
    let key = Key::of(&fetched.raw);
    let Some(known) = rows.iter().find(|row| row.judged.key == key || row.shape_key == key) else {
        return Ok(Recognised::Stranger);
    };
    turned_up(desk, session, (known, at), &InHand::new(*fetched, summary), changes).await?;
    Ok(Recognised::Known)
}

/// The rows of which a message may be one, by what the server tells of it. `None` if it is known at its place.
pub(super) async fn candidates(
    desk: &Desk,
    summary: &Summary,
    at: &Location,
) -> Result<Option<Vec<StoredMail>>, Trouble> {
    let (id, place, print) = (desk.id, at.clone(), fingerprint(summary));
    Ok(desk.shared.store.run(move |db| moves::candidates(db, id, &place, print)).await?)
}

/// A message that we know is `at` another place, and not by us.
pub(super) async fn turned_up(
    desk: &Desk,
    session: &mut Session,
    (known, at): (&StoredMail, &Location),
    in_hand: &InHand,
    changes: &mut Changes,
) -> Result<(), Trouble> {
    let (id, place, keywords) = (known.id, at.clone(), keywords_of(&in_hand.flags));
    let (sides, so_far) = (desk.sides.clone(), changes.clone());
    let noted = desk
        .shared
        .store
        .run(move |db| moves::turned_up(db, &sides, (id, &place, keywords), &so_far, clock::now()))
        .await?;
    desk.shared.announce(Event::MailChanged);
    learn(desk, session, noted, (Some(in_hand), changes)).await
}

/// Learns what is written down.
pub(super) async fn learn(
    desk: &Desk,
    session: &mut Session,
    noted: Option<Noted>,
    (in_hand, changes): (Option<&InHand>, &mut Changes),
) -> Result<(), Trouble> {
    let Some(noted) = noted else { return Ok(()) };
    let (origin, label) = (noted.origin.word(), noted.label.word());
    info!(account = desk.id.0, origin, label, "the person says what a message is, in another program");
    changes.note(&noted);
    perform::one(desk, session, noted.intent, in_hand).await
}

/// One of our messages bears these flags now. Learns what the person says by that, if they do.
pub(super) async fn keyworded(
    desk: &Desk,
    session: &mut Session,
    (lying, side): (&Lying, Side),
    flags: &[String],
    changes: &mut Changes,
) -> Result<(), Trouble> {
    let keywords = keywords_of(flags);
    if keywords == lying.keywords {
        return Ok(());
    }
    let said = keywords.said_since(lying.keywords).filter(|label| is_own_word(*label, (lying, side), flags));
    let (mail, so_far) = (lying.mail, changes.clone());
    let noted =
        desk.shared.store.run(move |db| moves::keyworded(db, mail, (keywords, said), &so_far, clock::now())).await?;
    learn(desk, session, noted, (None, changes)).await
}

/// Whether the person says so, and not a program by itself: servers give `$Junk` to all that is moved to Junk, and
/// Thunderbird says of all that its filter lets pass that it is not junk.
fn is_own_word(label: Label, (lying, side): (&Lying, Side), flags: &[String]) -> bool {
    match label {
        Label::Spam => side != Side::Junk,
        Label::Ham => side == Side::Junk || lying.taught == Some(Label::Spam) || says_not_junk(flags, true),
    }
}

/// Whether a message is still at that place, so that what was found elsewhere is only a copy, or is about to become more.
pub(super) async fn is_still_there(session: &mut Session, place: &Location) -> Result<bool, CommandError> {
    if place.is_gone() || place.uid == 0 {
        return Ok(false);
    }
    match open(session, place).await {
        Ok(true) => {
            let flags = session.flags_of(place.uid).await?;
            Ok(flags.is_some_and(|flags| !has_flag(&flags, "\\Deleted")))
        }
        Ok(false) => Ok(false),
        Err(error) if error.leaves_session_usable() && !error.is_for_now() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Opens the folder of a place to look into it, if it is not open. Whether its numbering is the expected one.
pub(super) async fn open(session: &mut Session, place: &Location) -> Result<bool, CommandError> {
    let folder = FolderName::from_wire(&place.folder);
    if let Some(selected) = session.selected()
        && selected.folder == folder
    {
        return Ok(selected.uid_validity == place.uid_validity);
    }
    Ok(session.select(&folder, Mode::ReadOnly).await?.uid_validity == place.uid_validity)
}

#[cfg(test)]
mod tests {
    use tamis_core::api::MailId;

    use super::*;
    use crate::store::{Fingerprint, mail::Keywords};

    #[test]
    fn what_programs_say_by_themselves_is_nobodys_word() {
        use Label::{Ham, Spam};
        for (label, taught, side, flag, want) in [
            (Spam, None, Side::Good, "$Junk", true),
            (Spam, None, Side::Junk, "$Junk", false),
            (Ham, None, Side::Junk, "NonJunk", true),
            (Ham, None, Side::Good, "NonJunk", false),
            (Ham, None, Side::Good, "$NotJunk", true),
            (Ham, Some(Spam), Side::Good, "NonJunk", true),
        ] {
            let lying = Lying {
                mail: MailId(1),
                fingerprint: Fingerprint::of("", "", 0),
                key: Key::of(b""),
                lies: Key::of(b""),
                keywords: Keywords::None,
                taught,
            };
            assert_eq!(is_own_word(label, (&lying, side), &[flag.to_owned()]), want, "{label:?} {side:?} {flag}");
        }
    }
}
