//! Stores what became of a slice: lessons, the reasons for others, and that these messages are dealt with, in one step.

use rusqlite::{OptionalExtension as _, Transaction, params};
use tamis_core::{UnixTime, api::BatchId, fuzzy::Print, learn::Label, reputation::Track};

use super::{
    super::{
        AccountId, Db, Key, StoreError, batch, fingerprints,
        ids::{optional_label, word},
        intent, journal, learned, reputation,
        training::{self, LessonChange, Taught},
        transaction::{Fault, write},
    },
    Bootstrap, Next,
};
use crate::words::grouped;

/// So many doubts of each label are kept to be shown.
const DOUBTS: u32 = 50;

/// Why a message is not learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// It has come within a week, and nobody has read it.
    Unread,
    /// It is a draft, is about to be removed, or its keywords say the opposite of its folder.
    Marked,
    /// It was learned before.
    Known,
    /// The person has said something else of it.
    Otherwise,
    /// Tamis has put it where it is, or has made it.
    Own,
    /// It is gone meanwhile.
    Gone,
    /// The server does not hand it out.
    Unreadable,
    /// There are so many newer ones.
    Over,
}

impl Skip {
    pub(super) const ALL: [Self; 8] =
        [Self::Unread, Self::Marked, Self::Known, Self::Otherwise, Self::Own, Self::Gone, Self::Unreadable, Self::Over];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Marked => "marked",
            Self::Known => "known",
            Self::Otherwise => "otherwise",
            Self::Own => "own",
            Self::Gone => "gone",
            Self::Unreadable => "unreadable",
            Self::Over => "over",
        }
    }
}

/// A message that looked quite unlike the others with its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The sender.
    pub from: String,
    /// The subject.
    pub subject: String,
}

/// A message ready to be learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Its content.
    pub key: Key,
    /// Its tokens, encoded.
    pub tokens: Vec<u8>,
    /// Whose reputation it counts for.
    pub track: Track,
    /// What it is known again by.
    pub print: Print,
    /// How likely it is to be spam by what was learned before; `None` while that was too little.
    pub probability: Option<f64>,
    /// What to show of it if it is quite unlike the others.
    pub doubt: Option<Doubt>,
}

/// What has become of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It can be learned.
    Read(Box<Lesson>),
    /// It cannot, or is not to be.
    Passed(Skip),
}

/// Stores a slice. If it was given up meanwhile, or begun anew, nothing is stored. Returns what the learner has to follow.
pub fn record(
    db: &mut Db,
    account: AccountId,
    task: &Bootstrap,
    (slice, took_ms): (&[(Next, Outcome)], i64),
    now: UnixTime,
) -> Result<Vec<LessonChange>, StoreError> {
    write(db, "store what was learned", |tx| {
        let find = "SELECT batch_id FROM bootstrap WHERE account_id = ?1 AND started_at = ?2 AND state <> 'ended'";
        let found = tx.query_row(find, (account, task.started_at.0), |row| row.get::<_, Option<i64>>(0)).optional()?;
        let Some(batch) = found else { return Ok(Vec::new()) };
        let mut recording = Recording { tx, account, batch: batch.map(BatchId), now, changes: Vec::new() };
        for (next, outcome) in slice {
            recording.one(next, outcome)?;
            let delete = "DELETE FROM bootstrap_mail WHERE account_id = ?1 AND at = ?2 AND folder_id = ?3 AND uid = ?4";
            tx.prepare_cached(delete)?.execute(params![account, next.at, next.folder_id, next.uid])?;
        }
        let Recording { batch, changes, .. } = recording;
        name_batch(tx, batch)?;
        let done = u32::try_from(slice.len()).unwrap_or(u32::MAX);
        tx.execute(
            "UPDATE bootstrap SET done = done + ?2, total = max(total, done + ?2), worked_ms = worked_ms + ?3, batch_id = ?4
             WHERE account_id = ?1",
            params![account, done, took_ms, batch.map(|batch| batch.0)],
        )?;
        end_if_done(tx, account, now)?;
        Ok(changes)
    })
}

/// Counts messages under a word.
pub(super) fn tally(tx: &Transaction<'_>, account: AccountId, what: &str, messages: u32) -> rusqlite::Result<()> {
    if 0 < messages {
        tx.prepare_cached(
            "INSERT INTO bootstrap_tally (account_id, what, messages) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET messages = messages + excluded.messages",
        )?
        .execute(params![account, what, messages])?;
    }
    Ok(())
}

/// It is over when nothing is left to be dealt with.
pub(super) fn end_if_done(tx: &Transaction<'_>, account: AccountId, now: UnixTime) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE bootstrap SET state = 'ended', ended_at = ?2
         WHERE account_id = ?1 AND NOT EXISTS (SELECT 1 FROM bootstrap_mail WHERE account_id = ?1)",
        (account, now.0.max(1)),
    )?;
    Ok(())
}

/// The change says how many messages it has learned.
fn name_batch(tx: &Transaction<'_>, batch: Option<BatchId>) -> rusqlite::Result<()> {
    let Some(batch) = batch else { return Ok(()) };
    let count = "SELECT count(*) FROM learned WHERE batch_id = ?1";
    let messages: u32 = tx.prepare_cached(count)?.query_row([batch.0], |row| row.get(0))?;
    let noun = if messages == 1 { "message" } else { "messages" };
    let text = format!("learning from {} {noun} that were there", grouped(messages));
    tx.execute("UPDATE batch SET text = ?2 WHERE id = ?1", (batch.0, text))?;
    Ok(())
}

/// One slice on its way into the store.
struct Recording<'a, 'db> {
    tx: &'a Transaction<'db>,
    account: AccountId,
    batch: Option<BatchId>,
    now: UnixTime,
    changes: Vec<LessonChange>,
}

impl Recording<'_, '_> {
    fn one(&mut self, next: &Next, outcome: &Outcome) -> Result<(), Fault> {
        match outcome {
            Outcome::Passed(skip) => self.tally(skip.word())?,
            Outcome::Read(lesson) => match self.why_not(next, lesson.key)? {
                Verdict::Learn => self.learn(next, lesson)?,
                Verdict::Skip(skip) => self.tally(skip.word())?,
                Verdict::Repeated => {}
            },
        }
        Ok(())
    }

    fn tally(&self, what: &str) -> rusqlite::Result<()> {
        tally(self.tx, self.account, what, 1)
    }

    /// Whether a message is learned, and if not, why.
    fn why_not(&self, next: &Next, key: Key) -> Result<Verdict, Fault> {
        if let Some(batch) = self.batch
            && learned::is_of(self.tx, batch, key)?
        {
            // A folder was renumbered, or the same message lies there twice.
            return Ok(Verdict::Repeated);
        }
        if journal::is_of_our_making(self.tx, self.account, key)? {
            return Ok(Verdict::Skip(Skip::Own));
        }
        let find = "SELECT label, source FROM training WHERE content_key = ?1";
        let known = self
            .tx
            .prepare_cached(find)?
            .query_row([key], |row| Ok((word(row, 0, optional_label)?, row.get_ref(1)?.as_str()? == "untrain")));
        match known.optional()? {
            Some((Some(label), _)) if label == next.label => return Ok(Verdict::Skip(Skip::Known)),
            Some((Some(_), _) | (None, true)) => return Ok(Verdict::Skip(Skip::Otherwise)),
            Some((None, false)) | None => {}
        }
        Ok(self.by_its_row(next, key)?.map_or(Verdict::Learn, Verdict::Skip))
    }

    /// What speaks against it if it was judged.
    fn by_its_row(&self, next: &Next, key: Key) -> rusqlite::Result<Option<Skip>> {
        let find = "SELECT taught, held_at <> 0 OR EXISTS (SELECT 1 FROM waiting WHERE waiting.mail_id = mail.id)
                OR (reviewed_at = 0 AND action <> 'leave' AND folder <> home AND ?3 = 'spam')
            FROM mail WHERE account_id = ?1 AND content_key = ?2";
        let known = self.tx.prepare_cached(find)?.query_row(params![self.account, key, next.label.word()], |row| {
            Ok((word(row, 0, optional_label)?, row.get::<_, bool>(1)?))
        });
        Ok(match known.optional()? {
            Some((Some(label), _)) if label != next.label => Some(Skip::Otherwise),
            // Our own opinion is no lesson, and what waits for the person's word has none yet.
            Some((None, true)) => Some(Skip::Own),
            Some(_) | None => None,
        })
    }

    fn learn(&mut self, next: &Next, lesson: &Lesson) -> Result<(), Fault> {
        let batch = match self.batch {
            Some(batch) => batch,
            None => batch::insert_learning(self.tx, self.now)?,
        };
        self.batch = Some(batch);
        let taught = Taught {
            key: lesson.key,
            lesson: intent::Lesson::Learn(next.label),
            tokens: Some(&lesson.tokens),
            source: learned::SOURCE,
        };
        let Some(change) = training::apply(self.tx, &taught, self.now)? else { return Ok(()) };
        self.changes.push(change);
        fingerprints::note_lesson(self.tx, (lesson.key, &lesson.print, UnixTime(next.at)), self.now)?;
        reputation::note_lesson(self.tx, (lesson.key, &lesson.track, UnixTime(next.at)), self.now)?;
        learned::note(self.tx, batch, lesson.key, next.label)?;
        self.tally(next.label.word())?;
        let Some(probability) = lesson.probability else { return Ok(()) };
        self.tally("judged")?;
        match next.label {
            Label::Ham if 0.5 <= probability => self.tally("good_called_spam")?,
            Label::Spam if probability < 0.5 => self.tally("spam_missed")?,
            Label::Ham | Label::Spam => {}
        }
        if let Some(doubt) = &lesson.doubt {
            self.tally(if next.label == Label::Ham { "spam_elsewhere" } else { "good_in_junk" })?;
            self.doubt(next, doubt, probability)?;
        }
        Ok(())
    }

    fn doubt(&self, next: &Next, doubt: &Doubt, probability: f64) -> rusqlite::Result<()> {
        let insert =
            "INSERT INTO bootstrap_doubt (account_id, folder, label, from_text, subject, received_at, probability)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let (label, Doubt { from, subject }) = (next.label.word(), doubt);
        self.tx.prepare_cached(insert)?.execute(params![
            self.account,
            next.folder,
            label,
            from,
            subject,
            next.at,
            probability
        ])?;
        let surplus = "DELETE FROM bootstrap_doubt WHERE account_id = ?1 AND label = ?2 AND id <=
            (SELECT id FROM bootstrap_doubt WHERE account_id = ?1 AND label = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)";
        self.tx.prepare_cached(surplus)?.execute(params![self.account, label, DOUBTS])?;
        Ok(())
    }
}

/// What is to be done with a message.
enum Verdict {
    Learn,
    Skip(Skip),
    /// It has been learned just now, and is counted.
    Repeated,
}
