//! Counts over judged mail: how scores are spread, and what happened day by day.
//!
//! One pass over an index that has all of it, so that no message is read; only what was found in messages is read from the
//! newest of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row};
use tamis_core::{
    UnixTime,
    api::{AccountCount, Accuracy, DayCount, FindingCount, Histogram, RelayCount, ScoreCount, Statistics},
    reputation::{Record, week_of},
};

use super::{StoreError, judged::JudgedReason, reputation, transaction::read};

/// So many of the newest messages are looked at for what was found in them.
const MOST_LOOKED_AT: u32 = 5_000;

/// So many findings are told.
const MOST_FINDINGS: usize = 40;

/// So many relays of either kind are told.
const MOST_RELAYS: usize = 20;

/// How the scores of mail since then are spread. The thresholds are for whoever knows them to fill in.
pub fn histogram(db: &Connection, since: UnixTime) -> Result<Histogram, StoreError> {
    let count = || {
        let mut histogram = Histogram::default();
        let mut counts: BTreeMap<i32, ScoreCount> = BTreeMap::new();
        let mut find = db.prepare_cached(SCORES)?;
        let mut rows = find.query([since.0])?;
        while let Some(row) = rows.next()? {
            if row.get_ref(2)?.as_str()? != "score" {
                histogram.decided = histogram.decided.saturating_add(1);
                continue;
            }
            let tenths = row.get::<_, i32>(0)?.div_euclid(100);
            let count = counts.entry(tenths).or_insert(ScoreCount { tenths, ..ScoreCount::default() });
            *match row.get_ref(1)?.as_str()? {
                "ham" => &mut count.said_ham,
                "spam" => &mut count.said_spam,
                _ => &mut count.unsaid,
            } += 1;
        }
        histogram.counts = counts.into_values().collect();
        Ok(histogram)
    };
    read("count scores", count())
}

pub(super) const SCORES: &str = "SELECT score, taught, decided_by FROM mail WHERE received_at >= ?1";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Span {
    /// When each day begins, ascending. What is older than the first counts only if `is_all`.
    pub days: Vec<i64>,
    /// Whether everything counts, however old.
    pub is_all: bool,
    /// The account's name; empty: all.
    pub account: String,
    /// Only relays with so many messages.
    pub least: u32,
}

impl Span {
    fn since(&self) -> i64 {
        if self.is_all { i64::MIN } else { self.days.first().copied().unwrap_or(i64::MAX) }
    }
}

/// When the oldest mail arrived; `None` if there is none.
pub fn oldest(db: &Connection) -> Result<Option<UnixTime>, StoreError> {
    let found = db.query_row("SELECT min(received_at) FROM mail", (), |row| row.get::<_, Option<i64>>(0));
    Ok(read("read the oldest mail", found)?.map(UnixTime))
}

/// What happened in that time.
pub fn statistics(db: &Connection, span: &Span) -> Result<Statistics, StoreError> {
    let mut statistics = read("count mail", count(db, span))?;
    let (findings, looked_at) = read("count what was found", findings(db, span))?;
    (statistics.findings, statistics.findings_of) = (findings, looked_at);
    (statistics.good_relays, statistics.bad_relays) = relays(db, span)?;
    Ok(statistics)
}

fn count(db: &Connection, span: &Span) -> rusqlite::Result<Statistics> {
    let names = names(db)?;
    let filed = filed(db)?;
    let mut days: Vec<DayCount> = span.days.iter().map(|at| DayCount { at: *at, ..DayCount::default() }).collect();
    let mut total = Accuracy::default();
    let mut accounts: BTreeMap<&str, Accuracy> = BTreeMap::new();
    let mut find = db.prepare_cached(COUNTED)?;
    let mut rows = find.query([span.since()])?;
    while let Some(row) = rows.next()? {
        let name = names.get(&row.get(2)?).map_or("", String::as_str);
        if !span.account.is_empty() && name != span.account {
            continue;
        }
        let (class, taught) = (row.get_ref(3)?.as_str()?, row.get_ref(4)?.as_str()?);
        let is_filed = filed.binary_search(&row.get(0)?).is_ok();
        add(&mut total, (class, taught), is_filed);
        add(accounts.entry(name).or_default(), (class, taught), is_filed);
        let at: i64 = row.get(1)?;
        // What is dated in the future is of today.
        let day = span.days.partition_point(|start| *start <= at).saturating_sub(1);
        if let Some(day) = days.get_mut(day).filter(|day| day.at <= at) {
            *match class {
                "spam" => &mut day.spam,
                "unsure" => &mut day.unsure,
                _ => &mut day.ham,
            } += 1;
        }
    }
    let mut accounts: Vec<AccountCount> =
        accounts.into_iter().map(|(name, of)| AccountCount { name: name.to_owned(), of }).collect();
    accounts.sort_by_key(|account| std::cmp::Reverse(account.of.judged));
    Ok(Statistics { days, total, accounts, ..Statistics::default() })
}

pub(super) const COUNTED: &str = "SELECT id, received_at, account_id, class, taught FROM mail WHERE received_at >= ?1";

fn add(count: &mut Accuracy, (class, taught): (&str, &str), is_filed: bool) {
    count.judged += 1;
    count.spam += u32::from(class == "spam");
    count.unsure += u32::from(class == "unsure");
    count.filed += u32::from(is_filed);
    count.put_back += u32::from(is_filed && taught == "ham");
    count.wrongly_spam += u32::from(class == "spam" && taught == "ham");
    count.missed += u32::from(class != "spam" && taught == "spam");
}

/// The name of each account. One that was set up anew has the number of then, too.
fn names(db: &Connection) -> rusqlite::Result<BTreeMap<i64, String>> {
    db.prepare_cached("SELECT id, name FROM account")?.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The messages that were filed, ascending.
fn filed(db: &Connection) -> rusqlite::Result<Vec<i64>> {
    let find = "SELECT DISTINCT mail_id FROM intent
        WHERE kind = 'file' AND outcome IN ('moved', 'copied', 'replaced', 'deleted') ORDER BY mail_id";
    db.prepare_cached(find)?.query_map((), |row| row.get(0))?.collect()
}

/// What was found in the newest messages of that time, and in how many was looked.
fn findings(db: &Connection, span: &Span) -> rusqlite::Result<(Vec<FindingCount>, u32)> {
    let mut found: BTreeMap<String, FindingCount> = BTreeMap::new();
    let mut looked_at = 0;
    let mut each = |row: &Row<'_>| -> rusqlite::Result<()> {
        looked_at += 1;
        // What cannot be read was found by no check that is known.
        let reasons: Vec<JudgedReason> = serde_json::from_str(row.get_ref(0)?.as_str()?).unwrap_or_default();
        let (class, taught) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        let is_spam = if taught.is_empty() { class == "spam" } else { taught == "spam" };
        let mut symbols = BTreeSet::new();
        for reason in reasons.into_iter().filter(|reason| reason.score != tamis_core::Score::ZERO) {
            if !symbols.insert(reason.symbol.clone()) {
                continue;
            }
            let count = found.entry(reason.symbol.clone()).or_insert_with(|| FindingCount {
                symbol: reason.symbol,
                about: reason.about,
                ..FindingCount::default()
            });
            *if is_spam { &mut count.spam } else { &mut count.ham } += 1;
        }
        Ok(())
    };
    let mut find = db.prepare_cached(NEWEST)?;
    let mut rows = find.query((span.since(), &span.account, MOST_LOOKED_AT))?;
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    let mut found: Vec<FindingCount> = found.into_values().collect();
    found.sort_by_key(|count| std::cmp::Reverse(count.ham.saturating_add(count.spam)));
    found.truncate(MOST_FINDINGS);
    Ok((found, looked_at))
}

pub(super) const NEWEST: &str = "SELECT reasons, class, taught FROM mail
    WHERE received_at >= ?1 AND (?2 = '' OR account_id IN (SELECT account.id FROM account WHERE name = ?2))
    ORDER BY received_at DESC, mail.id DESC LIMIT ?3";

/// The networks that hand in the most wanted mail, and the most spam. By whole weeks.
fn relays(db: &Connection, span: &Span) -> Result<(Vec<RelayCount>, Vec<RelayCount>), StoreError> {
    let since = week_of(UnixTime(span.since()));
    let count = |network: String, record: Record| {
        let weeks = record.weeks.into_iter().filter(|(week, _)| since <= *week).collect();
        let total = Record { weeks, ..record }.total();
        RelayCount { network, messages: total.messages(), ham: total.ham(), spam: total.spam() }
    };
    let known = reputation::all(db, &["relay"])?;
    let relays: Vec<RelayCount> = known
        .into_iter()
        .map(|(subject, record)| count(subject.name(), record))
        .filter(|relay| span.least.max(1) <= relay.messages)
        .collect();
    let top = |of: fn(&RelayCount) -> u32, other: fn(&RelayCount) -> u32| {
        let mut top: Vec<RelayCount> = relays.iter().filter(|relay| other(relay) < of(relay)).cloned().collect();
        top.sort_by_key(|relay| std::cmp::Reverse(of(relay)));
        top.truncate(MOST_RELAYS);
        top
    };
    Ok((top(|relay| relay.ham, |relay| relay.spam), top(|relay| relay.spam, |relay| relay.ham)))
}

#[cfg(test)]
mod tests;
