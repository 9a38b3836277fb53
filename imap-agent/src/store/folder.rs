//! Accounts, and how far each of their folders has been read.
//!
//! The high-water mark of a folder is the highest UID up to which everything has been judged and stored. It belongs to
//! one UIDVALIDITY: a mark of another numbering says nothing.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::UnixTime;

use super::{
    AccountId, Fingerprint, Location, StoreError, bootstrap, digest,
    transaction::{read, write},
};

/// How far a folder has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderState {
    /// The numbering the mark belongs to.
    pub uid_validity: u32,
    /// Every message up to this UID is dealt with.
    pub high_water: u32,
    /// When the folder was met first. Mail from before is not ours to judge.
    pub baseline_at: UnixTime,
    /// When everything in it was known last, to the hour.
    pub looked_at: UnixTime,
}

/// What was in a folder when it was met first.
#[derive(Clone, Copy, Debug)]
pub struct Baseline<'a> {
    /// The folder's UIDVALIDITY.
    pub uid_validity: u32,
    /// The highest UID there was.
    pub high_water: u32,
    /// Recent messages, so that they are known again if the server renumbers them.
    pub fingerprints: &'a [Fingerprint],
}

/// The number of an account, which is made if it is new. A mailbox is the same under another name.
pub fn account_id(db: &mut Connection, name: &str, host: &str, user: &str) -> Result<AccountId, StoreError> {
    write(db, "store an account", |tx| {
        let find = "SELECT id FROM account WHERE host = ?2 AND user = ?3 ORDER BY name = ?1 DESC, id DESC LIMIT 1";
        let known = tx.query_row(find, (name, host, user), |row| row.get(0).map(AccountId)).optional()?;
        if let Some(account) = known {
            tx.execute("UPDATE account SET name = ?2 WHERE id = ?1 AND name <> ?2", (account, name))?;
            return Ok(account);
        }
        tx.execute("INSERT INTO account (name, host, user) VALUES (?1, ?2, ?3)", (name, host, user))?;
        Ok(AccountId(tx.last_insert_rowid()))
    })
}

/// Remembers which folder of the account is Junk.
pub fn set_junk_folder(db: &mut Connection, account: AccountId, folder: &str) -> Result<(), StoreError> {
    write(db, "store the Junk folder", |tx| {
        tx.execute("UPDATE account SET junk_folder = ?2 WHERE id = ?1", (account, folder))?;
        Ok(())
    })
}

/// The Junk folder of the account, once known.
pub fn junk_folder(db: &Connection, account: AccountId) -> Result<Option<String>, StoreError> {
    let find = "SELECT junk_folder FROM account WHERE id = ?1 AND junk_folder <> ''";
    read("read the Junk folder", db.query_row(find, [account], |row| row.get(0)).optional())
}

/// Remembers which folder of the account is for quarantine.
pub fn set_quarantine_folder(db: &mut Connection, account: AccountId, folder: &str) -> Result<(), StoreError> {
    write(db, "store the quarantine folder", |tx| {
        tx.execute("UPDATE account SET quarantine_folder = ?2 WHERE id = ?1", (account, folder))?;
        Ok(())
    })
}

/// The quarantine folder of the account, once there was one.
pub fn quarantine_folder(db: &Connection, account: AccountId) -> Result<Option<String>, StoreError> {
    let find = "SELECT quarantine_folder FROM account WHERE id = ?1 AND quarantine_folder <> ''";
    read("read the quarantine folder", db.query_row(find, [account], |row| row.get(0)).optional())
}

/// Stops following an account: what was pending is cancelled, its mail counts as gone, and its folders are met first
/// again if it comes back. What was learned stays.
pub fn leave_account(db: &mut Connection, account: AccountId, now: UnixTime) -> Result<(), StoreError> {
    write(db, "leave an account", |tx| {
        tx.execute(
            "UPDATE intent SET finished_at = ?2, outcome = 'cancelled'
             WHERE finished_at = 0 AND mail_id IN (SELECT id FROM mail WHERE account_id = ?1)",
            (account, now.0),
        )?;
        tx.execute(
            "UPDATE mail SET folder = '', uid_validity = 0, uid = 0, held_at = 0 WHERE account_id = ?1",
            [account],
        )?;
        tx.execute("DELETE FROM folder WHERE account_id = ?1", [account])?;
        tx.execute("DELETE FROM seen WHERE account_id = ?1", [account])?;
        digest::forget(tx, account)?;
        tx.execute("DELETE FROM backfill WHERE account_id = ?1", [account])?;
        tx.execute("DELETE FROM waiting WHERE mail_id IN (SELECT id FROM mail WHERE account_id = ?1)", [account])?;
        tx.execute("DELETE FROM server WHERE account_id = ?1", [account])?;
        bootstrap::forget(tx, account)?;
        Ok(())
    })
}

/// How far a folder has been read, or `None` if it has never been met.
pub fn folder_state(db: &Connection, account: AccountId, folder: &str) -> Result<Option<FolderState>, StoreError> {
    let find =
        "SELECT uid_validity, high_water, baseline_at, looked_at FROM folder WHERE account_id = ?1 AND name = ?2";
    let found = db.query_row(find, (account, folder), |row| {
        Ok(FolderState {
            uid_validity: row.get(0)?,
            high_water: row.get(1)?,
            baseline_at: UnixTime(row.get(2)?),
            looked_at: UnixTime(row.get(3)?),
        })
    });
    read("read how far a folder was read", found.optional())
}

/// Meets a folder, for the first time or under a new numbering: what is there now is not judged. What was there at the
/// first contact stays known.
pub fn set_baseline(
    db: &mut Connection,
    account: AccountId,
    folder: &str,
    baseline: &Baseline<'_>,
    now: UnixTime,
) -> Result<(), StoreError> {
    write(db, "store the baseline of a folder", |tx| {
        tx.execute(
            "INSERT INTO folder (account_id, name, uid_validity, high_water, baseline_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account_id, name) DO UPDATE SET uid_validity = excluded.uid_validity,
                 high_water = excluded.high_water, baseline_at = excluded.baseline_at",
            params![account, folder, baseline.uid_validity, baseline.high_water, now.0],
        )?;
        let mut remember = tx.prepare("INSERT OR IGNORE INTO seen (account_id, fingerprint) VALUES (?1, ?2)")?;
        for fingerprint in baseline.fingerprints {
            remember.execute((account, fingerprint))?;
        }
        Ok(())
    })
}

/// Everything in the folder is known. Written at most once an hour: whoever looks every minute need not wake the disk.
pub fn looked(db: &mut Connection, account: AccountId, folder: &str, now: UnixTime) -> Result<(), StoreError> {
    write(db, "store when a folder was looked at", |tx| {
        tx.execute(
            "UPDATE folder SET looked_at = ?3 WHERE account_id = ?1 AND name = ?2 AND looked_at < ?3 - 3600",
            params![account, folder, now.0],
        )?;
        Ok(())
    })
}

/// Everything up to `at` is dealt with. The mark only rises, and only in its own numbering.
pub fn advance(db: &mut Connection, account: AccountId, at: &Location) -> Result<(), StoreError> {
    write(db, "advance the mark of a folder", |tx| Ok(advance_in(tx, account, at)?))
}

/// The server's UIDs went back without a new numbering: the mark falls to `at` if it is above.
pub fn lower(db: &mut Connection, account: AccountId, at: &Location) -> Result<(), StoreError> {
    write(db, "lower the mark of a folder", |tx| {
        tx.execute(
            "UPDATE folder SET high_water = ?4
             WHERE account_id = ?1 AND name = ?2 AND uid_validity = ?3 AND ?4 < high_water",
            params![account, at.folder, at.uid_validity, at.uid],
        )?;
        Ok(())
    })
}

/// Whether the message was there at first contact, or was put into Junk by others.
pub fn is_seen(db: &Connection, account: AccountId, fingerprint: Fingerprint) -> Result<bool, StoreError> {
    let find = "SELECT 1 FROM seen WHERE account_id = ?1 AND fingerprint = ?2";
    let found = db.query_row(find, (account, fingerprint), |_| Ok(())).optional();
    Ok(read("read what was seen before", found)?.is_some())
}

/// Sets the marks of folders that are only looked at. Those that are as they were are not written.
pub fn set_marks(db: &mut Connection, account: AccountId, marks: &[Location], now: UnixTime) -> Result<(), StoreError> {
    let mut new = Vec::new();
    for mark in marks {
        let known = folder_state(db, account, &mark.folder)?;
        if known.is_none_or(|known| (known.uid_validity, known.high_water) != (mark.uid_validity, mark.uid)) {
            new.push(mark);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    write(db, "store how far folders go", |tx| {
        new.iter().try_for_each(|mark| set_mark_in(tx, account, mark, now))?;
        Ok(())
    })
}

/// Sets the mark of a folder that is only looked at, for the first time or under a new numbering as well.
pub(super) fn set_mark_in(
    tx: &Transaction<'_>,
    account: AccountId,
    at: &Location,
    now: UnixTime,
) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO folder (account_id, name, uid_validity, high_water, baseline_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (account_id, name) DO UPDATE SET uid_validity = excluded.uid_validity,
             high_water = excluded.high_water",
        params![account, at.folder, at.uid_validity, at.uid, now.0],
    )?;
    Ok(())
}

pub(super) fn advance_in(tx: &Transaction<'_>, account: AccountId, at: &Location) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE folder SET high_water = ?4
         WHERE account_id = ?1 AND name = ?2 AND uid_validity = ?3 AND high_water < ?4",
        params![account, at.folder, at.uid_validity, at.uid],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        mail::find_by_key,
        testing::{NOW, VALIDITY, fresh, inbox, key, pending, record_and_intend, spam},
    };

    const BASELINE: Baseline<'_> = Baseline { uid_validity: VALIDITY, high_water: 10, fingerprints: &[] };

    #[test]
    fn the_last_look_is_written_at_most_once_an_hour() {
        let (mut db, account) = fresh();
        set_baseline(&mut db, account, "INBOX", &BASELINE, NOW).unwrap();
        let mut looked_at = |secs: i64| {
            looked(&mut db, account, "INBOX", UnixTime(NOW.0 + secs)).unwrap();
            folder_state(&db, account, "INBOX").unwrap().unwrap().looked_at.0 - NOW.0
        };
        assert_eq!([looked_at(0), looked_at(3600), looked_at(3601), looked_at(10)], [0, 0, 3601, 3601]);
    }

    #[test]
    fn an_account_keeps_its_number() {
        let (mut db, account) = fresh();
        let same = account_id(&mut db, "me", "imap.example.org", "me@example.org").unwrap();
        assert_eq!(same, account);
        let renamed = account_id(&mut db, "work", "imap.example.org", "me@example.org").unwrap();
        assert_eq!(renamed, account, "under another name it is the same mailbox");
        let other = account_id(&mut db, "me", "imap.example.net", "me@example.org").unwrap();
        assert_ne!(other, account);
    }

    #[test]
    fn the_mark_only_rises_and_only_in_its_own_numbering() {
        let (mut db, account) = fresh();
        assert_eq!(folder_state(&db, account, "INBOX").unwrap(), None);
        set_baseline(&mut db, account, "INBOX", &BASELINE, NOW).unwrap();
        for (at, want) in [
            (inbox(12), 12),
            (inbox(11), 12),
            (Location::new("INBOX", VALIDITY + 1, 50), 12),
            (Location::new("Junk", VALIDITY, 50), 12),
            (inbox(u32::MAX), u32::MAX),
        ] {
            advance(&mut db, account, &at).unwrap();
            let state = folder_state(&db, account, "INBOX").unwrap().unwrap();
            assert_eq!((state.uid_validity, state.high_water), (VALIDITY, want), "after {at:?}");
        }
    }

    #[test]
    fn the_mark_falls_only_if_told() {
        let (mut db, account) = fresh();
        set_baseline(&mut db, account, "INBOX", &BASELINE, NOW).unwrap();
        for (at, want) in [(inbox(12), 10), (Location::new("INBOX", 1, 3), 10), (inbox(3), 3)] {
            lower(&mut db, account, &at).unwrap();
            assert_eq!(folder_state(&db, account, "INBOX").unwrap().unwrap().high_water, want, "after {at:?}");
        }
    }

    #[test]
    fn a_new_numbering_keeps_what_was_there_at_first_contact() {
        let (mut db, account) = fresh();
        let old = Fingerprint::of("<old@example.org>", "1-Jan-2026", 1);
        set_baseline(&mut db, account, "INBOX", &Baseline { fingerprints: &[old, old], ..BASELINE }, NOW).unwrap();
        let renumbered = Baseline { uid_validity: 8, high_water: 5, fingerprints: &[] };
        set_baseline(&mut db, account, "INBOX", &renumbered, NOW).unwrap();
        let want = FolderState { uid_validity: 8, high_water: 5, baseline_at: NOW, looked_at: UnixTime(0) };
        assert_eq!(folder_state(&db, account, "INBOX").unwrap(), Some(want));
        assert!(is_seen(&db, account, old).unwrap());
    }

    #[test]
    fn only_what_was_there_is_seen() {
        let (mut db, account) = fresh();
        let old = Fingerprint::of("<old@example.org>", "1-Jan-2026", 1);
        set_baseline(&mut db, account, "INBOX", &Baseline { fingerprints: &[old], ..BASELINE }, NOW).unwrap();
        assert!(is_seen(&db, account, old).unwrap());
        assert!(!is_seen(&db, AccountId(2), old).unwrap());
        assert!(!is_seen(&db, account, Fingerprint::of("<new@example.org>", "1-Jan-2026", 1)).unwrap());
    }

    #[test]
    fn the_junk_folder_is_remembered() {
        let (mut db, account) = fresh();
        assert_eq!(junk_folder(&db, account).unwrap(), None);
        set_junk_folder(&mut db, account, "INBOX.Spam").unwrap();
        assert_eq!(junk_folder(&db, account).unwrap().as_deref(), Some("INBOX.Spam"));
    }

    #[test]
    fn an_account_that_was_left_is_met_first_again() {
        let (mut db, account) = fresh();
        let old = Fingerprint::of("<old@example.org>", "1-Jan-2026", 1);
        set_baseline(&mut db, account, "INBOX", &Baseline { fingerprints: &[old], ..BASELINE }, NOW).unwrap();
        record_and_intend(&mut db, &spam(account, 11), &inbox(11), "Junk", Some(11)).unwrap();
        leave_account(&mut db, account, NOW).unwrap();
        assert_eq!(pending(&db, account).unwrap(), []);
        assert_eq!(folder_state(&db, account, "INBOX").unwrap(), None);
        assert!(!is_seen(&db, account, old).unwrap());
        assert!(find_by_key(&db, account, key(11)).unwrap().unwrap().location.is_gone());
    }
}
