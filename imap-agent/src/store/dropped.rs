//! Mail that the person has put into a folder to have it learned: one change for all that was dropped at once.
//!
//! The messages, the change and the mark of the folder are written in one step. So whatever is cut off, each message that
//! was dropped makes one change.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
    learn::Label,
};

use super::{
    AccountId, Location, StoreError, batch,
    folder::set_mark_in,
    intent::{Deed, Kind, Lesson},
    journal::{self, NewIntent},
    mail::{Judged, record, set_location},
    transaction::{Fault, write},
};
use crate::words::count;

/// A message in a train folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropped {
    /// Its UID there.
    pub uid: u32,
    /// What it is.
    pub what: What,
}

/// Whether a message that was dropped has been judged before.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// It has.
    Known(MailId),
    /// Now it has.
    New(Box<Judged>),
}

/// What the folder says of the messages in it.
#[derive(Clone, Copy, Debug)]
pub struct TrainFolder<'a> {
    /// Whose it is.
    pub account: AccountId,
    /// What the messages in it are.
    pub label: Label,
    /// What the person calls it.
    pub shown: &'a str,
}

/// Writes down that these messages are to be learned and moved on: spam to Junk, wanted mail to where it came from. `mark`
/// is the highest UID of the folder up to which all are among them or need nothing. `None` if there is nothing to do.
pub fn begin(
    db: &mut Connection,
    folder: TrainFolder<'_>,
    mark: &Location,
    dropped: &[Dropped],
    now: UnixTime,
) -> Result<Option<BatchId>, StoreError> {
    let kind = if folder.label == Label::Spam { Kind::Spam } else { Kind::Ham };
    let junk = super::folder::junk_folder(db, folder.account)?.unwrap_or_default();
    write(db, "write down what is to be learned", |tx| {
        let (moves, highest) = to_be_moved(tx, kind, mark, dropped)?;
        set_mark_in(tx, folder.account, &Location { uid: highest, ..mark.clone() }, now)?;
        if moves.is_empty() {
            return Ok(None);
        }
        let text = format!("{} put into {}", count(moves.len(), "message"), folder.shown);
        let batch = batch::insert(tx, kind, &text, now)?;
        let lesson = Some(Lesson::Learn(folder.label));
        for Move { mail, home, at } in &moves {
            let target = if kind == Kind::Spam { &junk } else { home };
            let new =
                NewIntent { mail: *mail, batch: Some(batch), undoes: None, kind, deed: Deed::Move, target, lesson };
            journal::insert(tx, &new, now)?;
            set_location(tx, *mail, at)?;
        }
        Ok(Some(batch))
    })
}

/// A message to be moved on.
struct Move {
    mail: MailId,
    home: String,
    at: Location,
}

/// Those of the messages for which nothing is written down yet, and up to which number none is left.
fn to_be_moved(
    tx: &Transaction<'_>,
    kind: Kind,
    mark: &Location,
    dropped: &[Dropped],
) -> Result<(Vec<Move>, u32), Fault> {
    let mut moves: Vec<Move> = Vec::new();
    let mut highest = mark.uid;
    for one in dropped {
        let at = Location { uid: one.uid, ..mark.clone() };
        let mail = id_of(tx, one)?;
        let (place, home) = whereabouts(tx, mail)?;
        let is_here = place.folder == at.folder && place.uid_validity == at.uid_validity;
        let is_among = moves.iter().any(|other| other.mail == mail);
        if is_among || is_pending(tx, mail, kind)? {
            if is_among || (is_here && place.uid != at.uid && place.uid != 0) {
                // A second copy has to wait until the first is gone: a message is in one place at a time.
                highest = highest.min(one.uid.saturating_sub(1));
            } else {
                set_location(tx, mail, &at)?;
            }
            continue;
        }
        // An undo takes it back to where it was before, never into this folder.
        if place.is_gone() || place.folder == at.folder {
            set_location(tx, mail, &Location::new(home.clone(), 0, 0))?;
        }
        moves.push(Move { mail, home, at });
    }
    Ok((moves, highest))
}

fn id_of(tx: &Transaction<'_>, one: &Dropped) -> Result<MailId, Fault> {
    match &one.what {
        What::Known(id) => Ok(*id),
        What::New(judged) => {
            let known = "SELECT id FROM mail WHERE account_id = ?1 AND content_key = ?2";
            let known = tx.query_row(known, (judged.account, judged.key), |row| row.get(0).map(MailId)).optional()?;
            // The inbox is where mail comes from, as far as we know.
            known.map_or_else(|| Ok(record(tx, judged, &Location::new("INBOX", 0, 0), None)?.0), Ok)
        }
    }
}

/// Where it was last, and where it came from.
fn whereabouts(tx: &Transaction<'_>, mail: MailId) -> Result<(Location, String), Fault> {
    let find = "SELECT folder, uid_validity, uid, home FROM mail WHERE id = ?1";
    let found =
        tx.query_row(find, [mail.0], |row| Ok((Location::read(row, 0)?, row.get::<_, String>(3)?))).optional()?;
    let (place, home) = found.ok_or(StoreError::UnknownMail(mail))?;
    Ok((place, if home.is_empty() { "INBOX".to_owned() } else { home }))
}

fn is_pending(tx: &Transaction<'_>, mail: MailId, kind: Kind) -> rusqlite::Result<bool> {
    let find = "SELECT EXISTS (SELECT 1 FROM intent WHERE mail_id = ?1 AND finished_at = 0 AND kind = ?2)";
    tx.query_row(find, params![mail.0, kind.word()], |row| row.get(0))
}

#[cfg(test)]
mod tests;
