//! The people who write and are written to, as the window lists them.
//!
//! Senders are counted from an index, so that a list of all takes no longer than reading that; how one stands is worked out
//! only for those that are shown, unless that is the order. All of it is read beside the thread of the store.

mod standing;

use std::{cmp::Reverse, collections::BTreeMap};

use rusqlite::{Connection, params};
use tamis_core::{
    UnixTime,
    api::{PERSON_WEEKS, PeopleOrder, PersonDetail, PersonGrade, PersonRow},
    mail::Address,
    reputation::{Record, Subject, WEEK_SECS},
};

use self::standing::{Entries, grade_of_domain, place};
use super::{
    StoreError,
    judged::{read_mail, select},
    peers::{self, DELIVERIES},
    reputation,
    transaction::read,
    views::RowView,
};

/// So many rows are one answer at most.
const MOST_ROWS: u32 = 500;

/// So many of the newest messages of somebody are shown.
const LAST: u32 = 20;

/// What is wanted of the list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What address or name must contain.
    pub search: String,
    /// In which order.
    pub order: PeopleOrder,
    /// So many are passed over.
    pub offset: u32,
    /// At most this many.
    pub limit: u32,
    /// The person's own addresses, in lower case, besides those that are known here.
    pub own: Vec<String>,
}

/// The people that are wanted, and how many there are without the limit.
pub fn list(db: &Connection, wanted: &Wanted, now: UnixTime) -> Result<(Vec<PersonRow>, u32), StoreError> {
    read("list people", found(db, wanted, now))
}

fn found(db: &Connection, wanted: &Wanted, now: UnixTime) -> rusqlite::Result<(Vec<PersonRow>, u32)> {
    let mut rows = everybody(db, &wanted.own)?;
    let search = wanted.search.trim().to_lowercase();
    if !search.is_empty() {
        rows.retain(|row| row.address.contains(&search) || row.name.to_lowercase().contains(&search));
    }
    let entries = Entries::read(db)?;
    match wanted.order {
        PeopleOrder::Newest => rows.sort_by_key(|row| Reverse(row.last_at)),
        PeopleOrder::Mail => rows.sort_by_key(|row| (Reverse(row.mail), Reverse(row.last_at))),
        PeopleOrder::Spam => rows.sort_by_key(|row| (Reverse(row.spam), Reverse(row.last_at))),
        PeopleOrder::Standing => {
            let known = reputation::all_of(db, &["address", "habit", "domain"])?;
            for row in &mut rows {
                place(db, row, &entries, &known, now)?;
            }
            rows.sort_by(|a, b| b.standing.total_cmp(&a.standing).then(b.mail.cmp(&a.mail)));
        }
    }
    let total = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let (offset, limit) = (wanted.offset, wanted.limit.min(MOST_ROWS));
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let mut rows: Vec<PersonRow> = rows.into_iter().skip(count(offset)).take(count(limit)).collect();
    for row in &mut rows {
        if wanted.order != PeopleOrder::Standing {
            place(db, row, &entries, &known_of(db, &row.address)?, now)?;
        }
        row.weeks = weeks(db, &row.address, now)?;
    }
    Ok((rows, total))
}

/// Everything about whoever has that address, with the newest messages; `None` if nobody knows of them.
pub fn person(
    db: &Connection,
    address: &str,
    now: UnixTime,
) -> Result<Option<(PersonDetail, Vec<RowView>)>, StoreError> {
    read("read what is known of somebody", detail(db, address, now))
}

fn detail(db: &Connection, address: &str, now: UnixTime) -> rusqlite::Result<Option<(PersonDetail, Vec<RowView>)>> {
    let Some(mut row) = one(db, address)? else { return Ok(None) };
    let known = known_of(db, address)?;
    let entries = Entries::read(db)?;
    let subject = place(db, &mut row, &entries, &known, now)?;
    row.weeks = weeks(db, address, now)?;
    let peer = peers::known_anywhere(db, address)?;
    let record = subject.as_ref().and_then(|subject| known.get(subject)).cloned().unwrap_or_default();
    let total = record.total();
    let domain = Address::parse(address).map(|address| Subject::Address(address.to_string().to_ascii_lowercase()));
    let domain = domain.and_then(|subject| subject.wider());
    let oldest = "SELECT coalesce(min(received_at), 0) FROM mail WHERE lower(from_address) = ?1";
    let oldest: i64 = db.prepare_cached(oldest)?.query_row([address], |row| row.get(0))?;
    let mut find = db.prepare_cached(NEWEST)?;
    let last = find.query_map(params![address, LAST], |row| {
        let mail = read_mail(row)?;
        Ok(RowView { account: mail.judged.account, row: mail.row() })
    })?;
    let detail = PersonDetail {
        is_peer: peer.as_ref().is_some_and(|peer| 0 < peer.written),
        is_listed: peer.as_ref().is_some_and(|peer| peer.listed_at.is_some()),
        written_at: peer.and_then(|peer| peer.last_written).map_or(0, |at| at.0),
        first_at: record.first_seen.map_or(oldest, |first| if oldest == 0 { first.0 } else { first.0.min(oldest) }),
        said_good: total.said_ham,
        said_spam: total.said_spam,
        read: total.read,
        is_proven: matches!(subject, Some(Subject::Address(_))),
        domain_grade: domain.as_ref().map_or(PersonGrade::Open, |domain| grade_of_domain(domain, &known, now)),
        domain: domain.map(|domain| domain.name()).unwrap_or_default(),
        last: Vec::new(),
        row,
    };
    Ok(Some((detail, last.collect::<rusqlite::Result<_>>()?)))
}

const NEWEST: &str = select!("WHERE lower(from_address) = ?1 ORDER BY received_at DESC LIMIT ?2");

/// What the mail of somebody has come to, what of their domain, and that of their surroundings.
fn known_of(db: &Connection, address: &str) -> rusqlite::Result<BTreeMap<Subject, Record>> {
    let mut known = reputation::of_address(db, address)?;
    if let Some(domain) = Subject::Address(address.to_owned()).wider() {
        known.extend(reputation::of(db, std::slice::from_ref(&domain))?);
    }
    Ok(known)
}

/// The index has everything that is read here.
pub(super) const SENDERS: &str = "SELECT lower(from_address) AS address, count(*),
        count(*) FILTER (WHERE taught = 'spam' OR (taught = '' AND class = 'spam')),
        count(*) FILTER (WHERE taught = '' AND class = 'unsure'),
        count(*) FILTER (WHERE answered_at <> 0), max(received_at), from_name
    FROM mail GROUP BY lower(from_address)";

const SENDER: &str = "SELECT lower(from_address) AS address, count(*),
        count(*) FILTER (WHERE taught = 'spam' OR (taught = '' AND class = 'spam')),
        count(*) FILTER (WHERE taught = '' AND class = 'unsure'),
        count(*) FILTER (WHERE answered_at <> 0), max(received_at), from_name
    FROM mail WHERE lower(from_address) = ?1 GROUP BY lower(from_address)";

fn read_sender(row: &rusqlite::Row<'_>) -> rusqlite::Result<PersonRow> {
    let (address, name): (String, String) = (row.get(0)?, row.get(6)?);
    Ok(PersonRow {
        name: if name.to_lowercase() == address { String::new() } else { name },
        mail: row.get(1)?,
        spam: row.get(2)?,
        doubtful: row.get(3)?,
        answered: row.get(4)?,
        last_at: row.get(5)?,
        address,
        ..PersonRow::default()
    })
}

/// Everybody who has written, was written to or is in the address book, but the person.
fn everybody(db: &Connection, own: &[String]) -> rusqlite::Result<Vec<PersonRow>> {
    let mut people: BTreeMap<String, PersonRow> = BTreeMap::new();
    let mut find = db.prepare_cached(SENDERS)?;
    for row in find.query_map((), read_sender)? {
        let row = row?;
        people.insert(row.address.clone(), row);
    }
    let mut find = db.prepare_cached(
        "SELECT address, sum(written), max(last_written) FROM peer GROUP BY address
         UNION ALL SELECT address, 0, 0 FROM contact",
    )?;
    let rows =
        find.query_map((), |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, i64>(2)?)))?;
    for row in rows {
        let (address, written, at) = row?;
        let row = people.entry(address.clone()).or_insert_with(|| PersonRow { address, ..PersonRow::default() });
        row.written = row.written.saturating_add(written);
        row.last_at = row.last_at.max(at);
    }
    let mut find = db.prepare_cached("SELECT address FROM identity WHERE 0 < sent OR ?1 <= delivered")?;
    for address in find.query_map([DELIVERIES], |row| row.get::<_, String>(0))? {
        people.remove(&address?);
    }
    for address in own.iter().map(String::as_str).chain([""]) {
        people.remove(address);
    }
    Ok(people.into_values().collect())
}

fn one(db: &Connection, address: &str) -> rusqlite::Result<Option<PersonRow>> {
    use rusqlite::OptionalExtension as _;
    let sender = db.prepare_cached(SENDER)?.query_row([address], read_sender).optional()?;
    let peer = peers::known_anywhere(db, address)?;
    if sender.is_none() && peer.is_none() {
        return Ok(None);
    }
    let row = sender.unwrap_or_else(|| PersonRow { address: address.to_owned(), ..PersonRow::default() });
    let written = peer.as_ref().map_or(0, |peer| peer.written);
    let at = peer.and_then(|peer| peer.last_written).map_or(0, |at| at.0);
    Ok(Some(PersonRow { written, last_at: row.last_at.max(at), ..row }))
}

/// What somebody sent in each of the last weeks, which end now.
fn weeks(db: &Connection, address: &str, now: UnixTime) -> rusqlite::Result<Vec<[u32; 2]>> {
    let mut weeks = vec![[0, 0]; PERSON_WEEKS];
    let find = "SELECT (?2 - received_at) / ?3, count(*),
            count(*) FILTER (WHERE taught = 'spam' OR (taught = '' AND class = 'spam'))
        FROM mail WHERE lower(from_address) = ?1 AND received_at > ?4 AND received_at <= ?2 GROUP BY 1";
    let since = now.0.saturating_sub(WEEK_SECS.saturating_mul(i64::try_from(PERSON_WEEKS).unwrap_or(i64::MAX)));
    let mut find = db.prepare_cached(find)?;
    let rows = find.query_map(params![address, now.0, WEEK_SECS, since], |row| {
        Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?, row.get::<_, u32>(2)?))
    })?;
    for row in rows {
        let (ago, all, spam) = row?;
        if let Some(week) = weeks.iter_mut().rev().nth(usize::try_from(ago).unwrap_or(usize::MAX)) {
            *week = [all.saturating_sub(spam), spam];
        }
    }
    Ok(weeks)
}

#[cfg(test)]
mod tests;
