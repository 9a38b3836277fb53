//! Lists without their rows: the numbers of all that is wanted, their groups, and where they lie.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params_from_iter};
use tamis_core::api::{Grouping, MailGroup, MailId, Outline, REST_OF_GROUPS};

use super::super::{
    Location, StoreError,
    mail::{JudgedReason, mail},
    transaction::read,
};
use super::{Wanted, numbers};

/// So many groups are as much as anybody goes through, and fit into one answer.
const MOST_GROUPS: usize = 20_000;

/// Bytes of the texts of a group.
const LONGEST: usize = 160;

/// Where a message lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The message.
    pub mail: MailId,
    /// Its folder and number there.
    pub location: Location,
}

/// The numbers of all that is wanted, in order, with their groups.
pub fn outline(db: &Connection, wanted: &Wanted) -> Result<Outline, StoreError> {
    let values = wanted.values()?;
    let held = held(db)?;
    let (ids, groups) = match wanted.query.grouping {
        Grouping::None => {
            let find = || {
                let mut find = db.prepare_cached(wanted.statement(&IDS))?;
                let ids = find.query_map(params_from_iter(&values), |row| row.get(0).map(MailId))?;
                ids.collect::<rusqlite::Result<Vec<MailId>>>()
            };
            (read("list mail", find())?, Vec::new())
        }
        Grouping::Sender | Grouping::Reason => grouped(db, wanted)?,
    };
    let mut by_account: BTreeMap<String, Vec<MailId>> = BTreeMap::new();
    if !held.is_empty() {
        for id in &ids {
            held.get(id).into_iter().for_each(|account| by_account.entry(account.clone()).or_default().push(*id));
        }
    }
    Ok(Outline { ids, groups, held: by_account })
}

/// Everything that waits for the person's word, and the account of each.
fn held(db: &Connection) -> Result<BTreeMap<MailId, String>, StoreError> {
    let find = || {
        let sql = "SELECT mail.id, name FROM mail JOIN account ON account.id = account_id WHERE held_at <> 0";
        let mut find = db.prepare_cached(sql)?;
        find.query_map((), |row| Ok((MailId(row.get(0)?), row.get(1)?)))?.collect()
    };
    read("list mail", find())
}

/// The same, group by group.
fn grouped(db: &Connection, wanted: &Wanted) -> Result<(Vec<MailId>, Vec<MailGroup>), StoreError> {
    let by_sender = wanted.query.grouping == Grouping::Sender;
    let sql = wanted.statement(if by_sender { &BY_SENDER } else { &BY_REASON });
    let values = wanted.values()?;
    let find = || {
        let mut find = db.prepare_cached(sql)?;
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut groups: Vec<(String, Vec<MailId>)> = Vec::new();
        let mut found = find.query(params_from_iter(&values))?;
        while let Some(row) = found.next()? {
            let (id, key): (MailId, String) = (MailId(row.get(0)?), row.get(1)?);
            let is_new = !places.contains_key(&key);
            let key = if is_new && MOST_GROUPS <= groups.len() { REST_OF_GROUPS.to_owned() } else { key };
            let place = *places.entry(key).or_insert_with_key(|key| {
                groups.push((key.clone(), Vec::new()));
                groups.len() - 1
            });
            groups.get_mut(place).into_iter().for_each(|(_, ids)| ids.push(id));
        }
        Ok(groups)
    };
    let groups = read("list mail", find())?;
    let mut ids = Vec::new();
    let mut heads = Vec::new();
    for (key, of_group) in groups {
        let Some(first) = of_group.first() else { continue };
        let (title, address) = if key == REST_OF_GROUPS {
            Default::default()
        } else if by_sender {
            sender(db, *first)?
        } else {
            (reason(db, *first, &key)?, String::new())
        };
        let count = u32::try_from(of_group.len()).unwrap_or(u32::MAX);
        heads.push(MailGroup { key: short(key), title: short(title), address: short(address), count });
        ids.extend(of_group);
    }
    Ok((ids, heads))
}

/// Strangers write these, and all groups go in one answer.
fn short(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

/// The name of a message's sender, and the address.
fn sender(db: &Connection, MailId(id): MailId) -> Result<(String, String), StoreError> {
    let find = || {
        let mut find = db.prepare_cached("SELECT from_name, from_address FROM mail WHERE id = ?1")?;
        find.query_row([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
    };
    let (name, address) = read("read a sender", find())?;
    Ok(if name == address { (name, String::new()) } else { (name, address) })
}

/// What that symbol means, in the words of a message that has it.
fn reason(db: &Connection, id: MailId, symbol: &str) -> Result<String, StoreError> {
    let found = mail(db, id)?;
    let reasons = found.iter().flat_map(|found| &found.judged.reasons);
    Ok(reasons.filter(|reason| reason.symbol == symbol).map(JudgedReason::meaning).next().unwrap_or_default())
}

/// The addresses of the senders of those messages, each once, in lower case; also of those that have none, which is empty.
pub fn senders(db: &Connection, ids: &[MailId]) -> Result<BTreeSet<String>, StoreError> {
    let ids = numbers(ids)?;
    let find = || {
        let sql = "SELECT lower(from_address) FROM mail WHERE mail.id IN (SELECT value FROM json_each(?1))";
        db.prepare_cached(sql)?.query_map([&ids], |row| row.get(0))?.collect()
    };
    read("read senders", find())
}

/// Where the messages lie that are wanted, whatever is searched for.
pub fn places(db: &Connection, wanted: &Wanted) -> Result<Vec<Place>, StoreError> {
    let mut all = wanted.clone();
    all.query.search.clear();
    let values = all.values()?;
    let find = || {
        let mut find = db.prepare_cached(all.statement(&PLACES))?;
        let places = find.query_map(params_from_iter(&values), |row| {
            Ok(Place { mail: MailId(row.get(0)?), location: Location::read(row, 1)? })
        })?;
        places.filter(|place| place.as_ref().map_or(true, |place| place.location.uid != 0)).collect()
    };
    read("list mail", find())
}

macro_rules! ids {
    ($which:expr, $order:expr) => {
        concat!("SELECT mail.id FROM mail WHERE ", $which, found!(), $order)
    };
}

macro_rules! by_sender {
    ($which:expr, $order:expr) => {
        concat!(
            "SELECT mail.id, lower(iif(from_address = '', from_name, from_address)) FROM mail WHERE ",
            $which,
            found!(),
            $order
        )
    };
}

macro_rules! by_reason {
    ($which:expr, $order:expr) => {
        concat!("SELECT mail.id, main_reason FROM mail WHERE ", $which, found!(), $order)
    };
}

macro_rules! places {
    ($which:expr, $order:expr) => {
        concat!("SELECT mail.id, folder, uid_validity, uid FROM mail WHERE ", $which, found!(), $order)
    };
}

pub(super) const IDS: [[&str; 2]; 3] = statements!(ids);
const BY_SENDER: [[&str; 2]; 3] = statements!(by_sender);
const BY_REASON: [[&str; 2]; 3] = statements!(by_reason);
const PLACES: [[&str; 2]; 3] = statements!(places);
