//! What others have put into Junk: another Tamis on the same mailbox, or the server's own filter.
//!
//! It is remembered so that it is left alone if the person takes it out again. What we know ourselves is known by its
//! content and not remembered here: an identical second message would pass for it.

use rusqlite::{Connection, Transaction, params};
use tamis_core::UnixTime;

use super::{AccountId, Fingerprint, Location, StoreError, folder::set_mark_in, transaction::write};

/// What is older has an old date, and is left alone for that. The rest of the time is for those who let it be judged.
const KEPT_SECS: i64 = 60 * 86_400;

/// Remembers messages that were met in another folder, by their UIDs and fingerprints. `mark` is the highest UID of that
/// folder up to which all are dealt with.
pub fn remember(
    db: &mut Connection,
    account: AccountId,
    mark: &Location,
    messages: &[(u32, Fingerprint)],
    now: UnixTime,
) -> Result<(), StoreError> {
    write(db, "remember what is in Junk", |tx| {
        set_mark_in(tx, account, mark, now)?;
        for (uid, fingerprint) in messages {
            let at = Location { uid: *uid, ..mark.clone() };
            if !is_ours(tx, account, &at, *fingerprint)? {
                tx.prepare_cached(
                    "INSERT INTO seen (account_id, fingerprint, at) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET at = excluded.at WHERE at <> 0",
                )?
                .execute((account, fingerprint, now.0.max(1)))?;
            }
        }
        tx.execute("DELETE FROM seen WHERE at <> 0 AND at < ?1", [now.0 - KEPT_SECS])?;
        Ok(())
    })
}

fn is_ours(
    tx: &Transaction<'_>,
    account: AccountId,
    at: &Location,
    fingerprint: Fingerprint,
) -> rusqlite::Result<bool> {
    let find = "SELECT EXISTS (SELECT 1 FROM mail WHERE account_id = ?1 AND fingerprint = ?2)
        OR EXISTS (SELECT 1 FROM mail WHERE account_id = ?1 AND folder = ?3 AND uid_validity = ?4 AND uid = ?5)";
    tx.prepare_cached(find)?
        .query_row(params![account, fingerprint, at.folder, at.uid_validity, at.uid], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        folder::{Baseline, folder_state, is_seen, set_baseline},
        mail::relocate,
        testing::{NOW, VALIDITY, fresh, judged, junk, left},
    };

    const DAY: i64 = 86_400;

    fn stranger(n: u32) -> Fingerprint {
        Fingerprint::of(&format!("<stranger-{n}@example.org>"), "1-Jan-2026", 0)
    }

    #[test]
    fn what_others_have_filed_is_remembered_and_what_we_know_is_not() {
        let (mut db, account) = fresh();
        let known = left(&mut db, account, 1);
        left(&mut db, account, 2);
        relocate(&mut db, known, &junk(5)).unwrap();
        let by_name = judged(account, 2).fingerprint;
        remember(&mut db, account, &junk(9), &[(5, stranger(5)), (6, by_name), (7, stranger(7))], NOW).unwrap();
        let seen = [stranger(5), by_name, stranger(7)].map(|one| is_seen(&db, account, one).unwrap());
        assert_eq!(seen, [false, false, true]);
        let state = folder_state(&db, account, "Junk").unwrap().unwrap();
        assert_eq!((state.uid_validity, state.high_water), (VALIDITY, 9));
    }

    #[test]
    fn it_is_forgotten_after_sixty_days_and_what_was_there_first_never() {
        let (mut db, account) = fresh();
        let first = Baseline { uid_validity: VALIDITY, high_water: 1, fingerprints: &[stranger(1)] };
        set_baseline(&mut db, account, "INBOX", &first, NOW).unwrap();
        remember(&mut db, account, &junk(1), &[(1, stranger(1)), (2, stranger(2)), (3, stranger(3))], NOW).unwrap();
        let later = |days: i64| UnixTime(NOW.0 + days * DAY);
        remember(&mut db, account, &junk(3), &[(3, stranger(3))], later(30)).unwrap();
        let seen = |db: &Connection| [1, 2, 3].map(|n| is_seen(db, account, stranger(n)).unwrap());
        remember(&mut db, account, &junk(4), &[], later(60)).unwrap();
        assert_eq!(seen(&db), [true, true, true]);
        remember(&mut db, account, &junk(5), &[], later(61)).unwrap();
        assert_eq!(seen(&db), [true, false, true]);
        remember(&mut db, account, &junk(6), &[], later(91)).unwrap();
        assert_eq!(seen(&db), [true, false, false]);
    }
}
