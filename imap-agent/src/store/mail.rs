//! Judged mail: one row per message, whatever folder it wanders to.

use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, Transaction, params};
use serde::{Deserialize, Serialize};
use tamis_core::{
    Action, Class, Score, UnixTime,
    api::{MailId, MailRow, Reason},
    learn::Label,
};

use super::{
    AccountId, Fingerprint, IntentId, Key, Location, StoreError, folder,
    ids::word,
    journal::{self, Kind},
    transaction::{Fault, read, write},
};

/// Every column of a mail, in the order [`read_mail`] wants them, and what follows `FROM`.
macro_rules! select {
    ($($rest:expr),+) => {
        concat!(
            "SELECT mail.id, mail.account_id, \
             (SELECT name FROM account WHERE account.id = mail.account_id), content_key, fingerprint, message_id, from_name, \
             from_address, to_text, subject, received_at, judged_at, size, score, class, action, probability, \
             decided_by, reasons, clues, folder, uid_validity, uid, home, taught, reviewed_at \
             FROM mail ",
            $($rest),+
        )
    };
}
pub(super) use select;

/// What is kept of a message and its verdict.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_field_names, reason = "`judged_at` is the word of the design")]
pub struct Judged {
    /// Whose mail it is.
    pub account: AccountId,
    /// Names its content.
    pub key: Key,
    /// Names it on the server.
    pub fingerprint: Fingerprint,
    /// `Message-ID`, empty if there is none.
    pub message_id: String,
    /// The sender's name, or the address.
    pub from_name: String,
    /// The sender's address, empty if there is none.
    pub from_address: String,
    /// `To`, as text.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it arrived.
    pub received_at: UnixTime,
    /// When it was judged.
    pub judged_at: UnixTime,
    /// Bytes.
    pub size: u32,
    /// The sum.
    pub score: Score,
    /// The class.
    pub class: Class,
    /// What the policy said.
    pub action: Action,
    /// The learner's probability of spam, 0 to 1.
    pub probability: Option<f64>,
    /// What settled the class.
    pub decided_by: String,
    /// Every finding.
    pub reasons: Vec<JudgedReason>,
    /// The learner's words and how much each says spam, 0 to 1.
    pub clues: Vec<(String, f64)>,
}

/// One finding as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedReason {
    /// The symbol.
    pub symbol: String,
    /// What the symbol means.
    pub about: String,
    /// What in this message raised it.
    pub why: String,
    /// Points.
    #[serde(with = "as_thousandths", rename = "thousandths")]
    pub score: Score,
}

/// A judged message and what has become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredMail {
    /// Its number.
    pub id: MailId,
    /// The account's name.
    pub account_name: String,
    /// What was kept.
    pub judged: Judged,
    /// Where it is now.
    pub location: Location,
    /// The folder it was in when it was judged.
    pub home: String,
    /// What the person has said it is.
    pub taught: Option<Label>,
    /// When the person dealt with it; 0 if never.
    pub reviewed_at: UnixTime,
}

impl StoredMail {
    /// The row for a list. Its folder is named as the server spells it.
    pub fn row(&self) -> MailRow {
        let mail = &self.judged;
        let main = self.sorted().filter(|reason| reason.score != Score::ZERO).take(3);
        MailRow {
            id: self.id,
            account: self.account_name.clone(),
            from_name: mail.from_name.clone(),
            from_address: mail.from_address.clone(),
            subject: mail.subject.clone(),
            received_at: mail.received_at.0,
            class: mail.class.word().to_owned(),
            score: mail.score.points(),
            probability: mail.probability,
            folder: self.location.folder.clone(),
            uid: self.location.uid,
            taught: self.taught.map(|label| label.word().to_owned()),
            reasons: main
                .map(|reason| if reason.why.is_empty() { &reason.about } else { &reason.why }.clone())
                .collect(),
        }
    }

    /// Every finding, heaviest first.
    pub fn reasons(&self) -> Vec<Reason> {
        let reason = |reason: &JudgedReason| Reason {
            symbol: reason.symbol.clone(),
            about: reason.about.clone(),
            why: reason.why.clone(),
            score: reason.score.points(),
        };
        self.sorted().map(reason).collect()
    }

    fn sorted(&self) -> impl Iterator<Item = &JudgedReason> {
        let mut reasons: Vec<_> = self.judged.reasons.iter().collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.score.thousandths().unsigned_abs()));
        reasons.into_iter()
    }
}

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

/// Stores a message and the intention to file it in `target`, in one step.
///
/// A message that is known by its key is not filed again, and there is no intent: wherever it came from, the first
/// verdict and the person's word stand.
pub fn record_and_intend(
    db: &mut Connection,
    judged: &Judged,
    at: &Location,
    target: &str,
    advance_to: Option<u32>,
) -> Result<(MailId, Option<IntentId>), StoreError> {
    write(db, "store a judged message", |tx| {
        let (mail, is_new) = record(tx, judged, at, advance_to)?;
        if !is_new {
            return Ok((mail, None));
        }
        let intent = journal::insert(
            tx,
            &journal::NewIntent { mail, batch: None, undoes: None, kind: Kind::File, target, lesson: None },
            judged.judged_at,
        )?;
        Ok((mail, Some(intent)))
    })
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

/// The message of that content.
pub fn find_by_key(db: &Connection, account: AccountId, key: Key) -> Result<Option<StoredMail>, StoreError> {
    find(db, select!("WHERE mail.account_id = ?1 AND mail.content_key = ?2"), &[&account, &key])
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

pub(super) fn read_mail(row: &Row<'_>) -> rusqlite::Result<StoredMail> {
    let judged = Judged {
        account: AccountId(row.get(1)?),
        key: row.get(3)?,
        fingerprint: row.get(4)?,
        message_id: row.get(5)?,
        from_name: row.get(6)?,
        from_address: row.get(7)?,
        to: row.get(8)?,
        subject: row.get(9)?,
        received_at: UnixTime(row.get(10)?),
        judged_at: UnixTime(row.get(11)?),
        size: row.get(12)?,
        score: Score::from_thousandths(row.get(13)?),
        class: word(row, 14, class_from_word)?,
        action: word(row, 15, Action::from_word)?,
        probability: row.get(16)?,
        decided_by: row.get(17)?,
        reasons: from_json(row, 18)?,
        clues: from_json(row, 19)?,
    };
    Ok(StoredMail {
        id: MailId(row.get(0)?),
        account_name: row.get(2)?,
        judged,
        location: Location::read(row, 20)?,
        home: row.get(23)?,
        taught: word(row, 24, optional_label)?,
        reviewed_at: UnixTime(row.get(25)?),
    })
}

/// Reads a label column, where empty means none.
#[expect(clippy::option_option, reason = "the outer one says whether the word is known at all")]
pub(super) fn optional_label(word: &str) -> Option<Option<Label>> {
    if word.is_empty() { Some(None) } else { Label::from_word(word).map(Some) }
}

/// Returns how many rows it changed: none if there is no such message.
pub(super) fn set_location(tx: &Transaction<'_>, mail: MailId, at: &Location) -> rusqlite::Result<usize> {
    tx.execute(
        "UPDATE mail SET folder = ?2, uid_validity = ?3, uid = ?4 WHERE id = ?1",
        params![mail.0, at.folder, at.uid_validity, at.uid],
    )
}

/// Stores where a message was found. Whether there is such a message.
fn place(tx: &Transaction<'_>, mail: MailId, at: &Location) -> rusqlite::Result<bool> {
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
fn record(
    tx: &Transaction<'_>,
    judged: &Judged,
    at: &Location,
    advance_to: Option<u32>,
) -> Result<(MailId, bool), Fault> {
    if let Some(uid) = advance_to {
        folder::advance_in(tx, judged.account, &Location { uid, ..at.clone() })?;
    }
    let known = "SELECT id FROM mail WHERE account_id = ?1 AND content_key = ?2";
    let known = tx.query_row(known, (judged.account, judged.key), |row| row.get(0).map(MailId)).optional()?;
    if let Some(mail) = known {
        place(tx, mail, at)?;
        return Ok((mail, false));
    }
    insert(tx, judged, at)?;
    Ok((MailId(tx.last_insert_rowid()), true))
}

fn insert(tx: &Transaction<'_>, judged: &Judged, at: &Location) -> rusqlite::Result<()> {
    let [from_name, from_address, to, subject] =
        [&judged.from_name, &judged.from_address, &judged.to, &judged.subject].map(|text| clip(text));
    // A cut Message-ID would find nothing, or the wrong message.
    let message_id = if judged.message_id.len() <= CLIP { judged.message_id.as_str() } else { "" };
    let search_text = search_form(&format!("{from_name}\n{from_address}\n{subject}"));
    let reasons: Vec<_> = judged
        .reasons
        .iter()
        .map(|reason| JudgedReason { why: clip(&reason.why).to_owned(), ..reason.clone() })
        .collect();
    let clues: Vec<_> = judged.clues.iter().map(|(word, probability)| (clip(word), probability)).collect();
    tx.execute(
        "INSERT INTO mail (account_id, content_key, fingerprint, message_id, from_name, from_address, to_text, subject,
             search_text, received_at, judged_at, size, score, class, action, probability, decided_by, reasons, clues,
             folder, uid_validity, uid, home)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
             ?20)",
        params![
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
            to_json(&reasons)?,
            to_json(&clues)?,
            at.folder,
            at.uid_validity,
            at.uid,
        ],
    )?;
    Ok(())
}

/// How text is compared in a search.
pub(super) fn search_form(text: &str) -> String {
    text.to_lowercase()
}

/// A header line may be as long as the message. A list of rows must fit into one frame to the window.
const CLIP: usize = 1000;

fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(CLIP)).unwrap_or(text)
}

fn find(db: &Connection, sql: &str, params: &[&dyn ToSql]) -> Result<Option<StoredMail>, StoreError> {
    let row = db.prepare_cached(sql).and_then(|mut find| find.query_row(params, read_mail).optional());
    read("read a judged message", row)
}

fn class_from_word(word: &str) -> Option<Class> {
    [Class::Ham, Class::Unsure, Class::Spam].into_iter().find(|class| class.word() == word)
}

fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|err| rusqlite::Error::ToSqlConversionFailure(err.into()))
}

fn from_json<T: for<'de> Deserialize<'de>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|err| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, err.into()))
}

mod as_thousandths {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use tamis_core::Score;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(score: &Score, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i32(score.thousandths())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Score, D::Error> {
        i32::deserialize(from).map(Score::from_thousandths)
    }
}

#[cfg(test)]
mod tests;
