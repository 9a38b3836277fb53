//! Whom the person has written to, and under which addresses.
//!
//! What is known of a peer is counted when it is asked: how often the person wrote is a row of its own, and what came back
//! and what became of it is in the rows of judged mail.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    api::BatchId,
    mail::Address,
    reputation::{Habit, Peer},
};

use super::{
    AccountId, Key, StoreError,
    transaction::{read, write},
};

/// Habits are read of so many of the newest answered messages of a peer.
const MOST_ANSWERED: u32 = 50;

/// An address that the provider has delivered so many messages to is the person's.
pub(super) const DELIVERIES: u32 = 3;

/// A domain of which every address arrives here brings many; so many are remembered of an account.
const MOST_IDENTITIES: u32 = 1000;

/// A peer in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The address, in lower case.
    pub address: String,
    /// What is known.
    pub peer: Peer,
}

/// What is known of the owner of an address, as it looks from an account; `None` if that is no peer.
pub fn peer(db: &Connection, account: AccountId, address: &str) -> Result<Option<Peer>, StoreError> {
    read("read what is known of a sender", known(db, account, address))
}

/// What is known of the owner of an address, as it looks from the account from which the person wrote there.
pub(super) fn known_anywhere(db: &Connection, address: &str) -> rusqlite::Result<Option<Peer>> {
    let find = "SELECT coalesce(max(account_id), 0) FROM peer WHERE address = ?1";
    let account = db.prepare_cached(find)?.query_row([address], |row| row.get(0).map(AccountId))?;
    known(db, account, address)
}

fn known(db: &Connection, account: AccountId, address: &str) -> rusqlite::Result<Option<Peer>> {
    let time = |at: Option<i64>| at.filter(|at| *at != 0).map(UnixTime);
    let (written, last_written): (Option<u32>, Option<i64>) = db
        .prepare_cached("SELECT sum(written), max(last_written) FROM peer WHERE address = ?1")?
        .query_row([address], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let listed_at: Option<i64> = db
        .prepare_cached("SELECT listed_at FROM contact WHERE address = ?1")?
        .query_row([address], |row| row.get(0))
        .optional()?;
    if written.is_none() && listed_at.is_none() {
        return Ok(None);
    }
    let mut peer = Peer {
        written: written.unwrap_or(0),
        last_written: time(last_written),
        listed_at: listed_at.map(UnixTime),
        ..Peer::default()
    };
    // What looks like spam and has no proof is most likely not theirs, and says nothing about how they usually write.
    let counted = "SELECT count(*) FILTER (WHERE answered_at <> 0),
            max(reviewed_at) FILTER (WHERE taught = 'spam' AND decided_by = 'peer'),
            count(*) FILTER (WHERE account_id = ?2 AND proof = 'given' AND taught <> 'spam'),
            count(*) FILTER (WHERE account_id = ?2 AND proof IN ('missing', 'refuted') AND taught <> 'spam'
                AND (class = 'ham' OR taught = 'ham' OR answered_at <> 0))
        FROM mail WHERE lower(from_address) = ?1";
    let refused_at;
    (peer.replied, refused_at, peer.proven, peer.unproven) = db
        .prepare_cached(counted)?
        .query_row(params![address, account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    peer.refused_at = time(refused_at);
    // What the person answered is theirs, even if it looked like spam.
    let habits = "SELECT habits FROM mail WHERE lower(from_address) = ?1 AND account_id = ?2 AND answered_at <> 0
            AND proof IN ('unsaid', 'missing') AND taught <> 'spam' ORDER BY id DESC LIMIT ?3";
    let mut habits = db.prepare_cached(habits)?;
    for habits in habits.query_map(params![address, account, MOST_ANSWERED], |row| row.get::<_, Vec<u8>>(0))? {
        peer.habits.extend(habits_of(&habits?));
    }
    Ok(Some(peer))
}

/// Whether one of these Message-IDs, without brackets, is of a message that was sent from the account.
pub fn is_sent(db: &Connection, account: AccountId, ids: &[String]) -> Result<bool, StoreError> {
    let find = "SELECT 1 FROM sent WHERE account_id = ?1 AND message_key = ?2";
    let found = || {
        let mut find = db.prepare_cached(find)?;
        for id in ids {
            if find.exists((account, Key::of(id.as_bytes())))? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    read("read what was sent", found())
}

/// All peers, as they look from their own accounts, in the order of their addresses. The person's own addresses are none.
pub fn all(db: &Connection) -> Result<Vec<Listed>, StoreError> {
    let all = || {
        let find = "WITH own (address) AS (SELECT address FROM identity WHERE 0 < sent OR ?1 <= delivered)
            SELECT address, max(account_id) FROM peer WHERE address NOT IN own GROUP BY address
            UNION ALL SELECT address, 0 FROM contact WHERE address NOT IN (SELECT address FROM peer) AND address NOT IN own
            ORDER BY address";
        let mut find = db.prepare(find)?;
        let rows = find.query_map([DELIVERIES], |row| Ok((row.get(0)?, AccountId(row.get(1)?))))?;
        let rows: Vec<(String, AccountId)> = rows.collect::<rusqlite::Result<_>>()?;
        let mut listed = Vec::new();
        for (address, account) in rows {
            if let Some(peer) = known(db, account, &address)? {
                listed.push(Listed { address, peer });
            }
        }
        Ok(listed)
    };
    read("read the peers", all())
}

/// How many people the person has written to from an account.
pub fn count(db: &Connection, account: AccountId) -> Result<u32, StoreError> {
    let count = "SELECT count(*) FROM peer WHERE account_id = ?1
        AND address NOT IN (SELECT address FROM identity WHERE 0 < sent OR ?2 <= delivered)";
    read("count the peers", db.query_row(count, params![account, DELIVERIES], |row| row.get(0)))
}

/// Takes addresses into the address book, also such as were refused since they were named last. Returns how many are new
/// in it.
pub fn list(db: &mut Connection, addresses: &[Address], now: UnixTime) -> Result<usize, StoreError> {
    write(db, "store an address book", |tx| {
        let mut new = 0;
        let mut find = tx.prepare("SELECT 1 FROM contact WHERE address = ?1")?;
        let mut add = tx.prepare(
            "INSERT INTO contact (address, listed_at) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET listed_at = max(listed_at, excluded.listed_at)",
        )?;
        for address in addresses {
            let address = lower(address);
            new += usize::from(!find.exists([&address])?);
            add.execute((address, now.0))?;
        }
        Ok(new)
    })
}

/// Forgets a peer, until the person writes there again, as one change that can be undone. `None` if it was none.
pub fn forget(db: &mut Connection, address: &Address, now: UnixTime) -> Result<Option<BatchId>, StoreError> {
    write(db, "forget a peer", |tx| {
        let address = lower(address);
        let find = "SELECT 1 FROM peer WHERE address = ?1 UNION ALL SELECT 1 FROM contact WHERE address = ?1";
        if !tx.prepare(find)?.exists([&address])? {
            return Ok(None);
        }
        let insert = "INSERT INTO batch (kind, text, created_at) VALUES ('list', ?1, ?2)";
        tx.execute(insert, (format!("{address} forgotten as a peer"), now.0))?;
        let batch = BatchId(tx.last_insert_rowid());
        tx.execute(
            "INSERT INTO peer_forgotten (batch_id, account_id, address, written, first_written, last_written)
             SELECT ?2, account_id, address, written, first_written, last_written FROM peer WHERE address = ?1
             UNION ALL SELECT ?2, 0, address, 0, listed_at, 0 FROM contact WHERE address = ?1",
            (&address, batch.0),
        )?;
        tx.execute("DELETE FROM contact WHERE address = ?1", [&address])?;
        tx.execute("DELETE FROM peer WHERE address = ?1", [&address])?;
        Ok(Some(batch))
    })
}

/// Remembers whom a change has forgotten. What the person has written since counts besides.
pub(super) fn take_back(tx: &Transaction<'_>, batch: BatchId) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO peer (account_id, address, written, first_written, last_written)
         SELECT account_id, address, written, first_written, last_written FROM peer_forgotten
         WHERE batch_id = ?1 AND account_id <> 0
         ON CONFLICT DO UPDATE SET written = written + excluded.written,
             first_written = min(first_written, excluded.first_written),
             last_written = max(last_written, excluded.last_written)",
        [batch.0],
    )?;
    tx.execute(
        "INSERT INTO contact (address, listed_at)
         SELECT address, first_written FROM peer_forgotten WHERE batch_id = ?1 AND account_id = 0
         ON CONFLICT DO UPDATE SET listed_at = max(listed_at, excluded.listed_at)",
        [batch.0],
    )?;
    Ok(())
}

/// Every address of the person that is known besides those in the settings.
pub fn identities(db: &Connection) -> Result<Vec<Address>, StoreError> {
    let find = "SELECT DISTINCT address FROM identity WHERE 0 < sent OR ?1 <= delivered ORDER BY address";
    let found = || {
        let mut find = db.prepare_cached(find)?;
        let rows = find.query_map([DELIVERIES], |row| row.get::<_, String>(0))?;
        rows.collect::<rusqlite::Result<Vec<String>>>()
    };
    let found = read("read the person's addresses", found())?;
    Ok(found.iter().filter_map(|address| Address::parse(address)).collect())
}

/// The provider has delivered a message to that address. Once it is clear whose that is, nothing is written any more.
pub fn delivered(db: &mut Connection, account: AccountId, address: &Address) -> Result<(), StoreError> {
    let address = lower(address);
    let find = "SELECT delivered, (SELECT count(*) FROM identity WHERE account_id = ?1) FROM identity
        WHERE account_id = ?1 AND address = ?2
        UNION ALL SELECT 0, (SELECT count(*) FROM identity WHERE account_id = ?1) LIMIT 1";
    let known = db.prepare_cached(find).and_then(|mut find| {
        find.query_row(params![account, address], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?)))
    });
    let (deliveries, addresses) = read("read the person's addresses", known)?;
    if DELIVERIES <= deliveries || (deliveries == 0 && MOST_IDENTITIES <= addresses) {
        return Ok(());
    }
    write(db, "store an address of the person", |tx| {
        tx.execute(
            "INSERT INTO identity (account_id, address, delivered) VALUES (?1, ?2, 1)
             ON CONFLICT DO UPDATE SET delivered = delivered + 1",
            params![account, address],
        )?;
        Ok(())
    })
}

/// As addresses are compared and stored.
pub(super) fn lower(address: &Address) -> String {
    address.to_string().to_ascii_lowercase()
}

/// Habits as they are stored.
pub(super) fn habits_to_blob(habits: impl IntoIterator<Item = Habit>) -> Vec<u8> {
    habits.into_iter().flat_map(|habit| habit.0.to_be_bytes()).collect()
}

/// Reads [`habits_to_blob`] back.
pub(super) fn habits_of(blob: &[u8]) -> impl Iterator<Item = Habit> + '_ {
    blob.as_chunks::<8>().0.iter().map(|bytes| Habit(u64::from_be_bytes(*bytes)))
}

#[cfg(test)]
mod tests;
