//! How mail has turned out, by sender and by relay.
//!
//! Each content counts once, as what the person says of it, or else as read and let be, or else as our verdict. When that
//! changes, the count moves from one column to the other, in the transaction of the verdict or the word that changed it: so
//! what is counted is at any time what the rows of messages say. Weeks that are too old to count are dropped.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use tamis_core::{
    Class, UnixTime,
    learn::Label,
    reputation::{Fate, Network, Record, Subject, Tally, Track, WEEK_SECS, week_of},
};

use super::{
    AccountId, Key, Location, StoreError, fingerprints,
    ids::{optional_label, word},
    mail::Judged,
    transaction::{read, write},
};

/// So many messages are looked at in one go for having been read.
const MOST_UNREAD: u32 = 2000;

/// How the mail of these has turned out, as far as anything is known.
pub fn known(db: &Connection, subjects: &[Subject]) -> Result<BTreeMap<Subject, Record>, StoreError> {
    read("read a reputation", of(db, subjects))
}

pub(super) fn of(db: &Connection, subjects: &[Subject]) -> rusqlite::Result<BTreeMap<Subject, Record>> {
    let mut known = BTreeMap::new();
    let mut find = db.prepare_cached(OF_SUBJECT)?;
    for subject in subjects {
        let mut rows = find.query((subject.kind(), subject.name()))?;
        while let Some(row) = rows.next()? {
            add_week(known.entry(subject.clone()).or_default(), row)?;
        }
    }
    Ok(known)
}

const OF_SUBJECT: &str =
    "SELECT week, said_ham, said_spam, was_read, judged_ham, judged_unsure, judged_spam, first_at, last_at
    FROM reputation WHERE kind = ?1 AND name = ?2 ORDER BY week";

/// How the mail of all of these kinds ([`Subject::KINDS`]) has turned out.
pub fn all(db: &Connection, kinds: &[&str]) -> Result<BTreeMap<Subject, Record>, StoreError> {
    read("read the reputations", all_of(db, kinds))
}

pub(super) fn all_of(db: &Connection, kinds: &[&str]) -> rusqlite::Result<BTreeMap<Subject, Record>> {
    let find =
        "SELECT week, said_ham, said_spam, was_read, judged_ham, judged_unsure, judged_spam, first_at, last_at, name
        FROM reputation WHERE kind = ?1 ORDER BY name, week";
    let mut known = BTreeMap::new();
    let mut find = db.prepare(find)?;
    for kind in kinds {
        let mut rows = find.query([kind])?;
        while let Some(row) = rows.next()? {
            // What a newer version has written cannot be shown.
            if let Some(subject) = Subject::parse(kind, row.get_ref(9)?.as_str().unwrap_or_default()) {
                add_week(known.entry(subject).or_default(), row)?;
            }
        }
    }
    Ok(known)
}

/// The same of whoever writes under an address, proven or by any habit.
pub(super) fn of_address(db: &Connection, address: &str) -> rusqlite::Result<BTreeMap<Subject, Record>> {
    let mut known = BTreeMap::new();
    let mut find = db.prepare_cached(OF_ADDRESS)?;
    // The number of a habit stands behind a space, and `!` is the next character.
    let mut rows = find.query((address, format!("{address} "), format!("{address}!")))?;
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(10)?.as_str().unwrap_or_default();
        if let Some(subject) = Subject::parse(kind, row.get_ref(9)?.as_str().unwrap_or_default()) {
            add_week(known.entry(subject).or_default(), row)?;
        }
    }
    Ok(known)
}

pub(super) const OF_ADDRESS: &str =
    "SELECT week, said_ham, said_spam, was_read, judged_ham, judged_unsure, judged_spam, first_at, last_at, name, kind
    FROM reputation WHERE kind = 'address' AND name = ?1
    UNION ALL
    SELECT week, said_ham, said_spam, was_read, judged_ham, judged_unsure, judged_spam, first_at, last_at, name, kind
    FROM reputation WHERE kind = 'habit' AND name >= ?2 AND name < ?3";

fn add_week(record: &mut Record, row: &Row<'_>) -> rusqlite::Result<()> {
    let tally = Tally {
        said_ham: row.get(1)?,
        said_spam: row.get(2)?,
        read: row.get(3)?,
        judged_ham: row.get(4)?,
        judged_unsure: row.get(5)?,
        judged_spam: row.get(6)?,
    };
    record.weeks.insert(row.get(0)?, tally);
    let (first, last) = (UnixTime(row.get(7)?), UnixTime(row.get(8)?));
    record.first_seen = Some(record.first_seen.map_or(first, |known| known.min(first)));
    record.last_seen = record.last_seen.max(Some(last));
    Ok(())
}

/// Messages from files that are about to be learned, with whom they count for and when they arrived. By itself that counts
/// for nobody: the lesson does.
pub fn meet(db: &mut Connection, met: &[(Key, Track, UnixTime)], now: UnixTime) -> Result<(), StoreError> {
    write(db, "store whom messages are from", |tx| {
        for (key, track, at) in met {
            insert(tx, (*key, track, *at), "", now)?;
        }
        Ok(())
    })
}

/// A message that was there was learned.
pub(super) fn note_lesson(
    tx: &Transaction<'_>,
    (key, track, at): (Key, &Track, UnixTime),
    now: UnixTime,
) -> rusqlite::Result<()> {
    insert(tx, (key, track, at), "", now)?;
    follow(tx, key)
}

/// A message was judged for the first time.
pub(super) fn note_verdict(tx: &Transaction<'_>, judged: &Judged) -> rusqlite::Result<()> {
    let Judged { key, track, received_at, class, judged_at, .. } = judged;
    insert(tx, (*key, track, *received_at), class.word(), *judged_at)?;
    follow(tx, *key)
}

/// A message was judged again.
pub(super) fn note_new_verdict(tx: &Transaction<'_>, judged: &Judged) -> rusqlite::Result<()> {
    let update = "UPDATE counted SET judged = ?2 WHERE content_key = ?1";
    tx.prepare_cached(update)?.execute((judged.key, judged.class.word()))?;
    follow(tx, judged.key)
}

fn insert(
    tx: &Transaction<'_>,
    (key, track, at): (Key, &Track, UnixTime),
    judged: &str,
    now: UnixTime,
) -> rusqlite::Result<()> {
    // Who dates a message in the future gains nothing by it.
    let at = at.min(now);
    let oldest = week_of(now).saturating_sub(Record::FORGOTTEN_WEEKS);
    if track.is_empty() || week_of(at) < oldest {
        return Ok(());
    }
    forget(tx, week_of(now), oldest)?;
    let sender = track.sender.as_ref();
    let insert = "INSERT INTO counted (content_key, sender_kind, sender, relay, arrived_at, judged)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET judged = excluded.judged WHERE judged = ''";
    tx.prepare_cached(insert)?
        .execute(params![
            key,
            sender.map_or("", Subject::kind),
            sender.map(Subject::name).unwrap_or_default(),
            track.relay.map(|relay| relay.to_string()).unwrap_or_default(),
            at.0,
            judged,
        ])
        .map(drop)
}

/// Drops what is too old to count, at the first message of a week.
fn forget(tx: &Transaction<'_>, week: i64, oldest: i64) -> rusqlite::Result<()> {
    if tx.prepare_cached("SELECT 1 FROM reputation WHERE week = ?1 LIMIT 1")?.exists([week])? {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM reputation WHERE week < ?1")?.execute([oldest])?;
    let since = oldest.saturating_mul(WEEK_SECS);
    tx.prepare_cached("DELETE FROM counted WHERE arrived_at < ?1")?.execute([since]).map(drop)
}

/// The person has said something of a content, or taken it back, or it was read: it is counted as what it is now.
pub(super) fn follow(tx: &Transaction<'_>, key: Key) -> rusqlite::Result<()> {
    fingerprints::follow(tx, key)?;
    let find =
        "SELECT sender_kind, sender, relay, arrived_at, judged, read_at <> 0, fate FROM counted WHERE content_key = ?1";
    let found = tx.prepare_cached(find)?.query_row([key], read_counted).optional()?;
    let Some(counted) = found else { return Ok(()) };
    let now = counted.fate_now(said(tx, key)?);
    if now == counted.fate {
        return Ok(());
    }
    let change = [(counted.fate, -1), (now, 1)];
    for subject in counted.track.subjects() {
        change_week(tx, &subject, counted.at, change)?;
    }
    tx.prepare_cached("UPDATE counted SET fate = ?2 WHERE content_key = ?1")?
        .execute((key, now.map_or("", column)))
        .map(drop)
}

/// What the person says of a content.
pub(super) fn said(tx: &Transaction<'_>, key: Key) -> rusqlite::Result<Option<Label>> {
    tx.prepare_cached(SAID)?.query_row([key], |row| word(row, 0, optional_label))
}

/// What the person says of a content: the newest word about any copy of it, or else what was learned.
const SAID: &str = "SELECT coalesce(
        (SELECT taught FROM mail WHERE account_id IN (SELECT account.id FROM account) AND content_key = ?1 AND taught <> ''
         ORDER BY reviewed_at DESC LIMIT 1),
        (SELECT label FROM training WHERE content_key = ?1), '')";

/// A row of `counted`.
struct Counted {
    track: Track,
    at: UnixTime,
    judged: Option<Class>,
    is_read: bool,
    fate: Option<Fate>,
}

fn read_counted(row: &Row<'_>) -> rusqlite::Result<Counted> {
    let (kind, name) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
    let track = Track { sender: Subject::parse(kind, name), relay: Network::parse(row.get_ref(2)?.as_str()?) };
    let judged = row.get_ref(4)?.as_str()?;
    let fate = row.get_ref(6)?.as_str()?;
    Ok(Counted {
        track,
        at: UnixTime(row.get(3)?),
        judged: [Class::Ham, Class::Unsure, Class::Spam].into_iter().find(|class| class.word() == judged),
        is_read: row.get(5)?,
        fate: FATES.into_iter().find(|known| column(*known) == fate),
    })
}

impl Counted {
    fn fate_now(&self, said: Option<Label>) -> Option<Fate> {
        match (said, self.judged) {
            (Some(label), _) => Some(Fate::Said(label)),
            (None, Some(Class::Spam)) => Some(Fate::JudgedSpam),
            (None, Some(_)) if self.is_read => Some(Fate::Read),
            (None, Some(Class::Ham)) => Some(Fate::JudgedHam),
            (None, Some(Class::Unsure)) => Some(Fate::JudgedUnsure),
            (None, None) => None,
        }
    }
}

const FATES: [Fate; 6] = [
    Fate::Said(Label::Ham),
    Fate::Said(Label::Spam),
    Fate::Read,
    Fate::JudgedHam,
    Fate::JudgedUnsure,
    Fate::JudgedSpam,
];

const fn column(fate: Fate) -> &'static str {
    match fate {
        Fate::Said(Label::Ham) => "said_ham",
        Fate::Said(Label::Spam) => "said_spam",
        Fate::Read => "was_read",
        Fate::JudgedHam => "judged_ham",
        Fate::JudgedUnsure => "judged_unsure",
        Fate::JudgedSpam => "judged_spam",
    }
}

fn change_week(
    tx: &Transaction<'_>,
    subject: &Subject,
    at: UnixTime,
    change: [(Option<Fate>, i64); 2],
) -> rusqlite::Result<()> {
    let by = |fate: Fate| -> i64 { change.iter().filter(|(of, _)| *of == Some(fate)).map(|(_, by)| by).sum() };
    let [said_ham, said_spam, was_read, judged_ham, judged_unsure, judged_spam] = FATES.map(by);
    let (kind, name, week) = (subject.kind(), subject.name(), week_of(at));
    let count = "INSERT INTO reputation (kind, name, week, said_ham, said_spam, was_read, judged_ham, judged_unsure,
            judged_spam, first_at, last_at)
        VALUES (?1, ?2, ?3, max(?4, 0), max(?5, 0), max(?6, 0), max(?7, 0), max(?8, 0), max(?9, 0), ?10, ?10)
        ON CONFLICT DO UPDATE SET said_ham = max(said_ham + ?4, 0), said_spam = max(said_spam + ?5, 0),
            was_read = max(was_read + ?6, 0), judged_ham = max(judged_ham + ?7, 0),
            judged_unsure = max(judged_unsure + ?8, 0), judged_spam = max(judged_spam + ?9, 0),
            first_at = min(first_at, ?10), last_at = max(last_at, ?10)";
    tx.prepare_cached(count)?.execute(params![
        kind,
        name,
        week,
        said_ham,
        said_spam,
        was_read,
        judged_ham,
        judged_unsure,
        judged_spam,
        at.0
    ])?;
    let drop_empty = "DELETE FROM reputation WHERE kind = ?1 AND name = ?2 AND week = ?3
        AND said_ham + said_spam + was_read + judged_ham + judged_unsure + judged_spam = 0";
    tx.prepare_cached(drop_empty)?.execute(params![kind, name, week]).map(drop)
}

/// What lies unsaid in that folder, not as spam, and arrived in that time: its numbers there, and what it is. It may have
/// been read by now.
pub fn perhaps_read(
    db: &Connection,
    account: AccountId,
    folder: &Location,
    (since, until): (UnixTime, UnixTime),
) -> Result<BTreeMap<u32, Key>, StoreError> {
    let found = db.prepare_cached(PERHAPS_READ).and_then(|mut find| {
        let params = params![account, folder.folder, folder.uid_validity, since.0, until.0, MOST_UNREAD];
        find.query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    });
    read("read what may have been read", found)
}

const PERHAPS_READ: &str = "SELECT mail.uid, mail.content_key FROM mail
    JOIN counted ON counted.content_key = mail.content_key AND counted.read_at = 0
        AND counted.fate IN ('judged_ham', 'judged_unsure')
    WHERE mail.account_id = ?1 AND mail.folder = ?2 AND mail.uid_validity = ?3 AND mail.uid <> 0
        AND mail.received_at BETWEEN ?4 AND ?5
    ORDER BY mail.uid DESC LIMIT ?6";

/// The person has read these, and they lie where they lay.
pub fn note_read(db: &mut Connection, keys: &[Key], now: UnixTime) -> Result<(), StoreError> {
    write(db, "write down what was read", |tx| {
        for key in keys {
            tx.prepare_cached("UPDATE counted SET read_at = ?2 WHERE content_key = ?1 AND read_at = 0")?
                .execute((key, now.0.max(1)))?;
            follow(tx, *key)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
