//! Judged mail: one row per message, whatever folder it wanders to.

use rusqlite::{Connection, OptionalExtension as _, ToSql, Transaction, params};
use serde::Serialize;
use tamis_core::{Class, Score, api::MailId};

use super::{
    AccountId, Fingerprint, Key, Location, StoreError, fingerprints, folder,
    judged::{read_mail, select},
    lists,
    peers::habits_to_blob,
    reputation,
    transaction::{Fault, read, write},
    waiting,
};

pub use super::judged::{Judged, JudgedReason, Keywords, Shape, StoredMail};

/// Stores a message that is left `at` its place. `advance_to` raises the mark of that folder in the same step.
///
/// A message that is known by its key keeps its verdict and what the person said; only its place is new.
pub fn record_judged(
    db: &mut Connection,
    judged: &Judged,
    at: &Location,
    advance_to: Option<u32>,
) -> Result<MailId, StoreError> {
    write(db, "store a judged message", |tx| Ok(record(tx, judged, at, advance_to)?.0))
}

/// The message is at `at` now: somebody moved it, or the server renumbered it. A gone place means it is nowhere.
pub fn relocate(db: &mut Connection, mail: MailId, at: &Location) -> Result<(), StoreError> {
    write(db, "store where a message is", |tx| {
        if place(tx, mail, at)? { Ok(()) } else { Err(StoreError::UnknownMail(mail).into()) }
    })
}

/// One message.
pub fn mail(db: &Connection, mail: MailId) -> Result<Option<StoredMail>, StoreError> {
    find(db, select!("WHERE mail.id = ?1"), &[&mail.0])
}

/// Several messages. One that is not there is left out.
pub fn some(db: &Connection, mails: &[MailId]) -> Result<Vec<StoredMail>, StoreError> {
    mails.iter().filter_map(|id| mail(db, *id).transpose()).collect()
}

/// The message of that content, as it came or as it lies on the server.
pub fn find_by_key(db: &Connection, account: AccountId, key: Key) -> Result<Option<StoredMail>, StoreError> {
    let original = find(db, select!("WHERE mail.account_id = ?1 AND mail.content_key = ?2"), &[&account, &key])?;
    if original.is_some() {
        return Ok(original);
    }
    find(db, select!("WHERE mail.account_id = ?1 AND shape_key = ?2 AND shape_key <> x'' LIMIT 1"), &[&account, &key])
}

/// Messages of that `Message-ID` of which a marked copy lies on the server, newest first, and not too many.
pub fn marked(db: &Connection, account: AccountId, message_id: &str) -> Result<Vec<StoredMail>, StoreError> {
    let rows = db
        .prepare_cached(MARKED)
        .and_then(|mut find| find.query_map(params![account, message_id, Shape::Tagged.word()], read_mail)?.collect());
    read("read what was marked", rows)
}

/// What is on the server of each message that was replaced is in an index of its own.
const MARKED: &str = select!(
    "INDEXED BY mail_shape WHERE mail.account_id = ?1 AND shape_key <> x'' AND message_id = ?2 AND shape = ?3 ORDER BY mail.id DESC LIMIT 20"
);

/// The newest message of that fingerprint that is in the folder of `at`, under a higher number.
pub fn above(
    db: &Connection,
    account: AccountId,
    at: &Location,
    fingerprint: Fingerprint,
) -> Result<Option<StoredMail>, StoreError> {
    let sql = select!(
        "WHERE mail.account_id = ?1 AND mail.fingerprint = ?2 AND folder = ?3 AND uid_validity = ?4 AND ?5 < uid
         ORDER BY mail.id DESC LIMIT 1"
    );
    find(db, sql, &[&account, &fingerprint, &at.folder, &at.uid_validity, &at.uid])
}

/// Another copy of the same shape, with that content, lies there instead of ours.
pub fn set_copy(db: &mut Connection, mail: MailId, at: &Location, key: Key) -> Result<(), StoreError> {
    write(db, "store which copy of a message is left", |tx| {
        set_location(tx, mail, at)?;
        tx.execute("UPDATE mail SET shape_key = iif(shape = '', x'', ?2) WHERE id = ?1", params![mail.0, key])?;
        Ok(())
    })
}

/// The newest message of that fingerprint.
pub fn find_by_fingerprint(
    db: &Connection,
    account: AccountId,
    fingerprint: Fingerprint,
) -> Result<Option<StoredMail>, StoreError> {
    let sql = select!("WHERE mail.account_id = ?1 AND mail.fingerprint = ?2 ORDER BY mail.id DESC LIMIT 1");
    find(db, sql, &[&account, &fingerprint])
}

/// The message at that place. A place without a UID is nobody's.
pub fn find_by_location(db: &Connection, account: AccountId, at: &Location) -> Result<Option<StoredMail>, StoreError> {
    find(db, BY_LOCATION, &[&account, &at.folder, &at.uid_validity, &at.uid])
}

pub(super) const BY_LOCATION: &str = select!(
    "WHERE mail.account_id = ?1 AND folder = ?2 AND uid_validity = ?3 AND uid = ?4 AND uid <> 0
     ORDER BY mail.id DESC LIMIT 1"
);

/// Returns how many rows it changed: none if there is no such message.
pub(super) fn set_location(tx: &Transaction<'_>, mail: MailId, at: &Location) -> rusqlite::Result<usize> {
    tx.execute(
        "UPDATE mail SET folder = ?2, uid_validity = ?3, uid = ?4 WHERE id = ?1",
        params![mail.0, at.folder, at.uid_validity, at.uid],
    )
}

/// Another form of the message lies on the server now.
pub(super) fn set_shape(tx: &Transaction<'_>, mail: MailId, shape: Shape, key: Key) -> rusqlite::Result<()> {
    let key = if shape == Shape::Original { &[][..] } else { &key.0 };
    tx.execute("UPDATE mail SET shape = ?2, shape_key = ?3 WHERE id = ?1", params![mail.0, shape.word(), key])?;
    Ok(())
}

/// Stores where a message was found. Whether there is such a message.
pub(super) fn place(tx: &Transaction<'_>, mail: MailId, at: &Location) -> rusqlite::Result<bool> {
    let is_known = set_location(tx, mail, at)? != 0;
    // An undo returns a message to where it was before the change, which is here now. But a message found where an
    // intent wants it has most likely been brought there by that intent, just before a crash.
    tx.execute(
        "UPDATE intent SET source_folder = ?2, source_uid_validity = ?3, source_uid = ?4
         WHERE mail_id = ?1 AND finished_at = 0 AND target <> ?2",
        params![mail.0, at.folder, at.uid_validity, at.uid],
    )?;
    Ok(is_known)
}

/// The message's number and whether it is new.
pub(super) fn record(
    tx: &Transaction<'_>,
    judged: &Judged,
    at: &Location,
    advance_to: Option<u32>,
) -> Result<(MailId, bool), Fault> {
    if let Some(uid) = advance_to {
        folder::advance_in(tx, judged.account, &Location { uid, ..at.clone() })?;
    }
    let known = "SELECT id FROM mail WHERE account_id = ?1 AND content_key = ?2";
    let known =
        tx.prepare_cached(known)?.query_row((judged.account, judged.key), |row| row.get(0).map(MailId)).optional()?;
    if let Some(mail) = known {
        place(tx, mail, at)?;
        return Ok((mail, false));
    }
    insert(tx, judged, at)?;
    let mail = MailId(tx.last_insert_rowid());
    lists::note_hits(tx, mail, &judged.listed, judged.judged_at)?;
    waiting::note(tx, mail, judged.contact)?;
    fingerprints::note_verdict(tx, judged)?;
    reputation::note_verdict(tx, judged)?;
    Ok((mail, true))
}

/// The message has been judged again: what is kept of the first verdict is that of the second.
pub(super) fn set_verdict(tx: &Transaction<'_>, mail: MailId, judged: &Judged) -> rusqlite::Result<()> {
    let update =
        "UPDATE mail SET judged_at = ?2, score = ?3, class = ?4, action = ?5, probability = ?6, decided_by = ?7,
            reasons = ?8, clues = ?9, reason = ?10, proof = ?11, habits = ?12, asked = ?13, main_reason = ?14
         WHERE id = ?1";
    tx.prepare_cached(update)?.execute(params![
        mail.0,
        judged.judged_at.0,
        judged.score.thousandths(),
        judged.class.word(),
        judged.action.word(),
        judged.probability,
        judged.decided_by,
        reasons_to_json(judged)?,
        clues_to_json(judged)?,
        clip(&judged.reason),
        judged.origin.proof.word(),
        habits_to_blob(judged.origin.habits.iter().copied()),
        asked_to_json(judged)?,
        main_reason(judged),
    ])?;
    lists::note_new_hits(tx, mail, &judged.listed, judged.judged_at)?;
    fingerprints::note_verdict(tx, judged)?;
    reputation::note_new_verdict(tx, judged)
}

/// The symbol that weighed most for the class; empty if none did.
fn main_reason(judged: &Judged) -> &str {
    let counts = |reason: &&JudgedReason| match judged.class {
        Class::Ham => reason.score != Score::ZERO,
        Class::Unsure | Class::Spam => Score::ZERO < reason.score,
    };
    let heaviest = judged.reasons.iter().filter(counts).max_by_key(|reason| reason.score.thousandths().unsigned_abs());
    heaviest.map_or("", |reason| reason.symbol.as_str())
}

fn reasons_to_json(judged: &Judged) -> rusqlite::Result<String> {
    let reasons = judged.reasons.iter();
    let clipped: Vec<_> =
        reasons.map(|reason| JudgedReason { why: clip(&reason.why).to_owned(), ..reason.clone() }).collect();
    to_json(&clipped)
}

fn clues_to_json(judged: &Judged) -> rusqlite::Result<String> {
    let clues: Vec<_> = judged.clues.iter().map(|(word, probability)| (clip(word), probability)).collect();
    to_json(&clues)
}

fn asked_to_json(judged: &Judged) -> rusqlite::Result<String> {
    let asked = judged.asked.iter().take(MOST_ASKED);
    to_json(&asked.map(|(question, answer, millis)| (clip(question), clip(answer), millis)).collect::<Vec<_>>())
}

fn insert(tx: &Transaction<'_>, judged: &Judged, at: &Location) -> rusqlite::Result<()> {
    let [from_name, from_address, to, subject] =
        [&judged.from_name, &judged.from_address, &judged.to, &judged.subject].map(|text| clip(text));
    // A cut Message-ID would find nothing, or the wrong message.
    let message_id = if judged.message_id.len() <= CLIP { judged.message_id.as_str() } else { "" };
    let search_text = search_form(&format!("{from_name}\n{from_address}\n{subject}"));
    let insert = "INSERT INTO mail (account_id, content_key, fingerprint, message_id, from_name, from_address, to_text, subject,
                 search_text, received_at, judged_at, size, score, class, action, probability, decided_by, reasons, clues,
                 folder, uid_validity, uid, home, reason, keywords, proof, habits, answered_at, asked, main_reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                 ?20, ?23, ?24, ?25, ?26,
                 (SELECT coalesce(max(at), 0) FROM sent WHERE account_id = ?1 AND answers = ?27 AND answers <> x''
                     AND ?10 <= at AND ?14 <> 'spam'
                     AND NOT EXISTS (SELECT 1 FROM mail WHERE account_id = ?1 AND message_id = ?4)), ?28, ?29)";
    // Anybody can give a message the number of another: one that came after the answer, or beside the first, is not answered.
    let answered = if message_id.is_empty() { Vec::new() } else { Key::of(message_id.as_bytes()).0.to_vec() };
    tx.prepare_cached(insert)?.execute(params![
        judged.account,
        judged.key,
        judged.fingerprint,
        message_id,
        from_name,
        from_address,
        to,
        subject,
        search_text,
        judged.received_at.0,
        judged.judged_at.0,
        judged.size,
        judged.score.thousandths(),
        judged.class.word(),
        judged.action.word(),
        judged.probability,
        judged.decided_by,
        reasons_to_json(judged)?,
        clues_to_json(judged)?,
        at.folder,
        at.uid_validity,
        at.uid,
        clip(&judged.reason),
        judged.keywords.word(),
        judged.origin.proof.word(),
        habits_to_blob(judged.origin.habits.iter().copied()),
        answered,
        asked_to_json(judged)?,
        main_reason(judged),
    ])?;
    Ok(())
}

/// How text is compared in a search.
pub(super) fn search_form(text: &str) -> String {
    text.to_lowercase()
}

/// A header line may be as long as the message. A list of rows must fit into one frame to the window.
const CLIP: usize = 1000;

/// Of a message about which more is asked, the rest is more of the same.
const MOST_ASKED: usize = 150;

fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(CLIP)).unwrap_or(text)
}

fn find(db: &Connection, sql: &str, params: &[&dyn ToSql]) -> Result<Option<StoredMail>, StoreError> {
    let row = db.prepare_cached(sql).and_then(|mut find| find.query_row(params, read_mail).optional());
    read("read a judged message", row)
}

fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|err| rusqlite::Error::ToSqlConversionFailure(err.into()))
}

#[cfg(test)]
mod tests;
