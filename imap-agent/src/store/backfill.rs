//! The look at mail from before the first contact: how far it has got, and what it has found.
//!
//! It goes from the newest message down. Its low-water mark is the UID from which on everything is dealt with, and falls only
//! in the transaction that stores what became of the messages above it. Like any mark it belongs to one UIDVALIDITY.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    Action, Class, UnixTime,
    api::{BackfillStatus, MailId, Steer},
};

use super::{
    AccountId, Fingerprint, Location, StoreError,
    filing::{Reserve, hold},
    ids::word,
    journal,
    mail::{Judged, StoredMail, find_by_fingerprint, find_by_key, place, record},
    transaction::{Fault, read, write},
};

const DAY_SECS: i64 = 86_400;

/// A look at older mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// How many days back.
    pub days: u32,
    /// Mail that arrived from then on is looked at.
    pub since: UnixTime,
    /// The numbering of the mark; 0 while nobody has counted the messages.
    pub uid_validity: u32,
    /// Every message from this UID on is dealt with.
    pub low_water: u32,
    /// Messages to look at.
    pub total: u32,
    /// Messages looked at.
    pub done: u32,
    /// Of these, spam.
    pub found: u32,
    /// Whether it goes on.
    pub state: State,
    /// When the person asked for it.
    pub started_at: UnixTime,
}

/// Whether a look at older mail goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Whenever there is nothing else to do.
    Running,
    /// Once the person says so.
    Paused,
    /// Never: it is done, or was given up.
    Ended,
}

impl State {
    const ALL: [Self; 3] = [Self::Running, Self::Paused, Self::Ended];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// One message of a slice.
#[derive(Clone, Debug)]
pub enum Found {
    /// Judged now. It is held if the policy wants something done with it.
    Judged(Box<Judged>, Location),
    /// The person has dealt with it long ago: judged, and left alone.
    Settled(Box<Judged>, Location),
    /// Judged before, and here now.
    Known(MailId, Location),
    /// Gone meanwhile, or not handed out.
    Passed,
}

/// Some messages next to each other, dealt with together.
#[derive(Clone, Debug)]
pub struct Slice {
    /// What became of each.
    pub found: Vec<Found>,
    /// The lowest UID of them.
    pub low_water: u32,
    /// Whether nothing is left below.
    pub is_last: bool,
}

/// The person wants it, from the newest message on, whatever was asked for before.
pub fn start(db: &mut Connection, account: AccountId, days: u32, now: UnixTime) -> Result<(), StoreError> {
    write(db, "begin a look at older mail", |tx| {
        let since = now.0.saturating_sub(i64::from(days).saturating_mul(DAY_SECS));
        tx.execute(
            "INSERT OR REPLACE INTO backfill (account_id, days, since, state, started_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![account, days, since, State::Running.word(), now.0],
        )?;
        Ok(())
    })
}

/// The person wants it to pause, go on or end. Whether there is one that has not ended.
pub fn steer(db: &mut Connection, account: AccountId, steer: Steer) -> Result<bool, StoreError> {
    let state = match steer {
        Steer::Pause => State::Paused,
        Steer::Resume => State::Running,
        Steer::Stop => State::Ended,
    };
    write(db, "steer a look at older mail", |tx| {
        let change = "UPDATE backfill SET state = ?2 WHERE account_id = ?1 AND state <> 'ended'";
        Ok(tx.execute(change, (account, state.word()))? != 0)
    })
}

/// The look that was asked for last.
pub fn backfill(db: &Connection, account: AccountId) -> Result<Option<Backfill>, StoreError> {
    let find = "SELECT days, since, uid_validity, low_water, total, done, found, state, started_at FROM backfill
        WHERE account_id = ?1";
    let found = db.prepare_cached(find).and_then(|mut find| {
        find.query_row([account], |row| {
            Ok(Backfill {
                days: row.get(0)?,
                since: UnixTime(row.get(1)?),
                uid_validity: row.get(2)?,
                low_water: row.get(3)?,
                total: row.get(4)?,
                done: row.get(5)?,
                found: row.get(6)?,
                state: word(row, 7, State::from_word)?,
                started_at: UnixTime(row.get(8)?),
            })
        })
        .optional()
    });
    read("read how far a look at older mail has got", found)
}

/// How far it has got, for the person.
pub fn progress(db: &Connection, account: AccountId) -> Result<Option<BackfillStatus>, StoreError> {
    Ok(backfill(db, account)?.map(|look| BackfillStatus {
        days: look.days,
        total: look.total,
        done: look.done,
        found: look.found,
        is_paused: look.state == State::Paused,
        is_ended: look.state == State::Ended,
    }))
}

/// Those of `uids` in the inbox of that numbering that were not judged there, lowest first.
pub fn not_judged(
    db: &Connection,
    account: AccountId,
    uid_validity: u32,
    uids: &BTreeSet<u32>,
) -> Result<Vec<u32>, StoreError> {
    let find = "SELECT uid FROM mail WHERE account_id = ?1 AND folder = 'INBOX' AND uid_validity = ?2 AND uid <> 0";
    let judged = db.prepare_cached(find).and_then(|mut find| {
        let rows = find.query_map((account, uid_validity), |row| row.get(0))?;
        rows.collect::<rusqlite::Result<BTreeSet<u32>>>()
    });
    let judged = read("read what was judged in the inbox", judged)?;
    Ok(uids.difference(&judged).copied().collect())
}

/// The messages below `low_water` were counted: so many are left. In another numbering it begins anew. Returns the look as
/// it is then; `None` if it is not the one at hand any more.
pub fn count(
    db: &mut Connection,
    account: AccountId,
    look: &Backfill,
    (uid_validity, low_water, left): (u32, u32, u32),
) -> Result<Option<Backfill>, StoreError> {
    write(db, "store how much older mail there is", |tx| {
        tx.execute(
            "UPDATE backfill SET done = iif(uid_validity = ?4, done, 0), found = iif(uid_validity = ?4, found, 0),
                 total = iif(uid_validity = ?4, done, 0) + ?6, uid_validity = ?4, low_water = ?5,
                 state = iif(?6 = 0, 'ended', state)
             WHERE account_id = ?1 AND since = ?2 AND started_at = ?3 AND state <> 'ended'",
            params![account, look.since.0, look.started_at.0, uid_validity, low_water, left],
        )?;
        let now = backfill(tx, account)?;
        Ok(now.filter(|now| (now.since, now.started_at) == (look.since, look.started_at)))
    })
}

/// Stores what became of a slice. A look that was begun anew meanwhile does not get further by it, but what was judged is
/// known.
pub fn record_slice(
    db: &mut Connection,
    account: AccountId,
    look: &Backfill,
    slice: &Slice,
    now: UnixTime,
) -> Result<(), StoreError> {
    write(db, "store a slice of older mail", |tx| {
        let mut spam = 0_u32;
        for found in &slice.found {
            let class = match found {
                Found::Judged(judged, at) => Some(record_one(tx, judged, at, false, now)?),
                Found::Settled(judged, at) => Some(record_one(tx, judged, at, true, now)?),
                Found::Known(mail, at) => {
                    place(tx, *mail, at)?;
                    super::mail::mail(tx, *mail)?.map(|known| known.judged.class)
                }
                Found::Passed => None,
            };
            spam = spam.saturating_add(u32::from(class == Some(Class::Spam)));
        }
        let done = u32::try_from(slice.found.len()).unwrap_or(u32::MAX);
        tx.execute(
            "UPDATE backfill SET low_water = ?6, done = done + ?7, found = found + ?8,
                 total = iif(?9, done + ?7, max(total, done + ?7)), state = iif(?9, 'ended', state)
             WHERE account_id = ?1 AND since = ?2 AND started_at = ?3 AND uid_validity = ?4 AND low_water = ?5",
            params![
                account,
                look.since.0,
                look.started_at.0,
                look.uid_validity,
                look.low_water,
                slice.low_water,
                done,
                spam,
                slice.is_last
            ],
        )?;
        Ok(())
    })
}

/// Which of these messages of the inbox were judged in another numbering, by their fingerprints.
///
/// The fingerprint alone is enough only if the other is nowhere in the numbering at hand: there may be two of one.
pub fn renumbered(
    db: &Connection,
    account: AccountId,
    uid_validity: u32,
    prints: &BTreeMap<u32, Fingerprint>,
) -> Result<BTreeMap<u32, MailId>, StoreError> {
    let mut known = BTreeMap::new();
    for (uid, print) in prints {
        let alike = find_by_fingerprint(db, account, *print)?;
        let is_old = |mail: &StoredMail| mail.location.folder == "INBOX" && mail.location.uid_validity != uid_validity;
        known.extend(alike.filter(is_old).map(|mail| (*uid, mail.id)));
    }
    Ok(known)
}

/// Stores one message. Returns what it was judged to be, now or before.
fn record_one(
    tx: &Transaction<'_>,
    judged: &Judged,
    at: &Location,
    is_settled: bool,
    now: UnixTime,
) -> Result<Class, Fault> {
    if journal::is_of_our_making(tx, judged.account, judged.key)? {
        // A copy of ours is about to take the place of its original, which is known.
        return Ok(Class::Ham);
    }
    if let Some(known) = find_by_key(tx, judged.account, judged.key)? {
        place(tx, known.id, at)?;
        return Ok(known.judged.class);
    }
    let (mail, _) = record(tx, judged, at, None)?;
    hold(tx, mail, Reserve::Backfill, (judged.action != Action::Leave).then_some(judged.judged_at))?;
    if is_settled {
        tx.execute("UPDATE mail SET reviewed_at = ?2 WHERE id = ?1", params![mail.0, journal::finished_at(now)])?;
    }
    Ok(judged.class)
}

#[cfg(test)]
mod tests;
