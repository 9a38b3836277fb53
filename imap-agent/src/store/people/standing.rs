//! How somebody stands: by the lists, as a peer, or by how their mail has turned out.

use std::collections::BTreeMap;

use rusqlite::Connection;
use tamis_core::{
    UnixTime,
    api::{PersonGrade, PersonRow},
    lists::Side,
    reputation::{Grade, Peer, Record, Standing, Subject},
};

use crate::store::{ids::word, peers};

/// The entries that count and go by a sender.
#[derive(Debug, Default)]
pub(super) struct Entries {
    addresses: BTreeMap<String, (i64, Side)>,
    domains: BTreeMap<String, (i64, Side)>,
}

impl Entries {
    pub(super) fn read(db: &Connection) -> rusqlite::Result<Self> {
        let mut entries = Self::default();
        let find = "SELECT kind = 'domain', content, id, side FROM list_entry
            WHERE is_on AND kind IN ('address', 'domain') ORDER BY id";
        let mut find = db.prepare_cached(find)?;
        let rows = find.query_map((), |row| {
            let entry = (row.get::<_, i64>(2)?, word(row, 3, Side::from_word)?);
            Ok((row.get::<_, bool>(0)?, row.get::<_, String>(1)?.to_lowercase(), entry))
        })?;
        for row in rows {
            let (is_domain, content, entry) = row?;
            let kind = if is_domain { &mut entries.domains } else { &mut entries.addresses };
            kind.insert(content, entry);
        }
        Ok(entries)
    }

    /// The entry that decides about an address, and whether it is for that address only. What is meant most closely wins.
    fn of(&self, address: &str) -> Option<(i64, Side, bool)> {
        if let Some((id, side)) = self.addresses.get(address) {
            return Some((*id, *side, true));
        }
        let (_, domain) = address.rsplit_once('@')?;
        if let Some((id, side)) = self.addresses.get(&format!("*@{domain}")) {
            return Some((*id, *side, false));
        }
        let within = std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, rest)| rest));
        within.filter_map(|domain| self.domains.get(domain)).map(|(id, side)| (*id, *side, false)).next()
    }
}

/// Says how somebody stands. Returns by what their mail is known.
pub(super) fn place(
    db: &Connection,
    row: &mut PersonRow,
    entries: &Entries,
    known: &BTreeMap<Subject, Record>,
    now: UnixTime,
) -> rusqlite::Result<Option<Subject>> {
    let subject = subject_of(&row.address, known);
    let standing = subject.as_ref().map(|subject| {
        let wider = subject.wider().and_then(|wider| known.get(&wider));
        Standing::of(subject.clone(), known.get(subject), wider, now)
    });
    let (grade, worth) = standing.as_ref().map_or((PersonGrade::Open, 0.0), by_mail);
    (row.grade, row.standing) = (grade, worth);
    let is_peer = 0 < row.written || row.mail == 0;
    if is_peer && let Some(peer) = peers::known_anywhere(db, &row.address)? {
        row.written = peer.written;
        let worth = peer.standing(now);
        if Peer::DECIDES <= worth {
            (row.grade, row.standing) = (PersonGrade::Peer, worth);
        }
    }
    if let Some((id, side, is_own)) = entries.of(&row.address) {
        (row.entry, row.is_own_entry) = (id, is_own);
        (row.grade, row.standing) = match side {
            Side::Accept => (PersonGrade::Accepted, 1.0),
            Side::Block => (PersonGrade::Blocked, -1.0),
        };
    }
    Ok(subject)
}

/// How a domain stands.
pub(super) fn grade_of_domain(domain: &Subject, known: &BTreeMap<Subject, Record>, now: UnixTime) -> PersonGrade {
    by_mail(&Standing::of(domain.clone(), known.get(domain), None, now)).0
}

/// By what most of somebody's mail is known: proven, or by a habit.
fn subject_of(address: &str, known: &BTreeMap<Subject, Record>) -> Option<Subject> {
    let proven = Subject::Address(address.to_owned());
    // Habits of an address stand together.
    let first = Subject::Habit(address.to_owned(), tamis_core::reputation::Habit(0));
    let habits =
        known.range(first..).take_while(|(subject, _)| matches!(subject, Subject::Habit(of, _) if of == address));
    let all = known.get_key_value(&proven).into_iter().chain(habits);
    let most = all.max_by_key(|(subject, record)| (record.total().messages(), matches!(subject, Subject::Address(_))));
    most.map(|(subject, _)| subject.clone())
}

/// What was said of the mail says so much.
fn by_mail(standing: &Standing) -> (PersonGrade, f64) {
    // What the person reads without a word is rather wanted.
    const READ: f64 = 0.3;
    if standing.is_read {
        return (PersonGrade::Read, READ);
    }
    let worth = -standing.estimate.firmness();
    match standing.grade {
        Grade::Good => (PersonGrade::Good, worth),
        Grade::Fair => (PersonGrade::Fair, worth),
        Grade::Cold | Grade::Open => (PersonGrade::Open, 0.0),
        Grade::Doubted => (PersonGrade::Doubted, worth),
        Grade::Bad => (PersonGrade::Bad, worth),
    }
}
