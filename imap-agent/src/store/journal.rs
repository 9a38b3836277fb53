//! The journal: what is meant to happen to a message, written before it does.
//!
//! ```text
//! intend ──▶ pending ──start──▶ pending, may have happened ──finish / give_up──▶ finished
//!                └──undo──▶ cancelled
//! ```
//!
//! Intents of one message happen one after the other; [`pending`] only shows the oldest. Whoever acts calls [`start`]
//! first and does what it returns. After a crash the same intent is pending again, and whoever acts must look where the
//! message is before moving it. [`finish`] stores where it went and what was learned from it in one step.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
    learn::Label,
};

use super::{
    AccountId, IntentId, Key, Location, StoreError,
    intent::{read_intent, select_intent},
    judged::Shape,
    lists, mail, reputation,
    training::{self, LessonChange},
    transaction::{Fault, read, write},
    undo, waiting,
};

pub use super::intent::{Deed, Intent, Kind, Lesson, Outcome};

/// What can be acted on now: of each message the oldest intent, oldest first; at most so many behind `last`.
pub fn pending(db: &Connection, account: AccountId, last: IntentId, most: usize) -> Result<Vec<IntentId>, StoreError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found = db
        .prepare_cached(PENDING)
        .and_then(|mut find| find.query_map((account, last, most), |row| row.get(0).map(IntentId))?.collect());
    read("read the journal", found)
}

/// The newest intent of the same message that is not done.
pub fn newest_of_same(db: &Connection, intent: IntentId) -> Result<IntentId, StoreError> {
    let find = "SELECT coalesce(max(newer.id), ?1) FROM intent AS first
         JOIN intent AS newer ON newer.mail_id = first.mail_id AND newer.finished_at = 0 WHERE first.id = ?1";
    read("read what waits for an intent", db.query_row(find, [intent], |row| row.get(0).map(IntentId)))
}

/// What is to happen next to the same message, if this one is done.
pub fn next_of_same(db: &Connection, done: IntentId) -> Result<Option<IntentId>, StoreError> {
    let find = "SELECT newer.id FROM intent AS done
         JOIN intent AS newer ON newer.mail_id = done.mail_id AND newer.finished_at = 0 AND done.id < newer.id
         WHERE done.id = ?1 AND done.finished_at <> 0
         ORDER BY newer.id LIMIT 1";
    read("read what is to be done next", db.query_row(find, [done], |row| row.get(0).map(IntentId)).optional())
}

/// Whether nothing but the policy wants something of its message.
pub fn is_of_policy(db: &Connection, intent: IntentId) -> Result<bool, StoreError> {
    let find = "SELECT NOT EXISTS (SELECT 1 FROM intent AS same
             WHERE same.mail_id = intent.mail_id AND same.finished_at = 0 AND same.kind NOT IN ('file', 'hold', 'free'))
         FROM intent WHERE intent.id = ?1";
    let found = db.query_row(find, [intent], |row| row.get(0)).optional();
    Ok(read("read what is to be done", found)?.unwrap_or(false))
}

/// Says that the intent is about to be acted on, and reads it again; only now an undo knows what it takes. `None`: it has
/// ended or been taken back, or an older one of the same message comes first; do nothing.
pub fn start(db: &mut Connection, intent: IntentId) -> Result<Option<Intent>, StoreError> {
    write(db, "start an intent", |tx| {
        let find = select_intent!(
            "WHERE intent.id = ?1 AND intent.finished_at = 0 AND NOT EXISTS (SELECT 1 FROM intent AS older
                 WHERE older.mail_id = intent.mail_id AND older.finished_at = 0 AND older.id < intent.id)"
        );
        let found = tx.query_row(find, [intent], read_intent).optional()?;
        let Some(found) = found else { return Ok(None) };
        let (target, deed) = match found.kind {
            Kind::Undo => undo::aim(tx, &found)?,
            // What the person wants back is wanted as it came.
            Kind::Release | Kind::Ham if found.shape != Shape::Original => (found.target.clone(), Deed::Restore),
            Kind::File | Kind::Release | Kind::Ham | Kind::Spam | Kind::Hold | Kind::Free | Kind::Delete => {
                (found.target.clone(), found.deed)
            }
        };
        let attempts = found.attempts.saturating_add(1);
        tx.execute(
            "UPDATE intent SET attempts = ?2, target = ?3, deed = ?4 WHERE id = ?1",
            (intent, attempts, &target, deed.word()),
        )?;
        Ok(Some(Intent { target, attempts, deed, ..found }))
    })
}

/// The intent is done: stores where the message is, learns the lesson, and notes what the person said.
///
/// `tokens` are the message's, for a lesson that needs them; without them it is not learned. Returns what the learner
/// has to follow. Finishing twice does nothing the second time.
pub fn finish(
    db: &mut Connection,
    intent: IntentId,
    outcome: &Outcome,
    tokens: Option<&[u8]>,
    now: UnixTime,
) -> Result<Option<LessonChange>, StoreError> {
    write(db, "finish an intent", |tx| {
        let Some(intent) = unfinished(tx, intent)? else { return Ok(None) };
        settle_place(tx, &intent, outcome, now)?;
        note_keywords(tx, &intent, outcome)?;
        match intent.kind {
            Kind::Undo => Ok(undo::restore(tx, &intent, now)?),
            Kind::File | Kind::Release | Kind::Spam | Kind::Ham | Kind::Delete => settle_word(tx, &intent, tokens, now),
            Kind::Hold | Kind::Free => {
                waiting::carried_out(tx, &intent, outcome)?;
                Ok(None)
            }
        }
    })
}

/// Another message is about to be put in the place of this one: its content is written down first, so that it is found
/// and not put there twice.
pub fn will_make(db: &mut Connection, intent: IntentId, key: Key) -> Result<(), StoreError> {
    write(db, "write down a replacement", |tx| {
        tx.execute("UPDATE intent SET made_key = ?2 WHERE id = ?1 AND finished_at = 0", (intent, key))?;
        Ok(())
    })
}

/// It is there now.
pub fn has_made(db: &mut Connection, intent: IntentId, at: &Location) -> Result<(), StoreError> {
    write(db, "write down where a replacement is", |tx| {
        tx.execute(
            "UPDATE intent SET made_folder = ?2, made_uid_validity = ?3, made_uid = ?4 WHERE id = ?1 AND finished_at = 0",
            params![intent, at.folder, at.uid_validity, at.uid],
        )?;
        Ok(())
    })
}

/// The submission server has taken the message.
pub fn has_sent(db: &mut Connection, intent: IntentId, now: UnixTime) -> Result<(), StoreError> {
    write(db, "write down that a message was sent", |tx| {
        tx.execute("UPDATE intent SET sent_at = ?2 WHERE id = ?1 AND finished_at = 0", (intent, finished_at(now)))?;
        Ok(())
    })
}

/// Whether a message of that content has been made by us in the place of another one of that account.
pub fn is_of_our_making(db: &Connection, account: AccountId, key: Key) -> Result<bool, StoreError> {
    let find = "SELECT EXISTS (SELECT 1 FROM intent JOIN mail ON mail.id = intent.mail_id
        WHERE made_key = ?2 AND made_key <> x'' AND mail.account_id = ?1)";
    read("read what was replaced", db.query_row(find, (account, key), |row| row.get(0)))
}

/// Whether we have put that message there.
pub fn was_put_by_us(db: &Connection, mail: MailId, at: &Location) -> Result<bool, StoreError> {
    let find = "SELECT EXISTS (SELECT 1 FROM intent WHERE mail_id = ?1 AND outcome IN ('moved', 'copied', 'replaced')
        AND result_folder = ?2 AND result_uid_validity = ?3 AND result_uid = ?4 AND result_uid <> 0)";
    let found = db.query_row(find, params![mail.0, at.folder, at.uid_validity, at.uid], |row| row.get(0));
    read("read where a message was put", found)
}

/// An attempt did not work; it will be tried again.
pub fn failed_attempt(db: &mut Connection, intent: IntentId, error: &str) -> Result<(), StoreError> {
    write(db, "note a failed attempt", |tx| {
        tx.execute("UPDATE intent SET last_error = ?2 WHERE id = ?1 AND finished_at = 0", (intent, error))?;
        Ok(())
    })
}

/// The server refused it. Nothing has happened; it will be tried again.
pub fn refused(db: &mut Connection, intent: IntentId, error: &str) -> Result<(), StoreError> {
    write(db, "note a refusal", |tx| {
        tx.execute(
            "UPDATE intent SET last_error = ?2, refusals = refusals + 1 WHERE id = ?1 AND finished_at = 0",
            (intent, error),
        )?;
        Ok(())
    })
}

/// An attempt came to nothing for want of something that is no matter of this message. It will be tried again for as long
/// as that lasts.
pub fn postpone(db: &mut Connection, intent: IntentId, why: &str) -> Result<(), StoreError> {
    write(db, "postpone an intent", |tx| {
        tx.execute(
            "UPDATE intent SET last_error = ?2, attempts = max(attempts - 1, 1) WHERE id = ?1 AND finished_at = 0",
            (intent, why),
        )?;
        Ok(())
    })
}

/// It will not be tried again. The message stays where it is, nothing is learned, and it waits for review as before. A change
/// that was to be taken back, and was not, can be taken back again.
pub fn give_up(db: &mut Connection, intent: IntentId, error: &str, now: UnixTime) -> Result<(), StoreError> {
    write(db, "give up an intent", |tx| {
        tx.execute(
            "UPDATE intent SET finished_at = ?3, outcome = 'refused', last_error = ?2
             WHERE id = ?1 AND finished_at = 0",
            (intent, error, finished_at(now)),
        )?;
        tx.execute(
            "UPDATE batch SET undone_at = 0 WHERE id = (SELECT undo.undo_of FROM intent
                 JOIN batch AS undo ON undo.id = intent.batch_id WHERE intent.id = ?1 AND intent.kind = 'undo')",
            [intent],
        )?;
        Ok(())
    })
}

/// What [`pending`] asks. The `+` keeps SQLite from walking through the whole journal in order to save sorting the few
/// that are pending.
const PENDING: &str = "SELECT intent.id FROM intent CROSS JOIN mail ON mail.id = intent.mail_id
     WHERE intent.finished_at = 0 AND mail.account_id = ?1 AND ?2 < +intent.id
         AND NOT EXISTS (SELECT 1 FROM intent AS older
             WHERE older.mail_id = intent.mail_id AND older.finished_at = 0 AND older.id < intent.id)
     ORDER BY +intent.id LIMIT ?3";

/// An intent to be written.
#[derive(Debug)]
pub(super) struct NewIntent<'a> {
    pub(super) mail: MailId,
    pub(super) batch: Option<BatchId>,
    pub(super) undoes: Option<IntentId>,
    pub(super) kind: Kind,
    pub(super) deed: Deed,
    pub(super) target: &'a str,
    pub(super) lesson: Option<Lesson>,
}

/// Writes an intent whose source is where the message is now.
pub(super) fn insert(tx: &Transaction<'_>, new: &NewIntent<'_>, now: UnixTime) -> Result<IntentId, Fault> {
    let inserted = tx
        .prepare_cached(
            "INSERT INTO intent (mail_id, batch_id, undoes, kind, target, lesson, created_at, deed,
             source_folder, source_uid_validity, source_uid)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, folder, uid_validity, uid FROM mail WHERE id = ?1",
        )?
        .execute(params![
            new.mail.0,
            new.batch.map(|batch| batch.0),
            new.undoes,
            new.kind.word(),
            new.target,
            Lesson::word(new.lesson),
            now.0,
            new.deed.word(),
        ])?;
    if inserted == 0 { Err(StoreError::UnknownMail(new.mail).into()) } else { Ok(IntentId(tx.last_insert_rowid())) }
}

/// Time 0 would mean pending.
pub(super) fn finished_at(now: UnixTime) -> i64 {
    now.0.max(1)
}

/// As it is, whether it has ended or not.
#[cfg(test)]
pub(super) fn intent(db: &Connection, id: IntentId) -> Result<Intent, StoreError> {
    read("read an intent", db.query_row(select_intent!("WHERE intent.id = ?1"), [id], read_intent))
}

/// `None` if it has ended.
fn unfinished(tx: &Transaction<'_>, intent: IntentId) -> Result<Option<Intent>, Fault> {
    let is_finished = tx
        .query_row("SELECT finished_at <> 0 FROM intent WHERE id = ?1", [intent], |row| row.get::<_, bool>(0))
        .optional()?
        .ok_or(StoreError::UnknownIntent(intent))?;
    if is_finished {
        return Ok(None);
    }
    Ok(Some(tx.query_row(select_intent!("WHERE intent.id = ?1"), [intent], read_intent)?))
}

/// Marks the intent as ended and stores where the message is.
fn settle_place(tx: &Transaction<'_>, intent: &Intent, outcome: &Outcome, now: UnixTime) -> rusqlite::Result<()> {
    let nowhere = Location::default();
    let (word, result) = match outcome {
        Outcome::Moved(place) => ("moved", place),
        Outcome::Copied(place) => ("copied", place),
        // A crash came between the move and the note of it, and somebody has found the message since.
        Outcome::InPlace if intent.place.folder != intent.source.folder => ("moved", &intent.place),
        Outcome::InPlace => ("stayed", &intent.place),
        Outcome::Replaced { at, .. } => ("replaced", at),
        Outcome::Deleted => ("deleted", &nowhere),
        Outcome::Gone => ("gone", &nowhere),
    };
    tx.execute(
        "UPDATE intent SET finished_at = ?2, outcome = ?3, last_error = '', shape_before = ?7,
             result_folder = ?4, result_uid_validity = ?5, result_uid = ?6
         WHERE id = ?1",
        params![intent.id, finished_at(now), word, result.folder, result.uid_validity, result.uid, intent.shape.word()],
    )?;
    mail::set_location(tx, intent.mail, result)?;
    if let Outcome::Replaced { key, shape, .. } = outcome {
        mail::set_shape(tx, intent.mail, *shape, *key)?;
    }
    // What comes next for this message starts from there.
    tx.execute(
        "UPDATE intent SET source_folder = ?2, source_uid_validity = ?3, source_uid = ?4
         WHERE mail_id = ?1 AND finished_at = 0",
        params![intent.mail.0, result.folder, result.uid_validity, result.uid],
    )?;
    Ok(())
}

/// Notes what we have had the keywords of the message say, so that it is not taken for the person's word.
fn note_keywords(tx: &Transaction<'_>, intent: &Intent, outcome: &Outcome) -> rusqlite::Result<()> {
    let is_persons = matches!(intent.kind, Kind::Release | Kind::Ham | Kind::Undo | Kind::Spam);
    let is_moved = match outcome {
        Outcome::Moved(place) | Outcome::Copied(place) => place.folder != intent.place.folder,
        Outcome::Replaced { .. } => true,
        Outcome::InPlace | Outcome::Deleted | Outcome::Gone => false,
    };
    let is_in_inbox = match outcome {
        Outcome::Replaced { at, shape, .. } => *shape == Shape::Original && at.folder == "INBOX",
        Outcome::Moved(_) | Outcome::Copied(_) | Outcome::InPlace | Outcome::Deleted | Outcome::Gone => {
            intent.target == "INBOX"
        }
    };
    let update = match intent.deed {
        Deed::Keyword => "UPDATE mail SET keywords = iif(class = 'ham', 'notjunk', 'junk') WHERE id = ?1",
        Deed::Unkeyword => "UPDATE mail SET keywords = '' WHERE id = ?1",
        _ if !is_persons || !is_moved => return Ok(()),
        _ if is_in_inbox => "UPDATE mail SET keywords = 'notjunk' WHERE id = ?1",
        Deed::Move | Deed::Tag | Deed::Strip | Deed::Restore | Deed::Send | Deed::Delete => {
            "UPDATE mail SET keywords = CASE WHEN keywords IN ('junk', 'both') THEN 'junk' WHEN keywords = 'unknown' THEN keywords
                 ELSE '' END WHERE id = ?1"
        }
    };
    tx.execute(update, [intent.mail.0]).map(drop)
}

/// How the person's word came.
fn source_of(tx: &Transaction<'_>, intent: &Intent) -> rusqlite::Result<String> {
    let find = "SELECT origin FROM batch WHERE id = ?1";
    let origin: Option<String> =
        tx.query_row(find, [intent.batch.map(|batch| batch.0)], |row| row.get(0)).optional()?;
    Ok(origin.filter(|origin| !origin.is_empty()).unwrap_or_else(|| "review".to_owned()))
}

/// Learns the lesson and notes what the person said, and in the intent how it was before.
fn settle_word(
    tx: &Transaction<'_>,
    intent: &Intent,
    tokens: Option<&[u8]>,
    now: UnixTime,
) -> Result<Option<LessonChange>, Fault> {
    let before = training::label_in(tx, intent.key)?;
    let change = match intent.lesson {
        None => None,
        Some(lesson) => {
            let source = source_of(tx, intent)?;
            training::apply(tx, &training::Taught { key: intent.key, lesson, tokens, source: &source }, now)?
        }
    };
    let after = change.as_ref().map_or(before, |change| change.after);
    log_labels(tx, intent.id, before, after)?;
    if intent.kind != Kind::File {
        tx.execute(
            "UPDATE intent SET (taught_before, reviewed_before) =
                 (SELECT taught, reviewed_at FROM mail WHERE mail.id = intent.mail_id)
             WHERE id = ?1",
            [intent.id],
        )?;
        let taught = match intent.lesson {
            None => None,
            Some(Lesson::Learn(label)) => Some(label.word()),
            Some(Lesson::Forget) => Some(""),
        };
        tx.execute(
            "UPDATE mail SET taught = coalesce(?2, taught), reviewed_at = ?3, held_at = 0 WHERE id = ?1",
            params![intent.mail.0, taught, finished_at(now)],
        )?;
        lists::follow_word(tx, intent.mail, now)?;
        waiting::end(tx, intent.mail)?;
    }
    reputation::follow(tx, intent.key)?;
    Ok(change)
}

/// Notes in the journal what a lesson changed, so that it can be taken back exactly.
pub(super) fn log_labels(
    tx: &Transaction<'_>,
    intent: IntentId,
    before: Option<Label>,
    after: Option<Label>,
) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE intent SET label_before = ?2, label_after = ?3 WHERE id = ?1",
        params![intent, before.map_or("", Label::word), after.map_or("", Label::word)],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
